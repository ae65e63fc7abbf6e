//! Markdown for a comment of a pull request or the summary of a job: a sentence, and tables that unfold. What is from files
//! stands in code spans, where nothing of it is a link, a tag or a mention; a table's `|` is escaped there, too.

use std::fmt::Write;

use super::before::{Change, Comparison};
use super::model::Report;
use super::proven;
use super::rows;
use crate::record::{BreachSeen, Frame, Verdict};
use crate::shard::Budget;
use crate::table::{count, grouped};
use crate::view::Platform;

/// GitHub takes 65,536 characters in a comment, of which whoever posts it may want some.
const LIMIT: usize = 65_000;
/// What the end of a section and the start of the next ones take.
const RESERVED: usize = 400;
/// Longer names are cut off.
const LONGEST: usize = 200;
/// Frames of a stack that are listed.
const FRAMES: usize = 8;

/// What is written, and how much more of it may be.
struct Page {
    text: String,
    sections_left: usize,
    was_cut: bool,
}

pub(super) fn of(report: &Report) -> String {
    let mut page = Page { text: String::new(), sections_left: 8, was_cut: false };
    let _ = writeln!(page.text, "### alloc-kit: {}\n", report.sentence());
    let platforms = report.platform_names().iter().map(|name| span(name)).collect::<Vec<_>>();
    if !platforms.is_empty() {
        let _ = writeln!(page.text, "{}\n", shortened_list(&platforms));
    }
    page.caveats(report);
    let several = report.platforms.len() > 1;
    let mut broken: Vec<_> = report.with(Verdict::Broken).collect();
    broken.sort_by(|(_, one), (_, other)| other.excess().total_cmp(&one.excess()));
    page.section(
        "Broken",
        true,
        &head(several, BROKEN),
        broken.iter().map(|(of, budget)| row(of, budget, several, true)),
    );
    page.list("Who allocated", broken.iter().flat_map(|(_, budget)| callers(budget)));
    if let Some(before) = &report.before {
        page.comparison(before, several);
    }
    for (name, verdict) in
        [("Not verified", Verdict::NotVerified), ("Never exercised", Verdict::NeverExercised)]
    {
        let rows = report.with(verdict).map(|(of, budget)| row(of, budget, several, false));
        page.section(name, false, &head(several, BUDGETS), rows);
    }
    let (proven_head, proven) = proven::markdown(report, code);
    page.section(
        "Tests, and prove",
        proven.iter().any(|row| row.contains("look at first")),
        &proven_head,
        proven.into_iter(),
    );
    let held = report.with(Verdict::Held).map(|(of, budget)| row(of, budget, several, false));
    page.section("Held", false, &head(several, BUDGETS), held);
    page.section(
        "Exceptions",
        false,
        "| reason | place | times | allocations | bytes |\n|---|---|--:|--:|--:|\n",
        exceptions(report),
    );
    if page.was_cut {
        page.text
            .push_str("\nCut to what a comment on GitHub takes: `cargo alloc-kit report` shows all of it.\n");
    }
    page.text
}

const BUDGETS: &str =
    "| function | budget | most used | room left | calls | verdict |\n|---|---|--:|--:|--:|---|\n";
const BROKEN: &str =
    "| function | budget | most used | room left | calls | allocated at |\n|---|---|--:|--:|--:|---|\n";

fn head(several: bool, table: &str) -> String {
    if several { format!("| platform {}", table.replacen("\n|", "\n|---|", 1)) } else { table.to_owned() }
}

impl Page {
    /// A table that unfolds. Rows that no longer fit are counted.
    fn section(&mut self, name: &str, open: bool, head: &str, rows: impl Iterator<Item = String>) {
        self.sections_left = self.sections_left.saturating_sub(1);
        let rows: Vec<String> = rows.collect();
        if rows.is_empty() {
            return;
        }
        let open = if open { " open" } else { "" };
        let _ = write!(
            self.text,
            "<details{open}><summary>{name}: {}</summary>\n\n{head}",
            grouped_usize(rows.len())
        );
        let room = LIMIT - RESERVED * (self.sections_left + 1);
        let mut written = 0;
        for row in &rows {
            if self.text.len() + row.len() > room {
                break;
            }
            self.text.push_str(row);
            written += 1;
        }
        if written < rows.len() {
            self.was_cut = true;
            let _ = write!(self.text, "\n{} more are not shown.\n", grouped_usize(rows.len() - written));
        }
        self.text.push_str("\n</details>\n\n");
    }

    /// What the figures do not show, where it can't be overlooked.
    fn caveats(&mut self, report: &Report) {
        const MOST: usize = 10;
        if report.caveats.is_empty() {
            return;
        }
        self.text.push_str("> [!WARNING]\n");
        for caveat in report.caveats.iter().take(MOST) {
            let _ = writeln!(self.text, "> - {}", span(&caveat.text));
        }
        if report.caveats.len() > MOST {
            let _ = writeln!(self.text, "> - and {} more", report.caveats.len() - MOST);
        }
        self.text.push('\n');
    }

