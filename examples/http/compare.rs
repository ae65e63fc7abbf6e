//! What both ways cost: the handler alone, and everything there is in the process while a load goes over loopback.

use crate::lean::Lean;
use crate::load::{CONNECTIONS, Exchange, Load, REQUESTS, ask_once, script};
use crate::server::{Buffers, Handler, Step, Terms, serve};
use crate::support::{compare as count_and_time, thousands};
use crate::table::Table;
use crate::usual::Usual;
use alloc_kit::{Usage, measure, no_alloc};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) const MAX_CONNECTIONS: usize = 64;
/// Patience for longer than any load takes.
pub(crate) const NEVER: Duration = Duration::from_secs(600);
/// Connections that are opened for one request, in turn.
const SHORT_CONNECTIONS: u64 = 100;
const ROUNDS: usize = 11;

/// A server in a runtime, with clients that are connected to it.
pub(crate) struct Site {
    pub(crate) runtime: Runtime,
    pub(crate) address: SocketAddr,
    load: Load,
    server: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Site {
    /// Up and warm: every client has done its share once.
    pub(crate) fn up<H: Handler>(
        runtime: Runtime,
        handler: Arc<H>,
        script: &Arc<Vec<Exchange>>,
    ) -> io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let terms = Terms { patience: NEVER, stop: stopped };
        let (address, server, load) = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let address = listener.local_addr()?;
            let server = tokio::spawn(serve(listener, handler, terms));
            Ok::<_, io::Error>((address, server, Load::connect(address, script).await?))
        })?;
        let site = Self { runtime, address, load, server, stop };
        site.round()?;
        Ok(site)
    }

    /// All requests, once.
    pub(crate) fn round(&self) -> io::Result<()> {
        self.runtime.block_on(self.load.round())
    }

    /// All requests, once: in the whole process, server, clients and tokio together, nothing is allocated.
    #[no_alloc(scope = process)]
    pub(crate) fn round_without_allocation(&self) -> io::Result<()> {
        self.round()
    }

    /// Connections for one request each, in turn.
    fn short_connections(&self, connections: u64) -> io::Result<()> {
        let all = async {
            for _ in 0..connections {
                ask_once(self.address).await.map_err(io::Error::other)?;
            }
            Ok(())
        };
        self.runtime.block_on(all)
    }

    /// Lets the server end.
    ///
    /// # Panics
    ///
    /// If one of its connections did.
    pub(crate) fn down(self) {
        let Self { runtime, load, server, stop, .. } = self;
        drop(load);
        stop.send_replace(true);
        if let Err(error) = runtime.block_on(server) {
            std::panic::resume_unwind(error.into_panic());
        }
    }
}

pub(crate) fn one_thread() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

pub(crate) fn two_threads() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

/// Gives the handler the whole script, without a connection. What comes back is a sum over all responses.
pub(crate) fn handle_all<H: Handler>(handler: &H, buffers: &mut Buffers, script: &[Exchange]) -> u64 {
    let mut sum = DefaultHasher::new();
    for exchange in script {
        buffers.input.clear();
        buffers.input.extend_from_slice(&exchange.request);
        buffers.taken = 0;
        buffers.output.clear();
        let step = handler.respond(buffers);
        assert_eq!(step, Step::Answered { keep_alive: true }, "{}", exchange.request.escape_ascii());
        sum.write(&buffers.output);
    }
    sum.finish()
}

/// Each way with a table of its own.
fn both(log: &str) -> (Arc<Usual>, Arc<Lean>) {
    let [of_usual, of_lean] = [(); 2].map(|()| Arc::new(Table::of_log(log)));
    (Arc::new(Usual { table: of_usual }), Arc::new(Lean::new(of_lean, MAX_CONNECTIONS)))
}

