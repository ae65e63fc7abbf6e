//! `cargo alloc-kit report`: the last run, or files of runs, shown in another form.
//!
//! All that is asked for is read first and put into one [`Report`]; a module for each format writes that. A report shows: it
//! ends with 0 whatever the verdicts are, and with 2 where something could not be read or written.

pub(crate) mod before;
mod dhat;
pub(crate) mod flame;
mod github;
pub(crate) mod html;
mod junit;
mod markdown;
pub(crate) mod model;
mod proven;
mod rows;
pub(crate) mod source;
pub(crate) mod stacks;
mod text;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::caveats::{self, Caveat};
use crate::cli::{Build, MessageFormat, Output};
use crate::command::Workspace;
use crate::config::Config;
use crate::exit::{Done, Exit, Failure};
use crate::json;
use crate::out;
use crate::prove::Proofs;
use crate::run_file::RunFile;
use crate::shell::Shell;
use crate::table::Look;
use crate::untrusted;
use crate::view;
use before::Comparison;
pub(crate) use model::Report;
use model::{Roots, Taken};
use source::Sources;
use stacks::Stacks;

/// The arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Ends with 0 whatever the verdicts are, and with 2 if something cannot be read or written. What `cargo alloc-kit prove` found last
stands beside what tests saw in the formats text, markdown, html, json and github.

Examples:
  cargo alloc-kit report                                       the last run, as a table
  cargo alloc-kit report --out report.html                     as a page
  cargo alloc-kit report --format markdown linux.json mac.json of two machines together
  cargo alloc-kit report --out report.html --before main.json  against a run that was kept
  cargo alloc-kit report --format flamegraph --dhat dhat-heap.json --out heap.svg")]
pub(crate) struct Options {
    /// What `cargo alloc-kit test` or `merge` wrote, or the records of test processes [default: the last run]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What to write [default: by the ending of `--out`, or else text]
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Where to write it [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A run that was kept, to compare with (text, json, markdown, html)
    #[arg(long, value_name = "FILE")]
    before: Option<PathBuf>,
    /// A heap profile of dhat or valgrind for the flamegraph, in place of the breaches (json, html, flamegraph, folded)
    #[arg(long, value_name = "FILE")]
    dhat: Option<PathBuf>,
    /// What the flamegraph's widths are (json has both, html shows this one first)
    #[arg(long, value_name = "WEIGHT", default_value = "allocations")]
    weight: Weight,
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = "As cargo has them")]
    manifest_path: Option<PathBuf>,
    /// Where what is built goes, and the last run is
    #[arg(long, value_name = "DIRECTORY", help_heading = "As cargo has them")]
    target_dir: Option<PathBuf>,
}

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The tables of `cargo alloc-kit test`
    Text,
    /// For other tools
    Json,
    /// A comment of a pull request, or a summary of a job
    Markdown,
    /// Annotations of lines, as GitHub Actions takes them from a log
    Github,
    /// XML, as CI services take it
    Junit,
    /// One page, which needs nothing else
    Html,
    /// SVG: the stacks of breaches, or of a heap profile
    Flamegraph,
    /// The same stacks, one a line, for other tools that draw them
    Folded,
}

/// What `--out` may end with.
const ENDINGS: &str = ".txt, .json, .md, .xml, .html, .htm, .svg, .folded";

/// What a flamegraph's widths are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Weight {
    Allocations,
    Bytes,
}

impl Format {
    /// As it is written on the command line.
    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// None where the name has no ending.
    fn of_ending(path: &Path) -> Result<Option<Self>, Failure> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let Some((_, ending)) = name.rsplit_once('.') else { return Ok(None) };
        Ok(Some(match ending {
            "txt" => Format::Text,
            "json" => Format::Json,
            "md" => Format::Markdown,
            "xml" => Format::Junit,
            "html" | "htm" => Format::Html,
            "svg" => Format::Flamegraph,
            "folded" => Format::Folded,
            _ => return Err(out::unknown_ending(path, ENDINGS)),
        }))
    }

    fn compares(self) -> bool {
        matches!(self, Format::Text | Format::Json | Format::Markdown | Format::Html)
    }

    fn has_stacks(self) -> bool {
        matches!(self, Format::Json | Format::Html | Format::Flamegraph | Format::Folded)
    }
}

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    let format = format(options, output)?;
    refuse_ignored(options, format)?;
    let inputs = options.files.iter().chain(&options.before).chain(&options.dhat);
    out::refuse_inputs(options.out.as_deref(), inputs)?;
    let report = gather(options, format)?;
    let text = match format {
        Format::Text => {
            // A file is as wide as what is in it.
            let width = shell.width().filter(|_| options.out.is_none());
            text::of(&report, Look { width, all: shell.is_verbose() })
        }
        Format::Json => json::of_report(&report),
        Format::Markdown => markdown::of(&report),
        Format::Github => github::of(&report),
        Format::Junit => junit::of(&report),
        Format::Html => html::of(&report),
        Format::Flamegraph => flame::document(&report.stacks, report.weight),
        Format::Folded => report.stacks.folded(report.weight),
    };
    let is_picture = matches!(format, Format::Flamegraph | Format::Folded);
    for Caveat { text, .. } in report.caveats.iter().filter(|_| is_picture) {
        shell.warning(text);
    }
    if is_picture && report.stacks.all.is_empty() {
        shell.warning(format_args!("there are no stacks: {}", report.stacks.why_empty()));
    }
    match options.out.as_deref().filter(|path| path.as_os_str() != "-") {
        None => shell.result(text),
        Some(path) => {
            // A file takes no colour.
            let plain = anstream::adapter::strip_str(&text).to_string();
            out::write(path, if format == Format::Text { plain.as_bytes() } else { text.as_bytes() })?;
            shell.status("Wrote", format_args!("{} ({})", path.display(), format.name()));
        }
    }
    Ok(Exit::Held)
}

