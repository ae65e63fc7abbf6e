//! String instructions: the direction flag is clear, as the calling convention has it (`std` is not understood).

use iced_x86::{Mnemonic as M, OpKind, Register};

use super::super::{Op, Operand, Place};
use super::operands::{RAX, RCX, RDI, RSI, SCRATCH, Writer, at_register};

pub(super) fn decode(writer: &mut Writer<'_>) -> Option<()> {
    let (moves, bytes) = match writer.instruction.mnemonic() {
        M::Movsb => (true, 1),
        M::Movsw => (true, 2),
        M::Movsd => (true, 4),
        M::Movsq => (true, 8),
        M::Stosb => (false, 1),
        M::Stosw => (false, 2),
        M::Stosd => (false, 4),
        M::Stosq => (false, 8),
        _ => return None,
    };
    if writer.kind(0)? != OpKind::MemoryESRDI {
        return None;
    }
    let i = writer.instruction;
    let repeated = i.has_rep_prefix() || i.has_repne_prefix();
    let to = at_register(RDI, 0);
    let stored = Operand::Reg(if moves { SCRATCH } else { RAX });
    if moves {
        if writer.kind(1)? != OpKind::MemorySegRSI {
            return None;
        }
        let segment = matches!(i.memory_segment(), Register::FS | Register::GS);
        let from = Place { segment, ..at_register(RSI, 0) };
        writer.push(if repeated {
            Op::CopyMemory { to, from, bytes: None }
        } else {
            Op::Load { to: SCRATCH, place: from, bytes, signed: false }
        });
    } else if repeated {
        writer.push(Op::FillMemory { to, from: Operand::Reg(RAX), bytes: None });
    }
    if !repeated {
        writer.push(Op::Store { place: to, from: stored, bytes });
    }
    let changed = [(RDI, true), (RSI, moves), (RCX, repeated)];
    for (register, _) in changed.into_iter().filter(|(_, changes)| *changes) {
        writer.push(Op::Forget { to: register, from: Operand::Reg(register) });
    }
    Some(())
}
