//! Rules for a terminal.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::example;
use crate::audit::language::Language;
use crate::audit::report::words;
use crate::audit::rules::measured::{self, Amount, Figures};
use crate::audit::rules::{self, Join, Rule};
use crate::columns::{Cell, aligned};
use crate::shell::{BOLD, FAINT, GOOD, NOTE, WARNING};
use crate::table::count;

/// How wide texts are where no terminal is narrower.
const WIDEST: usize = 100;

/// All rules, by language and row of the guide; one that is of several rows is in each.
pub(super) fn list() -> String {
    let mut text = String::new();
    for language in Language::ALL {
        let _ = writeln!(text, "{BOLD}{}{BOLD:#}", language.name());
        for row in rules::guide().iter().filter(|row| row.language == language) {
            let _ = writeln!(text, "\n  {FAINT}{}:{FAINT:#} {}", row.section, row.words);
            let of_row = rules::all().iter().filter(|rule| rule.guide.contains(&row.id));
            let rows: Vec<[Cell; 5]> = of_row.map(line).collect();
            for line in aligned(&rows, &[false; 5]).lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
        text.push('\n');
    }
    let (on, all) = (rules::all().iter().filter(|rule| rule.on).count(), rules::all().len());
    let _ = writeln!(
        text,
        "{all} rules, {on} of them on. `cargo alloc-kit audit explain RULE` has the measurement and an example."
    );
    text
}

fn line(rule: &'static Rule) -> [Cell; 5] {
    let plain = |text: String| Cell(text, FAINT);
    let (on, style) = if rule.on { ("on", GOOD) } else { ("off", WARNING) };
    let measured = measured::figures(&rule.id).map(change).unwrap_or_default();
    let (category, confidence) = (words::category(rule.category), words::confidence(rule.confidence));
    [
        Cell(rule.id.clone(), BOLD),
        Cell(on.to_owned(), style),
        plain(format!("{category}, {confidence} confidence")),
        plain(measured),
        plain(linters(rule)),
    ]
}

/// `clippy: needless_collect; ruff: PERF401`
pub(super) fn linters(rule: &Rule) -> String {
    let of_linter = |(linter, codes): (&String, &Vec<String>)| format!("{linter}: {}", codes.join(", "));
    let all = rule.linters.iter().chain(&rule.confirms);
    all.map(of_linter).collect::<Vec<_>>().join("; ")
}

/// `1,000 B -> 0 B`
pub(super) fn change(figures: &Figures) -> String {
    format!("{} B -> {} B", count(figures.before.bytes), count(figures.after.bytes))
}

/// One rule with all that is known of it.
pub(super) fn of_rule(rule: &Rule, width: Option<usize>) -> String {
    let width = width.unwrap_or(WIDEST).clamp(40, WIDEST);
    let mut text = format!("{BOLD}{}{BOLD:#} ({})\n", rule.id, rule.language.name());
    let mut say = |heading: &str, said: &str| {
        let _ = writeln!(text, "\n{NOTE}{heading}{NOTE:#}\n{}", wrapped(said, width));
    };
    let rows = rules::guide().iter().filter(|row| rule.guide.contains(&row.id));
    let rows: Vec<String> = rows.map(|row| format!("{}: {}", row.section, row.words)).collect();
    say("The guide", &rows.join("\n"));
    say("What it finds", &rule.message);
    say("Why it costs", &rule.why);
    say(
        "Measured",
        &measured::figures(&rule.id).map_or_else(|| "no sample of it was measured".to_owned(), measurement),
    );
    if let Some(example) = example::of(rule) {
        code(&mut text, if example.after.is_some() { "Before" } else { "Example" }, &example.before);
        if let Some(after) = &example.after {
            code(&mut text, "After", after);
        }
    }
    let mut say = |heading: &str, said: &str| {
        let _ = writeln!(text, "\n{NOTE}{heading}{NOTE:#}\n{}", wrapped(said, width));
    };
    say("Fix", &rule.fix);
    say("When not to", &rule.when_not);
    let (category, confidence) = (words::category(rule.category), words::confidence(rule.confidence));
    say(
        "What it is",
        &format!("{category}, until a profile says otherwise; {confidence} confidence from the text alone"),
    );
    say("In a profile", joined(rule.join));
    let linters = linters(rule);
    say("Linters", if linters.is_empty() { "none knows it" } else { &linters });
    let turn = if rule.on { "off" } else { "on" };
    let mut here = format!(
        "`{0} = \"{turn}\"` below `[rules]` in {1}; for one place the comment `alloc-kit-ignore: {0}` above it",
        rule.id,
        crate::audit::config::NAME
    );
    if !rule.on {
        here = format!("it is off: {}\n{here}", rule.reason);
    } else if !rule.reason.is_empty() {
        here = format!("{}\n{here}", rule.reason);
    }
    say(if rule.on { "To turn it off" } else { "To turn it on" }, &here);
    text
}

fn code(text: &mut String, heading: &str, code: &str) {
    let _ = writeln!(text, "\n{NOTE}{heading}{NOTE:#}");
    for line in code.lines() {
        let _ = writeln!(text, "{}", if line.is_empty() { String::new() } else { format!("    {line}") });
    }
}

fn measurement(figures: &Figures) -> String {
    let amount = |of: Amount| {
        let blocks = of.blocks.map(|blocks| format!(" in {} blocks", count(blocks))).unwrap_or_default();
        format!("{} bytes{blocks}", count(of.bytes))
    };
    let Figures { profiler, before, after, note, .. } = figures;
    let mut text = format!("before {}, after {} ({profiler})", amount(*before), amount(*after));
    if !note.is_empty() {
        text.push('\n');
        text.push_str(note);
    }
    text
}

/// Where a profile shows it.
pub(super) fn joined(join: Join) -> &'static str {
    match join {
        Join::Line => "its bytes are those of its own lines",
        Join::PushLine => "its bytes are those of its own line, and of the lines where its variable grows",
        Join::Function => "its bytes are those of its function, with whatever else that allocates itself",
        Join::Class => "its bytes are those of the body of its class, and of where it is made",
        Join::None => "it is in no profile: it costs time, or memory that no profile has a line for",
    }
}

