//! `x86_64`, by iced-x86.

use super::{Instruction, Isa, Reg};

/// The general registers have the numbers of their encoding: rax 0, rcx 1, rdx 2, rbx 3, rsp 4, rbp 5, rsi 6, rdi 7, r8 to r15.
#[derive(Debug)]
pub(crate) struct X86;

impl Isa for X86 {
    fn name(&self) -> &'static str {
        "x86_64"
    }

    fn stack_pointer(&self) -> Reg {
        4
    }

    fn call_pushes(&self) -> i64 {
        8
    }

    fn link(&self) -> Option<Reg> {
        None
    }

    fn arguments(&self) -> &'static [Reg] {
        &[7, 6, 2, 1, 8, 9]
    }

    fn results(&self) -> &'static [Reg] {
        &[0, 2]
    }

    fn saved(&self) -> &'static [Reg] {
        &[3, 5, 12, 13, 14, 15]
    }

    fn decode(&self, _code: &[u8], _at: u64, _into: &mut Instruction) {
        todo!()
    }
}
