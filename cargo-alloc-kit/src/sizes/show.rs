//! Sizes as text and as JSON: of an enum the largest variant beside the next one, of a future what it holds while it waits.

use std::fmt::Write;

use anstyle::Style;
use serde::Serialize;

use super::parse::{Kind, Part, Type, Variant};
use super::{Sized, Sizes};
use crate::columns::{Cell, aligned};
use crate::exit::Exit;
use crate::shell::{BOLD, ERROR, FAINT, WARNING};
use crate::table::{count, shortened};

/// From which difference on clippy's `large_enum_variant` says to box what is in the larger one.
const BOX: u64 = 200;
/// The compiler's name for the future that is waited for.
const AWAITED: &str = "__awaitee";
/// How many of a future's contents are shown.
const HELD: usize = 3;

/// A name and what is in it, on a terminal that is narrow; each has half of what the figures leave.
const NARROWEST: usize = 24;
const FIGURES: usize = 30;

/// Both tables. On a terminal names are shortened until a row fits.
pub(crate) fn text(sizes: &Sizes, width: Option<usize>) -> String {
    let most = width.map(|width| (width.saturating_sub(FIGURES) / 2).max(NARROWEST));
    let mut text = String::new();
    for (name, content, of) in
        [("type", "largest in it", &sizes.types), ("future", "holds while it waits", &sizes.futures)]
    {
        if of.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let head = ["bytes", "align", "padding", name, content];
        let mut rows = vec![head.map(|name| Cell(name.to_owned(), FAINT))];
        // What takes no room is no news.
        rows.extend(of.iter().filter(|each| each.of.bytes > 0).take(sizes.top).map(|each| row(sizes, each)));
        if let Some(most) = most {
            for Cell(text, _) in rows.iter_mut().flat_map(|row| &mut row[3..]) {
                *text = shortened(text, most);
            }
        }
        text.push_str(&aligned(&rows, &[true, true, true, false, false]));
        let hidden = of.iter().skip(sizes.top);
        let over = hidden.clone().filter(|each| sizes.is_over(&each.of)).count();
        if over > 0 {
            let _ = writeln!(text, "and {over} more that are too large (`--top` shows more)");
        }
    }
    text
}

fn row(sizes: &Sizes, each: &Sized) -> [Cell; 5] {
    let Type { name, bytes, align, .. } = &each.of;
    let figure = count;
    let style = if sizes.is_over(&each.of) { ERROR } else { Style::new() };
    let (content, advises) = content(&each.of);
    [
        Cell(figure(*bytes), style),
        Cell(figure(*align), Style::new()),
        Cell(figure(each.of.padding()), Style::new()),
        Cell(full_name(sizes, each, name), BOLD),
        Cell(content, if advises { WARNING } else { Style::new() }),
    ]
}

/// `app::Event`; of a future, which has a text for a name, that and the crate.
fn full_name(sizes: &Sizes, each: &Sized, name: &str) -> String {
    match &each.krate[..] {
        "" => name.to_owned(),
        _ if name.starts_with('{') && !sizes.has_several_crates() => name.to_owned(),
        krate if name.starts_with('{') => format!("{name} in {krate}"),
        krate => format!("{krate}::{name}"),
    }
}

/// What makes it as large as it is, and whether to do something about it.
fn content(of: &Type) -> (String, bool) {
    if of.is_future() {
        let held = held(of).into_iter().take(HELD).map(part);
        return (held.collect::<Vec<_>>().join(", "), false);
    }
    if let Some((largest, second)) = two_largest(of) {
        let mut text = format!("{} {}", largest.name, count(largest.bytes));
        let Some(second) = second else { return (text, false) };
        let difference = largest.bytes - second.bytes;
        let _ = write!(text, ", {} more than {}", count(difference), second.name);
        if difference >= BOX {
            text.push_str(": box what is in it, if it is rare");
        }
        return (text, difference >= BOX);
    }
    let largest = of.variants.iter().flat_map(|variant| &variant.parts).max_by_key(|part| part.bytes);
    (largest.map(part).unwrap_or_default(), false)
}

