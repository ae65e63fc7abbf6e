//! What is known of a register or of eight bytes of a stack frame.

use std::rc::Rc;

/// A frame of the stack: of one call that is being looked at.
pub(super) type FrameId = u16;

/// How many constants are kept apart.
const MOST_CONSTANTS: usize = 8;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Value {
    /// Anything: a number, something outside, or a pointer into a frame that is `lost` (see `State`).
    Unknown,
    /// A constant, most often an address in the program.
    Number(u64),
    /// One of a few constants, ascending.
    OneOf(Rc<[u64]>),
    /// A number, no pointer.
    Range(Range),
    /// The address of what is imported.
    Import(u32),
    /// Into a frame; `or_else`: or whatever else, but of no other frame that is not lost.
    Frame { frame: FrameId, at: Offset, or_else: bool },
    /// Into one of these frames, anywhere, or whatever else that is in no frame that is not lost.
    Among(Frames),
    /// A constant address of data and a number: an element of a table.
    Around { base: u64, range: Range },
    /// An entry of 32 bits, by which a jump table says how far from itself the target is.
    Entry { table: u64, entries: u32 },
    /// The target that such an entry means.
    Target { table: u64, entries: u32 },
    /// What a static that may be written holds.
    Content(u64),
    /// Where the call of that frame comes back to.
    Back(FrameId),
}

/// Frames, by number. There are fewer than 64 at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(super) struct Frames(pub(super) u64);

impl Frames {
    pub(super) fn one(frame: FrameId) -> Self {
        Self(1 << frame)
    }

    pub(super) fn has(self, frame: FrameId) -> bool {
        self.0 >> frame & 1 == 1
    }

    pub(super) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(super) fn with(mut self, other: Self) -> Self {
        self.add(other);
        self
    }

    pub(super) fn remove(&mut self, frame: FrameId) {
        self.0 &= !(1 << frame);
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are not in the other.
    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn each(self) -> impl Iterator<Item = FrameId> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let frame = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            (frame < 64).then_some(FrameId::try_from(frame).unwrap_or(0))
        })
    }
}

/// An offset in a frame: `rem`, or if `step` is not 0, `rem` and any multiple of `step`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Offset {
    pub(super) rem: i32,
    pub(super) step: u32,
}

/// Numbers that are `rem` and a multiple of `step`, at most `most`, and whose lower half is at most `low`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Range {
    pub(super) rem: u16,
    pub(super) step: u16,
    pub(super) low: u32,
    pub(super) most: u64,
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Offset {
    pub(super) fn exact(at: i64) -> Option<Self> {
        Some(Self { rem: i32::try_from(at).ok()?, step: 0 })
    }

    /// Anywhere in the frame.
    pub(super) const ANY: Self = Self { rem: 0, step: 1 };

    /// With all of `step` added any number of times.
    pub(super) fn loosen(self, step: u64) -> Self {
        let step = u32::try_from(gcd(u64::from(self.step), step)).unwrap_or(1);
        if step == 0 {
            return self;
        }
        // The remainder is below the step, for one way to write each.
        let rem = i64::from(self.rem).rem_euclid(i64::from(step));
        Self { rem: i32::try_from(rem).unwrap_or(0), step }
    }

    pub(super) fn plus(self, more: i64) -> Self {
        match i32::try_from(i64::from(self.rem).wrapping_add(more)) {
            Ok(rem) => Self { rem, step: self.step }.loosen(0),
            Err(_) => Self::ANY,
        }
    }

    pub(super) fn join(self, other: Self) -> Self {
        let apart = i64::from(self.rem).abs_diff(i64::from(other.rem));
        self.loosen(u64::from(other.step)).loosen(apart)
    }

    /// Whether it may be that one.
    pub(super) fn may_be(self, at: i32) -> bool {
        let apart = i64::from(at) - i64::from(self.rem);
        if self.step == 0 { apart == 0 } else { apart.rem_euclid(i64::from(self.step)) == 0 }
    }
}

