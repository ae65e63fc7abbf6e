//! `audit report`: what a scan finds and a heap profile measured, put together and ranked.
//!
//! [`gather`] makes the [`Audit`] that every form of the report is of; a module for each form writes it.

mod text;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::capture::Recorded;
use super::join::{self, Measured};
use super::model::Audit;
use super::profile;
use super::scan::Scanner;
use super::walk::Walk;
use crate::cli::Output;
use crate::exit::{Done, Exit, Failure};
use crate::shell::Shell;

/// Where `audit capture` writes unless it is told otherwise.
pub(crate) const PROFILE: &str = "alloc-kit-profile";

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Files and folders to scan
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// A heap profile, or a folder that `audit capture` wrote; may be given several times [default: alloc-kit-profile]
    #[arg(short, long, value_name = "FILE|DIR")]
    profile: Vec<PathBuf>,
    /// What it is ranked by
    #[arg(long, value_name = "WEIGHT", default_value = "bytes")]
    by: By,
    /// How many findings, and lines without one, are shown
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,
}

/// What things are ranked by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// Bytes that were allocated over the whole run
    #[default]
    Bytes,
    /// Allocations
    Blocks,
}

pub(crate) fn run(options: &Options, _output: &Output, shell: &mut Shell) -> Done {
    // Of the forms, text shows no stacks.
    let audit = gather(options, false)?;
    let look = text::Look { top: options.top, all: shell.is_verbose(), by: options.by };
    // Other forms are chosen here.
    shell.result(text::of(&audit, look));
    Ok(Exit::Held)
}

/// Scans, reads the profiles, and joins both; with the profiles' stacks for a form that shows them.
pub(super) fn gather(options: &Options, with_stacks: bool) -> Result<Audit, Failure> {
    // A profile that can't be read is said before a long scan.
    let measured = measured(&options.profile)?;
    let scanner = Scanner::new(|rule| rule.on);
    let walk = Walk { paths: &options.paths, exclude: &[], threads: 0 };
    let walked = walk.run(&scanner, &|_| {})?;
    let mut audit = join::join(&walked, &measured, options.by);
    if with_stacks {
        audit.stacks = join::stacks(&measured);
    }
    Ok(audit)
}

/// The profiles, each with what is known of its capture.
fn measured(paths: &[PathBuf]) -> Result<Vec<Measured>, Failure> {
    let default = [PathBuf::from(PROFILE)];
    if paths.is_empty() && !Path::new(PROFILE).exists() {
        return Err(Failure::unusable(format!(
            "there is no heap profile: neither {PROFILE}/ nor `--profile`"
        ))
        .help("`cargo alloc-kit audit capture -- COMMAND` records one, and `audit scan` needs none"));
    }
    let paths = if paths.is_empty() { &default[..] } else { paths };
    let mut all = Vec::new();
    for path in paths {
        let recorded = Recorded::read(path)?.map(Arc::new);
        let profiles = profile::read(path)?;
        all.extend(profiles.into_iter().map(|profile| Measured { profile, recorded: recorded.clone() }));
    }
    Ok(all)
}
