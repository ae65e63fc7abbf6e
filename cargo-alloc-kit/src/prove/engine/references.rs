//! Where code refers to an address: found by its bytes, since decoding all of a program takes longer, and may be led astray by data that
//! lies in code.
//!
//! Each four bytes of code are taken for the distance to an address that an instruction could have there. What then is no part of an
//! instruction that has that meaning makes all of it unknown. (In a program that is linked for one address, instructions have the address
//! itself, or one beside it. Nothing is asked of such a program: `statics.rs`.)

use std::collections::{BTreeMap, BTreeSet};

use super::super::image::{Image, Word};
use super::super::isa::{Flow, Instruction, Op, Operand, Place, Reg, Target};

/// Sections of the linker's own tables of addresses.
const TABLES: [&str; 2] = [".got", ".got.plt"];

/// Further than a branch of 8 bits goes.
const NEAR_BYTES: u64 = 160;

/// How an instruction uses a constant address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Loads from there, into a register.
    Load {
        to: Reg,
        bytes: u8,
    },
    /// Calls what it loads from there, or jumps to it.
    Goes,
    Store {
        bytes: u8,
    },
    /// Puts the address into a register.
    Made,
    /// Jumps there or calls it.
    Direct,
    /// In another way.
    Other,
}

/// An instruction that refers to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    /// The start of its function.
    pub(super) function: u64,
    pub(super) at: u64,
}

/// All instructions that refer to addresses in one of the ranges. `None`: there may be more.
pub(super) fn to(image: &Image, ranges: &[(u64, u64)]) -> Option<BTreeSet<Reference>> {
    let mut found = BTreeSet::new();
    for window in windows(image, ranges) {
        let function = image.function(window)?.start;
        let code = image.code(function)?;
        let mut is_meant = None;
        image.isa.decode_run(code, function, &mut |at, instruction| {
            if instruction.next <= window {
                return true;
            }
            is_meant = meant(code.get(to_index(window - function)..), window, at, instruction, ranges)
                .map(|is_meant| is_meant.then_some(Reference { function, at }));
            false
        });
        found.extend(is_meant?);
    }
    Some(found)
}

/// Whether the four bytes, which are in the instruction, are what refers to one of the ranges. `None`: not understood.
fn meant(
    bytes: Option<&[u8]>,
    window: u64,
    at: u64,
    instruction: &Instruction,
    ranges: &[(u64, u64)],
) -> Option<bool> {
    if at > window || instruction.next < window + 4 {
        return None;
    }
    let raw = u32::from_le_bytes(*bytes?.first_chunk::<4>()?);
    let relative = instruction.next.wrapping_add(i64::from(raw.cast_signed()).cast_unsigned());
    let (mut is_field, mut is_meant) = (false, false);
    uses(instruction, &mut |address, _| {
        is_field |= address == relative;
        is_meant |= ranges.iter().any(|range| range.0 <= address && address < range.1);
    });
    is_field.then_some(is_meant)
}

/// Whether other code jumps into a function, behind its start.
pub(super) fn jumps_into(image: &Image, (start, end): (u64, u64)) -> bool {
    let is_inside = |to: u64| start < to && to < end;
    let is_own = |at: u64| start <= at && at < end;
    for (base, code) in image.all_code() {
        for index in 0..code.len() {
            // `jmp`, and branches of 32 bits.
            let (length, distance) = match code[index..] {
                [0xe9, a, b, c, d, ..] => (5, [a, b, c, d]),
                [0x0f, 0x80..=0x8f, a, b, c, d, ..] => (6, [a, b, c, d]),
                _ => continue,
            };
            let at = base.wrapping_add(index as u64);
            let next = at.wrapping_add(length);
            if is_inside(next.wrapping_add_signed(i32::from_le_bytes(distance).into())) && !is_own(at) {
                return true;
            }
        }
    }
    // Those of 8 bits, of what lies near.
    let far = start.saturating_sub(NEAR_BYTES);
    let before = image.functions.partition_point(|function| function.start <= far);
    let before = image.functions[..before].last().map_or(start, |function| function.start);
    [(before, start), (end, end.saturating_add(NEAR_BYTES))].into_iter().any(|(from, to)| {
        let mut jumps = false;
        image.isa.decode_run(image.code(from).unwrap_or_default(), from, &mut |at, instruction| {
            if at >= to {
                return false;
            }
            jumps |= match instruction.flow {
                Flow::Jump(Target::Direct(to)) | Flow::Branch { to, .. } => is_inside(to),
                _ => false,
            };
            true
        });
        jumps
    })
}

