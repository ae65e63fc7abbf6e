//! Operands of an instruction as registers and places, and operations that read and write them.

use iced_x86::{OpKind, Register};

use super::super::{Arith, Op, Operand, Place, Reg};

/// For what lies between two operations of one instruction.
pub(super) const SCRATCH: Reg = 30;
pub(super) const SECOND_SCRATCH: Reg = 31;

pub(super) const RAX: Reg = 0;
pub(super) const RCX: Reg = 1;
pub(super) const RDX: Reg = 2;
pub(super) const RBX: Reg = 3;
pub(super) const RSP: Reg = 4;
pub(super) const RBP: Reg = 5;
pub(super) const RSI: Reg = 6;
pub(super) const RDI: Reg = 7;
pub(super) const R11: Reg = 11;

/// A general register, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct General {
    pub(super) reg: Reg,
    /// 8, 16, 32 or 64.
    pub(super) bits: u8,
    /// `ah` and the like: bits 8 to 15.
    pub(super) high: bool,
}

/// The general register that this one is or is a part of.
pub(super) fn general(register: Register) -> Option<General> {
    let number = register as u32;
    let at = |first: Register| u8::try_from(number - first as u32).ok();
    if register.is_gpr64() {
        Some(General { reg: at(Register::RAX)?, bits: 64, high: false })
    } else if register.is_gpr32() {
        Some(General { reg: at(Register::EAX)?, bits: 32, high: false })
    } else if register.is_gpr8() {
        Some(match at(Register::AL)? {
            low @ 0..4 => General { reg: low, bits: 8, high: false },
            high @ 4..8 => General { reg: high - 4, bits: 8, high: true },
            other => General { reg: other - 4, bits: 8, high: false },
        })
    } else if register.is_gpr16() {
        Some(General { reg: at(Register::AX)?, bits: 16, high: false })
    } else {
        None
    }
}

/// The place with that much added.
pub(super) fn beyond(place: Place, bytes: i64) -> Place {
    Place { disp: place.disp.wrapping_add(bytes), ..place }
}

/// A place at a register.
pub(super) fn at_register(base: Reg, disp: i64) -> Place {
    Place { base: Some(base), disp, ..Place::default() }
}

