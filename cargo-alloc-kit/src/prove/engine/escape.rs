//! Where the address of a static goes, from each instruction that makes it: into registers, calls with it, and returns with it. It may
//! only be what is loaded from and stored to. Where else it goes is not followed, and then the static may be written by anybody.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::image::{Form, Image, Word};
use super::super::isa::{Arith, Flow, Instruction, Op, Operand, Place, Reg, Target};
use super::references::{self, Reference, Use};
use super::watched::Watched;

/// More than any static needs that is written in a few places.
const MOST_INSTRUCTIONS: u32 = 20_000;

/// Registers that may hold an address in the static, and which one.
type Held = BTreeMap<Reg, u64>;

/// Gives what is known of a function by itself.
pub(super) type Watch<'w> = &'w mut dyn FnMut(u64) -> Rc<Watched>;

pub(super) struct Escape<'a> {
    pub(super) image: &'a Image,
    /// The static.
    pub(super) object: (u64, u64),
    /// Words that hold an address in it.
    pub(super) words: &'a BTreeMap<u64, u64>,
    seen: BTreeMap<u64, Held>,
    todo: Vec<u64>,
    stores: BTreeSet<Reference>,
    /// Functions that make the address, or are given it back by others.
    makers: BTreeSet<u64>,
    /// Functions that give it back to all their callers, and in which registers.
    given_back: BTreeSet<(u64, Held)>,
    /// Functions that are entered with it: where they return to.
    entered: BTreeMap<u64, BTreeSet<Back>>,
    /// What functions return with.
    left: BTreeMap<u64, Held>,
}

/// Where a function goes back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Back {
    To(u64),
    /// To where that one goes back, which jumped to it.
    AsOf(u64),
}

impl<'a> Escape<'a> {
    pub(super) fn new(image: &'a Image, object: (u64, u64), words: &'a BTreeMap<u64, u64>) -> Self {
        Self {
            image,
            object,
            words,
            seen: BTreeMap::new(),
            todo: Vec::new(),
            stores: BTreeSet::new(),
            makers: BTreeSet::new(),
            given_back: BTreeSet::new(),
            entered: BTreeMap::new(),
            left: BTreeMap::new(),
        }
    }

    /// Instructions that store to it, by what these ones made. `None`: its address goes elsewhere.
    pub(super) fn stores(mut self, made: &[Reference], watch: Watch<'_>) -> Option<BTreeSet<Reference>> {
        for made in made {
            self.makers.insert(made.function);
            self.go(made.at, &Held::new(), true)?;
        }
        let mut left = MOST_INSTRUCTIONS;
        let mut instruction = Instruction::default();
        while let Some(at) = self.todo.pop() {
            left = left.checked_sub(1)?;
            let function = self.image.function(at)?;
            let range = (function.start, function.end);
            instruction.ops.clear();
            self.image.isa.decode(self.image.code(at)?, at, &mut instruction);
            let mut held = self.seen.get(&at)?.clone();
            for op in &instruction.ops {
                self.apply(&mut held, *op, Reference { function: range.0, at })?;
            }
            self.flow(&held, &instruction, at, range, watch)?;
        }
        Some(self.stores)
    }

    /// Goes on there, if that tells more than what was there.
    fn go(&mut self, to: u64, held: &Held, makes: bool) -> Option<()> {
        if held.is_empty() && !makes {
            return Some(());
        }
        let mut changes = makes;
        let seen = self.seen.entry(to).or_default();
        for (reg, address) in held {
            match seen.insert(*reg, *address) {
                None => changes = true,
                // One of two.
                Some(other) if other != *address => return None,
                Some(_) => {}
            }
        }
        if changes {
            self.todo.push(to);
        }
        Some(())
    }

    fn is_in(&self, address: u64) -> bool {
        self.object.0 <= address && address < self.object.1
    }

