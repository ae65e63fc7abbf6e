//! Budgets of the configuration against what was measured. What a profile cannot say of is not verified, and never held.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use crate::audit::config::{Budget, Files, Of};
use crate::audit::language::Language;
use crate::audit::model::{Audit, Cost, OfFile, OfFunction, State};
use crate::audit::profile::Profile;

/// How many lines are said of a budget that is broken.
const TOP: usize = 5;

/// A budget with what came of it.
#[derive(Debug)]
pub(super) struct Judged<'b> {
    pub(super) budget: &'b Budget,
    pub(super) verdict: Verdict,
    /// Not known where nothing could be.
    pub(super) measured: Option<Cost>,
    /// Where most of it was allocated.
    pub(super) top: Vec<At>,
    /// Of the files that it is of.
    pub(super) languages: BTreeSet<Language>,
    /// Whether it is of samples.
    pub(super) is_sampled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Held,
    /// What is over.
    Worse(Vec<String>),
    /// Why.
    NotVerified(String),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct At {
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) function: String,
    pub(super) cost: Cost,
}

/// What a budget is of: its cost, its places, and why it cannot be said to hold.
struct Measured {
    cost: Cost,
    top: Vec<At>,
    unsure: Option<String>,
    languages: BTreeSet<Language>,
}

impl Judged<'_> {
    /// What a profile has too little of it need not hold: of a command that failed, and did less than it does, or one that has only
    /// what was live. What is over is over all the same.
    pub(super) fn weigh(&mut self, profile: &Profile, failed: Option<&String>) {
        if !profile.languages.iter().any(|language| self.languages.contains(language)) {
            return;
        }
        self.is_sampled |= profile.is_sampled;
        let failed = failed.map(|how| format!("the command that was captured failed ({how})"));
        let partial = || profile.partial.as_ref().map(|why| format!("{}: {why}", profile.file));
        if self.verdict == Verdict::Held
            && let Some(why) = failed.or_else(partial)
        {
            self.verdict = Verdict::NotVerified(why);
        }
    }
}

pub(super) fn judge<'b>(budget: &'b Budget, audit: &Audit) -> Judged<'b> {
    let measured = match &budget.of {
        Of::Files => of_files(budget.file.as_ref(), audit),
        Of::Function(name) => of_function(name, budget, audit),
        Of::Rule(rule) => of_rule(rule, budget.file.as_ref(), audit),
    };
    match measured {
        Err(why) => Judged {
            budget,
            verdict: Verdict::NotVerified(why),
            measured: None,
            top: Vec::new(),
            languages: BTreeSet::new(),
            is_sampled: false,
        },
        Ok(Measured { cost, mut top, unsure, languages }) => {
            top.sort_by(|one, other| {
                let key = |line: &At| (std::cmp::Reverse(line.cost.bytes), line.file.clone(), line.line);
                key(one).cmp(&key(other))
            });
            top.truncate(TOP);
            let verdict = verdict(budget, cost, unsure);
            Judged { budget, verdict, measured: Some(cost), top, languages, is_sampled: false }
        }
    }
}

/// What is over its limit is so whatever else is not certain: more could only be added.
fn verdict(budget: &Budget, cost: Cost, unsure: Option<String>) -> Verdict {
    let mut over = Vec::new();
    if let Some(limit) = budget.bytes.filter(|limit| cost.bytes > *limit) {
        over.push(format!("{} bytes of {}", crate::table::count(cost.bytes), crate::table::count(limit)));
    }
    let mut unsure = unsure;
    if let Some(limit) = budget.blocks {
        match cost.blocks {
            Some(blocks) if blocks > limit => {
                over.push(format!(
                    "{} blocks of {}",
                    crate::table::count(blocks),
                    crate::table::count(limit)
                ));
            }
            Some(_) => {}
            None => {
                unsure.get_or_insert_with(|| "the profile does not know blocks".to_owned());
            }
        }
    }
    match (over.is_empty(), unsure) {
        (false, _) => Verdict::Worse(over),
        (true, Some(why)) => Verdict::NotVerified(why),
        (true, None) => Verdict::Held,
    }
}

/// The files that are meant.
fn chosen<'a>(files: Option<&Files>, audit: &'a Audit) -> Result<Vec<&'a OfFile>, String> {
    let chosen: Vec<&OfFile> =
        audit.files.iter().filter(|of| files.is_none_or(|files| files.hold(&of.file))).collect();
    match (chosen.is_empty(), files) {
        (true, Some(files)) => Err(format!("no file that was scanned is `{}`", files.text)),
        (true, None) => Err("no file was scanned".to_owned()),
        (false, _) => Ok(chosen),
    }
}

fn languages(files: &[&OfFile]) -> BTreeSet<Language> {
    files.iter().filter_map(|of| Some(Language::of(Path::new(&of.file))?.0)).collect()
}

