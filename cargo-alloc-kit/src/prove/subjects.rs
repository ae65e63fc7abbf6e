//! What is judged in a binary: each instance of each annotated place, or the functions of a pattern.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::Root;
use super::image::{Function, Image};
use super::merge::Class;
use super::names;
use super::pattern::Pattern;
use super::records::{Kind, Records, Site};
use super::verdict::Verdict;
use crate::exit::Failure;
use crate::view::without_arguments;

/// Something to judge, or what is known of it already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    /// The annotated place; none of a function by its name.
    pub(super) site: Option<Site>,
    /// The symbol, as it is in the file; empty where there is no code.
    pub(super) symbol: String,
    pub(super) address: u64,
    /// The start of the function that it is in: itself, if it is one.
    pub(super) within: u64,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Judge(Root),
    /// It is in another function, of that name.
    InlinedInto(String),
    NotCompiled,
}

/// By the records.
pub(super) fn of_records(image: &Image, records: &Records) -> Vec<Subject> {
    let mut instances: BTreeMap<u64, BTreeSet<(u64, Kind2)>> = BTreeMap::new();
    for (address, kinds) in &records.at {
        for (kind, id) in kinds {
            match kind {
                Kind::Function => instances.entry(*id).or_default().insert((*address, Kind2::Function)),
                Kind::Begin => instances.entry(*id).or_default().insert((*address, Kind2::Region)),
                _ => continue,
            };
        }
    }
    let mut subjects = Vec::new();
    for site in records.sites.iter().filter(|site| site.allowed.is_none()) {
        let of_site = instances.remove(&site.id).unwrap_or_default();
        let none = of_site.is_empty();
        let mut seen = BTreeSet::new();
        for (address, kind) in of_site {
            let subject = subject(image, site, address, kind);
            // A function that has its mark several times is one.
            if seen.insert((subject.address, subject.what == What::NotCompiled)) {
                subjects.push(subject);
            }
        }
        if none {
            let site = Some(site.clone());
            let what = What::NotCompiled;
            subjects.push(Subject { site, symbol: String::new(), address: 0, within: 0, what });
        }
    }
    subjects
}

/// What a record is the start of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind2 {
    Function,
    Region,
}

fn subject(image: &Image, site: &Site, address: u64, kind: Kind2) -> Subject {
    let function = image.function(address);
    // Of functions that are alike the linker may make one, which has all of their names.
    let own =
        function.and_then(|function| image.names(function).find(|name| is_of(site, &names::demangled(name))));
    let symbol = own.or_else(|| function.map(|function| image.name(function))).unwrap_or_default().to_owned();
    let within = function.map_or(address, |function| function.start);
    let (address, what) = match (kind, function) {
        (Kind2::Region, _) => (address, What::Judge(Root::Region { begin: address, id: site.id })),
        (Kind2::Function, None) => {
            (address, What::InlinedInto(format!("code without a symbol at {address:#x}")))
        }
        (Kind2::Function, Some(function)) => {
            let what = if own.is_some() {
                What::Judge(Root::Function(function.start))
            } else {
                What::InlinedInto(names::demangled(&symbol))
            };
            (function.start, what)
        }
    };
    Subject { site: Some(site.clone()), symbol, address, within, what }
}

/// One of each place and function: what was duplicated there (a loop that was peeled) is as good as the worst of it.
pub(super) fn worst(judged: impl Iterator<Item = (Subject, Verdict)>) -> Vec<(Subject, Verdict)> {
    let mut places: BTreeMap<(u64, u64), usize> = BTreeMap::new();
    let mut all: Vec<(Subject, Verdict)> = Vec::new();
    for (subject, verdict) in judged {
        let place = subject.site.as_ref().map(|site| (site.id, subject.within));
        let same = place.and_then(|place| places.get(&place).copied());
        match (same, place) {
            (Some(index), _) if Class::of(&verdict) < Class::of(&all[index].1) => {
                all[index] = (subject, verdict);
            }
            (Some(_), _) => {}
            (None, place) => {
                places.extend(place.map(|place| (place, all.len())));
                all.push((subject, verdict));
            }
        }
    }
    all
}

