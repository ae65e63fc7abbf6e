//! Which places of a profile are a finding's, by how its rule says that a profile shows it.

use std::collections::{HashMap, HashSet};
use std::fs;

use super::sites::{Site, Sites};
use super::ways::Way;
use crate::audit::finding::{Finding, Function, Lines, Span};
use crate::audit::language::Language;
use crate::audit::rules::Join;
use crate::audit::walk::Walked;

/// Findings and places, each by its number.
pub(super) struct Matching<'w> {
    /// With the number of its file.
    pub(super) findings: Vec<(usize, &'w Finding)>,
    sites_of: Vec<Vec<usize>>,
    findings_of: Vec<Vec<usize>>,
    by_file: HashMap<usize, Vec<usize>>,
}

impl<'w> Matching<'w> {
    pub(super) fn of(walked: &'w Walked, sites: &Sites) -> Self {
        let files = walked.files.iter().enumerate();
        let findings: Vec<(usize, &Finding)> = files
            .flat_map(|(number, file)| file.scanned.findings.iter().map(move |finding| (number, finding)))
            .collect();
        let mut by_file: HashMap<usize, Vec<usize>> = HashMap::new();
        for (number, site) in sites.all.iter().enumerate() {
            by_file.entry(site.file).or_default().push(number);
        }
        let mut texts = Texts { walked, known: HashMap::new(), called: None, imported: HashMap::new() };
        let mut sites_of = Vec::with_capacity(findings.len());
        let mut findings_of = vec![Vec::new(); sites.all.len()];
        for (number, (file, finding)) in findings.iter().enumerate() {
            let here = by_file.get(file).map_or(&[][..], Vec::as_slice);
            let mut own: Vec<usize> =
                here.iter().copied().filter(|site| is_at(finding, &sites.all[*site])).collect();
            own.retain(|site| !texts.is_of_another_call(*file, finding, &sites.all[*site]));
            own.retain(|site| texts.may_have_grown(*file, finding, &sites.all[*site]));
            texts.split_comprehensions(*file, finding, sites, &mut own);
            if finding.rule.join == Join::Class {
                own.retain(|site| texts.is_attribute(&sites.all[*site]));
                own.extend(texts.made(*file, finding, sites));
                own.sort_unstable();
                own.dedup();
            }
            for site in &own {
                findings_of[*site].push(number);
            }
            sites_of.push(own);
        }
        Self { findings, sites_of, findings_of, by_file }
    }

    pub(super) fn of_file(&self, file: usize) -> impl Iterator<Item = usize> {
        self.by_file.get(&file).into_iter().flatten().copied()
    }

    pub(super) fn sites_of(&self, finding: usize) -> impl Iterator<Item = usize> {
        self.sites_of[finding].iter().copied()
    }

    /// Whether a place is of a finding.
    pub(super) fn is_found(&self, site: usize) -> bool {
        !self.findings_of[site].is_empty()
    }

    /// The rules of the findings that a place is of.
    pub(super) fn rules_of(&self, site: usize) -> impl Iterator<Item = &'static str> {
        self.findings_of[site].iter().map(|finding| self.findings[*finding].1.rule.id.as_str())
    }

    /// The other findings that places of this one are of.
    pub(super) fn shared_with(&self, finding: usize) -> Vec<String> {
        let mut others: Vec<usize> =
            self.sites_of[finding].iter().flat_map(|site| &self.findings_of[*site]).copied().collect();
        others.sort_unstable();
        others.dedup();
        let shown = |number: usize| {
            let other = self.findings[number].1;
            format!("the same bytes may be of {}:{} [{}]", other.file, other.span.line, other.rule.id)
        };
        others.into_iter().filter(|number| *number != finding).map(shown).collect()
    }
}

/// Whether a place is the function of a finding as a whole.
pub(super) fn is_function(finding: &Finding, site: &Site) -> bool {
    match (&finding.function, &site.function) {
        (Some(of), Some(at)) => of.span == at.span && of.name == at.name,
        // What starts elsewhere is a function that no tree shows.
        (None, None) => site.is_top_level,
        _ => false,
    }
}

