//! Loads and stores of registers, exclusive and atomic ones among them.

use yaxpeax_arm::armv8::a64::{Opcode, Operand as Arm};

use super::super::{Arith, Op, Operand, Reg, lane};
use super::operands::{Access, General, SCRATCH, SECOND_SCRATCH, Writer, beyond, bytes_of};

/// How an instruction moves its registers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Move {
    Load { signed: bool },
    Store,
}

pub(super) fn decode(writer: &mut Writer<'_>) -> Option<()> {
    use Opcode as O;
    let (zero, sign) = (Move::Load { signed: false }, Move::Load { signed: true });
    match writer.instruction.opcode {
        O::LDR | O::LDUR | O::LDTR | O::LDAR | O::LDLAR | O::LDAPR | O::LDAPUR | O::LDXR | O::LDAXR => {
            single(writer, None, zero)
        }
        O::LDRB
        | O::LDURB
        | O::LDTRB
        | O::LDARB
        | O::LDLARB
        | O::LDAPRB
        | O::LDAPURB
        | O::LDXRB
        | O::LDAXRB => single(writer, Some(1), zero),
        O::LDRH
        | O::LDURH
        | O::LDTRH
        | O::LDARH
        | O::LDLARH
        | O::LDAPRH
        | O::LDAPURH
        | O::LDXRH
        | O::LDAXRH => single(writer, Some(2), zero),
        O::LDRSB | O::LDURSB | O::LDTRSB | O::LDAPURSB => single(writer, Some(1), sign),
        O::LDRSH | O::LDURSH | O::LDTRSH | O::LDAPURSH => single(writer, Some(2), sign),
        O::LDRSW | O::LDURSW | O::LDTRSW | O::LDAPURSW => single(writer, Some(4), sign),
        O::STR | O::STUR | O::STTR | O::STLR | O::STLLR | O::STLUR => single(writer, None, Move::Store),
        O::STRB | O::STURB | O::STTRB | O::STLRB | O::STLLRB | O::STLURB => {
            single(writer, Some(1), Move::Store)
        }
        O::STRH | O::STURH | O::STTRH | O::STLRH | O::STLLRH | O::STLURH => {
            single(writer, Some(2), Move::Store)
        }
        O::LDP | O::LDNP | O::LDXP | O::LDAXP => pair(writer, None, zero),
        O::LDPSW => pair(writer, Some(4), sign),
        O::STP | O::STNP => pair(writer, None, Move::Store),
        O::STXR | O::STLXR => exclusive(writer, None),
        O::STXRB | O::STLXRB => exclusive(writer, Some(1)),
        O::STXRH | O::STLXRH => exclusive(writer, Some(2)),
        O::STXP | O::STLXP => exclusive_pair(writer),
        O::PRFM | O::PRFUM => Some(()),
        opcode => atomic(writer, opcode),
    }
}

/// A register that is loaded or stored.
#[derive(Clone, Copy)]
enum Held {
    General(General),
    /// A vector register, and how many bytes of it.
    Vector(Reg, u8),
}

fn held(writer: &Writer<'_>, operand: usize) -> Option<Held> {
    if let Arm::SIMDRegister(size, register) = writer.operand(operand) {
        return Some(Held::Vector(u8::try_from(register).ok().filter(|v| *v < 32)?, bytes_of(size)));
    }
    writer.general(operand).map(Held::General)
}

fn bytes(held: Held, told: Option<u8>) -> u8 {
    match held {
        Held::General(general) => told.unwrap_or(if general.wide { 8 } else { 4 }),
        Held::Vector(_, bytes) => bytes,
    }
}

