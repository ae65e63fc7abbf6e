//! `x86_64`, by iced-x86.
//!
//! What compilers move pointers with is told precisely, each group of instructions in a file of its own; of all the others `generic.rs`
//! tells which registers and memory they write, by iced's tables. A group that finds an operand it does not know (an address of 32
//! bits, a mask) leaves the instruction to `generic.rs` too.

mod arith;
mod flow;
mod generic;
mod hidden;
mod lanes;
mod moves;
mod operands;
mod strings;
mod vectors;

use iced_x86::{Decoder, DecoderOptions, FlowControl, Mnemonic};

use self::operands::Writer;
use super::{Flow, Instruction, Isa, Reg};

/// The longest instruction, in bytes.
const LONGEST_BYTES: usize = 15;

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
        &[0, 2, 1]
    }

    fn saved(&self) -> &'static [Reg] {
        &[3, 5, 12, 13, 14, 15]
    }

    /// Behind a ModR/M byte that has it relative to the instruction, or the code of a jump or call.
    fn may_precede_distance(&self, before: &[u8]) -> bool {
        match *before {
            [.., last] if last & 0xc7 == 0x05 || last & 0xfe == 0xe8 => true,
            [.., 0x0f, last] => last & 0xf0 == 0x80,
            _ => false,
        }
    }

    fn decode(&self, code: &[u8], at: u64, into: &mut Instruction) {
        let code = &code[..code.len().min(LONGEST_BYTES)];
        // By reference: a decoder is large, and moving it takes longer than decoding.
        if let Ok(decoder) = &mut Decoder::try_with_ip(64, code, at, DecoderOptions::NONE) {
            one(decoder, code, into);
        } else {
            into.ops.clear();
            into.next = at.wrapping_add(1);
            into.flow = Flow::Unknown("not an instruction");
        }
    }

    fn decode_run(&self, code: &[u8], at: u64, seen: &mut dyn FnMut(u64, &Instruction) -> bool) {
        let Ok(decoder) = &mut Decoder::try_with_ip(64, code, at, DecoderOptions::NONE) else {
            return;
        };
        let mut instruction = Instruction::default();
        while decoder.can_decode() {
            let from = decoder.ip();
            one(decoder, &code[decoder.position()..], &mut instruction);
            if !seen(from, &instruction) {
                return;
            }
        }
    }
}

/// The decoder's next instruction, whose bytes `code` begins with.
fn one(decoder: &mut Decoder<'_>, code: &[u8], into: &mut Instruction) {
    let instruction = decoder.decode();
    into.ops.clear();
    into.next = instruction.next_ip();
    if instruction.is_invalid() {
        into.flow = Flow::Unknown("not an instruction");
        return;
    }
    let mut writer = Writer::new(&instruction, code, &mut into.ops);
    let goes_on = instruction.flow_control() == FlowControl::Next;
    into.flow = if goes_on && instruction.mnemonic() != Mnemonic::Hlt {
        if precise(&mut writer).is_some() { Flow::Next } else { generic::decode(&mut writer) }
    } else {
        flow::decode(&mut writer)
    };
}

/// `None` where no group knows the instruction; the writer may have operations of a beginning then.
fn precise(writer: &mut Writer<'_>) -> Option<()> {
    if writer.instruction.is_string_instruction() {
        return strings::decode(writer);
    }
    moves::decode(writer)
        .or_else(|| arith::decode(writer))
        .or_else(|| vectors::decode(writer))
        .or_else(|| lanes::decode(writer))
}
