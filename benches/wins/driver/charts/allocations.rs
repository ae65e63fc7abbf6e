//! Allocations of one job, before and after.

use crate::charts::rows::{self, BAR, LEFT, RIGHT};
use crate::charts::scale::{self, Log};
use crate::charts::svg::{AFTER, Anchor, BEFORE, Style};
use crate::figures::Figures;
use crate::support::cells::thousands;

const TITLE: &str = "Allocations, before and after";
const WORDS: &str = "Of one job; the scale is logarithmic, with a place of its own for 0.";
const LEGEND: [(&str, &str); 2] = [(BEFORE, "the naive way"), (AFTER, "alloc-kit's")];

pub(crate) fn draw(figures: &Figures) -> String {
    let before_and_after = figures
        .workloads
        .iter()
        .flat_map(|found| [found.naive().counts.allocations, found.kit().counts.allocations]);
    let axis = Log { zero: LEFT, one: LEFT + 34.0, end: RIGHT, top: scale::top(before_and_after) };
    let mut svg = rows::frame(figures, TITLE, WORDS, &LEGEND);
    for count in axis.ticks() {
        rows::tick(&mut svg, figures, axis.at(count), &scale::short(count));
    }
    for (found, bars) in rows::rows(&mut svg, figures) {
        for ((side, colour), y) in [(found.naive(), BEFORE), (found.kit(), AFTER)].into_iter().zip(bars) {
            let allocations = side.counts.allocations;
            let end = axis.at(allocations);
            svg.bar(LEFT, end, y, BAR, colour);
            if allocations < 1.0 {
                svg.dot([end, y + BAR / 2.0], colour);
            }
            let words = thousands(allocations);
            svg.text(end + 8.0, y + BAR - 1.0, Anchor::Start, Style { pixels: 12, ..Style::PLAIN }, &words);
        }
    }
    svg.finish()
}
