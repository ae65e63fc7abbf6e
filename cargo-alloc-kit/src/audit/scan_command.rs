//! `audit scan`: the findings of all files, without a profile.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;

use super::config::Selection;
use super::scan::Scanner;
use super::walk::{Walk, Walked};
use crate::cli::Output;
use crate::exit::{Done, Exit};
use crate::shell::Shell;

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Files and folders
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    selection: Selection,
    /// Threads to scan with [default: as many as there are cores]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
}

pub(crate) fn run(options: &Options, _output: &Output, shell: &mut Shell) -> Done {
    let config = options.selection.config(&options.paths)?;
    let scanner = Scanner::new(|rule| options.selection.wants(&config, rule));
    let walk = Walk { paths: &options.paths, exclude: &config.exclude, threads: options.threads };
    let walked = walk.run(&scanner, &|_| {})?;
    shell.result(text(&walked));
    Ok(Exit::Held)
}

fn text(walked: &Walked) -> String {
    let mut text = String::new();
    for finding in walked.files.iter().flat_map(|file| &file.scanned.findings) {
        let span = finding.span;
        let _ = writeln!(
            text,
            "{}:{}:{} {} [{}]",
            finding.file, span.line, span.column, finding.message, finding.rule.id
        );
    }
    let lines: u64 = walked.files.iter().map(|file| u64::from(file.scanned.lines)).sum();
    let _ = writeln!(text, "{} files, {lines} lines", walked.files.len());
    text
}
