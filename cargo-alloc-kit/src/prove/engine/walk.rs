//! One basic block: its instructions one after the other, and where it goes on.

use std::collections::BTreeSet;

use super::super::image::{Image, Word};
use super::super::isa::{Condition, Flow, Instruction, Op, Place, Target};
use super::super::records::{Kind, Records};
use super::state::State;
use super::step::{Call, Where};
use super::value::{Range, Value};

/// How a block ended.
#[derive(Clone, Debug)]
pub(super) struct Stop {
    /// Its last instruction.
    pub(super) at: u64,
    /// What follows that.
    pub(super) next: u64,
    pub(super) flow: Flow,
    /// Records of a wrapped allocator in it, outside of exceptions.
    pub(super) allocates: Option<u64>,
    pub(super) frees: Option<u64>,
    /// The end of the judged expression was reached.
    pub(super) is_done: bool,
}

/// The expression that is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) begin: u64,
    pub(super) id: u64,
}

/// Where an indirect jump or call goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Goes {
    To(Vec<u64>),
    Import(u32),
    /// What a static holds that may be written.
    Content(u64),
    /// By a table of the function's own blocks.
    Table {
        table: u64,
        entries: u32,
        words: bool,
    },
    /// Back to where this call came from.
    Back,
    Unknown(&'static str),
}

/// Walks from `start` to the next change of flow, or to where another block begins: `leader` gives the first one from an address on.
pub(super) fn block(
    call: &Call<'_>,
    records: &Records,
    region: Option<Region>,
    state: &mut State,
    start: u64,
    instructions: &mut u64,
    leader: impl Fn(u64) -> Option<u64>,
) -> Stop {
    let mut instruction = Instruction::default();
    let mut stop =
        Stop { at: start, next: start, flow: Flow::Next, allocates: None, frees: None, is_done: false };
    let image: &Image = call.image;
    let Some(mut code) = image.code(start) else {
        stop.flow = Flow::Unknown("no code");
        return stop;
    };
    let mut next_block = leader(start.saturating_add(1));
    loop {
        let at = stop.next;
        if let Some(found) = records.at.get(&at) {
            for (kind, id) in found {
                let is_own = region.is_some_and(|region| region.id == *id);
                let begins = region.is_some_and(|region| region.begin == at);
                marked(state, &mut stop, *kind, at, is_own, begins);
            }
            if stop.is_done {
                return stop;
            }
        }
        if let Some(stores) = call.stores {
            stores.at.set(at);
        }
        instruction.ops.clear();
        image.isa.decode(code, at, &mut instruction);
        *instructions += 1;
        for op in &instruction.ops {
            call.apply(state, *op);
        }
        let length = instruction.next.wrapping_sub(at);
        (stop.at, stop.next, stop.flow) = (at, instruction.next, instruction.flow);
        match usize::try_from(length).ok().and_then(|length| code.get(length..)) {
            Some(rest) if length > 0 => code = rest,
            _ if instruction.flow == Flow::Next => {
                stop.flow = Flow::Unknown("no code");
                return stop;
            }
            _ => {}
        }
        if instruction.flow != Flow::Next || next_block == Some(stop.next) {
            return stop;
        }
        // An instruction that another block begins within.
        if next_block.is_some_and(|next_block| next_block < stop.next) {
            next_block = leader(stop.next);
            if next_block == Some(stop.next) {
                return stop;
            }
        }
        if code.is_empty() {
            stop.flow = Flow::Unknown("the code ends");
            return stop;
        }
    }
}

fn marked(state: &mut State, stop: &mut Stop, kind: Kind, at: u64, is_own: bool, begins: bool) {
    match kind {
        Kind::Allow => state.allowed = state.allowed.saturating_add(1),
        Kind::AllowEnd => state.allowed = state.allowed.saturating_sub(1),
        Kind::Allocates if state.allowed == 0 => stop.allocates = Some(at),
        Kind::Frees if state.allowed == 0 => stop.frees = Some(at),
        // One in itself: a generic function that was inlined into another instance of it has the same id.
        Kind::Begin if is_own && !begins => state.nested = state.nested.saturating_add(1),
        Kind::End if is_own && state.nested > 0 => state.nested -= 1,
        Kind::End if is_own => stop.is_done = true,
        _ => {}
    }
}