impl Range {
    pub(super) const ALL: Self = Self { rem: 0, step: 1, low: u32::MAX, most: u64::MAX };

    pub(super) fn up_to(most: u64) -> Self {
        Self { low: u32::try_from(most).unwrap_or(u32::MAX), most, ..Self::ALL }
    }

    pub(super) fn times(self, factor: u64) -> Self {
        let most = self.most.saturating_mul(factor);
        // What wraps round keeps the remainder of a power of two alone.
        let factor = if most == u64::MAX { 1 << factor.trailing_zeros().min(15) } else { factor };
        let step = u64::from(self.step).saturating_mul(factor);
        let rem = u64::from(self.rem).saturating_mul(factor);
        match (u16::try_from(step), u16::try_from(rem)) {
            (Ok(step), Ok(rem)) if step > 0 => Self { rem, step, ..Self::up_to(most) },
            _ => Self::up_to(most),
        }
    }

    pub(super) fn plus(self, more: u64) -> Self {
        // With what wraps round, as a subtraction does, the limit is gone and the remainder is not.
        let most = self.most.saturating_add(more);
        let step = u64::from(self.step);
        let power_of_two = step.is_power_of_two();
        if !power_of_two && most == u64::MAX {
            return Self::up_to(most);
        }
        let rem = (u64::from(self.rem).wrapping_add(more)) % step;
        Self { rem: u16::try_from(rem).unwrap_or(0), step: self.step, ..Self::up_to(most) }
    }

    pub(super) fn join(self, other: Self) -> Self {
        let apart = u64::from(self.rem.abs_diff(other.rem));
        let step = gcd(gcd(self.step.into(), other.step.into()), apart).max(1);
        let rem = u64::from(self.rem) % step;
        let as_u16 = |n: u64| u16::try_from(n).unwrap_or(0);
        // What grows in a loop has no limit.
        let most = if self.most == other.most { self.most } else { u64::MAX };
        let low = if self.low == other.low { self.low } else { u32::MAX };
        Self { rem: as_u16(rem), step: as_u16(step), low, most }
    }

    fn of(numbers: &[u64]) -> Self {
        let (first, last) = (numbers[0], numbers[numbers.len() - 1]);
        let step = match numbers.iter().fold(0, |step, number| gcd(step, number - first)) {
            // Of one number any would do.
            0 => 1 << 15,
            step => step,
        };
        match u16::try_from(step) {
            Ok(step) if step.is_power_of_two() => {
                Self { rem: u16::try_from(first % u64::from(step)).unwrap_or(0), step, ..Self::up_to(last) }
            }
            _ => Self::up_to(last),
        }
    }
}

impl Value {
    pub(super) fn exact(frame: FrameId, at: i64) -> Self {
        let at = Offset::exact(at).unwrap_or(Offset::ANY);
        Self::Frame { frame, at, or_else: false }
    }

    /// The frames that it may point into, of those that are not lost.
    pub(super) fn frames(&self) -> Frames {
        match self {
            Self::Frame { frame, .. } => Frames::one(*frame),
            Self::Among(frames) => *frames,
            _ => Frames::default(),
        }
    }

    /// Anywhere in those frames, or something else.
    pub(super) fn among(frames: Frames) -> Self {
        let mut each = frames.each();
        match (each.next(), each.next()) {
            (None, _) => Self::Unknown,
            (Some(frame), None) => Self::Frame { frame, at: Offset::ANY, or_else: true },
            _ => Self::Among(frames),
        }
    }

    /// The constants that it is one of.
    pub(super) fn constants(&self) -> Option<&[u64]> {
        match self {
            Self::Number(number) => Some(std::slice::from_ref(number)),
            Self::OneOf(numbers) => Some(numbers),
            _ => None,
        }
    }

