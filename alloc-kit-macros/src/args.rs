//! A budget as it is written: `n`, `key = expression`, or both.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Error, Expr, ExprUnary, Ident, Lit, Result, Token, UnOp, bracketed};

/// The keys that limit a counted thing; each is a setter of `Limits`.
const KEYS: [&str; 5] = ["allocations", "bytes", "peak_bytes", "live_bytes", "deallocations"];
/// Keys with a meaning that later versions will give them.
const LATER: [&str; 3] = ["warmup", "scope", "crate"];

/// Which of the two a budget was written with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    NoAlloc,
    AllocBudget,
}

impl Which {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Which::NoAlloc => "no_alloc",
            Which::AllocBudget => "alloc_budget",
        }
    }
}

/// What a function or a block may use.
pub(crate) struct Budget {
    limits: Vec<(Ident, Expr)>,
}

impl Budget {
    /// What `no_alloc` says by itself.
    pub(crate) fn no_alloc() -> Self {
        let zero = syn::parse_quote!(0_u64);
        Self { limits: vec![(Ident::new("allocations", Span::call_site()), zero)] }
    }

    /// An expression of type `Limits`.
    pub(crate) fn limits(&self, private: &TokenStream) -> TokenStream {
        let setters = self.limits.iter().map(|(key, limit)| {
            let limit = typed(limit);
            // The key keeps its name only: its place is in the attribute, where no method is.
            let key = Ident::new(&key.to_string(), Span::mixed_site());
            quote!(.#key(#limit))
        });
        quote!(#private::Limits::NONE #(#setters)*)
    }

    fn add(&mut self, key: Ident, limit: Expr) -> Result<()> {
        if self.limits.iter().any(|(known, _)| *known == key) {
            return Err(Error::new(key.span(), format!("duplicate `{key}` argument")));
        }
        check_literal(&limit)?;
        self.limits.push((key, limit));
        Ok(())
    }
}

/// One argument: a bare number of allocations, or a key with its limit.
pub(crate) enum Arg {
    Bare(Expr),
    Keyed(Ident, Expr),
}

impl Parse for Arg {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        // `peek` instead of a fork: `n == m` is an expression, `n = m` is a key.
        if input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let key = input.call(Ident::parse_any)?;
            input.parse::<Token![=]>()?;
            return Ok(Arg::Keyed(key, input.parse()?));
        }
        Ok(Arg::Bare(input.parse()?))
    }
}

/// The arguments of an attribute.
pub(crate) fn parse_attribute(which: Which, args: TokenStream) -> Result<Budget> {
    if args.is_empty() {
        return match which {
            Which::NoAlloc => Ok(Budget::no_alloc()),
            Which::AllocBudget => Err(Error::new(
                Span::call_site(),
                format!("expected a budget: `#[alloc_budget(2)]`, or one or several of {}", accepted(which)),
            )),
        };
    }
    let parser = Punctuated::<Arg, Token![,]>::parse_terminated;
    collect(which, syn::parse::Parser::parse2(parser, args)?)
}

/// `crate = [path]` first, then arguments as long as they are keys or more than one follows: the rest is the body.
pub(crate) struct Assertion {
    pub(crate) krate: TokenStream,
    pub(crate) args: Vec<Arg>,
    pub(crate) body: Expr,
}

impl Parse for Assertion {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let krate;
        bracketed!(krate in input);
        let krate = krate.parse()?;
        let mut args = Vec::new();
        loop {
            if input.is_empty() {
                return Err(input.error("expected an expression or a closure to judge"));
            }
            let arg: Arg = input.parse()?;
            if input.is_empty() {
                let Arg::Bare(body) = arg else {
                    return Err(input.error("expected an expression or a closure to judge after the budget"));
                };
                return Ok(Self { krate, args, body });
            }
            input.parse::<Token![,]>()?;
            match arg {
                // A trailing comma ends the body.
                Arg::Bare(body) if input.is_empty() => return Ok(Self { krate, args, body }),
                arg => args.push(arg),
            }
        }
    }
}

/// Checks arguments and makes them a budget.
pub(crate) fn collect(which: Which, args: impl IntoIterator<Item = Arg>) -> Result<Budget> {
    let mut budget = match which {
        Which::NoAlloc => Budget::no_alloc(),
        Which::AllocBudget => Budget { limits: Vec::new() },
    };
    for arg in args {
        let (key, limit) = match arg {
            Arg::Bare(limit) => (Ident::new("allocations", limit.span()), limit),
            Arg::Keyed(key, limit) => (key, limit),
        };
        let name = key.unraw().to_string();
        if LATER.contains(&name.as_str()) {
            return Err(Error::new(key.span(), format!("`{name}` is not supported yet")));
        }
        if !KEYS.contains(&name.as_str()) {
            return Err(Error::new(
                key.span(),
                format!("unknown key `{name}`; accepted: {}", accepted(which)),
            ));
        }
        if which == Which::NoAlloc && name == "allocations" {
            return Err(Error::new(
                key.span(),
                "`no_alloc` is a budget of 0 allocations; a higher one is written `alloc_budget(n)`",
            ));
        }
        budget.add(key, limit)?;
    }
    Ok(budget)
}

/// The keys that the attribute or macro takes, for messages.
fn accepted(which: Which) -> String {
    let keys = KEYS.iter().filter(|key| which == Which::AllocBudget || **key != "allocations");
    keys.map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// Refuses what no unsigned integer can be, where that is plain to see.
fn check_literal(limit: &Expr) -> Result<()> {
    match limit {
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), .. }) => {
            Err(Error::new(limit.span(), "a budget cannot be negative"))
        }
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(int) if !["", "u8", "u16", "u32", "u64", "u128", "usize"].contains(&int.suffix()) => {
                Err(Error::new(limit.span(), format!("a budget is unsigned, not `{}`", int.suffix())))
            }
            Lit::Int(int) if int.base10_parse::<u64>().is_err() => {
                Err(Error::new(limit.span(), "a budget above `u64::MAX` limits nothing"))
            }
            Lit::Int(_) => Ok(()),
            _ => {
                Err(Error::new(limit.span(), "expected an unsigned integer, or an expression that gives one"))
            }
        },
        _ => Ok(()),
    }
}

/// The limit with a type, where it is made of literals alone and would fall back to `i32`.
fn typed(limit: &Expr) -> TokenStream {
    let mut literals = Literals { only: true, suffixed: false };
    literals.visit_expr_mut(&mut limit.clone());
    if literals.only && !literals.suffixed {
        quote_spanned!(limit.span()=> {
            const __ALLOC_KIT_LIMIT: ::core::primitive::u64 = #limit;
            __ALLOC_KIT_LIMIT
        })
    } else {
        limit.to_token_stream()
    }
}

/// Whether an expression is made of integer literals and operators only.
struct Literals {
    only: bool,
    suffixed: bool,
}

impl VisitMut for Literals {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Int(int) => self.suffixed |= !int.suffix().is_empty(),
                _ => self.only = false,
            },
            Expr::Binary(_) | Expr::Paren(_) | Expr::Group(_) => visit_mut::visit_expr_mut(self, expr),
            _ => self.only = false,
        }
    }
}
