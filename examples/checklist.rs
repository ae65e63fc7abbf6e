//! The guide's audit checklist as a worked case: [checklist.md](checklist.md) goes through its five steps with this program, a shipper that
//! reads an access log and sends JSON records on in batches. It does the job as it was first written (`checklist/usual.rs`) and as the
//! audit left it (`checklist/lean.rs`), and both have to send the same bytes.
//!
//! Run with:
//!
//! ```sh
//! cargo run --release --example checklist hot          # where the time is
//! cargo run --release --features dhat-heap --example checklist profile
//! cargo run --release --example checklist              # what became of it
//! cargo test --example checklist                       # holds the budgets
//! ```
//!
//! Without an argument it prints:
//!
//! ```text
//! 10,959 records in 42 batches, 2,697,964 bytes; 42 lines rejected
//! 127.202.144.178    634 records
//! 127.218.83.174     558 records
//! 127.116.119.68     374 records
//!                          allocations       bytes        peak
//! before  as it was            252,674  19,028,065     208,252
//! after   after the audit          409     193,539     171,283  and 3 in `allow_alloc!`
//! time    1.3 times as long before as after (11 rounds)
//! ```

#[path = "checklist/lean.rs"]
mod lean;
// dhat has one profiler a process, and tests run side by side.
#[cfg(all(feature = "dhat-heap", not(test)))]
#[path = "support/places.rs"]
mod places;
#[path = "checklist/ship.rs"]
mod ship;
mod support;
#[cfg(test)]
#[path = "checklist/tests.rs"]
mod tests;
#[path = "checklist/usual.rs"]
mod usual;

use ship::{Report, Ship, Wire, ship};
use std::env;
use std::process::ExitCode;
use support::{compare, thousands};

const LOG: &str = include_str!("data/access.log");

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => outcome(),
        ["hot"] => hot(),
        ["profile"] => profile(),
        _ => Err("usage: checklist [hot | profile]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("checklist: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// The report, how many bytes were sent, and their sum.
type Shipped = Result<(Report, usize, u64), String>;

fn shipped<S: Ship>() -> Shipped {
    let mut wire = Wire::default();
    let (report, _) = ship::<S>(LOG, &mut wire)?;
    Ok((report, wire.bytes, wire.sum))
}

/// Step 1: the stages of the job, how often each is entered, and which share of the time it has.
fn hot() -> Result<(), String> {
    let (_, stages) = ship::<usual::Shipper>(LOG, &mut Wire::default())?;
    let all: f64 = stages.iter().map(|stage| stage.time.as_secs_f64()).sum();
    for (name, stage) in ["set up", "line", "send a batch", "report"].into_iter().zip(stages) {
        println!("{name:14} {:>7} calls", thousands(stage.calls));
        println!("time           {:>7.1} % of it all", 100.0 * stage.time.as_secs_f64() / all);
    }
    Ok(())
}

/// Step 5: both ways, and what they came to.
fn outcome() -> Result<(), String> {
    let (report, bytes, _) = shipped::<lean::Shipper>()?;
    let Report { records, batches, rejected, busiest } = &report;
    println!(
        "{} records in {batches} batches, {} bytes; {} lines rejected",
        thousands(*records),
        thousands(bytes as u64),
        rejected.len()
    );
    for (host, records) in busiest {
        println!("{host:15} {:>6} records", thousands(*records));
    }
    compare(("as it was", shipped::<usual::Shipper>), ("after the audit", shipped::<lean::Shipper>));
    Ok(())
}

/// Steps 2 and 4: the lines that allocate, in both ways.
#[cfg(all(feature = "dhat-heap", not(test)))]
fn profile() -> Result<(), String> {
    // What alloc-kit allocates at the first call of a budget is none of the job's.
    shipped::<lean::Shipper>()?;
    let folder = "examples/checklist/";
    places::print("as it was", folder, "dhat-heap.json", shipped::<usual::Shipper>)?;
    places::print("after the audit", folder, "dhat-heap-lean.json", shipped::<lean::Shipper>)
}

#[cfg(not(all(feature = "dhat-heap", not(test))))]
fn profile() -> Result<(), String> {
    Err("a profile wants `--features dhat-heap`".to_owned())
}
