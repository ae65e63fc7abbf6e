//! `#[derive(Reuse)]`: fields are reset one by one, and what they retain is added up.
//!
//! Run with: `cargo test -p alloc-kit-tests --test derive_reuse`.

use std::cell::Cell;
use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};

use alloc_kit::{ArrayString, Reuse, Slots, SmallVec, no_alloc};

#[derive(Reuse)]
struct Parser<'a, T, C, const N: usize = 4> {
    text: String,
    fields: Vec<&'a str>,
    values: SmallVec<T, N>,
    lines: u32,
    #[reuse(skip)]
    config: C,
    pair: (Vec<u64>, bool),
}

/// Has no `Reuse`.
#[derive(Debug, PartialEq)]
struct Config(String);

#[no_alloc(deallocations = 0)]
fn fill(parser: &mut Parser<'_, u16, Config>, values: u16) {
    parser.reset();
    parser.text.push_str("some text");
    parser.fields.push("a field");
    parser.values.extend(0..values);
    parser.lines += 1;
    parser.pair = (std::mem::take(&mut parser.pair.0), true);
}

#[test]
fn fields_are_reset_and_keep_their_buffers() {
    let mut parser: Parser<'_, u16, Config> = Parser {
        text: String::with_capacity(100),
        fields: Vec::with_capacity(10),
        values: SmallVec::new(),
        lines: 7,
        config: Config("kept".to_owned()),
        pair: (Vec::with_capacity(5), true),
    };
    assert_eq!(parser.retained_bytes(), 100 + 10 * 16 + 5 * 8);
    parser.values.extend(0..100);
    let spilled = parser.values.capacity() * 2;
    assert_eq!(parser.retained_bytes(), 100 + 10 * 16 + spilled + 5 * 8);
    for values in [1, 100, 3] {
        fill(&mut parser, values);
        assert_eq!((parser.lines, parser.values.len()), (1, usize::from(values)));
    }
    parser.reset();
    assert!(parser.text.is_empty() && parser.fields.is_empty() && parser.values.is_empty());
    assert_eq!((parser.lines, &parser.pair), (0, &(vec![], false)));
    assert_eq!(parser.config, Config("kept".to_owned()));
    assert_eq!(parser.retained_bytes(), 100 + 10 * 16 + spilled + 5 * 8);
}

#[test]
fn other_shapes() {
    #[derive(Reuse)]
    struct Unit;
    #[derive(Reuse)]
    struct Tuple(Vec<u8>, #[reuse(skip)] Option<u8>, ArrayString<8>, HashMap<u8, u8>);
    #[derive(Reuse)]
    struct AllSkipped {
        #[reuse(skip)]
        at: Option<u8>,
    }
    #[derive(Reuse)]
    #[reuse(crate = ::alloc_kit)]
    struct Bounded<T: Ord>(T)
    where
        T: Copy;

    Unit.reset();
    assert_eq!(Unit.retained_bytes(), 0);
    let mut tuple = Tuple(vec![1; 9], Some(1), ArrayString::from("text").unwrap(), HashMap::from([(1, 2)]));
    let map_bytes = tuple.3.retained_bytes();
    assert_eq!(tuple.retained_bytes(), 9 + map_bytes);
    tuple.reset();
    assert_eq!((tuple.0.len(), tuple.1, tuple.2.as_str(), tuple.3.len()), (0, Some(1), "", 0));
    assert_eq!(tuple.retained_bytes(), 9 + map_bytes);
    let mut skipped = AllSkipped { at: Some(1) };
    skipped.reset();
    assert_eq!((skipped.at, skipped.retained_bytes()), (Some(1), 0));
    let mut bounded = Bounded(3_u8);
    bounded.reset();
    assert_eq!((bounded.0, bounded.retained_bytes()), (0, 0));
}

/// The bound is on what is reset: a `Vec` of anything can be, and a parameter that is skipped has none.
#[test]
fn bounds_are_of_fields() {
    struct Nothing;
    #[derive(Reuse)]
    struct Lines<T, C> {
        items: Vec<T>,
        nested: Vec<Lines<T, C>>,
        #[reuse(skip)]
        config: C,
    }

    let mut lines = Lines { items: vec![Nothing], nested: Vec::with_capacity(3), config: Nothing };
    lines.reset();
    let Nothing = lines.config;
    assert_eq!(lines.nested.capacity() * size_of::<Lines<Nothing, Nothing>>(), lines.retained_bytes());
}

thread_local! {
    static PANICS: Cell<bool> = const { Cell::new(true) };
}

/// Panics when it is dropped, the first time.
struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(!PANICS.replace(false), "dropped");
    }
}

#[test]
fn a_tree_of_its_own_kind() {
    #[derive(Reuse)]
    struct Tree<T> {
        branches: Slots<Tree<T>>,
        leaves: T,
    }
    impl<T: Default> Default for Tree<T> {
        fn default() -> Self {
            Self { branches: Slots::new(), leaves: T::default() }
        }
    }
    let mut tree = Tree::<Vec<u8>>::default();
    tree.branches.add().branches.add().leaves.push(7);
    tree.leaves.push(1);
    tree.reset();
    assert!(tree.branches.is_empty() && tree.leaves.is_empty());
    let branch = tree.branches.add();
    assert!(branch.branches.is_empty() && branch.branches.add().leaves.capacity() > 0);
}

#[test]
fn a_panic_leaves_the_fields_behind_it_as_they_were() {
    #[derive(Reuse)]
    struct Buffers(Vec<u8>, Vec<Fragile>, Vec<u8>);

    let mut buffers = Buffers(vec![1], vec![Fragile, Fragile], vec![2]);
    panic::catch_unwind(AssertUnwindSafe(|| buffers.reset())).unwrap_err();
    assert_eq!((buffers.0.len(), buffers.1.len(), buffers.2.len()), (0, 0, 1));
    buffers.reset();
    assert!(buffers.2.is_empty());
}

#[test]
fn the_path_is_the_one_that_is_given() {
    /// Another crate of this name, so to speak.
    mod kit {
        pub(super) trait Reuse {
            fn reset(&mut self);
            fn retained_bytes(&self) -> usize;
        }

        impl Reuse for u8 {
            fn reset(&mut self) {
                *self = 77;
            }

            fn retained_bytes(&self) -> usize {
                5
            }
        }
    }

    #[derive(Reuse)]
    #[reuse(crate = kit)]
    struct OfAnother<T>(u8, T);

    let mut value = OfAnother(1_u8, 2_u8);
    kit::Reuse::reset(&mut value);
    assert_eq!((value.0, value.1, kit::Reuse::retained_bytes(&value)), (77, 77, 10));
}
