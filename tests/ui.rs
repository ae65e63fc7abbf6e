//! Each mistake has an error of our own words, on the token in question. One mistake a file, in ui/.
//!
//! `TRYBUILD=overwrite cargo test -p alloc-kit-tests --test ui` writes the expected texts; read them then.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
