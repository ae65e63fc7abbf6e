//! Times: what is left of the naive way's.

use alloc_kit_benches::Expect;

use crate::charts::rows::{self, BAR, LEFT, RIGHT};
use crate::charts::svg::{AFTER, AFTER_TOO, Anchor, GROUND, INK, PALE, Style, Svg};
use crate::figures::Figures;
use crate::options::Allocator;
use crate::support::cells::gain;

/// How long the words beside a bar are.
const LABEL: f64 = 46.0;
/// Where the axis ends, as a share of the naive way's time: a bar that is longer is cut.
const END: f64 = 1.25;

const TITLE: &str = "Time with alloc-kit, as a share of the naive way's";
const WORDS: &str = "Medians of interleaved rounds; less is better; a bar with a gap is longer. Beside it: how many times as quick.";

pub(crate) fn draw(figures: &Figures) -> String {
    let colours = [(Allocator::System, AFTER), (Allocator::Mimalloc, AFTER_TOO)];
    let shown: Vec<(Allocator, &str)> = colours
        .into_iter()
        .filter(|(allocator, _)| {
            figures.workloads.iter().any(|found| found.kit().under(*allocator).is_some())
        })
        .collect();
    let mut legend: Vec<(&str, &str)> =
        shown.iter().map(|(allocator, colour)| (*colour, words(*allocator))).collect();
    legend.push((INK, "published for the same step"));
    let mut svg = rows::frame(figures, TITLE, WORDS, &legend);
    for (share, words) in [(0.0, "0"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %: before")]
    {
        rows::tick(&mut svg, figures, at(share), words);
    }
    svg.line([at(1.0), 108.0], [at(1.0), rows::bottom(figures)], PALE, 1.5);
    for (found, bars) in rows::rows(&mut svg, figures) {
        let workload = found.workload;
        let published =
            workload.published.filter(|_| workload.expect == Expect::Gain).map(|published| published.gain);
        for ((allocator, colour), y) in shown.iter().zip(bars) {
            let Some(times) = found.kit().under(*allocator) else { continue };
            let times_as_quick = times.gain[1];
            let end = at(1.0 / times_as_quick);
            svg.bar(LEFT, end, y, BAR, colour);
            if 1.0 / times_as_quick > END {
                gap(&mut svg, end - 14.0, y);
            }
            // What was published is about the first.
            let mark = published.filter(|_| *allocator == shown[0].0).map(|gain| at(1.0 / gain));
            if let Some(x) = mark {
                mark_at(&mut svg, x, y);
            }
            // Not over the mark.
            let x = mark.filter(|x| (end - 4.0..end + LABEL).contains(x)).unwrap_or(end) + 6.0;
            let style = Style { pixels: 12, ..Style::PLAIN };
            svg.text(x, y + BAR - 1.0, Anchor::Start, style, &format!("{}x", gain(times_as_quick)));
        }
    }
    svg.finish()
}

fn words(allocator: Allocator) -> &'static str {
    match allocator {
        Allocator::System => "the system's allocator",
        Allocator::Mimalloc => "mimalloc",
    }
}

/// In a bar that would be longer.
fn gap(svg: &mut Svg, x: f64, y: f64) {
    svg.line([x - 3.0, y + BAR + 1.0], [x + 3.0, y - 1.0], GROUND, 4.0);
}

fn mark_at(svg: &mut Svg, x: f64, y: f64) {
    svg.line([x, y - 3.0], [x, y + BAR + 1.0], GROUND, 5.0);
    svg.line([x, y - 3.0], [x, y + BAR + 1.0], INK, 2.5);
}

fn at(share: f64) -> f64 {
    LEFT + (RIGHT - LEFT) * (share.min(END) / END)
}
