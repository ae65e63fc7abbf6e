//! How a program reads: an indented listing, a line for each step.

use std::fmt::{self, Write};

use super::steps::{Limits, NONE, Program, Step};

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys().into_iter().filter(|(_, limit)| *limit != NONE);
        let keys: Vec<String> = keys.map(|(key, limit)| format!("{key} = {limit}")).collect();
        f.write_str(&keys.join(", "))
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        list(&self.0, 0, &mut text);
        f.write_str(text.trim_end())
    }
}

fn list(steps: &[Step], depth: usize, text: &mut String) {
    for step in steps {
        let _ = writeln!(text, "{:indent$}{}", "", step.line(), indent = 2 * depth);
        match step {
            Step::Both { left, right, .. } => {
                list(left, depth + 1, text);
                let _ = writeln!(text, "{:indent$}and", "", indent = 2 * depth);
                list(right, depth + 1, text);
            }
            Step::Future { turns, .. } => {
                for turn in turns {
                    if !turn.before.is_empty() {
                        let _ = writeln!(text, "{:indent$}outside", "", indent = 2 * depth + 2);
                        list(&turn.before, depth + 2, text);
                    }
                    let away = if turn.away { " on another thread" } else { "" };
                    let _ = writeln!(text, "{:indent$}poll{away}", "", indent = 2 * depth + 2);
                    list(&turn.steps, depth + 2, text);
                }
            }
            _ => step.inside().into_iter().for_each(|steps| list(steps, depth + 1, text)),
        }
    }
}

impl Step {
    fn line(&self) -> String {
        let with = |attached: bool| if attached { ", attached" } else { "" };
        match self {
            Step::Allocate { bytes, align, zeroed } => {
                let zeroed = if *zeroed { " zeroed" } else { "" };
                let align = if *align == 1 { String::new() } else { format!(", aligned to {align}") };
                format!("allocate {bytes}{zeroed}{align}")
            }
            Step::Grow { block, by } => format!("grow block {block} by {by}"),
            Step::Shrink { block, by } => format!("shrink block {block} by {by}"),
            Step::SameSize { block } => format!("realloc block {block} to its size"),
            Step::Free { block } => format!("free block {block}"),
            Step::Churn { times, bytes } => format!("allocate and free {bytes}, {times} times"),
            Step::Refused { block: None } => "allocate too much".to_owned(),
            Step::Refused { block: Some(block) } => format!("grow block {block} by too much"),
            Step::Guard { kind, site, limits, .. } => format!("{kind:?}/{site}({})", kind.of(*limits)),
            Step::Measure(_) => "measure".to_owned(),
            Step::Allow(_) => "allow".to_owned(),
            Step::Catch(_) => "catch".to_owned(),
            Step::FailNth { nth, .. } => format!("fail_nth({nth})"),
            Step::Thread { spawned: true, attached, .. } => format!("spawned thread{}", with(*attached)),
            Step::Thread { attached, .. } => format!("other thread{}", with(*attached)),
            Step::Both { attached, .. } => format!("two threads at once{}", with(*attached)),
            Step::Future { kind, site, limits, dropped, .. } => {
                let dropped = if *dropped { ", dropped before it is ready" } else { "" };
                format!("future {kind:?}/{site}({}){dropped}", kind.of(*limits))
            }
            Step::Panic => "panic".to_owned(),
            Step::Return => "return".to_owned(),
        }
    }
}
