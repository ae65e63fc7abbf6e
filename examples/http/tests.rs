//! The budgets under a load of 10,000 requests, and that the usual way breaks them.
//!
//! A budget of the whole process wants a process for itself: `alone` runs one test of this program in another.

use crate::compare::{NEVER, Site, handle_all, one_thread, two_threads};
use crate::lean::Lean;
use crate::load::{Client, REQUESTS, script};
use crate::server::{Buffers, Handler, Step};
use crate::table::{Counted, Table};
use crate::tests_connections::{running, running_on};
use crate::usual::Usual;
use crate::{Command, LOG, parse_arguments};
use alloc_kit::{ArcLease, measure, no_alloc};
use std::env;
use std::ffi::OsStr;
use std::process;
use std::sync::Arc;

pub(crate) const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";

pub(crate) fn lean(connections: usize) -> Arc<Lean> {
    Arc::new(Lean::new(Arc::new(Table::of_log(LOG)), connections))
}

pub(crate) mod budgets {
    use super::*;

    /// The usual way in the place of the lean one.
    pub(crate) struct Regressed(Lean, Usual);

    impl Handler for Regressed {
        type Held = ArcLease<Buffers>;

        fn buffers(&self) -> Option<Self::Held> {
            self.0.buffers()
        }

        #[no_alloc]
        fn respond(&self, buffers: &mut Buffers) -> Step {
            self.1.respond(buffers)
        }
    }

    pub(crate) fn regressed() -> Arc<Regressed> {
        let table = Arc::new(Table::of_log(LOG));
        Arc::new(Regressed(Lean::new(Arc::clone(&table), 64), Usual { table }))
    }

    fn up<H: Handler>(handler: Arc<H>) -> Result<Site, String> {
        let script = Arc::new(script(LOG, &Table::of_log(LOG)));
        Site::up(two_threads().unwrap(), handler, &script).map_err(|error| error.to_string())
    }

    #[test]
    fn ten_thousand_requests_are_answered_without_an_allocation() {
        let site = up(lean(64)).unwrap();
        site.round().unwrap();
        site.down();
    }

    #[test]
    fn on_one_thread_all_that_there_is_allocates_nothing() {
        let script = Arc::new(script(LOG, &Table::of_log(LOG)));
        assert_eq!(script.len(), REQUESTS);
        let site = Site::up(one_thread().unwrap(), lean(64), &script).unwrap();
        let (answered, cost) = measure(|| site.round());
        answered.unwrap();
        assert_eq!((cost.allocations, cost.deallocations), (0, 0));
        site.down();
    }

    #[test]
    #[should_panic(expected = "allocations (")]
    fn the_usual_way_breaks_the_budget() {
        let script = script(LOG, &Table::of_log(LOG));
        handle_all(&*regressed(), &mut Buffers::new(), &script);
    }

    #[test]
    fn a_broken_budget_ends_its_connection_and_comes_out_at_the_end_of_the_server() {
        let failure = up(regressed()).err().unwrap();
        assert!(failure.contains("in place of a response"), "{failure}");
        let mut site = running(regressed(), NEVER);
        site.block_on(async |address| {
            let mut client = Client::connect(address).await.unwrap();
            client.send(HEALTH.as_bytes()).await.unwrap();
            assert!(client.receive().await.is_err());
        });
        let panic = site.end().unwrap_err().into_panic();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(
            message.contains("`Regressed::respond` made") && message.contains("its budget is 0"),
            "{message}"
        );
    }

    #[test]
    fn the_budget_of_the_process_holds() {
        alone("tests::budgets::in_the_whole_process", &[]);
    }

    #[test]
    fn the_usual_way_breaks_the_budget_of_the_process() {
        alone("tests::budgets::in_the_whole_process_as_usual", &[]);
    }

    #[test]
    #[ignore = "run in a process of its own"]
    fn in_the_whole_process() {
        let site = up(lean(64)).unwrap();
        site.round_without_allocation().unwrap();
        site.down();
    }

    #[test]
    #[ignore = "run in a process of its own"]
    #[should_panic(expected = "`Site::round_without_allocation` made 6")]
    fn in_the_whole_process_as_usual() {
        let site = up(Arc::new(Usual { table: Arc::new(Table::of_log(LOG)) })).unwrap();
        let _ = site.round_without_allocation();
    }

    pub(crate) fn alone(test: &str, variables: &[(&str, &OsStr)]) {
        let mut command = process::Command::new(env::current_exe().unwrap());
        command.args(["--exact", test, "--ignored", "--test-threads=1"]).envs(variables.iter().copied());
        let output = command.output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
    }

    #[test]
    fn a_path_that_is_new_is_counted_as_an_exception() {
        let table = Table::default();
        let (counted, cost) = measure(|| table.count("/new"));
        assert_eq!((counted, cost.allocations, cost.allowed_allocations), (Counted::New, 0, 2));
        let (counted, cost) = measure(|| table.count("/new"));
        assert_eq!((counted, cost.allocations), (Counted::Known, 0));
    }

    #[test]
    fn connections_take_turns_with_the_buffers() {
        let handler = lean(2);
        // On one thread buffers are back before the client can know of the end.
        let mut site = running_on(one_thread().unwrap(), Arc::clone(&handler), NEVER);
        site.block_on(async |address| {
            for _ in 0..10 {
                let mut client = Client::connect(address).await.unwrap();
                let request = HEALTH.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
                client.send(request.as_bytes()).await.unwrap();
                assert_eq!(client.receive().await.unwrap().0, 200);
                assert!(client.is_at_its_end().await);
            }
        });
        site.end().unwrap();
        let pool = handler.pool_stats();
        assert_eq!((pool.made, pool.reused, pool.values_kept), (1, 9, 1));
    }
}

#[test]
fn arguments() {
    let address = "127.0.0.1:8080".parse().unwrap();
    assert_eq!(parse_arguments(&[]), Ok(Command::Compare));
    assert_eq!(parse_arguments(&["--help"]), Ok(Command::Help));
    assert_eq!(parse_arguments(&["serve", "usual"]), Ok(Command::Serve { lean: false, address }));
    let address = "[::1]:80".parse().unwrap();
    assert_eq!(parse_arguments(&["serve", "lean", "[::1]:80"]), Ok(Command::Serve { lean: true, address }));
    for bad in [&["serve"][..], &["serve", "fast"], &["serve", "lean", "here"], &["x"]] {
        assert!(parse_arguments(bad).is_err(), "{bad:?}");
    }
}
