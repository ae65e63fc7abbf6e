//! Calls that are looked at with what they are given: constants in registers, and what lies in the frames of the callers. So a function
//! pointer or a vtable that was made further up is followed to the call of it.
//!
//! Only for functions of which the graph alone leaves something unknown. A call of what is known to be clean and is given no pointer
//! into a frame is passed over.

use std::collections::{BTreeMap, HashMap};

use super::super::image::CatchKind;
use super::super::isa::{Condition, Flow, Target};
use super::super::names::{self, Known};
use super::super::verdict::{Chain, Doubt, Step, Verdict, Why};
use super::catch;
use super::graph::{self, Callee, Graph, Id, Named};
use super::panics::Panics;
use super::reach::{self, Reach};
use super::state::State;
use super::step::Call;
use super::throws::Thrown;
use super::value::{FrameId, Frames, Offset, Value};
use super::walk::{self, Goes, Stop};

/// Calls inside of each other. Each has three frames, and of those there are 64.
const MOST_CALLS: usize = 21;
/// Of the same function inside of itself.
const MOST_OF_ONE: usize = 3;
/// States that are kept apart at one place of a function that interprets constants.
const MOST_STATES: usize = 64;
/// The same in functions of few blocks: what differs by a branch is often a pointer.
const FEW_STATES: usize = 4;
const FEW_BLOCKS: usize = 40;
const MOST_DOUBTS: usize = 5;

/// How many instructions may be looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub(super) left: u64,
    /// Once there is a doubt.
    pub(super) after_doubt: u64,
}

#[derive(Debug)]
pub(super) struct Context<'g, 'a> {
    pub(super) graph: &'g mut Graph<'a>,
    pub(super) panics: &'g mut Panics,
    pub(super) reach: &'g mut Reach,
    pub(super) forbid_frees: bool,
    budget: Budget,
    pub(super) instructions: u64,
    /// The functions that are being looked at, each with the place of the call that it is at.
    active: Vec<(Id, u64)>,
    callers: Vec<Option<(FrameId, i64)>>,
    /// Whether a panic is caught by one of them, and does not end the program before.
    is_caught: bool,
    done: HashMap<(Id, usize, bool, u64), Vec<Done>>,
    formats: HashMap<Id, bool>,
    /// Frames of those of `core`'s formatting that are being looked at.
    digits: Frames,
    chain: Option<Chain>,
    doubts: Vec<Doubt>,
    doubt_count: usize,
    /// Where nothing more was looked at.
    given_up: Option<u64>,
    is_cut: bool,
}

/// What came of a call, with what it was given.
#[derive(Debug)]
struct Done {
    entry: State,
    callers: Vec<Option<(FrameId, i64)>>,
    digits: Frames,
    exit: Option<State>,
}

impl<'g, 'a> Context<'g, 'a> {
    pub(super) fn new(
        graph: &'g mut Graph<'a>,
        panics: &'g mut Panics,
        reach: &'g mut Reach,
        forbid_frees: bool,
        budget: Budget,
    ) -> Self {
        Self {
            graph,
            panics,
            reach,
            forbid_frees,
            budget,
            instructions: 0,
            active: Vec::new(),
            callers: vec![None; 64],
            is_caught: false,
            done: HashMap::new(),
            formats: HashMap::new(),
            digits: Frames::default(),
            chain: None,
            doubts: Vec::new(),
            doubt_count: 0,
            given_up: None,
            is_cut: false,
        }
    }

    pub(super) fn verdict(mut self, root: Id) -> (Verdict, u64) {
        let entry = self.graph.entry(self.graph.functions[root].root);
        let _ = self.run(root, entry, None);
        let verdict = match self.chain {
            Some(chain) => Verdict::MayAllocate(chain),
            None if self.doubt_count > 0 => Verdict::Unknown(self.doubts, self.doubt_count),
            None if self.is_cut => Verdict::ExceptPanicking,
            None => Verdict::Proven,
        };
        (verdict, self.instructions)
    }

    fn frame(&self) -> FrameId {
        FrameId::try_from((self.active.len() - 1) * 3).unwrap_or(0)
    }

