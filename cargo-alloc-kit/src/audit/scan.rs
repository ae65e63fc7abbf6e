//! The engine: a file is parsed once, and one walk over its tree finds the functions, the loops, the comments that may say
//! `alloc-kit-ignore`, and the nodes that rules may match; only these are looked at.

use std::sync::Arc;

use ast_grep_core::matcher::MatcherExt;
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{Node, NodeMatch};
use ast_grep_language::{LanguageExt, SupportLang};

use super::finding::{Finding, Function, Lines, Span};
use super::language::Language;
use super::places;
use super::rules::{Join, Rule, RuleSet};
use super::syntax::{Ignored, Initializer, Role, Scopes, is_function, roles};

pub(super) type Tree<'t> = Node<'t, StrDoc<SupportLang>>;

/// What is nested deeper than this is data that somebody generated. Rules ask for all that is around or inside of a node, which
/// in such a tree takes as long as its square.
const DEEPEST: usize = 1_500;

/// The rules that are looked for, by grammar.
pub(crate) struct Scanner {
    sets: Vec<Set>,
}

struct Set {
    grammar: SupportLang,
    roles: Vec<Role>,
    rules: RuleSet,
}

/// What is known of a file.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    pub(crate) findings: Vec<Finding>,
    /// All of its functions, by where they start.
    pub(crate) functions: Vec<Arc<Function>>,
    /// Its classes, as the functions that V8 makes of their fields.
    pub(crate) classes: Vec<Arc<Function>>,
    /// What these do outside of functions.
    pub(crate) initializers: Vec<Initializer>,
    /// The lines of all of its loops.
    pub(crate) loops: Vec<Lines>,
    /// What these do on each turn.
    pub(super) turns: Vec<Span>,
    /// The lines of all that may or may not be done, in Rust.
    pub(crate) branches: Vec<Lines>,
    /// The rules that its comments turn off.
    pub(super) ignored: Ignored,
    /// How many lines it has.
    pub(crate) lines: u32,
    /// The first line that could not be parsed: what is around it was still looked at.
    pub(crate) unparsed: Option<u32>,
    /// It nests so deep that no rule was looked for.
    pub(crate) too_deep: bool,
}

impl Scanner {
    pub(crate) fn new(wanted: impl Fn(&Rule) -> bool) -> Self {
        let grammars = Language::ALL
            .into_iter()
            .flat_map(|language| language.grammars().iter().map(move |grammar| (*grammar, language)));
        let set = |(grammar, language)| Set {
            grammar,
            roles: roles(grammar, language),
            rules: RuleSet::of(grammar, language, &wanted),
        };
        Self { sets: grammars.map(set).collect() }
    }

    fn of(&self, grammar: SupportLang) -> &Set {
        let of = self.sets.iter().find(|set| set.grammar == grammar);
        of.unwrap_or_else(|| unreachable!("{grammar} is one of them"))
    }
}

impl Set {
    /// Errors are of a kind that no table has.
    fn role(&self, kind: u16) -> Role {
        self.roles.get(usize::from(kind)).copied().unwrap_or_default()
    }
}

impl Scanned {
    /// The innermost function at a place, and whether it is on the turns of a loop of that.
    pub(super) fn around(&self, line: u32, column: u32) -> (Option<&Arc<Function>>, bool) {
        let holds = |span: &Span| {
            (span.line, span.column) <= (line, column) && (line, column) < (span.end_line, span.end_column)
        };
        let start_of = |span: Span| (span.line, span.column);
        let function = self.functions.iter().rev().find(|function| holds(&function.span));
        let function = function.map(|function| (start_of(function.span), function));
        let field = self.initializers.iter().rev().find(|field| holds(&field.span));
        let field = field.map(|field| (start_of(field.span), &field.function));
        // The arrow function that is a field's value starts where that does, and is within it.
        let inner = if function.map(|of| of.0) >= field.map(|of| of.0) { function } else { field };
        let (start, function) = inner.map_or(((0, 0), None), |(start, function)| (start, Some(function)));
        let in_loop = self.turns.iter().any(|turn| holds(turn) && (turn.line, turn.column) >= start);
        (function, in_loop)
    }
}

