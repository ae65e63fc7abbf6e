//! A tokenizer for Rust, and what can be found with it: calls that may allocate, outside of comments and texts. It makes the
//! tokens of three source files of the crate csv in the usual way (`tokenizer/usual.rs`: each owns its text), under
//! allocation budgets (`tokenizer/lean.rs`: each borrows it from the source), and then in buffers that are kept. Both ways have
//! one scanner, `tokenizer/scan.rs`, which allocates nothing, and takes most of the time.
//!
//! Run with:
//!
//! ```sh
//! cargo run --release --example tokenizer                # the files in examples/data/csv/
//! cargo run --release --example tokenizer src/*.rs
//! cargo test --example tokenizer                         # holds the budgets on the files
//! ```
//!
//! It prints:
//!
//! ```text
//! 3 files: 18,026 tokens, among them 263 texts of 1,333 bytes
//!
//! calls  of what may allocate
//!    12  clone
//!     2  collect
//!     1  to_vec
//!    54  vec!
//!     3  Box::new
//!
//!                                   allocations       bytes        peak
//! before  each token owns its text       18,075   2,247,133     593,120
//! after   each borrows it                    51     577,629     263,691
//! time    1.2 times as long before as after (91 rounds)
//! kept    the first file, in buffers          5
//! then    the others, in the same             0
//! again   all of them once more               0
//! ```

#[path = "tokenizer/escape.rs"]
mod escape;
#[path = "tokenizer/findings.rs"]
mod findings;
#[path = "tokenizer/lean.rs"]
mod lean;
#[path = "tokenizer/lengths.rs"]
mod lengths;
#[path = "tokenizer/scan.rs"]
mod scan;
mod support;
#[cfg(test)]
#[path = "tokenizer/tests.rs"]
mod tests;
#[path = "tokenizer/usual.rs"]
mod usual;

use alloc_kit::measure;
use findings::Findings;
use lean::Tokenizer;
use scan::Error;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;
use support::{compare, thousands};

/// The largest first, so that the others fit into what it has left behind.
const SAMPLES: [&str; 3] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/data/csv/reader.rs"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/data/csv/writer.rs"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/data/csv/byte_record.rs"),
];

const USAGE: &str = "\
usage: tokenizer [FILE] ..

Makes tokens of Rust source files and prints how often they call what may allocate: clone, collect, format! and others.
Without a FILE it reads those in examples/data/csv/.";

fn main() -> ExitCode {
    let done = run(env::args_os().skip(1), &mut io::stdout().lock());
    let Err((problem, code)) = done else { return ExitCode::SUCCESS };
    eprintln!("tokenizer: {problem}");
    ExitCode::from(code)
}

/// The whole program; where it fails, what to say, and the exit code.
fn run(arguments: impl Iterator<Item = OsString>, out: &mut impl Write) -> Result<(), (String, u8)> {
    let mut files: Vec<_> = arguments.collect();
    if files.iter().any(|argument| argument == "--help" || argument == "-h") {
        return writeln!(out, "{USAGE}").map_err(|error| (error.to_string(), 1));
    }
    if let Some(option) = files.iter().find(|argument| argument.as_encoded_bytes().starts_with(b"-")) {
        return Err((format!("unknown option `{}`\n\n{USAGE}", option.display()), 2));
    }
    if files.is_empty() {
        files = SAMPLES.map(OsString::from).to_vec();
    }
    report(&files, out).map_err(|problem| (problem, 1))
}

fn report(files: &[OsString], out: &mut impl Write) -> Result<(), String> {
    let mut sources = Vec::new();
    for file in files {
        let unreadable = |error: io::Error| format!("cannot read {}: {error}", file.display());
        let source = fs::read_to_string(file).map_err(unreadable)?;
        // Which says where an error is before it is looked for in all ways.
        lean::needs(&source).map_err(|error| format!("{}: {error}", file.display()))?;
        sources.push(source);
    }
    let findings = lean_findings(&sources).map_err(|error| error.to_string())?;
    let unwritten = |error: io::Error| format!("cannot write the report: {error}");
    writeln!(out, "{findings}").map_err(unwritten)?;

    compare(
        ("each token owns its text", || usual_findings(&sources)),
        ("each borrows it", || lean_findings(&sources)),
    );
    let mut tokenizer = Tokenizer::new();
    let (first, others) = sources.split_at(1);
    for (when, what, sources) in [
        ("kept", "the first file, in buffers", first),
        ("then", "the others, in the same", others),
        ("again", "all of them once more", &sources),
    ] {
        let (again, usage) = measure(|| kept_findings(&mut tokenizer, sources));
        again.map_err(|error| error.to_string())?;
        // Where buffers may grow is marked by `allow_alloc!`, whose allocations are counted apart.
        let allocations = thousands(usage.allocations + usage.allowed_allocations);
        writeln!(out, "{when:8}{what:26} {allocations:>10}").map_err(unwritten)?;
    }
    Ok(())
}

fn usual_findings(sources: &[String]) -> Result<Findings, Error> {
    let mut findings = Findings::default();
    for source in sources {
        findings.add(&usual::tokenize(source)?);
    }
    Ok(findings)
}

fn lean_findings(sources: &[String]) -> Result<Findings, Error> {
    let mut findings = Findings::default();
    for source in sources {
        findings.add(&lean::tokenize(source)?);
    }
    Ok(findings)
}

fn kept_findings(tokenizer: &mut Tokenizer, sources: &[String]) -> Result<Findings, Error> {
    let mut findings = Findings::default();
    for source in sources {
        tokenizer.with_tokens(source, |tokens| findings.add(tokens))?;
    }
    Ok(findings)
}
