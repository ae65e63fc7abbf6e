//! Arithmetic on general registers.

use yaxpeax_arm::armv8::a64::Opcode;

use super::super::{Arith, Op, Operand};
use super::operands::{General, SCRATCH, SECOND_SCRATCH, Writer};

pub(super) fn decode(writer: &mut Writer<'_>) -> Option<()> {
    use Opcode as O;
    let opcode = writer.instruction.opcode;
    match opcode {
        O::ADR => address(writer, false),
        O::ADRP => address(writer, true),
        O::MOVZ => wide_number(writer, false),
        O::MOVN => wide_number(writer, true),
        O::MOVK => keep_number(writer),
        O::ADD => binary(writer, Arith::Add),
        O::SUB => binary(writer, Arith::Sub),
        O::AND => binary(writer, Arith::And),
        O::ORR => or(writer),
        O::ORN | O::EOR | O::EON | O::BIC | O::ADC | O::SBC => binary(writer, Arith::Other),
        O::SUBS => subtract_and_compare(writer),
        O::ADDS => binary(writer, Arith::Add).map(|()| writer.push(Op::Flags)),
        O::ANDS => binary(writer, Arith::And).map(|()| writer.push(Op::Flags)),
        O::BICS | O::ADCS | O::SBCS => binary(writer, Arith::Other).map(|()| writer.push(Op::Flags)),
        O::CCMP | O::CCMN | O::RMIF | O::SETF8 | O::SETF16 => {
            writer.push(Op::Flags);
            Some(())
        }
        O::CSEL | O::CSINC | O::CSINV | O::CSNEG => choose(writer, opcode),
        O::MADD => multiply(writer, Arith::Add, None),
        O::MSUB => multiply(writer, Arith::Sub, None),
        O::SMADDL => multiply(writer, Arith::Add, Some(true)),
        O::UMADDL => multiply(writer, Arith::Add, Some(false)),
        O::SMSUBL => multiply(writer, Arith::Sub, Some(true)),
        O::UMSUBL => multiply(writer, Arith::Sub, Some(false)),
        _ => None,
    }
}

fn address(writer: &mut Writer<'_>, page: bool) -> Option<()> {
    let to = writer.general(0)?;
    let yaxpeax_arm::armv8::a64::Operand::PCOffset(offset) = writer.operand(1) else {
        return None;
    };
    let from = if page { writer.at & !0xfff } else { writer.at };
    let disp = from.wrapping_add_signed(offset).cast_signed();
    if let Some(to) = to.reg {
        writer.push(Op::Address { to, place: super::super::Place { disp, ..Default::default() } });
    }
    Some(())
}

fn wide_number(writer: &mut Writer<'_>, inverted: bool) -> Option<()> {
    let (to, value) = (writer.general(0)?, writer.immediate(1)?);
    writer.write(to, Operand::Number(if inverted { !value } else { value }));
    Some(())
}

/// `movk` keeps all but 16 bits.
fn keep_number(writer: &mut Writer<'_>) -> Option<()> {
    use yaxpeax_arm::armv8::a64::Operand as Arm;
    let Arm::ImmShift(value, shift) = writer.operand(1) else { return None };
    let to = writer.general(0)?;
    let Some(reg) = to.reg else { return Some(()) };
    let mask = 0xffff_u64.checked_shl(u32::from(shift))?;
    let right = Operand::Number(!mask);
    writer.push(Op::Arith { to: reg, kind: Arith::And, left: reg, right });
    // Those bits are clear, so that adding sets them.
    writer.write_arith(to, Arith::Add, reg, Operand::Number(u64::from(value) << shift));
    Some(())
}

fn binary(writer: &mut Writer<'_>, kind: Arith) -> Option<()> {
    let to = writer.general(0)?;
    let right = writer.read(2, SECOND_SCRATCH)?;
    match (writer.read(1, SCRATCH)?, kind, right) {
        // `mov` to and from the stack pointer, and of numbers.
        (from, Arith::Add | Arith::Sub, Operand::Number(0)) => writer.write(to, from),
        (Operand::Reg(left), ..) => writer.write_arith(to, kind, left, right),
        (other, ..) => {
            writer.set(SCRATCH, other);
            writer.write_arith(to, kind, SCRATCH, right);
        }
    }
    Some(())
}

