//! What is known at a place in the code: registers, and what lies in the frames of the calls that are being looked at.
//!
//! What is not noted is `Unknown`. A frame is *lost* once a pointer into it may be anywhere: stored outside of the frames, given to
//! what is not looked at, or joined with another into an `Unknown`. From then on whatever stores through a pointer that is not known
//! may have written to it. Of a frame that is not lost all pointers are known, so nothing else writes to it.

use super::super::isa::Reg;
use super::value::{FrameId, Frames, Offset, Value};

/// Eight bytes of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slot {
    frame: FrameId,
    at: i32,
    value: Value,
}

/// The last comparison, for the branch that goes by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Compared {
    pub(super) left: Reg,
    pub(super) right: super::super::isa::Operand,
    pub(super) bits: u8,
    /// By `left & right`, not `left - right`.
    pub(super) is_test: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct State {
    /// By register, of those that are known.
    registers: Vec<(Reg, Value)>,
    /// By frame and offset. None overlaps another.
    slots: Vec<Slot>,
    pub(super) lost: Frames,
    pub(super) compared: Option<Compared>,
    /// How many exceptions it is in.
    pub(super) allowed: u8,
}

impl State {
    pub(super) fn get(&self, reg: Reg) -> &Value {
        let known = self.registers.iter().find(|(other, _)| *other == reg);
        known.map_or(&Value::Unknown, |(_, value)| value)
    }

    pub(super) fn set(&mut self, reg: Reg, value: Value) {
        if let Some(compared) = self.compared
            && (compared.left == reg || compared.right == super::super::isa::Operand::Reg(reg))
        {
            self.compared = None;
        }
        self.put(reg, value);
    }

    /// As `set`, of a register whose value was only made more exact.
    pub(super) fn put(&mut self, reg: Reg, value: Value) {
        let position = self.registers.binary_search_by_key(&reg, |(reg, _)| *reg);
        match (position, value) {
            (Ok(index), Value::Unknown) => drop(self.registers.remove(index)),
            (Err(_), Value::Unknown) => {}
            (Ok(index), value) => self.registers[index].1 = value,
            (Err(index), value) => self.registers.insert(index, (reg, value)),
        }
    }

    pub(super) fn registers(&self) -> impl Iterator<Item = (Reg, &Value)> {
        self.registers.iter().map(|(reg, value)| (*reg, value))
    }

    /// Forgets registers, without losing what they point to: it is held elsewhere, or by nobody.
    pub(super) fn keep_registers(&mut self, keep: impl Fn(Reg) -> bool) {
        self.registers.retain(|(reg, _)| keep(*reg));
        if self.compared.is_some_and(|compared| !keep(compared.left)) {
            self.compared = None;
        }
    }

    fn position(&self, frame: FrameId, at: i32) -> Result<usize, usize> {
        self.slots.binary_search_by_key(&(frame, at), |slot| (slot.frame, slot.at))
    }

    /// The eight bytes at an exact place.
    pub(super) fn slot(&self, frame: FrameId, at: i32) -> &Value {
        self.position(frame, at).map_or(&Value::Unknown, |index| &self.slots[index].value)
    }

    /// The eight bytes at any of the places. Where the place is not exact, it may be any pointer that lies there, or something else.
    pub(super) fn load(&self, frame: FrameId, at: Offset) -> Value {
        if at.step == 0 {
            return self.slot(frame, at.rem).clone();
        }
        let may_be = |slot: &&Slot| slot.frame == frame && (!is_aligned(at, slot.at) || at.may_be(slot.at));
        let mut frames = Frames::default();
        for slot in self.slots.iter().filter(may_be) {
            frames.add(slot.value.frames());
        }
        Value::among(frames)
    }

    /// The values of slots of a frame in a range of offsets, with where they are.
    pub(super) fn slots_of(&self, frame: FrameId, from: i64, to: i64) -> impl Iterator<Item = (i32, &Value)> {
        let within = move |slot: &&Slot| {
            slot.frame == frame && i64::from(slot.at) + 8 > from && i64::from(slot.at) < to
        };
        self.slots.iter().filter(within).map(|slot| (slot.at, &slot.value))
    }

    /// Stores eight bytes, or fewer, of which only the places are known then. `of_bytes`: fewer are never parts of a pointer.
    pub(super) fn store(&mut self, frame: FrameId, at: Offset, bytes: u8, value: &Value, of_bytes: bool) {
        if self.lost.has(frame) {
            self.lose_value(value);
        }
        if at.step == 0 {
            self.overwrite(frame, at.rem.into(), i64::from(at.rem) + i64::from(bytes));
            if bytes == 8 && *value != Value::Unknown {
                let index = self.position(frame, at.rem).unwrap_or_else(|index| index);
                self.slots.insert(index, Slot { frame, at: at.rem, value: value.clone() });
            }
            return;
        }
        let mut hidden = Vec::new();
        self.slots.retain_mut(|slot| {
            if slot.frame != frame || matches!(slot.value, Value::Back(_)) {
                return true;
            }
            // Nobody makes a pointer into the stack byte by byte, nor in some code any other.
            if bytes < 8 && (of_bytes || !slot.value.frames().is_empty()) {
                return true;
            }
            let aligned = is_aligned(at, slot.at);
            if aligned && !at.may_be(slot.at) {
                return true;
            }
            let joined = if aligned && bytes == 8 { slot.value.join(value) } else { Value::Unknown };
            hidden.push(std::mem::replace(&mut slot.value, joined.clone()));
            joined != Value::Unknown
        });
        hidden.push(value.clone());
        for value in hidden {
            self.lose_value(&value);
        }
    }

