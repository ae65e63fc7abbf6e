//! What the engine itself reads from a tree: the functions and loops around a node, and comments that turn rules off.

use std::collections::HashMap;
use std::sync::Arc;

use ast_grep_language::{LanguageExt, SupportLang};

use super::finding::{Function, Lines, Span};
use super::language::Language;
use super::places::{self, Places};
use super::rules;
use super::scan::{Tree, number};

/// What a comment starts with that turns rules off: for the line below it, for its own line if it stands behind code, and for
/// the file if it is its first line. `alloc-kit-ignore: rust-clone-in-loop, rust-format` names some, and without names it is all.
const IGNORE: &str = "alloc-kit-ignore";

/// What the engine itself does with nodes of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    #[default]
    Other,
    Function,
    Loop,
    /// What may or may not be done.
    Branch,
    Class,
    /// What a class does when it, or an object of it, is made: a field, a static block.
    Field,
    Comment,
    Attribute,
}

/// The roles of a grammar's kinds, by their ids: names are compared once, and not for each node.
pub(super) fn roles(grammar: SupportLang, language: Language) -> Vec<Role> {
    let grammar = grammar.get_ts_language();
    let kinds = language.kinds();
    let role = |id: u16| {
        // `class` is also a word, and no node of its own then.
        if !grammar.node_kind_is_named(id) {
            return Role::Other;
        }
        match grammar.node_kind_for_id(id).unwrap_or_default() {
            kind if kinds.functions.contains(&kind) => Role::Function,
            kind if kinds.loops.contains(&kind) => Role::Loop,
            kind if kinds.classes.contains(&kind) => Role::Class,
            kind if kinds.fields.contains(&kind) => Role::Field,
            kind if kinds.branches.contains(&kind) => Role::Branch,
            kind if kind.ends_with("comment") => Role::Comment,
            "attribute_item" => Role::Attribute,
            _ => Role::Other,
        }
    };
    let count = u16::try_from(grammar.node_kind_count()).unwrap_or(u16::MAX);
    (0..count).map(role).collect()
}

/// The functions, loops and classes that a node is in, while a tree is walked from its start to its end.
pub(super) struct Scopes<'t> {
    pub(super) places: Places<'t>,
    open: Vec<Open>,
    /// Every function so far.
    pub(super) functions: Vec<Arc<Function>>,
    /// Every class so far, as what its fields are made by.
    pub(super) classes: Vec<Arc<Function>>,
    /// What these do that is in none of their functions.
    pub(super) initializers: Vec<Initializer>,
    /// The lines of every loop so far.
    pub(super) loops: Vec<Lines>,
    /// What each of them does on a turn.
    pub(super) turns: Vec<Span>,
    /// The lines of all that may or may not be done.
    pub(super) branches: Vec<Lines>,
    /// Where the node begins that was gone to last.
    at: usize,
    /// Where the item ends that is there for tests alone.
    test_end: usize,
}

struct Open {
    /// The bytes that it holds.
    range: std::ops::Range<usize>,
    scope: Scope,
}

enum Scope {
    Function(Arc<Function>),
    Loop,
    Class(Class),
}

struct Class {
    name: String,
    /// What its objects' fields are made by.
    fields: Option<Arc<Function>>,
    /// What its static fields and blocks are.
    statics: Option<Arc<Function>>,
}

/// The value of a field or a static block of a class, which V8 runs as part of a function that the source does not have.
#[derive(Debug)]
pub(crate) struct Initializer {
    pub(crate) span: Span,
    pub(crate) function: Arc<Function>,
}

/// What V8 calls these.
pub(super) const FIELDS: &str = "<instance_members_initializer>";
pub(super) const STATICS: &str = "<static_initializer>";

