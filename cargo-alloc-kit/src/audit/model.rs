//! What an audit knows in the end: findings with what they cost, lines that cost and match no rule, and what could not be said.
//!
//! `join` makes it, and every form of the report, `check` and the exit code are of it.

use serde::Serialize;

use super::finding::{Finding, Function};
use super::language::Language;
use super::rules::Category;
use super::walk::Skipped;

/// The whole of it. Findings and hot lines are in the order of what they cost.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    pub(crate) entries: Vec<Entry>,
    pub(crate) hot: Vec<HotLine>,
    pub(crate) totals: Vec<Total>,
    pub(crate) skipped: Vec<Skipped>,
    /// What readers must know of the figures: another commit, a foreign profile, a linter that is not installed.
    pub(crate) notes: Vec<Note>,
    /// Files, lines and findings by language, in the order of [`Language::ALL`].
    pub(crate) scanned: Vec<ScannedOf>,
    /// The profiles' stacks, for flamegraphs: frames from the outermost to the innermost.
    pub(crate) stacks: Vec<Stack>,
    /// What the profiles say of each file that was scanned, whatever is found in it: what `check` judges.
    pub(crate) files: Vec<OfFile>,
}

/// A file with what was allocated in it.
#[derive(Debug)]
pub(crate) struct OfFile {
    pub(crate) file: String,
    pub(crate) state: State,
    /// Where something was allocated: the innermost frames in scanned files.
    pub(crate) places: Vec<Place>,
    /// Its functions that have a name.
    pub(crate) functions: Vec<OfFunction>,
}

/// Whether a profile can say something of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It has frames in it.
    Seen,
    /// It has none: the file did not run, or allocated nothing.
    NotSeen,
    /// It is of another state of the file: with what differs.
    Stale(String),
    /// It has frames that are of this file or of another one.
    Ambiguous,
}

/// What was allocated at a line.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) line: u32,
    /// The function as the profile calls it.
    pub(crate) symbol: String,
    /// Where the innermost function with a name starts that it is in.
    pub(crate) function_line: Option<u32>,
    pub(crate) cost: Cost,
    /// The rules whose findings it is of.
    pub(crate) rules: Vec<&'static str>,
}

/// What was allocated in a function.
#[derive(Debug)]
pub(crate) struct OfFunction {
    pub(crate) name: String,
    pub(crate) class: Option<String>,
    /// The functions and classes around it, the outermost first.
    pub(crate) within: Vec<String>,
    pub(crate) line: u32,
    /// Whether a stack leads through it: if none does, nobody knows that it ran.
    pub(crate) is_seen: bool,
    /// At its own lines, by code of this file or by what it calls elsewhere.
    pub(crate) own: Cost,
    /// With all that is allocated in what it calls.
    pub(crate) inclusive: Cost,
    /// Why it is not certain that all of it is this function's.
    pub(crate) doubt: Option<String>,
}

/// A finding with what a profile says of it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) finding: Finding,
    pub(crate) language: Language,
    pub(crate) status: Status,
    /// By evidence where there is some, or else the rule's.
    pub(crate) category: Category,
    /// Why it is of that category: `10,000 blocks, never more than 1 at a time`. Empty where only the rule says so.
    pub(crate) evidence: Vec<String>,
    /// How much of all that was measured it is, from 0 to 100.
    pub(crate) rank: f64,
    /// The annotation that keeps it fixed.
    pub(crate) proposal: Option<Proposal>,
}

/// What a profile says of a finding.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Status {
    /// It allocated so much.
    Measured {
        cost: Cost,
        /// What is not certain, each a clause of its own: other findings that the same bytes may be of, as `file:line [rule]`, and
        /// whether it is the function that the profile means.
        ambiguous: Vec<String>,
    },
    /// The profile covers its file, or its function, and shows nothing there.
    Zero,
    /// No profile can say: there is none of its language, it did not run, its rule has no join. With the reason.
    Hint(String),
    /// The profile is of another state of the file: with what differs.
    Stale(String),
}

/// What was allocated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Cost {
    pub(crate) bytes: u64,
    pub(crate) blocks: Option<u64>,
}

/// A line, or a function where that is all that is known, that allocates and matches no rule.
#[derive(Debug)]
pub(crate) struct HotLine {
    pub(crate) language: Language,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) function: String,
    pub(crate) cost: Cost,
    pub(crate) category: Option<Category>,
    pub(crate) evidence: Vec<String>,
    pub(crate) rank: f64,
}

/// What a profile has in all, and how much of it could be given to lines of the files that were scanned.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Total {
    pub(crate) file: String,
    pub(crate) origin: String,
    pub(crate) command: String,
    pub(crate) all: Cost,
    /// At findings; at lines without one; in files that were not scanned, or in none.
    pub(crate) found: Cost,
    pub(crate) hot: Cost,
    pub(crate) elsewhere: Cost,
}

/// Something to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Note {
    /// `unread`, `stale`, `foreign`, `ambiguous`, `linter`, `limit`, `unparsed`.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct ScannedOf {
    pub(crate) language: Language,
    pub(crate) files: usize,
    pub(crate) lines: u64,
    pub(crate) findings: usize,
}

/// An annotation for a function.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Proposal {
    /// `#[alloc_budget(3)]`
    pub(crate) annotation: String,
    pub(crate) function: Function,
    pub(crate) file: String,
    /// Where it goes: the line of the function.
    pub(crate) line: u32,
    /// What it is of: `3 allocations a call: 30,000 blocks in 10,000 calls (the blocks of line 44)`.
    pub(crate) why: String,
}

/// A stack with what was allocated at it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Stack {
    pub(crate) frames: Vec<String>,
    pub(crate) cost: Cost,
}

impl Cost {
    /// All together. Blocks are known where they are of each.
    pub(crate) fn sum(costs: impl IntoIterator<Item = Self>) -> Self {
        costs.into_iter().fold(Self { bytes: 0, blocks: Some(0) }, |sum, cost| Self {
            bytes: sum.bytes.saturating_add(cost.bytes),
            blocks: sum.blocks.zip(cost.blocks).map(|(one, other)| one.saturating_add(other)),
        })
    }
}

impl Entry {
    pub(crate) fn cost(&self) -> Cost {
        match &self.status {
            Status::Measured { cost, .. } => *cost,
            _ => Cost::default(),
        }
    }
}
