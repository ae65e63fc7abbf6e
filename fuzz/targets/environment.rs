//! `ALLOC_KIT_MODE` of any bytes: a mode of the docs, or an error that shows it and names them

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("environment", input));
