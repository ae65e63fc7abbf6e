//! `aarch64`, by yaxpeax-arm.
//!
//! Its tables do not tell what an instruction writes, so every group here is a list of instructions of which it is known: all
//! that process data write their first operand only (and flags); loads, stores and branches are told one by one. What is in no list is
//! `Flow::Unknown`.

mod arith;
mod bits;
mod flow;
mod memory;
mod operands;
mod structures;
mod vectors;

use yaxpeax_arch::{Decoder as _, U8Reader};
use yaxpeax_arm::armv8::a64::InstDecoder;

use self::operands::Writer;
use super::{Flow, Instruction, Isa, Reg};

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

    /// It has none of 32 bits.
    fn may_precede_distance(&self, _: &[u8]) -> bool {
        false
    }

    fn decode(&self, code: &[u8], at: u64, into: &mut Instruction) {
        into.ops.clear();
        into.next = at.wrapping_add(4);
        into.flow = Flow::Unknown("not an instruction");
        let Some(word) = code.first_chunk::<4>() else { return };
        let Ok(instruction) = InstDecoder::default().decode(&mut U8Reader::new(word)) else {
            return;
        };
        let word = u32::from_le_bytes(*word);
        let mut writer = Writer { instruction: &instruction, at, ops: &mut into.ops };
        let flow = match word >> 25 & 0xf {
            0b1000 | 0b1001 | 0b0101 | 0b1101 => {
                arith::decode(&mut writer).or_else(|| bits::decode(&mut writer))
            }
            0b0111 | 0b1111 => vectors::decode(&mut writer),
            0b0100 | 0b0110 | 0b1100 | 0b1110 => {
                memory::decode(&mut writer).or_else(|| structures::decode(&mut writer))
            }
            _ => {
                into.flow = flow::decode(&mut writer);
                return;
            }
        };
        if flow.is_some() {
            into.flow = Flow::Next;
        } else {
            into.ops.clear();
            into.flow = Flow::Unknown("an instruction that is not modelled");
        }
    }
}
