//! `TextBuf` against `String`, with 0, 1, 7 and 64 bytes inline

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("text", input));
