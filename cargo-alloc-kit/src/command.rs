//! Cargo and its kin as they are called from here.

use std::env;
use std::ffi::OsString;
use std::path::{self, PathBuf};
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
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) members: Vec<Package>,
    /// The ids of those that cargo takes in the root's folder if none is named.
    pub(crate) default_members: Vec<String>,
    pub(crate) config: Config,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) version: String,
    pub(crate) edition: String,
    pub(crate) targets: Vec<Target>,
    pub(crate) dependencies: Vec<DependsOn>,
    #[serde(default)]
    pub(crate) metadata: Option<serde_json::Value>,
}

/// What cargo builds of a package.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
    pub(crate) src_path: PathBuf,
    /// Whether its documentation is tested.
    #[serde(default)]
    pub(crate) doctest: bool,
}

/// A dependency as its package asks for it.
#[derive(Debug, Deserialize)]
pub(crate) struct DependsOn {
    pub(crate) name: String,
    pub(crate) rename: Option<String>,
    pub(crate) path: Option<PathBuf>,
}

impl Package {
    /// The folder of its manifest.
    pub(crate) fn folder(&self) -> &path::Path {
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

#[expect(clippy::struct_field_names, reason = "as cargo names them")]
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
    #[serde(default)]
    workspace_default_members: Vec<String>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
    metadata: Option<serde_json::Value>,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn find(build: &Build) -> Result<Self, Failure> {
        Self::find_with(build, &[])
    }

    /// Asks cargo, which is told what of its other arguments it is to know here as well.
    pub(crate) fn find_with(build: &Build, others: &[OsString]) -> Result<Self, Failure> {
        Self::find_if_any(build, others)?.map_err(|said| {
            let said = said.trim().strip_prefix("error: ").unwrap_or(said.trim());
            Failure::unusable(format!("cargo finds no package here: {said}"))
        })
    }

    /// The workspace, or else what cargo said.
    pub(crate) fn find_if_any(build: &Build, others: &[OsString]) -> Result<Result<Self, String>, Failure> {
        let mut command = Command::new(cargo());
        command.args(["metadata", "--format-version", "1", "--no-deps", "--color", "never"]);
        if let Some(path) = &build.manifest_path {
            command.arg("--manifest-path").arg(path);
        }
        command.args(build.lock.arguments()).args(of_all_commands(others));
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(|error| Failure::unusable(format!("cannot run {}: {error}", cargo().display())))?;
        if !output.status.success() {
            return Ok(Err(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout).map_err(|error| {
            Failure::unusable(format!("`cargo metadata` says what can't be read: {error}"))
        })?;
        let mut members = metadata.packages;
        members.retain(|package| metadata.workspace_members.contains(&package.id));
        let config = Config::of(metadata.metadata.as_ref(), &metadata.workspace_root, &members)?;
        // Test processes run in other folders.
        let target = match &build.target_dir {
            Some(path) => path::absolute(path).unwrap_or_else(|_| path.clone()),
            None => metadata.target_directory,
        };
        let default_members = metadata.workspace_default_members;
        Ok(Ok(Self { root: metadata.workspace_root, target, members, default_members, config }))
    }

    /// Where what is known of the last run is kept.
    pub(crate) fn last_run(&self) -> PathBuf {
        self.target.join("alloc-kit").join("last-run.json")
    }
}

/// Those arguments of a cargo command that `cargo metadata` takes, and that change what it says.
fn of_all_commands(arguments: &[OsString]) -> Vec<OsString> {
    let mut taken = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.to_str() {
            Some("--config" | "-Z") => {
                taken.push(argument.clone());
                taken.extend(rest.next().cloned());
            }
            Some(option) if option.starts_with("--config=") || option.starts_with("-Z") => {
                taken.push(argument.clone());
            }
            _ => {}
        }
    }
    taken
}
