//! HTTP/1.1 messages: one request out of the bytes that were read so far, within limits, and the head of a response.
//!
//! A request borrows from the bytes. What is not clear about where it ends is refused, and ends the connection: whoever stands
//! in front of this server might read the rest in another way.

use alloc_kit::no_alloc;
use httparse::{Error, Header};
use std::fmt;
use std::io::Write;

/// The request line and the headers, in bytes.
pub(crate) const HEAD_MAX: usize = 8 * 1024;
pub(crate) const BODY_MAX: usize = 16 * 1024;
pub(crate) const HEADERS_MAX: usize = 32;

pub(crate) const JSON: &str = "application/json";
pub(crate) const TEXT: &str = "text/plain";

/// Those that this server gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Ok,
    BadRequest,
    NotFound,
    MethodNotAllowed,
    Timeout,
    BodyTooLarge,
    UriTooLong,
    HeadTooLarge,
    NotImplemented,
    Busy,
    Full,
}

impl Status {
    pub(crate) const fn line(self) -> &'static str {
        match self {
            Self::Ok => "200 OK",
            Self::BadRequest => "400 Bad Request",
            Self::NotFound => "404 Not Found",
            Self::MethodNotAllowed => "405 Method Not Allowed",
            Self::Timeout => "408 Request Timeout",
            Self::BodyTooLarge => "413 Content Too Large",
            Self::UriTooLong => "414 URI Too Long",
            Self::HeadTooLarge => "431 Request Header Fields Too Large",
            Self::NotImplemented => "501 Not Implemented",
            Self::Busy => "503 Service Unavailable",
            Self::Full => "507 Insufficient Storage",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Request<'a, 'h> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// What is after the `?`, as it came.
    pub(crate) query: &'a str,
    pub(crate) headers: &'h [Header<'a>],
    pub(crate) body: &'a [u8],
    pub(crate) keep_alive: bool,
    /// How many bytes of the input it took.
    pub(crate) bytes: usize,
}

impl Request<'_, '_> {
    /// The client's name for the request, which it gets back.
    pub(crate) fn id(&self) -> Option<&str> {
        let header = self.headers.iter().find(|header| header.name.eq_ignore_ascii_case("x-request-id"))?;
        is_request_id(header.value).then(|| str::from_utf8(header.value).ok())?
    }
}

#[derive(Debug)]
pub(crate) enum Parsed<'a, 'h> {
    Request(Request<'a, 'h>),
    /// More has to be read first. Some clients send a body only when they are told to.
    Partial {
        wants_continue: bool,
    },
    Refused(Status),
}

