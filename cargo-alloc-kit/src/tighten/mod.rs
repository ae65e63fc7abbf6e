//! `cargo alloc-kit tighten`: the budgets in the source, lowered to what tests used.
//!
//! `source.rs` finds them, `plan.rs` says what becomes of each, `literal.rs` writes the numbers. Nothing else in a file
//! changes, and no budget is raised.

mod literal;
mod plan;
mod source;
#[cfg(test)]
mod tests;

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use similar::TextDiff;

use crate::blocks::counted;
use crate::cli::{Build, MessageFormat, Output};
use crate::command::Workspace;
use crate::exit::{Done, Exit, Failure};
use crate::how_run::{self, HowRun};
use crate::run_file::RunFile;
use crate::shell::{BOLD, ERROR, GOOD, NOTE, Shell};
use crate::untrusted;
use crate::view;
use crate::whole::write_whole;
use plan::{Change, File, LeftAlone, Plan, Refused};

/// The arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo alloc-kit tighten                           what it would change, by the last `cargo alloc-kit test`
  cargo alloc-kit tighten --apply                   write it
  cargo alloc-kit tighten --from linux.json --from mac.json")]
pub(crate) struct Options {
    /// Write it; else it is only shown
    #[arg(long)]
    apply: bool,
    /// What was seen: files of `cargo alloc-kit test --out`, in place of the last run; of several the most holds
    #[arg(long, value_name = "FILE")]
    from: Vec<PathBuf>,
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
    /// Where what is built goes, and the last run is
    #[arg(long, value_name = "DIRECTORY")]
    target_dir: Option<PathBuf>,
}

/// For `--message-format json`.
#[derive(Serialize)]
struct Json<'a> {
    alloc_kit_tighten: u64,
    applied: bool,
    changes: Vec<&'a Change>,
    left_alone: &'a [LeftAlone],
    refused: &'a [Refused],
    never_exercised: usize,
}

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    let Options { manifest_path, target_dir, .. } = options;
    let build =
        Build { manifest_path: manifest_path.clone(), target_dir: target_dir.clone(), ..Build::default() };
    let workspace = Workspace::find(&build)?;
    let mut run = RunFile::default();
    let last = [workspace.last_run()];
    if options.from.is_empty() && !last[0].exists() {
        return Err(Failure::unusable(format!("there is no last run: {} is not there", last[0].display()))
            .help("`cargo alloc-kit test` first, or `--from` what it wrote elsewhere"));
    }
    for file in if options.from.is_empty() { last.as_slice() } else { &options.from } {
        run.merge(RunFile::read(file)?).map_err(|mut failure| {
            failure.message = format!("{}: {}", file.display(), failure.message);
            failure
        })?;
    }
    trusted(&run, options.from.is_empty()).map(|warning| warning.map(|text| shell.warning(text)))?;
    for lost in &run.lost {
        shell.warning(format_args!(
            "{}; a limit that fits what is left may be too low",
            untrusted::text_of(lost)
        ));
    }
    let mut plan = plan::of(&view::platforms(&run), &workspace.root);
    if options.apply {
        apply(&mut plan);
    }
    match output.message_format {
        MessageFormat::Human => {
            for file in &plan.files {
                shell.result(diff(file));
            }
        }
        MessageFormat::Json => {
            let json = Json {
                alloc_kit_tighten: 1,
                applied: options.apply,
                changes: plan.files.iter().flat_map(|file| &file.changes).collect(),
                left_alone: &plan.left_alone,
                refused: &plan.refused,
                never_exercised: plan.never_exercised,
            };
            // All keys are texts.
            shell.result(serde_json::to_string(&json).unwrap_or_else(|error| unreachable!("{error}")) + "\n");
        }
    }
    Ok(say(options, &plan, shell))
}

