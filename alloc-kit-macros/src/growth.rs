//! `assert_growth!`: claims of growth, sizes, and the closures that are to be measured.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, ExprGroup, ExprParen, Ident, Result, Token, bracketed};

use crate::off::in_tests_fix;

/// The figures that a class can be claimed of; each is a constructor of `Claim`.
const KEYS: [&str; 5] = ["allocations", "bytes", "peak_bytes", "live_bytes", "deallocations"];
/// What is accepted as a class, for messages.
const CLASSES: &str = "`O(1)`, `O(log n)`, `O(n)` or `O(n log n)`";

/// What stands between the parentheses of the macro.
struct Growth {
    krate: TokenStream,
    /// A key, and the name of its class.
    claims: Vec<(Ident, Ident)>,
    sizes: Option<Expr>,
    set_up: Option<Expr>,
    work: Expr,
}

impl Parse for Growth {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let krate;
        bracketed!(krate in input);
        let krate = krate.parse()?;
        let (mut claims, mut sizes) = (Vec::new(), None);
        while is_keyed(input) || is_class(input) {
            let key = if is_keyed(input) {
                let key = input.call(Ident::parse_any)?;
                input.parse::<Token![=]>()?;
                key
            } else {
                Ident::new("allocations", input.span())
            };
            let name = key.unraw().to_string();
            let duplicate = Error::new(key.span(), format!("duplicate `{name}` argument"));
            if name == "sizes" {
                if sizes.replace(input.parse()?).is_some() {
                    return Err(duplicate);
                }
            } else if !KEYS.contains(&name.as_str()) {
                return Err(Error::new(
                    key.span(),
                    format!("unknown key `{name}`; accepted: {}", accepted()),
                ));
            } else if claims.iter().any(|(known, _): &(Ident, Ident)| *known == name) {
                return Err(duplicate);
            } else {
                // The key keeps its name only: its place is the user's, where no function is.
                claims.push((Ident::new(&name, Span::mixed_site()), class(input)?));
            }
            if input.is_empty() {
                break;
            }
            input.parse::<Token![,]>()?;
        }
        if claims.is_empty() {
            return Err(input.error(format!("expected what allocations may grow like: {CLASSES}")));
        }
        let mut closures = Vec::new();
        while !input.is_empty() {
            if !closures.is_empty() && (is_keyed(input) || is_class(input)) {
                return Err(input.error("this belongs before the closure"));
            }
            closures.push(closure(input.parse()?, closures.is_empty())?);
            if closures.len() == 3 {
                let message =
                    "expected one closure, or two: the first makes the input, the second is measured";
                return Err(Error::new_spanned(&closures[2], message));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let Some(work) = closures.pop() else {
            return Err(input.error("expected a closure to measure: `|n| work(n)`"));
        };
        Ok(Self { krate, claims, sizes, set_up: closures.pop(), work })
    }
}

/// Whether `key =` follows.
fn is_keyed(input: ParseStream<'_>) -> bool {
    input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==])
}

/// Whether something follows that is meant as a class.
fn is_class(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.parse::<Ident>().is_ok_and(|name| name == "O") && ahead.peek(syn::token::Paren)
}

/// The name of the class that is written there.
fn class(input: ParseStream<'_>) -> Result<Ident> {
    let refused = |tokens: TokenStream| Error::new_spanned(tokens, format!("expected {CLASSES}"));
    if !is_class(input) {
        return Err(match input.parse::<TokenTree>() {
            Ok(token) => refused(token.into()),
            Err(_) => input.error(format!("expected {CLASSES}")),
        });
    }
    let name: TokenTree = input.parse()?;
    let group: Group = input.parse()?;
    let mut function = String::new();
    write(group.stream(), &mut function);
    let class = match function.as_str() {
        "1" => "Constant",
        "logn" | "log(n)" => "Logarithmic",
        "n" => "Linear",
        "nlogn" | "nlog(n)" | "n*logn" | "n*log(n)" => "Linearithmic",
        _ => return Err(refused([name, group.into()].into_iter().collect())),
    };
    Ok(Ident::new(class, Span::mixed_site()))
}

/// The tokens without spaces.
fn write(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => write(group.stream(), text),
            token => text.extend(token.to_string().split_whitespace()),
        }
    }
}

/// A closure of one parameter, or the name of a function. What is not done by the time it returns is refused, and so
/// is what is no closure.
fn closure(mut expr: Expr, is_first: bool) -> Result<Expr> {
    while let Expr::Paren(ExprParen { expr: inner, .. }) | Expr::Group(ExprGroup { expr: inner, .. }) = expr {
        expr = *inner;
    }
    let refuse = |tokens: &dyn ToTokens, message| Err(Error::new_spanned(tokens.to_token_stream(), message));
    let Expr::Closure(closure) = &expr else {
        return match expr {
            Expr::Path(_) => Ok(expr),
            _ => refuse(&expr, "expected a closure of one parameter: `|n| work(n)`"),
        };
    };
    if let Some(asyncness) = &closure.asyncness {
        return refuse(asyncness, "an `async` closure is not supported yet");
    }
    if let Expr::Async(block) = &*closure.body {
        return refuse(&block.async_token, "an `async` block is not supported yet");
    }
    if closure.inputs.len() != 1 {
        let message = if is_first {
            "expected a closure of one parameter, the size: `|n| work(n)`"
        } else {
            "expected a closure of one parameter, what the first one made: `|input| work(&input)`"
        };
        return refuse(&expr, message);
    }
    Ok(expr)
}

/// The keys, for messages.
fn accepted() -> String {
    KEYS.iter().chain(&["sizes"]).map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// Parses `[$crate] claims, closures`, and expands it.
fn expand(input: TokenStream, expand: fn(&Growth) -> TokenStream) -> TokenStream {
    match syn::parse2::<Growth>(input) {
        Ok(growth) => expand(&growth),
        Err(error) => error.to_compile_error(),
    }
}

/// The call that measures and judges.
pub(crate) fn on(input: TokenStream) -> TokenStream {
    expand(input, |Growth { krate, claims, sizes, set_up, work }| {
        let private = quote!(#krate::__private);
        let claims = claims.iter().map(|(key, class)| quote!(#private::Claim::#key(#private::Class::#class)));
        let sizes = sizes.as_ref().map_or_else(|| quote!(#private::SIZES), ToTokens::to_token_stream);
        let set_up = set_up.as_ref().map_or_else(
            || quote!(::core::convert::identity::<::core::primitive::usize>),
            ToTokens::to_token_stream,
        );
        quote!({
            // `|n| work(n)` is how it is written.
            #[allow(clippy::redundant_closure)]
            let () = #private::assert_growth(&[#(#claims),*], #sizes, #set_up, #work);
        })
    })
}

/// An error, in tests and anywhere else: unlike an expression, an assertion by itself has nothing to give.
pub(crate) fn off(input: TokenStream) -> TokenStream {
    expand(input, |_| {
        let message = format!("`assert_growth!` measures nothing here: {}", in_tests_fix());
        quote!({
            ::core::compile_error! { #message }
        })
    })
}
