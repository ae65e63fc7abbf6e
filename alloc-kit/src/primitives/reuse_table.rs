//! The memory of std's hash tables, which tell nothing of it but a capacity. `tests/reuse.rs` holds it against the counter.
//!
//! A table has a power of two of buckets, of which seven in eight may be taken (below 8 all but one): an entry each, then
//! a byte of control each and as many again as are looked at together. A removed entry may leave a
//! mark, which takes from the capacity until the table is cleared.

use core::mem::size_of;

/// Control bytes that are looked at together, as hashbrown chooses.
const GROUP_BYTES: usize = if cfg!(miri) {
    if cfg!(target_pointer_width = "64") { 8 } else { 4 }
} else if cfg!(any(
    all(any(target_arch = "x86", target_arch = "x86_64"), target_feature = "sse2"),
    all(target_arch = "loongarch64", target_feature = "lsx"),
)) {
    16
} else if cfg!(any(target_pointer_width = "64", target_arch = "aarch64", target_arch = "wasm32")) {
    8
} else {
    4
};

/// What a table of this capacity holds on the heap; with marks, of the smallest that has so much.
#[inline]
pub(super) const fn bytes<T>(capacity: usize) -> usize {
    let buckets = match capacity {
        0 => return 0,
        1..8 => (capacity + 1).next_power_of_two(),
        _ => (capacity + capacity / 7).next_power_of_two(),
    };
    // More alignment than that comes with the size of an entry.
    (buckets * size_of::<T>()).next_multiple_of(GROUP_BYTES) + buckets + GROUP_BYTES
}
