//! A service under load: axum on tokio's threads, a budget on every handler, and wrk asking for all of them at once.
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench load -- --minutes 10`, or after `--`:
//! `--check` (half a minute, what CI runs), `--panics` (of these only the second mode), `--ratio` (throughput, latency and instructions, with alloc-kit and without), and with it
//! `--rounds 10`, `--seconds 4`, `--markdown`.
//!
//! **Verdicts and memory.** The service (`load/src`) uses each budget up to its last allocation, so one more is a verdict. wrk asks by
//! turns for all routes, and each 500th request plants 1 to 5 allocations in a handler. Every verdict is read from standard error, and the
//! verdicts have to be those that were planted: as many for each handler and number, with the figures that `load/driver/routes.rs` says,
//! at the line that planted. That in the mode `warn`, and then in the one that panics, where each is an answer 500, and where the report's
//! calls have to be the requests. What wrk has asked, what the service has seen and what wrk was answered has to be the same. Between two
//! stretches of load, when nothing goes on, an allocator below alloc-kit's says what is in use; less what alloc-kit counted
//! that is alloc-kit's own, and must not grow once the first stretch is over.
//!
//! **Throughput.** The same source without alloc-kit, with its attributes off, with counting alone, and with budgets judged: in each round
//! all of them by turns, so that a ratio is of what ran side by side.

#[path = "load/driver/client.rs"]
mod client;
#[path = "load/driver/figures.rs"]
mod figures;
#[path = "load/driver/generator.rs"]
mod generator;
#[path = "load/driver/load_options.rs"]
mod load_options;
#[path = "load/driver/phase.rs"]
mod phase;
#[path = "load/driver/ratio.rs"]
mod ratio;
#[path = "load/driver/routes.rs"]
mod routes;
#[path = "load/driver/service.rs"]
mod service;
mod support;
#[path = "load/driver/verdicts.rs"]
mod verdicts;

use std::process::ExitCode;

use load_options::{Job, Options};
use support::{Result, machine};

fn main() -> ExitCode {
    support::end(run())
}

fn run() -> Result<()> {
    let options = Options::from_args(std::env::args().skip(1))?;
    if !generator::is_installed() {
        // Where it can be had, `.ci/run` has installed it.
        eprintln!("not tested: there is no wrk");
        return Ok(());
    }
    let load = machine::load();
    match options.job {
        Job::Held(seconds) => phase::hold(seconds, &options)?,
        Job::Ratio => ratio::print(&options)?,
    }
    println!();
    println!("{}", machine::describe());
    println!("load average: {load} at the start, {} at the end", machine::load());
    Ok(())
}
