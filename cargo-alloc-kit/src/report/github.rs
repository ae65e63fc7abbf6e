//! The run as annotations of lines: broken budgets as errors, what nothing was shown of as warnings.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write;

use super::model::Report;
use super::rows;
use crate::annotation::{Annotation, SHOWN, level, of_no_line, plain};
use crate::caveats::Caveat;
use crate::record::{BreachSeen, Frame, Verdict};
use crate::shard::Budget;
use crate::view::Platform;

/// What is said of a line.
struct Said {
    file: String,
    line: u32,
    column: Option<u32>,
    title: &'static str,
    /// Of which platforms it is said.
    platforms: Vec<String>,
    message: String,
}

pub(super) fn of(report: &Report) -> String {
    let mut broken: Vec<_> = report.with(Verdict::Broken).collect();
    broken.sort_by(|(_, one), (_, other)| other.excess().total_cmp(&one.excess()));
    let all = report
        .platforms
        .iter()
        .flat_map(|platform| platform.budgets.iter().map(move |budget| (platform, budget)));
    let errors = broken.into_iter().map(|(platform, budget)| of_broken(platform, budget));
    let errors = errors.chain(all.filter_map(|(platform, budget)| of_proof(report, platform, budget)));
    let unknown =
        [Verdict::NotVerified, Verdict::NeverExercised].into_iter().flat_map(|verdict| report.with(verdict));
    let warnings = unknown.map(|(platform, budget)| of_unknown(report, platform, budget));
    let several = report.platforms.len() > 1;
    let prefix = &report.roots.in_repository;
    let mut text = level("error", "broken budgets", &together(errors, several), prefix, SHOWN);
    let caveats = of_caveats(&report.caveats);
    text.push_str(&caveats);
    text.push_str(&level(
        "warning",
        "budgets that nothing was shown of",
        &together(warnings, several),
        prefix,
        SHOWN - usize::from(!caveats.is_empty()),
    ));
    text.push_str(&plain(&report.sentence()));
    text
}

/// What the figures do not show: of no line.
fn of_caveats(caveats: &[Caveat]) -> String {
    if caveats.is_empty() {
        return String::new();
    }
    let texts: Vec<&str> = caveats.iter().map(|caveat| caveat.text.as_str()).collect();
    of_no_line("warning", "what this run does not show", &texts.join("\n"))
}

fn of_broken(platform: &Platform, budget: &Budget) -> Said {
    let breaches = &budget.seen.breaches;
    // The one that allocated most beyond its limit stands for the others.
    let excess = |breach: &&BreachSeen| breach.limits.iter().map(|of| of.used.saturating_sub(of.limit)).max();
    let worst = breaches.iter().max_by_key(excess);
    let culprit = worst.and_then(BreachSeen::culprit);
    let (file, line, column) = match culprit {
        Some(Frame { file: Some(file), line: Some(line), column, .. }) => (file.clone(), *line, *column),
        _ => (budget.site.file.clone(), budget.site.line, Some(budget.site.column)),
    };
    let mut message = worst.map_or_else(|| without_breach(budget), |breach| breach.sentence().to_owned());
    if breaches.len() > 1 {
        let _ = write!(message, " (the worst of {} breaches)", breaches.len());
    }
    if culprit.is_some() {
        let _ = write!(message, "\nbudget of: {}", budget.place());
    }
    if let Some(help) = worst.and_then(|breach| breach.help.as_ref()) {
        let _ = write!(message, "\nhelp: {help}");
    }
    Said { file, line, column, title: "budget broken", platforms: vec![platform.name()], message }
}

/// `app::parse is over its budget: allocations 3 of 2`
pub(super) fn without_breach(budget: &Budget) -> String {
    let over = rows::of(budget).into_iter().filter(|row| row.room.is_some_and(|room| room < 0));
    let over: Vec<String> =
        over.map(|row| format!("{} {} of {}", row.key, row.most_shown(), row.limit)).collect();
    let why = budget.seen.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let over = if over.is_empty() { why } else { format!(": {}", over.join(", ")) };
    format!("`{}` is over its budget{over}", budget.name())
}

/// What tests did not see, and the program's code shows.
fn of_proof(report: &Report, platform: &Platform, budget: &Budget) -> Option<Said> {
    let proofs = report.proofs.as_ref()?;
    proofs.get(budget).filter(|proven| proven.verdict == "may allocate")?;
    let site = &budget.site;
    Some(Said {
        file: site.file.clone(),
        line: site.line,
        column: Some(site.column),
        title: "may allocate",
        platforms: vec![platform.name()],
        message: format!(
            "`cargo alloc-kit prove` found a path of `{}` that reaches the allocator, and shows it ({})",
            budget.name(),
            proofs.about
        ),
    })
}

fn of_unknown(report: &Report, platform: &Platform, budget: &Budget) -> Said {
    let name = budget.name();
    let (title, message) = if budget.seen.verdict == Verdict::NeverExercised {
        let is_open = report.proofs.as_ref().is_some_and(|proofs| proofs.is_open(budget));
        let both = if is_open { "; nor can `prove` know it: look at this first" } else { "" };
        (
            "budget never exercised",
            format!("no test called `{name}`, so its budget was not shown to hold{both}"),
        )
    } else {
        let why = budget.seen.why.as_deref().unwrap_or("for no reason that is known");
        ("budget not verified", format!("no call of `{name}` could be judged: {why}"))
    };
    let site = &budget.site;
    Said {
        file: site.file.clone(),
        line: site.line,
        column: Some(site.column),
        title,
        platforms: vec![platform.name()],
        message,
    }
}

/// What is said of several platforms is said once.
fn together(all_said: impl Iterator<Item = Said>, several: bool) -> Vec<Annotation> {
    let mut all: Vec<Said> = Vec::new();
    let mut known: HashMap<_, usize> = HashMap::new();
    for said in all_said {
        let Said { file, line, column, title, message, .. } = &said;
        match known.entry((file.clone(), *line, *column, *title, message.clone())) {
            Entry::Occupied(at) => all[*at.get()].platforms.extend(said.platforms),
            Entry::Vacant(at) => {
                at.insert(all.len());
                all.push(said);
            }
        }
    }
    all.into_iter().map(|said| said.annotation(several)).collect()
}

impl Said {
    fn annotation(self, several: bool) -> Annotation {
        let on = if several { format!(" [{}]", self.platforms.join("; ")) } else { String::new() };
        let Self { file, line, column, title, message, .. } = self;
        Annotation { file, line, column, title: title.to_owned(), message: message + &on }
    }
}
