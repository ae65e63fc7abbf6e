//! Which blocks are on paths that only panic, and which functions do nothing else.
//!
//! A path that ends the program otherwise, or never ends, is a path like any other: `exit` is no panic, nor is a loop.

use std::collections::{BTreeMap, BTreeSet};

use super::super::names::Known;
use super::catch;
use super::graph::{Block, Body, Callee, End, Graph, Id};

/// What is known of the functions of a graph, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Panics {
    /// It never returns, and every path of it ends in a panic.
    only: Vec<bool>,
    /// A path of it, or of what it calls, ends the program or the thread in another way, or goes round for ever.
    ends_otherwise: Vec<bool>,
    /// Blocks on paths that only panic.
    dead: Vec<BTreeSet<u64>>,
}

impl Panics {
    /// Adds what is known of the functions that the graph has got since. Nothing changes for the others: what calls them is new.
    pub(super) fn extend(&mut self, graph: &Graph<'_>) {
        let (first, count) = (self.only.len(), graph.functions.len());
        self.only.resize(count, false);
        self.ends_otherwise.resize(count, false);
        let callers = callers(graph, first);
        // What ends otherwise makes fewer functions panic alone, and that makes more end otherwise.
        loop {
            self.find_ends(graph, first, &callers);
            self.find_only(graph, first, &callers);
            if !self.grow_ends(graph, first) {
                break;
            }
        }
        for body in &graph.functions[first..] {
            let dead = self.dead_blocks(graph, body);
            self.dead.push(dead);
        }
    }

    pub(super) fn is_dead(&self, id: Id, block: u64) -> bool {
        self.dead.get(id).is_some_and(|dead| dead.contains(&block))
    }

    /// Whether it never returns, and only panics.
    pub(super) fn only(&self, id: Id) -> bool {
        self.only[id]
    }

    /// Whether some path of it was cut.
    pub(super) fn cuts(&self, id: Id) -> bool {
        self.dead.get(id).is_some_and(|dead| !dead.is_empty())
    }

    fn find_ends(&mut self, graph: &Graph<'_>, first: Id, callers: &[Vec<Id>]) {
        let mut todo: Vec<Id> = Vec::new();
        for (id, body) in graph.functions.iter().enumerate().skip(first) {
            let below = |callee: Callee| matches!(callee, Callee::Function(callee) if callee < first && self.ends_otherwise[callee]);
            let calls = body.blocks.values().flat_map(callees).any(below);
            if self.ends_otherwise[id] || calls || ends_itself(graph, body) {
                self.ends_otherwise[id] = true;
                todo.push(id);
            }
        }
        while let Some(id) = todo.pop() {
            for caller in &callers[id - first] {
                if !self.ends_otherwise[*caller] {
                    self.ends_otherwise[*caller] = true;
                    todo.push(*caller);
                }
            }
        }
    }

    /// A call of what neither returns nor only panics.
    fn grow_ends(&mut self, graph: &Graph<'_>, first: Id) -> bool {
        let mut grew = false;
        for (id, body) in graph.functions.iter().enumerate().skip(first) {
            let stays = |callee: Callee| matches!(callee, Callee::Function(callee) if !graph.functions[callee].returns && !self.only[callee]);
            if !self.ends_otherwise[id] && body.blocks.values().any(|block| callees(block).any(stays)) {
                self.ends_otherwise[id] = true;
                grew = true;
            }
        }
        grew
    }

    /// From those that call nothing but panics on, so that no function is taken for one since it calls itself.
    fn find_only(&mut self, graph: &Graph<'_>, first: Id, callers: &[Vec<Id>]) {
        self.only[first..].fill(false);
        let mut todo: Vec<Id> = (first..graph.functions.len()).collect();
        while let Some(id) = todo.pop() {
            let body = &graph.functions[id];
            if self.only[id] || body.returns || self.ends_otherwise[id] {
                continue;
            }
            let all_panic = body.blocks.values().flat_map(callees).all(|callee| match callee {
                Callee::Function(callee) => graph.functions[callee].returns || self.only[callee],
                Callee::Known(..) => true,
            });
            if all_panic {
                self.only[id] = true;
                todo.extend(&callers[id - first]);
            }
        }
    }

