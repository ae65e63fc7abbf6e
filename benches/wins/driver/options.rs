//! The options after `--`.

use std::path::{Path, PathBuf};

use alloc_kit_benches::{ALL, Workload};

use crate::Result;
use crate::support::options;

/// What `--help` says.
pub(crate) const HELP: &str = "\
Every quick win against what it replaces: allocations, bytes, peak and time, before and after.

cargo bench -p alloc-kit-benches --bench wins -- <options>

  --quick              one round of some milliseconds: whether all of it works; the times mean little
  --only <id,..>       these workloads, each with all the ways that its job is done in
  --allocator <name>   `system` or `mimalloc` alone, in place of both
  --rounds <n>         how many rounds the medians are of (32)
  --markdown           the table for a README
  --charts <folder>    writes wins-time.svg, wins-allocations.svg and wins-growth.svg, too; a folder that is not
                       absolute is one in the repository
  --help";

const ACCEPTED: &str =
    "--quick, --only <id,..>, --allocator <name>, --rounds <n>, --markdown, --charts <folder>, --help";

/// What to run and how to show it.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) workloads: Vec<&'static Workload>,
    /// Whether each side is shown.
    pub(crate) detailed: bool,
    pub(crate) allocators: Vec<Allocator>,
    pub(crate) rounds: u32,
    /// How many orders of functions the rounds go through.
    pub(crate) layouts: u32,
    /// How long one process takes samples. Processes differ more than the samples of one do, so it is many short ones.
    pub(crate) milliseconds: u32,
    /// Print the table for a README.
    pub(crate) markdown: bool,
    /// Where charts go.
    pub(crate) charts: Option<PathBuf>,
}

/// Under what the jobs run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allocator {
    /// The system's, which is Rust's default.
    System,
    /// A fast one: where allocating costs less, less is won.
    Mimalloc,
}

impl Options {
    /// None where help is asked for.
    pub(crate) fn from_args(arguments: impl Iterator<Item = String>) -> Result<Option<Self>> {
        // Cargo adds `--bench`.
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        let (mut rounds, mut quick) = (None, false);
        let mut options = Self {
            workloads: ALL.iter().collect(),
            detailed: false,
            allocators: Allocator::ALL.to_vec(),
            rounds: 32,
            layouts: 8,
            milliseconds: 30,
            markdown: false,
            charts: None,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--quick" => quick = true,
                "--only" => (options.workloads, options.detailed) = (pick(&value()?)?, true),
                "--allocator" => options.allocators = vec![Allocator::named(&value()?)?],
                "--rounds" => rounds = Some(options::rounds(&value()?)?),
                "--markdown" => options.markdown = true,
                "--charts" => options.charts = Some(in_repository(&value()?)),
                "--help" => return Ok(None),
                other => return Err(format!("unknown option `{other}`; accepted are {ACCEPTED}")),
            }
        }
        if quick {
            (options.rounds, options.layouts, options.milliseconds) = (1, 1, 1);
        }
        options.rounds = rounds.unwrap_or(options.rounds);
        options.layouts = options.layouts.min(options.rounds);
        Ok(Some(options))
    }
}

fn pick(list: &str) -> Result<Vec<&'static Workload>> {
    let known: Vec<&str> = ALL.iter().map(|known| known.id).collect();
    let wanted = options::pick("workload", list, &known)?;
    Ok(ALL.iter().filter(|known| wanted.contains(&known.id)).collect())
}

/// Cargo starts a bench in the folder of its package, wherever it is called.
fn in_repository(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)
}

impl Allocator {
    pub(crate) const ALL: [Self; 2] = [Self::System, Self::Mimalloc];

    /// In the tables, and after `--allocator`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Mimalloc => "mimalloc",
        }
    }

    /// The program's feature.
    pub(crate) fn feature(self) -> &'static str {
        match self {
            Self::System => "",
            Self::Mimalloc => "mimalloc",
        }
    }

    fn named(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|known| known.name() == name);
        found.ok_or_else(|| format!("unknown allocator `{name}`; accepted are system,mimalloc"))
    }
}
