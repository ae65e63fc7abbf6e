//! Divan's bencher, with allocations counted.
//!
//! `counted` with the benchmark's name, which [`id!`](crate::id) makes, stands before the form; the rest stays as it is:
//!
//! ```no_run
//! use alloc_kit_bench::{BencherExt, Budget, id};
//!
//! alloc_kit::install!();
//!
//! fn main() {
//!     divan::main();
//! }
//!
//! #[divan::bench(args = [1, 100])]
//! fn repeated(bencher: divan::Bencher, n: usize) {
//!     bencher.counted(id!(n)).within(Budget::allocations(1)).bench_local(|| "alpha".repeat(n));
//! }
//! ```
//!
//! Divan paints its tree while it runs, so what was counted comes in a table when the program ends. A benchmark that
//! divan does not run, for a filter, `#[ignore]` or `--list`, is neither counted nor judged; `--test` counts, compares and
//! judges, and saves nothing. Divan has no flags for baselines: `ALLOC_KIT_BENCH_SAVE_BASELINE=main` and
//! `ALLOC_KIT_BENCH_BASELINE=main` do what criterion's `--save-baseline main` and `--baseline main` do.
//!
//! # What is counted
//!
//! What is timed: neither the inputs' making, nor the drop of what a routine returns, nor that of an input that it has by
//! reference. So `live_bytes` has the result in it. It is counted on one thread, also where divan times several; with
//! `threads = [1, 2]`, once for each, the second as `csv::lines #2`.
//!
//! # Beside divan's own profiler
//!
//! Divan's `AllocProfiler` counts all samples, while they are timed, and prints their means in the tree; it compares and
//! judges nothing. Both go together, one around the other:
//!
//! ```
//! use alloc_kit::CountingAlloc;
//! use divan::AllocProfiler;
//!
//! # #[cfg(any())] // The documentation's tests have an allocator already.
//! #[global_allocator]
//! static GLOBAL: CountingAlloc<AllocProfiler> = CountingAlloc::new(AllocProfiler::system());
//! ```

use core::fmt;
use core::hint::black_box;

use ::divan::Bencher;
use alloc_kit::measure;

use crate::budget::Budget;
use crate::record::record_usage;

/// The name of the divan benchmark that it stands in, and of its arguments: `csv::lines::100`.
///
/// It is the function's path, with the types of a generic one, and then each argument as `Display` has it; but for the types,
/// it is what divan's filters take.
///
/// ```
/// fn lines() -> String {
///     alloc_kit_bench::id!(100, "short")
/// }
/// assert!(lines().ends_with("lines::100::short"));
/// ```
#[macro_export]
#[cfg_attr(docsrs, doc(cfg(feature = "divan")))]
macro_rules! id {
    ($($argument:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut id = $crate::divan::path_of(&|| {});
        $(
            id.push_str("::");
            id.push_str(&::std::string::ToString::to_string(&$argument));
        )*
        id
    }};
}

/// The path of the function that a closure is in.
#[doc(hidden)]
#[must_use]
pub fn path_of<C>(_: &C) -> String {
    let mut path = core::any::type_name::<C>();
    while let Some(outer) = path.strip_suffix("::{{closure}}") {
        path = outer;
    }
    path.to_owned()
}

/// Counted benchmarks, for divan's `Bencher`.
///
/// ```standalone_crate
/// # alloc_kit::install!();
/// use alloc_kit_bench::{BencherExt, Budget, id};
///
/// #[divan::bench]
/// fn joined(bencher: divan::Bencher) {
///     bencher.counted(id!()).within(Budget::allocations(1)).bench(|| ["alpha", "beta"].concat());
/// }
/// # divan::main(); // without `--bench`: as `--test`
/// ```
pub trait BencherExt<'a, 'b>: sealed::Sealed {
    /// The bencher with a name, under which it is counted. Counters, as `BytesCount`, come before it.
    ///
    /// ```standalone_crate
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{BencherExt, Budget, id};
    ///
    /// #[divan::bench(args = [1, 100])]
    /// fn repeated(bencher: divan::Bencher, n: usize) {
    ///     let bencher = bencher.counter(divan::counter::BytesCount::new(n));
    ///     bencher.counted(id!(n)).within(Budget::allocations(1)).bench(|| "a".repeat(n));
    /// }
    /// # divan::main(); // without `--bench`: as `--test`
    /// ```
    fn counted(self, id: impl Into<String>) -> Counted<'a, 'b>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for ::divan::Bencher<'_, '_> {}
}

