//! The options after `--`.

use crate::Result;
use crate::support::options;
use crate::workloads::Workload;

const ACCEPTED: &str =
    "--rounds <n>, --only <workload,..>, --quick, --instructions, --memory, --check, --markdown";

/// What to run and how to show it.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) mode: Mode,
    /// The workloads that are named; all if there are none.
    pub(crate) only: Option<String>,
    pub(crate) rounds: u32,
    /// How many orders of functions the rounds go through.
    pub(crate) layouts: u32,
    /// How long one process takes samples of a side. Processes differ more than the samples of one do, so it is many
    /// short ones.
    pub(crate) milliseconds: u32,
    /// Print tables for a README.
    pub(crate) markdown: bool,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    All,
    Instructions,
    Memory,
    /// No figures: whether what is promised holds.
    Check,
}

impl Options {
    pub(crate) fn from_args(arguments: impl Iterator<Item = String>) -> Result<Self> {
        // Cargo adds `--bench`.
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        let (mut rounds, mut quick) = (None, false);
        let mut options =
            Self { mode: Mode::All, only: None, rounds: 32, layouts: 8, milliseconds: 8, markdown: false };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--rounds" => rounds = Some(options::rounds(&value()?)?),
                "--only" => options.only = Some(value()?),
                "--quick" => quick = true,
                "--instructions" => options.enter(Mode::Instructions)?,
                "--memory" => options.enter(Mode::Memory)?,
                "--check" => options.enter(Mode::Check)?,
                "--markdown" => options.markdown = true,
                other => return Err(format!("unknown option `{other}`; accepted are {ACCEPTED}")),
            }
        }
        if options.mode != Mode::All && (quick || rounds.is_some()) {
            return Err("`--quick` and `--rounds` are about timings, of which there are none then".to_owned());
        }
        if quick {
            (options.rounds, options.layouts, options.milliseconds) = (6, 2, 4);
        }
        options.rounds = rounds.unwrap_or(options.rounds);
        options.layouts = if options.mode == Mode::All { options.layouts.min(options.rounds) } else { 1 };
        Ok(options)
    }

    fn enter(&mut self, mode: Mode) -> Result<()> {
        if self.mode != Mode::All {
            return Err("`--instructions`, `--memory` and `--check` are one or the other".to_owned());
        }
        self.mode = mode;
        Ok(())
    }

    /// The workloads that are wanted.
    pub(crate) fn pick(&self, all: Vec<Workload>) -> Result<Vec<Workload>> {
        let Some(only) = &self.only else { return Ok(all) };
        let known: Vec<&str> = all.iter().map(|known| known.name.as_str()).collect();
        let wanted: Vec<String> =
            options::pick("workload", only, &known)?.into_iter().map(str::to_owned).collect();
        Ok(all.into_iter().filter(|known| wanted.contains(&known.name)).collect())
    }
}
