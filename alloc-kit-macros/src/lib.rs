//! The attributes of alloc-kit. Use them through that crate, where they are documented; nothing here is public.
//!
//! A pipeline, entered by `attribute`: `args` parses a budget, `item` a function, `blocks` what has several, `reject` says
//! what can't be judged, then `on`, `off` or `prove` expands, `on` by what a function `returns` (`waits` where that is a future) and
//! what it is to `wrap` it in; `asserts` does the same for the macros that take an expression, `growth` for
//! `assert_growth!`. Which of the three modes applies is chosen by the macro that `alloc_kit` re-exports, so this crate has
//! no features that could disagree with it.
//!
//! What the macros' pages here say is there for rustdoc alone, and not for who depends on this crate: rustdoc would put it at the
//! end of what `alloc_kit` says of each.
//!
//! What is the same in both: `derives` reads and refuses types for `clone_from` and `reuse`, `sizes` is `assert_size!`.
//!
//! ```
//! use alloc_kit::no_alloc; // not `alloc_kit_macros::no_alloc`
//!
//! #[no_alloc]
//! fn fields(line: &str) -> usize {
//!     line.split(',').count()
//! }
//! assert_eq!(fields("a,b"), 2);
//! ```

#![forbid(unsafe_code)]
#![cfg_attr(
    not(any(doc, doctest)),
    expect(missing_docs, reason = "rustdoc would put them at the end of what alloc-kit says of the macros")
)]

mod args;
mod asserts;
mod attribute;
mod blocks;
mod clone_from;
mod derives;
mod growth;
mod item;
mod off;
mod on;
mod prove;
mod receiver;
mod reject;
mod returns;
mod reuse;
mod sizes;
mod waits;
mod wrap;

use proc_macro::TokenStream;

use args::Which;
use attribute::{Mode, allowed, budget};

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`#[no_alloc]`, on: panics if a call allocates.

