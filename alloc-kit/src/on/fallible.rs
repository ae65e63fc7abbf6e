//! Whether an allocation was asked for by code that can go on without it, judged by the functions on its stack.
//!
//! Infallible code (`Box::new`, `Vec::push`, `format!`) answers a null pointer with `handle_alloc_error`, which ends
//! the process. Which functions of std are fallible is known by their names: those between the allocator and the
//! first frame that is not std's decide. Of a build without debug information too little is known: inlined frames
//! are not seen, `try_reserve` among them. There only what is certain is infallible.

#![allow(unsafe_code, reason = "frames are read without a lock")]

use core::ptr;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::place;
use super::resolve::{Frame, Owner, Route, resolve, without_generics};
use super::trace::Trace;

/// How the names of std's fallible functions start. Not `try_allocate_in`: `with_capacity` calls it, too.
const FALLIBLE: [&str; 4] = ["try_reserve", "try_with_capacity", "try_new", "try_clone_from_ref"];

/// What is between the allocator and whoever calls it without a collection.
const ENTRY_POINTS: [&str; 12] = [
    "alloc",
    "alloc_zeroed",
    "realloc",
    "allocate",
    "allocate_zeroed",
    "grow",
    "grow_zeroed",
    "alloc_impl",
    "alloc_impl_runtime",
    "grow_impl",
    "grow_impl_runtime",
    "realloc_nonnull",
];

/// Functions of std that never take an error for an answer, and are never inlined into one that does.
const INFALLIBLE: [&str; 4] = ["grow_one", "do_reserve_and_handle", "format_inner", "exchange_malloc"];

/// Whether whoever asked for the traced allocation can see it fail; true where that can't be told.
///
/// Allocates and takes the symbol cache's lock, so counting has to be suspended.
pub(super) fn may_fail(trace: &Trace, home: &str) -> bool {
    // An address there is no number, and a trace holds no more.
    if cfg!(miri) {
        return true;
    }
    let resolver = resolver();
    if resolver.is_running() {
        // Neither may it be entered again, nor is it fallible.
        return false;
    }
    if !resolver.knows_names {
        return true;
    }
    // Nothing may unwind out of an allocator.
    panic::catch_unwind(|| is_fallible(&resolve(trace, home))).unwrap_or(true)
}

fn is_fallible(route: &Route) -> bool {
    let entry = route.inside.iter().take_while(|frame| is_entry_point(frame)).count();
    let of_std = route.inside[entry..].iter().take_while(|frame| frame.owner == Owner::Runtime).count();
    let (of_std, others) = route.inside[entry..].split_at(of_std);
    let names: Vec<String> = of_std.iter().map(|frame| without_generics(&frame.function)).collect();
    if calls_fallible(&names) {
        return true;
    }
    let caller = others.first().or(route.user.first());
    if caller.or(of_std.last()).is_none_or(|frame| frame.place.is_none()) {
        return !names.iter().any(|name| INFALLIBLE.contains(&own_name(name)));
    }
    match caller {
        Some(caller) if of_std.is_empty() => {
            caller.owner == Owner::User || is_fallible_dependency(caller, others)
        }
        _ => false,
    }
}

/// Std's functions that hand a null pointer on, and those of a crate that stands in for std's allocator interface.
fn is_entry_point(frame: &Frame) -> bool {
    let name = without_generics(&frame.function);
    let known: &[&str] = match frame.owner {
        Owner::Runtime => &ENTRY_POINTS,
        Owner::Dependency => &["allocate", "allocate_zeroed", "alloc_impl", "do_alloc"],
        Owner::User => &[],
    };
    known.contains(&own_name(&name))
}

/// Whether one of std's fallible functions is among these, innermost first, and not called by its infallible twin:
/// `reserve_exact` is `try_reserve_exact` with an error that ends the process.
fn calls_fallible(names: &[String]) -> bool {
    let fallible = |name: &str| FALLIBLE.iter().any(|start| name.starts_with(start));
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        if seen.iter().any(|fallible| has_part(name, |part| fallible.strip_prefix("try_") == Some(part))) {
            return false;
        }
        seen.extend(name.split("::").filter(|part| fallible(part)));
    }
    !seen.is_empty()
}

/// Of a dependency that calls the allocator itself, as collections do, the function that was called from outside.
fn is_fallible_dependency(caller: &Frame, others: &[Frame]) -> bool {
    let package = |frame: &Frame| frame.place.as_ref().and_then(|place| package(&place.file));
    // Through iterators of std's, too, that it calls on the way.
    let of_std = |frame: &&Frame| frame.owner == Owner::Runtime;
    let of_it = others.iter().take_while(|frame| of_std(frame) || package(frame) == package(caller));
    let of_it = of_it.filter(|frame| !of_std(frame));
    // `try_insert` of a map is about another value that is there.
    let fallible = |part: &str| part.starts_with("try_") && part != "try_insert";
    of_it.last().is_some_and(|frame| has_part(&without_generics(&frame.function), fallible))
}

