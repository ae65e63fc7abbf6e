//! Totals of a table: places and people by country, of 20,000 rows of a gazetteer, with names in quotes, and with
//! populations that are mostly missing. The job is done twice, once as most people write it (`csv_totals/usual.rs`, a struct of
//! `String`s a row) and once under allocation budgets (`csv_totals/lean.rs`, a struct that borrows from one record). The time is
//! hardly less, since nearly all of it goes into reading the rows.
//!
//! Run with:
//!
//! ```sh
//! cargo run --release --example csv_totals             # the table in examples/data/
//! cargo run --release --example csv_totals places.csv  # any other with its columns
//! cargo test --example csv_totals                      # holds the budgets on the table
//! ```
//!
//! It prints (the table includes data created by `MaxMind`, available from <http://www.maxmind.com/>):
//!
//! ```text
//! 20,000 places in 193 countries; the population of 271 is known
//!
//! country  places  known  population     mean    largest  which is
//! cn        1,518      4   2,209,689  552,422  1,881,977  Jilin
//! us          947     32   1,600,213   50,006    797,557  Jacksonville
//! mx          415      8   1,081,697  135,212    987,555  Zapopan
//! in          240     17     872,564   51,327    172,891  Ongole
//! jp          115      6     667,900  111,316    240,017  Fuji
//! de          405      9     557,863   61,984    327,198  Bielefeld
//! br          251     11     480,998   43,727    283,319  Suzano
//! id        1,091      2     355,827  177,913    328,324  Pacet
//! it          120     11     308,972   28,088    118,136  Pescara
//! ru        1,365     23     266,193   11,573     79,424  Belovo
//!
//!                                      allocations       bytes        peak
//! before  a struct of `String`s a row       40,105     294,041      44,050
//! after   a struct that borrows                298      56,734      44,037
//! time    1.1 times as long before as after (32 rounds)
//! again   all rows once more                     0
//! ```

#[path = "csv_totals/lean.rs"]
mod lean;
mod support;
#[path = "csv_totals/table.rs"]
mod table;
#[cfg(test)]
#[path = "csv_totals/tests.rs"]
mod tests;
#[path = "csv_totals/usual.rs"]
mod usual;

use alloc_kit::measure;
use csv::Reader;
use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::process::ExitCode;
use support::{compare, thousands};
use table::Report;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/worldcitiespop.csv");

/// Rows of the report.
const TOP: usize = 10;

const USAGE: &str = "\
usage: csv_totals [FILE]

Reads a table with the columns Country, AccentCity and Population, separated by commas, and prints the countries
with most people in it. Without FILE it reads the one in examples/data/.";

fn main() -> ExitCode {
    let done = run(env::args_os().skip(1), &mut io::stdout().lock(), &mut io::stderr().lock());
    let Err((problem, code)) = done else { return ExitCode::SUCCESS };
    eprintln!("csv_totals: {problem}");
    ExitCode::from(code)
}

/// The whole program; where it fails, what to say, and the exit code.
fn run(
    arguments: impl Iterator<Item = OsString>,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<(), (String, u8)> {
    let arguments: Vec<_> = arguments.collect();
    let file = match &arguments[..] {
        [] => Path::new(SAMPLE),
        [help] if help == "--help" || help == "-h" => {
            return writeln!(out, "{USAGE}").map_err(|error| (error.to_string(), 1));
        }
        [option] if option.as_encoded_bytes().starts_with(b"-") => {
            return Err((format!("unknown option `{}`\n\n{USAGE}", option.display()), 2));
        }
        [file] => Path::new(file),
        _ => return Err((format!("one file at a time\n\n{USAGE}"), 2)),
    };
    report(file, out, err).map_err(|problem| (format!("{}: {problem}", file.display()), 1))
}

fn report(file: &Path, out: &mut impl Write, err: &mut impl Write) -> Result<(), String> {
    let unwritten = |error: io::Error| format!("cannot write the report: {error}");
    let table = lean::totals(open(file)?)?;
    if table.rejected.rows > 0 {
        writeln!(err, "csv_totals: {}: {}", file.display(), table.rejected).map_err(unwritten)?;
    }
    if table.countries.is_empty() {
        return Err("there is no row in it that can be read".to_owned());
    }
    writeln!(out, "{}", Report { table: &table, top: TOP }).map_err(unwritten)?;
    compare(
        ("a struct of `String`s a row", || usual::totals(open(file)?)),
        ("a struct that borrows", || lean::totals(open(file)?)),
    );
    let allocations = thousands(second_pass(open(file)?)?);
    writeln!(out, "again   {:27} {allocations:>12}", "all rows once more").map_err(unwritten)
}

fn open(file: &Path) -> Result<File, String> {
    File::open(file).map_err(|error| error.to_string())
}

/// Reads all rows, and then reads them again into the same totals: how many allocations the second time takes.
fn second_pass(input: impl Read + Seek) -> Result<u64, String> {
    let mut reader = Reader::from_reader(input);
    let mut aggregation = lean::Aggregation::of(&mut reader)?;
    let first_row = reader.position().clone();
    aggregation.read(&mut reader).map_err(|error| error.to_string())?;
    reader.seek(first_row).map_err(|error| error.to_string())?;
    let (read, usage) = measure(|| aggregation.read(&mut reader));
    read.map_err(|error| error.to_string())?;
    Ok(usage.allocations)
}