/// Whether what was allocated at a place of the same file is the finding's.
fn is_at(finding: &Finding, site: &Site) -> bool {
    let holds = |lines: &[Lines]| lines.iter().any(|lines| lines.holds(site.line));
    match finding.rule.join {
        Join::None => false,
        // A profile that knows functions alone can say no more than that it is one of its function.
        Join::Line | Join::PushLine | Join::Function if site.is_start => {
            let is_by = |builtin: &String| finding.builtins.contains(&builtin.as_str());
            if !finding.builtins.is_empty() && !site.builtin.as_ref().is_some_and(is_by) {
                return false;
            }
            is_function(finding, site)
        }
        Join::Line | Join::PushLine => holds(&finding.lines),
        Join::Function => match &finding.function {
            Some(function) => spans(function.span).holds(site.line),
            // Outside of functions there is no other bound than its own.
            None => holds(&finding.lines),
        },
        Join::Class if site.is_start => {
            site.function.as_ref().is_some_and(|function| is_within(function, finding.span))
        }
        // Other methods allocate for other ends, and so does what makes the class.
        Join::Class => site.function.as_ref().is_some_and(|function| {
            let makes = ["__init__", "__new__", "__post_init__"].contains(&function.name.as_str());
            makes && is_within(function, finding.span) && function.span.line < site.line
        }),
    }
}

/// Whether what a finding is of grows at a line. Its first lines are where it is made.
pub(super) fn is_growth(finding: &Finding, line: u32) -> bool {
    let mut grows = finding.lines.iter().skip(1);
    finding.rule.join == Join::PushLine && grows.any(|lines| lines.holds(line))
}

fn spans(span: Span) -> Lines {
    Lines { first: span.line, last: span.end_line }
}

fn is_within(function: &Function, class: Span) -> bool {
    class.line <= function.span.line && function.span.end_line <= class.end_line
}

/// The lines of files, read where a class or a call is looked for, and what is known of them, found out once.
struct Texts<'w> {
    walked: &'w Walked,
    known: HashMap<usize, Vec<String>>,
    /// The places at whose lines a name is called.
    called: Option<HashMap<String, Vec<usize>>>,
    /// The names in the lines of a file that import.
    imported: HashMap<usize, HashSet<String>>,
}

