//! The rules: data in a file for each language, each compiled once for each grammar that its language is read with.
//!
//! An entry of a file is what is known of one pattern: what to find ([`Rule::rule`], one of ast-grep's), which codes of linters
//! mean the same, why it costs, what to do, when not to, how a profile shows it, and samples that must and must not match, which a
//! test tries. An entry with neither a pattern nor linters says why there is none.

mod embedded;
pub(crate) mod measured;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ast_grep_config::{
    DeserializeEnv, RuleCore, SerializableRule, SerializableRuleCore, from_multiple, from_str,
};
use ast_grep_core::Matcher;
use ast_grep_language::SupportLang;
use serde::{Deserialize, Serialize};

use super::language::Language;

const FILES: [&str; 3] =
    [include_str!("rust.yml"), include_str!("javascript.yml"), include_str!("python.yml")];
const GUIDE: &str = include_str!("guide.yml");
const SHARED: &str = include_str!("shared.yml");

type Utils = std::collections::HashMap<String, SerializableRule>;

/// An entry of a file of rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// `rust-collect-then-iter`
    pub(crate) id: String,
    pub(crate) language: Language,
    /// The rows of the guide that it is of: ids of `guide.yml`.
    pub(crate) guide: Vec<String>,
    /// One line; `$NAME` is what the variable of the pattern stands for.
    pub(crate) message: String,
    /// Why it allocates.
    pub(crate) why: String,
    /// What to do, with the type of alloc-kit or the language's own means.
    pub(crate) fix: String,
    /// When to leave it as it is.
    pub(crate) when_not: String,
    /// What it is until a profile says otherwise.
    pub(crate) category: Category,
    pub(crate) confidence: Confidence,
    pub(crate) join: Join,
    /// Whether it is looked for unless the configuration says otherwise.
    #[serde(default = "yes")]
    pub(crate) on: bool,
    /// Why it is not looked for, where `on` is false; or why there is neither a pattern nor a linter.
    #[serde(default)]
    pub(crate) reason: String,
    /// For Rust: whether an annotation of alloc-kit can keep it fixed.
    #[serde(default)]
    pub(crate) annotation: bool,
    /// Codes of linters that mean this, each of one rule alone: `clippy: [needless_collect]`.
    #[serde(default)]
    pub(crate) linters: BTreeMap<String, Vec<String>>,
    /// Codes that are of another rule, and mean what this one finds by itself where both are of one place.
    #[serde(default)]
    pub(crate) confirms: BTreeMap<String, Vec<String>>,
    /// The variable of the pattern whose growth allocates (`join: push-line`).
    #[serde(default)]
    pub(crate) grows: Option<String>,
    /// For JavaScript: the builtins that allocate what it is of, which V8 knows below their caller. Those apply that the text calls.
    #[serde(default)]
    pub(crate) builtins: Vec<String>,
    /// Its pattern, as ast-grep has it.
    #[serde(default, rename = "rule")]
    pattern: Option<SerializableRule>,
    #[serde(default)]
    constraints: Option<Utils>,
    /// Named patterns of this rule alone; those of `shared.yml` are known to all rules of the language.
    #[serde(default)]
    utils: Utils,
    /// What must match: the lines that end with a comment of `~` do, and no others.
    #[serde(default)]
    pub(crate) matches: Vec<String>,
    /// What must not match anywhere.
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "they are there for a test"))]
    pub(crate) misses: Vec<String>,
}

/// What can be done about what is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Category {
    /// It need not be: a reference, a view, the stack.
    Eliminable,
    /// Fewer or smaller: reuse, a pool, a capacity.
    Reducible,
    /// It is what the program is for.
    Necessary,
}

/// How sure it is from the text alone that it allocates and that the advice applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Confidence {
    Low,
    Medium,
    High,
}

/// Where a profile shows what a finding allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Join {
    /// At its own lines.
    Line,
    /// At the lines where its variable grows.
    PushLine,
    /// In its function.
    Function,
    /// In the body of its class, and where it is made.
    Class,
    /// Nowhere: it costs time, or memory that no profile has a line for.
    None,
}