fn part(Part { kind, name, bytes, of_type }: &Part) -> String {
    let bytes = count(*bytes);
    match (kind, of_type) {
        (Kind::Field, _) => format!(".{name} {bytes}"),
        (Kind::Upvar, _) => format!("argument {name} {bytes}"),
        (Kind::Local, Some(of_type)) if name == AWAITED => format!(".await of {of_type} {bytes}"),
        (Kind::Local, _) => format!("{name} {bytes}"),
    }
}

/// Of an enum, whose variants have names.
fn two_largest(of: &Type) -> Option<(&Variant, Option<&Variant>)> {
    let is_enum = of.variants.len() > 1;
    let mut variants: Vec<&Variant> = of.variants.iter().collect();
    // Stable: in the order of the source where they are as large.
    variants.sort_by_key(|variant| std::cmp::Reverse(variant.bytes));
    let largest = *variants.first().filter(|_| is_enum)?;
    Some((largest, variants.get(1).copied()))
}

/// What a future holds in the state in which it is largest, the largest first.
fn held(of: &Type) -> Vec<&Part> {
    // Of several the last one: `max_by_key` would take it too, and so do all that are as large.
    let waiting = of.variants.iter().filter(|variant| variant.name.starts_with("Suspend"));
    let largest = waiting.max_by_key(|variant| variant.bytes).or_else(|| of.variants.first());
    let mut held: Vec<&Part> = largest.into_iter().flat_map(|variant| &variant.parts).collect();
    held.sort_by_key(|part| std::cmp::Reverse(part.bytes));
    held
}

#[derive(Serialize)]
struct Json<'a> {
    alloc_kit_sizes: u64,
    exit_code: u8,
    max: Option<u64>,
    /// How many are larger, of those that are not shown, too.
    over: usize,
    types: Vec<JsonType<'a>>,
    futures: Vec<JsonType<'a>>,
}

#[derive(Serialize)]
struct JsonType<'a> {
    /// Null for one of a dependency.
    #[serde(rename = "crate")]
    krate: Option<&'a str>,
    name: &'a str,
    bytes: u64,
    align: u64,
    padding: u64,
    over: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variants: Vec<JsonPart<'a>>,
    /// Fields of the largest variant, or what is held in the largest state.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contents: Vec<JsonPart<'a>>,
}

#[derive(Serialize)]
struct JsonPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    name: &'a str,
    bytes: u64,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    of_type: Option<&'a str>,
}

/// As many as are shown as text, with all that is in each.
pub(crate) fn json(sizes: &Sizes, exit: Exit) -> String {
    let json = serde_json::to_string(&Json {
        alloc_kit_sizes: 1,
        exit_code: exit.code(),
        max: sizes.max,
        over: sizes.over(),
        types: all(sizes, &sizes.types),
        futures: all(sizes, &sizes.futures),
    });
    // All keys are texts.
    json.map_or_else(|error| unreachable!("{error}"), |json| json + "\n")
}

fn all<'a>(sizes: &Sizes, of: &'a [Sized]) -> Vec<JsonType<'a>> {
    of.iter().take(sizes.top).map(|each| of_type(sizes, each)).collect()
}

fn of_type<'a>(sizes: &Sizes, Sized { krate, of }: &'a Sized) -> JsonType<'a> {
    let contents = if of.is_future() {
        held(of)
    } else {
        let largest = of.variants.iter().max_by_key(|variant| variant.bytes);
        largest.into_iter().flat_map(|variant| &variant.parts).collect()
    };
    let variants = of.variants.iter().filter(|_| of.variants.len() > 1);
    JsonType {
        krate: Some(&krate[..]).filter(|krate| !krate.is_empty()),
        name: &of.name,
        bytes: of.bytes,
        align: of.align,
        padding: of.padding(),
        over: sizes.is_over(of),
        variants: variants
            .map(|of| JsonPart { kind: None, name: &of.name, bytes: of.bytes, of_type: None })
            .collect(),
        contents: contents
            .into_iter()
            .map(|of| JsonPart {
                kind: Some(of.kind),
                name: &of.name,
                bytes: of.bytes,
                of_type: of.of_type.as_deref(),
            })
            .collect(),
    }
}
