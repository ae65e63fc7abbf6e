//! What moves values of 8 bytes into, out of and between vector registers as they are.

use iced_x86::{EncodingKind, Mnemonic as M};

use super::super::{Op, Operand, lane};
use super::hidden;
use super::operands::{SCRATCH, Writer, beyond};

/// Lanes that are kept of a vector register.
const LANES: u8 = 4;

pub(super) fn decode(writer: &mut Writer<'_>) -> Option<()> {
    if writer.instruction.has_op_mask() {
        return None;
    }
    match writer.instruction.mnemonic() {
        M::Movaps
        | M::Movapd
        | M::Movups
        | M::Movupd
        | M::Movdqa
        | M::Movdqu
        | M::Lddqu
        | M::Movntdq
        | M::Movntdqa
        | M::Movntps
        | M::Movntpd
        | M::Vmovaps
        | M::Vmovapd
        | M::Vmovups
        | M::Vmovupd
        | M::Vmovdqa
        | M::Vmovdqu
        | M::Vlddqu
        | M::Vmovntdq
        | M::Vmovntdqa
        | M::Vmovntps
        | M::Vmovntpd
        | M::Vmovdqa32
        | M::Vmovdqa64
        | M::Vmovdqu8
        | M::Vmovdqu16
        | M::Vmovdqu32
        | M::Vmovdqu64 => whole(writer),
        M::Movq | M::Vmovq => low(writer, 8),
        M::Movd | M::Vmovd => low(writer, 4),
        M::Movsd | M::Vmovsd => scalar(writer, 8),
        M::Movss | M::Vmovss => scalar(writer, 4),
        M::Movlps | M::Movlpd | M::Vmovlps | M::Vmovlpd => half(writer, 0),
        M::Movhps | M::Movhpd | M::Vmovhps | M::Vmovhpd => half(writer, 1),
        M::Movlhps | M::Vmovlhps | M::Punpcklqdq | M::Vpunpcklqdq | M::Unpcklpd | M::Vunpcklpd => {
            pair(writer, 0, 0)
        }
        M::Punpckhqdq | M::Vpunpckhqdq | M::Unpckhpd | M::Vunpckhpd => pair(writer, 1, 1),
        M::Movhlps | M::Vmovhlps => high_to_low(writer),
        M::Shufpd | M::Vshufpd => shuffle_two(writer),
        M::Pshufd | M::Vpshufd => shuffle_one(writer),
        M::Movddup | M::Vmovddup => double(writer),
        M::Pinsrq | M::Vpinsrq => insert(writer),
        M::Pextrq | M::Vpextrq => extract(writer),
        M::Vinserti128 | M::Vinsertf128 => insert_half(writer),
        M::Vextracti128 | M::Vextractf128 => extract_half(writer),
        M::Vpbroadcastq | M::Vbroadcastsd => broadcast(writer),
        M::Vzeroupper => {
            zero_all(writer, 2);
            Some(())
        }
        M::Vzeroall => {
            zero_all(writer, 0);
            Some(())
        }
        _ => None,
    }
}

/// How many lanes of 8 bytes a vector operand has.
pub(super) fn lanes(writer: &Writer<'_>, operand: u32) -> Option<u8> {
    let register = writer.register(operand)?;
    if register.is_vector_register() { u8::try_from(register.size() / 8).ok() } else { None }
}

/// What is encoded anew clears the lanes above those it writes.
pub(super) fn clear_above(writer: &mut Writer<'_>, to: u8, written: u8) {
    if writer.instruction.encoding() != EncodingKind::Legacy {
        for above in written..LANES {
            writer.push(Op::Number { to: lane(to, above), value: 0 });
        }
    }
}

/// A lane of an operand, in a register: a lane of that vector, or loaded into `SCRATCH`.
pub(super) fn source(writer: &mut Writer<'_>, operand: u32, part: u8) -> Option<u8> {
    if let Some(vector) = writer.vector(operand) {
        return Some(lane(vector, part));
    }
    load(writer, SCRATCH, i64::from(part) * 8, 8)?;
    Some(SCRATCH)
}

/// What an operand in memory has for lanes that are not kept. Such lanes of a register hold nothing that is not lost already.
pub(super) fn lose_above(writer: &mut Writer<'_>, operand: u32) -> Option<()> {
    if writer.is_memory(operand) {
        for part in LANES..lanes(writer, 0)?.max(LANES) {
            let place = beyond(writer.place()?, i64::from(part) * 8);
            hidden::lose_word(writer, place);
        }
    }
    Some(())
}

fn load(writer: &mut Writer<'_>, to: u8, offset: i64, bytes: u8) -> Option<()> {
    let place = beyond(writer.place()?, offset);
    writer.push(Op::Load { to, place, bytes, signed: false });
    Some(())
}