/// Loads or stores one register, `bytes` of it.
fn one(writer: &mut Writer<'_>, held: Held, bytes: u8, access: &Access, offset: i64, kind: Move) {
    let place = beyond(access.place, offset);
    match (held, kind) {
        (Held::General(general), Move::Load { signed }) => {
            let Some(to) = general.reg else { return };
            writer.push(Op::Load { to, place, bytes, signed });
            if signed && !general.wide {
                writer.push(Op::Narrow { to, from: to, bits: 32, signed: false });
            }
        }
        (Held::General(general), Move::Store) => {
            let from = general.reg.map_or(Operand::Number(0), Operand::Reg);
            writer.push(Op::Store { place, from, bytes });
        }
        (Held::Vector(vector, _), kind) => {
            for part in 0..2_u8 {
                let (reg, place) = (lane(vector, part), beyond(place, i64::from(part) * 8));
                let there = part == 0 || bytes == 16;
                let bytes = bytes.min(8);
                match kind {
                    Move::Store if there => {
                        writer.push(Op::Store { place, from: Operand::Reg(reg), bytes });
                    }
                    Move::Store => {}
                    Move::Load { .. } if there => {
                        writer.push(Op::Load { to: reg, place, bytes, signed: false });
                    }
                    Move::Load { .. } => writer.push(Op::Number { to: reg, value: 0 }),
                }
            }
        }
    }
}

fn single(writer: &mut Writer<'_>, told: Option<u8>, kind: Move) -> Option<()> {
    let held = held(writer, 0)?;
    let access = writer.access(1)?;
    is_free(&access, held)?;
    one(writer, held, bytes(held, told), &access, 0, kind);
    writer.finish(&access);
    Some(())
}

/// `None` where the base is written twice, or stored while it changes: what that does is not the same everywhere.
fn is_free(access: &Access, held: Held) -> Option<()> {
    match (access.after, held) {
        (Some((base, _)), Held::General(General { reg: Some(reg), .. })) if base == reg => None,
        _ => Some(()),
    }
}

fn pair(writer: &mut Writer<'_>, told: Option<u8>, kind: Move) -> Option<()> {
    let (first, second) = (held(writer, 0)?, held(writer, 1)?);
    let access = writer.access(2)?;
    is_free(&access, first)?;
    is_free(&access, second)?;
    let bytes = bytes(first, told);
    let offset = i64::from(bytes);
    match first {
        // The base is the first that is loaded: it is read for the second too.
        Held::General(General { reg: Some(reg), wide })
            if access.place.base == Some(reg) && kind != Move::Store =>
        {
            let kept = Held::General(General { reg: Some(SCRATCH), wide });
            one(writer, kept, bytes, &access, 0, kind);
            one(writer, second, bytes, &access, offset, kind);
            writer.push(Op::Copy { to: reg, from: SCRATCH });
        }
        _ => {
            one(writer, first, bytes, &access, 0, kind);
            one(writer, second, bytes, &access, offset, kind);
        }
    }
    writer.finish(&access);
    Some(())
}

/// A store that may fail: the place has what it had or the register's, and the first operand tells which.
fn exclusive(writer: &mut Writer<'_>, told: Option<u8>) -> Option<()> {
    let (Held::General(_), access) = (held(writer, 1)?, writer.access(2)?) else { return None };
    let bytes = bytes(held(writer, 1)?, told);
    let place = access.place;
    let new = writer.read_register(1, SECOND_SCRATCH)?;
    writer.push(Op::Load { to: SCRATCH, place, bytes, signed: false });
    writer.push(Op::Choose { to: SCRATCH, from: new });
    writer.push(Op::Store { place, from: Operand::Reg(SCRATCH), bytes });
    status(writer)
}

fn exclusive_pair(writer: &mut Writer<'_>) -> Option<()> {
    let (first, access) = (held(writer, 1)?, writer.access(3)?);
    let bytes = bytes(first, None);
    for stored in [first, held(writer, 2)?] {
        if let Held::General(General { reg: Some(reg), .. }) = stored {
            writer.lose(reg);
        }
    }
    for offset in [0, i64::from(bytes)] {
        let place = beyond(access.place, offset);
        writer.push(Op::Store { place, from: Operand::Unknown, bytes });
    }
    status(writer)
}

fn status(writer: &mut Writer<'_>) -> Option<()> {
    if let Some(to) = writer.general(0)?.reg {
        writer.push(Op::Forget { to, from: Operand::Number(0) });
    }
    Some(())
}

