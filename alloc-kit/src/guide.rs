//! Guides: what to take where, how to set it up, and what surprises. Pages to read, without code of their own.
//!
#![doc = include_str!("docs/guide/index.md")]

/// A page. Its links and its examples need the default features, so without one of them it says where it is.
macro_rules! page {
    ($name:ident, $file:literal) => {
        #[cfg_attr(
            all(
                feature = "std",
                feature = "smallvec",
                feature = "arrayvec",
                feature = "bumpalo",
                feature = "compact_str",
                feature = "bytes"
            ),
            doc = include_str!($file)
        )]
        #[cfg_attr(
            not(all(
                feature = "std",
                feature = "smallvec",
                feature = "arrayvec",
                feature = "bumpalo",
                feature = "compact_str",
                feature = "bytes"
            )),
            doc = "A page of [the documentation with the default features](https://docs.rs/alloc-kit/latest/alloc_kit/_guide/)."
        )]
        pub mod $name {}
    };
}

page!(which_type, "docs/guide/which_type.md");
page!(asynchronous, "docs/guide/asynchronous.md");
page!(threads, "docs/guide/threads.md");
page!(allocators, "docs/guide/allocators.md");
page!(ci, "docs/guide/ci.md");
page!(migrating, "docs/guide/migrating.md");
page!(faq, "docs/guide/faq.md");
page!(stability, "docs/guide/stability.md");
