//! The trust list: functions that the user says to allocate nothing, each with a reason. It is shown with every result.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::engine::{Effort, Question};
use super::image::Image;
use super::names;
use super::pattern::Pattern;
use super::subjects::{self, Subject};
use crate::exit::Failure;
use crate::view::without_arguments;

/// An entry of `prove-trust`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// A pattern of demangled names, or the name of an import.
    pub(crate) function: String,
    pub(crate) reason: String,
}

/// An entry, and what came of it in all binaries.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub(super) struct Trusted {
    pub(super) function: String,
    pub(super) reason: String,
    /// How many functions and imports it is of.
    pub(super) functions: u64,
    /// How many calls were not followed for it.
    pub(super) calls: u64,
}

#[derive(Debug, Default)]
pub(super) struct Trust {
    pub(super) all: Vec<Trusted>,
}

/// Which entry it is by which something is trusted, in one binary.
#[derive(Debug, Default)]
pub(super) struct Uses {
    functions: BTreeMap<u64, usize>,
    imports: BTreeMap<String, usize>,
}

impl Trust {
    /// Of the configuration. A reason is what makes it one.
    pub(super) fn of(entries: &[Entry], table: &str) -> Result<Self, Failure> {
        let mut all = Vec::new();
        for Entry { function, reason } in entries {
            for (key, text) in [("function", function), ("reason", reason)] {
                if text.trim().is_empty() {
                    return Err(Failure::unusable(format!(
                        "`prove-trust` in {table}: an entry has an empty `{key}` (function `{function}`, reason `{reason}`)"
                    ))
                    .help("an entry is { function = \"a::pattern*\", reason = \"why it allocates nothing\" }"));
                }
            }
            all.push(Trusted { function: function.clone(), reason: reason.clone(), functions: 0, calls: 0 });
        }
        Ok(Self { all })
    }

    /// Puts what is trusted in that program into the question.
    pub(super) fn ask(&mut self, image: &Image, question: &mut Question) -> Uses {
        let mut uses = Uses::default();
        if self.all.is_empty() {
            return uses;
        }
        let patterns: Vec<Pattern> = self.all.iter().map(|entry| Pattern::new(&entry.function)).collect();
        for function in &image.functions {
            // All of those of functions that the linker has made one of.
            let names: Vec<String> = image.names(function).map(names::demangled).collect();
            let is_of = |pattern: &Pattern| names.iter().any(|name| pattern.is_of(name));
            if let Some(index) = patterns.iter().position(is_of) {
                question.trusted.insert(function.start);
                uses.functions.insert(function.start, index);
            }
        }
        for import in &image.imports {
            if let Some(index) = patterns.iter().position(|pattern| pattern.is(import)) {
                question.trusted_imports.insert(import.clone());
                uses.imports.insert(import.clone(), index);
            }
        }
        for index in uses.functions.values().chain(uses.imports.values()) {
            self.all[*index].functions += 1;
        }
        uses
    }

    /// That none of what is judged is trusted itself, nor closures and futures of it: it would be proven by that.
    pub(super) fn refuse_subjects(
        &self,
        image: &Image,
        uses: &Uses,
        subjects: &[Subject],
    ) -> Result<(), Failure> {
        let mut trusted: BTreeMap<String, usize> = BTreeMap::new();
        for (start, index) in &uses.functions {
            let names = image.function(*start).into_iter().flat_map(|function| image.names(function));
            trusted.extend(names.map(|name| (without_closures(&names::demangled(name)), *index)));
        }
        for subject in subjects.iter().filter(|subject| subject.site.is_some()) {
            let name = subjects::name(subject);
            let of_name = trusted.get(&without_closures(&name));
            let is_whole = subject.address == subject.within;
            let of_code = uses.functions.get(&subject.address).filter(|_| is_whole);
            let Some(entry) = of_name.or(of_code).and_then(|index| self.all.get(*index)) else { continue };
            return Err(Failure::unusable(format!(
                "`prove-trust`: `{}` is of `{name}`, which is annotated, and so is to be judged",
                entry.function
            ))
            .help("trust what it calls and can't be followed, or take the attribute away"));
        }
        Ok(())
    }

    /// Adds what the engine did not follow.
    pub(super) fn add(&mut self, uses: &Uses, effort: &Effort) {
        let functions = effort.trusted_calls.iter().map(|(start, calls)| (uses.functions.get(start), calls));
        let imports = effort.trusted_import_calls.iter().map(|(name, calls)| (uses.imports.get(name), calls));
        for (index, calls) in functions.chain(imports) {
            if let Some(entry) = index.and_then(|index| self.all.get_mut(*index)) {
                entry.calls = entry.calls.saturating_add(*calls);
            }
        }
    }
}

/// The function that closures and futures are of, without type arguments.
fn without_closures(demangled: &str) -> String {
    let name = without_arguments(demangled);
    name.split("::{").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_a_reason() {
        let entry = |function: &str, reason: &str| Entry { function: function.into(), reason: reason.into() };
        let trust = |of: Entry| Trust::of(&[of], "[workspace.metadata.alloc-kit]");
        assert_eq!(trust(entry("app::*", "it was read")).map(|trust| trust.all.len()).ok(), Some(1));
        for (wrong, said) in
            [(entry("app::*", " "), "empty `reason`"), (entry("", "why"), "empty `function`")]
        {
            let failure = trust(wrong).expect_err(said);
            assert!(failure.message.contains(said), "{failure}");
            assert!(failure.help.is_some());
        }
    }

    #[test]
    fn a_future_is_of_its_function() {
        assert_eq!(without_closures("app::load::<u8>::{closure#0}::{closure#1}"), "app::load");
        assert_eq!(without_closures("app::load"), "app::load");
    }

    #[test]
    fn calls_are_of_the_entry_that_they_are_cut_by() {
        let mut trust = Trust {
            all: ["app::*", "getrandom"]
                .map(|function| Trusted {
                    function: function.into(),
                    reason: "why".into(),
                    functions: 0,
                    calls: 0,
                })
                .into(),
        };
        let uses =
            Uses { functions: [(16, 0), (32, 0)].into(), imports: [("getrandom".to_owned(), 1)].into() };
        let effort = Effort {
            trusted_calls: [(16, 2), (32, 3), (48, 9)].into(),
            trusted_import_calls: [("getrandom".to_owned(), 4)].into(),
            ..Effort::default()
        };
        trust.add(&uses, &effort);
        assert_eq!(trust.all.iter().map(|entry| entry.calls).collect::<Vec<_>>(), [5, 4]);
    }
}
