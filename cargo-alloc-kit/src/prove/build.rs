//! What is to be judged, built: by cargo, in a target folder of its own, with the user's profile and flags and what `compiler.rs` adds.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};

use serde::Deserialize;
use toml_edit::DocumentMut;

use super::cargo_config::CargoConfig;
use super::compiler;
use super::options::Options;
use super::profile::{Profiles, variable};
use super::refused::{no_program, refuse_format, refuse_libraries};
use crate::cli::{Build, Color, Output};
use crate::command::{Workspace, cargo};
use crate::exit::{Exit, Failure};
use crate::shell::Shell;

/// A file to judge.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// What the user calls it: the name of a target, or the path that was given.
    pub(super) name: String,
    /// Functions of the allocator that its build kept from being inlined, if it was built here.
    pub(super) outlined: Option<Vec<String>>,
}

/// What came of a build.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) programs: Vec<Program>,
    pub(super) profile: String,
    /// What had to be changed of the profile.
    pub(super) changed: Vec<String>,
    /// The ids of the packages that have one of the programs.
    pub(super) packages: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    package_id: String,
    target: Option<Target>,
    profile: Option<ProfileOf>,
    executable: Option<PathBuf>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct ProfileOf {
    #[serde(default)]
    test: bool,
}

/// A program or shared library.
struct Made {
    name: String,
    /// Of its target: `bin`.
    kind: String,
    package: String,
    path: PathBuf,
}

pub(super) fn build(
    options: &Options,
    workspace: &Workspace,
    output: &Output,
    shell: &mut Shell,
) -> Result<Built, Failure> {
    refuse_format(options.build.target.as_deref())?;
    refuse_libraries(options, workspace)?;
    let target_dir = workspace.target.join("alloc-kit").join("prove");
    let folder = prepare(&target_dir)?;
    let mut build = Build { target_dir: Some(target_dir), ..options.build.clone() };
    // What is shipped, unless another one is named.
    build.release |= build.profile.is_none();
    let profile = build.profile_name().to_owned();
    let here = env::current_dir().unwrap_or_default();
    let config = CargoConfig::of(&here);
    let manifest = fs::read_to_string(workspace.root.join("Cargo.toml")).unwrap_or_default();
    let manifest: DocumentMut = manifest.parse().unwrap_or_default();
    let changes =
        Profiles { variable: &variable, config: &config, manifest: manifest.as_table() }.changes(&profile);

    let mut command = Command::new(cargo());
    command.args(["build", "--message-format", "json-render-diagnostics"]);
    command.args(build.arguments()).args(options.targets.arguments()).args(looks(output));
    let this = env::current_exe()
        .map_err(|error| Failure::unusable(format!("cannot tell where this program is: {error}")))?;
    command.env("RUSTC_WRAPPER", this).env(compiler::FOLDER, &folder);
    match config.wrapper() {
        Some(wrapper) => command.env(compiler::WRAPPER, wrapper),
        None => command.env_remove(compiler::WRAPPER),
    };
    command.envs(changes.variables.iter().map(|(name, value)| (name, value)));
    if shell.is_verbose() {
        shell.status("Running", format_args!("{command:?}"));
    }
    let found = run(command)?;
    let outlined = compiler::outlined(&folder);
    let packages = found.iter().map(|made| made.package.clone()).collect();
    let programs: Vec<Program> = named(&found)
        .into_iter()
        .map(|(name, path)| Program { path, name, outlined: outlined.clone() })
        .collect();
    if programs.is_empty() {
        return Err(no_program("what was asked for has"));
    }
    Ok(Built { programs, profile, changed: changes.said, packages })
}

/// Empties the folder of the build if another version of this program filled it: cargo does not know what is added here.
fn prepare(target_dir: &Path) -> Result<PathBuf, Failure> {
    const STAMP: &str = "alloc-kit-prove-version";
    const FOLDER: &str = "alloc-kit-compiler";
    let wrong = |error| Failure::unusable(format!("cannot write {}: {error}", target_dir.display()));
    let is_of_this =
        || fs::read_to_string(target_dir.join(STAMP)).is_ok_and(|version| version == compiler::VERSION);
    if target_dir.exists() && !is_of_this() {
        fs::remove_dir_all(target_dir).map_err(wrong)?;
    }
    // Made aside, so that another one that runs meanwhile never finds a folder without a version.
    let new = target_dir.with_extension(format!("{}", process::id()));
    fs::create_dir_all(new.join(FOLDER)).map_err(wrong)?;
    fs::write(new.join(STAMP), compiler::VERSION).map_err(wrong)?;
    let moved = fs::rename(&new, target_dir);
    let _ = fs::remove_dir_all(new);
    if !is_of_this() {
        moved.map_err(wrong)?;
    }
    std::path::absolute(target_dir.join(FOLDER)).map_err(wrong)
}

