//! The join: what a scan found with what heap profiles measured.
//!
//! `paths` says which file a frame is in, `stale` whether it is the file that was profiled, `sites` puts what was allocated together
//! by place, `matching` says which places are a finding's, `evidence` what can be done about it, `propose` what keeps it done.
//! Nothing is counted twice: a place is of findings or of none, and what no place has is elsewhere.

mod covered;
mod evidence;
mod matching;
mod paths;
mod propose;
mod sites;
mod stale;
mod symbols;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod v8_tests;
mod ways;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::capture::Recorded;
use super::finding::Finding;
use super::language::Language;
use super::model::{Audit, Cost, Entry, HotLine, Note, ScannedOf, Stack, Status, Total};
use super::profile::{Frame, Point, Profile};
use super::read;
use super::report::By;
use super::rules::Join;
use super::walk::{File, Walked};
use crate::table::count;
pub(crate) use covered::ByFunction;
pub(crate) use evidence::percent;
use matching::{Matching, is_growth};
use sites::{Site, Sites};
use ways::Way;

/// A profile, and what is known of its capture.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) profile: Profile,
    pub(crate) recorded: Option<Arc<Recorded>>,
}

/// What is known in the end.
pub(crate) fn join(walked: &Walked, measured: &[Measured], by: By) -> Audit {
    let sites = Sites::of(walked, measured);
    let matching = Matching::of(walked, &sites);
    let joined = Joined {
        walked,
        measured,
        by,
        all: Cost::sum(measured.iter().map(all_of)),
        peak_bytes: peak_bytes(measured),
        sites: &sites,
        matching: &matching,
    };
    let mut entries = joined.entries();
    propose::add(&mut entries, &joined);
    entries.sort_by(|one, other| order(one, other, by));
    let mut hot = joined.hot();
    hot.sort_by_key(|line| {
        (Reverse(weight(line.cost, by)), Reverse(line.cost.bytes), line.file.clone(), line.line)
    });
    Audit {
        entries,
        hot,
        totals: joined.totals(),
        skipped: walked.skipped.clone(),
        notes: joined.notes(),
        scanned: scanned(walked),
        stacks: Vec::new(),
        files: covered::files(walked, measured, &sites, &matching),
    }
}

/// All that goes into an audit.
struct Joined<'a> {
    walked: &'a Walked,
    measured: &'a [Measured],
    by: By,
    all: Cost,
    peak_bytes: Option<u64>,
    sites: &'a Sites,
    matching: &'a Matching<'a>,
}

