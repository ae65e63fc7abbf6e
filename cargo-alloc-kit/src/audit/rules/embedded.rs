//! The measured samples of the rules and their figures: written by `AUDIT=overwrite cargo test -p cargo-alloc-kit --bins
//! audit::rules::measured`, a test that else holds it against the folders.

/// Ids of rules, and their programs.
#[rustfmt::skip]
pub(super) const SAMPLES: &[(&str, &str)] = &[];

/// Figures, a file for each language.
#[rustfmt::skip]
pub(super) const MEASURED: &[&str] = &[];
