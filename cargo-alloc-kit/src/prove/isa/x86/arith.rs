//! Arithmetic on general registers and memory, and what it says of flags.

use iced_x86::Mnemonic as M;

use super::super::{Arith, Op, Operand};
use super::operands::{RAX, RDX, SCRATCH, SECOND_SCRATCH, Writer};

/// What is known of the flags afterwards.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// Nothing.
    Flags,
    /// Those of comparing the result to 0: carry and overflow are cleared.
    Result,
    /// They are as before.
    Kept,
}

pub(super) fn decode(writer: &mut Writer<'_>) -> Option<()> {
    match writer.instruction.mnemonic() {
        M::Add => binary(writer, Arith::Add, After::Flags),
        M::Sub | M::Xor if is_same(writer) => zeroed(writer),
        M::Sub => binary(writer, Arith::Sub, After::Flags),
        M::And => binary(writer, Arith::And, After::Result),
        M::Or if writer.immediate(1) == Some(u64::MAX) && wide(writer) => all_ones(writer),
        M::Or | M::Xor => binary(writer, Arith::Other, After::Result),
        M::Sbb if is_same(writer) && wide(writer) => borrow(writer),
        M::Shl | M::Sal => shift_left(writer),
        M::Adc | M::Sbb | M::Shr | M::Sar | M::Rol | M::Ror | M::Rcl | M::Rcr => {
            binary(writer, Arith::Other, After::Flags)
        }
        M::Inc => by(writer, Arith::Add, 1),
        M::Dec => by(writer, Arith::Sub, 1),
        M::Not | M::Bswap => unary(writer, After::Kept),
        M::Neg => negate(writer),
        M::Cmp => compare(writer),
        M::Test => test(writer),
        M::Imul if writer.instruction.op_count() > 1 => multiply(writer),
        M::Mul | M::Imul | M::Div | M::Idiv => wide_multiply(writer),
        M::Xadd => exchange_add(writer),
        M::Cmpxchg => compare_exchange(writer),
        M::Bt => {
            writer.push(Op::Flags);
            Some(())
        }
        M::Popcnt | M::Lzcnt | M::Tzcnt => counted(writer),
        M::Cdqe | M::Cwde | M::Cdq | M::Cqo => {
            extend_accumulator(writer);
            Some(())
        }
        M::Shlx | M::Shrx | M::Sarx | M::Rorx | M::Andn | M::Bextr | M::Bzhi => three(writer),
        _ => set_by_condition(writer),
    }
}

/// Whether the destination is written as a whole register.
fn wide(writer: &Writer<'_>) -> bool {
    writer.general(0).is_some_and(|general| general.bits >= 32)
}

fn is_same(writer: &Writer<'_>) -> bool {
    wide(writer) && writer.register(0) == writer.register(1)
}

fn finish(writer: &mut Writer<'_>, result: Option<(u8, u8)>, after: After) {
    match (after, result) {
        (After::Kept, _) => {}
        (After::Result, Some((left, bits))) => {
            writer.push(Op::Compare { left, right: Operand::Number(0), bits, is_test: false });
        }
        _ => writer.push(Op::Flags),
    }
}

fn binary(writer: &mut Writer<'_>, kind: Arith, after: After) -> Option<()> {
    let right = writer.read(1, SECOND_SCRATCH)?;
    apply(writer, kind, right, after)
}

/// The first operand becomes what `kind` makes of it and `right`.
fn apply(writer: &mut Writer<'_>, kind: Arith, right: Operand, after: After) -> Option<()> {
    if writer.is_memory(0) {
        let (place, bytes) = (writer.place()?, writer.memory_bytes()?);
        writer.push(Op::Load { to: SCRATCH, place, bytes, signed: false });
        writer.push(Op::Arith { to: SCRATCH, kind, left: SCRATCH, right });
        writer.push(Op::Store { place, from: Operand::Reg(SCRATCH), bytes });
        finish(writer, Some((SCRATCH, bytes * 8)), after);
        return Some(());
    }
    let to = writer.general(0)?;
    if to.bits >= 32 {
        writer.push(Op::Arith { to: to.reg, kind, left: to.reg, right });
        if to.bits == 32 {
            writer.clear_upper(to.reg);
        }
    } else {
        writer.push(Op::Arith { to: to.reg, kind: Arith::Other, left: to.reg, right });
    }
    finish(writer, (!to.high).then_some((to.reg, to.bits)), after);
    Some(())
}

fn by(writer: &mut Writer<'_>, kind: Arith, number: u64) -> Option<()> {
    apply(writer, kind, Operand::Number(number), After::Flags)
}

fn unary(writer: &mut Writer<'_>, after: After) -> Option<()> {
    apply(writer, Arith::Other, Operand::Number(0), after)
}

