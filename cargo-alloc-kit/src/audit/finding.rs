//! What a scan finds: a place in the source, the rule that it matches, and the lines at which a profile would show it.

use std::sync::Arc;

use serde::Serialize;

use super::rules::Rule;

/// A place that a rule, or a linter, has something to say of.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) rule: &'static Rule,
    /// The path as it is shown: from where the command runs, with `/`.
    pub(crate) file: Arc<str>,
    pub(crate) span: Span,
    /// The lines at which a profile would show what it allocates: those of the span, or of what grows.
    pub(crate) lines: Vec<Lines>,
    /// The builtins that allocate it. None: its function itself, or nobody knows.
    pub(crate) builtins: Vec<&'static str>,
    /// The innermost function that it is in.
    pub(crate) function: Option<Arc<Function>>,
    /// Whether it is in a loop of its function.
    pub(crate) in_loop: bool,
    /// Who says so: empty for the rule itself.
    pub(crate) linters: Vec<Linted>,
    /// The rule's, with what its variables (`$NAME`) stand for here.
    pub(crate) message: String,
    pub(crate) fix: String,
}

/// What a linter called it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Linted {
    /// `clippy`, `ruff`.
    pub(crate) linter: &'static str,
    /// `needless_collect`, `PERF401`.
    pub(crate) code: String,
    pub(crate) message: String,
}

/// From and to, each from 1, columns in characters; `to` is behind the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Span {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) end_line: u32,
    pub(crate) end_column: u32,
}

/// Lines from 1, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Lines {
    pub(crate) first: u32,
    pub(crate) last: u32,
}

/// A function of a file, by which profiles are joined that only know functions, and checked that know lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Function {
    /// Empty for a closure, a lambda, an arrow function that nothing names.
    pub(crate) name: String,
    /// The `impl`, trait or class that it is in, if any.
    pub(crate) class: Option<String>,
    pub(crate) span: Span,
    /// From where to where V8 may have it: from its start to that of its parameters. Columns are of UTF-16, as V8 counts.
    #[serde(skip)]
    pub(crate) v8: ((u32, u32), (u32, u32)),
}

impl Lines {
    pub(crate) fn holds(self, line: u32) -> bool {
        self.first <= line && line <= self.last
    }
}
