//! The counts are right: they equal those of others, call for call and byte for byte, for jobs that crates are used for.
//!
//! Run with: `cargo test -p alloc-kit-tests --test differential`. `TRUST=overwrite` writes the table of docs/trust.md.
//!
//! `fixtures/differential` has the jobs, and a program for each counter: alloc-kit as it is installed, the dhat crate, and
//! one with neither for `valgrind --tool=dhat` and for a library that is loaded before it and counts `malloc`. That
//! library also counts beside alloc-kit, in one process. All in debug and in release, which count in different ways.
//!
//! A region is exact: the programs tell the library where a job begins and ends; for valgrind, which counts
//! whole processes, it is what a process with the job has more than one without.

#[path = "differential/counters.rs"]
mod counters;
#[path = "differential/jobs.rs"]
mod jobs;
#[path = "support/page.rs"]
mod page;
mod support;
#[path = "differential/table.rs"]
mod table;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use counters::{Figures, Programs};
use jobs::{Equations, JOBS, Job};
use support::Project;

/// What alloc-kit counted of a job, for the table.
#[derive(Clone, Copy)]
struct Counted {
    allocations: i128,
    /// Not known of other threads.
    reallocations: Option<i128>,
    bytes: i128,
    /// Reallocations that shrink, which are none of the allocations: the dhat crate's figure.
    shrunk: i128,
}

#[test]
fn four_counters_agree() {
    let project = Project::copy_of("differential");
    let counted = [false, true].map(|release| {
        let programs = Programs::build(&project, release);
        if !programs.library_is_there() {
            eprintln!("not tested: the library that counts `malloc` is for Linux with glibc");
        }
        if !programs.valgrind_is_there() {
            eprintln!("not tested: there is no valgrind");
        }
        all(&programs, if release { "release" } else { "debug" })
    });
    table::compare(&project, &counted);
}

/// Runs all jobs, two at a time.
fn all(programs: &Programs, profile: &str) -> Vec<Counted> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = JOBS.get(index) else { return done };
            let (counted, unequal) = one(programs, index, job, profile == "release");
            done.push((index, counted, unequal));
        }
    };
    let mut done = thread::scope(|scope| {
        let other = scope.spawn(worker);
        let mut done = worker();
        done.extend(other.join().expect("it says itself what failed"));
        done
    });
    done.sort_by_key(|(index, ..)| *index);
    let unequal: Vec<&str> = done.iter().flat_map(|(_, _, unequal)| unequal).map(String::as_str).collect();
    assert!(unequal.is_empty(), "in {profile}:\n{}", unequal.join("\n"));
    done.into_iter().map(|(_, counted, _)| counted).collect()
}

/// Runs a job with each counter: what alloc-kit counted, and what does not agree.
fn one(programs: &Programs, index: usize, job: &Job, release: bool) -> (Counted, Vec<String>) {
    let mut equations = Equations::default();
    let (name, ours) = programs.by_alloc_kit(index, false);
    assert_eq!(name, job.name, "the fixture has its jobs in another order");
    one_thread_is_all_threads(&mut equations, job, &ours);
    let dhat = programs.by_dhat(index);
    with_dhat(&mut equations, job, &ours, &dhat);
    if programs.library_is_there() {
        let (_, beside) = programs.by_alloc_kit(index, true);
        with_library(&mut equations, job, &ours, &beside);
        let alone = programs.by_library(index);
        with_library_alone(&mut equations, job, &beside, &alone, &dhat);
        if job.name == "std buffers" {
            by_what_function(&mut equations, &alone);
        }
        if programs.valgrind_is_there() {
            with_valgrind(&mut equations, job, &alone, &programs.by_valgrind(index));
        }
    }
    let counted = Counted {
        allocations: ours.get("process allocations"),
        reallocations: job.is_of_one_thread().then(|| ours.get("thread reallocations")),
        bytes: ours.get("process bytes"),
        shrunk: dhat.get("dhat shrunk"),
    };
    if counted.allocations < job.least {
        equations.equal("what means something", counted.allocations, job.least);
    }
    let profile = if release { "release" } else { "debug" };
    (counted, equations.end(&format!("{} in {profile}", job.name)))
}

/// The figures of the thread are those of the process where it has no other.
fn one_thread_is_all_threads(equations: &mut Equations, job: &Job, ours: &Figures) {
    if job.is_of_one_thread() {
        for figure in ["allocations", "bytes", "deallocations"] {
            let [thread, process] = ["thread", "process"].map(|of| ours.get(&format!("{of} {figure}")));
            equations.equal(&format!("all threads' {figure}"), process, thread);
        }
        let [thread, process] = ["thread live", "process live_bytes"].map(|figure| ours.get(figure));
        equations.equal("all threads' live bytes", process, thread);
    } else {
        let [thread, process] = ["thread", "process"].map(|of| ours.get(&format!("{of} allocations")));
        assert!(process > thread, "{}: other threads should have allocated: {ours:#?}", job.name);
    }
}

