//! Values that an instruction of `generic.rs` puts where they are not followed: each register and each place of 8 bytes or more that it
//! reads, and that may go on in memory or in a register of another kind, is told as lost.
//!
//! Masks, `mm0` and the like, those of x87, and the lanes of vectors beyond 256 bits are not kept: what goes into them is lost there, so
//! that they hold no address of a frame that is not lost already.

use iced_x86::{InstructionInfo, Mnemonic as M, Register, UsedMemory, UsedRegister};

use super::super::{Op, Operand, Place, Reg, lane};
use super::generic::{CONDITIONS, LARGEST_BYTES, place_of, reads, writes};
use super::operands::{RBX, SCRATCH, SECOND_SCRATCH, Writer, beyond, general};

/// What an instruction writes.
#[derive(Default)]
struct Written {
    general: bool,
    vector: bool,
    /// Memory, or a register that is not kept.
    hidden: bool,
}

impl Written {
    fn of(writer: &Writer<'_>, info: &InstructionInfo) -> Self {
        let i = writer.instruction;
        let mut all =
            Self { hidden: info.used_memory().iter().any(|m| writes(m.access())), ..Self::default() };
        let mut compares = false;
        let written = info.used_registers().iter().filter(|used| writes(used.access()));
        for register in written.map(UsedRegister::register) {
            match register {
                register if general(register).is_some() => all.general = true,
                register if register.is_vector_register() => all.vector = true,
                // What is compared goes into a mask as single bits, which are no part of an address.
                register if register.is_k() => {
                    compares = !matches!(i.mnemonic(), M::Kmovb | M::Kmovw | M::Kmovd | M::Kmovq);
                    all.hidden |= !compares;
                }
                _ => all.hidden = true,
            }
        }
        all.hidden |= (0..i.op_count()).any(|operand| {
            writes(info.op_access(operand)) && writer.register(operand).is_some_and(Register::is_zmm)
        });
        // Iced doesn't name all of x87's registers.
        all.hidden |= all.is_empty() && !compares && i.rflags_modified() & CONDITIONS == 0;
        all
    }

    fn is_empty(&self) -> bool {
        !self.general && !self.vector && !self.hidden
    }
}

/// Before all else that is told of the instruction.
pub(super) fn lose(writer: &mut Writer<'_>, info: &InstructionInfo) -> Result<(), &'static str> {
    let written = Written::of(writer, info);
    if written.is_empty() {
        return Ok(());
    }
    for used in info.used_registers().iter().filter(|used| reads(used.access())) {
        let register = used.register();
        if is_address(register, info) && !is_operand(writer, info, register) {
            continue;
        }
        if let Some(general) = general(register) {
            if written.vector || written.hidden {
                writer.push(Op::Lose { from: general.reg });
            }
        } else if register.is_vector_register() && (written.general || written.hidden) {
            let number = u8::try_from(register.number()).unwrap_or(0);
            for part in 0..4 {
                writer.push(Op::Lose { from: lane(number, part) });
            }
        }
    }
    if matches!(writer.instruction.mnemonic(), M::Cmpxchg8b | M::Cmpxchg16b) {
        // Stored, even if it is the base, too.
        writer.push(Op::Lose { from: RBX });
    }
    for memory in info.used_memory().iter().filter(|memory| reads(memory.access())) {
        lose_memory(writer, memory)?;
    }
    Ok(())
}

/// Whether a place is told by the register.
fn is_address(register: Register, info: &InstructionInfo) -> bool {
    let is_it =
        |other: Register| other != Register::None && other.full_register() == register.full_register();
    info.used_memory().iter().any(|memory| is_it(memory.base()) || is_it(memory.index()))
}

/// Whether the register is read as an operand of its own.
fn is_operand(writer: &Writer<'_>, info: &InstructionInfo, register: Register) -> bool {
    (0..writer.instruction.op_count()).any(|operand| {
        let found = writer.register(operand);
        reads(info.op_access(operand))
            && found.is_some_and(|found| found.full_register() == register.full_register())
    })
}

fn lose_memory(writer: &mut Writer<'_>, memory: &UsedMemory) -> Result<(), &'static str> {
    let size_bytes = memory.memory_size().size();
    let i = writer.instruction;
    let is_repeated = i.is_string_instruction() && (i.has_rep_prefix() || i.has_repne_prefix());
    if memory.vsib_size() != 0 {
        return gather(writer, memory);
    }
    let place = place_of(memory).ok_or("loads from an address of 32 bits")?;
    if size_bytes == 0 || size_bytes > LARGEST_BYTES || is_repeated {
        for base in [place.base, place.index.map(|(index, _)| index)].into_iter().flatten() {
            lose_around(writer, base, place.segment);
        }
        return Ok(());
    }
    for word in 0..size_bytes / 8 {
        lose_word(writer, beyond(place, i64::try_from(word * 8).unwrap_or(0)));
    }
    Ok(())
}

/// A place for each lane of the index, whose upper ones are not kept.
fn gather(writer: &mut Writer<'_>, memory: &UsedMemory) -> Result<(), &'static str> {
    let base = match memory.base() {
        Register::None => None,
        base if base.is_gpr64() => general(base).map(|general| general.reg),
        _ => return Err("loads from an address of 32 bits"),
    };
    let segment = matches!(memory.segment(), Register::FS | Register::GS);
    let index = u8::try_from(memory.index().number()).unwrap_or(0);
    let lanes = (0..4).map(|part| lane(index, part));
    for base in base.into_iter().chain(lanes) {
        lose_around(writer, base, segment);
    }
    Ok(())
}

/// All that lies anywhere in what the register points into.
fn lose_around(writer: &mut Writer<'_>, base: Reg, segment: bool) {
    writer.push(Op::Forget { to: SECOND_SCRATCH, from: Operand::Number(0) });
    let index = Some((SECOND_SCRATCH, 1));
    lose_word(writer, Place { base: Some(base), index, segment, ..Place::default() });
}

/// The 8 bytes there.
pub(super) fn lose_word(writer: &mut Writer<'_>, place: Place) {
    writer.push(Op::Load { to: SCRATCH, place, bytes: 8, signed: false });
    writer.push(Op::Lose { from: SCRATCH });
}
