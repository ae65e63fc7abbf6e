//! Connections: who is let in, what is read and written, when it is over. Both ways share it; they differ in how they respond.
//!
//! What tokio allocates is for a connection, and not for its requests: the task that is spawned, its place in the `JoinSet`, and
//! the socket's entry in the reactor. Reading, writing, and the timers that watch both lie in the task itself: `fill` and `flush`
//! have a budget of nothing. What would break it now and then is tokio's own way to make a busy task yield (after 128 times that it
//! was ready): it keeps such tasks in a list, which each thread grows when it first needs it. So connections are `unconstrained`,
//! and yield by themselves.

use crate::message::{BODY_MAX, HEAD_MAX, Head, Status};
use alloc_kit::{Reuse, no_alloc};
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::ops::DerefMut;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet, unconstrained};
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// A whole request fits, so that what is read never makes it grow.
const INPUT: usize = HEAD_MAX + BODY_MAX;
/// A list of the longest suggestions that there may be, every character of them escaped.
const BODY: usize = 6 * 1024;
/// With its head. What has been answered is sent before there is less room than that.
const RESPONSE: usize = BODY + 1024;
const OUTPUT: usize = 2 * RESPONSE;
/// What a connection has.
pub(crate) const BUFFERS: usize = INPUT + BODY + OUTPUT;
/// Of a request that was refused so much is read, and thrown away, at the most.
const LINGER: usize = 256 * 1024;
/// Requests after which a busy connection lets others have the thread.
const REQUESTS_IN_A_ROW: u32 = 32;

/// The scratch of a connection, and of each request on it.
#[derive(Debug, Reuse)]
pub(crate) struct Buffers {
    /// What was read; of it, `taken` bytes are answered.
    pub(crate) input: Vec<u8>,
    pub(crate) taken: usize,
    /// Of one response.
    pub(crate) body: String,
    /// Responses that are to be sent.
    pub(crate) output: Vec<u8>,
}

impl Buffers {
    pub(crate) fn new() -> Self {
        let (input, output) = (Vec::with_capacity(INPUT), Vec::with_capacity(OUTPUT));
        Self { input, taken: 0, body: String::with_capacity(BODY), output }
    }

    fn has_room(&self) -> bool {
        self.output.capacity() - self.output.len() >= RESPONSE
    }
}

impl Default for Buffers {
    fn default() -> Self {
        Self::new()
    }
}

/// What became of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Answered {
        keep_alive: bool,
    },
    Partial {
        wants_continue: bool,
    },
    /// Answered, but where the next request begins is not known.
    Refused,
}

/// A way to respond.
pub(crate) trait Handler: Send + Sync + 'static {
    type Held: DerefMut<Target = Buffers> + Send;

    /// Buffers for a connection. `None`: there are too many.
    fn buffers(&self) -> Option<Self::Held>;

    /// Takes one request from the input and appends the response to the output.
    fn respond(&self, buffers: &mut Buffers) -> Step;
}

/// When a server ends, and how long it waits for a client.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) patience: Duration,
    /// Turns true when it is to end.
    pub(crate) stop: watch::Receiver<bool>,
}

impl Terms {
    /// Waits until the server is to end. (That nobody is left who could say so is the same.)
    async fn stopped(&mut self) {
        let _ = self.stop.wait_for(|stop| *stop).await;
    }
}

/// Serves until it is told to stop; then takes no more connections, and lets what is being answered be answered.
///
/// # Panics
///
/// When it ends, if a connection panicked: its panic goes on. (A broken budget is one, and so reaches the test.)
pub(crate) async fn serve<H: Handler>(listener: TcpListener, handler: Arc<H>, mut terms: Terms) {
    let (mut connections, mut panic) = (JoinSet::new(), None);
    let mut ended = |ended: Result<io::Result<()>, JoinError>| match ended {
        // What a client does is no failure of the server.
        Ok(_) => {}
        Err(error) => panic = panic.take().or(error.try_into_panic().ok()),
    };
    loop {
        let to_stop = terms.clone();
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(unconstrained(connection(stream, Arc::clone(&handler), to_stop)));
                }
                // The client has left already.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                // There are no more files, or no memory, for now.
                Err(_) => sleep(Duration::from_millis(100)).await,
            },
            Some(result) = connections.join_next() => ended(result),
            () = terms.stopped() => break,
        }
    }
    drop(listener);
    while let Some(result) = connections.join_next().await {
        ended(result);
    }
    if let Some(panic) = panic {
        resume_unwind(panic);
    }
}

