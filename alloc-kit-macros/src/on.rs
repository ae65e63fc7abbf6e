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
//! `self` can't be moved to another name, so its body goes into a `move` closure.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::token::Brace;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, FnArg, Lifetime, Pat, PatType, Receiver, ReceiverKind, ReturnType, Signature, Type,
    parse_quote,
};

use crate::args::Budget;
use crate::item::Function;
use crate::receiver;

/// The function with its body in a region.
pub(crate) fn expand(budget: &Budget, function: Function) -> TokenStream {
    let Function { attrs, vis, defaultness, mut sig, braces, body } = function;
    let name = sig.ident.to_string();
    // What we write stands at the function's name, and sees no name of the user's.
    let span = sig.ident.span().resolved_at(Span::mixed_site());
    let private = quote_spanned!(span=> ::alloc_kit::__private);
    let prologue = enter(&private, &name, &budget.limits(&private), span);
    let by_value = sig.receiver().is_some_and(is_by_value);
    let moves = move_parameters(&mut sig, span);
    let (output, is_opaque) = match &sig.output {
        ReturnType::Default => (quote_spanned!(span=> ()), false),
        ReturnType::Type(_, output) => without_impl_trait(output),
    };

    let this = sig.receiver().map(|receiver| receiver.self_token);
    let track_caller = attrs.iter().any(|attr| attr.path().is_ident("track_caller"));
    let in_region = if by_value && track_caller {
        let renamed = format_ident!("__alloc_kit_self", span = span);
        let mutability = match sig.inputs.first_mut() {
            Some(FnArg::Receiver(receiver)) => receiver.mutability.take(),
            _ => None,
        };
        let block = in_braces(braces, receiver::rename(body, &renamed));
        quote_spanned!(span=> { let #mutability #renamed = #this; #moves #block })
    } else if by_value {
        // The mention of `self` makes the closure take all of it, also where the body uses one field.
        let block = in_braces(braces, body);
        quote_spanned!(span=> #private::call_once(move || -> #output { let _ = &#this; #moves #block }))
    } else {
        let block = in_braces(braces, body);
        quote_spanned!(span=> { #moves #block })
    };
    let inside = if is_opaque {
        // NOTE: what an `impl Trait` says of its type reaches a closure or a future in the tail only, so there is no
        // binding, and the guard's drop judges. The block is ours, so it has the rules of our edition: temporaries of
        // its tail and the parameters moved into it end before the guard does.
        in_region
    } else {
        quote_spanned! {span=>
            let __alloc_kit_out: #output = #in_region;
            // A body that never ends normally is not the user's mistake.
            #[allow(unreachable_code)]
            #private::Guard::finish(__alloc_kit_guard);
            __alloc_kit_out
        }
    };
    quote_spanned! {span=>
        #(#attrs)*
        #vis #defaultness #sig {
            #prologue
            #inside
        }
    }
}

/// The body in its own braces, so that its temporaries end by the rules of the user's edition. The label is there
/// for the compiler not to call the braces needless; the block begins with it, so it stands where the braces do.
fn in_braces(braces: Brace, body: TokenStream) -> TokenStream {
    let span = braces.span.join();
    let mut block = Group::new(Delimiter::Brace, body);
    block.set_span(span);
    let label = Lifetime::new("'__alloc_kit_body", span);
    quote_spanned!(span=> #label: #block)
}

/// The statements that enter a region, with `__alloc_kit_guard` as its guard.
pub(crate) fn enter(private: &TokenStream, name: &str, limits: &TokenStream, span: Span) -> TokenStream {
    quote_spanned! {span=>
        static __ALLOC_KIT_SITE: #private::Site = #private::Site {
            name: #name,
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
        };
        let __alloc_kit_guard = #private::enter(&__ALLOC_KIT_SITE, #private::path_of(&|| ()), #limits);
    }
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
fn move_parameters(sig: &mut Signature, span: Span) -> TokenStream {
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
                        quote_spanned!(span=>
                            #[allow(clippy::used_underscore_binding, clippy::no_effect_underscore_binding)]
                        )
                    });
                    moves.extend(quote_spanned!(span=> #(#cfgs)* #unused let #mutability #ident = #ident;));
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
fn without_impl_trait(ty: &Type) -> (TokenStream, bool) {
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

/// For expressions: the region as a block.
pub(crate) fn block(
    private: &TokenStream,
    name: &str,
    limits: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    let span = Span::mixed_site();
    let prologue = enter(private, name, limits, span);
    quote_spanned! {span=> {
        #prologue
        let __alloc_kit_out = #body;
        #[allow(unreachable_code)]
        #private::Guard::finish(__alloc_kit_guard);
        __alloc_kit_out
    }}
}
