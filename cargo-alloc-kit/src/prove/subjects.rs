//! What is judged in a binary: each instance of each annotated place, or the functions of a pattern.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::Root;
use super::image::{Function, Image};
use super::names;
use super::pattern::Pattern;
use super::records::{Kind, Records, Site};
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
            subjects.push(Subject { site, symbol: String::new(), address: 0, what: What::NotCompiled });
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
    let symbol = function.map_or_else(String::new, |function| image.name(function).to_owned());
    let (address, what) = match (kind, function) {
        (Kind2::Region, _) => (address, What::Judge(Root::Region { begin: address, id: site.id })),
        (Kind2::Function, None) => {
            (address, What::InlinedInto(format!("code without a symbol at {address:#x}")))
        }
        (Kind2::Function, Some(function)) => {
            // Of functions that are alike the linker may make one, which has all of their names.
            let what = if image.names(function).any(|name| is_of(site, &names::demangled(name))) {
                What::Judge(Root::Function(function.start))
            } else {
                What::InlinedInto(names::demangled(image.name(function)))
            };
            (function.start, what)
        }
    };
    Subject { site: Some(site.clone()), symbol, address, what }
}

/// Whether a function is the one of the site: it or a closure or future in it, of any type; or what alloc-kit's macros put round a
/// future's code.
fn is_of(site: &Site, demangled: &str) -> bool {
    let wanted = without_arguments(&site.name);
    let wanted = wanted.rsplit("::").next().unwrap_or_default().trim_start_matches("r#");
    let is_last = |path: &str| {
        let named = path.split("::").filter(|part| !part.starts_with('{')).last().unwrap_or_default();
        named.trim_start_matches("r#") == wanted
    };
    // `#[no_mangle]`, `export_name`: not a name of Rust's.
    if !demangled.contains("::") || is_last(&without_arguments(demangled)) {
        return true;
    }
    // `<alloc_kit::__private::Poll<app::load::{closure#0}> as Future>::poll`
    demangled.contains("alloc_kit::__private")
        && demangled
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .any(|word| word.trim_start_matches("r#") == wanted)
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
            "<alloc_kit::__private::Poll<app::load::{closure#0}> as core::future::future::Future>::poll",
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
            "<alloc_kit::__private::Poll<app::store::{closure#0}> as core::future::future::Future>::poll",
        ] {
            assert!(!is_of(&load, name), "{name}");
        }
        assert!(is_of(&site("Store::load"), "<app::Store>::load"));
        assert!(is_of(&site("r#match"), "app::match"));
    }
}
