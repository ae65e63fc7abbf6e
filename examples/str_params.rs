//! `&str` not `String`: a function that only looks at a text takes it as `&str`, so that nobody has to make a `String` to call it.
//!
//! A server turns away the addresses on a list, which is a `HashSet<String>`: so the question takes a `String`, it seems, and each
//! request, whose address is a part of what was read, is asked for with a copy. But `contains` takes what a `String` lends. (A function
//! that keeps the text is another matter: it takes a `String`, and who has one gives it away.) That saves little time here: the address is
//! hashed either way, and the time after has the guard of each call in it (without it: 1.7).
//!
//! Run with `cargo run --release --example str_params`. It prints, for the requests in a log that nginx wrote:
//!
//! ```text
//!                                    allocations       bytes        peak
//! before  `has(address.to_owned())`       11,001     149,341          15
//! after   `has(address)`                       0           0           0
//! time    1.2 times as long before as after (327 rounds)
//! ```

mod support;

use alloc_kit::{Usage, no_alloc};
use std::collections::HashSet;
use support::compare;

const LOG: &str = include_str!("data/access.log");

struct Refused {
    addresses: HashSet<String>,
}

impl Refused {
    /// Before: whoever asks has to own an address, which is dropped here.
    #[expect(clippy::needless_pass_by_value, reason = "the way before")]
    fn has_owned(&self, address: String) -> bool {
        self.addresses.contains(&address)
    }

    /// After: the part of the request is enough.
    #[no_alloc]
    fn has(&self, address: &str) -> bool {
        self.addresses.contains(address)
    }
}

/// Who asked for what only scanners ask for.
fn scanners() -> Refused {
    let scans =
        |line: &&str| ["/wp-login.php", "/.env", "/etc/passwd"].iter().any(|path| line.contains(path));
    Refused { addresses: LOG.lines().filter(scans).map(|line| address(line).to_owned()).collect() }
}

fn address(line: &str) -> &str {
    line.split(' ').next().unwrap_or(line)
}

/// How many requests are turned away.
fn both(refused: &Refused, from: &[&str]) -> [Usage; 2] {
    compare(
        ("`has(address.to_owned())`", || {
            from.iter().filter(|from| refused.has_owned((**from).to_owned())).count()
        }),
        ("`has(address)`", || from.iter().filter(|from| refused.has(from)).count()),
    )
}

fn main() {
    let from: Vec<_> = LOG.lines().map(address).collect();
    both(&scanners(), &from);
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc_kit::assert_no_alloc;

    #[test]
    fn a_part_of_the_request_is_asked_for() {
        let refused = scanners();
        let from: Vec<_> = LOG.lines().map(address).collect();
        let [before, after] = both(&refused, &from);
        assert_eq!(before.allocations, from.len() as u64);
        assert_eq!(after.allocations, 0);
        assert!(refused.has("127.216.36.13") && !refused.has("127.10.221.243") && !refused.has(""));
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn a_copy_to_ask_is_over_the_budget() {
        let refused = scanners();
        assert_no_alloc!(refused.has_owned(address("127.0.0.1 - -").to_owned()));
    }
}