/// Where a target is, by what is known of the registers.
pub(super) fn goes(call: &Call<'_>, state: &mut State, target: Target) -> Goes {
    match target {
        Target::Direct(at) => Goes::To(vec![at]),
        Target::Reg(reg) => by_value(&state.get(reg).clone()),
        Target::Memory(place) => by_memory(call, state, place),
    }
}

fn by_memory(call: &Call<'_>, state: &mut State, place: Place) -> Goes {
    let at = call.place(state, place);
    if let Where::Around(table, range) = &at
        && range.most >= 8 * 256
    {
        let entries = u32::try_from(range.most / 8 + 1).unwrap_or(u32::MAX);
        return Goes::Table { table: *table, entries, words: true };
    }
    let from = match &at {
        Where::Frame(..) => "from a place on the stack that was written through a pointer, or from several",
        Where::Somewhere | Where::FrameOrElse(..) | Where::Among(_) => "from memory given from outside",
        Where::Constant(_) | Where::OneOf(_) => "from a static",
        Where::Around(..) => "from a table",
    };
    let value = call.load_from(state, at, 8, false);
    match by_value(&value) {
        Goes::Unknown(_) => Goes::Unknown(from),
        other => other,
    }
}

fn by_value(value: &Value) -> Goes {
    match value {
        Value::Import(import) => Goes::Import(*import),
        Value::Content(at) => Goes::Content(*at),
        Value::Target { table, entries } => Goes::Table { table: *table, entries: *entries, words: false },
        Value::Back(_) => Goes::Back,
        other => other
            .constants()
            .map_or(Goes::Unknown("`dyn` or a function pointer, given from outside or computed"), |all| {
                Goes::To(all.to_vec())
            }),
    }
}

/// The targets of a jump table: as many entries as there are, up to the first that is no address of the function. The compiler fills
/// holes with addresses of the function, so beyond that there are none. No block that is jumped to is where a function begins: a table
/// with such an entry is one of functions, of which this knows nothing.
pub(super) fn table(image: &Image, table: u64, entries: u32, words: bool, range: (u64, u64)) -> Vec<u64> {
    let mut targets = Vec::new();
    let size = if words { 8 } else { 4 };
    for index in 0..u64::from(entries).min(1 << 16) {
        let at = table.wrapping_add(index * size);
        let target = if words {
            match image.word(at) {
                Some(Word::Number(n) | Word::Address(n)) => n,
                _ => break,
            }
        } else {
            let Some(Ok(entry)) = image.constant(at, 4).map(<[u8; 4]>::try_from) else { break };
            table.wrapping_add(i64::from(i32::from_le_bytes(entry)).cast_unsigned())
        };
        if target < range.0 || target >= range.1 {
            break;
        }
        targets.push(target);
    }
    let begins = |at: u64| image.function(at).is_some_and(|function| function.start == at);
    if targets.iter().any(|target| begins(*target)) {
        return Vec::new();
    }
    targets
}

/// All constant addresses of data that a function's code makes. (Not numbers: some are addresses by chance.)
pub(super) fn addresses(image: &Image, (start, end): (u64, u64)) -> BTreeSet<u64> {
    let mut all = BTreeSet::new();
    let Some(mut code) = image.code(start) else { return all };
    let mut instruction = Instruction::default();
    let mut at = start;
    while at < end && !code.is_empty() {
        instruction.ops.clear();
        image.isa.decode(code, at, &mut instruction);
        all.extend(instruction.ops.iter().filter_map(|op| match op {
            Op::Address { place, .. } if place.base.is_none() && place.index.is_none() => {
                Some(place.disp.cast_unsigned())
            }
            _ => None,
        }));
        let length = usize::try_from(instruction.next.wrapping_sub(at)).unwrap_or(0);
        if length == 0 || length > code.len() {
            break;
        }
        (at, code) = (instruction.next, &code[length..]);
    }
    all
}

