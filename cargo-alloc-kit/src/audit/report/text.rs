//! The report for a terminal: what costs most first, each with its line of the source and what to do.

mod snippet;

use std::fmt::Write;

use super::By;
use crate::audit::join::{percent, weight};
use crate::audit::model::{Audit, Cost, Entry, HotLine, Status, Total};
use crate::audit::rules::Category;
use crate::blocks::counted;
use crate::shell::{BOLD, FAINT, WARNING};
use crate::table::count;
use crate::untrusted::line_of;
use snippet::Sources;

/// How much is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) top: usize,
    pub(super) all: bool,
    /// The first line of each finding and the totals alone.
    pub(super) quiet: bool,
    pub(super) by: By,
}

pub(super) fn of(audit: &Audit, look: Look) -> String {
    let mut text = String::new();
    if look.quiet {
        headlines(&mut text, audit, look);
        totals(&mut text, audit, look);
        return text;
    }
    let mut sources = Sources::default();
    measured(&mut text, audit, look, &mut sources);
    hot(&mut text, audit, look);
    not_measured(&mut text, audit, look);
    totals(&mut text, audit, look);
    notes(&mut text, audit);
    // A part may end with an empty line, and the next begin with one.
    text.replace("\n\n\n", "\n\n")
}

fn measured(text: &mut String, audit: &Audit, look: Look, sources: &mut Sources) {
    let entries: Vec<&Entry> =
        audit.entries.iter().filter(|entry| matches!(entry.status, Status::Measured { .. })).collect();
    if entries.is_empty() {
        let _ = writeln!(text, "No finding has measured bytes.\n");
        return;
    }
    let by = match look.by {
        By::Bytes => "bytes",
        By::Blocks => "blocks",
    };
    let _ = writeln!(
        text,
        "{BOLD}{} with measured bytes, by {by}{BOLD:#}\n",
        counted(entries.len() as u64, "finding")
    );
    for (number, entry) in entries.iter().enumerate().take(look.top) {
        one(text, number + 1, entry, sources);
    }
    more(text, entries.len(), look.top, "--top");
}

/// What was measured, a line each.
fn headlines(text: &mut String, audit: &Audit, look: Look) {
    let measured = audit.entries.iter().filter(|entry| matches!(entry.status, Status::Measured { .. }));
    for (number, entry) in measured.take(look.top).enumerate() {
        let (finding, share) = (&entry.finding, percent(entry.rank / 100.0));
        let place = line_of(&format!("{}:{}:{}", finding.file, finding.span.line, finding.span.column));
        let _ = writeln!(
            text,
            "{}. {}, {share} of all  {place}  {FAINT}[{}]{FAINT:#}",
            number + 1,
            shown(entry.cost()),
            finding.rule.id
        );
    }
}

fn one(text: &mut String, number: usize, entry: &Entry, sources: &mut Sources) {
    let Status::Measured { cost, ambiguous } = &entry.status else { return };
    let finding = &entry.finding;
    let (file, span) = (line_of(&finding.file), finding.span);
    let share = percent(entry.rank / 100.0);
    let _ = writeln!(
        text,
        "{BOLD}{number}. {}{BOLD:#}, {share} of all  {FAINT}[{}]{FAINT:#}",
        shown(*cost),
        finding.rule.id
    );
    let message = line_of(&finding.message);
    match sources.snippet(&finding.file, span, &message, &shown(*cost)) {
        Some(snippet) => {
            let _ = writeln!(text, "{snippet}");
        }
        None => {
            let _ = writeln!(text, "{message}\n  {FAINT}-->{FAINT:#} {file}:{}:{}", span.line, span.column);
        }
    }
    let row = |text: &mut String, what: &str, said: &str| {
        let _ = writeln!(text, "  = {BOLD}{what}{BOLD:#}: {}", line_of(said));
    };
    let evidence =
        if entry.evidence.is_empty() { "by the rule".to_owned() } else { entry.evidence.join("; ") };
    row(text, category(entry.category), &evidence);
    row(text, "fix", &finding.fix);
    if !finding.linters.is_empty() {
        let linted: Vec<String> =
            finding.linters.iter().map(|linted| format!("{} {}", linted.linter, linted.code)).collect();
        row(text, "also", &linted.join(", "));
    }
    if !ambiguous.is_empty() {
        row(text, "not certain", &ambiguous.join("; "));
    }
    if let Some(proposal) = &entry.proposal {
        let name = &proposal.function.name;
        row(
            text,
            "keep it",
            &format!(
                "{} on `{name}` ({}:{}): {}",
                proposal.annotation, proposal.file, proposal.line, proposal.why
            ),
        );
    }
    text.push('\n');
}

