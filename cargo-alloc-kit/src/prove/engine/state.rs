//! What is known at a place in the code: registers, and what lies in the frames of the calls that are being looked at.
//!
//! What is not noted is `Unknown`. A frame is *lost* once a pointer into it may be anywhere: stored outside of the frames, given to
//! what is not looked at, or joined with another into an `Unknown`. From then on whatever stores through a pointer that is not known
//! may have written to it. Of a frame that is not lost all pointers are known, so nothing else writes to it.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::super::isa::{Operand, Reg};
use super::joined::joined;
use super::value::{FrameId, Frames, Offset, Value};
use super::walk::Region;

/// Eight bytes each of one frame, by their offsets.
type Slots = Vec<(i32, Value)>;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Frame {
    id: FrameId,
    /// None overlaps another.
    slots: Rc<Slots>,
}

/// The last comparison, for the branch that goes by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Compared {
    pub(super) left: Reg,
    pub(super) right: Operand,
    pub(super) bits: u8,
    /// By `left & right`, not `left - right`.
    pub(super) is_test: bool,
}

/// A copy shares registers and frames with the first until one of them changes: most of the frames are of callers, and stay.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct State {
    /// By register, of those that are known.
    registers: Rc<Vec<(Reg, Value)>>,
    /// By their numbers, those of which something is known.
    frames: Vec<Frame>,
    pub(super) lost: Frames,
    pub(super) compared: Option<Compared>,
    /// How many exceptions it is in.
    pub(super) allowed: u8,
    /// How many judged expressions of the same place in the source it is in, inside of the one that is judged.
    pub(super) nested: u8,
}

impl State {
    pub(super) fn get(&self, reg: Reg) -> &Value {
        let known = self.registers.iter().find(|(other, _)| *other == reg);
        known.map_or(&Value::Unknown, |(_, value)| value)
    }

    pub(super) fn set(&mut self, reg: Reg, value: Value) {
        if let Some(compared) = self.compared
            && (compared.left == reg || compared.right == Operand::Reg(reg))
        {
            self.compared = None;
        }
        self.put(reg, value);
    }

    /// As `set`, of a register whose value was only made more exact.
    pub(super) fn put(&mut self, reg: Reg, value: Value) {
        let position = self.registers.binary_search_by_key(&reg, |(reg, _)| *reg);
        match (position, value) {
            (Ok(index), Value::Unknown) => drop(Rc::make_mut(&mut self.registers).remove(index)),
            (Err(_), Value::Unknown) => {}
            (Ok(index), value) => Rc::make_mut(&mut self.registers)[index].1 = value,
            (Err(index), value) => Rc::make_mut(&mut self.registers).insert(index, (reg, value)),
        }
    }

    pub(super) fn registers(&self) -> impl Iterator<Item = (Reg, &Value)> {
        self.registers.iter().map(|(reg, value)| (*reg, value))
    }

    /// Forgets registers, without losing what they point to: it is held elsewhere, or by nobody.
    pub(super) fn keep_registers(&mut self, keep: impl Fn(Reg) -> bool) {
        if !self.registers.iter().all(|(reg, _)| keep(*reg)) {
            Rc::make_mut(&mut self.registers).retain(|(reg, _)| keep(*reg));
        }
        if self.compared.is_some_and(|compared| !keep(compared.left)) {
            self.compared = None;
        }
    }

    fn position(&self, frame: FrameId) -> Result<usize, usize> {
        self.frames.binary_search_by_key(&frame, |frame| frame.id)
    }

    fn slots(&self, frame: FrameId) -> &[(i32, Value)] {
        self.position(frame).map_or(&[], |index| &self.frames[index].slots)
    }

    /// Only where something changes: others have the slots, too.
    fn change(&mut self, frame: FrameId, change: impl FnOnce(&mut Slots)) {
        let index = match self.position(frame) {
            Ok(index) => index,
            Err(index) => {
                self.frames.insert(index, Frame { id: frame, slots: Rc::default() });
                index
            }
        };
        change(Rc::make_mut(&mut self.frames[index].slots));
        if self.frames[index].slots.is_empty() {
            self.frames.remove(index);
        }
    }

    /// The eight bytes at an exact place.
    pub(super) fn slot(&self, frame: FrameId, at: i32) -> &Value {
        let slots = self.slots(frame);
        let position = slots.binary_search_by_key(&at, |(at, _)| *at);
        position.map_or(&Value::Unknown, |index| &slots[index].1)
    }

