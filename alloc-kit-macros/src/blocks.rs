//! `impl` blocks and inline modules: the attribute goes on to each function inside, which then is its own.
//!
//! Left as they are: functions with an attribute of ours, which says something else; tests, and modules that are only
//! compiled for them. What a macro inside makes can't be seen.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::buffer::Cursor;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, ImplItem, Item, Meta, Result, Token, TraitItem, Visibility};

use crate::item::Function;
use crate::reject;

/// The attributes of ours that a function inside may have.
const OURS: [&str; 3] = ["no_alloc", "alloc_budget", "alloc_allowed"];

/// What is done with each function: the inside of its attribute, at the place of the function's name; none in off mode.
pub(crate) struct Spread<'a> {
    pub(crate) name: &'a str,
    pub(crate) attribute: &'a dyn Fn(Span) -> Option<TokenStream>,
}

/// Which items a block has.
#[derive(Clone, Copy)]
enum Of {
    Impl,
    Trait,
    Module,
}

impl Spread<'_> {
    /// The block with the attribute on each function.
    pub(crate) fn block(&self, block: &TokenStream) -> Result<TokenStream> {
        let mut found = 0;
        let of = |input: ParseStream<'_>| {
            let _ = input.call(Attribute::parse_outer)?;
            let _ = input.parse::<Visibility>()?;
            let of = if input.peek(Token![mod]) { Of::Module } else { Of::Impl };
            let _: TokenStream = input.parse()?;
            Ok(of)
        };
        let spread = self.inside(of.parse2(block.clone())?, block.clone(), &mut found)?;
        if found == 0 {
            let first = block.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
            return Err(Error::new(
                first,
                format!("there is no function in here for `#[{}]` to judge", self.name),
            ));
        }
        Ok(spread)
    }

    /// An item that ends in braces, with what is inside of them spread.
    fn inside(&self, of: Of, item: TokenStream, found: &mut usize) -> Result<TokenStream> {
        let mut tokens: Vec<TokenTree> = item.into_iter().collect();
        if let Some(TokenTree::Group(group)) = tokens.pop() {
            let items = |input: ParseStream<'_>| self.items(of, input, found);
            let mut inside = Group::new(Delimiter::Brace, items.parse2(group.stream())?);
            inside.set_span(group.span());
            tokens.push(inside.into());
        }
        Ok(tokens.into_iter().collect())
    }

    fn items(&self, of: Of, input: ParseStream<'_>, found: &mut usize) -> Result<TokenStream> {
        let mut out = TokenStream::new();
        // `#![..]` at the top of a module.
        while input.peek(Token![#]) && input.peek2(Token![!]) {
            out.extend([input.parse::<TokenTree>()?, input.parse()?, input.parse()?]);
        }
        while !input.is_empty() {
            let ahead = input.fork();
            let attrs = ahead.call(Attribute::parse_outer)?;
            let _ = ahead.parse::<Visibility>()?;
            let is_function = reject::starts_function(&ahead);
            let begin = input.cursor();
            if is_function && ahead.fork().parse::<Function>().is_ok() {
                let function: Function = input.parse()?;
                let item = between(begin, input.cursor());
                *found += 1;
                if !is_left_out(&attrs) {
                    reject::unsupported_forms(self.name, &function)?;
                    let span = function.sig.ident.span();
                    let unless = of_its_own_if(&attrs);
                    out.extend((self.attribute)(span).map(|ours| {
                        let conditional = unless.as_ref().map(|unless| quote!(cfg_attr(not(#unless), #ours)));
                        let ours = conditional.unwrap_or(ours);
                        quote_spanned!(span=> #[#ours])
                    }));
                }
                out.extend(item);
                continue;
            }
            let has_functions = match of {
                Of::Impl => input.parse::<ImplItem>().map(|_| None)?,
                Of::Trait => input.parse::<TraitItem>().map(|_| None)?,
                Of::Module => match input.parse::<Item>()? {
                    Item::Impl(_) => Some(Of::Impl),
                    Item::Trait(_) => Some(Of::Trait),
                    Item::Mod(inner) if inner.content.is_some() => Some(Of::Module),
                    _ => None,
                },
            };
            let item = between(begin, input.cursor());
            match has_functions.filter(|_| !is_left_out(&attrs)) {
                Some(of) => out.extend(self.inside(of, item, found)?),
                None => out.extend(item),
            }
        }
        Ok(out)
    }
}

/// The tokens from one place to another.
fn between(mut begin: Cursor<'_>, end: Cursor<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    while begin != end {
        let Some((token, next)) = begin.token_tree() else { break };
        tokens.extend([token]);
        begin = next;
    }
    tokens
}

fn is_left_out(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let last = attr.path().segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let only_tests =
            last == "cfg" && attr.meta.to_token_stream().to_string().replace(' ', "") == "cfg(test)";
        only_tests || last == "test" || OURS.contains(&last.as_str())
    })
}

/// Under which condition a function has an attribute of ours by `cfg_attr`.
fn of_its_own_if(attrs: &[Attribute]) -> Option<TokenStream> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg_attr")).find_map(|attr| {
        let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
        let metas = attr.parse_args_with(parse).ok()?;
        let (condition, attributes) = (metas.first()?, metas.iter().skip(1));
        let mut names = attributes.filter_map(|meta| meta.path().segments.last());
        names.any(|last| OURS.iter().any(|ours| last.ident == ours)).then(|| condition.to_token_stream())
    })
}

/// In off mode nothing is put anywhere.
pub(crate) fn nothing(_: Span) -> Option<TokenStream> {
    None
}

/// The first attribute of ours that a function has left.
pub(crate) fn another_of_ours(attrs: &[Attribute]) -> Option<&Attribute> {
    attrs.iter().find(|attr| {
        let mut segments = attr.path().segments.iter().rev();
        segments.next().is_some_and(|last| OURS.iter().any(|ours| last.ident == ours))
    })
}