/// Lines that no rule is of.
fn hot(text: &mut String, audit: &Audit, look: Look) {
    if audit.hot.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "{BOLD}{} and match no rule{BOLD:#}\n",
        if audit.hot.len() == 1 {
            "1 line that allocates".to_owned()
        } else {
            counted(audit.hot.len() as u64, "line") + " that allocate"
        }
    );
    for line in audit.hot.iter().take(look.top) {
        let HotLine { file, line: number, function, cost, rank, .. } = line;
        let place = line_of(&format!("{file}:{number} in `{function}`"));
        let _ = writeln!(text, "  {}, {} of all  {place}", shown(*cost), percent(rank / 100.0));
        let evidence = line_of(&line.evidence.join("; "));
        match line.category.map(category) {
            Some(category) => {
                let _ = writeln!(text, "      {category}: {evidence}");
            }
            None if evidence.is_empty() => {}
            None => {
                let _ = writeln!(text, "      {evidence}");
            }
        }
    }
    more(text, audit.hot.len(), look.top, "--top");
}

/// What has no bytes: counted, and by name where all is asked for.
fn not_measured(text: &mut String, audit: &Audit, look: Look) {
    type Of = (&'static str, fn(&Status) -> Option<&str>);
    let kinds: [Of; 3] = [
        ("of files that have changed since", |status| match status {
            Status::Stale(why) => Some(why),
            _ => None,
        }),
        ("that no profile can say anything of", |status| match status {
            Status::Hint(why) => Some(why),
            _ => None,
        }),
        ("that allocated nothing", |status| matches!(status, Status::Zero).then_some("")),
    ];
    for (what, why) in kinds {
        let those: Vec<(&Entry, &str)> =
            audit.entries.iter().filter_map(|entry| why(&entry.status).map(|why| (entry, why))).collect();
        if those.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{BOLD}{}{BOLD:#} {what}", counted(those.len() as u64, "finding"));
        for (entry, why) in those.iter().filter(|_| look.all) {
            let (finding, line) = (&entry.finding, entry.finding.span.line);
            let why = if why.is_empty() { entry.evidence.join("; ") } else { (*why).to_owned() };
            let place =
                line_of(&format!("{}:{line} {} [{}]: {why}", finding.file, finding.message, finding.rule.id));
            let _ = writeln!(text, "  {place}");
        }
    }
    if !look.all && audit.entries.iter().any(|entry| !matches!(entry.status, Status::Measured { .. })) {
        let _ = writeln!(text, "  {FAINT}`-v` names them{FAINT:#}");
    }
    text.push('\n');
}

fn totals(text: &mut String, audit: &Audit, look: Look) {
    for Total { file, origin, command, all, found, hot, elsewhere } in &audit.totals {
        let of = if command.is_empty() { String::new() } else { format!(" of {command}") };
        let _ = writeln!(text, "{BOLD}{}{BOLD:#}: {} ({origin}{})", line_of(file), shown(*all), line_of(&of));
        for (what, cost) in [("at findings", found), ("at other lines", hot), ("elsewhere", elsewhere)] {
            let share = match weight(*all, look.by) {
                0 => String::new(),
                whole => format!(", {}", percent(part(weight(*cost, look.by), whole))),
            };
            let _ = writeln!(text, "  {what}: {}{share}", shown(*cost));
        }
    }
    for of in &audit.scanned {
        let (files, lines) = (counted(of.files as u64, "file"), counted(of.lines, "line"));
        let _ = writeln!(
            text,
            "{}: {files}, {lines}, {}",
            of.language.name(),
            counted(of.findings as u64, "finding")
        );
    }
    for skipped in &audit.skipped {
        let _ = writeln!(
            text,
            "{WARNING}not scanned{WARNING:#}: {} {}",
            line_of(&skipped.file),
            line_of(&skipped.why)
        );
    }
}

fn notes(text: &mut String, audit: &Audit) {
    for note in &audit.notes {
        let _ = writeln!(text, "{WARNING}{}{WARNING:#}: {}", note.kind, line_of(&note.text));
    }
}

fn more(text: &mut String, all: usize, top: usize, option: &str) {
    if all > top {
        let _ = writeln!(
            text,
            "  {FAINT}and {} more: `{option} {all}` shows all{FAINT:#}",
            count((all - top) as u64)
        );
    }
    text.push('\n');
}

#[expect(clippy::cast_precision_loss, reason = "a part, not a count")]
fn part(of: u64, all: u64) -> f64 {
    of as f64 / all as f64
}

fn category(category: Category) -> &'static str {
    match category {
        Category::Eliminable => "eliminable",
        Category::Reducible => "reducible",
        Category::Necessary => "necessary",
    }
}

/// `1,024 bytes in 3 blocks`
fn shown(cost: Cost) -> String {
    let bytes = counted(cost.bytes, "byte");
    match cost.blocks {
        Some(blocks) => format!("{bytes} in {}", counted(blocks, "block")),
        None => bytes,
    }
}
