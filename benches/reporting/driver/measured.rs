//! Processes with a report and without: whether that is whole, what they take, and the instructions.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, process};

use serde_json::Value;

use crate::Result;
use crate::support::{callgrind, program};

/// A process that is started.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) folder: PathBuf,
    /// What is run in its place to have a report: the companion, which asks for one by itself.
    pub(crate) companion: Option<PathBuf>,
    /// How many budgets are in it, where that is known.
    pub(crate) budgets: Option<usize>,
}

/// Whether a report is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Without,
    With,
}

/// What a report had.
#[derive(Debug, Default)]
pub(crate) struct Reported {
    /// Lines at the end of a process.
    pub(crate) budgets: u64,
    pub(crate) calls: u64,
}

/// Processes that are timed together.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) title: &'static str,
    pub(crate) commands: Vec<Run>,
}

impl Run {
    /// Runs it to its end; `kept` is whether the report is to be there afterwards, which the companion's is not else.
    fn run(&self, wrapper: &[&str], way: Way, kept: bool) -> Result<()> {
        let companion = self.companion.as_ref().filter(|_| way == Way::With);
        let program = companion.unwrap_or(&self.program);
        let mut command = match wrapper {
            [] => Command::new(program),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(program);
                command
            }
        };
        // A thread at a time: how they share the processors is not what is asked.
        command.args(&self.arguments).env("RUST_TEST_THREADS", "1").env_remove("ALLOC_KIT_MODE");
        command.current_dir(&self.folder).env_remove("ALLOC_KIT_REPORT");
        if way == Way::With && (companion.is_none() || kept) {
            command.env("ALLOC_KIT_REPORT", report());
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let name = program::name(program);
        let status = command.status().map_err(|error| format!("`{name}` does not start: {error}"))?;
        // The examples show broken budgets, too, and catch them.
        let is_broken = companion.is_some() && status.code() == Some(3);
        if status.success() || is_broken {
            Ok(())
        } else {
            Err(format!("`{name} {}` failed ({status})", self.arguments.join(" ")))
        }
    }
}

impl Row {
    pub(crate) fn new(title: &'static str, commands: Vec<Run>) -> Self {
        Self { title, commands }
    }

    /// Both ways run, one writes nothing, and the other says of each process all of its budgets.
    pub(crate) fn check(&self) -> Result<Reported> {
        let mut reported = Reported::default();
        let mut budgets_of: BTreeMap<String, usize> = BTreeMap::new();
        for run in &self.commands {
            let name = program::name(&run.program);
            let _ = fs::remove_file(report());
            run.run(&[], Way::Without, true)?;
            if report().exists() {
                return Err(format!("`{name}` wrote a report that nobody asked for"));
            }
            run.run(&[], Way::With, true)?;
            let text =
                fs::read_to_string(report()).map_err(|error| format!("no report of `{name}`: {error}"))?;
            let mut last = BTreeMap::new();
            for line in text.lines() {
                let line: Value =
                    serde_json::from_str(line).map_err(|error| format!("`{name}`: {error}: {line}"))?;
                if line["kind"] == "function" {
                    let key = [&line["program"], &line["pid"], &line["started"], &line["id"]];
                    last.insert(key.map(Value::to_string), line);
                }
            }
            // Some tests start their own program again.
            let mut of_process: BTreeMap<&[String], usize> = BTreeMap::new();
            for (key, line) in &last {
                *of_process.entry(&key[..3]).or_default() += 1;
                reported.calls += line["calls"].as_u64().unwrap_or_default();
            }
            reported.budgets += last.len() as u64;
            if last.is_empty() {
                return Err(format!("`{name}` reports no budget"));
            }
            for (process, budgets) in of_process {
                let program = &process[0];
                let known = *budgets_of.entry(program.clone()).or_insert(budgets);
                if known != budgets {
                    return Err(format!(
                        "of {program} one process reports {known} budgets, another {budgets}"
                    ));
                }
                if let Some(all) = run.budgets.filter(|all| *all != budgets) {
                    return Err(format!("of the {all} budgets of {program} {budgets} are reported"));
                }
            }
        }
        let _ = fs::remove_file(report());
        Ok(reported)
    }

    /// The seconds of each round, [without and with](Way).
    pub(crate) fn time(&self, rounds: u32) -> Result<Vec<[f64; 2]>> {
        let mut all = Vec::new();
        for round in 0..rounds {
            eprintln!("{}: round {} of {rounds}", self.title, round + 1);
            let mut seconds = [0.0; 2];
            // Side by side, each first equally often.
            for (index, run) in self.commands.iter().enumerate() {
                let ways = [Way::Without, Way::With];
                let ways = if (index + round as usize).is_multiple_of(2) { ways } else { [ways[1], ways[0]] };
                for way in ways {
                    let start = Instant::now();
                    run.run(&[], way, false)?;
                    seconds[way as usize] += start.elapsed().as_secs_f64();
                }
            }
            let _ = fs::remove_file(report());
            all.push(seconds);
        }
        Ok(all)
    }

    /// How many times the instructions it takes with a report, of the first of its processes; none without callgrind.
    pub(crate) fn instructions(&self) -> Result<Option<f64>> {
        /// More would take minutes.
        const PROCESSES: usize = 4;
        if !callgrind::is_installed() {
            eprintln!("not counted: there is no valgrind");
            return Ok(None);
        }
        let file = env::temp_dir().join(format!("alloc-kit-reporting-callgrind-{}", process::id()));
        let out = format!("--callgrind-out-file={}", file.display());
        let mut counted = [0.0; 2];
        // Of what cargo does, most is in processes that it starts.
        if self.commands.iter().any(|run| run.companion.is_some()) {
            return Ok(None);
        }
        for run in self.commands.iter().take(PROCESSES) {
            for way in [Way::Without, Way::With] {
                run.run(&["valgrind", "--tool=callgrind", "-q", &out], way, false)?;
                let total = callgrind::total(&file).ok_or("callgrind has counted nothing")?;
                #[expect(clippy::cast_precision_loss, reason = "some billions")]
                let total = total as f64;
                counted[way as usize] += total;
            }
        }
        let _ = fs::remove_file(&file);
        let _ = fs::remove_file(report());
        Ok(Some(counted[Way::With as usize] / counted[Way::Without as usize]))
    }
}

/// Where the reports of this driver go.
fn report() -> PathBuf {
    env::temp_dir().join(format!("alloc-kit-reporting-{}.jsonl", process::id()))
}
