//! `--check`: what must hold on any machine. All sides find the same, alloc-kit's allocate no more in the steady state
//! than they say, and give a large buffer back.

use crate::Result;
use crate::program::{self, LARGE_BYTES, Program};
use crate::workloads::{Kind, Side, Workload};

/// What may be left of a large buffer: the default bound of a collection of buffers, and some pages of the process.
const MOST_KEPT_BYTES: f64 = 2e6;

/// Checks the workloads with a program that counts allocations.
pub(crate) fn run(program: &Program, workloads: &[Workload]) -> Result<()> {
    let (mut passed, mut failed) = (0, 0);
    let mut verdict = |what: &str, found: Result<()>| match found {
        Ok(()) => passed += 1,
        Err(why) => {
            failed += 1;
            println!("failed: {what}: {why}");
        }
    };
    for workload in workloads {
        verdict(&format!("`{}`, all sides find the same", workload.name), program.equal(workload));
        let counted = program.allocations(workload)?;
        for (side, allocations) in workload.sides.iter().zip(counted) {
            let what = |what: &str| format!("`{}`, {}: {what}", workload.name, side.name);
            match side.kind {
                Kind::Ours => verdict(&what("allocations"), few(side, allocations)),
                // Else what counts would not be there, or the compiler would have removed what is replaced.
                Kind::Naive => verdict(&what("allocations"), some(allocations)),
                Kind::Hand | Kind::Peer | Kind::Reference => {}
            }
            if side.large && side.kind == Kind::Ours && program::tells_memory() {
                let resident = program.resident(workload, side)?;
                verdict(&what("100 MB"), came_back(resident));
            }
        }
    }
    if !program::tells_memory() {
        println!("not tested: memory, since there is no /proc/self/status");
    }
    println!("checks: {passed} passed, {failed} failed");
    if failed == 0 { Ok(()) } else { Err(format!("{failed} of {} checks failed", passed + failed)) }
}

fn few(side: &Side, allocations: f64) -> Result<()> {
    let allowed = side.allowed_allocations;
    if allocations <= allowed {
        return Ok(());
    }
    Err(format!("{allocations:.3} an operation, where {allowed} are allowed"))
}

fn some(allocations: f64) -> Result<()> {
    if allocations >= 1.0 { Ok(()) } else { Err(format!("{allocations:.3} an operation")) }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn came_back([before, with, after]: [f64; 3]) -> Result<()> {
    // Else the buffer was never there.
    if with - before < LARGE_BYTES as f64 * 0.95 {
        return Err(format!("only {} bytes were seen in use", with - before));
    }
    if after - before > MOST_KEPT_BYTES {
        return Err(format!("{} bytes are kept", after - before));
    }
    Ok(())
}