/// What is found in a text.
pub(crate) fn scan_text(
    by: &Scanner,
    language: Language,
    grammar: SupportLang,
    file: &str,
    text: &str,
) -> Scanned {
    debug_assert!(language.grammars().contains(&grammar), "{grammar} is none of {language:?}");
    let tree = grammar.ast_grep(text);
    let rules_of = by.of(grammar);
    let root = tree.root();
    let mut scanned = Scanned { lines: line_count(text), ..Scanned::default() };
    if root.get_inner_node().has_error() {
        scanned.unparsed = first_error(&root);
    }
    let file: Arc<str> = file.into();
    let mut scopes = Scopes::new(text);
    let mut looked_at = Vec::new();
    let mut cursor = root.get_inner_node().walk();
    let mut depth = 0;
    'walk: loop {
        let kind = cursor.node().kind_id();
        let role = rules_of.role(kind);
        // Most nodes are of no kind that anybody looks at.
        if role != Role::Other || rules_of.rules.has_kind(kind) {
            looked_at.push((cursor.node(), role));
        }
        if cursor.goto_first_child() {
            depth += 1;
            if depth > DEEPEST {
                scanned.too_deep = true;
                return scanned;
            }
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                break 'walk;
            }
            depth -= 1;
        }
    }
    for (inner, role) in looked_at {
        let node = tree.adopt(inner);
        if role == Role::Comment {
            scanned.ignored.note(&node);
        }
        scopes.enter(&node, role);
        if scopes.in_test() {
            continue;
        }
        // What the grammar could make no sense of it may have put together wrongly.
        if inner.has_error() {
            continue;
        }
        for compiled in rules_of.rules.of_kind(inner.kind_id()) {
            let Some(found) = compiled.matcher.match_node(node.clone()) else { continue };
            scanned.findings.push(finding(compiled.rule, &file, &found, &scopes));
        }
    }
    scanned.end(scopes);
    scanned
}

impl Scanned {
    fn end(&mut self, scopes: Scopes<'_>) {
        (self.functions, self.loops, self.turns) = (scopes.functions, scopes.loops, scopes.turns);
        (self.classes, self.initializers) = (scopes.classes, scopes.initializers);
        self.branches = scopes.branches;
        let Self { findings, ignored, .. } = self;
        findings.retain(|finding| !ignored.holds(&finding.rule.id, finding.span.line));
        self.sort();
    }

    /// Of findings that are the same code and the same lines, one stays: what can be eliminated before what can be reduced, and the
    /// surest. With their bytes each of them would have a rank.
    pub(super) fn drop_repeated(&mut self) {
        let order = |finding: &Finding| (finding.rule.category, std::cmp::Reverse(finding.rule.confidence));
        self.findings.sort_by(|one, other| {
            (one.span, order(one), &one.rule.id).cmp(&(other.span, order(other), &other.rule.id))
        });
        self.findings.dedup_by(|next, kept| {
            let is_same =
                next.span == kept.span && next.rule.join == Join::Line && kept.rule.join == Join::Line;
            if is_same {
                let linters = std::mem::take(&mut next.linters);
                kept.linters.extend(
                    linters.into_iter().filter(|linted| !kept.linters.contains(linted)).collect::<Vec<_>>(),
                );
            }
            is_same
        });
        self.sort();
    }

    pub(super) fn sort(&mut self) {
        self.findings.sort_by(|one, other| (one.span, &one.rule.id).cmp(&(other.span, &other.rule.id)));
    }
}

fn finding(
    rule: &'static Rule,
    file: &Arc<str>,
    found: &NodeMatch<'_, StrDoc<SupportLang>>,
    scopes: &Scopes<'_>,
) -> Finding {
    let span = scopes.places.span(found);
    Finding {
        rule,
        file: Arc::clone(file),
        span,
        lines: lines_of(rule, found, span),
        builtins: builtins(rule, &found.text()),
        function: scopes.function(),
        in_loop: scopes.in_loop(),
        linters: Vec::new(),
        message: filled(&rule.message, Some(found)),
        fix: filled(&rule.fix, Some(found)),
    }
}

/// The first line that is not of the grammar, or lacks something.
fn first_error(root: &Tree<'_>) -> Option<u32> {
    let errors = root.dfs().filter(|node| node.is_error() || node.is_missing());
    errors.map(|node| number(node.start_pos().line())).min()
}

/// A text of a rule, with what its variables stand for; what has several lines is cut, and what is not known, as of what a linter
/// found, is `..`.
pub(super) fn filled(template: &str, found: Option<&NodeMatch<'_, StrDoc<SupportLang>>>) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let is_of_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let end = after.find(|c| !is_of_name(c)).unwrap_or(after.len());
        let (name, behind) = after.split_at(end);
        match found.and_then(|found| found.get_env().get_match(name)) {
            Some(node) => text.push_str(&short(&node.text())),
            None => text.push_str(".."),
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

/// The builtins of the rule that are called there.
fn builtins(rule: &'static Rule, text: &str) -> Vec<&'static str> {
    let is_called = |name: &&str| text.contains(&format!(".{name}("));
    rule.builtins.iter().map(String::as_str).filter(is_called).collect()
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
    let Some(function) = found.ancestors().find(is_function) else {
        return Vec::new();
    };
    let calls = function.dfs().filter(|node| node.kind() == "call_expression");
    let grows = |node: &Tree<'_>| {
        let text = node.field("function").map(|function| function.text().into_owned()).unwrap_or_default();
        text.strip_prefix(variable)
            .and_then(|rest| rest.trim_start().strip_prefix('.'))
            .is_some_and(|method| GROWS.contains(&method.trim_start()))
    };
    calls.filter(grows).map(|node| places::lines(&node)).collect()
}

/// From 1.
pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).map_or(u32::MAX, |index| index.saturating_add(1))
}

fn line_count(text: &str) -> u32 {
    u32::try_from(text.lines().count()).unwrap_or(u32::MAX)
}
