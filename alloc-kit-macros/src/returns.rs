//! What a function gives back, as far as that decides how its work is judged.

use proc_macro2::{Ident, Span};
use syn::visit_mut::{self, VisitMut};
use syn::{
    GenericArgument, ParenthesizedGenericArguments, PathArguments, PathSegment, ReturnType, Signature, Type,
    TypeImplTrait, TypeParamBound,
};

/// When the work of a function is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returns {
    /// When it returns.
    Value,
    /// Never.
    Never,
    /// When the future is, that it gives: `impl Future`.
    Future,
    /// Likewise, of a future in a box: `Pin<Box<dyn Future>>`, `BoxFuture`.
    BoxedFuture,
    /// Likewise, of what `async_trait` makes of an `async fn`.
    AsyncTrait,
}

impl Returns {
    pub(crate) fn of(sig: &Signature) -> Self {
        let ReturnType::Type(_, output) = &sig.output else { return Returns::Value };
        match plain(output) {
            Type::Never(_) => Returns::Never,
            Type::ImplTrait(opaque) if opaque.bounds.iter().any(is_future) => Returns::Future,
            Type::Path(path) if path.path.segments.last().is_some_and(is_boxed_future) => {
                let by_macro = sig.generics.lifetimes().any(|of| of.lifetime.ident == "async_trait");
                if by_macro { Returns::AsyncTrait } else { Returns::BoxedFuture }
            }
            _ => Returns::Value,
        }
    }
}

/// The type inside of parentheses, and of the groups that macros leave.
fn plain(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => plain(&inner.elem),
        Type::Group(inner) => plain(&inner.elem),
        ty => ty,
    }
}

fn is_future(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Trait(bound) if bound.path.segments.last().is_some_and(|last| last.ident == "Future"))
}

fn is_boxed_future(segment: &PathSegment) -> bool {
    match segment.ident.to_string().as_str() {
        "BoxFuture" | "LocalBoxFuture" => true,
        "Pin" => first_type(segment).is_some_and(is_box_of_future),
        _ => false,
    }
}

fn is_box_of_future(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last().filter(|last| last.ident == "Box");
    let Some(Type::TraitObject(object)) = last.and_then(first_type) else { return false };
    object.bounds.iter().any(is_future)
}

fn first_type(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(plain(ty)),
        _ => None,
    })
}

/// An `impl Trait` that is a future, or may be by its name, and is not taken for one: `impl FusedFuture`, or inside of
/// another type.
pub(crate) fn hidden_future(output: &ReturnType) -> Option<Span> {
    struct Find(Option<Span>);
    impl VisitMut for Find {
        fn visit_type_impl_trait_mut(&mut self, opaque: &mut TypeImplTrait) {
            for bound in &opaque.bounds {
                let TypeParamBound::Trait(bound) = bound else { continue };
                let last = bound.path.segments.last();
                self.0 = self
                    .0
                    .or(last.map(|last| &last.ident).filter(|ident| is_named_so(ident)).map(Ident::span));
            }
            visit_mut::visit_type_impl_trait_mut(self, opaque);
        }

        /// What a closure gives is not what the function does.
        fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {}
    }
    fn is_named_so(ident: &Ident) -> bool {
        ident.to_string().ends_with("Future")
    }
    let ReturnType::Type(_, output) = output else { return None };
    if matches!(plain(output), Type::ImplTrait(opaque) if opaque.bounds.iter().any(is_future)) {
        return None;
    }
    let mut find = Find(None);
    find.visit_type_mut(&mut output.clone());
    find.0
}
