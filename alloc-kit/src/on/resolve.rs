//! From raw traces to frames of the source, and which of them is the user's own line.

use core::ffi::c_void;
use core::ptr;
use std::path::Path;

use super::place::{self, Place};
use super::trace::Trace;

/// A function on the stack, inlined or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Without the hash; empty where the program is stripped.
    pub(super) function: String,
    pub(super) place: Option<Place>,
    pub(super) owner: Owner,
}

/// Whose code a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The standard library, the runtime, libc, or alloc-kit.
    Runtime,
    /// A crate from a registry or a repository.
    Dependency,
    /// The program's own.
    User,
}

/// A trace, resolved: what was called, where the user's code called it, and how that was reached.
#[derive(Clone, Debug)]
pub(super) struct Route {
    /// From the allocator up to the user's code, innermost first.
    pub(super) inside: Vec<Frame>,
    /// The user's own code, innermost first: the line to look at, then its callers.
    pub(super) user: Vec<Frame>,
}

/// Resolves a trace; `home` is the crate of the region, whose code is the user's even where no file is known.
///
/// Takes the symbol cache's lock and reads debug information: a tenth of a second at first.
pub(super) fn resolve(trace: &Trace, home: &str) -> Route {
    let mut frames = Vec::new();
    let resolving = forks::lock();
    let known = if forks::are_symbols_lost() { &[] } else { trace.frames() };
    for &ip in known {
        let mut known = false;
        backtrace::resolve(ptr::without_provenance_mut::<c_void>(ip), |symbol| {
            known = true;
            frames.push(frame(symbol, home));
        });
        if !known {
            frames.push(Frame { function: String::new(), place: None, owner: Owner::Runtime });
        }
        if frames.last().is_some_and(|frame| frame.function.contains("__rust_begin_short_backtrace")) {
            break;
        }
    }
    drop(resolving);
    // What was called before the hook, and the hook itself: of no interest.
    let hook = frames.iter().position(is_own).unwrap_or(0);
    let hook = hook + frames[hook..].iter().take_while(|frame| is_own(frame)).count();
    frames.drain(..hook);
    // An annotated dependency may be all that there is.
    let mine =
        if frames.iter().any(|frame| frame.owner == Owner::User) { Owner::User } else { Owner::Dependency };
    let first = frames.iter().position(|frame| frame.owner == mine).unwrap_or(frames.len());
    let mut user: Vec<Frame> =
        frames.split_off(first).into_iter().filter(|frame| frame.owner == mine).collect();
    // The harness wraps each test in a closure of the same name.
    user.dedup_by(|outer, inner| {
        let closure = outer.function.strip_prefix(inner.function.as_str());
        closure.is_some_and(|closure| closure.starts_with("::{"))
    });
    Route { inside: frames, user }
}

fn frame(symbol: &backtrace::Symbol, home: &str) -> Frame {
    let function = symbol.name().map(|name| format!("{name:#}")).unwrap_or_default();
    let place = symbol.filename().zip(symbol.lineno()).map(|(file, line)| Place {
        file: file.to_owned(),
        line: line as usize,
        column: symbol.colno().unwrap_or(0) as usize,
    });
    let owner = owner(&function, place.as_ref().map(|place| place.file.as_path()), home);
    Frame { function, place, owner }
}

/// The file decides where it is known, since a generic function of std bears the user's types in its name.
fn owner(function: &str, file: Option<&Path>, home: &str) -> Owner {
    // By its file, too: an implementation of our trait for a type of std's has std's name.
    if is_of_this_crate(function) || file.is_some_and(is_own_file) {
        return Owner::Runtime;
    }
    let Some(file) = file else {
        // C's functions have no path, and neither has `main`.
        return match crate_of(function) {
            None | Some("core" | "alloc" | "std" | "test") => Owner::Runtime,
            Some(krate) if krate == home => Owner::User,
            Some(_) => Owner::Dependency,
        };
    };
    let krate = crate_of(function);
    if place::is_of_std(file) {
        Owner::Runtime
    } else if krate == Some(home) {
        Owner::User
    } else if place::fetched_package(file).is_some() || place::is_vendored(file) {
        Owner::Dependency
    } else if krate.is_none() && file.extension().is_none_or(|extension| extension != "rs") {
        Owner::Runtime
    } else {
        Owner::User
    }
}

/// Whether a frame is of this crate, by its name or, since line tables give what was inlined no path, by its file.
fn is_own(frame: &Frame) -> bool {
    is_of_this_crate(&frame.function) || frame.place.as_ref().is_some_and(|place| is_own_file(&place.file))
}

fn is_own_file(file: &Path) -> bool {
    // Of `src/on/resolve.rs`, wherever the crate was compiled.
    let source = Path::new(file!()).ancestors().nth(2).unwrap_or(Path::new(file!()));
    file.ancestors().any(|folder| folder.ends_with(source))
}

/// By name; `__rustc` holds the allocator's entry points, which debug information puts where the static is. Where they were inlined
/// line tables give them no path.
fn is_of_this_crate(function: &str) -> bool {
    const ENTRIES: [&str; 4] = ["__rust_alloc", "__rust_alloc_zeroed", "__rust_dealloc", "__rust_realloc"];
    matches!(crate_of(function), Some("alloc_kit" | "__rustc" | "backtrace")) || ENTRIES.contains(&function)
}

