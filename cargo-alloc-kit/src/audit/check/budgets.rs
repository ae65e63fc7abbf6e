//! Budgets of the configuration against what was measured. What a profile cannot say of is not verified, and never held.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use crate::audit::config::{Budget, Files, Of};
use crate::audit::language::Language;
use crate::audit::model::{Audit, Cost, Entry, OfFile, OfFunction, State, Status};
use crate::audit::profile::Profile;
use crate::audit::rules::{self, Join};

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

    /// Files of a language that no profile is of need not hold anything.
    pub(super) fn cover(&mut self, profiles: &BTreeSet<Language>) {
        let without: Vec<&str> =
            self.languages.difference(profiles).map(|language| language.name()).collect();
        if self.verdict == Verdict::Held && !without.is_empty() {
            self.verdict =
                Verdict::NotVerified(format!("no profile is of its files of {}", without.join(" and ")));
        }
    }
}

pub(super) fn judge<'b>(budget: &'b Budget, audit: &Audit) -> Judged<'b> {
    let measured = match &budget.of {
        Of::Files => of_files(budget.file.as_ref(), audit),
        Of::Function(name) => of_function(name, budget, audit),
        Of::Rule(rule) => of_rule(rule, budget.file.as_ref(), budget.bytes, audit),
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
    files.iter().filter_map(|of| language(of)).collect()
}

