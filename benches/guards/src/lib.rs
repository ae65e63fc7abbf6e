//! What the programs of the bench `guards` share: the work that is guarded, the timing, and the words they exchange
//! with the driver in `../guards.rs`.
//!
//! Each program in `crates/` installs one global allocator and calls [`main`] with functions that do the work inside
//! that crate's guard. It is started by the driver, as
//! - `with_<crate> <guard> time <milliseconds>`: nanoseconds of each task, plain and guarded;
//! - `with_<crate> <guard> loop <operations>`: each task so many times and twice as many, for callgrind;
//! - `with_<crate> <guard> prove <task>`: a guarded call that allocates once, and what the guard saw.

mod task;
mod timing;
pub mod work;

use std::cell::Cell;
use std::{env, panic};

pub use task::Task;
pub use work::{ALLOCATING, Line, Numbers};

/// A way to guard, with each of the works inside it.
#[derive(Debug, Clone, Copy)]
pub struct Guard {
    /// What the driver calls it.
    pub name: &'static str,
    /// [`work::sum`] in the guard.
    pub call: fn(&Numbers) -> u64,
    /// [`work::parse`] in the guard.
    pub line: fn(&Line) -> u64,
    /// A guarded `async fn` that awaits [`work::pause`] and then sums, driven to its end; where the crate can do that.
    pub polls: Option<Polls>,
    /// Does what it is given, and says what the guards in it saw.
    pub saw: fn(&mut dyn FnMut()) -> Saw,
    /// Does what it is given in the surroundings that the crate needs, such as a profiler that runs.
    pub session: fn(&mut dyn FnMut()),
}

/// Drives a future that is pending so many times to its end.
pub type Polls = fn(u64, &Numbers) -> u64;

/// What a guard says of a region that makes one allocation and frees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saw {
    /// So many allocations.
    Allocations(u64),
    /// So many calls of the allocator.
    Calls(u64),
    /// It panicked, and its message has the count.
    Refused,
    /// Nothing that it should have.
    Nothing,
}

impl Saw {
    /// What a guard that panics saw: its message must have `words` in it.
    pub fn panic(work: &mut dyn FnMut(), words: &str) -> Self {
        let before = panic::take_hook();
        panic::set_hook(Box::new(|_panic| ()));
        let ended = panic::catch_unwind(panic::AssertUnwindSafe(work));
        panic::set_hook(before);
        let message = ended.err().and_then(|panic| panic.downcast::<String>().ok());
        if message.is_some_and(|message| message.contains(words)) { Self::Refused } else { Self::Nothing }
    }
}

thread_local! {
    static COUNTED: Cell<u64> = const { Cell::new(0) };
}

/// Takes the figures of a guard that counts, as a user would who then does something with them; one is kept.
#[inline]
pub fn take<Figures>(figures: &Figures, allocations: u64) {
    std::hint::black_box(figures);
    COUNTED.set(allocations);
}

/// What the guards saw of which [`take`] got the figures.
pub fn taken(work: &mut dyn FnMut()) -> Saw {
    work();
    Saw::Allocations(COUNTED.get())
}

/// A session that is nothing.
pub fn anywhere(work: &mut dyn FnMut()) {
    work();
}

/// The whole program: reads the arguments, does what they ask for, and answers.
///
/// # Panics
///
/// On arguments that the driver does not send.
pub fn main(guards: &[Guard]) {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [guard, action, argument] = arguments.as_slice() else {
        panic!("started without `<guard> time|loop|prove <argument>`: this program belongs to a bench");
    };
    let names: Vec<&str> = guards.iter().map(|guard| guard.name).collect();
    let guard = guards.iter().find(|known| known.name == guard);
    let guard = guard.unwrap_or_else(|| panic!("no such guard; this program has {names:?}"));
    let number = || argument.parse::<u64>().expect("a number");
    match action.as_str() {
        "time" => (guard.session)(&mut || {
            for task in Task::of(guard) {
                let [plain, guarded] = timing::time(&task, number());
                println!("guards-bench: {} {plain} {guarded}", task.name);
            }
        }),
        "loop" => (guard.session)(&mut || {
            for task in Task::of(guard) {
                for work in [task.plain, task.guarded] {
                    task::part(work, number());
                    task::part(work, 2 * number());
                }
                println!("guards-bench: {}", task.name);
            }
        }),
        "prove" => {
            let saw = (guard.saw)(&mut || {
                std::hint::black_box(match (argument.as_str(), guard.polls) {
                    ("call", _) => (guard.call)(&ALLOCATING),
                    ("polls", Some(polls)) => polls(2, &ALLOCATING),
                    _ => panic!("{} has no {argument}", guard.name),
                });
            });
            println!("guards-bench: {saw:?}");
        }
        other => panic!("no such action: {other}"),
    }
}