/// Does all of it both ways and says what it cost.
pub(crate) fn compare(log: &str, out: &mut impl Write) -> io::Result<()> {
    let (usual, lean) = both(log);
    let script = Arc::new(script(log, &Table::of_log(log)));
    writeln!(out, "the handler alone, for {} requests", thousands(REQUESTS as u64))?;
    let [mut of_usual, mut of_lean] = [Buffers::new(), Buffers::new()];
    count_and_time(
        ("usual", || handle_all(&*usual, &mut of_usual, &script)),
        ("lean", || handle_all(&*lean, &mut of_lean, &script)),
    );

    writeln!(out, "\nover loopback, {CONNECTIONS} connections: server, clients and tokio together")?;
    // The hits are those of the log again: of how many digits they have depends what is allocated.
    let (usual, lean) = both(log);
    let of_usual = Site::up(one_thread()?, usual, &script)?;
    let of_lean = Site::up(one_thread()?, Arc::clone(&lean), &script)?;
    let [by_usual, by_lean] = each_of(&of_usual, &of_lean, Site::round)?;
    writeln!(out, "before  usual {:>12} allocations a request", each(&by_usual, REQUESTS as u64))?;
    writeln!(
        out,
        "after   lean  {:>12}, in {} requests",
        each(&by_lean, REQUESTS as u64),
        thousands(REQUESTS as u64)
    )?;
    let threads = Site::up(two_threads()?, lean, &script)?;
    threads.round_without_allocation()?;
    threads.down();
    writeln!(out, "        on two threads: none, since `#[no_alloc(scope = process)]` held")?;
    if cfg!(debug_assertions) {
        writeln!(out, "time    is taken in release builds only")?;
    } else {
        let (ratio, [usual, lean]) = ratio_of_times(|| of_usual.round(), || of_lean.round())?;
        writeln!(out, "time    {ratio:.1} times as long usual as lean: {usual} us a request, and {lean} us")?;
    }

    writeln!(out, "\na connection for each request, {SHORT_CONNECTIONS} of them")?;
    let short = |site: &Site| site.short_connections(SHORT_CONNECTIONS);
    each_of(&of_usual, &of_lean, short)?;
    let [by_usual, by_lean] = each_of(&of_usual, &of_lean, short)?;
    writeln!(out, "before  usual {:>12} allocations a connection", each(&by_usual, SHORT_CONNECTIONS))?;
    writeln!(
        out,
        "after   lean  {:>12}: tokio's 6, and the client's buffer",
        each(&by_lean, SHORT_CONNECTIONS)
    )?;
    of_usual.down();
    of_lean.down();
    out.flush()
}

/// What each way costs on one thread, on which everything is: so `measure` sees the whole process.
fn each_of(usual: &Site, lean: &Site, work: impl Fn(&Site) -> io::Result<()>) -> io::Result<[Usage; 2]> {
    let cost = |site| {
        let (done, cost) = measure(|| work(site));
        done.map(|()| cost)
    };
    Ok([cost(usual)?, cost(lean)?])
}

/// How many allocations for each of so many, rounded: what the hits are when a request comes, and so how long a number of
/// them is, differs from run to run. That there was none is said only where there was none.
fn each(cost: &Usage, times: u64) -> String {
    match cost.allocations {
        0 => "none at all".to_owned(),
        allocations => allocations.saturating_add(times / 2).div_euclid(times).to_string(),
    }
}

/// The median ratio of interleaved rounds, and each way's median time of a request, in microseconds.
fn ratio_of_times(
    mut usual: impl FnMut() -> io::Result<()>,
    mut lean: impl FnMut() -> io::Result<()>,
) -> io::Result<(f64, [u128; 2])> {
    let (mut times, mut ratios) = ([Vec::new(), Vec::new()], Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        usual()?;
        let between = Instant::now();
        lean()?;
        let (slow, fast) = (between - start, between.elapsed());
        times[0].push(slow.as_micros());
        times[1].push(fast.as_micros());
        ratios.push(slow.as_secs_f64() / fast.as_secs_f64());
    }
    ratios.sort_unstable_by(f64::total_cmp);
    let a_request = times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2] / REQUESTS as u128
    });
    Ok((ratios[ROUNDS / 2], a_request))
}
