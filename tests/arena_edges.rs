//! `Arena` at its edges: panics, no memory, zero-sized and overaligned values, sizes that cannot be, closures that put in.
//!
//! Run with: `cargo test -p alloc-kit-tests --test arena_edges`, also with `--release`.

#[path = "support/rounds.rs"]
mod rounds;

use std::fmt;
use std::mem::ManuallyDrop;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use alloc_kit::bumpalo::boxed::Box as BumpBox;
use alloc_kit::bumpalo::collections::Vec as BumpVec;
use alloc_kit::{Arena, FormatError, fail_nth, measure};
use rounds::{mixed, round_of};

/// Whether the call panicked, and with which message.
fn panicked<R>(call: impl FnOnce() -> R) -> Option<String> {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err()?;
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    Some(text.unwrap_or_else(|| payload.downcast_ref::<String>().cloned().unwrap_or_default()))
}

#[test]
fn a_panic_ends_a_round() {
    struct Unclonable;
    impl Clone for Unclonable {
        fn clone(&self) -> Self {
            panic!("clone")
        }
    }
    struct Undisplayable;
    impl fmt::Display for Undisplayable {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("display")
        }
    }

    type Round = fn(&Arena);

    let mut arena = Arena::new();
    let rounds: [(&str, Round); 5] = [
        ("closure", |_| panic!("closure")),
        ("value", |arena| arena.alloc_with(|| -> [u8; 500] { panic!("value") })[0] = 1),
        ("item", |arena| {
            arena.alloc_from_iter((0..500).map(|n| if n < 400 { n } else { panic!("item") }));
        }),
        ("clone", |arena| assert_eq!(arena.alloc_slice_clone(&[Unclonable, Unclonable]).len(), 2)),
        ("display", |arena| assert_eq!(arena.alloc_fmt(format_args!("{:300}{Undisplayable}", 7)), "")),
    ];
    for (message, round) in rounds {
        let said = panicked(|| {
            arena.scope(|arena| {
                round_of(arena, 5_000);
                round(arena);
            });
        });
        assert_eq!(said.as_deref(), Some(message));
        assert_eq!(format!("{arena:?}").split(',').next(), Some("Arena { used_bytes: 0"));
        assert_eq!(arena.scope(|arena| mixed(arena, &["still", "works"])), 100 + 10 + 2 + 9 + 2 + 400 + 100);
    }
    // No chunk is made while unwinding, either. Without the message, whose backtrace takes more, where that is asked for.
    let (said, usage) =
        measure(|| panicked(|| Arena::new().scope(|_| panic::resume_unwind(Box::new("none")))));
    assert_eq!(said.as_deref(), Some("none"));
    assert!(usage.peak_bytes < 10_000, "{usage:?}");
}

#[test]
fn without_memory_it_says_so() {
    let arena = Arena::new();
    let refused = fail_nth(1, || arena.try_alloc(1_u64).map(|_| ())).unwrap_err();
    assert_eq!((refused.bytes, refused.to_string()), (8, "out of memory: 8 bytes asked for".to_owned()));
    let none = |arena: &Arena| arena.bump().allocated_bytes() == 0;
    assert!(fail_nth(1, || arena.try_alloc_with::<u8>(|| unreachable!("before there is a place"))).is_err());
    assert!(fail_nth(1, || arena.try_alloc_str("text").map(|_| ())).is_err());
    assert!(fail_nth(1, || arena.try_alloc_slice_copy(&[1]).map(|_| ())).is_err());
    assert!(fail_nth(1, || arena.try_alloc_slice_clone(&[1]).map(|_| ())).is_err());
    assert!(fail_nth(1, || arena.try_alloc_slice_fill_with(2, |at| at).map(|_| ())).is_err());
    assert!(fail_nth(1, || arena.try_alloc_from_iter(0..2).map(|_| ())).is_err());
    assert!(fail_nth(1, || arena.try_alloc_from_iter("a b".split(' ')).map(|_| ())).is_err());
    for text in [format_args!("{:9}", 1), format_args!("{:999}", 1)] {
        let refused = fail_nth(1, || arena.try_alloc_fmt(text).map(|_| ()));
        assert!(matches!(refused, Err(FormatError::OutOfMemory(_))), "{refused:?}");
    }
    assert!(none(&arena));
    assert_eq!(arena.try_alloc_fmt(format_args!("{}", 1)), Ok("1"));
    assert_eq!(fail_nth(1, || Arena::try_with_capacity(100)).unwrap_err().bytes, 100);

    // The chunk of the high water is refused: a smaller one does.
    let mut arena = Arena::new();
    arena.scope(|arena| round_of(arena, 100_000));
    let ((), usage) = measure(|| assert_eq!(fail_nth(1, || arena.try_alloc(1_u64).copied()), Ok(1)));
    assert!(usage.peak_bytes < 5_000, "{usage:?}");
}

