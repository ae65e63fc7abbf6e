//! The decoders, on instructions as assemblers write them.
