//! `assert_growth!`: what holds, what does not, and what is said of it.
//!
//! Run with: `cargo test -p alloc-kit-tests --test growth`, also with `--release`.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;

use alloc_kit::{assert_growth, measure};

/// The message with which the call fails.
fn broken(call: impl FnOnce()) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).expect_err("growth that is not as claimed");
    *payload.downcast::<String>().expect("a message")
}

/// The first line of it.
fn title(call: impl FnOnce()) -> String {
    broken(call).lines().next().expect("a first line").to_owned()
}

fn pushed(n: usize) -> Vec<usize> {
    let mut list = Vec::new();
    for i in 0..n {
        list.push(black_box(i));
    }
    list
}

/// One allocation each.
fn singles(n: usize) -> Vec<Rc<usize>> {
    (0..n).map(|i| black_box(Rc::new(i))).collect()
}

/// Sorts into a new list at each level.
fn merge_sorted(list: &[u32]) -> Vec<u32> {
    if list.len() < 2 {
        return list.to_vec();
    }
    let (left, right) = list.split_at(list.len() / 2);
    let [left, right] = [left, right].map(merge_sorted);
    let mut sorted = Vec::with_capacity(list.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let Some(from_left) = match (left.peek(), right.peek()) {
        (Some(left), Some(right)) => Some(left <= right),
        (left, right) => left.or(right).map(|_| left.is_some()),
    } {
        sorted.extend(if from_left { left.next() } else { right.next() });
    }
    sorted
}

fn shuffled(n: usize) -> Vec<u32> {
    (0..).map(|i: u32| i.wrapping_mul(2_654_435_761)).take(n).collect()
}

/// A list that is inline up to a length, and grows by a factor from there.
struct Grown {
    inline: usize,
    capacity: usize,
    factor: (usize, usize),
    spilt: Vec<u8>,
}

impl Grown {
    fn to(n: usize, inline: usize, factor: (usize, usize)) -> Self {
        let mut list = Self { inline, capacity: inline, factor, spilt: Vec::new() };
        while n > list.inline && list.capacity < n {
            list.capacity = (list.capacity * list.factor.0 / list.factor.1).max(list.capacity + 1);
            list.spilt.reserve_exact(list.capacity - list.spilt.len());
            list.spilt.resize(list.capacity, 0);
        }
        list
    }
}

#[test]
fn what_grows_as_claimed_holds() {
    assert_growth!(O(log n), bytes = O(n), peak_bytes = O(n), live_bytes = O(n), pushed);
    assert_growth!(O(1), bytes = O(n), deallocations = O(1), |n| Vec::<u64>::with_capacity(black_box(n)));
    assert_growth!(O(n), bytes = O(n), |n| singles(n));
    assert_growth!(O(log n), bytes = O(n), |n| {
        let mut map = HashMap::new();
        for i in 0..n {
            map.insert(i, i);
        }
        map
    });
    assert_growth!(O(log n), |n| {
        let mut text = String::new();
        (0..n).for_each(|_| text.push(black_box('x')));
        text
    });
    assert_growth!(O(log n), bytes = O(n), |n| {
        let mut queue = VecDeque::new();
        (0..n).for_each(|i| queue.push_front(black_box(i)));
        queue
    });
    assert_growth!(O(n), bytes = O(n), |n| shuffled(n), |keys| {
        let mut map = BTreeMap::new();
        for key in keys {
            map.insert(key, key);
        }
        map
    });
    assert_growth!(O(n), bytes = O(n log n), shuffled, |list: Vec<u32>| merge_sorted(&list));
}

#[test]
fn factors_and_inline_room_hold() {
    for factor in [(3, 2), (2, 1), (4, 1)] {
        for inline in [1, 4, 24, 100] {
            assert_growth!(O(log n), bytes = O(n), |n| Grown::to(n, inline, factor));
        }
    }
}

#[test]
fn what_grows_faster_is_caught() {
    let says = |said: &str, call: &dyn Fn()| assert_eq!(title(call), format!("alloc-kit: {said}"));
    let times = |n: usize| (0..n).for_each(|i| drop(black_box(Box::new(i))));
    let log = |n: usize| n.ilog2() as usize;
    says("allocations grow faster than O(1): they look like O(log n)", &|| assert_growth!(O(1), pushed));
    says("allocations grow faster than O(1): they look like O(log n)", &|| {
        assert_growth!(O(1), |n| times(log(n)));
    });
    says("allocations grow faster than O(log n): they look like O(n)", &|| {
        assert_growth!(O(log n), |n| times(n));
    });
    says("allocations grow faster than O(log n): they look like O(n)", &|| {
        assert_growth!(O(log n), |n| times(log(n) * log(n)));
    });
    says("allocations grow faster than O(log n): they look like O(n)", &|| {
        assert_growth!(O(log n), |n| times(n.isqrt()));
    });
    says("allocations grow faster than O(n): they look like O(n log n)", &|| {
        assert_growth!(O(n), |n| times(n * log(n)));
    });
    says("bytes grow faster than O(n): they look like O(n log n)", &|| {
        assert_growth!(O(n), bytes = O(n), shuffled, |list: Vec<u32>| merge_sorted(&list));
    });
    says("allocations grow faster than O(n log n)", &|| {
        assert_growth!(O(n log n), sizes = (2..11).map(|k| 1 << k), |n| times(n * n));
    });
    says("allocations grow faster than O(n), and faster than O(n log n)", &|| {
        assert_growth!(O(n), sizes = (2..11).map(|k| 1 << k), |n| times(n * n));
    });
    says("peak bytes grow faster than O(1): they look like O(n)", &|| {
        assert_growth!(peak_bytes = O(1), |n| drop(black_box(vec![1_u8; n])));
    });
    says("live bytes grow faster than O(log n): they look like O(n)", &|| {
        assert_growth!(live_bytes = O(log n), |n| vec![1_u8; n]);
    });
    says("deallocations grow faster than O(log n): they look like O(n)", &|| {
        assert_growth!(deallocations = O(log n), singles, |list: Vec<Rc<usize>>| drop(list));
    });
}

#[test]
fn the_message_shows_the_series() {
    let message = broken(|| assert_growth!(O(log n), |n| singles(n))); // the assertion in question
    let line =
        include_str!("growth.rs").lines().position(|line| line.contains("// the assertion in question"));
    let place = format!("tests/growth.rs:{}:29", line.unwrap() + 1);
    assert_eq!(
        message,
        format!(
            "\
alloc-kit: allocations grow faster than O(log n): they look like O(n)
     n  allocations  more per log n
     4            5
     8            9               4
    16           17               8
    32           33              16
    64           65              32
   128          129              64
   256          257             128
   512          513             256
  1024         1025             512
  2048         2049            1024
  4096         4097            2048
  --> {place}
   = help: a budget round a part of it, or for one size, points at the lines: `assert_no_alloc!(..)`"
        )
    );
}

#[test]
fn several_claims_are_told_together() {
    let message = broken(|| {
        assert_growth!(O(1), bytes = O(n), peak_bytes = O(log n), sizes = [10, 20, 40, 80], |n| {
            drop(black_box(vec![1_u8; n]));
            vec![1_u8; 6 * usize::from(n > 40)]
        });
    });
    let (series, rest) = message.split_once("  --> tests/growth.rs:").expect("a place");
    assert_eq!(
        series,
        "\
alloc-kit: allocations grow faster than O(1): they look like O(log n)
   n  allocations  bytes  peak bytes  more per log n
  10            1     10          10
  20            1     20          20           10.00
  40            1     40          40           20.00
  80            2     86          80           40.00
"
    );
    let (_, rest) = rest.split_once('\n').expect("more lines");
    assert!(
        rest.starts_with("   = note: peak bytes grow faster than O(log n): they look like O(n)\n"),
        "{rest}"
    );
}

#[test]
fn growth_that_starts_too_late_is_not_passed() {
    let late = |n| if n > 1_024 { singles(1) } else { Vec::new() };
    let message = broken(|| assert_growth!(O(log n), |n| late(n)));
    let first = "alloc-kit: whether allocations grow faster than O(log n) cannot be told: \
        up to n = 1024 they do not grow\n";
    let help = "   = help: `sizes = [..]` with 3 or more above 1024, each twice the one before, can tell";
    assert!(message.starts_with(first) && message.ends_with(help), "{message}");
    assert_growth!(O(log n), sizes = (8..14).map(|k| 1 << k), |n| late(n));
    // It is no constant in any case, and what else it is is not said.
    assert_eq!(title(|| assert_growth!(O(1), |n| late(n))), "alloc-kit: allocations grow faster than O(1)");
}

#[test]
fn sizes_that_show_nothing_are_refused() {
    for sizes in [&[][..], &[1, 2, 8], &[1, 2, 2, 8], &[8, 4, 2, 1], &[10, 20, 30, 79], &[0, 1, 2, 8]] {
        assert_eq!(
            broken(|| assert_growth!(O(1), sizes = sizes, |n| n)),
            format!(
                "alloc-kit: `sizes` of {sizes:?} cannot show growth; expected at least 4 from 1 on, \
                 each larger than the one before, the last at least 8 times the first"
            )
        );
    }
    assert_growth!(O(n), sizes = [10, 20, 30, 80], |n| singles(n));
    assert_growth!(O(n), sizes = vec![1, 2, 4, 8], |n| singles(n));
    assert_growth!(O(n), sizes = [1_usize, 2, 4, 8].iter(), |n| singles(n));
}

#[test]
fn the_forms_that_are_accepted() {
    assert_growth!(O(1), |_| ());
    assert_growth!(O(log(n)), pushed,);
    assert_growth!(O(n * log n), pushed);
    assert_growth!(O(n * log(n)), (|n| singles(n)));
    assert_growth!(sizes = [1, 2, 4, 8], allocations = O(n log n), bytes = O(n log n), |n: usize| singles(n),);
    let mut calls = Vec::with_capacity(5);
    let made = "made".to_owned();
    assert_growth!(O(1), sizes = [1, 2, 4, 8], |n| (n, made.clone()), |(n, made)| {
        calls.push((n, made));
    });
    // Once more at the smallest at first.
    assert_eq!(calls.iter().map(|call| call.0).collect::<Vec<_>>(), [1, 1, 2, 4, 8]);
    assert_growth!(O(1), move |n| calls.len() + made.len() + n);
}

#[test]
fn what_is_not_counted() {
    // The input, its drop where it is given back, and the result.
    assert_growth!(O(1), deallocations = O(1), |n| singles(n), |list| list);
    assert_growth!(deallocations = O(1), |n| singles(n));
    // What is built once.
    let mut kept = Vec::new();
    assert_growth!(O(1), |n| if kept.is_empty() {
        kept = singles(1_000);
    } else {
        black_box(n);
    });
    // The series itself, and the message that was caught.
    let ((), usage) = measure(|| assert_growth!(O(1), |n| n));
    assert_eq!((usage.allocations, usage.deallocations, usage.live_bytes), (0, 0, 0));
    // Nor where the closure panics; this one does so without a message.
    let panics = |n| {
        if n > 9 {
            panic::resume_unwind(Box::new(()))
        }
    };
    let (caught, usage) = measure(|| panic::catch_unwind(|| assert_growth!(O(1), panics)));
    assert!(caught.is_err());
    assert_eq!(usage.live_bytes, 0, "{usage}");
}