impl<'a, 'b> BencherExt<'a, 'b> for Bencher<'a, 'b> {
    fn counted(self, id: impl Into<String>) -> Counted<'a, 'b> {
        Counted { bencher: self, id: id.into(), budget: Budget::new() }
    }
}

/// Divan's `Bencher`, counted: each form runs the routine a few times by itself, counting, and then lets divan time it.
///
/// ```standalone_crate
/// # alloc_kit::install!();
/// use alloc_kit_bench::{BencherExt, Budget, id};
///
/// #[divan::bench]
/// fn parsed(bencher: divan::Bencher) {
///     bencher.counted(id!()).within(Budget::allocations(0)).bench(|| "42".parse::<u32>());
/// }
/// # divan::main(); // without `--bench`: as `--test`
/// ```
#[must_use = "a benchmark function must be registered"]
pub struct Counted<'a, 'b> {
    bencher: Bencher<'a, 'b>,
    id: String,
    budget: Budget,
}

impl<'a, 'b> Counted<'a, 'b> {
    /// What a run may allocate. A benchmark over it runs to its end, as do those after it; then the process fails.
    ///
    /// ```standalone_crate
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{BencherExt, Budget, id};
    ///
    /// #[divan::bench]
    /// fn length(bencher: divan::Bencher) {
    ///     let budget = Budget::allocations(1).live_bytes(0);
    ///     bencher.counted(id!()).within(budget).bench(|| 42.to_string().len());
    /// }
    /// # divan::main(); // without `--bench`: as `--test`
    /// ```
    pub fn within(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// As divan's `bench`.
    ///
    /// ```standalone_crate
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{BencherExt, Budget, id};
    ///
    /// #[divan::bench]
    /// fn joined(bencher: divan::Bencher) {
    ///     // The text is dropped after the run: it is live at its end.
    ///     let budget = Budget::allocations(1).live_bytes(9).deallocations(0);
    ///     bencher.counted(id!()).within(budget).bench(|| ["alpha", "beta"].concat());
    /// }
    /// # divan::main(); // without `--bench`: as `--test`
    /// ```
    ///
    /// # Panics
    ///
    /// As all forms, if the counting allocator is not installed.
    #[track_caller]
    pub fn bench<O>(self, benched: impl Fn() -> O + Sync) {
        record_usage(self.id, self.budget, || measure(|| black_box(benched())).1);
        self.bencher.bench(benched);
    }

    /// As divan's `bench_local`.
    ///
    /// ```standalone_crate
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{BencherExt, Budget, id};
    ///
    /// #[divan::bench]
    /// fn sorted(bencher: divan::Bencher) {
    ///     let mut numbers = [3, 1, 2];
    ///     bencher.counted(id!()).within(Budget::allocations(0)).bench_local(|| numbers.sort_unstable());
    /// }
    /// # divan::main(); // without `--bench`: as `--test`
    /// ```
    #[track_caller]
    pub fn bench_local<O>(self, mut benched: impl FnMut() -> O) {
        record_usage(self.id, self.budget, || measure(|| black_box(benched())).1);
        self.bencher.bench_local(benched);
    }

    /// As divan's `with_inputs`.
    ///
    /// ```standalone_crate
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{BencherExt, Budget, id};
    ///
    /// #[divan::bench]
    /// fn pushed(bencher: divan::Bencher) {
    ///     let bencher = bencher.counted(id!()).within(Budget::allocations(0));
    ///     bencher.with_inputs(|| Vec::<u32>::with_capacity(8)).bench_refs(|list| list.push(1));
    /// }
    /// # divan::main(); // without `--bench`: as `--test`
    /// ```
    pub fn with_inputs<G>(self, gen_input: G) -> CountedInputs<'a, 'b, G> {
        CountedInputs { counted: self, gen_input }
    }
}

impl fmt::Debug for Counted<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, budget, .. } = self;
        f.debug_struct("Counted").field("id", id).field("budget", budget).finish_non_exhaustive()
    }
}

/// [`Counted`], with inputs that are made outside of what is counted and timed.
///
/// ```standalone_crate
/// # alloc_kit::install!();
/// use alloc_kit_bench::{BencherExt, Budget, id};
///
/// #[divan::bench]
/// fn sorted(bencher: divan::Bencher) {
///     let bencher = bencher.counted(id!()).within(Budget::allocations(0));
///     bencher.with_inputs(|| vec![3, 1, 2]).bench_values(|mut list| {
///         list.sort_unstable();
///         list
///     });
/// }
/// # divan::main(); // without `--bench`: as `--test`
/// ```
#[must_use = "a benchmark function must be registered"]
pub struct CountedInputs<'a, 'b, G> {
    counted: Counted<'a, 'b>,
    gen_input: G,
}