    /// Looks at a call, and gives what is known once it has returned, if it does. The state is as the callee finds it, but for the stack
    /// pointer and the way back.
    fn run(&mut self, id: Id, mut state: State, caller: Option<(FrameId, i64)>) -> Option<State> {
        self.active.push((id, self.graph.functions[id].start()));
        let frame = self.frame();
        self.callers[usize::from(frame)] = caller;
        graph::entered(&mut state, self.graph.image, frame);
        let digits = self.digits;
        let own = Frames(0b111 << frame);
        self.digits = if self.formats(id) { digits.with(own) } else { digits.without(own) };
        let depth = self.active.len();
        let callers = self.callers[..=usize::from(frame)].to_vec();
        let key = (id, depth, self.is_caught, state.digest());
        let known = self.done.get(&key).and_then(|all| {
            all.iter()
                .find(|done| done.entry == state && done.callers == callers && done.digits == self.digits)
        });
        let exit = if let Some(done) = known {
            done.exit.clone()
        } else {
            let entry = state.clone();
            let exit = self.blocks(id, state);
            let done = Done { entry, callers, digits: self.digits, exit: exit.clone() };
            self.done.entry(key).or_default().push(done);
            exit
        };
        self.active.pop();
        self.digits = digits;
        exit.map(|mut exit| {
            for own in frame..frame + 3 {
                exit.end_frame(own);
            }
            exit
        })
    }

    fn blocks(&mut self, id: Id, entry: State) -> Option<State> {
        let start = self.graph.functions[id].start();
        let is_small = self.graph.functions[id].blocks.len() <= FEW_BLOCKS;
        let states = if self.interprets(start) {
            MOST_STATES
        } else if is_small {
            FEW_STATES
        } else {
            1
        };
        let mut todo = vec![(start, entry)];
        let mut seen: BTreeMap<u64, Vec<State>> = BTreeMap::new();
        let mut exit: Option<State> = None;
        while let Some((at, state)) = todo.pop() {
            if self.panics.is_dead(id, at) {
                self.is_cut = true;
                if self.is_caught {
                    let callers = self.active.len() - 1;
                    self.caught(id, callers);
                }
                continue;
            }
            let Some(state) = admit(seen.entry(at).or_default(), state, states) else { continue };
            if self.budget.left == 0 {
                self.give_up(at);
                return None;
            }
            self.block(id, at, state, &mut todo, &mut exit);
            if self.chain.is_some() {
                return None;
            }
        }
        exit
    }

    /// Whether the function goes by a constant text that says what to do: then states are kept apart.
    fn interprets(&self, start: u64) -> bool {
        let function = self.graph.image.function(start).filter(|function| function.start == start);
        function.is_some_and(|function| self.graph.image.names(function).any(names::formats))
    }

    /// Whether the function is std's formatting itself, not what is formatted.
    fn formats(&mut self, id: Id) -> bool {
        let (start, image) = (self.graph.functions[id].start(), self.graph.image);
        *self.formats.entry(id).or_insert_with(|| {
            image.function(start).is_some_and(|function| names::is_formatting(image.name(function)))
        })
    }

