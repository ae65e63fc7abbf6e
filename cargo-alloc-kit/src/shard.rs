//! A shard: what the processes of one run on one machine knew, put together.
//!
//! Of several lines of one process about one budget the last holds. Over processes calls are added up, of what was used most the
//! largest is kept and of the room left the least, and of verdicts the first of broken, held, not verified, never exercised.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::how_run::HowRun;
use crate::identity::Identity;
use crate::record::{Breach, BreachSeen, Exception, Figures, Function, Process, Record, Site, Used, Verdict};

/// Breaches that are kept of one budget.
const BREACHES: usize = 16;

/// What one run on one machine knew.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shard {
    /// Made of the platform and the identities of its processes: the same shard has it again, and no other.
    pub(crate) id: String,
    /// `x86_64-linux-gnu`
    pub(crate) target: String,
    /// The profile of the build: `dev`, `release`.
    pub(crate) profile: String,
    pub(crate) processes: u64,
    /// How its tests were run, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) run: Option<HowRun>,
    pub(crate) budgets: Vec<Budget>,
    pub(crate) exceptions: Vec<ExceptionUse>,
}

/// A budget, and what was seen of it.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Budget {
    pub(crate) site: Site,
    /// Of several that one macro makes at one place, which.
    pub(crate) nth: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) type_path: Option<String>,
    pub(crate) seen: Seen,
}

/// The figures of a budget.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seen {
    pub(crate) verdict: Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
    pub(crate) calls: u64,
    pub(crate) judged: u64,
    pub(crate) warmed_up: u64,
    pub(crate) not_judged: u64,
    pub(crate) broken: u64,
    pub(crate) threads_started: u64,
    /// The most that a judged call used; empty if none was judged.
    #[serde(default)]
    pub(crate) most: Figures,
    /// The least that a judged call left of each limit.
    #[serde(default)]
    pub(crate) room: Figures,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) exceptions: Vec<Used>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) breaches: Vec<BreachSeen>,
}

/// An exception, whether it was used or not.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExceptionUse {
    pub(crate) module: String,
    pub(crate) used: Used,
}

/// The records of one file, process by process.
#[derive(Debug, Default)]
pub(crate) struct Records {
    processes: BTreeMap<Process, OfProcess>,
}

#[derive(Debug, Default)]
struct OfProcess {
    functions: BTreeMap<i64, Function>,
    exceptions: Vec<Exception>,
    breaches: Vec<Breach>,
}

impl Records {
    /// Takes a line in: a later one about the same budget replaces the one before.
    pub(crate) fn add(&mut self, record: Record) {
        match record {
            Record::Function(function) => {
                let of = self.processes.entry(function.process.clone()).or_default();
                of.functions.insert(function.id, function);
            }
            Record::Exception(exception) => {
                self.processes.entry(exception.process.clone()).or_default().exceptions.push(exception);
            }
            Record::Breach(breach) => {
                self.processes.entry(breach.process.clone()).or_default().breaches.push(breach);
            }
            Record::Unknown => {}
        }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.processes.is_empty()
    }

    /// Those that wrote something.
    pub(crate) fn processes(&self) -> impl Iterator<Item = &Process> {
        self.processes.keys()
    }

    /// Those that wrote of what broke, and did not come to write of all their budgets. Budgets are numbered from 0, so one is
    /// missing if a number is, or one that the same program knows elsewhere.
    pub(crate) fn unended(&self) -> Vec<&Process> {
        let last = |of: &OfProcess| {
            let breaches = of.breaches.iter().map(|breach| breach.id);
            of.functions.keys().copied().chain(breaches).max()
        };
        let mut last_of: BTreeMap<&str, Option<i64>> = BTreeMap::new();
        for (process, of) in &self.processes {
            let known = last_of.entry(&process.program).or_default();
            *known = last(of).max(*known);
        }
        let ended = |(process, of): &(&Process, &OfProcess)| match last_of.get(process.program.as_str()) {
            Some(Some(last)) => (0..=*last).all(|id| of.functions.contains_key(&id)),
            _ => true,
        };
        self.processes.iter().filter(|of| !ended(of)).map(|(process, _)| process).collect()
    }

    /// A shard for each platform; `profile` is that of the build, if it is known.
    pub(crate) fn into_shards(self, profile: Option<&str>) -> Vec<Shard> {
        let mut platforms: BTreeMap<(String, String), Vec<(Process, OfProcess)>> = BTreeMap::new();
        for (process, of) in self.processes {
            let by_assertions = if process.debug_assertions { "dev" } else { "release" };
            let profile = profile.unwrap_or(by_assertions).to_owned();
            platforms.entry((process.target.clone(), profile)).or_default().push((process, of));
        }
        platforms.into_iter().map(|((target, profile), all)| shard(target, profile, all)).collect()
    }
}

fn shard(target: String, profile: String, all: Vec<(Process, OfProcess)>) -> Shard {
    let mut identity = Identity::of(&target, &profile);
    let processes = all.len() as u64;
    let mut budgets = BTreeMap::new();
    let mut exceptions = BTreeMap::new();
    for (process, of) in all {
        identity.add(&process);
        for budget in budgets_of(of.functions, of.breaches) {
            add_budget(&mut budgets, budget);
        }
        for Exception { module, used, .. } in of.exceptions {
            add_exception(&mut exceptions, ExceptionUse { module, used });
        }
    }
    Shard {
        id: identity.finish(),
        target,
        profile,
        processes,
        run: None,
        budgets: budgets.into_values().collect(),
        exceptions: exceptions.into_values().collect(),
    }
}

