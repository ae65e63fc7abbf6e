//! On mode: the function's body inside a region.
//!
//! ```text
//! fn f(PARAMS) -> R {
//!     static SITE: Site = ..;
//!     let guard = enter(&SITE, limits);   // the limits may use the parameters
//!     let out: R = { let p = p; ..; { BODY } };
//!     guard.finish();
//!     out
//! }
//! ```
//! Parameters are moved inside, so what their drops do is in the region, and so are the temporaries of the tail
//! expression, which end with the `let` in every edition. Any other way out runs the guard's `Drop`. A by-value
//! `self` can't be moved to another name, so its body goes into a `move` closure, or has each `self` renamed.
//!
//! Functions whose work is a future's are in `waits.rs`.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::token::Brace;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, FnArg, Lifetime, Meta, Pat, PatType, Receiver, ReceiverKind, ReturnType, Signature, Type,
    parse_quote,
};

use crate::item::Function;
use crate::receiver;
use crate::returns::Returns;
use crate::waits::{gives_future, of_async_trait, waits};
use crate::wrap::Region;

/// The function with its body in a region.
pub(crate) fn expand(wrap: &dyn Region, mut function: Function) -> TokenStream {
    // What we write stands at the function's name, and sees no name of the user's.
    let span = function.sig.ident.span().resolved_at(Span::mixed_site());
    let returns = Returns::of(&function.sig);
    if function.sig.constness.is_some() {
        return passed_through(wrap, function, span);
    }
    function.attrs.iter_mut().for_each(allow_what_is_expected);
    if function.sig.asyncness.is_some() {
        return waits(wrap, function, span);
    }
    match returns {
        Returns::Value | Returns::Never => calls(wrap, function, returns, span),
        Returns::Future | Returns::BoxedFuture => gives_future(wrap, function, returns, span),
        Returns::AsyncTrait => of_async_trait(wrap, function, span),
    }
}