    /// The bytes there are others now, for certain. A pointer that is overwritten in part is none.
    fn overwrite(&mut self, frame: FrameId, from: i64, to: i64) {
        self.slots
            .retain(|slot| slot.frame != frame || i64::from(slot.at) >= to || i64::from(slot.at) + 8 <= from);
    }

    /// The bytes of that frame from there on may be others now. The way back is not: memory is safe, so nobody writes beyond an object.
    pub(super) fn smear(&mut self, frame: FrameId, from: i64, to: i64) {
        let mut hidden = Vec::new();
        self.slots.retain(|slot| {
            let at = i64::from(slot.at);
            let touched =
                slot.frame == frame && at + 8 > from && at < to && !matches!(slot.value, Value::Back(_));
            if touched {
                hidden.push(slot.value.clone());
            }
            !touched
        });
        for value in hidden {
            self.lose_value(&value);
        }
    }

    /// A value goes where it is not seen any more.
    pub(super) fn lose_value(&mut self, value: &Value) {
        self.lose(value.frames());
    }

    /// Pointers into the frames may be anywhere, and so may what lies in them.
    pub(super) fn lose(&mut self, frames: Frames) {
        let mut new = frames.without(self.lost);
        while !new.is_empty() {
            self.lost.add(new);
            let mut inside = Frames::default();
            for slot in self.slots.iter().filter(|slot| new.has(slot.frame)) {
                inside.add(slot.value.frames());
            }
            new = inside.without(self.lost);
        }
    }

    /// What is not seen may have written to all that is lost.
    pub(super) fn havoc(&mut self) {
        if !self.lost.is_empty() {
            // What points to frames from there is as good as lost.
            let mut inside = Frames::default();
            for slot in self.slots.iter().filter(|slot| self.lost.has(slot.frame)) {
                inside.add(slot.value.frames());
            }
            self.lose(inside);
            let lost = self.lost;
            self.slots.retain(|slot| !lost.has(slot.frame) || matches!(slot.value, Value::Back(_)));
        }
    }

    /// A frame that is no more: of what pointed into it nothing is known, and nobody will follow it.
    pub(super) fn end_frame(&mut self, frame: FrameId) {
        let without = |value: &mut Value| {
            let frames = value.frames();
            if frames.has(frame) {
                *value = Value::among(frames.without(Frames::one(frame)));
            }
            *value != Value::Unknown
        };
        self.slots.retain_mut(|slot| slot.frame != frame && without(&mut slot.value));
        self.registers.retain_mut(|(_, value)| without(value));
        self.lost.remove(frame);
    }

    /// Notes eight bytes of a frame that nobody writes to.
    pub(super) fn note(&mut self, frame: FrameId, at: i32, value: Value) {
        if let Err(index) = self.position(frame, at) {
            self.slots.insert(index, Slot { frame, at, value });
        }
    }

    /// Both states in one. Whether this one has changed.
    pub(super) fn join(&mut self, other: &State) -> bool {
        if self == other {
            return false;
        }
        let before = self.clone();
        self.lost.add(other.lost);
        self.allowed = self.allowed.min(other.allowed);
        if self.compared != other.compared {
            self.compared = None;
        }
        let mut hidden = Vec::new();
        let mut registers = Vec::new();
        for (reg, value) in &before.registers {
            let joined = value.join(other.get(*reg));
            if joined != Value::Unknown {
                registers.push((*reg, joined));
            }
        }
        for (reg, value) in &other.registers {
            if !before.registers.iter().any(|(mine, _)| mine == reg) {
                let joined = Value::Unknown.join(value);
                if joined != Value::Unknown {
                    registers.push((*reg, joined));
                }
            }
        }
        registers.sort_unstable_by_key(|(reg, _)| *reg);
        let mut slots = Vec::new();
        for slot in &before.slots {
            let joined = slot.value.join(other.slot(slot.frame, slot.at));
            if joined != Value::Unknown {
                slots.push(Slot { value: joined, ..slot.clone() });
            }
        }
        for slot in &other.slots {
            // Noted by one side only: nothing is known, but that it may point there.
            if before.position(slot.frame, slot.at).is_err() {
                let joined = Value::Unknown.join(&slot.value);
                if before.overlaps(slot) {
                    hidden.push(joined);
                } else if joined != Value::Unknown {
                    slots.push(Slot { value: joined, ..slot.clone() });
                }
            }
        }
        slots.sort_unstable_by_key(|slot| (slot.frame, slot.at));
        (self.registers, self.slots) = (registers, slots);
        for value in hidden {
            self.lose_value(&value);
        }
        *self != before
    }

    fn overlaps(&self, slot: &Slot) -> bool {
        self.slots_of(slot.frame, slot.at.into(), i64::from(slot.at) + 8).next().is_some()
    }
}

/// Whether eight bytes at those places are either those of the slot, or none of them.
fn is_aligned(at: Offset, slot: i32) -> bool {
    at.step != 0 && at.step % 8 == 0 && (i64::from(slot) - i64::from(at.rem)) % 8 == 0
}
