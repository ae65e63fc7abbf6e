//! What an instruction's operations make of a state.

use std::cell::{Cell, RefCell};

use super::super::image::{Image, Word};
use super::super::isa::{Arith, Op, Operand, Place, Reg};
use super::state::{Compared, State};
use super::value::{FrameId, Frames, Offset, Range, Value};

/// Where a place is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Where {
    Frame(FrameId, Offset),
    /// In a frame, or anywhere that is not one, or one that is lost.
    FrameOrElse(FrameId, Offset),
    /// Anywhere in those frames, or elsewhere.
    Among(Frames),
    Constant(u64),
    Around(u64, Range),
    /// One of a few constants.
    OneOf(Vec<u64>),
    /// Not known: outside of the frames, or in one that is lost.
    Somewhere,
}

/// What is the same for all of a call that is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) image: &'a Image,
    /// Where its frame's offset 0 is in the caller's, for each frame, if that is looked at, too: arguments on the stack lie there.
    pub(super) callers: &'a [Option<(FrameId, i64)>],
    /// The frame below what `and sp, -64` leaves.
    pub(super) aligned: FrameId,
    /// It is std's formatting, in whose buffers there are digits.
    pub(super) formats: bool,
    /// The frames of such calls that are being looked at. What is copied out of them, in a number of bytes that is not known, are digits.
    pub(super) digits: Frames,
    /// Where it is noted what is stored, if somebody asks.
    pub(super) stores: Option<&'a Stores>,
}

/// What a function stores.
#[derive(Debug, Default)]
pub(super) struct Stores {
    /// The instruction that is looked at.
    pub(super) at: Cell<u64>,
    pub(super) all: RefCell<Vec<Stored>>,
}

/// What an instruction stores, one time that it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    /// The instruction.
    pub(super) at: u64,
    pub(super) to: Where,
    pub(super) bytes: u8,
    pub(super) value: Value,
}

