//! Threads that wait for work and run it without allocating, so that what is on them is exactly the program's.

use std::mem;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

/// How many other threads a program has.
pub(crate) const THREADS: usize = 2;

/// What one thread is to do next.
#[derive(Default)]
struct Mailbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
enum State {
    #[default]
    Idle,
    Work(Work),
    Quit,
}

struct Work(*mut (dyn FnMut() + 'static));

// SAFETY: whoever posts it waits until it is done, and does nothing with what it borrows meanwhile.
unsafe impl Send for Work {}

/// The threads; they end when it is dropped.
pub(crate) struct Crew {
    mailboxes: Vec<Arc<Mailbox>>,
    threads: Vec<JoinHandle<()>>,
}

impl Crew {
    pub(crate) fn new() -> Self {
        let mailboxes: Vec<_> = (0..THREADS).map(|_| Arc::new(Mailbox::default())).collect();
        let start = |mailbox: &Arc<Mailbox>| {
            let mailbox = Arc::clone(mailbox);
            thread::spawn(move || mailbox.serve())
        };
        let threads = mailboxes.iter().map(start).collect();
        let crew = Self { mailboxes, threads };
        // What a system makes at the first use of each is made now.
        (0..THREADS).for_each(|thread| crew.run(thread, &mut || ()));
        crew
    }

    /// Runs it on that thread, and waits. It may not panic.
    pub(crate) fn run(&self, thread: usize, work: &mut dyn FnMut()) {
        self.post(thread, work);
        self.wait(thread);
    }

    /// Runs both at the same time, and waits. They may not panic.
    pub(crate) fn run_both(&self, first: &mut dyn FnMut(), second: &mut dyn FnMut()) {
        self.post(0, first);
        self.post(1, second);
        self.wait(0);
        self.wait(1);
    }

    fn post(&self, thread: usize, work: &mut dyn FnMut()) {
        let work: *mut dyn FnMut() = work;
        #[expect(
            clippy::transmute_ptr_to_ptr,
            reason = "a cast does not change the lifetime of a trait object"
        )]
        // SAFETY: only the lifetime changes, and nobody runs it after the wait that follows.
        let work = unsafe { mem::transmute::<*mut dyn FnMut(), *mut (dyn FnMut() + 'static)>(work) };
        let mailbox = &self.mailboxes[thread];
        let mut state = mailbox.state.lock().unwrap();
        assert!(matches!(*state, State::Idle), "thread {thread} is busy");
        *state = State::Work(Work(work));
        mailbox.changed.notify_all();
    }

    fn wait(&self, thread: usize) {
        let mailbox = &self.mailboxes[thread];
        let state = mailbox.state.lock().unwrap();
        drop(mailbox.changed.wait_while(state, |state| matches!(state, State::Work(_))).unwrap());
    }
}

impl Mailbox {
    fn serve(&self) {
        let mut state = self.state.lock().unwrap();
        loop {
            match &*state {
                State::Idle => state = self.changed.wait(state).unwrap(),
                State::Quit => return,
                State::Work(Work(work)) => {
                    let work = *work;
                    drop(state);
                    // SAFETY: who posted it waits, so it is still there, and nobody else has it.
                    let work = unsafe { &mut *work };
                    work();
                    state = self.state.lock().unwrap();
                    *state = State::Idle;
                    self.changed.notify_all();
                }
            }
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        for mailbox in &self.mailboxes {
            *mailbox.state.lock().unwrap() = State::Quit;
            mailbox.changed.notify_all();
        }
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
    }
}