/// The folder of a package that cargo fetched.
fn package(file: &Path) -> Option<PathBuf> {
    Some(file.components().take(place::fetched_package(file)? + 1).collect())
}

fn has_part(path: &str, is_it: impl Fn(&str) -> bool) -> bool {
    path.split("::").any(is_it)
}

/// The last part of a path; of `collect::<Vec<_>>` the `::` is left.
fn own_name(path: &str) -> &str {
    path.trim_end_matches("::").rsplit("::").next().unwrap_or_default()
}

/// What has to be known of the functions that resolve names before they are called inside of the allocator.
struct Resolver {
    /// Whether they find any: not in a program that is stripped.
    knows_names: bool,
    /// Where those of them start that must not be entered twice on one thread: their lock lets the thread that has
    /// it pass, and what it protects would be changed under their hands.
    functions: Vec<usize>,
}

fn resolver() -> &'static Resolver {
    static RESOLVER: OnceLock<Resolver> = OnceLock::new();
    RESOLVER.get_or_init(Resolver::find)
}

/// Finds out what [`may_fail`] needs, which takes a tenth of a second at first.
pub(super) fn prepare() {
    if !cfg!(miri) {
        let _ = resolver();
    }
}

impl Resolver {
    /// Looks at the stack from inside of a resolution.
    fn find() -> Self {
        let mut here = 0;
        walk(|ip, _function| here = if here == 0 { ip } else { here });
        let mut stack = Vec::new();
        backtrace::resolve(ptr::without_provenance_mut(here), |symbol| {
            if stack.is_empty() && symbol.name().is_some() {
                walk(|ip, function| stack.push((ip, function)));
            }
        });
        let mut functions = Vec::new();
        for (ip, function) in &stack {
            backtrace::resolve(ptr::without_provenance_mut(*ip), |symbol| {
                if is_resolver(symbol) {
                    functions.push(*function);
                }
            });
        }
        Self { knows_names: !stack.is_empty(), functions }
    }

    /// Whether this thread is in the middle of a resolution.
    fn is_running(&self) -> bool {
        let mut running = false;
        walk(|_ip, function| running |= self.functions.contains(&function));
        running
    }
}

/// Whether it is the function that reads debug information, by its path or, where line tables give none, its file.
fn is_resolver(symbol: &backtrace::Symbol) -> bool {
    let name = symbol.name().map(|name| without_generics(&format!("{name:#}"))).unwrap_or_default();
    let file = symbol.filename().unwrap_or(Path::new(""));
    let in_file = file.components().any(|part| part.as_os_str() == "symbolize");
    own_name(&name) == "resolve" && (in_file || name.starts_with("backtrace::symbolize::"))
}

