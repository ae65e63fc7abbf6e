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
fn polled(demangled: &str) -> Option<&str> {
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
mod tests {
    use super::super::image::made;
    use super::super::made_up;
    use super::*;

    fn site(name: &str) -> Site {
        Site {
            id: 1,
            package: "app 0.1.0".to_owned(),
            name: name.to_owned(),
            module: "app".to_owned(),
            file: "src/lib.rs".to_owned(),
            line: 1,
            column: 1,
            form: "fn".to_owned(),
            forbids_frees: false,
            allowed: None,
        }
    }

    #[test]
    fn a_function_is_told_from_what_it_was_inlined_into() {
        let load = site("load");
        for name in [
            "app::load",
            "app::load::<u8>",
            "app::load::<alloc::string::String>",
            "app::load::{closure#0}",
            "app::load::<u8>::{closure#1}::{closure#0}",
            "<app::Store>::load",
            "<app::Store<u8> as app::Load>::load",
            "<alloc_kit::prove::future::Proved<1, app::load::{closure#0}> as core::future::future::Future>::poll",
            "<alloc_kit::prove::future::Proved<_,F> as core::future::future::Future>::poll",
            "load",
            "exported_name",
        ] {
            assert!(is_of(&load, name), "{name}");
        }
        for name in [
            "app::main",
            "app::loader",
            "app::load::inner",
            "tokio::block_on::<app::load::{closure#0}>",
            "<alloc_kit::prove::future::Proved<12, app::load::{closure#0}> as core::future::future::Future>::poll",
            "<alloc_kit::prove::future::Allowed<1, app::load::{closure#0}> as core::future::future::Future>::poll",
            "tokio::block_on::<alloc_kit::prove::future::Proved<1, app::load::{closure#0}>>",
        ] {
            assert!(!is_of(&load, name), "{name}");
        }
        assert!(is_of(&site("Store::load"), "<app::Store>::load"));
        assert!(is_of(&site("r#match"), "app::match"));
    }
    /// A name as it is in the file, of version 0: `load` of the crate `app` with a future in it, and with type arguments.
    const POLL: &str = "_RNvXNtNtCs1_9alloc_kit5prove6futureINtB2_6ProvedKy1_NCNCNvCs2_3app4load00E\
                        NtNtNtCs3_4core6future6future6Future4poll";
    const POLL_OF_U8: &str = "_RNvXNtNtCs1_9alloc_kit5prove6futureINtB2_6ProvedKy1_NCINvCs2_3app4loadhE0E\
                              NtNtNtCs3_4core6future6future6Future4poll";

    fn judged(name: &str, symbol: &str, what: What) -> Subject {
        Subject { site: Some(site(name)), symbol: symbol.to_owned(), address: 0x1010, within: 0x1000, what }
    }

    #[test]
    fn a_poll_has_the_name_of_its_function() {
        let function = What::Judge(Root::Function(0x1000));
        let name = |of: &str, symbol: &str, what: &What| name(&judged(of, symbol, what.clone()));
        assert!(is_of(&site("load"), &names::demangled(POLL)));
        assert_eq!(name("load", POLL, &function), "app::load");
        assert_eq!(name("load", POLL_OF_U8, &function), "app::load<u8>");
        // What is judged returns a future of another's.
        assert_eq!(name("store", POLL, &function), "app::store");
        let region = What::Judge(Root::Region { begin: 0x1010, id: 1 });
        assert_eq!(name("load", POLL, &region), "fn in app::load");
        assert_eq!(name("load", "_RNvCs2_3app4load", &function), "app::load");
    }

    /// A loop that was peeled has its first turn, which may be proven, and all others.
    #[test]
    fn what_was_duplicated_is_as_good_as_the_worst_of_it() {
        let region = |address, within| {
            let what = What::Judge(Root::Region { begin: address, id: 1 });
            Subject { site: Some(site("load")), symbol: String::new(), address, within, what }
        };
        let (unknown, may) = (made_up::unknown(), made_up::may_allocate());
        let verdicts = [
            (region(0x1010, 0x1000), Verdict::Proven),
            (region(0x1020, 0x1000), unknown.clone()),
            (region(0x1030, 0x1000), Verdict::ExceptPanicking),
            (region(0x2010, 0x2000), Verdict::Proven),
            (region(0x2020, 0x2000), Verdict::ExceptPanicking),
            (region(0x3010, 0x3000), may.clone()),
            (region(0x3020, 0x3000), unknown.clone()),
        ];
        let found: Vec<_> =
            worst(verdicts.into_iter()).into_iter().map(|(of, verdict)| (of.address, verdict)).collect();
        assert_eq!(found, [(0x1020, unknown), (0x2020, Verdict::ExceptPanicking), (0x3010, may)]);
    }

    /// Two functions of one kind, of which the linker made one: it is each of them.
    #[test]
    fn functions_that_were_folded_have_all_of_their_names() {
        let source = "#[no_mangle] extern \"C\" fn first() {} fn main() { first(); }";
        let Some((bytes, _folder)) =
            made::of_rust(source, &["-Clink-arg=-Wl,--defsym,_RNvCs2_3app4load=first"])
        else {
            return;
        };
        let image = Image::read(bytes).expect("a program");
        let start = image.functions.iter().find(|of| image.names(of).any(|name| name == "first"));
        let address = start.expect("it is there").start;
        let subject = subject(&image, &site("load"), address, Kind2::Function);
        assert_eq!(
            (subject.what, subject.symbol.as_str()),
            (What::Judge(Root::Function(address)), "_RNvCs2_3app4load")
        );
    }
}