fn zeroed(writer: &mut Writer<'_>) -> Option<()> {
    let to = writer.general(0)?;
    writer.push(Op::Number { to: to.reg, value: 0 });
    finish(writer, Some((to.reg, to.bits)), After::Result);
    Some(())
}

fn all_ones(writer: &mut Writer<'_>) -> Option<()> {
    let to = writer.general(0)?;
    writer.write_general(to, Operand::Number(u64::MAX));
    finish(writer, Some((to.reg, to.bits)), After::Result);
    Some(())
}

/// `sbb r, r` makes nothing of what the register held.
fn borrow(writer: &mut Writer<'_>) -> Option<()> {
    let to = writer.general(0)?.reg;
    writer.push(Op::Forget { to, from: Operand::Number(0) });
    writer.push(Op::Flags);
    Some(())
}

fn shift_left(writer: &mut Writer<'_>) -> Option<()> {
    let bits = writer.bits(0)?;
    match writer.immediate(1) {
        Some(count) => {
            let count = count & if bits == 64 { 63 } else { 31 };
            apply(writer, Arith::Shl, Operand::Number(count), After::Flags)
        }
        None => binary(writer, Arith::Other, After::Flags),
    }
}

fn negate(writer: &mut Writer<'_>) -> Option<()> {
    let Some(to) = writer.general(0).filter(|to| to.bits >= 32) else {
        return unary(writer, After::Flags);
    };
    writer.push(Op::Number { to: SCRATCH, value: 0 });
    let right = Operand::Reg(to.reg);
    writer.push(Op::Arith { to: to.reg, kind: Arith::Sub, left: SCRATCH, right });
    if to.bits == 32 {
        writer.clear_upper(to.reg);
    }
    writer.push(Op::Flags);
    Some(())
}

fn compare(writer: &mut Writer<'_>) -> Option<()> {
    let bits = writer.bits(0)?;
    let left = writer.read_register(0, SCRATCH)?;
    let right = match writer.read(1, SECOND_SCRATCH)? {
        Operand::Number(number) if bits < 64 => Operand::Number(number & ((1 << bits) - 1)),
        other => other,
    };
    if writer.general(0).is_some_and(|general| general.high) {
        // The lower bits of what was read are not those that are compared.
        writer.push(Op::Flags);
    } else if writer.general(1).is_some_and(|general| general.high) {
        writer.push(Op::Compare { left, right: Operand::Unknown, bits, is_test: false });
    } else {
        let right = match right {
            // Its upper bits are not compared; those of what was loaded are clear.
            Operand::Reg(from) if bits < 64 && from != SECOND_SCRATCH => {
                writer.push(Op::Narrow { to: SECOND_SCRATCH, from, bits, signed: false });
                Operand::Reg(SECOND_SCRATCH)
            }
            other => other,
        };
        writer.push(Op::Compare { left, right, bits, is_test: false });
    }
    Some(())
}

fn test(writer: &mut Writer<'_>) -> Option<()> {
    match (writer.general(0), writer.general(1)) {
        (Some(left), Some(right)) if left == right && !left.high => {
            let right = Operand::Number(0);
            writer.push(Op::Compare { left: left.reg, right, bits: left.bits, is_test: false });
        }
        (Some(left), right) if !left.high && right.is_none_or(|right| !right.high) => {
            let right = writer.read(1, SECOND_SCRATCH)?;
            writer.push(Op::Compare { left: left.reg, right, bits: left.bits, is_test: true });
        }
        _ => writer.push(Op::Flags),
    }
    Some(())
}

fn multiply(writer: &mut Writer<'_>) -> Option<()> {
    if writer.instruction.op_count() == 2 {
        return binary(writer, Arith::Mul, After::Flags);
    }
    let to = writer.general(0)?;
    let left = writer.read_register(1, SCRATCH)?;
    let right = writer.read(2, SECOND_SCRATCH)?;
    let into = if to.bits >= 32 { to.reg } else { SCRATCH };
    writer.push(Op::Arith { to: into, kind: Arith::Mul, left, right });
    match to.bits {
        64 => {}
        32 => writer.clear_upper(to.reg),
        _ => writer.write_general(to, Operand::Reg(SCRATCH)),
    }
    writer.push(Op::Flags);
    Some(())
}

/// Products of twice the width and divisions: rax and rdx are made of both and of the operand.
fn wide_multiply(writer: &mut Writer<'_>) -> Option<()> {
    let from = writer.read(0, SCRATCH)?;
    let other = |to, left, right| Op::Arith { to, kind: Arith::Other, left, right };
    writer.push(other(SCRATCH, RAX, from));
    writer.push(other(SCRATCH, SCRATCH, Operand::Reg(RDX)));
    writer.push(Op::Copy { to: RAX, from: SCRATCH });
    if writer.bits(0)? != 8 {
        writer.push(Op::Copy { to: RDX, from: SCRATCH });
    }
    writer.push(Op::Flags);
    Some(())
}