    fn list(&mut self, name: &str, items: impl Iterator<Item = String>) {
        self.section(name, false, "", items);
    }

    fn comparison(&mut self, before: &Comparison, several: bool) {
        let _ = writeln!(self.text, "**Against the run before:** {}\n", before.sentence());
        if let Some(not_compared) = before.not_compared() {
            let _ = writeln!(self.text, "{}\n", span(&not_compared));
        }
        let table = "| | function | limit | most used, before → after | verdict |\n|---|---|---|---|---|\n";
        let head = if several { head(true, table) } else { table.to_owned() };
        self.section("Changed", true, &head, before.changes.iter().map(|change| changed(change, several)));
    }
}

fn row(platform: &Platform, budget: &Budget, several: bool, with_culprits: bool) -> String {
    let of_platform = if several { format!("| {} ", code(&platform.name())) } else { String::new() };
    let rows = rows::of(budget);
    let join = |cells: Vec<String>| cells.join("<br>");
    let last = if with_culprits {
        let mut places: Vec<String> =
            budget.seen.breaches.iter().filter_map(BreachSeen::culprit).filter_map(Frame::place).collect();
        places.dedup();
        places.truncate(3);
        join(places.iter().map(|place| code(place)).collect())
    } else {
        let why = budget.seen.why.as_ref().map(|why| format!(": {}", code(why))).unwrap_or_default();
        format!("{}{why}", budget.seen.verdict.name())
    };
    format!(
        "{of_platform}| {}<br>{} | {} | {} | {} | {} | {last} |\n",
        code(&budget.name()),
        code(&budget.place()),
        join(rows.iter().map(|row| code(&row.budget())).collect()),
        join(rows.iter().map(rows::Row::most_shown).collect()),
        join(rows.iter().map(rows::Row::room_shown).collect()),
        count(budget.seen.calls),
    )
}

fn changed(change: &Change, several: bool) -> String {
    let of_platform = if several { format!("| {} ", code(&change.platform)) } else { String::new() };
    let join = |cells: Vec<String>| cells.join("<br>");
    let of_keys = change.keys.iter().map(|key| format!("{} {}", key.key, key.used())).collect();
    let limits = change.keys.iter().map(|key| code(&key.limits())).collect();
    let verdict =
        change.verdicts().or(change.verdict_after.or(change.verdict_before).map(|of| of.name().to_owned()));
    format!(
        "{of_platform}| {} {} | {}<br>{} | {} | {} | {} |\n",
        change.kind.sign(),
        change.kind.label(),
        code(&change.name),
        code(&change.place),
        join(limits),
        join(of_keys),
        verdict.unwrap_or_default(),
    )
}

/// What each breach of a budget says, and the calls that led there.
fn callers(budget: &Budget) -> Vec<String> {
    let of_breach = |breach: &BreachSeen| {
        let thread =
            breach.thread.as_ref().map(|thread| format!(", in {}", span(thread))).unwrap_or_default();
        let mut item = format!("- {}{thread}\n", span(breach.sentence()));
        for place in &breach.places {
            let _ = writeln!(
                item,
                "  - {} × {}, {} bytes",
                count(place.times),
                span(&place.event),
                count(place.bytes)
            );
            for frame in place.stack.iter().take(FRAMES) {
                let at = frame.place().map(|place| format!(" at {}", span(&place))).unwrap_or_default();
                let _ = writeln!(item, "    - {}{at}", span(&frame.function));
            }
            if place.stack.len() > FRAMES {
                let _ = writeln!(item, "    - and {} more", place.stack.len() - FRAMES);
            }
        }
        item
    };
    budget.seen.breaches.iter().map(of_breach).collect()
}

fn exceptions(report: &Report) -> impl Iterator<Item = String> {
    let all = report.platforms.iter().flat_map(|platform| &platform.exceptions);
    all.map(|exception| {
        let used = &exception.used;
        let place = format!("{}:{}", used.file, used.line);
        format!(
            "| {} | {} | {} | {} | {} |\n",
            code(&used.reason),
            code(&place),
            count(used.times),
            count(used.allocations),
            count(used.bytes)
        )
    })
}

fn shortened_list(names: &[String]) -> String {
    const MOST: usize = 12;
    let shown = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(" · ");
    if names.len() > MOST { format!("{shown} and {} more", names.len() - MOST) } else { shown }
}

/// A code span in a table, where a `|` would end the cell.
fn code(text: &str) -> String {
    // Of `\|` a table takes the backslash for what is escaped.
    span(&text.replace("\\|", "\\ |")).replace('|', "\\|")
}

/// A code span that shows the text as it is, on one line.
fn span(text: &str) -> String {
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > LONGEST {
        line = line.chars().take(LONGEST - 1).chain(['…']).collect();
    }
    let longest = line.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // A span may not be empty, nor start or end with the fence's own character.
    let space = if line.is_empty() || line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{line}{space}{fence}")
}

fn grouped_usize(count: usize) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}
