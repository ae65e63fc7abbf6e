//! Arithmetic on vector and floating-point registers: all of it writes its first operand only, but comparisons, which write flags.

use yaxpeax_arm::armv8::a64::{Opcode, Operand as Arm, SIMDSizeCode, SizeCode};

use super::super::{Op, Operand, Reg, lane};
use super::operands::{SCRATCH, Writer};

pub(super) fn decode(writer: &mut Writer<'_>) -> Option<()> {
    use Opcode as O;
    match writer.instruction.opcode {
        O::FCMP | O::FCMPE | O::FCCMP | O::FCCMPE => {
            writer.push(Op::Flags);
            return Some(());
        }
        O::FMOV => {
            if let Some(done) = floating_move(writer) {
                return Some(done);
            }
        }
        O::MOVI => {
            if let Some(done) = number(writer) {
                return Some(done);
            }
        }
        O::ORR if writer.operand(1) == writer.operand(2) => {
            if let Some(done) = copy(writer) {
                return Some(done);
            }
        }
        _ => {}
    }
    forget_first(writer)
}

fn vector(register: u16) -> Option<Reg> {
    u8::try_from(register).ok().filter(|register| *register < 32)
}

fn forget_first(writer: &mut Writer<'_>) -> Option<()> {
    let written = match writer.operand(0) {
        Arm::SIMDRegister(_, register)
        | Arm::SIMDRegisterElements(_, register, _)
        | Arm::SIMDRegisterElementsLane(_, register, _, _)
        | Arm::SIMDRegisterElementsMultipleLane(_, register, _, _, _) => vector(register)?,
        _ => {
            let to = writer.general(0)?;
            lose_others(writer, true);
            if let Some(to) = to.reg {
                writer.push(Op::Forget { to, from: Operand::Unknown });
            }
            // `fjcvtzs` writes them.
            writer.push(Op::Flags);
            return Some(());
        }
    };
    lose_others(writer, false);
    for part in 0..2 {
        writer.push(Op::Forget { to: lane(written, part), from: Operand::Unknown });
    }
    Some(())
}

/// `Forget` goes by registers of its kind: what is read of the other kind, of vectors or general ones, is lost.
fn lose_others(writer: &mut Writer<'_>, of_vectors: bool) {
    for operand in 1..4 {
        match writer.operand(operand) {
            Arm::SIMDRegister(_, register)
            | Arm::SIMDRegisterElements(_, register, _)
            | Arm::SIMDRegisterElementsLane(_, register, _, _)
            | Arm::SIMDRegisterElementsMultipleLane(_, register, _, _, _)
                if of_vectors =>
            {
                if let Some(register) = vector(register) {
                    writer.lose(lane(register, 0));
                    writer.lose(lane(register, 1));
                }
            }
            _ if !of_vectors => {
                if let Some(reg) = writer.general(operand).and_then(|general| general.reg) {
                    writer.lose(reg);
                }
            }
            _ => {}
        }
    }
}

/// `fmov` of 8 bytes, between general and vector registers.
fn floating_move(writer: &mut Writer<'_>) -> Option<()> {
    match (writer.operand(0), writer.operand(1)) {
        (Arm::SIMDRegister(SIMDSizeCode::D, to), Arm::Register(SizeCode::X, _)) => {
            let from = writer.read(1, SCRATCH)?;
            let to = vector(to)?;
            writer.set(lane(to, 0), from);
            writer.push(Op::Number { to: lane(to, 1), value: 0 });
        }
        (Arm::Register(SizeCode::X, _), Arm::SIMDRegister(SIMDSizeCode::D, from)) => {
            let (to, from) = (writer.general(0)?, vector(from)?);
            writer.write(to, Operand::Reg(lane(from, 0)));
        }
        (Arm::SIMDRegister(SIMDSizeCode::D, to), Arm::SIMDRegister(SIMDSizeCode::D, from)) => {
            let (to, from) = (vector(to)?, vector(from)?);
            writer.push(Op::Copy { to: lane(to, 0), from: lane(from, 0) });
            writer.push(Op::Number { to: lane(to, 1), value: 0 });
        }
        _ => return None,
    }
    Some(())
}

/// `movi` of zeros.
fn number(writer: &mut Writer<'_>) -> Option<()> {
    let to = match writer.operand(0) {
        Arm::SIMDRegister(_, to) | Arm::SIMDRegisterElements(_, to, _) => vector(to)?,
        _ => return None,
    };
    let is_zero = match writer.operand(1) {
        // What is shifted in may be ones.
        Arm::ImmShiftMSL(..) => false,
        _ => writer.immediate(1)? == 0,
    };
    if !is_zero {
        return None;
    }
    for part in 0..2 {
        writer.push(Op::Number { to: lane(to, part), value: 0 });
    }
    Some(())
}

/// `mov` of a whole vector.
fn copy(writer: &mut Writer<'_>) -> Option<()> {
    let (Arm::SIMDRegisterElements(size, to, _), Arm::SIMDRegisterElements(_, from, _)) =
        (writer.operand(0), writer.operand(1))
    else {
        return None;
    };
    let (to, from) = (vector(to)?, vector(from)?);
    writer.push(Op::Copy { to: lane(to, 0), from: lane(from, 0) });
    if size == SIMDSizeCode::Q {
        writer.push(Op::Copy { to: lane(to, 1), from: lane(from, 1) });
    } else {
        writer.push(Op::Number { to: lane(to, 1), value: 0 });
    }
    Some(())
}
