//! What a run knows of and could not judge, which may be what is saved.

use std::collections::BTreeMap;

use super::compare::file;
use super::file::Entry;
use super::matching::last;
use crate::record::Verdict;
use crate::shard::Budget;
use crate::view::Platform;

/// Budgets of which no call was judged. Their types are mostly not known: `app::Parser::grow` may be `app::grow`, and
/// `app::tests::grows` is of `app::tests::assert_no_alloc!`.
pub(super) struct NotJudged<'a> {
    /// By file, and the function without its module.
    functions: BTreeMap<(String, String), Vec<&'a Budget>>,
    /// By file and module.
    assertions: BTreeMap<(String, String), Vec<&'a Budget>>,
}

impl<'a> NotJudged<'a> {
    pub(super) fn of(platform: &'a Platform) -> Self {
        let mut of = Self { functions: BTreeMap::new(), assertions: BTreeMap::new() };
        for budget in platform.budgets.iter().rev().filter(|budget| budget.seen.most.is_empty()) {
            let Some(file) = file(&budget.site) else { continue };
            let name = budget.name();
            let (module, function) = name.rsplit_once("::").unwrap_or(("", &name));
            let (map, key) = if function.ends_with('!') {
                (&mut of.assertions, module)
            } else {
                (&mut of.functions, function)
            };
            map.entry((file, key.to_owned())).or_default().push(budget);
        }
        of
    }

    pub(super) fn has_function(&self, entry: &Entry) -> bool {
        let key = (entry.file.clone(), last(&entry.name).to_owned());
        self.functions.get(&key).is_some_and(|budgets| !budgets.is_empty())
    }

    pub(super) fn has_assertion(&self, entry: &Entry) -> bool {
        modules(&entry.name).any(|module| {
            let key = (entry.file.clone(), module.to_owned());
            self.assertions.get(&key).is_some_and(|budgets| !budgets.is_empty())
        })
    }

    /// One that may be that of the entry, which is then no other's.
    pub(super) fn take(&mut self, entry: &Entry) -> Option<(u32, Verdict)> {
        let key = (entry.file.clone(), last(&entry.name).to_owned());
        let function = self.functions.get_mut(&key).and_then(Vec::pop);
        let budget = function.or_else(|| {
            modules(&entry.name).find_map(|module| {
                self.assertions.get_mut(&(entry.file.clone(), module.to_owned())).and_then(Vec::pop)
            })
        })?;
        Some((budget.site.line, budget.seen.verdict))
    }
}

/// `a::b` and `a` of `a::b::c`.
fn modules(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(name.rsplit_once("::").map(|(module, _)| module), |name| {
        name.rsplit_once("::").map(|(module, _)| module)
    })
}
