//! `audit capture -- COMMAND`: runs a command so that it records a heap profile, of what was freed as well.
//!
//! A module for each language knows how: it makes a [`Plan`] of the command, and turns what was recorded into files that
//! `profile::read` takes. Here is what they have in common: the folder, and what is kept of the state of the sources.

mod node;
mod python;
mod recorded;
mod rust;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::exit::Failure;
pub(crate) use recorded::{Recorded, files_of, sum};

/// How a command is run so that it records.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) command: Command,
    /// What the profile will not show, to be said.
    pub(super) limits: Vec<String>,
}

/// What turns what was recorded into profiles: the folder it is in, and the files that they are then in.
pub(super) type Finish = fn(&Path) -> Result<Vec<PathBuf>, Failure>;
