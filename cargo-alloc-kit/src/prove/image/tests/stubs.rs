//! Stubs of the PLT, as assemblers write them.

use crate::prove::image::plt::slot;
use crate::prove::isa::{Aarch64, X86};

#[test]
fn x86() {
    let jump = [0xff, 0x25, 0x10, 0, 0, 0];
    let cases: [(&[u8], &[u8], u64); 4] = [
        (&[], &[0x66, 0x90], 0x1016),
        (&[], &[0x68, 0, 0, 0, 0, 0xe9, 0, 0, 0, 0], 0x1016),
        (&[0xf3, 0x0f, 0x1e, 0xfa], &[0x66], 0x101a),
        (&[0xf3, 0x0f, 0x1e, 0xfa, 0xf2], &[], 0x101b),
    ];
    for (before, behind, expected) in cases {
        let code = [before, &jump, behind].concat();
        assert_eq!(slot(&X86, &code, 0x1000), Some(expected), "{code:x?}");
    }
    let backwards = [0xff, 0x25, 0xf0, 0xff, 0xff, 0xff];
    assert_eq!(slot(&X86, &backwards, 0x1000), Some(0xff6));
    // The first half of a lazy one, a call, and what is cut off.
    for code in [&[0xf3, 0x0f, 0x1e, 0xfa, 0x68][..], &[0xff, 0x15, 0, 0, 0, 0], &[0xff, 0x25, 0, 0, 0], &[]]
    {
        assert_eq!(slot(&X86, code, 0x1000), None, "{code:x?}");
    }
}

#[test]
fn aarch64() {
    let code = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    // adrp x16, +0x1f000; ldr x17, [x16, #0xfb8]; add x16, x16, #0xfb8; br x17
    let stub = [0xf000_00f0, 0xf947_de11, 0x913e_e210, 0xd61f_0220];
    assert_eq!(slot(&Aarch64, &code(&stub), 0x5e0), Some(0x1_ffb8));
    assert_eq!(slot(&Aarch64, &code(&[&[0xd503_245f], &stub[..]].concat()), 0x5dc), Some(0x1_ffb8));
    // adrp x16, -0x1000
    let before = [0xf0ff_fff0, stub[1], stub[2], stub[3]];
    assert_eq!(slot(&Aarch64, &code(&before), 0x5000), Some(0x4fb8));
    // Another register, another jump, too short.
    assert_eq!(slot(&Aarch64, &code(&[0xf000_00f1, stub[1], stub[2], stub[3]]), 0), None);
    assert_eq!(slot(&Aarch64, &code(&[stub[0], stub[1], stub[2], 0xd65f_03c0]), 0), None);
    assert_eq!(slot(&Aarch64, &code(&stub[..3]), 0), None);
}
