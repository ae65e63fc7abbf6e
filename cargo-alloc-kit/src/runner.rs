//! How the tests are run: `cargo test` or `cargo nextest run`, with which arguments.

use std::ffi::OsString;
use std::process::{Command, Stdio};

use crate::cli::{Color, Output};
use crate::command::{Workspace, cargo};
use crate::exit::Failure;
use crate::how_run;
use crate::split::Split;
use crate::test::Options;

/// The command of a run.
#[derive(Debug)]
pub(crate) struct Runner {
    nextest: bool,
    arguments: Vec<OsString>,
    for_tests: Vec<OsString>,
}

impl Runner {
    /// As it is asked for.
    pub(crate) fn of(
        options: &Options,
        output: &Output,
        for_cargo: &Split,
        workspace: &Workspace,
    ) -> Result<Self, Failure> {
        let nextest = options.nextest || workspace.config.nextest;
        if nextest {
            needs_nextest()?;
            if for_cargo.others.iter().any(|argument| argument == "--doc") {
                return Err(Failure::unusable("`--doc` and nextest: it does not run doctests")
                    .help("run `cargo alloc-kit test --doc` without nextest, and merge both by `cargo alloc-kit merge`"));
            }
        }
        let mut arguments = Vec::new();
        // All programs: of one that does not run nothing is known, and its budgets would be never exercised.
        let says = |options: &[&str]| {
            for_cargo.others.iter().any(|argument| {
                let name = argument.to_str().map(|argument| argument.split('=').next().unwrap_or_default());
                name.is_some_and(|name| options.contains(&name))
            })
        };
        if !says(&["--no-fail-fast", "--nff", "--fail-fast", "--ff", "--max-fail", "--no-run"]) {
            arguments.push("--no-fail-fast".into());
        }
        arguments.extend(build_arguments(options, nextest));
        arguments.extend(output_arguments(output, nextest));
        arguments.extend(for_cargo.others.iter().cloned());
        Ok(Self { nextest, arguments, for_tests: for_cargo.for_tests.clone() })
    }

    /// To be run. What cargo and the tests say is no result of this command, and goes to standard error.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(cargo());
        command.args(self.subcommand()).args(&self.arguments);
        if !self.for_tests.is_empty() {
            command.arg("--").args(&self.for_tests);
        }
        command
    }

    /// The one that says of the same arguments which programs there are, as lines of JSON; nextest has none like it.
    pub(crate) fn listing(&self) -> Option<Command> {
        if self.nextest {
            return None;
        }
        let mut command = Command::new(cargo());
        command.args(["test", "--no-run", "--message-format", "json-render-diagnostics"]);
        command.args(self.arguments.iter().filter(|argument| *argument != "--no-fail-fast"));
        command.stdin(Stdio::null()).stderr(Stdio::null());
        Some(command)
    }

    /// Whether no test is to run: only to be built, or listed.
    pub(crate) fn runs_nothing(&self) -> bool {
        let said = |arguments: &[OsString], options: &[&str]| {
            arguments.iter().any(|argument| options.iter().any(|option| argument == option))
        };
        said(&self.arguments, &["--no-run"]) || said(&self.for_tests, &["--list", "--help", "-h"])
    }

    /// As a shell would take it, but for what it quotes.
    pub(crate) fn shown(&self) -> String {
        let command = self.command();
        let words = command.get_args().map(|argument| argument.display().to_string());
        format!("{} {}", Self::program(), how_run::shown(words))
    }

    pub(crate) fn program() -> String {
        cargo().display().to_string()
    }

    fn subcommand(&self) -> &'static [&'static str] {
        if self.nextest { &["nextest", "run"] } else { &["test"] }
    }
}

/// To nextest `--profile` is one of its own.
fn build_arguments(options: &Options, nextest: bool) -> Vec<OsString> {
    let mut arguments = options.build.arguments();
    if nextest {
        for argument in &mut arguments {
            if argument == "--profile" {
                *argument = "--cargo-profile".into();
            }
        }
    }
    arguments
}

fn output_arguments(output: &Output, nextest: bool) -> Vec<OsString> {
    let color = match output.color {
        Color::Auto => None,
        Color::Always => Some("--color=always"),
        Color::Never => Some("--color=never"),
    };
    let (quiet, verbose) =
        if nextest { ("--cargo-quiet", "--cargo-verbose") } else { ("--quiet", "--verbose") };
    let mut arguments: Vec<OsString> = color.map(Into::into).into_iter().collect();
    arguments.extend(output.quiet.then(|| quiet.into()));
    // The first one is for this command.
    arguments.extend((1..output.verbose).map(|_| verbose.into()));
    arguments
}

fn needs_nextest() -> Result<(), Failure> {
    let said = Command::new(cargo())
        .args(["nextest", "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if said.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err(Failure::unusable("`cargo nextest` is not installed").help(
        "`cargo install --locked cargo-nextest`, or a binary of it by https://nexte.st/docs/installation",
    ))
}
