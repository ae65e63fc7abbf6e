//! `[workspace.metadata.alloc-kit]` of Cargo.toml: what the command line says where it is silent.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::exit::Failure;
use crate::policy::{Allow, Deny};

/// The configuration of a workspace. A key that nobody knows is an error.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Config {
    /// What fails a run that would else pass.
    pub(crate) deny: Vec<Deny>,
    /// What passes that would else fail.
    pub(crate) allow: Vec<Allow>,
    /// Whether tests are run by nextest.
    pub(crate) nextest: bool,
    /// What functions use is saved there, and not in alloc-kit.toml.
    pub(crate) ratchet: Option<PathBuf>,
    /// Bytes that no type may be larger than.
    pub(crate) sizes_max: Option<u64>,
}

impl Config {
    /// Of a workspace's metadata.
    pub(crate) fn of(metadata: Option<&Value>, root: &Path) -> Result<Self, Failure> {
        let Some(table) = metadata.and_then(|metadata| metadata.get("alloc-kit")) else {
            return Ok(Self::default());
        };
        // The error of serde names what is accepted.
        Self::deserialize(table).map_err(|error| {
            let manifest = root.join("Cargo.toml");
            Failure::unusable(format!("[workspace.metadata.alloc-kit] in {}: {error}", manifest.display()))
        })
    }

    /// Whether a budget that was never exercised is to fail.
    pub(crate) fn denies_never_exercised(&self) -> bool {
        self.deny.contains(&Deny::NeverExercised)
    }

    /// Whether a budget that was not verified is to pass.
    pub(crate) fn allows_not_verified(&self) -> bool {
        self.allow.contains(&Allow::NotVerified)
    }
}
