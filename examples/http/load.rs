//! A load from clients of our own: connections over loopback that are kept alive, each request made from a line of the log, each
//! response checked. Once they are connected the clients allocate nothing either, so that a budget can be one of the process.

use crate::message::{HEADERS_MAX, Status};
use crate::table::{LIMIT_MAX, Table, paths_of, with_prefix};
use std::error::Error;
use std::fmt::Write;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Barrier;
use tokio::task::{JoinSet, unconstrained};

pub(crate) const REQUESTS: usize = 10_000;
pub(crate) const CONNECTIONS: usize = 8;

/// A request, and what has to come back.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) request: Vec<u8>,
    expected: Expected,
}

#[derive(Debug)]
enum Expected {
    /// Suggestions, so many; each begins with this, as it is in JSON.
    Paths {
        prefix: String,
        paths: usize,
    },
    Body(String),
}

/// One request for each of the first lines of the log: every tenth posts ten paths, the others ask for what begins like theirs.
pub(crate) fn script(log: &str, table: &Table) -> Vec<Exchange> {
    let paths: Vec<&str> = paths_of(log).collect();
    let known = table.read();
    let exchange = |at: usize| {
        if at.is_multiple_of(10) {
            let body: String = paths.iter().cycle().skip(at).take(10).flat_map(|path| [path, "\n"]).collect();
            return Exchange::post(&body, "{\"counted\":10,\"new\":0}\n");
        }
        let path = paths[at % paths.len()];
        let prefix: String = path.chars().take(1 + at % 14).collect();
        let limit = 1 + at % LIMIT_MAX;
        Exchange::suggest(&prefix, limit, with_prefix(&known, &prefix).len().min(limit))
    };
    (0..REQUESTS).map(exchange).collect()
}

impl Exchange {
    fn post(lines: &str, answer: &str) -> Self {
        let request = format!(
            "POST /hits HTTP/1.1\r\nHost: localhost\r\nUser-Agent: load/1\r\nContent-Type: text/plain\r\n\
             Content-Length: {}\r\n\r\n{lines}",
            lines.len()
        );
        Self { request: request.into_bytes(), expected: Expected::Body(answer.to_owned()) }
    }

    fn suggest(prefix: &str, limit: usize, paths: usize) -> Self {
        let mut query = String::new();
        for byte in prefix.bytes() {
            if byte.is_ascii_alphanumeric() {
                query.push(char::from(byte));
            } else {
                write!(query, "%{byte:02X}").expect("a `String` takes everything");
            }
        }
        let request = format!(
            "GET /suggest?q={query}&limit={limit} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: load/1\r\n\
             Accept: application/json\r\nAccept-Encoding: identity\r\nX-Request-Id: {prefix_id:08x}\r\n\r\n",
            prefix_id = prefix.len() * 1000 + limit
        );
        let prefix = prefix.replace('\\', "\\\\").replace('"', "\\\"");
        Self { request: request.into_bytes(), expected: Expected::Paths { prefix, paths } }
    }