/// Whether a function is the one of the site: it or a closure or future in it, of any type; or a poll that alloc-kit's macros put round
/// the future's.
fn is_of(site: &Site, demangled: &str) -> bool {
    match polled(demangled) {
        // Names of the legacy kind have `_` in place of the site's id; only what is polled itself has its mark there.
        Some(future) => future.split(',').next().is_some_and(|id| id == "_" || id == site.id.to_string()),
        // `#[no_mangle]`, `export_name`: not a name of Rust's.
        None => !demangled.contains("::") || is_last(site, &without_arguments(demangled)),
    }
}

fn is_last(site: &Site, path: &str) -> bool {
    let wanted = without_arguments(&site.name);
    let wanted = wanted.rsplit("::").next().unwrap_or_default().trim_start_matches("r#");
    let named = path.split("::").filter(|part| !part.starts_with('{')).last().unwrap_or_default();
    named.trim_start_matches("r#") == wanted
}

/// Of a poll of a future that is judged, demangled, what stands for the future: `7, app::load::{closure#0}`.
pub(super) fn polled(demangled: &str) -> Option<&str> {
    let rest = demangled.strip_prefix("<alloc_kit::prove::future::Proved<")?;
    rest.strip_suffix("> as core::future::future::Future>::poll")
}

/// What the user calls it: an annotated function as it is instantiated, or the expression in its function.
pub(super) fn name(subject: &Subject) -> String {
    let symbol = &subject.symbol;
    let demangled = if symbol.is_empty() { String::new() } else { names::demangled(symbol) };
    match &subject.site {
        Some(site) if symbol.is_empty() => full(site),
        Some(site) if matches!(subject.what, What::Judge(Root::Region { .. })) => {
            format!("{} in {}", site.form, of_future(&demangled).unwrap_or(&demangled))
        }
        Some(site) => match polled(&demangled) {
            // A future that another function made, or one whose name is not told.
            Some(_) => of_future(&demangled)
                .filter(|name| is_last(site, &without_arguments(name)))
                .map_or_else(|| full(site), str::to_owned),
            None => demangled,
        },
        None => demangled,
    }
}

/// The async function whose future is polled.
fn of_future(demangled: &str) -> Option<&str> {
    let (_, mut future) = polled(demangled)?.split_once(", ")?;
    while let Some((function, closure)) = future.rsplit_once("::{") {
        if !closure.ends_with('}') {
            break;
        }
        future = function;
    }
    Some(future)
}

fn full(site: &Site) -> String {
    if site.module.is_empty() { site.name.clone() } else { format!("{}::{}", site.module, site.name) }
}

/// Functions by their names; a pattern that none has is an error.
pub(super) fn of_patterns<'a>(
    image: &'a Image,
    patterns: &'a [Pattern],
) -> impl Iterator<Item = (&'a Function, usize)> {
    image.functions.iter().filter_map(|function| {
        let names: Vec<(&str, String)> =
            image.names(function).map(|name| (name, names::demangled(name))).collect();
        let is_of = |pattern: &Pattern| {
            names.iter().any(|(mangled, name)| pattern.is_of(name) || pattern.is(mangled))
        };
        patterns.iter().position(is_of).map(|index| (function, index))
    })
}

pub(super) fn of_function(image: &Image, function: &Function) -> Subject {
    Subject {
        site: None,
        symbol: image.name(function).to_owned(),
        address: function.start,
        within: function.start,
        what: What::Judge(Root::Function(function.start)),
    }
}

/// That no function has such a name in any of the files, with names that are alike.
pub(super) fn refuse_pattern(pattern: &Pattern, images: &[String], near: &[String]) -> Failure {
    let files = images.join(", ");
    let failure = Failure::unusable(format!("no function of {files} is named `{}`", pattern.text()));
    if near.is_empty() {
        return failure
            .help("names are as a backtrace has them, `app::parser::line`; `*` stands for any characters");
    }
    failure.help(format!("there are `{}`; `*` stands for any characters", near.join("`, `")))
}

#[cfg(test)]
#[path = "subjects_tests.rs"]
mod tests;
