//! A function as the attributes see it: everything but the inside of its body is parsed.
//!
//! The body stays tokens: it is not ours to understand, and syntax that syn does not know yet goes through.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{AttrStyle, Attribute, Result, Signature, Token, Visibility, braced, token};

/// A free function, or a method of an `impl` or a trait.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    /// `default`, in specialisation.
    pub(crate) defaultness: Option<Token![default]>,
    pub(crate) sig: Signature,
    pub(crate) braces: token::Brace,
    pub(crate) body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let defaultness = if input.peek(Token![default]) { Some(input.parse()?) } else { None };
        let sig: Signature = input.parse()?;
        let body;
        let braces = braced!(body in input);
        let inner = body.call(Attribute::parse_inner)?;
        // `#![..]` at the top of a body may not stand in an inner block.
        attrs.extend(inner.into_iter().map(|attr| Attribute { style: AttrStyle::Outer, ..attr }));
        Ok(Self { attrs, vis, defaultness, sig, braces, body: body.parse()? })
    }
}
