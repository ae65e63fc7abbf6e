//! The line on standard error that says how far a long scan is, where a person looks.

use std::io::{self, Write};
use std::time::Duration;

use crate::shell::Shell;
use crate::table::shortened;

/// What is over in less is over before it is read.
const QUIET: Duration = Duration::from_millis(500);
/// As often as it is drawn.
const PAUSE: Duration = Duration::from_millis(100);
const CLEAR: &[u8] = b"\r\x1b[K";

#[derive(Debug)]
pub(super) struct StatusLine {
    shows: bool,
    next: Duration,
    is_drawn: bool,
}

impl StatusLine {
    pub(super) fn new(shell: &Shell) -> Self {
        Self { shows: shell.shows_progress(), next: QUIET, is_drawn: false }
    }

    /// Draws it, if it is time to.
    pub(super) fn show(&mut self, text: &str, elapsed: Duration) {
        if self.shows && elapsed >= self.next {
            self.next = elapsed + PAUSE;
            self.draw(text);
        }
    }

    pub(super) fn show_now(&mut self, text: &str) {
        if self.shows {
            self.draw(text);
        }
    }

    fn draw(&mut self, text: &str) {
        let width =
            terminal_size::terminal_size_of(io::stderr()).map_or(80, |(width, _)| usize::from(width.0));
        let text = shortened(&format!("{:>12} {text}", "Scanning"), width.max(1) - 1);
        write(&[CLEAR, text.as_bytes()].concat());
        self.is_drawn = true;
    }

    /// Takes it away.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.is_drawn) {
            write(CLEAR);
        }
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        self.clear();
    }
}

fn write(bytes: &[u8]) {
    let mut stderr = io::stderr().lock();
    // Nobody to tell.
    let _ = stderr.write_all(bytes).and_then(|()| stderr.flush());
}
