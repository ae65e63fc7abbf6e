//! Branches, and what concerns the system.

use yaxpeax_arm::armv8::a64::{Opcode, Operand as Arm};

use super::super::{Condition, Flow, Op, Operand, Target};
use super::operands::Writer;

pub(super) fn decode(writer: &mut Writer<'_>) -> Flow {
    use Opcode as O;
    let not_known = Flow::Unknown("a branch that is not modelled");
    match writer.instruction.opcode {
        O::B => direct(writer, 0).map_or(not_known, |to| Flow::Jump(Target::Direct(to))),
        O::BL => direct(writer, 0).map_or(not_known, |to| Flow::Call(Target::Direct(to))),
        O::Bcc(code) | O::BCcc(code) => direct(writer, 0).map_or(not_known, |to| conditional(code, to)),
        // They leave the flags as they are, so that a comparison told here would be taken for that of a later branch.
        O::CBZ | O::CBNZ => direct(writer, 1).map_or(not_known, other),
        O::TBZ | O::TBNZ => direct(writer, 2).map_or(not_known, other),
        O::BR | O::BRAA | O::BRAB | O::BRAAZ | O::BRABZ => {
            register(writer).map_or(not_known, |to| Flow::Jump(Target::Reg(to)))
        }
        O::BLR | O::BLRAA | O::BLRAB | O::BLRAAZ | O::BLRABZ => {
            register(writer).map_or(not_known, |to| Flow::Call(Target::Reg(to)))
        }
        O::RET => register(writer).map_or(not_known, |to| Flow::Return { to: Some(to) }),
        O::RETAA | O::RETAB => Flow::Return { to: Some(30) },
        O::BRK | O::HLT | O::UDF => Flow::Trap,
        O::SVC => {
            writer.push(Op::Forget { to: 0, from: Operand::Number(0) });
            Flow::System
        }
        _ => system(writer),
    }
}

fn direct(writer: &Writer<'_>, operand: usize) -> Option<u64> {
    writer.target(operand)
}

fn other(to: u64) -> Flow {
    Flow::Branch { to, when: Condition::Other }
}

fn register(writer: &Writer<'_>) -> Option<u8> {
    writer.general(0).filter(|general| general.wide)?.reg
}

fn conditional(code: u8, to: u64) -> Flow {
    let when = match code {
        0 => Condition::Equal,
        1 => Condition::NotEqual,
        2 => Condition::AboveOrEqual,
        3 => Condition::Below,
        4 => Condition::Negative,
        5 => Condition::NotNegative,
        8 => Condition::Above,
        9 => Condition::BelowOrEqual,
        10 => Condition::GreaterOrEqual,
        11 => Condition::Less,
        12 => Condition::Greater,
        13 => Condition::LessOrEqual,
        14 | 15 => return Flow::Jump(Target::Direct(to)),
        _ => Condition::Other,
    };
    Flow::Branch { to, when }
}

fn system(writer: &mut Writer<'_>) -> Flow {
    use Opcode as O;
    match writer.instruction.opcode {
        O::HINT => hint(writer),
        // The way back is signed, checked or stripped in place; it stays the way back, or the program ends.
        O::DMB(_)
        | O::DSB(_)
        | O::ISB
        | O::SB
        | O::SSBB
        | O::PSSBB
        | O::CLREX
        | O::PACIASP
        | O::PACIBSP
        | O::PACIAZ
        | O::PACIBZ
        | O::AUTIASP
        | O::AUTIBSP
        | O::AUTIAZ
        | O::AUTIBZ
        | O::XPACLRI => Flow::Next,
        O::PACIA1716 | O::PACIB1716 | O::AUTIA1716 | O::AUTIB1716 => {
            writer.push(Op::Forget { to: 17, from: Operand::Unknown });
            Flow::Next
        }
        O::MRS => match writer.general(0) {
            Some(to) => {
                if let Some(to) = to.reg {
                    writer.push(Op::Forget { to, from: Operand::Number(0) });
                }
                Flow::Next
            }
            None => Flow::Unknown("an instruction that is not modelled"),
        },
        O::MSR => Flow::Unknown("writes a system register"),
        _ => Flow::Unknown("a system instruction"),
    }
}

/// Hints do nothing that is seen, but those that work on registers, which are named apart or not known here.
fn hint(writer: &Writer<'_>) -> Flow {
    let (Arm::ControlReg(high), Some(low)) = (writer.operand(0), writer.immediate(1)) else {
        return Flow::Unknown("a hint");
    };
    match u64::from(high) << 3 | low {
        // nop, yield, wfe, wfi, sev, sevl, dgh; esb, psb, tsb, csdb; bti.
        0..=6 | 16..=18 | 20 | 32 | 34 | 36 | 38 => Flow::Next,
        _ => Flow::Unknown("a hint that is not modelled"),
    }
}
