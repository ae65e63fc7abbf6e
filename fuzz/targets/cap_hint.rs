//! `CapHint`: capacities within its bound, and a length that stays is learned

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("cap_hint", input));
