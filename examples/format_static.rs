//! `format!` of static strings: a text without arguments is a `&'static str` already, and one with arguments is written where it goes.
//!
//! A page of metrics, as Prometheus asks for it every few seconds, has lines with a number and fixed ones that explain them. A
//! hand-written exporter makes each with `format!`, to have them look alike: each goes to the heap, is copied to the page, and is
//! freed. What takes a `&str` takes the literal as well, and `writeln!` writes the numbers to the page itself.
//!
//! Run with `cargo run --release --example format_static`. It prints, for a hundred pages on a log that nginx wrote:
//!
//! ```text
//!                             allocations       bytes        peak
//! before  `format!`ed lines         3,100     397,200       1,374
//! after   `&str`, `writeln!`          100     102,400       1,024
//! time    1.6 times as long before as after (501 rounds)
//! ```

mod support;

use alloc_kit::alloc_budget;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use support::compare;

const LOG: &str = include_str!("data/access.log");
const PAGE_BYTES: usize = 1024;

/// How many answers of each status there were.
type Totals = BTreeMap<&'static str, u64>;

/// Before: a `String` for each line, and one that grows for all.
#[expect(clippy::useless_format, reason = "the way before")]
fn page_formatted(totals: &Totals) -> String {
    let mut page = String::new();
    add(&mut page, &format!("# HELP shop_up Whether the shop answers."));
    add(&mut page, &format!("# TYPE shop_up gauge"));
    add(&mut page, &format!("shop_up 1"));
    add(&mut page, &format!("# HELP shop_requests_total Answers, by status."));
    add(&mut page, &format!("# TYPE shop_requests_total counter"));
    for (status, requests) in totals {
        add(&mut page, &format!("shop_requests_total{{status=\"{status}\"}} {requests}"));
    }
    page
}

/// Not inlined, as if in another crate: where it sees through it, a release build leaves some of the strings out.
#[inline(never)]
fn add(page: &mut String, line: &str) {
    page.extend([line, "\n"]);
}

/// After: one, in which everything is written. A page that outgrows it is over the budget, and `PAGE_BYTES` is to be raised.
#[alloc_budget(1, bytes = PAGE_BYTES)]
fn page(totals: &Totals) -> String {
    let mut page = String::with_capacity(PAGE_BYTES);
    add(&mut page, "# HELP shop_up Whether the shop answers.");
    add(&mut page, "# TYPE shop_up gauge");
    add(&mut page, "shop_up 1");
    add(&mut page, "# HELP shop_requests_total Answers, by status.");
    add(&mut page, "# TYPE shop_requests_total counter");
    for (status, requests) in totals {
        _ = writeln!(page, "shop_requests_total{{status=\"{status}\"}} {requests}");
    }
    page
}

fn totals() -> Totals {
    let mut totals = Totals::new();
    for line in LOG.lines() {
        let answer = line.split('"').nth(2).unwrap_or("");
        *totals.entry(answer.split_ascii_whitespace().next().unwrap_or("-")).or_default() += 1;
    }
    totals
}

fn main() {
    let totals = totals();
    let hundred = |page: fn(&Totals) -> String| (0..100).map(|_| page(&totals).len()).sum::<usize>();
    compare(("`format!`ed lines", || hundred(page_formatted)), ("`&str`, `writeln!`", || hundred(page)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_one_allocation() {
        let totals = totals();
        let [before, after] = compare(("", || page_formatted(&totals)), ("", || page(&totals)));
        assert!(before.allocations > 5 + totals.len() as u64, "{before:?}");
        assert_eq!(after.allocations, 1);
        assert!(page(&totals).contains("\nshop_requests_total{status=\"404\"} 151\n"));
        assert!(page(&Totals::new()).ends_with("counter\n"));
    }

    #[test]
    #[should_panic(expected = "its budget is 1")]
    fn a_formatted_page_is_over_the_budget() {
        alloc_kit::assert_alloc_budget!(1, page_formatted(&Totals::new()));
    }
}