    /// The blocks from which no path leads to an end that is no panic, nor round and round.
    fn dead_blocks(&self, graph: &Graph<'_>, body: &Body) -> BTreeSet<u64> {
        let mut before: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for (start, block) in &body.blocks {
            for edge in &block.edges {
                before.entry(*edge).or_default().push(*start);
            }
        }
        let mut live = BTreeSet::new();
        let mut todo: Vec<u64> = body
            .blocks
            .iter()
            .filter(|(_, block)| self.is_end(graph, block))
            .map(|(start, _)| *start)
            .collect();
        while let Some(start) = todo.pop() {
            if live.insert(start) {
                todo.extend(before.get(&start).into_iter().flatten());
            }
        }
        // Of the rest those without a way on are taken, again and again; what is left leads to a loop.
        let dead = |start: &u64, gone: &BTreeSet<u64>| {
            body.blocks[start].edges.iter().all(|edge| gone.contains(edge))
        };
        let mut gone = BTreeSet::new();
        let mut todo: Vec<u64> = body.blocks.keys().copied().filter(|start| !live.contains(start)).collect();
        while let Some(start) = todo.pop() {
            if !gone.contains(&start) && dead(&start, &gone) && !live.contains(&start) {
                gone.insert(start);
                todo.extend(before.get(&start).into_iter().flatten());
            }
        }
        gone
    }

    fn is_end(&self, graph: &Graph<'_>, block: &Block) -> bool {
        let by_itself = match &block.end {
            End::On | End::Call { next: Some(_), .. } => false,
            End::Return | End::Trap | End::Doubt { .. } => true,
            End::Call { callees, next: None } => callees.iter().any(|callee| !self.panics(*callee)),
        };
        let by_side = block.side.is_some_and(|side| !self.panics(side));
        by_itself
            || by_side
            || catch::is_unknown(block)
            || callees(block).any(|callee| graph.ends_program(callee) || self.stays_away(graph, callee))
    }

    fn panics(&self, callee: Callee) -> bool {
        match callee {
            Callee::Function(id) => self.only[id],
            Callee::Known(known, _) => known == Known::Panics,
        }
    }

    /// Whether a call of it may be the end, without a panic.
    fn stays_away(&self, graph: &Graph<'_>, callee: Callee) -> bool {
        match callee {
            Callee::Function(id) => {
                self.ends_otherwise[id] || (!graph.functions[id].returns && !self.only[id])
            }
            Callee::Known(..) => false,
        }
    }
}

pub(super) fn callees(block: &Block) -> impl Iterator<Item = Callee> {
    let called: &[Callee] = match &block.end {
        End::Call { callees, .. } => callees,
        _ => &[],
    };
    called.iter().copied().chain(block.side)
}

/// Who calls each function from the first one on, of those.
fn callers(graph: &Graph<'_>, first: Id) -> Vec<Vec<Id>> {
    let mut callers: Vec<Vec<Id>> = vec![Vec::new(); graph.functions.len() - first];
    for (id, body) in graph.functions.iter().enumerate().skip(first) {
        for callee in body.blocks.values().flat_map(callees) {
            if let Callee::Function(callee) = callee
                && callee >= first
                && callers[callee - first].last() != Some(&id)
            {
                callers[callee - first].push(id);
            }
        }
    }
    callers
}

/// Whether it ends the program, is not understood, or has a loop that no path leads out of to a return.
fn ends_itself(graph: &Graph<'_>, body: &Body) -> bool {
    let ends = |block: &Block| {
        matches!(block.end, End::Trap | End::Doubt { .. })
            || catch::is_unknown(block)
            || callees(block).any(|callee| graph.ends_program(callee))
    };
    if body.blocks.values().any(ends) {
        return true;
    }
    // From which blocks a return can be reached.
    let mut before: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (start, block) in &body.blocks {
        for edge in &block.edges {
            before.entry(*edge).or_default().push(*start);
        }
    }
    let is_out = |block: &Block| matches!(block.end, End::Return | End::Call { next: None, .. });
    let mut out = BTreeSet::new();
    let mut todo: Vec<u64> = body
        .blocks
        .iter()
        .filter(|(_, block)| is_out(block) || block.side.is_some())
        .map(|(start, _)| *start)
        .collect();
    while let Some(start) = todo.pop() {
        if out.insert(start) {
            todo.extend(before.get(&start).into_iter().flatten());
        }
    }
    // The others end in panics, or go round.
    let mut gone = BTreeSet::new();
    let mut todo: Vec<u64> = body.blocks.keys().copied().filter(|start| !out.contains(start)).collect();
    while let Some(start) = todo.pop() {
        let dead = body.blocks[&start].edges.iter().all(|edge| gone.contains(edge));
        if dead && !out.contains(&start) && gone.insert(start) {
            todo.extend(before.get(&start).into_iter().flatten());
        }
    }
    gone.len() + out.len() < body.blocks.len()
}
