//! `Recycler` against plain vectors, of 13 types

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("recycler", input));
