//! What moves values between general registers and memory as they are.

use iced_x86::Mnemonic;

use super::super::{Arith, Op, Operand};
use super::operands::{RBP, RSP, SCRATCH, SECOND_SCRATCH, Writer, at_register, general};

pub(super) fn decode(writer: &mut Writer<'_>) -> Option<()> {
    let mnemonic = writer.instruction.mnemonic();
    match mnemonic {
        Mnemonic::Mov => mov(writer),
        Mnemonic::Movzx => zero_extended(writer),
        Mnemonic::Movsx | Mnemonic::Movsxd => sign_extended(writer),
        Mnemonic::Lea => lea(writer),
        Mnemonic::Push => push(writer),
        Mnemonic::Pop => pop(writer),
        Mnemonic::Leave => leave(writer),
        Mnemonic::Xchg => exchange(writer),
        Mnemonic::Movnti => {
            let from = writer.read(1, SCRATCH)?;
            writer.write(0, from)
        }
        Mnemonic::Nop
        | Mnemonic::Endbr64
        | Mnemonic::Endbr32
        | Mnemonic::Pause
        | Mnemonic::Lfence
        | Mnemonic::Mfence
        | Mnemonic::Sfence
        | Mnemonic::Prefetchnta
        | Mnemonic::Prefetcht0
        | Mnemonic::Prefetcht1
        | Mnemonic::Prefetcht2
        | Mnemonic::Prefetchw => Some(()),
        _ => choose(writer),
    }
}

fn mov(writer: &mut Writer<'_>) -> Option<()> {
    let registers = (writer.register(0), writer.register(1));
    let special = |register| general(register).is_none();
    if registers.0.is_some_and(special) || registers.1.is_some_and(special) {
        return None;
    }
    if writer.is_memory(1) {
        let to = writer.general(0)?;
        if to.bits >= 32 {
            let (place, bytes) = (writer.place()?, writer.memory_bytes()?);
            writer.push(Op::Load { to: to.reg, place, bytes, signed: false });
            return Some(());
        }
    }
    let from = writer.read(1, SCRATCH)?;
    writer.write(0, from)
}

fn zero_extended(writer: &mut Writer<'_>) -> Option<()> {
    let to = writer.general(0)?;
    if to.bits == 16 {
        let from = writer.read(1, SCRATCH)?;
        writer.write_general(to, from);
    } else if writer.is_memory(1) {
        let (place, bytes) = (writer.place()?, writer.memory_bytes()?);
        writer.push(Op::Load { to: to.reg, place, bytes, signed: false });
    } else {
        let from = writer.general(1)?;
        if from.high {
            writer.push(Op::Forget { to: to.reg, from: Operand::Reg(from.reg) });
            writer.push(Op::Narrow { to: to.reg, from: to.reg, bits: 8, signed: false });
        } else {
            writer.push(Op::Narrow { to: to.reg, from: from.reg, bits: from.bits, signed: false });
        }
    }
    Some(())
}

fn sign_extended(writer: &mut Writer<'_>) -> Option<()> {
    let to = writer.general(0)?;
    if to.bits == 16 {
        let from = writer.read(1, SCRATCH)?;
        writer.write_general(to, from);
        return Some(());
    }
    if writer.is_memory(1) {
        let (place, bytes) = (writer.place()?, writer.memory_bytes()?);
        writer.push(Op::Load { to: to.reg, place, bytes, signed: true });
    } else {
        let from = writer.general(1)?;
        if from.high {
            writer.push(Op::Forget { to: to.reg, from: Operand::Reg(from.reg) });
        } else {
            writer.push(Op::Narrow { to: to.reg, from: from.reg, bits: from.bits, signed: true });
        }
    }
    if to.bits == 32 {
        writer.clear_upper(to.reg);
    }
    Some(())
}

fn lea(writer: &mut Writer<'_>) -> Option<()> {
    let to = writer.general(0)?;
    let mut place = writer.place()?;
    // The address within the segment.
    place.segment = false;
    match to.bits {
        64 => writer.push(Op::Address { to: to.reg, place }),
        32 => {
            writer.push(Op::Address { to: to.reg, place });
            writer.clear_upper(to.reg);
        }
        _ => {
            writer.push(Op::Address { to: SCRATCH, place });
            writer.write_general(to, Operand::Reg(SCRATCH));
        }
    }
    Some(())
}

fn push(writer: &mut Writer<'_>) -> Option<()> {
    if writer.instruction.stack_pointer_increment() != -8 {
        return None;
    }
    let from = writer.read(0, SCRATCH)?;
    writer.push(Op::Store { place: at_register(RSP, -8), from, bytes: 8 });
    writer.push(Op::Arith { to: RSP, kind: Arith::Sub, left: RSP, right: Operand::Number(8) });
    Some(())
}

fn pop(writer: &mut Writer<'_>) -> Option<()> {
    if writer.instruction.stack_pointer_increment() != 8 {
        return None;
    }
    let add = Op::Arith { to: RSP, kind: Arith::Add, left: RSP, right: Operand::Number(8) };
    let place = at_register(RSP, 0);
    if writer.is_memory(0) {
        // Its address is that after the stack pointer has moved.
        writer.push(Op::Load { to: SCRATCH, place, bytes: 8, signed: false });
        writer.push(add);
        return writer.write(0, Operand::Reg(SCRATCH));
    }
    let to = writer.general(0)?.reg;
    writer.push(Op::Load { to, place, bytes: 8, signed: false });
    if to != RSP {
        writer.push(add);
    }
    Some(())
}

fn leave(writer: &mut Writer<'_>) -> Option<()> {
    if writer.instruction.code() != iced_x86::Code::Leaveq {
        return None;
    }
    writer.push(Op::Copy { to: RSP, from: RBP });
    writer.push(Op::Load { to: RBP, place: at_register(RSP, 0), bytes: 8, signed: false });
    writer.push(Op::Arith { to: RSP, kind: Arith::Add, left: RSP, right: Operand::Number(8) });
    Some(())
}

fn exchange(writer: &mut Writer<'_>) -> Option<()> {
    let (left, right) = if writer.is_memory(1) { (1, 0) } else { (0, 1) };
    let old = writer.read(left, SECOND_SCRATCH)?;
    if old != Operand::Reg(SECOND_SCRATCH) {
        writer.set(SECOND_SCRATCH, old);
    }
    let new = writer.read(right, SCRATCH)?;
    writer.write(left, new)?;
    writer.write(right, Operand::Reg(SECOND_SCRATCH))
}

/// `cmov`: one of 32 bits clears what is above even where it does not move.
fn choose(writer: &mut Writer<'_>) -> Option<()> {
    use Mnemonic as M;
    if !matches!(
        writer.instruction.mnemonic(),
        M::Cmova
            | M::Cmovae
            | M::Cmovb
            | M::Cmovbe
            | M::Cmove
            | M::Cmovg
            | M::Cmovge
            | M::Cmovl
            | M::Cmovle
            | M::Cmovne
            | M::Cmovno
            | M::Cmovnp
            | M::Cmovns
            | M::Cmovo
            | M::Cmovp
            | M::Cmovs
    ) {
        return None;
    }
    let to = writer.general(0)?;
    let from = writer.read_register(1, SCRATCH)?;
    if to.bits == 16 {
        writer.write_general(to, Operand::Reg(from));
        return Some(());
    }
    writer.push(Op::Choose { to: to.reg, from });
    if to.bits == 32 {
        writer.clear_upper(to.reg);
    }
    Some(())
}
