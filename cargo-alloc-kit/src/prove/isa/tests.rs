//! The decoders, on instructions as assemblers write them and on bytes by chance.

mod aarch64;
mod words;
mod x86;
mod x86_guard;
mod x86_vectors;

use super::{Instruction, Isa, Op, Reg};

/// The instruction that the bytes are, at 0x1000.
fn decoded(isa: &dyn Isa, code: &[u8]) -> Instruction {
    let mut instruction = Instruction::default();
    isa.decode(code, 0x1000, &mut instruction);
    instruction
}

/// The register that an operation writes.
fn written(op: &Op) -> Option<Reg> {
    match *op {
        Op::Copy { to, .. }
        | Op::Number { to, .. }
        | Op::Address { to, .. }
        | Op::Arith { to, .. }
        | Op::Narrow { to, .. }
        | Op::Load { to, .. }
        | Op::Choose { to, .. }
        | Op::Forget { to, .. } => Some(to),
        Op::Store { .. }
        | Op::Lose { .. }
        | Op::Compare { .. }
        | Op::Flags
        | Op::CopyMemory { .. }
        | Op::FillMemory { .. } => None,
    }
}

/// Checks a table: a line has the instruction, its bytes, and what is told of it.
fn check(isa: &dyn Isa, scratch: [Reg; 2], table: &str) {
    let mut others = Vec::new();
    for line in table.trim().lines() {
        let parts: Vec<_> = line.splitn(3, '|').map(str::trim).collect();
        let &[text, bytes, expected] = &*parts else { panic!("not three parts: {line}") };
        let bytes = bytes.split(' ').map(|byte| u8::from_str_radix(byte, 16).expect("a byte"));
        let told = words::words(&decoded(isa, &bytes.collect::<Vec<_>>()), scratch);
        if told != expected {
            others.push(format!("{text}\n  told     {told}\n  expected {expected}"));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

/// Numbers by chance, the same ones each time (xorshift64*).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

#[test]
fn a_run_is_its_instructions() {
    let mut code = Vec::new();
    let mut chance = Chance(5);
    // Mostly instructions, and what is none.
    (0..2000).for_each(|_| code.extend([0x48, 0x89, 0xd8, 0x66, chance.next().to_le_bytes()[0]]));
    for isa in [&super::X86 as &dyn Isa, &super::Aarch64] {
        let mut at = 0x1000;
        isa.decode_run(&code, at, &mut |from, instruction| {
            let from_start = usize::try_from(from - 0x1000).expect("small");
            let mut alone = Instruction::default();
            isa.decode(&code[from_start..], from, &mut alone);
            assert_eq!((from, instruction.next), (at, alone.next));
            assert_eq!((&instruction.ops, instruction.flow), (&alone.ops, alone.flow));
            at = instruction.next;
            true
        });
        assert!(at >= 0x1000 + code.len() as u64);
    }
}