    /// The address in the static that a place is, if it is one. `None`: not known.
    #[expect(clippy::option_option, reason = "the outer one is for `?`")]
    fn place(&self, held: &Held, place: Place) -> Option<Option<u64>> {
        let is_held = |reg: Reg| held.contains_key(&reg);
        if place.index.is_some_and(|(reg, _)| is_held(reg)) {
            return None;
        }
        let address = match place.base {
            Some(base) if is_held(base) => {
                if place.index.is_some() || place.segment {
                    return None;
                }
                held[&base].wrapping_add(place.disp.cast_unsigned())
            }
            None if place.index.is_none() && !place.segment => place.disp.cast_unsigned(),
            _ => return Some(None),
        };
        if self.is_in(address) {
            return Some(Some(address));
        }
        // One beside it may not have been made from its address.
        if place.base.is_none() { Some(None) } else { None }
    }

    fn apply(&mut self, held: &mut Held, op: Op, at: Reference) -> Option<()> {
        let is_held = |operand: Operand| matches!(operand, Operand::Reg(reg) if held.contains_key(&reg));
        let is_free = |operand: Operand| (!is_held(operand)).then_some(());
        let known = |operand: Operand| (operand != Operand::Unknown || held.is_empty()).then_some(());
        let (to, address) = match op {
            Op::Copy { to, from } => (to, held.get(&from).copied()),
            Op::Number { to, value } => (to, self.is_in(value).then_some(value)),
            Op::Address { to, place } => (to, self.place(held, place)?),
            Op::Load { to, place, bytes, .. } => {
                self.place(held, place)?;
                let is_constant = place.base.is_none() && place.index.is_none();
                let word = self.words.get(&place.disp.cast_unsigned());
                (to, word.copied().filter(|_| is_constant && !place.segment && bytes == 8))
            }
            Op::Store { place, from, bytes } => {
                if is_held(from) && self.fills(place, from, at) {
                    return Some(());
                }
                is_free(from)?;
                known(from)?;
                if let Some(address) = self.place(held, place)? {
                    if (address, bytes) != (self.object.0, 8) {
                        return None;
                    }
                    self.stores.insert(at);
                }
                return Some(());
            }
            Op::Arith { to, left, right, kind } => {
                let sum = match (kind, held.get(&left), right) {
                    (Arith::Add, Some(address), Operand::Number(n)) => Some(address.wrapping_add(n)),
                    (Arith::Sub, Some(address), Operand::Number(n)) => Some(address.wrapping_sub(n)),
                    (_, None, _) => None,
                    _ => return None,
                };
                is_free(right)?;
                known(right)?;
                if sum.is_some_and(|sum| !self.is_in(sum)) {
                    return None;
                }
                (to, sum)
            }
            Op::Narrow { to, from, .. } => {
                is_free(Operand::Reg(from))?;
                (to, None)
            }
            Op::Choose { to, from } => {
                is_free(Operand::Reg(to))?;
                is_free(Operand::Reg(from))?;
                (to, None)
            }
            Op::Forget { to, from } => {
                is_free(from)?;
                // Made of registers of its kind.
                let of_kind = held.keys().any(|reg| (*reg < 32) == (to < 32));
                (from != Operand::Unknown || !of_kind).then_some(())?;
                (to, None)
            }
            Op::Lose { from } => return is_free(Operand::Reg(from)),
            Op::Compare { .. } | Op::Flags => return Some(()),
            Op::CopyMemory { to, from, .. } => {
                let is_elsewhere = self.place(held, to)?.is_none() && self.place(held, from)?.is_none();
                return is_elsewhere.then_some(());
            }
            Op::FillMemory { to, from, .. } => {
                is_free(from)?;
                known(from)?;
                return self.place(held, to)?.is_none().then_some(());
            }
        };
        match address {
            Some(address) => held.insert(to, address),
            None => held.remove(&to),
        };
        Some(())
    }

