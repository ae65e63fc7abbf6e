//! `audit report`: what a scan finds and a heap profile measured, put together and ranked.
//!
//! [`gather`] makes the [`Audit`] that every form of the report is of; a module for each form writes it.

mod format;
mod github;
mod html;
mod inputs;
pub(super) mod json;
mod sarif;
mod sources;
mod speedscope;
mod stacks;
#[cfg(test)]
mod tests;
mod text;
pub(super) mod words;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::capture::Recorded;
use super::config::{Config, Selection};
use super::gather::{self, Gather};
use super::join::{self, Measured};
use super::linters::Choice;
use super::model::{Audit, Note};
use super::profile;
use super::rules::Rule;
use super::walk::Walked;
use crate::cli::Output;
use crate::exit::{Done, Exit, Failure};
use crate::shell::Shell;
use format::{Form, Format};

/// Where `audit capture` writes unless it is told otherwise.
pub(crate) const PROFILE: &str = "alloc-kit-profile";

/// How many findings a terminal is shown.
const TOP: usize = 20;

/// What is put together.
#[derive(Args, Debug)]
pub(crate) struct Inputs {
    /// Files and folders to scan [default: this folder, or where the profile was captured]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A heap profile, or a folder that `audit capture` wrote; may be given several times [default: alloc-kit-profile, here or in a folder above]
    #[arg(short, long, value_name = "FILE|DIR")]
    profile: Vec<PathBuf>,
    #[command(flatten)]
    selection: Selection,
    /// Linters to ask: `auto` (those that are installed), `none`, or names by commas: clippy, ruff, oxlint, eslint, biome
    #[arg(long, value_name = "LINTERS", default_value = "auto")]
    linters: Choice,
}

/// An audit, and what it is of.
pub(super) struct Gathered {
    pub(super) audit: Audit,
    pub(super) walked: Walked,
    pub(super) measured: Vec<Measured>,
    /// The profiles that could not be read, where others could.
    pub(super) unread: Vec<Failure>,
}

#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo alloc-kit audit report                                    by the profile in alloc-kit-profile/
  cargo alloc-kit audit report --profile dhat-heap.json src       by another, of the files below src
  cargo alloc-kit audit report --by blocks --out audit.html       as a page, by allocations
  cargo alloc-kit audit report --format github                    annotations, in a job of CI")]
pub(crate) struct Options {
    #[command(flatten)]
    inputs: Inputs,
    /// What it is ranked by
    #[arg(long, value_name = "WEIGHT", default_value = "bytes")]
    by: By,
    /// How many findings, and lines without one, are shown (text) [default: 20]
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    #[command(flatten)]
    form: Form,
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

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    let form = &options.form;
    let format = form.format(output)?;
    if options.top.is_some() && format != Format::Text {
        let name = format.name();
        return Err(Failure::unusable(format!("`--top`, and the format `{name}` has all"))
            .help("it is for `--format text`"));
    }
    let inputs = &options.inputs;
    form.refuse_inputs(inputs.profile.iter())?;
    let config = inputs.config()?;
    let Gathered { audit, unread, .. } =
        gather(inputs, &config, options.by, |rule| inputs.wants(&config, rule), format.has_stacks(), shell)?;
    let text = match format {
        Format::Text => text::of(
            &audit,
            text::Look {
                top: options.top.unwrap_or(TOP),
                all: shell.is_verbose(),
                quiet: shell.is_quiet(),
                by: options.by,
            },
        ),
        _ => format::of(&audit, format, options.by, shell),
    };
    form.write(format, &text, shell)?;
    // The rest is shown, and what is missing is no success.
    unread.into_iter().next().map_or(Ok(Exit::Held), Err)
}

impl Inputs {
    pub(super) fn config(&self) -> Result<Config, Failure> {
        self.selection.config(&self.paths())
    }

    fn profiles(&self) -> Vec<PathBuf> {
        inputs::profiles(&self.profile)
    }

