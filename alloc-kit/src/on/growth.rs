//! `assert_growth!`: measures a closure at growing sizes, and fails where a figure grows faster than claimed.
//!
//! What is measured is the second closure alone; the series is kept out of every count. The rule is `class`'s.

use core::borrow::Borrow;
use core::hint::black_box;
use core::mem;
use core::panic::Location;
use std::fmt::Write;

use super::class::{Class, Point, STEPS, Verdict};
use super::measure::measure;
use super::usage::Usage;
use super::{line, message, mode};

/// A figure, and what it may grow like.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    figure: &'static str,
    of: fn(&Usage) -> u64,
    /// Growth that is no sign of a class: one call.
    slack: u64,
    class: Class,
}

impl Claim {
    /// Of calls that allocate.
    #[must_use]
    pub fn allocations(class: Class) -> Self {
        Self { figure: "allocations", of: |usage| usage.allocations, slack: 1, class }
    }

    /// Of requested bytes.
    #[must_use]
    pub fn bytes(class: Class) -> Self {
        Self { figure: "bytes", of: |usage| usage.bytes_allocated, slack: 0, class }
    }

    /// Of the most that was live at once.
    #[must_use]
    pub fn peak_bytes(class: Class) -> Self {
        Self { figure: "peak bytes", of: |usage| usage.peak_bytes, slack: 0, class }
    }

    /// Of what was kept.
    #[must_use]
    pub fn live_bytes(class: Class) -> Self {
        let of = |usage: &Usage| u64::try_from(usage.live_bytes).unwrap_or(0);
        Self { figure: "live bytes", of, slack: 0, class }
    }

    /// Of calls that free.
    #[must_use]
    pub fn deallocations(class: Class) -> Self {
        Self { figure: "deallocations", of: |usage| usage.deallocations, slack: 1, class }
    }

    fn points(&self, series: &Series) -> Vec<Point> {
        series.sizes.iter().copied().zip(series.usages.iter().map(self.of)).collect()
    }
}

