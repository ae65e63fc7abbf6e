//! The model's regions: who is judged and who is not, when, and what the ones around get of it.

use super::figures::{Event, Figures};
use super::model::{Done, Exit, Frame, Model, Site, USUAL, What, Wrong};
use super::seen::Entry;
use super::steps::{Kind, Limits, Steps};

impl Model {
    /// What a panic allocates: the text, a box round it, and what the unwinder needs.
    pub(crate) fn throw(&mut self, t: usize, lines: Option<Vec<String>>) -> Exit {
        let payload = lines.map(|lines| {
            let length = self.lengths.next().unwrap_or(USUAL);
            self.event(t, Event::Allocate(length.max(8)));
            self.event(t, Event::Allocate(size_of::<String>() as u64));
            (lines, length)
        });
        self.thrown(t);
        Exit::Panic(payload)
    }

    fn thrown(&mut self, t: usize) {
        if let Some(bytes) = self.machinery.unwinder {
            self.event(t, Event::Allocate(bytes));
        }
    }

    fn caught(&mut self, t: usize) {
        if let Some(bytes) = self.machinery.unwinder {
            self.event(t, Event::Free(bytes));
        }
    }

    pub(crate) fn catch(&mut self, t: usize, steps: &Steps) -> Done {
        let idle = self.idle;
        let payload = match self.run(t, steps) {
            Err(Exit::Panic(payload)) => payload,
            done => return done,
        };
        self.idle = idle;
        self.caught(t);
        if let Some((_, length)) = &payload {
            self.event(t, Event::Free(size_of::<String>() as u64));
            self.event(t, Event::Free((*length).max(8)));
        }
        self.happened(if payload.is_some() { "caught a message" } else { "caught the program's panic" });
        self.seen.push(Entry::Caught(payload.map(|(lines, _)| lines)));
        Ok(())
    }

    pub(crate) fn measured(&mut self, t: usize) {
        let frame = self.pop(t);
        self.seen.push(Entry::Usage(frame.figures.usage(frame.allowed)));
    }

    /// Whether a thread is in a call of this function; what is in an exception is judged by itself.
    pub(crate) fn is_in(&self, t: usize, site: Site) -> bool {
        for frame in self.threads[t].iter().rev() {
            match frame.what {
                What::Allow => return false,
                What::Region { site: around, .. } | What::Attached { site: around, .. } if around == site => {
                    return self.wrong != Wrong::RecursionIsJudged;
                }
                _ => {}
            }
        }
        false
    }

    pub(crate) fn guard(
        &mut self,
        t: usize,
        kind: Kind,
        number: usize,
        limits: Limits,
        steps: &Steps,
    ) -> Done {
        let site = Site { name: name_of(kind), number, kind: kind as u8 };
        if self.is_in(t, site) {
            self.happened("recursion");
            return returned(self.run(t, steps));
        }
        let is_process = kind == Kind::Process;
        self.push(t, What::Region { site, limits: kind.of(limits), process: is_process });
        let done = self.run(t, steps);
        let frame = self.pop(t);
        self.end(t, &frame, returned(done), true)
    }

    /// Hands a region's figures on, and judges it.
    pub(crate) fn end(&mut self, t: usize, frame: &Frame, done: Done, judged: bool) -> Done {
        let Frame { what: What::Region { site, limits, process }, mut figures, shared, .. } = *frame else {
            unreachable!("only regions are judged")
        };
        if let Some(shared) = shared {
            let others = self.shared[shared];
            // Where all threads count, they did already.
            if !process {
                figures.add_other(&others);
            }
            self.add_to_innermost(t, &others);
        }
        if !judged {
            return done;
        }
        let over = figures.over(&limits, self.wrong);
        if let Err(Exit::Panic(payload)) = done {
            self.happened(if over.is_empty() { "left by a panic, within" } else { "left by a panic, over" });
            if self.wrong == Wrong::UnwindingIsJudged && !over.is_empty() {
                self.seen.push(Entry::Caught(None));
            }
            if !over.is_empty() {
                let name = site.name;
                self.said.push(format!("alloc-kit: `{name}` was left by a panic: its budget was not judged"));
            }
            return Err(Exit::Panic(payload));
        }
        if over.is_empty() {
            self.happened("held");
            return done;
        }
        self.happened("broken");
        for (index, (key, _)) in over.iter().enumerate() {
            self.happened(if index == 0 { first_key(key) } else { "also over another limit" });
        }
        let says = |(index, (_, text)): (usize, &(_, String))| match index {
            0 => format!("alloc-kit: `{}` {text}", site.name),
            _ => format!("it also {text}"),
        };
        let lines: Vec<String> = over.iter().enumerate().map(says).collect();
        if self.warns {
            self.said.extend(lines);
            return done;
        }
        Err(self.throw(t, Some(lines)))
    }

    /// The innermost region of a thread that sees what happens now.
    fn innermost(&mut self, t: usize) -> Option<&mut Frame> {
        let frames = self.threads[t].iter_mut().rev();
        let mut frames = frames.filter(|frame| !matches!(frame.what, What::Measure | What::Fail { .. }));
        frames.next().filter(|frame| !matches!(frame.what, What::Allow))
    }

