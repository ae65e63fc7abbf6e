//! How allocations grow with the input: a small chart for each workload that is meant to gain, all with the same axes.

use alloc_kit_benches::Expect;

use crate::charts::scale::{self, Log};
use crate::charts::svg::{self, AFTER, Anchor, BEFORE, GRID, PALE, Style, Svg, WIDTH};
use crate::figures::{Figures, Found};

const TITLE: &str = "Allocations by the size of the input";
const WORDS: &str =
    "Both scales are logarithmic; 0 allocations are the lowest line. Where reuse does not pay is left out.";
const COLUMNS: usize = 4;
/// Of a small chart, with its words.
const CELL: [f64; 2] = [(WIDTH - 70.0) / 4.0, 176.0];
/// Of the words above it.
const HEAD: f64 = 50.0;
/// Of a title, in a line.
const CHARACTERS: usize = 28;
/// Of its axes.
const PANEL: [f64; 2] = [158.0, 100.0];
const TOP: f64 = 92.0;
const LEFT: f64 = 58.0;

pub(crate) fn draw(figures: &Figures) -> String {
    let shown = || figures.workloads.iter().filter(|found| found.workload.expect == Expect::Gain);
    let all = shown().flat_map(|found| &found.growth);
    let top = scale::top(all.clone().flat_map(|(_, counts)| *counts));
    let lines = shown().count().div_ceil(COLUMNS);
    let mut svg = Svg::new(TOP + pixels(lines) * CELL[1] + 6.0, TITLE, WORDS);
    for (x, colour, words) in [(20.0, BEFORE, "the naive way"), (150.0, AFTER, "alloc-kit's")] {
        svg.path(&[[x, 74.0], [x + 20.0, 74.0]], colour);
        svg.text(x + 28.0, 78.0, Anchor::Start, Style::PLAIN, words);
    }
    for (index, found) in shown().enumerate() {
        let (column, line) = (index % COLUMNS, index / COLUMNS);
        let corner = [LEFT + pixels(column) * CELL[0], TOP + HEAD + pixels(line) * CELL[1]];
        panel(&mut svg, found, corner, top, column == 0);
    }
    svg.finish()
}

fn panel(svg: &mut Svg, found: &Found, [left, upper]: [f64; 2], top: f64, is_first: bool) {
    let [width, height] = PANEL;
    let (right, lower) = (left + width, upper + height);
    let vertical = Log { zero: lower, one: lower - 14.0, end: upper, top };
    let sizes = found.growth.iter().map(|(size, _)| pixels(*size));
    let (first, last) = (sizes.clone().fold(f64::MAX, f64::min), sizes.fold(1.0, f64::max));
    let x = |size: f64| left + 8.0 + (width - 16.0) * (size / first).log10() / (last / first).log10();

    for count in vertical.ticks() {
        let y = vertical.at(count);
        // One line in three has its number.
        let is_marked = count < 1.0 || count.log10().round().rem_euclid(3.0) < 0.5;
        svg.line(
            [left, y],
            [right, y],
            if count < 1.0 { PALE } else { GRID },
            if is_marked { 1.0 } else { 0.5 },
        );
        if is_first && is_marked {
            svg.text(left - 6.0, y + 4.0, Anchor::End, Style::SMALL, &scale::short(count));
        }
    }
    for (size, _) in &found.growth {
        let size = pixels(*size);
        svg.line([x(size), lower], [x(size), lower + 4.0], PALE, 1.0);
        svg.text(
            x(size),
            lower + 17.0,
            Anchor::Middle,
            Style { pixels: 11, ..Style::SMALL },
            &scale::short(size),
        );
    }
    let title = Style { pixels: 11, ..Style::SMALL };
    svg.text(left, upper - 36.0, Anchor::Start, Style { colour: AFTER, ..Style::STRONG }, found.workload.id);
    svg.text(right, upper - 36.0, Anchor::End, title, found.workload.unit);
    for (line, y) in svg::two_lines(found.workload.title, CHARACTERS).iter().zip([upper - 22.0, upper - 9.0])
    {
        svg.text(left, y, Anchor::Start, title, line);
    }
    for (side, colour) in [(0, BEFORE), (1, AFTER)] {
        let points = found.growth.iter().map(|(size, counts)| [x(pixels(*size)), vertical.at(counts[side])]);
        svg.path(&points.collect::<Vec<_>>(), colour);
    }
}

fn pixels(number: usize) -> f64 {
    f64::from(u32::try_from(number).expect("what is drawn is small"))
}
