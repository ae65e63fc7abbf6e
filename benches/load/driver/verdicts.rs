//! The verdicts, read from the service's standard error line by line, and told apart by what they say.

use std::collections::BTreeMap;
use std::io::{BufRead, Read};
use std::mem;

use crate::routes::{ALL, Judged, MOST};

/// What every stretch keeps, in the service's `main.rs`.
const KEPT_BY_A_STRETCH: i64 = 1 << 24;
/// Where a planted allocation is made.
const PLACE: &str = "--> src/plant.rs:";
/// Where a handler's future is dropped before its thread has ended.
const GIVEN_UP: [&str; 2] = [
    "` is not verified: a thread or a task that has a `Handle` of it had not ended",
    "` after its end, and not counted",
];
const LEFT_BY_A_PANIC: &str = " was left by a panic: its budget was not judged";

/// What was said.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Verdicts as they have to be: by the function's place in the table, and what was planted.
    pub(crate) right: BTreeMap<(usize, u64), u64>,
    /// How many verdicts showed the line that planted.
    pub(crate) with_the_line: u64,
    /// By the function's place in the table: how often a panic left it no verdict.
    pub(crate) left_by_a_panic: BTreeMap<usize, u64>,
    /// What was said of requests that were given up on, while a thread of theirs was still at work.
    pub(crate) given_up: u64,
    /// What each stretch kept in alloc-kit's figures.
    pub(crate) stretches: Vec<i64>,
    /// What was said of each at the end: calls over the budget.
    pub(crate) at_the_end: BTreeMap<String, u64>,
    /// Everything else that alloc-kit said, the first of it.
    pub(crate) wrong: Vec<String>,
    /// How much of that there was.
    pub(crate) wrong_verdicts: u64,
    /// The bytes of a function itself, where the table does not know them: the same in every verdict.
    learned: BTreeMap<usize, u64>,
    /// What follows is about a verdict that may show a line.
    looks_for_the_line: bool,
    /// What another thread had written of a line when it was said of one that a panic left it no verdict: that is one write,
    /// and the standard library's words on a panic are several.
    interrupted: String,
}

impl Tally {
    /// Reads to the end.
    pub(crate) fn of(lines: impl Read) -> Self {
        let mut tally = Self::default();
        for line in std::io::BufReader::new(lines).lines().map_while(Result::ok) {
            tally.line(&line);
        }
        tally
    }

    fn line(&mut self, line: &str) {
        let whole = mem::take(&mut self.interrupted) + line;
        let line = whole.as_str();
        if let Some(at) = line.rfind("alloc-kit: `").filter(|at| *at > 0 && line.ends_with(LEFT_BY_A_PANIC)) {
            let (before, said) = line.split_at(at);
            self.said(said);
            before.clone_into(&mut self.interrupted);
        } else if line.starts_with("alloc-kit: ") {
            self.looks_for_the_line = self.said(line);
        } else if self.looks_for_the_line && line.contains(PLACE) {
            self.looks_for_the_line = false;
            self.with_the_line += 1;
        }
    }

    /// Whether it is a right verdict.
    fn said(&mut self, line: &str) -> bool {
        for (index, judged) in ALL.iter().enumerate() {
            for planted in 1..=MOST {
                if self.is_verdict(line, index, judged, planted) {
                    *self.right.entry((index, planted)).or_default() += 1;
                    return true;
                }
            }
            let name = format!("alloc-kit: `{}`", judged.name);
            if line.strip_prefix(&name) == Some(LEFT_BY_A_PANIC) && judged.is_left_by_a_panic() {
                *self.left_by_a_panic.entry(index).or_default() += 1;
                return false;
            }
        }
        if let Some(kept) =
            number(line, "alloc-kit: `stretch` kept ", " bytes when it ended; its budget is `live_bytes = 0`")
        {
            self.stretches.push(kept - KEPT_BY_A_STRETCH);
        } else if let Some((name, calls)) = end(line) {
            self.at_the_end.insert(name, calls);
        } else if GIVEN_UP.iter().any(|words| line.ends_with(words)) {
            self.given_up += 1;
        } else {
            self.wrong_verdicts += 1;
            if self.wrong.len() < 20 {
                self.wrong.push(line.to_owned());
            }
        }
        false
    }

    fn is_verdict(&mut self, line: &str, index: usize, judged: &Judged, planted: u64) -> bool {
        let (start, bytes, end) = judged.sentence(planted);
        let Some(said) = number(line, &start, &end).and_then(|bytes| u64::try_from(bytes).ok()) else {
            return false;
        };
        if let Some(bytes) = bytes {
            return said == bytes;
        }
        let own = Judged::own_bytes(planted, said);
        *self.learned.entry(index).or_insert(own) == own
    }
}

/// The number between a start and an end that are all there is.
fn number(line: &str, start: &str, end: &str) -> Option<i64> {
    line.strip_prefix(start)?.strip_suffix(end)?.parse().ok()
}

/// What the process says at its end: `` alloc-kit: `name` (file:line) was over its budget in 2 calls ``.
fn end(line: &str) -> Option<(String, u64)> {
    let (name, rest) = line.strip_prefix("alloc-kit: `")?.split_once('`')?;
    let (_, calls) = rest.split_once(" was over its budget in ")?;
    let calls = calls.strip_suffix(" calls").or_else(|| calls.strip_suffix(" call"))?;
    Some((name.to_owned(), calls.parse().ok()?))
}