    fn paths(&self) -> Vec<PathBuf> {
        inputs::paths(&self.paths, &self.profiles())
    }

    pub(super) fn wants(&self, config: &Config, rule: &Rule) -> bool {
        self.selection.wants(config, rule)
    }
}

/// Scans, reads the profiles, and joins both; with the profiles' stacks for a form that shows them.
pub(super) fn gather(
    inputs: &Inputs,
    config: &Config,
    by: By,
    wants: impl Fn(&Rule) -> bool,
    with_stacks: bool,
    shell: &Shell,
) -> Result<Gathered, Failure> {
    // A profile that can't be read is said before a long scan.
    let Profiles { measured, unread, notes } = profiles(&inputs.profiles())?;
    let paths = inputs.paths();
    let gather = Gather {
        paths: &paths,
        exclude: &config.exclude,
        wanted: &wants,
        linters: &inputs.linters,
        threads: 0,
    };
    let gathered = gather::files(&gather, shell)?;
    let walked = gathered.walked;
    let mut audit = join::join(&walked, &measured, by);
    audit.notes.extend(notes);
    let missing = unread.iter().map(|failure| Note { kind: "unread", text: failure.message.clone() });
    audit.notes.splice(0..0, missing);
    audit.notes.extend(inputs::note(&inputs.paths, &paths));
    // What is not known of the scan comes after what is not known of the figures.
    audit.notes.extend(gathered.notes);
    if with_stacks {
        audit.stacks = join::stacks(&measured);
    }
    Ok(Gathered { audit, walked, measured, unread })
}

/// What was given as profiles.
#[derive(Default)]
pub(super) struct Profiles {
    /// Each with what is known of its capture.
    pub(super) measured: Vec<Measured>,
    /// What can't be read.
    pub(super) unread: Vec<Failure>,
    pub(super) notes: Vec<Note>,
}

/// The profiles, each once. What can't be read does not keep the rest from being read, if there is any.
pub(super) fn profiles(paths: &[PathBuf]) -> Result<Profiles, Failure> {
    let default = [PathBuf::from(PROFILE)];
    if paths.is_empty() && !Path::new(PROFILE).exists() {
        return Err(Failure::unusable(format!(
            "there is no heap profile: neither {PROFILE}/ nor `--profile`"
        ))
        .help("`cargo alloc-kit audit capture -- COMMAND` records one, and `audit scan` needs none"));
    }
    let paths = if paths.is_empty() { &default[..] } else { paths };
    let mut all = Profiles::default();
    let mut known: HashMap<String, String> = HashMap::new();
    for path in paths {
        let read = Recorded::read(path).and_then(|recorded| Ok((recorded, profile::files(path)?)));
        match read {
            Ok((recorded, files)) => {
                let recorded = recorded.map(Arc::new);
                for file in &files {
                    all.add(file, recorded.as_ref(), &mut known);
                }
            }
            Err(failure) => all.unread.push(failure),
        }
    }
    match all.unread.pop() {
        Some(failure) if all.measured.is_empty() => return Err(failure),
        last => all.unread.extend(last),
    }
    Ok(all)
}

impl Profiles {
    fn add(&mut self, file: &Path, recorded: Option<&Arc<Recorded>>, known: &mut HashMap<String, String>) {
        let profile = match profile::read_file(file) {
            Ok(profile) => profile,
            Err(failure) => return self.unread.push(failure),
        };
        // Two runs differ at least in the number of the process, or in when something was allocated.
        match known.entry(profile.sum.clone()) {
            Entry::Occupied(first) => self.notes.push(Note {
                kind: "limit",
                text: format!("{} is the same as {}, and counts once", profile.file, first.get()),
            }),
            Entry::Vacant(place) => {
                place.insert(profile.file.clone());
                self.measured.push(Measured { profile, recorded: recorded.cloned() });
            }
        }
    }
}
