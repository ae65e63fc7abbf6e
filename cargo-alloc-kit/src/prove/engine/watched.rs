//! What one function does, by a walk through it alone: what each instruction stores, and where indirect jumps and calls go.

use std::collections::{BTreeMap, BTreeSet};

use super::super::image::Image;
use super::super::isa::{Flow, Target};
use super::graph::{Body, Callee, End, Named};
use super::references;
use super::step::{Stored, Where};

#[derive(Clone, Debug)]
pub(super) struct Watched {
    range: (u64, u64),
    stores: Vec<Stored>,
    /// The blocks that were looked at: the first instruction and the last one.
    blocks: BTreeMap<u64, u64>,
    /// By the last instruction of a block: where it goes, if that is known.
    goes: BTreeMap<u64, Vec<u64>>,
    /// All jumps within it are known.
    is_whole: bool,
}

impl Watched {
    pub(super) fn new(body: &Body, stores: Vec<Stored>) -> Self {
        let mut watched = Self {
            range: body.range,
            stores,
            blocks: BTreeMap::new(),
            goes: BTreeMap::new(),
            is_whole: true,
        };
        for (start, block) in &body.blocks {
            watched.blocks.insert(*start, block.at);
            match &block.end {
                End::Call { callees, .. } => {
                    let targets = callees.iter().map(|callee| match callee {
                        Callee::Known(_, Named::Function(at)) => Some(*at),
                        _ => None,
                    });
                    if let Some(targets) = targets.collect() {
                        watched.goes.insert(block.at, targets);
                    }
                }
                // What isn't known may be a jump to another block.
                End::Doubt { next: None, .. } => watched.is_whole = false,
                _ => {}
            }
        }
        watched
    }

    /// Where the call or jump there goes.
    pub(super) fn goes(&self, at: u64) -> Option<&[u64]> {
        self.goes.get(&at).map(Vec::as_slice)
    }

    /// What the instruction stores at a constant address, eight bytes. `None`: that is not known, or it may be elsewhere.
    pub(super) fn values(&self, at: u64, to: u64) -> Option<Vec<u64>> {
        let mut values = Vec::new();
        let mut is_seen = false;
        for stored in self.stores.iter().filter(|stored| stored.at == at) {
            if stored.to != Where::Constant(to) || stored.bytes != 8 {
                return None;
            }
            values.extend(stored.value.constants()?);
            is_seen = true;
        }
        is_seen.then_some(values)
    }

    /// Whether the walk saw all ways to the blocks that it saw: no other code leads there, as that of a handler of panics would.
    pub(super) fn is_closed(&self, image: &Image) -> bool {
        self.is_whole && !self.others_lead_in(image) && !references::jumps_into(image, self.range)
    }

    fn has_seen(&self, at: u64) -> bool {
        self.blocks.range(..=at).next_back().is_some_and(|(_, last)| at <= *last)
    }

    /// Whether the walk saw all of its code, so that there is none for panics that go through it.
    pub(super) fn is_all_seen(&self, image: &Image) -> bool {
        self.is_whole && self.unseen(image).is_some_and(|unseen| unseen.places.is_empty())
    }

    /// Whether code of the function that was not seen goes on in code that was.
    fn others_lead_in(&self, image: &Image) -> bool {
        let (start, end) = self.range;
        self.unseen(image).is_none_or(|unseen| {
            let is_seen = |to: &u64| start <= *to && *to < end && !unseen.places.contains(to);
            unseen.leads_in || unseen.targets.iter().any(is_seen)
        })
    }

    fn unseen(&self, image: &Image) -> Option<Unseen> {
        let (start, end) = self.range;
        let code = image.code(start)?;
        let length = usize::try_from(end.wrapping_sub(start)).unwrap_or(usize::MAX);
        let mut unseen = Unseen::default();
        let mut goes_on = false;
        image.isa.decode_run(code.get(..length).unwrap_or(code), start, &mut |at, instruction| {
            if self.has_seen(at) {
                unseen.leads_in |= goes_on;
                goes_on = false;
                return true;
            }
            let fills = instruction.ops.is_empty() && instruction.flow == Flow::Next;
            if fills || instruction.flow == Flow::Trap {
                goes_on &= fills;
                return true;
            }
            unseen.places.insert(at);
            goes_on = true;
            match instruction.flow {
                Flow::Jump(Target::Direct(to)) => {
                    unseen.targets.push(to);
                    goes_on = false;
                }
                Flow::Branch { to, .. } => unseen.targets.push(to),
                Flow::Return { .. } => goes_on = false,
                // A jump to anywhere.
                Flow::Jump(_) | Flow::Unknown(_) => unseen.leads_in = true,
                Flow::Next | Flow::Call(_) | Flow::System | Flow::Trap => {}
            }
            true
        });
        Some(unseen)
    }
}

/// Code of a function that the walk did not see.
#[derive(Debug, Default)]
struct Unseen {
    /// Instructions that do something.
    places: BTreeSet<u64>,
    /// Where they jump to.
    targets: Vec<u64>,
    /// One goes on in what was seen, or may go anywhere.
    leads_in: bool,
}
