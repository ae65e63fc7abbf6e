//! A program run for real, through the public interface alone. Between the program's own requests nothing allocates: what
//! it needs is made before, and what it cannot do without allocating, starting a thread, is in an exception.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::any::Any;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use alloc_kit::{Handle, allow_alloc, fail_nth, measure};

use super::crew::{Crew, THREADS};
use super::guards;
use super::seen::Log;
use super::steps::{Program, Step, Steps, Turn};

/// Whether the steps after it are still to be done.
pub(crate) type Flow = ControlFlow<()>;

type Payload = Box<dyn Any + Send>;

/// A request larger than any machine's memory.
const TOO_MUCH: usize = isize::MAX as usize - (1 << 20);

/// A block of memory of the program's.
struct Block {
    start: *mut u8,
    layout: Layout,
}

// SAFETY: it is whoever has it, as a box is.
unsafe impl Send for Block {}

/// What the steps of a thread work on. Those of another thread that is waited for work on the same.
pub(crate) struct Side<'a> {
    blocks: Vec<Block>,
    pub(crate) log: Log,
    /// The next thread that is idle.
    idle: usize,
    crew: &'a Crew,
    /// For two threads at the same time.
    others: Option<Box<[Side<'a>; 2]>>,
}

impl<'a> Side<'a> {
    pub(crate) fn new(crew: &'a Crew) -> Self {
        let mut side = Self::alone(crew);
        side.others = Some(Box::new([Self::alone(crew), Self::alone(crew)]));
        side.idle = 0;
        side
    }

    fn alone(crew: &'a Crew) -> Self {
        Self { blocks: Vec::with_capacity(1 << 12), log: Log::new(), idle: THREADS, crew, others: None }
    }

    /// Runs a whole program; what was seen is in the log.
    pub(crate) fn program(&mut self, program: &Program) {
        self.log.clear();
        let (_, usage) = measure(|| self.catch(&program.0));
        self.log.usage(&usage);
        self.blocks.drain(..).for_each(Block::free);
    }

    pub(crate) fn run(&mut self, steps: &Steps) -> Flow {
        steps.iter().try_for_each(|step| self.step(step))
    }

    fn step(&mut self, step: &Step) -> Flow {
        match step {
            Step::Allocate { bytes, align, zeroed } => {
                let layout = Layout::from_size_align(*bytes, *align).unwrap();
                let block = Block::new(layout, *zeroed);
                self.keep(block);
            }
            Step::Grow { block, by } => self.resize(*block, |size| size + by),
            Step::Shrink { block, by } => self.resize(*block, |size| size.saturating_sub(*by).max(1)),
            Step::SameSize { block } => self.resize(*block, |size| size),
            Step::Refused { block: Some(block) } => self.resize(*block, |_| TOO_MUCH),
            Step::Refused { block: None } => {
                let layout = Layout::from_size_align(TOO_MUCH, 1).unwrap();
                assert!(Block::new(layout, false).is_none(), "there is so much memory");
            }
            Step::Free { block } => {
                if let Some(at) = block.checked_rem(self.blocks.len()) {
                    self.blocks.swap_remove(at).free();
                }
            }
            Step::Churn { times, bytes } => {
                for _ in 0..*times {
                    let layout = Layout::from_size_align(*bytes, 1).unwrap();
                    Block::new(layout, false).into_iter().for_each(Block::free);
                }
            }
            Step::Guard { kind, site, limits, steps } => {
                guards::guarded(*kind, *site, limits, self, steps);
            }
            Step::Measure(steps) => {
                let (flow, usage) = measure(|| self.run(steps));
                self.log.usage(&usage);
                return flow;
            }
            Step::Allow(steps) => return allow_alloc!("a program says so", self.run(steps)),
            Step::Catch(steps) => return self.catch(steps),
            Step::FailNth { nth, steps } => return fail_nth(*nth, || self.run(steps)),
            Step::Thread { spawned, attached, steps } => {
                let handle = attached.then(Handle::current);
                let work = |side: &mut Self| {
                    let _ = attach(handle.as_ref(), || side.run(steps));
                };
                if *spawned {
                    self.spawned(work);
                } else {
                    let side = Shared::new(self);
                    side.away(|| side.of(work));
                }
            }
            Step::Both { attached, left, right } => self.both(*attached, left, right),
            Step::Future { kind, site, limits, turns, dropped } => {
                let polls = turns.len() - usize::from(*dropped);
                let side = Shared::new(self);
                let waits = Turns { side, all: turns, at: 0 };
                guards::with_future(*kind, *site, limits, waits, |mut future| {
                    for turn in &turns[..polls] {
                        // SAFETY: the future does nothing between its polls.
                        side.of(|side| side.run(&turn.before))?;
                        let mut poll = || {
                            let poll = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                            assert!(poll.is_pending() || !*dropped);
                        };
                        if turn.away { side.away(poll) } else { poll() }
                    }
                    Flow::Continue(())
                })?;
            }
            Step::Panic => resume_unwind(Box::new(())),
            Step::Return => return Flow::Break(()),
        }
        Flow::Continue(())
    }
}

