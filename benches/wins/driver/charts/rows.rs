//! The frame of a chart that has a row for each workload: titles, an axis, a legend.

use crate::charts::svg::{self, AFTER, Anchor, GRID, INK, Style, Svg};
use crate::figures::{Figures, Found};
use crate::support::cells;

/// Where bars begin, at the least.
pub(crate) const LEFT: f64 = 306.0;
/// Where the axis ends; what is beyond is for words.
pub(crate) const RIGHT: f64 = 700.0;
/// How thick a bar is.
pub(crate) const BAR: f64 = 11.0;

const TOP: f64 = 112.0;
/// Of a title, in a line.
const CHARACTERS: usize = 48;

/// An empty chart, with a legend of colours and words.
pub(crate) fn frame(figures: &Figures, title: &str, words: &str, legend: &[(&str, &str)]) -> Svg {
    let mut svg = Svg::new(bottom(figures) + 22.0, title, words);
    let mut x = 20.0;
    for (colour, words) in legend {
        svg.bar(x, x + 14.0, 67.0, BAR, colour);
        svg.text(x + 20.0, 77.0, Anchor::Start, Style::PLAIN, words);
        x += 42.0 + 6.8 * f64::from(u32::try_from(words.chars().count()).expect("some words"));
    }
    svg
}

/// A line down the chart, with words at its top.
pub(crate) fn tick(svg: &mut Svg, figures: &Figures, x: f64, words: &str) {
    svg.text(x, TOP - 10.0, Anchor::Middle, Style::SMALL, words);
    svg.line([x, TOP - 4.0], [x, bottom(figures)], GRID, 1.0);
}

/// Puts titles to the rows; each with where its two bars begin, from above.
pub(crate) fn rows<'a>(svg: &mut Svg, figures: &'a Figures) -> Vec<(&'a Found, [f64; 2])> {
    let mut y = TOP;
    let mut rows = Vec::new();
    for found in &figures.workloads {
        let workload = found.workload;
        let size = format!("{} {}", cells::count(workload.size), workload.unit);
        svg.text(20.0, y + 14.0, Anchor::Start, Style { colour: AFTER, ..Style::STRONG }, workload.id);
        svg.text(LEFT - 14.0, y + 14.0, Anchor::End, Style::SMALL, &size);
        let words = Style { colour: INK, ..Style::SMALL };
        for (line, y) in svg::two_lines(workload.title, CHARACTERS).iter().zip([y + 29.0, y + 43.0]) {
            svg.text(20.0, y, Anchor::Start, words, line);
        }
        rows.push((found, [y + 6.0, y + 6.0 + BAR + 2.0]));
        y += height(found);
    }
    rows
}

/// Where the last row ends.
pub(crate) fn bottom(figures: &Figures) -> f64 {
    TOP + figures.workloads.iter().map(height).sum::<f64>()
}

fn height(found: &Found) -> f64 {
    let [_, second] = svg::two_lines(found.workload.title, CHARACTERS);
    if second.is_empty() { 42.0 } else { 54.0 }
}