/// Runs cargo, and gives what can be judged of what it made.
fn run(mut command: Command) -> Result<Vec<Made>, Failure> {
    let wrong = |error| Failure::unusable(format!("cannot run {}: {error}", cargo().display()));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(wrong)?;
    let mut found = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.map_err(wrong)?;
            // Build scripts and macros may write to it, too.
            found.extend(serde_json::from_str(&line).ok().into_iter().flat_map(judged));
        }
    }
    let status = child.wait().map_err(wrong)?;
    if !status.success() {
        return Err(Failure {
            exit: Exit::TestsFailed,
            message: "`cargo build` failed".to_owned(),
            help: None,
        });
    }
    Ok(found)
}

/// The program or shared library that a message of cargo is about.
fn judged(message: Message) -> Vec<Made> {
    let Some(target) = message.target.filter(|_| message.reason == "compiler-artifact") else {
        return Vec::new();
    };
    let is = |kind: &str| target.kind.iter().any(|of| of == kind);
    let is_test = message.profile.is_some_and(|profile| profile.test);
    let name = match (is_test, is("test")) {
        (true, false) => format!("unit tests of {}", target.name),
        _ => target.name.clone(),
    };
    let kind = target.kind.first().cloned().unwrap_or_default();
    let package = message.package_id;
    let made = |path| Made { name: name.clone(), kind: kind.clone(), package: package.clone(), path };
    if let Some(path) = message.executable.filter(|_| !is("custom-build")) {
        return vec![made(path)];
    }
    let is_shared = |path: &PathBuf| path.extension() == Some("so".as_ref());
    if is("cdylib") {
        return message.filenames.into_iter().filter(is_shared).map(made).collect();
    }
    Vec::new()
}

/// With the kind of target where two are called the same: unit tests of a library and of the program that is named like it.
fn named(found: &[Made]) -> Vec<(String, PathBuf)> {
    let is_twice = |name: &str| found.iter().filter(|made| made.name == name).count() > 1;
    let name = |made: &Made| {
        if is_twice(&made.name) { format!("{} ({})", made.name, made.kind) } else { made.name.clone() }
    };
    found.iter().map(|made| (name(made), made.path.clone())).collect()
}

fn looks(output: &Output) -> Vec<OsString> {
    let color = match output.color {
        Color::Auto => None,
        Color::Always => Some("--color=always"),
        Color::Never => Some("--color=never"),
    };
    let mut arguments: Vec<OsString> = color.map(Into::into).into_iter().collect();
    arguments.extend(output.quiet.then(|| "--quiet".into()));
    // The first one is for this command.
    arguments.extend((1..output.verbose).map(|_| "--verbose".into()));
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_from_all_else_that_cargo_makes() {
        let judged = |text: &str| named(&judged(serde_json::from_str(text).expect("a message")));
        let message = |kind: &str, rest: &str| {
            judged(&format!(
                r#"{{"reason":"compiler-artifact","target":{{"name":"app","kind":["{kind}"]}},{rest}}}"#
            ))
        };
        assert_eq!(message("bin", r#""executable":"/t/app""#), [("app".to_owned(), "/t/app".into())]);
        assert_eq!(
            message("lib", r#""profile":{"test":true},"executable":"/t/app-1""#)[0].0,
            "unit tests of app"
        );
        assert_eq!(message("test", r#""profile":{"test":true},"executable":"/t/app-1""#)[0].0, "app");
        let shared = message("cdylib", r#""executable":null,"filenames":["/t/libapp.so","/t/libapp.rlib"]"#);
        assert_eq!(shared, [("app".to_owned(), "/t/libapp.so".into())]);
        assert!(message("lib", r#""executable":null,"filenames":["/t/libapp.rlib"]"#).is_empty());
        assert!(message("custom-build", r#""executable":"/t/build""#).is_empty());
        assert!(judged(r#"{"reason":"build-finished","success":true}"#).is_empty());
        let made = |kind: &str| Made {
            name: "app".into(),
            kind: kind.into(),
            package: "app".into(),
            path: kind.into(),
        };
        let names: Vec<String> =
            named(&[made("lib"), made("bin")]).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["app (lib)", "app (bin)"]);
    }
}