/// `orr` with the zero register is `mov`.
fn or(writer: &mut Writer<'_>) -> Option<()> {
    let (to, left) = (writer.general(0)?, writer.general(1)?);
    if left.reg.is_none() {
        let from = writer.read(2, SECOND_SCRATCH)?;
        writer.write(to, from);
        return Some(());
    }
    binary(writer, Arith::Other)
}

/// `subs`, `cmp`, `negs`: carry and zero are those of the comparison.
fn subtract_and_compare(writer: &mut Writer<'_>) -> Option<()> {
    let to = writer.general(0)?;
    let Some(left) = writer.general(1)?.reg else {
        // `negs`: nothing is compared to a number.
        return binary(writer, Arith::Sub).map(|()| writer.push(Op::Flags));
    };
    let right = writer.read(2, SECOND_SCRATCH)?;
    let bits = if to.wide { 64 } else { 32 };
    // What is compared is gone where the result takes its place.
    let lost = to.reg.is_some_and(|to| to == left || right == Operand::Reg(to));
    if !lost {
        let compared = match right {
            // Its upper bits are not compared.
            Operand::Reg(from) if !to.wide => {
                writer.push(Op::Narrow { to: SCRATCH, from, bits: 32, signed: false });
                Operand::Reg(SCRATCH)
            }
            other => other,
        };
        writer.push(Op::Compare { left, right: compared, bits, is_test: false });
    }
    writer.write_arith(to, Arith::Sub, left, right);
    if lost {
        writer.push(Op::Flags);
    }
    Some(())
}

/// The first, or something made of the second, by a condition.
fn choose(writer: &mut Writer<'_>, opcode: Opcode) -> Option<()> {
    let to = writer.general(0)?;
    let second = writer.read_register(2, SCRATCH)?;
    let one = Operand::Number(1);
    match opcode {
        Opcode::CSEL => writer.set(SCRATCH, Operand::Reg(second)),
        Opcode::CSINC => {
            writer.push(Op::Arith { to: SCRATCH, kind: Arith::Add, left: second, right: one });
        }
        Opcode::CSINV => {
            let right = Operand::Number(u64::MAX);
            writer.push(Op::Arith { to: SCRATCH, kind: Arith::Other, left: second, right });
        }
        _ => {
            writer.push(Op::Number { to: SECOND_SCRATCH, value: 0 });
            let right = Operand::Reg(second);
            writer.push(Op::Arith { to: SCRATCH, kind: Arith::Sub, left: SECOND_SCRATCH, right });
        }
    }
    let first = writer.read(1, SECOND_SCRATCH)?;
    writer.set(SECOND_SCRATCH, first);
    writer.push(Op::Choose { to: SECOND_SCRATCH, from: SCRATCH });
    writer.write(to, Operand::Reg(SECOND_SCRATCH));
    Some(())
}

/// A product, added to the last operand or taken from it. `signed` where the factors are of 32 bits and the sum of 64.
fn multiply(writer: &mut Writer<'_>, kind: Arith, signed: Option<bool>) -> Option<()> {
    let to = writer.general(0)?;
    let left = writer.read_register(1, SCRATCH)?;
    let right = writer.read_register(2, SECOND_SCRATCH)?;
    let (left, right) = match signed {
        Some(signed) => {
            writer.push(Op::Narrow { to: SCRATCH, from: left, bits: 32, signed });
            writer.push(Op::Narrow { to: SECOND_SCRATCH, from: right, bits: 32, signed });
            (SCRATCH, SECOND_SCRATCH)
        }
        None => (left, right),
    };
    let right = Operand::Reg(right);
    writer.push(Op::Arith { to: SCRATCH, kind: Arith::Mul, left, right });
    match (writer.general(3)?, kind) {
        (General { reg: None, .. }, Arith::Add) => writer.write(to, Operand::Reg(SCRATCH)),
        (General { reg, .. }, _) => {
            writer.set(SECOND_SCRATCH, reg.map_or(Operand::Number(0), Operand::Reg));
            writer.write_arith(to, kind, SECOND_SCRATCH, Operand::Reg(SCRATCH));
        }
    }
    Some(())
}