fn language(of: &OfFile) -> Option<Language> {
    Some(Language::of(Path::new(&of.file))?.0)
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

fn of_rule(rule: &str, files: Option<&Files>, limit: Option<u64>, audit: &Audit) -> Result<Measured, String> {
    let chosen = chosen(files, audit)?;
    let is_chosen = |file: &str| chosen.iter().any(|of| of.file == file);
    let findings: Vec<&Entry> = audit
        .entries
        .iter()
        .filter(|entry| entry.finding.rule.id == rule && is_chosen(&entry.finding.file))
        .collect();
    if findings.is_empty() {
        return of_nothing_found(rule, &chosen);
    }
    let found: Vec<&OfFile> = chosen
        .into_iter()
        .filter(|of| findings.iter().any(|entry| *entry.finding.file == *of.file))
        .collect();
    let top: Vec<At> = found.iter().flat_map(|of| lines(of, |place| place.rules.contains(&rule))).collect();
    let unsure = found.iter().find_map(|of| unsure(of));
    if unsure.is_none() && !found.iter().any(|of| of.state == State::Seen) {
        return Err(
            "the profile has no frame in the files of its findings: they did not run, or allocated nothing"
                .to_owned(),
        );
    }
    // That its file ran says nothing where its function did not.
    let hints = findings.iter().map(|entry| match &entry.status {
        Status::Hint(why) => Some(why.clone()),
        Status::Zero => found.iter().find_map(|of| did_not_run(entry, of)),
        _ => None,
    });
    if let (None, Some(why)) =
        (&unsure, hints.collect::<Option<Vec<_>>>().and_then(|all| all.first().cloned()))
    {
        return Err(format!("of none of its findings a profile can say: {why}"));
    }
    let cost = Cost::sum(top.iter().map(|line| line.cost));
    let unsure = unsure.or_else(|| between(&findings, &found, cost.bytes, limit?));
    Ok(Measured { cost, top, unsure, languages: languages(&found) })
}

/// Whether the limit lies between what V8 gives to the builtins of a rule's findings, and what it gives to their functions: nobody knows
/// on which side of it the rest is.
fn between(findings: &[&Entry], found: &[&OfFile], least: u64, limit: u64) -> Option<String> {
    let of = findings.iter().filter(|entry| !entry.finding.builtins.is_empty());
    let own: BTreeMap<(&str, u32), u64> = of
        .filter_map(|entry| {
            let function = entry.finding.function.as_ref()?;
            let file = found.iter().find(|of| *entry.finding.file == *of.file)?;
            let known = file.functions.iter().find(|known| known.line == function.span.line)?;
            Some(((file.file.as_str(), known.line), known.own.bytes))
        })
        .collect();
    let most = own.values().fold(0, |sum: u64, bytes| sum.saturating_add(*bytes));
    (least <= limit && limit < most).then(|| {
        format!(
            "V8 gives {} bytes to its builtins, and {} to all of its functions",
            crate::table::count(least),
            crate::table::count(most)
        )
    })
}

/// Whether no stack leads through the function of a finding that only functions are known of.
fn did_not_run(entry: &Entry, of: &OfFile) -> Option<String> {
    let function = entry.finding.function.as_ref().filter(|_| entry.finding.rule.join == Join::Function)?;
    let is_of = |known: &&OfFunction| known.line == function.span.line && known.name == function.name;
    let known = of.functions.iter().filter(|_| *entry.finding.file == *of.file).find(is_of)?;
    (!known.is_seen).then(|| format!("no stack leads through {} ({}:{})", known.name, of.file, known.line))
}

/// A rule that was looked for, and found nothing, allocates nothing: where its language was scanned, and a profile saw some of it.
fn of_nothing_found(rule: &str, chosen: &[&OfFile]) -> Result<Measured, String> {
    let Some(rule) = rules::find(rule) else { return Err("there is no such rule".to_owned()) };
    let of_language: Vec<&OfFile> =
        chosen.iter().copied().filter(|of| language(of) == Some(rule.language)).collect();
    if of_language.is_empty() {
        return Err(format!("no file of {} was scanned", rule.language.name()));
    }
    if !rule.has_pattern() {
        return Err("it is found by linters alone, and they found nothing".to_owned());
    }
    if let Some(why) = of_language.iter().find_map(|of| unsure(of)) {
        return Err(why);
    }
    if !of_language.iter().any(|of| of.state == State::Seen) {
        return Err(format!(
            "it finds nothing, and the profile has no frame in a file of {}",
            rule.language.name()
        ));
    }
    Ok(Measured { cost: Cost::sum([]), top: Vec::new(), unsure: None, languages: languages(&of_language) })
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

/// `name` is any of that name; `Class::name`, `Class.name` or `outer.inner` one in a class or a function, whose type arguments do not
/// matter, also with what is around that. `<locals>`, which Python has between them, is none.
fn is_called(function: &OfFunction, name: &str) -> bool {
    let mut parts = parts(name);
    let Some(last) = parts.pop() else { return false };
    if function.name != last {
        return false;
    }
    let without_arguments = |class: &str| class.split('<').next().unwrap_or_default().trim().to_owned();
    let given: Vec<String> =
        parts.into_iter().filter(|part| *part != "<locals>").map(without_arguments).collect();
    let within: Vec<String> = function.within.iter().map(|name| without_arguments(name)).collect();
    // A method's own functions are of the class as well.
    let is_of_class = || {
        let class = function.class.as_deref().map(without_arguments);
        given.len() == 1 && class.as_ref() == given.first()
    };
    within.ends_with(&given) || is_of_class()
}

/// What `::` and `.` separate, outside of angle brackets.
fn parts(name: &str) -> Vec<&str> {
    let (mut parts, mut start, mut open) = (Vec::new(), 0, 0_u32);
    for (at, byte) in name.bytes().enumerate() {
        match byte {
            b'<' => open += 1,
            b'>' => open = open.saturating_sub(1),
            b'.' | b':' if open == 0 => {
                parts.push(&name[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&name[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_called_by_what_is_around_them() {
        let of = |name: &str, class: Option<&str>, within: &[&str]| OfFunction {
            name: name.to_owned(),
            class: class.map(str::to_owned),
            within: within.iter().copied().map(str::to_owned).collect(),
            line: 1,
            is_seen: true,
            own: Cost::default(),
            inclusive: Cost::default(),
            doubt: None,
        };
        let method = of("line", Some("Parser<'a, T>"), &["Parser<'a, T>"]);
        for name in ["line", "Parser::line", "Parser.line", "Parser<'a, std::U>::line"] {
            assert!(is_called(&method, name), "{name}");
        }
        let inner = of("inner", Some("Outer"), &["Outer", "make"]);
        for name in [
            "inner",
            "make.inner",
            "Outer.make.inner",
            "Outer.make.<locals>.inner",
            "Outer::make::inner",
            "Outer.inner",
        ] {
            assert!(is_called(&inner, name), "{name}");
        }
        for name in ["make", "Other.inner", "Outer", "Outer.make", "x.Outer.make.inner", "", "."] {
            assert!(!is_called(&inner, name), "{name}");
        }
    }
}
