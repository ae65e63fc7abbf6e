//! Whether any test fails now and then: the test programs that run no cargo, many times, on a machine that is overloaded.
//!
//! Run with: `cargo run -p alloc-kit-tests --example flakes -- 200` (some twenty minutes on two processors).
//!
//! Each program has all its tests run at once, as `cargo test` does, and several programs run at a time. Beside them
//! another process keeps all processors busy, and allocates. A program that fails or hangs once is a flake: the end
//! tells which tests failed how often, with the output of the first time.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::fs::{self, File};
use std::hint::black_box;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// What went wrong, in words for whoever started it.
type Result<T> = std::result::Result<T, String>;

/// After so long a program hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// What the busy process is started with.
const BUSY: &str = "--busy";

/// What a test program has in its source that runs cargo itself.
const RUNS_CARGO: [&str; 2] = ["\nmod support;", "trybuild"];

fn main() -> ExitCode {
    let argument = env::args().nth(1).unwrap_or_default();
    if argument == BUSY {
        keep_busy();
    }
    let flakes = match argument.parse() {
        Ok(rounds) if rounds > 0 => run(rounds),
        _ => Err("expected how often to run each program: `-- 200`".to_owned()),
    };
    match flakes {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing failed.
fn run(rounds: usize) -> Result<bool> {
    let folder = Folder::new()?;
    let programs = programs(&folder)?;
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let at_a_time = 2 * processors;
    let names = programs.iter().map(|program| program.name.as_str()).collect::<Vec<_>>().join(", ");
    eprintln!("{rounds} times, {at_a_time} programs at a time: {names}");

    let busy = Busy::start()?;
    let started = Instant::now();
    let (next, flakes) = (AtomicUsize::new(0), Mutex::new(Flakes::default()));
    thread::scope(|scope| {
        for _ in 0..at_a_time {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let (round, program) = (index / programs.len(), &programs[index % programs.len()]);
                    if round >= rounds {
                        break;
                    }
                    if index % programs.len() == 0 && round % 10 == 0 {
                        eprintln!("round {round} of {rounds}, {:.0} s", started.elapsed().as_secs_f64());
                    }
                    let failure = program.run(index);
                    flakes.lock().unwrap_or_else(PoisonError::into_inner).add(program, failure);
                }
            });
        }
    });
    drop(busy);

    let flakes = flakes.into_inner().unwrap_or_else(PoisonError::into_inner);
    print!("{}", flakes.shown()?);
    println!(
        "{} runs of {} programs, {} tests in {:.0} s: {} failed",
        rounds * programs.len(),
        programs.len(),
        flakes.tests,
        started.elapsed().as_secs_f64(),
        flakes.failed.values().map(|(times, _)| times).sum::<usize>(),
    );
    Ok(flakes.failed.is_empty())
}

/// Where the programs are run from, and what they print; it goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = env::temp_dir().join(format!("flakes-{}", process::id()));
        fs::create_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A test program.
struct Program {
    name: String,
    path: PathBuf,
}

/// Builds the tests, and copies those whose source runs no cargo: what is built meanwhile is not to be in the way.
fn programs(folder: &Folder) -> Result<Vec<Program>> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["test", "-p", "alloc-kit-tests", "--tests", "--no-run", "--message-format=json"]);
    let built = cargo.current_dir(tests()).stderr(Stdio::inherit()).output();
    let built = built.map_err(|error| format!("cannot run cargo: {error}"))?;
    if !built.status.success() {
        return Err("the tests do not compile".to_owned());
    }
    let mut programs = Vec::new();
    for line in String::from_utf8_lossy(&built.stdout).lines() {
        let message: Value = serde_json::from_str(line).unwrap_or_default();
        let Some(executable) = message["executable"].as_str() else { continue };
        let target = &message["target"];
        let is_test = target["kind"][0] == "test";
        let source = target["src_path"].as_str().unwrap_or_default();
        let text = fs::read_to_string(source).map_err(|error| format!("{source}: {error}"))?;
        if is_test && !RUNS_CARGO.iter().any(|part| text.contains(part)) {
            let name = target["name"].as_str().unwrap_or_default().to_owned();
            let path = folder.0.join(&name).with_extension(env::consts::EXE_EXTENSION);
            fs::copy(executable, &path).map_err(|error| format!("{executable}: {error}"))?;
            programs.push(Program { name, path });
        }
    }
    if programs.is_empty() { Err("cargo named no test program".to_owned()) } else { Ok(programs) }
}

