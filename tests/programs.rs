//! Random programs of allocations, frees, guards, exceptions, panics, threads and polls, run for real and by a plain
//! model of the counts; every figure and every verdict has to be the same.
//!
//! Run with: `cargo test -p alloc-kit-tests --test programs`, also with `--release`. A long run, in each of the modes:
//! `PROPTEST_CASES=1000000 cargo test --release -p alloc-kit-tests --test programs agree -- --nocapture`.

#![deny(warnings, clippy::pedantic, clippy::all)]

#[path = "programs/compare.rs"]
mod compare;
#[path = "programs/crew.rs"]
mod crew;
#[path = "programs/figures.rs"]
mod figures;
#[path = "programs/generate.rs"]
mod generate;
#[path = "programs/guards.rs"]
mod guards;
#[path = "programs/kept.rs"]
mod kept;
#[path = "programs/listing.rs"]
mod listing;
#[path = "programs/model.rs"]
mod model;
#[path = "support/page.rs"]
#[allow(dead_code, reason = "every test uses its part of it")]
mod page;
#[path = "programs/polls.rs"]
mod polls;
#[path = "programs/real.rs"]
mod real;
#[path = "programs/regions.rs"]
mod regions;
#[path = "programs/sample.rs"]
mod sample;
#[path = "programs/seen.rs"]
mod seen;
#[path = "programs/shrink.rs"]
mod shrink;
#[path = "programs/standard_error.rs"]
mod standard_error;
#[path = "programs/steps.rs"]
mod steps;

use std::cell::RefCell;
use std::process::Command;
use std::thread;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use compare::Runs;
use generate::Programs;
use model::Wrong;
use sample::Sample;
use standard_error::StandardError;

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
}

fn runner(cases: u32, rng: Option<u8>) -> TestRunner {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    match rng {
        Some(seed) => TestRunner::new_with_rng(config, seeded(seed)),
        None => TestRunner::new(config),
    }
}

#[test]
fn several_at_once() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let runs = Runs::new();
                let programs = Programs { process: false };
                runs.assert_agree(&mut runner(cases() / 4 + 1, None), programs);
            });
        }
    });
}

/// Where the report goes to, in a mode that has one.
const REPORT: &str = "ALLOC_KIT_REPORT";
const MODE: &str = "ALLOC_KIT_MODE";

/// Each mode by itself, in a process of its own: budgets of the process are disturbed by whatever runs beside, and
/// standard error is looked at.
#[test]
fn agree() {
    let report = std::env::temp_dir().join(format!("programs-{}.jsonl", std::process::id()));
    let path = report.to_str().expect("a name");
    for (mode, with_report) in [("fail", false), ("fail", true), ("warn", false)] {
        let mut child = Command::new(std::env::current_exe().expect("this program"));
        child.args(["one_at_a_time", "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
        child.env(MODE, mode).env_remove(REPORT);
        if with_report {
            child.env(REPORT, path);
        }
        let output = child.output().expect("it runs again");
        let (printed, said) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let agreed = printed.lines().find(|line| line.contains("programs agree"));
        assert!(output.status.success() && agreed.is_some(), "with {MODE}={mode}:\n{printed}\n{said}");
        println!("{mode}, report {with_report}: {}", agreed.unwrap_or_default());
    }
    let _ = std::fs::remove_file(report);
}

#[test]
#[ignore = "`agree` runs it, in a process of its own"]
fn one_at_a_time() {
    let mut runs = Runs::new();
    runs.warns = std::env::var(MODE).as_deref() == Ok("warn");
    runs.standard_error = StandardError::to_a_file().map(RefCell::new);
    // Where no other test disturbs it.
    let kept = kept::process_in_an_exception();
    let difference = runs.check(&kept).err().map(|difference| (kept, difference));
    let difference =
        difference.or_else(|| runs.find_difference(&mut runner(cases(), None), Programs { process: true }));
    runs.standard_error = None;
    if let Some((program, difference)) = difference {
        panic!("a program is not counted as the model counts it:\n\n{program}\n\n{difference}");
    }
    let (programs, steps, verdicts) = (runs.programs.get(), runs.steps.get(), runs.verdicts.get());
    println!("{programs} programs agree, in {steps} steps and {verdicts} verdicts");
}

/// What the sample is drawn by.
fn seeded(seed: u8) -> TestRng {
    TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32])
}

/// A generator that makes nothing would agree, too.
#[test]
fn the_sample_has_everything() {
    let sample = Sample::of(&mut seeded(1));
    for (step, written) in &sample.written {
        let run = sample.times(step);
        assert!(run >= 50 && 5 * run >= 2 * *written, "{step}: run {run} times, of {written}");
    }
    assert_eq!(sample.written.len(), steps::NAMES, "{:?}", sample.written);
    for happened in [
        "attached",
        "broken by `allocations`",
        "broken by `bytes`",
        "broken by `deallocations`",
        "broken by `live_bytes`",
        "broken by `peak_bytes`",
        "failed an allocation",
        "freed on another thread",
        "left by a panic, over",
        "left by a panic, within",
        "panic across threads",
        "poll",
        "poll on another thread",
        "recursion",
    ] {
        assert!(sample.times(happened) >= 50, "{happened}: {}", sample.times(happened));
    }
    let [held, broken] = ["held", "broken"].map(|verdict| sample.times(verdict));
    assert!(held < 2 * broken && broken < 2 * held, "{held} budgets held, and {broken} were broken");
    page::assert_holds("docs/trust.md", "properties", &sample.table());
}

#[test]
fn what_was_wrong_once_is_right() {
    let runs = Runs::new();
    let programs = [
        kept::broken_and_caught(),
        kept::nothing_failed(),
        kept::freed_in_an_earlier_poll(),
        kept::freed_before_a_thread_is_attached(),
        kept::polled_in_a_call_of_its_own_function(),
        kept::three_plans(),
        kept::broken_in_a_plan(),
    ];
    for program in programs {
        if let Err(difference) = runs.check(&program) {
            panic!("{program}\n\n{difference}");
        }
    }
}

/// A mistake in the counts is found, and shown by a listing of a few lines: here it is the model that makes them.
#[test]
fn mistakes_are_found_and_shrunk() {
    let mistakes = [
        (Wrong::ShrinksAreAllocations, "shrink block 0 by 8", 3),
        (Wrong::GrowthAddsToThePeak, "grow block 0 by 8", 3),
        (Wrong::ExceptionsAreCounted, "allow", 3),
        (Wrong::RecursionIsJudged, "allocate", 6),
        (Wrong::PollsBeginAnew, "poll", 6),
        (Wrong::AttachedIsNotCounted, "attached", 5),
        (Wrong::UnwindingIsJudged, "panic", 5),
        (Wrong::LimitsAreReached, "(", 3),
    ];
    for (wrong, shows, most) in mistakes {
        let mut runs = Runs::new();
        runs.wrong = wrong;
        let found = runs.find_difference(&mut runner(2_000, Some(2)), Programs { process: false });
        let (program, difference) = found.unwrap_or_else(|| panic!("{wrong:?} is not noticed"));
        let listing = program.to_string();
        println!("{wrong:?}, after {} programs:\n\n{listing}\n\n{difference}\n", runs.programs.get());
        assert!(listing.contains(shows) && listing.lines().count() <= most, "{wrong:?}:\n{listing}");
        assert!(difference.contains("expected") && difference.contains("seen"), "{difference}");
    }
}
