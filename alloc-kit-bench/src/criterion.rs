//! Criterion's groups, with allocations beside the time.
//!
//! `counted_group` in place of `benchmark_group`, `counted_function` in place of `bench_function`; the rest of a benchmark
//! stays as it is:
//!
//! ```no_run
//! use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
//! use alloc_kit_bench::{Budget, CriterionExt};
//!
//! alloc_kit::install!();
//!
//! fn joining(c: &mut Criterion) {
//!     let fields = ["alpha", "beta", "gamma"];
//!     let mut group = c.counted_group("join");
//!     group.bench_function("push", |b| {
//!         b.within(Budget::allocations(2)).iter(|| {
//!             let mut line = String::new();
//!             fields.iter().for_each(|field| line.push_str(field));
//!             line
//!         })
//!     });
//!     for n in [1, 100] {
//!         group.bench_with_input(BenchmarkId::new("concat", n), &n, |b, &n| b.iter(|| fields.concat().repeat(n)));
//!     }
//!     group.finish();
//! }
//!
//! criterion_group!(benches, joining);
//! criterion_main!(benches);
//! ```
//!
//! A benchmark that criterion does not run, for a filter or `--list`, is neither counted nor judged. With `--profile-time`
//! nothing is counted. `--test` counts, compares and judges, in a moment, and saves nothing. `--save-baseline`, `--baseline`,
//! `--baseline-lenient` and `--discard-baseline` do for the counts what they do for the time. (A baseline that is chosen in
//! the program, by `Criterion::save_baseline`, is not seen; `criterion_group!` overrides it, too.)
//!
//! # What is counted
//!
//! What is timed: no set-up, and the drop of what a routine returns only where criterion times it, in `iter`. So
//! `live_bytes` has the result in it after the other forms, and is negative where the routine drops an input. What other
//! threads allocate is not counted.
//!
//! # Other forms
//!
//! [`CountedBencher::count`] and [`CountedBencher::time`] are the two halves, for criterion's `iter_custom` and `to_async`, which
//! have no form here. A future is counted on the thread that waits for it:
//! `b.count(|| runtime.block_on(fetch()));` and then `b.time().to_async(&runtime).iter(|| fetch())`.
//!
//! ```no_run
//! # use std::{hint::black_box, time::Instant};
//! # use alloc_kit_bench::CriterionExt;
//! # fn copied(c: &mut criterion::Criterion) {
//! c.counted_function("copied", |b| {
//!     b.count(|| "alpha".to_owned());
//!     b.time().iter_custom(|times| {
//!         let start = Instant::now();
//!         (0..times).for_each(|_| drop(black_box("alpha".to_owned())));
//!         start.elapsed()
//!     });
//! });
//! # }
//! ```
//!
//! One that is timed and not counted is a failure.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::hint::black_box;
use std::io::{self, Write};
use std::time::Duration;

use ::criterion::measurement::{Measurement, WallTime};
use ::criterion::{
    BatchSize, Bencher, BenchmarkGroup, BenchmarkId, Criterion, PlotConfiguration, SamplingMode, Throughput,
};
use alloc_kit::{Usage, measure};

use crate::budget::Budget;
use crate::change::Change;
use crate::counts::Counts;
use crate::ledger::{self, Outcome};

/// Counted benchmarks, for criterion's `Criterion`.
///
/// ```
/// # alloc_kit::install!();
/// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
/// # let c = &mut criterion;
/// use alloc_kit_bench::{Budget, CriterionExt};
///
/// let mut group = c.counted_group("join");
/// group.bench_function("two", |b| b.within(Budget::allocations(1)).iter(|| ["alpha", "beta"].concat()));
/// group.finish();
/// c.counted_function("length", |b| b.within(Budget::allocations(0)).iter(|| "alpha".len()));
/// ```
pub trait CriterionExt<M: Measurement = WallTime>: sealed::Sealed {
    /// As `benchmark_group`, with benchmarks that are counted.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    ///
    /// let mut group = c.counted_group("join");
    /// group.bench_function("two", |b| b.within(Budget::allocations(1)).iter(|| ["alpha", "beta"].concat()));
    /// ```
    fn counted_group(&mut self, name: impl Into<String>) -> CountedGroup<'_, M>;

    /// As `bench_function`, counted.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    ///
    /// c.counted_function("parse", |b| b.within(Budget::allocations(0)).iter(|| "42".parse::<u32>()));
    /// ```
    fn counted_function(&mut self, id: &str, f: impl FnMut(&mut CountedBencher<'_, '_, M>)) -> &mut Self
    where
        M: 'static;
}

