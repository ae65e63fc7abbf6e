//! An advice as text, for a person who is to act on it.

use core::fmt::{self, Display, Formatter};

use super::advice::{SizeAdvice, SizeChoice, share};
use super::layout;

/// Up to this length each has a row of its own.
const EACH: usize = 16;
/// The widest bar.
const BAR: usize = 40;
/// Fewer samples than these are too few to act on.
const FEW: u64 = 100;

impl Display for SizeAdvice {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (name, samples) = (self.element.name, self.samples());
        if samples == 0 {
            return write!(
                f,
                "alloc-kit: no length of `{name}` was recorded\n\
                 advice: none; call `record(len)` where a value has its last element, and run what is typical"
            );
        }
        let s = if samples == 1 { "" } else { "s" };
        let (bytes, longest) = (self.element.bytes, self.longest());
        let unit = if bytes == 1 { "byte" } else { "bytes" };
        writeln!(
            f,
            "alloc-kit: {samples} length{s} of `{name}` ({bytes} {unit} each), the longest {longest}"
        )?;
        self.rows(f)?;
        self.sizes(f)?;
        self.text(f)?;
        self.sentence(f)?;
        if samples < FEW {
            write!(f, "\nnote: {samples} sample{s} is little to go by; record some hundred at least")?;
        }
        Ok(())
    }
}

impl SizeAdvice {
    /// The histogram: each length, where none is long, and else in steps that double.
    fn rows(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let longest = self.longest();
        let mut rows: Vec<(usize, usize, u64)> = Vec::new();
        let mut first = 0;
        while first <= longest {
            let last = match first {
                _ if longest <= EACH => first,
                0..=2 => first,
                // The counters above are of the same powers.
                257.. => usize::MAX >> first.leading_zeros(),
                _ => first.next_power_of_two(),
            };
            rows.push((first, last, 0));
            let Some(next) = last.checked_add(1) else { break };
            first = next;
        }
        for (lengths, count) in self.histogram() {
            if let Some(row) = rows.iter_mut().rev().find(|(first, ..)| first <= lengths.start()) {
                row.2 += count;
            }
        }
        let samples = self.samples();
        let most = rows.iter().map(|(.., count)| *count).max().unwrap_or(0);
        let label = |(first, last, _): &(usize, usize, u64)| {
            if first == last { first.to_string() } else { format!("{first}..={last}") }
        };
        let width = rows.iter().map(|row| label(row).len()).max().unwrap_or(0);
        let digits = most.to_string().len();
        for row in &rows {
            let bar = "#".repeat(scaled(row.2, most));
            let line =
                format!("{:>width$} {:>digits$} {:>7}  {bar}", label(row), row.2, percent(row.2, samples));
            writeln!(f, "  {}", line.trim_end())?;
        }
        Ok(())
    }

    /// A line for each `N` that is worth a thought.
    fn sizes(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let samples = self.samples();
        let vec = layout::VEC_BYTES;
        let held = |n| percent(samples - self.spilled(n), samples);
        let mut line = |n: usize, why: &str| {
            let bytes = self.small_vec_bytes(n);
            writeln!(f, "N = {n} holds {} (struct {bytes} bytes; Vec {vec} + heap){why}", held(n))
        };
        let [five, one] = [0.05, 0.01].map(|most| self.n_at_spill(most).unwrap_or(0));
        line(five, ": the smallest with at most 5 % spilled")?;
        if one != five {
            line(one, ": with at most 1 %")?;
        }
        match self.n_free() {
            0 => writeln!(f, "no N is free: one element makes a SmallVec larger than a Vec"),
            free => line(free, ": free, no larger than a Vec"),
        }
    }

    /// What bytes can be in, if they are text.
    fn text(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (allocating, compact) = (self.allocating(), layout::COMPACT_BYTES);
        if !self.element.is_byte || allocating == 0 {
            return Ok(());
        }
        let (saved, left) = (self.saved(compact), self.spilled(compact));
        let take = if saved * 2 >= allocating {
            "take CompactString"
        } else {
            "stay with String, not CompactString"
        };
        let fewer = percent(saved, allocating);
        writeln!(
            f,
            "advice for text: {take} ({compact} bytes, as a String): of {allocating} that allocate as a String, {left} do ({fewer} fewer)"
        )?;
        let longest = self.longest();
        let bytes = self.array_vec_bytes(longest);
        if bytes <= self.max_struct_bytes {
            writeln!(
                f,
                "  or, if none can be longer, ArrayString<{longest}> ({bytes} bytes), which never does"
            )?;
        }
        Ok(())
    }

    fn sentence(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (name, allocating) = (self.element.name, self.allocating());
        let five = self.n_at_spill(0.05).unwrap_or(0);
        let (five_bytes, max) = (self.small_vec_bytes(five), self.max_struct_bytes);
        f.write_str(if self.element.is_byte { "advice for other bytes: " } else { "advice: " })?;
        match self.choice() {
            SizeChoice::SmallVec(n) => {
                let (bytes, left) = (self.small_vec_bytes(n), allocating - self.saved(n));
                let fewer = percent(self.saved(n), allocating);
                write!(
                    f,
                    "take `SmallVec<{name}, {n}>` ({bytes} bytes): of {allocating} that allocate as a Vec, {left} do \
                     ({fewer} fewer)"
                )?;
                if n < five {
                    write!(
                        f,
                        "; with N = {five} it would be {five_bytes} bytes, more than {max} (`max_struct_bytes`)"
                    )?;
                }
                if n >= self.longest() {
                    let bytes = self.array_vec_bytes(n);
                    write!(f, "; if none can be longer, `ArrayVec<{name}, {n}>` ({bytes} bytes) never does")?;
                }
                Ok(())
            }
            _ if self.element.bytes == 0 => {
                write!(f, "stay with Vec: for zero-sized elements it never allocates")
            }
            _ if allocating == 0 => {
                write!(f, "stay with Vec: all were empty, and an empty one has no allocation")
            }
            _ => {
                write!(f, "stay with Vec, made with its capacity (`CapHint`) or kept and cleared: ")?;
                if five_bytes > max {
                    write!(f, "N = {five} would be {five_bytes} bytes, more than {max} (`max_struct_bytes`)")
                } else {
                    let left = percent(self.spilled(five), allocating);
                    write!(f, "with N = {five}, {left} of those that allocate still would")
                }
            }
        }
    }
}

/// The length of a bar: something, where there is something.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "up to `BAR`"
)]
fn scaled(count: u64, most: u64) -> usize {
    (share(count, most) * BAR as f64).ceil() as usize
}

/// Cut off, not rounded: `100.0 %` is all.
fn percent(part: u64, of: u64) -> String {
    format!("{:.1} %", (share(part, of) * 1000.0).floor() / 10.0)
}