fn exchange_add(writer: &mut Writer<'_>) -> Option<()> {
    let old = writer.read_register(0, SCRATCH)?;
    if old != SCRATCH {
        writer.push(Op::Copy { to: SCRATCH, from: old });
    }
    let right = writer.read(1, SECOND_SCRATCH)?;
    writer.push(Op::Arith { to: SECOND_SCRATCH, kind: Arith::Add, left: SCRATCH, right });
    if writer.is_memory(0) {
        writer.write(0, Operand::Reg(SECOND_SCRATCH))?;
        writer.write(1, Operand::Reg(SCRATCH))?;
    } else {
        writer.write(1, Operand::Reg(SCRATCH))?;
        writer.write(0, Operand::Reg(SECOND_SCRATCH))?;
    }
    writer.push(Op::Flags);
    Some(())
}

/// The place keeps what it has or becomes the second operand; the accumulator becomes what the place had, or is that already.
fn compare_exchange(writer: &mut Writer<'_>) -> Option<()> {
    if !writer.is_memory(0) {
        return None;
    }
    let (place, bytes) = (writer.place()?, writer.memory_bytes()?);
    writer.push(Op::Load { to: SCRATCH, place, bytes, signed: false });
    let new = writer.general(1).filter(|new| !new.high)?.reg;
    writer.push(Op::Copy { to: SECOND_SCRATCH, from: SCRATCH });
    writer.push(Op::Choose { to: SECOND_SCRATCH, from: new });
    writer.push(Op::Store { place, from: Operand::Reg(SECOND_SCRATCH), bytes });
    if bytes >= 4 {
        writer.push(Op::Choose { to: RAX, from: SCRATCH });
    } else {
        let right = Operand::Reg(SCRATCH);
        writer.push(Op::Arith { to: RAX, kind: Arith::Other, left: RAX, right });
    }
    writer.push(Op::Flags);
    Some(())
}

fn counted(writer: &mut Writer<'_>) -> Option<()> {
    let from = writer.read(1, SCRATCH)?;
    let to = writer.general(0)?;
    // A processor without them takes `lzcnt` and `tzcnt` for `bsr` and `bsf`, which may keep the destination.
    let counts_ones = writer.instruction.mnemonic() == M::Popcnt;
    if to.bits >= 32 && counts_ones {
        writer.push(Op::Forget { to: to.reg, from });
        writer.push(Op::Narrow { to: to.reg, from: to.reg, bits: 8, signed: false });
    } else {
        writer.push(Op::Arith { to: to.reg, kind: Arith::Other, left: to.reg, right: from });
    }
    writer.push(Op::Flags);
    Some(())
}

fn extend_accumulator(writer: &mut Writer<'_>) {
    let signed = |to, bits| Op::Narrow { to, from: RAX, bits, signed: true };
    match writer.instruction.mnemonic() {
        M::Cdqe => writer.push(signed(RAX, 32)),
        M::Cwde => {
            writer.push(signed(RAX, 16));
            writer.clear_upper(RAX);
        }
        // Copies of the sign.
        _ => writer.push(Op::Forget { to: RDX, from: Operand::Number(0) }),
    }
}

/// Shifts and bit operations with a destination of their own.
fn three(writer: &mut Writer<'_>) -> Option<()> {
    let to = writer.general(0)?;
    let left = writer.read_register(1, SCRATCH)?;
    let right = writer.read(2, SECOND_SCRATCH)?;
    writer.push(Op::Arith { to: to.reg, kind: Arith::Other, left, right });
    if to.bits == 32 {
        writer.clear_upper(to.reg);
    }
    if matches!(writer.instruction.mnemonic(), M::Andn | M::Bextr | M::Bzhi) {
        writer.push(Op::Flags);
    }
    Some(())
}

fn set_by_condition(writer: &mut Writer<'_>) -> Option<()> {
    if !matches!(
        writer.instruction.mnemonic(),
        M::Seta
            | M::Setae
            | M::Setb
            | M::Setbe
            | M::Sete
            | M::Setg
            | M::Setge
            | M::Setl
            | M::Setle
            | M::Setne
            | M::Setno
            | M::Setnp
            | M::Setns
            | M::Seto
            | M::Setp
            | M::Sets
    ) {
        return None;
    }
    if writer.is_memory(0) {
        writer.push(Op::Forget { to: SCRATCH, from: Operand::Number(0) });
        return writer.write(0, Operand::Reg(SCRATCH));
    }
    let to = writer.general(0)?.reg;
    writer.push(Op::Forget { to, from: Operand::Reg(to) });
    Some(())
}
