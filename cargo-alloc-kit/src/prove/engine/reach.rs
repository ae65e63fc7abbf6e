//! From each function to what allocates, and to what is not known: the shortest chains, for all functions at once.

use std::collections::VecDeque;

use super::super::names::Known;
use super::super::verdict::{Chain, Doubt, Step, Verdict, Why};
use super::catch;
use super::graph::{Block, Callee, End, Graph, Id, Named};
use super::panics::{self, Panics};
use super::throws::Thrown;

/// How many doubts are told.
const MOST_DOUBTS: usize = 5;

/// What a function does itself, by live blocks outside of exceptions.
#[derive(Clone, Debug, Default)]
struct Own {
    allocates: Option<(u64, Sink)>,
    frees: Option<(u64, Sink)>,
    doubts: Vec<(u64, Why)>,
    cuts: bool,
    calls: Vec<(u64, Id)>,
}

#[derive(Clone, Copy, Debug)]
enum Sink {
    Named(Named),
    /// A panic of what is called there, or there itself, which is caught.
    Caught(Option<Id>),
    /// A wrapped allocator's own code, here.
    Inlined,
}

/// Where to go on from a function, to get where it was asked for.
#[derive(Clone, Copy, Debug)]
enum Next {
    Here,
    Call { at: u64, callee: Id },
}

#[derive(Debug, Default)]
pub(super) struct Reach {
    own: Vec<Own>,
    allocates: Vec<Option<Next>>,
    frees: Vec<Option<Next>>,
    doubts: Vec<Option<Next>>,
    cuts: Vec<Option<Next>>,
}

impl Reach {
    /// Adds the functions that the graph has got since.
    pub(super) fn extend(&mut self, graph: &Graph<'_>, panics: &Panics) {
        let first = self.own.len();
        self.own.extend((first..graph.functions.len()).map(|id| own(graph, panics, id)));
        let mut callers = vec![Vec::new(); self.own.len() - first];
        for (id, own) in self.own.iter().enumerate().skip(first) {
            for (at, callee) in own.calls.iter().filter(|(_, callee)| *callee >= first) {
                callers[callee - first].push((id, *at));
            }
        }
        let new = &self.own[first..];
        backwards(&mut self.allocates, new, &callers, |own| own.allocates.is_some());
        backwards(&mut self.frees, new, &callers, |own| own.frees.is_some());
        backwards(&mut self.doubts, new, &callers, |own| !own.doubts.is_empty());
        backwards(&mut self.cuts, new, &callers, |own| own.cuts);
    }

    /// Whether nothing of it allocates, frees if that is forbidden, or is not known.
    pub(super) fn is_clean(&self, id: Id, forbid_frees: bool) -> bool {
        self.allocates[id].is_none()
            && self.doubts[id].is_none()
            && !(forbid_frees && self.frees[id].is_some())
    }

    pub(super) fn is_cut(&self, id: Id) -> bool {
        self.cuts[id].is_some()
    }

    /// The chain from there to what allocates, or frees.
    pub(super) fn chain(&self, graph: &Graph<'_>, id: Id, forbid_frees: bool) -> Option<Chain> {
        let frees = self.allocates[id].is_none();
        let next = if frees { &self.frees } else { &self.allocates };
        if frees && (!forbid_frees || self.frees[id].is_none()) {
            return None;
        }
        let (mut steps, last) = follow(graph, next, id);
        let found = if frees { self.own[last].frees } else { self.own[last].allocates };
        let (at, sink) = found?;
        steps.push(Step { function: graph.functions[last].start(), at });
        if let Sink::Caught(Some(callee)) = sink {
            steps.extend(graph.throws.chain(graph, callee));
        }
        Some(Chain { steps, sink: name(graph, sink), frees })
    }

    /// Whether it is not known, as far as no call has to be looked at with what it is given.
    pub(super) fn is_open(&self, id: Id, forbid_frees: bool) -> bool {
        let reaches = self.allocates[id].is_some() || forbid_frees && self.frees[id].is_some();
        !reaches && self.doubts[id].is_some()
    }

    /// The verdict as far as no call has to be looked at with what it is given.
    pub(super) fn verdict(&self, graph: &Graph<'_>, id: Id, forbid_frees: bool) -> Verdict {
        if let Some(chain) = self.chain(graph, id, forbid_frees) {
            return Verdict::MayAllocate(chain);
        }
        if self.doubts[id].is_some() {
            let (doubts, count) = self.doubts_below(graph, id);
            return Verdict::Unknown(doubts, count);
        }
        if self.is_cut(id) { Verdict::ExceptPanicking } else { Verdict::Proven }
    }

