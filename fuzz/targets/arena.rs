//! `Arena` against copies of what was put in

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("arena", input));
