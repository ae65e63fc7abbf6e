//! Attributes on `impl` blocks and modules: each function inside has the budget, but for those that say otherwise.
//! Functions by macros, and forms that need nothing else: `const fn`, `-> !`, `#[test]`.
//!
//! Run with: `cargo test -p alloc-kit-tests --test blocks`, also with `--release`.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic, clippy::all)]

use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};

use alloc_kit::{alloc_allowed, alloc_budget, no_alloc};

/// The first line of the message with which the call fails.
fn broken<R>(call: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a broken budget");
    let message = payload.downcast::<String>().expect("a message");
    message.lines().next().expect("a first line").to_owned()
}

fn zero_for(name: &str) -> String {
    format!("alloc-kit: `{name}` made 1 heap allocation (8 bytes); its budget is 0")
}

fn allocate() -> u64 {
    *black_box(Box::new(1_u64))
}

#[derive(Default)]
struct Queue<T> {
    items: Vec<T>,
}

#[no_alloc]
impl<T> Queue<T> {
    const USUAL: usize = 4;

    /// Holds.
    fn len(&self) -> usize {
        self.items.len()
    }

    fn breaks(&self) -> u64 {
        let _ = self;
        allocate()
    }

    #[alloc_budget(1)]
    fn push(&mut self, item: T) {
        self.items.push(item);
    }

    #[alloc_allowed("the caller asks for it")]
    fn reserve(&mut self) {
        self.items.reserve_exact(Self::USUAL);
    }

    const fn capacity_of() -> usize {
        Self::USUAL
    }

    fn nested() -> u64 {
        fn outside_of_the_block() -> u64 {
            allocate()
        }
        outside_of_the_block()
    }
}

trait Work {
    fn by_default(&self) -> u64;

    #[no_alloc]
    fn with_a_body(&self) -> u64 {
        self.by_default()
    }
}

#[no_alloc]
impl Work for Queue<u8> {
    fn by_default(&self) -> u64 {
        allocate()
    }
}

impl Work for Queue<u16> {
    fn by_default(&self) -> u64 {
        allocate()
    }
}

#[test]
fn an_impl_block_is_each_of_its_functions() {
    let mut queue = Queue::<u8>::default();
    assert_eq!(queue.len(), 0);
    queue.push(1);
    assert_eq!(broken(|| queue.breaks()), zero_for("Queue::breaks"));
    assert_eq!(broken(Queue::<u8>::nested), zero_for("Queue::nested"));
    assert_eq!(broken(|| queue.by_default()), zero_for("Queue::by_default"));
    assert_eq!(Queue::<u8>::capacity_of(), 4);
    let ((), usage) = alloc_kit::measure(|| Queue::<u8>::default().reserve());
    assert_eq!((usage.allocations, usage.allowed_allocations), (0, 1));
}

#[test]
fn default_methods_of_traits() {
    // Judged for each type by itself: the inner budget is there for one of them only.
    assert_eq!(broken(|| Queue::<u8>::default().with_a_body()), zero_for("Queue::by_default"));
    let message = broken(|| Queue::<u16>::default().with_a_body());
    assert!(message.ends_with("made 1 heap allocation (8 bytes); its budget is 0"), "{message}");
    assert!(message.contains("with_a_body"), "{message}");
}

#[alloc_budget(n)]
mod inside {
    //! Functions of one parameter.

    use super::allocate;

    pub(super) const NOT_A_FUNCTION: u64 = 3;

    pub(super) fn free(n: u64) {
        for _ in 0..=n {
            allocate();
        }
    }

    pub(super) struct Counter {
        pub(super) sum: u64,
    }

    impl Counter {
        pub(super) fn add(&mut self, n: u64) -> u64 {
            for _ in 0..n {
                self.sum += allocate();
            }
            self.sum
        }

        pub(super) fn add_too_often(&mut self, n: u64) {
            self.add(n);
            allocate();
        }
    }

    pub(super) trait Doubles {
        fn double(&self, n: u64) -> u64 {
            free(n - 1);
            2 * n
        }

        fn one_too_many(&self, n: u64) {
            let _ = self;
            for _ in 0..=n {
                allocate();
            }
        }

