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

impl Policy {
    /// With what the workspace is configured to.
    pub(crate) fn rules(&self, config: &Config) -> Result<Rules, Failure> {
        let defaults = Rules { never_exercised_fails: false, not_verified_fails: true };
        let configured = defaults.with(&config.deny, &config.allow, "in [workspace.metadata.alloc-kit]")?;
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
    pub(crate) fn exit(self, platforms: &[Platform], tests_passed: bool) -> Exit {
        let any = |verdict| platforms.iter().any(|platform| platform.count(verdict) > 0);
        let is_empty = platforms.iter().all(|platform| platform.budgets.is_empty());
        let ways = [
            (any(Verdict::Broken), Exit::Broken),
            (!tests_passed, Exit::TestsFailed),
            (self.not_verified_fails && any(Verdict::NotVerified), Exit::NotVerified),
            (self.never_exercised_fails && any(Verdict::NeverExercised), Exit::NeverExercised),
            (is_empty, Exit::NoBudgets),
        ];
        ways.into_iter().filter_map(|(applies, exit)| applies.then_some(exit)).min().unwrap_or(Exit::Held)
    }
}
