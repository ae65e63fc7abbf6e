//! What is known, as JSON for other tools.

use serde::Serialize;

use crate::exit::Exit;
use crate::ratchet;
use crate::shard::{Budget, ExceptionUse};
use crate::view::Platform;

/// The version of what is written.
const VERSION: u64 = 1;

#[derive(Serialize)]
struct Report<'a> {
    alloc_kit_report: u64,
    /// The exit code, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<u8>,
    platforms: Vec<OfPlatform<'a>>,
    /// What changed since it was saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    ratchet: Option<&'a ratchet::Outcome>,
}

#[derive(Serialize)]
struct OfPlatform<'a> {
    target: &'a str,
    profile: &'a str,
    shards: usize,
    processes: u64,
    budgets: Vec<Named<'a>>,
    exceptions: &'a [ExceptionUse],
}

#[derive(Serialize)]
struct Named<'a> {
    name: String,
    #[serde(flatten)]
    budget: &'a Budget,
}

/// An object with a line end.
pub(crate) fn of(platforms: &[Platform], exit: Option<Exit>, ratchet: Option<&ratchet::Outcome>) -> String {
    let report = Report {
        alloc_kit_report: VERSION,
        exit_code: exit.map(Exit::code),
        platforms: platforms.iter().map(of_platform).collect(),
        ratchet,
    };
    let json = serde_json::to_string(&report);
    // All keys are texts.
    json.map_or_else(|error| unreachable!("{error}"), |json| json + "\n")
}

fn of_platform(platform: &Platform) -> OfPlatform<'_> {
    OfPlatform {
        target: &platform.target,
        profile: &platform.profile,
        shards: platform.shards,
        processes: platform.processes,
        budgets: platform.budgets.iter().map(|budget| Named { name: budget.name(), budget }).collect(),
        exceptions: &platform.exceptions,
    }
}
