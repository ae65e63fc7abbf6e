//! The command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::exit::EXIT_CODES;
use crate::split::{self, Split};

/// As cargo calls its subcommands: `cargo-alloc-kit alloc-kit ..`.
#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo")]
pub(crate) enum Cargo {
    /// Heap-allocation budgets: what a test run knew, kept and shown
    #[command(version, about, after_help = EXIT_CODES, subcommand_required = true, arg_required_else_help = true)]
    AllocKit(AllocKit),
}

#[derive(Args, Debug)]
pub(crate) struct AllocKit {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the tests, and show every budget: most used, room left, calls, verdict
    Test(crate::test::Options),
    /// Lower the budgets in the source to what tests used
    Tighten(crate::tighten::Options),
    /// Put the files of several runs or machines together, and show them as those of one
    Merge(crate::merge::Options),
    /// Show the last run in another form: a page, Markdown, XML for CI, a flamegraph
    Report(crate::report::Options),
    /// Find what allocates, in Rust, TypeScript/JavaScript and Python, ranked by a heap profile
    Audit(crate::audit::Options),
    /// Show by the compiled program that no path of a `#[no_alloc]` function allocates, or which one may
    Prove(crate::prove::Options),
    /// Add alloc-kit to a package, with a first test and a job for CI
    Init(crate::init::Options),
    /// The largest types and futures, and those that are larger than `--max`
    Sizes(crate::sizes::Options),
    /// Print completions for a shell
    Completions(crate::describe::Completions),
    /// Print a manual page
    Man(crate::describe::Man),
}

/// How things are said.
#[derive(Args, Clone, Debug)]
pub(crate) struct Output {
    /// When to use colour
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto", help_heading = "Output")]
    pub(crate) color: Color,
    /// Only what is wrong, and the line that sums it up
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Also what is run, and every budget with all of its figures
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Output")]
    pub(crate) verbose: u8,
    /// What results are written as
    #[arg(long, value_name = "FORMAT", global = true, default_value = "human", help_heading = "Output")]
    pub(crate) message_format: MessageFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    Human,
    Json,
}

/// What cargo is told of the packages and the build, and of which some must be known here.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of cargo's")]
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "As cargo has them")]
pub(crate) struct Build {
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// Package to work on; several may be given
    #[arg(short, long, value_name = "SPEC")]
    pub(crate) package: Vec<String>,
    /// All packages of the workspace
    #[arg(long)]
    pub(crate) workspace: bool,
    /// Features to turn on, by commas or spaces
    #[arg(short = 'F', long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// All features
    #[arg(long)]
    pub(crate) all_features: bool,
    /// Without the default feature
    #[arg(long)]
    pub(crate) no_default_features: bool,
    /// In release mode
    #[arg(short, long, conflicts_with = "profile")]
    pub(crate) release: bool,
    /// With this profile
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// For this target
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) target: Option<String>,
    /// Where what is built goes
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) target_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) lock: Lock,
}

/// What every cargo command is told of Cargo.lock and the network.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "As cargo has them")]
#[group(skip)]
pub(crate) struct Lock {
    /// With Cargo.lock as it is
    #[arg(long)]
    pub(crate) locked: bool,
    /// Without the network
    #[arg(long)]
    pub(crate) offline: bool,
    /// Both
    #[arg(long)]
    pub(crate) frozen: bool,
}

impl Lock {
    /// The arguments for a cargo command.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = OsString> {
        let flags = [(self.locked, "--locked"), (self.offline, "--offline"), (self.frozen, "--frozen")];
        flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.into())
    }
}

impl Build {
    /// The arguments for a cargo command that builds.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        let mut arguments = Vec::new();
        let mut with = |name: &str, value: &OsStr| arguments.extend([name.into(), value.to_owned()]);
        if let Some(path) = &self.manifest_path {
            with("--manifest-path", path.as_os_str());
        }
        for package in &self.package {
            with("--package", package.as_ref());
        }
        for features in &self.features {
            with("--features", features.as_ref());
        }
        for (name, value) in [("--profile", &self.profile), ("--target", &self.target)] {
            if let Some(value) = value {
                with(name, value.as_ref());
            }
        }
        if let Some(path) = &self.target_dir {
            with("--target-dir", path.as_os_str());
        }
        let flags = [
            (self.workspace, "--workspace"),
            (self.all_features, "--all-features"),
            (self.no_default_features, "--no-default-features"),
            (self.release, "--release"),
        ];
        arguments.extend(flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.into()));
        arguments.extend(self.lock.arguments());
        arguments
    }

    /// The name of the profile that is built with.
    pub(crate) fn profile_name(&self) -> &str {
        match &self.profile {
            Some(name) if name == "test" => "dev",
            Some(name) => name,
            None if self.release => "release",
            None => "dev",
        }
    }
}

