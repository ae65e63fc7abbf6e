//! The engine: a file is parsed once, and one walk over its tree finds functions, loops, comments that say `alloc-kit-ignore`, and
//! what the rules match.

use std::sync::Arc;

use ast_grep_core::matcher::MatcherExt;
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{Node, NodeMatch};
use ast_grep_language::{LanguageExt, SupportLang};

use super::finding::{Finding, Function, Lines, Span};
use super::language::Language;
use super::rules::{Join, Rule, RuleSet};
use super::syntax::{Ignored, Scopes, function_of, span_of};

pub(super) type Tree<'t> = Node<'t, StrDoc<SupportLang>>;

/// The rules that are looked for, by grammar.
pub(crate) struct Scanner {
    sets: Vec<(SupportLang, RuleSet)>,
}

/// What is known of a file.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    pub(crate) findings: Vec<Finding>,
    /// All of its functions, by where they start.
    pub(crate) functions: Vec<Arc<Function>>,
    /// How many lines it has.
    pub(crate) lines: u32,
    /// The first line that could not be parsed: what is around it was still looked at.
    pub(crate) unparsed: Option<u32>,
}

impl Scanner {
    pub(crate) fn new(wanted: impl Fn(&Rule) -> bool) -> Self {
        let grammars = Language::ALL
            .into_iter()
            .flat_map(|language| language.grammars().iter().map(move |grammar| (*grammar, language)));
        let set = |(grammar, language)| (grammar, RuleSet::of(grammar, language, &wanted));
        Self { sets: grammars.map(set).collect() }
    }

    fn rules(&self, grammar: SupportLang) -> &RuleSet {
        let of = self.sets.iter().find(|(of, _)| *of == grammar);
        &of.unwrap_or_else(|| unreachable!("{grammar} is one of them")).1
    }
}

/// What is found in a text.
pub(crate) fn scan_text(
    scanner: &Scanner,
    language: Language,
    grammar: SupportLang,
    file: &str,
    text: &str,
) -> Scanned {
    let tree = grammar.ast_grep(text);
    let rules = scanner.rules(grammar);
    let file: Arc<str> = file.into();
    let mut scopes = Scopes::new(language);
    let mut ignored = Ignored::default();
    let mut scanned = Scanned { lines: line_count(text), ..Scanned::default() };
    for node in tree.root().dfs() {
        if node.is_error() || node.is_missing() {
            let line = number(node.start_pos().line());
            scanned.unparsed = Some(scanned.unparsed.map_or(line, |first| first.min(line)));
        }
        ignored.note(&node);
        if let Some(function) = scopes.enter(&node) {
            scanned.functions.push(function);
        }
        if scopes.in_test() {
            continue;
        }
        for compiled in rules.of_kind(node.kind_id()) {
            let Some(found) = compiled.matcher.match_node(node.clone()) else { continue };
            let span = span_of(&found);
            scanned.findings.push(Finding {
                rule: compiled.rule,
                file: Arc::clone(&file),
                span,
                lines: lines_of(compiled.rule, &found, span),
                function: scopes.function(),
                in_loop: scopes.in_loop(),
                linters: Vec::new(),
                message: message(&compiled.rule.message, &found),
            });
        }
    }
    scanned.findings.retain(|finding| !ignored.holds(finding));
    scanned.findings.sort_by(|one, other| (one.span, &one.rule.id).cmp(&(other.span, &other.rule.id)));
    scanned
}

/// The rule's message, with what its variables stand for; what has several lines is cut.
fn message(template: &str, found: &NodeMatch<'_, StrDoc<SupportLang>>) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_uppercase() && c != '_').unwrap_or(after.len());
        let (name, behind) = after.split_at(end);
        match found.get_env().get_match(name) {
            Some(node) => text.push_str(&short(&node.text())),
            None => {
                text.push('$');
                text.push_str(name);
            }
        }
        rest = behind;
    }
    text + rest
}

/// The first line, of at most 40 characters.
fn short(text: &str) -> String {
    const MOST: usize = 40;
    let line = text.lines().next().unwrap_or_default();
    let is_cut = line.len() < text.len() || line.chars().count() > MOST;
    let kept: String = line.chars().take(MOST).collect();
    if is_cut { kept.trim_end().to_owned() + ".." } else { kept }
}

/// Where a profile would show it.
fn lines_of(rule: &Rule, found: &NodeMatch<'_, StrDoc<SupportLang>>, span: Span) -> Vec<Lines> {
    let own = Lines { first: span.line, last: span.end_line };
    match (&rule.join, &rule.grows) {
        (Join::PushLine, Some(variable)) => {
            let name = found.get_env().get_match(variable).map(|node| node.text().into_owned());
            let mut lines = name.map(|name| growth(found, &name)).unwrap_or_default();
            // What it starts with is allocated there, if anything.
            lines.insert(0, own);
            lines
        }
        _ => vec![own],
    }
}

/// The lines of the enclosing function where a method is called on a variable that can make it grow.
fn growth(found: &Tree<'_>, variable: &str) -> Vec<Lines> {
    const GROWS: [&str; 12] = [
        "push",
        "push_str",
        "push_back",
        "push_front",
        "insert",
        "extend",
        "extend_from_slice",
        "append",
        "resize",
        "entry",
        "write_str",
        "write_fmt",
    ];
    let Some(function) = found.ancestors().find(|node| function_of(node).is_some()) else {
        return Vec::new();
    };
    let calls = function.dfs().filter(|node| node.kind() == "call_expression");
    let grows = |node: &Tree<'_>| {
        let text = node.field("function").map(|function| function.text().into_owned()).unwrap_or_default();
        text.strip_prefix(variable)
            .and_then(|rest| rest.trim_start().strip_prefix('.'))
            .is_some_and(|method| GROWS.contains(&method.trim_start()))
    };
    let line = |node: Tree<'_>| {
        let span = span_of(&node);
        Lines { first: span.line, last: span.end_line }
    };
    calls.filter(grows).map(line).collect()
}

pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).map_or(u32::MAX, |index| index.saturating_add(1))
}

fn line_count(text: &str) -> u32 {
    u32::try_from(text.lines().count()).unwrap_or(u32::MAX)
}
