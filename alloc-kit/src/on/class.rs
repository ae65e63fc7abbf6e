//! Classes of growth, and whether a series grows faster than one of them says.
//!
//! Growth is judged by increments, so that what a function allocates at any size does not hide the rest. With the
//! highest figure so far as `f` and the class's function as `g`, each step from one size to the next has the slope
//! `Δf / Δg`. A class holds if the slope over the whole last half is not above the steepest step of the first half,
//! but for a tolerance. The steepest against the mean, since growth by a factor goes in jumps, and a half has them at
//! some of its steps only.

/// What a series may grow like; `log` is to the base 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Not at all.
    Constant,
    /// As a collection reallocates that grows by a factor.
    Logarithmic,
    /// In proportion.
    Linear,
    /// As the bytes of a merge sort.
    Linearithmic,
}

/// What a series says of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Holds,
    Faster,
    /// Growth starts so late that fewer than [`STEPS`] steps show it; it is flat up to this size.
    FlatUntil(usize),
}

/// A size, and the figure for it.
pub(super) type Point = (usize, u64);

/// The fewest steps of which something can be said.
pub(super) const STEPS: usize = 3;

impl Class {
    const ALL: [Class; 4] = [Class::Constant, Class::Logarithmic, Class::Linear, Class::Linearithmic];

    /// As it is written: `O(log n)`.
    pub(super) fn shown(self) -> &'static str {
        match self {
            Class::Constant => "O(1)",
            Class::Logarithmic => "O(log n)",
            Class::Linear => "O(n)",
            Class::Linearithmic => "O(n log n)",
        }
    }

    /// The function at `n`, from 1 on.
    fn at(self, n: usize) -> f64 {
        let n = as_f64(n as u64);
        let log = n.log2();
        match self {
            Class::Constant => 1.0,
            Class::Logarithmic => log,
            Class::Linear => n,
            Class::Linearithmic => n * log,
        }
    }

    /// How much steeper the last half may be.
    fn tolerance(self) -> f64 {
        match self {
            // `n log n` is 1.5 times as steep as `n` there, and so is `log² n` against `log n`.
            Class::Constant | Class::Logarithmic | Class::Linear => 1.25,
            // A sort that leaves short runs to another grows like `n log (n / 64)`.
            Class::Linearithmic => 1.5,
        }
    }

    /// How much more there is at the second point than at the first, to what the class's function has more.
    pub(super) fn slope(self, from: Point, to: Point) -> f64 {
        (as_f64(to.1) - as_f64(from.1)) / (self.at(to.0) - self.at(from.0))
    }

    /// Judges a series of growing sizes, from 1 on; `slack` is a growth that the last half has free.
    pub(super) fn judge(self, series: &[Point], slack: u64) -> Verdict {
        let highest: Vec<Point> = series
            .iter()
            .scan(0, |highest, &(n, figure)| {
                *highest = figure.max(*highest);
                Some((n, *highest))
            })
            .collect();
        let [first, .., last] = highest[..] else { return Verdict::Holds };
        if self == Class::Constant {
            let middle = highest[(highest.len() - 1) / 2];
            return if last.1 > middle.1 { Verdict::Faster } else { Verdict::Holds };
        }
        // What is flat at the start says nothing: a buffer within the value, or room made beforehand.
        let flat = highest.iter().take_while(|point| point.1 == first.1).count() - 1;
        let growing = &highest[flat..];
        if last.1 - first.1 <= slack {
            return Verdict::Holds;
        }
        let steps = growing.len() - 1;
        if steps < STEPS {
            return Verdict::FlatUntil(growing[0].0);
        }
        let middle = steps.div_ceil(2);
        let steepest =
            growing[..=middle].windows(2).map(|step| self.slope(step[0], step[1])).fold(0.0, f64::max);
        let last_half = self.at(last.0) - self.at(growing[middle].0);
        let allowed = self.tolerance() * steepest * last_half + as_f64(slack);
        if as_f64(last.1 - growing[middle].1) > allowed { Verdict::Faster } else { Verdict::Holds }
    }

    /// The slowest class that holds; nothing where none of them does.
    pub(super) fn of(series: &[Point], slack: u64) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.judge(series, slack) == Verdict::Holds)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "figures are far below 2^52, and a ratio is all that is asked"
)]
fn as_f64(figure: u64) -> f64 {
    figure as f64
}

#[cfg(test)]
mod tests {
    use super::Class::{Constant, Linear, Linearithmic, Logarithmic};
    use super::*;

    fn series(figure: impl Fn(u64) -> u64) -> Vec<Point> {
        (2..=12).map(|k| (1 << k, figure(1 << k))).collect()
    }

    /// The slowest class that holds for calls, and that for bytes.
    fn class_of(figure: impl Fn(u64) -> u64) -> [Option<Class>; 2] {
        let series = series(figure);
        [1, 0].map(|slack| Class::of(&series, slack))
    }

    /// How long a list is to be.
    type Length = fn(u64) -> u64;

    /// Allocations and bytes of pushing to a list that grows by a factor.
    fn pushed(n: u64, start: u64, grow: impl Fn(u64) -> u64) -> (u64, u64) {
        let (mut capacity, mut allocations, mut bytes) = (0, 0, 0);
        while capacity < n {
            capacity = grow(capacity).max(capacity + 1).max(start);
            allocations += 1;
            bytes += capacity * 8;
        }
        (allocations, bytes)
    }