/// A side that a future and the steps between its polls work on in turn.
#[derive(Clone, Copy)]
pub(crate) struct Shared<'s, 'a> {
    side: *mut Side<'a>,
    lifetime: std::marker::PhantomData<&'s mut Side<'a>>,
}

impl<'s, 'a> Shared<'s, 'a> {
    fn new(side: &'s mut Side<'a>) -> Self {
        Self { side, lifetime: std::marker::PhantomData }
    }

    /// Does something with the side; nobody else does meanwhile.
    pub(crate) fn of<R>(self, work: impl FnOnce(&mut Side<'a>) -> R) -> R {
        // SAFETY: it is borrowed for as long as this is, and what has it waits for one another.
        work(unsafe { &mut *self.side })
    }

    /// On a thread that is idle, if there is one. A panic goes on here.
    fn away(self, work: impl FnOnce()) {
        let (thread, crew) = self.of(|side| (side.idle, side.crew));
        if thread == THREADS {
            return work();
        }
        self.of(|side| side.idle += 1);
        let (mut work, mut result) = (Some(work), Ok(()));
        crew.run(thread, &mut || {
            if let Some(work) = work.take() {
                result = catch_unwind(AssertUnwindSafe(work));
            }
        });
        self.of(|side| side.idle = thread);
        result.unwrap_or_else(|payload| resume_unwind(payload));
    }
}

impl Side<'_> {
    fn keep(&mut self, block: Option<Block>) {
        assert!(self.blocks.len() < self.blocks.capacity(), "a program keeps too much");
        self.blocks.extend(block);
    }

    fn resize(&mut self, block: usize, size: impl FnOnce(usize) -> usize) {
        if let Some(at) = block.checked_rem(self.blocks.len()) {
            self.blocks[at].resize(size);
        }
    }

    fn catch(&mut self, steps: &Steps) -> Flow {
        let idle = self.idle;
        let payload = match catch_unwind(AssertUnwindSafe(|| self.run(steps))) {
            Ok(flow) => return flow,
            Err(payload) => payload,
        };
        self.idle = idle;
        self.log.caught(&*payload);
        drop::<Payload>(payload);
        Flow::Continue(())
    }

    fn spawned(&mut self, work: impl FnOnce(&mut Self) + Send) {
        let started = || {
            let work = || catch_unwind(AssertUnwindSafe(|| work(self)));
            thread::scope(|scope| scope.spawn(work).join().expect("it catches what panics"))
        };
        let result = allow_alloc!("a thread is started", started());
        result.unwrap_or_else(|payload| resume_unwind(payload));
    }

    fn both(&mut self, attached: bool, left: &Steps, right: &Steps) {
        let handle = attached.then(Handle::current);
        let handle = handle.as_ref();
        let work = |side: &mut Self, steps| {
            let _ = attach(handle, || side.catch(steps));
        };
        let Some(others) = self.others.as_mut().filter(|_| self.idle == 0) else {
            work(self, left);
            return work(self, right);
        };
        let [first, second] = &mut **others;
        self.crew.run_both(&mut || work(first, left), &mut || work(second, right));
        for side in [first, second] {
            self.log.append(&side.log);
            side.log.clear();
            assert!(
                self.blocks.len() + side.blocks.len() < self.blocks.capacity(),
                "a program keeps too much"
            );
            self.blocks.append(&mut side.blocks);
        }
    }
}

fn attach<R>(handle: Option<&Handle>, work: impl FnOnce() -> R) -> R {
    match handle {
        Some(handle) => handle.attach(work),
        None => work(),
    }
}

impl Block {
    /// A new one, if there is so much memory.
    fn new(layout: Layout, zeroed: bool) -> Option<Self> {
        let request = if zeroed { alloc_zeroed } else { alloc };
        // SAFETY: no size in a program is zero.
        let start = black_box(unsafe { request(layout) });
        (!start.is_null()).then_some(Self { start, layout })
    }

    fn resize(&mut self, size: impl FnOnce(usize) -> usize) {
        let size = size(self.layout.size());
        // SAFETY: the block is the allocator's, by this layout, and no size in a program is zero.
        let start = black_box(unsafe { realloc(self.start, self.layout, size) });
        if !start.is_null() {
            self.start = start;
            self.layout = Layout::from_size_align(size, self.layout.align()).unwrap();
        }
    }

    fn free(self) {
        // SAFETY: the block is the allocator's, by this layout.
        unsafe { dealloc(self.start, self.layout) };
    }
}

/// The turns of a future: a poll runs the next.
pub(crate) struct Turns<'s, 'a> {
    side: Shared<'s, 'a>,
    all: &'s [Turn],
    at: usize,
}

impl<'s, 'a> Turns<'s, 'a> {
    pub(crate) fn side(&self) -> Shared<'s, 'a> {
        self.side
    }
}

impl Future for Turns<'_, '_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let turn = &self.all[self.at];
        self.at += 1;
        let _ = self.side.of(|side| side.run(&turn.steps));
        if self.at == self.all.len() { Poll::Ready(()) } else { Poll::Pending }
    }
}
