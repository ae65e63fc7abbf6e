//! Prove mode: the function by itself, marked, for `cargo alloc-kit prove` to find in the program.
//!
//! ```text
//! #[inline(never)] fn f(PARAMS) -> R { site!(..); function::<ID>(); { BODY } }   // and what it is, in the inventory
//! ```
//! It stays a function of its own, whatever the user says of inlining: else who calls it would be judged in its place. What is
//! judged by the polls of a future, and every exception, is put together as in on mode, with marks in the place of guards.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

use crate::item::Function;
use crate::on;
use crate::returns::Returns;
use crate::wrap::{Region, Wrap};

/// What there is something to prove of, and exceptions.
pub(crate) struct Marked<'a>(&'a Wrap);

impl<'a> Marked<'a> {
    /// Nothing, for a budget that is not 0 allocations.
    pub(crate) fn new(wrap: &'a Wrap) -> Option<Self> {
        match wrap {
            Wrap::Judge(_, budget) if !budget.is_of_no_allocation() => None,
            Wrap::Judge(..) | Wrap::Allow(..) => Some(Self(wrap)),
        }
    }

    /// The type of its guard.
    fn guard(&self, private: &TokenStream, span: Span) -> TokenStream {
        let name = syn::Ident::new(if self.judges() { "Judging" } else { "Allowing" }, span);
        quote_spanned!(span=> #private::prove::#name::<{ __ALLOC_KIT_ID }>)
    }
}

impl Region for Marked<'_> {
    fn private(&self, span: Span) -> TokenStream {
        self.0.private(span)
    }

    fn judges(&self) -> bool {
        matches!(self.0, Wrap::Judge(..))
    }

    fn looks(&self) -> bool {
        false
    }

    fn register(&self, private: &TokenStream, name: &str, form: &str, span: Span) -> TokenStream {
        let (forbids_frees, reason) = match self.0 {
            Wrap::Judge(_, budget) => {
                (budget.forbids_frees(), quote_spanned!(span=> ::core::option::Option::None))
            }
            Wrap::Allow(reason, _) => (false, quote_spanned!(span=> ::core::option::Option::Some(#reason))),
        };
        quote_spanned!(span=> #private::prove::site! { #name, #form, #forbids_frees, #reason })
    }

    fn begin(&self, private: &TokenStream, span: Span) -> TokenStream {
        let guard = self.guard(private, span);
        quote_spanned!(span=> let __alloc_kit_guard = #guard::begin();)
    }

    fn end(&self, private: &TokenStream, span: Span) -> TokenStream {
        let guard = self.guard(private, span);
        quote_spanned!(span=> #guard::end(__alloc_kit_guard))
    }

    fn begin_making(&self, private: &TokenStream, span: Span) -> TokenStream {
        self.begin(private, span)
    }

    fn end_making(&self, private: &TokenStream, how: &str, made: &TokenStream, span: Span) -> TokenStream {
        let end = self.end(private, span);
        // Not `_from`: it has been made.
        let (how, made) = match how {
            "_box" => ("_box", quote_spanned!(span=> move || #made)),
            _ => ("", made.clone()),
        };
        let future = self.future(private, how, &made, span);
        quote_spanned!(span=> { #end; #future })
    }

    fn future(&self, private: &TokenStream, how: &str, future: &TokenStream, span: Span) -> TokenStream {
        let name = if self.judges() { "proved" } else { "allowed" };
        let wrap = syn::Ident::new(&format!("{name}{how}"), span);
        quote_spanned!(span=> #private::prove::#wrap::<{ __ALLOC_KIT_ID }, _>(#future))
    }
}

/// The function, marked.
pub(crate) fn expand(wrap: &Marked<'_>, mut function: Function) -> TokenStream {
    let is_done_when_it_returns = matches!(Returns::of(&function.sig), Returns::Value | Returns::Never);
    let is_plain = function.sig.constness.is_none() && function.sig.asyncness.is_none();
    if !(wrap.judges() && is_plain && is_done_when_it_returns) {
        return on::expand(wrap, function);
    }
    // What we write stands at the function's name, and sees no name of the user's.
    let span = function.sig.ident.span().resolved_at(Span::mixed_site());
    function.attrs = function.attrs.into_iter().filter_map(without_inline).collect();
    function.attrs.iter_mut().for_each(on::allow_what_is_expected);
    let Function { attrs, vis, defaultness, sig, braces, body } = function;
    let private = wrap.private(span);
    let register = wrap.register(&private, &sig.ident.to_string(), "fn", span);
    let mark = quote_spanned!(span=> #private::prove::function::<{ __ALLOC_KIT_ID }>(););
    let block = on::in_braces(braces, body);
    let inline = quote_spanned!(span=> #[inline(never)]);
    quote_spanned! {span=>
        #inline
        #(#attrs)*
        #vis #defaultness #sig {
            #register
            #mark
            #block
        }
    }
}

/// An attribute without what it says of inlining, by a condition or not.
fn without_inline(mut attr: Attribute) -> Option<Attribute> {
    if attr.path().is_ident("inline") {
        return None;
    }
    if !attr.path().is_ident("cfg_attr") {
        return Some(attr);
    }
    let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
    let (Ok(metas), Meta::List(list)) = (attr.parse_args_with(parse), &mut attr.meta) else {
        return Some(attr);
    };
    let is_other = |meta: &&Meta| !meta.path().is_ident("inline");
    let others: Vec<&Meta> = metas.iter().skip(1).filter(is_other).collect();
    if others.len() + 1 == metas.len() {
        return Some(attr);
    }
    let condition = metas.first().map(ToTokens::to_token_stream);
    list.tokens = quote!(#condition, #(#others),*);
    (!others.is_empty()).then_some(attr)
}
