//! `Recycler`: memory that goes from one `Vec` to the next, and all that may happen to a lease.
//!
//! Run with: `cargo test -p alloc-kit-tests --test recycler`, also with `--release`.

#[path = "support/probe.rs"]
mod probe;

use std::hint::black_box;
use std::mem;
use std::num::ParseIntError;
use std::panic;
use std::thread;

use alloc_kit::{LeasedVec, Recycler, measure, no_alloc};
use probe::{Call, Probe, alive, panics_in};

/// Leases, makes room for exactly so many elements, and says for how many there was before.
fn grow<T>(recycler: &mut Recycler, capacity: usize) -> usize {
    let mut items = recycler.lease::<T>();
    assert!(items.is_empty());
    let before = items.capacity();
    items.reserve_exact(capacity);
    before
}

#[no_alloc(warmup = 1)]
fn longest(recycler: &mut Recycler, line: &str) -> usize {
    let mut fields = recycler.lease::<&str>();
    fields.extend(line.split(','));
    fields.sort_unstable_by_key(|field| field.len());
    fields.last().map_or(0, |field| field.len())
}

#[test]
fn a_steady_state_allocates_nothing() {
    let mut recycler = Recycler::new();
    for n in 0..100 {
        let line = format!("a,bcd,{n}");
        assert_eq!(longest(&mut recycler, &line), 3);
    }
    assert_eq!(recycler.retained_bytes(), 4 * size_of::<&str>());
}

#[test]
fn memory_goes_to_types_of_one_alignment_whose_size_divides_it() {
    let mut recycler = Recycler::new();
    assert_eq!((grow::<[u64; 3]>(&mut recycler, 4), recycler.retained_bytes()), (0, 96));
    let ((), usage) = measure(|| {
        assert_eq!(grow::<[u64; 2]>(&mut recycler, 0), 6);
        assert_eq!(grow::<u64>(&mut recycler, 12), 12);
        assert_eq!(grow::<[u64; 12]>(&mut recycler, 1), 1);
        assert_eq!(grow::<&str>(&mut recycler, 0), 96 / size_of::<&str>());
        assert_eq!(grow::<[u64; 3]>(&mut recycler, 4), 4);
    });
    assert_eq!((usage.allocations, usage.deallocations, recycler.retained_bytes()), (0, 0, 96));
}

#[test]
fn memory_of_no_use_is_freed() {
    fn from_96_bytes<T>(alignment: usize) {
        let mut recycler = Recycler::new();
        let ((), usage) = measure(|| {
            grow::<[u64; 3]>(&mut recycler, 4);
            let mut items = recycler.lease::<T>();
            assert_eq!(items.capacity(), 0);
            items.reserve_exact(2);
            assert_eq!((items.as_ptr().addr() % alignment, items.capacity()), (0, 2));
        });
        assert_eq!((usage.allocations, usage.deallocations), (2, 1));
        assert_eq!(recycler.retained_bytes(), 2 * size_of::<T>());
        let ((), usage) = measure(|| {
            assert_eq!(grow::<T>(&mut recycler, 2), 2);
            drop(recycler);
        });
        assert_eq!((usage.deallocations, usage.live_bytes), (1, -2 * size_of::<T>().cast_signed() as i64));
    }
    #[repr(align(64))]
    struct Line([u8; 32]);
    #[repr(align(4096))]
    struct Page(u8);
    #[repr(align(16))]
    struct Pair([u64; 4]);
    _ = (Line([0; 32]).0, Page(0).0, Pair([0; 4]).0);
    from_96_bytes::<[u64; 5]>(8);
    // The same size, but not the alignment that it was allocated with.
    from_96_bytes::<[u8; 24]>(1);
    from_96_bytes::<[u32; 6]>(4);
    from_96_bytes::<u8>(1);
    from_96_bytes::<[u32; 3]>(4);
    from_96_bytes::<Pair>(16);
    from_96_bytes::<Line>(64);
    from_96_bytes::<Page>(4096);
}

