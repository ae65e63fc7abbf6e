//! On mode, where a function's work is a future's: that is wrapped, and counted poll by poll.
//!
//! ```text
//! async fn f(PARAMS) -> R { static SITE: Site = ..; judged(&SITE, limits, async move { let p = p; ..; { BODY } }).await }
//! fn f(PARAMS) -> impl Future { static SITE: Site = ..; judged_from(&SITE, limits, move || { let p = p; ..; { BODY } }) }
//! ```

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{ReturnType, Type};

use crate::item::Function;
use crate::on::{in_braces, in_place, is_tracked, mention_self, move_parameters, without_impl_trait};
use crate::returns::Returns;
use crate::wrap::Region;

/// An `async fn`: its body is a future of its own, which is wrapped and awaited.
pub(crate) fn waits(wrap: &dyn Region, function: Function, span: Span) -> TokenStream {
    let Function { attrs, vis, defaultness, mut sig, braces, body } = function;
    let private = wrap.private(span);
    let register = wrap.register(&private, &sig.ident.to_string(), "async fn", span);
    let this = mention_self(&sig, span);
    let moves = move_parameters(&mut sig, span);
    let hint = match &sig.output {
        ReturnType::Default => output_is(&quote_spanned!(span=> ()), span),
        ReturnType::Type(_, output) if matches!(**output, Type::Never(_)) => TokenStream::new(),
        ReturnType::Type(_, output) => match without_impl_trait(output) {
            (output, false) => output_is(&output, span),
            (_, true) => TokenStream::new(),
        },
    };
    let block = in_braces(braces, body);
    let future = quote_spanned!(span=> async move { #hint #this #moves #block });
    let future = wrap.future(&private, "", &future, span);
    quote_spanned! {span=>
        #(#attrs)*
        #vis #defaultness #sig {
            #register
            #future.await
        }
    }
}

/// Tells the compiler what an `async` block gives, which can't be written: a `return` of that type, never reached.
fn output_is(output: &TokenStream, span: Span) -> TokenStream {
    quote_spanned! {span=>
        #[allow(
            unreachable_code, clippy::diverging_sub_expression, clippy::empty_loop, clippy::let_unit_value,
            clippy::needless_return, clippy::unreachable, clippy::needless_pass_by_value, clippy::unused_unit,
            clippy::let_with_type_underscore
        )]
        if false {
            let __alloc_kit_out: #output = loop {};
            return __alloc_kit_out;
        }
    }
}

/// A function that gives a future: the making of it and its polls are one region.
pub(crate) fn gives_future(
    wrap: &dyn Region,
    function: Function,
    returns: Returns,
    span: Span,
) -> TokenStream {
    let Function { attrs, vis, defaultness, mut sig, braces, body } = function;
    let private = wrap.private(span);
    let register = wrap.register(&private, &sig.ident.to_string(), "fn of a future", span);
    let moves = move_parameters(&mut sig, span);
    let (how, output) = match (returns, &sig.output) {
        (Returns::BoxedFuture, ReturnType::Type(_, output)) => ("_box", Some(output.clone())),
        _ => ("_from", None),
    };
    let inside = if is_tracked(&attrs) {
        let begin = wrap.begin_making(&private, span);
        let end = wrap.end_making(&private, how, &quote_spanned!(span=> __alloc_kit_out), span);
        let output = output.map(|output| quote_spanned!(span=> : #output));
        let made = in_place(&mut sig, &moves, braces, body, span);
        quote_spanned!(span=> #begin let __alloc_kit_out #output = #made; #end)
    } else {
        // The mention of `self` makes the closure take all of it.
        let this = mention_self(&sig, span);
        let block = in_braces(braces, body);
        let output = output.map(|output| quote_spanned!(span=> -> #output));
        wrap.future(&private, how, &quote_spanned!(span=> move || #output { #this #moves #block }), span)
    };
    quote_spanned! {span=>
        #(#attrs)*
        #vis #defaultness #sig {
            #register
            #inside
        }
    }
}

/// What `async_trait` made of an `async fn`: `{ Box::pin(async move { .. }) }`. The future inside is wrapped, so that
/// the box, which is the caller's price for a trait object, is not in the region.
pub(crate) fn of_async_trait(wrap: &dyn Region, function: Function, span: Span) -> TokenStream {
    let Function { attrs, vis, defaultness, sig, braces, body } = function;
    let private = wrap.private(span);
    let register = wrap.register(&private, &sig.ident.to_string(), "async fn", span);
    let mut wrapped = false;
    let body = in_async_block(body, &mut |inside| {
        wrapped = true;
        let future = wrap.future(&private, "", &quote_spanned!(span=> async move #inside), span);
        quote_spanned!(span=> { #register #future.await })
    });
    if !wrapped {
        let body = in_braces(braces, body);
        let error = syn::Error::new(
            sig.ident.span(),
            "no `async` block was found in what `async_trait` made of this",
        );
        let error = error.to_compile_error();
        return quote!(#(#attrs)* #vis #defaultness #sig { #error #body });
    }
    let mut block = Group::new(Delimiter::Brace, body);
    block.set_span(braces.span.join());
    quote!(#(#attrs)* #vis #defaultness #sig #block)
}

/// The tokens with the inside of the first `async move { .. }` replaced, at whatever depth of parentheses.
fn in_async_block(tokens: TokenStream, replace: &mut dyn FnMut(TokenStream) -> TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut done = false;
    let mut after_async = false;
    for token in tokens {
        let token = match token {
            TokenTree::Group(group) if !done && after_async && group.delimiter() == Delimiter::Brace => {
                done = true;
                let inside = replace(TokenTree::Group(group).into());
                inside.into_iter().next()
            }
            TokenTree::Group(group) if !done && group.delimiter() == Delimiter::Parenthesis => {
                let mut inner = Group::new(group.delimiter(), in_async_block(group.stream(), replace));
                inner.set_span(group.span());
                Some(inner.into())
            }
            token => Some(token),
        };
        let is_word =
            |token: &Option<TokenTree>, word| matches!(token, Some(TokenTree::Ident(ident)) if ident == word);
        after_async = is_word(&token, "async") || (after_async && is_word(&token, "move"));
        out.extend(token);
    }
    out
}
