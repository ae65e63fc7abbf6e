//! `x86_64`: instructions as `llvm-mc` encodes them, at 0x1000, and what is told of them in `words.rs`.

use super::super::X86;
use super::check;

/// What moves values as they are.
const MOVES: &str = r"
mov rax, rbx | 48 89 d8 | r0 = r3
mov eax, ebx | 89 d8 | r0 = u32 r3
mov ax, bx | 66 89 d8 | r0 = r0 ~ r3
mov al, bl | 88 d8 | r0 = r0 ~ r3
mov ah, bl | 88 dc | r0 = r0 ~ r3
mov bl, ah | 88 e3 | s = ?r0; r3 = r3 ~ s
mov rax, qword ptr [rbx + rcx*8 + 16] | 48 8b 44 cb 10 | r0 = load u64 [r3+r1*8+0x10]
mov eax, dword ptr [rbx] | 8b 03 | r0 = load u32 [r3]
mov al, byte ptr [rbx] | 8a 03 | s = load u8 [r3]; r0 = r0 ~ s
mov qword ptr [rsp - 8], rax | 48 89 44 24 f8 | store 8 [r4-0x8] r0
mov byte ptr [rax], cl | 88 08 | store 1 [r0] r1
mov qword ptr [rax], -1 | 48 c7 00 ff ff ff ff | store 8 [r0] 0xffffffffffffffff
mov dword ptr [rax], 7 | c7 00 07 00 00 00 | store 4 [r0] 0x7
mov eax, 4294967295 | b8 ff ff ff ff | r0 = 0xffffffff
movabs rax, 81985529216486895 | 48 b8 ef cd ab 89 67 45 23 01 | r0 = 0x123456789abcdef
mov rax, qword ptr [rip + 256] | 48 8b 05 00 01 00 00 | r0 = load u64 [0x1107]
mov rax, qword ptr fs:[40] | 64 48 8b 04 25 28 00 00 00 | r0 = load u64 [segment:0x28]
movabs rax, qword ptr [4096] | 48 a1 00 10 00 00 00 00 00 00 | r0 = load u64 [0x1000]
mov rax, qword ptr [ebx] | 67 48 8b 03 | unknown: loads from an address of 32 bits
mov qword ptr [ebx], rax | 67 48 89 03 | lose r0; unknown: stores at an address of 32 bits
mov eax, ds | 8c d8 | r0 = ?r0
mov fs, eax | 8e e0 | lose r0; unknown: moves a segment
movzx eax, bl | 0f b6 c3 | r0 = u8 r3
movzx eax, bh | 0f b6 c7 | r0 = ?r3; r0 = u8 r0
movzx eax, word ptr [rbx] | 0f b7 03 | r0 = load u16 [r3]
movzx ax, bl | 66 0f b6 c3 | r0 = r0 ~ r3
movsx rax, bl | 48 0f be c3 | r0 = i8 r3
movsx eax, byte ptr [rbx] | 0f be 03 | r0 = load i8 [r3]; r0 = u32 r0
movsxd rax, ebx | 48 63 c3 | r0 = i32 r3
movsxd rax, dword ptr [rdi + 4*rax] | 48 63 04 87 | r0 = load i32 [r7+r0*4]
lea rax, [rbx + 4*rcx + 8] | 48 8d 44 8b 08 | r0 = &[r3+r1*4+0x8]
lea rax, [rip + 256] | 48 8d 05 00 01 00 00 | r0 = &[0x1107]
lea eax, [rdi + 1] | 8d 47 01 | r0 = &[r7+0x1]; r0 = u32 r0
lea ax, [rdi + 1] | 66 8d 47 01 | s = &[r7+0x1]; r0 = r0 ~ s
lea rax, fs:[rdi] | 64 48 8d 07 | r0 = &[r7]
lea rax, [ebx + 4] | 67 48 8d 43 04 | r0 = ?r3
push rax | 50 | store 8 [r4-0x8] r0; r4 = r4 - 0x8
push rsp | 54 | store 8 [r4-0x8] r4; r4 = r4 - 0x8
push 5 | 6a 05 | store 8 [r4-0x8] 0x5; r4 = r4 - 0x8
push qword ptr [rsp + 8] | ff 74 24 08 | s = load u64 [r4+0x8]; store 8 [r4-0x8] s; r4 = r4 - 0x8
push fs | 0f a0 | store 8 [r4-0x8] ?; r4 = ?r4
pushfq | 9c | store 8 [r4-0x8] ?; r4 = ?r4
popfq | 9d | unknown: sets the direction flag
pop rax | 58 | r0 = load u64 [r4]; r4 = r4 + 0x8
pop rsp | 5c | r4 = load u64 [r4]
pop qword ptr [rsp + 8] | 8f 44 24 08 | s = load u64 [r4]; r4 = r4 + 0x8; store 8 [r4+0x8] s
leave | c9 | r4 = r5; r5 = load u64 [r4]; r4 = r4 + 0x8
enter 16, 0 | c8 10 00 00 | unknown: `enter`
xchg rax, rbx | 48 93 | t = r3; r3 = r0; r0 = t
xchg eax, ebx | 93 | t = r3; r3 = u32 r0; r0 = u32 t
xchg qword ptr [rdi], rax | 48 87 07 | t = load u64 [r7]; store 8 [r7] r0; r0 = t
xchg byte ptr [rdi], al | 86 07 | t = load u8 [r7]; store 1 [r7] r0; r0 = r0 ~ t
nop | 90 |
nop word ptr [rax + rax] | 66 0f 1f 04 00 |
endbr64 | f3 0f 1e fa |
pause | f3 90 |
mfence | 0f ae f0 |
";