/// The budgets of one process, numbered where they share a place.
fn budgets_of(functions: BTreeMap<i64, Function>, breaches: Vec<Breach>) -> impl Iterator<Item = Budget> {
    let mut of_place: BTreeMap<Site, u32> = BTreeMap::new();
    let mut broken: BTreeMap<i64, Vec<BreachSeen>> = BTreeMap::new();
    for breach in breaches {
        broken.entry(breach.id).or_default().push(breach.seen);
    }
    functions.into_values().map(move |function| {
        let nth = of_place.entry(function.site.clone()).or_default();
        *nth += 1;
        let mut seen = Seen {
            verdict: function.verdict,
            why: function.why,
            calls: function.calls,
            judged: function.judged,
            warmed_up: function.warmed_up,
            not_judged: function.not_judged,
            broken: function.broken,
            threads_started: function.threads_started,
            most: function.most.unwrap_or_default(),
            room: function.room,
            exceptions: Vec::new(),
            breaches: Vec::new(),
        };
        // Sorted and cut, as they are when several processes are put together.
        seen.add_exceptions(function.exceptions);
        seen.add_breaches(broken.remove(&function.id).unwrap_or_default());
        Budget { nth: *nth, site: function.site, type_path: function.type_path, seen }
    })
}

/// Budgets by what makes them the same.
pub(crate) type Budgets = BTreeMap<(Site, u32), Budget>;

/// Takes what was seen of a budget to what is known of it.
pub(crate) fn add_budget(budgets: &mut Budgets, budget: Budget) {
    let key = (budget.site.clone(), budget.nth);
    match budgets.get_mut(&key) {
        None => {
            budgets.insert(key, budget);
        }
        Some(known) => {
            // The least of several, so that it does not matter who came first.
            known.type_path = match (known.type_path.take(), budget.type_path) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            known.seen.add(budget.seen);
        }
    }
}

/// Exceptions by place.
pub(crate) type Exceptions = BTreeMap<(String, u32, String, String), ExceptionUse>;

pub(crate) fn add_exception(exceptions: &mut Exceptions, exception: ExceptionUse) {
    let Used { file, line, reason, .. } = &exception.used;
    let key = (file.clone(), *line, exception.module.clone(), reason.clone());
    match exceptions.get_mut(&key) {
        Some(known) => known.used.add(&exception.used),
        None => {
            exceptions.insert(key, exception);
        }
    }
}

impl Used {
    fn add(&mut self, other: &Used) {
        add(&mut self.times, other.times);
        add(&mut self.allocations, other.allocations);
        add(&mut self.bytes, other.bytes);
    }
}

/// A file may say anything.
fn add(sum: &mut u64, other: u64) {
    *sum = sum.saturating_add(other);
}

impl Seen {
    /// Takes what another process saw to it. Neither the order nor how several are grouped matters.
    fn add(&mut self, other: Seen) {
        match other.verdict.cmp(&self.verdict) {
            std::cmp::Ordering::Less => self.why = other.why,
            std::cmp::Ordering::Equal => {
                // `held` for a reason that is none of calls, and for calls: the calls say more.
                self.why = match (self.why.take(), other.why) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) if self.verdict != Verdict::Held => one.or(other),
                    _ => None,
                };
            }
            std::cmp::Ordering::Greater => {}
        }
        self.verdict = self.verdict.min(other.verdict);
        add(&mut self.calls, other.calls);
        add(&mut self.judged, other.judged);
        add(&mut self.warmed_up, other.warmed_up);
        add(&mut self.not_judged, other.not_judged);
        add(&mut self.broken, other.broken);
        self.threads_started = self.threads_started.max(other.threads_started);
        for (key, used) in other.most {
            self.most.entry(key).and_modify(|most| *most = used.max(*most)).or_insert(used);
        }
        for (key, left) in other.room {
            self.room.entry(key).and_modify(|room| *room = left.min(*room)).or_insert(left);
        }
        self.add_exceptions(other.exceptions);
        self.add_breaches(other.breaches);
    }

    fn add_exceptions(&mut self, exceptions: Vec<Used>) {
        for used in exceptions {
            let same = |known: &&mut Used| {
                (&known.file, known.line, &known.reason) == (&used.file, used.line, &used.reason)
            };
            match self.exceptions.iter_mut().find(same) {
                Some(known) => known.add(&used),
                None => self.exceptions.push(used),
            }
        }
        self.exceptions.sort_by(|one, other| {
            (&one.file, one.line, &one.reason).cmp(&(&other.file, other.line, &other.reason))
        });
    }

    /// Keeps the first ones by what they say, and not by who came first.
    fn add_breaches(&mut self, breaches: Vec<BreachSeen>) {
        self.breaches.extend(breaches);
        self.breaches.sort();
        self.breaches.truncate(BREACHES);
    }
}

#[cfg(test)]
#[path = "shard_tests.rs"]
mod tests;