/// Copies; what the old encoding keeps is not told.
fn copy(writer: &mut Writer<'_>, to: u8, from: u8) {
    let is_old = writer.instruction.encoding() == EncodingKind::Legacy;
    if to != from || (to != SCRATCH && !is_old) {
        writer.push(Op::Copy { to, from });
    }
}

fn whole(writer: &mut Writer<'_>) -> Option<()> {
    if writer.is_memory(0) {
        let (from, place) = (writer.vector(1)?, writer.place()?);
        for part in 0..lanes(writer, 1)? {
            let place = beyond(place, i64::from(part) * 8);
            let known = part < LANES;
            let from = if known { Operand::Reg(lane(from, part)) } else { Operand::Unknown };
            writer.push(Op::Store { place, from, bytes: 8 });
        }
        return Some(());
    }
    let (to, count) = (writer.vector(0)?, lanes(writer, 0)?.min(LANES));
    lose_above(writer, 1)?;
    for part in 0..count {
        let into = lane(to, part);
        match writer.vector(1) {
            Some(from) => copy(writer, into, lane(from, part)),
            None => load(writer, into, i64::from(part) * 8, 8)?,
        }
    }
    clear_above(writer, to, count);
    Some(())
}

/// `movd`, `movq`: the lowest lane, and what is above it is cleared.
fn low(writer: &mut Writer<'_>, bytes: u8) -> Option<()> {
    let bits = bytes * 8;
    let Some(to) = writer.vector(0) else {
        let from = lane(writer.vector(1)?, 0);
        if writer.is_memory(0) {
            let place = writer.place()?;
            writer.push(Op::Store { place, from: Operand::Reg(from), bytes });
        } else {
            writer.write(0, Operand::Reg(from))?;
        }
        return Some(());
    };
    let into = lane(to, 0);
    if writer.is_memory(1) {
        load(writer, into, 0, bytes)?;
    } else {
        let from = match writer.vector(1) {
            Some(from) => lane(from, 0),
            None => writer.general(1)?.reg,
        };
        if bytes == 8 {
            copy(writer, into, from);
        } else {
            writer.push(Op::Narrow { to: into, from, bits, signed: false });
        }
    }
    writer.push(Op::Number { to: lane(to, 1), value: 0 });
    clear_above(writer, to, 2);
    Some(())
}

/// `movss`, `movsd`: from memory it clears what is above, from a register it keeps that.
fn scalar(writer: &mut Writer<'_>, bytes: u8) -> Option<()> {
    if writer.is_memory(0) || writer.is_memory(1) {
        return low(writer, bytes);
    }
    let to = writer.vector(0)?;
    let last = writer.instruction.op_count() - 1;
    let (kept, from) = (writer.vector(last - 1)?, writer.vector(last)?);
    copy(writer, SCRATCH, lane(from, 0));
    for part in [0, 1] {
        copy(writer, lane(to, part), lane(kept, part));
    }
    if bytes == 8 {
        copy(writer, lane(to, 0), SCRATCH);
    } else {
        mix(writer, lane(to, 0), SCRATCH);
    }
    clear_above(writer, to, 2);
    Some(())
}

fn mix(writer: &mut Writer<'_>, to: u8, from: u8) {
    use super::super::Arith::Other;
    writer.push(Op::Arith { to, kind: Other, left: to, right: Operand::Reg(from) });
}

/// `movlps`, `movhps`: one lane from or to memory.
fn half(writer: &mut Writer<'_>, part: u8) -> Option<()> {
    if writer.is_memory(0) {
        let (from, place) = (lane(writer.vector(1)?, part), writer.place()?);
        writer.push(Op::Store { place, from: Operand::Reg(from), bytes: 8 });
        return Some(());
    }
    let (to, last) = (writer.vector(0)?, writer.instruction.op_count() - 1);
    if !writer.is_memory(last) {
        return None;
    }
    let kept = writer.vector(last - 1)?;
    copy(writer, lane(to, 1 - part), lane(kept, 1 - part));
    load(writer, lane(to, part), 0, 8)?;
    clear_above(writer, to, 2);
    Some(())
}

/// The first of two sources and the second of two, of 16 bytes.
fn sources(writer: &Writer<'_>) -> Option<(u8, u32, u32)> {
    let count = writer.instruction.op_count();
    let count = if writer.immediate(count - 1).is_some() { count - 1 } else { count };
    if lanes(writer, 0)? != 2 || writer.instruction.is_broadcast() {
        return None;
    }
    Some((writer.vector(0)?, count - 2, count - 1))
}

/// A lane of the first source, and one of the second.
fn pair(writer: &mut Writer<'_>, first: u8, second: u8) -> Option<()> {
    let (to, left, right) = sources(writer)?;
    let high = source(writer, right, second)?;
    copy(writer, SCRATCH, high);
    let low = lane(writer.vector(left)?, first);
    copy(writer, lane(to, 0), low);
    copy(writer, lane(to, 1), SCRATCH);
    clear_above(writer, to, 2);
    Some(())
}