#[test]
fn zero_sized_values_take_nothing() {
    #[derive(Clone, Copy, PartialEq, Debug)]
    #[repr(align(4096))]
    struct Nothing;

    let arena = Arena::new();
    let ((), usage) = measure(|| {
        for _ in 0..100 {
            assert_eq!(*arena.alloc(Nothing), Nothing);
        }
        assert!(std::ptr::from_mut(arena.alloc(Nothing)).is_aligned());
        assert_eq!(arena.alloc_slice_copy(&[Nothing; 1000]).len(), 1000);
        assert_eq!(arena.alloc_slice_copy(&[(); usize::MAX]).len(), usize::MAX);
        assert_eq!(arena.alloc_slice_fill_with(1000, |_| ()).len(), 1000);
        assert_eq!(arena.alloc_from_iter((0..1000).filter(|n| n % 2 == 0).map(|_| ())).len(), 500);
        assert_eq!(arena.alloc_slice_copy::<u64>(&[]), [0; 0]);
        assert_eq!(arena.alloc_str(""), "");
        assert_eq!(arena.alloc_fmt(format_args!("{}", "")), "");
        assert!(arena.alloc_from_iter(None::<u64>).is_empty());
    });
    assert_eq!((usage.allocations, arena.high_water()), (0, 0));
}

#[test]
fn overaligned_values_are_aligned_and_settle() {
    #[derive(Clone, Copy)]
    #[repr(align(4096))]
    struct Page(u8);

    let mut arena = Arena::new();
    let mut round = || {
        arena.scope(|arena| {
            for n in 0..5 {
                let page = arena.alloc(Page(n));
                assert!(std::ptr::from_ref(page).is_aligned());
                assert_eq!((page.0, *arena.alloc(n)), (n, n));
            }
            let pages = arena.alloc_from_iter((0..9).filter(|n| n % 2 == 0).map(Page));
            assert!(pages.as_ptr().is_aligned());
            assert!(pages.iter().map(|page| page.0).eq([0, 2, 4, 6, 8]));
        });
    };
    // What padding takes depends on where a chunk is.
    (0..4).for_each(|_| round());
    assert_eq!(measure(|| (0..5).for_each(|_| round())).1.allocations, 0);
}

#[test]
fn sizes_that_cannot_be_are_refused() {
    /// An iterator that promises what it does not have.
    struct Liar(usize, std::ops::Range<u64>);
    impl Iterator for Liar {
        type Item = u64;
        fn next(&mut self) -> Option<u64> {
            self.1.next()
        }
        fn size_hint(&self) -> (usize, Option<usize>) {
            (self.0, None)
        }
    }

    let arena = Arena::new();
    for len in [usize::MAX, usize::MAX / 8, isize::MAX as usize / 8 + 1] {
        let refused = arena.try_alloc_slice_fill_with(len, |_| 0_u64).unwrap_err();
        assert_eq!(refused.bytes, len.saturating_mul(8));
        assert_eq!(refused.to_string(), "out of memory: more bytes asked for than an allocation can have");
        let said = panicked(|| arena.alloc_slice_fill_with(len, |_| 0_u64).len());
        assert_eq!(said.unwrap(), format!("alloc-kit: {refused}"));
    }
    // What is representable, and more than there is.
    let refused = arena.try_alloc_slice_fill_with(isize::MAX as usize / 8, |_| 0_u64).unwrap_err();
    assert_eq!(refused.to_string(), format!("out of memory: {} bytes asked for", refused.bytes));
    assert_eq!(Arena::try_with_capacity(usize::MAX).unwrap_err().bytes, usize::MAX);
    assert_eq!(Arena::try_with_capacity(isize::MAX as usize).unwrap_err().bytes, isize::MAX as usize);
    assert!(panicked(|| Arena::with_capacity(usize::MAX)).is_some());

    for promise in [usize::MAX, isize::MAX as usize / 8] {
        assert!(arena.try_alloc_from_iter(Liar(promise, 0..3)).is_err());
        assert!(panicked(|| arena.alloc_from_iter(Liar(promise, 0..3)).len()).is_some());
    }
    for promise in [0, 1, 2, 3, 4, 100] {
        assert_eq!(arena.alloc_from_iter(Liar(promise, 0..3)), [0, 1, 2], "{promise}");
    }
    // A first request that is larger than the high water.
    let mut arena = Arena::new();
    arena.scope(|arena| round_of(arena, 5_000));
    arena
        .scope(|arena| assert!(arena.alloc_slice_fill_with(1 << 20, |at| at).iter().copied().eq(0..1 << 20)));
}

