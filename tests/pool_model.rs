//! `Pool` against a plain model: what is leased, kept and freed after any series of calls on one thread.
//!
//! Run with: `cargo test -p alloc-kit-tests --test pool_model`.

#[path = "support/cases.rs"]
mod cases;

use std::mem;
use std::sync::Arc;

use alloc_kit::{ArcLease, Pool};
use cases::cases;
use proptest::prelude::*;

/// A value keeps at most so many bytes, here.
const MAX_BYTES: usize = 64;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Lease,
    TryLease,
    /// Of the leases, this one (modulo their number) gets so many bytes more.
    Fill(usize, usize),
    End(usize),
    Take(usize),
    Forget(usize),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    let any = 0_usize..100;
    prop_oneof![
        4 => Just(Step::Lease),
        2 => Just(Step::TryLease),
        4 => (any.clone(), 0_usize..100).prop_map(|(lease, bytes)| Step::Fill(lease, bytes)),
        4 => any.clone().prop_map(Step::End),
        1 => any.clone().prop_map(Step::Take),
        1 => any.prop_map(Step::Forget),
        1 => Just(Step::Clear),
    ]
}

/// A lease, and what it should be.
struct Leased {
    lease: ArcLease<Vec<u8>>,
    text: Vec<u8>,
    overflows: bool,
    /// Whether `give_back` was called since it began.
    cleared: bool,
}

/// What the pool should be.
#[derive(Default)]
struct Model {
    max_values: usize,
    own_values: usize,
    /// What the idle values retain.
    kept: Vec<usize>,
    leased: Vec<Leased>,
    forgotten: usize,
    leases: u64,
    made: u64,
    overflowed: u64,
    given_back: u64,
}

impl Model {
    fn has_room(&self) -> bool {
        let in_slots = self.leased.iter().filter(|leased| !leased.overflows).count() + self.forgotten;
        in_slots < self.max_values
    }

    fn leased(&mut self, pool: &Pool<Vec<u8>>, lease: ArcLease<Vec<u8>>) {
        assert!(lease.is_empty());
        let overflows = !self.has_room();
        self.leases += 1;
        let is_new = pool.stats().made > self.made;
        // A value that is kept is leased, but where the thread's own slot is free and empty.
        assert!(is_new || !overflows);
        assert!(!is_new || overflows || self.own_values > 0 || self.kept.is_empty());
        if is_new {
            self.made += 1;
        } else {
            // Which of them is the pool's affair.
            let kept = self.kept.iter().position(|bytes| *bytes == lease.capacity());
            self.kept.swap_remove(kept.expect("a value that was kept"));
        }
        self.overflowed += u64::from(overflows);
        self.leased.push(Leased { lease, text: Vec::new(), overflows, cleared: false });
    }

    fn run(&mut self, pool: &Arc<Pool<Vec<u8>>>, step: Step) {
        let index = |index: usize| index.checked_rem(self.leased.len());
        match step {
            Step::Lease => self.leased(pool, pool.lease_arc()),
            Step::TryLease => {
                let lease = pool.try_lease_arc();
                assert_eq!(lease.is_ok(), self.has_room());
                if let Ok(lease) = lease {
                    self.leased(pool, lease);
                }
            }
            Step::Fill(lease, bytes) => {
                if let Some(leased) = index(lease).map(|index| &mut self.leased[index]) {
                    leased.lease.resize(leased.text.len() + bytes, 7);
                    leased.text.resize(leased.text.len() + bytes, 7);
                }
            }
            Step::End(lease) => {
                if let Some(leased) = index(lease).map(|index| self.leased.swap_remove(index)) {
                    assert_eq!(*leased.lease, leased.text);
                    let bytes = leased.lease.capacity();
                    if !leased.overflows {
                        let stays = bytes <= MAX_BYTES && !leased.cleared;
                        if stays { self.kept.push(bytes) } else { self.given_back += 1 }
                    }
                }
            }
            Step::Take(lease) => {
                if let Some(leased) = index(lease).map(|index| self.leased.swap_remove(index)) {
                    assert_eq!(leased.lease.into_inner(), leased.text);
                }
            }
            Step::Forget(lease) => {
                if let Some(leased) = index(lease).map(|index| self.leased.swap_remove(index)) {
                    // What overflows would leak here.
                    if leased.overflows {
                        drop(leased.lease);
                    } else {
                        self.forgotten += 1;
                        mem::forget(leased.lease);
                    }
                }
            }
            Step::Clear => {
                pool.give_back();
                self.given_back += self.kept.len() as u64;
                self.kept.clear();
                self.leased.iter_mut().for_each(|leased| leased.cleared = true);
            }
        }
    }

    fn check(&self, pool: &Pool<Vec<u8>>) {
        let stats = pool.stats();
        assert_eq!(stats.values_kept, self.kept.len() as u64);
        assert_eq!(stats.retained_bytes, self.kept.iter().sum::<usize>() as u64);
        assert_eq!(stats.values_leased, (self.leased.len() + self.forgotten) as u64);
        assert_eq!(stats.reused + stats.made, self.leases);
        assert_eq!(stats.made, self.made);
        assert_eq!((stats.overflowed, stats.given_back), (self.overflowed, self.given_back));
    }
}

/// `max_values`, `own_values` and the steps.
pub(crate) type Case = (usize, usize, Vec<Step>);

/// What fuzz/ makes from its inputs, too.
pub(crate) fn case() -> impl Strategy<Value = Case> {
    (0_usize..5, 0_usize..3, prop::collection::vec(step(), 1..60))
}

/// Fails unless the pool is what the model is, after each step.
pub(crate) fn holds((max_values, own, steps): &Case) {
    let (max_values, own_values) = (*max_values, (*own).min(*max_values));
    let pool = Arc::new(Pool::new().max_values(max_values).max_bytes(MAX_BYTES).own_values(own_values));
    let mut model = Model { max_values, own_values, ..Model::default() };
    for step in steps {
        model.run(&pool, *step);
        model.check(&pool);
    }
    // Each lease that was forgotten still holds the pool.
    model.leased.clear();
    for _ in 0..model.forgotten {
        // SAFETY: the pointer is of an `Arc`, one of whose counts is that of a forgotten lease.
        unsafe { Arc::decrement_strong_count(Arc::as_ptr(&pool)) };
    }
    assert_eq!(Arc::strong_count(&pool), 1);
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn any_series_of_calls(case in case()) {
        holds(&case);
    }
}