fn format(options: &Options, output: &Output) -> Result<Format, Failure> {
    if let Some(format) = options.format {
        return Ok(format);
    }
    let out = options.out.as_deref().filter(|path| path.as_os_str() != "-");
    let by_ending = out.map(Format::of_ending).transpose()?.flatten();
    let by_messages = || (output.message_format == MessageFormat::Json).then_some(Format::Json);
    Ok(by_ending.or_else(by_messages).unwrap_or(Format::Text))
}

/// What was asked for and would be in no line of the result is an error.
fn refuse_ignored(options: &Options, format: Format) -> Result<(), Failure> {
    let refuse = |option: &str, what: &str, formats: &str| {
        Err(Failure::unusable(format!("`{option}`, and the format `{}` has no {what}", format.name()))
            .help(format!("it is for `--format` {formats}")))
    };
    if options.before.is_some() && !format.compares() {
        return refuse("--before", "comparison", "text, json, markdown or html");
    }
    if options.dhat.is_some() && !format.has_stacks() {
        return refuse("--dhat", "flamegraph", "json, html, flamegraph or folded");
    }
    Ok(())
}

/// Reads all that was named.
fn gather(options: &Options, format: Format) -> Result<Report, Failure> {
    let build = Build {
        manifest_path: options.manifest_path.clone(),
        target_dir: options.target_dir.clone(),
        ..Build::default()
    };
    let profile = options.dhat.as_deref().map(dhat::read).transpose()?;
    // Of a flamegraph of a profile a run says nothing.
    let needs_run = profile.is_none() || matches!(format, Format::Json | Format::Html);
    let (run, workspace) = if options.files.is_empty() && needs_run {
        let workspace = Workspace::find(&build)?;
        (last_run(&workspace)?, Some(workspace))
    } else {
        // On a machine that only puts reports together there is no package.
        let workspace = Workspace::find(&build);
        let workspace = if options.manifest_path.is_some() { Some(workspace?) } else { workspace.ok() };
        (merged(&options.files)?, workspace)
    };
    // For other programs, every character is what it was.
    let shown = |run: &RunFile| {
        let platforms = view::platforms(run);
        if format == Format::Json { platforms } else { untrusted::cleaned(&platforms) }
    };
    let platforms = shown(&run);
    let caveats = caveats::of(&run);
    let caveats = if format == Format::Json { caveats } else { untrusted::cleaned_caveats(caveats) };
    let before = match &options.before {
        None => None,
        Some(path) => {
            let before = RunFile::read(path)?;
            Some(Comparison::of(&shown(&before), &platforms))
        }
    };
    let proofs = workspace.as_ref().map(Proofs::of).transpose()?.flatten();
    let config = workspace.as_ref().map_or_else(Config::default, |workspace| workspace.config.clone());
    let roots = Roots::of(workspace.map(|workspace| workspace.root));
    let stacks = profile.unwrap_or_else(|| Stacks::of_breaches(&platforms));
    let sources = Sources::of(&platforms, &roots.sources);
    let taken = Taken {
        never_exercised_fails: config.denies_never_exercised(),
        not_verified_passes: config.allows_not_verified(),
    };
    Ok(Report { platforms, proofs, caveats, before, stacks, weight: options.weight, sources, roots, taken })
}

fn last_run(workspace: &Workspace) -> Result<RunFile, Failure> {
    let path = workspace.last_run();
    if !path.exists() {
        return Err(Failure::unusable(format!("there is no last run: {} does not exist", path.display()))
            .help("run `cargo alloc-kit test` first, or name files that it wrote elsewhere"));
    }
    RunFile::read(&path)
}

fn merged(files: &[PathBuf]) -> Result<RunFile, Failure> {
    let mut run = RunFile::default();
    for file in files {
        run.merge(RunFile::read(file)?)?;
    }
    Ok(run)
}
