//! `Reuse` for what `alloc` and std have, for scalars, and for arrays and tuples of what implements it.

use alloc::boxed::Box;
use alloc::collections::{BinaryHeap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::mem::size_of;

use super::Reuse;

/// A collection whose allocation is `capacity` times an element's size.
macro_rules! of_elements {
    ($($collection:ident),*) => {$(
        impl<T> Reuse for $collection<T> {
            #[inline]
            fn reset(&mut self) {
                self.clear();
            }

            #[inline]
            fn retained_bytes(&self) -> usize {
                // Of zero-sized elements the capacity is `usize::MAX`.
                self.capacity() * size_of::<T>()
            }
        }
    )*};
}

of_elements!(Vec, VecDeque);

// Not `Ord`, which only some of its methods want, `clear` and `capacity` not among them.
of_elements!(BinaryHeap);

/// Text, whose capacity is in bytes.
macro_rules! of_bytes {
    ($($(#[$attribute:meta])* $text:ty),*) => {$(
        $(#[$attribute])*
        impl Reuse for $text {
            #[inline]
            fn reset(&mut self) {
                self.clear();
            }

            #[inline]
            fn retained_bytes(&self) -> usize {
                self.capacity()
            }
        }
    )*};
}

of_bytes! {
    String,
    #[cfg(feature = "std")] std::ffi::OsString,
    #[cfg(feature = "std")] std::path::PathBuf
}

/// Values without a heap allocation: they are set to their default.
macro_rules! of_scalars {
    ($($scalar:ty),*) => {$(
        impl Reuse for $scalar {
            #[inline]
            fn reset(&mut self) {
                *self = Self::default();
            }

            #[inline]
            fn retained_bytes(&self) -> usize {
                0
            }
        }
    )*};
}

of_scalars!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, bool, char, ());

#[cfg(feature = "std")]
impl<K, V, S> Reuse for std::collections::HashMap<K, V, S> {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    /// As std's table is laid out, to a few bytes.
    #[inline]
    fn retained_bytes(&self) -> usize {
        table_bytes(self.capacity(), size_of::<(K, V)>())
    }
}

#[cfg(feature = "std")]
impl<T, S> Reuse for std::collections::HashSet<T, S> {
    #[inline]
    fn reset(&mut self) {
        self.clear();
    }

    /// As std's table is laid out, to a few bytes.
    #[inline]
    fn retained_bytes(&self) -> usize {
        table_bytes(self.capacity(), size_of::<T>())
    }
}

/// A hash table has a power of two of buckets, seven in eight of which may be taken (all but one, below eight), and a
/// byte for each beside the entry.
#[cfg(feature = "std")]
fn table_bytes(capacity: usize, entry_bytes: usize) -> usize {
    const GROUP_BYTES: usize = 16;
    match capacity {
        0 => 0,
        1..8 => (capacity + 1).next_power_of_two() * (entry_bytes + 1) + GROUP_BYTES,
        _ => (capacity + capacity / 7).next_power_of_two() * (entry_bytes + 1) + GROUP_BYTES,
    }
}

/// The box stays; it counts with what it holds.
impl<T: Reuse> Reuse for Box<T> {
    #[inline]
    fn reset(&mut self) {
        (**self).reset();
    }

    #[inline]
    fn retained_bytes(&self) -> usize {
        size_of::<T>() + (**self).retained_bytes()
    }
}

impl<T: Reuse, const N: usize> Reuse for [T; N] {
    #[inline]
    fn reset(&mut self) {
        self.iter_mut().for_each(Reuse::reset);
    }

    /// The sum over the elements.
    #[inline]
    fn retained_bytes(&self) -> usize {
        self.iter().map(Reuse::retained_bytes).sum()
    }
}

macro_rules! of_tuples {
    ($($($part:ident)*;)*) => {$(
        impl<$($part: Reuse),*> Reuse for ($($part,)*) {
            #[inline]
            fn reset(&mut self) {
                #[expect(non_snake_case, reason = "named after its type")]
                let ($($part,)*) = self;
                $($part.reset();)*
            }

            /// The sum over the parts.
            #[inline]
            fn retained_bytes(&self) -> usize {
                #[expect(non_snake_case, reason = "named after its type")]
                let ($($part,)*) = self;
                0 $(+ $part.retained_bytes())*
            }
        }
    )*};
}

of_tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}