    /// Whether it is a `push` that a function begins with, of a register that no argument is given in: it makes room and saves nothing.
    fn fills(&self, place: Place, from: Operand, at: Reference) -> bool {
        let isa = self.image.isa;
        let is_input = |reg: Reg| {
            isa.arguments().contains(&reg) || isa.saved().contains(&reg) || !isa.results().contains(&reg)
        };
        let is_push =
            |place: Place| place == Place { base: Some(isa.stack_pointer()), disp: -8, ..Place::default() };
        if !is_push(place) || !matches!(from, Operand::Reg(reg) if !is_input(reg)) {
            return false;
        }
        let mut begins = true;
        isa.decode_run(self.image.code(at.function).unwrap_or_default(), at.function, &mut |from, instruction| {
            begins &= matches!(instruction.ops[..], [Op::Store { place, .. }, Op::Arith { .. }] if is_push(place));
            begins && from < at.at
        });
        begins
    }

    fn flow(
        &mut self,
        held: &Held,
        instruction: &Instruction,
        at: u64,
        range: (u64, u64),
        watch: Watch<'_>,
    ) -> Option<()> {
        if held.is_empty() {
            return Some(());
        }
        let has = |to: u64| range.0 <= to && to < range.1;
        let goes_on = matches!(instruction.flow, Flow::Next | Flow::Branch { .. } | Flow::Call(_));
        if goes_on && !has(instruction.next) {
            return None;
        }
        match instruction.flow {
            Flow::Next => self.go(instruction.next, held, false),
            Flow::Branch { to, .. } => {
                if has(to) {
                    self.go(to, held, false)?;
                } else if self.saves(held).next().is_none() {
                    self.enter(to, Back::AsOf(range.0), held)?;
                } else {
                    return None;
                }
                self.go(instruction.next, held, false)
            }
            Flow::Jump(Target::Direct(to)) if has(to) => self.go(to, held, false),
            Flow::Jump(target) => {
                let targets = self.targets(held, target, at, range.0, watch)?;
                targets.iter().try_for_each(|to| {
                    if has(*to) || self.saves(held).next().is_some() {
                        return None;
                    }
                    self.enter(*to, Back::AsOf(range.0), held)
                })
            }
            Flow::Call(target) => {
                let saved: Held = self.saves(held).collect();
                // Where handlers of panics go on, they find these registers as they were.
                if !saved.is_empty() && (!watch(range.0).is_all_seen(self.image) || self.is_split(range.0)) {
                    return None;
                }
                let targets = self.targets(held, target, at, range.0, watch);
                self.go(instruction.next, &saved, false)?;
                let given: Held =
                    held.iter().filter(|(reg, _)| !saved.contains_key(*reg)).map(|(r, a)| (*r, *a)).collect();
                if given.is_empty() {
                    return Some(());
                }
                targets?.iter().try_for_each(|to| self.enter(*to, Back::To(instruction.next), &given))
            }
            Flow::Return { to: None } => {
                let left: Held = held.iter().map(|(reg, address)| (*reg, *address)).collect();
                if self.saves(held).next().is_some() {
                    return None;
                }
                self.leave(range, &left)
            }
            Flow::Trap => Some(()),
            Flow::Return { .. } | Flow::System | Flow::Unknown(_) => None,
        }
    }

    /// What is held in registers that functions give back as they were.
    fn saves(&self, held: &Held) -> impl Iterator<Item = (Reg, u64)> {
        held.iter().filter(|(reg, _)| self.image.isa.saved().contains(*reg)).map(|(reg, at)| (*reg, *at))
    }

    /// Whether parts of the function are elsewhere.
    fn is_split(&self, function: u64) -> bool {
        let image = self.image;
        let Some(function) = image.function(function) else { return true };
        let parts: Vec<String> = image.names(function).map(|name| format!("{name}.cold")).collect();
        image
            .functions
            .iter()
            .any(|other| image.names(other).any(|name| parts.iter().any(|part| name.starts_with(part))))
    }

