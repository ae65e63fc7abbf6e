//! Rust: the dhat crate where the program has it, or else valgrind.
//!
//! Cargo is not what is to be recorded, but what it runs: this program is its runner, and starts each program, with its build's debug
//! information, so that it records. A program that has the dhat crate is started as it is, and writes `dhat-heap.json` where it runs.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::SystemTime;

use super::binary::Known;
use super::{LIMITS, Plan};
use crate::exit::Failure;

/// What this program is called with, as the runner.
const AS_RUNNER: &str = "--alloc-kit-record-rust";

/// What the dhat crate calls its file.
const DHAT_FILE: &str = "dhat-heap.json";

/// The folders in which programs ran that record by themselves, a line each.
const RAN_IN: &str = "ran-in.txt";

/// Frames of std and of what is inlined come before the first line of the program's own.
const FRAMES: u32 = 40;

const GET_VALGRIND: &str = "valgrind is a package of most Linux systems (`apt install valgrind`); without it, a program records by \
                            the dhat crate (`alloc_kit::dhat::Profiler::new_heap()`, see examples/profiling.md), with `--tool dhat`";

/// What records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The dhat crate where the program has it, or else valgrind.
    Either,
    Dhat,
    Valgrind,
}

pub(super) fn plan(command: &[OsString], folder: &Path, by: By) -> Result<Plan, Failure> {
    let folder = std::path::absolute(folder)
        .map_err(|error| Failure::unusable(format!("cannot find {}: {error}", folder.display())))?;
    let Some((program, arguments)) = command.split_first() else {
        return Err(Failure::unusable("there is no command"));
    };
    if by == By::Valgrind {
        needs_valgrind()?;
    }
    fs::write(folder.join(RAN_IN), "")
        .map_err(|error| Failure::unusable(format!("cannot write to {}: {error}", folder.display())))?;
    if super::name_of(program) == "cargo" {
        return cargo(program, arguments, &folder, by);
    }
    let path = super::resolved(program);
    let known = Known::of(&path);
    if by.is_valgrind(known) {
        needs_valgrind()?;
    }
    let command = recording(&path, arguments, &folder, by.is_valgrind(known));
    let mut limits = Vec::new();
    limits.extend(known.limit_of_valgrind(&path).filter(|_| by.is_valgrind(known)));
    if known.has_lines == Some(false) {
        limits.push(format!(
            "{} was built without debug information, so that no line is known: `CARGO_PROFILE_RELEASE_DEBUG=limited cargo build --release`",
            path.display()
        ));
    }
    Ok(Plan { command, limits, built: built(&path, by) })
}

/// When the program was built. What only starts the one that records says nothing of it.
fn built(program: &Path, by: By) -> Option<SystemTime> {
    let is_own = || {
        env::current_dir()
            .and_then(fs::canonicalize)
            .is_ok_and(|here| fs::canonicalize(program).is_ok_and(|program| program.starts_with(here)))
    };
    (by != By::Dhat || is_own()).then(|| fs::metadata(program).and_then(|of| of.modified()).ok()).flatten()
}

/// What was written: by valgrind into the folder, by the dhat crate where programs ran.
pub(super) fn finish(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let ran_in = folder.join(RAN_IN);
    let cannot = |error| Failure::unusable(format!("cannot read {}: {error}", folder.display()));
    let started =
        fs::metadata(&ran_in).and_then(|of| of.created().or_else(|_| of.modified())).map_err(cannot)?;
    let folders = fs::read_to_string(&ran_in).map_err(cannot)?;
    let mut folders: Vec<&str> = folders.lines().collect();
    folders.sort_unstable();
    folders.dedup();
    for (number, of) in folders.iter().enumerate() {
        let written = Path::new(of).join(DHAT_FILE);
        if is_newer(&written, started) {
            fs::copy(&written, folder.join(format!("dhat-{number}.json"))).map_err(cannot)?;
        }
    }
    fs::remove_file(&ran_in).map_err(cannot)?;
    let entries = fs::read_dir(folder).map_err(cannot)?.flatten().map(|entry| entry.path());
    let is_profile = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".json") && (name.starts_with("valgrind-") || name.starts_with("dhat-"))
    };
    let mut files: Vec<PathBuf> = entries.filter(is_profile).collect();
    files.sort();
    if files.is_empty() {
        return Err(Failure::unusable("nothing was recorded: no program was run to its end").help(format!(
            "cargo builds first, and records what it then runs, unless the configuration has a runner of its own; a program with the dhat \
             crate must start its profiler, or `--tool valgrind` records it; {GET_VALGRIND}"
        )));
    }
    Ok(files)
}

