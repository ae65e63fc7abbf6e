//! Which functions there are below the roots, their blocks, and what each calls: found by following the code, with nothing known of
//! what functions are given.
//!
//! One list of blocks to look at is for all functions. What follows a call is looked at once the callee is known to return: the
//! compiler puts anything behind a call that does not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::image::{Catch, Image};
use super::super::isa::{Condition, Flow, Target};
use super::super::names::{self, Known};
use super::super::records::{Kind, Records};
use super::super::verdict::Why;
use super::catch::Catching;
use super::state::State;
use super::statics::Statics;
use super::step::{Call, Stores};
use super::throws::Throws;
use super::value::{Frames, Value};
use super::walk::{self, Goes, Region, Stop};
use super::watched::Watched;
use super::{Question, Root};

pub(super) type Id = usize;

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callee {
    Function(Id),
    /// By its name; the function or the import.
    Known(Known, Named),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Function(u64),
    Import(u32),
}

#[derive(Clone, Debug)]
pub(super) enum End {
    /// To other blocks of the function.
    On,
    Return,
    Trap,
    /// Calls, and goes on at `next`, or is a jump to another function (`next` is none).
    Call {
        callees: Vec<Callee>,
        next: Option<u64>,
    },
    Doubt {
        why: Why,
        next: Option<u64>,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Block {
    entry: Option<State>,
    /// The last instruction.
    pub(super) at: u64,
    pub(super) end: End,
    /// A conditional jump to another function, beside `end`.
    pub(super) side: Option<Callee>,
    pub(super) edges: Vec<u64>,
    pub(super) allocates: Option<u64>,
    pub(super) frees: Option<u64>,
    /// What it calls is excepted.
    pub(super) is_allowed: bool,
    /// It ends with a call whose panics are caught. If they may come, its landing pad is one of the edges.
    pub(super) catching: Option<Box<Catching>>,
}

#[derive(Debug)]
pub(super) struct Body {
    pub(super) root: Root,
    /// Where its code is: jumps to elsewhere are calls.
    pub(super) range: (u64, u64),
    pub(super) blocks: BTreeMap<u64, Block>,
    pub(super) returns: bool,
    /// Blocks that end with a call of it, and wait for it to return.
    waiting: Vec<(Id, u64)>,
    /// How many of its own blocks are to be looked at, or wait for others.
    open: u32,
}

impl Body {
    pub(super) fn start(&self) -> u64 {
        match self.root {
            Root::Function(start) => start,
            Root::Region { begin, .. } => begin,
        }
    }

    /// What is known at its blocks is not asked for any more.
    fn forget(&mut self) {
        for block in self.blocks.values_mut() {
            block.entry = None;
            if let Some(catching) = &mut block.catching {
                catching.state = None;
            }
        }
    }

    pub(super) fn has(&self, at: u64) -> bool {
        self.range.0 <= at && at < self.range.1
    }

    /// Where the first block begins from there on.
    pub(super) fn next_block(&self, at: u64) -> Option<u64> {
        next_block(&self.blocks, at)
    }

    pub(super) fn region(&self) -> Option<Region> {
        match self.root {
            Root::Function(_) => None,
            Root::Region { begin, id } => Some(Region { begin, id }),
        }
    }
}

#[derive(Debug)]
pub(super) struct Graph<'a> {
    pub(super) image: &'a Image,
    pub(super) records: &'a Records,
    pub(super) question: &'a Question,
    statics: Statics,
    pub(super) functions: Vec<Body>,
    by_root: HashMap<Root, Id>,
    by_name: HashMap<u64, Option<Known>>,
    todo: Vec<(Id, u64)>,
    /// How many functions have been looked at with all that is below them.
    explored: usize,
    /// By the start of a function: all constant addresses that it makes.
    tables: HashMap<u64, BTreeSet<u64>>,
    /// Only one function is looked at, for what it stores.
    pub(super) watches: bool,
    /// Functions that are called as the C library's are followed.
    pub(super) follows_c: bool,
    /// The landing pads of functions, by their starts.
    pub(super) catches: HashMap<u64, Vec<Catch>>,
    /// Blocks of functions that are not explored yet whose calls have landing pads that catch.
    pub(super) catchers: Vec<(Id, u64)>,
    pub(super) throws: Throws,
    /// By the start of a function.
    ends: Option<HashMap<u64, Ends>>,
    pub(super) instructions: u64,
}

/// The frame of the function that is looked at, and the one below what it aligns.
const OWN: u16 = 0;
const ALIGNED: u16 = 1;

impl<'a> Graph<'a> {
    pub(super) fn new(image: &'a Image, records: &'a Records, question: &'a Question) -> Self {
        Self {
            image,
            records,
            question,
            statics: Statics::default(),
            functions: Vec::new(),
            by_root: HashMap::new(),
            by_name: HashMap::new(),
            todo: Vec::new(),
            explored: 0,
            tables: HashMap::new(),
            watches: false,
            follows_c: false,
            catches: HashMap::new(),
            catchers: Vec::new(),
            throws: Throws::default(),
            ends: None,
            instructions: 0,
        }
    }

