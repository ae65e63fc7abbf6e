//! `#[derive(Reuse)]`: each field is reset, and what they retain is added up.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::meta::ParseNestedMeta;
use syn::{Attribute, DeriveInput, Error, Expr, Field, Fields, Ident, Member, Meta, Path, Result};

use crate::args;
use crate::derives::{self, Refusals, Shape};

const REFUSALS: Refusals = Refusals {
    packed: "`#[derive(Reuse)]` borrows fields, and those of a packed struct can't be; implement `Reuse` by hand",
    union: "which field of a union holds is not known; implement `Reuse` by hand",
    enumeration: Some(
        "what an enum is after `reset` is not for a derive to say; put its buffers into a struct, or implement \
         `Reuse` by hand",
    ),
};

/// The `impl`, or an error and what stands in for it.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let (krate, error) = match of_struct(&input.attrs) {
        Ok(krate) => (krate, None),
        Err(error) => (None, Some(error)),
    };
    let of_trait = krate.map_or_else(|| quote!(::alloc_kit::Reuse), |krate| quote!(#krate::Reuse));
    let fields = derives::shape(&input, &REFUSALS).and_then(|shape| match shape {
        Shape::Struct(fields) => reset_fields(fields),
        Shape::Enum(_) => unreachable!("refused"),
    });
    let fields = match (fields, error) {
        (Ok(fields), None) => Ok(fields),
        (Ok(_), Some(error)) | (Err(error), None) => Err(error),
        (Err(other), Some(mut error)) => {
            error.combine(other);
            Err(error)
        }
    };
    match fields {
        Ok(fields) => {
            let (bounds, methods) = (bounds(&input, &fields, &of_trait), methods(&fields, &of_trait));
            derives::implement(&input, &of_trait, &bounds, &methods)
        }
        Err(error) => {
            let stand_in = quote! {
                fn reset(&mut self) {}
                fn retained_bytes(&self) -> ::core::primitive::usize { 0 }
            };
            derives::with_error(&error, &input, &of_trait, &stand_in)
        }
    }
}

/// A field that is reset.
type ResetField<'a> = (Member, &'a Field);

fn methods(fields: &[ResetField<'_>], of_trait: &TokenStream) -> TokenStream {
    let reset = fields.iter().map(|(member, field)| {
        let path = at(of_trait, field);
        quote_spanned!(derives::place(field)=> #path::reset(&mut self.#member);)
    });
    let bytes = fields.iter().map(|(member, field)| {
        let path = at(of_trait, field);
        quote_spanned!(derives::place(field)=> #path::retained_bytes(&self.#member))
    });
    let bytes = if fields.is_empty() { quote!(0) } else { quote!(#(#bytes)+*) };
    quote! {
        #[inline]
        fn reset(&mut self) { #(#reset)* }

        #[inline]
        fn retained_bytes(&self) -> ::core::primitive::usize { #bytes }
    }
}

/// The path with its errors at the field's type, which is what does not implement it.
fn at(of_trait: &TokenStream, field: &Field) -> TokenStream {
    args::located_at(of_trait, derives::place(field))
}

/// The types of the fields that name a type parameter: closer than a bound on the parameter, which `Vec<T>`, or a field
/// that is skipped, does not need. Not of those that name the struct: it would be for itself to say.
fn bounds(input: &DeriveInput, fields: &[ResetField<'_>], of_trait: &TokenStream) -> Vec<TokenStream> {
    let parameters: Vec<&Ident> = input.generics.type_params().map(|parameter| &parameter.ident).collect();
    let types = fields.iter().map(|(_, field)| &field.ty);
    types
        .filter(|ty| names_one_of(&parameters, ty.to_token_stream()))
        .filter(|ty| !names_one_of(&[&input.ident], ty.to_token_stream()))
        .map(|ty| quote!(#ty: #of_trait))
        .collect()
}

fn names_one_of(parameters: &[&Ident], tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(name) => parameters.contains(&&name),
        TokenTree::Group(group) => names_one_of(parameters, group.stream()),
        _ => false,
    })
}

/// The fields without `#[reuse(skip)]`.
fn reset_fields(fields: &Fields) -> Result<Vec<ResetField<'_>>> {
    let mut reset = Vec::new();
    let mut errors: Option<Error> = None;
    for (member, field) in fields.members().zip(fields) {
        match is_skipped(&field.attrs) {
            Ok(true) => {}
            Ok(false) => reset.push((member, field)),
            Err(error) => match &mut errors {
                Some(errors) => errors.combine(error),
                None => errors = Some(error),
            },
        }
    }
    errors.map_or(Ok(reset), Err)
}

/// The path of alloc-kit, from `#[reuse(crate = path)]` on the struct.
fn of_struct(attrs: &[Attribute]) -> Result<Option<Path>> {
    let mut krate = None;
    each_key(attrs, "on a struct `crate = path` is", |meta, key| match key {
        "crate" if krate.is_some() => Err(meta.error("duplicate `crate` argument")),
        "crate" => {
            krate = Some(args::krate(meta.value()?.parse::<Expr>()?)?);
            Ok(())
        }
        "skip" => Err(meta.error("not expected here; `#[reuse(skip)]` belongs on a field")),
        key => Err(meta.error(format!("unknown key `{key}`; accepted on a struct: `crate`"))),
    })?;
    Ok(krate)
}

/// Whether a field has `#[reuse(skip)]`.
fn is_skipped(attrs: &[Attribute]) -> Result<bool> {
    let mut skipped = false;
    each_key(attrs, "on a field `skip` is", |meta, key| match key {
        "skip" if skipped => Err(meta.error("duplicate `skip` argument")),
        "skip" => {
            skipped = true;
            Ok(())
        }
        "crate" => Err(meta.error("not expected here; `#[reuse(crate = path)]` belongs on the struct")),
        key => Err(meta.error(format!("unknown key `{key}`; accepted on a field: `skip`"))),
    })?;
    Ok(skipped)
}

/// Calls for each key in the `#[reuse(..)]`s; one without any says nothing, and is refused.
fn each_key(
    attrs: &[Attribute],
    accepted: &str,
    mut take: impl FnMut(&ParseNestedMeta<'_>, &str) -> Result<()>,
) -> Result<()> {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("reuse")) {
        let says_nothing = match &attr.meta {
            Meta::List(list) => list.tokens.is_empty(),
            Meta::Path(_) | Meta::NameValue(_) => true,
        };
        if says_nothing {
            return Err(Error::new_spanned(
                &attr.meta,
                format!("expected a key in parentheses; {accepted} accepted"),
            ));
        }
        attr.parse_nested_meta(|meta| {
            let key = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
            take(&meta, &key)
        })?;
    }
    Ok(())
}
