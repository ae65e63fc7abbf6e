//! The report: what was seen of every site, as lines of JSON appended to the file that `ALLOC_KIT_REPORT` names.
//!
//! A broken site is written when it breaks, in case the process does not live to its end; all sites are written at
//! the end. Each time it is whole lines in one write to a file opened for appending, and locked meanwhile, so that many
//! processes can share a file. The schema is in `docs/report.md`; [`SCHEMA`] is its version.

#![allow(unsafe_code, reason = "a function that the C runtime calls, and C's atexit")]

use core::ffi::c_int;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::env;
use std::env::consts::{ARCH, OS};
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::panic;
use std::path::{self, Path, PathBuf};
use std::process;
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use super::allow;
use super::breach;
use super::json::{self, Known, Object};
use super::line;
use super::message;
use super::mode::{self, Mode};
use super::noted;
use super::site::{EXCEPTIONS, SITES, Site};
use super::stats::{self, INTERRUPTS};
use super::text::Text;
use super::threads;
use super::usage::counted;

/// The environment variable that names the file.
const VARIABLE: &str = "ALLOC_KIT_REPORT";

/// The version of the schema: a reader refuses one that it does not know.
pub(super) const SCHEMA: u64 = 1;

/// The file, as it was named when the process started.
static FILE: OnceLock<PathBuf> = OnceLock::new();
/// Whether something of the report could not be written.
static LACKS: AtomicBool = AtomicBool::new(false);
/// The process that is reported: a forked child would report the same again.
static PROCESS: AtomicU32 = AtomicU32::new(0);
/// When it started, in nanoseconds since 1970.
static STARTED: AtomicU64 = AtomicU64::new(0);
/// What every line says of it, at its end.
static FIELDS: OnceLock<String> = OnceLock::new();

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
    if cfg!(alloc_kit_prove) {
        mode::end_what_judges_nothing();
    }
    PROCESS.store(process::id(), Ordering::Relaxed);
    if let Some(file) = env::var_os(VARIABLE).filter(|file| !file.is_empty()) {
        // The program may go to another folder. Where it has none, it is said when the file can't be written.
        let file = path::absolute(&file).unwrap_or_else(|_| file.into());
        let _ = FILE.set(file);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        STARTED.store(u64::try_from(now).unwrap_or(u64::MAX), Ordering::Relaxed);
        allow::make_room();
        stats::keep();
    }
    mode::find_early();
    threads::survive_forks();
    // A process that can't register it says nothing at its end; there is nobody to tell.
    let _ = atexit(end);
}

extern "C" fn end() {
    // SAFETY: the line is valid on this thread, and no reference to it is held.
    let line = unsafe { *line::line() };
    let _suspended = line::suspend();
    if !is_of_this_process() {
        return;
    }
    // A panic must not leave a C function.
    let _ = panic::catch_unwind(|| {
        // A harness that is asked for its tests, as nextest does first, runs none.
        let runs = !env::args_os().any(|argument| argument == "--list");
        if FILE.get().is_some() && runs {
            // SAFETY: a context that is not null is valid on this thread; nothing is counted while the reference is held.
            let context = unsafe { line.context.as_mut() };
            let unended = context.map(|context| breach::of_unended(context, &line.totals(), line.peak()));
            write(&all_lines(unended.as_deref().unwrap_or_default()));
        }
    });
    let unended = panic::catch_unwind(say_broken).unwrap_or(false);
    // Who asked for a report would else look at what there is of it, or at that of another run.
    if (unended && mode::mode() == Mode::Fail) || LACKS.load(Ordering::Relaxed) {
        // Not `exit`, which runs what is registered for it, and this is it.
        // SAFETY: it has no requirement.
        unsafe { _exit(101) }
    }
}

unsafe extern "C" {
    /// C's, as is.
    fn _exit(code: c_int) -> !;
}

/// What most lines fit in.
const LINE: usize = 768;

/// The lines of the process, behind those that are given.
fn all_lines(first: &str) -> Text {
    let used = allow::used();
    let mut text = new_lines(first.len() + (SITES.len() + EXCEPTIONS.len()) * LINE);
    text.put(first);
    let (mut known, mut id) = (Known::default(), 0);
    for site in SITES {
        json::put_site(&mut text, &mut known, site, id, &used);
        id += 1;
    }
    for exception in EXCEPTIONS {
        json::put_exception_line(&mut text, exception, &used);
    }
    text
}

/// Nothing, with room for so many bytes of lines. The end of the line before is always there, and only
/// [written](append) where it is missing.
fn new_lines(room: usize) -> Text {
    let mut text = Text::with_room(room + 1);
    text.put("\n");
    text
}

