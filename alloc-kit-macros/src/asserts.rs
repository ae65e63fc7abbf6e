//! `assert_no_alloc!`, `assert_alloc_budget!` and `allow_alloc!`: a budget, or an exception, for an expression or a
//! closure.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Error, Expr, ExprGroup, ExprMacro, ExprParen, ExprReference, Item, Macro, Stmt};

use crate::args::{self, Allowance, Assertion, Which};
use crate::off as off_mode;
use crate::on as on_mode;
use crate::prove::Marked;
use crate::wrap::Wrap;

/// A valid use: the crate, what to wrap it in, and the expression to evaluate.
pub(crate) struct Use {
    krate: TokenStream,
    wrap: Wrap,
    body: Body,
}

struct Body {
    tokens: TokenStream,
    /// Whether it has an `.await` of its own.
    waits: bool,
}

/// What becomes of a valid use.
type Expand = fn(&Use) -> TokenStream;

/// Parses `[$crate] budget, body`, and expands it.
pub(crate) fn expand(which: Which, input: TokenStream, expand: Expand) -> TokenStream {
    let checked = syn::parse2::<Assertion>(input).and_then(|Assertion { krate, args, body }| {
        if which == Which::AllocBudget && args.is_empty() {
            return Err(Error::new_spanned(
                body,
                "expected a budget before the body: `assert_alloc_budget!(2, ..)`",
            ));
        }
        let budget = args::collect(which, args)?;
        Ok(Use { krate, wrap: Wrap::Judge(which, budget), body: evaluate(body)? })
    });
    checked.as_ref().map_or_else(Error::to_compile_error, expand)
}

/// Parses `[$crate] "reason", body`, and expands it.
pub(crate) fn expand_allow(input: TokenStream, expand: Expand) -> TokenStream {
    let checked = syn::parse2::<Allowance>(input).and_then(|Allowance { krate, reason, body }| {
        Ok(Use { krate, wrap: Wrap::Allow(reason, None), body: evaluate(body)? })
    });
    checked.as_ref().map_or_else(Error::to_compile_error, expand)
}