/// Which sides of a branch are possible: taken, not taken.
pub(super) fn sides(state: &State, when: Condition) -> (bool, bool) {
    let Some(compared) = state.compared else { return (true, true) };
    let (left, right) = (state.get(compared.left), Call::operand(state, compared.right));
    let left = match (&left, &right) {
        // Words of a frame are aligned.
        (Value::Frame { at, or_else: false, .. }, Value::Number(mask))
            if compared.is_test && *mask < 8 && at.step % 8 == 0 =>
        {
            Value::Number(u64::from(at.rem.rem_euclid(8).unsigned_abs()))
        }
        _ => left.clone(),
    };
    if let (Value::Frame { frame, at, or_else: false }, Value::Frame { frame: same, at: to, or_else: false }) =
        (&left, &right)
        && (frame == same && at.step == 0 && to.step == 0 && !compared.is_test && compared.bits == 64)
    {
        return match when {
            Condition::Equal => (at == to, at != to),
            Condition::NotEqual => (at != to, at == to),
            _ => (true, true),
        };
    }
    let (Value::Number(left), Value::Number(right)) = (left, right) else { return (true, true) };
    let shift = 64 - u32::from(compared.bits);
    let signed = |n: u64| (n << shift).cast_signed() >> shift;
    let (left, right) = (left << shift >> shift, right << shift >> shift);
    let (left, right) = if compared.is_test { (left & right, 0) } else { (left, right) };
    let taken = match when {
        Condition::Equal => left == right,
        Condition::NotEqual => left != right,
        Condition::Above => left > right,
        Condition::AboveOrEqual => left >= right,
        Condition::Below => left < right,
        Condition::BelowOrEqual => left <= right,
        Condition::Less => signed(left) < signed(right),
        Condition::LessOrEqual => signed(left) <= signed(right),
        Condition::Greater => signed(left) > signed(right),
        Condition::GreaterOrEqual => signed(left) >= signed(right),
        Condition::Negative => signed(left.wrapping_sub(right)) < 0,
        Condition::NotNegative => signed(left.wrapping_sub(right)) >= 0,
        Condition::Other => return (true, true),
    };
    (taken, !taken)
}

/// What a branch tells of the register that was compared, on the side where `when` holds.
pub(super) fn refine(state: &mut State, when: Condition) {
    let Some(compared) = state.compared.filter(|compared| !compared.is_test) else { return };
    if compared.bits < 32 {
        return;
    }
    let right = Call::operand(state, compared.right);
    let most = match (&right, when) {
        (Value::Number(n), Condition::BelowOrEqual) => *n,
        (Value::Number(n), Condition::Below) if *n > 0 => n - 1,
        (_, Condition::Equal) if compared.bits == 64 => {
            // Of two that are equal both are what the more exact one is.
            if let (Value::Frame { at, .. }, Value::Frame { at: to, .. }) = (state.get(compared.left), &right)
                && at.step != 0
                && to.step == 0
            {
                state.put(compared.left, right);
            }
            return;
        }
        _ => return,
    };
    let known = match state.get(compared.left) {
        Value::Range(range) => *range,
        Value::Unknown => Range::ALL,
        _ => return,
    };
    let mut range = known;
    if compared.bits == 64 {
        range.most = range.most.min(most);
    }
    range.low = range.low.min(u32::try_from(most).unwrap_or(u32::MAX));
    if compared.bits == 32 && u32::try_from(range.most).is_ok() {
        range.most = range.most.min(range.low.into());
    }
    state.put(compared.left, Value::Range(range));
}

/// The condition of the side that is not taken.
pub(super) fn opposite(when: Condition) -> Condition {
    match when {
        Condition::Equal => Condition::NotEqual,
        Condition::NotEqual => Condition::Equal,
        Condition::Above => Condition::BelowOrEqual,
        Condition::AboveOrEqual => Condition::Below,
        Condition::Below => Condition::AboveOrEqual,
        Condition::BelowOrEqual => Condition::Above,
        Condition::Less => Condition::GreaterOrEqual,
        Condition::LessOrEqual => Condition::Greater,
        Condition::Greater => Condition::LessOrEqual,
        Condition::GreaterOrEqual => Condition::Less,
        Condition::Negative => Condition::NotNegative,
        Condition::NotNegative => Condition::Negative,
        Condition::Other => Condition::Other,
    }
}
