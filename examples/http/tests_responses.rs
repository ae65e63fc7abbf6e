//! What each request gets, from both ways: the same bytes.

use crate::lean::Lean;
use crate::message::{BODY_MAX, HEAD_MAX};
use crate::server::{Buffers, Handler, Step};
use crate::table::{Counted, PATH_BYTES_MAX, PATHS_MAX, Table};
use crate::usual::Usual;
use std::sync::Arc;

/// The response to one request, which both ways give.
fn both(request: &[u8]) -> (Step, String) {
    let table = || {
        let table = Table::default();
        for (path, hits) in [("/a", 2), ("/a\"b\\", 3), ("/ab", 2), ("/b", 9), ("/ä b", 1)] {
            (0..hits).for_each(|_| assert_ne!(table.count(path), Counted::NoRoom));
        }
        Arc::new(table)
    };
    let [usual, lean]: [&dyn Fn(&mut Buffers) -> Step; 2] =
        [&|buffers| Usual { table: table() }.respond(buffers), &|buffers| {
            Lean::new(table(), 1).respond(buffers)
        }];
    let [usual, lean] = [usual, lean].map(|respond| {
        let mut buffers = Buffers::new();
        buffers.input.extend_from_slice(request);
        let step = respond(&mut buffers);
        (step, String::from_utf8(buffers.output).unwrap())
    });
    assert_eq!(usual, lean, "{}", request.escape_ascii());
    lean
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n")
}

fn post(body: &str) -> String {
    format!("POST /hits HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn body(request: &str) -> String {
    let (step, response) = both(request.as_bytes());
    assert_eq!(step, Step::Answered { keep_alive: true }, "{response}");
    response.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[test]
fn suggestions() {
    let all = [
        r#"/b","hits":9"#,
        r#"/a\"b\\","hits":3"#,
        r#"/a","hits":2"#,
        r#"/ab","hits":2"#,
        r#"/ä b","hits":1"#,
    ];
    let list = |paths: &[&str]| {
        let objects: Vec<_> = paths.iter().map(|path| format!("{{\"path\":\"{path}}}")).collect();
        format!("[{}]\n", objects.join(","))
    };
    assert_eq!(body(&get("/suggest?q=")), list(&all));
    assert_eq!(body(&get("/suggest?limit=2&q=%2fa")), list(&all[1..3]));
    assert_eq!(body(&get("/suggest?q=/nothing&limit=1&other=%zz&flag")), "[]\n");
    assert_eq!(body(&get("/suggest?q=x&q=%2F%C3%A4+b")), list(&all[4..]));
    assert_eq!(body(&get("/suggest?q=/b").replace("GET", "HEAD")), "");
}

#[test]
fn hits() {
    assert_eq!(body(&post("/a\n/new\r\n\n/new")), "{\"counted\":3,\"new\":1}\n");
    assert_eq!(body(&post("")), "{\"counted\":0,\"new\":0}\n");
    for bad in ["a", "/a\nb", "/\t", &format!("/{}", "x".repeat(PATH_BYTES_MAX))] {
        assert_eq!(body(&post(bad)), "400 Bad Request\n", "{bad}");
    }
    let table = Table::default();
    for at in 0..PATHS_MAX {
        assert_eq!(table.count(&format!("/{at}")), Counted::New);
    }
    assert_eq!((table.count("/1"), table.count("/more")), (Counted::Known, Counted::NoRoom));
}

#[test]
fn statuses() {
    let long = "x".repeat(HEAD_MAX);
    let many = "a: b\r\n".repeat(40);
    for (request, status) in [
        (get("/"), "404 Not Found"),
        (get("/health"), "200 OK"),
        (get("/hits"), "405 Method Not Allowed"),
        (get("/suggest"), "400 Bad Request"),
        (get("/suggest?q=%"), "400 Bad Request"),
        (get("/suggest?q=%2"), "400 Bad Request"),
        (get("/suggest?q=%+2"), "400 Bad Request"),
        (get("/suggest?q=%FF"), "400 Bad Request"),
        (get("/suggest?q=/&limit=0"), "400 Bad Request"),
        (get("/suggest?q=/&limit=21"), "400 Bad Request"),
        (get("/suggest?q=/&limit=x"), "400 Bad Request"),
        (get(&format!("/suggest?q={}", "y".repeat(PATH_BYTES_MAX + 1))), "400 Bad Request"),
        (get("/").replace("GET", "DELETE"), "404 Not Found"),
        (get("/health").replace("GET", "DELETE"), "405 Method Not Allowed"),
    ] {
        let (step, response) = both(request.as_bytes());
        assert_eq!(step, Step::Answered { keep_alive: true }, "{request}");
        assert!(response.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{request}{response}");
    }
    for (request, status) in [
        ("nonsense\r\n\r\n".to_owned(), "400 Bad Request"),
        ("\u{16}\u{3}\u{1}".to_owned(), "400 Bad Request"),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "400 Bad Request"),
        (get("/").replace("Host", "Host: y\r\nHost"), "400 Bad Request"),
        (post("/a").replace("Content", "Content-Length: 2\r\nContent"), "400 Bad Request"),
        (post("/a").replace("h: 2", "h: +2"), "400 Bad Request"),
        (post("/a").replace("h: 2", "h: "), "400 Bad Request"),
        (post("/a").replace("h: 2", &format!("h: {}", BODY_MAX + 1)), "413 Content Too Large"),
        (post("/a").replace("h: 2", &format!("h: {}0", u64::MAX)), "413 Content Too Large"),
        (post("/a").replace("Host", "Transfer-Encoding: chunked\r\nHost"), "501 Not Implemented"),
        (format!("GET /{long}"), "414 URI Too Long"),
        (format!("GET / HTTP/1.1\r\nHost: {long}"), "431 Request Header Fields Too Large"),
        (format!("GET / HTTP/1.1\r\nHost: {long}\r\n\r\n"), "431 Request Header Fields Too Large"),
        (format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n"), "431 Request Header Fields Too Large"),
    ] {
        let (step, response) = both(request.as_bytes());
        assert_eq!(step, Step::Refused, "{request}{response}");
        assert!(response.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{request}{response}");
        assert!(response.contains("\r\nConnection: close\r\n"), "{response}");
    }
}

#[test]
fn the_ends_of_requests() {
    let request = post("/a\n/b");
    for end in 0..request.len() {
        assert_eq!(both(&request.as_bytes()[..end]).0, Step::Partial { wants_continue: false });
    }
    let head = post("/a").replace("Host", "Expect: 100-continue\r\nHost").replace("/a", "");
    assert_eq!(both(head.as_bytes()).0, Step::Partial { wants_continue: true });
    assert_eq!(both((head + "/").as_bytes()).0, Step::Partial { wants_continue: false });
    for (request, keep_alive) in [
        (get("/").replace("Host", "connection: x, Close\r\nHost"), false),
        ("GET / HTTP/1.0\r\n\r\n".to_owned(), false),
        ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n".to_owned(), true),
    ] {
        assert_eq!(both(request.as_bytes()).0, Step::Answered { keep_alive }, "{request}");
    }
}

#[test]
fn headers_that_come_back() {
    let with_id =
        |id: &str| both(get("/").replace("Host", &format!("x-request-ID: {id}\r\nHost")).as_bytes()).1;
    assert!(with_id("7f-3").contains("\r\nX-Request-Id: 7f-3\r\n"));
    for bad in ["", "a b", &"x".repeat(65)] {
        assert!(!with_id(bad).contains("X-Request-Id"), "{bad}");
    }
    assert!(both(get("/hits").as_bytes()).1.contains("\r\nAllow: POST\r\n"));
}
