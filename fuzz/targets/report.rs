//! lines of the report with any names, reasons and figures: JSON of exactly them, on a line of its own behind any file

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| alloc_kit_fuzz_oracles::run("report", input));
