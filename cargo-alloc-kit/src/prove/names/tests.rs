//! Names, as they are in files of glibc, musl and Rust.
