//! A command that ran, and what can be asked of it. Every failed question shows the command and all that it printed.

use std::fmt;
use std::process::{Command, Output};

/// A finished command.
#[derive(Clone)]
pub(crate) struct Run {
    command: String,
    output: Output,
}

impl Run {
    /// Runs the command to its end.
    pub(crate) fn of(mut command: Command) -> Self {
        let shown = shown(&command);
        match command.output() {
            Ok(output) => Self { command: shown, output },
            Err(error) => panic!("cannot run {shown}: {error}"),
        }
    }

    /// The standard output.
    pub(crate) fn stdout(&self) -> String {
        as_on_unix(&self.output.stdout)
    }

    /// The standard error.
    pub(crate) fn stderr(&self) -> String {
        as_on_unix(&self.output.stderr)
    }

    /// The exit code, unless it was a signal.
    pub(crate) fn code(&self) -> Option<i32> {
        self.output.status.code()
    }

    /// Whether the exit status is zero.
    pub(crate) fn succeeded(&self) -> bool {
        self.output.status.success()
    }

    /// The command must have exited with zero.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        self.expect(self.succeeded(), "it should have succeeded");
        self
    }

    /// The command must have exited with another code than zero, and not by a signal.
    #[track_caller]
    pub(crate) fn fails(self) -> Self {
        self.expect(self.output.status.code().is_some_and(|code| code != 0), "it should have failed");
        self
    }

    /// The command must have exited with this code.
    #[track_caller]
    pub(crate) fn exits_with(self, code: i32) -> Self {
        self.expect(self.output.status.code() == Some(code), &format!("it should have exited with {code}"));
        self
    }

    /// Standard output or error must contain each of the texts.
    #[track_caller]
    pub(crate) fn prints(self, texts: &[&str]) -> Self {
        for text in texts {
            let printed = self.stdout().contains(text) || self.stderr().contains(text);
            self.expect(printed, &format!("it should have printed {text:?}"));
        }
        self
    }

    /// Neither standard output nor error may contain any of the texts.
    #[track_caller]
    pub(crate) fn never_prints(self, texts: &[&str]) -> Self {
        for text in texts {
            let printed = self.stdout().contains(text) || self.stderr().contains(text);
            self.expect(!printed, &format!("it should not have printed {text:?}"));
        }
        self
    }

    /// Fails with the whole output, unless something holds.
    #[track_caller]
    pub(crate) fn expect(&self, holds: bool, what: &str) {
        assert!(holds, "{what}\n{self}");
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, output } = self;
        writeln!(f, "--- ran {command}\n--- {}", output.status)?;
        writeln!(f, "--- standard output\n{}", self.stdout())?;
        writeln!(f, "--- standard error\n{}---", self.stderr())
    }
}

/// The text with line ends and paths as the tests have them.
fn as_on_unix(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output).replace('\r', "");
    if cfg!(windows) { text.replace('\\', "/") } else { text }
}

/// The command as a shell would take it, without what was taken out of its environment.
fn shown(command: &Command) -> String {
    let set = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let mut words: Vec<String> =
        set.map(|(name, value)| format!("{}={}", name.display(), value.display())).collect();
    words.push(command.get_program().display().to_string());
    words.extend(command.get_args().map(|argument| argument.display().to_string()));
    match command.get_current_dir() {
        Some(folder) => format!("{} (in {})", words.join(" "), folder.display()),
        None => words.join(" "),
    }
}
