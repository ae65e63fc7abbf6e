//! A client for what needs no load: one connection, one request after the other.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::Result;

/// The requests of `timed.lua`.
const PATHS: [&str; 20] = [
    "/health",
    "/items?limit=10",
    "/echo",
    "/user/17",
    "/render?limit=64",
    "/health",
    "/user/18?upper=true",
    "/slow/1",
    "/items?limit=3",
    "/echo",
    "/health",
    "/join",
    "/user/5000",
    "/render?limit=16",
    "/refuse/3",
    "/health",
    "/items?limit=5",
    "/digest/100",
    "/echo",
    "/user/999",
];
const MESSAGE: &str =
    r#"{"id":7,"text":"one line, \"quoted\", of a usual length","tags":["load","keep-alive"]}"#;

/// Asks for all routes by turns, so many times; the answers of the last turn, without their dates.
pub(crate) fn ask(address: &str, turns: u32) -> Result<String> {
    let failed = |error: std::io::Error| format!("no answer: {error}");
    let mut stream = TcpStream::connect(address).map_err(failed)?;
    // A service under callgrind is slow.
    stream.set_read_timeout(Some(Duration::from_secs(120))).map_err(failed)?;
    let mut answers = String::new();
    for _ in 0..turns {
        answers.clear();
        for path in PATHS {
            stream.write_all(request(path).as_bytes()).map_err(failed)?;
            answers.push_str(&answer(&mut stream).map_err(failed)?);
        }
    }
    Ok(answers)
}

fn request(path: &str) -> String {
    match path {
        "/echo" => {
            let length = MESSAGE.len();
            format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{MESSAGE}"
            )
        }
        _ => format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    }
}

/// The head and the body of an answer, as long as its `content-length` says.
fn answer(stream: &mut TcpStream) -> std::io::Result<String> {
    let (mut read, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let bytes = stream.read(&mut chunk)?;
        if bytes == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(&chunk[..bytes]);
        let text = String::from_utf8_lossy(&read);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if body.len() >= length.unwrap_or(0) {
            let head: Vec<&str> = head.lines().filter(|line| !line.starts_with("date: ")).collect();
            return Ok(format!("{}\n\n{body}\n", head.join("\n")));
        }
    }
}
