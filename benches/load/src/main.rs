//! A service as people write it, on axum and tokio's threads, with a budget on every handler. The driver of `--bench load` builds it
//! in several ways, starts it, and writes a line to its standard input to have it take stock; it ends when that is closed.

mod handlers;
#[cfg(feature = "metered")]
mod meter;
mod plant;
mod seen;
mod state;
mod stock;

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;
use std::{env, panic};

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use state::State;

#[cfg(feature = "counting")]
alloc_kit::install!();

#[cfg(feature = "metered")]
#[global_allocator]
static GLOBAL: alloc_kit::CountingAlloc<meter::Metered> = alloc_kit::CountingAlloc::new(meter::Metered);

/// Threads of the runtime that poll.
const POLLING: usize = 2;
/// And that may block.
const BLOCKING: usize = 4;
/// More than any stretch between two marks frees of what was there before.
const KEPT: usize = 1 << 24;

fn main() {
    let state = State::new();
    let mut runtime = None;
    let mut more = true;
    while more {
        // Where a verdict is a panic, that on the stretch is one, too.
        let _ = panic::catch_unwind(panic::AssertUnwindSafe(|| stretch(&state, &mut runtime, &mut more)));
        stock::come_and_go(&state);
        stock::print();
    }
    if let Some(runtime) = runtime {
        runtime.shutdown_timeout(Duration::from_secs(2));
    }
}

/// From one mark to the next, the first time with the start of the service. It always keeps more than it may, so its verdict has
/// alloc-kit's figure of what all threads keep; the allocator below has another one.
#[cfg_attr(feature = "metered", alloc_kit::alloc_budget(live_bytes = 0, scope = process))]
fn stretch(state: &Arc<State>, runtime: &mut Option<Runtime>, more: &mut bool) -> Vec<u8> {
    stock::say_bytes("begins");
    runtime.get_or_insert_with(|| serve(state).expect("the service starts"));
    *more = stock::wait_for_a_mark();
    stock::settle();
    stock::say_bytes("ends");
    Vec::with_capacity(KEPT)
}

/// Starts the service, and says where it listens.
fn serve(state: &Arc<State>) -> io::Result<Runtime> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(POLLING)
        .max_blocking_threads(BLOCKING)
        .thread_keep_alive(Duration::from_secs(24 * 60 * 60))
        .enable_all()
        .build()?;
    // All of the threads that may block are there from the start, and their queue is as long as it will be: so what is
    // made for one request is always the same.
    let tasks: Vec<_> = (0..256).map(|_| runtime.spawn_blocking(stock::pause)).collect();
    for task in tasks {
        runtime.block_on(task)?;
    }
    let mut app = Router::new()
        .route("/health", get(handlers::health))
        .route("/echo", post(handlers::echo))
        .route("/items", get(handlers::items))
        .route("/user/{id}", get(handlers::user))
        .route("/refuse/{what}", get(handlers::refuse))
        .route("/render", get(handlers::render))
        .route("/slow/{milliseconds}", get(handlers::slow))
        .route("/join", get(handlers::join))
        .route("/digest/{rounds}", get(handlers::digest))
        .with_state(Arc::clone(state));
    if env::var_os("LOAD_SEEN").is_some() {
        app = app.layer(middleware::from_fn(seen::seen));
    }
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    println!("listens {}", listener.local_addr()?);
    io::stdout().flush()?;
    runtime.spawn(async move { axum::serve(listener, app).await });
    Ok(runtime)
}
