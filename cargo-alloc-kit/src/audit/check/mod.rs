//! `audit check`: what was measured against the budgets of the configuration, and against a profile that was kept.

mod budgets;
mod compare;
mod show;

use clap::Args;

use super::config::{Baseline, NAME, Of};
use super::join::ByFunction;
use super::report::{self, By, Gathered, Inputs};
use super::rules::Rule;
use crate::cli::{MessageFormat, Output};
use crate::exit::{Done, Exit, Failure};
use crate::shell::Shell;
use budgets::{Judged, Verdict};
use compare::{Compared, Within};

/// The arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Ends with 0 if all held, 4 if something allocated more than it may, 6 if something could not be verified, and 7 if there was
nothing to judge.

Examples:
  cargo alloc-kit audit check                                  the profile in alloc-kit-profile/
  cargo alloc-kit audit check --profile dhat-heap.json src     another profile, of the files below src")]
pub(crate) struct Options {
    #[command(flatten)]
    inputs: Inputs,
}

/// All that was judged.
#[derive(Debug)]
struct Outcome<'a> {
    budgets: Vec<Judged<'a>>,
    baseline: Option<(&'a Baseline, Within, Compared)>,
    exit: Exit,
}

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    let config = options.inputs.config()?;
    if config.budgets.is_empty() && config.baseline.is_none() {
        let what = match &config.file {
            Some(file) => format!("{} has no budget and no baseline", file.display()),
            None => format!("there is no {NAME}, and so no budget and no baseline"),
        };
        return Err(Failure { exit: Exit::NoBudgets, ..Failure::unusable(what) }.help(format!(
            "put `[[budget]]` with `file = \"src/**\"` and `bytes = \"10 MB\"` into {NAME}, or `[baseline]` with `profile = \"base.json\"`"
        )));
    }
    // A budget of a rule is judged whether it is on or not.
    let has_budget =
        |rule: &Rule| config.budgets.iter().any(|budget| matches!(budget.of, Of::Rule(id) if id == rule.id));
    let wants = |rule: &Rule| options.inputs.wants(&config, rule) || has_budget(rule);
    let Gathered { audit, walked, measured, unread } =
        report::gather(&options.inputs, &config, By::Bytes, wants, false, shell)?;
    // What it has nobody knows, and so nothing is judged.
    if let Some(failure) = unread.into_iter().next() {
        return Err(failure);
    }
    for note in &audit.notes {
        shell.warning(crate::untrusted::line_of(&note.text));
    }
    let mut budgets: Vec<Judged<'_>> =
        config.budgets.iter().map(|budget| budgets::judge(budget, &audit)).collect();
    for one in &measured {
        let failed = one.recorded.as_ref().and_then(|recorded| recorded.failed.as_ref());
        for judged in &mut budgets {
            judged.weigh(&one.profile, failed);
        }
    }
    let profiled = measured.iter().flat_map(|one| one.profile.languages.iter().copied()).collect();
    for judged in &mut budgets {
        judged.cover(&profiled);
    }
    let baseline = match &config.baseline {
        None => None,
        Some(baseline) => {
            let read = report::profiles(std::slice::from_ref(&baseline.profile))?;
            if let Some(failure) = read.unread.into_iter().next() {
                return Err(failure);
            }
            let before = read.measured;
            let [before, mut after] = [&before, &measured].map(|measured| ByFunction::of(&walked, measured));
            // The baseline is of another state as a rule; what is compared with it must not be.
            after.doubts.extend(audit.files.iter().filter_map(budgets::unsure));
            let within = Within::of(baseline.tolerance, before.is_sampled || after.is_sampled);
            Some((baseline, within, compare::compare(&before, &after, within.tolerance)))
        }
    };
    let exit = exit(&budgets, baseline.as_ref().map(|(.., compared)| compared));
    let outcome = Outcome { budgets, baseline, exit };
    shell.result(match output.message_format {
        MessageFormat::Human => show::text(&outcome, shell.is_quiet()),
        MessageFormat::Json => show::json(&outcome),
    });
    Ok(exit)
}

/// What is over is worse; what is not known is not verified, and never held.
fn exit(budgets: &[Judged<'_>], baseline: Option<&Compared>) -> Exit {
    let is_worse = budgets.iter().any(|judged| matches!(judged.verdict, Verdict::Worse(_)))
        || baseline.is_some_and(|compared| !compared.worse.is_empty());
    let is_unsure = budgets.iter().any(|judged| matches!(judged.verdict, Verdict::NotVerified(_)))
        || baseline.is_some_and(|compared| !compared.unsure.is_empty());
    match (is_worse, is_unsure) {
        (true, _) => Exit::Worse,
        (false, true) => Exit::NotVerified,
        (false, false) => Exit::Held,
    }
}
