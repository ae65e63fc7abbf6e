//! Rust: the dhat crate where the program has it, or else valgrind.
