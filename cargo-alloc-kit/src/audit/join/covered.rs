//! What profiles say of files and functions, whatever is found in them: what `check` judges. And the same by the names of functions
//! alone, which holds when lines have moved.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::matching::Matching;
use super::paths::{Index, Place as InFile};
use super::sites::{Site, Sites, started_at};
use super::{Measured, symbols};
use crate::audit::finding::{Function, Span};
use crate::audit::language::Language;
use crate::audit::model::{Cost, OfFile, OfFunction, Place, State};
use crate::audit::profile::{Frame, v8};
use crate::audit::scan::Scanned;
use crate::audit::walk::{File, Walked};
use crate::table::count;

/// A function by its file and where it starts.
type Key = (usize, (u32, u32));

/// Of each file that was scanned.
pub(super) fn files(
    walked: &Walked,
    measured: &[Measured],
    sites: &Sites,
    matching: &Matching<'_>,
) -> Vec<OfFile> {
    let called = Called::of(walked, measured, sites);
    let mut own: HashMap<usize, Vec<usize>> = HashMap::new();
    for (number, site) in sites.all.iter().enumerate() {
        own.entry(site.file).or_default().push(number);
    }
    let of_file = |(number, file): (usize, &File)| {
        let here = own.get(&number).map_or(&[][..], Vec::as_slice);
        let mut places: Vec<Place> = here.iter().map(|site| place(*site, file, sites, matching)).collect();
        places.sort_by_key(|place| place.line);
        let named = file.scanned.functions.iter().filter(|function| !function.name.is_empty());
        let mut by_function: HashMap<Span, Vec<&Site>> = HashMap::new();
        for site in here.iter().map(|site| &sites.all[*site]) {
            if let Some(of) = named_of(site, file) {
                by_function.entry(of.span).or_default().push(site);
            }
        }
        let functions = named.map(|function| {
            let those = || by_function.get(&function.span).into_iter().flatten();
            let key = key(number, function);
            OfFunction {
                name: function.name.clone(),
                class: function.class.clone(),
                within: around(&file.scanned, function),
                line: function.span.line,
                is_seen: called.seen.contains(&key),
                own: Cost::sum(those().map(|site| site.cost)),
                inclusive: called.inclusive.get(&key).copied().unwrap_or_else(|| Cost::sum([])),
                doubt: those().find_map(|site| site.doubt.clone()),
            }
        });
        OfFile {
            file: file.shown.clone(),
            state: state(number, sites),
            places,
            functions: functions.collect(),
        }
    };
    walked.files.iter().enumerate().map(of_file).collect()
}

fn state(file: usize, sites: &Sites) -> State {
    if let Some(why) = sites.stale.get(&file) {
        State::Stale(why.clone())
    } else if sites.ambiguous.contains(&file) {
        State::Ambiguous
    } else if sites.seen.contains_key(&file) {
        State::Seen
    } else {
        State::NotSeen
    }
}

fn place(number: usize, file: &File, sites: &Sites, matching: &Matching<'_>) -> Place {
    let site = &sites.all[number];
    let mut rules: Vec<&'static str> = matching.rules_of(number).collect();
    rules.sort_unstable();
    rules.dedup();
    Place {
        line: site.line,
        symbol: site.symbol.clone(),
        function_line: named_of(site, file).map(|function| function.span.line),
        cost: site.cost,
        rules,
    }
}

fn key(file: usize, function: &Function) -> Key {
    (file, (function.span.line, function.span.column))
}

/// The innermost function with a name that a place is in: what a closure allocates is the function's around it.
fn named_of<'f>(site: &'f Site, file: &'f File) -> Option<&'f Arc<Function>> {
    let scanned = &file.scanned;
    match &site.function {
        Some(function) if !function.name.is_empty() && !v8::is_initializer(&function.name) => Some(function),
        Some(function) if site.is_start => named_around(scanned, function),
        // The first line may have functions, too.
        None if site.is_top_level => None,
        _ if file.language == Language::Python => symbols::ran_at(scanned, site.line, &site.symbol),
        _ => symbols::named_at(scanned, site.line),
    }
}