    /// What other threads add to the innermost region, and the function that it is of.
    fn share(&mut self, t: usize) -> Option<(usize, Site)> {
        let next = self.shared.len();
        let frame = self.innermost(t)?;
        let (shared, site) = match frame.what {
            What::Attached { to, site } => (to, site),
            What::Region { site, .. } => (*frame.shared.get_or_insert(next), site),
            _ => return None,
        };
        if shared == next {
            self.shared.push(Figures::default());
        }
        Some((shared, site))
    }

    fn add_to_innermost(&mut self, t: usize, figures: &Figures) {
        if let Some((shared, _)) = self.share(t) {
            self.shared[shared].add_other(figures);
        }
    }

    /// On a thread, attached to the region of a handle if there is one.
    fn attached(
        &mut self,
        t: usize,
        handle: Option<(usize, Site)>,
        work: impl FnOnce(&mut Self) -> Done,
    ) -> Done {
        let Some((to, site)) = handle.filter(|_| self.wrong != Wrong::AttachedIsNotCounted) else {
            return work(self);
        };
        self.happened("attached");
        self.push(t, What::Attached { site, to });
        let done = work(self);
        let frame = self.pop(t);
        self.shared[to].add_other(&frame.figures);
        done
    }

    pub(crate) fn thread(&mut self, t: usize, spawned: bool, attached: bool, steps: &Steps) -> Done {
        let handle = if attached { self.share(t) } else { None };
        let idle = self.idle;
        let thread = self.next_thread(t, spawned);
        if thread == t {
            return returned(self.run(t, steps));
        }
        if spawned {
            // To start it is an exception.
            for frame in &mut self.threads[t] {
                frame.allowed += self.machinery.spawn;
            }
        }
        let done = self.attached(thread, handle, |model| model.run(thread, steps));
        self.idle = idle;
        self.crossed(t, thread, done)
    }

    /// A new one, or an idle one; the same where none is idle.
    pub(crate) fn next_thread(&mut self, t: usize, spawned: bool) -> usize {
        if spawned {
            self.threads.push(Vec::new());
            return self.threads.len() - 1;
        }
        if self.idle == 2 {
            return t;
        }
        self.idle += 1;
        self.idle
    }

    /// A panic of another thread goes on in the one that waits for it.
    pub(crate) fn crossed(&mut self, t: usize, thread: usize, done: Done) -> Done {
        if let Err(Exit::Panic(payload)) = done {
            self.caught(thread);
            self.thrown(t);
            self.happened("panic across threads");
            return Err(Exit::Panic(payload));
        }
        Ok(())
    }

    pub(crate) fn both(&mut self, t: usize, attached: bool, left: &Steps, right: &Steps) {
        let handle = if attached { self.share(t) } else { None };
        if self.idle > 0 || !self.both {
            let _ = self.catch(t, left);
            let _ = self.catch(t, right);
            return;
        }
        // Each has its own blocks, and nobody else is idle.
        (self.idle, self.both) = (2, false);
        let mut blocks = std::mem::take(&mut self.blocks);
        for (thread, steps) in [(1, left), (2, right)] {
            let _ = self.attached(thread, handle, |model| model.catch(thread, steps));
            blocks.append(&mut self.blocks);
        }
        self.blocks = blocks;
        (self.idle, self.both) = (0, true);
    }

    pub(crate) fn fail_nth(&mut self, t: usize, nth: u64, steps: &Steps) -> Done {
        self.push(t, What::Fail { nth, made: 0, failed: false });
        let done = self.run(t, steps);
        let What::Fail { made, failed, .. } = self.pop(t).what else { unreachable!("what was entered") };
        if let Err(Exit::Panic(payload)) = done {
            let how =
                if failed { "had failed before this panic" } else { "had not failed yet before this panic" };
            self.said.push(format!("alloc-kit: allocation {nth} {how}"));
            return Err(Exit::Panic(payload));
        }
        if failed {
            self.happened("failed an allocation");
            return done;
        }
        let only = match made {
            0 => "no allocation".to_owned(),
            1 => "only 1 allocation".to_owned(),
            made => format!("only {made} allocations"),
        };
        let line = format!("alloc-kit: `fail_nth({nth}, ..)` made {only}, so none failed");
        Err(self.throw(t, Some(vec![line])))
    }
}

/// A return goes no further than this.
pub(crate) fn returned(done: Done) -> Done {
    match done {
        Err(Exit::Return) => Ok(()),
        done => done,
    }
}

fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::NoAlloc => "none",
        Kind::Count => "count",
        Kind::Keys => "keys",
        Kind::Process => "process",
        Kind::AssertNoAlloc => "assert_no_alloc!",
        Kind::AssertCount | Kind::AssertKeys => "assert_alloc_budget!",
    }
}

fn first_key(key: &str) -> &'static str {
    match key {
        "allocations" => "broken by `allocations`",
        "bytes" => "broken by `bytes`",
        "peak_bytes" => "broken by `peak_bytes`",
        "live_bytes" => "broken by `live_bytes`",
        _ => "broken by `deallocations`",
    }
}
