//! arguments of all attributes and macros, as text, on known items

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("macro_args", input));