#[test]
fn an_iterator_that_has_ended_is_not_asked_again() {
    /// Gives one, says that there are more, and ends once.
    struct Once(usize, u8);
    impl Iterator for Once {
        type Item = u8;
        fn next(&mut self) -> Option<u8> {
            self.1 += 1;
            assert!(self.1 <= 2, "asked again");
            (self.1 == 1).then_some(7)
        }
        fn size_hint(&self) -> (usize, Option<usize>) {
            (self.0, None)
        }
    }
    let arena = Arena::new();
    for promise in [0, 1, 2, 9] {
        assert_eq!(arena.alloc_from_iter(Once(promise, 0)), [7]);
    }
}

#[test]
fn closures_iterators_and_displays_may_put_in_themselves() {
    struct Inner<'a>(&'a Arena);
    impl fmt::Display for Inner<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0.alloc_fmt(format_args!("[{:>300}]", 1)))?;
            f.write_str(self.0.alloc_str("end"))
        }
    }
    #[derive(Clone)]
    struct Tree<'a>(u32, Option<&'a Tree<'a>>);

    let mut arena = Arena::new();
    for _ in 0..3 {
        arena.scope(|arena| {
            let nested = arena.alloc_with(|| Tree(1, Some(arena.alloc_with(|| Tree(2, None)))));
            assert_eq!((nested.0, nested.1.map(|inner| inner.0)), (1, Some(2)));
            let lists = arena.alloc_from_iter(
                (0..200_usize)
                    .filter(|n| n % 3 == 0)
                    .map(|n| arena.alloc_slice_fill_with(n, |at| *arena.alloc(at + n))),
            );
            for (list, n) in lists.iter().zip((0..200).step_by(3)) {
                assert!(list.iter().copied().eq(n..2 * n));
            }
            let text = arena.alloc_fmt(format_args!("{}{}", Inner(arena), Inner(arena)));
            assert_eq!(text, format!("[{0:>300}]end[{0:>300}]end", 1));
        });
    }
}

#[test]
fn literals_are_not_copied_and_errors_of_a_display_are_told() {
    struct Failing;
    impl fmt::Display for Failing {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half")?;
            Err(fmt::Error)
        }
    }
    let arena = Arena::new();
    assert_eq!(arena.alloc_fmt(format_args!("literal")), "literal");
    assert_eq!(arena.high_water(), 0);
    assert_eq!(arena.try_alloc_fmt(format_args!("{Failing}")), Err(FormatError::Display));
    let said = panicked(|| arena.alloc_fmt(format_args!("{Failing}")).len());
    assert_eq!(said.unwrap(), "alloc-kit: a formatting trait implementation returned an error");
    for len in [254, 255, 256, 257, 258, 1000] {
        let text = arena.alloc_fmt(format_args!("{:é>1$}{2}", "", len / 2, "x".repeat(len % 2)));
        assert_eq!((text.len(), text.chars().filter(|c| *c == 'é').count()), (len, len / 2));
    }
}

#[test]
fn what_needs_a_destructor_has_a_place_too() {
    let mut arena = Arena::new();
    arena.scope(|arena| {
        let owned = BumpBox::new_in(String::from("dropped by its box"), arena.bump());
        let mut list = BumpVec::new_in(arena.bump());
        list.push(String::from("and by its list"));
        assert_eq!(owned.len() + list[0].len(), 33);
        // At one's own risk.
        let left = arena.alloc(ManuallyDrop::new(String::from("by hand")));
        // SAFETY:
        // - It is not used again.
        unsafe { ManuallyDrop::drop(left) };
    });
}

#[test]
fn it_moves_to_another_thread() {
    let mut arena = Arena::with_capacity(1_000);
    arena.alloc(1);
    let arena = thread::spawn(move || {
        arena.scope(|arena| round_of(arena, 10_000));
        arena
    });
    assert!(arena.join().unwrap().high_water() >= 10_000);
}

#[test]
fn it_works_while_a_threads_locals_are_torn_down() {
    struct AtTheEnd(Arena);
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            let sum = self.0.scope(|arena| mixed(arena, &["torn"]));
            assert_eq!(sum, 100 + 4 + 1 + 9 + 1 + 400 + 100);
        }
    }
    thread_local! {
        static ARENA: AtTheEnd = AtTheEnd(Arena::new());
    }
    thread::spawn(|| ARENA.with(|arena| *arena.0.alloc(7))).join().unwrap();
}
