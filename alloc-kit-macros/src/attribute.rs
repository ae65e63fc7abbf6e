//! An attribute, from its arguments and its item to what takes their place. The tokens are those that exist outside of a
//! compiler, too: fuzz/ gives it any.

use proc_macro2::{Span, TokenStream as Tokens};
use quote::quote_spanned;

use crate::args::{self, Which};
use crate::blocks::{self, Spread};
use crate::item::Function;
use crate::prove::Marked;
use crate::reject::{self, Kind};
use crate::wrap::Wrap;
use crate::{off, on, prove};

/// The mode, as the macro says that was called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    On,
    Off,
    /// For `cargo alloc-kit prove`, which looks at the program.
    Prove,
}

/// An attribute, in a mode. What is not valid is given back as it came, so that the user sees our error and no other.
fn attribute(mode: Mode, name: &str, wrap: syn::Result<Wrap>, args: &Tokens, item: &Tokens) -> Tokens {
    let expanded = match (wrap, reject::kind(name, item.clone())) {
        (Ok(wrap), Ok(Kind::Function)) => function(mode, &wrap, item),
        (Ok(wrap), Ok(Kind::Block)) => block(mode, &wrap, args, item),
        (Err(mut error), Err(other)) => {
            error.combine(other);
            Err(error)
        }
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
    };
    expanded.unwrap_or_else(|error| off::with_error(&error, item))
}

fn function(mode: Mode, wrap: &Wrap, item: &Tokens) -> syn::Result<Tokens> {
    let function: Function = syn::parse2(item.clone())?;
    reject::unsupported_forms(wrap.name(), &function)?;
    Ok(match mode {
        Mode::On => on::expand(wrap, function),
        Mode::Prove => Marked::new(wrap).map_or_else(|| item.clone(), |wrap| prove::expand(&wrap, function)),
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
        // Whether there is something to prove, each function says by itself.
        Mode::On | Mode::Prove => Spread { name, attribute: &on }.block(item),
        Mode::Off => {
            Spread { name, attribute: &blocks::nothing }.block(item)?;
            Ok(off::expand(wrap, "the budget of each function in here", Span::call_site(), item))
        }
    }
}

/// `no_alloc` or `alloc_budget`.
pub(crate) fn budget(mode: Mode, which: Which, args: &Tokens, item: &Tokens) -> Tokens {
    let budget = args::parse_attribute(which, args.clone()).map(|budget| Wrap::Judge(which, budget));
    attribute(mode, which.name(), budget, args, item)
}

/// `alloc_allowed`.
pub(crate) fn allowed(mode: Mode, args: &Tokens, item: &Tokens) -> Tokens {
    attribute(mode, "alloc_allowed", Wrap::allow(args.clone()), args, item)
}
