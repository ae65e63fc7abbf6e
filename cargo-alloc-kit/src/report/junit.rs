//! `JUnit`'s XML, as CI services take it: a suite for each crate and platform, a case for each budget.
//!
//! A broken budget is a failure, one that was never exercised was skipped, and one that could not be verified is an error; the
//! last two as `[workspace.metadata.alloc-kit]` has it, where that says so. What a run does not show is an error of a suite of its
//! own; that it was not of all tests is one that was skipped.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::github;
use super::model::{Report, Taken};
use super::rows;
use crate::caveats::{Caveat, Kind};
use crate::record::{BreachSeen, Verdict};
use crate::shard::Budget;
use crate::view::Platform;

/// What a case is when it did not pass.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Passed,
    Failure,
    Error,
    Skipped,
}

type Xml = Writer<Vec<u8>>;

pub(super) fn of(report: &Report) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    // It is written to memory, and every text is without what XML cannot have.
    match document(report, &mut xml) {
        Ok(()) => String::from_utf8_lossy(&xml.into_inner()).into_owned() + "\n",
        Err(error) => unreachable!("{error}"),
    }
}

fn document(report: &Report, xml: &mut Xml) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all: Vec<&Budget> = report.platforms.iter().flat_map(|platform| &platform.budgets).collect();
    let counts = counts(&all, &report.caveats, &report.taken);
    let root = xml.create_element("testsuites").with_attribute(("name", "alloc-kit"));
    let root = root.with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())));
    root.write_inner_content(|xml| {
        if !report.caveats.is_empty() {
            of_run(report, xml)?;
        }
        for platform in &report.platforms {
            let mut crates: BTreeMap<&str, Vec<&Budget>> = BTreeMap::new();
            for budget in &platform.budgets {
                crates.entry(budget.crate_name()).or_default().push(budget);
            }
            for (name, budgets) in crates {
                suite(name, platform, &budgets, &report.taken, xml)?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

/// The attributes that both kinds of suites have.
fn counts(budgets: &[&Budget], caveats: &[Caveat], taken: &Taken) -> Vec<(&'static str, String)> {
    let outcomes = budgets.iter().map(|budget| of_budget(budget, taken));
    let outcomes: Vec<Outcome> = outcomes.chain(caveats.iter().map(of_caveat)).collect();
    let count = |outcome| outcomes.iter().filter(|of| **of == outcome).count().to_string();
    vec![
        ("tests", outcomes.len().to_string()),
        ("failures", count(Outcome::Failure)),
        ("errors", count(Outcome::Error)),
        ("skipped", count(Outcome::Skipped)),
        // Nothing is known of it, and some readers want it.
        ("time", "0".to_owned()),
    ]
}

/// A case for each thing that the figures do not show.
fn of_run(report: &Report, xml: &mut Xml) -> io::Result<()> {
    let name = "alloc-kit (the run)";
    let counts = counts(&[], &report.caveats, &report.taken);
    let suite = xml.create_element("testsuite").with_attribute(("name", name));
    let suite = suite.with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())));
    suite.write_inner_content(|xml| {
        report.caveats.iter().enumerate().try_for_each(|(index, caveat)| {
            // Cases of one suite need names that differ.
            let case = format!("{} #{}", caveat.kind.short(), index + 1);
            let text = one_line(&caveat.text);
            let case = xml.create_element("testcase").with_attributes([
                ("name", case.as_str()),
                ("classname", name),
                ("time", "0"),
            ]);
            case.write_inner_content(|xml| {
                if of_caveat(caveat) == Outcome::Skipped {
                    xml.create_element("skipped").with_attribute(("message", text.as_str())).write_empty()?;
                } else {
                    let error = xml.create_element("error").with_attribute(("message", text.as_str()));
                    let error = error.with_attribute(("type", "run"));
                    error.write_text_content(BytesText::new(&caveat.text))?;
                }
                Ok(())
            })?;
            Ok(())
        })
    })?;
    Ok(())
}

fn of_caveat(caveat: &Caveat) -> Outcome {
    match caveat.kind {
        // As it was asked for.
        Kind::Partial => Outcome::Skipped,
        Kind::Superseded | Kind::TestsFailed | Kind::Lost => Outcome::Error,
    }
}

fn suite(
    name: &str,
    platform: &Platform,
    budgets: &[&Budget],
    taken: &Taken,
    xml: &mut Xml,
) -> io::Result<()> {
    let name = format!("{name} ({})", platform.name());
    let counts = counts(budgets, &[], taken);
    let suite = xml.create_element("testsuite").with_attribute(("name", name.as_str()));
    let suite = suite.with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())));
    suite.write_inner_content(|xml| budgets.iter().try_for_each(|budget| case(&name, budget, taken, xml)))?;
    Ok(())
}