impl<M: Measurement> CriterionExt<M> for Criterion<M> {
    fn counted_group(&mut self, name: impl Into<String>) -> CountedGroup<'_, M> {
        let name = name.into();
        CountedGroup { group: self.benchmark_group(name.clone()), name }
    }

    fn counted_function(&mut self, id: &str, mut f: impl FnMut(&mut CountedBencher<'_, '_, M>)) -> &mut Self
    where
        M: 'static,
    {
        let mut seen = Seen::default();
        self.bench_function(id, |bencher| f(&mut seen.bencher(bencher)));
        seen.report(id.to_owned());
        self
    }
}

/// Criterion's `BenchmarkGroup`, counted.
///
/// Its settings are criterion's, by the same names.
///
/// ```
/// # alloc_kit::install!();
/// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
/// # let c = &mut criterion;
/// use alloc_kit_bench::{Budget, CriterionExt};
///
/// let mut group = c.counted_group("join");
/// group.sample_size(50);
/// for n in [1, 100] {
///     group.bench_with_input(n.to_string(), &n, |b, &n| b.within(Budget::allocations(1)).iter(|| "a".repeat(n)));
/// }
/// group.finish();
/// ```
pub struct CountedGroup<'a, M: Measurement = WallTime> {
    group: BenchmarkGroup<'a, M>,
    name: String,
}

/// Each with a value for its example.
macro_rules! settings {
    ($($name:ident: $value:ty, $example:literal;)*) => {$(
        #[doc = concat!("As criterion's `", stringify!($name), "`.")]
        ///
        /// ```
        /// # alloc_kit::install!();
        /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
        /// # let c = &mut criterion;
        /// use alloc_kit_bench::{Budget, CriterionExt};
        ///
        /// let mut group = c.counted_group("join");
        #[doc = concat!("group.", stringify!($name), "(", $example, ");")]
        /// group.bench_function("two", |b| b.within(Budget::allocations(1)).iter(|| ["alpha", "beta"].concat()));
        /// ```
        pub fn $name(&mut self, value: $value) -> &mut Self {
            self.group.$name(value);
            self
        }
    )*};
}

impl<'a, M: Measurement> CountedGroup<'a, M> {
    /// Times a routine and counts what it allocates.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    ///
    /// let mut group = c.counted_group("join");
    /// group.bench_function("two", |b| b.within(Budget::allocations(1)).iter(|| ["alpha", "beta"].concat()));
    /// ```
    pub fn bench_function(
        &mut self,
        id: impl Id,
        mut f: impl FnMut(&mut CountedBencher<'_, '_, M>),
    ) -> &mut Self {
        self.bench_with_input(id, &(), |bencher, ()| f(bencher))
    }

    /// As [`bench_function`](Self::bench_function), with an input that is handed to the closure.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    /// use criterion::BenchmarkId;
    ///
    /// let mut group = c.counted_group("split");
    /// for line in ["a,b", "a,b,c,d"] {
    ///     let budget = Budget::allocations(1).bytes(256);
    ///     group.bench_with_input(BenchmarkId::new("fields", line.len()), line, |b, line| {
    ///         b.within(budget).iter(|| line.split(',').collect::<Vec<_>>());
    ///     });
    /// }
    /// ```
    pub fn bench_with_input<I: ?Sized>(
        &mut self,
        id: impl Id,
        input: &I,
        mut f: impl FnMut(&mut CountedBencher<'_, '_, M>, &I),
    ) -> &mut Self {
        let mut seen = Seen::default();
        let (id, name) = id.into_id();
        let benched = |bencher: &mut Bencher<'_, M>, input: &I| f(&mut seen.bencher(bencher), input);
        match id {
            Either::Text(id) => self.group.bench_with_input(id, input, benched),
            Either::Id(id) => self.group.bench_with_input(id, input, benched),
        };
        seen.report(format!("{}/{name}", self.name));
        self
    }

    settings! {
        sample_size: usize, "50";
        warm_up_time: Duration, "std::time::Duration::from_millis(500)";
        measurement_time: Duration, "std::time::Duration::from_secs(2)";
        nresamples: usize, "10_000";
        noise_threshold: f64, "0.05";
        confidence_level: f64, "0.99";
        significance_level: f64, "0.01";
        plot_config: PlotConfiguration, "criterion::PlotConfiguration::default().summary_scale(criterion::AxisScale::Logarithmic)";
        throughput: Throughput, "criterion::Throughput::Bytes(9)";
        sampling_mode: SamplingMode, "criterion::SamplingMode::Flat";
    }

