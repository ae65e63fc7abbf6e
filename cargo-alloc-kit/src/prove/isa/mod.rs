//! What the engine knows of an instruction set: one instruction at a time, as a few operations on registers and memory, and where it
//! goes on. `x86.rs` and `aarch64.rs` decode into it, and nothing else knows them.
//!
//! A decoder may say less than the instruction does (`Op::Forget` of each register that it writes and is not modelled, `Store` of
//! `Operand::Unknown` of each place), never something else; what such a place or register of another kind may be made of is `Lose`d. What it does not know at all is `Flow::Unknown`.

#[cfg(test)]
pub(crate) mod handmade;
#[cfg(test)]
mod tests;

mod aarch64;
mod x86;

pub(crate) use aarch64::Aarch64;
pub(crate) use x86::X86;

/// A register of 64 bits: the general ones first, by the number that the instruction set gives them, then the lanes of 64 bits of the
/// vector registers, `lane(vector, lane)`. A decoder uses those that its instruction set hasn't got (x86: 30 and 31; aarch64: the upper
/// two lanes of vector 31) for what lies between two operations of one instruction; what they hold after it means nothing.
pub(crate) type Reg = u8;

/// How many registers there are at most: 32 general ones, then 4 lanes for each of 32 vector registers.
#[cfg(test)]
pub(crate) const REGS: usize = 32 + 4 * 32;

/// The number of a lane. Of vector registers beyond 256 bits the upper lanes are not kept.
pub(crate) const fn lane(vector: u8, lane: u8) -> Reg {
    32 + vector * 4 + lane
}

/// `base + index * scale + disp`; what is relative to the instruction is in `disp`, as an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) base: Option<Reg>,
    pub(crate) index: Option<(Reg, u8)>,
    pub(crate) disp: i64,
    /// In a segment (`fs:`, thread-locals): some place outside of all stacks that are looked at.
    pub(crate) segment: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operand {
    Reg(Reg),
    Number(u64),
    /// A number or address that is not modelled.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arith {
    Add,
    Sub,
    And,
    /// Shift to the left.
    Shl,
    Mul,
    /// Or, exclusive or, shift to the right, ..: the result is a number that is made of both.
    Other,
}

/// What an instruction does, in order. A register is written as a whole: what sets the lower 32 bits clears the upper ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Copy {
        to: Reg,
        from: Reg,
    },
    Number {
        to: Reg,
        value: u64,
    },
    /// The place's address, not what is there.
    Address {
        to: Reg,
        place: Place,
    },
    /// 64-bit arithmetic; a narrower one is followed by `Narrow`.
    Arith {
        to: Reg,
        kind: Arith,
        left: Reg,
        right: Operand,
    },
    /// The lower `bits` (8, 16, 32) of `from`, extended by zeros or by their sign.
    Narrow {
        to: Reg,
        from: Reg,
        bits: u8,
        signed: bool,
    },
    /// Loads 1, 2, 4 or 8 bytes, extended to 64 bits. Wider loads are several.
    Load {
        to: Reg,
        place: Place,
        bytes: u8,
        signed: bool,
    },
    /// Stores 1, 2, 4 or 8 bytes. Wider stores are several.
    Store {
        place: Place,
        from: Operand,
        bytes: u8,
    },
    /// `to` or `from`, by a condition (`cmov`, `csel`).
    Choose {
        to: Reg,
        from: Reg,
    },
    /// The register holds what is not known, which may have been made from what `from` held.
    Forget {
        to: Reg,
        from: Operand,
    },
    /// What the register holds goes where it is not followed, and may be anywhere from then on. The register holds it still.
    Lose {
        from: Reg,
    },
    /// Flags tell how the lower `bits` (8, 16, 32, 64) of `left` compare to `right`, by `left - right`, or if it is a test by
    /// `left & right` and 0. What changes flags otherwise is `Flags`, which comes after what it writes.
    Compare {
        left: Reg,
        right: Operand,
        bits: u8,
        is_test: bool,
    },
    /// Flags of something else.
    Flags,
    /// Copies memory (`rep movs`), as many bytes as are known. Its registers are forgotten by ops of their own.
    CopyMemory {
        to: Place,
        from: Place,
        bytes: Option<u64>,
    },
    /// Fills memory with what `from` holds, again and again (`rep stos`), as many bytes as are known.
    FillMemory {
        to: Place,
        from: Operand,
        bytes: Option<u64>,
    },
}