impl Call<'_> {
    /// A pointer to an argument on the stack, as one into the frame that has it, before it is moved along.
    fn in_owner(&self, value: Value) -> Value {
        match value {
            Value::Frame { frame, at, or_else } => {
                let (frame, at) = self.owner(frame, at);
                Value::Frame { frame, at, or_else }
            }
            other => other,
        }
    }

    /// The frame that an offset is in: an argument on the stack is in a caller's.
    fn owner(&self, mut frame: FrameId, mut at: Offset) -> (FrameId, Offset) {
        while at.step == 0
            && i64::from(at.rem) >= self.image.isa.call_pushes()
            && let Some(Some((caller, offset))) = self.callers.get(usize::from(frame))
        {
            (frame, at) = (*caller, at.plus(*offset));
        }
        (frame, at)
    }

    pub(super) fn operand(state: &State, operand: Operand) -> Value {
        match operand {
            Operand::Reg(reg) => state.get(reg).clone(),
            Operand::Number(number) => Value::Number(number),
            Operand::Unknown => Value::Unknown,
        }
    }

    /// The address of a place.
    pub(super) fn address(&self, state: &mut State, place: Place) -> Value {
        if place.segment {
            return Value::Unknown;
        }
        let mut sum = Value::Number(place.disp.cast_unsigned());
        if let Some(base) = place.base {
            sum = self.in_owner(self.add(&sum, &state.get(base).clone()));
        }
        if let Some((index, scale)) = place.index {
            let index = Self::times(state, &state.get(index).clone(), scale.into());
            sum = self.add(&sum, &index);
        }
        sum
    }

    /// As `address`, for the stack pointer itself.
    fn address_in_own(&self, state: &mut State, place: Place) -> Value {
        match (place.base, place.index) {
            (Some(base), None) if !place.segment => {
                self.add(&Value::Number(place.disp.cast_unsigned()), &state.get(base).clone())
            }
            _ => self.address(state, place),
        }
    }

    pub(super) fn place(&self, state: &mut State, place: Place) -> Where {
        let address = self.address(state, place);
        self.pointed(&address)
    }

    /// Where a pointer points.
    pub(super) fn pointed(&self, pointer: &Value) -> Where {
        match pointer {
            Value::Frame { frame, at, or_else } => {
                let (frame, at) = self.owner(*frame, *at);
                if *or_else { Where::FrameOrElse(frame, at) } else { Where::Frame(frame, at) }
            }
            Value::Among(frames) => Where::Among(*frames),
            Value::Number(number) => Where::Constant(*number),
            Value::OneOf(numbers) => Where::OneOf(numbers.to_vec()),
            Value::Around { base, range } => Where::Around(*base, *range),
            _ => Where::Somewhere,
        }
    }

    fn add(&self, a: &Value, b: &Value) -> Value {
        match (a, b) {
            (Value::Number(0), other) | (other, Value::Number(0)) => other.clone(),
            (Value::Number(a), Value::Number(b)) => Value::Number(a.wrapping_add(*b)),
            (Value::Frame { frame, at, or_else }, Value::Number(n))
            | (Value::Number(n), Value::Frame { frame, at, or_else }) => {
                Value::Frame { frame: *frame, at: at.plus(n.cast_signed()), or_else: *or_else }
            }
            (Value::Frame { frame, at, or_else }, Value::Range(range))
            | (Value::Range(range), Value::Frame { frame, at, or_else }) => {
                let at = at.plus(range.rem.into()).loosen(range.step.into());
                Value::Frame { frame: *frame, at, or_else: *or_else }
            }
            // A number that is not known, added to a pointer.
            (Value::Frame { frame, or_else, .. }, other) | (other, Value::Frame { frame, or_else, .. })
                if other.frames().is_empty() =>
            {
                Value::Frame { frame: *frame, at: Offset::ANY, or_else: *or_else }
            }
            (a, b) if !a.frames().is_empty() || !b.frames().is_empty() => among(a, b),
            (Value::Entry { table, entries }, Value::Number(n))
            | (Value::Number(n), Value::Entry { table, entries })
                if table == n =>
            {
                Value::Target { table: *table, entries: *entries }
            }
            (Value::Around { base, range }, Value::Number(n))
            | (Value::Number(n), Value::Around { base, range }) => {
                Value::Around { base: base.wrapping_add(*n), range: *range }
            }
            (Value::Around { base, range }, Value::Range(more))
            | (Value::Range(more), Value::Around { base, range }) => {
                let most = range.most.saturating_add(more.most);
                let range = if range.most == 0 { *more } else { Range::up_to(most) };
                Value::Around { base: *base, range }
            }
            (Value::OneOf(numbers), Value::Number(n)) | (Value::Number(n), Value::OneOf(numbers)) => {
                Value::one_of(numbers.iter().map(|number| number.wrapping_add(*n)).collect())
            }
            (Value::Number(n), other) | (other, Value::Number(n)) => self.beyond(*n, other),
            (Value::Range(a), Value::Range(b)) => Value::Range(Range::up_to(a.most.saturating_add(b.most))),
            _ => Value::Unknown,
        }
    }

    /// A constant and a number: an element of a table, if the constant is an address of data. (What may be a pointer is no number: the
    /// constant is an offset then.)
    fn beyond(&self, base: u64, number: &Value) -> Value {
        match number {
            Value::Range(range) if self.image.is_data(base) => Value::Around { base, range: *range },
            Value::Range(range) => Value::Range(range.plus(base)),
            _ => Value::Unknown,
        }
    }

    fn times(state: &mut State, value: &Value, factor: u64) -> Value {
        match value {
            value if factor == 1 => value.clone(),
            Value::Number(n) => Value::Number(n.wrapping_mul(factor)),
            Value::Range(range) => Value::Range(range.times(factor)),
            Value::OneOf(numbers) => Value::one_of(numbers.iter().map(|n| n.wrapping_mul(factor)).collect()),
            value => {
                state.lose_value(value);
                Value::Range(Range::ALL.times(factor))
            }
        }
    }

    fn arith(&self, state: &mut State, to: Reg, kind: Arith, left: &Value, right: &Value) -> Value {
        if let (Value::Number(a), Value::Number(b)) = (left, right) {
            match kind {
                Arith::Add => return Value::Number(a.wrapping_add(*b)),
                Arith::Sub => return Value::Number(a.wrapping_sub(*b)),
                Arith::And => return Value::Number(a & b),
                Arith::Shl => return Value::Number(a.wrapping_shl(u32::try_from(b % 64).unwrap_or(0))),
                Arith::Mul => return Value::Number(a.wrapping_mul(*b)),
                Arith::Other => {}
            }
        }
        match (kind, left, right) {
            (Arith::Add, ..) => self.add(left, right),
            (Arith::Sub, left, Value::Number(n)) => self.add(left, &Value::Number(n.wrapping_neg())),
            (
                Arith::Sub,
                Value::Frame { frame, at, or_else: false },
                Value::Frame { frame: same, at: to, or_else: false },
            ) if frame == same => match (at.step, to.step) {
                (0, 0) => Value::Number((i64::from(at.rem) - i64::from(to.rem)).cast_unsigned()),
                _ => Value::Range(Range::ALL),
            },
            (Arith::Sub, Value::Frame { frame, or_else, .. }, other) if other.frames().is_empty() => {
                Value::Frame { frame: *frame, at: Offset::ANY, or_else: *or_else }
            }
            // The stack is aligned, and what lies below is a frame of its own.
            (Arith::And, Value::Frame { at: Offset { step: 0, .. }, .. }, Value::Number(mask))
                if to == self.image.isa.stack_pointer() && mask.cast_signed() < 0 =>
            {
                Value::exact(self.aligned, 0)
            }
            (Arith::And, Value::Frame { frame, or_else, .. }, Value::Number(mask))
                if mask.cast_signed() < -1 =>
            {
                Value::Frame { frame: *frame, at: Offset::ANY, or_else: *or_else }
            }
            // With many of its bits it may still be the pointer, as one that was tagged above.
            (Arith::And, value, Value::Number(mask))
                if mask.cast_signed() >= 0 && mask.leading_zeros() >= 32 =>
            {
                if *mask > 1 << 24 {
                    state.lose_value(value);
                }
                let zeros = mask.trailing_zeros().min(15);
                Value::Range(Range { rem: 0, step: 1 << zeros, ..Range::up_to(*mask) })
            }
            (Arith::And, value, Value::Number(mask))
                if value.frames().is_empty() && mask.cast_signed() >= 0 =>
            {
                let zeros = mask.trailing_zeros().min(15);
                Value::Range(Range { rem: 0, step: 1 << zeros, ..Range::up_to(*mask) })
            }
            (Arith::Shl, value, Value::Number(by)) if *by < 64 => Self::times(state, value, 1 << by),
            (Arith::Mul, value, Value::Number(by)) | (Arith::Mul, Value::Number(by), value) => {
                Self::times(state, value, *by)
            }
            // Bits are set or cleared, or some of them are others: if it is still a pointer, it is one into the same frame.
            _ => among(left, right),
        }
    }

    /// What a constant address in the program holds.
    pub(super) fn constant(&self, at: u64, bytes: u8, signed: bool) -> Value {
        if bytes == 8 {
            return match self.image.word(at) {
                Some(Word::Number(n) | Word::Address(n)) => Value::Number(n),
                Some(Word::Import(import)) => Value::Import(import),
                None if self.image.is_data(at) => Value::Content(at),
                None => Value::Unknown,
            };
        }
        let Some(found) = self.image.constant(at, bytes.into()) else { return small(bytes, signed) };
        let mut word = [0; 8];
        word[..found.len()].copy_from_slice(found);
        Value::Number(extend(u64::from_le_bytes(word), u32::from(bytes) * 8, signed))
    }

    fn load(&self, state: &mut State, place: Place, bytes: u8, signed: bool) -> Value {
        let at = self.place(state, place);
        self.load_from(state, at, bytes, signed)
    }

    pub(super) fn load_from(&self, state: &mut State, at: Where, bytes: u8, signed: bool) -> Value {
        match at {
            Where::Constant(at) => self.constant(at, bytes, signed),
            Where::OneOf(all) => {
                let values = all.iter().map(|at| self.constant(*at, bytes, signed));
                values.reduce(|a, b| a.join(&b)).unwrap_or(Value::Unknown)
            }
            Where::Around(table, range) if bytes == 4 && signed => {
                let entries = range.most / 4 + 1;
                Value::Entry { table, entries: u32::try_from(entries).unwrap_or(u32::MAX) }
            }
            Where::Around(base, range) if range.most < 8 * 256 => self.element(base, range, bytes, signed),
            Where::Frame(frame, at) | Where::FrameOrElse(frame, at) if bytes == 4 && at.step == 0 => {
                let slots = state.slots_of(frame, at.rem.into(), i64::from(at.rem) + 4);
                let frames = slots.fold(Frames::default(), |all, (_, value)| all.with(value.frames()));
                state.lose(frames);
                small(bytes, signed)
            }
            _ if bytes < 8 => small(bytes, signed),
            Where::Frame(frame, at) => state.load(frame, at),
            Where::FrameOrElse(frame, at) => state.load(frame, at).join(&Value::Unknown),
            Where::Among(frames) => {
                let values = frames.each().map(|frame| state.load(frame, Offset::ANY));
                values.fold(Value::Unknown, |all, value| among(&all, &value))
            }
            Where::Around(..) | Where::Somewhere => Value::Unknown,
        }
    }

    /// Any of the elements of a table that has a limit.
    fn element(&self, base: u64, range: Range, bytes: u8, signed: bool) -> Value {
        let mut found = Vec::new();
        let mut at = u64::from(range.rem);
        while at <= range.most {
            match self.constant(base.wrapping_add(at), bytes, signed) {
                Value::Number(number) => found.push(number),
                _ => return if bytes < 8 { small(bytes, signed) } else { Value::Unknown },
            }
            at += u64::from(range.step.max(1));
        }
        Value::one_of(found)
    }

    pub(super) fn store_to(&self, state: &mut State, at: &Where, bytes: u8, value: &Value) {
        if let Some(stores) = self.stores {
            let (to, value) = (at.clone(), value.clone());
            stores.all.borrow_mut().push(Stored { at: stores.at.get(), to, bytes, value });
        }
        if bytes == 4 {
            state.lose_value(value);
        }
        match at {
            Where::Frame(frame, at) => state.store(*frame, *at, bytes, value, self.formats),
            Where::FrameOrElse(frame, at) => {
                // It may be there, and what was there may remain.
                let from = if at.step == 0 { i64::from(at.rem) } else { i64::MIN };
                let to = if at.step == 0 { from + i64::from(bytes) } else { i64::MAX };
                state.smear(*frame, from, to);
                if bytes == 8 {
                    state.lose_value(value);
                }
                state.havoc();
            }
            Where::Among(frames) => {
                for frame in frames.each() {
                    state.store(frame, Offset::ANY, bytes, value, self.formats);
                }
                if bytes == 8 {
                    state.lose_value(value);
                }
                state.havoc();
            }
            _ => {
                if bytes == 8 {
                    state.lose_value(value);
                }
                state.havoc();
            }
        }
    }

    pub(super) fn apply(&self, state: &mut State, op: Op) {
        match op {
            Op::Copy { to, from } => state.set(to, state.get(from).clone()),
            Op::Number { to, value } => state.set(to, Value::Number(value)),
            Op::Address { to, place } => {
                let value = self.address(state, place);
                // (The stack pointer comes back to where it was at the entry, and is no pointer to what lies there.)
                let is_stack = to == self.image.isa.stack_pointer();
                let value = if is_stack { self.address_in_own(state, place) } else { value };
                state.set(to, value);
            }
            Op::Arith { to, kind, left, right } => {
                let (left, right) = (state.get(left).clone(), Self::operand(state, right));
                let value = self.arith(state, to, kind, &left, &right);
                let is_stack = to == self.image.isa.stack_pointer();
                state.set(to, if is_stack { value } else { self.in_owner(value) });
            }
            Op::Narrow { to, from, bits, signed } => {
                // Of its halves a pointer can be made again.
                if bits == 32
                    && let Value::Frame { frame, or_else: false, .. } = *state.get(from)
                {
                    state.lose(Frames::one(frame));
                }
                let value = narrow(state.get(from), bits, signed);
                state.set(to, value);
            }
            Op::Load { to, place, bytes, signed } => {
                let value = self.load(state, place, bytes, signed);
                state.set(to, value);
            }
            Op::Store { place, from, bytes } => {
                let value = Self::operand(state, from);
                let at = self.place(state, place);
                self.store_to(state, &at, bytes, &value);
            }
            Op::Choose { to, from } => {
                let (a, b) = (state.get(to).clone(), state.get(from).clone());
                state.set(to, a.join(&b));
            }
            Op::Forget { to, from } => self.forget(state, to, from),
            Op::Lose { from } => {
                let value = state.get(from).clone();
                state.lose_value(&value);
            }
            Op::Compare { left, right, bits, is_test } => {
                state.compared = Some(Compared { left, right, bits, is_test });
            }
            Op::Flags => state.compared = None,
            Op::CopyMemory { to, from, bytes } => {
                let (to, from) = (self.address(state, to), self.address(state, from));
                self.copy_memory(state, &to, &from, bytes);
            }
            Op::FillMemory { to, from, bytes } => {
                let (to, value) = (self.address(state, to), Self::operand(state, from));
                state.lose_value(&value);
                self.write_over(state, &to, bytes);
            }
        }
    }

    fn forget(&self, state: &mut State, to: Reg, from: Operand) {
        let value = match from {
            Operand::Unknown => {
                // Made of registers of its kind.
                let of_kind = |reg: Reg| (reg < 32) == (to < 32) && reg != self.image.isa.stack_pointer();
                let all = state.registers().filter(|(reg, _)| of_kind(*reg));
                all.fold(Value::Unknown, |all, (_, value)| among(&all, value))
            }
            other => among(&Self::operand(state, other), &Value::Unknown),
        };
        state.set(to, value);
    }

    /// A call of what copies memory as `memcpy` does.
    pub(super) fn copies(&self, state: &mut State) {
        let isa = self.image.isa;
        let [to, from, bytes] = [0, 1, 2].map(|index| state.get(isa.arguments()[index]).clone());
        let bytes = match bytes {
            Value::Number(bytes) => Some(bytes),
            _ => None,
        };
        self.copy_memory(state, &to, &from, bytes);
        super::graph::after_call(state, self.image);
        state.set(isa.results()[0], to);
    }

    /// A call of what writes bytes where its arguments point to, and keeps no pointer. It may give one back.
    pub(super) fn writes_bytes(&self, state: &mut State) {
        let isa = self.image.isa;
        let given: Vec<Value> = isa.arguments().iter().map(|reg| state.get(*reg).clone()).collect();
        let frames = given.iter().fold(Frames::default(), |all, value| all.with(value.frames()));
        for pointer in given.iter().filter(|value| !value.frames().is_empty()) {
            self.write_over(state, pointer, None);
        }
        super::graph::after_call(state, self.image);
        // Of the C library no function gives two pointers back.
        state.set(isa.results()[0], Value::among(frames));
    }

    /// Something that is no pointer into a frame is written there, as many bytes as are known.
    pub(super) fn write_over(&self, state: &mut State, to: &Value, bytes: Option<u64>) {
        match self.pointed(to) {
            Where::Frame(frame, at) | Where::FrameOrElse(frame, at) => {
                let from = if at.step == 0 { i64::from(at.rem) } else { i64::MIN };
                let end = bytes.and_then(|bytes| i64::try_from(bytes).ok()).filter(|_| at.step == 0);
                state.smear(frame, from, end.map_or(i64::MAX, |bytes| from.saturating_add(bytes)));
                if matches!(self.pointed(to), Where::FrameOrElse(..)) {
                    state.havoc();
                }
            }
            Where::Among(frames) => {
                for frame in frames.each() {
                    state.smear(frame, i64::MIN, i64::MAX);
                }
                state.havoc();
            }
            _ => state.havoc(),
        }
    }

    /// `memcpy`. Of a length that is not known it may be all that lies there, but for digits.
    pub(super) fn copy_memory(&self, state: &mut State, to: &Value, from: &Value, bytes: Option<u64>) {
        let of_digits = |frame: FrameId| bytes.is_none() && self.digits.has(frame);
        let whole = |frame: FrameId| {
            let slots = state.slots_of(frame, i64::MIN, i64::MAX);
            slots.map(|(at, value)| (i64::from(at), value.clone()))
        };
        let copied: Vec<(i64, Value)> = match self.pointed(from) {
            Where::Frame(frame, _) | Where::FrameOrElse(frame, _) if of_digits(frame) => Vec::new(),
            Where::Frame(frame, at) if at.step == 0 => {
                let start = i64::from(at.rem);
                let end = bytes.and_then(|bytes| i64::try_from(bytes).ok());
                let slots = state.slots_of(frame, start, end.map_or(i64::MAX, |n| start.saturating_add(n)));
                slots.map(|(at, value)| (i64::from(at) - start, value.clone())).collect()
            }
            Where::Frame(frame, _) | Where::FrameOrElse(frame, _) => whole(frame).collect(),
            Where::Among(frames) => {
                frames.each().filter(|frame| !of_digits(*frame)).flat_map(whole).collect()
            }
            _ => Vec::new(),
        };
        let is_exact = matches!(self.pointed(from), Where::Frame(_, at) if at.step == 0);
        if let (Where::Frame(frame, at), Some(bytes), true) = (self.pointed(to), bytes, is_exact)
            && at.step == 0
        {
            self.write_over(state, to, Some(bytes));
            for (offset, value) in copied {
                if offset >= 0 && u64::try_from(offset).is_ok_and(|offset| offset.saturating_add(8) <= bytes)
                {
                    let to = at.plus(offset);
                    state.store(frame, to, 8, &value, false);
                }
            }
            return;
        }
        for (_, value) in copied {
            state.lose_value(&value);
        }
        self.write_over(state, to, bytes);
    }
}

