//! What a job does with what it has made: it looks at it. Hardly, where that is timed; at all of it, for an answer.

use std::hash::{DefaultHasher, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many answers are being found now, in any thread.
static ANSWERS: AtomicUsize = AtomicUsize::new(0);

/// Looks at a text. For an answer that is a digest of all its bytes; else it is its length, and where it ends, which takes next
/// to no time beside what the text has cost.
#[inline]
pub(crate) fn look(text: impl AsRef<[u8]>) -> u64 {
    let text = text.as_ref();
    if ANSWERS.load(Ordering::Relaxed) > 0 {
        return digest(text);
    }
    text.len() as u64 * 251 + u64::from(text.last().copied().unwrap_or(0))
}

/// One number for many, which is another one if they come in another order.
#[inline]
pub(crate) fn in_order(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, then)
}

/// As [`in_order`], of one more.
#[inline]
pub(crate) fn then(all: u64, next: u64) -> u64 {
    all.wrapping_mul(31).wrapping_add(next)
}

/// Does a job in which [`look`] takes in all of a text. Others that run meanwhile do so, too, and are slower.
pub(crate) fn for_an_answer<R>(job: impl FnOnce() -> R) -> R {
    struct Found;
    impl Drop for Found {
        fn drop(&mut self) {
            ANSWERS.fetch_sub(1, Ordering::Relaxed);
        }
    }
    ANSWERS.fetch_add(1, Ordering::Relaxed);
    let _found = Found;
    job()
}

#[cold]
fn digest(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text);
    hasher.finish()
}

#[test]
fn an_answer_is_of_every_byte_and_in_order() {
    let [one, other] = ["a text", "a tent"];
    assert_eq!(look(one), look(other));
    for_an_answer(|| {
        assert_ne!(look(one), look(other));
        assert_ne!(look("ab"), look("a"));
        assert_eq!(look(one), look(one));
    });
    assert_ne!(in_order([1, 2].into_iter()), in_order([2, 1].into_iter()));
}