/// Arithmetic, conditions and comparisons.
const ARITHMETIC: &str = r"
cmove rax, rbx | 48 0f 44 c3 | r0 = either r3
cmovne eax, dword ptr [rbx] | 0f 45 03 | s = load u32 [r3]; r0 = either s; r0 = u32 r0
cmova ax, bx | 66 0f 47 c3 | r0 = r0 ~ r3
sete al | 0f 94 c0 | r0 = ?r0
setne byte ptr [rdi] | 0f 95 07 | s = ?0x0; store 1 [r7] s
add rax, 8 | 48 83 c0 08 | r0 = r0 + 0x8; flags
add eax, ebx | 01 d8 | r0 = r0 + r3; r0 = u32 r0; flags
add al, bl | 00 d8 | r0 = r0 ~ r3; flags
add rax, qword ptr [rbx] | 48 03 03 | t = load u64 [r3]; r0 = r0 + t; flags
add qword ptr [rbx], rax | 48 01 03 | s = load u64 [r3]; s = s + r0; store 8 [r3] s; flags
lock add dword ptr [rbx], 1 | f0 83 03 01 | s = load u32 [r3]; s = s + 0x1; store 4 [r3] s; flags
sub rsp, 32 | 48 83 ec 20 | r4 = r4 - 0x20; flags
sub eax, eax | 29 c0 | r0 = 0x0; cmp 32 r0, 0x0
xor eax, eax | 31 c0 | r0 = 0x0; cmp 32 r0, 0x0
xor al, al | 30 c0 | r0 = r0 ~ r0; cmp 8 r0, 0x0
xor rax, rbx | 48 31 d8 | r0 = r0 ~ r3; cmp 64 r0, 0x0
and eax, 7 | 83 e0 07 | r0 = r0 & 0x7; r0 = u32 r0; cmp 32 r0, 0x0
and qword ptr [rdi], -8 | 48 83 27 f8 | s = load u64 [r7]; s = s & 0xfffffffffffffff8; store 8 [r7] s; cmp 64 s, 0x0
or rax, -1 | 48 83 c8 ff | r0 = 0xffffffffffffffff; cmp 64 r0, 0x0
or al, 1 | 0c 01 | r0 = r0 ~ 0x1; cmp 8 r0, 0x0
sbb eax, eax | 19 c0 | r0 = ?0x0; flags
adc rax, rbx | 48 11 d8 | r0 = r0 ~ r3; flags
shl rax, 3 | 48 c1 e0 03 | r0 = r0 << 0x3; flags
shl eax, cl | d3 e0 | r0 = r0 ~ r1; r0 = u32 r0; flags
shr rax, 4 | 48 c1 e8 04 | r0 = r0 ~ 0x4; flags
sar eax, 1 | d1 f8 | r0 = r0 ~ 0x1; r0 = u32 r0; flags
inc rax | 48 ff c0 | r0 = r0 + 0x1; flags
dec dword ptr [rdi] | ff 0f | s = load u32 [r7]; s = s - 0x1; store 4 [r7] s; flags
not rax | 48 f7 d0 | r0 = r0 ~ 0x0
neg rax | 48 f7 d8 | s = 0x0; r0 = s - r0; flags
cmp rax, 5 | 48 83 f8 05 | cmp 64 r0, 0x5
cmp eax, -1 | 83 f8 ff | cmp 32 r0, 0xffffffff
cmp al, bl | 38 d8 | t = u8 r3; cmp 8 r0, t
cmp ah, 1 | 80 fc 01 | s = ?r0; flags
cmp rax, qword ptr [rbx] | 48 3b 03 | t = load u64 [r3]; cmp 64 r0, t
cmp dword ptr [rbx], 3 | 83 3b 03 | s = load u32 [r3]; cmp 32 s, 0x3
test rax, rax | 48 85 c0 | cmp 64 r0, 0x0
test al, al | 84 c0 | cmp 8 r0, 0x0
test al, 1 | a8 01 | test 8 r0, 0x1
imul rax, rbx | 48 0f af c3 | r0 = r0 * r3; flags
imul rax, rbx, 24 | 48 6b c3 18 | r0 = r3 * 0x18; flags
imul eax, dword ptr [rbx], 24 | 6b 03 18 | s = load u32 [r3]; r0 = s * 0x18; r0 = u32 r0; flags
mul rbx | 48 f7 e3 | s = r0 ~ r3; s = s ~ r2; r0 = s; r2 = s; flags
div ecx | f7 f1 | s = r0 ~ r1; s = s ~ r2; r0 = s; r2 = s; flags
xadd qword ptr [rdi], rax | 48 0f c1 07 | s = load u64 [r7]; t = s + r0; store 8 [r7] t; r0 = s; flags
lock xadd dword ptr [rdi], eax | f0 0f c1 07 | s = load u32 [r7]; t = s + r0; store 4 [r7] t; r0 = u32 s; flags
lock cmpxchg qword ptr [rdi], rsi | f0 48 0f b1 37 | s = load u64 [r7]; t = s; t = either r6; store 8 [r7] t; r0 = either s; flags
cmpxchg rdi, rsi | 48 0f b1 f7 | r7 = ?; r0 = ?; flags
lock cmpxchg16b [rdi] | f0 48 0f c7 0f | lose r1; lose r3; lose r0; lose r2; lose r3; s = load u64 [r7]; lose s; s = load u64 [r7+0x8]; lose s; store 8 [r7] ?; store 8 [r7+0x8] ?; r0 = ?; r2 = ?; flags
bt rax, 3 | 48 0f ba e0 03 | flags
bts rax, 3 | 48 0f ba e8 03 | r0 = ?r0; flags
bts qword ptr [rdi], rax | 48 0f ab 07 | unknown: writes a bit beyond its operand
lock bts qword ptr [rdi], 3 | f0 48 0f ba 2f 03 | s = load u64 [r7]; lose s; store 8 [r7] ?; flags
popcnt rax, rbx | f3 48 0f b8 c3 | r0 = ?r3; r0 = u8 r0; flags
tzcnt rax, rbx | f3 48 0f bc c3 | r0 = r0 ~ r3; flags
bsr eax, dword ptr [rbx] | 0f bd 03 | r0 = ?r0; flags
bswap rax | 48 0f c8 | r0 = r0 ~ 0x0
cdqe | 48 98 | r0 = i32 r0
cqo | 48 99 | r2 = ?0x0
shlx rax, rbx, rcx | c4 e2 f1 f7 c3 | r0 = r3 ~ r1
mulx rax, rbx, rcx | c4 e2 e3 f6 c1 | r0 = ?; r3 = ?
";

