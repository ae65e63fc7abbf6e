//! W12: short lists, in place up to the `N` that `SizeProfile` advises for their lengths.
//!
//! By hand it is an `ArrayVec`, where somebody knows that no list is longer. A list that does not leave the function can be
//! one `Vec` that is kept, which is better than either.

use std::array;

use alloc_kit::{ArrayVec, SmallVec};

use crate::inputs::Random;
use crate::look::in_order;
use crate::workload::{Expect, Published, Side, Workload};

/// W12.
pub const SIGNATURES: Workload = Workload {
    id: "w12",
    theme: "short_lists",
    title: "where the arguments of functions are passed",
    guide: &["`Vec<T>`: on first push"],
    input: "made up, seeds 12 (lengths) and 13 (types): as many arguments as wasmtime's authors counted in wasmtime#4584, none for 30 %, 11 at most",
    size: 10_332,
    unit: "functions",
    published: Some(Published { gain: 1.11, source: "wasmtime#4584" }),
    expect: Expect::Gain,
    sides,
};

/// How many of 10,332 functions have none, one, two arguments and so on, when pulldown-cmark is compiled.
const COUNTED: [usize; 12] = [3134, 2032, 159, 838, 970, 2566, 303, 272, 40, 8, 8, 2];

/// What `SizeProfile` advises for these lengths and this type: `tests/sizes.rs` asks it.
pub const ADVISED: usize = 6;

/// More than any of them has.
const MOST: usize = 12;

/// Where an argument is: 40 bytes, as wasmtime's.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// In a register, extended to its width or not.
    Register {
        /// Which.
        number: u64,
        /// The bits that count.
        bits: u64,
        /// Those that it is extended to.
        extended_to: Option<u64>,
        /// 0 for one of the source's, 1 for where the result goes.
        purpose: u64,
    },
    /// In memory.
    Stack {
        /// From where the arguments begin.
        offset: u64,
        /// How far it reaches.
        bytes: u64,
    },
}

/// How many arguments each of so many functions has.
pub fn lengths(functions: usize) -> impl Iterator<Item = usize> {
    let (mut random, all) = (Random(12), COUNTED.iter().sum());
    (0..functions).map(move |_| {
        let mut left = random.below(all);
        let is_it = |&functions: &usize| {
            let found = left < functions;
            left = left.saturating_sub(functions);
            found
        };
        COUNTED.iter().position(is_it).unwrap_or(0)
    })
}

fn sides(functions: usize) -> Vec<Side> {
    let mut random = Random(13);
    let mut bits = move |_| *random.one_of(&[8, 32, 64]);
    let types: Vec<Vec<u64>> =
        lengths(functions).map(|arguments| (0..arguments).map(&mut bits).collect()).collect();
    let [vec, kept, small, array] = array::from_fn(|_| types.clone());
    vec![
        Side::naive("`Vec`", move || {
            let of_function = |types: &Vec<u64>| {
                let mut places = Vec::new();
                assign(types, |place| places.push(place));
                stack_bytes(&places)
            };
            in_order(vec.iter().map(of_function))
        })
        .allocates(10_487),
        Side::std("one `Vec`, `clear`", move || {
            let mut places = Vec::new();
            let of_function = |types: &Vec<u64>| {
                places.clear();
                assign(types, |place| places.push(place));
                stack_bytes(&places)
            };
            in_order(kept.iter().map(of_function))
        })
        .allocates(3),
        Side::kit("`SmallVec`, `N` as `SizeProfile` advises", move || {
            let of_function = |types: &Vec<u64>| {
                let mut places = SmallVec::<Place, ADVISED>::new();
                assign(types, |place| places.push(place));
                stack_bytes(&places)
            };
            in_order(small.iter().map(of_function))
        })
        .allocates(342),
        Side::hand("`ArrayVec` of the most that there are", move || {
            let of_function = |types: &Vec<u64>| {
                let mut places = ArrayVec::<Place, MOST>::new();
                assign(types, |place| places.push(place));
                stack_bytes(&places)
            };
            in_order(array.iter().map(of_function))
        })
        .allocates(0),
    ]
}

/// The first six go to registers, as C's do on x86-64.
fn assign(types: &[u64], mut push: impl FnMut(Place)) {
    let mut offset = 0;
    for (number, &bits) in (0..).zip(types) {
        push(if number < 6 {
            let purpose = u64::from(number == 0);
            Place::Register { number, bits, extended_to: (bits < 32).then_some(32), purpose }
        } else {
            offset += 8;
            Place::Stack { offset: offset - 8, bytes: bits / 8 }
        });
    }
}

/// How far the arguments reach, and something of the registers.
fn stack_bytes(places: &[Place]) -> u64 {
    let of_place = |place: &Place| match *place {
        Place::Register { number, bits, extended_to, purpose } => {
            number ^ extended_to.unwrap_or(bits) ^ purpose
        }
        Place::Stack { offset, bytes } => offset + bytes,
    };
    in_order(places.iter().map(of_place))
}