#[test]
fn zero_sized_elements_leave_the_memory_where_it_is() {
    #[repr(align(64))]
    struct Mark;
    let mut recycler = Recycler::new();
    let ((), usage) = measure(|| {
        for _ in 0..2 {
            let mut marks = recycler.lease();
            marks.extend((0..1000).map(|_| Mark));
            assert_eq!(marks.len(), 1000);
            assert_eq!(marks.as_ptr().addr() % 64, 0);
        }
    });
    assert_eq!((usage.allocations, recycler.retained_bytes()), (0, 0));
    grow::<u32>(&mut recycler, 10);
    recycler.lease().push(Mark);
    assert_eq!(grow::<u32>(&mut recycler, 0), 10);
    assert_eq!(Recycler::new().max_bytes(0).lease::<()>().into_inner().capacity(), usize::MAX);
}

#[test]
fn what_is_beyond_the_bound_is_given_back() {
    for (mut recycler, bound) in [
        (Recycler::new(), 65_536),
        (Recycler::new().max_bytes(1_000), 1_000),
        (Recycler::new().max_bytes(1_000).clone(), 1_000),
        (Recycler::new().max_bytes(0), 0),
    ] {
        grow::<[u8; 8]>(&mut recycler, bound / 8);
        assert_eq!(recycler.retained_bytes(), bound);
        let ((), usage) = measure(|| _ = grow::<[u8; 8]>(&mut recycler, bound / 8 + 1));
        assert_eq!((recycler.retained_bytes(), usage.live_bytes), (0, -i64::try_from(bound).unwrap()));
    }
}

#[test]
fn a_hundred_megabytes_are_given_back() {
    let mut recycler = Recycler::new();
    let ((), usage) = measure(|| recycler.lease().resize(100 << 20, black_box(1_u8)));
    assert_eq!((usage.live_bytes, recycler.retained_bytes()), (0, 0));
    let mut recycler = Recycler::new().max_bytes(usize::MAX);
    let ((), usage) = measure(|| {
        recycler.lease().resize(100 << 20, black_box(1_u8));
        assert!(recycler.retained_bytes() >= 100 << 20);
        recycler.give_back();
    });
    assert_eq!((usage.live_bytes, recycler.retained_bytes()), (0, 0));
}

#[test]
fn no_element_is_kept() {
    fn numbers(recycler: &mut Recycler, text: &str) -> Result<u32, ParseIntError> {
        let mut sum = 0;
        let mut seen = recycler.lease();
        for word in text.split(' ') {
            seen.push(Probe { text: word.to_owned() });
            sum += word.parse::<u32>()?;
        }
        Ok(sum)
    }
    let mut recycler = Recycler::new();
    assert_eq!(numbers(&mut recycler, "1 2 3"), Ok(6));
    assert!(numbers(&mut recycler, "1 2 x 3").is_err());
    let panicked = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        let mut probes = recycler.lease();
        probes.push(Probe { text: String::from("lost") });
        probes.swap(0, 1);
    }));
    assert!(panicked.is_err());
    // Made by hand, so not counted as made: three, three and one.
    assert_eq!(probe::calls(Call::Drop), 7);
    assert_eq!(recycler.retained_bytes(), 4 * size_of::<Probe>());
    assert_eq!(grow::<Probe>(&mut recycler, 0), 4);
}

#[test]
fn a_panic_in_the_drop_of_an_element_frees_the_memory() {
    let mut recycler = Recycler::new();
    let fill = |recycler: &mut Recycler| recycler.lease().extend((0..10).map(|_| Probe::default()));
    fill(&mut recycler);
    assert!(panics_in(Call::Drop, || fill(&mut recycler)));
    assert_eq!((alive(), recycler.retained_bytes(), grow::<Probe>(&mut recycler, 0)), (0, 0, 0));
    fill(&mut recycler);
    assert_eq!(grow::<Probe>(&mut recycler, 0), 10);
}