        fn triple(&self, n: u64) -> u64;
    }

    impl Doubles for Counter {
        fn triple(&self, n: u64) -> u64 {
            let _ = self;
            free(n);
            3 * n
        }
    }

    pub(super) mod deeper {
        #[::alloc_kit::alloc_allowed("its own budget, or none")]
        pub(in super::super) fn other() -> u64 {
            super::allocate()
        }

        pub(in super::super) fn free(n: u64) {
            super::free(n);
        }
    }

    #[cfg(test)]
    mod tests {
        #[test]
        fn tests_inside_are_left_as_they_are() {
            super::allocate();
        }
    }
}

#[test]
fn a_module_is_each_of_its_functions() {
    use inside::{Counter, Doubles, deeper};
    let one_over = |name: &str, n: u64| {
        format!(
            "alloc-kit: `{name}` made {} heap allocations ({} bytes); its budget is {n}",
            n + 1,
            8 * (n + 1)
        )
    };
    assert_eq!(broken(|| inside::free(2)), one_over("free", 2));
    assert_eq!(broken(|| deeper::free(3)), one_over("free", 3));
    let mut counter = Counter { sum: 0 };
    assert_eq!(counter.add(inside::NOT_A_FUNCTION), 3);
    assert_eq!(broken(|| counter.add_too_often(3)), one_over("Counter::add_too_often", 3));
    let message = broken(|| counter.one_too_many(3));
    assert!(
        message.ends_with("one_too_many` made 4 heap allocations (32 bytes); its budget is 3"),
        "{message}"
    );
    assert_eq!(broken(|| counter.double(3)), one_over("free", 2));
    assert_eq!(broken(|| counter.triple(3)), one_over("free", 3));
    assert_eq!(deeper::other(), 1);
}

#[no_alloc]
const fn doubled(n: usize) -> usize {
    n * 2
}

const DOUBLED: [u8; doubled(2)] = [0; doubled(2)];

#[no_alloc]
fn never(really: bool) -> ! {
    assert!(!really, "on purpose");
    std::process::exit(3)
}

#[test]
fn const_and_never() {
    assert_eq!(DOUBLED.len(), doubled(2));
    let payload = panic::catch_unwind(|| never(black_box(true))).unwrap_err();
    assert_eq!(*payload.downcast::<&str>().unwrap(), "on purpose");
}

#[no_alloc]
#[test]
fn a_test_with_a_budget_above() {
    assert_eq!(doubled(2), black_box(4));
}

#[test]
#[no_alloc]
#[should_panic(expected = "`a_test_with_a_budget_below` made 1 heap allocation (8 bytes); its budget is 0")]
fn a_test_with_a_budget_below() {
    allocate();
}

macro_rules! family {
    ($($name:ident: $budget:expr, $receiver:ident => $body:expr;)*) => {
        struct Family;

        #[no_alloc]
        impl Family {
            $(#[alloc_budget($budget)] fn $name(&$receiver) -> u64 { let _ = $receiver; $body })*
        }
    };
}

family! {
    one: 1, self => allocate();
    none: 0, self => allocate();
}

#[test]
fn functions_by_macros_in_a_block() {
    assert_eq!(Family.one(), 1);
    assert_eq!(broken(|| Family.none()), zero_for("Family::none"));
}

#[no_alloc]
mod with_conditions {
    use super::allocate;

    #[cfg_attr(all(), ::alloc_kit::alloc_allowed("its own"))]
    pub(super) fn allowed() -> u64 {
        allocate()
    }

    #[cfg_attr(all(), ::alloc_kit::alloc_budget(1))]
    pub(super) fn one() -> u64 {
        allocate()
    }

    #[cfg_attr(any(), ::alloc_kit::alloc_budget(1))]
    pub(super) fn none() -> u64 {
        allocate()
    }
}

#[test]
fn a_function_inside_may_say_something_else_under_a_condition() {
    assert_eq!(with_conditions::allowed() + with_conditions::one(), 2);
    assert_eq!(broken(with_conditions::none), zero_for("none"));
}