    /// The function, to be looked at with `explore`.
    pub(super) fn add(&mut self, root: Root) -> Id {
        if let Some(id) = self.by_root.get(&root) {
            return *id;
        }
        let start = match root {
            Root::Function(start) => start,
            Root::Region { begin, .. } => begin,
        };
        let range =
            self.image.function(start).map_or((start, u64::MAX), |function| (function.start, function.end));
        let id = self.functions.len();
        let mut body =
            Body { root, range, blocks: BTreeMap::new(), returns: false, waiting: Vec::new(), open: 0 };
        body.blocks.insert(start, Block { entry: Some(self.entry(root)), ..Block::new() });
        self.functions.push(body);
        self.by_root.insert(root, id);
        self.push(id, start);
        id
    }

    /// What is known where it begins.
    pub(super) fn entry(&self, root: Root) -> State {
        let mut state = State::default();
        entered(&mut state, self.image, OWN);
        if let Root::Region { .. } = root {
            // What is around it may have given away pointers into the frame.
            state.lose(Frames(1 << OWN | 1 << ALIGNED));
        }
        state
    }

    /// Looks at all that is below what was added.
    pub(super) fn explore(&mut self) {
        self.explore_up_to(u64::MAX);
        self.catchers.clear();
        // Those that are looked at later add nothing to these.
        self.functions[self.explored..].iter_mut().for_each(Body::forget);
        self.explored = self.functions.len();
    }

    /// The same, of what is all thrown away then; whether it was no more than that many instructions.
    pub(super) fn explore_up_to(&mut self, most: u64) -> bool {
        loop {
            while let Some((id, block)) = self.todo.pop() {
                self.look_at(id, block, None);
                self.close(id);
                if self.instructions > most {
                    return false;
                }
            }
            if !self.catch_thrown(self.explored) {
                return true;
            }
        }
    }

    fn push(&mut self, id: Id, block: u64) {
        self.functions[id].open += 1;
        self.todo.push((id, block));
    }

    /// A block was looked at. Nothing comes back to a function that has no other one open, unless a panic is found to be caught in it.
    fn close(&mut self, id: Id) {
        let body = &mut self.functions[id];
        body.open = body.open.saturating_sub(1);
        if body.open == 0 && body.blocks.values().all(|block| block.catching.is_none()) {
            body.forget();
        }
    }

    pub(super) fn is_explored(&self) -> bool {
        self.todo.is_empty() && self.explored == self.functions.len()
    }

    /// The targets of a jump table of a function.
    pub(super) fn table(&mut self, id: Id, table: u64, entries: u32, words: bool) -> Vec<u64> {
        let range = self.functions[id].range;
        let image = self.image;
        let known = self.tables.entry(range.0).or_insert_with(|| walk::addresses(image, range));
        let all = walk::table(image, table, entries, words, range);
        if u32::try_from(all.len()) == Ok(entries) {
            return all;
        }
        // Their number is not known, and no table reaches into what another address that the function makes points to.
        let next = known.range(table + 1..).next().copied().unwrap_or(u64::MAX);
        let size = if words { 8 } else { 4 };
        let most = u32::try_from((next - table).div_ceil(size)).unwrap_or(u32::MAX);
        all.into_iter().take(usize::try_from(most).unwrap_or(usize::MAX)).collect()
    }

