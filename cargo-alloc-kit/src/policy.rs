//! What fails a run, and what passes: `--deny` and `--allow`, on the command line and in the configuration.

use clap::{Args, ValueEnum};
use serde::Deserialize;

use crate::config::Config;
use crate::exit::{Exit, Failure};
use crate::record::Verdict;
use crate::view::Platform;

/// As it is asked for; what is said here holds over the configuration.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Policy {
    /// What is to fail, by commas
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) deny: Vec<Deny>,
    /// What is to pass, by commas
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) allow: Vec<Allow>,
}

/// What can be denied.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Deny {
    /// A budget that no test called
    NeverExercised,
    /// A budget that was called, and that nothing could judge (which is denied anyway)
    NotVerified,
}

/// What can be allowed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Allow {
    /// A budget that no test called (which is allowed anyway)
    NeverExercised,
    /// A budget that was called, and that nothing could judge
    NotVerified,
}

/// What both lists come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    never_exercised_fails: bool,
    not_verified_fails: bool,
}

/// What is known of a run beside its budgets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ran {
    pub(crate) tests_passed: bool,
    /// Whether every process that is known of has said all.
    pub(crate) is_whole: bool,
}

impl Policy {
    /// With what the workspace is configured to.
    pub(crate) fn rules(&self, config: &Config) -> Result<Rules, Failure> {
        let defaults = Rules { never_exercised_fails: false, not_verified_fails: true };
        let configured = defaults.with(&config.deny, &config.allow, &format!("in {}", config.table))?;
        configured.with(&self.deny, &self.allow, "on the command line")
    }
}

impl Rules {
    fn with(self, deny: &[Deny], allow: &[Allow], place: &str) -> Result<Self, Failure> {
        let one =
            |is_denied: bool, is_allowed: bool, otherwise: bool, what: &str| match (is_denied, is_allowed) {
                (true, true) => Err(Failure::unusable(format!(
                    "`{what}` is both denied and allowed {place}: it can be one"
                ))),
                (false, false) => Ok(otherwise),
                (is_denied, _) => Ok(is_denied),
            };
        Ok(Self {
            never_exercised_fails: one(
                deny.contains(&Deny::NeverExercised),
                allow.contains(&Allow::NeverExercised),
                self.never_exercised_fails,
                "never-exercised",
            )?,
            not_verified_fails: one(
                deny.contains(&Deny::NotVerified),
                allow.contains(&Allow::NotVerified),
                self.not_verified_fails,
                "not-verified",
            )?,
        })
    }

    /// How a run ended of which this is known. Of several ways the first in the order of [`Exit`] is taken.
    pub(crate) fn exit(self, platforms: &[Platform], run: Ran) -> Exit {
        let any = |verdict| platforms.iter().any(|platform| platform.count(verdict) > 0);
        let is_nothing_known = !any(Verdict::Broken) && !any(Verdict::Held);
        let ways = [
            (any(Verdict::Broken), Exit::Broken),
            (!run.tests_passed, Exit::TestsFailed),
            // Which budgets it would have been of is not known, so none can be allowed.
            (!run.is_whole, Exit::NotVerified),
            (self.not_verified_fails && any(Verdict::NotVerified), Exit::NotVerified),
            (self.never_exercised_fails && any(Verdict::NeverExercised), Exit::NeverExercised),
            (is_nothing_known, Exit::NoBudgets),
        ];
        ways.into_iter().filter_map(|(applies, exit)| applies.then_some(exit)).min().unwrap_or(Exit::Held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_file::RunFile;
    use crate::view;

    /// Of a run of budgets with these verdicts.
    fn exit(verdicts: &[&str], rules: Rules, run: Ran) -> Exit {
        let record = |(id, verdict): (usize, &&str)| {
            format!(
                "{{\"alloc_kit\":1,\"kind\":\"function\",\"program\":\"app\",\"pid\":1,\"id\":{id},\"path\":\"app::f\",\
                 \"type_path\":null,\"file\":\"src/lib.rs\",\"line\":{id},\"column\":1,\"form\":\"fn\",\
                 \"budget\":{{\"allocations\":\"0\"}},\"scope\":\"thread\",\"calls\":0,\"judged\":0,\"warmed_up\":0,\
                 \"not_judged\":0,\"broken\":0,\"threads_started\":0,\"most\":null,\"room\":{{}},\"exceptions\":[],\
                 \"verdict\":\"{verdict}\",\"why\":null}}\n"
            )
        };
        let text: String = verdicts.iter().enumerate().map(record).collect();
        let run_file = RunFile::parse(text.as_bytes(), "run.jsonl".as_ref(), None).expect("records");
        rules.exit(&view::platforms(&run_file), run)
    }

    const DEFAULT: Rules = Rules { never_exercised_fails: false, not_verified_fails: true };
    const GOOD: Ran = Ran { tests_passed: true, is_whole: true };

    #[test]
    fn nothing_judged_is_no_pass() {
        assert_eq!(exit(&["never exercised"], DEFAULT, GOOD), Exit::NoBudgets);
        assert_eq!(exit(&["never exercised", "held"], DEFAULT, GOOD), Exit::Held);
        assert_eq!(exit(&["never exercised", "not verified"], DEFAULT, GOOD), Exit::NotVerified);
        let allowed = Rules { not_verified_fails: false, ..DEFAULT };
        assert_eq!(exit(&["not verified"], allowed, GOOD), Exit::NoBudgets);
        assert_eq!(exit(&["not verified", "held"], allowed, GOOD), Exit::Held);
        let denied = Rules { never_exercised_fails: true, ..DEFAULT };
        assert_eq!(exit(&["never exercised"], denied, GOOD), Exit::NeverExercised);
    }

    #[test]
    fn what_is_lost_cannot_be_allowed() {
        let allowed = Rules { not_verified_fails: false, never_exercised_fails: false };
        let lost = Ran { is_whole: false, ..GOOD };
        assert_eq!(exit(&["held"], allowed, lost), Exit::NotVerified);
        assert_eq!(exit(&["held", "broken"], allowed, lost), Exit::Broken);
        let failed = Ran { tests_passed: false, is_whole: false };
        assert_eq!(exit(&["held"], allowed, failed), Exit::TestsFailed);
    }
}
