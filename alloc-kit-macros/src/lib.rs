//! The attributes of alloc-kit. Use them through that crate, where they are documented; nothing here is public.
//!
//! A pipeline: `args` parses a budget, `item` a function, `blocks` what has several, `reject` says what can't be judged,
//! then `on` or `off` expands, `on` by what a function `returns` (`waits` where that is a future) and what it is to `wrap`
//! it in; `asserts` does the same for the macros that take an expression, `growth` for `assert_growth!`. Which of the two
//! modes applies is chosen by the macro that `alloc_kit` re-exports, so this crate has no features that could disagree
//! with it.
//!
//! What is the same in both: `derives` reads and refuses types for `clone_from` and `reuse`, `sizes` is `assert_size!`.

#![forbid(unsafe_code)]

mod args;
mod asserts;
mod blocks;
mod clone_from;
mod derives;
mod growth;
mod item;
mod off;
mod on;
mod receiver;
mod reject;
mod returns;
mod reuse;
mod sizes;
mod waits;
mod wrap;

use proc_macro::TokenStream;
use proc_macro2::{Span, TokenStream as Tokens};
use quote::quote_spanned;

use args::Which;
use blocks::Spread;
use item::Function;
use reject::Kind;
use wrap::Wrap;

/// The mode, as the macro says that was called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    On,
    Off,
}

/// An attribute, in a mode. What is not valid is given back as it came, so that the user sees our error and no other.
fn attribute(mode: Mode, name: &str, wrap: syn::Result<Wrap>, args: &Tokens, item: &Tokens) -> TokenStream {
    let expanded = match (wrap, reject::kind(name, item.clone())) {
        (Ok(wrap), Ok(Kind::Function)) => function(mode, &wrap, item),
        (Ok(wrap), Ok(Kind::Block)) => block(mode, &wrap, args, item),
        (Err(mut error), Err(other)) => {
            error.combine(other);
            Err(error)
        }
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
    };
    expanded.unwrap_or_else(|error| off::with_error(&error, item)).into()
}

fn function(mode: Mode, wrap: &Wrap, item: &Tokens) -> syn::Result<Tokens> {
    let function: Function = syn::parse2(item.clone())?;
    reject::unsupported_forms(wrap.name(), &function)?;
    Ok(match mode {
        Mode::On => on::expand(wrap, function),
        Mode::Off => {
            let name = &function.sig.ident;
            off::expand(wrap, &format!("the budget of `{name}`"), name.span(), item)
        }
    })
}

fn block(mode: Mode, wrap: &Wrap, args: &Tokens, item: &Tokens) -> syn::Result<Tokens> {
    let name = wrap.name();
    let on = |span: Span| {
        let private = wrap.private(span);
        let name = proc_macro2::Ident::new(name, span);
        let args = if args.is_empty() { Tokens::new() } else { quote_spanned!(span=> (#args)) };
        Some(quote_spanned!(span=> #private::#name #args))
    };
    match mode {
        Mode::On => Spread { name, attribute: &on }.block(item),
        Mode::Off => {
            Spread { name, attribute: &blocks::nothing }.block(item)?;
            Ok(off::expand(wrap, "the budget of each function in here", Span::call_site(), item))
        }
    }
}

fn budget(mode: Mode, which: Which, args: TokenStream, item: TokenStream) -> TokenStream {
    let args = Tokens::from(args);
    let budget = args::parse_attribute(which, args.clone()).map(|budget| Wrap::Judge(which, budget));
    attribute(mode, which.name(), budget, &args, &item.into())
}

/// `#[no_alloc]`, on.
#[proc_macro_attribute]
pub fn no_alloc(args: TokenStream, item: TokenStream) -> TokenStream {
    budget(Mode::On, Which::NoAlloc, args, item)
}

/// `#[no_alloc]`, off.
#[proc_macro_attribute]
pub fn no_alloc_off(args: TokenStream, item: TokenStream) -> TokenStream {
    budget(Mode::Off, Which::NoAlloc, args, item)
}

/// `#[alloc_budget(..)]`, on.
#[proc_macro_attribute]
pub fn alloc_budget(args: TokenStream, item: TokenStream) -> TokenStream {
    budget(Mode::On, Which::AllocBudget, args, item)
}

/// `#[alloc_budget(..)]`, off.
#[proc_macro_attribute]
pub fn alloc_budget_off(args: TokenStream, item: TokenStream) -> TokenStream {
    budget(Mode::Off, Which::AllocBudget, args, item)
}

/// `#[alloc_allowed("..")]`, on.
#[proc_macro_attribute]
pub fn alloc_allowed(args: TokenStream, item: TokenStream) -> TokenStream {
    let args = Tokens::from(args);
    attribute(Mode::On, "alloc_allowed", Wrap::allow(args.clone()), &args, &item.into())
}

/// `#[alloc_allowed("..")]`, off.
#[proc_macro_attribute]
pub fn alloc_allowed_off(args: TokenStream, item: TokenStream) -> TokenStream {
    let args = Tokens::from(args);
    attribute(Mode::Off, "alloc_allowed", Wrap::allow(args.clone()), &args, &item.into())
}

/// `allow_alloc!($crate ..)`, on.
#[proc_macro]
pub fn allow_alloc(input: TokenStream) -> TokenStream {
    asserts::expand_allow(input.into(), asserts::on).into()
}

/// `allow_alloc!($crate ..)`, off.
#[proc_macro]
pub fn allow_alloc_off(input: TokenStream) -> TokenStream {
    asserts::expand_allow(input.into(), asserts::off).into()
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

/// `#[derive(CloneFrom)]`.
#[proc_macro_derive(CloneFrom)]
pub fn clone_from(input: TokenStream) -> TokenStream {
    clone_from::expand(input.into()).into()
}

/// `#[derive(Reuse)]`.
#[proc_macro_derive(Reuse, attributes(reuse))]
pub fn reuse(input: TokenStream) -> TokenStream {
    reuse::expand(input.into()).into()
}

/// `assert_size!($crate ..)`.
#[proc_macro]
pub fn assert_size(input: TokenStream) -> TokenStream {
    sizes::expand(input.into()).into()
}
