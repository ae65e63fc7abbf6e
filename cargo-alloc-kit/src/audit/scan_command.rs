//! `audit scan`: the findings of all files, without a profile.

use std::path::PathBuf;

use clap::Args;

use super::config::Selection;
use super::gather::{self, Gather, Gathered};
use super::linters::Choice;
use super::scan_text;
use crate::blocks::counted;
use crate::cli::{MessageFormat, Output};
use crate::exit::{Done, Exit};
use crate::shell::Shell;
use crate::untrusted;

/// Of each kind of note, and of what was skipped, so many are said unless all are asked for.
const MOST_SAID: usize = 5;

#[derive(Args, Debug)]
#[command(after_help = "\
What .gitignore names, hidden files, and folders of what others wrote or a tool made (node_modules, target, dist, .venv, venv,
site-packages, ..) are left out, unless they are named; links are not followed, unless they are named.

Comments turn findings off: `alloc-kit-ignore`, or `alloc-kit-ignore: rule, rule`, behind the line, above it, or as the first line of
the file.

Linters: clippy builds the workspace, in a target folder of its own, and so runs its build scripts and macros; those of JavaScript and
Python may be programs of the tree that is scanned (node_modules/.bin, .venv/bin). For sources that are not trusted, and for haste:
`--linters none`.

Examples:
  cargo alloc-kit audit scan                          what is below this folder
  cargo alloc-kit audit scan -v src/parse.rs          with why, and what to do
  cargo alloc-kit audit scan --linters ruff,clippy    and these linters have to be there")]
pub(crate) struct Options {
    /// Files and folders
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    selection: Selection,
    /// Linters to ask: `auto` (those that are installed), `none`, or names by commas: clippy, ruff, oxlint, eslint, biome
    #[arg(long, value_name = "LINTERS", default_value = "auto")]
    linters: Choice,
    /// Threads to scan with [default: as many as there are cores]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
}

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    let config = options.selection.config(&options.paths)?;
    let gather = Gather {
        paths: &options.paths,
        exclude: &config.exclude,
        wanted: &|rule| options.selection.wants(&config, rule),
        linters: &options.linters,
        threads: options.threads,
    };
    let gathered = gather::files(&gather, shell)?;
    match output.message_format {
        MessageFormat::Json => shell.result(scan_text::json(&gathered)),
        MessageFormat::Human => {
            shell.result(scan_text::human(&gathered, shell.is_verbose(), shell.is_quiet()));
            say(&gathered, shell);
        }
    }
    Ok(Exit::Held)
}

/// What is to be known of what was not found.
fn say(gathered: &Gathered, shell: &mut Shell) {
    let most = if shell.is_verbose() { usize::MAX } else { MOST_SAID };
    let skipped = gathered.walked.skipped.iter().map(|skipped| {
        let text = format!("{} {}", skipped.file, skipped.why);
        untrusted::text_of(text.trim())
    });
    say_some("was skipped", skipped, most, shell);
    let kinds =
        [("unparsed", "was not read as a whole"), ("ignore", "turns nothing off"), ("linter", "of linters")];
    for (kind, what) in kinds {
        let notes = gathered.notes.iter().filter(|note| note.kind == kind).map(|note| note.text.clone());
        say_some(what, notes, if kind == "linter" { usize::MAX } else { most }, shell);
    }
    if gathered.scanned.is_empty() {
        shell.warning("there is no file of Rust, TypeScript, JavaScript or Python");
    } else if gathered.scanned.iter().any(|of| of.findings > 0) {
        shell.note(
            "nothing of this is measured: `cargo alloc-kit audit capture -- COMMAND` records a heap profile, and `audit report` \
             ranks findings by it",
        );
    }
}

fn say_some(what: &str, texts: impl Iterator<Item = String>, most: usize, shell: &mut Shell) {
    let texts: Vec<String> = texts.collect();
    for text in texts.iter().take(most) {
        shell.note(text.replace('\n', "\u{fffd}"));
    }
    if let Some(more @ 1..) = texts.len().checked_sub(most) {
        shell.note(format_args!("{} more {what}: -v says all", counted(more as u64, "file")));
    }
}
