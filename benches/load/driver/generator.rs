//! wrk, and what it says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// Connections that are kept open, each with one request under way.
pub(crate) const CONNECTIONS: u32 = 64;
/// Of so many requests one has something planted; of fewer in a short run.
const EVERY: u64 = 500;
const EVERY_IN_SHORT: u64 = 50;
/// A run of fewer seconds is short.
const SHORT: u64 = 10;
/// Seconds in which the last answers come, on a machine with much else to do.
const PATIENCE: u64 = 4;

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
    let output = wrk(address, seconds + PATIENCE, "counted.lua", &["--"], &arguments)?;
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
    let output = wrk(address, seconds.into(), "timed.lua", &["--latency"], &[])?;
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

fn wrk(address: &str, seconds: u64, script: &str, options: &[&str], arguments: &[String]) -> Result<String> {
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--timeout", "60s", "--connections", &CONNECTIONS.to_string()]);
    wrk.args(["--duration", &format!("{seconds}s"), "--script"]).arg(path(script));
    // What is after `--` is the script's.
    wrk.arg(format!("http://{address}")).args(options).args(arguments);
    let output = wrk.output().map_err(|error| format!("wrk does not start: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
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
