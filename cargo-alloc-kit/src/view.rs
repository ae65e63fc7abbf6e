//! What is shown of a run: for each platform its budgets, with what all shards saw of them together.

use std::collections::BTreeMap;

use crate::record::{Site, Verdict};
use crate::run_file::RunFile;
use crate::shard::{self, Budget, Budgets, ExceptionUse, Exceptions};

/// The budgets of one platform: counts differ between platforms, and between profiles.
#[derive(Clone, Debug)]
pub(crate) struct Platform {
    pub(crate) target: String,
    pub(crate) profile: String,
    pub(crate) shards: usize,
    pub(crate) processes: u64,
    /// By name, then place.
    pub(crate) budgets: Vec<Budget>,
    pub(crate) exceptions: Vec<ExceptionUse>,
}

/// The platforms of a run, in the order of their names.
pub(crate) fn platforms(run: &RunFile) -> Vec<Platform> {
    #[derive(Default)]
    struct Sum {
        shards: usize,
        processes: u64,
        budgets: Budgets,
        exceptions: Exceptions,
    }
    let mut sums: BTreeMap<(&str, &str), Sum> = BTreeMap::new();
    for shard in run.shards.values() {
        let sum = sums.entry((&shard.target, &shard.profile)).or_default();
        sum.shards += 1;
        sum.processes = sum.processes.saturating_add(shard.processes);
        for budget in &shard.budgets {
            shard::add_budget(&mut sum.budgets, budget.clone());
        }
        for exception in &shard.exceptions {
            shard::add_exception(&mut sum.exceptions, exception.clone());
        }
    }
    let platform = |((target, profile), sum): ((&str, &str), Sum)| {
        let mut budgets: Vec<Budget> = sum.budgets.into_values().collect();
        budgets.sort_by(|one, other| {
            (one.name(), &one.site, one.nth).cmp(&(other.name(), &other.site, other.nth))
        });
        Platform {
            target: target.to_owned(),
            profile: profile.to_owned(),
            shards: sum.shards,
            processes: sum.processes,
            budgets,
            exceptions: sum.exceptions.into_values().collect(),
        }
    };
    sums.into_iter().map(platform).collect()
}

impl Platform {
    /// How many have the verdict.
    pub(crate) fn count(&self, verdict: Verdict) -> usize {
        self.budgets.iter().filter(|budget| budget.seen.verdict == verdict).count()
    }

    /// `x86_64-linux-gnu, release`
    pub(crate) fn name(&self) -> String {
        format!("{}, {}", self.target, self.profile)
    }
}

impl Budget {
    /// The function with its type, where it is known, and without type arguments: `app::Parser::grow`.
    pub(crate) fn name(&self) -> String {
        let Some(path) = &self.type_path else { return self.site.path.clone() };
        // `<app::Parser<T> as app::Grow>::grow`
        let of_trait = path.strip_prefix('<').and_then(|path| path.split_once(" as "));
        match of_trait {
            Some((of_type, _)) => {
                let function = self.site.path.rsplit("::").next().unwrap_or_default();
                format!("{}::{function}", without_arguments(of_type))
            }
            None => without_arguments(path),
        }
    }

    /// `src/lib.rs:4`
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.site.file, self.site.line)
    }
}

impl Site {
    /// Whether it is in a program that rustdoc made of a doctest: its file, lines and names are that program's.
    pub(crate) fn is_in_doctest(&self) -> bool {
        self.path.starts_with("rust_out::") || self.path.starts_with("doctest_bundle_")
    }
}

/// `app::Parser::grow` of `app::Parser<T>::grow`.
fn without_arguments(path: &str) -> String {
    let mut depth = 0_u32;
    let mut name = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            c if depth == 0 => name.push(c),
            _ => {}
        }
    }
    // `app::make::<T>`
    name.replace("::::", "::").trim_end_matches("::").to_owned()
}
