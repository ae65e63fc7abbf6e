//! Over real connections: clients that send in pieces, send too much, do not go on, or leave; and the end of the server.
//!
//! Nothing here depends on how long something takes: who waits, waits for something that has to come.

use crate::compare::{NEVER, two_threads};
use crate::load::Client;
use crate::message::{BODY_MAX, HEAD_MAX};
use crate::server::{Handler, Terms, serve};
use crate::tests::{HEALTH, lean};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle, yield_now};

/// For a test that waits until it is over.
const BRIEF: Duration = Duration::from_millis(20);

/// A server for one test.
pub(crate) struct Running {
    runtime: Runtime,
    pub(crate) address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

pub(crate) fn running<H: Handler>(handler: Arc<H>, patience: Duration) -> Running {
    running_on(two_threads().unwrap(), handler, patience)
}

pub(crate) fn running_on<H: Handler>(runtime: Runtime, handler: Arc<H>, patience: Duration) -> Running {
    let (stop, stopped) = watch::channel(false);
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let server = runtime.spawn(serve(listener, handler, Terms { patience, stop: stopped }));
    Running { runtime, address, stop, server }
}

impl Running {
    pub(crate) fn block_on(&mut self, work: impl AsyncFnOnce(SocketAddr)) {
        self.runtime.block_on(work(self.address));
    }

