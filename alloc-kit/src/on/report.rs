//! The report: what was seen of every site, as lines of JSON appended to the file that `ALLOC_KIT_REPORT` names.
//!
//! A broken site is written when it breaks, in case the process does not live to its end; all sites are written at
//! the end. Each time it is whole lines in one write to a file opened for appending, and locked meanwhile, so that many
//! processes can share a file. The schema is in `docs/report.md`; [`SCHEMA`] is its version.

#![allow(unsafe_code, reason = "a function that the C runtime calls, and C's atexit")]

use core::ffi::c_int;
use core::sync::atomic::{AtomicU32, Ordering};
use std::env;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::panic;
use std::process;
use std::sync::OnceLock;

use super::json::{self, Object};
use super::line;
use super::message;
use super::mode::{self, Mode};
use super::noted;
use super::site::{SITES, Site};
use super::stats;
use super::threads;
use super::usage::counted;

/// The environment variable that names the file.
const VARIABLE: &str = "ALLOC_KIT_REPORT";

/// The version of the schema: a reader refuses one that it does not know.
pub(super) const SCHEMA: u64 = 1;

/// The file, as it was named when the process started.
static FILE: OnceLock<OsString> = OnceLock::new();
/// The process that is reported: a forked child would report the same again.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// Runs before `main`.
#[cfg(not(miri))]
#[used]
#[cfg_attr(
    any(target_os = "linux", target_os = "android", target_os = "freebsd"),
    unsafe(link_section = ".init_array")
)]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
static START: extern "C" fn() = start;

unsafe extern "C" {
    /// C's, as is.
    safe fn atexit(at_exit: extern "C" fn()) -> c_int;
}

#[cfg_attr(miri, expect(dead_code, reason = "it knows no `atexit`"))]
extern "C" fn start() {
    let _suspended = line::suspend();
    PROCESS.store(process::id(), Ordering::Relaxed);
    if let Some(file) = env::var_os(VARIABLE).filter(|file| !file.is_empty()) {
        let _ = FILE.set(file);
        stats::keep();
    }
    threads::survive_forks();
    // A process that can't register it says nothing at its end; there is nobody to tell.
    let _ = atexit(end);
}

extern "C" fn end() {
    let _suspended = line::suspend();
    if process::id() != PROCESS.load(Ordering::Relaxed) {
        return;
    }
    // A panic must not leave a C function.
    let _ = panic::catch_unwind(|| {
        // A harness that is asked for its tests, as nextest does first, runs none.
        let runs = !env::args_os().any(|argument| argument == "--list");
        if FILE.get().is_some() && runs {
            let text: String = SITES.iter().map(json::of_site).chain(json::of_exceptions()).collect();
            write(&text);
        }
    });
    let unended = panic::catch_unwind(say_broken).unwrap_or(false);
    if unended && mode::mode() == Mode::Fail {
        // Not `exit`, which runs what is registered for it, and this is it.
        // SAFETY: it has no requirement.
        unsafe { _exit(101) }
    }
}

unsafe extern "C" {
    /// C's, as is.
    fn _exit(code: c_int) -> !;
}

/// Says which budgets broke: whoever swallowed the panic, a task that was dropped or a thread that nobody joined, has not
/// told. Gives whether there are regions over a limit that never ended, of which nobody else can have said so.
fn say_broken() -> bool {
    let mut unended = false;
    for site in noted::noted() {
        let Site { name, file, line, stats, .. } = site;
        if stats.is_over() {
            unended = true;
            mode::say(&format!(
                "alloc-kit: `{name}` ({file}:{line}) went over its budget, \
                 and had not returned when the process ended"
            ));
        }
        let broken = stats.broken();
        if broken > 0 {
            let calls = counted(broken, "call");
            let name = message::function_name(site, stats.path().unwrap_or_default());
            mode::say(&format!("alloc-kit: `{name}` ({file}:{line}) was over its budget in {calls}"));
        }
    }
    unended
}

/// Writes what was seen of a site so far, if a report was asked for.
pub(super) fn write_at_once(site: &Site) {
    if FILE.get().is_some() && process::id() == PROCESS.load(Ordering::Relaxed) {
        write(&json::of_site(site));
    }
}

fn write(text: &str) {
    let Some(file) = FILE.get() else { return };
    let append = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        // A file that can be written and not read will do as well.
        let mut file = options.clone().read(true).open(file).or_else(|_| options.open(file))?;
        lock(&file);
        // After a process that was killed in the middle of a line.
        let mut last = [b'\n'];
        if file.seek(SeekFrom::End(-1)).is_ok() {
            let _ = file.read_exact(&mut last);
        }
        if last == *b"\n" {
            file.write_all(text.as_bytes())
        } else {
            file.write_all(format!("\n{text}").as_bytes())
        }
    };
    if let Err(error) = append() {
        mode::say(&format!("alloc-kit: cannot write the report to {VARIABLE}={}: {error}", file.display()));
    }
}

/// Waits until no other process writes to the file; until it is closed none does. Where that can't be had, a blank line
/// may get between.
#[cfg(unix)]
fn lock(file: &File) {
    use std::os::fd::AsRawFd;

    /// On every Unix.
    const LOCK_EX: c_int = 2;
    unsafe extern "C" {
        /// C's, as is.
        safe fn flock(file: c_int, operation: c_int) -> c_int;
    }
    let _ = flock(file.as_raw_fd(), LOCK_EX);
}

#[cfg(not(unix))]
fn lock(_: &File) {}

/// What every line says of its process.
pub(super) fn process(object: Object) -> Object {
    let program = env::args_os().next().unwrap_or_default();
    object.text("program", &program.to_string_lossy()).number("pid", process::id().into())
}