/// For which the branch is taken, where that tells something of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Equal,
    NotEqual,
    /// Unsigned.
    Above,
    AboveOrEqual,
    Below,
    BelowOrEqual,
    /// Signed.
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// The result's highest bit.
    Negative,
    NotNegative,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Direct(u64),
    Reg(Reg),
    /// The address is loaded from there.
    Memory(Place),
}

/// Where it goes on after the operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    Next,
    Jump(Target),
    /// To `to` or on.
    Branch {
        to: u64,
        when: Condition,
    },
    /// Calls, and goes on behind if that returns. What the call itself does to the stack or the link register is done by the engine,
    /// by `Isa::CALL_PUSHES`.
    Call(Target),
    /// x86: takes the address from the stack. aarch64: goes to the address in the register.
    Return {
        to: Option<Reg>,
    },
    /// It ends the program, or is never reached (`ud2`, `brk`, `hlt`).
    Trap,
    /// Asks the kernel.
    System,
    /// Not decoded, or something that changes the flow in a way that is not modelled; the text says what.
    Unknown(&'static str),
}

/// One instruction. Decoders fill it anew, so that nothing is allocated for each.
#[derive(Clone, Debug)]
pub(crate) struct Instruction {
    /// Where the next one begins.
    pub(crate) next: u64,
    pub(crate) ops: Vec<Op>,
    pub(crate) flow: Flow,
}

impl Default for Instruction {
    fn default() -> Self {
        Self { next: 0, ops: Vec::with_capacity(8), flow: Flow::Next }
    }
}

/// An instruction set with its calling convention.
pub(crate) trait Isa: std::fmt::Debug + Send + Sync {
    /// Its name, as targets have it.
    fn name(&self) -> &'static str;
    fn stack_pointer(&self) -> Reg;
    /// What a call puts on the stack, in bytes: 8 or 0.
    fn call_pushes(&self) -> i64;
    /// The register that a call leaves the way back in.
    fn link(&self) -> Option<Reg>;
    /// Registers of arguments, in their order; among the caller-saved.
    fn arguments(&self) -> &'static [Reg];
    /// What a function gives back in.
    fn results(&self) -> &'static [Reg];
    /// General registers that a function gives back as they were, the stack pointer not among them.
    fn saved(&self) -> &'static [Reg];
    /// Whether four bytes of code that follow these can be the distance to what an instruction refers to.
    fn may_precede_distance(&self, before: &[u8]) -> bool;
    /// Decodes the instruction at `at`, whose bytes `code` begins with, in a binary's executable memory.
    fn decode(&self, code: &[u8], at: u64, into: &mut Instruction);

    /// Decodes one instruction after the other, which for x86 takes much less time than each by itself, until `seen` says `false` of
    /// one or `code` is over. `seen` is given where the instruction is.
    fn decode_run(&self, code: &[u8], at: u64, seen: &mut dyn FnMut(u64, &Instruction) -> bool) {
        let (mut instruction, mut done) = (Instruction::default(), 0);
        while let Some(rest) = code.get(done..).filter(|rest| !rest.is_empty()) {
            let from = at.wrapping_add(done as u64);
            self.decode(rest, from, &mut instruction);
            if !seen(from, &instruction) {
                return;
            }
            done += usize::try_from(instruction.next.wrapping_sub(from)).unwrap_or(1).max(1);
        }
    }
}