/// The function itself if it has a name, or else the innermost around it that has one. A line may have many.
fn named_around<'f>(scanned: &'f Scanned, function: &Function) -> Option<&'f Arc<Function>> {
    let (start, end) = (|of: Span| (of.line, of.column), |of: Span| (of.end_line, of.end_column));
    let holds = |other: &&Arc<Function>| {
        start(other.span) <= start(function.span) && end(function.span) <= end(other.span)
    };
    let named = scanned.functions.iter().filter(|other| !other.name.is_empty());
    named.filter(holds).max_by_key(|other| start(other.span))
}

/// The names of the functions and classes around a function, the outermost first.
fn around(scanned: &Scanned, function: &Function) -> Vec<String> {
    let (start, end) = (|of: Span| (of.line, of.column), |of: Span| (of.end_line, of.end_column));
    let holds = |other: Span| {
        other != function.span && start(other) <= start(function.span) && end(function.span) <= end(other)
    };
    let functions = scanned.functions.iter().map(|of| (of.span, of.name.as_str()));
    let classes = scanned.classes.iter().map(|of| (of.span, of.class.as_deref().unwrap_or_default()));
    let mut names: Vec<(Span, &str)> =
        functions.chain(classes).filter(|(span, name)| !name.is_empty() && holds(*span)).collect();
    names.sort_by_key(|(span, _)| start(*span));
    names.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// What stacks say of the functions that they lead through.
#[derive(Default)]
struct Called {
    seen: HashSet<Key>,
    inclusive: HashMap<Key, Cost>,
}

impl Called {
    fn of(walked: &Walked, measured: &[Measured], sites: &Sites) -> Self {
        let mut called = Self::default();
        for (one, of_frames) in measured.iter().zip(&sites.of_frames) {
            let frames = one.profile.frames.iter().zip(of_frames);
            let keys: Vec<Option<Key>> = frames
                .map(|(frame, at)| at.and_then(|(file, line)| function(frame, file, line, walked)))
                .collect();
            called.seen.extend(keys.iter().flatten());
            for point in &one.profile.points {
                // One that calls itself has it once.
                let through: BTreeSet<Key> = point.frames.iter().filter_map(|frame| keys[*frame]).collect();
                let cost = Cost { bytes: point.bytes, blocks: point.blocks };
                for key in through {
                    let sum = called.inclusive.entry(key).or_insert_with(|| Cost::sum([]));
                    *sum = Cost::sum([*sum, cost]);
                }
            }
        }
        called
    }
}

fn function(frame: &Frame, file: usize, line: u32, walked: &Walked) -> Option<Key> {
    let scanned = &walked.files[file].scanned;
    let started = if frame.is_start { started_at(scanned, frame, line) } else { None };
    let named = match started {
        Some(function) => named_around(scanned, function),
        None if v8::is_top_level(frame) => None,
        None if walked.files[file].language == Language::Python => {
            symbols::ran_at(scanned, line, &frame.function)
        }
        None => symbols::named_at(scanned, line),
    };
    named.map(|function| key(file, function))
}

/// What was allocated by the names of functions, which a change of lines leaves as they are.
#[derive(Debug, Default)]
pub(crate) struct ByFunction {
    /// Who wrote the profiles.
    pub(crate) origins: BTreeSet<String>,
    pub(crate) total: Cost,
    /// By file and function: the innermost one in a scanned file.
    pub(crate) functions: BTreeMap<(String, String), Cost>,
    /// Files with a frame in any stack: the others did not run, or allocated nothing.
    pub(crate) seen: BTreeSet<String>,
    /// The commands that `audit capture` was given, if it was used for all.
    pub(crate) captured: BTreeSet<String>,
    /// The commands that the profiles have, if all have one.
    pub(crate) commands: BTreeSet<String>,
    pub(crate) is_sampled: bool,
    /// Why it may not be all.
    pub(crate) doubts: Vec<String>,
}

impl ByFunction {
    pub(crate) fn of(walked: &Walked, measured: &[Measured]) -> Self {
        let index = Index::new(walked);
        let captured = measured.iter().map(|one| one.recorded.as_ref().map(|of| of.command.join(" ")));
        let command = |one: &Measured| Some(named(&one.profile.command)).filter(|name| !name.is_empty());
        let mut by = Self {
            total: Cost::sum([]),
            captured: captured.collect::<Option<_>>().unwrap_or_default(),
            commands: measured.iter().map(command).collect::<Option<_>>().unwrap_or_default(),
            ..Self::default()
        };
        let mut lost_bytes = 0_u64;
        for one in measured {
            let recorded = one.recorded.as_deref();
            by.origins.insert(one.profile.origin.clone());
            by.doubts.extend(one.profile.partial.clone());
            by.is_sampled |= one.profile.is_sampled;
            by.doubts.extend(
                recorded
                    .and_then(|recorded| recorded.failed.as_ref())
                    .map(|how| format!("its command failed ({how})")),
            );
            let places: Vec<InFile> = index.places(&one.profile.frames, recorded);
            by.seen.extend(places.iter().filter_map(|place| match place {
                InFile::File(file) => Some(walked.files[*file].shown.clone()),
                _ => None,
            }));
            for point in &one.profile.points {
                let cost = Cost { bytes: point.bytes, blocks: point.blocks };
                by.total = Cost::sum([by.total, cost]);
                let own = point.frames.iter().find(|frame| places[**frame] != InFile::Elsewhere);
                match own.map(|frame| (frame, &places[*frame])) {
                    Some((frame, InFile::File(file))) => {
                        let name = without_lines(&one.profile.frames[*frame].function);
                        let sum = by.functions.entry((walked.files[*file].shown.clone(), name));
                        let sum = sum.or_insert_with(|| Cost::sum([]));
                        *sum = Cost::sum([*sum, cost]);
                    }
                    Some(_) => lost_bytes = lost_bytes.saturating_add(cost.bytes),
                    None => {}
                }
            }
        }
        if lost_bytes > 0 {
            by.doubts.push(format!("{} bytes are in files that may be one or another", count(lost_bytes)));
        }
        by
    }
}

/// A command with its program's name alone, without the sum that cargo puts behind those of tests.
fn named(command: &str) -> String {
    let mut words = command.split_whitespace();
    let Some(program) = words.next().and_then(|path| path.rsplit(['/', '\\']).next()) else {
        return String::new();
    };
    let is_sum = |part: &str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let name = program.strip_suffix(".exe").unwrap_or(program);
    let name = name.rsplit_once('-').filter(|(_, sum)| is_sum(sum)).map_or(name, |(name, _)| name);
    std::iter::once(name).chain(words).collect::<Vec<_>>().join(" ")
}

/// A symbol without the closures in it, which are numbered, and without the sum that older symbols end with.
fn without_lines(symbol: &str) -> String {
    let is_sum = |part: &str| {
        part.len() == 17 && part.starts_with('h') && part[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let is_closure = |part: &str| part.starts_with("{closure") || part.starts_with("{{closure");
    let parts: Vec<&str> = symbol.split("::").filter(|part| !is_sum(part) && !is_closure(part)).collect();
    let name = parts.join("::");
    if name.is_empty() { "(unknown)".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::{named, without_lines};

    #[test]
    fn names_stay_when_closures_are_counted_anew() {
        for (symbol, name) in [
            ("app::parse::{{closure}}", "app::parse"),
            ("app::parse::{closure#1}::inner", "app::parse::inner"),
            ("app::parse::h0123456789abcdef", "app::parse"),
            ("Parser.line", "Parser.line"),
            ("", "(unknown)"),
        ] {
            assert_eq!(without_lines(symbol), name, "{symbol}");
        }
    }

    #[test]
    fn programs_are_the_same_wherever_they_are() {
        for (command, name) in [
            ("/w/target/debug/deps/app-0123456789abcdef --nocapture", "app --nocapture"),
            ("target/release/my-app.exe a/b", "my-app a/b"),
            ("", ""),
        ] {
            assert_eq!(named(command), name, "{command}");
        }
    }
}