    fn block(
        &mut self,
        id: Id,
        start: u64,
        mut state: State,
        todo: &mut Vec<(u64, State)>,
        exit: &mut Option<State>,
    ) {
        let frame = self.frame();
        let mut instructions = 0;
        let formats = self.formats(id);
        let callers = std::mem::take(&mut self.callers);
        let call = Call {
            image: self.graph.image,
            callers: &callers,
            aligned: frame + 1,
            formats,
            digits: self.digits,
            stores: None,
        };
        let body = &self.graph.functions[id];
        let region = body.region();
        let stop =
            walk::block(&call, self.graph.records, region, &mut state, start, &mut instructions, |at| {
                body.next_block(at)
            });
        self.callers = callers;
        self.instructions += instructions;
        self.budget.left = self.budget.left.saturating_sub(instructions);
        self.active.last_mut().expect("a function is looked at").1 = stop.at;
        if let Some(at) = stop.allocates {
            self.found(at, "the global allocator that alloc-kit wraps, inlined".to_owned(), false);
        }
        if let Some(at) = stop.frees.filter(|_| self.forbid_frees) {
            self.found(at, "the global allocator that alloc-kit wraps, inlined".to_owned(), true);
        }
        let mut go = |to: u64, state: State| todo.push((to, state));
        if stop.is_done {
            return self.leave(exit, state);
        }
        match stop.flow {
            Flow::Next => self.go_on(id, stop.next, state, &mut go, exit),
            Flow::Trap => {}
            Flow::Branch { to, when } => {
                let (taken, not) = walk::sides(&state, when);
                if taken {
                    self.side(id, to, when, state.clone(), &mut go, exit);
                }
                if not {
                    self.side(id, stop.next, walk::opposite(when), state, &mut go, exit);
                }
            }
            Flow::Jump(target) => self.jump(id, target, state, &mut go, exit),
            Flow::Call(target) => {
                let (out, caught) = self.call(&stop, target, state);
                if let Some((pad, state)) = caught {
                    self.go_on(id, pad, state, &mut go, exit);
                }
                if let Some(state) = out {
                    self.go_on(id, stop.next, state, &mut go, exit);
                }
            }
            Flow::Return { to } => {
                if region.is_none() && graph::returns(&mut state, self.graph.image, frame, to) {
                    self.leave(exit, state);
                } else {
                    self.doubt_unless(&state, stop.at, Why::Return);
                }
            }
            Flow::System => {
                self.doubt_unless(&state, stop.at, Why::SystemCall);
                graph::gives_away(&mut state, self.graph.image);
                graph::after_call(&mut state, self.graph.image);
                self.go_on(id, stop.next, state, &mut go, exit);
            }
            Flow::Unknown(why) => self.doubt_unless(&state, stop.at, Why::Instruction(why.to_owned())),
        }
    }

    fn side(
        &mut self,
        id: Id,
        to: u64,
        when: Condition,
        mut state: State,
        go: &mut impl FnMut(u64, State),
        exit: &mut Option<State>,
    ) {
        walk::refine(&mut state, when);
        self.go_on(id, to, state, go, exit);
    }

    /// The function returns; of registers only those matter that give something back.
    fn leave(&self, exit: &mut Option<State>, mut state: State) {
        let results = self.graph.image.isa.results();
        state.keep_registers(|reg| results.contains(&reg) || reg >= 32);
        merge(exit, state);
    }

    /// To another block, or by a jump to another function.
    fn go_on(
        &mut self,
        id: Id,
        to: u64,
        state: State,
        go: &mut impl FnMut(u64, State),
        exit: &mut Option<State>,
    ) {
        if self.graph.functions[id].has(to) {
            return go(to, state);
        }
        self.tail(&Goes::To(vec![to]), state, exit);
    }

    fn jump(
        &mut self,
        id: Id,
        target: Target,
        mut state: State,
        go: &mut impl FnMut(u64, State),
        exit: &mut Option<State>,
    ) {
        let goes = self.goes(&mut state, target);
        let targets = match goes {
            Goes::To(targets) => targets,
            Goes::Table { table, entries, words } => self.graph.table(id, table, entries, words),
            Goes::Back => return self.leave(exit, state),
            other => return self.tail(&other, state, exit),
        };
        if targets.is_empty() {
            let at = self.active.last().map_or(0, |active| active.1);
            self.doubt_unless(&state, at, Why::IndirectJump);
        }
        for target in targets {
            self.go_on(id, target, state.clone(), go, exit);
        }
    }

