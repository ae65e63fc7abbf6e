//! `aarch64`, by yaxpeax-arm.

use super::{Instruction, Isa, Reg};

/// The general registers have their numbers, x0 to x30, and 31 is the stack pointer; the zero register is `Operand::Number(0)`.
#[derive(Debug)]
pub(crate) struct Aarch64;

impl Isa for Aarch64 {
    fn name(&self) -> &'static str {
        "aarch64"
    }

    fn stack_pointer(&self) -> Reg {
        31
    }

    fn call_pushes(&self) -> i64 {
        0
    }

    fn link(&self) -> Option<Reg> {
        Some(30)
    }

    fn arguments(&self) -> &'static [Reg] {
        &[0, 1, 2, 3, 4, 5, 6, 7, 8]
    }

    fn results(&self) -> &'static [Reg] {
        &[0, 1]
    }

    fn saved(&self) -> &'static [Reg] {
        &[19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]
    }

    fn decode(&self, _code: &[u8], _at: u64, _into: &mut Instruction) {
        todo!()
    }
}
