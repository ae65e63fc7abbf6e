//! What the derives have in common: the type as it was read, what is refused, and what stands in for an `impl` then.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DataEnum, DataStruct, DataUnion, DeriveInput, Error, Field, Fields, Generics, Result,
    Token,
};

/// A struct or an enum that a derive takes.
pub(crate) enum Shape<'a> {
    Struct(&'a Fields),
    Enum(&'a DataEnum),
}

/// What is to be had of fields: nothing here can be, so each derive says what to do about it.
pub(crate) struct Refusals {
    pub(crate) packed: &'static str,
    pub(crate) union: &'static str,
    /// Enums, where they are refused.
    pub(crate) enumeration: Option<&'static str>,
}

/// Refuses what has no fields that could be borrowed.
pub(crate) fn shape<'a>(input: &'a DeriveInput, refusals: &Refusals) -> Result<Shape<'a>> {
    if let Some(packed) = packed(&input.attrs) {
        return Err(Error::new(packed, refusals.packed));
    }
    match (&input.data, refusals.enumeration) {
        (Data::Struct(DataStruct { fields, .. }), _) => Ok(Shape::Struct(fields)),
        (Data::Enum(data), None) => Ok(Shape::Enum(data)),
        (Data::Enum(DataEnum { enum_token, .. }), Some(message)) => {
            Err(Error::new(enum_token.span(), message))
        }
        (Data::Union(DataUnion { union_token, .. }), _) => {
            Err(Error::new(union_token.span(), refusals.union))
        }
    }
}

/// `packed` or `packed(n)` in a `#[repr(..)]`.
fn packed(attrs: &[Attribute]) -> Option<Span> {
    let mut found = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("repr")) {
        // What rustc refuses by itself is none of ours.
        let _ = attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("packed") {
                found = Some(meta.path.span());
            }
            if meta.input.peek(syn::token::Paren) {
                let argument;
                syn::parenthesized!(argument in meta.input);
                let _: TokenStream = argument.parse()?;
            }
            Ok(())
        });
    }
    found
}

/// Where what is done with a field is said to be wrong: at its type, which lacks something. Names are the derive's, since
/// the type may have come through a macro.
pub(crate) fn place(field: &Field) -> Span {
    Span::call_site().located_at(field.ty.span())
}

/// An `impl` of a trait for the type, with further bounds.
pub(crate) fn implement(
    input: &DeriveInput,
    of_trait: &TokenStream,
    bounds: &[TokenStream],
    methods: &TokenStream,
) -> TokenStream {
    let DeriveInput { attrs: _, vis: _, ident, generics, data: _ } = input;
    // Named by the derive, so that it is no use of what is deprecated.
    let mut ident = ident.clone();
    ident.set_span(ident.span().resolved_at(Span::call_site()));
    let (parameters, arguments, _) = generics.split_for_impl();
    let bounds = where_clause(generics, bounds);
    quote! {
        #[automatically_derived]
        impl #parameters #of_trait for #ident #arguments #bounds {
            #methods
        }
    }
}

fn where_clause(generics: &Generics, bounds: &[TokenStream]) -> Option<TokenStream> {
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let all: Vec<_> = predicates
        .map(ToTokens::to_token_stream)
        .chain(bounds.iter().map(ToTokens::to_token_stream))
        .collect();
    let where_token = <Token![where]>::default();
    (!all.is_empty()).then(|| quote!(#where_token #(#all),*))
}

/// The error, and an `impl` that only has the right type, so that it is the only one.
pub(crate) fn with_error(
    error: &Error,
    input: &DeriveInput,
    of_trait: &TokenStream,
    methods: &TokenStream,
) -> TokenStream {
    let error = error.to_compile_error();
    let stand_in = implement(input, of_trait, &[], methods);
    quote!(#error #stand_in)
}