```
#[alloc_kit_macros::no_alloc]
fn fields(line: &str) -> usize {
    line.split(',').map(str::to_owned).count()
}

assert_eq!(fields(""), 1); // an empty text needs no heap
assert!(std::panic::catch_unwind(|| fields("a,b")).is_err());
```"#
)]
#[proc_macro_attribute]
pub fn no_alloc(args: TokenStream, item: TokenStream) -> TokenStream {
    budget(Mode::On, Which::NoAlloc, &args.into(), &item.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`#[no_alloc]`, off: the item as it came, with its arguments checked.

```
#[alloc_kit_macros::no_alloc_off(deallocations = 0)]
const fn double(n: usize) -> usize {
    n * 2
}

const EIGHT: usize = double(4);
assert_eq!(EIGHT, 8);
```"#
)]
#[proc_macro_attribute]
pub fn no_alloc_off(args: TokenStream, item: TokenStream) -> TokenStream {
    budget(Mode::Off, Which::NoAlloc, &args.into(), &item.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`#[alloc_budget(..)]`, on: panics if a call uses more.

```
#[alloc_kit_macros::alloc_budget(n)]
fn lines(n: usize, length: usize) -> Vec<String> {
    (0..n).map(|_| "a".repeat(length)).collect()
}

assert_eq!(lines(2, 0).len(), 2); // the list
assert!(std::panic::catch_unwind(|| lines(2, 80)).is_err()); // and two texts
```"#
)]
#[proc_macro_attribute]
pub fn alloc_budget(args: TokenStream, item: TokenStream) -> TokenStream {
    budget(Mode::On, Which::AllocBudget, &args.into(), &item.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`#[alloc_budget(..)]`, off: the item as it came, with its arguments checked.

```
#[alloc_kit_macros::alloc_budget_off(1)]
fn lines(n: usize) -> Vec<String> {
    vec!["line".to_owned(); n]
}

assert_eq!(lines(9).len(), 9);
```"#
)]
#[proc_macro_attribute]
pub fn alloc_budget_off(args: TokenStream, item: TokenStream) -> TokenStream {
    budget(Mode::Off, Which::AllocBudget, &args.into(), &item.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`#[alloc_allowed("..")]`, on: no budget around counts what a call allocates.

```
#[alloc_kit_macros::alloc_allowed("once, for a header")]
fn header() -> String {
    "name,value".to_owned()
}

let header = alloc_kit::assert_no_alloc!(header());
assert_eq!(header, "name,value");
```"#
)]
#[proc_macro_attribute]
pub fn alloc_allowed(args: TokenStream, item: TokenStream) -> TokenStream {
    allowed(Mode::On, &args.into(), &item.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`#[alloc_allowed("..")]`, off: the item as it came, with its reason checked.

```
#[alloc_kit_macros::alloc_allowed_off("once, for a header")]
fn header() -> String {
    "name,value".to_owned()
}

assert_eq!(header(), "name,value");
```"#
)]
#[proc_macro_attribute]
pub fn alloc_allowed_off(args: TokenStream, item: TokenStream) -> TokenStream {
    allowed(Mode::Off, &args.into(), &item.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`allow_alloc!(..)`, on. Before what its caller wrote stands where `alloc_kit` is, as in all macros here.

```
let text = alloc_kit::assert_no_alloc!(alloc_kit_macros::allow_alloc!([alloc_kit] "is kept", 42.to_string()));
assert_eq!(text, "42");
```"#
)]
#[proc_macro]
pub fn allow_alloc(input: TokenStream) -> TokenStream {
    asserts::expand_allow(input.into(), asserts::on).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`allow_alloc!(..)`, off: the expression.

```
let text = alloc_kit_macros::allow_alloc_off!([alloc_kit] "is kept", 42.to_string());
assert_eq!(text, "42");
```"#
)]
#[proc_macro]
pub fn allow_alloc_off(input: TokenStream) -> TokenStream {
    asserts::expand_allow(input.into(), asserts::off).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`assert_no_alloc!(..)`, on: panics if the expression allocates.

```
let n = alloc_kit_macros::assert_no_alloc!([alloc_kit] "42".parse::<u32>());
assert_eq!(n, Ok(42));
let over = std::panic::catch_unwind(|| alloc_kit_macros::assert_no_alloc!([alloc_kit] 42.to_string()));
assert!(over.is_err());
```"#
)]
#[proc_macro]
pub fn assert_no_alloc(input: TokenStream) -> TokenStream {
    asserts::expand(Which::NoAlloc, input.into(), asserts::on).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`assert_no_alloc!(..)`, off: the expression.

```
let text = alloc_kit_macros::assert_no_alloc_off!([alloc_kit] 42.to_string());
assert_eq!(text, "42");
```"#
)]
#[proc_macro]
pub fn assert_no_alloc_off(input: TokenStream) -> TokenStream {
    asserts::expand(Which::NoAlloc, input.into(), asserts::off).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`assert_alloc_budget!(..)`, on: panics if the expression uses more.

```
let text = alloc_kit_macros::assert_alloc_budget!([alloc_kit] 1, 42.to_string());
assert_eq!(text, "42");
let over = std::panic::catch_unwind(|| alloc_kit_macros::assert_alloc_budget!([alloc_kit] bytes = 8, "long enough".to_owned()));
assert!(over.is_err());
```"#
)]
#[proc_macro]
pub fn assert_alloc_budget(input: TokenStream) -> TokenStream {
    asserts::expand(Which::AllocBudget, input.into(), asserts::on).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`assert_alloc_budget!(..)`, off: the expression.

```
let text = alloc_kit_macros::assert_alloc_budget_off!([alloc_kit] 0, 42.to_string());
assert_eq!(text, "42");
```"#
)]
#[proc_macro]
pub fn assert_alloc_budget_off(input: TokenStream) -> TokenStream {
    asserts::expand(Which::AllocBudget, input.into(), asserts::off).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`#[no_alloc]`, for `cargo alloc-kit prove`: the function by itself, marked. Its examples are in tests/prove_mode.rs.

```compile_fail
// error: the marks are there with `--cfg alloc_kit_prove` alone
#[alloc_kit_macros::no_alloc_prove]
fn one() -> u32 {
    1
}
```"#
)]
#[proc_macro_attribute]
pub fn no_alloc_prove(args: TokenStream, item: TokenStream) -> TokenStream {
    budget(Mode::Prove, Which::NoAlloc, &args.into(), &item.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`#[alloc_budget(..)]`, for `cargo alloc-kit prove`: marked if it is of 0 allocations, else as it came.

```
#[alloc_kit_macros::alloc_budget_prove(1)]
fn lines(n: usize) -> Vec<String> {
    vec!["line".to_owned(); n]
}

assert_eq!(lines(9).len(), 9);
```"#
)]
#[proc_macro_attribute]
pub fn alloc_budget_prove(args: TokenStream, item: TokenStream) -> TokenStream {
    budget(Mode::Prove, Which::AllocBudget, &args.into(), &item.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`#[alloc_allowed(..)]`, for `cargo alloc-kit prove`: the work between marks.

```compile_fail
// error: the marks are there with `--cfg alloc_kit_prove` alone
#[alloc_kit_macros::alloc_allowed_prove("once")]
fn header() -> String {
    "name,value".to_owned()
}
```"#
)]
#[proc_macro_attribute]
pub fn alloc_allowed_prove(args: TokenStream, item: TokenStream) -> TokenStream {
    allowed(Mode::Prove, &args.into(), &item.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`allow_alloc!(..)`, for `cargo alloc-kit prove`: the expression between marks.

```compile_fail
// error: the marks are there with `--cfg alloc_kit_prove` alone
let text = alloc_kit_macros::allow_alloc_prove!([alloc_kit] "is kept", 42.to_string());
```"#
)]
#[proc_macro]
pub fn allow_alloc_prove(input: TokenStream) -> TokenStream {
    asserts::expand_allow(input.into(), asserts::prove).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`assert_no_alloc!(..)`, for `cargo alloc-kit prove`: the expression between marks.

```compile_fail
// error: the marks are there with `--cfg alloc_kit_prove` alone
let n = alloc_kit_macros::assert_no_alloc_prove!([alloc_kit] "42".parse::<u32>());
```"#
)]
#[proc_macro]
pub fn assert_no_alloc_prove(input: TokenStream) -> TokenStream {
    asserts::expand(Which::NoAlloc, input.into(), asserts::prove).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`assert_alloc_budget!(..)`, for `cargo alloc-kit prove`: between marks if it is of 0 allocations, else the expression.

```
let text = alloc_kit_macros::assert_alloc_budget_prove!([alloc_kit] 1, 42.to_string());
assert_eq!(text, "42");
```"#
)]
#[proc_macro]
pub fn assert_alloc_budget_prove(input: TokenStream) -> TokenStream {
    asserts::expand(Which::AllocBudget, input.into(), asserts::prove).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`assert_growth!(..)`, on: panics if the figures grow faster with `n`.

```
alloc_kit_macros::assert_growth!([alloc_kit] O(1), bytes = O(n), |n| "a".repeat(n));
let over = std::panic::catch_unwind(|| alloc_kit_macros::assert_growth!([alloc_kit] O(1), |n| vec![String::from("a"); n]));
assert!(over.is_err());
```"#
)]
#[proc_macro]
pub fn assert_growth(input: TokenStream) -> TokenStream {
    growth::on(input.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`assert_growth!(..)`, off: a compile error that names the feature.

```compile_fail
// error: `assert_growth!` needs alloc-kit's feature `audit` ..
alloc_kit_macros::assert_growth_off!([alloc_kit] O(1), |n| "a".repeat(n));
```"#
)]
#[proc_macro]
pub fn assert_growth_off(input: TokenStream) -> TokenStream {
    growth::off(input.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`#[derive(CloneFrom)]`: `Clone`, with a `clone_from` that keeps the fields' memory.

```
#[derive(alloc_kit_macros::CloneFrom)]
struct Record {
    name: String,
}

let mut to = Record { name: "a longer one".to_owned() };
let from = Record { name: "short".to_owned() };
alloc_kit::assert_no_alloc!(to.clone_from(&from));
assert_eq!(to.name, "short");
```"#
)]
#[proc_macro_derive(CloneFrom)]
pub fn clone_from(input: TokenStream) -> TokenStream {
    clone_from::expand(input.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`#[derive(Reuse)]`: `alloc_kit::Reuse`, field by field.

```
use alloc_kit::Reuse as _;

#[derive(alloc_kit_macros::Reuse)]
struct Parser {
    text: String,
    line: u32,
}

let mut parser = Parser { text: "alpha".to_owned(), line: 3 };
parser.reset();
assert_eq!((parser.text.as_str(), parser.line, parser.retained_bytes()), ("", 0, 5));
```"#
)]
#[proc_macro_derive(Reuse, attributes(reuse))]
pub fn reuse(input: TokenStream) -> TokenStream {
    reuse::expand(input.into()).into()
}

#[cfg_attr(
    any(doc, doctest),
    doc = r#"`assert_size!(..)`, in both modes.

```
alloc_kit_macros::assert_size!([alloc_kit] Option<Vec<u8>> == size_of::<Vec<u8>>());
assert_eq!(size_of::<Option<Vec<u8>>>(), size_of::<Vec<u8>>());
```"#
)]
#[proc_macro]
pub fn assert_size(input: TokenStream) -> TokenStream {
    sizes::expand(input.into()).into()
}
