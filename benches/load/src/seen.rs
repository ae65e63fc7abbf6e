//! What the service has seen itself, for a comparison with what the generator and alloc-kit say: answers by route and status, and
//! requests with something planted. A layer round the handlers, added where the driver asks for it; a handler that panics is a 500.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

/// The first part of each route's path.
pub(crate) const ROUTES: [&str; 9] =
    ["health", "echo", "items", "user", "refuse", "render", "slow", "join", "digest"];
const STATUSES: [u16; 5] = [200, 404, 422, 500, 0];
/// Each number that can be planted, and none.
const PLANTED: usize = 9;

static ANSWERS: [[AtomicU64; STATUSES.len()]; ROUTES.len() + 1] =
    [const { [const { AtomicU64::new(0) }; STATUSES.len()] }; ROUTES.len() + 1];
static REQUESTS: [[AtomicU64; PLANTED]; ROUTES.len() + 1] =
    [const { [const { AtomicU64::new(0) }; PLANTED] }; ROUTES.len() + 1];

/// Counts a request and its answer.
pub(crate) async fn seen(request: Request, next: Next) -> Response {
    let first = request.uri().path().split('/').nth(1).unwrap_or_default();
    let route = ROUTES.iter().position(|route| *route == first).unwrap_or(ROUTES.len());
    let over = request.headers().get("x-over").and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    REQUESTS[route][over.unwrap_or(0).min(PLANTED - 1)].fetch_add(1, Ordering::Relaxed);
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let answer = answer.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
    let status = STATUSES.iter().position(|status| *status == answer.status().as_u16());
    ANSWERS[route][status.unwrap_or(STATUSES.len() - 1)].fetch_add(1, Ordering::Relaxed);
    answer
}

/// Prints all that is not zero, a line each.
pub(crate) fn print() {
    let known = ROUTES.iter().chain([&"other"]);
    for (route, (answers, requests)) in known.zip(ANSWERS.iter().zip(&REQUESTS)) {
        for (status, times) in STATUSES.iter().zip(answers) {
            print_one("answers", route, *status, times);
        }
        for (over, times) in (0..).zip(requests) {
            print_one("requests", route, over, times);
        }
    }
}

fn print_one(what: &str, route: &str, key: u16, times: &AtomicU64) {
    let times = times.load(Ordering::Relaxed);
    if times > 0 {
        println!("{what} {route} {key} {times}");
    }
}
