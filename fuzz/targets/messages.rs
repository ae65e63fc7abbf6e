//! messages about any names, files, source lines, places and figures: no panic, and the figures are there

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("messages", input));
