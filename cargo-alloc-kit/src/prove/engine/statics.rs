//! Function pointers in statics: what one can hold, if every instruction that writes to it is seen.
//!
//! All code that has a symbol is read once, from one end to the other, for what it does with constant addresses of data that may be
//! written. A static whose address is taken anywhere, in code or in data, may hold anything.

use std::collections::{BTreeMap, HashMap};

use super::super::image::{Image, Word};
use super::super::isa::{Instruction, Op, Place};

/// How a static is used at a place in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Something is stored there.
    Store,
    /// Its address is made, or it is used in another way.
    Address,
}

#[derive(Debug, Default)]
pub(super) struct Statics {
    /// By address: how it is used, and by the function that starts there. Loads are not kept.
    uses: Option<BTreeMap<u64, Vec<(Use, u64)>>>,
    known: HashMap<u64, Option<Vec<u64>>>,
    /// What stores to constant addresses were found to store, by address and function, while functions were looked at.
    stored: HashMap<(u64, u64), Option<Vec<u64>>>,
    pub(super) instructions: u64,
}

/// What has to be known first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// One of these.
    Values(Vec<u64>),
    /// These functions store there: they have to be looked at.
    Ask(Vec<u64>),
    Anything,
}

impl Statics {
    /// All functions that the eight bytes there can point to.
    pub(super) fn held(&mut self, image: &Image, at: u64) -> Held {
        match self.known.get(&at) {
            Some(Some(values)) => return Held::Values(values.clone()),
            Some(None) => return Held::Anything,
            None => {}
        }
        let Some(writers) = self.writers(image, at) else {
            self.known.insert(at, None);
            return Held::Anything;
        };
        let unseen: Vec<u64> =
            writers.iter().copied().filter(|function| !self.stored.contains_key(&(at, *function))).collect();
        if !unseen.is_empty() {
            return Held::Ask(unseen);
        }
        let values = self.collect(image, at, &writers);
        self.known.insert(at, values.clone());
        values.map_or(Held::Anything, Held::Values)
    }

    /// A function that was asked for stores these there: what it stores that is not known makes it `None`.
    pub(super) fn stores(&mut self, at: u64, function: u64, values: Option<Vec<u64>>) {
        self.stored.insert((at, function), values);
    }

    fn collect(&self, image: &Image, at: u64, writers: &[u64]) -> Option<Vec<u64>> {
        let mut values = match image.initial_word(at)? {
            Word::Number(value) | Word::Address(value) => vec![value],
            Word::Import(_) => return None,
        };
        for function in writers {
            values.extend(self.stored.get(&(at, *function))?.as_ref()?);
        }
        values.sort_unstable();
        values.dedup();
        // Nobody calls a null pointer and lives.
        values.retain(|value| *value != 0);
        Some(values)
    }

    /// The functions that store there. `None`: it may be written in other ways, too.
    fn writers(&mut self, image: &Image, at: u64) -> Option<Vec<u64>> {
        let (start, end) = image.object(at)?;
        // Others may reach it by its name.
        if image.is_exported((start, end))
            || end.saturating_sub(start) < 8
            || image.addresses_in_data().iter().any(|(_, to)| (start..end).contains(to))
        {
            return None;
        }
        if self.uses.is_none() {
            self.uses = Some(self.scan(image));
        }
        let uses = self.uses.as_ref()?;
        let mut writers = Vec::new();
        // Also what begins before it and reaches into it.
        for (place, found) in uses.range(start.saturating_sub(63)..end) {
            for (kind, function) in found {
                match kind {
                    Use::Address if *place >= start => return None,
                    Use::Store if *place == at => writers.push(*function),
                    // Other fields are as they are; what overlaps this one is not understood.
                    Use::Store if *place < at + 8 && *place + 8 > at => return None,
                    _ => {}
                }
            }
        }
        writers.sort_unstable();
        writers.dedup();
        Some(writers)
    }

    fn scan(&mut self, image: &Image) -> BTreeMap<u64, Vec<(Use, u64)>> {
        let mut uses: BTreeMap<u64, Vec<(Use, u64)>> = BTreeMap::new();
        let mut instruction = Instruction::default();
        for (index, function) in image.functions.iter().enumerate() {
            let Some(mut code) = image.code(function.start) else { continue };
            // Also what lies between functions, and has no symbol.
            let end = image.functions.get(index + 1).map_or(u64::MAX, |next| next.start);
            let mut at = function.start;
            while at < end && !code.is_empty() {
                instruction.ops.clear();
                image.isa.decode(code, at, &mut instruction);
                self.instructions += 1;
                for op in &instruction.ops {
                    if let Some((kind, place)) = used(*op)
                        && image.is_data(place)
                    {
                        uses.entry(place).or_default().push((kind, function.start));
                    }
                }
                let length = usize::try_from(instruction.next.wrapping_sub(at)).unwrap_or(0);
                if length == 0 || length > code.len() {
                    break;
                }
                (at, code) = (instruction.next, &code[length..]);
            }
        }
        uses
    }
}

/// What an operation does with a constant address.
fn used(op: Op) -> Option<(Use, u64)> {
    let constant = |place: Place| {
        let alone = place.base.is_none() && place.index.is_none() && !place.segment;
        (place.disp.cast_unsigned(), alone)
    };
    match op {
        Op::Store { place, .. } => match constant(place) {
            (at, true) => Some((Use::Store, at)),
            (at, false) => Some((Use::Address, at)),
        },
        Op::Load { place, .. } => match constant(place) {
            (_, true) => None,
            (at, false) => Some((Use::Address, at)),
        },
        Op::Address { place, .. } => Some((Use::Address, constant(place).0)),
        Op::Number { value, .. } => Some((Use::Address, value)),
        Op::Arith { right: super::super::isa::Operand::Number(number), .. } => Some((Use::Address, number)),
        Op::CopyMemory { to, from, .. } => Some((Use::Address, constant(to).0.max(constant(from).0))),
        Op::FillMemory { to, .. } => Some((Use::Address, constant(to).0)),
        _ => None,
    }
}
