//! How many random inputs a property is tried with.

use proptest::test_runner::Config;

/// So many, unless `PROPTEST_CASES` says fewer: each takes fifty times as long under valgrind, and more under Miri.
///
/// A failure prints its input; nothing is written to a file.
pub(crate) fn cases(most: u32) -> Config {
    let said = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    Config {
        cases: said.map_or(most, |said: u32| said.min(most)),
        failure_persistence: None,
        ..Config::default()
    }
}