impl Joined<'_> {
    fn entries(&self) -> Vec<Entry> {
        let findings = self.matching.findings.iter().enumerate();
        findings.map(|(number, (file, finding))| self.entry(number, *file, finding)).collect()
    }

    fn entry(&self, number: usize, file: usize, finding: &Finding) -> Entry {
        let sites: Vec<&Site> = self.matching.sites_of(number).map(|site| &self.sites.all[site]).collect();
        let language = self.walked.files[file].language;
        let mut entry = Entry {
            finding: finding.clone(),
            language,
            status: Status::Zero,
            category: finding.rule.category,
            evidence: Vec::new(),
            rank: 0.0,
            proposal: None,
        };
        if sites.is_empty() {
            entry.status = self.without(file, finding, language, &mut entry.evidence);
            return entry;
        }
        let cost = Cost::sum(sites.iter().map(|site| site.cost));
        let (category, evidence) = self.judge(&sites, Some(finding));
        entry.category = category.unwrap_or(finding.rule.category);
        entry.evidence = evidence;
        entry.rank = self.rank(cost);
        let mut ambiguous = self.matching.shared_with(number);
        for doubt in sites.iter().filter_map(|site| site.doubt.as_ref()) {
            if !ambiguous.contains(doubt) {
                ambiguous.push(doubt.clone());
            }
        }
        let is_of_growth = |site: &&&Site| site.way == Way::Unknown && is_growth(finding, site.line);
        if language == Language::Rust && sites.iter().any(|site| is_of_growth(&site)) {
            ambiguous
                .push("the profile has no frames that tell what grew from what was put into it".to_owned());
        }
        if sites.iter().any(|site| site.is_start) {
            ambiguous.push(self.as_a_whole(file, finding));
        }
        entry.status = Status::Measured { cost, ambiguous };
        entry
    }

    /// What a profile of functions leaves open: of all that one allocates, nobody knows how much is the finding's, unless it is of
    /// builtins; and what V8 makes of these in the function itself it counts to that.
    fn as_a_whole(&self, file: usize, finding: &Finding) -> String {
        if finding.builtins.is_empty() {
            let of = finding.function.as_ref().map(|function| function.name.as_str());
            let of = match of {
                Some("") => "of its function".to_owned(),
                Some(name) => format!("of `{name}`"),
                None => "code outside of functions".to_owned(),
            };
            return format!("a profile of functions: the bytes are those of all {of}");
        }
        let names: Vec<String> = finding.builtins.iter().map(|name| format!("`{name}`")).collect();
        let of = format!(
            "a profile of functions: the bytes are those of each {} that its function calls",
            names.join(" and ")
        );
        match self.own_bytes(file, finding) {
            0 => of,
            own_bytes => format!(
                "{of}, at least: of the {} bytes that V8 gives to the function itself some may be of it, too",
                count(own_bytes)
            ),
        }
    }

    /// What its function allocated by no builtin.
    fn own_bytes(&self, file: usize, finding: &Finding) -> u64 {
        let sites = self.matching.of_file(file).map(|site| &self.sites.all[site]);
        let own = sites.filter(|site| site.is_start && site.builtin.is_none());
        let own = own.filter(|site| matching::is_function(finding, site));
        Cost::sum(own.map(|site| site.cost)).bytes
    }

    /// What is said of a finding that no place is of.
    fn without(
        &self,
        file: usize,
        finding: &Finding,
        language: Language,
        evidence: &mut Vec<String>,
    ) -> Status {
        if finding.rule.join == Join::None {
            return Status::Hint(
                "no heap profile shows it: it costs time, or memory that is of no line".to_owned(),
            );
        }
        if let Some(why) = self.sites.stale.get(&file) {
            return Status::Stale(why.clone());
        }
        let is_of_language = |one: &&Measured| one.profile.languages.contains(&language);
        let mut of_language = self.measured.iter().filter(is_of_language).peekable();
        if of_language.peek().is_none() {
            return Status::Hint(format!("there is no profile of {}", language.name()));
        }
        let Some(lines) = self.sites.seen.get(&file) else {
            return Status::Hint(
                "the profile has nothing of its file: it did not run, or allocated nothing".to_owned(),
            );
        };
        // What it lacks may be of here: nothing is no zero.
        let mut partial = self.measured.iter().filter(is_of_language).map(|one| &one.profile.partial);
        if let Some(Some(why)) = partial.clone().next()
            && partial.all(Option::is_some)
        {
            return Status::Hint(format!("the profile shows less than was allocated: {why}"));
        }
        let is_in = |line: &u32| {
            let function = finding.function.as_ref();
            function.is_some_and(|function| function.span.line <= *line && *line <= function.span.end_line)
        };
        let what = if lines.iter().any(is_in) {
            "its function allocated, and not here"
        } else {
            "its file allocated, and its function did not, or did not run"
        };
        let sampled = of_language.any(|one| !one.profile.limits.is_empty());
        evidence.push(if sampled {
            format!("{what} (as far as the profile shows it)")
        } else {
            what.to_owned()
        });
        let own_bytes = if finding.builtins.is_empty() { 0 } else { self.own_bytes(file, finding) };
        if own_bytes > 0 {
            evidence.push(format!(
                "of the {} bytes that V8 gives to the function itself some may be of it",
                count(own_bytes)
            ));
        }
        Status::Zero
    }

    fn judge(
        &self,
        sites: &[&Site],
        finding: Option<&Finding>,
    ) -> (Option<super::rules::Category>, Vec<String>) {
        let points: Vec<&Point> =
            sites.iter().flat_map(|site| &site.points).map(|at| self.point(*at)).collect();
        let language = sites.first().map_or(Language::Rust, |site| self.walked.files[site.file].language);
        evidence::judge(&points, finding.map(|finding| finding.rule.category), self.peak_bytes, language)
    }

    fn point(&self, (profile, point): sites::At) -> &Point {
        &self.measured[profile].profile.points[point]
    }

    #[expect(clippy::cast_precision_loss, reason = "a part of all, not a count")]
    fn rank(&self, cost: Cost) -> f64 {
        match (weight(cost, self.by), weight(self.all, self.by)) {
            (_, 0) => 0.0,
            (of, all) => (of as f64 / all as f64 * 100.0).min(100.0),
        }
    }

    /// Places that are of no finding.
    fn hot(&self) -> Vec<HotLine> {
        let sites = self.sites.all.iter().enumerate();
        let without = sites.filter(|(number, site)| !self.matching.is_found(*number) && site.cost.bytes > 0);
        // A line is one, whatever is called there; a function that may start where another does is one with its builtins.
        let mut by_place: BTreeMap<_, Vec<&Site>> = BTreeMap::new();
        for (_, site) in without {
            let function = site.is_start.then_some((site.column, site.symbol.as_str()));
            by_place.entry((site.file, site.line, function)).or_default().push(site);
        }
        let mut imports = Imports::default();
        let hot = |sites: Vec<&Site>| {
            let site = sites[0];
            let cost = Cost::sum(sites.iter().map(|site| site.cost));
            let file: &File = &self.walked.files[site.file];
            let (category, mut evidence) = self.judge(&sites, None);
            if file.language == Language::Python && imports.is_at(file, site.line) {
                evidence.push("an import: what is loaded allocates it, once".to_owned());
            }
            let named =
                site.function.as_ref().map(|function| function.name.clone()).filter(|name| !name.is_empty());
            let symbol = match site.symbol.as_str() {
                "" if site.is_top_level => "(top level)",
                "" => "(anonymous)",
                symbol => symbol,
            };
            HotLine {
                language: file.language,
                file: file.shown.clone(),
                line: site.line,
                function: named.unwrap_or_else(|| symbol.to_owned()),
                cost,
                category,
                evidence,
                rank: self.rank(cost),
            }
        };
        by_place.into_values().map(hot).collect()
    }

    fn totals(&self) -> Vec<Total> {
        let total = |(number, one): (usize, &Measured)| {
            let points = one.profile.points.iter().zip(&self.sites.of_points[number]);
            let of = |is: &dyn Fn(Option<usize>) -> bool| {
                let those = points.clone().filter(|(_, site)| is(**site));
                Cost::sum(those.map(|(point, _)| Cost { bytes: point.bytes, blocks: point.blocks }))
            };
            Total {
                file: one.profile.file.clone(),
                origin: one.profile.origin.clone(),
                command: one.profile.command.clone(),
                all: all_of(one),
                found: of(&|site| site.is_some_and(|site| self.matching.is_found(site))),
                hot: of(&|site| site.is_some_and(|site| !self.matching.is_found(site))),
                elsewhere: of(&|site| site.is_none()),
            }
        };
        self.measured.iter().enumerate().map(total).collect()
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = self.sites.notes.clone();
        for (number, one) in self.measured.iter().enumerate() {
            let Profile { file, origin, points, .. } = &one.profile;
            let is_foreign = self.sites.of_frames[number].iter().all(Option::is_none)
                && self.sites.of_points[number].iter().all(Option::is_none);
            if points.is_empty() {
                notes.push(Note {
                    kind: "foreign",
                    text: format!("{file} ({origin}) has no allocation at all"),
                });
            } else if is_foreign && self.sites.stale.is_empty() {
                let text = format!(
                    "{file} ({origin}) has no frame in a file that was scanned: it is of another program, or without \
                     debug information"
                );
                notes.push(Note { kind: "foreign", text });
            }
            notes.extend(
                one.profile
                    .limits
                    .iter()
                    .map(|limit| Note { kind: "limit", text: format!("{file}: {limit}") }),
            );
            let of_capture = one.recorded.iter().flat_map(|recorded| &recorded.limits);
            for limit in of_capture.filter(|limit| !one.profile.limits.contains(limit)) {
                notes.push(Note { kind: "limit", text: limit.clone() });
            }
            if let Some(failed) = one.recorded.as_ref().and_then(|recorded| recorded.failed.as_ref()) {
                let text = format!(
                    "{file}: the command failed ({failed}), so that it may have done less than it does"
                );
                notes.push(Note { kind: "limit", text });
            }
        }
        if self.by == By::Blocks && self.all.blocks.is_none() {
            let text =
                "a profile does not know blocks, so nothing is ranked by them: `--by bytes` does".to_owned();
            notes.push(Note { kind: "limit", text });
        }
        let unparsed =
            self.walked.files.iter().filter_map(|file| file.scanned.unparsed.map(|line| (file, line)));
        notes.extend(unparsed.map(|(file, line)| Note {
            kind: "unparsed",
            text: format!("{}:{line} can't be parsed: what is around it may be missed", file.shown),
        }));
        let mut known = HashSet::new();
        notes.retain(|note| known.insert(note.text.clone()));
        notes
    }
}