#[test]
fn another_vec_may_be_swapped_in() {
    let mut recycler = Recycler::new();
    grow::<String>(&mut recycler, 5);
    let mut other = Vec::with_capacity(7);
    other.push(String::from("other"));
    let mut items = recycler.lease();
    items.push(String::from("item"));
    mem::swap(&mut *items, &mut other);
    assert_eq!((items.as_slice(), other.as_slice()), (&["other".into()][..], &["item".into()][..]));
    drop(items);
    assert_eq!((grow::<String>(&mut recycler, 0), other.capacity()), (7, 5));
    *recycler.lease() = other;
    assert_eq!(grow::<String>(&mut recycler, 0), 5);
    *recycler.lease::<String>() = Vec::new();
    assert_eq!(grow::<String>(&mut recycler, 0), 0);
}

#[test]
fn two_leases_may_be_swapped() {
    let (mut first, mut second) = (Recycler::new(), Recycler::new().max_bytes(0));
    grow::<u8>(&mut first, 3);
    let (mut one, mut two) = (first.lease(), second.lease());
    one.push(1_u8);
    two.extend([2, 2]);
    mem::swap(&mut one, &mut two);
    assert_eq!((&one[..], &two[..]), (&[2, 2][..], &[1][..]));
    drop((one, two));
    assert_eq!((first.retained_bytes(), second.retained_bytes()), (3, 0));
}

#[test]
fn a_forgotten_lease_leaks_and_the_next_begins_anew() {
    let mut recycler = Recycler::new();
    grow::<u64>(&mut recycler, 100);
    let items = recycler.lease::<u64>();
    let mut leaked = mem::ManuallyDrop::new(items);
    assert_eq!(leaked.capacity(), 100);
    drop(mem::take(&mut **leaked)); // for the leak checkers
    assert_eq!((recycler.retained_bytes(), grow::<u64>(&mut recycler, 3)), (0, 0));
    assert_eq!(recycler.retained_bytes(), 24);
}

#[test]
fn the_vec_may_be_taken_out() {
    let mut recycler = Recycler::new();
    grow::<u16>(&mut recycler, 10);
    let mut items = recycler.lease();
    items.extend([1_u16, 2]);
    let (items, usage) = measure(|| items.into_inner());
    assert_eq!((usage.allocations, usage.deallocations), (0, 0));
    assert_eq!((&items[..], items.capacity(), recycler.retained_bytes()), (&[1, 2][..], 10, 0));
}

#[test]
fn it_is_a_vec() {
    let mut recycler = Recycler::new();
    let mut items = recycler.lease();
    items.extend([3, 1, 2]);
    for item in &mut items {
        *item *= 10;
    }
    items.sort_unstable();
    assert_eq!((&items).into_iter().sum::<i32>(), 60);
    assert_eq!(format!("{items:?}"), "[10, 20, 30]");
    assert!(items.try_reserve(usize::MAX).is_err());
    assert_eq!(items.len(), 3);
    drop(items);
    recycler.give_back();
    assert_eq!(format!("{recycler:?}"), "Recycler { retained_bytes: 0, max_bytes: 65536, .. }");
    assert_eq!(format!("{:?}", Recycler::default()), format!("{:?}", recycler.clone()));
}

#[test]
fn threads_share_and_hand_it_on() {
    fn shared<T: Send + Sync>(value: T) -> T {
        value
    }
    let mut recycler = shared(Recycler::new());
    grow::<u64>(&mut recycler, 10);
    let thread = thread::spawn(move || {
        assert_eq!(grow::<u64>(&mut recycler, 0), 10);
        recycler
    });
    let mut recycler = thread.join().unwrap();
    let mut items: LeasedVec<'_, u64> = shared(recycler.lease());
    thread::scope(|scope| {
        scope.spawn(|| items.push(1));
    });
    assert_eq!(*items, [1]);
    thread::scope(|scope| {
        scope.spawn(move || drop(items));
    });
    assert_eq!(recycler.retained_bytes(), 80);
}
