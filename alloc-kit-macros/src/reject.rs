//! Every use of the attributes that is refused, and what to do instead. Both modes refuse the same.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Path, Result, ReturnType, Signature, Token, Type, Visibility};

use crate::args::Which;
use crate::item::Function;
use crate::{on, receiver};

/// Refuses items that are no function, and functions without a body.
pub(crate) fn unsupported_items(which: Which, item: TokenStream) -> Result<()> {
    let check = |input: ParseStream<'_>| {
        let _ = input.call(Attribute::parse_outer)?;
        let _ = input.parse::<Visibility>()?;
        let found = Item::parse(input)?;
        let _: TokenStream = input.parse()?;
        Ok(found)
    };
    let name = which.name();
    let (span, message) = match check.parse2(item)? {
        Item::Function(None) => return Ok(()),
        Item::Function(Some(semicolon)) => (
            semicolon,
            format!("a function without a body cannot be judged; put `#[{name}]` on each implementation"),
        ),
        Item::Later(span, what) => {
            (span, format!("`#[{name}]` on {what} is not supported yet; put it on each function inside"))
        }
        Item::Other(span, what) => {
            (span, format!("`#[{name}]` judges what a function allocates, and {what} is not one"))
        }
    };
    Err(Error::new(span, message))
}

/// What stands under the attribute.
enum Item {
    /// With the place of its `;`, if it has no body.
    Function(Option<Span>),
    Later(Span, &'static str),
    Other(Span, &'static str),
}

impl Item {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let is_unsafe = input.peek(Token![unsafe]);
        let at_impl = input.peek(Token![impl]) || (is_unsafe && input.peek2(Token![impl]));
        let at_extern = input.peek(Token![extern]) || (is_unsafe && input.peek2(Token![extern]));
        let others: [(bool, &'static str); 9] = [
            (input.peek(Token![struct]), "a struct"),
            (input.peek(Token![enum]), "an enum"),
            (
                input.peek(Token![trait]) || (input.peek(Token![unsafe]) && input.peek2(Token![trait])),
                "a trait",
            ),
            (input.peek(Token![static]), "a static"),
            (input.peek(Token![const]) && !starts_function(input), "a constant"),
            (input.peek(Token![type]), "a type alias"),
            (input.peek(Token![use]), "an import"),
            (input.peek(Token![let]) || input.peek(Token![|]) || input.peek(Token![move]), "a statement"),
            (at_extern && !starts_function(input), "an `extern` block"),
        ];
        let span = input.span();
        if at_impl {
            return Ok(Item::Later(span, "an `impl` block"));
        }
        if input.peek(Token![mod]) {
            return Ok(Item::Later(span, "a module"));
        }
        if let Some((_, what)) = others.iter().find(|(here, _)| *here) {
            return Ok(Item::Other(span, what));
        }
        if !starts_function(input) {
            return Ok(Item::Other(span, "this"));
        }
        let tokens: TokenStream = input.fork().parse()?;
        Ok(Item::Function(match tokens.into_iter().last() {
            Some(TokenTree::Punct(last)) if last.as_char() == ';' => Some(last.span()),
            _ => None,
        }))
    }
}

/// Whether `fn` follows, with the modifiers that may stand before it.
fn starts_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    loop {
        if ahead.peek(Token![fn]) {
            return true;
        }
        let is_modifier = ahead.peek(Token![const])
            || ahead.peek(Token![async])
            || ahead.peek(Token![unsafe])
            || ahead.peek(Token![extern])
            || ahead.peek(Token![default])
            || ahead.peek(syn::LitStr)
            || ahead.peek(syn::Ident) && ahead.fork().parse::<syn::Ident>().is_ok_and(|word| word == "safe");
        if !is_modifier || ahead.parse::<TokenTree>().is_err() {
            return false;
        }
    }
}

/// Refuses functions whose allocations this version cannot judge rightly.
pub(crate) fn unsupported_forms(which: Which, function: &Function) -> Result<()> {
    // Without `..`: a new kind of function has to be thought about here.
    let Signature {
        constness,
        asyncness,
        safety: _,
        abi: _,
        fn_token: _,
        ident: _,
        generics: _,
        paren_token: _,
        inputs: _,
        variadic,
        output,
    } = &function.sig;
    let name = which.name();
    if let Some(asyncness) = asyncness {
        let message = format!(
            "`#[{name}]` on an `async fn` is not supported yet; \
             put it on the functions between its `.await`s"
        );
        return Err(Error::new(asyncness.span(), message));
    }
    if let Some(constness) = constness {
        let message =
            format!("`#[{name}]` on a `const fn` is not supported yet; a `const fn` cannot allocate anyway");
        return Err(Error::new(constness.span(), message));
    }
    if let Some(variadic) = variadic {
        return Err(Error::new(
            variadic.span(),
            format!("`#[{name}]` on a variadic function is not supported"),
        ));
    }
    if let ReturnType::Type(_, output) = output {
        if let Type::Never(never) = &**output {
            let message = format!("`#[{name}]` on a function that never returns is not supported yet");
            return Err(Error::new(never.span(), message));
        }
        if let Some(future) = find_name(output.to_token_stream(), "Future") {
            let message = format!(
                "`#[{name}]` on a function that returns a future is not supported yet: \
                 it would judge the making of the future, not its work"
            );
            return Err(Error::new(future, message));
        }
    }
    let track_caller = function.attrs.iter().any(|attr| attr.path().is_ident("track_caller"));
    let by_value = function.sig.receiver().is_some_and(on::is_by_value);
    if let Some(format) = receiver::in_format(function.body.clone()).filter(|_| track_caller && by_value) {
        let message = format!(
            "`#[{name}]` with `#[track_caller]` and a by-value `self` has to rename `self`, \
             and cannot in a string; pass it as an argument: `\"{{}}\", self`"
        );
        return Err(Error::new(format.span(), message));
    }
    match function.attrs.iter().find(|attr| is_naked(attr)) {
        Some(naked) => Err(Error::new(
            naked.span(),
            format!("`#[{name}]` cannot judge a naked function: it is all assembly"),
        )),
        None => Ok(()),
    }
}

fn is_naked(attr: &Attribute) -> bool {
    let unsafe_inner = || attr.parse_args::<Path>().is_ok_and(|path| path.is_ident("naked"));
    attr.path().is_ident("naked") || attr.to_token_stream().to_string().contains("unsafe") && unsafe_inner()
}

/// The first name that ends so: `Future`, `BoxFuture`.
fn find_name(tokens: TokenStream, name: &str) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if ident.to_string().ends_with(name) => Some(ident.span()),
        TokenTree::Group(group) => find_name(group.stream(), name),
        _ => None,
    })
}