/// `app` of `app::run`, `<app::Line as core::clone::Clone>::clone` and `<T as app::Parse>::parse`.
fn crate_of(function: &str) -> Option<&str> {
    let of_path = |path: &'_ str| -> Option<usize> {
        let path = path.trim_start_matches(['&', '*', '(', '[', ' ']);
        let path = path.strip_prefix("mut ").unwrap_or(path);
        path.find("::")
    };
    let inner = function.trim_start_matches(['<', '&', '*', '(', '[', ' ']);
    let inner = inner.strip_prefix("mut ").unwrap_or(inner);
    let is_name = |name: &&str| name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let name = &inner[..of_path(inner)?];
    if is_name(&name) {
        return Some(name);
    }
    // `T as app::Parse>::parse`: the type has no crate, so the trait's counts.
    let (_, of_trait) = inner.split_once(" as ")?;
    Some(&of_trait[..of_path(of_trait)?]).filter(is_name)
}

/// `app::Parser::grow` of `app::Parser<T>::grow::<U>`.
pub(super) fn without_generics(path: &str) -> String {
    let mut depth = 0_usize;
    let path = path.replace("->", "");
    let outside = path.chars().filter(|&c| match c {
        '<' => {
            depth += 1;
            false
        }
        '>' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    });
    outside.collect()
}

/// The symbol cache's lock in a child of `fork`, where it is as another thread may have left it: nobody forks while it is
/// held for a message.
pub(super) mod forks {
    #[cfg(unix)]
    use std::sync::RwLockWriteGuard;
    #[cfg(unix)]
    use std::sync::TryLockError;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{PoisonError, RwLock, RwLockReadGuard};
    #[cfg(unix)]
    use std::thread;
    #[cfg(unix)]
    use std::time::{Duration, Instant};

    /// Shared by those who look for symbols: one of them may wait for the cache's lock, which another has who comes here.
    static RESOLVING: RwLock<()> = RwLock::new(());
    static LOST: AtomicBool = AtomicBool::new(false);
    /// More than a message takes. Who forks in a signal handler may have interrupted one, and would wait for ever.
    #[cfg(unix)]
    const PATIENCE: Duration = Duration::from_secs(20);

    /// Held while symbols are looked for.
    pub(in super::super) fn lock() -> RwLockReadGuard<'static, ()> {
        RESOLVING.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Held while the process forks, if it can be had. It is tried only, so that nobody waits behind it who has to go on first.
    #[cfg(unix)]
    pub(in super::super) fn prepare() -> Option<RwLockWriteGuard<'static, ()>> {
        let start = Instant::now();
        loop {
            match RESOLVING.try_write() {
                Ok(guard) => return Some(guard),
                Err(TryLockError::Poisoned(guard)) => return Some(guard.into_inner()),
                Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => return None,
                Err(TryLockError::WouldBlock) => thread::yield_now(),
            }
        }
    }

    /// In the child, where it could not be had.
    #[cfg(unix)]
    pub(in super::super) fn lose_symbols() {
        LOST.store(true, Ordering::Relaxed);
    }

    /// Whether nothing can be looked for in this process.
    pub(in super::super) fn are_symbols_lost() -> bool {
        LOST.load(Ordering::Relaxed)
    }
}

impl Frame {
    /// `src/main.rs:10:5 in app::run`
    pub(super) fn shown(&self) -> String {
        match &self.place {
            Some(place) => format!("{} in {}", place.shown(), self.function),
            None => self.function.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_says_whose_a_frame_is_and_the_crate_where_there_is_none() {
        let owner =
            |function, file: &str| owner(function, Some(Path::new(file)).filter(|_| !file.is_empty()), "app");
        let fetched = "/home/a/.cargo/registry/src/index-1949cf8c6b5b557f/memchr-2.8.3/src/lib.rs";
        for (function, file, expected) in [
            ("app::registry::run", "/home/a/app/src/registry/mod.rs", Owner::User),
            ("app::run", "/home/a/vendor/app/src/lib.rs", Owner::User),
            ("memchr::find", "/home/a/app/vendor/memchr/src/lib.rs", Owner::Dependency),
            ("memchr::find", fetched, Owner::Dependency),
            ("other_member::run", "/home/a/app/other/src/lib.rs", Owner::User),
            (
                "<app::Line as core::clone::Clone>::clone",
                "/rustc/0123/library/core/src/clone.rs",
                Owner::Runtime,
            ),
            ("__rustc::__rust_alloc", "/home/a/app/src/main.rs", Owner::Runtime),
            ("__rust_alloc_zeroed", "/home/a/app/src/main.rs", Owner::Runtime),
            ("alloc_kit::on::trap::settle", "/home/a/alloc-kit/src/on/trap.rs", Owner::Runtime),
            ("app::run", "", Owner::User),
            ("<T as app::Parse>::parse", "", Owner::User),
            ("<&mut app::Reader as core::iter::Iterator>::next", "", Owner::User),
            ("serde_json::from_str", "", Owner::Dependency),
            ("alloc::vec::Vec<T,A>::push", "", Owner::Runtime),
            ("malloc", "", Owner::Runtime),
        ] {
            assert_eq!(owner(function, file), expected, "{function} in {file:?}");
        }
    }
}
