//! The instructions of one allocation and its free, by callgrind: those of 2N pairs less those of N, by N.

use crate::Result;
use crate::allocators::Allocator;
use crate::build::Programs;
use crate::support::callgrind;

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
    if !callgrind::is_installed() {
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
    let arguments = [allocator.mode, "loop", "w1", &pairs.to_string()];
    let counted = callgrind::count(&program, &arguments, "*workloads::pairs*", None)?;
    Ok(counted.iter().sum())
}
