//! One table for all workloads, for a README.

use crate::detail::{megabytes, nanoseconds, number};
use crate::figures::{Figure, Figures};
use crate::options::Options;
use crate::support::cells::{self, added, ratio};
use crate::workloads::{Kind, Workload};

const HEAD: [&str; 8] = [
    "",
    "alloc-kit",
    "naive",
    "by hand",
    "peers",
    "allocations, naive → ours",
    "instructions, over by hand",
    "kept of 100 MB",
];

const NOTE: &str = "alloc-kit: nanoseconds of an operation; naive, by hand and peers: ratios to it, above 1 where alloc-kit is \
    quicker. By hand: the quickest of several. Of the peers the quickest and the slowest; `--only` shows each.";

pub(crate) fn print(options: &Options, workloads: &[Workload], figures: &Figures) {
    let mut table = vec![HEAD.map(str::to_owned).to_vec()];
    table.extend(workloads.iter().zip(&figures.workloads).map(|(workload, figures)| row(workload, figures)));
    if options.markdown {
        println!("<!-- primitives -->");
    }
    cells::print(&table, 1, options.markdown);
    if options.markdown {
        println!("<!-- primitives -->");
    }
}

pub(crate) fn notes() -> Vec<String> {
    vec![NOTE.to_owned()]
}

fn row(workload: &Workload, figures: &[Figure]) -> Vec<String> {
    let quickest = |kind: Kind| {
        let sides = workload.sides.iter().zip(figures).filter(|(side, _)| side.kind == kind);
        let nanos = |figure: &Figure| figure.nanos.map_or(f64::INFINITY, |[_, median, _]| median);
        let quickest =
            sides.map(|(_, figure)| figure).min_by(|one, other| nanos(one).total_cmp(&nanos(other)));
        quickest.cloned().unwrap_or_default()
    };
    let (ours, naive, hand) = (&figures[workload.ours()], quickest(Kind::Naive), quickest(Kind::Hand));
    let of_ratio = |figure: &Figure| figure.ratio.map(|[_, median, _]| ratio(median));
    let allocations = naive.allocations.zip(ours.allocations);
    let instructions = ours.instructions.zip(hand.instructions);
    let cells = [
        ours.nanos.map(|[_, median, _]| format!("{} ns", nanoseconds(median))),
        of_ratio(&naive),
        of_ratio(&hand),
        peers(workload, figures),
        allocations.map(|(naive, ours)| format!("{} → {}", number(naive), number(ours))),
        instructions.map(|(ours, hand)| format!("{ours:.0} ({})", added(ours - hand))),
        kept(workload, figures),
    ];
    let cells = cells.into_iter().map(|cell| cell.unwrap_or_else(|| "-".to_owned()));
    [workload.title.clone()].into_iter().chain(cells).collect()
}

/// The quickest of the peers, and the slowest.
fn peers(workload: &Workload, figures: &[Figure]) -> Option<String> {
    let peers = workload.sides.iter().zip(figures).filter(|(side, _)| side.kind == Kind::Peer);
    let mut peers: Vec<(f64, &str)> =
        peers.filter_map(|(side, figure)| Some((figure.ratio?[1], side.name.as_str()))).collect();
    peers.sort_by(|one, other| one.0.total_cmp(&other.0));
    let cell = |(median, name): &(f64, &str)| format!("{name} {}", ratio(*median));
    match peers.as_slice() {
        [] => None,
        [only] => Some(cell(only)),
        [quickest, .., slowest] => Some(format!("{} .. {}", cell(quickest), cell(slowest))),
    }
}

/// What is kept by alloc-kit's, and by the others that are looked at.
fn kept(workload: &Workload, figures: &[Figure]) -> Option<String> {
    let kept = |kinds: &[Kind]| -> Vec<f64> {
        let sides = workload.sides.iter().zip(figures).filter(|(side, _)| kinds.contains(&side.kind));
        sides.filter_map(|(_, figure)| figure.kept()).collect()
    };
    let ours = *kept(&[Kind::Ours]).first()?;
    let others = kept(&[Kind::Hand, Kind::Peer]);
    let (least, most) = (others.iter().copied().reduce(f64::min)?, others.iter().copied().reduce(f64::max)?);
    let others = if most - least < 1e6 {
        megabytes(most)
    } else {
        format!("{} to {}", megabytes(least), megabytes(most))
    };
    Some(format!("{} MB (others {others})", megabytes(ours)))
}
