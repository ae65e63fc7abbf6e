//! What is shown of a run: for each platform its budgets, with what all shards saw of them together.

use std::collections::BTreeMap;

use crate::record::{Site, Verdict};
use crate::run_file::RunFile;
use crate::shard::{self, Budget, Budgets, ExceptionUse, Exceptions};

/// The budgets of one platform: counts differ between platforms, and between profiles.
#[derive(Clone, Debug)]
pub(crate) struct Platform {
    pub(crate) target: String,
    pub(crate) profile: String,
    pub(crate) shards: usize,
    pub(crate) processes: u64,
    /// By name, then place.
    pub(crate) budgets: Vec<Budget>,
    pub(crate) exceptions: Vec<ExceptionUse>,
}

/// The platforms of a run, in the order of their names.
pub(crate) fn platforms(run: &RunFile) -> Vec<Platform> {
    #[derive(Default)]
    struct Sum {
        shards: usize,
        processes: u64,
        budgets: Budgets,
        exceptions: Exceptions,
    }
    let mut sums: BTreeMap<(&str, &str), Sum> = BTreeMap::new();
    for shard in run.shards.values() {
        let sum = sums.entry((&shard.target, &shard.profile)).or_default();
        sum.shards += 1;
        sum.processes = sum.processes.saturating_add(shard.processes);
        for budget in &shard.budgets {
            shard::add_budget(&mut sum.budgets, budget.clone());
        }
        for exception in &shard.exceptions {
            shard::add_exception(&mut sum.exceptions, exception.clone());
        }
    }
    let platform = |((target, profile), sum): ((&str, &str), Sum)| {
        let mut budgets: Vec<Budget> = sum.budgets.into_values().collect();
        budgets.sort_by(|one, other| {
            (one.name(), &one.site, one.nth).cmp(&(other.name(), &other.site, other.nth))
        });
        Platform {
            target: target.to_owned(),
            profile: profile.to_owned(),
            shards: sum.shards,
            processes: sum.processes,
            budgets,
            exceptions: sum.exceptions.into_values().collect(),
        }
    };
    sums.into_iter().map(platform).collect()
}

impl Platform {
    /// How many have the verdict.
    pub(crate) fn count(&self, verdict: Verdict) -> usize {
        self.budgets.iter().filter(|budget| budget.seen.verdict == verdict).count()
    }

    /// `x86_64-linux-gnu, release`
    pub(crate) fn name(&self) -> String {
        format!("{}, {}", self.target, self.profile)
    }
}

impl Budget {
    /// The function with its type, where it is known, and without type arguments: `app::Parser::grow`.
    pub(crate) fn name(&self) -> String {
        let Some(path) = &self.type_path else { return self.site.path.clone() };
        // `<app::Parser<T> as app::Grow>::grow`
        match qualified(path) {
            Some((of_type, Some(_), _)) => format!("{}::{}", without_arguments(of_type), self.function()),
            _ => without_arguments(path),
        }
    }

    /// The same with type arguments and trait, if its type is known: what tells it apart from others of its name. For one
    /// that is generic itself they are those of who called it first.
    pub(crate) fn full_name(&self) -> Option<String> {
        let path = self.type_path.as_ref()?;
        Some(match qualified(path) {
            Some((of_type, Some(of_trait), _)) => format!("<{of_type} as {of_trait}>::{}", self.function()),
            _ => path
                .rsplit_once("::<")
                .filter(|_| path.ends_with('>'))
                .map_or(path.as_str(), |(path, _)| path)
                .to_owned(),
        })
    }

    fn function(&self) -> &str {
        self.site.path.rsplit("::").next().unwrap_or_default()
    }

    /// `src/lib.rs:4`
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.site.file, self.site.line)
    }
}

impl Site {
    /// Whether it is in a program that rustdoc made of a doctest: its file, lines and names are that program's.
    pub(crate) fn is_in_doctest(&self) -> bool {
        self.path.starts_with("rust_out::") || self.path.starts_with("doctest_bundle_")
    }
}

/// `app::Parser::grow` of `app::Parser<T>::grow`, and of `<app::Parser<T> as app::Grow>::grow`.
pub(crate) fn without_arguments(path: &str) -> String {
    if let Some((of_type, _, rest)) = qualified(path) {
        return without_arguments(of_type) + &without_arguments(rest);
    }
    let mut name = String::with_capacity(path.len());
    for (_, c, depth) in depths(path) {
        if depth == 0 {
            name.push(c);
        }
    }
    // `app::make::<T>`
    name.replace("::::", "::").trim_end_matches("::").to_owned()
}

/// The type, the trait and what is behind of `<T as A>::f`, and of `<T>::f` without a trait.
fn qualified(path: &str) -> Option<(&str, Option<&str>, &str)> {
    let inner = path.strip_prefix('<')?;
    // The first bracket is closed in front of what is in none.
    let end = depths(path).find(|(_, _, depth)| *depth == 0).map_or(path.len(), |(index, ..)| index);
    let end = path[..end].ends_with('>').then(|| end - 1)?;
    let (inner, rest) = (&inner[..end - 1], &path[end + 1..]);
    let is_as = |index: usize| inner[index..].starts_with(" as ");
    match depths(inner).find(|(index, _, depth)| *depth == 0 && is_as(*index)) {
        Some((index, ..)) => Some((&inner[..index], Some(&inner[index + " as ".len()..]), rest)),
        None => Some((inner, None, rest)),
    }
}

/// Each character, where it is, and in how many brackets of arguments, its own included. The arrow of `fn() -> u8` is no
/// bracket.
fn depths(path: &str) -> impl Iterator<Item = (usize, char, u32)> {
    let mut depth = 0_u32;
    let mut is_closed = false;
    let mut last = ' ';
    path.char_indices().map(move |(index, c)| {
        depth = depth.saturating_sub(u32::from(std::mem::take(&mut is_closed)));
        if c == '<' {
            depth += 1;
        }
        is_closed = c == '>' && last != '-';
        last = c;
        (index, c, depth)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_type_arguments() {
        for (path, name) in [
            ("app::f", "app::f"),
            ("app::make::<u8>", "app::make"),
            ("app::P<u8>::run", "app::P::run"),
            ("app::P<fn(u8) -> u8>::run", "app::P::run"),
            ("app::P<Vec<fn(u8) -> Vec<u8>>>::run::<fn() -> u8>", "app::P::run"),
            ("<app::P<u8> as app::T<fn() -> u8>>::f", "app::P::f"),
            ("<<T as A>::B as C>::f", "T::B::f"),
            ("<<app::P<u8> as app::A<u16>>::B as app::C>::f", "app::P::B::f"),
            ("<fn(u8) -> u8 as app::T>::f", "fn(u8) -> u8::f"),
            ("<fn(app::P<u8>) -> app::P<u8> as app::T>::f", "fn(app::P) -> app::P::f"),
            ("<[u8]>::f", "[u8]::f"),
            ("<dyn app::T>::f", "dyn app::T::f"),
            ("<&str as app::T>::f", "&str::f"),
            // Nothing that a compiler writes.
            ("<", ""),
            ("<a", ""),
            ("a>b->c", "a>b->c"),
            ("->", "->"),
        ] {
            assert_eq!(without_arguments(path), name, "{path}");
        }
    }
}
