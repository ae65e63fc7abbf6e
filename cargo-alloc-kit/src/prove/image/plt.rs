//! The stubs through which imported functions are called: `.plt`, `.plt.sec`, `.plt.got`, `.iplt`, of bfd and lld.
//!
//! They are told by their instructions, wherever they are: a jump to what a slot of the loader holds, and nothing else.

use crate::prove::isa::Isa;

/// The address of the slot that the code there jumps by.
pub(super) fn slot(isa: &dyn Isa, code: &[u8], at: u64) -> Option<u64> {
    match isa.name() {
        "x86_64" => x86(code, at),
        _ => aarch64(code, at),
    }
}

/// `[endbr64] [bnd] jmp *slot(%rip)`
fn x86(code: &[u8], at: u64) -> Option<u64> {
    const ENDBR64: &[u8] = &[0xf3, 0x0f, 0x1e, 0xfa];
    let rest = code.strip_prefix(ENDBR64).unwrap_or(code);
    let rest = rest.strip_prefix(&[0xf2]).unwrap_or(rest);
    let rest = rest.strip_prefix(&[0xff, 0x25])?;
    let (distance, rest) = rest.split_first_chunk::<4>()?;
    let next = at.wrapping_add((code.len() - rest.len()) as u64);
    Some(next.wrapping_add_signed(i64::from(i32::from_le_bytes(*distance))))
}

/// `[bti c] adrp x16, page; ldr x17, [x16, #low]; add x16, x16, #low; br x17`; lld and bfd write the same, with `nop` between at times.
fn aarch64(code: &[u8], at: u64) -> Option<u64> {
    const BTI_C: u32 = 0xd503_245f;
    const BR_X17: u32 = 0xd61f_0220;
    let word = |at: usize| code.get(at..)?.first_chunk().map(|word| u32::from_le_bytes(*word));
    let skipped: usize = if word(0)? == BTI_C { 4 } else { 0 };
    let at = at.wrapping_add(skipped as u64);
    let (adrp, ldr, add, br) = (word(skipped)?, word(skipped + 4)?, word(skipped + 8)?, word(skipped + 12)?);
    // The registers and the forms of the first three; what is left are their numbers.
    let is_stub = adrp & 0x9f00_001f == 0x9000_0010
        && ldr & 0xffc0_03ff == 0xf940_0211
        && add & 0xffc0_03ff == 0x9100_0210
        && br == BR_X17;
    if !is_stub {
        return None;
    }
    let low = u64::from(ldr >> 10 & 0xfff) * 8;
    let pages = i64::from(((adrp >> 5 & 0x7_ffff) << 2 | adrp >> 29 & 3) << 11).wrapping_shl(32) >> 43;
    Some((at & !0xfff).wrapping_add_signed(pages << 12).wrapping_add(low))
}
