//! Renames `self` in a body, for the one form that no closure can hold: a by-value receiver under
//! `#[track_caller]`, whose body must stay in the function itself to see its caller.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};

/// The body with every `self` that is a value renamed. A method inside the body keeps its own.
///
/// What stands in a string (`"{self}"`) can't be reached: it is a compile error, the value having moved.
pub(crate) fn rename(body: TokenStream, name: &Ident) -> TokenStream {
    let mut tokens = body.into_iter().peekable();
    let mut renamed = TokenStream::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "impl" || ident == "trait" => {
                renamed.extend([TokenTree::Ident(ident)]);
                // Up to and with the item's braces; `impl Trait` in a type ends at whatever closes it.
                for token in tokens.by_ref() {
                    let ends = match &token {
                        TokenTree::Group(group) => group.delimiter() == proc_macro2::Delimiter::Brace,
                        TokenTree::Punct(punct) => matches!(punct.as_char(), ';' | ',' | '='),
                        _ => false,
                    };
                    renamed.extend([token]);
                    if ends {
                        break;
                    }
                }
            }
            TokenTree::Ident(ident) if ident == "self" => {
                let is_path = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
                let ident = if is_path { ident } else { Ident::new(&name.to_string(), name.span()) };
                renamed.extend([TokenTree::Ident(ident)]);
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), rename(group.stream(), name));
                inner.set_span(group.span());
                renamed.extend([TokenTree::Group(inner)]);
            }
            token => renamed.extend([token]),
        }
    }
    renamed
}
