//! [`Figure`]: the fields of alloc-kit's `Usage`, by name, so that all are compared, stored and judged in one way.

use alloc_kit::Usage;

/// A field of `Usage`.
#[derive(Debug)]
pub(crate) struct Figure {
    /// The field's name, which is its name in the file, too.
    pub(crate) field: &'static str,
    /// The key of a budget in an attribute; the bare number has none.
    pub(crate) key: &'static str,
    before: &'static str,
    noun: &'static str,
    get: fn(&Usage) -> i64,
    set: fn(&mut Usage, i64),
}

macro_rules! figure {
    ($name:ident, $field:ident, $key:literal, $before:literal, $noun:literal, $get:ident, $set:ident) => {
        pub(crate) static $name: Figure = Figure {
            field: stringify!($field),
            key: $key,
            before: $before,
            noun: $noun,
            get: |usage| $get(usage.$field),
            set: |usage, value| usage.$field = $set(value),
        };
    };
}

figure!(ALLOCATIONS, allocations, "", "", "allocation", signed, unsigned);
figure!(REALLOCATIONS, reallocations, "", "", "reallocation", signed, unsigned);
figure!(DEALLOCATIONS, deallocations, "deallocations", "", "deallocation", signed, unsigned);
figure!(BYTES, bytes_allocated, "bytes", "", "byte", signed, unsigned);
figure!(BYTES_FREED, bytes_freed, "", "freed ", "byte", signed, unsigned);
figure!(LIVE_BYTES, live_bytes, "live_bytes", "live ", "byte", same, same);
figure!(PEAK_BYTES, peak_bytes, "peak_bytes", "peak ", "byte", signed, unsigned);
figure!(ALLOWED, allowed_allocations, "", "", "allowed allocation", signed, unsigned);

/// All of them, in the order of the file.
pub(crate) static ALL: [&Figure; 8] =
    [&ALLOCATIONS, &REALLOCATIONS, &DEALLOCATIONS, &BYTES, &BYTES_FREED, &LIVE_BYTES, &PEAK_BYTES, &ALLOWED];

/// What is printed, and compared.
pub(crate) static SHOWN: [&Figure; 4] = [&ALLOCATIONS, &BYTES, &PEAK_BYTES, &LIVE_BYTES];

impl Figure {
    pub(crate) fn of(&self, usage: &Usage) -> i64 {
        (self.get)(usage)
    }

    pub(crate) fn set(&self, usage: &mut Usage, value: i64) {
        (self.set)(usage, value);
    }

    /// `1 allocation`, `peak 64 bytes`.
    pub(crate) fn say(&self, value: i64) -> String {
        format!("{}{value} {}", self.before, self.noun_for(value))
    }

    /// `2 to 3 allocations`, or as [`say`](Self::say) where both are one.
    pub(crate) fn say_range(&self, least: i64, most: i64) -> String {
        if least == most {
            self.say(most)
        } else {
            format!("{}{least} to {most} {}", self.before, self.noun_for(most))
        }
    }

    /// `+1 allocation`, `peak -8 bytes`.
    pub(crate) fn say_change(&self, by: i64) -> String {
        format!("{}{by:+} {}", self.before, self.noun_for(by.saturating_abs()))
    }

    fn noun_for(&self, n: i64) -> String {
        let Self { noun, .. } = self;
        if n == 1 { (*noun).to_owned() } else { format!("{noun}s") }
    }
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn same(value: i64) -> i64 {
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_reads_and_writes_its_own_field() {
        let mut usage = Usage::default();
        for (value, figure) in (1..).zip(ALL) {
            figure.set(&mut usage, value);
        }
        let read: Vec<i64> = ALL.iter().map(|figure| figure.of(&usage)).collect();
        assert_eq!(read, [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!((usage.allocations, usage.bytes_allocated, usage.live_bytes), (1, 4, 6));
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(ALLOCATIONS.say(1), "1 allocation");
        assert_eq!(PEAK_BYTES.say(64), "peak 64 bytes");
        assert_eq!(BYTES.say_range(0, 1), "0 to 1 byte");
        assert_eq!(ALLOCATIONS.say_change(-1), "-1 allocation");
        assert_eq!(PEAK_BYTES.say_change(8), "peak +8 bytes");
    }
}
