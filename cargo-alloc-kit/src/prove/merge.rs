//! What several binaries say of the same functions, put together: a row for each function and instance, and where verdicts differ one
//! for each of them, with the binaries named.

use std::collections::{BTreeMap, BTreeSet};

use super::judge_binary::{Judged, Row};
use super::verdict::Verdict;

/// The kinds of verdicts, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    MayAllocate,
    Unknown,
    NoVerdict,
    NotCompiled,
    ExceptPanicking,
    Proven,
}

impl Class {
    pub(super) fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Proven => Self::Proven,
            Verdict::ExceptPanicking => Self::ExceptPanicking,
            Verdict::MayAllocate(_) => Self::MayAllocate,
            Verdict::Unknown(..) => Self::Unknown,
            Verdict::NotCompiled => Self::NotCompiled,
            Verdict::NoVerdict(_) => Self::NoVerdict,
        }
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::ExceptPanicking => "proven-except-panicking",
            Self::MayAllocate => "may-allocate",
            Self::Unknown => "unknown",
            Self::NotCompiled => "not-compiled",
            Self::NoVerdict => "no-verdict",
        }
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::ExceptPanicking => "proven except when panicking",
            Self::MayAllocate => "may allocate",
            Self::Unknown => "unknown",
            Self::NotCompiled => "not compiled",
            Self::NoVerdict => "no verdict",
        }
    }
}

/// A function of which some binaries say the same.
#[derive(Debug)]
pub(super) struct Merged<'a> {
    pub(super) class: Class,
    /// As the first of the binaries has it.
    pub(super) row: &'a Row,
    /// Which binaries, by their numbers.
    pub(super) binaries: Vec<usize>,
    /// Whether other binaries say something else.
    pub(super) differs: bool,
}

/// By what a function is the same in several binaries: its place, and how it is instantiated.
type Key<'a> = (Option<u64>, &'a str);

pub(super) fn merge(judged: &[Judged]) -> Vec<Merged<'_>> {
    let compiled: BTreeSet<u64> = judged
        .iter()
        .flat_map(|of| &of.rows)
        .filter(|row| row.verdict != Verdict::NotCompiled)
        .filter_map(|row| Some(row.site.as_ref()?.id))
        .collect();
    let mut groups: BTreeMap<Key<'_>, BTreeMap<Class, Merged<'_>>> = BTreeMap::new();
    for (binary, of) in judged.iter().enumerate() {
        for row in &of.rows {
            let class = Class::of(&row.verdict);
            let id = row.site.as_ref().map(|site| site.id);
            // One binary has no code of it, and another one has.
            if class == Class::NotCompiled && id.is_some_and(|id| compiled.contains(&id)) {
                continue;
            }
            let group = groups.entry((id, &row.function)).or_default();
            let merged =
                group.entry(class).or_insert(Merged { class, row, binaries: Vec::new(), differs: false });
            if !merged.binaries.contains(&binary) {
                merged.binaries.push(binary);
            }
        }
    }
    let mut all: Vec<Merged<'_>> = groups
        .into_values()
        .flat_map(|group| {
            let differs = group.len() > 1;
            group.into_values().map(move |merged| Merged { differs, ..merged })
        })
        .collect();
    all.sort_by(|one, other| {
        let key = |of: &Merged<'_>| (of.class, of.row.place.clone(), of.row.function.clone());
        key(one).cmp(&key(other))
    });
    all
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    #[test]
    fn what_binaries_agree_on_is_one_row() {
        let (proven, allocates) = (Verdict::Proven, made_up::may_allocate());
        let judged = [
            made_up::judged(
                "app",
                vec![
                    made_up::row(1, "app::f", proven.clone()),
                    made_up::row(2, "app::g::<u8>", proven.clone()),
                ],
            ),
            made_up::judged(
                "test",
                vec![
                    made_up::row(1, "app::f", allocates),
                    made_up::row(2, "app::g::<u8>", proven.clone()),
                    made_up::row(2, "app::g::<u16>", proven),
                ],
            ),
            made_up::judged(
                "other",
                vec![
                    made_up::row(1, "app::f", Verdict::NotCompiled),
                    made_up::row(3, "app::h", Verdict::NotCompiled),
                ],
            ),
        ];
        let shown: Vec<_> = merge(&judged)
            .iter()
            .map(|of| (of.class, of.row.function.clone(), of.binaries.clone(), of.differs))
            .collect();
        assert_eq!(
            shown,
            [
                (Class::MayAllocate, "app::f".to_owned(), vec![1], true),
                (Class::NotCompiled, "app::h".to_owned(), vec![2], false),
                (Class::Proven, "app::f".to_owned(), vec![0], true),
                (Class::Proven, "app::g::<u16>".to_owned(), vec![1], false),
                (Class::Proven, "app::g::<u8>".to_owned(), vec![0, 1], false),
            ]
        );
    }
}
