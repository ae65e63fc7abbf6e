//! wrk, and what it says.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::Result;

/// Connections that are kept open, each with one request under way.
pub(crate) const CONNECTIONS: u32 = 64;
/// Of so many requests one has something planted; of fewer in a short run.
const EVERY: u64 = 500;
const EVERY_IN_SHORT: u64 = 50;
/// A run of fewer seconds is short.
const SHORT: u64 = 10;
/// Seconds in which the last answers have to come, on a machine with much else to do: wrk is ended when they are there.
const PATIENCE: u64 = 60;
/// What is answered by then was all, unless somebody asks again within this time.
const QUIET: Duration = Duration::from_secs(2);

/// What wrk asked, and was answered.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Requests, by `plain <route>` and `planted <route> <allocations>`.
    pub(crate) sent: BTreeMap<String, u64>,
    /// Answers, by status.
    pub(crate) statuses: BTreeMap<u64, u64>,
}

/// What a run without counting took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timed {
    pub(crate) requests_per_second: f64,
    /// Milliseconds of half of them at the most, and of 99 in 100.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// Whether there is a wrk to run.
pub(crate) fn is_installed() -> bool {
    Command::new("wrk").arg("--version").output().is_ok()
}

/// Asks for so many seconds, and waits for what was asked to be answered.
pub(crate) fn ask(address: &str, seconds: u64) -> Result<Asked> {
    let every = if seconds < SHORT { EVERY_IN_SHORT } else { EVERY };
    let arguments = [seconds.to_string(), every.to_string()];
    let output = wrk(address, seconds + PATIENCE, "counted.lua", &["--"], &arguments, true)?;
    let mut asked = Asked::default();
    let mut completed = None;
    for line in output.lines() {
        let Some((rest, number)) = line.rsplit_once(' ') else { continue };
        let Ok(number) = number.parse::<u64>() else { continue };
        if let Some(key) = rest.strip_prefix("sent ") {
            *asked.sent.entry(key.to_owned()).or_default() += number;
        } else if let Some(status) = rest.strip_prefix("status ").and_then(|status| status.parse().ok()) {
            *asked.statuses.entry(status).or_default() += number;
        } else if rest == "completed" {
            completed = Some(number);
        } else if rest == "errors" && number > 0 {
            return Err(format!("wrk had {number} errors:\n{output}"));
        }
    }
    let (sent, answered): (u64, u64) = (asked.sent.values().sum(), asked.statuses.values().sum());
    if sent == 0 || sent != answered || completed != Some(sent) {
        return Err(format!(
            "wrk sent {sent} requests and had {answered} answers ({completed:?} by its own count)"
        ));
    }
    Ok(asked)
}

/// Asks as fast as it can.
pub(crate) fn time(address: &str, seconds: u32) -> Result<Timed> {
    let output = wrk(address, seconds.into(), "timed.lua", &["--latency"], &[], false)?;
    let word =
        |start: &str| output.lines().find_map(|line| line.trim_start().strip_prefix(start)).map(str::trim);
    let timed = (|| {
        let requests_per_second = word("Requests/sec:")?.parse().ok()?;
        Some(Timed {
            requests_per_second,
            p50: milliseconds(word("50%")?)?,
            p99: milliseconds(word("99%")?)?,
        })
    })();
    if output.contains("Socket errors") {
        return Err(format!("wrk had errors:\n{output}"));
    }
    timed.ok_or_else(|| format!("wrk says nothing that can be read:\n{output}"))
}

fn milliseconds(text: &str) -> Option<f64> {
    let (unit, factor) =
        [("us", 1e-3), ("ms", 1.0), ("s", 1e3)].into_iter().find(|(unit, _)| text.ends_with(unit))?;
    text.strip_suffix(unit)?.parse::<f64>().ok().map(|number| number * factor)
}

/// Runs wrk, and gives what it printed. It runs for its time, or until its script has said for a while that nothing is open.
fn wrk(
    address: &str,
    seconds: u64,
    script: &str,
    options: &[&str],
    arguments: &[String],
    until_quiet: bool,
) -> Result<String> {
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--timeout", "60s", "--connections", &CONNECTIONS.to_string()]);
    wrk.args(["--duration", &format!("{seconds}s"), "--script"]).arg(path(script));
    // What is after `--` is the script's.
    wrk.arg(format!("http://{address}")).args(options).args(arguments);
    wrk.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = wrk.spawn().map_err(|error| format!("wrk does not start: {error}"))?;
    let stdout = child.stdout.take().ok_or("wrk has no output")?;
    let (sender, lines) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(io::Result::ok) {
            let _ = sender.send(line);
        }
    });
    let (mut text, mut is_quiet) = (String::new(), false);
    loop {
        // A request that was on its way when the last answer came would be said within this time.
        let patience = if is_quiet { QUIET } else { Duration::MAX };
        match lines.recv_timeout(patience) {
            Ok(line) => {
                is_quiet = match line.as_str() {
                    "quiet" => until_quiet,
                    "open" => false,
                    _ => is_quiet,
                };
                text += &line;
                text.push('\n');
            }
            Err(RecvTimeoutError::Timeout) => {
                // It ends as if its time were over, and prints its sums.
                let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
                is_quiet = false;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let _ = reader.join();
    let output = child.wait_with_output().map_err(|error| format!("wrk is lost: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "wrk failed ({}):\n{text}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    Ok(text)
}

fn path(script: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("load/driver").join(script)
}