/// Strings, the system, x87.
const OTHERS: &str = r"
rep movsb | f3 a4 | copy None [r7] [r6]; r7 = ?r7; r6 = ?r6; r1 = ?r1
rep movsq | f3 48 a5 | copy None [r7] [r6]; r7 = ?r7; r6 = ?r6; r1 = ?r1
rep stosq | f3 48 ab | fill None [r7] r0; r7 = ?r7; r1 = ?r1
movsq | 48 a5 | s = load u64 [r6]; store 8 [r7] s; r7 = ?r7; r6 = ?r6
stosb | aa | store 1 [r7] r0; r7 = ?r7
repne scasb | f2 ae | t = ?0x0; s = load u64 [r7+t*1]; lose s; r1 = ?; r7 = ?; flags
cpuid | 0f a2 | r1 = ?; r2 = ?; r3 = ?; r0 = ?
rdtsc | 0f 31 | r0 = ?r0; r2 = ?r2
xgetbv | 0f 01 d0 | r0 = ?; r2 = ?
std | fd | unknown: sets the direction flag
cld | fc |
wrfsbase rax | f3 48 0f ae d0 | unknown: moves a segment
fxsave [rdi] | 0f ae 07 | unknown: stores at places that are not told
xrstor [rdi] | 0f ae 2f | unknown: restores the processor's state
fstp qword ptr [rdi] | dd 1f | store 8 [r7] ?
fld qword ptr [rdi] | dd 07 | s = load u64 [r7]; lose s
fnstcw word ptr [rdi] | d9 3f | store 2 [r7] ?
stmxcsr dword ptr [rdi] | 0f ae 1f | store 4 [r7] ?
rdmsr | 0f 32 | unknown: a privileged instruction
";

