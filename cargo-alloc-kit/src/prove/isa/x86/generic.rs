//! Any instruction, by iced's tables of what it reads and writes: each register that it may write is forgotten, each place that it may
//! write holds what is not known. `hidden.rs` tells what it makes them of.

use std::cell::RefCell;

use iced_x86::{
    CodeSize, CpuidFeature as Feature, InstructionInfoFactory, Mnemonic as M, OpAccess, Register, RflagsBits,
    UsedMemory, UsedRegister,
};

use super::super::{Flow, Op, Operand, Place, Reg, lane};
use super::hidden;
use super::operands::{Writer, beyond, general};

/// The largest access that is told as some of 8 bytes. What is larger saves the processor's state.
pub(super) const LARGEST_BYTES: usize = 64;

/// The flags that branches look at.
pub(super) const CONDITIONS: u32 =
    RflagsBits::OF | RflagsBits::SF | RflagsBits::ZF | RflagsBits::CF | RflagsBits::PF;

thread_local! {
    /// Kept for its buffers.
    static FACTORY: RefCell<InstructionInfoFactory> = RefCell::new(InstructionInfoFactory::new());
}

pub(super) fn decode(writer: &mut Writer<'_>) -> Flow {
    writer.ops.clear();
    if let Some(why) = refused(writer) {
        return Flow::Unknown(why);
    }
    FACTORY.with_borrow_mut(|factory| {
        let info = factory.info(writer.instruction);
        if let Err(why) = hidden::lose(writer, info) {
            return Flow::Unknown(why);
        }
        let mut reads_memory = false;
        for memory in info.used_memory() {
            reads_memory |= reads(memory.access());
            if writes(memory.access())
                && let Err(why) = store(writer, memory)
            {
                return Flow::Unknown(why);
            }
        }
        forget(writer, info.used_registers(), reads_memory)
    })
}

pub(super) fn reads(access: OpAccess) -> bool {
    use OpAccess as A;
    matches!(access, A::Read | A::CondRead | A::ReadWrite | A::ReadCondWrite)
}

pub(super) fn writes(access: OpAccess) -> bool {
    use OpAccess as A;
    matches!(access, A::Write | A::CondWrite | A::ReadWrite | A::ReadCondWrite)
}

