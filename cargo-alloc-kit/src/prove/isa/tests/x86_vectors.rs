//! Vector registers of `x86_64`: instructions as `llvm-mc` encodes them, at 0x1000, and what is told of them in `words.rs`.

use super::super::X86;
use super::check;

/// Moves by lanes, and arithmetic.
const VECTORS: &str = r"
movaps xmm0, xmm1 | 0f 28 c1 | v0.0 = v1.0; v0.1 = v1.1
movups xmm1, xmmword ptr [rsi] | 0f 10 0e | v1.0 = load u64 [r6]; v1.1 = load u64 [r6+0x8]
movups xmmword ptr [rdi], xmm1 | 0f 11 0f | store 8 [r7] v1.0; store 8 [r7+0x8] v1.1
vmovups ymm0, ymmword ptr [rsi] | c5 fc 10 06 | v0.0 = load u64 [r6]; v0.1 = load u64 [r6+0x8]; v0.2 = load u64 [r6+0x10]; v0.3 = load u64 [r6+0x18]
vmovups ymmword ptr [rdi], ymm1 | c5 fc 11 0f | store 8 [r7] v1.0; store 8 [r7+0x8] v1.1; store 8 [r7+0x10] v1.2; store 8 [r7+0x18] v1.3
vmovaps xmm0, xmm1 | c5 f8 28 c1 | v0.0 = v1.0; v0.1 = v1.1; v0.2 = 0x0; v0.3 = 0x0
vmovdqu64 zmm1, zmmword ptr [rsi] | 62 f1 fe 48 6f 0e | s = load u64 [r6+0x20]; lose s; s = load u64 [r6+0x28]; lose s; s = load u64 [r6+0x30]; lose s; s = load u64 [r6+0x38]; lose s; v1.0 = load u64 [r6]; v1.1 = load u64 [r6+0x8]; v1.2 = load u64 [r6+0x10]; v1.3 = load u64 [r6+0x18]
vmovdqu64 zmmword ptr [rdi], zmm17 | 62 e1 fe 48 7f 0f | store 8 [r7] v17.0; store 8 [r7+0x8] v17.1; store 8 [r7+0x10] v17.2; store 8 [r7+0x18] v17.3; store 8 [r7+0x20] ?; store 8 [r7+0x28] ?; store 8 [r7+0x30] ?; store 8 [r7+0x38] ?
vmovdqu64 ymm1 {k1}, ymm2 | 62 f1 fe 29 6f ca | v1.0 = ?; v1.1 = ?; v1.2 = ?; v1.3 = ?
vmovdqu64 ymmword ptr [rdi] {k1}, ymm2 | 62 f1 fe 29 7f 17 | lose v2.0; lose v2.1; lose v2.2; lose v2.3; store 8 [r7] ?; store 8 [r7+0x8] ?; store 8 [r7+0x10] ?; store 8 [r7+0x18] ?
movq xmm0, rax | 66 48 0f 6e c0 | v0.0 = r0; v0.1 = 0x0
movq rax, xmm0 | 66 48 0f 7e c0 | r0 = v0.0
movq xmm0, qword ptr [rsi] | f3 0f 7e 06 | v0.0 = load u64 [r6]; v0.1 = 0x0
movq qword ptr [rdi], xmm0 | 66 0f d6 07 | store 8 [r7] v0.0
movq xmm0, xmm1 | f3 0f 7e c1 | v0.0 = v1.0; v0.1 = 0x0
movd xmm0, eax | 66 0f 6e c0 | v0.0 = u32 r0; v0.1 = 0x0
movd eax, xmm0 | 66 0f 7e c0 | r0 = u32 v0.0
vmovq xmm0, rax | c4 e1 f9 6e c0 | v0.0 = r0; v0.1 = 0x0; v0.2 = 0x0; v0.3 = 0x0
movq mm0, rax | 48 0f 6e c0 | lose r0
movq mm0, qword ptr [rdi] | 0f 6f 07 | s = load u64 [r7]; lose s
movq qword ptr [rdi], mm0 | 0f 7f 07 | store 8 [r7] ?
movdq2q mm0, xmm1 | f2 0f d6 c1 | lose v1.0; lose v1.1; lose v1.2; lose v1.3
kmovq k1, rax | c4 e1 fb 92 c8 | lose r0
kmovq k1, qword ptr [rdi] | c4 e1 f8 90 0f | s = load u64 [r7]; lose s
vpcmpeqq k1, zmm1, zmmword ptr [rdi] | 62 f2 f5 48 29 0f |
fild qword ptr [rdi] | df 2f | s = load u64 [r7]; lose s
fistp qword ptr [rdi] | df 3f | store 8 [r7] ?
vpermq ymm0, ymmword ptr [rsi], 27 | c4 e3 fd 00 06 1b | s = load u64 [r6]; lose s; s = load u64 [r6+0x8]; lose s; s = load u64 [r6+0x10]; lose s; s = load u64 [r6+0x18]; lose s; v0.0 = ?; v0.1 = ?; v0.2 = ?; v0.3 = ?
vpaddq zmm0, zmm1, zmmword ptr [rsi] | 62 f1 f5 48 d4 06 | s = load u64 [r6+0x20]; lose s; s = load u64 [r6+0x28]; lose s; s = load u64 [r6+0x30]; lose s; s = load u64 [r6+0x38]; lose s; s = load u64 [r6]; v0.0 = v1.0 + s; s = load u64 [r6+0x8]; v0.1 = v1.1 + s; s = load u64 [r6+0x10]; v0.2 = v1.2 + s; s = load u64 [r6+0x18]; v0.3 = v1.3 + s
vpbroadcastq zmm0, rax | 62 f2 fd 48 7c c0 | s = r0; lose s; v0.0 = s; v0.1 = s; v0.2 = s; v0.3 = s
cmpxchg16b xmmword ptr [rbx] | 48 0f c7 0b | lose r1; lose r0; lose r2; lose r3; s = load u64 [r3]; lose s; s = load u64 [r3+0x8]; lose s; store 8 [r3] ?; store 8 [r3+0x8] ?; r0 = ?; r2 = ?; flags
movsd xmm0, qword ptr [rsi] | f2 0f 10 06 | v0.0 = load u64 [r6]; v0.1 = 0x0
movsd xmm0, xmm1 | f2 0f 10 c1 | s = v1.0; v0.0 = s
vmovsd xmm0, xmm1, xmm2 | c5 f3 10 c2 | s = v2.0; v0.0 = v1.0; v0.1 = v1.1; v0.0 = s; v0.2 = 0x0; v0.3 = 0x0
movss xmm0, xmm1 | f3 0f 10 c1 | s = v1.0; v0.0 = v0.0 ~ s
movss dword ptr [rdi], xmm1 | f3 0f 11 0f | store 4 [r7] v1.0
movlps xmm0, qword ptr [rsi] | 0f 12 06 | v0.0 = load u64 [r6]
movhps xmm0, qword ptr [rsi] | 0f 16 06 | v0.1 = load u64 [r6]
movhps qword ptr [rdi], xmm0 | 0f 17 07 | store 8 [r7] v0.1
movlhps xmm0, xmm1 | 0f 16 c1 | s = v1.0; v0.1 = s
movhlps xmm0, xmm1 | 0f 12 c1 | s = v1.1; v0.0 = s
punpcklqdq xmm0, xmm1 | 66 0f 6c c1 | s = v1.0; v0.1 = s
punpcklqdq xmm0, xmm0 | 66 0f 6c c0 | s = v0.0; v0.1 = s
punpckhqdq xmm0, xmm1 | 66 0f 6d c1 | s = v1.1; v0.0 = v0.1; v0.1 = s
vpunpcklqdq xmm0, xmm1, xmm2 | c5 f1 6c c2 | s = v2.0; v0.0 = v1.0; v0.1 = s; v0.2 = 0x0; v0.3 = 0x0
unpcklpd xmm0, xmmword ptr [rsi] | 66 0f 14 06 | s = load u64 [r6]; v0.1 = s
shufpd xmm0, xmm1, 1 | 66 0f c6 c1 01 | s = v1.0; v0.0 = v0.1; v0.1 = s
pshufd xmm0, xmm1, 78 | 66 0f 70 c1 4e | s = v1.1; v0.1 = v1.0; v0.0 = s
pshufd xmm0, xmm1, 27 | 66 0f 70 c1 1b | v0.0 = ?; v0.1 = ?; v0.2 = ?; v0.3 = ?
pinsrq xmm0, rax, 1 | 66 48 0f 3a 22 c0 01 | v0.1 = r0
pextrq rax, xmm0, 1 | 66 48 0f 3a 16 c0 01 | r0 = v0.1
vinserti128 ymm0, ymm1, xmm2, 1 | c4 e3 75 38 c2 01 | v0.0 = v1.0; v0.1 = v1.1; v0.2 = v2.0; v0.3 = v2.1
vextracti128 xmm0, ymm1, 1 | c4 e3 7d 39 c8 01 | v0.0 = v1.2; v0.1 = v1.3; v0.2 = 0x0; v0.3 = 0x0
vextracti128 xmmword ptr [rdi], ymm1, 1 | c4 e3 7d 39 0f 01 | store 8 [r7] v1.2; store 8 [r7+0x8] v1.3
vpbroadcastq ymm0, xmm1 | c4 e2 7d 59 c1 | s = v1.0; v0.0 = s; v0.1 = s; v0.2 = s; v0.3 = s
vzeroupper | c5 f8 77 | v0.2 = 0x0; v0.3 = 0x0; v1.2 = 0x0; v1.3 = 0x0; v2.2 = 0x0; v2.3 = 0x0; v3.2 = 0x0; v3.3 = 0x0; v4.2 = 0x0; v4.3 = 0x0; v5.2 = 0x0; v5.3 = 0x0; v6.2 = 0x0; v6.3 = 0x0; v7.2 = 0x0; v7.3 = 0x0; v8.2 = 0x0; v8.3 = 0x0; v9.2 = 0x0; v9.3 = 0x0; v10.2 = 0x0; v10.3 = 0x0; v11.2 = 0x0; v11.3 = 0x0; v12.2 = 0x0; v12.3 = 0x0; v13.2 = 0x0; v13.3 = 0x0; v14.2 = 0x0; v14.3 = 0x0; v15.2 = 0x0; v15.3 = 0x0
xorps xmm0, xmm0 | 0f 57 c0 | v0.0 = 0x0; v0.1 = 0x0
vpxor xmm0, xmm0, xmm0 | c5 f9 ef c0 | v0.0 = 0x0; v0.1 = 0x0; v0.2 = 0x0; v0.3 = 0x0
pxor xmm0, xmm1 | 66 0f ef c1 | v0.0 = v0.0 ~ v1.0; v0.1 = v0.1 ~ v1.1
pcmpeqd xmm0, xmm0 | 66 0f 76 c0 | v0.0 = 0xffffffffffffffff; v0.1 = 0xffffffffffffffff
paddq xmm0, xmm1 | 66 0f d4 c1 | v0.0 = v0.0 + v1.0; v0.1 = v0.1 + v1.1
pand xmm0, xmmword ptr [rsi] | 66 0f db 06 | s = load u64 [r6]; v0.0 = v0.0 & s; s = load u64 [r6+0x8]; v0.1 = v0.1 & s
addsd xmm0, xmm1 | f2 0f 58 c1 | v0.0 = v0.0 ~ v1.0
ucomisd xmm0, xmm1 | 66 0f 2e c1 | flags
cvttsd2si rax, xmm0 | f2 48 0f 2c c0 | r0 = ?v0.0
pmovmskb eax, xmm0 | 66 0f d7 c0 | r0 = ?0x0; r0 = u32 r0
pshufb xmm0, xmm1 | 66 0f 38 00 c1 | v0.0 = ?; v0.1 = ?; v0.2 = ?; v0.3 = ?
maskmovdqu xmm0, xmm1 | 66 0f f7 c1 | lose v0.0; lose v0.1; lose v0.2; lose v0.3; lose v1.0; lose v1.1; lose v1.2; lose v1.3; store 8 [r7] ?; store 8 [r7+0x8] ?
vpgatherqq ymm0, [rdi + ymm1*8], ymm2 | c4 e2 ed 91 04 cf | t = ?0x0; s = load u64 [r7+t*1]; lose s; t = ?0x0; s = load u64 [v1.0+t*1]; lose s; t = ?0x0; s = load u64 [v1.1+t*1]; lose s; t = ?0x0; s = load u64 [v1.2+t*1]; lose s; t = ?0x0; s = load u64 [v1.3+t*1]; lose s; v0.0 = ?; v0.1 = ?; v0.2 = ?; v0.3 = ?; v2.0 = ?; v2.1 = ?; v2.2 = ?; v2.3 = ?
vpscatterqq [rdi + zmm1*8] {k1}, zmm2 | 62 f2 fd 49 a1 14 cf | lose v2.0; lose v2.1; lose v2.2; lose v2.3; unknown: stores at places that are not told
vmaskmovps ymmword ptr [rdi], ymm0, ymm1 | c4 e2 7d 2e 0f | lose v0.0; lose v0.1; lose v0.2; lose v0.3; lose v1.0; lose v1.1; lose v1.2; lose v1.3; store 8 [r7] ?; store 8 [r7+0x8] ?; store 8 [r7+0x10] ?; store 8 [r7+0x18] ?
movddup xmm0, xmm1 | f2 0f 12 c1 | s = v1.0; v0.0 = s; v0.1 = s
movdqa xmmword ptr [rip + 256], xmm15 | 66 44 0f 7f 3d 00 01 00 00 | store 8 [0x1109] v15.0; store 8 [0x1111] v15.1
";

#[test]
fn instructions_are_told_as_what_they_do() {
    check(&X86, [30, 31], VECTORS);
}
