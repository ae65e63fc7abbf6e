//! What a report is written as, and where to.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::sources::Sources;
use super::{By, github, html, json, sarif, speedscope, stacks};
use crate::audit::model::Audit;
use crate::cli::{MessageFormat, Output};
use crate::exit::Failure;
use crate::out;
use crate::report::model::in_repository;
use crate::report::{Weight, flame};
use crate::shell::Shell;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct Form {
    /// What to write [default: by the ending of `--out`, or else text]
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Where to write it [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What `--out` may end with.
const ENDINGS: &str = ".txt, .json, .sarif, .sarif.json, .html, .htm, .svg, .folded, .speedscope.json";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Findings and hot lines with their source
    Text,
    /// For other tools
    Json,
    /// SARIF 2.1.0, as code hosts and editors take it; `rank` is by what it cost
    Sarif,
    /// Annotations of lines, as GitHub Actions takes them from a log
    Github,
    /// One page, which needs nothing else
    Html,
    /// SVG: the stacks of the profiles
    Flamegraph,
    /// The same stacks, one a line, for other tools that draw them
    Folded,
    /// The same stacks as speedscope takes them, by bytes and by blocks
    Speedscope,
}

impl Format {
    /// As it is written on the command line.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Whether it shows stacks.
    pub(super) fn has_stacks(self) -> bool {
        matches!(self, Self::Json | Self::Html | Self::Flamegraph | Self::Folded | Self::Speedscope)
    }

    /// None where the name has no ending.
    fn of_ending(path: &Path) -> Result<Option<Self>, Failure> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        // Two of them are JSON, and end so as well.
        if name.ends_with(".sarif.json") {
            return Ok(Some(Self::Sarif));
        }
        if name.ends_with(".speedscope.json") {
            return Ok(Some(Self::Speedscope));
        }
        let Some((_, ending)) = name.rsplit_once('.') else { return Ok(None) };
        Ok(Some(match ending {
            "txt" => Self::Text,
            "json" => Self::Json,
            "sarif" => Self::Sarif,
            "html" | "htm" => Self::Html,
            "svg" => Self::Flamegraph,
            "folded" => Self::Folded,
            _ => return Err(out::unknown_ending(path, ENDINGS)),
        }))
    }
}

impl Form {
    pub(super) fn format(&self, output: &Output) -> Result<Format, Failure> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        let out = self.out.as_deref().filter(|path| path.as_os_str() != "-");
        let by_ending = out.map(Format::of_ending).transpose()?.flatten();
        let by_messages = || (output.message_format == MessageFormat::Json).then_some(Format::Json);
        Ok(by_ending.or_else(by_messages).unwrap_or(Format::Text))
    }

    /// What is made of profiles may not take the place of one.
    pub(super) fn refuse_inputs<'a>(&self, inputs: impl Iterator<Item = &'a PathBuf>) -> Result<(), Failure> {
        out::refuse_inputs(self.out.as_deref(), inputs)
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&self, format: Format, text: &str, shell: &mut Shell) -> Result<(), Failure> {
        match self.out.as_deref().filter(|path| path.as_os_str() != "-") {
            None => shell.result(text),
            Some(path) => {
                // A file takes no colour.
                let plain = anstream::adapter::strip_str(text).to_string();
                out::write(path, if format == Format::Text { plain.as_bytes() } else { text.as_bytes() })?;
                shell.status("Wrote", format_args!("{} ({})", path.display(), format.name()));
            }
        }
        Ok(())
    }
}

/// An audit in a form that is not text.
pub(super) fn of(audit: &Audit, format: Format, by: By, shell: &mut Shell) -> String {
    let weight = match by {
        By::Bytes => Weight::Bytes,
        By::Blocks => Weight::Allocations,
    };
    match format {
        Format::Text => unreachable!("it has a module of its own"),
        Format::Json => json::of(audit),
        Format::Sarif => sarif::of(audit, &Sources::of(audit), &prefix()),
        Format::Github => github::of(audit, &prefix()),
        Format::Html => html::of(audit, &Sources::of(audit)),
        Format::Flamegraph | Format::Folded => {
            let stacks = stacks::of(audit);
            warn_of_pictures(audit, by, shell);
            if format == Format::Folded { stacks.folded(weight) } else { flame::document(&stacks, weight) }
        }
        Format::Speedscope => {
            warn_of_pictures(audit, By::Bytes, shell);
            speedscope::of(audit)
        }
    }
}

/// The way from the repository's folder to this one, for code hosts.
fn prefix() -> String {
    in_repository(Path::new(".")).unwrap_or_default()
}

/// What a picture has no place for.
fn warn_of_pictures(audit: &Audit, by: By, shell: &mut Shell) {
    for note in &audit.notes {
        shell.warning(crate::untrusted::text_of(&note.text));
    }
    let unknown = audit.stacks.iter().filter(|stack| stack.cost.blocks.is_none()).count();
    if audit.stacks.is_empty() {
        shell.warning("there are no stacks: no heap profile has an allocation");
    } else if by == By::Blocks && unknown > 0 {
        let all = audit.stacks.len();
        shell.warning(format_args!(
            "the blocks of {unknown} of {all} stacks are not known, and these are left out"
        ));
    }
}
