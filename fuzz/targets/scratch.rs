//! `Scratch`, entered again and left by panics, and `upsert` against `entry`

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("scratch", input));