/// The package's folder.
fn tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// How a run ended.
struct Ended {
    tests: usize,
    /// What it printed, if it failed.
    output: Option<String>,
}

impl Program {
    /// Runs it, the `index`-th of all runs.
    fn run(&self, index: usize) -> Result<Ended> {
        let printed = self.path.with_extension(format!("{index}.out"));
        let failed = |error: io::Error| format!("{}: {error}", printed.display());
        let stdout = File::create(&printed).map_err(failed)?;
        let stderr = stdout.try_clone().map_err(failed)?;
        let mut command = Command::new(&self.path);
        command.current_dir(tests()).env_remove("ALLOC_KIT_MODE").env_remove("ALLOC_KIT_REPORT");
        let mut child = command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).spawn().map_err(failed)?;
        let status = wait(&mut child).map_err(failed)?;
        let text = String::from_utf8_lossy(&fs::read(&printed).map_err(failed)?).into_owned();
        fs::remove_file(&printed).map_err(failed)?;
        let tests = text.lines().filter(|line| line.ends_with(" ... ok")).count();
        let output = match status {
            Some(status) if status.success() => None,
            Some(status) => Some(format!("{status}\n{text}")),
            None => Some(format!("it hung\n{text}")),
        };
        Ok(Ended { tests, output })
    }
}

/// Waits for a program; gives none if it hung, and was ended.
fn wait(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Some(status)),
            None if started.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(5)),
            None => {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
        }
    }
}

/// What failed, by test: how often, and what was printed the first time.
#[derive(Default)]
struct Flakes {
    tests: usize,
    failed: BTreeMap<String, (usize, String)>,
    error: Option<String>,
}

impl Flakes {
    fn add(&mut self, program: &Program, ended: Result<Ended>) {
        let ended = match ended {
            Ok(ended) => ended,
            Err(error) => {
                self.error = Some(error);
                return;
            }
        };
        self.tests += ended.tests;
        let Some(output) = ended.output else { return };
        let named = |line: &'_ str| {
            let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
            Some(format!("{}: {name}", program.name))
        };
        let mut failed: Vec<String> = output.lines().filter_map(named).collect();
        if failed.is_empty() {
            failed.push(format!("{}: died, or hung", program.name));
        }
        for test in failed {
            eprintln!("failed: {test}");
            self.failed.entry(test).or_insert_with(|| (0, output.clone())).0 += 1;
        }
    }

    fn shown(&self) -> Result<String> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        let mut text = String::new();
        for (test, (times, output)) in &self.failed {
            // NOTE: a String takes whatever is written.
            let _ = writeln!(text, "== {test}: failed {times} times, at first with\n{output}");
        }
        Ok(text)
    }
}

/// Another process, which ends with this.
struct Busy(Child);

impl Busy {
    fn start() -> Result<Self> {
        let start = |program: PathBuf| Command::new(program).arg(BUSY).stdin(Stdio::piped()).spawn();
        let child = env::current_exe().and_then(start);
        child.map(Self).map_err(|error| format!("cannot start the busy process: {error}"))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Computes and allocates on every processor until its standard input ends, which it does with who started it.
fn keep_busy() -> ! {
    for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
        thread::spawn(|| {
            for n in (0..1_000_000_usize).cycle() {
                drop(black_box(vec![0_u8; n % 10_000]));
            }
        });
    }
    let _ = io::copy(&mut io::stdin(), &mut io::sink());
    process::exit(0)
}
