//! A run beside one that was kept: what each budget used at most, before and after.
//!
//! A budget is the same by platform, path and form: its line and its limit may have moved. Of several that share these the n-th by
//! place is the n-th. A platform that only one of the two saw is not compared.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::record::Verdict;
use crate::shard::Budget;
use crate::view::Platform;

/// What has changed.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// The worst first, then by name.
    pub(crate) changes: Vec<Change>,
    /// How many budgets are as they were.
    pub(crate) same: usize,
    /// Platforms that only the run before saw.
    pub(crate) only_before: Vec<String>,
    /// Platforms that only this run saw.
    pub(crate) only_after: Vec<String>,
}

/// A budget that is not as it was.
#[derive(Debug, Serialize)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    pub(crate) platform: String,
    pub(crate) name: String,
    /// Where it is now, or was.
    pub(crate) place: String,
    pub(crate) verdict_before: Option<Verdict>,
    pub(crate) verdict_after: Option<Verdict>,
    /// Each key that is limited now, or was.
    pub(crate) keys: Vec<OfKey>,
}

/// What has become of it. The order is that of what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// It uses more of one key, or its verdict is a worse one.
    Worse,
    New,
    Gone,
    /// It uses less of one key and more of none, or its verdict is a better one.
    Better,
    /// Only what it allows is another.
    Limit,
    Same,
}

/// The figures of one key.
#[derive(Debug, Serialize)]
pub(crate) struct OfKey {
    pub(crate) key: String,
    pub(crate) before: Option<i64>,
    pub(crate) after: Option<i64>,
    pub(crate) limit_before: Option<String>,
    pub(crate) limit_after: Option<String>,
}

type Key<'a> = (&'a str, String, &'a str, usize);

impl Comparison {
    pub(super) fn of(before: &[Platform], after: &[Platform]) -> Self {
        let names = |of: &[Platform]| of.iter().map(Platform::name).collect::<Vec<_>>();
        let (names_before, names_after) = (names(before), names(after));
        let only = |of: &[String], other: &[String]| -> Vec<String> {
            of.iter().filter(|name| !other.contains(name)).cloned().collect()
        };
        let mut changes = Vec::new();
        for now in after {
            let Some(then) = before.iter().find(|then| then.name() == now.name()) else { continue };
            let (then, after) = (by_key(then), by_key(now));
            for (key, budget) in &after {
                changes.push(Change::of(now, then.get(key).copied(), Some(*budget)));
            }
            for (_, budget) in then.iter().filter(|(key, _)| !after.contains_key(*key)) {
                changes.push(Change::of(now, Some(*budget), None));
            }
        }
        let all = changes.len();
        changes.retain(|change| change.kind != Kind::Same);
        changes.sort_by(|one, other| {
            let key = |of: &Change| (of.kind, of.name.clone(), of.platform.clone(), of.place.clone());
            key(one).cmp(&key(other))
        });
        Self {
            same: all - changes.len(),
            changes,
            only_before: only(&names_before, &names_after),
            only_after: only(&names_after, &names_before),
        }
    }

    /// How many are of the kind.
    pub(super) fn count(&self, kind: Kind) -> usize {
        self.changes.iter().filter(|change| change.kind == kind).count()
    }

    /// `2 worse, 1 new, 10 as before`
    pub(super) fn sentence(&self) -> String {
        let kinds = [Kind::Worse, Kind::New, Kind::Gone, Kind::Better, Kind::Limit];
        let counts = kinds.into_iter().map(|kind| (self.count(kind), kind.name()));
        let mut parts: Vec<String> =
            counts.filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect();
        if self.same > 0 || parts.is_empty() {
            parts.push(format!("{} as before", self.same));
        }
        parts.join(", ")
    }

    /// Of platforms that are in one of the two alone.
    pub(super) fn not_compared(&self) -> Option<String> {
        let of =
            |names: &[String], what| (!names.is_empty()).then(|| format!("{} {what}", names.join(" and ")));
        let parts = [of(&self.only_before, "only before"), of(&self.only_after, "only now")];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| format!("Not compared: {}", parts.join("; ")))
    }
}