/// A row of the guide.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) language: Language,
    pub(crate) section: String,
    pub(crate) words: String,
}

/// A rule for one grammar.
pub(crate) struct Compiled {
    pub(crate) rule: &'static Rule,
    pub(crate) matcher: RuleCore,
}

/// The rules of a grammar by the kind of node that they can match.
pub(crate) struct RuleSet {
    pub(crate) compiled: Vec<Compiled>,
    by_kind: Vec<Vec<usize>>,
}

fn yes() -> bool {
    true
}

/// Every rule, in the order of the files.
pub(crate) fn all() -> &'static [Rule] {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(|| {
        let parse = |file: &&'static str| {
            from_multiple::<Rule>(file).unwrap_or_else(|error| unreachable!("a file of rules: {error}"))
        };
        FILES.iter().flat_map(parse).collect()
    })
}

/// The guide's rows.
pub(crate) fn guide() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| from_str(GUIDE).unwrap_or_else(|error| unreachable!("guide.yml: {error}")))
}

/// Patterns that rules of a language share.
fn shared() -> &'static BTreeMap<Language, Utils> {
    static SHARED_UTILS: OnceLock<BTreeMap<Language, Utils>> = OnceLock::new();
    SHARED_UTILS.get_or_init(|| from_str(SHARED).unwrap_or_else(|error| unreachable!("shared.yml: {error}")))
}

/// The rule of an id.
pub(crate) fn find(id: &str) -> Option<&'static Rule> {
    all().iter().find(|rule| rule.id == id)
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Rule").field(&self.id).finish()
    }
}

impl Rule {
    /// Whether it has a pattern of its own.
    pub(crate) fn has_pattern(&self) -> bool {
        self.pattern.is_some()
    }

    /// Whether it says something of loops alone.
    pub(crate) fn is_of_loops(&self) -> bool {
        self.id.ends_with("-in-loop")
    }

    fn compile(&'static self, grammar: SupportLang) -> Option<Compiled> {
        let core = SerializableRuleCore {
            rule: self.pattern.clone()?,
            constraints: self.constraints.clone(),
            transform: None,
            utils: Some(self.named_patterns()),
        };
        let matcher = core
            .get_matcher(DeserializeEnv::new(grammar))
            .unwrap_or_else(|error| unreachable!("the rule {}: {error:?}", self.id));
        Some(Compiled { rule: self, matcher })
    }

    fn named_patterns(&self) -> Utils {
        let mut named = shared().get(&self.language).cloned().unwrap_or_default();
        named.extend(self.utils.clone());
        named
    }
}

impl RuleSet {
    /// Those of a grammar that `wanted` lets pass.
    pub(crate) fn of(grammar: SupportLang, language: Language, wanted: impl Fn(&Rule) -> bool) -> Self {
        let rules = all().iter().filter(|rule| rule.language == language && wanted(rule));
        let compiled: Vec<Compiled> = rules.filter_map(|rule| rule.compile(grammar)).collect();
        let mut by_kind: Vec<Vec<usize>> = Vec::new();
        for (index, one) in compiled.iter().enumerate() {
            let Some(kinds) = one.matcher.potential_kinds() else {
                unreachable!("the rule {} can match any node", one.rule.id)
            };
            for kind in &kinds {
                if by_kind.len() <= kind {
                    by_kind.resize(kind + 1, Vec::new());
                }
                by_kind[kind].push(index);
            }
        }
        Self { compiled, by_kind }
    }

    /// Whether there is a rule that a node of this kind may match.
    pub(crate) fn has_kind(&self, kind: u16) -> bool {
        self.by_kind.get(usize::from(kind)).is_some_and(|rules| !rules.is_empty())
    }

    /// The rules that a node of this kind may match.
    pub(crate) fn of_kind(&self, kind: u16) -> impl Iterator<Item = &Compiled> {
        let of = self.by_kind.get(usize::from(kind)).map_or(&[][..], Vec::as_slice);
        of.iter().map(|index| &self.compiled[*index])
    }
}