/// Lines that are no wider, two columns further in. Words are not cut.
fn wrapped(text: &str, width: usize) -> String {
    const INDENT: &str = "  ";
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = INDENT.to_owned();
        for word in paragraph.split_whitespace() {
            let is_first = line.len() == INDENT.len();
            if !is_first && line.width() + 1 + word.width() > width {
                lines.push(std::mem::replace(&mut line, INDENT.to_owned()));
            } else if !is_first {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_at_words() {
        assert_eq!(wrapped("one two three\nfour", 11), "  one two\n  three\n  four");
        assert_eq!(wrapped("a-word-that-is-too-wide b", 10), "  a-word-that-is-too-wide\n  b");
    }

    #[test]
    fn every_rule_is_listed_and_explained() {
        let list = anstream::adapter::strip_str(&list()).to_string();
        for rule in rules::all() {
            assert!(
                list.lines().any(|line| line.trim_start().starts_with(&format!("{} ", rule.id))),
                "{}",
                rule.id
            );
            let text = anstream::adapter::strip_str(&of_rule(rule, Some(80))).to_string();
            for heading in [
                "The guide",
                "Why it costs",
                "Measured",
                "Fix",
                "When not to",
                "In a profile",
                "Linters",
                "To turn it o",
            ] {
                assert!(text.contains(&format!("\n{heading}")), "{}: {heading}\n{text}", rule.id);
            }
        }
        let text = measurement(&Figures {
            sample: String::new(),
            profiler: "valgrind".to_owned(),
            before: Amount { bytes: 4_000, blocks: Some(2) },
            after: Amount { bytes: 0, blocks: None },
            note: "a note".to_owned(),
        });
        assert_eq!(text, "before 4,000 bytes in 2 blocks, after 0 bytes (valgrind)\na note");
    }
}
