//! The instructions of one allocation and its free, by callgrind: those of 2N pairs less those of N, by N.
//!
//! Only what the workload's function does and calls is counted: some of the crates have threads of their own.

use std::process::Command;
use std::{env, fs, process};

use crate::Result;
use crate::allocators::Allocator;
use crate::build::Programs;
use crate::program;

/// Some allocators do something special now and then.
const PAIRS: u64 = 8_192;

/// What callgrind found.
#[derive(Debug)]
pub(crate) enum Instructions {
    /// Of a pair, for each allocator.
    Counted(Vec<f64>),
    /// Why there are none.
    Unknown(String),
}

/// Counts the instructions of a pair with each of the allocators.
pub(crate) fn count(programs: &Programs, allocators: &[&Allocator]) -> Instructions {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Instructions::Unknown("valgrind is not installed".to_owned());
    }
    let mut counted = Vec::new();
    for (index, allocator) in allocators.iter().enumerate() {
        eprintln!("counting instructions, {} of {}: {}", index + 1, allocators.len(), allocator.title);
        match of_a_pair(programs, allocator) {
            Ok(instructions) => counted.push(instructions),
            Err(message) => return Instructions::Unknown(message),
        }
    }
    Instructions::Counted(counted)
}

#[expect(clippy::cast_precision_loss, reason = "both are far below 2^52")]
fn of_a_pair(programs: &Programs, allocator: &Allocator) -> Result<f64> {
    let (once, twice) =
        (of_process(programs, allocator, PAIRS)?, of_process(programs, allocator, 2 * PAIRS)?);
    Ok((twice as f64 - once as f64) / PAIRS as f64)
}

fn of_process(programs: &Programs, allocator: &Allocator, pairs: u64) -> Result<u64> {
    let program = programs.path(allocator.variant, allocator.program, 0);
    let file = env::temp_dir().join(format!("counting-bench-callgrind-{}", process::id()));
    let pairs = pairs.to_string();
    let arguments = [allocator.mode, "loop", "w1", &pairs];
    let started = program::command("valgrind".as_ref(), &["--tool=callgrind"])
        .arg("--toggle-collect=*workloads::pairs*")
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program)
        .args(arguments)
        .output();
    let _ = fs::remove_file(&file);
    let output = started.map_err(|error| format!("valgrind does not start: {error}"))?;
    let words = String::from_utf8_lossy(&output.stderr);
    let total = words.lines().find_map(|line| line.split_once("Collected : "));
    total
        .and_then(|(_, total)| total.trim().parse().ok())
        .ok_or_else(|| format!("callgrind says nothing about {}:\n{words}", allocator.title))
}
