//! An HTTP/1.1 server on tokio that allocates nothing for a request: it suggests paths for what was typed so far, and counts
//! how often each is asked for. The same service as most people write it (`http/usual.rs`) makes some sixty allocations a request: a
//! `String` for each header, a map of them, `format!` for each part of the response. Under budgets (`http/lean.rs`) a request borrows
//! from what was read, and the buffers are those of a connection, from a `Pool`. Both run under the same load, over loopback.
//!
//! Run with:
//!
//! ```sh
//! cargo run --release --example http                    # both ways, and what each cost
//! cargo run --release --example http serve lean         # to be asked: curl 'http://127.0.0.1:8080/suggest?q=/api&limit=3'
//! cargo test --example http                             # holds the budgets under the load
//! ```
//!
//! It prints
//!
//! ```text
//! the handler alone, for 10,000 requests
//!                allocations       bytes        peak
//! before  usual      647,978  68,851,156      17,352
//! after   lean             0           0           0
//! time    2.6 times as long before as after (9 rounds)
//!
//! over loopback, 8 connections: server, clients and tokio together
//! before  usual           65 allocations a request
//! after   lean   none at all, in 10,000 requests
//!         on two threads: none, since `#[no_alloc(scope = process)]` held
//! time    1.3 times as long usual as lean: 22 us a request, and 17 us
//!
//! a connection for each request, 100 of them
//! before  usual           20 allocations a connection
//! after   lean             7: tokio's 6, and the client's buffer
//! ```
//!
//! Of a request over loopback most is the kernel's work, on both sides. The clients of that load (`http/load.rs`) are the example's own,
//! since a budget of the process counts them, too. A client that others wrote, ureq, makes 10,000 requests in `http/tests_client.rs`.
//!
//! `http/message.rs` says where a request ends, and `http/server.rs` what a connection may do, and what tokio allocates for it.

#[path = "http/compare.rs"]
mod compare;
#[path = "http/lean.rs"]
mod lean;
#[path = "http/load.rs"]
mod load;
#[path = "http/message.rs"]
mod message;
#[path = "http/server.rs"]
mod server;
mod support;
#[path = "http/table.rs"]
mod table;
#[cfg(test)]
#[path = "http/tests.rs"]
mod tests;
#[cfg(test)]
#[path = "http/tests_client.rs"]
mod tests_client;
#[cfg(test)]
#[path = "http/tests_connections.rs"]
mod tests_connections;
#[cfg(test)]
#[path = "http/tests_responses.rs"]
mod tests_responses;
#[path = "http/usual.rs"]
mod usual;

use lean::Lean;
use server::{Handler, Terms, serve};
use std::env;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use table::Table;
use tokio::net::TcpListener;
use tokio::sync::watch;
use usual::Usual;

/// A log that nginx wrote, of traffic that is made up: its paths are what is suggested, and asked for.
const LOG: &str = include_str!("data/access.log");

const USAGE: &str = "\
usage: http [serve lean|usual [ADDRESS]]

Without arguments it runs both ways under a load of 10,000 requests, and says what each cost. `serve` serves one of them
at ADDRESS (127.0.0.1:8080) until it is interrupted:

  GET  /suggest?q=PREFIX&limit=N   the paths that begin so, most hits first, as JSON
  POST /hits                       counts the paths in the body, one a line
  GET  /health";

fn main() -> ExitCode {
    let arguments: Vec<String> =
        env::args_os().skip(1).map(|argument| argument.display().to_string()).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match parse_arguments(&arguments) {
        Ok(Command::Help) => writeln!(io::stdout(), "{USAGE}"),
        Ok(Command::Compare) => compare::compare(LOG, &mut io::stdout().lock()),
        Ok(Command::Serve { lean, address }) => serve_at(lean, address),
        Err(problem) => {
            eprintln!("http: {problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Who reads our output, `head` for one, has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("http: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Command {
    Help,
    Compare,
    Serve { lean: bool, address: SocketAddr },
}

fn parse_arguments(arguments: &[&str]) -> Result<Command, String> {
    let (way, address) = match *arguments {
        [] => return Ok(Command::Compare),
        ["-h" | "--help"] => return Ok(Command::Help),
        ["serve", way] => (way, "127.0.0.1:8080"),
        ["serve", way, address] => (way, address),
        _ => return Err(format!("not understood: `{}`", arguments.join(" "))),
    };
    let lean = match way {
        "lean" => true,
        "usual" => false,
        _ => return Err(format!("`{way}` is neither `lean` nor `usual`")),
    };
    let address = address.parse().map_err(|_| format!("`{address}` is no address such as 127.0.0.1:8080"))?;
    Ok(Command::Serve { lean, address })
}

/// Serves until it is interrupted.
fn serve_at(lean: bool, address: SocketAddr) -> io::Result<()> {
    let table = Arc::new(Table::of_log(LOG));
    let runtime = tokio::runtime::Runtime::new()?;
    if lean {
        runtime.block_on(until_interrupted(Arc::new(Lean::new(table, compare::MAX_CONNECTIONS)), address))
    } else {
        runtime.block_on(until_interrupted(Arc::new(Usual { table }), address))
    }
}

async fn until_interrupted<H: Handler>(handler: Arc<H>, address: SocketAddr) -> io::Result<()> {
    let refused =
        |error: io::Error| io::Error::new(error.kind(), format!("cannot listen at {address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let (stop, stopped) = watch::channel(false);
    let server =
        tokio::spawn(serve(listener, handler, Terms { patience: Duration::from_secs(10), stop: stopped }));
    eprintln!("http: serving at http://{address}");
    tokio::signal::ctrl_c().await?;
    eprintln!("http: interrupted; what is being answered is answered first");
    stop.send_replace(true);
    server.await.map_err(io::Error::other)
}
