//! What the x86 decoder says an instruction writes, against iced's tables: every register and place that they name is written by some
//! operation, or the flow is not known, and each place of 8 bytes or more that is read is loaded. Addresses are compared as numbers, with registers that hold numbers by chance.

use iced_x86::{
    Decoder, DecoderOptions, EncodingKind, InstructionInfo, InstructionInfoFactory, Mnemonic, OpAccess,
    Register, RflagsBits, UsedMemory,
};
use object::{Object as _, ObjectSection as _};

use super::super::{Arith, Flow, Instruction, Isa as _, Op, Operand, Place, REGS, X86, lane};
use super::{Chance, written};

/// Registers that hold numbers, and where was written.
struct Run {
    registers: [u64; REGS],
    chance: Chance,
    /// Start and bytes; `None` where they are not known.
    stores: Vec<(u64, Option<u64>)>,
    /// As `stores`, of what is loaded.
    loads: Vec<(u64, Option<u64>)>,
}

/// The flags that branches look at.
const CONDITIONS: u32 = RflagsBits::OF | RflagsBits::SF | RflagsBits::ZF | RflagsBits::CF | RflagsBits::PF;

/// What stands for the base of `fs` and `gs`.
const SEGMENT: u64 = 0x7_0000_0000;

impl Run {
    fn address(&self, place: Place) -> u64 {
        let of = |register: u8| self.registers[usize::from(register)];
        let index = place.index.map_or(0, |(index, scale)| of(index).wrapping_mul(u64::from(scale)));
        let segment = if place.segment { SEGMENT } else { 0 };
        place
            .base
            .map_or(0, of)
            .wrapping_add(index)
            .wrapping_add(place.disp.cast_unsigned())
            .wrapping_add(segment)
    }

    fn step(&mut self, op: &Op) {
        match *op {
            Op::Load { place, bytes, .. } => {
                self.loads.push((self.address(place), Some(u64::from(bytes))));
            }
            Op::CopyMemory { from, bytes, .. } => self.loads.push((self.address(from), bytes)),
            _ => {}
        }
        let of = |register: u8| self.registers[usize::from(register)];
        let value = match *op {
            Op::Copy { from, .. } | Op::Choose { from, .. } => of(from),
            Op::Number { value, .. } => value,
            Op::Address { place, .. } => self.address(place),
            Op::Arith { kind, left, right, .. } => {
                let right = match right {
                    Operand::Reg(register) => of(register),
                    Operand::Number(number) => number,
                    Operand::Unknown => self.chance.next(),
                };
                match kind {
                    Arith::Add => of(left).wrapping_add(right),
                    Arith::Sub => of(left).wrapping_sub(right),
                    _ => self.chance.next(),
                }
            }
            Op::Narrow { from, bits, .. } => of(from) & ((1 << bits) - 1),
            Op::Load { .. } | Op::Forget { .. } => self.chance.next(),
            Op::Store { place, bytes, .. } => {
                self.stores.push((self.address(place), Some(u64::from(bytes))));
                return;
            }
            Op::CopyMemory { to, bytes, .. } | Op::FillMemory { to, bytes, .. } => {
                self.stores.push((self.address(to), bytes));
                return;
            }
            Op::Lose { .. } | Op::Compare { .. } | Op::Flags => return,
        };
        self.registers[usize::from(written(op).expect("the others have returned"))] = value;
    }
}

fn covers(places: &[(u64, Option<u64>)], start: u64, bytes: u64) -> bool {
    (0..bytes).all(|byte| {
        let at = start.wrapping_add(byte);
        places.iter().any(|(start, bytes)| bytes.is_none_or(|bytes| at.wrapping_sub(*start) < bytes))
    })
}

/// The place as a number, by what registers held before.
fn start_of(used: &UsedMemory, before: &[u64; REGS]) -> u64 {
    let start = used.virtual_address(0, |register, _, _| match register {
        Register::FS | Register::GS => Some(SEGMENT),
        register if register.is_segment_register() => Some(0),
        register => Some(before[register as usize - Register::RAX as usize]),
    });
    start.expect("no vector of addresses")
}

