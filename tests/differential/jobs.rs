//! The jobs, and where counters of different kinds must differ over them: by so much, to the call and the byte.

use super::counters::Figures;

/// A job, in the order of the fixture's `NAMES`.
pub(super) struct Job {
    /// What the fixture calls it.
    pub(super) name: &'static str,
    /// What is done, and by whose example.
    pub(super) does: &'static str,
    /// Whether threads are started, which are joined in it.
    pub(super) threads: i128,
    /// What code asks `malloc` for that is no Rust, and frees again: calls, bytes.
    pub(super) by_c: [i128; 2],
    /// Reallocations of blocks that are aligned by more than `malloc` does it: those that grow, that shrink, and the
    /// bytes that these shrink to. To `malloc` each is a new block, and one freed.
    pub(super) over_aligned: [i128; 3],
    /// The fewest allocations that mean something.
    pub(super) least: i128,
}

/// The compressor's and the decompressor's own memory in libbz2 1.0.8, in blocks of 100,000 bytes: `EState`, `arr1`,
/// `arr2`, `ftab`; `DState`, `tt`.
const LIBBZ2: [i128; 6] = [55_768, 400_000, 400_136, 262_148, 64_144, 400_000];

/// The handle of a thread, which the standard library has from `System`, past the global allocator: bytes.
pub(super) const THREAD_HANDLE: i128 = 48;

const fn job(name: &'static str, does: &'static str, least: i128) -> Job {
    Job { name, does, threads: 0, by_c: [0; 2], over_aligned: [0; 3], least }
}

const fn sum(all: &[i128]) -> i128 {
    match all {
        [first, rest @ ..] => *first + sum(rest),
        [] => 0,
    }
}

pub(super) const JOBS: [Job; 22] = [
    job("serde_json", "a `Value` parsed, changed, written", 4_000),
    job("toml", "its example `toml2json`", 1_000),
    job("csv", "its example `tutorial-pipeline-pop-01`, on records", 1_000),
    job("regex", "its documentation's dates: two compiled, captures, replacements", 1_000),
    job("nom", "its test `json`", 500),
    job("pulldown-cmark", "its example `string-to-string`, all options", 200),
    job("semver", "its bench `parse`, a thousand times", 5_000),
    job("syn", "its bench `file`: a source of its own parsed", 5_000),
    job("hashbrown", "its bench `bench`: grown, erased, cloned, rehashed", 2_000),
    job("indexmap", "its bench `bench`: `insert_string`, `entry_150`; sorted", 4_000),
    job("smallvec", "`push`, `insert`, `extend`, `from_elem`", 300),
    job("bumpalo", "values, strings, vectors; reset, grown", 8),
    job("petgraph", "its bench `dijkstra`: `grid`", 20),
    job("png", "its example `png-generate` and bench `decoder`", 50),
    job("flate2", "its examples `gzencoder-write`, `gzdecoder-read`, three levels", 20),
    Job { by_c: [LIBBZ2.len() as i128, sum(&LIBBZ2)], ..job("bzip2", "by C's libbz2, there and back", 10) },
    Job { threads: 2, ..job("tokio", "two workers: 600 tasks, oneshot, mpsc, `Mutex`", 1_000) },
    Job {
        threads: 2,
        ..job("rayon", "two threads: its `quick_sort` by `join`, `par_iter`, `par_chunks`", 2_000)
    },
    job("std sort", "stable, cached keys, shrunk", 5_000),
    job("std maps", "`HashMap` and `BTreeMap` of words, shrunk, split", 5_000),
    job("std buffers", "zeroed, aligned by 256, grown, shrunk, refused", 5_000),
    Job {
        over_aligned: [5, 1, 6_400],
        ..job("std over-aligned", "a `Vec` of elements aligned by 64, grown and shrunk", 8)
    },
];

impl Job {
    /// Calls and bytes that `malloc` is asked for, and no global allocator.
    pub(super) fn unseen(&self) -> [i128; 2] {
        let [calls, bytes] = self.by_c;
        [calls + self.threads, bytes + self.threads * THREAD_HANDLE]
    }

    /// Whether each figure is the same in each run, and of one thread.
    pub(super) fn is_of_one_thread(&self) -> bool {
        self.threads == 0
    }
}

/// What must be equal: each is named, and every inequality is told.
#[derive(Default)]
pub(super) struct Equations(Vec<String>);

impl Equations {
    pub(super) fn equal(&mut self, what: &str, found: i128, expected: i128) {
        if found != expected {
            self.0.push(format!("{what} is {found}, and should be {expected}"));
        }
    }

    /// A figure of both must be the same.
    pub(super) fn same(&mut self, what: &str, figures: &[&str], found: &Figures, expected: &Figures) {
        for figure in figures {
            self.equal(&format!("{what}: {figure}"), found.get(figure), expected.get(figure));
        }
    }

    pub(super) fn end(self, job: &str) -> Vec<String> {
        self.0.into_iter().map(|unequal| format!("{job}: {unequal}")).collect()
    }
}