    /// The nearest doubts, each with the way there, and how many there are.
    fn doubts_below(&self, graph: &Graph<'_>, id: Id) -> (Vec<Doubt>, usize) {
        let mut from: Vec<Option<(Id, u64)>> = vec![None; self.own.len()];
        let mut todo = VecDeque::from([id]);
        let (mut doubts, mut count) = (Vec::new(), 0);
        while let Some(callee) = todo.pop_front() {
            for (at, why) in &self.own[callee].doubts {
                count += 1;
                if doubts.len() < MOST_DOUBTS {
                    let mut chain = Vec::new();
                    let mut step = callee;
                    while step != id
                        && let Some((caller, at)) = from[step]
                    {
                        chain.push(Step { function: graph.functions[caller].start(), at });
                        step = caller;
                    }
                    chain.reverse();
                    chain.push(Step { function: graph.functions[callee].start(), at: *at });
                    doubts.push(Doubt { chain, at: *at, why: why.clone() });
                }
            }
            for (at, next) in &self.own[callee].calls {
                if *next != id && from[*next].is_none() {
                    from[*next] = Some((callee, *at));
                    todo.push_back(*next);
                }
            }
        }
        (doubts, count)
    }
}

/// From those that have it to those that call them, for the functions that are new.
fn backwards(
    next: &mut Vec<Option<Next>>,
    new: &[Own],
    callers: &[Vec<(Id, u64)>],
    has: impl Fn(&Own) -> bool,
) {
    let first = next.len();
    let mut todo = VecDeque::new();
    for (index, own) in new.iter().enumerate() {
        let known = |callee: Id| next.get(callee).is_some_and(Option::is_some);
        let below = own.calls.iter().find(|(_, callee)| *callee < first && known(*callee));
        let here = if has(own) {
            Some(Next::Here)
        } else {
            below.map(|(at, callee)| Next::Call { at: *at, callee: *callee })
        };
        if here.is_some() {
            todo.push_back(first + index);
        }
        next.push(here);
    }
    while let Some(callee) = todo.pop_front() {
        for (caller, at) in &callers[callee - first] {
            if next[*caller].is_none() {
                next[*caller] = Some(Next::Call { at: *at, callee });
                todo.push_back(*caller);
            }
        }
    }
}

fn follow(graph: &Graph<'_>, next: &[Option<Next>], mut id: Id) -> (Vec<Step>, Id) {
    let mut steps = Vec::new();
    while let Some(Next::Call { at, callee }) = next[id] {
        steps.push(Step { function: graph.functions[id].start(), at });
        id = callee;
    }
    (steps, id)
}

fn own(graph: &Graph<'_>, panics: &Panics, id: Id) -> Own {
    let body = &graph.functions[id];
    let mut own = Own { cuts: panics.cuts(id), ..Own::default() };
    let reached = catch::reached(body);
    for (start, block) in &body.blocks {
        if panics.is_dead(id, *start) || reached.as_ref().is_some_and(|reached| !reached.contains(start)) {
            continue;
        }
        if catch::is_unknown(block) {
            own.doubts.push((block.at, Why::Unwinding));
        }
        if block.is_allowed {
            continue;
        }
        if let Some(catching) = &block.catching
            && catching.pad.is_some_and(|pad| !panics.is_dead(id, pad))
        {
            caught(graph, block, catching.thrown, &mut own);
        }
        if let Some(at) = block.allocates {
            own.allocates.get_or_insert((at, Sink::Inlined));
        }
        if let Some(at) = block.frees {
            own.frees.get_or_insert((at, Sink::Inlined));
        }
        if let End::Doubt { why, .. } = &block.end {
            own.doubts.push((block.at, why.clone()));
        }
        for callee in panics::callees(block) {
            match callee {
                Callee::Function(callee) => own.calls.push((block.at, callee)),
                Callee::Known(Known::Allocates | Known::MayAllocate(_), name) => {
                    own.allocates.get_or_insert((block.at, Sink::Named(name)));
                }
                Callee::Known(Known::Frees, name) => {
                    own.frees.get_or_insert((block.at, Sink::Named(name)));
                }
                Callee::Known(..) => {}
            }
        }
    }
    own
}

/// A panic of the block's call is caught, and goes on as if nothing had happened.
fn caught(graph: &Graph<'_>, block: &Block, thrown: Thrown, own: &mut Own) {
    match thrown {
        Thrown::Never => {}
        Thrown::Doubtful => own.doubts.push((block.at, Why::Unwinding)),
        Thrown::Known => {
            let is_one = |callee: &Callee| graph.throws.of_callee(graph, *callee) == Thrown::Known;
            let callee = match panics::callees(block).find(is_one) {
                Some(Callee::Function(callee)) => Some(callee),
                _ => None,
            };
            own.allocates.get_or_insert((block.at, Sink::Caught(callee)));
        }
    }
}

fn name(graph: &Graph<'_>, sink: Sink) -> String {
    match sink {
        Sink::Caught(_) => catch::PANIC.to_owned(),
        Sink::Inlined => "the global allocator that alloc-kit wraps, inlined".to_owned(),
        Sink::Named(named) => named_as(graph, named),
    }
}

pub(super) fn named_as(graph: &Graph<'_>, named: Named) -> String {
    match named {
        Named::Import(import) => graph.image.imports.get(import as usize).cloned().unwrap_or_default(),
        Named::Function(at) => graph
            .image
            .function(at)
            .map_or_else(String::new, |function| graph.image.name(function).to_owned()),
    }
}