/// Whether an instruction only tells what it finds, in flags or single bits of a mask.
fn compares(one: &iced_x86::Instruction, info: &InstructionInfo) -> bool {
    use Mnemonic as M;
    let moves = matches!(one.mnemonic(), M::Kmovb | M::Kmovw | M::Kmovd | M::Kmovq);
    let mut written = info.used_registers().iter().filter(|used| writes(used.access()));
    let masks = written.clone().count();
    !moves
        && (masks > 0 || one.rflags_modified() & CONDITIONS != 0)
        && written.all(|used| used.register().is_k())
        && info.used_memory().iter().all(|used| !writes(used.access()))
}

/// Whether it takes one lane of what it reads.
fn takes_a_lane(one: &iced_x86::Instruction) -> bool {
    use Mnemonic as M;
    matches!(
        one.mnemonic(),
        M::Punpcklqdq
            | M::Punpckhqdq
            | M::Vpunpcklqdq
            | M::Vpunpckhqdq
            | M::Unpcklpd
            | M::Unpckhpd
            | M::Vunpcklpd
            | M::Vunpckhpd
            | M::Shufpd
            | M::Vshufpd
            | M::Pshufd
            | M::Vpshufd
    )
}

/// What is read of 8 bytes or more is loaded, and what is loaded for a moment is used.
fn check_reads(
    said: &Instruction,
    one: &iced_x86::Instruction,
    info: &InstructionInfo,
    run: &Run,
    before: &[u64; REGS],
) {
    let context = || format!("{:?} {said:x?} {info:?}", one.code());
    if said.flow != Flow::Next || compares(one, info) {
        return;
    }
    for used in info.used_memory().iter().filter(|used| reads(used.access())) {
        let bytes = used.memory_size().size() as u64;
        let is_loaded = if used.vsib_size() != 0 || bytes == 0 || bytes > 64 {
            !run.loads.is_empty()
        } else {
            covers(&run.loads, start_of(used, before), bytes / 8 * 8)
        };
        let is_part = takes_a_lane(one) && !run.loads.is_empty();
        assert!(is_loaded || is_part, "what is read by {}", context());
    }
    for (index, op) in said.ops.iter().enumerate() {
        if let Op::Load { to: to @ (30 | 31), bytes: 8, .. } = *op {
            let is_used = said.ops[index + 1..].iter().any(|op| uses(op, to));
            assert!(is_used, "what is loaded by {}", context());
        }
    }
}

/// Whether the operation takes what the register holds.
fn uses(op: &Op, register: u8) -> bool {
    let is_it = |operand: Operand| operand == Operand::Reg(register);
    match *op {
        Op::Copy { from, .. } | Op::Narrow { from, .. } | Op::Choose { from, .. } | Op::Lose { from } => {
            from == register
        }
        Op::Store { from, .. } | Op::FillMemory { from, .. } | Op::Forget { from, .. } => is_it(from),
        Op::Arith { left, right, .. } | Op::Compare { left, right, .. } => left == register || is_it(right),
        Op::Number { .. } | Op::Address { .. } | Op::Load { .. } | Op::Flags | Op::CopyMemory { .. } => false,
    }
}

/// Compares one instruction; how many bytes it has.
fn check(code: &[u8], at: u64, factory: &mut InstructionInfoFactory, run: &mut Run) -> usize {
    let code = &code[..code.len().min(15)];
    let mut said = Instruction::default();
    X86.decode(code, at, &mut said);
    let true_one = Decoder::with_ip(64, code, at, DecoderOptions::NONE).decode();
    assert_eq!(said.next, true_one.next_ip(), "{code:02x?}");
    if matches!(said.flow, Flow::Unknown(_) | Flow::Trap) {
        return true_one.len().max(1);
    }
    let info = factory.info(&true_one);
    let context = || format!("{:?} {code:02x?} {said:?} {info:?}", true_one.code());
    let before = run.registers;
    run.stores.clear();
    run.loads.clear();
    for op in &said.ops {
        run.step(op);
    }
    check_reads(&said, &true_one, info, run, &before);
    let calls = matches!(said.flow, Flow::Call(_) | Flow::Return { .. });
    let is_written = |register: u8| said.ops.iter().any(|op| written(op) == Some(register));
    for used in info.used_registers().iter().filter(|used| writes(used.access())) {
        let register = used.register();
        let number = u8::try_from(register.number()).expect("few registers");
        if register.is_gpr() {
            let full = register.full_register() as u32 - Register::RAX as u32;
            let full = u8::try_from(full).expect("few registers");
            assert!(is_written(full) || (calls && full == 4), "{register:?} of {}", context());
        } else if register.is_vector_register() {
            let lanes = || (0..4).filter(|part| is_written(lane(number, *part))).count();
            let least = match true_one.mnemonic() {
                // It is in the tables as writing all of them.
                Mnemonic::Vzeroupper => 2,
                _ if true_one.encoding() != EncodingKind::Legacy => 4,
                // A move to itself is nothing.
                _ if true_one.op0_register() == true_one.op1_register() && said.ops.is_empty() => 0,
                _ => 1,
            };
            assert!(lanes() >= least, "{register:?} of {}", context());
        }
    }
    for used in info.used_memory().iter().filter(|used| writes(used.access())) {
        if calls {
            continue;
        }
        let start = start_of(used, &before);
        let bytes = u64::try_from(used.memory_size().size()).expect("small");
        // Those of a repeated instruction are not known.
        assert!(covers(&run.stores, start, bytes.max(1)), "{start:x} of {}", context());
    }
    if true_one.rflags_modified() & CONDITIONS != 0 && said.flow == Flow::Next {
        let flags = said.ops.iter().any(|op| matches!(op, Op::Flags | Op::Compare { .. }));
        assert!(flags, "flags of {}", context());
    }
    true_one.len()
}