/// The return addresses on the stack and the functions that they are in, where the platform tells.
fn walk(mut visit: impl FnMut(usize, usize)) {
    // SAFETY: as in `trace.rs`: nothing that has to be synchronised is called for a walk.
    unsafe {
        backtrace::trace_unsynchronized(|frame| {
            visit(frame.ip().addr(), frame.symbol_address().addr());
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::place::Place;
    use super::*;

    const STD: &str = "/rustc/0123/library/alloc/src/lib.rs";
    const HASHBROWN: &str = "/home/a/.cargo/registry/src/index-1949cf8c6b5b557f/hashbrown-0.17.1/src/raw.rs";
    const BUMPALO: &str = "/home/a/.cargo/registry/src/index-1949cf8c6b5b557f/bumpalo-3.20.4/src/lib.rs";
    const API: &str = "/home/a/.cargo/registry/src/index-1949cf8c6b5b557f/allocator-api2-0.2.21/src/lib.rs";
    const APP: &str = "/home/a/app/src/lib.rs";

    /// Functions by file, innermost first; the last is the user's.
    fn is_fallible(frames: &[(&str, &str)]) -> bool {
        let frame = |(function, file): &(&str, &str)| Frame {
            function: (*function).to_owned(),
            place: (!file.is_empty()).then(|| Place { file: PathBuf::from(file), line: 1, column: 1 }),
            owner: match *file {
                STD => Owner::Runtime,
                APP => Owner::User,
                "" if function.starts_with("app::") => Owner::User,
                "" => Owner::Runtime,
                _ => Owner::Dependency,
            },
        };
        let (user, inside) = frames.split_last().unwrap();
        super::is_fallible(&Route { inside: inside.iter().map(frame).collect(), user: vec![frame(user)] })
    }

    #[test]
    fn functions_of_std_decide_by_their_names() {
        let by = |functions: &[&str]| {
            let of_std =
                ["alloc::alloc::alloc", "<alloc::alloc::Global as core::alloc::Allocator>::allocate"];
            let of_std = of_std.iter().chain(functions).map(|function| (*function, STD));
            is_fallible(&of_std.chain([("app::try_add", APP)]).collect::<Vec<_>>())
        };
        assert!(by(&[]));
        assert!(by(&["alloc::raw_vec::finish_grow", "alloc::vec::Vec<T,A>::try_reserve"]));
        // Without a path, as line tables have it.
        assert!(by(&["finish_grow<alloc::alloc::Global>", "try_reserve<u8, alloc::alloc::Global>"]));
        assert!(by(&["alloc::vec::Vec<T,A>::try_reserve", "std::io::default_read_to_end"]));
        assert!(!by(&["alloc::raw_vec::RawVecInner<A>::grow_one", "alloc::vec::Vec<T,A>::push"]));
        // By way of fallible functions, but with an end of the process where they fail.
        assert!(!by(&["RawVecInner<A>::try_allocate_in", "RawVecInner<A>::with_capacity_in"]));
        assert!(!by(&["RawVecInner<A>::try_reserve_exact", "RawVecInner<A>::reserve_exact"]));
        assert!(!by(&["Box<T,A>::try_new_uninit_in", "Box<T,A>::new_uninit_in", "Box<T>::new_uninit"]));
        assert!(!by(&["alloc::alloc::exchange_malloc", "alloc::boxed::Box<T>::new"]));
        // A `try_` that is about something else.
        assert!(!by(&["alloc::vec::Vec<T>::from_iter", "core::iter::adapters::try_process"]));
    }

    #[test]
    fn of_a_dependency_the_function_that_was_called_decides() {
        let by = |functions: &[(&'static str, &'static str)]| {
            let of_std = [("alloc::alloc::alloc", STD)];
            is_fallible(&[&of_std[..], functions, &[("app::try_add", APP)]].concat())
        };
        assert!(by(&[
            ("hashbrown::RawTable<T>::grow", HASHBROWN),
            ("hashbrown::Map::try_reserve", HASHBROWN)
        ]));
        assert!(!by(&[("hashbrown::RawTable<T>::grow", HASHBROWN), ("hashbrown::Map::insert", HASHBROWN)]));
        assert!(!by(&[("hashbrown::Map::try_insert", HASHBROWN)]));
        // Another dependency's `try_` is not about this.
        let parse = "/home/a/.cargo/registry/src/index-1949cf8c6b5b557f/parse-1.0.0/src/lib.rs";
        assert!(!by(&[("hashbrown::Map::insert", HASHBROWN), ("parse::try_parse", parse)]));
        // By way of an iterator.
        let next = ("core::iter::FilterMap<B, I, F>::next", STD);
        let slow =
            [("bumpalo::Bump::new_chunk", BUMPALO), next, ("bumpalo::Bump::alloc_layout_slow", BUMPALO)];
        assert!(by(&[&slow[..], &[("bumpalo::Bump::try_alloc_layout", BUMPALO)]].concat()));
        assert!(!by(&[&slow[..], &[("bumpalo::Bump::alloc_layout", BUMPALO)]].concat()));
        assert!(!by(&[&slow[..], &[next, ("parse::try_parse", parse)]].concat()));
        let global = "<allocator_api2::Global as allocator_api2::Allocator>::allocate";
        assert!(by(&[(global, API), ("hashbrown::Map::try_reserve", HASHBROWN)]));
        assert!(!by(&[(global, API), ("hashbrown::Map::insert", HASHBROWN)]));
        // It calls a collection of std's.
        assert!(!by(&[("alloc::vec::Vec<T,A>::push", STD), ("parse::try_parse", parse)]));
        assert!(by(&[("alloc::vec::Vec<T,A>::try_reserve", STD), ("parse::parse", parse)]));
    }

    #[test]
    fn without_debug_information_only_what_is_certain_cannot_fail() {
        assert!(is_fallible(&[("alloc::raw_vec::finish_grow", ""), ("app::add", "")]));
        assert!(is_fallible(&[("app::add", "")]));
        assert!(is_fallible(&[("", "")]));
        assert!(!is_fallible(&[("alloc::raw_vec::RawVec<T,A>::grow_one", ""), ("app::add", "")]));
    }

    #[test]
    fn a_resolution_is_not_entered_again() {
        assert!(!resolver().is_running());
        assert!(resolver().knows_names);
        let mut here = 0;
        walk(|ip, _function| here = if here == 0 { ip } else { here });
        let mut running = None;
        backtrace::resolve(ptr::without_provenance_mut(here), |_symbol| {
            running = Some(resolver().is_running());
        });
        // Where the platform says which function an address is in.
        assert_eq!(running, Some(cfg!(target_os = "linux")));
        assert!(!resolver().is_running());
    }
}