    /// Criterion's own group, for a benchmark that is only timed.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    ///
    /// let mut group = c.counted_group("join");
    /// group.uncounted().bench_function("timed", |b| b.iter(|| ["alpha", "beta"].concat()));
    /// group.bench_function("counted", |b| b.within(Budget::allocations(1)).iter(|| ["alpha", "beta"].concat()));
    /// ```
    pub fn uncounted(&mut self) -> &mut BenchmarkGroup<'a, M> {
        &mut self.group
    }

    /// Ends the group, as `drop` does.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    ///
    /// let mut group = c.counted_group("join");
    /// group.bench_function("two", |b| b.within(Budget::allocations(1)).iter(|| ["alpha", "beta"].concat()));
    /// group.finish();
    /// ```
    pub fn finish(self) {
        self.group.finish();
    }
}

impl<M: Measurement> fmt::Debug for CountedGroup<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CountedGroup").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Criterion's `Bencher`, counted: each form runs the routine a few times by itself, counting, and then lets criterion time it.
///
/// ```
/// # alloc_kit::install!();
/// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
/// # let c = &mut criterion;
/// use alloc_kit_bench::{Budget, CriterionExt};
///
/// c.counted_function("sort", |b| {
///     let mut numbers = [3, 1, 2];
///     b.within(Budget::allocations(0)).iter(|| numbers.sort_unstable());
/// });
/// ```
pub struct CountedBencher<'b, 'a, M: Measurement = WallTime> {
    bencher: &'b mut Bencher<'a, M>,
    seen: &'b mut Seen,
}

impl<'a, M: Measurement> CountedBencher<'_, 'a, M> {
    /// What a run may allocate. A benchmark over it runs to its end, as do those after it; then the process fails.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    ///
    /// let budget = Budget::allocations(1).live_bytes(0);
    /// c.counted_function("text", |b| b.within(budget).iter(|| 42.to_string()));
    /// ```
    pub fn within(&mut self, budget: Budget) -> &mut Self {
        self.seen.budget = budget;
        self
    }

    /// As criterion's `iter`; what the routine returns is dropped in it.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    ///
    /// c.counted_function("text", |b| {
    ///     // The text is dropped in the run: nothing stays live.
    ///     b.within(Budget::allocations(1).live_bytes(0)).iter(|| 42.to_string());
    /// });
    /// ```
    ///
    /// # Panics
    ///
    /// As all forms, if the counting allocator is not installed.
    #[expect(clippy::iter_not_returning_iterator, reason = "criterion's name")]
    #[track_caller]
    pub fn iter<O>(&mut self, mut routine: impl FnMut() -> O) {
        self.seen.count(|| measure(|| drop(black_box(routine()))).1);
        self.bencher.iter(routine);
    }

    /// As criterion's `iter_with_large_drop`; what the routine returns is not dropped in it.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    ///
    /// c.counted_function("table", |b| {
    ///     // What is not dropped in the run is live at its end, and nothing was freed.
    ///     b.within(Budget::allocations(1).live_bytes(4096).deallocations(0)).iter_with_large_drop(|| vec![0_u8; 4096]);
    /// });
    /// ```
    #[track_caller]
    pub fn iter_with_large_drop<O>(&mut self, mut routine: impl FnMut() -> O) {
        self.seen.count(|| measure(|| black_box(routine())).1);
        self.bencher.iter_with_large_drop(routine);
    }

    /// As criterion's `iter_batched`: neither the set-up nor the drop of what the routine returns is in it.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    /// use criterion::BatchSize;
    ///
    /// c.counted_function("sorted", |b| {
    ///     let sorted = |mut list: Vec<u32>| {
    ///         list.sort_unstable();
    ///         list
    ///     };
    ///     b.within(Budget::allocations(0)).iter_batched(|| vec![3, 1, 2], sorted, BatchSize::SmallInput);
    /// });
    /// ```
    #[track_caller]
    pub fn iter_batched<I, O>(
        &mut self,
        mut setup: impl FnMut() -> I,
        mut routine: impl FnMut(I) -> O,
        size: BatchSize,
    ) {
        self.seen.count(|| {
            let input = black_box(setup());
            measure(|| black_box(routine(input))).1
        });
        self.bencher.iter_batched(setup, routine, size);
    }

    /// As criterion's `iter_batched_ref`: neither the set-up nor a drop is in it.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    /// use criterion::BatchSize;
    ///
    /// c.counted_function("pushed", |b| {
    ///     let room = || Vec::<u32>::with_capacity(8);
    ///     b.within(Budget::allocations(0)).iter_batched_ref(room, |list| list.push(1), BatchSize::SmallInput);
    /// });
    /// ```
    #[track_caller]
    pub fn iter_batched_ref<I, O>(
        &mut self,
        mut setup: impl FnMut() -> I,
        mut routine: impl FnMut(&mut I) -> O,
        size: BatchSize,
    ) {
        self.seen.count(|| {
            let mut input = black_box(setup());
            measure(|| black_box(routine(&mut input))).1
        });
        self.bencher.iter_batched_ref(setup, routine, size);
    }

    /// Only counts, for what is then timed by [`time`](Self::time). What the routine returns is dropped in it.
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    /// use std::{hint::black_box, time::Instant};
    ///
    /// c.counted_function("copied", |b| {
    ///     b.within(Budget::allocations(1)).count(|| "alpha".to_owned());
    ///     b.time().iter_custom(|times| {
    ///         let start = Instant::now();
    ///         (0..times).for_each(|_| drop(black_box("alpha".to_owned())));
    ///         start.elapsed()
    ///     });
    /// });
    /// ```
    #[track_caller]
    pub fn count<O>(&mut self, mut routine: impl FnMut() -> O) -> &mut Self {
        self.seen.count(|| measure(|| drop(black_box(routine()))).1);
        self
    }

    /// Criterion's own bencher, for its other forms: `iter_custom`, `to_async`. Who takes it has to [`count`](Self::count).
    ///
    /// ```
    /// # alloc_kit::install!();
    /// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
    /// # let c = &mut criterion;
    /// use alloc_kit_bench::{Budget, CriterionExt};
    ///
    /// c.counted_function("length", |b| {
    ///     b.within(Budget::allocations(0)).count(|| "alpha".len());
    ///     b.time().iter(|| "alpha".len());
    /// });
    /// ```
    pub fn time(&mut self) -> &mut Bencher<'a, M> {
        self.bencher
    }
}

