//! A flamegraph: stacks with a common start put together, each box as wide as what was allocated below it, callers above what
//! they call. Every box is an `<svg>` of its own with a place in percent, so that texts are cut off at its end and keep their size
//! however wide the picture is.

use std::collections::HashMap;

use maud::{Markup, PreEscaped, html};

use super::Weight;
use super::stacks::Stacks;
use crate::table::count;

const STYLE: &str = include_str!("flame.css");
const SCRIPT: &str = include_str!("flame.js");

/// Height of a box with the space below it.
const ROW: usize = 20;
/// What is narrower is no box: it could not be seen, and there may be very many.
const NARROWEST: f64 = 0.0005;
/// Calls deeper than this are cut off.
const DEEPEST: usize = 200;

/// A box.
#[derive(Debug, Default)]
struct Node<'a> {
    name: &'a str,
    depth: usize,
    weight: u64,
    children: Vec<usize>,
}

/// A box with its place, from 0 to 1.
struct Placed<'a> {
    name: &'a str,
    depth: usize,
    weight: u64,
    x: f64,
    width: f64,
}

struct Layout<'a> {
    boxes: Vec<Placed<'a>>,
    total: u64,
    rows: usize,
    /// Boxes that are too narrow.
    left_out: usize,
}

/// The whole picture as a file.
pub(crate) fn document(stacks: &Stacks, weight: Weight) -> String {
    let drawn = picture(
        stacks,
        weight,
        Some(html! {
            style { (PreEscaped(STYLE)) }
        }),
    );
    let script =
        format!("<script><![CDATA[\n{SCRIPT}\nflame(document.documentElement);\n]]></script></svg>\n");
    let drawn = drawn.into_string();
    let open = drawn.strip_suffix("</svg>").unwrap_or(&drawn);
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{open}{script}")
}

/// The picture, to stand in a page.
pub(crate) fn picture(stacks: &Stacks, weight: Weight, style: Option<Markup>) -> Markup {
    let layout = layout(stacks, weight);
    let is_file = style.is_some();
    let height = (layout.rows + usize::from(is_file)) * ROW;
    let unit = unit(weight);
    let title = format!("Flamegraph of {}, by {unit}", stacks.title());
    html! {
        svg.flame xmlns="http://www.w3.org/2000/svg" width=(if is_file { "1200" } else { "100%" }) height=(height)
            role="group" aria-label=(title) data-rows=(layout.rows) {
            @if let Some(style) = style {
                title { (title) }
                (style)
                // A viewer that knows no style would show black on nothing.
                rect.ground width="100%" height="100%" fill="#fff" {}
                text.caption x="4" y=(height - 6) {
                    @if layout.boxes.is_empty() { "No stacks: " (stacks.why_empty()) } @else { (title) (left_out(&layout)) }
                }
            }
            @for Placed { name, depth, weight, x, width } in &layout.boxes {
                svg.f x=(percent(*x)) y=(depth * ROW) width=(percent(*width)) height=(ROW - 1)
                    data-x=(x) data-w=(width) data-d=(depth) tabindex=(if *depth == 0 { "0" } else { "-1" }) {
                    title { (name) ": " (count(*weight)) " " (unit) " (" (share(*weight, layout.total)) ")" }
                    rect class=(tint(name)) width="100%" height="100%" rx="2" fill="#f4b183" {}
                    // No box is narrower than a letter on the widest screen if it is below this.
                    @if *width > 0.002 { text x="4" y="14" { (name) } }
                }
            }
        }
    }
}

/// What is not in the picture, in words.
pub(crate) fn note(stacks: &Stacks, weight: Weight) -> String {
    let layout = layout(stacks, weight);
    format!("{} {} in all{}", count(layout.total), unit(weight), left_out(&layout))
}

fn left_out(layout: &Layout<'_>) -> String {
    match layout.left_out {
        0 => String::new(),
        n => format!("; {n} boxes narrower than {}% are left out, with what they call", NARROWEST * 100.0),
    }
}

pub(crate) fn unit(weight: Weight) -> &'static str {
    match weight {
        Weight::Allocations => "allocations",
        Weight::Bytes => "bytes",
    }
}

fn layout(stacks: &Stacks, weight: Weight) -> Layout<'_> {
    let nodes = tree(stacks, weight);
    let total = nodes[0].weight;
    let mut layout = Layout { boxes: Vec::new(), total, rows: 0, left_out: 0 };
    if total == 0 {
        return layout;
    }
    // Not by recursion: a file says how deep it is.
    let mut open = vec![(0, 0.0)];
    while let Some((index, x)) = open.pop() {
        let node = &nodes[index];
        let width = part(node.weight, total);
        if width < NARROWEST {
            layout.left_out += 1;
            continue;
        }
        layout.rows = layout.rows.max(node.depth + 1);
        layout.boxes.push(Placed { name: node.name, depth: node.depth, weight: node.weight, x, width });
        let mut children = node.children.clone();
        children.sort_by(|one, other| nodes[*one].name.cmp(nodes[*other].name));
        let mut at = x;
        let mut placed: Vec<(usize, f64)> = Vec::with_capacity(children.len());
        for child in children {
            placed.push((child, at));
            at += part(nodes[child].weight, total);
        }
        // In the order of a reader: from left to right, each with what is below it.
        open.extend(placed.into_iter().rev());
    }
    layout
}

/// The first node is the root.
fn tree(stacks: &Stacks, weight: Weight) -> Vec<Node<'_>> {
    let mut nodes = vec![Node { name: "all", ..Node::default() }];
    let mut known: HashMap<(usize, &str), usize> = HashMap::new();
    for stack in &stacks.all {
        let weight = stack.weight(weight);
        if weight == 0 {
            continue;
        }
        let add = |node: &mut Node<'_>| node.weight = node.weight.saturating_add(weight);
        let mut at = 0;
        add(&mut nodes[at]);
        for name in stack.frames.iter().take(DEEPEST) {
            let new = nodes.len();
            let child = *known.entry((at, name)).or_insert(new);
            if child == new {
                let depth = nodes[at].depth + 1;
                nodes[at].children.push(new);
                nodes.push(Node { name, depth, ..Node::default() });
            }
            at = child;
            add(&mut nodes[at]);
        }
    }
    nodes
}

#[expect(clippy::cast_precision_loss, reason = "it is drawn")]
fn part(weight: u64, total: u64) -> f64 {
    weight as f64 / total as f64
}

fn percent(part: f64) -> String {
    format!("{:.4}%", part * 100.0)
}

fn share(weight: u64, total: u64) -> String {
    format!("{:.1}%", part(weight, total) * 100.0)
}

/// Functions of one crate look alike.
fn tint(name: &str) -> &'static str {
    const TINTS: [&str; 6] = ["t0", "t1", "t2", "t3", "t4", "t5"];
    let name = name.trim_start_matches(['<', '&']);
    let of_crate = name.split("::").next().unwrap_or_default();
    let sum = of_crate.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    TINTS[sum % TINTS.len()]
}