/// What was asked: what is known here, and what goes to cargo.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> (AllocKit, Split) {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    // `cargo-alloc-kit test` is taken like `cargo alloc-kit test`.
    if arguments.get(1).is_none_or(|first| first != "alloc-kit") {
        arguments.insert(1.min(arguments.len()), "alloc-kit".into());
    }
    let mut split = Split::default();
    if let Some(test) = position_of_test(&arguments) {
        let mut command = Cargo::command();
        // So that it has the options that all have.
        command.build();
        let command = command.find_subcommand("alloc-kit").and_then(|of| of.find_subcommand("test"));
        if let Some(command) = command {
            split = split::split(command, &arguments[test + 1..]);
            arguments.truncate(test + 1);
            arguments.append(&mut split.known);
        }
    }
    let Cargo::AllocKit(parsed) = Cargo::parse_from(arguments);
    (parsed, split)
}

/// Where the subcommand is, if it is `test`: before it stand options that all have.
fn position_of_test(arguments: &[OsString]) -> Option<usize> {
    let mut position = 2;
    while let Some(argument) = arguments.get(position) {
        match argument.to_str() {
            Some("test") => return Some(position),
            Some("--color" | "--message-format") => position += 2,
            Some(option) if option.starts_with('-') => position += 1,
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> (AllocKit, Split) {
        parse(line.split(' ').map(OsString::from))
    }

    #[test]
    fn the_command_line_is_one() {
        Cargo::command().debug_assert();
    }

    #[test]
    fn a_profile_has_the_name_of_what_it_builds() {
        let name = |arguments: &str| {
            let (parsed, _) = parsed(&format!("cargo-alloc-kit alloc-kit test {arguments}"));
            let Command::Test(options) = parsed.command else { panic!("it is `test`") };
            options.build.profile_name().to_owned()
        };
        assert_eq!(name("--lib"), "dev");
        assert_eq!(name("--profile test"), "dev");
        assert_eq!(name("-r"), "release");
        assert_eq!(name("--profile=quick"), "quick");
    }

    #[test]
    fn short_options_may_be_grouped() {
        let split = |line: &str| {
            let (parsed, split) = parsed(&format!("cargo-alloc-kit test {line}"));
            let Command::Test(options) = parsed.command else { panic!("it is `test`") };
            let build = options.build.arguments();
            (parsed.output.quiet, parsed.output.verbose, [build, split.others].concat().join(" ".as_ref()))
        };
        assert_eq!(split("-qp util name"), (true, 0, "--package util name".into()));
        assert_eq!(split("-qputil name"), (true, 0, "--package util name".into()));
        assert_eq!(split("-rp app"), (false, 0, "--package app --release".into()));
        assert_eq!(split("-rvvFa -j4"), (false, 2, "--features a --release -j4".into()));
        assert_eq!(split("-qj4 name"), (true, 0, "-j4 name".into()));
        assert_eq!(split("-rj 4"), (false, 0, "--release -j 4".into()));
        assert_eq!(split("-jq -q"), (true, 0, "-jq".into()));
        assert_eq!(split("-p=one"), (false, 0, "--package one".into()));
    }

    #[test]
    fn cargo_metadata_is_told_what_cargo_is() {
        for line in ["test --locked", "sizes --locked", "init --locked"] {
            let (parsed, split) = parsed(&format!("cargo-alloc-kit {line}"));
            assert_eq!(split.others, [""; 0]);
            let lock = match parsed.command {
                Command::Test(options) => options.build.lock,
                Command::Sizes(options) => options.build().lock.clone(),
                Command::Init(options) => options.lock().clone(),
                _ => panic!("{line}"),
            };
            assert_eq!(lock.arguments().collect::<Vec<_>>(), ["--locked"]);
        }
        let (parsed, _) = parsed("cargo-alloc-kit test --frozen --offline");
        let Command::Test(options) = parsed.command else { panic!("it is `test`") };
        assert_eq!(options.build.arguments(), ["--offline", "--frozen"]);
    }

    #[test]
    fn what_is_of_cargo_goes_there_in_its_order() {
        let (parsed, split) = parsed(
            "cargo-alloc-kit --color never test -j4 -vv -pone --test two name -F a -o out.json -- -q --list",
        );
        assert_eq!(split.others, ["-j4", "--test", "two", "name"]);
        assert_eq!(split.for_tests, ["-q", "--list"]);
        assert_eq!((parsed.output.verbose, parsed.output.color), (2, Color::Never));
        let Command::Test(options) = parsed.command else { panic!("it is `test`") };
        assert_eq!(options.build.arguments(), ["--package", "one", "--features", "a"]);
        assert_eq!(options.out.as_deref(), Some("out.json".as_ref()));
    }
}
