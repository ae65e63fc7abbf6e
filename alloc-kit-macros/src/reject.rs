//! Every use of the attributes that is refused, and what to do instead. Both modes refuse the same.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Path, Result, Signature, Token, Visibility};

use crate::blocks;
use crate::item::Function;
use crate::returns::{self, Returns};
use crate::{on, receiver};

/// What an attribute can stand on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Function,
    /// An `impl` block or a module: each function inside is meant.
    Block,
}

/// What stands under the attribute; refuses items that have no function to judge, and functions without a body.
pub(crate) fn kind(name: &str, item: TokenStream) -> Result<Kind> {
    let check = |input: ParseStream<'_>| {
        let _ = input.call(Attribute::parse_outer)?;
        let _ = input.parse::<Visibility>()?;
        let found = Item::parse(input)?;
        let _: TokenStream = input.parse()?;
        Ok(found)
    };
    let (span, message) = match check.parse2(item)? {
        Item::Function(None) => return Ok(Kind::Function),
        Item::Block => return Ok(Kind::Block),
        Item::Function(Some(semicolon)) => (
            semicolon,
            format!("a function without a body cannot be judged; put `#[{name}]` on each implementation"),
        ),
        Item::Elsewhere(span) => {
            (span, format!("`#[{name}]` sees no function of a module in another file; put it on those there"))
        }
        Item::Other(span, what) => {
            (span, format!("`#[{name}]` judges what a function allocates, and {what}"))
        }
    };
    Err(Error::new(span, message))
}

/// What stands under the attribute.
enum Item {
    /// With the place of its `;`, if it has no body.
    Function(Option<Span>),
    Block,
    /// `mod name;`
    Elsewhere(Span),
    Other(Span, &'static str),
}

impl Item {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let is_unsafe = input.peek(Token![unsafe]);
        let at_impl = input.peek(Token![impl]) || (is_unsafe && input.peek2(Token![impl]));
        let at_extern = input.peek(Token![extern]) || (is_unsafe && input.peek2(Token![extern]));
        let others: [(bool, &'static str); 9] = [
            (input.peek(Token![struct]), "a struct is not one"),
            (input.peek(Token![enum]), "an enum is not one"),
            (
                input.peek(Token![trait]) || (input.peek(Token![unsafe]) && input.peek2(Token![trait])),
                "a trait is not one: put it on its methods that have a body, and on each `impl`",
            ),
            (input.peek(Token![static]), "a static is not one"),
            (input.peek(Token![const]) && !starts_function(input), "a constant is not one"),
            (input.peek(Token![type]), "a type alias is not one"),
            (input.peek(Token![use]), "an import is not one"),
            (
                input.peek(Token![let]) || input.peek(Token![|]) || input.peek(Token![move]),
                "a statement is not one",
            ),
            (
                at_extern && !starts_function(input),
                "an `extern` block has none that Rust compiles: put it on the function that calls them",
            ),
        ];
        let span = input.span();
        let tokens: TokenStream = input.fork().parse()?;
        let semicolon = match tokens.into_iter().last() {
            Some(TokenTree::Punct(last)) if last.as_char() == ';' => Some(last.span()),
            _ => None,
        };
        if input.peek(Token![mod]) && semicolon.is_some() {
            return Ok(Item::Elsewhere(span));
        }
        if at_impl || input.peek(Token![mod]) {
            return Ok(Item::Block);
        }
        if let Some((_, what)) = others.iter().find(|(here, _)| *here) {
            return Ok(Item::Other(span, what));
        }
        if !starts_function(input) {
            return Ok(Item::Other(span, "this is not one"));
        }
        Ok(Item::Function(semicolon))
    }
}

/// Whether `fn` follows, with the modifiers that may stand before it.
pub(crate) fn starts_function(input: ParseStream<'_>) -> bool {
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

/// Refuses functions whose allocations cannot be judged rightly.
pub(crate) fn unsupported_forms(name: &str, function: &Function) -> Result<()> {
    // Without `..`: a new kind of function has to be thought about here.
    let Signature {
        constness: _,
        asyncness: _,
        safety: _,
        abi: _,
        fn_token: _,
        ident: _,
        generics: _,
        paren_token: _,
        inputs: _,
        variadic,
        output: _,
    } = &function.sig;
    if let Some(variadic) = variadic {
        return Err(Error::new(
            variadic.span(),
            format!("`#[{name}]` on a variadic function is not supported"),
        ));
    }
    if let Some(other) = blocks::another_of_ours(&function.attrs) {
        return Err(Error::new(
            other.span(),
            "a function has one budget, or is an exception; say it in one attribute",
        ));
    }
    if let Some(future) = returns::hidden_future(&function.sig.output) {
        let message = format!(
            "`#[{name}]` would judge the making of this future, not its work; put it on an `async fn`, or on a \
             function that gives `impl Future` or `Pin<Box<dyn Future>>`"
        );
        return Err(Error::new(future, message));
    }
    if made_by_tokio_test(function) {
        let message = format!(
            "`#[{name}]` below `#[tokio::test]` would judge the making of the runtime, too; put it above"
        );
        return Err(Error::new(function.sig.ident.span(), message));
    }
    let track_caller = on::is_tracked(&function.attrs);
    let by_value = function.sig.receiver().is_some_and(on::is_by_value);
    if let Some(format) = receiver::in_format(function.body.clone()).filter(|_| track_caller && by_value) {
        let message = format!(
            "`#[{name}]` with `#[track_caller]` and a by-value `self` has to rename `self`, \
             and cannot in a string; pass it as an argument: `\"{{}}\", self`"
        );
        return Err(Error::new(format.span(), message));
    }
    let gives_future = matches!(Returns::of(&function.sig), Returns::Future | Returns::BoxedFuture);
    if let Some(leaves) = leaves(function.body.clone()).filter(|_| track_caller && gives_future) {
        let message = format!(
            "`#[{name}]` with `#[track_caller]` on a function that gives a future has to see all ways out; \
             write an `if` with `else` in the place of `return`"
        );
        return Err(Error::new(leaves, message));
    }
    match function.attrs.iter().find_map(naked) {
        Some(naked) => Err(Error::new(
            naked.span(),
            format!("`#[{name}]` cannot judge a naked function: it is all assembly"),
        )),
        None => Ok(()),
    }
}

/// The first `return` that is not in an `async` block or in a function inside.
fn leaves(body: TokenStream) -> Option<Span> {
    let mut elsewhere = false;
    for token in body {
        match token {
            TokenTree::Ident(word) if word == "return" => return Some(word.span()),
            TokenTree::Ident(word) if word == "async" || word == "fn" => elsewhere = true,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && elsewhere => {
                elsewhere = false;
            }
            TokenTree::Group(group) => {
                if let Some(found) = leaves(group.stream()) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// `naked`, or the same in `unsafe(..)`.
fn naked(attr: &Attribute) -> Option<Path> {
    let is_unsafe = attr.path().get_ident().is_some_and(|word| word == "unsafe");
    let path = if is_unsafe { attr.parse_args().ok()? } else { attr.path().clone() };
    path.is_ident("naked").then_some(path)
}

/// Whether this is what `#[tokio::test]` makes of an `async fn`: it builds a runtime, with these words.
fn made_by_tokio_test(function: &Function) -> bool {
    fn says(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Literal(text) => text.to_string() == "\"Failed building the Runtime\"",
            TokenTree::Group(group) => says(group.stream()),
            _ => false,
        })
    }
    let is_test = |attr: &Attribute| attr.path().segments.last().is_some_and(|last| last.ident == "test");
    function.attrs.iter().any(is_test) && says(function.body.clone())
}
