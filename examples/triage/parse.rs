//! One line of an access log, taken apart without a copy: every field borrows from the line.
//!
//! The format is *combined*: `client identity user [time] "request" status bytes "referer" "agent"`, after which
//! anything may follow; a number at the very end is the request time in seconds. Quotes within a field are escaped,
//! as `\x22` (nginx) or `\"` (Apache).

use alloc_kit::no_alloc;
use std::fmt;
use std::time::Duration;

/// Stands for the path of a request that has none: a TLS hello, garbage, or nothing at all.
pub(crate) const BROKEN_REQUEST: &str = "(broken request)";

/// What the tables need of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    pub(crate) client: &'a str,
    /// Without the query string.
    pub(crate) path: &'a str,
    pub(crate) status: u16,
    pub(crate) bytes: u64,
    pub(crate) time: Option<Duration>,
}

/// Why a line was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    Empty,
    Time,
    Client,
    Request,
    Status,
    Bytes,
    Referer,
    Agent,
    Tail,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "it is empty",
            Self::Time => "no [time] before the request",
            Self::Client => "no client, identity and user before the time",
            Self::Request => "the request has no closing quote",
            Self::Status => "the status is not three digits",
            Self::Bytes => "the bytes are neither a number nor `-`",
            Self::Referer => "no quoted referer after the bytes",
            Self::Agent => "no quoted user agent after the referer",
            Self::Tail => "a quote after the user agent is not closed",
        })
    }
}

/// Takes a line apart, with or without its line ending.
#[no_alloc]
pub(crate) fn parse_line(line: &str) -> Result<Entry<'_>, Malformed> {
    let line = line.trim_end();
    if line.is_empty() {
        return Err(Malformed::Empty);
    }
    let mut pieces = Pieces { rest: Some(line) };
    let client = client(pieces.next().ok_or(Malformed::Empty)?)?;
    // A piece between quotes is whole only where another one follows it.
    let (Some(request), Some(numbers)) = (pieces.next(), pieces.next()) else {
        return Err(Malformed::Request);
    };
    let mut numbers = numbers.split_ascii_whitespace();
    let status = numbers.next().and_then(status).ok_or(Malformed::Status)?;
    let bytes = numbers.next().and_then(bytes).ok_or(Malformed::Bytes)?;
    let (Some(_referer), Some(_)) = (pieces.next(), pieces.next()) else { return Err(Malformed::Referer) };
    let (Some(_agent), Some(mut tail)) = (pieces.next(), pieces.next()) else { return Err(Malformed::Agent) };
    while let Some(_quoted) = pieces.next() {
        tail = pieces.next().ok_or(Malformed::Tail)?;
    }
    let time = tail.split_ascii_whitespace().next_back().and_then(seconds);
    Ok(Entry { client, path: path(request), status, bytes, time })
}

/// What lies before, between and after a line's quotes, in turn.
struct Pieces<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        let mut from = 0;
        while let Some(found) = text[from..].find('"') {
            let quote = from + found;
            let backslashes =
                text.as_bytes()[..quote].iter().rev().take_while(|&&byte| byte == b'\\').count();
            if backslashes % 2 == 0 {
                self.rest = Some(&text[quote + 1..]);
                return Some(&text[..quote]);
            }
            from = quote + 1;
        }
        self.rest = None;
        Some(text)
    }
}

/// The client of `client identity user [time] `. A user name may hold spaces.
fn client(head: &str) -> Result<&str, Malformed> {
    let (who, _time) =
        head.strip_suffix("] ").and_then(|head| head.rsplit_once('[')).ok_or(Malformed::Time)?;
    let who = who.strip_suffix(' ').ok_or(Malformed::Time)?;
    match who.split_once(' ') {
        Some((client, names)) if !client.is_empty() && names.contains(' ') => Ok(client),
        _ => Err(Malformed::Client),
    }
}

/// The path of `METHOD target HTTP/1.1`, where the target may hold spaces and HTTP/0.9 has no version.
fn path(request: &str) -> &str {
    let Some((method, target)) = request.split_once(' ') else { return BROKEN_REQUEST };
    let target = match target.rfind(' ') {
        Some(space) if target[space..].starts_with(" HTTP/") => &target[..space],
        _ => target,
    };
    let is_method =
        !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
    let is_target = target.starts_with('/') || target == "*" || target.contains("://");
    if !is_method || !is_target {
        return BROKEN_REQUEST;
    }
    match target.find('?') {
        Some(query) => &target[..query],
        None => target,
    }
}

fn status(text: &str) -> Option<u16> {
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Apache writes `-` where nothing was sent.
fn bytes(text: &str) -> Option<u64> {
    if text == "-" { Some(0) } else { text.parse().ok() }
}

/// `-`, words and what no `Duration` holds are no time.
fn seconds(text: &str) -> Option<Duration> {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}
