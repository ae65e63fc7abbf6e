//! What the programs of the counting bench share: the workloads, the timing, and the words they exchange with the
//! driver in `../counting.rs`.
//!
//! Each program in `allocators/` installs one global allocator and calls [`main`] with what *counting* means in that
//! allocator's terms. It is started by the driver, as
//! `with_<allocator> <mode> time <workload> <milliseconds>` or `with_<allocator> <mode> loop <workload> <operations>`,
//! and answers with one [`Answer`] line. No library code here allocates while the clock runs but the workloads.

mod timing;
pub mod workloads;

use std::{env, panic, process};

pub use timing::Timing;
use workloads::{Inputs, Workload};

/// Runs the work it is given while an allocator counts, and says what was counted.
pub type Around = fn(&mut dyn FnMut()) -> Counted;

/// How an allocator is made to count.
#[derive(Debug, Clone, Copy)]
pub struct Mode {
    /// What the driver calls it.
    pub name: &'static str,
    /// Done once, around everything: for allocators that count for the process.
    pub process: Around,
    /// Done by each thread that works: for allocators that count for a thread.
    pub thread: Around,
}

impl Mode {
    /// Counts for the whole process.
    #[must_use]
    pub const fn process(process: Around) -> Self {
        Self { name: "active", process, thread: plain }
    }

    /// Counts for each thread.
    #[must_use]
    pub const fn thread(thread: Around) -> Self {
        Self { name: "active", process: plain, thread }
    }

    /// The allocator is installed and nobody asks it for anything.
    #[must_use]
    pub const fn idle() -> Self {
        Self { name: "idle", process: plain, thread: plain }
    }

    /// The same under another name.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }
}

/// What an allocator says that it counted, in the one of these terms that it knows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// It was not asked.
    #[default]
    Nothing,
    /// Allocations: calls of `alloc`, `alloc_zeroed` and `realloc`.
    Allocations(u64),
    /// Allocations and frees in one number; a `realloc` is one of each.
    Calls(u64),
    /// It only keeps a level in bytes: by how much this rose for a block of [`PROBE_BYTES`].
    Probe(u64),
    /// What the reference allocator saw, to hold the others against.
    Reference {
        /// As in [`Counted::Allocations`].
        allocations: u64,
        /// As in [`Counted::Calls`].
        calls: u64,
    },
}

/// The size of the block by which a level in bytes is tested.
pub const PROBE_BYTES: usize = 1 << 20;

impl Counted {
    /// By how much `level` rises while a block of [`PROBE_BYTES`] exists.
    pub fn probe(level: impl Fn() -> usize) -> Self {
        let before = level();
        let block = std::hint::black_box(vec![1_u8; PROBE_BYTES]);
        let during = level();
        drop(block);
        Self::Probe(during.saturating_sub(before) as u64)
    }

    /// What two threads counted, or the process and its threads, of which one counts.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, counted) | (counted, Self::Nothing) => counted,
            (Self::Allocations(a), Self::Allocations(b)) => Self::Allocations(a + b),
            (Self::Calls(a), Self::Calls(b)) => Self::Calls(a + b),
            (a, b) => panic!("two ways of counting at once: {a:?} and {b:?}"),
        }
    }
}

/// Does nothing but the work.
pub fn plain(work: &mut dyn FnMut()) -> Counted {
    work();
    Counted::Nothing
}

/// What a program answers, as one line on its standard output.
#[derive(Debug)]
struct Answer {
    timing: Timing,
    counted: Counted,
}

impl Answer {
    fn print(&self) {
        let Timing { operations, nanos } = self.timing;
        let counted = match self.counted {
            Counted::Nothing => "nothing".to_owned(),
            Counted::Allocations(n) => format!("allocations {n}"),
            Counted::Calls(n) => format!("calls {n}"),
            Counted::Probe(n) => format!("probe {n}"),
            Counted::Reference { allocations, calls } => format!("reference {allocations} {calls}"),
        };
        println!("counting-bench: {operations} {nanos} {counted}");
    }
}

/// The whole program: reads the arguments, does the work in the mode asked for, and answers.
///
/// # Panics
///
/// On arguments that the driver does not send.
pub fn main(modes: &[Mode]) {
    // Of two threads, one would wait for the other forever.
    panic::set_hook(Box::new(|panic| {
        eprintln!("{panic}");
        process::abort();
    }));
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [mode, action, workload, amount] = arguments.as_slice() else {
        panic!("started without `<mode> time|loop <workload> <amount>`: this program belongs to a bench");
    };
    let names: Vec<&str> = modes.iter().map(|mode| mode.name).collect();
    let mode = modes.iter().find(|known| known.name == mode);
    let mode = mode.unwrap_or_else(|| panic!("no such mode; this program has {names:?}"));
    let workload = Workload::named(workload).expect("a known workload");
    let amount: u64 = amount.parse().expect("a number");
    let inputs = Inputs::of(workload);

    let mut timing = Timing::default();
    let mut by_threads = Counted::Nothing;
    let by_process = (mode.process)(&mut || {
        (timing, by_threads) = match action.as_str() {
            "time" => timing::time(workload, &inputs, mode.thread, amount),
            "loop" => timing::exactly(workload, &inputs, mode.thread, amount),
            other => panic!("no such action: {other}"),
        };
    });
    Answer { timing, counted: by_process.and(by_threads) }.print();
}
