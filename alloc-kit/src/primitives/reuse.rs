//! The trait of what can be emptied without giving its memory back.

/// A buffer that can be emptied and used again: one word for `clear`, for std's collections and the re-exported ones.
///
/// What keeps buffers, such as [`Scratch`](crate::Scratch) and `Pool`, keeps what implements it. It is not implemented for
/// `BTreeMap`, `BTreeSet` and `LinkedList`, whose `clear` frees; nor for `Option`, which would free what it holds; nor for
/// bumpalo's `Bump`, of which only a reset tells what it keeps: that is `Arena`'s.
///
/// # Implementing
///
/// `reset` must not allocate, and should free nothing but what the elements own; the allocation of the buffer itself stays. For
/// a struct of buffers, [`#[derive(Reuse)]`](macro@crate::Reuse) writes both methods.
///
/// # Bound
///
/// None by itself: what was large once stays so until it is dropped. Where lengths come from outside, let what has a bound keep
/// it, such as [`Scratch`](crate::Scratch).
///
/// # Thread safety
///
/// That of the type: both methods ask for no more than their reference.
///
/// # In an out-of-memory
///
/// `reset` asks for no memory. `refill` does as `extend`, and the process ends; `try_reserve` before it does not.
///
/// # Replaces
///
/// ```
/// use alloc_kit::Reuse;
///
/// # let lines = ["a,b", "c"];
/// // Before: an allocation and its growth for each line.
/// for line in lines {
///     let fields: Vec<&str> = line.split(',').collect();
/// #   assert!(!fields.is_empty());
/// }
/// // After: one for all.
/// let mut fields = Vec::new();
/// for line in lines {
///     fields.refill(line.split(','));
/// #   assert!(!fields.is_empty());
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be emptied and keep its memory: it is not `alloc_kit::Reuse`",
    note = "a struct of buffers gets it by `#[derive(alloc_kit::Reuse)]`",
    note = "a field of such a struct that is no buffer is left as it is by `#[reuse(skip)]`"
)]
pub trait Reuse {
    /// Empties it and keeps the memory; never allocates.
    ///
    /// Costs what `clear` costs: the drop of each element, and for hash maps and sets also time in proportion to the capacity.
    ///
    /// ```
    /// use alloc_kit::Reuse;
    ///
    /// let mut line = String::from("alpha,beta");
    /// line.reset();
    /// assert_eq!((line.as_str(), line.capacity()), ("", 10));
    /// ```
    ///
    /// # Panics
    ///
    /// If the drop of an element does.
    fn reset(&mut self);

    /// How much heap memory it would still hold after `reset`, in bytes: the capacity, not what elements own.
    ///
    /// What a `reset` would give back for a bound of its own counts until it has. In constant time for what is implemented
    /// here. For hash tables and `BytesMut` it is exact after a `reset`, and may be less before: ask then, to hold
    /// something to a bound.
    ///
    /// ```
    /// use alloc_kit::Reuse;
    ///
    /// struct Frame {
    ///     pixels: Vec<u8>,
    ///     number: u64,
    /// }
    ///
    /// impl Reuse for Frame {
    ///     fn reset(&mut self) {
    ///         self.pixels.reset();
    ///         self.number = 0;
    ///     }
    ///
    ///     fn retained_bytes(&self) -> usize {
    ///         self.pixels.retained_bytes()
    ///     }
    /// }
    ///
    /// let mut frame = Frame { pixels: vec![0xff; 640], number: 7 };
    /// frame.reset();
    /// assert_eq!((frame.number, frame.retained_bytes()), (0, 640));
    /// ```
    fn retained_bytes(&self) -> usize;

    /// Empties it, and fills it from an iterator: `collect` into memory that is there already.
    ///
    /// Allocates only where the items are more than it ever held. If the iterator panics, what it gave until then
    /// stays in. A type of fixed size panics when it is full, as its `extend` does, and one on the heap ends the process in
    /// an out-of-memory: reserve first where that matters.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// use alloc_kit::{Reuse, assert_no_alloc};
    ///
    /// let mut squares = Vec::with_capacity(8);
    /// assert_no_alloc!(squares.refill((1..=8).map(|n| n * n)));
    /// assert_eq!(squares.last(), Some(&64));
    /// ```
    fn refill<I>(&mut self, items: I) -> &mut Self
    where
        I: IntoIterator,
        Self: Extend<I::Item> + Sized,
    {
        self.reset();
        self.extend(items);
        self
    }
}