    /// The eight bytes at any of the places. Where the place is not exact, it may be any pointer that lies there, or something else.
    pub(super) fn load(&self, frame: FrameId, at: Offset) -> Value {
        if at.step == 0 {
            let slots = self.slots(frame);
            let from = i64::from(at.rem);
            return match &slots[within(slots, from, from + 8)] {
                [(place, value)] if *place == at.rem => value.clone(),
                // Parts of pointers, which may be put together again.
                parts => Value::among(pointed_to(parts)),
            };
        }
        let mut frames = Frames::default();
        for (place, value) in self.slots(frame) {
            if !is_aligned(at, *place) || at.may_be(*place) {
                frames.add(value.frames());
            }
        }
        Value::among(frames)
    }

    /// The values of slots of a frame in a range of offsets, with where they are.
    pub(super) fn slots_of(&self, frame: FrameId, from: i64, to: i64) -> impl Iterator<Item = (i32, &Value)> {
        let slots = self.slots(frame);
        slots[within(slots, from, to)].iter().map(|(at, value)| (*at, value))
    }

    /// Stores eight bytes, or fewer, of which only the places are known then. `of_bytes`: fewer are never parts of a pointer.
    pub(super) fn store(&mut self, frame: FrameId, at: Offset, bytes: u8, value: &Value, of_bytes: bool) {
        if self.lost.has(frame) {
            self.lose_value(value);
        }
        if at.step == 0 {
            return self.overwrite(frame, at.rem, bytes, value);
        }
        let is_kept = |place: i32, old: &Value| {
            matches!(old, Value::Back(_))
                // Nobody makes a pointer into the stack byte by byte, nor in some code any other.
                || bytes < 8 && (of_bytes || !old.frames().is_empty())
                || is_aligned(at, place) && !at.may_be(place)
        };
        let mut hidden = value.frames();
        if !self.slots(frame).iter().all(|(place, old)| is_kept(*place, old)) {
            self.change(frame, |slots| {
                slots.retain_mut(|(place, old)| {
                    if is_kept(*place, old) {
                        return true;
                    }
                    hidden.add(old.frames());
                    let is_whole = is_aligned(at, *place) && bytes == 8;
                    *old = if is_whole { old.join(value) } else { Value::Unknown };
                    *old != Value::Unknown
                });
            });
        }
        self.lose(hidden);
    }

    /// The bytes there are others now, for certain. A pointer that is overwritten in part is none.
    fn overwrite(&mut self, frame: FrameId, at: i32, bytes: u8, value: &Value) {
        let slots = self.slots(frame);
        let old = within(slots, at.into(), i64::from(at) + i64::from(bytes));
        let is_noted = bytes == 8 && *value != Value::Unknown;
        let is_same = match &slots[old.clone()] {
            [] => !is_noted,
            [(place, old)] => is_noted && *place == at && old == value,
            _ => false,
        };
        if !is_same {
            let new = is_noted.then(|| (at, value.clone()));
            self.change(frame, |slots| drop(slots.splice(old, new)));
        }
    }

