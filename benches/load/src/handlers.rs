//! The handlers, each with a budget that it uses up to the last allocation or byte, so that one more is a verdict.
//!
//! What a handler makes without anything planted is in the driver's table of routes, counted by reading: with what a budget allows
//! it gives the numbers that a verdict has to have. All of it is written as for a service without budgets; a handler returns what
//! axum makes a response of, which is then no longer the handler's.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Json, Path, Query, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use tokio::{task, time};

use crate::plant::Over;
use crate::state::{State, write_rows};

/// Lets something pass that a budget is not about.
#[cfg(feature = "budgets")]
macro_rules! let_pass {
    ($why:literal, $what:expr) => {
        alloc_kit::allow_alloc!($why, $what)
    };
}
#[cfg(not(feature = "budgets"))]
macro_rules! let_pass {
    ($why:literal, $what:expr) => {
        $what
    };
}

/// A fixed text.
#[cfg_attr(feature = "budgets", alloc_kit::no_alloc)]
pub(crate) async fn health(over: Over) -> &'static str {
    over.plant();
    "up\n"
}

/// What is sent and comes back.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Message {
    id: u64,
    text: String,
    tags: Vec<String>,
}

/// Says a message again.
#[cfg_attr(feature = "budgets", alloc_kit::alloc_budget(1, bytes = 256))]
pub(crate) async fn echo(over: Over, Json(message): Json<Message>) -> impl IntoResponse {
    let mut body = Vec::with_capacity(256);
    serde_json::to_writer(&mut body, &message).expect("a vector takes all");
    over.plant();
    ([(header::CONTENT_TYPE, "application/json")], body)
}

/// How much to list.
#[derive(Debug, Deserialize)]
pub(crate) struct Limit {
    limit: usize,
}

/// An item, as it is listed.
#[derive(Debug, Serialize)]
struct Listed {
    id: usize,
    name: String,
}

/// The first items: a list, a name each, and a body.
#[cfg_attr(feature = "budgets", alloc_kit::alloc_budget(query.0.limit + 2))]
pub(crate) async fn items(
    over: Over,
    Shared(state): Shared<Arc<State>>,
    query: Query<Limit>,
) -> impl IntoResponse {
    let items = state.items.iter().take(query.limit).enumerate();
    let mut list = Vec::with_capacity(query.limit);
    list.extend(items.map(|(id, name)| Listed { id, name: name.clone() }));
    let mut body = Vec::with_capacity(1024);
    serde_json::to_writer(&mut body, &list).expect("a vector takes all");
    over.plant();
    ([(header::CONTENT_TYPE, "application/json")], body)
}

/// How a user is shown.
#[derive(Debug, Deserialize)]
pub(crate) struct Shown {
    #[serde(default)]
    upper: bool,
}

/// A user's name, or that there is none: the error leaves by `?`, having allocated less.
#[cfg_attr(feature = "budgets", alloc_kit::alloc_budget(1, live_bytes = 16))]
pub(crate) async fn user(
    over: Over,
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<usize>,
    Query(shown): Query<Shown>,
) -> Result<String, StatusCode> {
    let user = state.user(id).ok_or(StatusCode::NOT_FOUND)?;
    let mut name = user.name.clone();
    if shown.upper {
        name.make_ascii_uppercase();
    }
    over.plant();
    Ok(name)
}

/// Always an error, with a line for a log that nobody keeps.
#[cfg_attr(feature = "budgets", alloc_kit::no_alloc)]
pub(crate) async fn refuse(over: Over, Path(what): Path<u32>) -> Result<(), (StatusCode, &'static str)> {
    let_pass!("a line for the log", drop(black_box(format!("refused {what}"))));
    over.plant();
    Err((StatusCode::UNPROCESSABLE_ENTITY, "never\n"))
}

/// A table that is written into a buffer of the pool and copied from there: 16 bytes a row.
#[cfg_attr(feature = "budgets", alloc_kit::alloc_budget(peak_bytes = 16 * query.0.limit))]
pub(crate) async fn render(over: Over, Shared(state): Shared<Arc<State>>, query: Query<Limit>) -> Bytes {
    state.with_buffer(|buffer| {
        write_rows(buffer, query.limit);
        let table = Bytes::copy_from_slice(buffer.as_bytes());
        over.plant();
        table
    })
}

/// Waits as for a database, with something kept before and something made after.
#[cfg_attr(feature = "budgets", alloc_kit::alloc_budget(2))]
pub(crate) async fn slow(over: Over, Path(milliseconds): Path<u64>) -> String {
    let mut text = String::with_capacity(32);
    text.push_str("asked; ");
    time::sleep(Duration::from_millis(milliseconds)).await;
    let answer = String::from("answered\n");
    time::sleep(Duration::from_millis(milliseconds)).await;
    text.push_str(&answer);
    over.plant();
    text
}

/// Has a part done by a task of its own, which is attached: the task, and what it makes.
#[cfg_attr(feature = "budgets", alloc_kit::alloc_budget(2))]
pub(crate) async fn join(over: Over) -> Result<String, StatusCode> {
    let work = async move {
        let answer = String::from("done elsewhere\n");
        over.plant();
        answer
    };
    #[cfg(feature = "budgets")]
    let work = alloc_kit::Handle::current().attach_future(work);
    tokio::spawn(work).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// Has a sum made by a thread that may block, which is attached: what tokio makes for it, and nothing else.
#[cfg_attr(feature = "budgets", alloc_kit::alloc_budget(1))]
pub(crate) async fn digest(over: Over, Path(rounds): Path<u64>) -> Result<&'static str, StatusCode> {
    #[cfg(feature = "budgets")]
    let handle = alloc_kit::Handle::current();
    let sum = move || {
        let prime = 0x100_0000_01b3;
        let sum = (0..rounds).fold(0xcbf2_9ce4_8422_2325_u64, |sum, next| (sum ^ next).wrapping_mul(prime));
        over.plant();
        sum
    };
    #[cfg(feature = "budgets")]
    let sum = move || handle.attach(sum);
    let sum = task::spawn_blocking(sum).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(if sum % 2 == 0 { "even\n" } else { "odd\n" })
}
