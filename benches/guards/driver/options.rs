//! The options after `--`.

use crate::Result;
use crate::rows::{self, Row};
use crate::support::options;

const ACCEPTED: &str = "--rounds <n>, --only <row,..>, --quick, --instructions, --markdown";

/// What to run and how to show it.
#[derive(Debug)]
pub(crate) struct Options {
    /// The rows of the table; the first is what the others are compared with.
    pub(crate) rows: Vec<&'static Row>,
    pub(crate) rounds: u32,
    /// How many orders of functions the rounds go through.
    pub(crate) layouts: u32,
    /// How long one process takes samples of a task. Processes differ more than the samples of one do, so it is many
    /// short ones.
    pub(crate) milliseconds: u32,
    /// Count instructions only.
    pub(crate) instructions: bool,
    /// Print the table for a README.
    pub(crate) markdown: bool,
}

impl Options {
    pub(crate) fn from_args(arguments: impl Iterator<Item = String>) -> Result<Self> {
        // Cargo adds `--bench`.
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        let (mut rounds, mut quick) = (None, false);
        let mut options = Self {
            rows: rows::ALL.iter().collect(),
            rounds: 32,
            layouts: 8,
            milliseconds: 8,
            instructions: false,
            markdown: false,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--rounds" => rounds = Some(options::rounds(&value()?)?),
                "--only" => options.rows = pick(&value()?)?,
                "--quick" => quick = true,
                "--instructions" => options.instructions = true,
                "--markdown" => options.markdown = true,
                other => return Err(format!("unknown option `{other}`; accepted are {ACCEPTED}")),
            }
        }
        if quick {
            (options.rounds, options.layouts, options.milliseconds) = (6, 2, 4);
        }
        options.rounds = rounds.unwrap_or(options.rounds);
        options.layouts = if options.instructions { 1 } else { options.layouts.min(options.rounds) };
        Ok(options)
    }
}

/// The rows that are named, and the one that they are compared with.
fn pick(list: &str) -> Result<Vec<&'static Row>> {
    let known: Vec<&str> = rows::ALL.iter().map(|row| row.name).collect();
    let wanted = options::pick("row", list, &known)?;
    Ok(rows::ALL.iter().filter(|row| row.is_baseline() || wanted.contains(&row.name)).collect())
}