/// Lines of Python that load modules, of files that are read once.
#[derive(Default)]
struct Imports(HashMap<PathBuf, HashSet<usize>>);

impl Imports {
    fn is_at(&mut self, file: &File, line: u32) -> bool {
        let read = || {
            let text = read::text(&file.path).map(|(text, _)| text).unwrap_or_default();
            let is_import = |line: &str| {
                let line = line.trim_start();
                line.starts_with("import ") || (line.starts_with("from ") && line.contains(" import"))
            };
            let lines = text.lines().zip(1_usize..);
            lines.filter(|(line, _)| is_import(line)).map(|(_, number)| number).collect()
        };
        let lines = self.0.entry(file.path.clone()).or_insert_with(read);
        lines.contains(&(line as usize))
    }
}

/// What was live at the peaks of all profiles, if all say so.
fn peak_bytes(measured: &[Measured]) -> Option<u64> {
    let points: Vec<&Point> = measured.iter().flat_map(|one| &one.profile.points).collect();
    evidence::sum(&points, |point| point.life.peak_bytes)
}

fn all_of(one: &Measured) -> Cost {
    Cost::sum(one.profile.points.iter().map(|point| Cost { bytes: point.bytes, blocks: point.blocks }))
}

/// What it is ranked by. Where blocks are not known there are none to rank by.
pub(crate) fn weight(cost: Cost, by: By) -> u64 {
    match by {
        By::Bytes => cost.bytes,
        By::Blocks => cost.blocks.unwrap_or(0),
    }
}