/// Whether the most that was seen is the most that there is: all tests were run, and passed, and with the source as it is. A
/// budget that is lowered by less would break the next run. A warning, where that is not known.
fn trusted(run: &RunFile, is_last: bool) -> Result<Option<String>, Failure> {
    let all = "run all tests, and all of them have to pass: `cargo alloc-kit test --workspace`";
    if let Some(why) = &run.superseded {
        return Err(Failure::unusable(format!(
            "what was seen is of an earlier source: {}",
            untrusted::text_of(why)
        ))
        .help(all));
    }
    let runs = || run.shards.values().filter_map(|shard| shard.run.as_ref());
    let refuse = |how: &HowRun, what: &str| {
        let which = if is_last { "the last run" } else { "a run" };
        let command = untrusted::text_of(&how_run::shown(&how.command));
        Err(Failure::unusable(format!("{which} {what}, so it may not have seen the most: `{command}`"))
            .help(all))
    };
    if let Some(how) = runs().find(|how| !how.passed) {
        return refuse(how, "failed");
    }
    // Others may have run what one did not, but nothing says that they did.
    if let Some(how) = runs().find(|how| !how.whole) {
        return refuse(how, "was not of all tests");
    }
    let is_unknown = run.shards.values().any(|shard| shard.run.is_none());
    Ok(is_unknown.then(|| {
        "nothing says whether all tests were run: budgets may be lowered to less than these need".to_owned()
    }))
}

/// Writes the files. One that cannot be written is left as it was, and the others are written all the same.
fn apply(plan: &mut Plan) {
    for file in std::mem::take(&mut plan.files) {
        // Of a link the file that it leads to: the link stays.
        let path = file.path.canonicalize().unwrap_or_else(|_| file.path.clone());
        let is_as_it_was = fs::read(&path).is_ok_and(|now| now == file.before.as_bytes());
        let written = if is_as_it_was {
            write_whole(&path, file.after.as_bytes()).map_err(|failure| failure.message)
        } else {
            Err("has changed meanwhile".to_owned())
        };
        match written {
            Ok(()) => plan.files.push(file),
            Err(why) => plan.refused.push(Refused { file: file.name, why: format!("is as it was: {why}") }),
        }
    }
}

/// What there is to say beside the changes.
fn say(options: &Options, plan: &Plan, shell: &mut Shell) -> Exit {
    for LeftAlone { file, line, function, why } in &plan.left_alone {
        shell.note(format_args!("left alone: {BOLD}{function}{BOLD:#} at {file}:{line}: {why}"));
    }
    let zero = plan.files.iter().flat_map(|file| &file.changes).filter(|change| change.is_zero());
    for change in zero {
        shell.note(format_args!(
            "`#[no_alloc]` says the same as `alloc_budget(0)`: {BOLD}{}{BOLD:#} at {}",
            change.functions.join(", "),
            change.place()
        ));
    }
    if plan.never_exercised > 0 {
        let never = counted(plan.never_exercised as u64, "budget");
        shell.note(format_args!("left alone: {never} that no test exercised"));
    }
    let changes: usize = plan.files.iter().map(|file| file.changes.len()).sum();
    let what =
        format!("{} in {}", counted(changes as u64, "limit"), counted(plan.files.len() as u64, "file"));
    match (changes, options.apply) {
        (0, _) => shell.status("Finished", "nothing to tighten"),
        (_, true) => shell.status("Tightened", what),
        (1, false) => shell.note(format_args!("{what}; `--apply` writes it")),
        (_, false) => shell.note(format_args!("{what}; `--apply` writes them")),
    }
    if plan.refused.is_empty() {
        return Exit::Held;
    }
    for Refused { file, why } in &plan.refused {
        shell.error(format_args!("{file} {why}"));
    }
    shell
        .note("nothing was changed there; where the source is another one, run `cargo alloc-kit test` again");
    Exit::Unusable
}

/// As `git apply` takes it.
fn diff(file: &File) -> String {
    let diff = TextDiff::from_lines(&file.before, &file.after);
    let (old, new) = (format!("a/{}", file.name), format!("b/{}", file.name));
    let text = diff.unified_diff().header(&old, &new).to_string();
    let mut coloured = String::new();
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let style = match line.as_bytes() {
            [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => BOLD,
            [b'-', ..] => ERROR.effects(anstyle::Effects::new()),
            [b'+', ..] => GOOD.effects(anstyle::Effects::new()),
            [b'@', ..] => NOTE.effects(anstyle::Effects::new()),
            _ => anstyle::Style::new(),
        };
        let _ = write!(coloured, "{style}{line}{style:#}{end}");
    }
    coloured
}
