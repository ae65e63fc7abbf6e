//! `aarch64`: instructions as `llvm-mc` encodes them, at 0x1000, and what is told of them in `words.rs`.

use super::super::handmade::{FUNCTIONS, aarch64_program};
use super::super::{Aarch64, Flow, Instruction, Isa as _, Target, lane};
use super::{Chance, check, written};
use yaxpeax_arch::{Decoder as _, U8Reader};
use yaxpeax_arm::armv8::a64::{InstDecoder, Operand, SIMDSizeCode};

/// Bytes in the order of memory.
const INSTRUCTIONS: &str = r"
adr x3, #16 | 83 00 00 10 | r3 = &[0x1010]
adrp x8, #0x5000 | 28 00 00 b0 | r8 = &[0x6000]
add x0, x1, #16 | 20 40 00 91 | r0 = r1 + 0x10
add x0, x1, #1, lsl #12 | 20 04 40 91 | r0 = r1 + 0x1000
add w0, w1, w2 | 20 00 02 0b | r0 = r1 + r2; r0 = u32 r0
add x0, x1, w2, uxtw #3 | 20 4c 22 8b | t = u32 r2; t = t << 0x3; r0 = r1 + t
add x0, sp, #32 | e0 83 00 91 | r0 = r31 + 0x20
mov x29, sp | fd 03 00 91 | r29 = r31
sub sp, sp, #48 | ff c3 00 d1 | r31 = r31 - 0x30
cmp x1, #5 | 3f 14 00 f1 | cmp 64 r1, 0x5
subs x1, x1, #5 | 21 14 00 f1 | r1 = r1 - 0x5; flags
cmn x1, #5 | 3f 14 00 b1 | flags
tst x1, #1 | 3f 00 40 f2 | flags
ccmp x0, #3, #0, ne | 00 18 43 fa | flags
and x0, x1, #0xff | 20 1c 40 92 | r0 = r1 & 0xff
mov x0, x1 | e0 03 01 aa | r0 = r1
mov w0, w1 | e0 03 01 2a | r0 = u32 r1
mov x0, #0x1234 | 80 46 82 d2 | r0 = 0x1234
movn x0, #0 | 00 00 80 92 | r0 = 0xffffffffffffffff
movk x0, #0x5678, lsl #16 | 00 cf aa f2 | r0 = r0 & 0xffffffff0000ffff; r0 = r0 + 0x56780000
lsl x0, x1, #3 | 20 f0 7d d3 | r0 = r1 << 0x3
lsl w0, w1, #3 | 20 70 1d 53 | r0 = r1 << 0x3; r0 = u32 r0
lsr x0, x1, #3 | 20 fc 43 d3 | s = r1 ~ 0x3; r0 = s & 0x1fffffffffffffff
uxtb w0, w1 | 20 1c 00 53 | r0 = u8 r1; r0 = u32 r0
sxtw x0, w1 | 20 7c 40 93 | r0 = i32 r1
ubfx x0, x1, #4, #3 | 20 18 44 d3 | s = r1 ~ 0x4; r0 = s & 0x7
mul x0, x1, x2 | 20 7c 02 9b | s = r1 * r2; r0 = s
madd x0, x1, x2, x3 | 20 0c 02 9b | s = r1 * r2; t = r3; r0 = t + s
umaddl x0, w1, w2, x3 | 20 0c a2 9b | s = u32 r1; t = u32 r2; s = s * t; t = r3; r0 = t + s
csel x0, x1, x2, eq | 20 00 82 9a | s = r2; t = r1; t = either s; r0 = t
cset w0, ne | e0 07 9f 1a | s = 0x0; s = s + 0x1; t = 0x0; t = either s; r0 = u32 t
ldr x0, [x1, #8] | 20 04 40 f9 | r0 = load u64 [r1+0x8]
ldr w0, [x1] | 20 00 40 b9 | r0 = load u32 [r1]
ldrb w0, [x1, x2] | 20 68 62 38 | r0 = load u8 [r1+r2*1]
ldrsw x0, [x1, #4] | 20 04 80 b9 | r0 = load i32 [r1+0x4]
ldrsb w0, [x1] | 20 00 c0 39 | r0 = load i8 [r1]; r0 = u32 r0
ldr x0, [x1, w2, sxtw #3] | 20 d8 62 f8 | t = i32 r2; r0 = load u64 [r1+t*8]
ldr x0, [x1, x2, lsl #3] | 20 78 62 f8 | r0 = load u64 [r1+r2*8]
ldr x0, [x1], #16 | 20 04 41 f8 | r0 = load u64 [r1]; r1 = r1 + 0x10
ldr x0, [x1, #-16]! | 20 0c 5f f8 | r0 = load u64 [r1-0x10]; r1 = r1 + 0xfffffffffffffff0
ldur x0, [x1, #-7] | 20 90 5f f8 | r0 = load u64 [r1-0x7]
ldr x0, #64 | 00 02 00 58 | r0 = load u64 [0x1040]
ldp x29, x30, [sp, #16] | fd 7b 41 a9 | r29 = load u64 [r31+0x10]; r30 = load u64 [r31+0x18]
ldp x29, x30, [sp], #32 | fd 7b c2 a8 | r29 = load u64 [r31]; r30 = load u64 [r31+0x8]; r31 = r31 + 0x20
ldp x1, x2, [x1] | 21 08 40 a9 | s = load u64 [r1]; r2 = load u64 [r1+0x8]; r1 = s
stp x29, x30, [sp, #-32]! | fd 7b be a9 | store 8 [r31-0x20] r29; store 8 [r31-0x18] r30; r31 = r31 + 0xffffffffffffffe0
str x0, [sp, #8] | e0 07 00 f9 | store 8 [r31+0x8] r0
str xzr, [x0] | 1f 00 00 f9 | store 8 [r0] 0x0
strb w1, [x0] | 01 00 00 39 | store 1 [r0] r1
str wzr, [x0, #4] | 1f 04 00 b9 | store 4 [r0+0x4] 0x0
stp q0, q1, [x0] | 00 04 00 ad | store 8 [r0] v0.0; store 8 [r0+0x8] v0.1; store 8 [r0+0x10] v1.0; store 8 [r0+0x18] v1.1
ldr q2, [x0, #16] | 02 04 c0 3d | v2.0 = load u64 [r0+0x10]; v2.1 = load u64 [r0+0x18]
ldr d2, [x0] | 02 00 40 fd | v2.0 = load u64 [r0]; v2.1 = 0x0
str s2, [x0] | 02 00 00 bd | store 4 [r0] v2.0
ldp q0, q1, [x8] | 00 05 40 ad | v0.0 = load u64 [r8]; v0.1 = load u64 [r8+0x8]; v1.0 = load u64 [r8+0x10]; v1.1 = load u64 [r8+0x18]
fmov d0, x1 | 20 00 67 9e | v0.0 = r1; v0.1 = 0x0
fmov x1, d0 | 01 00 66 9e | r1 = v0.0
movi v0.2d, #0 | 00 e4 00 6f | v0.0 = 0x0; v0.1 = 0x0
mov v0.16b, v1.16b | 20 1c a1 4e | v0.0 = v1.0; v0.1 = v1.1
fadd d0, d1, d2 | 20 28 62 1e | v0.0 = ?; v0.1 = ?
fcmp d0, d1 | 00 20 61 1e | flags
fcvtzs x0, d0 | 00 00 78 9e | lose v0.0; lose v0.1; r0 = ?; flags
ldxr x0, [x1] | 20 7c 5f c8 | r0 = load u64 [r1]
stxr w2, x0, [x1] | 20 7c 02 c8 | s = load u64 [r1]; s = either r0; store 8 [r1] s; r2 = ?0x0
ldaxr w0, [x1] | 20 fc 5f 88 | r0 = load u32 [r1]
stlxr w2, w0, [x1] | 20 fc 02 88 | s = load u32 [r1]; s = either r0; store 4 [r1] s; r2 = ?0x0
ldadd x0, x1, [x2] | 41 00 20 f8 | s = load u64 [r2]; t = s + r0; store 8 [r2] t; r1 = s
stadd x0, [x2] | 5f 00 20 f8 | s = load u64 [r2]; t = s + r0; store 8 [r2] t
swpal x0, x1, [x2] | 41 80 e0 f8 | s = load u64 [r2]; store 8 [r2] r0; r1 = s
casal x0, x1, [x2] | 41 fc e0 c8 | s = load u64 [r2]; t = r1; t = either s; store 8 [r2] t; r0 = s
casp x0, x1, x2, x3, [x4] | 82 7c 20 48 | lose r2; lose r3; s = load u64 [r4]; lose s; store 8 [r4] ?; s = load u64 [r4+0x8]; lose s; store 8 [r4+0x8] ?; r0 = ?; r1 = ?
st1 {v0.16b, v1.16b}, [x0], #32 | 00 a0 9f 4c | lose v0.0; lose v0.1; lose v1.0; lose v1.1; store 8 [r0] ?; store 8 [r0+0x8] ?; store 8 [r0+0x10] ?; store 8 [r0+0x18] ?; r0 = r0 + 0x20
st1 {v0.d}[1], [x0] | 00 84 00 4d | lose v0.0; lose v0.1; store 8 [r0] ?
stxp w0, x1, x2, [x3] | 61 08 20 c8 | lose r1; lose r2; store 8 [r3] ?; store 8 [r3+0x8] ?; r0 = ?0x0
umov x0, v1.d[1] | 20 3c 18 4e | lose v1.0; lose v1.1; r0 = ?; flags
mov v0.d[1], x1 | 20 1c 18 4e | lose r1; v0.0 = ?; v0.1 = ?
ld1 {v0.16b}, [x0] | 00 70 40 4c | s = load u64 [r0]; lose s; s = load u64 [r0+0x8]; lose s; v0.0 = ?; v0.1 = ?
b #0x40 | 10 00 00 14 | jump 0x1040
bl #0x40 | 10 00 00 94 | call 0x1040
br x8 | 00 01 1f d6 | jump r8
blr x8 | 00 01 3f d6 | call r8
ret | c0 03 5f d6 | return r30
ret x3 | 60 00 5f d6 | return r3
b.hi #0x40 | 08 02 00 54 | branch 0x1040 Above
b.lt #0x40 | 0b 02 00 54 | branch 0x1040 Less
cbz x0, #0x40 | 00 02 00 b4 | branch 0x1040 Other
tbnz w0, #3, #0x40 | 00 02 18 37 | branch 0x1040 Other
dmb ish | bf 3b 03 d5 |
isb | df 3f 03 d5 |
nop | 1f 20 03 d5 |
bti c | 5f 24 03 d5 |
paciasp | 3f 23 03 d5 |
autiasp | bf 23 03 d5 |
retaa | ff 0b 5f d6 | return r30
mrs x0, tpidr_el0 | 40 d0 3b d5 | r0 = ?0x0
msr tpidr_el0, x0 | 40 d0 1b d5 | unknown: writes a system register
svc #0 | 01 00 00 d4 | r0 = ?0x0; system
brk #1 | 20 00 20 d4 | trap
udf #0 | 00 00 00 00 | trap
dc zva, x0 | 20 74 0b d5 | unknown: a system instruction
pacia x0, x1 | 20 00 c1 da | r0 = ?
hint #40 | 1f 25 03 d5 | unknown: a hint that is not modelled
cmp w0, w1 | 1f 00 01 6b | s = u32 r1; cmp 32 r0, s
negs x0, x1 | e0 03 01 eb | s = 0x0; r0 = s - r1; flags
add sp, sp, w2, sxtw | ff c3 22 8b | t = i32 r2; r31 = r31 + t
";

#[test]
fn instructions_are_told_as_what_they_do() {
    check(&Aarch64, [lane(31, 2), lane(31, 3)], INSTRUCTIONS);
}

#[test]
fn the_program_made_by_hand_is_one_and_all_of_it_is_understood() {
    use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

    let bytes = aarch64_program();
    let file = object::File::parse(&*bytes).expect("an ELF file");
    assert_eq!(file.architecture(), object::Architecture::Aarch64);
    let text = file.section_by_name(".text").expect("code");
    let code = text.data().expect("its bytes");
    let mut named: Vec<_> = file.symbols().map(|symbol| symbol.address()).collect();
    named.sort_unstable();
    assert_eq!(named, FUNCTIONS.map(|(_, start, _)| start));
    let slots: Vec<_> = file.dynamic_relocations().expect("a table").map(|(at, _)| at).collect();
    assert_eq!(slots, [0x3108, 0x3110]);
    let mut calls = Vec::new();
    for (_, start, size) in FUNCTIONS {
        for at in (start..start + size).step_by(4) {
            let from = usize::try_from(at - text.address()).expect("small");
            let mut instruction = Instruction::default();
            Aarch64.decode(&code[from..], at, &mut instruction);
            assert!(!matches!(instruction.flow, Flow::Unknown(_)), "{at:x} {instruction:?}");
            if let Flow::Call(to) | Flow::Jump(to) = instruction.flow {
                calls.push(to);
            }
        }
    }
    let plus_one = Target::Direct(0x1018);
    let by = Target::Reg;
    assert_eq!(calls, [plus_one, by(8), by(8), by(10), plus_one]);
}

/// What is no data processing may write less or more than its first operand.
#[test]
fn words_by_chance_do_not_panic_and_the_first_operand_of_arithmetic_is_written() {
    let mut chance = Chance(3);
    let mut instruction = Instruction::default();
    let mut written_ones = 0;
    for turn in 0..100_000_u32 {
        let sections = [0b0101, 0b1000, 0b1001, 0b1101, 0b0111, 0b1111, 0b0100, 0b1010];
        let section: u32 = sections[turn as usize % sections.len()];
        let by_chance = u32::try_from(chance.next() >> 32).expect("32 bits");
        let word = (by_chance & !(0xf << 25)) | section << 25;
        Aarch64.decode(&word.to_le_bytes(), 0x1000, &mut instruction);
        assert_eq!(instruction.next, 0x1004);
        if section & 0b0101 == 0b0100 || section == 0b1010 || instruction.flow != Flow::Next {
            continue;
        }
        let decoded = InstDecoder::default().decode(&mut U8Reader::new(&word.to_le_bytes()));
        let decoded = decoded.expect("it was decoded");
        let compares = ["fcmp", "fccmp", "ccm", "rmif", "setf"];
        if compares.iter().any(|name| format!("{:?}", decoded.opcode).to_lowercase().starts_with(name)) {
            continue;
        }
        let number = |register: u16| u8::try_from(register).expect("32 registers");
        let expected = match decoded.operands[0] {
            Operand::Register(_, 31) => continue,
            Operand::Register(_, register) | Operand::RegisterOrSP(_, register) => number(register),
            Operand::SIMDRegister(SIMDSizeCode::D, register) => lane(number(register), 1),
            Operand::SIMDRegister(_, register)
            | Operand::SIMDRegisterElements(_, register, _)
            | Operand::SIMDRegisterElementsLane(_, register, _, _) => lane(number(register), 0),
            other => panic!("{other:?} of {decoded:?}"),
        };
        let is_written = instruction.ops.iter().any(|op| written(op) == Some(expected));
        assert!(is_written, "{decoded} {instruction:?}");
        written_ones += 1;
    }
    assert!(written_ones > 10_000, "{written_ones}");
}
