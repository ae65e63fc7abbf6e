//! Libraries that are loaded at run time and have budgets, too: with an alloc-kit of their own each side counts what its own
//! allocator serves, and with one that they share all of it is one count. The packages are in `fixtures/plugins`.

#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod support;

use std::env;
use std::fs;
use std::path::PathBuf;

use support::run::Run;
use support::{Project, clean_command, target};

#[test]
fn loaded_libraries_count() {
    let plugins = Project::copy_of("plugins");
    with_counters_of_its_own(&plugins);
    without_a_counting_allocator(&plugins);
    sharing_the_counters(&plugins);
}

fn with_counters_of_its_own(plugins: &Project) {
    plugins.cargo(&["build", "-p", "host", "-p", "own", "--features", "own/installed"]).succeeds();
    let place = plugins.place("own/src/lib.rs", "drop(black_box(vec!", "vec!");
    let copies = ["libsecond.so", "libthird.so"].map(|name| plugins.path(name));
    for copy in &copies {
        fs::copy(built("libown.so"), copy).expect("a copy");
    }
    let [second, third] = copies;
    let run = host(plugins, &[built("libown.so"), second, third]).succeeds();
    let run = run.prints(&[
        "in the host: 5\nin the library: 7\non a thread of the library: 8\n",
        "held in the library: \"\"\n",
        "broken in the library: alloc-kit: `guarded` made 4 heap allocations (40 bytes); its budget is 3\n",
        &format!("--> {place}\n"),
        // Each sees what its own allocator serves, and nothing of the other's.
        "in the library, inside of the host: 9\nof that in the host: 0\n",
        "the library calls the host: \"\"\nof that in the host: 1\n",
        // A block counts where it is allocated, and where it is freed.
        "a block of the library's, in the host: 0 allocated\n",
        "freed in the host: 1 deallocation, -1000 live bytes\n",
        "a block of the host's, freed in the library: 1 deallocation, -500 live bytes\n",
        "in both, one in the other: 2 3\nheld in the second: \"\"\n",
        "after it was closed, a thread of it broke: true\n",
        "loaded again: 0, mapped: true, and then false\nloaded again: 2, mapped: true, and then false\n",
        "loaded again: 4, mapped: true, and then false\nin the host at the end: 5, the second mapped: true\n",
    ]);
    // What broke in the library is named, when the library or the process ends.
    run.prints(&["alloc-kit: `guarded` (own/src/lib.rs:", "was over its budget in 2 calls\n"]);
}

/// A library with guards and without the allocator does not profit from the host's.
fn without_a_counting_allocator(plugins: &Project) {
    plugins.cargo(&["build", "-p", "own"]).succeeds();
    host(plugins, &[built("libown.so")]).succeeds().prints(&[
        "judged: alloc-kit: the budget of `guarded` (own/src/lib.rs:",
        "would always hold: the counting allocator is not installed in this program\n",
    ]);
}

fn sharing_the_counters(plugins: &Project) {
    let packages = ["build", "-p", "shared", "-p", "sharing", "-p", "sharing_host"];
    let dynamic = [("RUSTFLAGS", "-Cprefer-dynamic")];
    if cfg!(target_arch = "x86_64") {
        // The line of a thread is a symbol that Rust does not export, and the hook of `enforce` is inlined.
        let enforced = [&packages[..], &["--features", "shared/enforced"]].concat();
        plugins
            .cargo_with(&dynamic, &enforced)
            .fails()
            .prints(&["error: linking with ", "__alloc_kit_line_"]);
    }
    plugins.cargo_with(&dynamic, &packages).succeeds();
    let in_library = plugins.place("sharing/src/lib.rs", "breaks in the library", "vec!");
    let in_host = plugins.place("sharing_host/src/main.rs", "breaks in the host", "vec!");
    let mut command = clean_command(built("sharing_host"));
    let mut print = clean_command("rustc");
    print.args(["--print", "target-libdir"]);
    let libraries = Run::of(print).succeeds().stdout();
    let folders = [PathBuf::from(libraries.trim()), built(""), built("deps")];
    command.env("LD_LIBRARY_PATH", env::join_paths(folders).expect("a list"));
    command.arg(built("libsharing.so")).current_dir(plugins.path("."));
    let run = Run::of(command).succeeds();
    let broken = |what: &str, place: &str| format!("{what}\n  --> {place}\n");
    run.prints(&[
        "in the library: 7\nthe same, in the host: 7\non a thread: 6\n",
        "host round library: held\n",
        &broken(
            "host round library: alloc-kit: `guarded` made 3 heap allocations (30 bytes); its budget is 2",
            &in_library,
        ),
        "library round host: held\n",
        &broken(
            "library round host: alloc-kit: `guarded` made 4 heap allocations (80 bytes); its budget is 3",
            &in_host,
        ),
        "a future of the library: held\n",
        &broken(
            "a future of the library: alloc-kit: `waits` made 4 heap allocations (40 bytes); its budget is 3",
            &in_library,
        ),
        // The register is that of the file that has alloc-kit; those that broke are named all the same.
        "alloc-kit: `guarded` (sharing_host/src/main.rs:",
        "alloc-kit: `guarded` (sharing/src/lib.rs:",
        "alloc-kit: `waits` (sharing/src/lib.rs:",
    ]);
}

fn host(plugins: &Project, libraries: &[PathBuf]) -> Run {
    let mut command = clean_command(built("host"));
    command.args(libraries).current_dir(plugins.path("."));
    Run::of(command)
}

fn built(file: &str) -> PathBuf {
    target().join("debug").join(file)
}
