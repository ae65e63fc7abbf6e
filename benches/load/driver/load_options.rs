//! The options after `--`.

use crate::Result;
use crate::support::options;

const ACCEPTED: &str = "--minutes <n>, --check, --panics, --ratio, --rounds <n>, --seconds <n>, --markdown";

/// What to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Job {
    /// Verdicts and memory are held, for so many seconds of load.
    Held(u64),
    /// What it costs.
    Ratio,
}

/// What to do and how to show it.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) job: Job,
    /// Of what is held, only the mode that panics.
    pub(crate) panics: bool,
    pub(crate) rounds: u32,
    /// How long a program is under load in a round.
    pub(crate) seconds: u32,
    /// Print the table for a page.
    pub(crate) markdown: bool,
}

impl Options {
    pub(crate) fn from_args(arguments: impl Iterator<Item = String>) -> Result<Self> {
        // Cargo adds `--bench`.
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        let mut options = Self { job: Job::Held(60), panics: false, rounds: 10, seconds: 4, markdown: false };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--minutes" => options.job = Job::Held(60 * u64::from(options::rounds(&value()?)?)),
                "--check" => options.job = Job::Held(6),
                "--panics" => options.panics = true,
                "--ratio" => options.job = Job::Ratio,
                "--rounds" => options.rounds = options::rounds(&value()?)?,
                "--seconds" => options.seconds = options::rounds(&value()?)?,
                "--markdown" => options.markdown = true,
                other => return Err(format!("unknown option `{other}`; accepted are {ACCEPTED}")),
            }
        }
        Ok(options)
    }
}
