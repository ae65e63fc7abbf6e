//! Which places of a profile are a finding's, by how its rule says that a profile shows it.

use std::collections::HashMap;
use std::fs;

use super::sites::{Site, Sites};
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
        let mut texts = Texts { walked, known: HashMap::new() };
        let mut sites_of = Vec::with_capacity(findings.len());
        let mut findings_of = vec![Vec::new(); sites.all.len()];
        for (number, (file, finding)) in findings.iter().enumerate() {
            let here = by_file.get(file).map_or(&[][..], Vec::as_slice);
            let mut own: Vec<usize> =
                here.iter().copied().filter(|site| is_at(finding, &sites.all[*site])).collect();
            own.retain(|site| !texts.is_of_another_call(*file, finding, &sites.all[*site]));
            if finding.rule.join == Join::Class && sites.all.iter().any(|site| !site.is_start) {
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

fn spans(span: Span) -> Lines {
    Lines { first: span.line, last: span.end_line }
}

fn is_within(function: &Function, class: Span) -> bool {
    class.line <= function.span.line && function.span.end_line <= class.end_line
}

/// The lines of files, read where a class is looked for.
struct Texts<'w> {
    walked: &'w Walked,
    known: HashMap<usize, Vec<String>>,
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
        let mut made = Vec::new();
        for (number, site) in sites.all.iter().enumerate() {
            if site.is_start || self.walked.files[site.file].language != language {
                continue;
            }
            let lines = self.lines(site.file);
            let is_known = site.file == file
                || lines.iter().any(|line| line.contains("import") && has_word(line, &name));
            let line = site.line.checked_sub(1).and_then(|line| lines.get(line as usize));
            if is_known && line.is_some_and(|line| calls(line, &name, language)) {
                made.push(number);
            }
        }
        made
    }
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

fn has_word(line: &str, name: &str) -> bool {
    words(line, name).next().is_some()
}

fn calls(line: &str, name: &str, language: Language) -> bool {
    let is_call = |(before, behind): (&str, &str)| match language {
        Language::JavaScript => before.trim_end().ends_with("new"),
        Language::Rust | Language::Python => {
            behind.trim_start().starts_with('(') && !before.trim_end().ends_with("class")
        }
    };
    words(line, name).any(is_call)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_made_where_it_is_called() {
        assert_eq!(class_name("class Point(Base):"), Some("Point"));
        assert_eq!(class_name("export class Point {"), Some("Point"));
        assert_eq!(class_name("@dataclass"), None);
        assert!(calls("    points.append(Point(x, y))", "Point", Language::Python));
        assert!(!calls("    points.append(MyPoint(x, y))", "Point", Language::Python));
        assert!(!calls("class Point(Base):", "Point", Language::Python));
        assert!(!calls("    x: Point = other", "Point", Language::Python));
        assert!(calls("  return new Point(x)", "Point", Language::JavaScript));
        assert!(!calls("  return Point(x)", "Point", Language::JavaScript));
    }
}
