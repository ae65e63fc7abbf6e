//! `Recycler` against plain vectors, by random leases of many types.
//!
//! Run with: `cargo test -p alloc-kit-tests --test recycler_model`, also with `--release`.

#[path = "support/cases.rs"]
mod cases;

use std::mem;
use std::panic::{self, AssertUnwindSafe, resume_unwind};

use alloc_kit::{Recycler, measure};
use cases::cases;
use proptest::prelude::*;

/// An element: made from a number, and told apart by it.
trait Item: Clone + PartialEq + std::fmt::Debug {
    fn of(n: u32) -> Self;
}

macro_rules! items {
    ($($item:ty: $of:expr;)*) => {$(
        impl Item for $item {
            fn of(n: u32) -> Self {
                ($of)(n)
            }
        }
    )*};
}

#[derive(Clone, PartialEq, Debug)]
#[repr(align(64))]
struct Line(u32);

#[derive(Clone, PartialEq, Debug)]
#[repr(align(4096))]
struct Page(u32);

items! {
    u8: |n: u32| n.to_le_bytes()[0];
    [u8; 3]: |n: u32| [n.to_le_bytes()[0]; 3];
    u32: |n| n;
    [u32; 3]: |n| [n; 3];
    u64: u64::from;
    [u8; 8]: |n: u32| u64::from(n).to_le_bytes();
    [u32; 2]: |n| [n; 2];
    [u64; 2]: |n| [u64::from(n); 2];
    &'static str: |n| &"abcdefghijklmnop"[n as usize % 16..];
    String: |n: u32| n.to_string();
    (): |_| ();
    Line: Line;
    Page: Page;
}

/// How a lease ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Drop,
    IntoInner,
    Swap,
    Panic,
    Forget,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Lease { item: u8, pushes: u32, shrink: bool, end: End },
    MaxBytes(usize),
    GiveBack,
}

fn step() -> impl Strategy<Value = Step> {
    let end = prop_oneof![
        6 => Just(End::Drop),
        1 => Just(End::IntoInner),
        2 => Just(End::Swap),
        1 => Just(End::Panic),
        1 => Just(End::Forget),
    ];
    let pushes = prop_oneof![0..4_u32, 0..40_u32, 0..700_u32];
    let lease = (0..13_u8, pushes, any::<bool>(), end).prop_map(|(item, pushes, shrink, end)| Step::Lease {
        item,
        pushes,
        shrink,
        end,
    });
    prop_oneof![
        20 => lease,
        1 => prop_oneof![Just(0), 0..20_000_usize, Just(65_536)].prop_map(Step::MaxBytes),
        1 => Just(Step::GiveBack),
    ]
}

fn lease<T: Item>(recycler: &mut Recycler, pushes: u32, shrink: bool, end: End) {
    let (retained_bytes, is_sized) = (recycler.retained_bytes(), size_of::<T>() != 0);
    let mut items = recycler.lease::<T>();
    let model: Vec<T> = (0..pushes).map(T::of).collect();
    assert!(items.is_empty());
    if is_sized {
        let fits = items.capacity() * size_of::<T>();
        assert!(fits == 0 || fits == retained_bytes);
    }
    items.extend(model.iter().cloned());
    assert_eq!(*items, model);
    assert_eq!(items.as_ptr().addr() % align_of::<T>(), 0);
    if shrink {
        items.truncate(pushes as usize / 2);
        items.shrink_to_fit();
        assert_eq!(*items, model[..pushes as usize / 2]);
    }
    match end {
        End::Drop => drop(items),
        End::IntoInner => drop(items.into_inner()),
        End::Swap => {
            let mut other = model.clone();
            mem::swap(&mut *items, &mut other);
            assert_eq!(*items, model);
            drop(items);
        }
        End::Panic => {
            // Without the panic hook, which would print it.
            let ended = panic::catch_unwind(AssertUnwindSafe(|| {
                let _items = items;
                resume_unwind(Box::new("told to"));
            }));
            assert!(ended.is_err());
        }
        // The elements are freed, for the leak checkers; what the recycler sees is the same.
        End::Forget => drop(mem::take(&mut **mem::ManuallyDrop::new(items))),
    }
    if is_sized && matches!(end, End::IntoInner | End::Forget) {
        assert_eq!(recycler.retained_bytes(), 0);
    }
}

fn run(recycler: &mut Recycler, steps: &[Step]) {
    let mut max_bytes = 65_536;
    for step in steps {
        match *step {
            Step::GiveBack => {
                recycler.give_back();
                assert_eq!(recycler.retained_bytes(), 0);
            }
            Step::MaxBytes(bytes) => {
                max_bytes = bytes;
                *recycler = mem::take(recycler).max_bytes(bytes);
            }
            Step::Lease { item, pushes, shrink, end } => {
                let lease = match item {
                    0 => lease::<u8>,
                    1 => lease::<[u8; 3]>,
                    2 => lease::<u32>,
                    3 => lease::<[u32; 3]>,
                    4 => lease::<u64>,
                    5 => lease::<[u64; 2]>,
                    6 => lease::<&'static str>,
                    7 => lease::<String>,
                    8 => lease::<Line>,
                    9 => lease::<Page>,
                    10 => lease::<[u8; 8]>,
                    11 => lease::<[u32; 2]>,
                    _ => {
                        // What a lowered bound has not met yet stays for these.
                        let retained_bytes = recycler.retained_bytes();
                        lease::<()>(recycler, pushes, shrink, end);
                        assert_eq!(recycler.retained_bytes(), retained_bytes);
                        continue;
                    }
                };
                lease(recycler, pushes, shrink, end);
                assert!(recycler.retained_bytes() <= max_bytes, "{} bytes", recycler.retained_bytes());
            }
        }
    }
}

/// What fuzz/ makes from its inputs, too.
pub(crate) fn case() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..40)
}

/// Fails unless each lease is as good as a new vector, and all is given back.
pub(crate) fn holds(steps: &[Step]) {
    let ((), usage) = measure(|| {
        let mut recycler = Recycler::new();
        run(&mut recycler, steps);
    });
    assert_eq!(usage.live_bytes, 0, "{usage}");
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_recycler_is_as_good_as_new_vectors(case in case()) {
        holds(&case);
    }
}