impl<M: Measurement> fmt::Debug for CountedBencher<'_, '_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CountedBencher").field("budget", &self.seen.budget).finish_non_exhaustive()
    }
}

/// What was seen of a benchmark. Criterion calls its closure for each sample; it is counted in the first call.
#[derive(Default)]
struct Seen {
    ran: bool,
    budget: Budget,
    counts: Option<Counts>,
}

impl Seen {
    fn bencher<'b, 'a, M: Measurement>(
        &'b mut self,
        bencher: &'b mut Bencher<'a, M>,
    ) -> CountedBencher<'b, 'a, M> {
        self.ran = true;
        CountedBencher { bencher, seen: self }
    }

    fn count(&mut self, run: impl FnMut() -> Usage) {
        if self.counts.is_none() && !profiles() {
            self.counts = Some(Counts::of(run));
        }
    }

    /// Says, below criterion's lines, what was allocated.
    fn report(self, id: String) {
        match self.counts {
            Some(counts) => print(&ledger::settle(id, self.budget, counts)),
            // Criterion did not run it.
            None if !self.ran || profiles() => {}
            None => ledger::fail(format!(
                "`{id}` was timed and not counted: before `b.time()`, `b.count(|| ..)` has to run what is timed"
            )),
        }
    }
}

fn profiles() -> bool {
    ledger::plan().is_some_and(|plan| plan.profiles)
}

/// Prints below criterion's `time:`, in its columns.
fn print(Outcome { counts, change, over, .. }: &Outcome) {
    let plan = ledger::plan();
    let mut lines = vec![format!("heap:   {counts}")];
    lines.extend(counts.first().map(|first| format!("first:  {first}")));
    if plan.as_ref().is_none_or(|plan| !plan.quiet) {
        match change {
            Change::New => {}
            Change::None => lines.push("No change in allocations.".to_owned()),
            Change::Some(change) => lines.push(format!("change: {change}")),
            Change::OtherBuild { debug } => lines.push(format!(
                "Not compared: the baseline is of a build with{} debug assertions.",
                if *debug { "" } else { "out" }
            )),
        }
    }
    lines.extend(over.iter().map(|over| format!("over:   {over}")));
    let lines: Vec<String> = lines.iter().map(|line| format!("{:24}{line}\n", "")).collect();
    let text = lines.concat();
    // A program that reads criterion's lines is not to find others among them.
    if plan.is_some_and(|plan| plan.for_programs) {
        let _ = io::stderr().write_all(text.as_bytes());
    } else {
        print!("{text}");
    }
}

