//! The machine that the figures hold for.

use std::process::Command;
use std::{fs, thread};

/// Processor, cores, kernel, C library, compiler, commit and the day; what cannot be known is left out.
pub(crate) fn describe() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let parts = [
        processor(),
        Some(format!("{cores} cores")),
        says("uname", &["-srm"]),
        says("getconf", &["GNU_LIBC_VERSION"]),
        says("rustc", &["--version"]),
        says("git", &["-C", env!("CARGO_MANIFEST_DIR"), "describe", "--always", "--dirty"])
            .map(|commit| format!("commit {commit}")),
        says("date", &["-u", "+%F"]),
    ];
    format!("machine: {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// How busy the machine is: the load average of the last minute.
pub(crate) fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_owned()
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    // Virtual machines give a name that says little; family and model tell the generation.
    match (field("model name"), field("cpu family"), field("model\t")) {
        (Some(name), Some(family), Some(model)) => Some(format!("{name} (family {family}, model {model})")),
        (name, ..) => name,
    }
}

fn says(program: &str, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned()).filter(|words| !words.is_empty())
}