impl Texts<'_> {
    fn lines(&mut self, file: usize) -> &[String] {
        let path = &self.walked.files[file].path;
        self.known.entry(file).or_insert_with(|| {
            fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
        })
    }

    /// Whether what was allocated at the finding's line was so by a function of another crate that is called by its name there: of
    /// `stats.mode().map_or("none".to_owned(), text)` the rule knows the text, and not what `mode` does. What rules look for is of std,
    /// or has one of its names.
    fn is_of_another_call(&mut self, file: usize, finding: &Finding, site: &Site) -> bool {
        let is_of_lines = matches!(finding.rule.join, Join::Line | Join::PushLine);
        let Some(callee) = site.callee.as_deref().filter(|name| is_of_lines && !LOOKED_FOR.contains(name))
        else {
            return false;
        };
        let lines = self.lines(file);
        let mut at = finding.lines.iter().filter(|lines| lines.holds(site.line));
        let is_called = |of: &Lines| {
            let (first, last) = (of.first.saturating_sub(1) as usize, of.last as usize);
            let mut those = lines.iter().take(last).skip(first);
            those.any(|line| words(line, callee).any(|(_, behind)| is_call(behind)))
        };
        at.any(is_called)
    }

    /// Places where the class of a finding is made: `Name(` in its own file, and in those that import the name.
    fn made(&mut self, file: usize, finding: &Finding, sites: &Sites) -> Vec<usize> {
        // Decorators stand before it.
        let (first, last) = (finding.span.line.saturating_sub(1) as usize, finding.span.end_line as usize);
        let mut lines = self.lines(file).iter().take(last).skip(first);
        let Some(name) = lines.find_map(|line| class_name(line)).map(str::to_owned) else {
            return Vec::new();
        };
        let language = self.walked.files[file].language;
        let called = self.called(sites).get(&name).cloned().unwrap_or_default();
        let is_of = |site: &usize| {
            let of = sites.all[*site].file;
            self.walked.files[of].language == language && (of == file || self.imports(of, &name))
        };
        called.into_iter().filter(is_of).collect()
    }

    /// By name, the places at whose lines it is called.
    fn called(&mut self, sites: &Sites) -> &HashMap<String, Vec<usize>> {
        if self.called.is_none() {
            let mut called: HashMap<String, Vec<usize>> = HashMap::new();
            for (number, site) in sites.all.iter().enumerate().filter(|(_, site)| !site.is_start) {
                let language = self.walked.files[site.file].language;
                for name in names(self.line(site.file, site.line), Some(language)) {
                    called.entry(name.to_owned()).or_default().push(number);
                }
            }
            called.values_mut().for_each(Vec::dedup);
            self.called = Some(called);
        }
        self.called.get_or_insert_default()
    }

    fn imports(&mut self, file: usize, name: &str) -> bool {
        if !self.imported.contains_key(&file) {
            let lines = self.lines(file).iter().filter(|line| line.contains("import"));
            let imported = lines.flat_map(|line| names(line, None)).map(str::to_owned).collect();
            self.imported.insert(file, imported);
        }
        self.imported[&file].contains(name)
    }

    fn line(&mut self, file: usize, line: u32) -> &str {
        let lines = self.lines(file);
        line.checked_sub(1).and_then(|line| lines.get(line as usize)).map_or("", String::as_str)
    }

    /// Whether what was allocated where something grows may be its growth, by the frames there.
    fn may_have_grown(&mut self, file: usize, finding: &Finding, site: &Site) -> bool {
        if site.is_start || !is_growth(finding, site.line) {
            return true;
        }
        match site.way {
            Way::Made => false,
            // In `map.entry(key).or_default().push(item)` it is the table that the rule knows.
            Way::Grew => !self.line(file, site.line).contains(".entry("),
            Way::GrewTable | Way::Unknown | Way::Comprehension => true,
        }
    }

    /// Of a line that has a comprehension and something else, the frames may tell which of both allocated: a finding that is a
    /// comprehension has those of its own frame, and another finding the others.
    fn split_comprehensions(&mut self, file: usize, finding: &Finding, sites: &Sites, own: &mut Vec<usize>) {
        if finding.rule.join != Join::Line
            || !own.iter().any(|site| sites.all[*site].way == Way::Comprehension)
        {
            return;
        }
        let is_one = is_comprehension(&self.text(file, finding.span));
        // What has it on a line of its own among others has all of them.
        if is_one || finding.span.line == finding.span.end_line {
            own.retain(|site| (sites.all[*site].way == Way::Comprehension) == is_one);
        }
    }

    /// The text of a place, on one line.
    fn text(&mut self, file: usize, span: Span) -> String {
        let (first, last) = (span.line.saturating_sub(1) as usize, span.end_line as usize);
        let of_lines: Vec<&String> = self.lines(file).iter().take(last).skip(first).collect();
        let count = of_lines.len();
        let part = |(index, line): (usize, &&String)| {
            let end =
                if index + 1 == count { span.end_column.saturating_sub(1) as usize } else { usize::MAX };
            let start = if index == 0 { span.column.saturating_sub(1) as usize } else { 0 };
            line.chars().take(end).skip(start).collect::<String>()
        };
        of_lines.iter().enumerate().map(part).collect::<Vec<_>>().join(" ")
    }

    /// Whether a place in a constructor stores an attribute, and no more: what is made to be stored is there with `__slots__` as well.
    fn is_attribute(&mut self, site: &Site) -> bool {
        let line = self.line(site.file, site.line).trim_start();
        let stored = line.strip_prefix("self.").and_then(|behind| behind.split_once('='));
        site.is_start
            || stored.is_some_and(|(name, value)| {
                let name = name.split(':').next().unwrap_or_default().trim();
                name.chars().all(is_of_word) && !value.contains(['(', '[', '{', '"', '\'', '='])
            })
    }
}