fn reads(access: OpAccess) -> bool {
    use OpAccess as A;
    matches!(access, A::Read | A::CondRead | A::ReadWrite | A::ReadCondWrite)
}

fn writes(access: OpAccess) -> bool {
    use OpAccess as A;
    matches!(access, A::Write | A::CondWrite | A::ReadWrite | A::ReadCondWrite)
}

fn run(seed: u64) -> Run {
    let mut chance = Chance(seed);
    let registers = std::array::from_fn(|_| chance.next());
    Run { registers, chance, stores: Vec::new(), loads: Vec::new() }
}

#[test]
fn every_write_of_instructions_by_chance_is_told() {
    const STARTS: [&[u8]; 16] = [
        &[],
        &[],
        &[0x0f],
        &[0x0f],
        &[0x66],
        &[0x48],
        &[0x4c, 0x0f],
        &[0x66, 0x0f],
        &[0xf3, 0x0f],
        &[0xf2, 0x0f],
        &[0x66, 0x0f, 0x38],
        &[0x66, 0x48, 0x0f, 0x3a],
        &[0xc5],
        &[0xc4],
        &[0x62],
        &[0xf0],
    ];
    let (mut run, mut factory) = (run(1), InstructionInfoFactory::new());
    for turn in 0..100_000 {
        let mut code = STARTS[turn % STARTS.len()].to_vec();
        code.extend(run.chance.next().to_le_bytes());
        code.extend(run.chance.next().to_le_bytes());
        check(&code, 0x1000, &mut factory, &mut run);
    }
}

#[test]
fn every_write_of_this_program_is_told_and_nearly_all_of_it_is_known() {
    let bytes = std::env::current_exe().and_then(std::fs::read).expect("the test's own file");
    let Ok(file) = object::File::parse(&*bytes) else {
        println!("not tested: the test's own file is not one that is read");
        return;
    };
    if file.architecture() != object::Architecture::X86_64 {
        println!("not tested: this is not x86_64");
        return;
    }
    let text = file.section_by_name(".text").or_else(|| file.section_by_name("__text"));
    let text = text.expect("code").data().expect("its bytes");
    let (mut run, mut factory) = (run(2), InstructionInfoFactory::new());
    // Parts of all of it: a whole debug build takes too long. A part may begin within an instruction; that is soon over.
    let (parts, part_bytes) = (64, 4096);
    let (mut all, mut unknown) = (0_u32, 0_u32);
    for part in 0..parts {
        let from = text.len() / parts * part;
        let part = &text[from..text.len().min(from + part_bytes)];
        let mut at = 0;
        while at < part.len() {
            let mut said = Instruction::default();
            X86.decode(&part[at..], 0x1000, &mut said);
            all += 1;
            unknown += u32::from(matches!(said.flow, Flow::Unknown(_)));
            at += check(&part[at..], 0x1000, &mut factory, &mut run);
        }
    }
    assert!(unknown * 100 < all, "{unknown} of {all} instructions are not known");
}