/// The first request in `input`. The headers go to an array of the caller's.
#[no_alloc]
pub(crate) fn parse<'a, 'h>(input: &'a [u8], headers: &'h mut [Header<'a>; HEADERS_MAX]) -> Parsed<'a, 'h> {
    let mut request = httparse::Request::new(headers);
    let head_bytes = match request.parse(input) {
        Ok(httparse::Status::Complete(bytes)) if bytes <= HEAD_MAX => bytes,
        Ok(httparse::Status::Partial) if input.len() < HEAD_MAX => {
            return Parsed::Partial { wants_continue: false };
        }
        Ok(_) if !input[..HEAD_MAX].contains(&b'\n') => return Parsed::Refused(Status::UriTooLong),
        Ok(_) | Err(Error::TooManyHeaders) => return Parsed::Refused(Status::HeadTooLarge),
        Err(_) => return Parsed::Refused(Status::BadRequest),
    };
    let httparse::Request { method: Some(method), path: Some(target), version: Some(version), headers } =
        request
    else {
        return Parsed::Refused(Status::BadRequest);
    };
    let framing = match Framing::of(headers, version) {
        Ok(framing) => framing,
        Err(status) => return Parsed::Refused(status),
    };
    let bytes = head_bytes + framing.body_bytes;
    let Some(body) = input.get(head_bytes..bytes) else {
        let wants_continue = framing.expects_continue && input.len() == head_bytes;
        return Parsed::Partial { wants_continue };
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Parsed::Request(Request { method, path, query, headers, body, keep_alive: framing.keep_alive, bytes })
}

/// An id that is safe to be sent back and logged.
pub(crate) fn is_request_id(value: &[u8]) -> bool {
    !value.is_empty() && value.len() <= 64 && value.iter().all(u8::is_ascii_graphic)
}

/// What the headers say about where the request ends, and what comes after it.
struct Framing {
    body_bytes: usize,
    keep_alive: bool,
    expects_continue: bool,
}

impl Framing {
    fn of(headers: &[Header<'_>], minor_version: u8) -> Result<Self, Status> {
        let (mut hosts, mut length) = (0, None);
        let is_1_1 = minor_version == 1;
        let mut framing = Self { body_bytes: 0, keep_alive: is_1_1, expects_continue: false };
        for header in headers {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            if is("host") {
                hosts += 1;
            } else if is("transfer-encoding") {
                return Err(Status::NotImplemented);
            } else if is("content-length") {
                if length.is_some() {
                    return Err(Status::BadRequest);
                }
                length = Some(body_bytes(header.value)?);
            } else if is("connection") {
                for option in header.value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii) {
                    if option.eq_ignore_ascii_case(b"close") {
                        framing.keep_alive = false;
                    } else if option.eq_ignore_ascii_case(b"keep-alive") && !is_1_1 {
                        framing.keep_alive = true;
                    }
                }
            } else if is("expect") && is_1_1 {
                framing.expects_continue = header.value.eq_ignore_ascii_case(b"100-continue");
            }
        }
        if hosts > 1 || (is_1_1 && hosts == 0) {
            return Err(Status::BadRequest);
        }
        framing.body_bytes = length.unwrap_or(0);
        Ok(framing)
    }
}

/// Digits only: `parse` alone would take a sign.
fn body_bytes(value: &[u8]) -> Result<usize, Status> {
    let digits = str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let digits = digits.filter(|digits| !digits.is_empty()).ok_or(Status::BadRequest)?;
    // What does not fit into a number is too large in any case.
    digits.parse().ok().filter(|&bytes| bytes <= BODY_MAX).ok_or(Status::BodyTooLarge)
}

/// A response but for its body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) status: Status,
    pub(crate) content_type: &'static str,
    /// The methods that would have been right.
    pub(crate) allow: Option<&'static str>,
}

impl Head {
    pub(crate) const fn json() -> Self {
        Self { status: Status::Ok, content_type: JSON, allow: None }
    }

    pub(crate) const fn text(status: Status) -> Self {
        Self { status, content_type: TEXT, allow: None }
    }

    pub(crate) const fn not_allowed(allow: &'static str) -> Self {
        Self { status: Status::MethodNotAllowed, content_type: TEXT, allow: Some(allow) }
    }

    /// Appends the head. (There is no `Date` in it, so that two responses to one request are the same bytes.)
    #[no_alloc]
    pub(crate) fn write(
        self,
        output: &mut Vec<u8>,
        body_bytes: usize,
        keep_alive: bool,
        request_id: Option<&str>,
    ) {
        let mut line =
            |arguments: fmt::Arguments<'_>| output.write_fmt(arguments).expect("a `Vec` takes everything");
        line(format_args!("HTTP/1.1 {}\r\n", self.status.line()));
        line(format_args!("Content-Type: {}\r\nContent-Length: {body_bytes}\r\n", self.content_type));
        if let Some(methods) = self.allow {
            line(format_args!("Allow: {methods}\r\n"));
        }
        if let Some(id) = request_id {
            line(format_args!("X-Request-Id: {id}\r\n"));
        }
        let connection = if keep_alive { "keep-alive" } else { "close" };
        line(format_args!("Connection: {connection}\r\n\r\n"));
    }

    /// Appends a whole response that says no more than its status.
    #[no_alloc]
    pub(crate) fn write_alone(self, output: &mut Vec<u8>, keep_alive: bool) {
        let text = self.status.line();
        self.write(output, text.len() + 1, keep_alive, None);
        output.extend_from_slice(text.as_bytes());
        output.push(b'\n');
    }
}
