//! `Pool` against a model of what is leased, kept and freed

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("pool", input));