impl<'t> Scopes<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            places: Places::new(text),
            open: Vec::new(),
            functions: Vec::new(),
            classes: Vec::new(),
            initializers: Vec::new(),
            loops: Vec::new(),
            turns: Vec::new(),
            branches: Vec::new(),
            at: 0,
            test_end: 0,
        }
    }

    /// Goes on to a node.
    pub(super) fn enter(&mut self, node: &Tree<'_>, role: Role) {
        let range = node.range();
        self.at = range.start;
        while self.open.last().is_some_and(|open| open.range.end <= range.start) {
            self.open.pop();
        }
        match role {
            Role::Function => {
                let function = Arc::new(self.function_of(node));
                self.open.push(Open { range, scope: Scope::Function(Arc::clone(&function)) });
                self.functions.push(function);
            }
            Role::Loop => {
                let turn = turn_of(node);
                let (line, column) = self.places.start(&turn);
                self.loops.push(places::lines(node));
                self.turns.push(Span { line, column, ..self.places.span(node) });
                self.open.push(Open { range: turn.range().start..range.end, scope: Scope::Loop });
            }
            Role::Class => {
                let name = node.field("type").or_else(|| node.field("name"));
                let name = name.map(|name| name.text().into_owned()).unwrap_or_default();
                let fields = node.field("body").map(|body| {
                    let v8 = (self.places.start_utf16(node), self.places.start_utf16(&body));
                    let (class, span) = (Some(name.clone()), self.places.span(node));
                    Arc::new(Function { name: FIELDS.to_owned(), class, span, v8 })
                });
                self.classes.extend(fields.clone());
                self.open.push(Open { range, scope: Scope::Class(Class { name, fields, statics: None }) });
            }
            Role::Field => self.enter_field(node),
            Role::Branch => {
                // The condition of an `if` is not one of them.
                let parts = ["consequence", "alternative"].map(|name| node.field(name));
                let parts: Vec<Tree<'_>> = parts.into_iter().flatten().collect();
                let parts = if parts.is_empty() { vec![node.clone()] } else { parts };
                self.branches.extend(parts.iter().map(places::lines));
            }
            Role::Attribute if is_for_tests(&node.text()) => {
                let is_item =
                    |next: &Tree<'_>| !next.kind().ends_with("comment") && next.kind() != "attribute_item";
                let item = node.next_all().find(is_item);
                self.test_end = item.map_or(0, |item| item.range().end).max(self.test_end);
            }
            Role::Attribute | Role::Comment | Role::Other => {}
        }
    }

    /// What is static is run by one function, which V8 has where the first of it is; what is not by another, at the class.
    fn enter_field(&mut self, node: &Tree<'_>) {
        let is_block = node.kind() == "class_static_block";
        let is_static = is_block || node.children().any(|child| child.kind() == "static");
        let value = if is_block { Some(node.clone()) } else { node.field("value") };
        let class = self.open.iter_mut().rev().find_map(|open| match &mut open.scope {
            Scope::Class(class) => Some(class),
            _ => None,
        });
        let (Some(value), Some(class)) = (value, class) else { return };
        let mut function = class.fields.clone();
        if is_static {
            if class.statics.is_none() {
                let v8 = (self.places.start_utf16(node), self.places.start_utf16(&value));
                let of_fields = class.fields.as_deref();
                class.statics = of_fields
                    .map(|fields| Arc::new(Function { name: STATICS.to_owned(), v8, ..fields.clone() }));
            }
            function.clone_from(&class.statics);
        }
        let Some(function) = function else { return };
        let span = self.places.span(&value);
        self.initializers.push(Initializer { span, function: Arc::clone(&function) });
        self.open.push(Open { range: value.range(), scope: Scope::Function(function) });
    }

    /// Whether it is in an item that only tests have: what that allocates no user pays for.
    pub(super) fn in_test(&self) -> bool {
        self.at < self.test_end
    }

    /// The innermost function.
    pub(super) fn function(&self) -> Option<Arc<Function>> {
        self.open.iter().rev().find_map(|open| match &open.scope {
            // A field's name and decorators stand before its value.
            Scope::Function(function) if open.range.start <= self.at => Some(Arc::clone(function)),
            _ => None,
        })
    }

    /// Whether it is on the turns of a loop inside of the innermost function.
    pub(super) fn in_loop(&self) -> bool {
        let inner = self.open.iter().rev().take_while(|open| !matches!(open.scope, Scope::Function(_)));
        inner.into_iter().any(|open| matches!(open.scope, Scope::Loop) && open.range.start <= self.at)
    }

    fn function_of(&self, node: &Tree<'_>) -> Function {
        let name = node.field("name").or_else(|| named_by(node));
        let parameters = node.field("parameters").or_else(|| node.field("parameter"));
        let start = self.places.start_utf16(node);
        Function {
            name: name.map(|name| name.text().into_owned()).unwrap_or_default(),
            class: self.class(),
            span: self.places.span(node),
            v8: (start, parameters.map_or(start, |parameters| self.places.start_utf16(&parameters))),
        }
    }

    fn class(&self) -> Option<String> {
        self.open.iter().rev().find_map(|open| match &open.scope {
            Scope::Class(class) => Some(class.name.clone()),
            _ => None,
        })
    }
}

/// What a loop does on each turn, by its first node: what a `for` iterates over is evaluated once.
fn turn_of<'t>(node: &Tree<'t>) -> Tree<'t> {
    let is_for = matches!(&*node.kind(), "for_expression" | "for_in_statement" | "for_statement");
    // Of C's form, the condition is the first of it.
    let body = if is_for { node.field("condition").or_else(|| node.field("body")) } else { None };
    body.unwrap_or_else(|| node.clone())
}

/// `#[cfg(test)]`, `#[test]`, `#[tokio::test(..)]`, `#[bench]`: what Rust builds for tests only.
fn is_for_tests(attribute: &str) -> bool {
    let inside = attribute.trim_start_matches(['#', '[', ' ']).trim_end_matches([']', ' ']);
    let path = inside.split('(').next().unwrap_or_default().trim();
    matches!(path.rsplit("::").next(), Some("test" | "bench"))
        || inside.starts_with("cfg(test)")
        || inside.starts_with("cfg(all(test")
}

/// Whether a node is a function.
pub(super) fn is_function(node: &Tree<'_>) -> bool {
    let kind = node.kind();
    node.is_named() && Language::ALL.iter().any(|language| language.kinds().functions.contains(&&*kind))
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

/// The rules that comments turn off, by line.
#[derive(Debug, Default)]
pub(super) struct Ignored {
    /// No name is all of them.
    lines: HashMap<u32, Vec<String>>,
    file: Option<Vec<String>>,
    /// Every name, and where it stands.
    names: Vec<(u32, String)>,
}

impl Ignored {
    /// Reads a comment.
    pub(super) fn note(&mut self, node: &Tree<'_>) {
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
        self.names.extend(names.iter().map(|name| (line, name.clone())));
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

    /// Names that are of no rule, with their lines.
    pub(super) fn unknown(&self) -> impl Iterator<Item = (u32, &str)> {
        let names = self.names.iter().map(|(line, name)| (*line, name.as_str()));
        names.filter(|(_, name)| rules::find(name).is_none())
    }

    /// Whether the rule of this id is off at a line.
    pub(super) fn holds(&self, rule: &str, line: u32) -> bool {
        let named = |names: &Vec<String>| names.is_empty() || names.iter().any(|name| name == rule);
        self.file.as_ref().is_some_and(named) || self.lines.get(&line).is_some_and(named)
    }
}
