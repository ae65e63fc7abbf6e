//! Renames `self` in a body, for what no closure can hold: with a by-value receiver, a body under `#[track_caller]`,
//! which must stay in the function itself to see its caller, and one that gives an `impl Trait`.

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};

/// The body with every `self` that is a value renamed. A method inside the body keeps its own.
///
/// What stands in a string (`"{self}"`) can't be reached: [`reject`](crate::reject) refuses it.
pub(crate) fn rename(body: TokenStream, name: &Ident) -> TokenStream {
    let mut tokens = body.into_iter().peekable();
    let mut renamed = TokenStream::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "impl" || ident == "trait" || ident == "use" => {
                let import = ident == "use";
                renamed.extend([TokenTree::Ident(ident)]);
                // Up to and with the item's braces or, of an import, its semicolon; `impl Trait` in a type ends at
                // whatever closes it.
                for token in tokens.by_ref() {
                    let ends = match &token {
                        TokenTree::Group(group) => !import && group.delimiter() == Delimiter::Brace,
                        TokenTree::Punct(punct) if import => punct.as_char() == ';',
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

/// A string that seems to name `self` as an argument of a format.
pub(crate) fn in_format(body: TokenStream) -> Option<Literal> {
    body.into_iter().find_map(|token| match token {
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            (text.contains("{self}") || text.contains("{self:")).then_some(literal)
        }
        TokenTree::Group(group) => in_format(group.stream()),
        _ => None,
    })
}