    fn look_at(&mut self, id: Id, start: u64, stores: Option<&Stores>) {
        let body = &self.functions[id];
        let Some(mut state) = body.blocks.get(&start).and_then(|block| block.entry.clone()) else { return };
        let call = Call {
            image: self.image,
            callers: &[],
            aligned: ALIGNED,
            formats: false,
            digits: Frames::default(),
            stores,
        };
        let (region, blocks) = (body.region(), &body.blocks);
        let stop =
            walk::block(&call, self.records, region, &mut state, start, &mut self.instructions, |at| {
                next_block(blocks, at)
            });
        let block = self.functions[id].blocks.get_mut(&start).expect("it was there above");
        block.at = stop.at;
        block.edges.clear();
        block.side = None;
        block.is_allowed = state.allowed > 0;
        (block.allocates, block.frees) = (stop.allocates, stop.frees);
        if stop.is_done {
            return self.end(id, start, End::Return);
        }
        match stop.flow {
            Flow::Next => self.on(id, start, stop.next, state, false),
            Flow::Jump(target) => self.jump(id, start, state, target),
            Flow::Branch { to, when } => self.branch(id, start, &stop, state, to, when),
            Flow::Call(target) => self.call(id, start, &stop, state, target),
            Flow::Return { to } => {
                let end = if returns(&mut state, self.image, OWN, to) && region.is_none() {
                    End::Return
                } else {
                    End::Doubt { why: Why::Return, next: None }
                };
                self.end(id, start, end);
            }
            Flow::Trap => self.end(id, start, End::Trap),
            Flow::System => {
                after_call(&mut state, self.image);
                self.end(id, start, End::Doubt { why: Why::SystemCall, next: Some(stop.next) });
                self.on(id, start, stop.next, state, true);
            }
            Flow::Unknown(why) => {
                self.end(id, start, End::Doubt { why: Why::Instruction(why.to_owned()), next: None });
            }
        }
    }

    fn end(&mut self, id: Id, start: u64, end: End) {
        let does_return = matches!(end, End::Return);
        self.block(id, start).end = end;
        if does_return {
            self.does_return(id);
        }
    }

    fn does_return(&mut self, id: Id) {
        if !self.functions[id].returns {
            self.functions[id].returns = true;
            let waiting = std::mem::take(&mut self.functions[id].waiting);
            self.todo.extend(waiting);
        }
    }

    /// An edge to another block of the function, or to another function.
    pub(super) fn on(&mut self, id: Id, from: u64, to: u64, state: State, keeps_end: bool) {
        if !self.functions[id].has(to) {
            return match self.callee(to) {
                Ok(callee) => self.tail(id, from, vec![callee], state),
                Err(why) => self.end(id, from, End::Doubt { why, next: None }),
            };
        }
        let body = &mut self.functions[id];
        let block = body.blocks.get_mut(&from).expect("a block that was looked at");
        if !keeps_end {
            block.end = End::On;
        }
        if !block.edges.contains(&to) {
            block.edges.push(to);
        }
        let block = body.blocks.entry(to).or_insert_with(Block::new);
        let changed = if let Some(entry) = &mut block.entry {
            entry.join(&state)
        } else {
            block.entry = Some(state);
            true
        };
        if changed {
            self.push(id, to);
        }
    }

    fn branch(&mut self, id: Id, start: u64, stop: &Stop, state: State, to: u64, when: Condition) {
        let (is_taken, is_not) = walk::sides(&state, when);
        let mut taken = state.clone();
        walk::refine(&mut taken, when);
        let mut on = state;
        walk::refine(&mut on, walk::opposite(when));
        self.end(id, start, End::On);
        if is_taken && self.functions[id].has(to) {
            self.on(id, start, to, taken, false);
        } else if is_taken {
            match self.callee(to) {
                Ok(callee) if self.is_at_entry(id, &mut taken) => {
                    self.block(id, start).side = Some(callee);
                    self.may_return(id, start, callee);
                }
                Ok(_) => return self.end(id, start, End::Doubt { why: Why::Return, next: None }),
                Err(why) => return self.end(id, start, End::Doubt { why, next: None }),
            }
        }
        if is_not {
            self.on(id, start, stop.next, on, false);
        }
    }

    fn jump(&mut self, id: Id, start: u64, mut state: State, target: Target) {
        let call = Call {
            image: self.image,
            callers: &[],
            aligned: ALIGNED,
            formats: false,
            digits: Frames::default(),
            stores: None,
        };
        let goes = walk::goes(&call, &mut state, target);
        let targets = match goes {
            Goes::To(targets) => targets,
            Goes::Table { table, entries, words } => self.table(id, table, entries, words),
            Goes::Import(_) | Goes::Content(_) | Goes::Unknown(_) => {
                let (callees, doubt) = self.callees(&goes);
                return match doubt {
                    Some(why) => self.end(id, start, End::Doubt { why, next: None }),
                    None => self.tail(id, start, callees, state),
                };
            }
            // By a register, as aarch64 returns.
            Goes::Back => return self.end(id, start, End::Return),
        };
        if targets.is_empty() {
            return self.end(id, start, End::Doubt { why: Why::IndirectJump, next: None });
        }
        let (inside, outside): (Vec<u64>, Vec<u64>) =
            targets.into_iter().partition(|target| self.functions[id].has(*target));
        self.end(id, start, End::On);
        for target in &inside {
            self.on(id, start, *target, state.clone(), false);
        }
        if !outside.is_empty() {
            match self.callees(&Goes::To(outside)) {
                (callees, None) => self.tail(id, start, callees, state),
                (_, Some(why)) => self.end(id, start, End::Doubt { why, next: None }),
            }
        }
    }

