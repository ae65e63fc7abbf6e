//! What is written anew: the first test, and the workflow.

/// How the first test gets an allocator that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// By `enforce`.
    Enforce,
    /// By `install!` in the file.
    Install,
    /// By the library's own one, which is only there where the library is named.
    Library(String),
}

/// A test program that holds in every package.
pub(crate) fn first_test(krate: &str, edition: &str, counted: &Counted) -> String {
    let root = if edition == "2015" { format!("extern crate {krate};\n\n") } else { String::new() };
    let attribute = |name: &str, arguments: &str| match (krate, arguments) {
        ("alloc_kit", "") => format!("#[{name}]"),
        ("alloc_kit", arguments) => format!("#[{name}({arguments})]"),
        (krate, "") => format!("#[{name}(crate = {krate})]"),
        (krate, arguments) => format!("#[{name}({arguments}, crate = {krate})]"),
    };
    let (no_alloc, one) = (attribute("no_alloc", ""), attribute("alloc_budget", "1"));
    let allocator = match counted {
        Counted::Enforce => String::new(),
        Counted::Install => format!(
            "// Counts in this program: the package's own allocator is that of another one.\n{krate}::install!();\n\n"
        ),
        Counted::Library(library) => {
            format!("// Its global allocator counts in this program, too.\nuse {library} as _;\n\n")
        }
    };
    let library = if let Counted::Library(library) = counted { library } else { "app" };
    format!(
        "\
//! Heap-allocation budgets: that they are enforced in this package's tests, and what they look like.
//!
//! A function of the package gets its budget where it is written,
//!
//! ```text
//! use {krate}::no_alloc;
//!
//! {no_alloc}
//! pub fn checksum(bytes: &[u8]) -> u32 {{
//! ```
//!
//! and each test that calls it is red when it goes over it: `assert_eq!({library}::checksum(b\"ab\"), 195);`. Until then two
//! functions of this file stand for those. `cargo alloc-kit test` shows all of them, with the room that is left.

{root}use {krate}::{{alloc_budget, measure, no_alloc}};

{allocator}/// Adds numbers up as they are.
{no_alloc}
fn checksum(bytes: &[u8]) -> u32 {{
    bytes.iter().map(|&byte| u32::from(byte)).sum()
}}

/// One buffer, whatever its length.
{one}
fn doubled(bytes: &[u8]) -> Vec<u8> {{
    let mut doubled = Vec::with_capacity(2 * bytes.len());
    doubled.extend_from_slice(bytes);
    doubled.extend_from_slice(bytes);
    doubled
}}

#[test]
fn budgets_hold() {{
    assert_eq!(checksum(b\"ab\"), 195);
    assert_eq!(doubled(b\"ab\"), b\"abab\");
}}

/// Fails where nothing counts: budgets that hold would mean nothing there.
#[test]
fn allocations_are_counted() {{
    let (bytes, usage) = measure(|| doubled(&[1; 32]));
    assert_eq!((usage.allocations, usage.bytes_allocated), (1, 64));
    let (sum, usage) = measure(|| checksum(&bytes));
    assert_eq!((sum, usage.allocations), (64, 0));
}}
"
    )
}

/// The job, as it stands below `jobs:`.
pub(crate) fn job(folder: Option<&str>) -> String {
    let defaults = folder.map_or(String::new(), |folder| {
        format!("    defaults:\n      run:\n        working-directory: {folder}\n")
    });
    let cached =
        folder.map_or(String::new(), |folder| format!("        with:\n          workspaces: {folder}\n"));
    format!(
        "  alloc-kit:
    runs-on: ubuntu-latest
{defaults}    steps:
      - uses: actions/checkout@v4
      - uses: dtolnay/rust-toolchain@stable
      - uses: Swatinem/rust-cache@v2
{cached}      - run: cargo install --locked cargo-alloc-kit
      # All tests, with a table of all budgets. It fails for one that is broken, that was not verified, or that no test called.
      - run: cargo alloc-kit test --workspace --deny never-exercised
"
    )
}

/// A workflow with that job.
pub(crate) fn workflow(folder: Option<&str>) -> String {
    format!(
        "# Heap-allocation budgets: https://docs.rs/alloc-kit

name: alloc-kit

on:
  push:
    branches: [main, master]
  pull_request:

permissions:
  contents: read

env:
  CARGO_TERM_COLOR: always

jobs:
{}",
        job(folder)
    )
}
