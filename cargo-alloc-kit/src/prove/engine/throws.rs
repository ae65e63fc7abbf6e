//! What panics may come out of: which functions, and by which calls.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};

use super::super::image::{CatchKind, Image};
use super::super::names::{self, Known};
use super::super::verdict::Step;
use super::graph::{Block, Callee, End, Graph, Id, Named};
use super::panics;

/// How certain it is that a panic may come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Thrown {
    #[default]
    Never,
    /// Only out of what is not known, which is told as that.
    Doubtful,
    Known,
}

/// What throws in a function.
#[derive(Clone, Copy, Debug)]
struct Throw {
    at: u64,
    /// What is called there, if it is not the panic itself.
    callee: Option<Id>,
}

/// What panics may come out of, by the numbers of functions.
#[derive(Debug, Default)]
pub(super) struct Throws {
    known: Vec<Option<Throw>>,
    doubtful: Vec<bool>,
    unwinds: RefCell<HashMap<(bool, u64), bool>>,
}

impl Throws {
    /// What is known of the functions from the first one on, by their blocks as they are now.
    pub(super) fn extend(&mut self, graph: &Graph<'_>, first: Id) {
        let count = graph.functions.len();
        self.known.truncate(first);
        self.doubtful.truncate(first);
        let mut callers = vec![Vec::new(); count - first];
        for (id, body) in graph.functions.iter().enumerate().skip(first) {
            let (mut known, mut doubtful) = (None, false);
            for block in body.blocks.values() {
                doubtful |= is_doubtful(block);
                if is_doubtful(block) && block.is_allowed {
                    known = Some(Throw { at: block.at, callee: None });
                }
                for callee in leaving(block) {
                    match callee {
                        Callee::Function(callee) if graph.panics_by_name(callee) => {
                            known = Some(Throw { at: block.at, callee: None });
                        }
                        Callee::Function(callee) if callee >= first => {
                            callers[callee - first].push((id, block.at));
                        }
                        Callee::Function(callee) => {
                            doubtful |= self.doubtful[callee];
                            if self.known[callee].is_some() {
                                known = known.or(Some(Throw { at: block.at, callee: Some(callee) }));
                            }
                        }
                        Callee::Known(by_name, named) if self.unwinds(graph.image, by_name, named) => {
                            known = Some(Throw { at: block.at, callee: None });
                        }
                        Callee::Known(..) => {}
                    }
                }
            }
            self.known.push(known);
            self.doubtful.push(doubtful);
        }
        self.spread(first, &callers);
    }

    fn spread(&mut self, first: Id, callers: &[Vec<(Id, u64)>]) {
        let mut todo: VecDeque<Id> =
            (first..self.known.len()).filter(|id| self.known[*id].is_some()).collect();
        while let Some(callee) = todo.pop_front() {
            for (caller, at) in &callers[callee - first] {
                if self.known[*caller].is_none() {
                    self.known[*caller] = Some(Throw { at: *at, callee: Some(callee) });
                    todo.push_back(*caller);
                }
            }
        }
        let mut todo: Vec<Id> = (first..self.doubtful.len()).filter(|id| self.doubtful[*id]).collect();
        while let Some(callee) = todo.pop() {
            for (caller, _) in &callers[callee - first] {
                if !std::mem::replace(&mut self.doubtful[*caller], true) {
                    todo.push(*caller);
                }
            }
        }
    }

    /// Whether a panic may come out of a function.
    pub(super) fn of(&self, id: Id) -> Thrown {
        match (self.known[id], self.doubtful[id]) {
            (Some(_), _) => Thrown::Known,
            (None, true) => Thrown::Doubtful,
            (None, false) => Thrown::Never,
        }
    }

    pub(super) fn of_callee(&self, graph: &Graph<'_>, callee: Callee) -> Thrown {
        match callee {
            Callee::Function(id) if graph.panics_by_name(id) => Thrown::Known,
            Callee::Function(id) => self.of(id),
            Callee::Known(known, named) if self.unwinds(graph.image, known, named) => Thrown::Known,
            Callee::Known(..) => Thrown::Never,
        }
    }

    /// Whether one may come out of the call at the block's end.
    pub(super) fn of_call(&self, graph: &Graph<'_>, block: &Block) -> Thrown {
        match &block.end {
            End::Call { callees, .. } => {
                callees.iter().map(|callee| self.of_callee(graph, *callee)).max().unwrap_or_default()
            }
            End::Doubt { .. } if block.is_allowed => Thrown::Known,
            End::Doubt { .. } => Thrown::Doubtful,
            _ => Thrown::Never,
        }
    }

    /// The calls from a function to what panics.
    pub(super) fn chain(&self, graph: &Graph<'_>, mut id: Id) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some(throw) = self.known[id] {
            steps.push(Step { function: graph.functions[id].start(), at: throw.at });
            match throw.callee {
                Some(callee) => id = callee,
                None => break,
            }
        }
        steps
    }

    /// Whether it is a panic that unwinds, by its name; `abort` for one does not.
    pub(super) fn unwinds(&self, image: &Image, known: Known, named: Named) -> bool {
        if known != Known::Panics {
            return false;
        }
        let key = match named {
            Named::Function(at) => (false, at),
            Named::Import(import) => (true, import.into()),
        };
        *self.unwinds.borrow_mut().entry(key).or_insert_with(|| match named {
            Named::Function(at) => {
                image.function(at).is_none_or(|function| image.names(function).any(names::unwinds))
            }
            Named::Import(import) => {
                image.imports.get(import as usize).is_none_or(|name| names::unwinds(name))
            }
        })
    }
}

/// A call of what is not known.
fn is_doubtful(block: &Block) -> bool {
    matches!(block.end, End::Doubt { .. })
        && block.catching.as_ref().is_none_or(|catching| catching.kind != CatchKind::All)
}

/// What is called so that a panic of it leaves the function.
fn leaving(block: &Block) -> impl Iterator<Item = Callee> {
    let stays = block.catching.as_ref().is_some_and(|catching| catching.kind == CatchKind::All);
    let side = if stays { block.side } else { None };
    side.into_iter().chain(panics::callees(block).filter(move |_| !stays))
}
