//! What the program printed: counts and verdicts, which have to be the same, and places, as far as they are known.

use std::collections::BTreeSet;

use super::builds::{Build, Over, Says};
use super::support::Project;
use super::support::run::Run;

/// Cases of which no message names a line: what was kept is not traced, nor what other threads do.
const WITHOUT_PLACE: [&str; 2] = ["live_bytes", "process_scope"];

pub(crate) struct Lines {
    /// For a failure.
    run: Run,
    inner: String,
    counts: Vec<String>,
    verdicts: Vec<String>,
    /// Of each case what was said, and the place that breaks it.
    places: Vec<(String, String, String)>,
    /// What the process said at its end of budgets that broke; nothing where each broke in a process of its own.
    at_end: BTreeSet<String>,
}

impl Lines {
    pub(crate) fn of(program: &Project, run: &Run) -> Self {
        let stdout = run.stdout();
        let starting = |starts: &[&str]| -> Vec<String> {
            let is_one = |line: &&str| starts.iter().any(|start| line.starts_with(start));
            stdout.lines().filter(is_one).map(str::to_owned).collect()
        };
        let places = starting(&["place of "]).into_iter().map(|line| {
            let (case, said) = line["place of ".len()..].split_once(": ").expect("a case");
            let here = if WITHOUT_PLACE.contains(&case) {
                String::new()
            } else {
                let line = format!("// breaks {case}");
                // Where the expression starts does not matter: only the line is used.
                program.place("src/cases.rs", &line, "//")
            };
            (case.to_owned(), said.to_owned(), here)
        });
        let stderr = run.stderr();
        let at_end = stderr.lines().filter(|line| line.contains(" was over its budget in "));
        Self {
            inner: starting(&["inner allocator: "]).concat(),
            counts: starting(&["counted ", "the second of ", "runs until "]),
            verdicts: starting(&["held ", "broken "]),
            places: places.collect(),
            at_end: at_end.map(str::to_owned).collect(),
            run: Run::clone(run),
        }
    }

    /// The row of the table.
    pub(crate) fn row(&self, build: &Build) -> String {
        let says = match build.says {
            Says::Line => "the line",
            Says::Function => "the function, and how to get the line",
            Says::Nameless => "that names are stripped, and how to get the line",
        };
        let named = self.places.len() - WITHOUT_PLACE.len();
        format!(
            "| {} | {} counts, {} verdicts | {says} ({named} of {named}) |",
            build.setting,
            self.counts.len(),
            self.verdicts.len()
        )
    }

    /// The allocator that is meant to be under ours has to be the one that is.
    pub(crate) fn are_over(&self, over: Over, target: &str) {
        // Of musl's the sizes are other ones.
        let inner = if target.contains("musl") { "another malloc" } else { over.inner() };
        let expected = format!("inner allocator: {inner}");
        self.run.expect(self.inner.starts_with(&expected), &format!("it should have said {expected:?}"));
    }

    /// Counts, verdicts and what is said at the end have to be the same.
    pub(crate) fn equal(&self, expected: &Self) {
        self.run.expect(
            self.counts == expected.counts,
            &format!("counts should have been\n{:#?}", expected.counts),
        );
        let same = self.verdicts == expected.verdicts;
        self.run.expect(same, &format!("verdicts should have been\n{:#?}", expected.verdicts));
        let same = self.at_end.is_empty() || self.at_end == expected.at_end;
        self.run.expect(same, &format!("at its end it should have said\n{:#?}", expected.at_end));
    }

    /// Each message has to say as much of its place as it can, and nothing wrong.
    pub(crate) fn say(&self, says: Says) {
        assert!(self.places.len() > WITHOUT_PLACE.len(), "no places in\n{}", self.run);
        for (case, said, here) in &self.places {
            let right = if here.is_empty() {
                said == "none"
            } else {
                match says {
                    Says::Line => is_at_line(said, here),
                    Says::Function => is_in_function(said, case),
                    Says::Nameless => {
                        said.starts_with("function a function without a name (the program is stripped): ")
                            && said.ends_with(REMEDY)
                    }
                }
            };
            self.run
                .expect(right, &format!("of the place of {case}, {here}, it should not have said {said:?}"));
        }
    }
}

const REMEDY: &str = " (and the remedy)";

/// `line src/cases.rs:63:24`, where `here` is the same with another column.
fn is_at_line(said: &str, here: &str) -> bool {
    let (line, _) = here.rsplit_once(':').expect("a column");
    let column = said.strip_prefix("line ").and_then(|said| said.strip_prefix(line)?.strip_prefix(':'));
    column.is_some_and(|column| column.parse::<u32>().is_ok_and(|column| column > 1))
}

/// `function hostile::cases::number: ..`, or that it was inlined into something that is of no other case.
fn is_in_function(said: &str, case: &str) -> bool {
    let Some(function) = said.strip_prefix("function ").and_then(|said| said.strip_suffix(REMEDY)) else {
        return false;
    };
    // Inlined into its caller, or not, and with a name of either form.
    let names = if case == "method" { vec![case, "Table>::rows", "Table::rows"] } else { vec![case] };
    match function.strip_prefix("an inlined function, by ") {
        Some(by) => !by.contains("hostile::cases::"),
        None => names.iter().any(|name| function.contains(&format!("hostile::cases::{name}"))),
    }
}
