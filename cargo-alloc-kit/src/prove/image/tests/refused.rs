//! What is no program that can be judged, and the words for it.

use super::*;
use crate::prove::image::made::of_c;

fn refusal(bytes: &[u8]) -> String {
    Image::read(bytes.to_vec()).expect_err("it is to be refused").message
}

fn assert_refused(bytes: &[u8], words: &str) {
    let message = refusal(bytes);
    assert!(message.starts_with(words), "{message}\n{words}");
}

/// A header of an ELF file for `x86_64`, and nothing else.
fn header() -> [u8; 64] {
    let mut header = [0; 64];
    header[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    (header[16], header[18], header[20], header[52]) = (3, 62, 1, 64);
    header
}

fn changed(changes: &[(usize, u8)]) -> [u8; 64] {
    let mut bytes = header();
    for &(at, byte) in changes {
        bytes[at] = byte;
    }
    bytes
}

#[test]
fn what_is_not_elf() {
    assert_refused(b"", "it is empty; accepted are linked ELF programs");
    assert_refused(b"MZ\x90\0\x03", "it is a program for Windows (PE), not ELF");
    assert_refused(b"\xcf\xfa\xed\xfe\x07", "it is a program for macOS (Mach-O), not ELF");
    assert_refused(b"\xca\xfe\xba\xbe\0", "it is a program for macOS (Mach-O), not ELF");
    assert_refused(b"\0asm\x01\0\0\0", "it is WebAssembly, not ELF");
    assert_refused(b"!<arch>\n", "it is an archive (`.a`, `.rlib`), not a linked program");
    assert_refused(b"#!/bin/sh\n", "it is a script, not ELF");
    assert_refused(b"fn main() {}\n", "it is text, not ELF");
    assert_refused(&[0xff, 0xfe, 0, 1], "it is not ELF");
    assert_refused(b"\x7fEL", "it is truncated: it has no more than the first bytes");
}

#[test]
fn other_machines() {
    assert_refused(&changed(&[(4, 1)]), "it is a program of 32 bits; accepted are");
    assert_refused(&changed(&[(4, 9)]), "its class (9) is neither 32 nor 64 bits");
    assert_refused(&changed(&[(5, 2)]), "its bytes are in big-endian order");
    assert_refused(&changed(&[(5, 7)]), "its order of bytes (7) is not known");
    assert_refused(&changed(&[(18, 243)]), "its instruction set is another one (riscv64)");
    assert_refused(&changed(&[(18, 3)]), "its instruction set is another one (x86 (i686))");
    assert_refused(&changed(&[(18, 1), (19, 2)]), "its instruction set is another one (number 513)");
}

#[test]
fn what_is_not_linked() {
    assert_refused(&changed(&[(16, 1)]), "it is an object file (`.o`) that is not linked yet");
    assert_refused(&changed(&[(16, 4)]), "it is a core dump");
    assert_refused(&changed(&[(16, 9)]), "its type (9) is not known");
    assert_refused(&header(), "it is stripped: it has no symbols (`.symtab`)");
    let Some((object, _)) = of_c("int main(void) { return 0; }", &["-c"]) else { return };
    assert_refused(&object, "it is an object file");
}

#[test]
fn what_is_cut_off() {
    assert_refused(&header()[..6], "it is truncated or damaged: the header goes on beyond its end");
    assert_refused(&header()[..40], "it is truncated or damaged: the header goes on beyond its end");
    let segments = changed(&[(32, 64), (54, 56), (56, 1)]);
    assert_refused(&segments, "it is truncated or damaged: the table of segments lies beyond its end");
    let sections = changed(&[(40, 64), (58, 64), (60, 1)]);
    assert_refused(&sections, "it is truncated or damaged: the table of sections lies beyond its end");
}

#[test]
fn what_is_stripped() {
    let source = "int f(void) { return 1; } int main(void) { return f(); }";
    // `.dynsym` has the functions of a library and is not enough: others have no name there.
    for arguments in [&["-s"][..], &["-s", "-shared", "-fPIC"]] {
        let Some((bytes, _)) = of_c(source, arguments) else { return };
        assert_refused(&bytes, "it is stripped: it has no symbols (`.symtab`), and without them");
        assert!(Image::read(bytes).unwrap_err().help.unwrap().contains("strip = \"none\""));
    }
}

#[test]
fn what_may_change_its_code() {
    let Some((bytes, _)) =
        of_c("int main(void) { return 0; }", &["-nostdlib", "-static", "-no-pie", "-Wl,-N,-e,main"])
    else {
        return;
    };
    assert_refused(&bytes, "its code may be written while it runs: a segment is writable and has code");
}
