//! Annotations of lines, as GitHub Actions takes them from a job's log: `::error file=,line=,col=,title=::message`.
//!
//! Ten of a level are shown of a step, so the worst come first, and the tenth says how many more there are; these follow as plain
//! lines of the log.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write;

use super::model::{Report, counted};
use super::rows;
use crate::caveats::Caveat;
use crate::record::{BreachSeen, Frame, Verdict};
use crate::shard::Budget;
use crate::view::Platform;

/// Of each level, for each step.
const SHOWN: usize = 10;

/// What is said of a line.
struct Annotation {
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
    let errors = broken.into_iter().map(|(platform, budget)| of_broken(platform, budget));
    let unknown =
        [Verdict::NotVerified, Verdict::NeverExercised].into_iter().flat_map(|verdict| report.with(verdict));
    let warnings = unknown.map(|(platform, budget)| of_unknown(platform, budget));
    let several = report.platforms.len() > 1;
    let prefix = &report.roots.in_repository;
    let mut text = level("error", "broken budgets", &together(errors), (prefix, several), SHOWN);
    let caveats = of_caveats(&report.caveats);
    text.push_str(&caveats);
    text.push_str(&level(
        "warning",
        "budgets that nothing was shown of",
        &together(warnings),
        (prefix, several),
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
    let title = property("alloc-kit: what this run does not show");
    format!("::warning title={title}::{}\n", data(&texts.join("\n")))
}

fn of_broken(platform: &Platform, budget: &Budget) -> Annotation {
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
    Annotation { file, line, column, title: "budget broken", platforms: vec![platform.name()], message }
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

fn of_unknown(platform: &Platform, budget: &Budget) -> Annotation {
    let name = budget.name();
    let (title, message) = if budget.seen.verdict == Verdict::NeverExercised {
        ("budget never exercised", format!("no test called `{name}`, so its budget was not shown to hold"))
    } else {
        let why = budget.seen.why.as_deref().unwrap_or("for no reason that is known");
        ("budget not verified", format!("no call of `{name}` could be judged: {why}"))
    };
    let site = &budget.site;
    Annotation {
        file: site.file.clone(),
        line: site.line,
        column: Some(site.column),
        title,
        platforms: vec![platform.name()],
        message,
    }
}

/// What is said of several platforms is said once.
fn together(annotations: impl Iterator<Item = Annotation>) -> Vec<Annotation> {
    let mut all: Vec<Annotation> = Vec::new();
    let mut known: HashMap<_, usize> = HashMap::new();
    for annotation in annotations {
        let Annotation { file, line, column, title, message, .. } = &annotation;
        match known.entry((file.clone(), *line, *column, *title, message.clone())) {
            Entry::Occupied(at) => all[*at.get()].platforms.extend(annotation.platforms),
            Entry::Vacant(at) => {
                at.insert(all.len());
                all.push(annotation);
            }
        }
    }
    all
}

fn level(
    level: &str,
    what: &str,
    all: &[Annotation],
    (prefix, several): (&str, bool),
    most: usize,
) -> String {
    let shown = if all.len() > most { most - 1 } else { all.len() };
    let mut text = String::new();
    for annotation in &all[..shown] {
        text.push_str(&annotation.command(level, prefix, several));
    }
    if let [first, ..] = &all[shown..] {
        let more = all.len() - shown;
        let Annotation { file, line, .. } = first;
        let _ = writeln!(
            text,
            "::{level} file={},line={line},title={}::{}",
            property(&format!("{prefix}{file}")),
            property(&format!("alloc-kit: {more} more")),
            data(&format!("{more} more {what}, the first of them here: the job's log lists them"))
        );
        for annotation in &all[shown..] {
            let Annotation { title, message, .. } = annotation;
            let at = format!("{}:{}", annotation.file, annotation.line);
            text.push_str(&plain(&format!("{title}: {at}: {message}{}", annotation.on(several))));
        }
        text.push_str(&plain(&format!(
            "{} shown above as annotations, {more} not",
            counted(shown, "is", "are")
        )));
    }
    text
}

impl Annotation {
    fn command(&self, level: &str, prefix: &str, several: bool) -> String {
        let Annotation { file, line, column, title, message, .. } = self;
        let column = column.map(|column| format!(",col={column}")).unwrap_or_default();
        let file = property(&format!("{prefix}{}", file.replace('\\', "/")));
        let title = property(&format!("alloc-kit: {title}"));
        let message = data(&format!("{message}{}", self.on(several)));
        format!("::{level} file={file},line={line}{column},title={title}::{message}\n")
    }

    fn on(&self, several: bool) -> String {
        if several { format!(" [{}]", self.platforms.join("; ")) } else { String::new() }
    }
}

/// A line of the log that the runner takes for nothing else: `::` is a command at its start, where words of this program stand,
/// and `##[` anywhere.
fn plain(text: &str) -> String {
    text.replace(['\n', '\r'], " ").replace("##[", "## [") + "\n"
}

/// What stands behind `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which `:` and `,` would end as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
