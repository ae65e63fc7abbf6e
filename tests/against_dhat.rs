//! The counts are right: they equal dhat's, call for call and byte for byte, for programs that people write.
//!
//! `fixtures/against_dhat` runs each program once with both counting at the same time, and once more with the
//! counting allocator as it is installed. Both in debug and in release, which count in different ways.

mod support;

use std::collections::BTreeMap;

use support::Project;
use support::run::Run;

/// The programs, and the fewest allocations that each must make to mean something.
const PROGRAMS: [(&str, u64); 7] = [
    ("json", 5_000),
    ("csv", 5_000),
    ("regex", 5_000),
    ("sort", 20_000),
    ("hash-map", 20_000),
    ("b-tree", 20_000),
    ("buffers", 5_000),
];

const FIGURES: [&str; 5] = ["allocations", "bytes_allocated", "live_blocks", "live_bytes", "peak_bytes"];

#[test]
fn counts_equal_those_of_dhat() {
    let programs = Project::copy_of("against_dhat");
    for profile in [&["run", "--quiet"][..], &["run", "--quiet", "--release"]] {
        let at_once = programs.cargo(&[profile, &["--bin", "at_once"]].concat()).succeeds();
        every_figure_is_equal(&at_once);
        let installed = programs.cargo(&[profile, &["--bin", "installed"]].concat()).succeeds();
        let (counted, expected) = (usages(&installed), usages(&at_once));
        installed.expect(expected.len() == PROGRAMS.len(), "it should have counted every program");
        let same = counted == expected;
        installed.expect(same, &format!("as it is installed, alloc-kit should have counted\n{expected:#?}"));
    }
}

fn every_figure_is_equal(run: &Run) {
    let mut figures: BTreeMap<(String, String), Vec<u64>> = BTreeMap::new();
    for line in run.stdout().lines() {
        let mut words = line.split(' ').map(str::to_owned);
        let (Some(program), Some(figure)) = (words.next(), words.next()) else {
            panic!("not a figure: {line:?}\n{run}");
        };
        if figure != "usage" {
            let values = words.map(|word| word.parse().expect("a number")).collect();
            figures.insert((program, figure), values);
        }
    }
    let values = |program: &str, figure: &str| -> &[u64] {
        figures.get(&(program.to_owned(), figure.to_owned())).map_or(&[], Vec::as_slice)
    };
    for (program, least) in PROGRAMS {
        for figure in FIGURES {
            let [ours, dhats] = *values(program, figure) else {
                panic!("no two values for {figure} of {program}\n{run}");
            };
            run.expect(
                ours == dhats,
                &format!("{program}: {figure} should be dhat's {dhats}, and not {ours}"),
            );
        }
        let enough = values(program, "allocations")[0] >= least;
        run.expect(enough, &format!("{program} should have made {least} allocations or more"));
    }
    // What the two count differently took place, and was allowed for.
    for program in ["regex", "b-tree", "buffers"] {
        let shrinks = values(program, "shrinks");
        run.expect(
            shrinks.first() >= Some(&10),
            &format!("{program} should have made shrinking reallocations"),
        );
    }
    // A peak that is not just what was kept.
    for program in ["csv", "regex", "sort", "hash-map", "b-tree", "buffers"] {
        let (peak, live) = (values(program, "peak_bytes")[0], values(program, "live_bytes")[0]);
        run.expect(peak > live, &format!("{program} should have peaked above what it kept"));
    }
}

/// The lines with all that alloc-kit counted.
fn usages(run: &Run) -> Vec<String> {
    let stdout = run.stdout();
    stdout.lines().filter(|line| line.split(' ').nth(1) == Some("usage")).map(str::to_owned).collect()
}
