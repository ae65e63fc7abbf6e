//! `.clone()` in a hot loop, of what is only sometimes changed. Take references, and `Cow` for those that are.
//!
//! A server of files looks up what each request is for: a path that ends in `/` stands for the `index.html` there. All
//! others are right as they came, and cloning each of them, to be able to change it, is an allocation a request.
//!
//! Run with `cargo run --release --example clone_in_loop`. It prints, for the requests in a log that nginx wrote:
//!
//! ```text
//!                                allocations       bytes        peak
//! before  each path is cloned         11,344     292,134       8,189
//! after   those that change are          343       5,883          27
//! time    2.1 times as long before as after (501 rounds)
//! ```

mod support;

use alloc_kit::alloc_budget;
use std::borrow::Cow;
use support::compare;

const LOG: &str = include_str!("data/access.log");

struct Request {
    path: String,
}

/// Before: the request is lent, and what is to be changed is cloned.
fn file_cloned(request: &Request) -> String {
    let mut path = request.path.clone();
    if path.ends_with('/') {
        path.push_str("index.html");
    }
    path
}

/// After: most paths are lent on. The budget says which are not.
#[alloc_budget(u64::from(request.path.ends_with('/')))]
fn file(request: &Request) -> Cow<'_, str> {
    if request.path.ends_with('/') {
        // Made at its full length. `request.path.clone() + "index.html"` would be a second allocation: it grows.
        [&request.path, "index.html"].concat().into()
    } else {
        Cow::Borrowed(&request.path)
    }
}

/// What the server does with each: here, it counts those that are pages.
fn pages<'a, P: AsRef<str>>(requests: &'a [Request], file: impl Fn(&'a Request) -> P) -> usize {
    requests.iter().filter(|request| file(request).as_ref().ends_with("html")).count()
}

fn requests() -> Vec<Request> {
    let paths = LOG.lines().filter_map(|line| line.split(' ').nth(6));
    paths.map(|path| Request { path: path.to_owned() }).collect()
}

fn main() {
    let requests = requests();
    compare(
        ("each path is cloned", || pages(&requests, file_cloned)),
        ("those that change are", || pages(&requests, file)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc_kit::assert_no_alloc;

    #[test]
    fn a_path_that_stays_is_not_copied() {
        let requests = requests();
        let [before, after] =
            compare(("", || pages(&requests, file_cloned)), ("", || pages(&requests, file)));
        let changed = requests.iter().filter(|request| request.path.ends_with('/')).count() as u64;
        assert_eq!(before.allocations, requests.len() as u64 + changed);
        assert_eq!(after.allocations, changed);
        assert_eq!(file(&Request { path: "/blog/".into() }), "/blog/index.html");
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn a_clone_is_over_the_budget() {
        let request = Request { path: "/robots.txt".into() };
        assert_no_alloc!(file_cloned(&request));
    }
}