/// The name of a benchmark in its group: text, or criterion's `BenchmarkId`.
///
/// ```
/// # alloc_kit::install!();
/// # let mut criterion = criterion::Criterion::default().configure_from_args(); // no `--bench`: as `--test`
/// # let c = &mut criterion;
/// use alloc_kit_bench::{Budget, CriterionExt};
/// use criterion::BenchmarkId;
///
/// let mut group = c.counted_group("join");
/// let budget = Budget::allocations(1);
/// group.bench_function("two", |b| b.within(budget).iter(|| ["alpha", "beta"].concat()));
/// group.bench_function(format!("{}", 3), |b| b.within(budget).iter(|| ["alpha"; 3].concat()));
/// group.bench_function(BenchmarkId::new("many", 100), |b| b.within(budget).iter(|| ["alpha"; 100].concat()));
/// ```
pub trait Id: sealed::Sealed {
    #[doc(hidden)]
    fn into_id(self) -> (Either, String);
}

#[doc(hidden)]
#[expect(missing_debug_implementations, reason = "criterion's id has none")]
pub enum Either {
    Text(String),
    Id(BenchmarkId),
}

mod sealed {
    use ::criterion::measurement::Measurement;

    pub trait Sealed {}
    impl<M: Measurement> Sealed for ::criterion::Criterion<M> {}
    impl Sealed for ::criterion::BenchmarkId {}
    impl Sealed for &str {}
    impl Sealed for &String {}
    impl Sealed for String {}
}

impl Id for &str {
    fn into_id(self) -> (Either, String) {
        self.to_owned().into_id()
    }
}

impl Id for &String {
    fn into_id(self) -> (Either, String) {
        self.clone().into_id()
    }
}

impl Id for String {
    fn into_id(self) -> (Either, String) {
        (Either::Text(self.clone()), self)
    }
}

impl Id for BenchmarkId {
    #[track_caller]
    fn into_id(self) -> (Either, String) {
        let name = name_of(&self);
        (Either::Id(self), name)
    }
}

/// The text of an id, as criterion joins it.
///
/// Criterion gives nothing of an id but equality and a hash, so what is hashed is read, and whether it was read right is seen
/// by comparing: an id made of the parts must be equal.
///
/// # Panics
///
/// If it is not.
#[track_caller]
fn name_of(id: &BenchmarkId) -> String {
    let mut read = HashedTexts::default();
    id.hash(&mut read);
    let (made, name) = match &read.texts[..] {
        [function, parameter] => {
            (BenchmarkId::new(function.as_str(), parameter), format!("{function}/{parameter}"))
        }
        [parameter] => (BenchmarkId::from_parameter(parameter), parameter.clone()),
        _ => (BenchmarkId::from_parameter(""), String::new()),
    };
    assert!(
        made == *id,
        "alloc-kit-bench: cannot read this version of criterion's `BenchmarkId`; a `String` will do in its place"
    );
    name
}

/// Keeps the texts among what is hashed; numbers are lengths and discriminants.
#[derive(Default)]
struct HashedTexts {
    texts: Vec<String>,
}

impl Hasher for HashedTexts {
    fn write(&mut self, bytes: &[u8]) {
        self.texts.push(String::from_utf8_lossy(bytes).into_owned());
    }

    fn write_u8(&mut self, _: u8) {}
    fn write_usize(&mut self, _: usize) {}
    fn write_isize(&mut self, _: isize) {}

    fn finish(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_named_as_criterion_names_them() {
        let name = |id: BenchmarkId| id.into_id().1;
        assert_eq!(name(BenchmarkId::new("rows", 100)), "rows/100");
        assert_eq!(name(BenchmarkId::new("", "")), "/");
        assert_eq!(name(BenchmarkId::new("zeile/ö", "2 MB")), "zeile/ö/2 MB");
        assert_eq!(name(BenchmarkId::from_parameter(100)), "100");
        assert_eq!(name(BenchmarkId::from_parameter("")), "");
        assert_eq!("rows".into_id().1, "rows");
        assert_eq!(String::from("rows").into_id().1, "rows");
    }
}