fn is_newer(path: &Path, started: SystemTime) -> bool {
    fs::metadata(path).and_then(|of| of.modified()).is_ok_and(|modified| modified >= started)
}

/// Cargo with this program as its runner, and lines in what it builds.
fn cargo(program: &OsStr, arguments: &[OsString], folder: &Path, by: By) -> Result<Plan, Failure> {
    let is_toolchain = |argument: &&OsString| argument.to_string_lossy().starts_with('+');
    let (toolchain, arguments) = match arguments.split_first() {
        Some((first, rest)) if is_toolchain(&first) => (Some(first), rest),
        _ => (None, arguments),
    };
    let own = env::current_exe()
        .map_err(|error| Failure::unusable(format!("cannot find this program: {error}")))?;
    let words = [own.as_os_str(), AS_RUNNER.as_ref(), by.word().as_ref(), folder.as_os_str()];
    let words: toml_edit::Array = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let mut command = Command::new(program);
    command
        .args(toolchain)
        .arg("--config")
        .arg(format!("target.'cfg(all())'.runner = {words}"))
        .args(arguments);
    let profile = profile(arguments);
    let named = profile.as_deref().filter(|name| !matches!(*name, "dev" | "test"));
    for name in ["RELEASE"]
        .into_iter()
        .map(str::to_owned)
        .chain(named.map(|name| name.to_uppercase().replace('-', "_")))
    {
        command
            .env(format!("CARGO_PROFILE_{name}_DEBUG"), "limited")
            .env(format!("CARGO_PROFILE_{name}_STRIP"), "none");
    }
    let mut limits = Vec::new();
    if named.is_none() && !is_optimized(arguments) {
        limits.push(
            "it was built without `--release`, and allocates what an optimized build does not".to_owned(),
        );
    }
    Ok(Plan { command, limits, built: None })
}

/// Those of cargo's own: what is behind `--` is the program's.
fn of_cargo(arguments: &[OsString]) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
    arguments.iter().map(|argument| argument.to_string_lossy()).take_while(|argument| argument != "--")
}

/// The profile that cargo is told to build with.
fn profile(arguments: &[OsString]) -> Option<String> {
    let mut arguments = of_cargo(arguments);
    while let Some(argument) = arguments.next() {
        if argument == "--profile" {
            return arguments.next().map(std::borrow::Cow::into_owned);
        }
        if let Some(name) = argument.strip_prefix("--profile=") {
            return Some(name.to_owned());
        }
    }
    None
}

fn is_optimized(arguments: &[OsString]) -> bool {
    of_cargo(arguments).any(|argument| matches!(&*argument, "--release" | "-r" | "bench"))
}

/// As the runner of cargo, if that is what it is called as.
pub(crate) fn stands_in() -> Option<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next()? != AS_RUNNER {
        return None;
    }
    let by = By::of(&arguments.next()?)?;
    let folder = PathBuf::from(arguments.next()?);
    let program = PathBuf::from(arguments.next()?);
    let arguments: Vec<OsString> = arguments.collect();
    let known = Known::of(&program);
    let is_valgrind = by.is_valgrind(known);
    if is_valgrind && let Err(failure) = needs_valgrind() {
        eprintln!(
            "error: {failure}
  help: {GET_VALGRIND}"
        );
        return Some(failure.exit.into());
    }
    if let Some(limit) = known.limit_of_valgrind(&program).filter(|_| is_valgrind) {
        note(&folder.join(LIMITS), &limit);
    }
    let mut command = recording(&program, &arguments, &folder, is_valgrind);
    Some(become_it(&mut command))
}