    /// A jump to other functions, which return to the caller.
    fn tail(&mut self, id: Id, start: u64, callees: Vec<Callee>, mut state: State) {
        if !self.is_at_entry(id, &mut state) {
            return self.end(id, start, End::Doubt { why: Why::Return, next: None });
        }
        self.end(id, start, End::Call { callees: callees.clone(), next: None });
        for callee in callees {
            self.may_return(id, start, callee);
        }
    }

    /// Whether the stack and the way back are as they were when the function was called.
    fn is_at_entry(&self, id: Id, state: &mut State) -> bool {
        self.functions[id].region().is_none() && returns(state, self.image, OWN, self.image.isa.link())
    }

    pub(super) fn block(&mut self, id: Id, start: u64) -> &mut Block {
        self.functions[id].blocks.get_mut(&start).expect("a block that is looked at")
    }

    fn may_return(&mut self, id: Id, start: u64, callee: Callee) {
        match callee {
            Callee::Function(callee) if !self.functions[callee].returns => self.wait(callee, id, start),
            Callee::Known(Known::Panics, _) => {}
            _ => self.does_return(id),
        }
    }

    fn wait(&mut self, callee: Id, id: Id, block: u64) {
        let waiting = &mut self.functions[callee].waiting;
        if !waiting.contains(&(id, block)) {
            waiting.push((id, block));
            self.functions[id].open += 1;
        }
    }

    fn call(&mut self, id: Id, start: u64, stop: &Stop, mut state: State, target: Target) {
        let call = Call {
            image: self.image,
            callers: &[],
            aligned: ALIGNED,
            formats: false,
            digits: Frames::default(),
            stores: None,
        };
        let goes = walk::goes(&call, &mut state, target);
        let (callees, doubt) = self.callees(&goes);
        let mut goes_on = doubt.is_some();
        let ends = self.ends_by(&callees);
        let catching = self.catching(id, stop.next, &state);
        for callee in &callees {
            match callee {
                Callee::Function(callee) if !self.functions[*callee].returns => self.wait(*callee, id, start),
                Callee::Known(Known::Panics, _) => {}
                Callee::Known(..) if self.ends_program(*callee) => {}
                _ => goes_on = true,
            }
        }
        match doubt {
            Some(why) => self.end(id, start, End::Doubt { why, next: Some(stop.next) }),
            None => self.end(id, start, End::Call { callees: callees.clone(), next: Some(stop.next) }),
        }
        self.catch(id, start, catching);
        if goes_on {
            self.effect(&call, &callees, &mut state);
            state.allowed = state.allowed.saturating_sub(ends.exceptions);
            if state.leaves(self.functions[id].region(), &ends.regions) {
                return self.does_return(id);
            }
            self.on(id, start, stop.next, state, true);
        }
    }

    /// What ends by calling them. Without optimisation a way out of an exception or of a judged expression is a call of the drop of its
    /// guard, which then has the record.
    pub(super) fn ends_by(&mut self, callees: &[Callee]) -> Ends {
        let (records, image) = (self.records, self.image);
        let by_function = self.ends.get_or_insert_with(|| ends_of(records, image));
        let mut all = Ends::default();
        for callee in callees {
            let start = match callee {
                Callee::Function(id) => self.functions[*id].start(),
                Callee::Known(_, Named::Function(start)) => *start,
                Callee::Known(_, Named::Import(_)) => continue,
            };
            if let Some(ends) = by_function.get(&start) {
                all.exceptions = all.exceptions.max(ends.exceptions);
                all.regions.extend(&ends.regions);
            }
        }
        all
    }

