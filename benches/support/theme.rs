//! The bench of a theme: all ways of its workloads, timed by criterion, with what they allocate beside that.
//!
//! Before anything is timed all ways must come to the same answer. Those that say what they allocate at most are held to it.
//! The system's allocator is the program's, or mimalloc with the feature of that name; both count.

use alloc_kit_bench::{Budget, CriterionExt};
use alloc_kit_benches::{ALL, Expect, Kind, Side, Workload};
use criterion::Criterion;

#[cfg(not(feature = "mimalloc"))]
alloc_kit::install!();

#[cfg(feature = "mimalloc")]
#[global_allocator]
static GLOBAL: alloc_kit::CountingAlloc<mimalloc::MiMalloc> =
    alloc_kit::CountingAlloc::new(mimalloc::MiMalloc);

/// Does what criterion's own `main` would do, with the workloads of one theme.
pub(crate) fn run(theme: &str) {
    let mut criterion = Criterion::default().configure_from_args();
    let workloads: Vec<&Workload> = ALL.iter().filter(|workload| workload.theme == theme).collect();
    assert!(!workloads.is_empty(), "no workload has the theme `{theme}`");
    for workload in workloads {
        bench(&mut criterion, workload);
    }
    criterion.final_summary();
}

fn bench(criterion: &mut Criterion, workload: &Workload) {
    let mut sides = (workload.sides)(workload.size);
    same_answers(workload, &mut sides);
    if let Expect::NoGain(why) = workload.expect {
        eprintln!("{}: not meant to pay: {why}", workload.id);
    }
    let mut group = criterion.counted_group(workload.id);
    for side in &mut sides {
        let budget = match side.kind {
            Kind::Naive => None,
            Kind::Std | Kind::Kit | Kind::Hand => side.allocations,
        };
        // Criterion would take it for Markdown.
        let name = side.name.replace('`', "");
        group.bench_function(name, |bencher| match budget {
            Some(most) => bencher.within(Budget::allocations(most)).iter(|| side.run()),
            None => bencher.iter(|| side.run()),
        });
    }
    group.finish();
}

fn same_answers(workload: &Workload, sides: &mut [Side]) {
    let (naive, others) = sides.split_first_mut().expect("a workload has sides");
    let expected = naive.answer();
    for side in others {
        assert!(side.answer() == expected, "{}: `{}` and `{}` differ", workload.id, naive.name, side.name);
    }
}