/// A closure is called: a closure that is only made allocates nothing, so the assertion would always hold. For the
/// same reason what does nothing when evaluated is refused, and what is not done by the time it is.
fn evaluate(mut body: Expr) -> syn::Result<Body> {
    while let Expr::Paren(ExprParen { expr, .. }) | Expr::Group(ExprGroup { expr, .. }) = body {
        body = *expr;
    }
    let refuse = |tokens: &dyn ToTokens, message| Err(Error::new_spanned(tokens.to_token_stream(), message));
    match &body {
        Expr::Reference(ExprReference { expr, .. }) if matches!(**expr, Expr::Path(_)) => {
            refuse(&body, "this is only named, which allocates nothing; call it: `work()`")
        }
        Expr::Block(block)
            if matches!(block.block.stmts.last(), Some(Stmt::Expr(Expr::Closure(_), None))) =>
        {
            refuse(
                &block.block.stmts.last(),
                "this closure is only made, not called; write it without the braces",
            )
        }
        Expr::Path(_) => refuse(&body, "this is only named, which allocates nothing; call it: `work()`"),
        Expr::Lit(_) => refuse(&body, "a literal allocates nothing"),
        Expr::Async(block) => refuse(
            &block.async_token,
            "an `async` block does nothing until it is awaited; write `.await` behind it",
        ),
        Expr::Closure(closure) => match (closure.inputs.first(), &closure.asyncness) {
            (Some(parameter), _) => {
                refuse(parameter, "the closure is called here, so it can have no parameters")
            }
            (_, Some(asyncness)) => refuse(
                asyncness,
                "an `async` closure does nothing until it is called and awaited; an expression can be: `work().await`",
            ),
            _ => Ok(Body { tokens: quote!((#closure)()), waits: false }),
        },
        _ => {
            let mut found = Found::default();
            found.visit_expr_mut(&mut body.clone());
            match found {
                Found { waits: true, leaves: Some(leaves) } => refuse(
                    &leaves,
                    "what waits is a future of its own here, which this cannot leave; put it behind the macro",
                ),
                Found { waits, .. } => Ok(Body { tokens: body.into_token_stream(), waits }),
            }
        }
    }
}

/// What the expression itself does, not counting what it only defines.
#[derive(Default)]
struct Found {
    /// Whether it has an `.await`, or a macro that is known to.
    waits: bool,
    /// A `?` or a `return`.
    leaves: Option<TokenStream>,
}

impl VisitMut for Found {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Async(_) | Expr::Closure(_) => return,
            Expr::Await(_) => self.waits = true,
            Expr::Macro(ExprMacro { mac, .. }) => self.waits |= macro_waits(mac),
            Expr::Try(found) => self.leaves = Some(found.question_token.to_token_stream()),
            Expr::Return(found) => self.leaves = Some(found.return_token.to_token_stream()),
            _ => {}
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_stmt_macro_mut(&mut self, statement: &mut syn::StmtMacro) {
        self.waits |= macro_waits(&statement.mac);
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// Whether a macro waits: by its name, or by an `.await` in what it is given.
fn macro_waits(mac: &Macro) -> bool {
    const NAMES: [&str; 4] = ["join", "try_join", "select", "select_biased"];
    const CRATES: [&str; 4] = ["tokio", "futures", "futures_util", "futures_lite"];
    let mut segments = mac.path.segments.iter().rev().map(|segment| segment.ident.to_string());
    let is_name = segments.next().is_some_and(|name| NAMES.contains(&name.as_str()));
    // Without a path it was imported from one of these, most likely.
    let is_theirs = segments.last().is_none_or(|krate| CRATES.contains(&krate.as_str()));
    (is_name && is_theirs) || has_await(mac.tokens.clone())
}

/// Whether there is an `.await` that is not in an `async` block.
fn has_await(tokens: TokenStream) -> bool {
    let mut after_async = false;
    tokens.into_iter().any(|token| {
        let is_word = |word| matches!(&token, TokenTree::Ident(ident) if ident == word);
        let was_after_async = after_async;
        after_async = is_word("async") || (was_after_async && is_word("move"));
        match &token {
            TokenTree::Ident(ident) => ident == "await",
            TokenTree::Group(group) => !was_after_async && has_await(group.stream()),
            _ => false,
        }
    })
}

impl Use {
    fn name(&self) -> String {
        match &self.wrap {
            Wrap::Judge(which, _) => format!("assert_{}!", which.name()),
            Wrap::Allow(..) => "allow_alloc!".to_owned(),
        }
    }
}

/// The region, as a block.
pub(crate) fn on(found: &Use) -> TokenStream {
    let Use { krate, wrap, body } = found;
    on_mode::block(wrap, &quote!(#krate::__private), &found.name(), &body.tokens, body.waits)
}

/// The expression between marks, where something is claimed of it that can be proved.
pub(crate) fn prove(found: &Use) -> TokenStream {
    let Use { krate, wrap, body } = found;
    let body_alone = || {
        let body = &body.tokens;
        quote!({ #body })
    };
    Marked::new(wrap).map_or_else(body_alone, |wrap| {
        on_mode::block(&wrap, &quote!(#krate::__private), &found.name(), &body.tokens, body.waits)
    })
}

/// The expression by itself; in the crate's own tests an error, where something would be judged.
pub(crate) fn off(found: &Use) -> TokenStream {
    let body = &found.body.tokens;
    let untested = match &found.wrap {
        Wrap::Judge(..) => off_mode::in_tests(Span::call_site(), &format!("`{}`", found.name())),
        Wrap::Allow(..) => TokenStream::new(),
    };
    quote!({ #untested #body })
}
