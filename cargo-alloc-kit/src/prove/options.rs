//! What `cargo alloc-kit prove` can be asked.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::Build;
use crate::exit::Failure;

/// The arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Ends with 0 if no path of a function reaches the allocator, with 3 if one may, with 6 if nothing is known of the allocator (or, with
`--deny unknown`, of a function; with `--deny not-compiled`, if no binary has code of one), and with 7 if there was nothing to judge.

Examples:
  cargo alloc-kit prove                                   the annotated functions of the package's programs
  cargo alloc-kit prove --tests --deny unknown            of its tests; fail where it can't be known
  cargo alloc-kit prove --bin server --profile dist       as it is shipped
  cargo alloc-kit prove --lib --function 'codec::*'       functions by name, annotated or not
  cargo alloc-kit prove target/release/server --function 'codec::decode*'")]
pub(crate) struct Options {
    /// Programs or shared libraries to judge as they are; else those of the package are built
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Judge the functions of that name, in place of those that are annotated; `*` stands for any characters
    #[arg(long = "function", value_name = "PATTERN")]
    pub(super) functions: Vec<String>,
    /// Paths that only panic count, too
    #[arg(long)]
    pub(super) include_panics: bool,
    /// Freeing counts as allocating does
    #[arg(long)]
    pub(super) forbid_dealloc: bool,
    /// What is to fail, by commas
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(super) deny: Vec<Deny>,
    /// As `--message-format json`
    #[arg(long)]
    pub(super) json: bool,
    /// Also write the result to this file, as JSON; `-` is standard output, and nothing else is shown
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) targets: Targets,
    #[command(flatten)]
    pub(super) build: Build,
}

/// What can be denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// A function of which it can't be known
    Unknown,
    /// A function of which no binary has code; a `const fn` needs none
    NotCompiled,
}

/// What of the packages is built.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of cargo's")]
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "As cargo has them")]
#[group(skip)]
pub(super) struct Targets {
    /// Shared libraries (cdylib)
    #[arg(long)]
    pub(super) lib: bool,
    /// This program
    #[arg(long, value_name = "NAME")]
    pub(super) bin: Vec<String>,
    /// All programs
    #[arg(long)]
    pub(super) bins: bool,
    /// This example
    #[arg(long, value_name = "NAME")]
    pub(super) example: Vec<String>,
    /// All examples
    #[arg(long)]
    pub(super) examples: bool,
    /// This test program
    #[arg(long, value_name = "NAME")]
    pub(super) test: Vec<String>,
    /// All test programs, those of units among them
    #[arg(long)]
    pub(super) tests: bool,
}

impl Targets {
    /// The arguments for a cargo command that builds.
    pub(super) fn arguments(&self) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = Vec::new();
        for (flag, names) in [("--bin", &self.bin), ("--example", &self.example), ("--test", &self.test)] {
            arguments.extend(names.iter().flat_map(|name| [flag.into(), name.into()]));
        }
        let flags = [
            (self.lib, "--lib"),
            (self.bins, "--bins"),
            (self.examples, "--examples"),
            (self.tests, "--tests"),
        ];
        arguments.extend(flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.into()));
        arguments
    }
}

impl Options {
    /// What says how to build, where nothing is built.
    pub(super) fn refuse_build_of_files(&self) -> Result<(), Failure> {
        if self.files.is_empty() {
            return Ok(());
        }
        let about_workspace = Build {
            manifest_path: None,
            target_dir: None,
            lock: crate::cli::Lock::default(),
            ..self.build.clone()
        };
        let asked = self.targets.arguments().into_iter().chain(about_workspace.arguments()).next();
        match asked {
            None => Ok(()),
            Some(asked) => Err(Failure::unusable(format!(
                "`{}` says what to build, and a file is judged as it is",
                asked.to_string_lossy()
            ))
            .help("leave one of the two out")),
        }
    }
}