    /// Another function is called, or jumped to, with what is held.
    fn enter(&mut self, to: u64, back: Back, held: &Held) -> Option<()> {
        let is_start = self.image.function(to).is_some_and(|function| function.start == to);
        if !is_start || self.image.plt(to).is_some() || !self.image.is_code(to) {
            return None;
        }
        let is_new = self.entered.entry(to).or_default().insert(back);
        self.go(to, held, false)?;
        // It may have been left already.
        match self.left.get(&to).cloned() {
            Some(left) if is_new => self.go_back(back, &left),
            _ => Some(()),
        }
    }

    /// A function returns with that. Those that gave it the address get it back; if it has the address from elsewhere, all callers do.
    fn leave(&mut self, function: (u64, u64), held: &Held) -> Option<()> {
        if self.makers.contains(&function.0) {
            let results = self.image.isa.results();
            let given = held.iter().filter(|(reg, _)| results.contains(*reg));
            self.give_back(function, &given.map(|(reg, address)| (*reg, *address)).collect())?;
        }
        let left = self.left.entry(function.0).or_default();
        let mut changes = false;
        for (reg, address) in held {
            match left.insert(*reg, *address) {
                None => changes = true,
                Some(other) if other != *address => return None,
                Some(_) => {}
            }
        }
        if !changes {
            return Some(());
        }
        let left = left.clone();
        let entered = self.entered.get(&function.0).cloned().unwrap_or_default();
        entered.into_iter().try_for_each(|back| self.go_back(back, &left))
    }

    fn go_back(&mut self, back: Back, held: &Held) -> Option<()> {
        match back {
            Back::To(next) => self.go(next, held, false),
            Back::AsOf(function) => {
                let function = self.image.function(function)?;
                self.leave((function.start, function.end), held)
            }
        }
    }

    /// All callers of the function get it.
    fn give_back(&mut self, function: (u64, u64), held: &Held) -> Option<()> {
        let (image, start) = (self.image, function.0);
        if held.is_empty() || !self.given_back.insert((start, held.clone())) {
            return Some(());
        }
        // Others may call it by its name, or what lies before it goes on in it.
        if image.form == Form::SharedLibrary
            || image.is_exported((start, start.saturating_add(1)))
            || references::falls_into(image, start)
        {
            return None;
        }
        let own = (start, start.saturating_add(1));
        let words = references::words_of(image, own)?;
        let ranges: Vec<_> =
            std::iter::once(own).chain(words.keys().map(|at| (*at, at.saturating_add(8)))).collect();
        for caller in references::to(image, &ranges)? {
            let mut instruction = Instruction::default();
            image.isa.decode(image.code(caller.at)?, caller.at, &mut instruction);
            let mut is_called = true;
            references::uses(&instruction, &mut |address, used| {
                let is_there = ranges.iter().any(|range| range.0 <= address && address < range.1);
                is_called &= !is_there || matches!(used, Use::Direct | Use::Goes);
            });
            if !is_called {
                return None;
            }
            let function = image.function(caller.at)?;
            self.makers.insert(function.start);
            if let Flow::Call(_) = instruction.flow {
                self.go(instruction.next, held, false)?;
            } else {
                self.give_back((function.start, function.end), held)?;
            }
        }
        Some(())
    }

    fn targets(
        &self,
        held: &Held,
        target: Target,
        at: u64,
        function: u64,
        watch: Watch<'_>,
    ) -> Option<Vec<u64>> {
        match target {
            Target::Direct(to) => return Some(vec![to]),
            Target::Reg(reg) if held.contains_key(&reg) => return None,
            Target::Memory(place) => {
                if self.place(held, place)?.is_some() {
                    return None;
                }
                if let Place { base: None, index: None, segment: false, disp } = place {
                    match self.image.word(disp.cast_unsigned()) {
                        Some(Word::Address(to) | Word::Number(to)) => return Some(vec![to]),
                        _ => return None,
                    }
                }
            }
            Target::Reg(_) => {}
        }
        watch(function).goes(at).map(<[u64]>::to_vec)
    }
}