    #[test]
    fn plain_functions_are_of_their_class() {
        for factor in [1, 2, 7, 24] {
            for offset in [0, 1, 1_000] {
                let is = |class, figure: &dyn Fn(u64) -> u64| {
                    let scaled = |n| offset + factor * figure(n);
                    assert_eq!(class_of(scaled), [class; 2], "{:?}", series(scaled));
                };
                let log = |n: u64| u64::from(n.ilog2());
                is(Some(Constant), &|_| 3);
                is(Some(Logarithmic), &log);
                is(Some(Linear), &|n| n);
                is(Some(Linear), &|n| n + 9 * log(n));
                is(Some(Linearithmic), &|n| n * log(n));
                is(None, &|n| n * log(n) * log(n));
                is(None, &|n| n * n);
                is(None, &|n| n * n / 10 + 5 * n);
            }
        }
    }

    #[test]
    fn what_lies_between_two_classes_is_of_the_faster() {
        let log = |n: u64| u64::from(n.ilog2());
        assert_eq!(class_of(|n| log(n) * log(n)), [Some(Linear); 2]);
        assert_eq!(class_of(|n| log(n) * log(n) / 2), [Some(Linear); 2]);
        assert_eq!(class_of(|n| log(n) * log(n) / 4), [Some(Linear); 2]);
        assert_eq!(class_of(u64::isqrt), [Some(Linear); 2]);
        assert_eq!(class_of(|n| n * n.isqrt()), [None; 2]);
    }

    #[test]
    fn collections_that_grow_by_a_factor() {
        for (by, over) in [(3, 2), (8, 5), (2, 1), (3, 1), (4, 1), (8, 1), (16, 1)] {
            let grow = |capacity| capacity * by / over;
            for start in [1, 3, 4, 5, 7, 8, 10, 13, 100, 300] {
                for length in [|n| n, |n| n + 1, |n| n - 1, |n| 3 * n, |n| 5 * n / 7] as [Length; 5] {
                    let pushed = |n| pushed(length(n), start, grow);
                    let (allocations, bytes) = (series(|n| pushed(n).0), series(|n| pushed(n).1));
                    let named = format!("factor {by} / {over} from {start}");
                    assert_eq!(
                        Logarithmic.judge(&allocations, 1),
                        Verdict::Holds,
                        "{named}: {allocations:?}"
                    );
                    assert_eq!(Constant.judge(&allocations, 1), Verdict::Faster, "{named}: {allocations:?}");
                    assert_eq!(Linear.judge(&bytes, 0), Verdict::Holds, "{named}: {bytes:?}");
                    // With few steps nobody can tell.
                    if by < 8 * over && start < 100 {
                        assert_ne!(Logarithmic.judge(&bytes, 0), Verdict::Holds, "{named}: {bytes:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn growth_that_starts_late() {
        let double = |capacity| capacity * 2;
        for inline in [4, 8, 20, 32, 33, 100, 256, 511] {
            let spilt = |n| if n <= inline { (0, 0) } else { pushed(n, 2 * inline, double) };
            assert_eq!(class_of(|n| spilt(n).0)[0], Some(Logarithmic), "{inline}");
            assert_eq!(class_of(|n| spilt(n).1)[1], Some(Linear), "{inline}");
        }
        for cutoff in [8, 20, 32, 64, 128] {
            let sorted = |n: u64| if n <= cutoff { 0 } else { n * u64::from((n / cutoff).ilog2()) };
            assert_eq!(Linearithmic.judge(&series(sorted), 0), Verdict::Holds, "{cutoff}");
        }
        // Nobody can tell.
        let late = series(|n| if n <= 1_024 { 8 } else { 8 * n });
        for class in [Logarithmic, Linear, Linearithmic] {
            assert_eq!(class.judge(&late, 1), Verdict::FlatUntil(1_024));
        }
        assert_eq!(Constant.judge(&late, 1), Verdict::Faster);
        assert_eq!(Class::of(&late, 1), None);
    }

    #[test]
    fn slack_is_one_call_and_no_more() {
        let late = |calls: u64| series(|n| if n < 2_048 { 1 } else { 1 + calls });
        assert_eq!(Logarithmic.judge(&late(1), 1), Verdict::Holds);
        assert_eq!(Logarithmic.judge(&late(2), 1), Verdict::FlatUntil(1_024));
        assert_eq!(Logarithmic.judge(&late(1), 0), Verdict::FlatUntil(1_024));
        assert_eq!(Constant.judge(&late(1), 1), Verdict::Faster);
    }

    #[test]
    fn what_goes_up_and_down_is_judged_by_its_heights() {
        assert_eq!(
            class_of(|n| n.ilog2().into()),
            class_of(|n| u64::from(n.ilog2()) - u64::from(n == 2_048))
        );
        assert_eq!(class_of(|n| 10 + u64::from(n.ilog2() % 2 == 0)), [Some(Constant); 2]);
        assert_eq!(class_of(|n| 10_000 / n), [Some(Constant); 2]);
    }

    #[test]
    fn four_sizes() {
        let four = |figure: fn(u64) -> u64| [1, 3, 10, 100].map(|n| (n, figure(n as u64)));
        assert_eq!(Class::of(&four(|_| 0), 0), Some(Constant));
        assert_eq!(Class::of(&four(|n| 3 * n), 0), Some(Linear));
        assert_eq!(Class::of(&four(|n| n * n), 0), None);
        // Of three steps two are the first half.
        assert_eq!(Linear.judge(&[(1, 1), (2, 2), (4, 6), (8, 14)], 0), Verdict::Holds);
        assert_eq!(Linear.judge(&[(1, 1), (2, 2), (4, 4), (8, 12)], 0), Verdict::Faster);
        let once = |figures: [u64; 4]| Constant.judge(&[0, 1, 2, 3].map(|k| (1 << k, figures[k])), 1);
        assert_eq!(once([1, 2, 2, 2]), Verdict::Holds);
        assert_eq!(once([1, 1, 2, 2]), Verdict::Faster);
        assert_eq!(once([1, 1, 1, 2]), Verdict::Faster);
    }
}