/// The sizes of `n` where none are given: each twice the one before, since that is how collections grow.
pub const SIZES: [usize; 11] = [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

/// The fewest sizes, and how many times the first the last has to be.
const AT_LEAST: usize = STEPS + 1;
const SPAN: usize = 1 << STEPS;

/// Runs the closures at each size, after once at the smallest, and judges the figures of the second.
///
/// # Panics
///
/// If a figure grows faster than claimed, if the sizes cannot show that, if the counting allocator is not installed,
/// and when a closure panics.
#[track_caller]
pub fn assert_growth<T, R>(
    claims: &[Claim],
    sizes: impl IntoIterator<Item: Borrow<usize>>,
    mut set_up: impl FnMut(usize) -> T,
    mut work: impl FnMut(T) -> R,
) {
    mode::require("assert_growth!");
    let mut series = Series::of(sizes);
    if let Some(wrong) = series.wrong_sizes() {
        message::panic_with(wrong);
    }
    let mut run = |n| {
        let input = black_box(set_up(black_box(n)));
        // The result outlives the measurement.
        measure(|| black_box(work(input))).1
    };
    // What is built at the first call belongs to no size.
    run(series.sizes[0]);
    for index in 0..series.sizes.len() {
        // Room was made beforehand.
        let usage = run(series.sizes[index]);
        series.usages.push(usage);
    }
    if let Some(broken) = series.broken(claims, Location::caller()) {
        message::panic_with(broken);
    }
}

/// What was measured; its memory is in no count.
struct Series {
    sizes: Vec<usize>,
    usages: Vec<Usage>,
}

impl Series {
    fn of(sizes: impl IntoIterator<Item: Borrow<usize>>) -> Self {
        let mut series = Self { sizes: Vec::new(), usages: Vec::new() };
        for n in sizes {
            let _suspended = line::suspend();
            series.sizes.push(*n.borrow());
        }
        let _suspended = line::suspend();
        series.usages.reserve(series.sizes.len());
        series
    }

    fn wrong_sizes(&self) -> Option<String> {
        let grow = self.sizes.windows(2).all(|two| two[0] < two[1]);
        let span = match self.sizes[..] {
            [first, .., last] => first > 0 && last / SPAN >= first,
            _ => false,
        };
        let _suspended = line::suspend();
        (self.sizes.len() < AT_LEAST || !grow || !span).then(|| {
            format!(
                "alloc-kit: `sizes` of {:?} cannot show growth; expected at least {AT_LEAST} from 1 on, \
                 each larger than the one before, the last at least {SPAN} times the first",
                self.sizes
            )
        })
    }

    /// The message, if a claim does not hold.
    fn broken(&self, claims: &[Claim], place: &Location<'_>) -> Option<String> {
        let _suspended = line::suspend();
        let broken: Vec<(&Claim, Verdict)> = claims
            .iter()
            .map(|claim| (claim, claim.class.judge(&claim.points(self), claim.slack)))
            .filter(|(_, verdict)| *verdict != Verdict::Holds)
            .collect();
        let (first, rest) = broken.split_first()?;
        let mut message = format!("alloc-kit: {}\n", self.sentence(*first));
        message.push_str(&self.table(claims, &broken));
        // NOTE: a String takes whatever is written.
        let _ = writeln!(message, "  --> {place}");
        for also in rest {
            let _ = writeln!(message, "   = note: {}", self.sentence(*also));
        }
        let help = match first.1 {
            Verdict::FlatUntil(n) => {
                format!("`sizes = [..]` with {STEPS} or more above {n}, each twice the one before, can tell")
            }
            _ => "a budget round a part of it, or for one size, points at the lines: `assert_no_alloc!(..)`"
                .to_owned(),
        };
        let _ = write!(message, "   = help: {help}");
        Some(message)
    }

    fn sentence(&self, (claim, verdict): (&Claim, Verdict)) -> String {
        let Claim { figure, class, slack, .. } = claim;
        let said = class.shown();
        if let Verdict::FlatUntil(n) = verdict {
            return format!(
                "whether {figure} grow faster than {said} cannot be told: up to n = {n} they do not grow"
            );
        }
        let points = claim.points(self);
        let fastest = Class::Linearithmic;
        match Class::of(&points, *slack) {
            Some(seen) => format!("{figure} grow faster than {said}: they look like {}", seen.shown()),
            None if *class != fastest && fastest.judge(&points, *slack) == Verdict::Faster => {
                format!("{figure} grow faster than {said}, and faster than {}", fastest.shown())
            }
            None => format!("{figure} grow faster than {said}"),
        }
    }

    /// The sizes, what is claimed of, and how steep each step of what does not hold is.
    fn table(&self, claims: &[Claim], broken: &[(&Claim, Verdict)]) -> String {
        let sizes = self.sizes.iter().map(usize::to_string).collect();
        let mut columns = vec![("n".to_owned(), sizes)];
        for claim in claims {
            let points = claim.points(self);
            columns.push((claim.figure.to_owned(), points.iter().map(|point| point.1.to_string()).collect()));
            let holds = !broken.iter().any(|(of, _)| of.figure == claim.figure);
            if !holds && claim.class != Class::Constant {
                let function = claim.class.shown().trim_start_matches("O(").trim_end_matches(')');
                columns.push((format!("more per {function}"), slopes(claim.class, &points)));
            }
        }
        let mut table = String::new();
        let rows = columns.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        for row in 0..=rows {
            for (heading, cells) in &columns {
                let width = cells.iter().chain([heading]).map(String::len).max().unwrap_or(0);
                let cell = row.checked_sub(1).map_or(heading, |row| &cells[row]);
                let _ = write!(table, "  {cell:>width$}");
            }
            table.truncate(table.trim_end().len());
            table.push('\n');
        }
        table
    }
}

/// One for each size: what is more than at the size before, to what the class's function is more.
fn slopes(class: Class, points: &[Point]) -> Vec<String> {
    let slopes: Vec<f64> = points.windows(2).map(|step| class.slope(step[0], step[1])).collect();
    let decimals = match slopes.iter().copied().fold(0.0, f64::max) {
        100.0.. => 0,
        1.0.. => 2,
        _ => 4,
    };
    let shown = slopes.iter().map(|slope| format!("{slope:.decimals$}"));
    [String::new()].into_iter().chain(shown).collect()
}

impl Drop for Series {
    fn drop(&mut self) {
        let _suspended = line::suspend();
        drop((mem::take(&mut self.sizes), mem::take(&mut self.usages)));
    }
}
