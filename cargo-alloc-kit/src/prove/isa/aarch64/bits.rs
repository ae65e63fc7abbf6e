//! Shifts, bit fields and what else makes a number of general registers.

use yaxpeax_arm::armv8::a64::Opcode;

use super::super::{Arith, Op, Operand};
use super::operands::{General, SCRATCH, SECOND_SCRATCH, Writer};

pub(super) fn decode(writer: &mut Writer<'_>) -> Option<()> {
    use Opcode as O;
    match writer.instruction.opcode {
        O::UBFM => field(writer, false),
        O::SBFM => field(writer, true),
        O::BFM => insert(writer),
        O::RBIT | O::REV | O::REV16 | O::REV32 | O::CLZ | O::CLS => {
            let (to, left) = (writer.general(0)?, writer.read_register(1, SCRATCH)?);
            writer.write_arith(to, Arith::Other, left, Operand::Number(0));
            Some(())
        }
        O::EXTR
        | O::LSLV
        | O::LSRV
        | O::ASRV
        | O::RORV
        | O::UDIV
        | O::SDIV
        | O::SMULH
        | O::UMULH
        | O::CRC32B
        | O::CRC32H
        | O::CRC32W
        | O::CRC32X
        | O::CRC32CB
        | O::CRC32CH
        | O::CRC32CW
        | O::CRC32CX => {
            let to = writer.general(0)?;
            let left = writer.read_register(1, SCRATCH)?;
            let right = writer.read(2, SECOND_SCRATCH)?;
            writer.write_arith(to, Arith::Other, left, right);
            Some(())
        }
        // Signatures of pointers: what comes out is not followed. Tags likewise.
        O::PACIA
        | O::PACIB
        | O::PACDA
        | O::PACDB
        | O::AUTIA
        | O::AUTIB
        | O::AUTDA
        | O::AUTDB
        | O::PACIZA
        | O::PACIZB
        | O::PACDZA
        | O::PACDZB
        | O::AUTIZA
        | O::AUTIZB
        | O::AUTDZA
        | O::AUTDZB
        | O::XPACI
        | O::XPACD
        | O::PACGA
        | O::IRG
        | O::GMI
        | O::SUBP => {
            let to = writer.general(0)?;
            writer.write(to, Operand::Unknown);
            Some(())
        }
        O::SUBPS => {
            let to = writer.general(0)?;
            writer.write(to, Operand::Unknown);
            writer.push(Op::Flags);
            Some(())
        }
        _ => None,
    }
}

/// The source, and by how many bits and up to which one.
fn operands(writer: &mut Writer<'_>) -> Option<(General, u8, u64, u64, u64)> {
    let to = writer.general(0)?;
    let from = writer.read_register(1, SCRATCH)?;
    let bits = if to.wide { 64 } else { 32 };
    Some((to, from, bits, writer.immediate(2)?, writer.immediate(3)?))
}

/// `lsl`, `lsr`, `asr`, extensions, and fields taken out.
fn field(writer: &mut Writer<'_>, signed: bool) -> Option<()> {
    let (to, from, bits, rotated, last) = operands(writer)?;
    let Some(reg) = to.reg else { return Some(()) };
    let width = if last >= rotated { last - rotated + 1 } else { last + 1 };
    let narrow = match width {
        8 => Some(8),
        16 => Some(16),
        32 => Some(32),
        _ => None,
    };
    if last + 1 == rotated && !signed {
        let right = Operand::Number(bits - rotated);
        writer.write_arith(to, Arith::Shl, from, right);
        return Some(());
    }
    if last >= rotated {
        // Out of the middle, to the lowest bits.
        let moved = if rotated == 0 {
            from
        } else {
            let right = Operand::Number(rotated);
            writer.push(Op::Arith { to: SCRATCH, kind: Arith::Other, left: from, right });
            SCRATCH
        };
        clip(writer, reg, moved, narrow, width, signed);
    } else {
        // The lowest bits, shifted to the left.
        clip(writer, reg, from, narrow, width, signed);
        let right = Operand::Number(bits - rotated);
        writer.push(Op::Arith { to: reg, kind: Arith::Shl, left: reg, right });
    }
    if !to.wide {
        writer.push(Op::Narrow { to: reg, from: reg, bits: 32, signed: false });
    }
    Some(())
}

/// The lower bits of a register, extended.
fn clip(writer: &mut Writer<'_>, to: u8, from: u8, narrow: Option<u8>, width: u64, signed: bool) {
    let right = |value| Operand::Number(value);
    match narrow {
        Some(bits) => writer.push(Op::Narrow { to, from, bits, signed }),
        None if signed || width >= 64 => {
            writer.push(Op::Arith { to, kind: Arith::Other, left: from, right: right(0) });
        }
        None => {
            let mask = right((1 << width) - 1);
            writer.push(Op::Arith { to, kind: Arith::And, left: from, right: mask });
        }
    }
}

/// `bfi`, `bfxil`: a field of one register in another.
fn insert(writer: &mut Writer<'_>) -> Option<()> {
    let (to, from, ..) = operands(writer)?;
    if let Some(reg) = to.reg {
        writer.write_arith(to, Arith::Other, reg, Operand::Reg(from));
    }
    Some(())
}
