//! Allocations that are planted: a request with the header `x-over: k` makes its handler allocate `k` times more.

use std::convert::Infallible;
use std::hint::black_box;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// The most that is planted at once.
const MOST: usize = 8;
/// What a planted allocation asks for. The driver knows it, too.
const BYTES: usize = 32;

/// How many allocations a request asks for beyond what its handler makes. They are made where the handler calls
/// [`plant`](Self::plant), and are there all at the same time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Over(usize);

impl<S: Sync> FromRequestParts<S> for Over {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get("x-over").and_then(|value| value.to_str().ok()?.parse().ok());
        Ok(Over(header.unwrap_or(0).min(MOST)))
    }
}

impl Over {
    /// Makes them.
    #[inline]
    pub(crate) fn plant(self) {
        if self.0 > 0 {
            allocate(self.0);
        }
    }
}

#[cold]
#[inline(never)]
fn allocate(times: usize) {
    let mut held: [Option<Box<[u8; BYTES]>>; MOST] = [const { None }; MOST];
    for place in &mut held[..times] {
        *place = Some(black_box(Box::new([0; BYTES])));
    }
    black_box(&held);
}
