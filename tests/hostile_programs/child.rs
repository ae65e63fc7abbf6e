//! A test that runs itself in a process of its own, and what such tests have in common.

use std::alloc::{GlobalAlloc, Layout};
use std::env;
use std::fs;
use std::hint::black_box;
use std::io;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::{self, Command};
use std::ptr;
use std::thread;

use alloc_kit::{CountingAlloc, alloc_budget, no_alloc};

use crate::support;
use crate::support::run::Run;

/// Names the test that a process is for.
const CHILD: &str = "HOSTILE_CHILD";

/// Does the work in a process that has nothing else to do, and gives that; nothing in that process itself.
pub(crate) fn alone(test: &str, work: impl FnOnce()) -> Option<Run> {
    alone_with(test, |_| (), work)
}

/// As [`alone`], with something done to the command before.
pub(crate) fn alone_with(test: &str, prepare: impl FnOnce(&mut Command), work: impl FnOnce()) -> Option<Run> {
    if is_child() {
        be_bounded();
        work();
        return None;
    }
    let mut command = command(test);
    prepare(&mut command);
    Some(Run::of(command))
}

/// Whether this is a child's process.
pub(crate) fn is_child() -> bool {
    env::var_os(CHILD).is_some()
}

/// Has the kernel kill this process if it still runs after five minutes, or after an hour where every step is taken: what waits
/// for ever fails its test. `SIGALRM` is not used, since a test has that for itself.
pub(crate) fn be_bounded() {
    let seconds = if env::var_os("HOSTILE_STEPS").is_some() { 3_600 } else { 300 };
    let (never, mut timer) = (libc::timespec { tv_sec: 0, tv_nsec: 0 }, ptr::null_mut());
    let time =
        libc::itimerspec { it_interval: never, it_value: libc::timespec { tv_sec: seconds, tv_nsec: 0 } };
    // SAFETY: all zeros are an event.
    let mut event: libc::sigevent = unsafe { mem::zeroed() };
    event.sigev_notify = libc::SIGEV_SIGNAL;
    event.sigev_signo = libc::SIGKILL;
    // SAFETY: the event is one, and there is room for the timer.
    let made = unsafe { libc::timer_create(libc::CLOCK_MONOTONIC, &raw mut event, &raw mut timer) };
    assert_eq!(made, 0, "a timer");
    // SAFETY: the timer was made, the time is one, and the old one is not asked for.
    assert_eq!(unsafe { libc::timer_settime(timer, 0, &raw const time, ptr::null_mut()) }, 0);
}

/// The command that does a test's work.
pub(crate) fn command(test: &str) -> Command {
    let mut command = support::clean_command(env::current_exe().expect("this program"));
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(CHILD, test);
    for variable in ["ALLOC_KIT_MODE", "ALLOC_KIT_REPORT"] {
        command.env_remove(variable);
    }
    command
}

/// A new folder for temporary files, which goes with the value. It is the parent's: in a child, which may end without a word,
/// there is none, and its files are named below a folder that is nowhere.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        if is_child() {
            return Self(PathBuf::from("/nowhere"));
        }
        let all = env::temp_dir().canonicalize().expect("a folder");
        // Another process may have had this one's number, and been killed.
        for n in 0.. {
            let folder = all.join(format!("hostile-{}-{}-{n}", test.replace("::", "-"), process::id()));
            match fs::create_dir(&folder) {
                Ok(()) => return Self(folder),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => panic!("{}: {error}", folder.display()),
            }
        }
        unreachable!("there are more numbers than folders")
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !is_child() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

/// The message with which the call fails.
pub(crate) fn broken<R>(call: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a failure");
    payload.downcast_ref::<String>().cloned().expect("a message")
}

/// Broken budgets are not told, nor what is on purpose: a test looks at their messages itself.
pub(crate) fn quietly() {
    panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or_default();
        if !text.starts_with("alloc-kit: ") && text != "on purpose" {
            eprintln!("{panic}");
        }
    }));
}

/// Waits until the harness's own thread does nothing more, so that figures of the process are this thread's.
pub(crate) fn wait_for_the_harness() {
    let stat = format!("/proc/self/task/{}/stat", process::id());
    let sleeps = || {
        let text = fs::read_to_string(&stat).expect("a thread");
        text.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('S'))
    };
    let mut times = 0;
    while times < 1_000 {
        times = if sleeps() { times + 1 } else { 0 };
        thread::yield_now();
    }
}

/// Allocates `n` times.
pub(crate) fn allocate(n: usize) {
    for _ in 0..n {
        drop(black_box(vec![1_u8; 10])); // the line that is shown
    }
}

/// Whether the message shows that line.
#[track_caller]
pub(crate) fn assert_shows_the_line(message: &str) {
    // In a release build it says that there is no debug information.
    let line = include_str!("child.rs").lines().position(|line| line.contains("// the line that is shown"));
    let place = format!("tests/hostile_programs/child.rs:{}:", line.expect("it is there") + 1);
    let shown = if cfg!(debug_assertions) { place.as_str() } else { "without debug information" };
    assert!(message.contains(shown), "there is no {shown:?} in\n{message}");
}

/// Holds.
#[alloc_budget(n, bytes = 10 * n, peak_bytes = 10_u64, live_bytes = 0, deallocations = n)]
pub(crate) fn holds(n: usize) {
    allocate(n);
}

/// Breaks its budget, if told to.
#[no_alloc]
pub(crate) fn breaks(n: usize) {
    allocate(n);
}

/// An allocator that may be asked at any time, in a signal handler too: it has no memory, and what it gives may not be
/// touched.
pub(crate) struct Nowhere;

// SAFETY: what it gives is no memory, and nobody here takes it for any.
unsafe impl GlobalAlloc for Nowhere {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ptr::without_provenance_mut(layout.align())
    }

    unsafe fn dealloc(&self, _block: *mut u8, _layout: Layout) {}
}

/// Counts as the global allocator does.
pub(crate) static NOWHERE: CountingAlloc<Nowhere> = CountingAlloc::new(Nowhere);

/// Requests so many bytes of [`NOWHERE`], and gives them back.
pub(crate) fn request(bytes: usize) {
    let layout = Layout::from_size_align(bytes, 1).expect("a size");
    // SAFETY: no size here is zero.
    let block = unsafe { NOWHERE.alloc(layout) };
    // SAFETY: it came from there just now.
    unsafe { NOWHERE.dealloc(black_box(block), layout) };
}
