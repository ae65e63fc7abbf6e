//! `Slots` against `Vec<String>`, and what it says that it keeps against what is allocated

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("slots", input));
