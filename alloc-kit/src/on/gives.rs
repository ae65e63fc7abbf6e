//! A look at what an annotated function gives: a boxed future by another name would be judged by its making only.
//!
//! The attributes know `Pin<Box<dyn Future>>` by how it is written. What is behind an alias only the compiler knows: it
//! prefers the method of the type to that of the trait, where the type is one.

use core::pin::Pin;

use super::mode;
use super::site::Site;

/// What a function gives.
#[derive(Debug)]
pub struct Gives<'a, T: ?Sized>(pub &'a T);

impl<F: Future + ?Sized> Gives<'_, Pin<Box<F>>> {
    /// It is not done.
    ///
    /// # Panics
    ///
    /// Where anything is judged: the budget would be about the making of the future.
    #[track_caller]
    pub fn is_done(&self, site: &Site) {
        let Site { name, file, line, .. } = site;
        assert!(
            !mode::mode().judges(),
            "alloc-kit: `{name}` ({file}:{line}) gives a boxed future by another name, whose polls would not be judged
  = help: write its type as `Pin<Box<dyn Future<Output = ..>>>`, or put the attribute on an `async fn`"
        );
    }
}

/// Of every other type.
pub trait IsDone {
    /// It is done: nothing to say.
    #[inline]
    fn is_done(&self, _: &Site) {}
}

impl<T: ?Sized> IsDone for Gives<'_, T> {}