/// In the place of this process, so that signals reach it.
#[cfg(unix)]
fn become_it(command: &mut Command) -> ExitCode {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    eprintln!("error: cannot run {}: {error}", command.get_program().display());
    ExitCode::from(crate::exit::Exit::Unusable)
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> ExitCode {
    match command.status() {
        Ok(status) => {
            status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(error) => {
            eprintln!("error: cannot run {}: {error}", command.get_program().display());
            ExitCode::from(crate::exit::Exit::Unusable)
        }
    }
}

/// The command that records a program.
fn recording(program: &Path, arguments: &[OsString], folder: &Path, is_valgrind: bool) -> Command {
    if !is_valgrind {
        // Where it runs, for `finish`.
        if let Ok(here) = env::current_dir() {
            note(&folder.join(RAN_IN), &here.to_string_lossy());
        }
        let mut command = Command::new(program);
        command.args(arguments);
        return command;
    }
    // `%` has a meaning in valgrind's names of files.
    let out = folder.join("valgrind-").to_string_lossy().replace('%', "%%") + "%p.json";
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=dhat", "--quiet", "--trace-children=no", "--fullpath-after="])
        .arg(format!("--num-callers={FRAMES}"))
        .arg(format!("--dhat-out-file={out}"))
        .arg(program)
        .args(arguments);
    command
}

/// Adds a line. Of what is not written nothing is known later, which is said then.
fn note(file: &Path, line: &str) {
    if let Ok(mut file) = File::options().create(true).append(true).open(file) {
        let _ = writeln!(file, "{line}");
    }
}

fn needs_valgrind() -> Result<(), Failure> {
    let found = Command::new("valgrind")
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match found {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Failure::unusable("valgrind is not installed, or does not run").help(GET_VALGRIND)),
    }
}

impl By {
    fn is_valgrind(self, known: Known) -> bool {
        self == Self::Valgrind || (self == Self::Either && !known.has_dhat)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Either => "auto",
            Self::Dhat => "dhat",
            Self::Valgrind => "valgrind",
        }
    }

    fn of(word: &OsStr) -> Option<Self> {
        [Self::Either, Self::Dhat, Self::Valgrind].into_iter().find(|by| by.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn what_is_behind_two_dashes_is_not_cargos() {
        assert_eq!(profile(&words("run --profile dist -- --profile x")), Some("dist".to_owned()));
        assert_eq!(profile(&words("run -- --profile x")), None);
        assert!(is_optimized(&words("run --release")) && is_optimized(&words("bench")));
        assert!(!is_optimized(&words("run -- --release")));
    }

    #[test]
    fn a_program_was_built_and_what_cargo_runs_will_be() {
        let own = env::current_exe().expect("a program");
        let folder = tempfile::tempdir().expect("a folder");
        let modified = fs::metadata(&own).and_then(|of| of.modified()).expect("a time");
        assert_eq!(built(&own, By::Valgrind), Some(modified));
        // A shell may start what records, and was built long ago.
        let shell = folder.path().join("sh");
        fs::write(&shell, "").expect("written");
        assert_eq!(built(&shell, By::Dhat), None);
        let plan = cargo("cargo".as_ref(), &words("run"), folder.path(), By::Valgrind).expect("a plan");
        assert_eq!(plan.built, None);
        let name = folder.path().join("a.rs").to_string_lossy().into_owned();
        fs::write(&name, "").expect("written");
        let second = std::time::Duration::from_secs(1);
        let written = fs::metadata(&name).and_then(|of| of.modified()).expect("a time");
        let changed = |built| super::super::state::changed_since(built, [&name].into_iter()).len();
        assert_eq!((changed(written - second), changed(written)), (1, 0));
    }

    #[test]
    fn cargo_is_not_recorded_itself() {
        let plan = cargo(
            "cargo".as_ref(),
            &words("+nightly test --profile my-own"),
            Path::new("/a b"),
            By::Valgrind,
        )
        .expect("a plan");
        let arguments: Vec<String> =
            plan.command.get_args().map(|of| of.to_string_lossy().into_owned()).collect();
        assert_eq!((&*arguments[0], &*arguments[1], &*arguments[3]), ("+nightly", "--config", "test"));
        assert!(arguments[2].ends_with("\"valgrind\", \"/a b\"]"), "{}", arguments[2]);
        let has = |name: &str| {
            plan.command.get_envs().any(|(of, value)| of == name && value == Some("limited".as_ref()))
        };
        assert!(has("CARGO_PROFILE_MY_OWN_DEBUG") && has("CARGO_PROFILE_RELEASE_DEBUG"));
    }
}
