//! The four counters: how each runs a job, and what it says.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::support::run::Run;
use super::support::{self, Project};

/// Figures by the name of their counter and their own: `dhat bytes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures(BTreeMap<String, i128>);

impl Figures {
    pub(super) fn get(&self, figure: &str) -> i128 {
        *self.0.get(figure).unwrap_or_else(|| panic!("there is no {figure:?} in {self:#?}"))
    }

    fn difference(&self, before: &Self) -> Self {
        Self(self.0.iter().map(|(name, number)| (name.clone(), number - before.get(name))).collect())
    }
}

/// The programs of one profile, built, and what running them takes.
pub(super) struct Programs {
    folder: PathBuf,
    syn: PathBuf,
    scratch: PathBuf,
    /// The library that counts `malloc`, where it can.
    library: Option<PathBuf>,
    /// What valgrind counts without a job, where it is there.
    valgrind: Option<Figures>,
    serial: AtomicUsize,
}

impl Programs {
    /// Builds them.
    pub(super) fn build(project: &Project, release: bool) -> Self {
        let build = ["build", "--quiet", "--bins", "--release"];
        project.cargo(&build[..if release { 4 } else { 3 }]).succeeds();
        let metadata = project.cargo(&["metadata", "--format-version", "1", "--quiet"]).succeeds();
        let metadata: Value = serde_json::from_str(&metadata.stdout()).expect("JSON");
        let syn = metadata["packages"].as_array().expect("packages").iter();
        // What derives have is a syn of another major version.
        let mut syn = syn.filter(|package| {
            package["name"] == "syn"
                && package["version"].as_str().is_some_and(|version| version.starts_with("3."))
        });
        let manifest = syn.next().expect("syn")["manifest_path"].as_str().expect("a path").to_owned();
        let mut this = Self {
            folder: support::target().join(if release { "release" } else { "debug" }),
            syn: PathBuf::from(manifest).parent().expect("a folder").to_owned(),
            scratch: project.path(""),
            library: library(project),
            valgrind: None,
            serial: AtomicUsize::new(0),
        };
        this.valgrind = this.has_valgrind().then(|| this.valgrind_total(NO_JOB));
        this
    }

    pub(super) fn library_is_there(&self) -> bool {
        self.library.is_some()
    }

    pub(super) fn valgrind_is_there(&self) -> bool {
        self.valgrind.is_some()
    }

    /// alloc-kit: `thread ..` of the thread that ran the job, `process ..` of all; beside the library also what that says.
    pub(super) fn by_alloc_kit(&self, job: usize, beside_library: bool) -> (String, Figures) {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        // The file is appended to.
        let profile = self.folder.file_name().expect("a profile").display();
        let report = self.scratch.join(format!("report-{profile}-{serial}.jsonl"));
        let mut command = self.command("counted", job);
        command.env("ALLOC_KIT_REPORT", &report);
        if beside_library {
            command.env("LD_PRELOAD", self.library.as_ref().expect("the library"));
        }
        let (name, mut figures) = printed(&Run::of(command).succeeds());
        let report = fs::read_to_string(&report).expect("a report");
        let site: Value = report
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
            .find(|site| site["path"] == "counted::judged")
            .expect("the budget");
        for key in ["allocations", "bytes", "deallocations", "live_bytes"] {
            let most = site["most"][key].as_i64().unwrap_or_else(|| panic!("no {key}: {report}"));
            figures.0.insert(format!("process {key}"), most.into());
        }
        (name, figures)
    }

    /// The dhat crate: `dhat ..`, of the whole process.
    pub(super) fn by_dhat(&self, job: usize) -> Figures {
        printed(&Run::of(self.command("by_dhat", job)).succeeds()).1
    }

    /// The library: `program ..` and `others ..`.
    pub(super) fn by_library(&self, job: usize) -> Figures {
        let mut command = self.command("uncounted", job);
        command.env("LD_PRELOAD", self.library.as_ref().expect("the library"));
        printed(&Run::of(command).succeeds()).1
    }

    /// Valgrind: what a process with the job has more than one without.
    pub(super) fn by_valgrind(&self, job: usize) -> Figures {
        self.valgrind_total(job).difference(self.valgrind.as_ref().expect("valgrind"))
    }

    fn valgrind_total(&self, job: usize) -> Figures {
        let program = self.command("uncounted", job);
        let mut command = support::clean_command("valgrind");
        // One thread runs at a time there; each is to get its turn.
        command.args(["--tool=dhat", "--dhat-out-file=/dev/null", "--fair-sched=try"]);
        command.arg(program.get_program()).args(program.get_args()).env("SYN_SOURCE", &self.syn);
        let run = Run::of(command).succeeds();
        // `==7== Total:     1,106 bytes in 5 blocks`.
        let total = |title: &str| {
            let stderr = run.stderr();
            let line = stderr.lines().find(|line| line.contains(title));
            let line = line.unwrap_or_else(|| panic!("no {title:?}\n{run}"));
            let numbers = line.split_whitespace().filter_map(|word| word.replace(',', "").parse().ok());
            let [bytes, blocks] = numbers.collect::<Vec<i128>>()[..] else { panic!("{line:?}\n{run}") };
            (bytes, blocks)
        };
        let ((bytes, blocks), (live, live_blocks)) = (total("Total: "), total("At t-end: "));
        let figures = [("bytes", bytes), ("blocks", blocks), ("live", live), ("live_blocks", live_blocks)];
        Figures(figures.into_iter().map(|(name, number)| (name.to_owned(), number)).collect())
    }

    fn has_valgrind(&self) -> bool {
        self.library_is_there() && Command::new("valgrind").arg("--version").output().is_ok()
    }

    fn command(&self, program: &str, job: usize) -> Command {
        let program = format!("{program}{}", env::consts::EXE_SUFFIX);
        let mut command = support::clean_command(self.folder.join(program));
        command.arg(format!("{job:02}")).env("SYN_SOURCE", &self.syn);
        command
    }
}

/// The number of no job.
const NO_JOB: usize = 99;

/// The library, compiled, where the system has what it counts.
fn library(project: &Project) -> Option<PathBuf> {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return None;
    }
    let library = project.path("preloaded.so");
    let mut compile = support::clean_command("cc");
    compile.args(["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o"]).arg(&library);
    compile.arg(project.path("preloaded.c"));
    Run::of(compile).succeeds();
    Some(library)
}

/// The job and the figures that a program printed.
fn printed(run: &Run) -> (String, Figures) {
    let (mut name, mut figures) = (String::new(), Figures::default());
    for line in run.stdout().lines() {
        if let Some(job) = line.strip_prefix("job ") {
            job.clone_into(&mut name);
        } else if let Some((figure, number)) = line.rsplit_once(' ') {
            let number = number.parse().unwrap_or_else(|_| panic!("no number: {line:?}\n{run}"));
            figures.0.insert(figure.to_owned(), number);
        }
    }
    (name, figures)
}