fn case(suite: &str, budget: &Budget, taken: &Taken, xml: &mut Xml) -> io::Result<()> {
    // Cases of one suite need names that differ.
    let nth = if budget.nth > 1 { format!(" #{}", budget.nth) } else { String::new() };
    let name = one_line(&format!("{} ({}:{}){nth}", budget.name(), budget.place(), budget.site.column));
    let line = budget.site.line.to_string();
    let class = one_line(suite);
    let file = one_line(&budget.site.file);
    let attributes =
        [("name", name.as_str()), ("classname", &class), ("file", &file), ("line", &line), ("time", "0")];
    let case = xml.create_element("testcase").with_attributes(attributes);
    let outcome = of_budget(budget, taken);
    let element = match outcome {
        Outcome::Passed => {
            case.write_empty()?;
            return Ok(());
        }
        Outcome::Failure => "failure",
        Outcome::Error => "error",
        Outcome::Skipped => "skipped",
    };
    let message = one_line(&message(budget));
    case.write_inner_content(|xml| {
        let element = xml.create_element(element).with_attribute(("message", message.as_str()));
        if outcome == Outcome::Skipped {
            element.write_empty()?;
        } else {
            element
                .with_attribute(("type", budget.seen.verdict.name()))
                .write_text_content(BytesText::new(&details(budget)))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn of_budget(budget: &Budget, taken: &Taken) -> Outcome {
    match budget.seen.verdict {
        Verdict::Held => Outcome::Passed,
        Verdict::Broken => Outcome::Failure,
        Verdict::NotVerified if taken.not_verified_passes => Outcome::Skipped,
        Verdict::NotVerified => Outcome::Error,
        Verdict::NeverExercised if taken.never_exercised_fails => Outcome::Failure,
        Verdict::NeverExercised => Outcome::Skipped,
    }
}

fn message(budget: &Budget) -> String {
    match (&budget.seen.breaches[..], &budget.seen.why) {
        ([first, ..], _) => first.sentence().to_owned(),
        ([], _) if budget.seen.verdict == Verdict::Broken => github::without_breach(budget),
        ([], Some(why)) => format!("{}: {why}", budget.seen.verdict.name()),
        ([], None) => budget.seen.verdict.name().to_owned(),
    }
}

/// The limits, and what each breach said.
fn details(budget: &Budget) -> String {
    let mut text = format!("budget of: {}:{}\n", budget.place(), budget.site.column);
    for row in rows::of(budget) {
        let _ = writeln!(
            text,
            "{}: used {} of {}, left {}",
            row.key,
            row.most_shown(),
            row.limit,
            row.room_shown()
        );
    }
    for BreachSeen { message, thread, .. } in &budget.seen.breaches {
        let thread = thread.as_ref().map(|thread| format!("in {thread}: ")).unwrap_or_default();
        let _ = writeln!(text, "\n{thread}{}", message.trim_end());
    }
    text
}

/// An attribute's line ends would be read as spaces.
fn one_line(text: &str) -> String {
    text.split(['\n', '\t']).map(str::trim_end).collect::<Vec<_>>().join(" ")
}
