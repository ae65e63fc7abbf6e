//! Where fuzz/ gets hold of what takes anybody's text: the report, the messages, and the environment. No program calls any of
//! it, so none has it.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use annotate_snippets::{Group, Level};

use super::allow::Used;
use super::culprit::Culprit;
use super::json::{self, Known, Object};
use super::line::Totals;
use super::message::{self, Broken, renderer};
use super::mode::{self, Mode};
use super::place::Place;
use super::report;
use super::resolve::{Frame, Owner, Route};
use super::site::{Exception, Limits, Site};
use super::stats;
use super::text::Text;
use super::trap::Event;
use super::usage::Usage;

/// A namespace.
#[derive(Debug)]
pub struct Fuzzed;

/// A frame of a trace, as debug information might have it.
#[derive(Clone, Debug)]
pub struct FuzzedFrame<'a> {
    /// The function's name, as it was demangled.
    pub function: &'a str,
    /// Where the source is, if that is known.
    pub file: &'a Path,
    /// From 1.
    pub line: usize,
    /// In bytes, from 1.
    pub column: usize,
    /// The text of that line, if it is at hand.
    pub text: Option<&'a str>,
}

impl Fuzzed {
    /// A call of the site that was judged, or one that was not.
    pub fn judged(site: &Site, path: &'static str, limits: &Limits, usage: &Usage, threads: u64) {
        stats::keep();
        site.stats.called(path);
        site.stats.judged(limits, usage, threads);
    }

    /// A call of the site that was over a limit.
    pub fn broke(site: &Site, path: &'static str) {
        site.stats.broke(path);
    }

    /// A call of the site that was not judged.
    pub fn not_judged(site: &Site, why: &'static str) {
        stats::keep();
        site.stats.let_through(why);
    }

    /// The line of the report for a site; of each exception in its calls how often, and what it allocated.
    #[must_use]
    pub fn site_line(site: &Site, exceptions: &[(&'static Exception, [u64; 3])]) -> String {
        let (mut text, mut known) = (Text::with_room(0), Known::default());
        json::put_site_with(&mut text, &mut known, site, json::id(site), used(exceptions).iter());
        text.into_string()
    }

    /// The line of the report for an exception.
    #[must_use]
    pub fn exception_line(exception: &'static Exception, used_for: [u64; 3]) -> String {
        let mut text = Text::with_room(0);
        json::put_exception_line(&mut text, exception, &used(&[(exception, used_for)]));
        text.into_string()
    }

    /// What a line says of a process.
    #[must_use]
    pub fn process_line(program: &OsStr, id: u32) -> String {
        format!("{}\n", report::of_process(Object::new(), program, id).end())
    }

    /// Puts lines behind what a file has.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn append(file: &Path, text: &str) -> io::Result<()> {
        report::append(file, format!("\n{text}").as_bytes())
    }

    /// What `ALLOC_KIT_MODE` asks for, or what is said of a value that is no mode.
    ///
    /// # Errors
    ///
    /// For a value that is none.
    pub fn mode(value: Option<&OsStr>) -> Result<&'static str, String> {
        match mode::asked_by(value) {
            Mode::Fail => Ok("fail"),
            Mode::Warn => Ok("warn"),
            Mode::Abort => Ok("abort"),
            Mode::Off => Ok("off"),
            _ => Err(mode::wrong_value(value.unwrap_or_default())),
        }
    }

    /// The message of a broken budget, without traces.
    #[must_use]
    pub fn message(site: &Site, path: &str, limits: &Limits, usage: &Usage, threads: [u64; 2]) -> String {
        let [attached, started] = threads;
        let own = Totals::NONE;
        let broken = Broken { site, path, limits, usage, own: &own, traces: &[], attached, started };
        message::Explained::of(&broken, false).message(&renderer().0)
    }

    /// What a message shows of a place, with the callers of it.
    #[must_use]
    pub fn place(event: u8, [times, bytes]: [u64; 2], frames: &[FuzzedFrame<'_>]) -> String {
        let event = match event % 3 {
            0 => Event::Allocation,
            1 => Event::Reallocation,
            _ => Event::Deallocation,
        };
        let text = frames.first().and_then(|first| first.text);
        let user = frames.iter().map(FuzzedFrame::frame).collect();
        let culprit = Culprit { route: Route { inside: Vec::new(), user }, event, times, bytes };
        let mut group = Group::with_level(Level::ERROR).elements(culprit.elements(text));
        for caller in culprit.route.user.iter().skip(1) {
            group = group.element(Level::NOTE.with_name("called from").message(caller.shown()));
        }
        renderer().0.render(&[group])
    }
}

impl FuzzedFrame<'_> {
    fn frame(&self) -> Frame {
        let Self { function, file, line, column, text: _ } = *self;
        let place = Place { file: file.to_owned(), line, column };
        let place = Some(place).filter(|_| !file.as_os_str().is_empty());
        Frame { function: function.to_owned(), place, owner: Owner::User }
    }
}

fn used(exceptions: &[(&'static Exception, [u64; 3])]) -> Vec<Used> {
    let used = exceptions.iter().map(|&(exception, [times, allocations, bytes])| Used {
        exception,
        site: None,
        times,
        allocations,
        bytes,
    });
    used.collect()
}