/// Says which budgets broke: whoever swallowed the panic, a task that was dropped or a thread that nobody joined, has not
/// told. Gives whether there are regions over a limit that never ended, of which nobody else can have said so.
fn say_broken() -> bool {
    let mut unended = false;
    for site in noted::noted() {
        let Site { name, file, line, stats, .. } = site;
        if stats.is_over() {
            unended = true;
            mode::say(&went_over(site));
        }
        let interrupted = stats.interrupted();
        if interrupted > 0 {
            let calls = counted(interrupted, "call");
            mode::say(&format!(
                "alloc-kit: the budget of `{name}` ({file}:{line}) was not verified in {calls}: {INTERRUPTS}"
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

/// What is said of a region that is over a limit when the process ends.
pub(super) fn went_over(Site { name, file, line, .. }: &Site) -> String {
    format!(
        "alloc-kit: `{name}` ({file}:{line}) went over its budget, \
         and had not returned when the process ended"
    )
}

/// Whether this is the process that is reported.
pub(super) fn is_of_this_process() -> bool {
    process::id() == PROCESS.load(Ordering::Relaxed)
}

/// Whether this process is to write a report.
pub(super) fn is_asked_for() -> bool {
    FILE.get().is_some() && is_of_this_process()
}

/// Writes that a site broke, and what was seen of it so far.
pub(super) fn write_at_once(site: &Site, breach: &str) {
    let used = allow::used();
    let mut text = new_lines(breach.len() + LINE);
    text.put(breach);
    json::put_site(&mut text, &mut Known::default(), site, json::id(site), &used);
    write(&text);
}

fn write(lines: &Text) {
    let Some(file) = FILE.get() else { return };
    if let Err(error) = append(file, lines.bytes()) {
        LACKS.store(true, Ordering::Relaxed);
        mode::say(&format!("alloc-kit: cannot write the report to {VARIABLE}={}: {error}", file.display()));
    }
}

/// Puts lines behind what a file has, whatever that is. They begin with the end of a line, which is only written where the
/// file does not have it.
pub(super) fn append(file: &Path, lines: &[u8]) -> io::Result<()> {
    put(open(file)?, lines)
}

fn open(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    if fs::metadata(file).is_ok_and(|known| !known.is_file()) {
        return system::open_special(options, file);
    }
    // A file that can be written and not read will do as well.
    options.clone().read(true).open(file).or_else(|_| options.open(file))
}

fn put(mut file: File, lines: &[u8]) -> io::Result<()> {
    let is_file = file.metadata()?.is_file();
    let is_locked = system::lock(&file);
    // After a process that was killed in the middle of a line.
    let (mut last, mut end) = ([b'\n'], 0);
    if is_file && file.seek(SeekFrom::End(-1)).is_ok() {
        end = file.seek(SeekFrom::End(0))?;
        let _ = file.seek(SeekFrom::End(-1)).and_then(|_| file.read_exact(&mut last));
    }
    let begin = usize::from(last == *b"\n");
    let written = file.write_all(lines.get(begin..).unwrap_or_default());
    if written.is_err() && is_file && is_locked {
        // No half of a line stays, and nobody else has written since.
        let _ = file.set_len(end);
    }
    system::unlock(&file);
    written
}

#[cfg(unix)]
mod system {
    use core::ffi::c_int;
    use std::fs::{File, OpenOptions};
    use std::io;
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::OpenOptionsExt;
    use std::path::Path;

    unsafe extern "C" {
        /// C's, as is.
        safe fn flock(file: c_int, operation: c_int) -> c_int;
        /// C's, as is.
        safe fn fcntl(file: c_int, command: c_int, ...) -> c_int;
    }
    /// On every Unix.
    const LOCK_EX: c_int = 2;
    const LOCK_UN: c_int = 8;
    const F_GETFL: c_int = 3;
    const F_SETFL: c_int = 4;
    const O_NONBLOCK: c_int = if cfg!(any(target_os = "linux", target_os = "android")) { 0o4000 } else { 4 };

    /// Waits until no other process writes to the file, if that can be had. Else a blank line may get between.
    pub(super) fn lock(file: &File) -> bool {
        flock(file.as_raw_fd(), LOCK_EX) == 0
    }

    /// Not left to its closing: a child that was forked meanwhile has the file open as well, and would keep the lock.
    pub(super) fn unlock(file: &File) {
        let _ = flock(file.as_raw_fd(), LOCK_UN);
    }

    /// Opens what is no file. A pipe that nobody reads is an error, and not waited for; one that is read is written to as
    /// it is read.
    pub(super) fn open_special(mut options: OpenOptions, file: &Path) -> io::Result<File> {
        let file = options.create(false).custom_flags(O_NONBLOCK).open(file)?;
        let flags = fcntl(file.as_raw_fd(), F_GETFL);
        let _ = fcntl(file.as_raw_fd(), F_SETFL, flags & !O_NONBLOCK);
        Ok(file)
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::{File, OpenOptions};
    use std::io;
    use std::path::Path;

    pub(super) fn lock(_: &File) -> bool {
        false
    }

    pub(super) fn unlock(_: &File) {}

    pub(super) fn open_special(options: OpenOptions, file: &Path) -> io::Result<File> {
        options.open(file)
    }
}

/// What all lines say of their process, and the end of them.
pub(super) fn of_all() -> &'static str {
    let fields = || {
        let id = of_process(Object::new(), &env::args_os().next().unwrap_or_default(), process::id());
        let fields = id
            .number("started", STARTED.load(Ordering::Relaxed).cast_signed())
            .text("target", &format!("{ARCH}-{OS}{ENVIRONMENT}"))
            .raw("debug_assertions", if cfg!(debug_assertions) { "true" } else { "false" })
            .end();
        // After those of a line.
        format!(",{}\n", fields.trim_start_matches('{'))
    };
    FIELDS.get_or_init(fields)
}

/// The last part of the target's name: the C library or the like, where a system has several.
const ENVIRONMENT: &str = if cfg!(target_env = "gnu") {
    "-gnu"
} else if cfg!(target_env = "musl") {
    "-musl"
} else if cfg!(target_env = "msvc") {
    "-msvc"
} else if cfg!(target_env = "uclibc") {
    "-uclibc"
} else if cfg!(target_env = "ohos") {
    "-ohos"
} else {
    ""
};

/// What a line says of a process.
pub(super) fn of_process(object: Object, program: &OsStr, id: u32) -> Object {
    object.text("program", &program.to_string_lossy()).number("pid", id.into())
}