/// An instruction and what is said of it so far.
pub(super) struct Writer<'a> {
    pub(super) instruction: &'a iced_x86::Instruction,
    pub(super) code: &'a [u8],
    pub(super) ops: &'a mut Vec<Op>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(instruction: &'a iced_x86::Instruction, code: &'a [u8], ops: &'a mut Vec<Op>) -> Self {
        Self { instruction, code, ops }
    }

    pub(super) fn push(&mut self, op: Op) {
        self.ops.push(op);
    }

    pub(super) fn kind(&self, operand: u32) -> Option<OpKind> {
        (operand < self.instruction.op_count()).then(|| self.instruction.op_kind(operand))
    }

    pub(super) fn is_memory(&self, operand: u32) -> bool {
        self.kind(operand) == Some(OpKind::Memory)
    }

    pub(super) fn register(&self, operand: u32) -> Option<Register> {
        (self.kind(operand)? == OpKind::Register).then(|| self.instruction.op_register(operand))
    }

    pub(super) fn general(&self, operand: u32) -> Option<General> {
        general(self.register(operand)?)
    }

    /// The number of a vector register, of any width.
    pub(super) fn vector(&self, operand: u32) -> Option<u8> {
        let register = self.register(operand)?;
        if register.is_vector_register() { u8::try_from(register.number()).ok() } else { None }
    }

    pub(super) fn immediate(&self, operand: u32) -> Option<u64> {
        self.instruction.try_immediate(operand).ok()
    }

    /// The memory operand. `None` where its address is not of 64 bits, or several (gather).
    pub(super) fn place(&self) -> Option<Place> {
        let i = self.instruction;
        let disp = i.memory_displacement64().cast_signed();
        let segment = matches!(i.memory_segment(), Register::FS | Register::GS);
        let index = match i.memory_index() {
            Register::None => None,
            index if index.is_gpr64() => {
                Some((general(index)?.reg, u8::try_from(i.memory_index_scale()).ok()?))
            }
            _ => return None,
        };
        let base = match i.memory_base() {
            Register::None if index.is_some() || i.memory_displ_size() == 8 => None,
            Register::RIP => None,
            base if base.is_gpr64() => Some(general(base)?.reg),
            _ => return None,
        };
        Some(Place { base, index, disp, segment })
    }

    /// How many bytes the memory operand has, where one operation does it.
    pub(super) fn memory_bytes(&self) -> Option<u8> {
        match self.instruction.memory_size().size() {
            bytes @ (1 | 2 | 4 | 8) => u8::try_from(bytes).ok(),
            _ => None,
        }
    }

    /// The width of an operand in bits.
    pub(super) fn bits(&self, operand: u32) -> Option<u8> {
        if self.is_memory(operand) {
            Some(self.memory_bytes()? * 8)
        } else {
            Some(self.general(operand)?.bits)
        }
    }

    /// An operand to read. What is in memory is loaded into `scratch`, zero-extended. Bits beyond its width may be anything.
    pub(super) fn read(&mut self, operand: u32, scratch: Reg) -> Option<Operand> {
        if self.is_memory(operand) {
            let (place, bytes) = (self.place()?, self.memory_bytes()?);
            self.push(Op::Load { to: scratch, place, bytes, signed: false });
            return Some(Operand::Reg(scratch));
        }
        if let Some(immediate) = self.immediate(operand) {
            return Some(Operand::Number(immediate));
        }
        let general = self.general(operand)?;
        if general.high {
            self.push(Op::Forget { to: scratch, from: Operand::Reg(general.reg) });
            return Some(Operand::Reg(scratch));
        }
        Some(Operand::Reg(general.reg))
    }

    /// As `read`, and in a register always.
    pub(super) fn read_register(&mut self, operand: u32, scratch: Reg) -> Option<Reg> {
        match self.read(operand, scratch)? {
            Operand::Reg(reg) => Some(reg),
            other => {
                self.set(scratch, other);
                Some(scratch)
            }
        }
    }

    /// Writes an operand.
    pub(super) fn write(&mut self, operand: u32, from: Operand) -> Option<()> {
        if self.is_memory(operand) {
            let (place, bytes) = (self.place()?, self.memory_bytes()?);
            self.push(Op::Store { place, from, bytes });
        } else {
            let to = self.general(operand)?;
            self.write_general(to, from);
        }
        Some(())
    }

    /// Writes a general register: one of 32 bits clears what is above, a smaller one keeps it.
    pub(super) fn write_general(&mut self, to: General, from: Operand) {
        match (to.bits, from) {
            (64, _) | (32, Operand::Unknown) => self.set(to.reg, from),
            (32, Operand::Number(value)) => {
                self.push(Op::Number { to: to.reg, value: value & 0xffff_ffff });
            }
            (32, Operand::Reg(from)) => {
                self.push(Op::Narrow { to: to.reg, from, bits: 32, signed: false });
            }
            (_, Operand::Unknown) => self.forget(to.reg),
            _ => self.push(Op::Arith { to: to.reg, kind: Arith::Other, left: to.reg, right: from }),
        }
    }

    /// The whole register becomes that.
    pub(super) fn set(&mut self, to: Reg, from: Operand) {
        self.push(match from {
            Operand::Reg(from) => Op::Copy { to, from },
            Operand::Number(value) => Op::Number { to, value },
            Operand::Unknown => Op::Forget { to, from },
        });
    }

    pub(super) fn forget(&mut self, to: Reg) {
        self.push(Op::Forget { to, from: Operand::Unknown });
    }

    /// After an instruction that wrote `to`'s lower 32 bits.
    pub(super) fn clear_upper(&mut self, to: Reg) {
        self.push(Op::Narrow { to, from: to, bits: 32, signed: false });
    }
}
