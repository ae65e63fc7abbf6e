//! Operands of an instruction as registers and places, and operations that read and write them.

use yaxpeax_arm::armv8::a64::{Instruction, Operand as Arm, SIMDSizeCode, ShiftStyle, SizeCode};

use super::super::{Arith, Op, Operand, Place, Reg, lane};

/// For what lies between two operations of one instruction: vectors have two lanes, and room for four.
pub(super) const SCRATCH: Reg = lane(31, 2);
pub(super) const SECOND_SCRATCH: Reg = lane(31, 3);

/// A general register as an operand: `None` is the zero register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct General {
    pub(super) reg: Option<Reg>,
    pub(super) wide: bool,
}

/// A memory operand, and what its base becomes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Access {
    pub(super) place: Place,
    /// The base and what is added to it.
    pub(super) after: Option<(Reg, Operand)>,
}

/// The place with that much added.
pub(super) fn beyond(place: Place, bytes: i64) -> Place {
    Place { disp: place.disp.wrapping_add(bytes), ..place }
}

pub(super) fn bytes_of(size: SIMDSizeCode) -> u8 {
    match size {
        SIMDSizeCode::B => 1,
        SIMDSizeCode::H => 2,
        SIMDSizeCode::S => 4,
        SIMDSizeCode::D => 8,
        SIMDSizeCode::Q => 16,
    }
}

fn number(register: u16) -> Option<Reg> {
    u8::try_from(register).ok().filter(|register| *register < 32)
}

/// An instruction and what is said of it so far.
pub(super) struct Writer<'a> {
    pub(super) instruction: &'a Instruction,
    pub(super) at: u64,
    pub(super) ops: &'a mut Vec<Op>,
}

