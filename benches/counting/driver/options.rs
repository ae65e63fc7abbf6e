//! The options after `--`.

use crate::Result;
use crate::allocators::{self, Allocator};
use crate::build::Profile;
use crate::program::WORKLOADS;
use crate::support::options::{self, pick};

const ACCEPTED: &str =
    "--rounds <n>, --only <allocator,..>, --workloads <w1,..>, --quick, --instructions, --markdown, --dev";

/// What to run and how to show it.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) profile: Profile,
    /// The rows of the table; the first is `System`.
    pub(crate) allocators: Vec<&'static Allocator>,
    pub(crate) workloads: Vec<&'static str>,
    pub(crate) rounds: u32,
    /// How many orders of functions the rounds go through.
    pub(crate) layouts: u32,
    /// How long one process takes samples of the quick workloads. Processes differ more than the samples of one do (by
    /// where their memory lies), so it is many short ones.
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
        let (mut only, mut rounds, mut quick) = (None, None, false);
        let mut options = Self {
            profile: Profile::Release,
            allocators: Vec::new(),
            workloads: WORKLOADS.to_vec(),
            rounds: 32,
            layouts: 16,
            milliseconds: 10,
            instructions: false,
            markdown: false,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--rounds" => rounds = Some(options::rounds(&value()?)?),
                "--only" => only = Some(value()?),
                "--workloads" => options.workloads = pick("workload", &value()?, &WORKLOADS)?,
                "--quick" => quick = true,
                "--instructions" => options.instructions = true,
                "--markdown" => options.markdown = true,
                "--dev" => options.profile = Profile::Dev,
                other => return Err(format!("unknown option `{other}`; accepted are {ACCEPTED}")),
            }
        }
        if options.profile == Profile::Dev {
            // Everything takes longer, and the differences are larger.
            (options.rounds, options.layouts) = (12, 4);
        }
        if quick {
            (options.rounds, options.layouts) = (6, 2);
        }
        options.rounds = rounds.unwrap_or(options.rounds);
        options.layouts = if options.instructions { 1 } else { options.layouts.min(options.rounds) };
        options.allocators = pick_allocators(options.profile, only.as_deref())?;
        Ok(options)
    }
}

fn pick_allocators(profile: Profile, only: Option<&str>) -> Result<Vec<&'static Allocator>> {
    let all: Vec<&Allocator> =
        allocators::ALL.iter().filter(|known| known.profiles.contains(&profile)).collect();
    let Some(only) = only else { return Ok(all) };
    let names: Vec<&str> = all.iter().map(|known| known.name).collect();
    let wanted = pick("allocator", only, &names)?;
    Ok(all.into_iter().filter(|known| known.is_baseline() || wanted.contains(&known.name)).collect())
}
