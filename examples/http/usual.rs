//! The same responses as most people write them: a request with a `String` for each header and a map of them, a body
//! of its own, lists of owned suggestions, and `format!`.

use crate::message::{HEADERS_MAX, Head, Parsed, Status, is_request_id, parse};
use crate::server::{Buffers, Handler, Step};
use crate::table::{Counted, LIMIT_DEFAULT, LIMIT_MAX, PATH_BYTES_MAX, Table, is_path, with_prefix};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct Usual {
    pub(crate) table: Arc<Table>,
}

#[derive(Debug)]
struct Request {
    method: String,
    path: String,
    query: HashMap<String, String>,
    /// By their names in lower case.
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Request {
    fn of(parsed: &crate::message::Request<'_, '_>) -> Self {
        let header = |header: &httparse::Header<'_>| {
            (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned())
        };
        let pair = |pair: &str| pair.split_once('=').map(|(key, value)| (key.to_string(), value.to_string()));
        // The first of a name holds, as in the other way.
        let mut headers = HashMap::new();
        for (name, value) in parsed.headers.iter().map(header) {
            headers.entry(name).or_insert(value);
        }
        Self {
            method: parsed.method.to_string(),
            path: parsed.path.to_string(),
            query: parsed.query.split('&').filter_map(pair).collect(),
            headers,
            body: parsed.body.to_vec(),
        }
    }
}

struct Suggestion {
    path: String,
    hits: u64,
}

struct Response {
    head: Head,
    body: String,
}

impl Response {
    fn plain(head: Head) -> Self {
        Self { head, body: format!("{}\n", head.status.line()) }
    }
}

impl Usual {
    fn answer(&self, request: &Request) -> Response {
        let answer = match (request.method.as_str(), request.path.as_str()) {
            ("GET" | "HEAD", "/suggest") => self.suggest(request),
            ("POST", "/hits") => self.hits(request),
            ("GET" | "HEAD", "/health") => Err(Status::Ok),
            (_, "/suggest" | "/health") => return Response::plain(Head::not_allowed("GET, HEAD")),
            (_, "/hits") => return Response::plain(Head::not_allowed("POST")),
            _ => Err(Status::NotFound),
        };
        match answer {
            Ok(body) => Response { head: Head::json(), body },
            Err(status) => Response::plain(Head::text(status)),
        }
    }

    fn suggest(&self, request: &Request) -> Result<String, Status> {
        let prefix = decode(request.query.get("q").ok_or(Status::BadRequest)?)?;
        let limit = match request.query.get("limit") {
            Some(limit) => limit.parse().map_err(|_| Status::BadRequest)?,
            None => LIMIT_DEFAULT,
        };
        if prefix.len() > PATH_BYTES_MAX || !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Status::BadRequest);
        }
        let mut suggestions: Vec<_> = {
            let paths = self.table.read();
            let mut found: Vec<_> =
                with_prefix(&paths, &prefix).iter().map(|known| (known.hits(), known)).collect();
            found.sort_by_key(|(hits, _)| Reverse(*hits));
            let owned = |(hits, known): (u64, &crate::table::Known)| Suggestion {
                path: known.path.to_string(),
                hits,
            };
            found.into_iter().take(limit).map(owned).collect()
        };
        let object = |suggestion: Suggestion| {
            let path = suggestion.path.replace('\\', "\\\\").replace('"', "\\\"");
            format!("{{\"path\":\"{path}\",\"hits\":{}}}", suggestion.hits)
        };
        let objects: Vec<_> = suggestions.drain(..).map(object).collect();
        Ok(format!("[{}]\n", objects.join(",")))
    }

    fn hits(&self, request: &Request) -> Result<String, Status> {
        let lines = String::from_utf8(request.body.clone()).map_err(|_| Status::BadRequest)?;
        let paths: Vec<String> = lines.lines().filter(|line| !line.is_empty()).map(str::to_string).collect();
        if !paths.iter().all(|path| is_path(path)) {
            return Err(Status::BadRequest);
        }
        let mut new = 0;
        for path in &paths {
            match self.table.count(path) {
                Counted::Known => {}
                Counted::New => new += 1,
                Counted::NoRoom => return Err(Status::Full),
            }
        }
        Ok(format!("{{\"counted\":{},\"new\":{new}}}\n", paths.len()))
    }
}

impl Handler for Usual {
    type Held = Box<Buffers>;

    fn buffers(&self) -> Option<Self::Held> {
        Some(Box::default())
    }

    fn respond(&self, buffers: &mut Buffers) -> Step {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let parsed = match parse(&buffers.input[buffers.taken..], &mut headers) {
            Parsed::Request(parsed) => parsed,
            Parsed::Partial { wants_continue } => return Step::Partial { wants_continue },
            Parsed::Refused(status) => {
                Head::text(status).write_alone(&mut buffers.output, false);
                return Step::Refused;
            }
        };
        let (keep_alive, bytes) = (parsed.keep_alive, parsed.bytes);
        let request = Request::of(&parsed);
        let Response { head, body } = self.answer(&request);
        let connection = if keep_alive { "keep-alive" } else { "close" };
        let allow = head.allow.map(|methods| format!("Allow: {methods}\r\n")).unwrap_or_default();
        let id = request.headers.get("x-request-id").filter(|id| is_request_id(id.as_bytes()));
        let id = id.map(|id| format!("X-Request-Id: {id}\r\n")).unwrap_or_default();
        let mut response = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{allow}{id}Connection: {connection}\r\n\r\n",
            head.status.line(),
            head.content_type,
            body.len(),
        );
        if request.method != "HEAD" {
            response += &body;
        }
        buffers.output.extend_from_slice(response.as_bytes());
        buffers.taken += bytes;
        Step::Answered { keep_alive }
    }
}

fn decode(value: &str) -> Result<String, Status> {
    let mut decoded = Vec::new();
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits: String =
                    [bytes.next(), bytes.next()].into_iter().flatten().map(char::from).collect();
                let number = u8::from_str_radix(&digits, 16)
                    .ok()
                    .filter(|_| digits.len() == 2 && !digits.starts_with('+'));
                number.ok_or(Status::BadRequest)?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).map_err(|_| Status::BadRequest)
}