/// Why what was measured in a file may not be all of it.
pub(super) fn unsure(of: &OfFile) -> Option<String> {
    match &of.state {
        State::Stale(why) => Some(format!("the profile is of another state of {}: {why}", of.file)),
        State::Ambiguous => {
            Some(format!("the profile has frames that may be of {} or of another file", of.file))
        }
        State::Seen | State::NotSeen => None,
    }
}

fn lines(of: &OfFile, wanted: impl Fn(&crate::audit::model::Place) -> bool) -> Vec<At> {
    let places = of.places.iter().filter(|place| wanted(place));
    let line = |place: &crate::audit::model::Place| At {
        file: of.file.clone(),
        line: place.line,
        function: place.symbol.clone(),
        cost: place.cost,
    };
    places.map(line).collect()
}

fn of_files(files: Option<&Files>, audit: &Audit) -> Result<Measured, String> {
    let chosen = chosen(files, audit)?;
    let top: Vec<At> = chosen.iter().flat_map(|of| lines(of, |_| true)).collect();
    let unsure = chosen.iter().find_map(|of| unsure(of));
    if unsure.is_none() && !chosen.iter().any(|of| of.state == State::Seen) {
        let what =
            if chosen.len() == 1 { chosen[0].file.clone() } else { format!("any of {} files", chosen.len()) };
        return Err(format!("the profile has no frame in {what}: it did not run, or allocated nothing"));
    }
    let cost = Cost::sum(top.iter().map(|line| line.cost));
    Ok(Measured { cost, top, unsure, languages: languages(&chosen) })
}

fn of_rule(rule: &str, files: Option<&Files>, audit: &Audit) -> Result<Measured, String> {
    let chosen = chosen(files, audit)?;
    let findings = audit.entries.iter().filter(|entry| entry.finding.rule.id == rule);
    let found: Vec<&OfFile> = chosen
        .into_iter()
        .filter(|of| findings.clone().any(|entry| *entry.finding.file == *of.file))
        .collect();
    if found.is_empty() {
        return Err("it finds nothing in what was scanned".to_owned());
    }
    let top: Vec<At> = found.iter().flat_map(|of| lines(of, |place| place.rules.contains(&rule))).collect();
    let unsure = found.iter().find_map(|of| unsure(of));
    if unsure.is_none() && !found.iter().any(|of| of.state == State::Seen) {
        return Err(
            "the profile has no frame in the files of its findings: they did not run, or allocated nothing"
                .to_owned(),
        );
    }
    let cost = Cost::sum(top.iter().map(|line| line.cost));
    Ok(Measured { cost, top, unsure, languages: languages(&found) })
}

fn of_function(name: &str, budget: &Budget, audit: &Audit) -> Result<Measured, String> {
    let chosen = chosen(budget.file.as_ref(), audit)?;
    let functions = chosen.iter().flat_map(|of| of.functions.iter().map(move |function| (*of, function)));
    let meant: Vec<(&OfFile, &OfFunction)> =
        functions.filter(|(_, function)| is_called(function, name)).collect();
    let (of, function) = match *meant {
        [] => return Err(format!("no function that was scanned is called `{name}`")),
        [one] => one,
        _ => {
            let places: Vec<String> =
                meant.iter().take(4).map(|(of, function)| format!("{}:{}", of.file, function.line)).collect();
            let more = if meant.len() > 4 { " .." } else { "" };
            return Err(format!(
                "{} functions are called so ({}{more}): `file`, or `Class::name`, says which",
                meant.len(),
                places.join(", ")
            ));
        }
    };
    let unsure = unsure(of).or_else(|| function.doubt.clone());
    if unsure.is_none() && !function.is_seen {
        return Err(format!(
            "no stack of the profile leads through it ({}:{}): it did not run, or allocated nothing",
            of.file, function.line
        ));
    }
    let is_in = |place: &crate::audit::model::Place| place.function_line == Some(function.line);
    let cost = if budget.inclusive { function.inclusive } else { function.own };
    Ok(Measured { cost, top: lines(of, is_in), unsure, languages: languages(&[of]) })
}

/// `name` is any of that name, `Class::name` (or `Class.name`) one of a class, whose type arguments do not matter.
fn is_called(function: &OfFunction, name: &str) -> bool {
    let (class, name) = match name.rsplit_once("::").or_else(|| name.rsplit_once('.')) {
        Some((class, name)) => (Some(class), name),
        None => (None, name),
    };
    let without_arguments = |class: &str| class.split('<').next().unwrap_or_default().trim().to_owned();
    let of_class = function.class.as_deref().map(without_arguments);
    function.name == name
        && class.is_none_or(|class| of_class.is_some_and(|of| of == without_arguments(class)))
}