impl Writer<'_> {
    pub(super) fn push(&mut self, op: Op) {
        self.ops.push(op);
    }

    pub(super) fn lose(&mut self, from: Reg) {
        self.push(Op::Lose { from });
    }

    pub(super) fn operand(&self, operand: usize) -> Arm {
        self.instruction.operands[operand]
    }

    pub(super) fn general(&self, operand: usize) -> Option<General> {
        match self.operand(operand) {
            Arm::Register(size, register) => {
                let reg = number(register)?;
                Some(General { reg: (reg != 31).then_some(reg), wide: size == SizeCode::X })
            }
            Arm::RegisterOrSP(size, register) => {
                Some(General { reg: Some(number(register)?), wide: size == SizeCode::X })
            }
            _ => None,
        }
    }

    pub(super) fn immediate(&self, operand: usize) -> Option<u64> {
        match self.operand(operand) {
            Arm::Immediate(value) => Some(u64::from(value)),
            Arm::Imm64(value) => Some(value),
            Arm::Imm16(value) => Some(u64::from(value)),
            Arm::ImmShift(value, shift) => Some(u64::from(value).checked_shl(u32::from(shift))?),
            _ => None,
        }
    }

    /// An address that is told from the instruction's own.
    pub(super) fn target(&self, operand: usize) -> Option<u64> {
        match self.operand(operand) {
            Arm::PCOffset(offset) => Some(self.at.wrapping_add_signed(offset)),
            _ => None,
        }
    }

    /// An operand to read: a number, a register, or one shifted or extended, in `scratch` then. Bits above its width may be anything.
    pub(super) fn read(&mut self, operand: usize, scratch: Reg) -> Option<Operand> {
        if let Some(value) = self.immediate(operand) {
            return Some(Operand::Number(value));
        }
        if let Some(general) = self.general(operand) {
            return Some(general.reg.map_or(Operand::Number(0), Operand::Reg));
        }
        let Arm::RegShift(style, amount, size, register) = self.operand(operand) else {
            return None;
        };
        let from = match number(register)? {
            31 => return Some(Operand::Number(0)),
            register => register,
        };
        let wide = self.general(0)?.wide;
        // That is how yaxpeax gives an extension of 32 bits.
        let extended = style == ShiftStyle::LSL && size == SizeCode::W && wide;
        let style = if extended { ShiftStyle::UXTW } else { style };
        self.shifted(from, style, amount, wide, scratch)
    }

    /// A register shifted or extended.
    fn shifted(&mut self, from: Reg, style: ShiftStyle, amount: u8, wide: bool, to: Reg) -> Option<Operand> {
        use ShiftStyle as S;
        let extension = match style {
            S::UXTB => Some((8, false)),
            S::UXTH => Some((16, false)),
            S::UXTW => Some((32, false)),
            S::SXTB => Some((8, true)),
            S::SXTH => Some((16, true)),
            S::SXTW => Some((32, true)),
            _ => None,
        };
        match (style, extension) {
            (_, Some((bits, signed))) => self.push(Op::Narrow { to, from, bits, signed }),
            (S::LSL | S::UXTX | S::SXTX, None) if amount == 0 => return Some(Operand::Reg(from)),
            (S::LSL | S::UXTX | S::SXTX, None) => self.push(Op::Copy { to, from }),
            _ => {
                let right = Operand::Number(u64::from(amount));
                self.push(Op::Arith { to, kind: Arith::Other, left: from, right });
                return Some(Operand::Reg(to));
            }
        }
        let bits = if wide { 64 } else { 32 };
        if amount >= bits {
            return None;
        }
        if amount > 0 {
            let right = Operand::Number(u64::from(amount));
            self.push(Op::Arith { to, kind: Arith::Shl, left: to, right });
        }
        Some(Operand::Reg(to))
    }

    /// As `read`, and in a register always.
    pub(super) fn read_register(&mut self, operand: usize, scratch: Reg) -> Option<Reg> {
        match self.read(operand, scratch)? {
            Operand::Reg(reg) => Some(reg),
            other => {
                self.set(scratch, other);
                Some(scratch)
            }
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

    /// Writes a general register; what is 32 bits wide clears what is above. The zero register takes nothing.
    pub(super) fn write(&mut self, to: General, from: Operand) {
        let Some(reg) = to.reg else { return };
        match from {
            Operand::Number(value) if !to.wide => {
                self.push(Op::Number { to: reg, value: value & 0xffff_ffff });
            }
            Operand::Reg(from) if !to.wide => {
                self.push(Op::Narrow { to: reg, from, bits: 32, signed: false });
            }
            _ => self.set(reg, from),
        }
    }

    /// Writes what comes of two operands.
    pub(super) fn write_arith(&mut self, to: General, kind: Arith, left: Reg, right: Operand) {
        let Some(reg) = to.reg else { return };
        self.push(Op::Arith { to: reg, kind, left, right });
        if !to.wide {
            self.push(Op::Narrow { to: reg, from: reg, bits: 32, signed: false });
        }
    }

    /// The memory operand. An index that is extended goes through `SECOND_SCRATCH`.
    pub(super) fn access(&mut self, operand: usize) -> Option<Access> {
        let at = |base: Reg, disp: i64| Place { base: Some(base), disp, ..Place::default() };
        let plain = |place| Some(Access { place, after: None });
        match self.operand(operand) {
            Arm::PCOffset(_) => {
                let disp = self.target(operand)?.cast_signed();
                plain(Place { disp, ..Place::default() })
            }
            Arm::RegPreIndex(base, offset, written) => {
                let (base, offset) = (number(base)?, i64::from(offset));
                let added = Operand::Number(offset.cast_unsigned());
                let after = written.then_some((base, added));
                Some(Access { place: at(base, offset), after })
            }
            Arm::RegPostIndex(base, offset) => {
                let base = number(base)?;
                let added = Operand::Number(i64::from(offset).cast_unsigned());
                Some(Access { place: at(base, 0), after: Some((base, added)) })
            }
            Arm::RegPostIndexReg(base, added) => {
                let (base, added) = (number(base)?, number(added)?);
                Some(Access { place: at(base, 0), after: Some((base, Operand::Reg(added))) })
            }
            Arm::RegRegOffset(base, index, size, style, amount) => {
                let place = at(number(base)?, 0);
                let index = match number(index)? {
                    31 => return plain(place),
                    index => index,
                };
                let whole = (style, size == SizeCode::X);
                let index = match whole {
                    (ShiftStyle::LSL | ShiftStyle::UXTX | ShiftStyle::SXTX, true) => index,
                    (ShiftStyle::UXTW | ShiftStyle::SXTW, false) => {
                        let signed = style == ShiftStyle::SXTW;
                        let to = SECOND_SCRATCH;
                        self.push(Op::Narrow { to, from: index, bits: 32, signed });
                        to
                    }
                    _ => return None,
                };
                let scale = 1_u8.checked_shl(u32::from(amount))?;
                plain(Place { index: Some((index, scale)), ..place })
            }
            _ => None,
        }
    }

    /// Moves the base as the access says, once it is done.
    pub(super) fn finish(&mut self, access: &Access) {
        if let Some((base, right)) = access.after {
            self.push(Op::Arith { to: base, kind: Arith::Add, left: base, right });
        }
    }
}
