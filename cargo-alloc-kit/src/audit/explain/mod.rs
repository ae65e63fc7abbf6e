//! `audit explain`: a rule with the guide's words, the measurement, an example, and when not to take its advice; or all of them.

mod example;
mod json;
#[cfg(test)]
mod table;
mod text;

use clap::Args;

use super::config::known_rule;
use crate::cli::{MessageFormat, Output};
use crate::exit::{Done, Exit, Failure};
use crate::shell::Shell;

/// The arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo alloc-kit audit explain                               all rules, by language
  cargo alloc-kit audit explain py-slice-in-loop
  cargo alloc-kit audit explain --message-format json         for other tools")]
pub(crate) struct Options {
    /// The rule, by its id; without one all rules are listed
    #[arg(value_name = "RULE")]
    rule: Option<String>,
}

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    let rule = options.rule.as_deref().map(|id| {
        known_rule(id).map_err(|(message, near)| {
            let list = "`cargo alloc-kit audit explain` lists them".to_owned();
            Failure::unusable(message)
                .help(near.map_or_else(|| list.clone(), |near| format!("{near} {list}")))
        })
    });
    let rule = rule.transpose()?;
    let text = match (output.message_format, rule) {
        (MessageFormat::Json, Some(rule)) => json::of(std::slice::from_ref(&rule)),
        (MessageFormat::Json, None) => json::of(&super::rules::all().iter().collect::<Vec<_>>()),
        (MessageFormat::Human, Some(rule)) => text::of_rule(rule, shell.width()),
        (MessageFormat::Human, None) => text::list(),
    };
    shell.result(text);
    Ok(Exit::Held)
}
