//! What test processes write to the file that `ALLOC_KIT_REPORT` names: lines of JSON, by the schema of `alloc_kit::_report`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The version of the schema that is read.
pub(crate) const SCHEMA: u64 = 1;

/// Figures by key of a budget: `allocations`, `bytes`, `peak_bytes`, `live_bytes`, `deallocations`.
pub(crate) type Figures = BTreeMap<String, i64>;

/// A line.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Record {
    Function(Function),
    Exception(Exception),
    Breach(Breach),
    /// A later version of the library knows more kinds.
    #[serde(other)]
    Unknown,
}

/// The process that writes.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Process {
    pub(crate) program: String,
    pub(crate) pid: u64,
    /// Nanoseconds since the Unix epoch; an id may come again.
    #[serde(default)]
    pub(crate) started: u64,
    /// `x86_64-linux-gnu`
    #[serde(default = "unknown")]
    pub(crate) target: String,
    #[serde(default = "yes")]
    pub(crate) debug_assertions: bool,
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn yes() -> bool {
    true
}

/// What is known of a budget in one process.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Function {
    #[serde(flatten)]
    pub(crate) process: Process,
    pub(crate) id: i64,
    #[serde(flatten)]
    pub(crate) site: Site,
    pub(crate) type_path: Option<String>,
    pub(crate) calls: u64,
    pub(crate) judged: u64,
    pub(crate) warmed_up: u64,
    pub(crate) not_judged: u64,
    pub(crate) broken: u64,
    pub(crate) threads_started: u64,
    pub(crate) most: Option<Figures>,
    pub(crate) room: Figures,
    pub(crate) exceptions: Vec<Used>,
    pub(crate) verdict: Verdict,
    pub(crate) why: Option<String>,
}

/// Where a budget is and what it says: by this it is the same in several programs.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Site {
    pub(crate) path: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) form: String,
    pub(crate) budget: BTreeMap<String, String>,
    pub(crate) scope: String,
}

/// What a process says of a budget. The first of several holds for all of them together.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Verdict {
    #[serde(rename = "broken")]
    Broken,
    #[serde(rename = "held")]
    Held,
    #[serde(rename = "not verified")]
    NotVerified,
    #[serde(rename = "never exercised")]
    NeverExercised,
}

impl Verdict {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Verdict::Broken => "broken",
            Verdict::Held => "held",
            Verdict::NotVerified => "not verified",
            Verdict::NeverExercised => "never exercised",
        }
    }
}

/// An exception that was used in the calls of a budget, or by itself.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Used {
    pub(crate) reason: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) times: u64,
    pub(crate) allocations: u64,
    pub(crate) bytes: u64,
}

/// An exception of the program.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Exception {
    #[serde(flatten)]
    pub(crate) process: Process,
    pub(crate) module: String,
    #[serde(flatten)]
    pub(crate) used: Used,
}

/// A budget that broke, at the time at which it did.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Breach {
    #[serde(flatten)]
    pub(crate) process: Process,
    pub(crate) id: i64,
    #[serde(flatten)]
    pub(crate) seen: BreachSeen,
}

/// What is known of it.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BreachSeen {
    pub(crate) path: String,
    pub(crate) type_path: Option<String>,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// The name of the thread, which is that of a test.
    pub(crate) thread: Option<String>,
    pub(crate) limits: Vec<Limit>,
    pub(crate) places: Vec<Place>,
    /// Allocations beyond the limit that are in no place.
    pub(crate) not_shown: u64,
    pub(crate) help: Option<String>,
    pub(crate) message: String,
}

/// A limit that was exceeded.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::struct_field_names, reason = "as the schema names them")]
pub(crate) struct Limit {
    pub(crate) key: String,
    pub(crate) limit: i64,
    pub(crate) used: i64,
}

/// Allocations of one place.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) event: String,
    pub(crate) times: u64,
    pub(crate) bytes: u64,
    /// So many frames of the stack are of dependencies; then comes the program's own line to look at.
    #[serde(default)]
    pub(crate) inside: usize,
    /// From the innermost to the outermost.
    pub(crate) stack: Vec<Frame>,
}

#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Frame {
    pub(crate) function: String,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
}
