//! `Reuse` for what `alloc` and std have, for scalars, and for arrays and tuples of what implements it.

use alloc::boxed::Box;
use alloc::collections::{BinaryHeap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;

use super::Reuse;
#[cfg(feature = "std")]
use super::reuse_table as table;

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

/// What `remove` leaves behind goes as well, which `clear` leaves in a map that is empty already.
#[cfg(feature = "std")]
impl<K, V, S> Reuse for std::collections::HashMap<K, V, S> {
    #[inline]
    fn reset(&mut self) {
        // `clear` leaves one that is empty as it is, with the marks.
        if self.is_empty() {
            drop(self.drain());
        } else {
            self.clear();
        }
    }

    /// To the byte after `reset`; where entries were removed since, it may be less than what there is, since `capacity` is.
    #[inline]
    fn retained_bytes(&self) -> usize {
        table::bytes::<(K, V)>(self.capacity())
    }
}

/// What `remove` leaves behind goes as well, which `clear` leaves in a set that is empty already.
#[cfg(feature = "std")]
impl<T, S> Reuse for std::collections::HashSet<T, S> {
    #[inline]
    fn reset(&mut self) {
        // `clear` leaves one that is empty as it is, with the marks.
        if self.is_empty() {
            drop(self.drain());
        } else {
            self.clear();
        }
    }

    /// To the byte after `reset`; where entries were removed since, it may be less than what there is, since `capacity` is.
    #[inline]
    fn retained_bytes(&self) -> usize {
        table::bytes::<T>(self.capacity())
    }
}

/// The position goes to the start.
#[cfg(feature = "std")]
impl<T: Reuse> Reuse for std::io::Cursor<T> {
    #[inline]
    fn reset(&mut self) {
        self.get_mut().reset();
        self.set_position(0);
    }

    #[inline]
    fn retained_bytes(&self) -> usize {
        self.get_ref().retained_bytes()
    }
}

impl<T: ?Sized> Reuse for PhantomData<T> {
    #[inline]
    fn reset(&mut self) {}

    #[inline]
    fn retained_bytes(&self) -> usize {
        0
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
