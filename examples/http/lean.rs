//! Requests under a budget of no allocation: a request borrows from what was read, a query is decoded in place, and the
//! response is written into buffers that the connection has on lease.

use crate::message::{HEADERS_MAX, Head, Parsed, Request, Status, parse};
use crate::server::{BUFFERS, Buffers, Handler, Step};
use crate::table::{
    Counted, LIMIT_DEFAULT, LIMIT_MAX, PATH_BYTES_MAX, Table, is_path, most_hits, with_prefix,
};
use alloc_kit::{ArcLease, ArrayVec, Pool, no_alloc};
use std::fmt::Write;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct Lean {
    table: Arc<Table>,
    /// One for each connection that there may be: what comes from it was used by one before.
    pool: Arc<Pool<Buffers>>,
}

impl Lean {
    pub(crate) fn new(table: Arc<Table>, max_connections: usize) -> Self {
        let pool = Pool::with(Buffers::new).max_values(max_connections).max_bytes(BUFFERS);
        // Connections move from thread to thread: no thread gets buffers of its own.
        Self { table, pool: Arc::new(pool.own_values(0)) }
    }

    #[cfg(test)]
    pub(crate) fn pool_stats(&self) -> alloc_kit::PoolStats {
        self.pool.stats()
    }

    /// Routes a request and writes the body of the response.
    fn answer(&self, request: &Request<'_, '_>, body: &mut String) -> Head {
        match (request.method, request.path) {
            ("GET" | "HEAD", "/suggest") => self.suggest(request.query, body).unwrap_or_else(Head::text),
            ("POST", "/hits") => self.hits(request.body, body).unwrap_or_else(Head::text),
            ("GET" | "HEAD", "/health") => Head::text(Status::Ok),
            (_, "/suggest" | "/health") => Head::not_allowed("GET, HEAD"),
            (_, "/hits") => Head::not_allowed("POST"),
            _ => Head::text(Status::NotFound),
        }
    }

    /// `GET /suggest?q=PREFIX&limit=N`
    fn suggest(&self, query: &str, body: &mut String) -> Result<Head, Status> {
        let (mut prefix, mut limit) = (Err(Status::BadRequest), Ok(LIMIT_DEFAULT));
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match key {
                "q" => prefix = decode(value),
                "limit" => limit = value.parse().map_err(|_| Status::BadRequest),
                _ => {}
            }
        }
        let (prefix, limit) = (prefix?, limit?);
        let prefix = str::from_utf8(&prefix).map_err(|_| Status::BadRequest)?;
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Status::BadRequest);
        }
        let paths = self.table.read();
        body.push('[');
        for (at, (path, hits)) in most_hits(with_prefix(&paths, prefix), limit).into_iter().enumerate() {
            body.push_str(if at == 0 { "{\"path\":\"" } else { ",{\"path\":\"" });
            escape(path, body);
            write!(body, "\",\"hits\":{hits}}}").expect("a `String` takes everything");
        }
        body.push_str("]\n");
        Ok(Head::json())
    }

    /// `POST /hits`, a path a line. All or none of them are counted, unless the table is full.
    fn hits(&self, lines: &[u8], body: &mut String) -> Result<Head, Status> {
        let lines = str::from_utf8(lines).map_err(|_| Status::BadRequest)?;
        let paths = || lines.lines().filter(|line| !line.is_empty());
        if !paths().all(is_path) {
            return Err(Status::BadRequest);
        }
        let (mut counted, mut new) = (0, 0);
        for path in paths() {
            match self.table.count(path) {
                Counted::Known => {}
                Counted::New => new += 1,
                Counted::NoRoom => return Err(Status::Full),
            }
            counted += 1;
        }
        writeln!(body, "{{\"counted\":{counted},\"new\":{new}}}").expect("a `String` takes everything");
        Ok(Head::json())
    }
}

impl Handler for Lean {
    type Held = ArcLease<Buffers>;

    fn buffers(&self) -> Option<Self::Held> {
        self.pool.try_lease_arc().ok()
    }

    #[no_alloc]
    fn respond(&self, buffers: &mut Buffers) -> Step {
        let Buffers { input, taken, body, output } = buffers;
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let request = match parse(&input[*taken..], &mut headers) {
            Parsed::Request(request) => request,
            Parsed::Partial { wants_continue } => return Step::Partial { wants_continue },
            Parsed::Refused(status) => {
                Head::text(status).write_alone(output, false);
                return Step::Refused;
            }
        };
        *taken += request.bytes;
        body.clear();
        let head = self.answer(&request, body);
        if head.status != Status::Ok || body.is_empty() {
            body.clear();
            body.push_str(head.status.line());
            body.push('\n');
        }
        head.write(output, body.len(), request.keep_alive, request.id());
        if request.method != "HEAD" {
            output.extend_from_slice(body.as_bytes());
        }
        Step::Answered { keep_alive: request.keep_alive }
    }
}

/// A value of a query, decoded: longer than a path it is of no use.
fn decode(value: &str) -> Result<ArrayVec<u8, PATH_BYTES_MAX>, Status> {
    let mut decoded = ArrayVec::new();
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                let (high, low) = digit().zip(digit()).ok_or(Status::BadRequest)?;
                u8::try_from(16 * high + low).map_err(|_| Status::BadRequest)?
            }
            byte => byte,
        };
        decoded.try_push(byte).map_err(|_| Status::BadRequest)?;
    }
    Ok(decoded)
}

/// Appends a text as the inside of a JSON string. Paths have no control characters.
fn escape(text: &str, body: &mut String) {
    for part in text.split_inclusive(['"', '\\']) {
        let plain = part.strip_suffix(['"', '\\']).unwrap_or(part);
        body.push_str(plain);
        if plain.len() < part.len() {
            body.push('\\');
            body.push_str(&part[plain.len()..]);
        }
    }
}
