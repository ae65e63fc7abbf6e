//! `upsert`: an owned key only where it is new to the map.

use alloc::collections::BTreeMap;
use core::borrow::Borrow;
#[cfg(feature = "std")]
use core::hash::{BuildHasher, Hash};
#[cfg(feature = "std")]
use std::collections::HashMap;

/// Finds the value of a borrowed key, or makes it, and applies a closure to it: `entry` without an owned key on a hit.
///
/// `f` is applied in both cases, after `new` where the key is new, and what it returns is returned. `new` may not look at
/// the map, nor may `f`.
///
/// # Which maps and keys
///
/// std's `HashMap`, with any hasher, and `BTreeMap`. An owned key must be made of `&Q` by `From`: `String`, `Box<str>`, `Rc<str>`,
/// `Arc<str>` and `CompactString` of `&str`, `Vec<T>` and `Arc<[T]>` of `&[T]`, `PathBuf` of `&Path`, `OsString` of `&OsStr`, and
/// types of your own that implement `From<&Q>` and `Borrow<Q>`. For numbers and other keys that own nothing, `entry(key)` is as good.
///
/// # Cost and bound
///
/// On a hit, what `get_mut` costs: one hash, no allocation. On a miss the key is made, and hashed twice: std's map has no
/// `entry` by a borrowed key (`hashbrown`'s `entry_ref` hashes once). A `BTreeMap` is searched twice on a miss.
///
/// # When not
///
/// Where most keys are new: each is allocated all the same, and hashed twice. With 1 in 20 seen before, `entry(key.to_owned())` takes
/// 0.85 of the time (`cargo bench -p alloc-kit-benches --bench wins -- --only unique`). More is under
/// [when reuse does not pay](crate::_no_gain).
///
/// # Panics
///
/// When `new`, `f`, or the key's `Hash`, `Ord`, `Eq` or `From` do. The map is whole then: if `new` panics the key isn't in
/// it, and if `f` does, what `new` gave is, or what was there, as `f` left it.
///
/// # Thread safety
///
/// It is a function on a `&mut` map, and keeps nothing itself.
///
/// # In an out-of-memory
///
/// The process ends, as with `entry`. On a hit nothing is asked for; before a miss, `try_reserve` makes room in a `HashMap`.
///
/// # Replaces
///
/// ```
/// # #[cfg(feature = "std")] {
/// use std::collections::HashMap;
/// use alloc_kit::upsert;
///
/// # let text = "the cat the hat";
/// let mut before: HashMap<String, u32> = HashMap::new();
/// let mut after = before.clone();
/// for word in text.split(' ') {
///     *before.entry(word.to_string()).or_insert(0) += 1; // a `String` for each word
///     upsert(&mut after, word, || 0, |n| *n += 1); // a `String` for each that is new
/// }
/// assert_eq!(before, after);
/// # }
/// ```
#[inline]
pub fn upsert<M, Q, R>(
    map: &mut M,
    key: &Q,
    new: impl FnOnce() -> M::Value,
    f: impl FnOnce(&mut M::Value) -> R,
) -> R
where
    M: UpsertMap<Q> + ?Sized,
    Q: ?Sized,
{
    if let Some(value) = map.value_of(key) {
        return f(value);
    }
    f(map.insert_new(key, new))
}

/// The maps that [`upsert`] works on, with keys that are found by `&Q`: std's `HashMap` and `BTreeMap`.
///
/// It is for bounds, where a function takes either. Its methods are not public: [`upsert`] calls them.
///
/// ```
/// use alloc_kit::{UpsertMap, upsert};
/// use std::collections::BTreeMap;
///
/// fn count_words<M>(text: &str, counts: &mut M)
/// where
///     M: UpsertMap<str, Value = u32>,
/// {
///     text.split(' ').for_each(|word| upsert(counts, word, || 0, |n| *n += 1));
/// }
///
/// let mut counts: BTreeMap<String, u32> = BTreeMap::new();
/// count_words("the cat the hat", &mut counts);
/// assert_eq!(counts["the"], 2);
/// ```
#[diagnostic::on_unimplemented(
    message = "`upsert` can't look up a `&{Q}` in a `{Self}`",
    note = "it takes std's `HashMap` (with the feature `std`) and `BTreeMap`, whose keys are made of `&{Q}` by `From`",
    note = "for numbers, and other keys that own nothing, `entry(key)` is as good"
)]
pub trait UpsertMap<Q: ?Sized>: sealed::Map<Q> {}

mod sealed {
    pub trait Map<Q: ?Sized> {
        type Value;

        fn value_of(&mut self, key: &Q) -> Option<&mut Self::Value>;

        /// The key isn't in the map.
        fn insert_new(&mut self, key: &Q, new: impl FnOnce() -> Self::Value) -> &mut Self::Value;
    }
}

#[cfg(feature = "std")]
impl<K, V, S, Q> UpsertMap<Q> for HashMap<K, V, S>
where
    K: Borrow<Q> + Eq + Hash + for<'q> From<&'q Q>,
    S: BuildHasher,
    Q: Eq + Hash + ?Sized,
{
}

#[cfg(feature = "std")]
impl<K, V, S, Q> sealed::Map<Q> for HashMap<K, V, S>
where
    K: Borrow<Q> + Eq + Hash + for<'q> From<&'q Q>,
    S: BuildHasher,
    Q: Eq + Hash + ?Sized,
{
    type Value = V;

    #[inline]
    fn value_of(&mut self, key: &Q) -> Option<&mut V> {
        self.get_mut(key)
    }

    // Apart, so that a hit is as little code as `get_mut`.
    #[inline(never)]
    fn insert_new(&mut self, key: &Q, new: impl FnOnce() -> V) -> &mut V {
        self.entry(K::from(key)).or_insert_with(new)
    }
}

impl<K, V, Q> UpsertMap<Q> for BTreeMap<K, V>
where
    K: Borrow<Q> + Ord + for<'q> From<&'q Q>,
    Q: Ord + ?Sized,
{
}

impl<K, V, Q> sealed::Map<Q> for BTreeMap<K, V>
where
    K: Borrow<Q> + Ord + for<'q> From<&'q Q>,
    Q: Ord + ?Sized,
{
    type Value = V;

    #[inline]
    fn value_of(&mut self, key: &Q) -> Option<&mut V> {
        self.get_mut(key)
    }

    // Apart, so that a hit is as little code as `get_mut`.
    #[inline(never)]
    fn insert_new(&mut self, key: &Q, new: impl FnOnce() -> V) -> &mut V {
        self.entry(K::from(key)).or_insert_with(new)
    }
}