/// What is measured comes first, by what it cost; then what no profile can say anything of, the surest first; what allocated nothing last.
fn order(one: &Entry, other: &Entry, by: By) -> std::cmp::Ordering {
    let key = |entry: &Entry| {
        let kind = match entry.status {
            Status::Measured { .. } => 0,
            Status::Stale(_) => 1,
            Status::Hint(_) => 2,
            Status::Zero => 3,
        };
        let finding = &entry.finding;
        let sure = (finding.rule.confidence, finding.in_loop);
        let cost = entry.cost();
        (kind, Reverse((weight(cost, by), cost.bytes)), Reverse(sure))
    };
    key(one).cmp(&key(other)).then_with(|| {
        (&one.finding.file, one.finding.span, &one.finding.rule.id).cmp(&(
            &other.finding.file,
            other.finding.span,
            &other.finding.rule.id,
        ))
    })
}

fn scanned(walked: &Walked) -> Vec<ScannedOf> {
    let of = |language: Language| {
        let files = walked.files.iter().filter(|file| file.language == language);
        ScannedOf {
            language,
            files: files.clone().count(),
            lines: files.clone().map(|file| u64::from(file.scanned.lines)).sum(),
            findings: files.map(|file| file.scanned.findings.len()).sum(),
        }
    };
    Language::ALL.into_iter().map(of).filter(|of| of.files > 0).collect()
}

/// The stacks of all profiles: of a large one they are larger than all else, and few forms of the report show them.
pub(crate) fn stacks(measured: &[Measured]) -> Vec<Stack> {
    let of = |one: &'_ Measured| {
        one.profile.points.iter().map(|point| stack(&one.profile, point)).collect::<Vec<_>>()
    };
    measured.iter().flat_map(of).collect()
}

fn stack(profile: &Profile, point: &Point) -> Stack {
    let frames = point.frames.iter().rev().map(|number| shown_frame(&profile.frames[*number])).collect();
    Stack { frames, cost: Cost { bytes: point.bytes, blocks: point.blocks } }
}

/// `app::parse (src/parse.rs:6)`
fn shown_frame(frame: &Frame) -> String {
    let function = if frame.function.is_empty() { "(unknown)" } else { &frame.function };
    match (&frame.file, frame.line) {
        (Some(file), Some(line)) => format!("{function} ({file}:{line})"),
        (Some(file), None) => format!("{function} ({file})"),
        (None, _) => function.to_owned(),
    }
}