    /// What calls that are not looked at do to what is known.
    pub(super) fn effect(&self, call: &Call<'_>, callees: &[Callee], state: &mut State) {
        if let [Callee::Known(known, Named::Import(import))] = *callees
            && let Some(name) = self.image.imports.get(import as usize)
            && !self.question.trusted_imports.contains(name)
        {
            match known {
                Known::Copies => return call.copies(state),
                Known::Harmless if names::keeps_nothing(name) || self.is_futex(name, state) => {
                    return call.writes_bytes(state);
                }
                _ => {}
            }
        }
        gives_away(state, self.image);
        after_call(state, self.image);
    }

    /// std's locks ask the kernel by `syscall`, which otherwise may write anywhere.
    fn is_futex(&self, name: &str, state: &State) -> bool {
        let number = if self.image.isa.link().is_some() { 98 } else { 202 };
        name == "syscall" && *state.get(self.image.isa.arguments()[0]) == Value::Number(number)
    }

    /// Whether it is `exit` or the like.
    pub(super) fn ends_program(&self, callee: Callee) -> bool {
        let Callee::Known(_, Named::Import(import)) = callee else { return false };
        matches!(self.image.imports[import as usize].as_str(), "exit" | "_exit" | "_Exit" | "quick_exit")
    }

    /// What a target stands for, or why that is not known.
    pub(super) fn callees(&mut self, goes: &Goes) -> (Vec<Callee>, Option<Why>) {
        match goes {
            Goes::To(targets) => {
                let all: Result<Vec<_>, _> = targets.iter().map(|target| self.callee(*target)).collect();
                all.map_or_else(|why| (Vec::new(), Some(why)), |callees| (callees, None))
            }
            Goes::Import(import) => match self.import(*import) {
                Ok(callee) => (vec![callee], None),
                Err(why) => (Vec::new(), Some(why)),
            },
            // (While that is found out for one, another one may be anything.)
            Goes::Content(at) if !self.watches => match self.held(*at) {
                Some(values) if !values.is_empty() => self.callees(&Goes::To(values)),
                _ => (Vec::new(), Some(Why::IndirectCall("from a static that may be written".into()))),
            },
            Goes::Unknown(from) => (Vec::new(), Some(Why::IndirectCall((*from).to_owned()))),
            Goes::Content(_) => {
                (Vec::new(), Some(Why::IndirectCall("from a static that may be written".into())))
            }
            Goes::Table { .. } | Goes::Back => (Vec::new(), Some(Why::IndirectCall("from a table".into()))),
        }
    }

    /// What a static can hold, by all that is stored there.
    fn held(&mut self, at: u64) -> Option<Vec<u64>> {
        let mut statics = std::mem::take(&mut self.statics);
        let values = statics.held(self.image, at, &mut |function| self.watched(function));
        self.statics = statics;
        values
    }

    /// What one function does, by itself.
    fn watched(&mut self, function: u64) -> Watched {
        let mut alone = Graph::new(self.image, self.records, self.question);
        let stores = Stores::default();
        alone.watches = true;
        alone.by_name = std::mem::take(&mut self.by_name);
        let id = alone.add(Root::Function(function));
        while let Some((id, block)) = alone.todo.pop() {
            alone.look_at(id, block, Some(&stores));
        }
        self.instructions += alone.instructions;
        self.by_name = std::mem::take(&mut alone.by_name);
        Watched::new(&alone.functions[id], stores.all.into_inner())
    }

    fn import(&self, import: u32) -> Result<Callee, Why> {
        let Some(name) = self.image.imports.get(import as usize) else { return Err(Why::NoCode) };
        if self.question.trusted_imports.contains(name) {
            return Ok(Callee::Known(Known::Harmless, Named::Import(import)));
        }
        match names::import_of(self.image, import) {
            Some(Known::Panics) if self.question.include_panics => {
                Ok(Callee::Known(Known::Harmless, Named::Import(import)))
            }
            Some(Known::CallsBack) => Err(Why::IndirectCall(format!("`{name}` calls what it is given"))),
            Some(known) => Ok(Callee::Known(known, Named::Import(import))),
            None => Err(Why::Import(name.clone())),
        }
    }

    pub(super) fn callee(&mut self, at: u64) -> Result<Callee, Why> {
        if let Some(import) = self.image.plt(at) {
            return self.import(import);
        }
        if self.question.trusted.contains(&at) {
            return Ok(Callee::Known(Known::Harmless, Named::Function(at)));
        }
        // Where no symbol says how far the code goes, it is not looked at.
        if self.image.code(at).is_none() || self.image.function(at).is_none() {
            return Err(Why::NoCode);
        }
        match self.known(at) {
            // Of one function alone, what it calls is not looked at.
            None if self.watches => Ok(Callee::Known(Known::Frees, Named::Function(at))),
            Some(Known::Panics) if self.question.include_panics => {
                Ok(Callee::Function(self.add(Root::Function(at))))
            }
            Some(known) => Ok(Callee::Known(known, Named::Function(at))),
            None => Ok(Callee::Function(self.add(Root::Function(at)))),
        }
    }

