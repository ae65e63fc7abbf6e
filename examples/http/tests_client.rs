//! The lean server under a client that shares no code with it: ureq, from four threads, over connections that are kept alive.
//!
//! Each answer is held against a model of the log, and the report of that process says that every call was judged.

use crate::LOG;
use crate::compare::{MAX_CONNECTIONS, NEVER};
use crate::load::REQUESTS;
use crate::server::Handler;
use crate::table::{LIMIT_MAX, paths_of};
use crate::tests::budgets::{alone, regressed};
use crate::tests::lean;
use crate::tests_connections::running;
use serde_json::{Value, from_str, json};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::{env, fs, process, thread};
use ureq::http::Response;
use ureq::{Agent, Body};

const THREADS: usize = 4;
/// What the threads post begins so, and no path of the log does: the hits of the others stay what they are.
const POSTED: &str = "/posted/";

/// Paths and their hits, as the log has them.
type Model = BTreeMap<&'static str, u64>;
type Answer = (u16, String);

#[test]
fn ten_thousand_requests_of_another_client_are_judged() {
    let file = Temporary(env::temp_dir().join(format!("alloc-kit-http-{}.jsonl", process::id())));
    alone("tests_client::ten_thousand_requests", &[("ALLOC_KIT_REPORT", file.0.as_os_str())]);
    let report = fs::read_to_string(&file.0).unwrap();
    let budgets: Vec<Value> = report.lines().map(|line| from_str(line).unwrap()).collect();
    let judged = |name: &str| {
        let is_named = |budget: &&Value| budget["path"].as_str().is_some_and(|path| path.ends_with(name));
        let budget = budgets.iter().find(is_named).unwrap();
        assert_eq!((&budget["verdict"], &budget["judged"]), (&json!("held"), &budget["calls"]), "{budget}");
        budget["judged"].as_u64().unwrap()
    };
    for name in ["lean::respond", "server::fill", "server::flush"] {
        assert!(judged(name) >= REQUESTS as u64, "{name}: {}", judged(name));
    }
}

/// A file that is gone when the test is over, even if that failed.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
#[ignore = "run in a process of its own"]
fn ten_thousand_requests() {
    let handler = lean(MAX_CONNECTIONS);
    assert_eq!(answered(Arc::clone(&handler)), REQUESTS);
    // Each connection has its buffers from the pool.
    let pool = handler.pool_stats();
    assert!((1..=THREADS as u64).contains(&(pool.made + pool.reused)), "{pool:?}");
}

/// That the test above can fail: a handler that allocates ends its connections, and the server's panic goes on.
#[test]
#[should_panic(expected = "`Regressed::respond` made")]
fn a_broken_budget_fails_the_test() {
    answered(regressed());
}

/// How many requests were answered, all of them right.
fn answered<H: Handler>(handler: Arc<H>) -> usize {
    let server = running(handler, NEVER);
    let client = Client::new(server.address);
    let shares = thread::scope(|scope| {
        let share = |thread| {
            let requests = thread * REQUESTS / THREADS..(thread + 1) * REQUESTS / THREADS;
            scope.spawn({
                let client = &client;
                move || client.share(thread, requests)
            })
        };
        let threads: Vec<_> = (0..THREADS).map(share).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let posted = client.suggest(POSTED, LIMIT_MAX);
    drop(client);
    // Why a client got no answer is said by the server.
    if let Err(error) = server.end() {
        resume_unwind(error.into_panic());
    }
    let shares: Vec<Share> = shares.into_iter().map(Result::unwrap).collect();
    let posts = |(thread, share): (usize, &Share)| (path_of(thread), share.posts);
    let expected = list(shares.iter().enumerate().map(posts).collect(), LIMIT_MAX);
    assert_eq!(parsed(&posted.unwrap()), (200, expected));
    shares.iter().map(|share| share.requests).sum()
}

/// What a thread did.
#[derive(Debug, Default)]
struct Share {
    requests: usize,
    posts: u64,
}

/// What all threads share: ureq's agent, which keeps idle connections, and what is expected.
struct Client {
    agent: Agent,
    address: SocketAddr,
    model: Model,
}

impl Client {
    fn new(address: SocketAddr) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .max_idle_connections_per_host(THREADS)
            .max_idle_age(NEVER)
            .build();
        let mut model = Model::new();
        for path in paths_of(LOG) {
            *model.entry(path).or_default() += 1;
        }
        Self { agent: config.into(), address, model }
    }

    /// Of ten requests one posts, one asks for what is not there, and the others for suggestions.
    fn share(&self, thread: usize, requests: Range<usize>) -> Result<Share, ureq::Error> {
        let mut share = Share::default();
        // Without what would suggest the posted ones, too.
        let is_apart = |path: &&str| path.get(..3).is_some_and(|begin| !POSTED.starts_with(begin));
        let paths: Vec<&str> = self.model.keys().copied().filter(is_apart).collect();
        for at in requests {
            match at % 10 {
                0 => {
                    let counted = json!({"counted": 1, "new": u64::from(share.posts == 0)});
                    assert_eq!(parsed(&self.post(&path_of(thread))?), (200, counted));
                    share.posts += 1;
                }
                1 => {
                    let answer = self.get(&format!("/nothing/{at}"), &[("q", "/")])?;
                    assert_eq!(answer, (404, "404 Not Found\n".to_owned()));
                }
                _ => {
                    let path = paths[at % paths.len()];
                    let prefix: String = path.chars().take(3 + at % 12).collect();
                    let limit = 1 + at % LIMIT_MAX;
                    let known = self.model.iter().filter(|(path, _)| path.starts_with(&prefix));
                    let known = known.map(|(path, hits)| ((*path).to_owned(), *hits)).collect();
                    assert_eq!(parsed(&self.suggest(&prefix, limit)?), (200, list(known, limit)), "{prefix}");
                }
            }
            share.requests += 1;
        }
        Ok(share)
    }

    fn suggest(&self, prefix: &str, limit: usize) -> Result<Answer, ureq::Error> {
        self.get("/suggest", &[("q", prefix), ("limit", &limit.to_string())])
    }

    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, ureq::Error> {
        let request = self.agent.get(format!("http://{}{path}", self.address));
        answer(request.query_pairs(query.iter().copied()).call()?)
    }

    fn post(&self, path: &str) -> Result<Answer, ureq::Error> {
        answer(self.agent.post(format!("http://{}/hits", self.address)).send(path)?)
    }
}

fn answer(mut response: Response<Body>) -> Result<Answer, ureq::Error> {
    Ok((response.status().as_u16(), response.body_mut().read_to_string()?))
}

fn parsed((status, body): &Answer) -> (u16, Value) {
    (*status, from_str(body).unwrap_or_else(|error| panic!("{status} {body}: {error}")))
}

/// What is suggested of these, which are in the order of the alphabet.
fn list(mut known: Vec<(String, u64)>, limit: usize) -> Value {
    known.sort_by_key(|(_, hits)| Reverse(*hits));
    known.into_iter().take(limit).map(|(path, hits)| json!({"path": path, "hits": hits})).collect()
}

fn path_of(thread: usize) -> String {
    format!("{POSTED}{thread}")
}
