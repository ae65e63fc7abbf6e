//! `Vec<T>`: allocates on the first push, and grows 0, 4, 8, 16. Say how many there will be, or have room for the usual number in place.
//!
//! A file server takes `.` and `..` out of each path that it is asked for, before it opens anything. It needs a stack of segments for
//! that, which lives for one path: a `Vec` is allocated for each, and once more for those of more than four segments. (A server has a
//! limit on their number; where there is none, a `SmallVec` moves the few long ones to the heap.) Room in place saves little time: a block
//! just freed is at hand for the next `Vec`, and the guard of each call is timed (without it: 1.3).
//!
//! Run with `cargo run --release --example heap_vec`. It prints what 20 pushes take, and both ways for paths in a log that nginx wrote:
//!
//! ```text
//! Vec::<&str>::new()                        4 allocations, room for [4, 8, 16, 32]
//! Vec::<u8>::new()                          3 allocations, room for [8, 16, 32]
//! Vec::<[u8; 2000]>::new()                  6 allocations, room for [1, 2, 4, 8, 16, 32]
//! Vec::with_capacity(20)                    1 allocation, room for [20]
//! CapHint::vec(), which saw 20              1 allocation, room for [20]
//!                        allocations       bytes        peak
//! before  a `Vec`             11,373     760,512         128
//! after   an `ArrayVec`            0           0           0
//! time    1.1 times as long before as after (191 rounds)
//! ```

#[path = "support/facts.rs"]
mod facts;
mod support;

use alloc_kit::{ArrayVec, CapHint, no_alloc};
use facts::{growth, paths};
use support::compare;

const DEEPEST: usize = 8;

/// Before: the segments that are left. `None` where `..` leads out of the root, or there are too many.
fn resolved_vec(path: &str) -> Option<Vec<&str>> {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            segment if segments.len() < DEEPEST => segments.push(segment),
            _ => return None,
        }
    }
    Some(segments)
}

/// After: the same, in place. With `Vec::with_capacity(DEEPEST)` it would be one allocation each.
#[no_alloc]
fn resolved(path: &str) -> Option<ArrayVec<&str, DEEPEST>> {
    let mut segments = ArrayVec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            segment => segments.try_push(segment).ok()?,
        }
    }
    Some(segments)
}

/// How deep all paths are together. What is refused counts as 1,000.
fn depths<'a, S: AsRef<[&'a str]>>(paths: &[&'a str], resolved: fn(&'a str) -> Option<S>) -> usize {
    let depth = |path: &&'a str| resolved(path).map_or(1_000, |segments| segments.as_ref().len());
    paths.iter().map(depth).sum()
}

fn main() {
    growth("Vec::<&str>::new()", 20, Vec::new, |list| list.push(""), Vec::capacity);
    growth("Vec::<u8>::new()", 20, Vec::new, |list| list.push(0_u8), Vec::capacity);
    growth("Vec::<[u8; 2000]>::new()", 20, Vec::new, |list| list.push([0_u8; 2000]), Vec::capacity);
    growth("Vec::with_capacity(20)", 20, || Vec::with_capacity(20), |list| list.push(""), Vec::capacity);
    let lengths = CapHint::new();
    lengths.observe(20);
    growth("CapHint::vec(), which saw 20", 20, || lengths.vec(), |list| list.push(""), Vec::capacity);
    let paths = paths();
    compare(("a `Vec`", || depths(&paths, resolved_vec)), ("an `ArrayVec`", || depths(&paths, resolved)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_is_resolved_in_place() {
        let paths = paths();
        let [before, after] =
            compare(("", || depths(&paths, resolved_vec)), ("", || depths(&paths, resolved)));
        assert!(before.allocations > paths.len() as u64 && after.allocations == 0, "{before}");
        assert_eq!(resolved("/a/./b//../c").as_deref(), Some(&["a", "c"][..]));
        assert_eq!(resolved("/../../etc/passwd"), None);
        assert_eq!(resolved(&"/x".repeat(9)), None);
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn a_vec_is_over_the_budget() {
        alloc_kit::assert_no_alloc!(resolved_vec("/a"));
    }
}