/// What an atomic instruction stores, of what is there and of its first operand.
#[derive(Clone, Copy)]
enum Stored {
    Arith(Arith),
    /// The first operand (`swp`).
    First,
    /// The second, if what is there is the first (`cas`).
    Second,
}

fn atomic(writer: &mut Writer<'_>, opcode: Opcode) -> Option<()> {
    use Opcode as O;
    let other = Stored::Arith(Arith::Other);
    let (told, stored) = match opcode {
        O::LDADD(_) => (None, Stored::Arith(Arith::Add)),
        O::SWP(_) => (None, Stored::First),
        O::SWPB(_) => (Some(1), Stored::First),
        O::SWPH(_) => (Some(2), Stored::First),
        O::CAS(_) => (None, Stored::Second),
        O::CASB(_) => (Some(1), Stored::Second),
        O::CASH(_) => (Some(2), Stored::Second),
        O::CASP(_) => return compare_pair(writer),
        O::LDCLR(_)
        | O::LDEOR(_)
        | O::LDSET(_)
        | O::LDSMAX(_)
        | O::LDSMIN(_)
        | O::LDUMAX(_)
        | O::LDUMIN(_) => (None, other),
        O::LDADDB(_)
        | O::LDCLRB(_)
        | O::LDEORB(_)
        | O::LDSETB(_)
        | O::LDSMAXB(_)
        | O::LDSMINB(_)
        | O::LDUMAXB(_)
        | O::LDUMINB(_) => (Some(1), other),
        O::LDADDH(_)
        | O::LDCLRH(_)
        | O::LDEORH(_)
        | O::LDSETH(_)
        | O::LDSMAXH(_)
        | O::LDSMINH(_)
        | O::LDUMAXH(_)
        | O::LDUMINH(_) => (Some(2), other),
        _ => return None,
    };
    let (first, second) = (writer.general(0)?, writer.general(1)?);
    let place = writer.access(2)?.place;
    let bytes = bytes(Held::General(first), told);
    let read = |general: General| general.reg.map_or(Operand::Number(0), Operand::Reg);
    writer.push(Op::Load { to: SCRATCH, place, bytes, signed: false });
    let from = match stored {
        Stored::First => read(first),
        Stored::Arith(kind) => {
            let right = read(first);
            writer.push(Op::Arith { to: SECOND_SCRATCH, kind, left: SCRATCH, right });
            Operand::Reg(SECOND_SCRATCH)
        }
        Stored::Second => {
            writer.set(SECOND_SCRATCH, read(second));
            writer.push(Op::Choose { to: SECOND_SCRATCH, from: SCRATCH });
            Operand::Reg(SECOND_SCRATCH)
        }
    };
    writer.push(Op::Store { place, from, bytes });
    let to = if matches!(stored, Stored::Second) { first } else { second };
    writer.write(to, Operand::Reg(SCRATCH));
    Some(())
}

fn compare_pair(writer: &mut Writer<'_>) -> Option<()> {
    let (Arm::RegisterPair(size, first), access) = (writer.operand(0), writer.access(2)?) else {
        return None;
    };
    let Arm::RegisterPair(_, stored) = writer.operand(1) else { return None };
    let stored = u8::try_from(stored).ok().filter(|stored| *stored < 31)?;
    let first = u8::try_from(first).ok().filter(|first| *first < 31)?;
    let bytes = if size == yaxpeax_arm::armv8::a64::SizeCode::X { 8 } else { 4 };
    for from in [stored, stored + 1].into_iter().filter(|from| *from < 31) {
        writer.lose(from);
    }
    for offset in [0, i64::from(bytes)] {
        let place = beyond(access.place, offset);
        writer.push(Op::Load { to: SCRATCH, place, bytes, signed: false });
        writer.lose(SCRATCH);
        writer.push(Op::Store { place, from: Operand::Unknown, bytes });
    }
    for to in [first, first + 1] {
        // 31 is the zero register here.
        if to < 31 {
            writer.push(Op::Forget { to, from: Operand::Unknown });
        }
    }
    Some(())
}