/// Whether the code before a function may go on in it.
pub(super) fn falls_into(image: &Image, start: u64) -> bool {
    let before = image.functions.partition_point(|function| function.start < start);
    let Some(before) = image.functions[..before].last() else { return false };
    let Some(code) = image.code(before.start) else { return true };
    let mut falls = true;
    image.isa.decode_run(code, before.start, &mut |at, instruction| {
        if at >= start {
            return false;
        }
        // What fills the space between functions does nothing.
        if !(instruction.ops.is_empty() && instruction.flow == Flow::Next) {
            // Compilers put the next function behind a call that does not return.
            falls = before.end > start
                || matches!(instruction.flow, Flow::Next | Flow::Branch { .. } | Flow::System);
        }
        true
    });
    falls
}

/// The words of data that hold an address in the range, and which one. `None`: not all of them are the linker's own, of which code loads
/// one after the other by its address alone.
pub(super) fn words_of(image: &Image, (start, end): (u64, u64)) -> Option<BTreeMap<u64, u64>> {
    let holds = image.addresses_in_data();
    let words: BTreeMap<u64, u64> =
        holds.iter().copied().filter(|(_, to)| start <= *to && *to < end).collect();
    let tables: Vec<(u64, u64)> = TABLES
        .iter()
        .filter_map(|name| image.loaded(name))
        .map(|(start, bytes)| (start, start.saturating_add(bytes.len() as u64)))
        .collect();
    let is_own = |at: u64| {
        let is_in_table = tables.iter().any(|table| table.0 <= at && at.saturating_add(8) <= table.1);
        // The address of the word is nowhere itself.
        let is_held = holds.iter().any(|(_, to)| at < to.saturating_add(8) && *to < at.saturating_add(8));
        is_in_table && at.is_multiple_of(8) && image.object(at).is_none() && !is_held
    };
    let is_known = words.iter().all(|(at, to)| {
        is_own(*at)
            && matches!(image.word(*at), Some(Word::Address(held) | Word::Number(held)) if held == *to)
    });
    is_known.then_some(words)
}

/// Where the linker's own tables begin: whoever has such an address may get to all of their words.
pub(super) fn tables(image: &Image) -> impl Iterator<Item = u64> {
    TABLES.iter().filter_map(|name| image.loaded(name)).map(|(start, _)| start)
}

/// Each four bytes of code that could refer to one of the ranges.
fn windows(image: &Image, ranges: &[(u64, u64)]) -> Vec<u64> {
    // How much of an instruction follows the distance: a number of 1, 2 or 4 bytes, or nothing.
    const BEHIND: [u64; 4] = [0, 1, 2, 4];
    let near: Vec<(u64, u64)> =
        ranges.iter().map(|&(start, end)| (start, end.saturating_sub(start))).collect();
    let mut found = Vec::new();
    for (base, code) in image.all_code() {
        for (index, bytes) in code.windows(4).enumerate() {
            let raw = u32::from_le_bytes(*bytes.first_chunk::<4>().unwrap_or(&[0; 4]));
            let at = base.wrapping_add(index as u64);
            let distance = i64::from(raw.cast_signed()).cast_unsigned();
            let next = at.wrapping_add(4).wrapping_add(distance);
            let refers = near.iter().any(|&(start, length)| {
                let behind = next.wrapping_sub(start);
                behind.wrapping_add(4) < length + 4
                    && BEHIND.iter().any(|more| behind.wrapping_add(*more) < length)
                    && image.isa.may_precede_distance(&code[..index])
            });
            if refers {
                found.push(at);
            }
        }
    }
    found
}