    /// Whether the response is right: its status, its length, every path in it, and their order.
    fn is_answered_by(&self, status: u16, body: &[u8]) -> bool {
        let Ok(body) = str::from_utf8(body) else { return false };
        let is_right = match &self.expected {
            Expected::Body(expected) => body == expected,
            Expected::Paths { prefix, paths } => {
                let Some(list) = body.strip_prefix('[').and_then(|body| body.strip_suffix("]\n")) else {
                    return false;
                };
                let (mut before, mut found) = (u64::MAX, 0);
                let each_is_right = list.split_terminator("{\"path\":\"").skip(1).all(|item| {
                    found += 1;
                    let Some((path, hits)) = item.split_once("\",\"hits\":") else { return false };
                    let hits = hits.trim_end_matches(',').trim_end_matches('}').parse().unwrap_or(u64::MAX);
                    let is_in_order = hits <= before;
                    before = hits;
                    path.starts_with(prefix.as_str()) && is_in_order && hits != u64::MAX
                });
                each_is_right && found == *paths
            }
        };
        status == 200 && is_right
    }
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    input: Vec<u8>,
    /// Of the response before.
    taken: usize,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, input: Vec::with_capacity(32 * 1024), taken: 0 })
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Sends a request and checks the response.
    pub(crate) async fn ask(&mut self, exchange: &Exchange) -> io::Result<()> {
        self.send(&exchange.request).await?;
        let (status, body) = self.receive().await?;
        if exchange.is_answered_by(status, body) {
            return Ok(());
        }
        let [request, body] = [&exchange.request, body].map(String::from_utf8_lossy);
        Err(io::Error::other(format!(
            "to {request:?} came {status} {body:?}, and not {:?}",
            exchange.expected
        )))
    }

    /// The next response: its status and its body.
    pub(crate) async fn receive(&mut self) -> io::Result<(u16, &[u8])> {
        self.input.drain(..self.taken);
        self.taken = 0;
        loop {
            if let Some((status, head, whole)) = ends_of(&self.input)? {
                self.taken = whole;
                return Ok((status, &self.input[head..whole]));
            }
            if self.stream.read_buf(&mut self.input).await? == 0 {
                return Err(io::Error::other("the server ended the connection in place of a response"));
            }
        }
    }

    /// Whether the server has ended the connection, with nothing left to be read.
    #[cfg(test)]
    pub(crate) async fn is_at_its_end(&mut self) -> bool {
        self.taken == self.input.len() && matches!(self.stream.read(&mut [0; 1]).await, Ok(0) | Err(_))
    }
}

/// The status of the first response in the input, and where its head and its body end.
fn ends_of(input: &[u8]) -> io::Result<Option<(u16, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(input).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let status = response.code.unwrap_or_default();
    let length = response.headers.iter().find(|header| header.name == "Content-Length");
    let length = length.and_then(|header| str::from_utf8(header.value).ok()?.parse::<usize>().ok());
    let whole = head + length.unwrap_or(0);
    Ok((whole <= input.len()).then_some((status, head, whole)))
}

/// Clients that wait for the word, and then each do their share of a script.
#[derive(Debug)]
pub(crate) struct Load {
    /// For the clients and who drives them: passed at the begin and at the end of each round.
    barrier: Arc<Barrier>,
    failure: Arc<Mutex<Option<io::Error>>>,
    _clients: JoinSet<()>,
}

impl Load {
    pub(crate) async fn connect(address: SocketAddr, script: &Arc<Vec<Exchange>>) -> io::Result<Self> {
        let (barrier, failure) = (Arc::new(Barrier::new(CONNECTIONS + 1)), Arc::new(Mutex::new(None)));
        let mut clients = JoinSet::new();
        for first in 0..CONNECTIONS {
            let mut client = Client::connect(address).await?;
            let (barrier, script, failure) = (Arc::clone(&barrier), Arc::clone(script), Arc::clone(&failure));
            let work = async move {
                loop {
                    barrier.wait().await;
                    if let Err(error) = client.share(&script, first).await {
                        failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    }
                    barrier.wait().await;
                }
            };
            // As the server's connections: else tokio's list of tasks that yield is grown now and then.
            clients.spawn(unconstrained(work));
        }
        Ok(Self { barrier, failure, _clients: clients })
    }

    /// The whole script, once.
    pub(crate) async fn round(&self) -> io::Result<()> {
        self.barrier.wait().await;
        self.barrier.wait().await;
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}

impl Client {
    async fn share(&mut self, script: &[Exchange], first: usize) -> io::Result<()> {
        for exchange in script.iter().skip(first).step_by(CONNECTIONS) {
            self.ask(exchange).await?;
        }
        Ok(())
    }
}

/// A connection for one request only.
pub(crate) async fn ask_once(address: SocketAddr) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut client = Client::connect(address).await?;
    client.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let (status, body) = client.receive().await?;
    let is_right = status == 200 && body.strip_suffix(b"\n") == Some(Status::Ok.line().as_bytes());
    if is_right && client.stream.read(&mut [0]).await? == 0 { Ok(()) } else { Err("not healthy".into()) }
}
