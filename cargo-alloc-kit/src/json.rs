//! What is known, as JSON for other tools: `cargo-alloc-kit/docs/json.md` says what each field is.

use serde::Serialize;

use crate::caveats::Caveat;
use crate::exit::Exit;
use crate::prove::{Proofs, Proven};
use crate::ratchet;
use crate::record::Verdict;
use crate::report::Report;
use crate::report::before::Comparison;
use crate::report::source::Sources;
use crate::report::stacks::Stacks;
use crate::shard::{Budget, ExceptionUse};
use crate::view::Platform;

/// The version of what is written.
const VERSION: u64 = 1;

#[derive(Serialize)]
struct Text<'a> {
    alloc_kit_report: u64,
    /// The exit code, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<u8>,
    verdicts: Verdicts,
    /// What the figures do not show.
    #[serde(skip_serializing_if = "<[Caveat]>::is_empty")]
    caveats: &'a [Caveat],
    platforms: Vec<OfPlatform<'a>>,
    /// That what `prove` says is of another state of the source, and which.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof_stale: Option<&'a str>,
    /// What changed since it was saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    ratchet: Option<&'a ratchet::Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a Comparison>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stacks: Option<&'a Stacks>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<&'a Sources>,
}

/// How many budgets have each.
#[derive(Serialize)]
struct Verdicts {
    broken: usize,
    not_verified: usize,
    never_exercised: usize,
    held: usize,
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
    #[serde(rename = "crate")]
    of_crate: &'a str,
    #[serde(flatten)]
    budget: &'a Budget,
    /// What `prove` says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    proven: Option<Proven>,
}

/// An object with a line end.
pub(crate) fn of(
    platforms: &[Platform],
    exit: Option<Exit>,
    ratchet: Option<&ratchet::Outcome>,
    caveats: &[Caveat],
) -> String {
    written(&Text {
        alloc_kit_report: VERSION,
        exit_code: exit.map(Exit::code),
        verdicts: verdicts(platforms),
        caveats,
        platforms: platforms.iter().map(|platform| of_platform(platform, None)).collect(),
        proof_stale: None,
        ratchet,
        before: None,
        stacks: None,
        sources: None,
    })
}

/// With all that a report has.
pub(crate) fn of_report(report: &Report) -> String {
    let platforms = &report.platforms;
    let proofs = report.proofs.as_ref();
    written(&Text {
        alloc_kit_report: VERSION,
        exit_code: None,
        verdicts: verdicts(platforms),
        caveats: &report.caveats,
        platforms: platforms.iter().map(|platform| of_platform(platform, proofs)).collect(),
        proof_stale: proofs.and_then(|proofs| proofs.stale.as_deref()),
        ratchet: None,
        before: report.before.as_ref(),
        stacks: Some(&report.stacks),
        sources: Some(&report.sources).filter(|sources| !sources.is_empty()),
    })
}

fn written(text: &Text<'_>) -> String {
    let json = serde_json::to_string(text);
    // All keys are texts.
    json.map_or_else(|error| unreachable!("{error}"), |json| json + "\n")
}

fn verdicts(platforms: &[Platform]) -> Verdicts {
    let count = |verdict| platforms.iter().map(|platform| platform.count(verdict)).sum();
    Verdicts {
        broken: count(Verdict::Broken),
        not_verified: count(Verdict::NotVerified),
        never_exercised: count(Verdict::NeverExercised),
        held: count(Verdict::Held),
    }
}

fn of_platform<'a>(platform: &'a Platform, proofs: Option<&Proofs>) -> OfPlatform<'a> {
    let named = |budget: &'a Budget| Named {
        name: budget.name(),
        of_crate: budget.crate_name(),
        budget,
        proven: proofs.and_then(|proofs| proofs.get(budget)),
    };
    OfPlatform {
        target: &platform.target,
        profile: &platform.profile,
        shards: platform.shards,
        processes: platform.processes,
        budgets: platform.budgets.iter().map(named).collect(),
        exceptions: &platform.exceptions,
    }
}
