//! The ratchet: what functions use is saved in `alloc-kit.toml`, and a later run fails where one uses more.
//!
//! `file.rs` reads it, `save.rs` brings it up to date, `matching.rs` says which function is which line, `compare.rs` what changed,
//! `scope.rs` what part of it a run can speak of, `show.rs` puts it into words.

mod align;
mod compare;
pub(crate) mod file;
mod left_out;
mod matching;
mod not_judged;
mod save;
mod scope;
mod show;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::config::Config;
use crate::exit::{Exit, Failure};
use crate::how_run;
use crate::shell::Shell;
use crate::view::Platform;
use crate::whole;

pub(crate) use compare::{Changes, Kind, compare};
pub(crate) use file::{Saved, parse};
pub(crate) use scope::Scope;

/// What `cargo alloc-kit test` and `merge` are told of it.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Ratchet")]
#[group(skip)]
pub(crate) struct Options {
    /// Save what functions use, if all is well: later runs fail where one uses more
    #[arg(long)]
    pub(crate) save: bool,
    /// The file with what is saved, in place of alloc-kit.toml in the workspace's folder
    #[arg(long, value_name = "FILE")]
    pub(crate) ratchet: Option<PathBuf>,
    /// Compare with nothing
    #[arg(long, conflicts_with_all = ["save", "ratchet"])]
    pub(crate) no_ratchet: bool,
}

/// What there is to compare a run with, and to save it in.
#[derive(Debug)]
pub(crate) struct Ratchet {
    path: PathBuf,
    save: bool,
    scope: Scope,
    accept: String,
}

/// What became of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Outcome {
    file: PathBuf,
    /// Whether all tests of the packages that were asked for were run: else nothing has got better, and nothing is gone.
    is_whole: bool,
    /// Whether no test of the workspace was left out: else that holds of what nobody else may call.
    is_of_all: bool,
    /// What came of `--save`.
    #[serde(skip_serializing_if = "Option::is_none")]
    saved: Option<Save>,
    platforms: Vec<Changes>,
    /// The platforms that the file has, for who looks for another.
    sections: Vec<String>,
    /// The command that saves what was found.
    #[serde(skip)]
    accept: String,
}

/// What came of `--save`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Save {
    Saved,
    /// There was nothing to change.
    UpToDate,
    /// The run has to be all right first.
    Refused,
}

/// Looks at the file before the tests are run, for an hour perhaps: whether it can be read, and written if it will be.
/// None where there is nothing to compare with. `command` is what is run, in which `--save` may be the word at `at`.
pub(crate) fn open(
    options: &Options,
    scope: Scope,
    (command, at): (&[String], usize),
    config: &Config,
    root: &Path,
) -> Result<Option<Ratchet>, Failure> {
    if options.no_ratchet {
        return Ok(None);
    }
    let (path, is_named) = file::path(options.ratchet.as_deref(), config.ratchet.as_deref(), root);
    // Of a link the file that it leads to: the link stays.
    let path = path.canonicalize().unwrap_or(path);
    let text = read(&path)?;
    if text.is_none() && !options.save {
        if is_named {
            return Err(Failure::unusable(format!("there is no {}", path.display()))
                .help("`cargo alloc-kit test --save` makes it"));
        }
        return Ok(None);
    }
    if let Some(text) = &text {
        parse(text, &path)?;
    }
    if options.save {
        whole::is_writable(&path)?;
    }
    let mut words = vec!["--save".to_owned()];
    if let Some(named) = &options.ratchet {
        words.extend(["--ratchet".to_owned(), named.to_string_lossy().into_owned()]);
    }
    let (before, after) = command.split_at(at.min(command.len()));
    let accept = how_run::shown([before, &words, after].concat());
    Ok(Some(Ratchet { path, save: options.save, scope, accept }))
}

impl Ratchet {
    /// Says that a run that knew nothing is not saved, if that was asked for.
    pub(crate) fn say_not_saved(&self, shell: &mut Shell) {
        if self.save {
            let name = self.path.file_name().unwrap_or_default();
            shell.note(format_args!("{} is not saved: the tests failed", name.display()));
        }
    }

    /// Compares what was seen, and saves it if that was asked for; `exit` is how the run ended, in which something may have been `lost`.
    pub(crate) fn finish(self, platforms: &[Platform], exit: Exit, lost: bool) -> Result<Outcome, Failure> {
        let Self { path, save, mut scope, accept } = self;
        if lost || matches!(exit, Exit::Broken | Exit::TestsFailed) {
            scope = scope.cut_short();
        }
        // As it is now: it may have been edited since.
        let text = read(&path)?;
        let saved = text.as_ref().map(|text| parse(text, &path)).transpose()?.unwrap_or_default();
        let mut outcome = Outcome {
            is_whole: scope.is_whole(),
            is_of_all: scope.is_of_all(),
            saved: None,
            platforms: platforms.iter().map(|platform| compare(&saved, platform, &scope)).collect(),
            sections: saved.sections().into_iter().collect(),
            file: path,
            accept,
        };
        if save {
            outcome.saved = Some(if exit == Exit::Held {
                outcome.write(text.as_deref(), &saved, platforms, &scope)?
            } else {
                Save::Refused
            });
        }
        Ok(outcome)
    }
}

impl Outcome {
    fn write(
        &self,
        text: Option<&str>,
        saved: &Saved,
        platforms: &[Platform],
        scope: &Scope,
    ) -> Result<Save, Failure> {
        let updated = save::updated(text, saved, platforms, scope)
            .map_err(|error| Failure::unusable(format!("{}: {}", self.file.display(), error.message())))?;
        if text == Some(updated.as_str()) {
            return Ok(Save::UpToDate);
        }
        // What is written has to be read again.
        parse(&updated, &self.file)?;
        whole::write_whole(&self.file, updated.as_bytes())?;
        Ok(Save::Saved)
    }

    /// How a run ends that ended so by itself.
    pub(crate) fn exit(&self, exit: Exit) -> Exit {
        let is_worse = self.platforms.iter().any(|changes| changes.count(Kind::Worse) > 0);
        let is_accepted = matches!(self.saved, Some(Save::Saved | Save::UpToDate));
        if is_worse && !is_accepted { exit.min(Exit::Worse) } else { exit }
    }

    /// In words.
    pub(crate) fn text(&self) -> String {
        show::text(self)
    }
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(error) => Err(Failure::unusable(format!("{}: not text: {error}", path.display()))),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::unusable(format!("cannot read {}: {error}", path.display()))),
    }
}
