//! Guides: what to take where, how to set it up, and what surprises. Pages to read, without code of their own.
//!
#![doc = include_str!("docs/guide/index.md")]

/// A page. Its links and its examples need the default features, so without one of them it says where it is.
macro_rules! page {
    ($name:ident, $file:literal $($inside:item)*) => {
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
        pub mod $name {
            $($inside)*
        }
    };
}

page!(which_type, "docs/guide/which_type.md");
page!(asynchronous, "docs/guide/asynchronous.md");
page!(threads, "docs/guide/threads.md");
page!(allocators, "docs/guide/allocators.md");
page!(ci, "docs/guide/ci.md");
page!(
    migrating,
    "docs/guide/migrating.md"
    page!(dhat, "docs/guide/migrating/dhat.md");
    page!(assert_no_alloc, "docs/guide/migrating/assert_no_alloc.md");
    page!(stats_alloc, "docs/guide/migrating/stats_alloc.md");
    page!(allocation_counter, "docs/guide/migrating/allocation_counter.md");
);
page!(faq, "docs/guide/faq.md");
page!(stability, "docs/guide/stability.md");
