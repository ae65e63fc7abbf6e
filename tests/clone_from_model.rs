//! `#[derive(CloneFrom)]` against its model, `clone`: for values of every shape, whatever was there before, `clone_from` gives
//! an equal value and allocates no more than `clone` does.
//!
//! Run with: `cargo test -p alloc-kit-tests --test clone_from_model`.

#[path = "support/cases.rs"]
mod cases;

use std::collections::HashMap;
use std::fmt::Debug;
use std::hint::black_box;

use alloc_kit::{CloneFrom, measure};
use cases::cases;
use proptest::prelude::*;

/// Fields that reuse, and some that do not.
#[derive(CloneFrom, Debug, PartialEq)]
struct Record<T, const N: usize> {
    id: u64,
    text: String,
    items: Vec<T>,
    array: [Option<T>; N],
    boxed: Box<[u8]>,
    map: HashMap<u8, String>,
}

#[derive(CloneFrom, Debug, PartialEq)]
struct Pair(Vec<String>, (String, u8));

#[derive(CloneFrom, Debug, PartialEq)]
enum Tree {
    Empty,
    Leaf(Vec<String>),
    Named { name: String, below: Vec<Tree> },
    Both(Box<Tree>, Box<Tree>),
    Record(Record<String, 2>),
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-z]{0,40}", 0..5)
}

fn record() -> impl Strategy<Value = Record<String, 2>> {
    let array = prop::array::uniform2(prop::option::of("[a-z]{0,9}"));
    let map = prop::collection::hash_map(any::<u8>(), "[a-z]{0,9}", 0..9);
    (any::<u64>(), ".{0,20}", texts(), array, prop::collection::vec(any::<u8>(), 0..9), map).prop_map(
        |(id, text, items, array, bytes, map)| Record { id, text, items, array, boxed: bytes.into(), map },
    )
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![Just(Tree::Empty), texts().prop_map(Tree::Leaf), record().prop_map(Tree::Record),];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            ("[a-z]{0,20}", prop::collection::vec(inner.clone(), 0..4))
                .prop_map(|(name, below)| Tree::Named { name, below }),
            (inner.clone(), inner).prop_map(|(a, b)| Tree::Both(Box::new(a), Box::new(b))),
        ]
    })
}

/// Each value over the one before, and the last once more over itself.
fn check<T: Clone + PartialEq + Debug>(values: &[T]) -> Result<(), TestCaseError> {
    let mut into = values[0].clone();
    for from in &values[1..] {
        let (clone, of_clone) = measure(|| from.clone());
        prop_assert_eq!(&clone, from);
        let ((), of_clone_from) = measure(|| black_box(&mut into).clone_from(from));
        prop_assert_eq!(&into, from);
        prop_assert!(
            of_clone_from.allocations <= of_clone.allocations,
            "{} allocations, and {} by `clone`",
            of_clone_from.allocations,
            of_clone.allocations
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn structs(values in prop::collection::vec(record(), 2..5)) {
        check(&values)?;
    }

    #[test]
    fn tuple_structs(values in prop::collection::vec((texts(), ("[a-z]{0,9}", any::<u8>())), 2..5)) {
        check(&values.into_iter().map(|(texts, part)| Pair(texts, part)).collect::<Vec<_>>())?;
    }

    #[test]
    fn enums(values in prop::collection::vec(tree(), 2..5)) {
        check(&values)?;
    }

    #[test]
    fn vectors_of_them(values in prop::collection::vec(prop::collection::vec(tree(), 0..4), 2..5)) {
        check(&values)?;
    }
}
