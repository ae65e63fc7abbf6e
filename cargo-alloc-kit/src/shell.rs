//! Standard output and error: results here, the rest there, in colour where a person looks, and a reader that goes away.

#![expect(clippy::unused_self, reason = "who says something is handed the shell")]

use std::env;
use std::fmt::{Arguments, Display};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::{self, ExitCode};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::cli::{Color, Output};
use crate::exit::{Done, Exit};
use crate::untrusted;

pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const NOTE: Style = AnsiColor::Cyan.on_default().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const BOLD: Style = Style::new().bold();

/// 128 and the number of SIGPIPE.
const CLOSED_PIPE: i32 = 141;

/// Where things are said.
#[derive(Debug)]
pub(crate) struct Shell {
    quiet: bool,
    verbose: u8,
}

impl Shell {
    pub(crate) fn new(output: &Output) -> Self {
        // `auto` is as the environment says: NO_COLOR, CLICOLOR_FORCE, and whether it is a terminal.
        match output.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
        .write_global();
        Self { quiet: output.quiet, verbose: output.verbose }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose > 0
    }

    /// Whether a status line is drawn while tests run: where a person looks, and cargo would draw one.
    #[cfg_attr(not(unix), expect(dead_code, reason = "it is drawn on Unix"))]
    pub(crate) fn shows_progress(&self) -> bool {
        let is = |name: &str, value: &str| env::var_os(name).is_some_and(|of| of == value);
        !self.quiet
            && io::stderr().is_terminal()
            && !is("TERM", "dumb")
            && !is("CARGO_TERM_PROGRESS_WHEN", "never")
            && env::var_os("CI").is_none()
    }

    /// The columns of the terminal that results are shown on, if it is one.
    pub(crate) fn width(&self) -> Option<usize> {
        let stdout = io::stdout();
        if !stdout.is_terminal() {
            return None;
        }
        let (width, _) = terminal_size::terminal_size_of(&stdout)?;
        // One that does not know its size says 0.
        Some(usize::from(width.0)).filter(|width| *width > 0)
    }

    /// A part of the result, on standard output. Styles are taken out where there is no colour. A reader that has gone
    /// away ends the process with the code that a shell shows of one that SIGPIPE ended.
    pub(crate) fn result(&mut self, text: impl Display) {
        let mut stdout = AutoStream::auto(io::stdout().lock());
        or_end(write!(stdout, "{text}").and_then(|()| stdout.flush()));
    }

    /// What cargo says in front of what it does: `   Finished`.
    pub(crate) fn status(&mut self, what: &str, text: impl Display) {
        if !self.quiet {
            say(format_args!("{GOOD}{what:>12}{GOOD:#} {text}"));
        }
    }

    pub(crate) fn note(&mut self, text: impl Display) {
        if !self.quiet {
            say(format_args!("{NOTE}note{NOTE:#}: {text}"));
        }
    }

    pub(crate) fn warning(&mut self, text: impl Display) {
        say(format_args!("{WARNING}warning{WARNING:#}: {text}"));
    }

    pub(crate) fn error(&mut self, text: impl Display) {
        say(format_args!("{ERROR}error{ERROR:#}: {text}"));
    }

    /// Says how it ended, if there is something to say.
    pub(crate) fn end(&mut self, done: Done) -> ExitCode {
        done.unwrap_or_else(|failure| {
            // It may name what a file holds.
            self.error(untrusted::text_of(&failure.message));
            if let Some(help) = failure.help {
                say(format_args!("  {NOTE}help{NOTE:#}: {help}"));
            }
            failure.exit
        })
        .into()
    }
}

fn say(text: Arguments<'_>) {
    let mut stderr = AutoStream::auto(io::stderr().lock());
    // Nobody to tell.
    let _ = writeln!(stderr, "{text}");
}

fn or_end(written: io::Result<()>) {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => process::exit(CLOSED_PIPE),
        Err(error) => {
            say(format_args!("{ERROR}error{ERROR:#}: cannot write the result: {error}"));
            process::exit(Exit::Unusable.code().into());
        }
        Ok(()) => {}
    }
}