    /// For what is done in the function that is looked at.
    fn call_of(&self, formats: bool) -> Call<'_> {
        Call {
            image: self.graph.image,
            callers: &self.callers,
            aligned: self.frame() + 1,
            formats,
            digits: self.digits,
            stores: None,
        }
    }

    fn goes(&mut self, state: &mut State, target: Target) -> Goes {
        let call = self.call_of(false);
        walk::goes(&call, state, target)
    }

    /// A jump to other functions: they return to the caller of this one.
    fn tail(&mut self, goes: &Goes, mut state: State, exit: &mut Option<State>) {
        let (at, frame) = (self.active.last().map_or(0, |active| active.1), self.frame());
        let (image, id) = (self.graph.image, self.active[self.active.len() - 1].0);
        let is_whole = self.graph.functions[id].region().is_none();
        if !is_whole || !graph::returns(&mut state, image, frame, image.isa.link()) {
            return self.doubt_unless(&state, at, Why::Return);
        }
        // As a call from where this function was called, whose arguments on the stack are there.
        if let Some(out) = self.callees(goes, at, state, 0) {
            self.leave(exit, out);
        }
    }

    /// What is known after a call, if it returns, and at its landing pad, if that is where a panic goes on and allocating is allowed
    /// there: else it is known by then what the verdict is.
    fn call(
        &mut self,
        stop: &Stop,
        target: Target,
        mut state: State,
    ) -> (Option<State>, Option<(u64, State)>) {
        let goes = self.goes(&mut state, target);
        let pushed = self.graph.image.isa.call_pushes();
        let id = self.active[self.active.len() - 1].0;
        let region = self.graph.functions[id].region();
        let (callees, _) = self.graph.callees(&goes);
        let ends = self.graph.ends_by(&callees);
        let is_caught = self.is_caught;
        let pad = self.catch(id, stop, &state);
        let out = self.callees(&goes, stop.at, state, pushed);
        self.is_caught = is_caught;
        let Some(mut out) = out else { return (None, pad) };
        out.allowed = out.allowed.saturating_sub(ends.exceptions);
        // The judged expression is left; nobody waits for what is known then.
        if out.leaves(region, &ends.regions) {
            return (None, pad);
        }
        (Some(out), pad)
    }

    /// Notes for a call whether panics are caught, and gives where to go on.
    fn catch(&mut self, id: Id, stop: &Stop, state: &State) -> Option<(u64, State)> {
        let image = self.graph.image;
        let catch = self.graph.catch_of(id, stop.next)?.clone();
        let Some(pad) = catch.pad else {
            self.doubt(stop.at, Why::Unwinding);
            return None;
        };
        // A pad that is not in the graph is reached by nothing that the graph knows, and may lead on.
        if self.panics.is_dead(id, pad) {
            if catch.kind == CatchKind::All {
                self.is_caught = false;
            }
            return None;
        }
        if state.allowed == 0 {
            self.is_caught = true;
            return None;
        }
        self.is_caught &= catch.kind != CatchKind::All;
        Some((pad, catch::caught(state.clone(), image, &catch)))
    }

    /// A panic may come out of a function, which is caught, so it is a path like others. So many of the calls lead to the function.
    fn caught(&mut self, thrower: Id, callers: usize) {
        match self.graph.throws.of(thrower) {
            Thrown::Known => {
                let mut steps = self.steps(self.active.last().map_or(0, |active| active.1));
                steps.truncate(callers);
                steps.extend(self.graph.throws.chain(self.graph, thrower));
                self.chain.get_or_insert(Chain { steps, sink: catch::PANIC.to_owned(), frees: false });
            }
            Thrown::Doubtful => {
                let at = self.active.last().map_or(0, |active| active.1);
                self.doubt(at, Why::Unwinding);
            }
            Thrown::Never => {}
        }
    }

    /// A call that is not looked at: it only panics, is allowed to allocate, or does not.
    fn passed_over(&mut self, id: Id) {
        if self.is_caught {
            self.caught(id, self.active.len());
        }
    }

    fn callees(&mut self, goes: &Goes, at: u64, mut state: State, pushed: i64) -> Option<State> {
        let (callees, doubt) = self.graph.callees(goes);
        self.grow();
        if let Some(why) = doubt {
            self.doubt_unless(&state, at, why);
            return Some(self.unseen(state));
        }
        let mut out: Option<State> = None;
        let last = callees.len().saturating_sub(1);
        for (index, callee) in callees.into_iter().enumerate() {
            let state = if index == last { std::mem::take(&mut state) } else { state.clone() };
            if let Some(state) = self.enter(callee, at, state, pushed) {
                merge(&mut out, state);
            }
        }
        out
    }

    /// What is known of functions that the graph did not have.
    fn grow(&mut self) {
        if self.graph.is_explored() {
            return;
        }
        self.graph.explore();
        self.panics.extend(self.graph);
        self.reach.extend(self.graph, self.panics);
    }

    /// After a call that is not looked at.
    fn unseen(&self, mut state: State) -> State {
        graph::gives_away(&mut state, self.graph.image);
        graph::after_call(&mut state, self.graph.image);
        state
    }

    fn enter(&mut self, callee: Callee, at: u64, mut state: State, pushed: i64) -> Option<State> {
        let id = match callee {
            Callee::Function(id) => id,
            Callee::Known(known, named) => return self.known(callee, known, named, at, state),
        };
        if self.panics.only(id) {
            self.is_cut = true;
            self.passed_over(id);
            return None;
        }
        let returns = self.graph.functions[id].returns;
        if state.allowed > 0 {
            self.passed_over(id);
            return returns.then(|| self.unseen(state));
        }
        if let Some(below) = self.reach.chain(self.graph, id, self.forbid_frees) {
            self.found_below(below);
            return None;
        }
        let is_clean = self.reach.is_clean(id, self.forbid_frees);
        if is_clean && !self.is_given_frames(&state) {
            self.is_cut |= self.reach.is_cut(id);
            self.passed_over(id);
            return returns.then(|| self.unseen(state));
        }
        if is_clean && self.only_digits(id) {
            self.is_cut |= self.reach.is_cut(id);
            self.passed_over(id);
            return returns.then(|| self.digits(state));
        }
        let again = self.active.iter().filter(|(active, _)| *active == id).count();
        if self.active.len() >= MOST_CALLS || again >= MOST_OF_ONE || self.budget.left == 0 {
            if is_clean {
                self.is_cut |= self.reach.is_cut(id);
                self.passed_over(id);
            } else {
                self.doubt(at, Why::TooLarge);
            }
            return returns.then(|| self.unseen(state));
        }
        let isa = self.graph.image.isa;
        let stack = state.get(isa.stack_pointer()).clone();
        let place = match &stack {
            Value::Frame { frame, at: Offset { rem, step: 0 }, or_else: false } => {
                Some((*frame, i64::from(*rem) - pushed))
            }
            _ => None,
        };
        let kept: Vec<(u8, Value)> = state
            .registers()
            .filter(|(reg, _)| isa.saved().contains(reg))
            .map(|(reg, value)| (reg, value.clone()))
            .collect();
        state.keep_registers(|reg| !isa.saved().contains(&reg));
        state.compared = None;
        self.freeze(id, &mut state);
        let mut exit = self.run(id, state, place)?;
        exit.keep_registers(|reg| !isa.saved().contains(&reg));
        exit.compared = None;
        for (reg, value) in kept {
            exit.set(reg, value);
        }
        exit.set(isa.stack_pointer(), stack);
        Some(exit)
    }

    fn only_digits(&self, id: Id) -> bool {
        let (start, image) = (self.graph.functions[id].start(), self.graph.image);
        image.function(start).is_some_and(|function| names::makes_digits(image.name(function)))
    }

    /// After a call of what writes digits, and numbers of many, into buffers that it is given: no pointers, but that to the digits, which
    /// it gives back.
    fn digits(&self, mut state: State) -> State {
        let isa = self.graph.image.isa;
        let mut given = Frames::default();
        for reg in isa.arguments() {
            given.add(state.get(*reg).frames());
        }
        let result = state.get(isa.arguments()[0]).clone();
        if let Value::Frame { frame, at, .. } = result {
            for word in 0..3 {
                state.store(frame, at.plus(word * 8), 8, &Value::among(given), true);
            }
        }
        graph::after_call(&mut state, self.graph.image);
        for reg in isa.results() {
            state.set(*reg, Value::among(given));
        }
        state
    }

    fn is_given_frames(&self, state: &State) -> bool {
        let mut after = state.clone();
        graph::gives_away(&mut after, self.graph.image);
        after.lost != state.lost
    }

    /// `core::fmt::write(&mut dyn Write, Arguments)`: nobody writes to the arguments that are formatted while they are lent, so what is
    /// known of them stays known.
    fn freeze(&self, id: Id, state: &mut State) {
        let image = self.graph.image;
        let arguments = image.isa.arguments()[3];
        if !self.interprets(self.graph.functions[id].start()) {
            return;
        }
        let Value::Frame { frame, at: Offset { rem, step: 0 }, or_else: false } = *state.get(arguments)
        else {
            return;
        };
        // The third frame of the call that begins.
        let frozen = FrameId::try_from(self.active.len() * 3 + 2).unwrap_or(0);
        let from = i64::from(rem);
        let slots: Vec<(i32, Value)> =
            state.slots_of(frame, from, from + 2048).map(|(at, value)| (at, value.clone())).collect();
        for (at, value) in slots.into_iter().filter(|(at, _)| *at >= rem) {
            state.note(frozen, at, value);
        }
        state.set(arguments, Value::exact(frozen, from));
    }

    fn known(
        &mut self,
        callee: Callee,
        known: Known,
        named: Named,
        at: u64,
        mut state: State,
    ) -> Option<State> {
        if known == Known::Panics {
            self.is_cut = true;
            if self.is_caught && self.graph.throws.unwinds(self.graph.image, known, named) {
                self.found(at, catch::PANIC.to_owned(), false);
            }
            return None;
        }
        if state.allowed == 0 {
            let name = || reach::named_as(self.graph, named);
            match known {
                Known::Allocates | Known::MayAllocate(_) => {
                    let name = name();
                    self.found(at, name, false);
                }
                Known::Frees if self.forbid_frees => {
                    let name = name();
                    self.found(at, name, true);
                }
                _ => {}
            }
        }
        if self.graph.ends_program(callee) {
            return None;
        }
        let call = self.call_of(false);
        self.graph.effect(&call, &[callee], &mut state);
        Some(state)
    }

    fn steps(&self, at: u64) -> Vec<Step> {
        let mut steps: Vec<Step> = self
            .active
            .iter()
            .map(|(id, at)| Step { function: self.graph.functions[*id].start(), at: *at })
            .collect();
        if let Some(last) = steps.last_mut() {
            last.at = at;
        }
        steps
    }

    fn found(&mut self, at: u64, sink: String, frees: bool) {
        let steps = self.steps(at);
        self.chain.get_or_insert(Chain { steps, sink, frees });
    }

    fn found_below(&mut self, below: Chain) {
        let mut steps = self.steps(self.active.last().map_or(0, |active| active.1));
        steps.extend(below.steps);
        self.chain.get_or_insert(Chain { steps, ..below });
    }

    fn doubt_unless(&mut self, state: &State, at: u64, why: Why) {
        // What is not known and allowed to allocate may panic, and what is below the catch clean up with allocations.
        if state.allowed == 0 || self.is_caught {
            self.doubt(at, why);
        }
    }

    /// No more is looked at: said once, of the place that would have been next.
    fn give_up(&mut self, at: u64) {
        if self.given_up.is_none() {
            self.given_up = Some(at);
            self.doubt(at, Why::TooLarge);
        }
    }

    fn doubt(&mut self, at: u64, why: Why) {
        if self.doubts.iter().any(|doubt| doubt.at == at && doubt.why == why) {
            return;
        }
        self.doubt_count += 1;
        self.budget.left = self.budget.left.min(self.budget.after_doubt);
        if self.doubts.len() < MOST_DOUBTS {
            let chain = self.steps(at);
            self.doubts.push(Doubt { chain, at, why });
        }
    }
}

/// The state to go on with at a place, if it adds to those that were there.
fn admit(seen: &mut Vec<State>, state: State, most: usize) -> Option<State> {
    if seen.contains(&state) {
        return None;
    }
    if seen.len() < most {
        seen.push(state.clone());
        return Some(state);
    }
    let last = seen.last_mut()?;
    last.join(&state).then(|| last.clone())
}

fn merge(exit: &mut Option<State>, state: State) {
    match exit {
        Some(exit) => drop(exit.join(&state)),
        None => *exit = Some(state),
    }
}