fn high_to_low(writer: &mut Writer<'_>) -> Option<()> {
    let (to, left, right) = sources(writer)?;
    let (kept, from) = (writer.vector(left)?, writer.vector(right)?);
    copy(writer, SCRATCH, lane(from, 1));
    copy(writer, lane(to, 1), lane(kept, 1));
    copy(writer, lane(to, 0), SCRATCH);
    clear_above(writer, to, 2);
    Some(())
}

fn shuffle_two(writer: &mut Writer<'_>) -> Option<()> {
    let chosen = writer.immediate(writer.instruction.op_count() - 1)?;
    pair(writer, u8::from(chosen & 1 != 0), u8::from(chosen & 2 != 0))
}

/// `pshufd` where it moves lanes of 8 bytes.
fn shuffle_one(writer: &mut Writer<'_>) -> Option<()> {
    let (low, high) = match writer.immediate(2)? {
        0x44 => (0, 0),
        0xee => (1, 1),
        0x4e => (1, 0),
        0xe4 => (0, 1),
        _ => return None,
    };
    if lanes(writer, 0)? != 2 || writer.instruction.is_broadcast() {
        return None;
    }
    let to = writer.vector(0)?;
    let first = source(writer, 1, low)?;
    copy(writer, SCRATCH, first);
    // Loading would go through the scratch register that is in use.
    match writer.vector(1) {
        Some(from) => copy(writer, lane(to, 1), lane(from, high)),
        None => load(writer, lane(to, 1), i64::from(high) * 8, 8)?,
    }
    copy(writer, lane(to, 0), SCRATCH);
    clear_above(writer, to, 2);
    Some(())
}

fn double(writer: &mut Writer<'_>) -> Option<()> {
    if lanes(writer, 0)? != 2 {
        return None;
    }
    broadcast(writer)
}

/// The lowest lane of the source in all lanes.
fn broadcast(writer: &mut Writer<'_>) -> Option<()> {
    let (to, count) = (writer.vector(0)?, lanes(writer, 0)?.min(LANES));
    let from = match writer.general(1) {
        Some(general) => general.reg,
        None => source(writer, 1, 0)?,
    };
    copy(writer, SCRATCH, from);
    if lanes(writer, 0)? > LANES {
        writer.push(Op::Lose { from: SCRATCH });
    }
    for part in 0..count {
        copy(writer, lane(to, part), SCRATCH);
    }
    clear_above(writer, to, count);
    Some(())
}

fn insert(writer: &mut Writer<'_>) -> Option<()> {
    let (to, left, right) = sources(writer)?;
    let part = u8::from(writer.immediate(right + 1)? & 1 != 0);
    let kept = writer.vector(left)?;
    let from = writer.read_register(right, SCRATCH)?;
    copy(writer, lane(to, 1 - part), lane(kept, 1 - part));
    copy(writer, lane(to, part), from);
    clear_above(writer, to, 2);
    Some(())
}

fn extract(writer: &mut Writer<'_>) -> Option<()> {
    let part = u8::from(writer.immediate(2)? & 1 != 0);
    let from = lane(writer.vector(1)?, part);
    writer.write(0, Operand::Reg(from))
}

fn insert_half(writer: &mut Writer<'_>) -> Option<()> {
    let (to, kept) = (writer.vector(0)?, writer.vector(1)?);
    let at = if writer.immediate(3)? & 1 != 0 { 2 } else { 0 };
    if writer.vector(2) == Some(to) && kept != to {
        // Its lanes would be written before they are read.
        return None;
    }
    for part in 0..LANES {
        if part / 2 != at / 2 {
            copy(writer, lane(to, part), lane(kept, part));
        }
    }
    for part in 0..2 {
        let from = source(writer, 2, part)?;
        copy(writer, lane(to, at + part), from);
    }
    Some(())
}

fn extract_half(writer: &mut Writer<'_>) -> Option<()> {
    let at = if writer.immediate(2)? & 1 != 0 { 2 } else { 0 };
    let from = writer.vector(1)?;
    if writer.is_memory(0) {
        let place = writer.place()?;
        for part in 0..2 {
            let (place, from) = (beyond(place, i64::from(part) * 8), lane(from, at + part));
            writer.push(Op::Store { place, from: Operand::Reg(from), bytes: 8 });
        }
        return Some(());
    }
    let to = writer.vector(0)?;
    for part in 0..2 {
        copy(writer, lane(to, part), lane(from, at + part));
    }
    clear_above(writer, to, 2);
    Some(())
}

/// `vzeroupper`, `vzeroall`: of the first 16 vector registers.
fn zero_all(writer: &mut Writer<'_>, first: u8) {
    for vector in 0..16 {
        for part in first..LANES {
            writer.push(Op::Number { to: lane(vector, part), value: 0 });
        }
    }
}