/// Branches, and bytes that are no instruction.
const BRANCHES: &str = r"
jmp rax | ff e0 | jump r0
jmp qword ptr [rax + 8*rcx] | ff 24 c8 | jump [r0+r1*8]
jmp qword ptr [rip + 256] | ff 25 00 01 00 00 | jump [0x1106]
notrack jmp rax | 3e ff e0 | jump r0
call rax | ff d0 | call r0
call qword ptr [rip + 256] | ff 15 00 01 00 00 | call [0x1106]
call qword ptr [rdi + 24] | ff 57 18 | call [r7+0x18]
ret | c3 | return
ret 8 | c2 08 00 | unknown: a return that drops arguments from the stack
retf | cb | unknown: a far or privileged branch
ud2 | 0f 0b | trap
int3 | cc | trap
hlt | f4 | trap
syscall | 0f 05 | r0 = ?0x0; r1 = ?0x0; r11 = ?0x0; flags; system
int 128 | cd 80 | r0 = ?0x0; r1 = ?0x0; r11 = ?0x0; flags; system
iretq | 48 cf | unknown: a far or privileged branch
jmp $+0x12 | eb 10 | jump 0x1012
call $+0x15 | e8 10 00 00 00 | call 0x1015
data16 rex64 call $+0x18 | 66 66 48 e8 10 00 00 00 | call 0x1018
data16 jmp | 66 e9 10 00 00 00 | unknown: a branch whose width differs between processors
ja $+0x12 | 77 10 | branch 0x1012 Above
jae $+0x12 | 73 10 | branch 0x1012 AboveOrEqual
jb $+0x12 | 72 10 | branch 0x1012 Below
jbe $+0x12 | 76 10 | branch 0x1012 BelowOrEqual
je $+0x12 | 74 10 | branch 0x1012 Equal
jne $+0x12 | 75 10 | branch 0x1012 NotEqual
jle $+0x12 | 7e 10 | branch 0x1012 LessOrEqual
jrcxz $+0x12 | e3 10 | branch 0x1012 Other
loop $+0x12 | e2 10 | r1 = ?r1; branch 0x1012 Other
xbegin | c7 f8 10 00 00 00 | unknown: a memory transaction
(bad) | 06 | unknown: not an instruction
(cut) | 48 8b | unknown: not an instruction
";

#[test]
fn instructions_are_told_as_what_they_do() {
    check(&X86, [30, 31], MOVES);
    check(&X86, [30, 31], ARITHMETIC);
    check(&X86, [30, 31], OTHERS);
    check(&X86, [30, 31], BRANCHES);
}