/// A `const fn` as it is, which cannot allocate, and on the register.
pub(crate) fn passed_through(wrap: &dyn Region, function: Function, span: Span) -> TokenStream {
    let Function { attrs, vis, defaultness, sig, braces, body } = function;
    let register = if wrap.judges() {
        wrap.register(&wrap.private(span), &sig.ident.to_string(), "const fn", span)
    } else {
        TokenStream::new()
    };
    let mut block = Group::new(Delimiter::Brace, quote!(#register #body));
    block.set_span(braces.span.join());
    quote!(#(#attrs)* #vis #defaultness #sig #block)
}

/// A function that is done when it returns, or never is.
fn calls(wrap: &dyn Region, function: Function, returns: Returns, span: Span) -> TokenStream {
    let Function { attrs, vis, defaultness, mut sig, braces, body } = function;
    let private = wrap.private(span);
    let register = wrap.register(&private, &sig.ident.to_string(), "fn", span);
    let (begin, end) = (wrap.begin(&private, span), wrap.end(&private, span));
    let by_value = sig.receiver().is_some_and(is_by_value);
    let moves = move_parameters(&mut sig, span);
    let (output, is_opaque) = match &sig.output {
        ReturnType::Default => (quote_spanned!(span=> ()), false),
        ReturnType::Type(_, output) => without_impl_trait(output),
    };

    // In a closure the body would not see its caller, nor a closure in its tail what it is to be general over.
    let stays = is_tracked(&attrs) || is_opaque && receiver::in_format(body.clone()).is_none();
    let in_region = if by_value && !stays {
        // The mention of `self` makes the closure take all of it, also where the body uses one field.
        let this = mention_self(&sig, span);
        let block = in_braces(braces, body);
        quote_spanned!(span=> #private::call_once(move || -> #output { #this #moves #block }))
    } else {
        in_place(&mut sig, &moves, braces, body, span)
    };
    let look = match &sig.output {
        ReturnType::Type(_, output) if wrap.looks() && matches!(**output, Type::Path(_)) => {
            quote_spanned! {span=> {
                #[allow(unused_imports)]
                use #private::IsDone as _;
                #private::Gives(&__alloc_kit_out).is_done(&__ALLOC_KIT_SITE);
            }}
        }
        _ => TokenStream::new(),
    };
    let inside = if is_opaque || returns == Returns::Never {
        // NOTE: what an `impl Trait` says of its type reaches a closure or a future in the tail only, so there is no
        // binding, and the guard's drop judges. The block is ours, so it has the rules of our edition: temporaries of
        // its tail and the parameters moved into it end before the guard does. `!` can be no binding's type.
        in_region
    } else {
        quote_spanned! {span=>
            let __alloc_kit_out: #output = #in_region;
            // A body that never ends normally is not the user's mistake.
            #[allow(unreachable_code)]
            #end;
            #look
            __alloc_kit_out
        }
    };
    quote_spanned! {span=>
        #(#attrs)*
        #vis #defaultness #sig {
            #register
            #begin
            #inside
        }
    }
}

/// What a lint expects of a function is of the function as it stands, and off mode looks for that.
pub(crate) fn allow_what_is_expected(attr: &mut Attribute) {
    if let Meta::List(list) = &mut attr.meta {
        if let Some(expect) = list.path.get_ident().filter(|path| *path == "expect") {
            list.path = Ident::new("allow", expect.span()).into();
        }
    }
}

/// The body as a block in the function itself, where a by-value `self` gets another name to be moved to.
pub(crate) fn in_place(
    sig: &mut Signature,
    moves: &TokenStream,
    braces: Brace,
    body: TokenStream,
    span: Span,
) -> TokenStream {
    let Some(receiver) = sig.receiver().filter(|receiver| is_by_value(receiver)) else {
        let block = in_braces(braces, body);
        return quote_spanned!(span=> { #moves #block });
    };
    let this = receiver.self_token;
    let renamed = format_ident!("__alloc_kit_self", span = span);
    let mutability = match sig.inputs.first_mut() {
        Some(FnArg::Receiver(receiver)) => receiver.mutability.take(),
        _ => None,
    };
    let block = in_braces(braces, receiver::rename(body, &renamed));
    quote_spanned!(span=> { let #mutability #renamed = #this; #moves #block })
}

/// A statement that uses all of `self`, if there is one.
pub(crate) fn mention_self(sig: &Signature, span: Span) -> Option<TokenStream> {
    sig.receiver().map(|receiver| receiver.self_token).map(|this| quote_spanned!(span=> let _ = &#this;))
}

pub(crate) fn is_tracked(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("track_caller"))
}

/// The body in its own braces, so that its temporaries end by the rules of the user's edition. The label is there
/// for the compiler not to call the braces needless; the block begins with it, so it stands where the braces do.
pub(crate) fn in_braces(braces: Brace, body: TokenStream) -> TokenStream {
    let span = braces.span.join();
    let mut block = Group::new(Delimiter::Brace, body);
    block.set_span(span);
    let label = Lifetime::new("'__alloc_kit_body", span);
    quote_spanned!(span=> #label: #block)
}

/// Whether the receiver may own something: then its drop belongs into the region.
pub(crate) fn is_by_value(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Reference(..) => false,
        ReceiverKind::Typed(_, ty) => !is_reference(ty) && !is_pinned_reference(ty),
        _ => true,
    }
}

fn is_reference(ty: &Type) -> bool {
    matches!(ty, Type::Reference(_))
}

/// `Pin<&mut Self>`, by whatever path.
fn is_pinned_reference(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
    let of_reference = |argument: &syn::GenericArgument| matches!(argument, syn::GenericArgument::Type(ty) if is_reference(ty));
    last.ident == "Pin" && arguments.args.iter().any(of_reference)
}

/// Makes each parameter a plain name in the signature, and gives the statements that move it and take it apart.
pub(crate) fn move_parameters(sig: &mut Signature, span: Span) -> TokenStream {
    let mut moves = TokenStream::new();
    for (index, input) in sig.inputs.iter_mut().enumerate() {
        let FnArg::Typed(PatType { attrs, pat, ty, .. }) = input else { continue };
        let cfgs = attributes_of_binding(attrs);
        match &mut **pat {
            Pat::Ident(plain) if plain.by_ref.is_none() && plain.subpat.is_none() => {
                let ident = plain.ident.clone();
                let mutability = plain.mutability.take();
                // A reference owns nothing.
                if !is_reference(ty) || mutability.is_some() {
                    let unused = ident.to_string().starts_with('_').then(|| {
                        quote_spanned!(span=> clippy::used_underscore_binding, clippy::no_effect_underscore_binding)
                    });
                    let allow = quote_spanned!(span=> #[allow(clippy::shadow_same, #unused)]);
                    moves.extend(quote_spanned!(span=> #(#cfgs)* #allow let #mutability #ident = #ident;));
                }
            }
            pattern => {
                let ident = format_ident!("__alloc_kit_arg{index}", span = span);
                let taken_apart = !matches!(pattern, Pat::Wild(_));
                moves.extend(quote_spanned!(span=> #(#cfgs)* let #ident = #ident;));
                if taken_apart {
                    moves.extend(quote_spanned!(span=> #(#cfgs)* let #pattern = #ident;));
                }
                **pat = parse_quote!(#ident);
            }
        }
    }
    moves
}

/// What was said of a parameter and holds for the binding that takes its place: `cfg`s and lints. An expectation moves
/// there, since the parameter would not fulfil it.
fn attributes_of_binding(attrs: &mut Vec<Attribute>) -> Vec<Attribute> {
    let is_any = |attr: &Attribute, names: &[&str]| names.iter().any(|name| attr.path().is_ident(name));
    let of_binding = ["cfg", "cfg_attr", "allow", "expect", "warn", "deny", "forbid"];
    let binding = attrs.iter().filter(|attr| is_any(attr, &of_binding)).cloned().collect();
    attrs.retain(|attr| !is_any(attr, &["expect"]));
    binding
}

/// The type with `_` for every `impl Trait`, which may stand in no closure's type, and whether there is one.
pub(crate) fn without_impl_trait(ty: &Type) -> (TokenStream, bool) {
    struct Infer(bool);
    impl VisitMut for Infer {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            if let Type::ImplTrait(_) = ty {
                *ty = parse_quote!(_);
                self.0 = true;
            }
            visit_mut::visit_type_mut(self, ty);
        }
    }
    let (mut ty, mut infer) = (ty.clone(), Infer(false));
    infer.visit_type_mut(&mut ty);
    (ty.into_token_stream(), infer.0)
}

/// For expressions: the region as a block, or as a future that is awaited.
pub(crate) fn block(
    wrap: &dyn Region,
    private: &TokenStream,
    name: &str,
    body: &TokenStream,
    waits: bool,
) -> TokenStream {
    let span = Span::mixed_site();
    let register = wrap.register(private, name, "assertion", span);
    if waits {
        // A binding, so that the compiler does not call the user's own braces needless.
        let future = quote_spanned!(span=> async { #[allow(unused_braces)] let __alloc_kit_out = #body; __alloc_kit_out });
        let future = wrap.future(private, "", &future, span);
        return quote_spanned!(span=> { #register #future.await });
    }
    let (begin, end) = (wrap.begin(private, span), wrap.end(private, span));
    quote_spanned! {span=> {
        #register
        #begin
        #[allow(unused_braces)]
        let __alloc_kit_out = #body;
        #[allow(unreachable_code)]
        #end;
        __alloc_kit_out
    }}
}
