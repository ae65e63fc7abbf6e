//! The compiler with the option that prints sizes: cargo calls this program in its place, for the packages of the workspace alone.
//!
//! So the user's own builds, in another target folder, are what they were; and of the dependencies nothing is printed.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitCode, Stdio};

use crate::cli::Build;
use crate::command::{Workspace, cargo};
use crate::exit::{Exit, Failure};
use crate::shell::Shell;

/// The folder for what is printed; set, this program is the compiler.
const FOLDER: &str = "CARGO_ALLOC_KIT_SIZES";
const OPTION: &str = "-Zprint-type-sizes";
/// What a compiler says that does not take the option.
const REFUSED: &str = "refused";

/// What was printed while a crate was compiled.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) krate: String,
    /// The root file, from the workspace's folder or with its whole path.
    pub(crate) root: PathBuf,
    pub(crate) text: String,
}

/// As the compiler, if that is what cargo calls it as.
pub(crate) fn stands_in() -> Option<ExitCode> {
    let folder = env::var_os(FOLDER)?;
    let mut arguments = env::args_os().skip(1);
    let rustc = arguments.next()?;
    let arguments: Vec<OsString> = arguments.collect();
    Some(compile(Path::new(&folder), &rustc, &arguments))
}

fn compile(folder: &Path, rustc: &OsStr, arguments: &[OsString]) -> ExitCode {
    let mut command = Command::new(rustc);
    command.args(arguments).env_remove(FOLDER);
    let krate = value_of(arguments, "--crate-name");
    // Questions that cargo has, and what runs in the build.
    let crates = krate.filter(|name| name != "___" && !name.starts_with("build_script_"));
    let printed = crates.and_then(|krate| {
        let root =
            arguments.iter().find(|argument| Path::new(argument).extension() == Some("rs".as_ref()))?;
        let name = format!("{krate}-{}", process::id());
        let mut about = File::create(folder.join(&name).with_extension("crate")).ok()?;
        writeln!(about, "{krate}\n{}", root.display()).ok()?;
        command
            .arg(OPTION)
            .stdout(Stdio::from(File::create(folder.join(&name).with_extension("types")).ok()?));
        Some(())
    });
    let Ok(status) = command.status() else { return ExitCode::FAILURE };
    if printed.is_some() && !status.success() {
        // For its own sake, or for the option's?
        let mut asks = Command::new(rustc);
        let asked = asks.args([OPTION, "--print", "sysroot"]).stdin(Stdio::null()).output();
        if let Ok(asked) = asked
            && !asked.status.success()
        {
            let _ = fs::write(folder.join(REFUSED), asked.stderr);
        }
    }
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn value_of(arguments: &[OsString], name: &str) -> Option<String> {
    let position = arguments.iter().position(|argument| argument == name)?;
    arguments.get(position + 1)?.to_str().map(str::to_owned)
}

/// Builds the packages, and gives what was printed of each crate of the workspace.
pub(crate) fn build(
    build: &Build,
    workspace: &Workspace,
    outputs: &[OsString],
    shell: &mut Shell,
) -> Result<Vec<Printed>, Failure> {
    let target = workspace.target.join("alloc-kit").join("sizes");
    let folder = target.join("printed");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)
        .map_err(|error| Failure::unusable(format!("cannot write {}: {error}", folder.display())))?;
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let this = env::current_exe()
        .map_err(|error| Failure::unusable(format!("cannot tell where this program is: {error}")))?;
    forget(build, workspace, &target)?;

    let build = Build { target_dir: Some(target), ..build.clone() };
    let mut command = Command::new(cargo());
    command.arg("build").args(build.arguments()).args(outputs);
    command.env("RUSTC_BOOTSTRAP", "1").env("RUSTC_WORKSPACE_WRAPPER", this).env(FOLDER, &folder);
    // What is kept of an incremental build is not printed, nor what a wrapper with a cache keeps.
    command.env("CARGO_INCREMENTAL", "0").env("RUSTC_WRAPPER", "");
    command.stdin(Stdio::null()).stdout(Stdio::from(std::io::stderr()));
    if shell.is_verbose() {
        shell.status("Running", format_args!("{command:?}"));
    }
    let status = command
        .status()
        .map_err(|error| Failure::unusable(format!("cannot run {}: {error}", cargo().display())))?;
    if let Ok(said) = fs::read_to_string(folder.join(REFUSED)) {
        return Err(Failure::unusable(format!("the compiler does not take `{OPTION}`: {}", said.trim()))
            .help("compilers of rust-lang do, stable ones by RUSTC_BOOTSTRAP=1, which is set here"));
    }
    if !status.success() {
        return Err(Failure {
            exit: Exit::TestsFailed,
            message: "`cargo build` failed".to_owned(),
            help: None,
        });
    }
    let printed = read(&folder)
        .map_err(|error| Failure::unusable(format!("cannot read {}: {error}", folder.display())))?;
    let _ = fs::remove_dir_all(&folder);
    Ok(printed)
}

/// Has cargo compile the workspace's packages anew: of what is fresh nothing is printed.
fn forget(build: &Build, workspace: &Workspace, target: &Path) -> Result<(), Failure> {
    let mut command = Command::new(cargo());
    command.args(["clean", "--quiet", "--target-dir"]).arg(target);
    if let Some(path) = &build.manifest_path {
        command.arg("--manifest-path").arg(path);
    }
    if let Some(triple) = &build.target {
        command.arg("--target").arg(triple);
    }
    match &build.profile {
        Some(profile) => command.arg("--profile").arg(profile),
        None if build.release => command.arg("--release"),
        None => &mut command,
    };
    for package in &workspace.members {
        command.arg("--package").arg(&package.id);
    }
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::unusable(format!("cannot run {}: {error}", cargo().display())))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::unusable(format!("`cargo clean` in {} failed: {}", target.display(), said.trim())))
}

fn read(folder: &Path) -> std::io::Result<Vec<Printed>> {
    let mut printed = Vec::new();
    for entry in fs::read_dir(folder)? {
        let about = entry?.path();
        if about.extension() != Some("crate".as_ref()) {
            continue;
        }
        let says = fs::read_to_string(&about)?;
        let (krate, root) = says.split_once('\n').unwrap_or((&says, ""));
        printed.push(Printed {
            krate: krate.to_owned(),
            root: root.trim_end().into(),
            text: fs::read_to_string(about.with_extension("types"))?,
        });
    }
    printed.sort_by(|one, other| (&one.krate, &one.root).cmp(&(&other.krate, &other.root)));
    Ok(printed)
}
