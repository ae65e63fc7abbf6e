//! `cargo alloc-kit prove`: whether any path of an annotated function reaches the allocator, by the compiled program.
//!
//! `image.rs` is the program, `records.rs` and `notes.rs` what the attributes left in it, `isa/` what an instruction does, `names.rs`
//! what is known by name, `engine/` what comes of it all: a `verdict.rs` for each function.
//!
//! `command.rs` is the command: `options.rs` is what can be asked, `build.rs` builds with what `compiler.rs` adds, `judge_binary.rs`
//! judges one binary, `result.rs` is all of it, `show.rs` and `json.rs` write it, and `kept.rs` keeps it for reports.

mod allocator;
mod build;
mod cargo_config;
mod chains;
mod command;
mod compiler;
mod date;
mod effort;
mod engine;
mod image;
mod isa;
mod json;
mod judge_binary;
mod kept;
mod lines;
#[cfg(test)]
mod made_up;
mod merge;
mod names;
mod notes;
mod options;
mod pattern;
mod presupposed;
mod profile;
mod records;
mod refused;
mod result;
mod show;
mod sources;
mod subjects;
mod told;
mod trust;
mod unjudged;
mod verdict;
mod words;

pub(crate) use command::run;
pub(crate) use compiler::stands_in;
pub(crate) use kept::{Proofs, Proven};
pub(crate) use options::Options;
pub(crate) use trust::Entry as TrustEntry;