/// What iced's tables do not tell enough of.
fn refused(writer: &Writer<'_>) -> Option<&'static str> {
    let i = writer.instruction;
    match i.mnemonic() {
        M::Std | M::Popfq | M::Popf | M::Popfd => return Some("sets the direction flag"),
        M::Enter => return Some("`enter`"),
        M::Fxrstor | M::Fxrstor64 | M::Xrstor | M::Xrstor64 | M::Xrstors | M::Xrstors64 => {
            return Some("restores the processor's state");
        }
        M::Wrfsbase | M::Wrgsbase | M::Swapgs => return Some("moves a segment"),
        M::Bts | M::Btr | M::Btc if writer.is_memory(0) && writer.general(1).is_some() => {
            return Some("writes a bit beyond its operand");
        }
        _ => {}
    }
    if i.is_privileged() {
        return Some("a privileged instruction");
    }
    let rare = |feature: &Feature| {
        matches!(
            feature,
            Feature::PADLOCK_ACE
                | Feature::PADLOCK_PHE
                | Feature::PADLOCK_PMM
                | Feature::PADLOCK_RNG
                | Feature::PADLOCK_GMI
                | Feature::PADLOCK_UNDOC
                | Feature::SMX
                | Feature::SKINIT
                | Feature::SVM
                | Feature::VMX
                | Feature::TDX
                | Feature::RTM
                | Feature::UINTR
                | Feature::AMX_BF16
                | Feature::AMX_TILE
                | Feature::AMX_INT8
                | Feature::AMX_FP16
                | Feature::AMX_COMPLEX
                | Feature::KL
                | Feature::AESKLE
                | Feature::WIDE_KL
                | Feature::ENQCMD
                | Feature::CET_SS
                | Feature::SEV_ES
                | Feature::SEV_SNP
                | Feature::MCOMMIT
                | Feature::PCONFIG
                | Feature::HRESET
                | Feature::LWP
                | Feature::MPX
                | Feature::UDBG
        )
    };
    i.cpuid_features().iter().any(rare).then_some("a rare instruction")
}

/// Stores of what is not known to all of it.
fn store(writer: &mut Writer<'_>, memory: &UsedMemory) -> Result<(), &'static str> {
    let size_bytes = memory.memory_size().size();
    if size_bytes == 0 || size_bytes > LARGEST_BYTES || memory.vsib_size() != 0 {
        return Err("stores at places that are not told");
    }
    let place = place_of(memory).ok_or("stores at an address of 32 bits")?;
    let mut done = 0;
    while done < size_bytes {
        let bytes = match size_bytes - done {
            8.. => 8,
            4..8 => 4,
            2..4 => 2,
            _ => 1,
        };
        let place = beyond(place, i64::try_from(done).unwrap_or(i64::MAX));
        writer.push(Op::Store { place, from: Operand::Unknown, bytes });
        done += usize::from(bytes);
    }
    Ok(())
}

pub(super) fn place_of(memory: &UsedMemory) -> Option<Place> {
    if !matches!(memory.address_size(), CodeSize::Code64 | CodeSize::Unknown) {
        return None;
    }
    let register = |register: Register| match register {
        Register::None => Some(None),
        other if other.is_gpr64() => general(other).map(|general| Some(general.reg)),
        _ => None,
    };
    let scale = u8::try_from(memory.scale()).ok()?;
    let base = register(memory.base())?;
    let index = register(memory.index())?.map(|index| (index, scale));
    let segment = matches!(memory.segment(), Register::FS | Register::GS);
    Some(Place { base, index, disp: memory.displacement().cast_signed(), segment })
}

/// Forgets all that is written, with what it may be made of.
fn forget(writer: &mut Writer<'_>, used: &[UsedRegister], reads_memory: bool) -> Flow {
    let mut read: [Option<Reg>; 2] = [None; 2];
    for register in used.iter().filter(|used| reads(used.access())).map(UsedRegister::register) {
        let reg = match general(register) {
            Some(general) => general.reg,
            None if register.is_vector_register() => {
                // Several lanes count as several registers.
                read = [Some(0), Some(1)];
                continue;
            }
            None => continue,
        };
        match read {
            [None, _] => read[0] = Some(reg),
            [Some(first), None] if first != reg => read[1] = Some(reg),
            _ => {}
        }
    }
    let mut from = match read {
        _ if reads_memory => Operand::Unknown,
        [None, _] => Operand::Number(0),
        [Some(one), None] => Operand::Reg(one),
        _ => Operand::Unknown,
    };
    // Which bit is set; of 0 they may keep the destination.
    if matches!(writer.instruction.mnemonic(), M::Bsr | M::Bsf) {
        from = Operand::Number(0);
    }
    let written = || used.iter().filter(|used| writes(used.access())).map(UsedRegister::register);
    let several = written().filter(|register| general(*register).is_some()).nth(1).is_some();
    if several && matches!(from, Operand::Reg(_)) {
        from = Operand::Unknown;
    }
    for register in written() {
        if register.is_segment_register() {
            return Flow::Unknown("moves a segment");
        }
        if let Some(general) = general(register) {
            // What is written by a condition, or in part, keeps what it had.
            let from = match from {
                Operand::Number(_) => Operand::Reg(general.reg),
                Operand::Reg(reg) if reg == general.reg => from,
                _ if general.bits >= 32 && is_always(used, register) => from,
                _ => Operand::Unknown,
            };
            writer.push(Op::Forget { to: general.reg, from });
        } else if register.is_vector_register() {
            let number = u8::try_from(register.number()).unwrap_or(0);
            for part in 0..4 {
                writer.forget(lane(number, part));
            }
        }
    }
    if writer.instruction.rflags_modified() & CONDITIONS != 0 {
        writer.push(Op::Flags);
    }
    Flow::Next
}

fn is_always(used: &[UsedRegister], register: Register) -> bool {
    used.iter().any(|used| used.register() == register && used.access() == OpAccess::Write)
}
