//! The decoders, on instructions as assemblers write them and on bytes by chance.

mod aarch64;
mod x86;
mod x86_guard;
mod x86_vectors;

use super::{Instruction, Isa, Op, Place, Reg};

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
        Op::Store { .. } | Op::Compare { .. } | Op::Flags | Op::CopyMemory { .. } | Op::FillMemory { .. } => {
            None
        }
    }
}

/// A place at a register.
fn at(base: Reg, disp: i64) -> Place {
    Place { base: Some(base), disp, ..Place::default() }
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
