//! What the engine itself reads from a tree: the functions and loops around a node, and comments that turn rules off.

use std::collections::HashMap;
use std::sync::Arc;

use super::finding::{Finding, Function, Span};
use super::language::{Kinds, Language};
use super::scan::{Tree, number};

/// What a comment starts with that turns rules off: for the line below it, for its own line if it stands behind code, and for
/// the file if it is its first line. `alloc-kit-ignore: rust-clone-in-loop, rust-format` names some, and without names it is all.
const IGNORE: &str = "alloc-kit-ignore";

/// The functions, loops and classes that a node is in, while a tree is walked from its start to its end.
pub(super) struct Scopes {
    kinds: &'static Kinds,
    /// With the byte behind the last one.
    open: Vec<(usize, Scope)>,
    /// Where the node begins that was gone to last.
    at: usize,
    /// Where the item ends that is there for tests alone.
    test_end: usize,
}

enum Scope {
    Function(Arc<Function>),
    /// With the byte from which on each turn runs it: what a `for` goes through is made once.
    Loop(usize),
    Class(String),
}

impl Scopes {
    pub(super) fn new(language: Language) -> Self {
        Self { kinds: language.kinds(), open: Vec::new(), at: 0, test_end: 0 }
    }

    /// Goes on to the next node; the function if it is one.
    pub(super) fn enter(&mut self, node: &Tree<'_>) -> Option<Arc<Function>> {
        let range = node.range();
        self.at = range.start;
        while self.open.last().is_some_and(|(end, _)| *end <= range.start) {
            self.open.pop();
        }
        let kind = node.kind();
        if self.kinds.functions.contains(&&*kind) {
            let mut function = function_of(node)?;
            function.class = self.class();
            let function = Arc::new(function);
            self.open.push((range.end, Scope::Function(Arc::clone(&function))));
            return Some(function);
        }
        if self.kinds.loops.contains(&&*kind) && node.is_named() {
            let body = if kind.starts_with("for_") { node.field("body") } else { None };
            let from = body.map_or(range.start, |body| body.range().start);
            self.open.push((range.end, Scope::Loop(from)));
        } else if self.kinds.classes.contains(&&*kind) && node.is_named() {
            let name = node.field("type").or_else(|| node.field("name"));
            self.open.push((
                range.end,
                Scope::Class(name.map(|name| name.text().into_owned()).unwrap_or_default()),
            ));
        } else if kind == "attribute_item" && is_for_tests(&node.text()) {
            let item = node
                .next_all()
                .find(|next| !next.kind().contains("comment") && next.kind() != "attribute_item");
            self.test_end = item.map_or(self.test_end, |item| item.range().end.max(self.test_end));
        }
        None
    }

    /// Whether it is in an item that only tests have: what that allocates no user pays for.
    pub(super) fn in_test(&self) -> bool {
        self.at < self.test_end
    }

    /// The innermost function.
    pub(super) fn function(&self) -> Option<Arc<Function>> {
        self.open.iter().rev().find_map(|(_, scope)| match scope {
            Scope::Function(function) => Some(Arc::clone(function)),
            _ => None,
        })
    }

    /// Whether there is a loop inside of the innermost function.
    pub(super) fn in_loop(&self) -> bool {
        let inner = self.open.iter().rev().take_while(|(_, scope)| !matches!(scope, Scope::Function(_)));
        inner.into_iter().any(|(_, scope)| matches!(scope, Scope::Loop(from) if *from <= self.at))
    }

    fn class(&self) -> Option<String> {
        self.open.iter().rev().find_map(|(_, scope)| match scope {
            Scope::Class(name) => Some(name.clone()),
            _ => None,
        })
    }
}

/// `#[cfg(test)]`, `#[test]`, `#[tokio::test(..)]`, `#[bench]`: what Rust builds for tests only.
fn is_for_tests(attribute: &str) -> bool {
    let inside = attribute.trim_start_matches(['#', '[', ' ']).trim_end_matches([']', ' ']);
    let path = inside.split('(').next().unwrap_or_default().trim();
    matches!(path.rsplit("::").next(), Some("test" | "bench"))
        || inside.starts_with("cfg(test)")
        || inside.starts_with("cfg(all(test")
}

/// The function that a node is, if it is one.
pub(super) fn function_of(node: &Tree<'_>) -> Option<Function> {
    let is_function =
        Language::ALL.iter().any(|language| language.kinds().functions.contains(&&*node.kind()));
    if !is_function || !node.is_named() {
        return None;
    }
    let name = node.field("name").or_else(|| named_by(node));
    let parameters = node.field("parameters").or_else(|| node.field("parameter"));
    let at = |node: Tree<'_>| {
        let position = node.start_pos();
        (number(position.line()), number(position.column(&node)))
    };
    Some(Function {
        name: name.map(|name| name.text().into_owned()).unwrap_or_default(),
        class: None,
        span: span_of(node),
        parameters: parameters.map(at),
    })
}

/// What a function without a name is assigned to.
fn named_by<'t>(node: &Tree<'t>) -> Option<Tree<'t>> {
    let parent = node.parent()?;
    match &*parent.kind() {
        "variable_declarator" | "public_field_definition" => parent.field("name"),
        "pair" => parent.field("key"),
        "assignment_expression" => {
            let left = parent.field("left")?;
            if left.kind() == "member_expression" { left.field("property") } else { Some(left) }
        }
        _ => None,
    }
}

pub(super) fn span_of(node: &Tree<'_>) -> Span {
    let (start, end) = (node.start_pos(), node.end_pos());
    Span {
        line: number(start.line()),
        column: number(start.column(node)),
        end_line: number(end.line()),
        end_column: number(end.column(node)),
    }
}

/// The rules that comments turn off, by line.
#[derive(Default)]
pub(super) struct Ignored {
    /// No name is all of them.
    lines: HashMap<u32, Vec<String>>,
    file: Option<Vec<String>>,
}

impl Ignored {
    pub(super) fn note(&mut self, node: &Tree<'_>) {
        if !node.kind().ends_with("comment") {
            return;
        }
        let text = node.text();
        let Some(start) = text.find(char::is_alphabetic) else { return };
        let Some(rest) = text[start..].strip_prefix(IGNORE) else { return };
        let rest = rest.split_once("*/").map_or(rest, |(rest, _)| rest);
        let names: Vec<String> = match rest.trim_start().strip_prefix(':') {
            Some(names) => names
                .split([',', ' '])
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            None => Vec::new(),
        };
        let line = number(node.start_pos().line());
        let before = node.prev().filter(|before| number(before.end_pos().line()) == line);
        match before {
            Some(code) => {
                for line in number(code.start_pos().line())..=line {
                    self.lines.insert(line, names.clone());
                }
            }
            None if line == 1 => self.file = Some(names),
            None => drop(self.lines.insert(number(node.end_pos().line()) + 1, names)),
        }
    }

    pub(super) fn holds(&self, finding: &Finding) -> bool {
        let named = |names: &Vec<String>| names.is_empty() || names.contains(&finding.rule.id);
        self.file.as_ref().is_some_and(named) || self.lines.get(&finding.span.line).is_some_and(named)
    }
}
