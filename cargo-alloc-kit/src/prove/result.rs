//! All that came of a run, as it is shown.

use super::judge_binary::{Asked, Judged};
use super::merge::{Class, Merged, merge};
use super::options::Deny;
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
    /// What is to fail.
    pub(super) denies: Vec<Deny>,
}

impl Proof {
    pub(super) fn merged(&self) -> Vec<Merged<'_>> {
        merge(&self.judged)
    }

    /// Whether it is among what is to fail.
    pub(super) fn is_denied(&self, of: &Merged<'_>) -> bool {
        let is_const = of.row.site.as_ref().is_some_and(|site| site.form.starts_with("const"));
        match of.class {
            Class::Unknown => self.denies.contains(&Deny::Unknown),
            Class::NotCompiled => self.denies.contains(&Deny::NotCompiled) && !is_const,
            _ => false,
        }
    }

    pub(super) fn exit(&self) -> Exit {
        let classes: Vec<Class> =
            self.judged.iter().flat_map(|of| &of.rows).map(|row| Class::of(&row.verdict)).collect();
        let has = |class| classes.contains(&class);
        let denies = |class| self.merged().iter().any(|of| of.class == class && self.is_denied(of));
        if has(Class::MayAllocate) {
            Exit::Broken
        } else if has(Class::NoVerdict) || denies(Class::Unknown) || denies(Class::NotCompiled) {
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
        let exit = |verdicts: &[Verdict], denies: &[Deny]| {
            let rows = (1..).zip(verdicts).map(|(id, verdict)| row(id, "app::f", verdict.clone())).collect();
            let proof = Proof {
                judged: vec![judged("app", rows)],
                trust: Trust::default(),
                asked: Asked::default(),
                profile: None,
                changed: Vec::new(),
                denies: denies.to_vec(),
            };
            proof.exit().code()
        };
        let (proven, panics, absent) = (Verdict::Proven, Verdict::ExceptPanicking, Verdict::NotCompiled);
        let (allocates, unknown, none) =
            (made_up::may_allocate(), made_up::unknown(), Verdict::NoVerdict("why".to_owned()));
        assert_eq!(exit(&[proven.clone(), panics.clone(), absent.clone()], &[Deny::Unknown]), 0);
        assert_eq!(exit(&[proven.clone(), unknown.clone()], &[]), 0);
        assert_eq!(exit(&[proven.clone(), unknown.clone()], &[Deny::Unknown]), 6);
        assert_eq!(exit(&[none.clone(), absent.clone()], &[]), 6);
        assert_eq!(exit(&[none, unknown, proven, allocates], &[Deny::Unknown]), 3);
        assert_eq!(exit(&[], &[]), 7);
        assert_eq!(exit(std::slice::from_ref(&absent), &[]), 7);
        assert_eq!(exit(&[Verdict::Proven, absent], &[Deny::NotCompiled]), 6);
    }
}
