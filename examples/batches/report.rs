//! What a batch and the whole job come to: the JSON, of which only length and hash are kept, and figures of each client.

use crate::line::Line;
use std::collections::HashMap;
use std::ops::AddAssign;

/// A batch's JSON, as if it had been written somewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) malformed: u64,
    pub(crate) bytes: u64,
    pub(crate) hash: u64,
}

impl Written {
    pub(crate) fn new(json: &str, malformed: u64) -> Self {
        let fnv = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        let hash = json.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
        Self { malformed, bytes: json.len() as u64, hash }
    }
}

/// Of the batches in their order, whichever was done first.
impl AddAssign for Written {
    fn add_assign(&mut self, next: Self) {
        self.malformed += next.malformed;
        self.bytes += next.bytes;
        self.hash = self.hash.rotate_left(1) ^ next.hash;
    }
}

/// Of a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stats {
    pub(crate) requests: u64,
    pub(crate) errors: u64,
    pub(crate) bytes: u64,
}

impl Stats {
    pub(crate) fn of(line: &Line<'_>) -> Self {
        Self { requests: 1, errors: u64::from(line.status >= 400), bytes: line.bytes }
    }
}

impl AddAssign for Stats {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.errors += other.errors;
        self.bytes += other.bytes;
    }
}

pub(crate) type Clients = HashMap<Box<str>, Stats>;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) written: Written,
    pub(crate) clients: Clients,
}

impl Report {
    /// The client with the most requests.
    pub(crate) fn busiest(&self) -> Option<(&str, Stats)> {
        let clients = self.clients.iter().map(|(client, stats)| (&**client, *stats));
        clients.max_by(|(one, a), (other, b)| (a.requests, other).cmp(&(b.requests, one)))
    }
}