/// The dhat crate: the same requests, but that one that shrinks is a block as well.
fn with_dhat(equations: &mut Equations, job: &Job, ours: &Figures, dhat: &Figures) {
    let [blocks, bytes] = [("blocks", "shrunk"), ("bytes", "bytes_shrunk_to")]
        .map(|(all, shrunk)| dhat.get(&format!("dhat {all}")) - dhat.get(&format!("dhat {shrunk}")));
    equations.equal("allocations, by dhat", ours.get("process allocations"), blocks);
    equations.equal("bytes, by dhat", ours.get("process bytes"), bytes);
    if job.is_of_one_thread() {
        // Blocks in use, in place of frees: dhat does not say how many it saw.
        let made = ours.get("thread allocations") - ours.get("thread reallocations");
        let live_blocks = made - ours.get("thread deallocations");
        equations.equal("live blocks, by dhat", live_blocks, dhat.get("dhat live_blocks"));
        equations.equal("live bytes, by dhat", ours.get("thread live"), dhat.get("dhat live"));
        equations.equal("peak bytes, by dhat", ours.get("thread peak"), dhat.get("dhat peak"));
    }
}

/// The library beside alloc-kit, in one process: what was asked for is what reached `malloc`, once.
fn with_library(equations: &mut Equations, job: &Job, ours: &Figures, beside: &Figures) {
    equations.same("beside the library", &["process allocations", "process bytes"], beside, ours);
    let [calls, bytes] = job.unseen();
    let [grown, shrunk, bytes_shrunk_to] = job.over_aligned;
    let of = |figure: &str| beside.get(&format!("program {figure}"));
    let mut equal = |what: &str, malloc: i128, ours: &str, more: i128| {
        equations.equal(&format!("{what} of malloc"), malloc, beside.get(ours) + more);
    };
    let new = of("malloc") + of("calloc") + of("aligned");
    equal("calls", new + of("grown"), "process allocations", calls + shrunk);
    equal("bytes", of("bytes"), "process bytes", bytes + bytes_shrunk_to);
    equal("frees", of("freed"), "process deallocations", calls + grown + shrunk);
    equal("live bytes", of("live"), "process live_bytes", 0);
    if job.is_of_one_thread() {
        equal("reallocations", of("grown"), "thread reallocations", -grown);
        if job.unseen() == [0; 2] && job.over_aligned == [0; 3] {
            equal("peak bytes", of("peak"), "thread peak", 0);
        }
    }
}

/// The library beside a program without alloc-kit: it asks `malloc` for the same, and shrinks what dhat saw shrink.
fn with_library_alone(
    equations: &mut Equations,
    job: &Job,
    beside: &Figures,
    alone: &Figures,
    dhat: &Figures,
) {
    let mut figures = vec!["malloc", "calloc", "aligned", "grown", "shrunk", "bytes", "bytes_shrunk_to"];
    if job.is_of_one_thread() {
        figures.extend(["bytes_grown_from", "bytes_shrunk_from", "freed", "bytes_freed", "live", "peak"]);
    }
    let figures: Vec<String> = figures.into_iter().map(|figure| format!("program {figure}")).collect();
    let figures: Vec<&str> = figures.iter().map(String::as_str).collect();
    equations.same("without alloc-kit", &figures, alone, beside);
    let [_, shrunk, bytes_shrunk_to] = job.over_aligned;
    equations.equal("shrinks, by dhat", dhat.get("dhat shrunk"), alone.get("program shrunk") + shrunk);
    let bytes = alone.get("program bytes_shrunk_to") + bytes_shrunk_to;
    equations.equal("bytes shrunk to, by dhat", dhat.get("dhat bytes_shrunk_to"), bytes);
}

/// Valgrind has each request of the process, one that shrinks and those of the C library too.
fn with_valgrind(equations: &mut Equations, job: &Job, library: &Figures, valgrind: &Figures) {
    let sum = |figures: &[&str]| -> i128 {
        let all = figures.iter().flat_map(|figure| ["program", "others"].map(|of| format!("{of} {figure}")));
        all.map(|figure| library.get(&figure)).sum()
    };
    let new = ["malloc", "calloc", "aligned"];
    let blocks = sum(&new) + sum(&["grown", "shrunk"]);
    equations.equal("valgrind's blocks", valgrind.get("blocks"), blocks);
    equations.equal("valgrind's bytes", valgrind.get("bytes"), sum(&["bytes", "bytes_shrunk_to"]));
    if job.is_of_one_thread() {
        equations.equal(
            "others than the program",
            sum(&new),
            new.map(|figure| library.get(&format!("program {figure}"))).iter().sum(),
        );
        equations.equal("valgrind's live blocks", valgrind.get("live_blocks"), sum(&new) - sum(&["freed"]));
        equations.equal("valgrind's live bytes", valgrind.get("live"), sum(&["live"]));
    }
}

/// Zeroed blocks are `calloc`'s, and aligned ones `posix_memalign`'s: as many as the job says.
fn by_what_function(equations: &mut Equations, library: &Figures) {
    equations.equal("zeroed blocks", library.get("program calloc"), 1_500 + 3);
    equations.equal("aligned blocks", library.get("program aligned"), (1_500 + 6) / 7);
}
