//! What every format shows, and what is said of it in one way everywhere.

use std::env;
use std::path::{Path, PathBuf};

use super::Weight;
use super::before::Comparison;
use super::source::Sources;
use super::stacks::Stacks;
use crate::caveats::{Caveat, Kind};
use crate::prove::Proofs;
use crate::record::{BreachSeen, Frame, Verdict};
use crate::shard::Budget;
use crate::view::Platform;

/// All that is known.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) platforms: Vec<Platform>,
    /// What `prove` says of the same functions, if it was asked.
    pub(crate) proofs: Option<Proofs>,
    /// What its figures do not show.
    pub(crate) caveats: Vec<Caveat>,
    pub(crate) before: Option<Comparison>,
    pub(crate) stacks: Stacks,
    pub(super) weight: Weight,
    pub(crate) sources: Sources,
    pub(super) roots: Roots,
    pub(super) taken: Taken,
}

/// What the configuration makes of verdicts that are neither good nor bad.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) never_exercised_fails: bool,
    pub(super) not_verified_passes: bool,
}

/// The folders that paths are relative to.
#[derive(Debug)]
pub(super) struct Roots {
    /// Of the workspace, or else the current one.
    pub(super) sources: PathBuf,
    /// From the repository's folder to it: ends with `/`, or is empty.
    pub(super) in_repository: String,
}

/// The verdicts, the worst first.
pub(super) const VERDICTS: [Verdict; 4] =
    [Verdict::Broken, Verdict::NotVerified, Verdict::NeverExercised, Verdict::Held];

impl Report {
    /// How many budgets there are, of each platform.
    pub(super) fn all(&self) -> usize {
        self.platforms.iter().map(|platform| platform.budgets.len()).sum()
    }

    /// How many have the verdict.
    pub(super) fn count(&self, verdict: Verdict) -> usize {
        self.platforms.iter().map(|platform| platform.count(verdict)).sum()
    }

    /// The budgets that have the verdict, with their platforms.
    pub(super) fn with(&self, verdict: Verdict) -> impl Iterator<Item = (&Platform, &Budget)> {
        let of = move |budget: &&Budget| budget.seen.verdict == verdict;
        self.platforms.iter().flat_map(move |platform| {
            platform.budgets.iter().filter(of).map(move |budget| (platform, budget))
        })
    }

    /// `2 of 9 budgets are broken; 1 was never exercised; but the tests failed`
    pub(super) fn sentence(&self) -> String {
        let mut kinds: Vec<Kind> = self.caveats.iter().map(|caveat| caveat.kind).collect();
        kinds.dedup();
        if kinds.is_empty() {
            return self.of_verdicts();
        }
        let but: Vec<&str> = kinds.into_iter().map(Kind::short).collect();
        format!("{}; but {}", self.of_verdicts(), but.join(", "))
    }

    fn of_verdicts(&self) -> String {
        let all = self.all();
        let count = |verdict| self.count(verdict);
        let (broken, held) = (count(Verdict::Broken), count(Verdict::Held));
        if all == 0 {
            return "There are no budgets".to_owned();
        }
        let budgets = if all == 1 { "budget" } else { "budgets" };
        let mut sentence = match (broken, held) {
            (0, held) if held == all && all == 1 => return "The 1 budget holds".to_owned(),
            (0, held) if held == all => return format!("All {all} budgets hold"),
            (0, 1) => format!("1 of {all} {budgets} holds, none is broken"),
            (0, held) => format!("{held} of {all} {budgets} hold, none is broken"),
            (1, _) => format!("1 of {all} {budgets} is broken"),
            (broken, _) => format!("{broken} of {all} {budgets} are broken"),
        };
        let mut rest = Vec::new();
        for (verdict, what) in
            [(Verdict::NotVerified, "not verified"), (Verdict::NeverExercised, "never exercised")]
        {
            match count(verdict) {
                0 => {}
                1 => rest.push(format!("1 was {what}")),
                n => rest.push(format!("{n} were {what}")),
            }
        }
        if !rest.is_empty() {
            sentence.push_str("; ");
            sentence.push_str(&rest.join(", "));
        }
        sentence
    }

    /// `x86_64-linux-gnu, dev`, of each platform
    pub(super) fn platform_names(&self) -> Vec<String> {
        self.platforms.iter().map(Platform::name).collect()
    }
}

impl Roots {
    pub(super) fn of(workspace: Option<PathBuf>) -> Self {
        let sources = workspace.or_else(|| env::current_dir().ok()).unwrap_or_default();
        let in_repository = in_repository(&sources).unwrap_or_default();
        Self { sources, in_repository }
    }
}

/// From the repository's folder to this one: ends with `/`, or is empty.
pub(crate) fn in_repository(sources: &Path) -> Option<String> {
    let sources = sources.canonicalize().ok()?;
    let of_runner = env::var_os("GITHUB_WORKSPACE").and_then(|root| Path::new(&root).canonicalize().ok());
    let root = match of_runner.filter(|root| sources.starts_with(root)) {
        Some(root) => root,
        None => sources.ancestors().find(|folder| folder.join(".git").exists())?.to_owned(),
    };
    let mut inside = String::new();
    for part in sources.strip_prefix(root).ok()? {
        inside.push_str(&part.to_string_lossy());
        inside.push('/');
    }
    Some(inside)
}

impl Budget {
    /// The crate that it is in: `app` of `app::parse::line`.
    pub(crate) fn crate_name(&self) -> &str {
        self.site.path.split("::").next().unwrap_or_default()
    }

    /// By how much the worst limit is exceeded, as a share of what is allowed; for the order of several.
    pub(super) fn excess(&self) -> f64 {
        let of_room = |(key, room): (&String, &i64)| {
            let most = self.seen.most.get(key).copied().unwrap_or_default();
            let limit = most.saturating_add(*room).max(0);
            #[expect(clippy::cast_precision_loss, reason = "it is for an order")]
            let excess = room.saturating_neg() as f64 / (limit as f64 + 1.0);
            excess
        };
        let worst = |one: f64, other: f64| one.max(other);
        self.seen.room.iter().map(of_room).fold(f64::NEG_INFINITY, worst)
    }
}

impl BreachSeen {
    /// The first line of the message.
    pub(super) fn sentence(&self) -> &str {
        let line = self.message.lines().next().unwrap_or_default();
        line.strip_prefix("alloc-kit: ").unwrap_or(line)
    }

    /// The line of the user's that allocated most often; a place is a whole stack, so several may have the same one.
    pub(super) fn culprit(&self) -> Option<&Frame> {
        let mut lines: Vec<(&Frame, u64)> = Vec::new();
        for place in &self.places {
            let Some(line) = place.culprit() else { continue };
            match lines.iter_mut().find(|(known, _)| known.place() == line.place()) {
                Some((_, times)) => *times = times.saturating_add(place.times),
                None => lines.push((line, place.times)),
            }
        }
        // Of those that are as many the first one.
        lines.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
        lines.first().map(|(line, _)| *line)
    }
}

/// `1 breach`, `2 breaches`
pub(crate) fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
