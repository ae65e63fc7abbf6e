//! Instructions that go on elsewhere than behind them.

use iced_x86::{ConditionCode, FlowControl, Mnemonic, OpKind};

use super::super::{Condition, Flow, Op, Operand, Target};
use super::operands::{R11, RAX, RCX, RSP, Writer};

pub(super) fn decode(writer: &mut Writer<'_>) -> Flow {
    let i = writer.instruction;
    match (i.mnemonic(), i.flow_control()) {
        (Mnemonic::Ud0 | Mnemonic::Ud1 | Mnemonic::Ud2 | Mnemonic::Int3 | Mnemonic::Hlt, _) => Flow::Trap,
        (Mnemonic::Syscall | Mnemonic::Sysenter, _) => system(writer),
        (Mnemonic::Int, _) if writer.immediate(0) == Some(0x80) => system(writer),
        (Mnemonic::Int | Mnemonic::Int1 | Mnemonic::Into, _) => Flow::Unknown("an interrupt"),
        (_, FlowControl::XbeginXabortXend) => Flow::Unknown("a memory transaction"),
        _ if narrows_target(writer.code) => Flow::Unknown("a branch whose width differs between processors"),
        (Mnemonic::Ret, _) if i.op_count() == 0 => Flow::Return { to: None },
        (Mnemonic::Ret, _) => Flow::Unknown("a return that drops arguments from the stack"),
        (Mnemonic::Jmp, _) => target(writer).map_or(Flow::Unknown(FAR), Flow::Jump),
        (Mnemonic::Call, _) => target(writer).map_or(Flow::Unknown(FAR), Flow::Call),
        (_, FlowControl::ConditionalBranch) => conditional(writer),
        _ => Flow::Unknown("a far or privileged branch"),
    }
}

const FAR: &str = "a branch to a far address or one of 16 or 32 bits";

/// Clobbers as the kernel does.
fn system(writer: &mut Writer<'_>) -> Flow {
    for to in [RAX, RCX, R11] {
        writer.push(Op::Forget { to, from: Operand::Number(0) });
    }
    if writer.instruction.mnemonic() == Mnemonic::Sysenter {
        // The kernel does not know where to return to with its stack.
        writer.forget(RSP);
    }
    writer.push(Op::Flags);
    Flow::System
}

fn target(writer: &Writer<'_>) -> Option<Target> {
    match writer.kind(0)? {
        OpKind::NearBranch64 => Some(Target::Direct(writer.instruction.near_branch64())),
        OpKind::Register => {
            let general = writer.general(0).filter(|general| general.bits == 64)?;
            Some(Target::Reg(general.reg))
        }
        OpKind::Memory if writer.memory_bytes() == Some(8) => {
            // A far branch takes 10 bytes.
            writer.place().map(Target::Memory)
        }
        _ => None,
    }
}

fn conditional(writer: &mut Writer<'_>) -> Flow {
    let i = writer.instruction;
    if writer.kind(0) != Some(OpKind::NearBranch64) {
        return Flow::Unknown(FAR);
    }
    let to = i.near_branch64();
    match i.mnemonic() {
        Mnemonic::Loop | Mnemonic::Loope | Mnemonic::Loopne => {
            writer.push(Op::Forget { to: RCX, from: Operand::Reg(RCX) });
            return Flow::Branch { to, when: Condition::Other };
        }
        Mnemonic::Jrcxz | Mnemonic::Jecxz => return Flow::Branch { to, when: Condition::Other },
        _ => {}
    }
    let when = match i.condition_code() {
        ConditionCode::None => return Flow::Unknown("a branch by something that is not known"),
        ConditionCode::e => Condition::Equal,
        ConditionCode::ne => Condition::NotEqual,
        ConditionCode::a => Condition::Above,
        ConditionCode::ae => Condition::AboveOrEqual,
        ConditionCode::b => Condition::Below,
        ConditionCode::be => Condition::BelowOrEqual,
        ConditionCode::l => Condition::Less,
        ConditionCode::le => Condition::LessOrEqual,
        ConditionCode::g => Condition::Greater,
        ConditionCode::ge => Condition::GreaterOrEqual,
        ConditionCode::s => Condition::Negative,
        ConditionCode::ns => Condition::NotNegative,
        _ => Condition::Other,
    };
    Flow::Branch { to, when }
}

/// Whether a branch has the prefix 66, which makes it one of 16 bits for AMD and nothing for Intel, unless REX.W overrides it, as in
/// calls of `__tls_get_addr`.
fn narrows_target(code: &[u8]) -> bool {
    let is_prefix = |byte: u8| matches!(byte, 0x26 | 0x2e | 0x36 | 0x3e | 0x64..=0x67 | 0xf0 | 0xf2 | 0xf3);
    let prefixes = code.iter().take_while(|byte| is_prefix(**byte)).count();
    let wide = code.get(prefixes).is_some_and(|byte| byte & 0xf8 == 0x48);
    code[..prefixes].contains(&0x66) && !wide
}
