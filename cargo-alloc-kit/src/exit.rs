//! The exit codes, and what ends a command early.

use std::fmt;
use std::process::ExitCode;

/// How a command ended. Of several that apply the first in this order is taken, which is the least one; `Held` is what it
/// is when none applies, and `Unusable` and `Interrupted` come alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// A budget was broken, or a function may allocate.
    Broken,
    /// `cargo test` failed, for another reason: it did not compile, or a test failed. Or the command that was recorded did.
    TestsFailed,
    /// A function got worse than what is saved.
    Worse,
    /// A budget was not verified, and that is not allowed; or a process did not say what it knew. Or nothing is known of a program's
    /// allocator.
    NotVerified,
    /// A budget was never exercised, and that is denied.
    NeverExercised,
    /// No budget was judged, or there was none at all: nothing was shown to hold.
    NoBudgets,
    /// A type is larger than `sizes --max` allows.
    TooLarge,
    /// All is well.
    Held,
    /// What was asked could not be done: wrong arguments, configuration or files.
    Unusable,
    /// A signal of this number asked it to end.
    Interrupted(u8),
}

impl Exit {
    /// The code of the process.
    pub(crate) fn code(self) -> u8 {
        match self {
            Exit::Held => 0,
            Exit::TestsFailed => 1,
            // clap's, too.
            Exit::Unusable => 2,
            Exit::Broken => 3,
            Exit::Worse => 4,
            Exit::NeverExercised => 5,
            Exit::NotVerified => 6,
            Exit::NoBudgets => 7,
            Exit::TooLarge => 8,
            // As a shell has it of a process that a signal ended.
            Exit::Interrupted(signal) => 128 + signal,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// What the user is told, and the code that goes with it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    /// What to do about it, if that can be said.
    pub(crate) help: Option<String>,
}

/// What a command ends with.
pub(crate) type Done = Result<Exit, Failure>;

impl Failure {
    /// What was asked could not be done.
    pub(crate) fn unusable(message: impl Into<String>) -> Self {
        Self { exit: Exit::Unusable, message: message.into(), help: None }
    }

    /// With what to do about it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// For `cargo alloc-kit --help`. Of several that apply it is the first of 3, 1, 4, 6, 5, 7.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0    every budget holds; no path of a function allocates (`prove`)
  1    `cargo test` failed for another reason than a budget; a captured command or a build failed
  2    what was asked could not be done: arguments, configuration, files
  3    a budget is broken; a function may allocate (`prove`)
  4    a function got worse than what is saved, or allocated more than `audit check` allows
  5    a budget was never exercised (with `--deny never-exercised`)
  6    a budget or function was not verified (see `--allow not-verified`), or a report is not whole
  7    no budget was judged, or there is none: nothing was shown to hold
  8    a type is larger than `--max` (of `sizes`)
  130  interrupted (Ctrl-C); other signals likewise: 128 and their number
Of several that apply it is the first of 3, 1, 4, 6, 5, 7.";
