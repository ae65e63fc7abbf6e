//! The attributes of alloc-kit. Use them through that crate, where they are documented; nothing here is public.
//!
//! A pipeline: `args` parses a budget, `item` a function, `reject` says what can't be judged, then `on` or `off`
//! expands; `asserts` does the same for the macros that take an expression, `growth` for `assert_growth!`. Which of
//! the two modes applies is chosen by the macro that `alloc_kit` re-exports, so this crate has no features that could
//! disagree with it.

#![forbid(unsafe_code)]

mod args;
mod asserts;
mod growth;
mod item;
mod off;
mod on;
mod receiver;
mod reject;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;

use args::{Budget, Which};
use item::Function;

/// What an attribute makes of a valid function; the original tokens come along for the off mode.
type Expand = fn(Budget, Function, Tokens) -> Tokens;

fn attribute(which: Which, args: TokenStream, original: TokenStream, expand: Expand) -> TokenStream {
    let original = Tokens::from(original);
    let budget = args::parse_attribute(which, args.into());
    let function = reject::unsupported_items(which, original.clone())
        .and_then(|()| syn::parse2::<Function>(original.clone()))
        .and_then(|function| reject::unsupported_forms(which, &function).map(|()| function));
    let expanded = match (budget, function) {
        (Ok(budget), Ok(function)) => expand(budget, function, original),
        // The item is given back as it came, so that the user sees our error and no other.
        (Err(mut error), Err(other)) => {
            error.combine(other);
            off::with_error(&error, &original)
        }
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => off::with_error(&error, &original),
    };
    expanded.into()
}

/// `#[no_alloc]`, on.
#[proc_macro_attribute]
pub fn no_alloc(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Which::NoAlloc, args, item, |budget, function, _| on::expand(&budget, function))
}

/// `#[no_alloc]`, off.
#[proc_macro_attribute]
pub fn no_alloc_off(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Which::NoAlloc, args, item, |_, function, original| off::expand(&function, &original))
}

/// `#[alloc_budget(..)]`, on.
#[proc_macro_attribute]
pub fn alloc_budget(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Which::AllocBudget, args, item, |budget, function, _| on::expand(&budget, function))
}

/// `#[alloc_budget(..)]`, off.
#[proc_macro_attribute]
pub fn alloc_budget_off(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Which::AllocBudget, args, item, |_, function, original| off::expand(&function, &original))
}

/// `assert_no_alloc!($crate ..)`, on.
#[proc_macro]
pub fn assert_no_alloc(input: TokenStream) -> TokenStream {
    asserts::expand(Which::NoAlloc, input.into(), asserts::on).into()
}

/// `assert_no_alloc!($crate ..)`, off.
#[proc_macro]
pub fn assert_no_alloc_off(input: TokenStream) -> TokenStream {
    asserts::expand(Which::NoAlloc, input.into(), asserts::off).into()
}

/// `assert_alloc_budget!($crate ..)`, on.
#[proc_macro]
pub fn assert_alloc_budget(input: TokenStream) -> TokenStream {
    asserts::expand(Which::AllocBudget, input.into(), asserts::on).into()
}

/// `assert_alloc_budget!($crate ..)`, off.
#[proc_macro]
pub fn assert_alloc_budget_off(input: TokenStream) -> TokenStream {
    asserts::expand(Which::AllocBudget, input.into(), asserts::off).into()
}

/// `assert_growth!($crate ..)`, on.
#[proc_macro]
pub fn assert_growth(input: TokenStream) -> TokenStream {
    growth::on(input.into()).into()
}

/// `assert_growth!($crate ..)`, off.
#[proc_macro]
pub fn assert_growth_off(input: TokenStream) -> TokenStream {
    growth::off(input.into()).into()
}