/// Budgets by what makes them the same in two runs.
fn by_key(platform: &Platform) -> BTreeMap<Key<'_>, &Budget> {
    let mut seen: BTreeMap<(&str, String, &str), usize> = BTreeMap::new();
    let mut budgets: Vec<&Budget> = platform.budgets.iter().collect();
    let place =
        |budget: &Budget| (budget.site.file.clone(), budget.site.line, budget.site.column, budget.nth);
    budgets.sort_by_key(|budget| place(budget));
    let with_key = budgets.into_iter().map(|budget| {
        // Before its first call a method has no type, so its name is none that it always has.
        let key = (budget.site.path.as_str(), budget.site.file.clone(), budget.site.form.as_str());
        let nth = seen.entry(key.clone()).or_default();
        *nth += 1;
        ((key.0, key.1, key.2, *nth), budget)
    });
    with_key.collect()
}

impl Change {
    fn of(platform: &Platform, before: Option<&Budget>, after: Option<&Budget>) -> Self {
        let either = after.or(before);
        let keys = keys(before, after);
        let verdict = |of: Option<&Budget>| of.map(|budget| budget.seen.verdict);
        let (verdict_before, verdict_after) = (verdict(before), verdict(after));
        Self {
            kind: kind(verdict_before, verdict_after, &keys),
            platform: platform.name(),
            name: either.map(Budget::name).unwrap_or_default(),
            place: either.map(Budget::place).unwrap_or_default(),
            verdict_before,
            verdict_after,
            keys,
        }
    }
}

fn keys(before: Option<&Budget>, after: Option<&Budget>) -> Vec<OfKey> {
    let limit = |of: Option<&Budget>, key: &str| of.and_then(|budget| budget.site.budget.get(key).cloned());
    let most = |of: Option<&Budget>, key: &str| of.and_then(|budget| budget.seen.most.get(key).copied());
    let of_key = |key: &str| OfKey {
        key: key.to_owned(),
        before: most(before, key),
        after: most(after, key),
        limit_before: limit(before, key),
        limit_after: limit(after, key),
    };
    let limited = |key: &OfKey| key.limit_before.is_some() || key.limit_after.is_some();
    let all = ["allocations", "bytes", "peak_bytes", "live_bytes", "deallocations"];
    all.into_iter().map(of_key).filter(limited).collect()
}

fn kind(before: Option<Verdict>, after: Option<Verdict>, keys: &[OfKey]) -> Kind {
    let (Some(before), Some(after)) = (before, after) else {
        return if after.is_some() { Kind::New } else { Kind::Gone };
    };
    let figures = || keys.iter().filter_map(|key| Some((key.before?, key.after?)));
    let (badness_before, badness_after) = (badness(before), badness(after));
    if badness_after > badness_before || figures().any(|(before, after)| after > before) {
        Kind::Worse
    } else if badness_after < badness_before || figures().any(|(before, after)| after < before) {
        Kind::Better
    } else if keys.iter().any(|key| key.limit_before != key.limit_after) {
        Kind::Limit
    } else {
        Kind::Same
    }
}

/// What is not known to hold is worse than what does.
fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Held => 0,
        Verdict::NeverExercised => 1,
        Verdict::NotVerified => 2,
        Verdict::Broken => 3,
    }
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Worse => "worse",
            Kind::New => "new",
            Kind::Gone => "gone",
            Kind::Better => "better",
            Kind::Limit => "with another limit",
            Kind::Same => "as before",
        }
    }

    /// In a row.
    pub(super) fn label(self) -> &'static str {
        if self == Kind::Limit { "limit" } else { self.name() }
    }

    /// A sign that needs no colour.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Kind::Worse => "▲",
            Kind::New => "+",
            Kind::Gone => "−",
            Kind::Better => "▼",
            Kind::Limit => "±",
            Kind::Same => "=",
        }
    }
}

impl OfKey {
    /// `1 → 3`, `2`, `- → 1`
    pub(super) fn used(&self) -> String {
        let Self { before, after, .. } = self;
        if before == after {
            return super::rows::shown(*after);
        }
        format!("{} → {}", super::rows::shown(*before), super::rows::shown(*after))
    }

    /// The limit, or both where it is another.
    pub(super) fn limits(&self) -> String {
        let shown = |limit: &Option<String>| limit.clone().unwrap_or_else(|| "none".to_owned());
        if self.limit_before == self.limit_after {
            return shown(&self.limit_after);
        }
        format!("{} → {}", shown(&self.limit_before), shown(&self.limit_after))
    }
}

impl Change {
    /// `held → broken`, where it is another.
    pub(super) fn verdicts(&self) -> Option<String> {
        let (before, after) = (self.verdict_before?, self.verdict_after?);
        (before != after).then(|| format!("{} → {}", before.name(), after.name()))
    }
}
