//! `String`: allocates on the first push, and grows from 8 as a `Vec` of bytes does. Of a known length, make it in place, or at once.
//!
//! Ids, hashes and entity tags are bytes that are shown in hex, and the line that everybody has written for it is `map`, `format!`, `collect`:
//! a `String` for each byte, put into one that grows. The text is twice as long as the bytes, so there is nothing to find out.
//!
//! Run with `cargo run --release --example heap_string`. It prints the capacities while text is pushed, and what a hash of 16 bytes
//! for each line of a log that nginx wrote takes:
//!
//! ```text
//! String::new()                             4 allocations, room for [8, 16, 32, 64]
//! String::with_capacity(40)                 1 allocation, room for [40]
//! CompactString                             2 allocations, room for [24, 36, 54]
//!                           allocations       bytes        peak
//! before  16 texts and one      198,018   1,936,176          40
//! after   a `String`             11,001     352,032          32
//! time    9.8 times as long before as after (39 rounds)
//!                           allocations       bytes        peak
//! before  16 texts and one      198,018   1,936,176          40
//! after   an `ArrayString`            0           0           0
//! time    14.5 times as long before as after (39 rounds)
//! ```

#[path = "support/facts.rs"]
mod facts;
mod support;

use alloc_kit::{ArrayString, CompactString, alloc_budget, no_alloc};
use facts::{LOG, growth};
use std::fmt::Write;
use support::compare;

type Hash = [u8; 16];

/// Before: as many texts as bytes, and the one that they are put into.
#[expect(clippy::format_collect, reason = "the way before")]
fn hex_formatted(hash: Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// After, where the text goes far: the same type, allocated once.
#[alloc_budget(1, bytes = 2 * hash.len())]
fn hex_string(hash: Hash) -> String {
    let mut text = String::with_capacity(2 * hash.len());
    // Never an error, nor is it below: there is room for all.
    let _ = write!(text, "{:032x}", u128::from_be_bytes(hash));
    text
}

/// After, where it is looked at and dropped, or kept beside others: the text is in the value.
#[no_alloc]
fn hex(hash: Hash) -> ArrayString<32> {
    let mut text = ArrayString::new();
    let _ = write!(text, "{:032x}", u128::from_be_bytes(hash));
    text
}

/// FNV-1a, of 128 bits.
fn hash(line: &str) -> Hash {
    let step = |hash: u128, byte: u8| (hash ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
    line.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, step).to_be_bytes()
}

/// What is done with each text: here, some are counted.
fn counted<T: AsRef<str>>(hashes: &[Hash], hex: impl Fn(Hash) -> T) -> usize {
    hashes.iter().filter(|hash| hex(**hash).as_ref().ends_with("00")).count()
}

fn main() {
    let (sized, compact) = (|| String::with_capacity(40), || CompactString::const_new(""));
    growth("String::new()", 40, String::new, |text| text.push('x'), String::capacity);
    growth("String::with_capacity(40)", 40, sized, |text| text.push('x'), String::capacity);
    growth("CompactString", 40, compact, |text| text.push('x'), CompactString::capacity);
    let hashes: Vec<_> = LOG.lines().map(hash).collect();
    let formatted = || counted(&hashes, hex_formatted);
    compare(("16 texts and one", formatted), ("a `String`", || counted(&hashes, hex_string)));
    compare(("16 texts and one", formatted), ("an `ArrayString`", || counted(&hashes, hex)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_or_none_and_zeros_in_it() {
        let hashes: Vec<_> = LOG.lines().map(hash).collect();
        let [before, after] =
            compare(("", || counted(&hashes, hex_formatted)), ("", || counted(&hashes, hex)));
        assert_eq!([before.allocations, after.allocations], [18 * hashes.len() as u64, 0]);
        let hash = (0x000f_u128 << 112 | 0xa0).to_be_bytes();
        assert_eq!(hex_formatted(hash), "000f00000000000000000000000000a0");
        assert_eq!([hex_string(hash).as_str(), &hex(hash)], [&hex_formatted(hash); 2]);
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn texts_of_bytes_are_over_the_budget() {
        alloc_kit::assert_no_alloc!(hex_formatted([0; 16]));
    }
}