    pub(super) fn one_of(mut numbers: Vec<u64>) -> Self {
        numbers.sort_unstable();
        numbers.dedup();
        match numbers.len() {
            0 => Self::Unknown,
            1 => Self::Number(numbers[0]),
            _ => Self::OneOf(numbers.into()),
        }
    }

    fn range(&self) -> Option<Range> {
        match self {
            Self::Range(range) => Some(*range),
            _ => self.constants().map(Range::of),
        }
    }

    /// Either of them.
    pub(super) fn join(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        if let (Some(a), Some(b)) = (self.constants(), other.constants()) {
            let all = Self::one_of([a, b].concat());
            return match all.constants() {
                // Of many, functions would be lost among numbers; these are counters.
                Some(many) if many.len() > MOST_CONSTANTS => Self::Range(Range::of(many)),
                _ => all,
            };
        }
        match (self, other) {
            (Self::Frame { frame, at, or_else }, Self::Frame { frame: same, at: to, or_else: or })
                if frame == same =>
            {
                Self::Frame { frame: *frame, at: at.join(*to), or_else: *or_else || *or }
            }
            (Self::Frame { frame, at, .. }, other) | (other, Self::Frame { frame, at, .. })
                if other.frames().is_empty() =>
            {
                Self::Frame { frame: *frame, at: *at, or_else: true }
            }
            (a, b) if !a.frames().is_empty() || !b.frames().is_empty() => {
                let mut frames = a.frames();
                frames.add(b.frames());
                Self::among(frames)
            }
            (Self::Around { base, range }, Self::Around { base: same, range: other }) if base == same => {
                Self::Around { base: *base, range: range.join(*other) }
            }
            _ => match (self.range(), other.range()) {
                (Some(a), Some(b)) => Self::Range(a.join(b)),
                _ => Self::Unknown,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Frames, Offset, Range, Value};

    #[test]
    fn a_join_holds_both() {
        let at = |n: i64| Offset::exact(n).unwrap();
        let joined = at(-8).join(at(8)).join(at(24));
        assert_eq!(joined, Offset { rem: 8, step: 16 });
        assert!(joined.may_be(-8) && joined.may_be(40) && !joined.may_be(0));
        assert_eq!(at(3).join(at(3)), at(3));
        assert_eq!(joined.plus(8), Offset { rem: 0, step: 16 });
        assert_eq!(joined.loosen(8), Offset { rem: 0, step: 8 });
    }

    #[test]
    fn many_constants_are_a_range() {
        let mut value = Value::Number(0);
        for n in 1..9 {
            value = value.join(&Value::Number(n * 16));
        }
        assert_eq!(value, Value::Range(Range { rem: 0, step: 16, low: 128, most: 128 }));
        // What still grows then has no limit.
        let more = value.join(&Value::Number(144));
        assert_eq!(more, Value::Range(Range { rem: 0, step: 16, ..Range::ALL }));
    }

    #[test]
    fn a_scaled_number_keeps_its_remainder() {
        let range = Range::up_to(5).times(24).plus(16);
        assert_eq!((range.rem, range.step, range.most), (16, 24, 136));
        // Without a limit, 24 times a number may wrap round.
        assert_eq!(Range::ALL.times(24).plus(16), Range { rem: 0, step: 8, ..Range::ALL });
        assert_eq!(Range::ALL.times(16).plus(8), Range { rem: 8, step: 16, ..Range::ALL });
        // What is subtracted wraps, and keeps the remainder of a power of two.
        let range = Range::ALL.times(16).plus(8_u64.wrapping_neg());
        assert_eq!((range.rem, range.step), (8, 16));
    }

    #[test]
    fn a_pointer_or_something_else() {
        let frame = Value::exact(1, 8);
        let null = frame.join(&Value::Number(0));
        assert_eq!(null, Value::Frame { frame: 1, at: Offset { rem: 8, step: 0 }, or_else: true });
        let either = null.join(&Value::exact(2, 0));
        assert_eq!(either, Value::Among(Frames(0b110)));
        assert_eq!(either.join(&Value::Unknown), either);
    }
}
