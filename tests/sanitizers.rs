//! Programs that are built with a sanitizer: verdicts and counts are the same, the sanitizer finds what it finds
//! elsewhere, and nothing of alloc-kit's. The package is `fixtures/register`.
//!
//! Run with: `cargo test -p alloc-kit-tests --test sanitizers`. Sanitizers are for nightly compilers only: without one,
//! `rustup toolchain install nightly`, nothing is tested. Valgrind is in `tests/modes.rs`.

#[path = "support/nightly.rs"]
mod nightly;
mod support;

use support::Project;
use support::run::Run;

const TITLE: &str = "alloc-kit: `breaks` made 3 heap allocations (30 bytes); its budget is 0";

/// A sanitizer, as the compiler calls it, and what it says of `tests/unsound.rs`.
struct Sanitizer {
    name: &'static str,
    finds: &'static str,
}

const SANITIZERS: [Sanitizer; 3] = [
    Sanitizer { name: "address", finds: "AddressSanitizer: heap-use-after-free" },
    Sanitizer { name: "leak", finds: "LeakSanitizer: detected memory leaks" },
    Sanitizer { name: "thread", finds: "ThreadSanitizer: data race" },
];

/// One test, since cargo builds all to the same place.
#[test]
fn verdicts_under_sanitizers() {
    let Some(host) = nightly::host() else { return };
    let user = Project::copy_of("register");
    let place = user.place("src/lib.rs", "drop(black_box(vec![1_u8; 10]))", "vec!");
    for sanitizer in SANITIZERS {
        let test = |test: &str, arguments: &[&str]| sanitizer.run(&user, &host, test, arguments);
        let breaking = test("breaking", &[]).fails().prints(&[TITLE, &format!("--> {place}\n")]);
        let breaking = breaking.prints(&["test breaks_by_three ... FAILED", "test holds_still ... ok"]);
        let holding = test("holding", &[]).succeeds().prints(&["test result: ok. 6 passed"]);
        // All threads' figures, to the last one.
        let process = test("process_scope", &[]).succeeds().prints(&["all threads were counted"]);
        let contended = test("contended", &[]).succeeds().prints(&["all threads were summed"]);
        for run in [breaking, holding, process, contended] {
            let reports = sanitizer.reports(&run);
            run.expect(reports.is_empty(), &format!("it should have had none of:\n{}", reports.join("\n")));
        }
        test("unsound", &[sanitizer.name]).fails().prints(&[sanitizer.finds]);
    }
}

impl Sanitizer {
    /// Builds a test program with the sanitizer, and runs it.
    fn run(&self, user: &Project, host: &str, test: &str, arguments: &[&str]) -> Run {
        // That it found something is told by what it says, also where it is none of ours.
        let variables = [("TSAN_OPTIONS", if test == "unsound" { "" } else { "exitcode=0" })];
        // With a target, build scripts and macros are built without the flags. Dependencies are built faster without
        // debug information; alloc-kit is known by its files below.
        let cargo =
            ["test", "--target", host, "--test", test, "--config", WITHOUT_DEBUG, "--config", WITH_DEBUG];
        nightly::cargo(user, self.name, &variables, &[&cargo[..], &["--"], arguments].concat())
    }

    /// The sanitizer's reports, where they say something.
    ///
    /// The thread sanitizer does not see how a standard library synchronises that is not built with it: the end of a
    /// thread, a channel, the last owner of an `Arc`. So it reports the blocks and the stack frames that are handed
    /// over like that, in any program. What it can judge is what needs none of it: here the lines of all threads, their
    /// list, and the other statics.
    fn reports(&self, run: &Run) -> Vec<String> {
        let printed = run.stderr() + &run.stdout();
        let reports = printed.split("==================\n").filter(|report| report.contains("Sanitizer: "));
        reports
            .filter(|report| self.name != "thread" || races_in_alloc_kit(report))
            .map(str::to_owned)
            .collect()
    }
}

/// Whether a race is about a thread-local or a static, and one side of it is alloc-kit's code.
fn races_in_alloc_kit(report: &str) -> bool {
    let is_static = report.contains("Location is TLS of ") || report.contains("Location is global ");
    let source = support::workspace().join("alloc-kit/src").display().to_string();
    // The two stacks come first, innermost frame first; what is of Rust's own source was called or inlined.
    let mut sides = report.split("\n\n").take(2);
    is_static
        && sides.any(|stack| {
            let frames = stack.lines().filter(|line| line.trim_start().starts_with('#'));
            frames.filter(|frame| !frame.contains(" /rustc/")).take(1).any(|frame| frame.contains(&source))
        })
}

const WITHOUT_DEBUG: &str = "profile.dev.package.'*'.debug=false";
const WITH_DEBUG: &str = "profile.dev.package.alloc-kit.debug=true";
