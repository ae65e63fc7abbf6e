//! `Pool` when something panics: nothing that was leased meanwhile is kept, no slot is stuck, nothing is dropped twice.
//! And leases within leases, and within all that the pool calls.
//!
//! Run with: `cargo test -p alloc-kit-tests --test pool_panics`.

#![forbid(unsafe_code)]
#![deny(warnings, clippy::pedantic, clippy::all)]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use alloc_kit::{Pool, Reuse};

thread_local! {
    /// Values that are alive, and what is to happen next.
    static ALIVE: Cell<i64> = const { Cell::new(0) };
    static NEXT: Cell<Next> = const { Cell::new(Next::Nothing) };
}

/// What the next call of one of the functions that the pool calls does.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
enum Next {
    #[default]
    Nothing,
    PanicInMake,
    PanicInReset,
    PanicInRetained,
    PanicInDrop,
    LeaseInMake,
    LeaseInReset,
    LeaseInRetained,
    LeaseInDrop,
}

static POOL: Pool<Touchy> = Pool::with(Touchy::new);

struct Touchy {
    pool: Option<&'static Pool<Touchy>>,
    clean: bool,
    retained_bytes: usize,
}

impl Touchy {
    fn new() -> Self {
        happen(Next::PanicInMake, Next::LeaseInMake, Some(&POOL));
        ALIVE.set(ALIVE.get() + 1);
        Self { pool: None, clean: true, retained_bytes: 0 }
    }
}

impl Reuse for Touchy {
    fn reset(&mut self) {
        happen(Next::PanicInReset, Next::LeaseInReset, self.pool);
        self.clean = true;
    }

    fn retained_bytes(&self) -> usize {
        happen(Next::PanicInRetained, Next::LeaseInRetained, self.pool);
        self.retained_bytes
    }
}

impl Drop for Touchy {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
        happen(Next::PanicInDrop, Next::LeaseInDrop, self.pool);
    }
}

fn happen(panics: Next, leases: Next, pool: Option<&'static Pool<Touchy>>) {
    let next = NEXT.get();
    if next == panics {
        NEXT.set(Next::Nothing);
        panic!("{next:?}");
    }
    if next == leases {
        NEXT.set(Next::Nothing);
        let lease = pool.expect("a pool").lease();
        assert!(lease.clean);
    }
}

fn panics(call: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
}

/// A pool of one: what would be stuck or left behind is seen at once.
fn one() -> Pool<Touchy> {
    Pool::with(Touchy::new).max_values(1)
}

/// The one slot can be leased, and by one.
#[track_caller]
fn is_sound(pool: &Pool<Touchy>, values_kept: u64) {
    let stats = pool.stats();
    assert_eq!((stats.values_kept, stats.values_leased), (values_kept, 0), "{stats:?}");
    assert_eq!(ALIVE.get().unsigned_abs(), values_kept);
    let lease = pool.try_lease().unwrap();
    assert!(lease.clean);
    assert!(pool.try_lease().is_err());
    assert_eq!(ALIVE.get(), 1);
    drop(lease);
}

#[test]
fn in_the_users_code() {
    for own_values in [0, 1] {
        let pool = one().own_values(own_values);
        drop(pool.lease());
        panics(|| {
            let mut lease = pool.lease();
            lease.clean = false;
            panic!("half-made");
        });
        assert_eq!(pool.stats().given_back, 1);
        is_sound(&pool, 0);
    }
    assert_eq!(ALIVE.get(), 0);
}

#[test]
fn in_the_users_code_with_a_lease_that_overflows() {
    let pool = one();
    let first = pool.lease();
    panics(|| {
        let _second = pool.lease();
        panic!("half-made");
    });
    assert_eq!((pool.stats().values_leased, ALIVE.get()), (1, 1));
    drop(first);
    is_sound(&pool, 1);
}

#[test]
fn in_make() {
    let pool = one();
    NEXT.set(Next::PanicInMake);
    panics(|| drop(pool.lease()));
    assert_eq!(pool.stats().made, 0);
    is_sound(&pool, 0);
    let first = pool.lease();
    NEXT.set(Next::PanicInMake);
    panics(|| drop(pool.lease()));
    assert_eq!((pool.stats().overflowed, pool.stats().values_leased), (0, 1));
    drop(first);
    NEXT.set(Next::PanicInMake);
    pool.clear();
    panics(|| drop(pool.try_lease()));
    is_sound(&pool, 0);
}

#[test]
fn in_reset_and_in_retained_bytes() {
    for next in [Next::PanicInReset, Next::PanicInRetained] {
        for own_values in [0, 1] {
            let pool = one().own_values(own_values);
            let mut lease = pool.lease();
            lease.clean = false;
            NEXT.set(next);
            panics(|| drop(lease));
            assert_eq!((NEXT.get(), pool.stats().given_back), (Next::Nothing, 1));
            is_sound(&pool, 0);
        }
    }
}

#[test]
fn in_the_drop_of_a_value() {
    let pool = one().max_bytes(10);
    let mut lease = pool.lease();
    lease.retained_bytes = 11;
    NEXT.set(Next::PanicInDrop);
    panics(|| drop(lease));
    is_sound(&pool, 0);
    NEXT.set(Next::PanicInDrop);
    panics(|| pool.clear());
    is_sound(&pool, 0);
    let (first, overflow) = (pool.lease(), pool.lease());
    NEXT.set(Next::PanicInDrop);
    panics(|| drop(overflow));
    drop(first);
    is_sound(&pool, 1);
    NEXT.set(Next::PanicInDrop);
    panics(|| drop(pool));
    assert_eq!(ALIVE.get(), 0);
}

/// What is reached from here to the end is no leak to the instruments.
static REACHED: Mutex<Vec<&'static Pool<Touchy>>> = Mutex::new(Vec::new());

#[test]
fn leases_within_leases_and_within_what_the_pool_calls() {
    for next in [Next::LeaseInReset, Next::LeaseInRetained, Next::LeaseInDrop] {
        for max_values in [0, 1, 2] {
            let pool: &'static Pool<Touchy> =
                Box::leak(Box::new(Pool::with(Touchy::new).max_values(max_values).max_bytes(10)));
            REACHED.lock().unwrap().push(pool);
            let mut lease = pool.lease();
            lease.pool = Some(pool);
            lease.retained_bytes = if next == Next::LeaseInDrop { 11 } else { 0 };
            NEXT.set(next);
            drop(lease);
            let nothing_to_keep = max_values == 0 && next != Next::LeaseInDrop;
            assert_eq!(NEXT.take() == Next::Nothing, !nothing_to_keep, "{next:?} of {max_values}");
            assert_eq!(pool.stats().values_leased, 0);
            assert!(pool.stats().values_kept <= max_values as u64);
            pool.clear();
            assert_eq!(ALIVE.get(), 0);
        }
    }
    NEXT.set(Next::LeaseInMake);
    drop((POOL.lease(), POOL.lease()));
    assert_eq!((NEXT.get(), POOL.stats().values_kept), (Next::Nothing, 2));
    POOL.clear();
    assert_eq!(ALIVE.get(), 0);
}

#[test]
fn a_panic_elsewhere_in_the_thread_is_over_once_it_is_caught() {
    let pool = one();
    let lease = pool.lease();
    panics(|| panic!("elsewhere"));
    drop(lease);
    is_sound(&pool, 1);
}
