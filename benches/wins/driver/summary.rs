//! The table: one row a workload.

use alloc_kit_benches::{Expect, Kind};

use crate::figures::{Figures, Found};
use crate::options::{Allocator, Options};
use crate::support::cells::{self, bytes, gain, thousands};
use crate::verdict::verdict;

/// What stands before and after a table for a README.
pub(crate) const MARK: &str = "<!-- wins -->";

const NOTE: &str = "Allocations of one job, bytes that they requested, and the most that was live at once: the naive way → \
    alloc-kit's. Time, under each allocator: that of the naive way, divided by alloc-kit's; above 1, alloc-kit is quicker. Std, by hand: \
    the naive way's, divided by that of the better way with std alone and of the best that is written by hand, where there is one, with \
    the system's allocator. At last what was published for the same step, beside the system's allocator.";

pub(crate) fn print(options: &Options, figures: &Figures) {
    let mut head: Vec<String> = ["", "", "allocations", "bytes", "peak"].map(str::to_owned).to_vec();
    head.extend(options.allocators.iter().map(|allocator| format!("time, {}", allocator.name())));
    head.extend(["std", "by hand", "published"].map(str::to_owned));
    let rows = figures.workloads.iter().map(|found| row(&options.allocators, found));
    let table: Vec<Vec<String>> = [head].into_iter().chain(rows).collect();
    if options.markdown {
        println!("{MARK}");
    }
    cells::print(&table, 2, options.markdown);
    println!();
    print_notes(options, figures);
}

/// What a reader of tables of gains must know.
pub(crate) fn print_notes(options: &Options, figures: &Figures) {
    let bullet = if options.markdown { "- " } else { "" };
    for note in notes(options, figures) {
        println!("{bullet}{note}");
    }
}

fn notes(options: &Options, figures: &Figures) -> Vec<String> {
    let Options { rounds, layouts, .. } = options;
    let mut notes = vec![
        NOTE.to_owned(),
        format!(
            "Medians [and quartiles] of {rounds} interleaved rounds, a process each; orders of functions: up to {layouts}. All \
             ways of a job were first seen to come to the same answers, and to allocate what they say."
        ),
    ];
    for found in &figures.workloads {
        if let Expect::NoGain(why) = found.workload.expect {
            notes.push(format!("`{}` does not pay: {why}.", found.workload.id));
        }
    }
    notes.extend_from_slice(&figures.missing);
    notes
}

fn row(allocators: &[Allocator], found: &Found) -> Vec<String> {
    let (workload, naive, kit) = (found.workload, &found.naive().counts, &found.kit().counts);
    let change =
        |before: f64, after: f64, show: fn(f64) -> String| format!("{} → {}", show(before), show(after));
    let title = format!("{} ({} {})", workload.title, cells::count(workload.size), workload.unit);
    let mut row = vec![
        format!("`{}`", workload.id),
        title,
        change(naive.allocations, kit.allocations, thousands),
        change(naive.bytes, kit.bytes, bytes),
        change(naive.peak_bytes, kit.peak_bytes, bytes),
    ];
    let cell = |gain: Option<String>| gain.unwrap_or_else(|| "-".to_owned());
    row.extend(
        allocators.iter().map(|&allocator| {
            cell(found.kit().under(allocator).map(|times| cells::spread(times.gain, gain)))
        }),
    );
    let first = allocators[0];
    row.extend(
        [Kind::Std, Kind::Hand]
            .map(|kind| cell(found.quickest(kind, first).map(|times| gain(times.gain[1])))),
    );
    let judged =
        found.kit().under(first).map(|times| verdict(workload.expect, workload.published, times.gain[1]));
    row.push(cell(judged));
    row
}
