//! A table for each workload, a row for each way of its job.

use alloc_kit_benches::Kind;

use crate::figures::{Figure, Figures, Found};
use crate::options::{Allocator, Options};
use crate::summary::{self, MARK};
use crate::support::cells::{self, bytes, gain, thousands};
use crate::verdict::verdict;

pub(crate) fn print(options: &Options, figures: &Figures) {
    if options.markdown {
        println!("{MARK}");
    }
    for found in &figures.workloads {
        print_one(options, found);
    }
    summary::print_notes(options, figures);
}

fn print_one(options: &Options, found: &Found) {
    let workload = found.workload;
    let size = cells::count(workload.size);
    println!("{}: {}, {size} {}", workload.id, workload.title, workload.unit);
    println!("input: {}", workload.input);
    if !workload.guide.is_empty() {
        println!("the guide's: {}", workload.guide.join("; "));
    }
    for &allocator in &options.allocators {
        if let Some(times) = found.kit().under(allocator) {
            let verdict = verdict(workload.expect, workload.published, times.gain[1]);
            println!("published, beside {}: {verdict}", allocator.name());
        }
    }
    println!();
    let mut head = vec![String::new(), String::new()];
    for allocator in &options.allocators {
        head.extend([format!("ns, {}", allocator.name()), "gain".to_owned()]);
    }
    head.extend(["allocations", "growing", "bytes", "peak", "live after", "instructions"].map(str::to_owned));
    let rows = found.sides.iter().map(|side| row(&options.allocators, side));
    let table: Vec<Vec<String>> = [head].into_iter().chain(rows).collect();
    cells::print(&table, 2, options.markdown);
    println!();
}

fn row(allocators: &[Allocator], side: &Figure) -> Vec<String> {
    let mut row = vec![title(side.kind).to_owned(), side.name.to_owned()];
    for &allocator in allocators {
        row.extend(side.under(allocator).map_or_else(
            || ["-".to_owned(), "-".to_owned()],
            |times| [cells::spread(times.nanos, thousands), cells::spread(times.gain, gain)],
        ));
    }
    let counts = &side.counts;
    row.extend([
        thousands(counts.allocations),
        thousands(counts.reallocations),
        bytes(counts.bytes),
        bytes(counts.peak_bytes),
        bytes(counts.live_bytes),
        side.instructions.map_or_else(|| "-".to_owned(), cells::count),
    ]);
    row
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Naive => "naive",
        Kind::Std => "std",
        Kind::Kit => "alloc-kit",
        Kind::Hand => "by hand",
    }
}
