//! `cargo alloc-kit prove`: whether any path of an annotated function reaches the allocator, by the compiled program.
//!
//! `image.rs` is the program, `records.rs` and `notes.rs` what the attributes left in it, `isa/` what an instruction does, `names.rs`
//! what is known by name, `engine/` what comes of it all: a `verdict.rs` for each function.
#![allow(dead_code)]

mod engine;
mod image;
mod isa;
mod lines;
mod names;
mod notes;
mod records;
mod verdict;
