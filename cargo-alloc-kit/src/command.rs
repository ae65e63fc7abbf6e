//! Cargo and its kin as they are called from here.

use std::env;
use std::ffi::OsString;
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::cli::Build;
use crate::config::Config;
use crate::exit::Failure;

/// The cargo that called this, or the one on the path.
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").filter(|path| !path.is_empty()).unwrap_or_else(|| "cargo".into())
}

/// What must be known of the workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: std::path::PathBuf,
    pub(crate) target: std::path::PathBuf,
    pub(crate) members: Vec<Package>,
    pub(crate) config: Config,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) manifest_path: std::path::PathBuf,
    pub(crate) version: String,
    pub(crate) edition: String,
    pub(crate) targets: Vec<Target>,
    pub(crate) dependencies: Vec<DependsOn>,
}

/// What cargo builds of a package.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
    pub(crate) src_path: std::path::PathBuf,
}

/// A dependency as its package asks for it.
#[derive(Debug, Deserialize)]
pub(crate) struct DependsOn {
    pub(crate) rename: Option<String>,
    pub(crate) path: Option<std::path::PathBuf>,
}

impl Package {
    /// The folder of its manifest.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }

    /// The name of its library, if it has one.
    pub(crate) fn library(&self) -> Option<&Target> {
        self.targets.iter().find(|target| target.is_library())
    }
}

impl Target {
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kind.iter().any(|other| other == kind)
    }

    /// Whether tests can name it.
    pub(crate) fn is_library(&self) -> bool {
        ["lib", "rlib", "dylib", "proc-macro"].iter().any(|kind| self.is(kind))
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
    workspace_root: std::path::PathBuf,
    target_directory: std::path::PathBuf,
    metadata: Option<serde_json::Value>,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn find(build: &Build) -> Result<Self, Failure> {
        let mut command = Command::new(cargo());
        command.args(["metadata", "--format-version", "1", "--no-deps", "--color", "never"]);
        if let Some(path) = &build.manifest_path {
            command.arg("--manifest-path").arg(path);
        }
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(|error| Failure::unusable(format!("cannot run {}: {error}", cargo().display())))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.trim().strip_prefix("error: ").unwrap_or(said.trim());
            return Err(Failure::unusable(format!("cargo finds no package here: {said}")));
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout).map_err(|error| {
            Failure::unusable(format!("`cargo metadata` says what can't be read: {error}"))
        })?;
        let config = Config::of(metadata.metadata.as_ref(), &metadata.workspace_root)?;
        let mut members = metadata.packages;
        members.retain(|package| metadata.workspace_members.contains(&package.id));
        let target = build.target_dir.clone().unwrap_or(metadata.target_directory);
        Ok(Self { root: metadata.workspace_root, target, members, config })
    }

    /// Where what is known of the last run is kept.
    pub(crate) fn last_run(&self) -> std::path::PathBuf {
        self.target.join("alloc-kit").join("last-run.json")
    }
}