impl<I, G: FnMut() -> I> CountedInputs<'_, '_, G> {
    /// As divan's `bench_values`.
    ///
    /// ```standalone_crate
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{BencherExt, Budget, id};
    ///
    /// #[divan::bench]
    /// fn sorted(bencher: divan::Bencher) {
    ///     let bencher = bencher.counted(id!()).within(Budget::allocations(0));
    ///     bencher.with_inputs(|| vec![3, 1, 2]).bench_values(|mut list| {
    ///         list.sort_unstable();
    ///         list
    ///     });
    /// }
    /// # divan::main(); // without `--bench`: as `--test`
    /// ```
    #[track_caller]
    pub fn bench_values<O>(self, benched: impl Fn(I) -> O + Sync)
    where
        G: Fn() -> I + Sync,
    {
        let Self { counted: Counted { bencher, id, budget }, gen_input } = self;
        record_usage(id, budget, || {
            let input = black_box(gen_input());
            measure(|| black_box(benched(input))).1
        });
        bencher.with_inputs(gen_input).bench_values(benched);
    }

    /// As divan's `bench_local_values`.
    ///
    /// ```standalone_crate
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{BencherExt, Budget, id};
    ///
    /// #[divan::bench]
    /// fn handed_on(bencher: divan::Bencher) {
    ///     let mut last = Vec::new();
    ///     let bencher = bencher.counted(id!()).within(Budget::allocations(0));
    ///     bencher.with_inputs(|| vec![1, 2]).bench_local_values(|list| std::mem::replace(&mut last, list));
    /// }
    /// # divan::main(); // without `--bench`: as `--test`
    /// ```
    #[track_caller]
    pub fn bench_local_values<O>(self, mut benched: impl FnMut(I) -> O) {
        let Self { counted: Counted { bencher, id, budget }, mut gen_input } = self;
        record_usage(id, budget, || {
            let input = black_box(gen_input());
            measure(|| black_box(benched(input))).1
        });
        bencher.with_inputs(gen_input).bench_local_values(benched);
    }

    /// As divan's `bench_refs`.
    ///
    /// ```standalone_crate
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{BencherExt, Budget, id};
    ///
    /// #[divan::bench]
    /// fn pushed(bencher: divan::Bencher) {
    ///     let bencher = bencher.counted(id!()).within(Budget::allocations(0));
    ///     bencher.with_inputs(|| Vec::<u32>::with_capacity(8)).bench_refs(|list| list.push(1));
    /// }
    /// # divan::main(); // without `--bench`: as `--test`
    /// ```
    #[track_caller]
    pub fn bench_refs<O>(self, benched: impl Fn(&mut I) -> O + Sync)
    where
        G: Fn() -> I + Sync,
    {
        let Self { counted: Counted { bencher, id, budget }, gen_input } = self;
        record_usage(id, budget, || {
            let mut input = black_box(gen_input());
            measure(|| black_box(benched(&mut input))).1
        });
        bencher.with_inputs(gen_input).bench_refs(benched);
    }

    /// As divan's `bench_local_refs`.
    ///
    /// ```standalone_crate
    /// # alloc_kit::install!();
    /// use alloc_kit_bench::{BencherExt, Budget, id};
    ///
    /// #[divan::bench]
    /// fn summed(bencher: divan::Bencher) {
    ///     let mut sum = 0;
    ///     let bencher = bencher.counted(id!()).within(Budget::allocations(0));
    ///     bencher.with_inputs(|| vec![1, 2]).bench_local_refs(|list| sum += list.drain(..).sum::<u32>());
    /// }
    /// # divan::main(); // without `--bench`: as `--test`
    /// ```
    #[track_caller]
    pub fn bench_local_refs<O>(self, mut benched: impl FnMut(&mut I) -> O) {
        let Self { counted: Counted { bencher, id, budget }, mut gen_input } = self;
        record_usage(id, budget, || {
            let mut input = black_box(gen_input());
            measure(|| black_box(benched(&mut input))).1
        });
        bencher.with_inputs(gen_input).bench_local_refs(benched);
    }
}

impl<G> fmt::Debug for CountedInputs<'_, '_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { counted, .. } = self;
        f.debug_struct("CountedInputs").field("counted", counted).finish_non_exhaustive()
    }
}
