//! `assert_size!`: types, each with what its size is held against.

use crate::args::located_at;
use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Ident, Result, Token, Type, bracketed};

/// What stands between the parentheses of the macro.
struct Sizes {
    krate: TokenStream,
    sizes: Punctuated<Size, Token![,]>,
}

/// One type, a comparison, and a size in bytes.
struct Size {
    ty: Type,
    /// A variant of `SizeIs`.
    is: Ident,
    bytes: Expr,
}

impl Parse for Sizes {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let krate;
        bracketed!(krate in input);
        let krate = krate.parse()?;
        if input.is_empty() {
            return Err(input.error("expected a type and its size in bytes: `assert_size!(Event <= 64)`"));
        }
        Ok(Self { krate, sizes: Punctuated::parse_terminated(input)? })
    }
}

impl Parse for Size {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let ty = ty(input)?;
        let name = if input.peek(Token![<=]) {
            input.parse::<Token![<=]>()?;
            "AtMost"
        } else if input.peek(Token![==]) {
            input.parse::<Token![==]>()?;
            "Exactly"
        } else if input.peek(Token![<]) {
            input.parse::<Token![<]>()?;
            "Below"
        } else {
            return Err(input.error("expected `<=`, `<` or `==`, and a size in bytes"));
        };
        if input.is_empty() || input.peek(Token![,]) {
            return Err(input.error("expected a size in bytes"));
        }
        Ok(Self { ty, is: Ident::new(name, Span::mixed_site()), bytes: input.parse()? })
    }
}

/// The type at the start. A `<` behind it may be the comparison, where nothing that it could open is closed again.
fn ty(input: ParseStream<'_>) -> Result<Type> {
    let ahead = input.fork();
    if ahead.parse::<Type>().is_ok() {
        return input.parse();
    }
    let tokens: Vec<TokenTree> = input.fork().parse::<TokenStream>()?.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let is_less = matches!(token, TokenTree::Punct(less) if less.as_char() == '<');
        if let Some(Ok(ty)) = is_less.then(|| syn::parse2(tokens[..at].iter().cloned().collect())) {
            for _ in 0..at {
                input.parse::<TokenTree>()?;
            }
            return Ok(ty);
        }
    }
    Err(input.error("expected a type and its size in bytes: `assert_size!(Event <= 64)`"))
}

/// Parses `[$crate] types and sizes`, and expands it.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let Sizes { krate, sizes } = match syn::parse2(input) {
        Ok(sizes) => sizes,
        Err(error) => return error.to_compile_error(),
    };
    let each = sizes.iter().map(|Size { ty, is, bytes }| {
        let is = quote!(#krate::__private::SizeIs::#is(#bytes));
        let name = text(ty.to_token_stream());
        // The error is at the call, so that is in the user's place.
        let call = quote_spanned!(ty.span()=> (#name, ::core::mem::size_of::<#ty>(), #is));
        let function = located_at(&quote!(#krate::__private::assert_size), ty.span());
        quote!(const _: () = #function #call;)
    });
    quote!(#(#each)*)
}

/// The type as one writes it; the compiler's text of tokens has spaces everywhere.
fn text(tokens: TokenStream) -> String {
    let mut text = String::new();
    write(tokens, &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    let mut after_word = false;
    for token in tokens {
        let is_word = matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_));
        if after_word && is_word {
            text.push(' ');
        }
        after_word = is_word;
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(sign) => match (sign.as_char(), sign.spacing()) {
                (',' | ';', _) => text.extend([sign.as_char(), ' ']),
                ('+' | '=', Spacing::Alone) => text.extend([' ', sign.as_char(), ' ']),
                // `->`
                ('-', Spacing::Joint) => text.push_str(" -"),
                ('>', _) if text.ends_with('-') => text.push_str("> "),
                (sign, _) => text.push(sign),
            },
            word => text.push_str(&word.to_string()),
        }
    }
}
