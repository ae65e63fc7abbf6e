//! The cookbook's library without std, `examples/no_std`: its tests hold its budgets, a broken one is seen, and what its users
//! build has no std in it.
//!
//! That is not looked for, it cannot be: `examples/no_std/bare` has a panic handler of its own, and with std there would be two.
//!
//! Run with: `cargo test -p alloc-kit-tests --test cookbook_no_std`.

mod support;

use std::env;
use std::fs;
use std::path::Path;

use support::run::Run;
use support::{Project, clean_command, workspace};

/// A device: an Arm Cortex-M4, which has neither an operating system nor std.
const DEVICE: &str = "thumbv7em-none-eabi";

/// One test, since cargo builds the copy to the same place.
#[test]
fn the_library_without_std() {
    let library = Project::copy_from(&workspace().join("examples/no_std"));
    library.cargo(&["test"]).succeeds().prints(&[
        "a_stream_of_sentences_and_noise ... ok",
        "5 passed",
        "1 passed",
    ]);
    library.cargo(&["test", "--release"]).succeeds().prints(&["5 passed", "1 passed"]);
    library.cargo(&["clippy", "--all-targets", "--", "-D", "warnings"]).succeeds();
    library.cargo(&["build"]).succeeds();
    on_a_device(&library);
    without_std(&library);
    a_broken_budget(&library);
}

/// A program without std, and with a heap that has nothing, decodes a line.
fn without_std(library: &Project) {
    if cfg!(not(target_os = "linux")) {
        eprintln!("not tested: the program without std needs the C library of Linux");
        return;
    }
    let lock = library.path("bare/Cargo.lock");
    fs::copy(library.path("Cargo.lock"), lock).expect("copy Cargo.lock");
    let bare = |arguments: &[&str]| {
        let manifest = ["--manifest-path", "bare/Cargo.toml"];
        library.cargo(&[arguments, &manifest].concat())
    };
    for profile in ["dev", "release"] {
        bare(&["run", "--profile", profile]).succeeds();
    }
    bare(&["build", "--features", "std"]).fails().prints(&["E0152", "panic_impl"]);
}

fn on_a_device(library: &Project) {
    let mut rustc = clean_command("rustc");
    rustc.args(["--print", "sysroot"]);
    let sysroot = Run::of(rustc).succeeds().stdout();
    if Path::new(sysroot.trim()).join("lib/rustlib").join(DEVICE).join("lib").is_dir() {
        library.cargo(&["build", "--release", "--target", DEVICE]).succeeds();
    } else {
        let is_our_ci = ["CI", "GITHUB_ACTIONS"].iter().all(|variable| env::var_os(variable).is_some());
        assert!(!is_our_ci, "the workflow has to install {DEVICE}");
        eprintln!("not tested: this toolchain has no {DEVICE}");
    }
}

/// As somebody might write it who has a heap: it builds, and the tests are against it.
fn a_broken_budget(library: &Project) {
    let lib = library.read("src/lib.rs").replace("mod decoder;", "extern crate alloc;\nmod decoder;");
    library.write("src/lib.rs", &lib);
    let (fix, line) = (library.read("src/fix.rs"), "let mut text = FixText::new();");
    assert!(fix.contains(line), "{fix}");
    let broken = format!("{line}\n        core::hint::black_box(alloc::format!(\"{{}}\", self.satellites));");
    library.write("src/fix.rs", &fix.replace(line, &broken));
    library.cargo(&["build"]).succeeds();
    let place = library.place("src/fix.rs", "alloc::format!", "alloc::format!");
    let message = "`Fix::text` made 1 heap allocation";
    library.cargo(&["test"]).fails().prints(&[message, "its budget is 0", &place]);
}
