//! `assert_no_alloc!` and `assert_alloc_budget!`: a budget for an expression or a closure.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Error, Expr};

use crate::args::{self, Assertion, Budget, Which};
use crate::off as off_mode;
use crate::on as on_mode;

/// What becomes of a valid assertion: the macro, its crate, the budget, and the expression to evaluate.
type Expand = fn(Which, &TokenStream, &Budget, &TokenStream) -> TokenStream;

/// Parses `[$crate] budget, body`, and expands it.
pub(crate) fn expand(which: Which, input: TokenStream, expand: Expand) -> TokenStream {
    let checked = syn::parse2::<Assertion>(input).and_then(|Assertion { krate, args, body }| {
        if which == Which::AllocBudget && args.is_empty() {
            return Err(Error::new_spanned(
                body,
                "expected a budget before the body: `assert_alloc_budget!(2, ..)`",
            ));
        }
        Ok((krate, args::collect(which, args)?, evaluate(body)?))
    });
    match checked {
        Ok((krate, budget, body)) => expand(which, &krate, &budget, &body),
        Err(error) => error.to_compile_error(),
    }
}

/// A closure is called: a closure that is only made allocates nothing, so the assertion would always hold.
fn evaluate(body: Expr) -> syn::Result<TokenStream> {
    let Expr::Closure(closure) = body else { return Ok(body.into_token_stream()) };
    if let Some(parameter) = closure.inputs.first() {
        return Err(Error::new_spanned(
            parameter,
            "the closure is called here, so it can have no parameters",
        ));
    }
    if let Some(asyncness) = closure.asyncness {
        return Err(Error::new_spanned(asyncness, "an `async` closure is not supported yet"));
    }
    Ok(quote!((#closure)()))
}

/// The region, as a block.
pub(crate) fn on(which: Which, krate: &TokenStream, budget: &Budget, body: &TokenStream) -> TokenStream {
    let private = quote!(#krate::__private);
    let name = format!("assert_{}!", which.name());
    on_mode::block(&private, &name, &budget.limits(&private), body)
}

/// The expression by itself; in the crate's own tests an error.
pub(crate) fn off(which: Which, _krate: &TokenStream, _budget: &Budget, body: &TokenStream) -> TokenStream {
    let untested = off_mode::in_tests(Span::call_site(), &format!("`assert_{}!`", which.name()));
    quote!({ #untested #body })
}
