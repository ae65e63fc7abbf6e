// Its examples need both.
#![cfg_attr(all(feature = "criterion", feature = "divan"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "criterion", feature = "divan")),
    doc = r#"Allocations beside time in benchmarks: the features `criterion` and `divan` are for those harnesses.

```
# alloc_kit::install!();
use alloc_kit_bench::{Budget, record};

record("join/two", Budget::allocations(1), || ["alpha", "beta"].concat());
```"#
)]
#![deny(unsafe_code)] // The file that may is listed in SECURITY.md.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod baseline;
mod budget;
mod change;
mod counts;
mod figures;
mod ledger;
mod plan;
mod record;

#[cfg(feature = "criterion")]
#[cfg_attr(docsrs, doc(cfg(feature = "criterion")))]
pub mod criterion;
#[cfg(feature = "divan")]
#[cfg_attr(docsrs, doc(cfg(feature = "divan")))]
pub mod divan;

pub use budget::Budget;
pub use counts::Counts;
#[cfg(feature = "criterion")]
#[cfg_attr(docsrs, doc(cfg(feature = "criterion")))]
#[doc(no_inline)]
pub use criterion::CriterionExt;
#[cfg(feature = "divan")]
#[cfg_attr(docsrs, doc(cfg(feature = "divan")))]
#[doc(no_inline)]
pub use divan::BencherExt;
pub use record::record;
