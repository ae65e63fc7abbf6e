//! the file of baselines and the arguments and variables of a benchmark: read as what they are, or an error that says why

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("baselines", input));
