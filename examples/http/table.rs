//! What the service knows: paths, and how often each was asked for; shared by all connections.
//!
//! Sorted, so that what begins with a prefix stands together. A path that is known is counted under a read lock.

use alloc_kit::{ArrayVec, alloc_budget, allow_alloc, no_alloc};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

pub(crate) const PATHS_MAX: usize = 10_000;
pub(crate) const PATH_BYTES_MAX: usize = 128;
/// Suggestions in one response.
pub(crate) const LIMIT_MAX: usize = 20;
pub(crate) const LIMIT_DEFAULT: usize = 10;

#[derive(Debug, Default)]
pub(crate) struct Table {
    paths: RwLock<Vec<Known>>,
}

#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) path: Box<str>,
    hits: AtomicU64,
}

impl Known {
    pub(crate) fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Known,
    New,
    /// It is new, and there are [`PATHS_MAX`].
    NoRoom,
}

/// A path that the table takes: it goes into JSON and logs, so without control characters.
pub(crate) fn is_path(text: &str) -> bool {
    text.starts_with('/') && text.len() <= PATH_BYTES_MAX && !text.chars().any(char::is_control)
}

/// The path in each line of an access log, without its query, if the table takes it.
pub(crate) fn paths_of(log: &str) -> impl Iterator<Item = &str> {
    log.lines().filter_map(|line| {
        let target = line.split('"').nth(1)?.split(' ').nth(1)?;
        target.split('?').next().filter(|path| is_path(path))
    })
}

impl Table {
    /// A table with the paths of an access log.
    pub(crate) fn of_log(log: &str) -> Self {
        let table = Self::default();
        for path in paths_of(log) {
            table.count(path);
        }
        table
    }

    /// Only what is held while a thread panics poisons a lock, and nothing here leaves the list half-made.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Vec<Known>> {
        self.paths.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more for a path.
    #[no_alloc]
    pub(crate) fn count(&self, path: &str) -> Counted {
        let known = self.read();
        if let Ok(at) = position(&known, path) {
            known[at].hits.fetch_add(1, Ordering::Relaxed);
            return Counted::Known;
        }
        drop(known);
        allow_alloc!("a path that is new", self.insert(path))
    }

    /// The path itself, and the list when it is full.
    #[alloc_budget(2, live_bytes = path.len() + PATHS_MAX * size_of::<Known>())]
    fn insert(&self, path: &str) -> Counted {
        let mut paths = self.paths.write().unwrap_or_else(PoisonError::into_inner);
        match position(&paths, path) {
            // Another connection was first.
            Ok(at) => {
                paths[at].hits.fetch_add(1, Ordering::Relaxed);
                Counted::Known
            }
            Err(_) if paths.len() == PATHS_MAX => Counted::NoRoom,
            Err(at) => {
                paths.insert(at, Known { path: path.into(), hits: AtomicU64::new(1) });
                Counted::New
            }
        }
    }
}

fn position(paths: &[Known], path: &str) -> Result<usize, usize> {
    paths.binary_search_by(|known| (*known.path).cmp(path))
}

/// Those that begin with a prefix.
pub(crate) fn with_prefix<'t>(paths: &'t [Known], prefix: &str) -> &'t [Known] {
    let first = paths.partition_point(|known| *known.path < *prefix);
    let paths = &paths[first..];
    &paths[..paths.partition_point(|known| known.path.starts_with(prefix))]
}

/// The `limit` with the most hits, most first; of equal ones, in the order of the alphabet.
#[no_alloc]
pub(crate) fn most_hits(paths: &[Known], limit: usize) -> ArrayVec<(&str, u64), LIMIT_MAX> {
    let mut best = ArrayVec::<(&str, u64), LIMIT_MAX>::new();
    for known in paths {
        let hits = known.hits();
        let place = best.partition_point(|&(_, of_best)| of_best >= hits);
        if place == limit {
            continue;
        }
        if best.len() == limit {
            best.pop();
        }
        best.insert(place, (&known.path, hits));
    }
    best
}