    /// The bytes of that frame from there on may be others now. The way back is not: memory is safe, so nobody writes beyond an object.
    pub(super) fn smear(&mut self, frame: FrameId, from: i64, to: i64) {
        let slots = self.slots(frame);
        let touched = within(slots, from, to);
        let hidden = pointed_to(&slots[touched.clone()]);
        if slots[touched.clone()].iter().any(|(_, value)| !matches!(value, Value::Back(_))) {
            self.change(frame, |slots| {
                slots.extract_if(touched, |(_, value)| !matches!(value, Value::Back(_))).for_each(drop);
            });
        }
        self.lose(hidden);
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
            new = self.inside(new).without(self.lost);
        }
    }

    /// What lies in the frames points into these.
    fn inside(&self, frames: Frames) -> Frames {
        let mut inside = Frames::default();
        for frame in self.frames.iter().filter(|frame| frames.has(frame.id)) {
            inside.add(pointed_to(&frame.slots));
        }
        inside
    }

    /// What is not seen may have written to all that is lost.
    pub(super) fn havoc(&mut self) {
        if self.lost.is_empty() {
            return;
        }
        // What points to frames from there is as good as lost.
        self.lose(self.inside(self.lost));
        let is_back = |(_, value): &(i32, Value)| matches!(value, Value::Back(_));
        for index in (0..self.frames.len()).rev() {
            let Frame { id, slots } = &self.frames[index];
            if self.lost.has(*id) && !slots.iter().all(is_back) {
                let id = *id;
                self.change(id, |slots| slots.retain(is_back));
            }
        }
    }

    /// A frame that is no more: of what pointed into it nothing is known, and nobody will follow it.
    pub(super) fn end_frame(&mut self, frame: FrameId) {
        let points = |value: &Value| value.frames().has(frame);
        let without = |value: &mut Value| {
            if points(value) {
                *value = Value::among(value.frames().without(Frames::one(frame)));
            }
            *value != Value::Unknown
        };
        self.frames.retain(|known| known.id != frame);
        for index in (0..self.frames.len()).rev() {
            let Frame { id, slots } = &self.frames[index];
            if slots.iter().any(|(_, value)| points(value)) {
                let id = *id;
                self.change(id, |slots| slots.retain_mut(|(_, value)| without(value)));
            }
        }
        if self.registers.iter().any(|(_, value)| points(value)) {
            Rc::make_mut(&mut self.registers).retain_mut(|(_, value)| without(value));
        }
        self.lost.remove(frame);
    }

    /// Notes eight bytes of a frame that nobody writes to.
    pub(super) fn note(&mut self, frame: FrameId, at: i32, value: Value) {
        let position = self.slots(frame).binary_search_by_key(&at, |(at, _)| *at);
        if let Err(index) = position {
            self.change(frame, |slots| slots.insert(index, (at, value)));
        }
    }

    /// A number that states which are the same have in common, and few others.
    pub(super) fn digest(&self) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        self.registers.hash(&mut hasher);
        for frame in &self.frames {
            (frame.id, frame.slots.len()).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Whether a call that ends these expressions ends the one that is judged.
    pub(super) fn leaves(&mut self, region: Option<Region>, ended: &[u64]) -> bool {
        let is_own = region.is_some_and(|region| ended.contains(&region.id));
        if is_own && self.nested > 0 {
            self.nested -= 1;
            return false;
        }
        is_own
    }

    /// Both states in one. Whether this one has changed.
    pub(super) fn join(&mut self, other: &State) -> bool {
        let (lost, allowed, compared, nested) = (self.lost, self.allowed, self.compared, self.nested);
        self.lost.add(other.lost);
        self.allowed = allowed.min(other.allowed);
        // The more is looked at.
        self.nested = nested.max(other.nested);
        if compared != other.compared {
            self.compared = None;
        }
        let mut hidden = Frames::default();
        let mut changed = false;
        if !Rc::ptr_eq(&self.registers, &other.registers)
            && let Some(registers) = joined(&self.registers, &other.registers, |_| false, &mut hidden)
        {
            self.registers = Rc::new(registers);
            changed = true;
        }
        changed |= self.join_frames(other, &mut hidden);
        self.lose(hidden);
        changed || (lost, allowed, compared, nested) != (self.lost, self.allowed, self.compared, self.nested)
    }

    fn join_frames(&mut self, other: &State, hidden: &mut Frames) -> bool {
        let mut changed = false;
        let (mut index, mut of_them) = (0, 0);
        loop {
            let (mine, theirs) = (self.frames.get(index), other.frames.get(of_them));
            let id = match (mine, theirs) {
                (None, None) => return changed,
                (Some(mine), Some(theirs)) => mine.id.min(theirs.id),
                (Some(one), None) | (None, Some(one)) => one.id,
            };
            let mine = mine.filter(|frame| frame.id == id);
            let theirs = theirs.filter(|frame| frame.id == id);
            of_them += usize::from(theirs.is_some());
            let (mine, theirs) = match (mine, theirs) {
                (Some(mine), Some(theirs)) if Rc::ptr_eq(&mine.slots, &theirs.slots) => {
                    index += 1;
                    continue;
                }
                (mine, theirs) => (slots_in(mine), slots_in(theirs)),
            };
            let overlaps = |at: i32| !within(mine, at.into(), i64::from(at) + 8).is_empty();
            if let Some(slots) = joined(mine, theirs, overlaps, hidden) {
                self.change(id, |old| *old = slots);
                changed = true;
            }
            index += usize::from(self.frames.get(index).is_some_and(|frame| frame.id == id));
        }
    }
}

fn slots_in(frame: Option<&Frame>) -> &[(i32, Value)] {
    frame.map_or(&[], |frame| &frame.slots)
}

/// Which of the slots, in the order of their offsets, have bytes in that range.
fn within(slots: &[(i32, Value)], from: i64, to: i64) -> std::ops::Range<usize> {
    let first = slots.partition_point(|(at, _)| i64::from(*at).saturating_add(8) <= from);
    let end = slots.partition_point(|(at, _)| i64::from(*at) < to);
    first..end.max(first)
}

fn pointed_to(slots: &[(i32, Value)]) -> Frames {
    let mut frames = Frames::default();
    for (_, value) in slots {
        frames.add(value.frames());
    }
    frames
}

/// Whether eight bytes at those places are either those of the slot, or none of them.
fn is_aligned(at: Offset, slot: i32) -> bool {
    at.step != 0 && at.step.is_multiple_of(8) && (i64::from(slot) - i64::from(at.rem)) % 8 == 0
}
