//! Tables of instructions.
