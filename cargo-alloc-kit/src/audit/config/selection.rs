//! The rules that are looked for: as the command line says, or else as the configuration does.

use std::path::PathBuf;

use clap::Args;

use super::{Config, known_rule};
use crate::audit::rules::Rule;
use crate::exit::Failure;

/// The arguments.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Selection {
    /// Look for this rule alone, even if it is off; may be given several times
    #[arg(long, value_name = "ID")]
    rule: Vec<String>,
    /// Look for all rules, those that are off as well
    #[arg(long, conflicts_with = "rule")]
    all_rules: bool,
    /// Do not look for this rule, whatever else is said of it; may be given several times
    #[arg(long, value_name = "ID")]
    no_rule: Vec<String>,
}

impl Selection {
    /// With the configuration of the paths.
    pub(crate) fn config(&self, paths: &[PathBuf]) -> Result<Config, Failure> {
        for id in self.rule.iter().chain(&self.no_rule) {
            known_rule(id).map_err(|(message, near)| {
                let list = "`cargo alloc-kit audit explain` lists them".to_owned();
                Failure::unusable(message).help(near.unwrap_or(list))
            })?;
        }
        Config::find(paths)
    }

    pub(crate) fn wants(&self, config: &Config, rule: &Rule) -> bool {
        if self.no_rule.contains(&rule.id) {
            return false;
        }
        if self.rule.is_empty() { self.all_rules || config.wants(rule) } else { self.rule.contains(&rule.id) }
    }
}