/// Whether a text of Python is a comprehension, alone or as the one argument of a call: `sum([x for x in y])`.
fn is_comprehension(text: &str) -> bool {
    let Some((head, _)) = text.split_once(" for ") else { return false };
    let Some(open) = head.find(['[', '{']).or_else(|| head.find('(')) else { return false };
    let before = &head[..open];
    // A text that is joined may have anything in it.
    let called = before
        .strip_prefix(['"', '\''])
        .map_or(before, |text| text.split(['"', '\'']).next_back().unwrap_or(text));
    called.chars().all(|c| is_of_word(c) || c == '.' || c == '(') && text.ends_with([']', '}', ')'])
}

/// What rules look for by name: copies, texts, and what grows. Other crates' types have these, too.
const LOOKED_FOR: [&str; 24] = [
    "append",
    "clone",
    "clone_from",
    "collect",
    "default",
    "entry",
    "extend",
    "extend_from_slice",
    "format",
    "from",
    "insert",
    "into",
    "into_owned",
    "join",
    "new",
    "push",
    "push_back",
    "push_str",
    "replace",
    "to_owned",
    "to_string",
    "to_vec",
    "with_capacity",
    "write_fmt",
];

/// `(` or `::<T>(` behind a name of Rust.
fn is_call(behind: &str) -> bool {
    behind.trim_start().starts_with(['(']) || behind.starts_with("::<")
}

/// `Point` of `class Point(Base):`, also behind a decorator or `export`.
fn class_name(line: &str) -> Option<&str> {
    let (_, behind) = line.split_once("class ")?;
    let behind = behind.trim_start();
    let end = behind.find(|c: char| !is_of_word(c)).unwrap_or(behind.len());
    Some(&behind[..end]).filter(|name| !name.is_empty())
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Where a name stands as a word of its own: what is before and behind it.
fn words<'l>(line: &'l str, name: &'l str) -> impl Iterator<Item = (&'l str, &'l str)> {
    let around = line.match_indices(name).map(|(at, _)| (&line[..at], &line[at + name.len()..]));
    around.filter(|(before, behind)| !before.ends_with(is_of_word) && !behind.starts_with(is_of_word))
}

/// The words of a line; with a language, those that make an object of a class: `Name(`, `new Name`.
fn names(line: &str, made_in: Option<Language>) -> impl Iterator<Item = &str> {
    let is_made = move |word: &&str| {
        let at = word.as_ptr().addr() - line.as_ptr().addr();
        let (before, behind) = (line[..at].trim_end(), line[at + word.len()..].trim_start());
        match made_in {
            None => true,
            Some(Language::JavaScript) => before.ends_with("new"),
            Some(Language::Rust | Language::Python) => behind.starts_with('(') && !before.ends_with("class"),
        }
    };
    line.split(|c| !is_of_word(c)).filter(|word| !word.is_empty()).filter(is_made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_made_where_it_is_called() {
        assert_eq!(class_name("class Point(Base):"), Some("Point"));
        assert_eq!(class_name("export class Point {"), Some("Point"));
        assert_eq!(class_name("@dataclass"), None);
        let calls = |line: &str, name: &str, language| names(line, Some(language)).any(|of| of == name);
        assert!(calls("    points.append(Point(x, y))", "Point", Language::Python));
        assert!(!calls("    points.append(MyPoint(x, y))", "Point", Language::Python));
        assert!(!calls("class Point(Base):", "Point", Language::Python));
        assert!(!calls("    x: Point = other", "Point", Language::Python));
        assert!(calls("  return new Point(x)", "Point", Language::JavaScript));
        assert!(!calls("  return Point(x)", "Point", Language::JavaScript));
    }

    #[test]
    fn comprehensions_are_known_by_their_text() {
        for text in [
            "[x for x in y]",
            "sum([x for x in y])",
            "\", \".join([str(x) for x in y])",
            "a.extend(f(x) for x in y)",
        ] {
            assert!(is_comprehension(text), "{text}");
        }
        for text in [
            "s += str([x for x in y])",
            "for x in [1, 2]:",
            "sum(y)",
            "g(x) + [x for x in y]",
            "[x for x in y] + z",
        ] {
            assert!(!is_comprehension(text), "{text}");
        }
    }
}
