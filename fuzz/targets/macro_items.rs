//! items as text, under all attributes and derives

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("macro_items", input));
