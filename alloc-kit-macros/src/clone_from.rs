//! `#[derive(CloneFrom)]`: the `Clone` that std derives, and with it a `clone_from` that goes field by field.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{DataEnum, DeriveInput, Fields, Ident, Result, TypeFnPtr, TypePath, TypeTraitObject, Variant};

use crate::derives::{self, Refusals, Shape};

const REFUSALS: Refusals = Refusals {
    packed: "`#[derive(CloneFrom)]` borrows fields, and those of a packed struct can only be copied; \
             write `#[derive(Clone, Copy)]`",
    union: "which field of a union holds is not known, so it can only be copied; write `#[derive(Clone, Copy)]`",
    enumeration: None,
};

/// The `impl`, or an error and what stands in for it.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let of_trait = quote!(::core::clone::Clone);
    match methods(&input) {
        Ok(methods) => derives::implement(&input, &of_trait, &bounds(&input), &methods),
        Err(error) => {
            let stand_in = quote!(
                fn clone(&self) -> Self {
                    ::core::unreachable!()
                }
            );
            derives::with_error(&error, &input, &of_trait, &stand_in)
        }
    }
}

fn methods(input: &DeriveInput) -> Result<TokenStream> {
    let (clone, clone_from) = match derives::shape(input, &REFUSALS)? {
        Shape::Struct(fields) => (clone_struct(fields), clone_struct_from(fields)),
        Shape::Enum(data) => (clone_enum(data), clone_enum_from(data)),
    };
    // Where there is nothing to reuse, the trait's own does.
    let clone_from = clone_from.map(|body| {
        quote! {
            #[inline]
            fn clone_from(&mut self, __alloc_kit_source: &Self) { #body }
        }
    });
    Ok(quote! {
        #[inline]
        fn clone(&self) -> Self { #clone }
        #clone_from
    })
}

fn clone_struct(fields: &Fields) -> TokenStream {
    let values = fields.members().zip(fields).map(|(member, field)| {
        quote_spanned!(derives::place(field)=> #member: ::core::clone::Clone::clone(&self.#member))
    });
    quote!(Self { #(#values),* })
}

fn clone_struct_from(fields: &Fields) -> Option<TokenStream> {
    let each = fields.members().zip(fields).map(|(member, field)| {
        quote_spanned! {derives::place(field)=>
            ::core::clone::Clone::clone_from(&mut self.#member, &__alloc_kit_source.#member);
        }
    });
    (!fields.is_empty()).then(|| quote!(#(#each)*))
}

fn clone_enum(data: &DataEnum) -> TokenStream {
    if data.variants.is_empty() {
        return quote!(match *self {});
    }
    let arms = data.variants.iter().map(|variant| {
        let Variant { ident, fields, .. } = variant;
        let (pattern, names) = pattern(variant, "of");
        let values = fields.members().zip(fields).zip(&names).map(|((member, field), name)| {
            quote_spanned!(derives::place(field)=> #member: ::core::clone::Clone::clone(#name))
        });
        let value = if fields.is_empty() { pattern.clone() } else { quote!(Self::#ident { #(#values),* }) };
        quote!(#pattern => #value)
    });
    quote!(match self { #(#arms),* })
}

/// The same variant is cloned field by field; another one takes its place.
fn clone_enum_from(data: &DataEnum) -> Option<TokenStream> {
    let with_fields = data.variants.iter().filter(|variant| !variant.fields.is_empty());
    let arms: Vec<TokenStream> = with_fields
        .map(|variant| {
            let ((to, targets), (from, sources)) = (pattern(variant, "to"), pattern(variant, "from"));
            let each = variant.fields.iter().zip(targets.iter().zip(&sources)).map(|(field, (to, from))| {
                quote_spanned!(derives::place(field)=> ::core::clone::Clone::clone_from(#to, #from);)
            });
            quote!((#to, #from) => { #(#each)* })
        })
        .collect();
    // No arm may be one that is never reached.
    let others = (data.variants.len() > 1).then(|| {
        quote! {
            (__alloc_kit_to, __alloc_kit_from) => {
                *__alloc_kit_to = ::core::clone::Clone::clone(__alloc_kit_from);
            }
        }
    });
    (!arms.is_empty()).then(|| quote!(match (self, __alloc_kit_source) { #(#arms)* #others }))
}

/// The pattern of a variant, and the names that its fields get there.
fn pattern(variant: &Variant, prefix: &str) -> (TokenStream, Vec<Ident>) {
    let Variant { ident, fields, .. } = variant;
    let names: Vec<Ident> = fields
        .iter()
        .enumerate()
        .map(|(n, field)| format_ident!("__alloc_kit_{prefix}_{n}", span = derives::place(field)))
        .collect();
    let pattern = match fields {
        Fields::Unit => quote!(Self::#ident),
        Fields::Named(_) | Fields::Unnamed(_) => {
            let fields = fields.members().zip(&names).map(|(member, name)| quote!(#member: #name));
            quote!(Self::#ident { #(#fields),* })
        }
    };
    (pattern, names)
}

/// As of std's derive: each type parameter, and each type of a field that starts with one, as `T::Item` does.
fn bounds(input: &DeriveInput) -> Vec<TokenStream> {
    let parameters: Vec<&Ident> = input.generics.type_params().map(|parameter| &parameter.ident).collect();
    let mut found = Projections { parameters: &parameters, types: Vec::new() };
    if !parameters.is_empty() {
        let mut data = input.data.clone();
        found.visit_data_mut(&mut data);
    }
    let projections = found.types.iter().map(|projection| quote!(#projection: ::core::clone::Clone));
    let parameters = parameters.iter().map(|parameter| quote!(#parameter: ::core::clone::Clone));
    parameters.chain(projections).collect()
}

/// The types `T::Item` in fields.
struct Projections<'a> {
    parameters: &'a [&'a Ident],
    types: Vec<TypePath>,
}

impl VisitMut for Projections<'_> {
    fn visit_type_path_mut(&mut self, found: &mut TypePath) {
        let starts_with_one = found.qself.is_none()
            && found.path.leading_colon.is_none()
            && found.path.segments.len() > 1
            && self.parameters.contains(&&found.path.segments[0].ident);
        if starts_with_one {
            self.types.push(found.clone());
        }
        visit_mut::visit_type_path_mut(self, found);
    }
    // Both are cloned whatever they name, and may name lifetimes of their own.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}
    fn visit_type_trait_object_mut(&mut self, _: &mut TypeTraitObject) {}
}
