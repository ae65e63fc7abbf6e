//! `Slots` against a plain vector, by random operations.
//!
//! Run with: `cargo test -p alloc-kit-tests --test slots_model`, also with `--release`.

#[path = "support/cases.rs"]
mod cases;

use std::mem;

use alloc_kit::{Reuse, Slots, measure};
use cases::cases;
use proptest::prelude::*;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Add(usize),
    TryAdd(usize),
    PushClone(usize),
    Extend(Vec<usize>),
    Pop,
    Truncate(usize),
    Clear,
    Change(prop::sample::Index, usize),
    Replace(prop::sample::Index, usize),
    Swap(prop::sample::Index, prop::sample::Index),
    Sort,
    Grow,
    CloneFrom(Vec<usize>),
    Copy,
    MaxBytes(usize),
    ShrinkTo(usize),
}

fn step() -> impl Strategy<Value = Step> {
    use Step::{
        Add, Change, Clear, CloneFrom, Copy, Extend, Grow, MaxBytes, Pop, PushClone, Replace, ShrinkTo, Sort,
        Swap, Truncate, TryAdd,
    };
    let len = || prop_oneof![0..20_usize, 0..20_usize, 0..2_000_usize];
    let bytes = || prop_oneof![Just(0), 0..500_usize, 0..5_000_usize, Just(1 << 20), Just(usize::MAX)];
    let lens = || prop::collection::vec(len(), 0..10);
    let index = any::<prop::sample::Index>;
    prop_oneof![
        12 => len().prop_map(Add),
        2 => len().prop_map(TryAdd),
        6 => len().prop_map(PushClone),
        2 => lens().prop_map(Extend),
        4 => Just(Pop),
        2 => (0..30_usize).prop_map(Truncate),
        3 => Just(Clear),
        3 => (index(), len()).prop_map(|(at, len)| Change(at, len)),
        1 => (index(), len()).prop_map(|(at, len)| Replace(at, len)),
        1 => (index(), index()).prop_map(|(a, b)| Swap(a, b)),
        1 => Just(Sort),
        1 => Just(Grow),
        1 => lens().prop_map(CloneFrom),
        1 => Just(Copy),
        1 => bytes().prop_map(MaxBytes),
        1 => bytes().prop_map(ShrinkTo),
    ]
}

/// A text of its own for each length.
fn text(len: usize) -> String {
    "0123456789abcdefghijklmnopqrstuvwxyz".chars().cycle().skip(len).take(len).collect()
}

struct Pair {
    slots: Slots<String>,
    model: Vec<String>,
    max_bytes: usize,
}

impl Pair {
    fn step(&mut self, step: &Step) {
        let Self { slots, model, max_bytes } = self;
        match step {
            Step::Add(len) => {
                let slot = slots.add();
                assert_eq!(slot, "");
                slot.push_str(&text(*len));
                model.push(text(*len));
            }
            Step::TryAdd(len) => {
                slots.try_add().expect("memory").push_str(&text(*len));
                model.push(text(*len));
            }
            Step::PushClone(len) => {
                slots.push_clone(&text(*len)).push('+');
                model.push(text(*len) + "+");
            }
            Step::Extend(lens) => {
                let texts: Vec<_> = lens.iter().copied().map(text).collect();
                slots.extend(&texts);
                model.extend(texts);
            }
            Step::Pop => assert_eq!(slots.pop().cloned(), model.pop()),
            Step::Truncate(len) => {
                slots.truncate(*len);
                model.truncate(*len);
            }
            Step::Clear => {
                slots.clear();
                model.clear();
                assert!(slots.retained_bytes() <= *max_bytes, "{} bytes", slots.retained_bytes());
            }
            Step::Change(at, len) if !model.is_empty() => {
                at.get_mut(slots).push_str(&text(*len));
                at.get_mut(model).push_str(&text(*len));
            }
            Step::Replace(at, len) if !model.is_empty() => {
                *at.get_mut(slots) = text(*len);
                *at.get_mut(model) = text(*len);
            }
            Step::Swap(a, b) if !model.is_empty() => {
                let (a, b) = (a.index(model.len()), b.index(model.len()));
                slots.swap(a, b);
                model.swap(a, b);
            }
            Step::Change(..) | Step::Replace(..) | Step::Swap(..) => {}
            Step::Sort => {
                slots.sort();
                model.sort();
            }
            Step::Grow => {
                for (slot, text) in slots.iter_mut().zip(model) {
                    slot.push('^');
                    text.push('^');
                }
            }
            Step::CloneFrom(lens) => {
                let mut from = Slots::new().max_bytes(*max_bytes);
                from.extend(&lens.iter().copied().map(text).collect::<Vec<_>>());
                slots.clone_from(&from);
                model.clear();
                model.extend_from_slice(&from);
            }
            Step::Copy => *slots = slots.clone(),
            Step::MaxBytes(bytes) => {
                *slots = mem::take(slots).max_bytes(*bytes);
                *max_bytes = *bytes;
            }
            Step::ShrinkTo(bytes) => {
                let live_bytes: usize =
                    slots.iter().map(|text| text.retained_bytes() + size_of::<String>()).sum();
                slots.shrink_to_bytes(*bytes);
                assert!(slots.retained_bytes() <= live_bytes.max(*bytes));
            }
        }
    }
}

/// What fuzz/ makes from its inputs, too.
pub(crate) fn case() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..80)
}

/// Fails unless the two agree after each step.
pub(crate) fn holds(steps: &[Step]) {
    let ((), usage) = measure(|| {
        // What else lives between the steps is the model, whose texts are counted, and its list.
        let mut pair = Pair { slots: Slots::new(), model: Vec::new(), max_bytes: 1 << 20 };
        let mut live_bytes = 0;
        for step in steps {
            let ((), usage) = measure(|| pair.step(step));
            live_bytes += usage.live_bytes;
            assert_eq!(pair.slots[..], pair.model[..], "{step:?}");
            assert_eq!(pair.slots.len(), pair.model.len());
            let texts: usize = pair.model.iter().map(String::capacity).sum();
            let model_bytes = texts + pair.model.capacity() * size_of::<String>();
            // Exact: the allocator counts it, too.
            assert_eq!(
                pair.slots.retained_bytes() + model_bytes,
                usize::try_from(live_bytes).unwrap(),
                "{step:?}"
            );
        }
    });
    assert_eq!(usage.live_bytes, 0, "{usage}");
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn slots_are_a_vec_that_knows_what_it_keeps(case in case()) {
        holds(&case);
    }
}
