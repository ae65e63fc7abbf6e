//! Where the sample's events come from: each line of the access log in examples/data/ becomes the line of JSON that a server
//! which logs so would have written. It is done before anything is counted.

use serde::Serialize;
use std::borrow::Cow;

#[derive(Serialize)]
struct Event<'a> {
    at: &'a str,
    kind: &'a str,
    client: &'a str,
    user: Option<Cow<'a, str>>,
    path: Cow<'a, str>,
    status: u16,
    bytes: u64,
    ms: u64,
    agent: Cow<'a, str>,
}

/// A log in nginx's combined format, with the request time behind it, as lines of JSON. Lines in other formats are left out.
pub(crate) fn from_log(log: &str) -> serde_json::Result<Vec<u8>> {
    let mut lines = Vec::with_capacity(2 * log.len());
    for event in log.lines().filter_map(event) {
        serde_json::to_writer(&mut lines, &event)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

fn event(line: &str) -> Option<Event<'_>> {
    // nginx writes quotes in a field as `\x22`, so that those which are there are the fields'.
    let mut parts = line.split('"');
    let (who, request, numbers) = (parts.next()?, parts.next()?, parts.next()?);
    let (_referer, _, agent, seconds) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let (who, at) = who.trim_end().strip_suffix(']')?.split_once(" [")?;
    let (client, user) = who.split_once(" - ")?;
    let (status, bytes) = numbers.trim().split_once(' ')?;
    let status = status.parse().ok()?;
    let seconds: f64 = seconds.trim().parse().ok()?;
    Some(Event {
        at,
        kind: match status {
            499 => "gone",
            500.. => "failed",
            400.. => "refused",
            _ => "served",
        },
        client,
        user: (user != "-").then(|| unescape(user)),
        // What is no request, such as a TLS hello, is its own path.
        path: unescape(request.split(' ').nth(1).unwrap_or(request)),
        status,
        bytes: bytes.parse().ok()?,
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
        ms: (1000.0 * seconds).round() as u64,
        agent: unescape(agent),
    })
}

/// A field without nginx's escapes, of which `\x22` and the like are all that there are.
fn unescape(field: &str) -> Cow<'_, str> {
    let mut parts = field.split("\\x");
    let begin = parts.next().unwrap_or_default();
    if begin.len() == field.len() {
        return field.into();
    }
    let mut bytes = begin.as_bytes().to_vec();
    for part in parts {
        match part.split_at_checked(2).and_then(|(hex, rest)| Some((u8::from_str_radix(hex, 16).ok()?, rest)))
        {
            Some((byte, rest)) => {
                bytes.push(byte);
                bytes.extend_from_slice(rest.as_bytes());
            }
            None => bytes.extend_from_slice(part.as_bytes()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned().into()
}
