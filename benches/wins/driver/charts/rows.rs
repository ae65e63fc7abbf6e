//! The frame of a chart that has a row for each workload: titles, an axis, a legend.

use crate::charts::svg::{self, AFTER, Anchor, GRID, PALE, Style, Svg};
use crate::figures::{Figures, Found};
use crate::support::cells;

/// Where bars begin, at the least.
pub(crate) const LEFT: f64 = 306.0;
/// Where the axis ends; what is beyond is for words.
pub(crate) const RIGHT: f64 = 700.0;
/// How thick a bar is.
pub(crate) const BAR: f64 = 11.0;

const TOP: f64 = 112.0;
const ROW: f64 = 38.0;
/// Of a title, in a line.
const CHARACTERS: usize = 40;

/// An empty chart, with a legend of colours and words.
pub(crate) fn frame(figures: &Figures, title: &str, words: &str, legend: &[(&str, &str)]) -> Svg {
    let mut svg = Svg::new(bottom(figures) + 22.0, title, words);
    let mut x = 20.0;
    for (colour, words) in legend {
        svg.bar(x, x + 14.0, 67.0, BAR, colour);
        svg.text(x + 20.0, 77.0, Anchor::Start, Style::PLAIN, words);
        x += 46.0 + 7.0 * f64::from(u32::try_from(words.chars().count()).expect("some words"));
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
        let id = Style { colour: AFTER, ..Style::STRONG };
        svg.text(20.0, y + 14.0, Anchor::Start, id, workload.id);
        let size = format!("{} {}", cells::count(workload.size), workload.unit);
        let [first, rest] = svg::two_lines(workload.title, CHARACTERS);
        let second = if rest.is_empty() { size } else { format!("{rest} · {size}") };
        let x = title_left(figures);
        svg.text(x, y + 14.0, Anchor::Start, Style::PLAIN, &first);
        svg.text(x, y + 30.0, Anchor::Start, Style { colour: PALE, ..Style::SMALL }, &second);
        rows.push((found, [y + 5.0, y + 5.0 + BAR + 2.0]));
        y += ROW;
    }
    rows
}

fn title_left(figures: &Figures) -> f64 {
    let longest = figures.workloads.iter().map(|found| found.workload.id.len()).max().unwrap_or_default();
    32.0 + 8.0 * f64::from(u32::try_from(longest).expect("a short word"))
}

pub(crate) fn bottom(figures: &Figures) -> f64 {
    TOP + ROW * f64::from(u32::try_from(figures.workloads.len()).expect("not so many"))
}
