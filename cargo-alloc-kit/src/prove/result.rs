//! All that came of a run, as it is shown.

use super::judge_binary::{Asked, Judged};
use super::merge::{Class, Merged, merge};
use super::trust::Trust;
use crate::exit::Exit;

#[derive(Debug)]
pub(super) struct Proof {
    pub(super) judged: Vec<Judged>,
    pub(super) trust: Trust,
    pub(super) asked: Asked,
    /// What it was built with, if it was.
    pub(super) profile: Option<String>,
    /// What had to be changed of that.
    pub(super) changed: Vec<String>,
    pub(super) denies_unknown: bool,
}

impl Proof {
    pub(super) fn merged(&self) -> Vec<Merged<'_>> {
        merge(&self.judged)
    }

    pub(super) fn exit(&self) -> Exit {
        let classes: Vec<Class> =
            self.judged.iter().flat_map(|of| &of.rows).map(|row| Class::of(&row.verdict)).collect();
        let has = |class| classes.contains(&class);
        if has(Class::MayAllocate) {
            Exit::Broken
        } else if has(Class::NoVerdict) || (self.denies_unknown && has(Class::Unknown)) {
            Exit::NotVerified
        } else if classes.iter().all(|class| *class == Class::NotCompiled) {
            Exit::NoBudgets
        } else {
            Exit::Held
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{self, judged, row};
    use super::super::verdict::Verdict;
    use super::*;

    #[test]
    fn the_exit_code_is_of_the_worst() {
        let exit = |verdicts: &[Verdict], denies_unknown| {
            let rows = verdicts.iter().map(|verdict| row(1, "app::f", verdict.clone())).collect();
            let proof = Proof {
                judged: vec![judged("app", rows)],
                trust: Trust::default(),
                asked: Asked::default(),
                profile: None,
                changed: Vec::new(),
                denies_unknown,
            };
            proof.exit().code()
        };
        let (proven, panics, absent) = (Verdict::Proven, Verdict::ExceptPanicking, Verdict::NotCompiled);
        let (allocates, unknown, none) =
            (made_up::may_allocate(), made_up::unknown(), Verdict::NoVerdict("why".to_owned()));
        assert_eq!(exit(&[proven.clone(), panics.clone(), absent.clone()], true), 0);
        assert_eq!(exit(&[proven.clone(), unknown.clone()], false), 0);
        assert_eq!(exit(&[proven.clone(), unknown.clone()], true), 6);
        assert_eq!(exit(&[none.clone(), absent.clone()], false), 6);
        assert_eq!(exit(&[none, unknown, proven, allocates], true), 3);
        assert_eq!(exit(&[], false), 7);
        assert_eq!(exit(&[absent], false), 7);
    }
}