/// Into any of the frames that one of them points into, or something else.
fn among(a: &Value, b: &Value) -> Value {
    let mut frames = a.frames();
    frames.add(b.frames());
    Value::among(frames)
}

fn small(bytes: u8, signed: bool) -> Value {
    if signed || bytes >= 8 {
        return Value::Range(Range::ALL);
    }
    Value::Range(Range::up_to((1 << (u32::from(bytes) * 8)) - 1))
}

fn extend(value: u64, bits: u32, signed: bool) -> u64 {
    let shift = 64 - bits;
    let up = value << shift;
    if signed { (up.cast_signed() >> shift).cast_unsigned() } else { up >> shift }
}

fn narrow(value: &Value, bits: u8, signed: bool) -> Value {
    let all = u64::MAX >> (64 - u32::from(bits));
    match value {
        Value::Number(n) => Value::Number(extend(*n, bits.into(), signed)),
        Value::OneOf(numbers) => {
            Value::one_of(numbers.iter().map(|n| extend(*n, bits.into(), signed)).collect())
        }
        Value::Range(range) if range.most <= all >> 1 => Value::Range(*range),
        Value::Range(range) if !signed => {
            let most = if range.most <= all {
                range.most
            } else if bits == 32 {
                range.low.into()
            } else {
                all
            };
            let keeps = range.step.is_power_of_two() && range.step <= 128;
            let (rem, step) = if keeps { (range.rem, range.step) } else { (0, 1) };
            Value::Range(Range { rem, step, ..Range::up_to(most) })
        }
        _ if signed => Value::Range(Range::ALL),
        _ => Value::Range(Range::up_to(all)),
    }
}