fn to_index(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// Tells each number in an instruction that may be an address, and how it is used.
pub(super) fn uses(instruction: &Instruction, tell: &mut dyn FnMut(u64, Use)) {
    for op in &instruction.ops {
        of_op(*op, tell);
    }
    match instruction.flow {
        Flow::Jump(Target::Memory(place)) | Flow::Call(Target::Memory(place)) => {
            of_place(place, Use::Goes, tell);
        }
        Flow::Jump(Target::Direct(to)) | Flow::Call(Target::Direct(to)) | Flow::Branch { to, .. } => {
            tell(to, Use::Direct);
        }
        _ => {}
    }
}

fn of_op(op: Op, tell: &mut dyn FnMut(u64, Use)) {
    let number = |operand: Operand, how: Use, tell: &mut dyn FnMut(u64, Use)| {
        if let Operand::Number(number) = operand {
            tell(number, how);
        }
    };
    match op {
        Op::Load { to, place, bytes, .. } => of_place(place, Use::Load { to, bytes }, tell),
        Op::Store { place, from, bytes } => {
            of_place(place, Use::Store { bytes }, tell);
            number(from, Use::Other, tell);
        }
        Op::Address { place, .. } => of_place(place, Use::Made, tell),
        Op::Number { value, .. } => tell(value, Use::Made),
        Op::Arith { right, .. } | Op::Compare { right, .. } => number(right, Use::Other, tell),
        Op::Forget { from, .. } => number(from, Use::Other, tell),
        Op::CopyMemory { to, from, .. } => {
            of_place(to, Use::Other, tell);
            of_place(from, Use::Other, tell);
        }
        Op::FillMemory { to, from, .. } => {
            of_place(to, Use::Other, tell);
            number(from, Use::Other, tell);
        }
        Op::Copy { .. } | Op::Narrow { .. } | Op::Choose { .. } | Op::Lose { .. } | Op::Flags => {}
    }
}

fn of_place(place: Place, how: Use, tell: &mut dyn FnMut(u64, Use)) {
    let is_constant = place.base.is_none() && place.index.is_none() && !place.segment;
    tell(place.disp.cast_unsigned(), if is_constant { how } else { Use::Other });
}

#[cfg(test)]
mod tests {
    use super::super::super::image::{Image, made};
    use super::{falls_into, jumps_into, to};

    /// Two statics, one after the other; a store that is hidden in a number; jumps into a function; one that goes on in the next.
    const PROGRAM: &str = r#"
        __asm__(
            ".globl _start\n"
            ".type plain,@function; plain: mov %rax, first(%rip); mov first(%rip), %rcx; ret; .size plain, .-plain\n"
            ".type immediate,@function; immediate: movl $1, second(%rip); ret; .size immediate, .-immediate\n"
            ".type above,@function; above: nop; .size above, .-above\n"
            ".type below,@function; below: nop; inside: ret; .size below, .-below\n"
            ".type jumps,@function; jumps: jmp inside; .size jumps, .-jumps\n"
            ".type _start,@function; _start: call plain; jmp immediate; .size _start, .-_start\n"
            ".data; .type first,@object; first: .quad 0; .size first, 8\n"
            ".type second,@object; second: .quad 0; .size second, 8\n"
            ".type hidden,@function; .text; hidden: .byte 0x48, 0xb8; mov %rax, third(%rip); .byte 0; ret; .size hidden, .-hidden\n"
            ".data; .type third,@object; third: .quad 0; .size third, 8\n"
        );
    "#;

    #[test]
    fn all_that_refers_to_an_address_is_found() {
        let Some((bytes, _folder)) = made::of_c(PROGRAM, &["-nostdlib", "-static-pie"]) else { return };
        let image = Image::read(bytes).expect("a program");
        let start = |name: &str| {
            let mut functions = image.functions.iter();
            let found =
                functions.find(|function| image.names(function).any(|known| known == name)).expect(name);
            (found.start, found.end)
        };
        let object = |name: &str| image.object_of(name).expect(name);
        let at = |name: &str| {
            to(&image, &[object(name)]).map(|found| found.iter().map(|one| one.at).collect::<Vec<_>>())
        };
        let plain = start("plain").0;
        assert_eq!(at("first"), Some(vec![plain, plain + 7]));
        // The number behind the distance counts.
        assert_eq!(at("second"), Some(vec![start("immediate").0]));
        assert_eq!(at("third"), None, "it is in the middle of another instruction");
        assert_eq!(to(&image, &[(plain, plain + 1)]).map(|found| found.len()), Some(1), "a call");
        assert!(jumps_into(&image, start("below")) && !jumps_into(&image, start("plain")));
        assert!(falls_into(&image, start("below").0) && !falls_into(&image, start("jumps").0));
    }
}
