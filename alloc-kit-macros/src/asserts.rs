//! `assert_no_alloc!` and `assert_alloc_budget!`: a budget for an expression or a closure.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Error, Expr, ExprGroup, ExprParen, Item, Token};

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

/// A closure is called: a closure that is only made allocates nothing, so the assertion would always hold. For the
/// same reason what does nothing when evaluated is refused, and what is not done by the time it is.
fn evaluate(mut body: Expr) -> syn::Result<TokenStream> {
    while let Expr::Paren(ExprParen { expr, .. }) | Expr::Group(ExprGroup { expr, .. }) = body {
        body = *expr;
    }
    let refuse = |tokens: &dyn ToTokens, message| Err(Error::new_spanned(tokens.to_token_stream(), message));
    match &body {
        Expr::Path(_) => refuse(&body, "this is only named, which allocates nothing; call it: `work()`"),
        Expr::Lit(_) => refuse(&body, "a literal allocates nothing"),
        Expr::Async(block) => refuse(&block.async_token, "an `async` block is not supported yet"),
        Expr::Closure(closure) => match (closure.inputs.first(), &closure.asyncness) {
            (Some(parameter), _) => {
                refuse(parameter, "the closure is called here, so it can have no parameters")
            }
            (_, Some(asyncness)) => refuse(asyncness, "an `async` closure is not supported yet"),
            _ => Ok(quote!((#closure)())),
        },
        _ => {
            let mut awaits = Awaits(None);
            awaits.visit_expr_mut(&mut body.clone());
            match awaits.0 {
                Some(found) => refuse(&found, "an `.await` in an assertion is not supported yet"),
                None => Ok(body.into_token_stream()),
            }
        }
    }
}

/// Finds an `.await` that the expression itself would wait at.
struct Awaits(Option<Token![await]>);

impl VisitMut for Awaits {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Await(found) => self.0 = self.0.or(Some(found.await_token)),
            Expr::Async(_) | Expr::Closure(_) => {}
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
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