async fn connection<H: Handler>(mut stream: TcpStream, handler: Arc<H>, mut terms: Terms) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let Some(mut buffers) = handler.buffers() else {
        let mut refusal = Vec::with_capacity(RESPONSE);
        Head::text(Status::Busy).write_alone(&mut refusal, false);
        return linger(&mut stream, &mut refusal, terms.patience).await;
    };
    let buffers = &mut *buffers;
    // Of the request that is being read: who sends a byte now and then does not stay for ever.
    let mut deadline = Instant::now() + terms.patience;
    let mut answered = 0;
    loop {
        match handler.respond(buffers) {
            Step::Answered { keep_alive } => {
                let is_last = !keep_alive || *terms.stop.borrow();
                if is_last || !buffers.has_room() {
                    flush(&mut stream, buffers, terms.patience).await?;
                }
                if is_last {
                    return stream.shutdown().await;
                }
                answered += 1;
                if answered % REQUESTS_IN_A_ROW == 0 {
                    give_way().await;
                }
            }
            Step::Partial { wants_continue } => {
                if wants_continue {
                    buffers.output.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
                }
                flush(&mut stream, buffers, terms.patience).await?;
                match fill(&mut stream, buffers, &mut terms, &mut deadline).await? {
                    Filled::More => {}
                    Filled::Ended => return Ok(()),
                    Filled::TooSlow => {
                        Head::text(Status::Timeout).write_alone(&mut buffers.output, false);
                        return linger(&mut stream, &mut buffers.output, terms.patience).await;
                    }
                }
            }
            Step::Refused => return linger(&mut stream, &mut buffers.output, terms.patience).await,
        }
    }
}

/// Puts the task behind all others that can run. Tokio's `yield_now` would grow the list of those that did.
#[no_alloc]
async fn give_way() {
    let mut is_back = false;
    poll_fn(|context| {
        if is_back {
            return Poll::Ready(());
        }
        is_back = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[derive(Clone, Copy, Debug)]
enum Filled {
    More,
    /// The client is done, or nothing is going on and the server is to stop.
    Ended,
    /// It has begun a request, and does not go on.
    TooSlow,
}

/// Reads what there is, after what is not answered yet.
#[no_alloc]
async fn fill(
    stream: &mut TcpStream,
    buffers: &mut Buffers,
    terms: &mut Terms,
    deadline: &mut Instant,
) -> io::Result<Filled> {
    buffers.input.drain(..buffers.taken);
    buffers.taken = 0;
    let is_idle = buffers.input.is_empty();
    if is_idle {
        *deadline = Instant::now() + terms.patience;
    }
    tokio::select! {
        read = timeout_at(*deadline, stream.read_buf(&mut buffers.input)) => match read {
            Ok(Ok(0)) => Ok(Filled::Ended),
            Ok(Ok(_)) => {
                if is_idle {
                    *deadline = Instant::now() + terms.patience;
                }
                Ok(Filled::More)
            }
            Ok(Err(error)) => Err(error),
            Err(_) if is_idle => Ok(Filled::Ended),
            Err(_) => Ok(Filled::TooSlow),
        },
        () = terms.stopped(), if is_idle => Ok(Filled::Ended),
    }
}

/// Sends what is to be sent.
#[no_alloc]
async fn flush(stream: &mut TcpStream, buffers: &mut Buffers, patience: Duration) -> io::Result<()> {
    if buffers.output.is_empty() {
        return Ok(());
    }
    timeout(patience, stream.write_all(&buffers.output)).await??;
    buffers.output.clear();
    Ok(())
}

/// Sends the last response to a client that may still be sending, and reads on for a while: closed with something unread, the
/// connection would be reset, and the response lost.
async fn linger(stream: &mut TcpStream, last: &mut Vec<u8>, patience: Duration) -> io::Result<()> {
    timeout(patience, stream.write_all(last)).await??;
    stream.shutdown().await?;
    let read_on = async {
        let mut read = 0;
        while read < LINGER {
            last.clear();
            match stream.read_buf(last).await? {
                0 => break,
                bytes => read += bytes,
            }
        }
        Ok(())
    };
    timeout(patience, read_on).await.unwrap_or(Ok(()))
}
