//! functions, blocks and types of all forms, and of such as nearly are, under all attributes and derives

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("macro_forms", input));