    /// Stops the server, and waits for its end.
    pub(crate) fn end(self) -> Result<(), JoinError> {
        self.stop.send_replace(true);
        self.runtime.block_on(self.server)
    }
}

/// A server with room for some connections, a client of it, and its end.
fn with_client(patience: Duration, work: impl AsyncFnOnce(SocketAddr, &mut Client)) {
    let mut site = running(lean(4), patience);
    site.block_on(async |address| {
        let mut client = Client::connect(address).await.unwrap();
        work(address, &mut client).await;
    });
    site.end().unwrap();
}

async fn is_healthy(client: &mut Client) {
    client.send(HEALTH.as_bytes()).await.unwrap();
    assert_eq!(client.receive().await.unwrap(), (200, &b"200 OK\n"[..]));
}

#[test]
fn requests_in_one_packet_are_answered_in_their_order() {
    with_client(NEVER, async |_, client| {
        // So many that the responses are more than the output's room.
        let suggest = "GET /suggest?q=/&limit=20 HTTP/1.1\r\nHost: x\r\n\r\n";
        let post = "POST /hits HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n/health";
        client.send([suggest, post, HEALTH].concat().repeat(50).as_bytes()).await.unwrap();
        for round in 0..50 {
            let (status, body) = client.receive().await.unwrap();
            assert!(status == 200 && body.starts_with(b"[{\"path\":\"/"), "{round}");
            let new = i32::from(round == 0);
            let counted = format!("{{\"counted\":1,\"new\":{new}}}\n");
            assert_eq!(client.receive().await.unwrap(), (200, counted.as_bytes()));
            assert_eq!(client.receive().await.unwrap(), (200, &b"200 OK\n"[..]));
        }
    });
}

#[test]
fn a_request_may_come_byte_by_byte() {
    with_client(NEVER, async |_, client| {
        let request = "POST /hits HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n/a\n/a\n";
        for byte in request.as_bytes() {
            client.send(&[*byte]).await.unwrap();
            yield_now().await;
        }
        assert_eq!(client.receive().await.unwrap(), (200, &b"{\"counted\":2,\"new\":1}\n"[..]));
        is_healthy(client).await;
    });
}

#[test]
fn the_largest_requests_that_there_may_be() {
    with_client(NEVER, async |_, client| {
        for _ in 0..3 {
            let mut head = format!("POST /hits HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY_MAX}\r\nPad: ");
            head += &"x".repeat(HEAD_MAX - 4 - head.len());
            client.send((head + "\r\n\r\n").as_bytes()).await.unwrap();
            client.send("\n".repeat(BODY_MAX).as_bytes()).await.unwrap();
            assert_eq!(client.receive().await.unwrap(), (200, &b"{\"counted\":0,\"new\":0}\n"[..]));
        }
    });
}

#[test]
fn a_client_that_waits_for_the_word_gets_it() {
    with_client(NEVER, async |_, client| {
        client
            .send(b"POST /hits HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            .await
            .unwrap();
        assert_eq!(client.receive().await.unwrap(), (100, &b""[..]));
        client.send(b"/a").await.unwrap();
        assert_eq!(client.receive().await.unwrap().0, 200);
    });
}

#[test]
fn who_is_refused_in_the_midst_of_sending_reads_why() {
    with_client(NEVER, async |_, client| {
        client.send(b"POST /hits HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n").await.unwrap();
        client.send("x".repeat(30_000).as_bytes()).await.unwrap();
        assert_eq!(client.receive().await.unwrap().0, 413);
        // Nor is who goes on sending cut off.
        for _ in 0..7 {
            client.send("x".repeat(10_000).as_bytes()).await.unwrap();
            yield_now().await;
        }
        assert!(client.is_at_its_end().await);
    });
    with_client(NEVER, async |_, client| {
        client.send("x".repeat(2 * HEAD_MAX).as_bytes()).await.unwrap();
        assert_eq!(client.receive().await.unwrap().0, 414);
        assert!(client.is_at_its_end().await);
    });
}

#[test]
fn who_leaves_in_the_midst_harms_nobody() {
    with_client(NEVER, async |address, client| {
        is_healthy(client).await;
        let whole = "POST /hits HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n/a";
        for end in [1, 20, whole.len()] {
            let mut leaves = Client::connect(address).await.unwrap();
            leaves.send(&whole.as_bytes()[..end]).await.unwrap();
        }
        let mut never_reads = Client::connect(address).await.unwrap();
        let suggest = "GET /suggest?q=/&limit=20 HTTP/1.1\r\nHost: x\r\n\r\n";
        never_reads.send(suggest.repeat(20).as_bytes()).await.unwrap();
        drop(never_reads);
        is_healthy(client).await;
    });
}

#[test]
fn who_is_slow_does_not_hold_others() {
    with_client(NEVER, async |address, client| {
        let mut slow = Client::connect(address).await.unwrap();
        let (first, last) = HEALTH.split_at(10);
        slow.send(first.as_bytes()).await.unwrap();
        for _ in 0..100 {
            is_healthy(client).await;
        }
        slow.send(last.as_bytes()).await.unwrap();
        assert_eq!(slow.receive().await.unwrap().0, 200);
    });
}

#[test]
fn who_is_idle_is_not_told() {
    with_client(BRIEF, async |_, idle| assert!(idle.is_at_its_end().await));
}

#[test]
fn who_does_not_go_on_is_told() {
    let has_begun = |patience| {
        let mut has_begun = false;
        with_client(patience, async |_, slow| {
            // With the response to the first the server has read what there is of the second.
            let sent = slow.send([HEALTH, "GET /"].concat().as_bytes()).await;
            let Ok((status, _)) = slow.receive().await else { return };
            assert!(status == 200 && sent.is_ok(), "{status} {sent:?}");
            assert_eq!(slow.receive().await.unwrap().0, 408);
            assert!(slow.is_at_its_end().await);
            has_begun = true;
        });
        has_begun
    };
    // A thread may be off its processor between `connect` and `send`, and so seem idle: then with twice the patience, up to `NEVER`.
    let mut patiences =
        (0..).map(|doublings| BRIEF * (1 << doublings)).take_while(|patience| *patience < NEVER);
    assert!(patiences.any(has_begun));
}

#[test]
fn one_connection_too_many_is_refused() {
    with_client(NEVER, async |address, client| {
        is_healthy(client).await;
        let mut others = Vec::new();
        for _ in 0..3 {
            others.push(Client::connect(address).await.unwrap());
            is_healthy(others.last_mut().unwrap()).await;
        }
        let mut one_more = Client::connect(address).await.unwrap();
        assert_eq!(one_more.receive().await.unwrap().0, 503);
        is_healthy(client).await;
    });
}

#[test]
fn at_the_end_what_has_begun_is_answered() {
    let mut site = running(lean(4), NEVER);
    let stop = site.stop.clone();
    site.block_on(async |address| {
        let mut idle = Client::connect(address).await.unwrap();
        is_healthy(&mut idle).await;
        let mut busy = Client::connect(address).await.unwrap();
        is_healthy(&mut busy).await;
        let (first, last) = HEALTH.split_at(10);
        // With the response to the one before it the server has read the first part of the second.
        busy.send([HEALTH, first].concat().as_bytes()).await.unwrap();
        assert_eq!(busy.receive().await.unwrap().0, 200);
        stop.send_replace(true);
        assert!(idle.is_at_its_end().await);
        busy.send(last.as_bytes()).await.unwrap();
        assert_eq!(busy.receive().await.unwrap().0, 200);
        assert!(busy.is_at_its_end().await);
    });
    site.end().unwrap();
}