    /// As `known`, of what was asked for before.
    pub(super) fn known_by_name(&self, at: u64) -> Option<Known> {
        self.by_name.get(&at).copied().flatten()
    }

    fn known(&mut self, at: u64) -> Option<Known> {
        if let Some(known) = self.by_name.get(&at) {
            return *known;
        }
        let function = self.image.function(at).filter(|function| function.start == at);
        let by_name = function.and_then(|function| self.image.names(function).find_map(names::function));
        let known = by_name.or_else(|| self.known_of_c(at));
        self.by_name.insert(at, known);
        known
    }
}

fn next_block(blocks: &BTreeMap<u64, Block>, at: u64) -> Option<u64> {
    blocks.range(at..).next().map(|(start, _)| *start)
}

impl Block {
    fn new() -> Self {
        Self {
            entry: None,
            at: 0,
            end: End::On,
            side: None,
            edges: Vec::new(),
            allocates: None,
            frees: None,
            is_allowed: false,
            catching: None,
        }
    }
}

/// What ends in a function that did not begin in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends {
    pub(super) exceptions: u8,
    /// The ids of judged expressions.
    pub(super) regions: Vec<u64>,
}

fn ends_of(records: &Records, image: &Image) -> HashMap<u64, Ends> {
    let mut begun = BTreeSet::new();
    let mut ended = BTreeSet::new();
    for (at, found) in &records.at {
        let Some(function) = image.function(*at) else { continue };
        for (kind, id) in found {
            match kind {
                Kind::Begin | Kind::Allow => drop(begun.insert((function.start, *id))),
                Kind::End | Kind::AllowEnd => drop(ended.insert((function.start, *id, *kind == Kind::End))),
                _ => {}
            }
        }
    }
    let mut ends: HashMap<u64, Ends> = HashMap::new();
    for (function, id, is_region) in ended {
        if !begun.contains(&(function, id)) {
            let ends = ends.entry(function).or_default();
            if is_region {
                ends.regions.push(id);
            } else {
                ends.exceptions = ends.exceptions.saturating_add(1);
            }
        }
    }
    ends
}

/// A function is entered, with that frame.
pub(super) fn entered(state: &mut State, image: &Image, frame: u16) {
    state.set(image.isa.stack_pointer(), Value::exact(frame, 0));
    match image.isa.link() {
        Some(link) => state.set(link, Value::Back(frame)),
        None => state.note(frame, 0, Value::Back(frame)),
    }
}

/// Whether it goes back to its caller, with the stack as it was.
pub(super) fn returns(state: &mut State, image: &Image, frame: u16, to: Option<u8>) -> bool {
    let stack = state.get(image.isa.stack_pointer());
    let back = match to {
        Some(reg) => state.get(reg),
        None => state.slot(frame, 0),
    };
    *stack == Value::exact(frame, 0) && *back == Value::Back(frame)
}

/// What is called and not looked at knows all pointers that it is given, in registers and on the stack.
pub(super) fn gives_away(state: &mut State, image: &Image) {
    let isa = image.isa;
    let given = |reg: u8| !isa.saved().contains(&reg) && reg != isa.stack_pointer();
    let mut frames = Frames::default();
    for (_, value) in state.registers().filter(|(reg, _)| given(*reg)) {
        frames.add(value.frames());
    }
    if let Value::Frame { frame, at, .. } = *state.get(isa.stack_pointer()) {
        let from = if at.step == 0 { i64::from(at.rem) } else { i64::MIN };
        // Arguments beyond those in registers; 128 of them are more than is sane.
        let to = from.saturating_add(1024);
        for (_, value) in state.slots_of(frame, from, to) {
            frames.add(value.frames());
        }
    }
    state.lose(frames);
}

/// What a call leaves: registers that functions give back as they were.
pub(super) fn after_call(state: &mut State, image: &Image) {
    state.havoc();
    let isa = image.isa;
    state.keep_registers(|reg| isa.saved().contains(&reg) || reg == isa.stack_pointer());
    state.compared = None;
}
