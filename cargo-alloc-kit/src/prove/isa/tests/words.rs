//! Operations in words that a table can hold: `r0 = r1 + 0x8`, `store 8 [r4-0x8] r0`, `cmp 32 r0, 0x5`.
//!
//! `s` and `t` are what lies between two operations, `v3.1` is a lane, `?r1` what is not known and may have been made from `r1`, `~`
//! arithmetic that is not modelled.

use super::super::{Arith, Flow, Instruction, Op, Operand, Place, Reg, Target, lane};

/// The instruction's operations and where it goes on, with `; ` between them.
pub(super) fn words(instruction: &Instruction, scratch: [Reg; 2]) -> String {
    let writer = Words { scratch };
    let mut all: Vec<_> = instruction.ops.iter().map(|op| writer.op(op)).collect();
    match instruction.flow {
        Flow::Next => {}
        Flow::Jump(target) => all.push(format!("jump {}", writer.target(target))),
        Flow::Branch { to, when } => all.push(format!("branch {to:#x} {when:?}")),
        Flow::Call(target) => all.push(format!("call {}", writer.target(target))),
        Flow::Return { to: Some(to) } => all.push(format!("return {}", writer.reg(to))),
        Flow::Return { to: None } => all.push("return".into()),
        Flow::Trap => all.push("trap".into()),
        Flow::System => all.push("system".into()),
        Flow::Unknown(why) => all.push(format!("unknown: {why}")),
    }
    all.join("; ")
}

struct Words {
    scratch: [Reg; 2],
}

impl Words {
    fn reg(&self, reg: Reg) -> String {
        match reg {
            reg if reg == self.scratch[0] => "s".into(),
            reg if reg == self.scratch[1] => "t".into(),
            0..32 => format!("r{reg}"),
            _ => format!("v{}.{}", (reg - lane(0, 0)) / 4, (reg - lane(0, 0)) % 4),
        }
    }

    fn operand(&self, operand: Operand) -> String {
        match operand {
            Operand::Reg(reg) => self.reg(reg),
            Operand::Number(number) => format!("{number:#x}"),
            Operand::Unknown => "?".into(),
        }
    }

    fn place(&self, place: Place) -> String {
        let mut parts = Vec::new();
        if let Some(base) = place.base {
            parts.push(self.reg(base));
        }
        if let Some((index, scale)) = place.index {
            parts.push(format!("{}*{scale}", self.reg(index)));
        }
        let registers = parts.join("+");
        let disp = match place.disp {
            ..0 => format!("-{:#x}", place.disp.unsigned_abs()),
            0 if !parts.is_empty() => String::new(),
            disp => format!("+{disp:#x}"),
        };
        let text = registers + &disp;
        let segment = if place.segment { "segment:" } else { "" };
        format!("[{segment}{}]", text.trim_start_matches('+'))
    }

    fn target(&self, target: Target) -> String {
        match target {
            Target::Direct(to) => format!("{to:#x}"),
            Target::Reg(reg) => self.reg(reg),
            Target::Memory(place) => self.place(place),
        }
    }

    fn op(&self, op: &Op) -> String {
        let sign = |signed| if signed { "i" } else { "u" };
        match *op {
            Op::Copy { to, from } => format!("{} = {}", self.reg(to), self.reg(from)),
            Op::Number { to, value } => format!("{} = {value:#x}", self.reg(to)),
            Op::Address { to, place } => format!("{} = &{}", self.reg(to), self.place(place)),
            Op::Arith { to, kind, left, right } => {
                let kind = match kind {
                    Arith::Add => "+",
                    Arith::Sub => "-",
                    Arith::And => "&",
                    Arith::Shl => "<<",
                    Arith::Mul => "*",
                    Arith::Other => "~",
                };
                format!("{} = {} {kind} {}", self.reg(to), self.reg(left), self.operand(right))
            }
            Op::Narrow { to, from, bits, signed } => {
                format!("{} = {}{bits} {}", self.reg(to), sign(signed), self.reg(from))
            }
            Op::Load { to, place, bytes, signed } => {
                let (to, place, bits) = (self.reg(to), self.place(place), u32::from(bytes) * 8);
                format!("{to} = load {}{bits} {place}", sign(signed))
            }
            Op::Store { place, from, bytes } => {
                format!("store {bytes} {} {}", self.place(place), self.operand(from))
            }
            Op::Choose { to, from } => {
                format!("{} = either {}", self.reg(to), self.reg(from))
            }
            Op::Forget { to, from: Operand::Unknown } => format!("{} = ?", self.reg(to)),
            Op::Forget { to, from } => format!("{} = ?{}", self.reg(to), self.operand(from)),
            Op::Compare { left, right, bits, is_test } => {
                let name = if is_test { "test" } else { "cmp" };
                format!("{name} {bits} {}, {}", self.reg(left), self.operand(right))
            }
            Op::Lose { from } => format!("lose {}", self.reg(from)),
            Op::Flags => "flags".into(),
            Op::CopyMemory { to, from, bytes } => {
                format!("copy {bytes:?} {} {}", self.place(to), self.place(from))
            }
            Op::FillMemory { to, from, bytes } => {
                format!("fill {bytes:?} {} {}", self.place(to), self.operand(from))
            }
        }
    }
}
