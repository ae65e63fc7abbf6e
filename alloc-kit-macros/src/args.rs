//! A budget as it is written: `n`, `key = expression`, or both.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Error, Expr, ExprGroup, ExprParen, ExprUnary, Ident, Lit, LitStr, Path, Result, Token, UnOp, bracketed,
};

use crate::wrap::check_reason;

/// The keys that limit a counted thing; each is a setter of `Limits`.
const KEYS: [&str; 5] = ["allocations", "bytes", "peak_bytes", "live_bytes", "deallocations"];
/// The other keys: calls that are not judged, whose allocations count, and where alloc-kit is.
const OTHERS: [&str; 3] = ["warmup", "scope", "crate"];

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
    /// Whether all threads count.
    pub(crate) process: bool,
    /// The path of alloc-kit, where it is not `::alloc_kit`.
    krate: Option<Path>,
}

impl Budget {
    /// What `no_alloc` says by itself.
    pub(crate) fn no_alloc() -> Self {
        let zero = syn::parse_quote!(0_u64);
        let limits = vec![(Ident::new("allocations", Span::call_site()), zero)];
        Self { limits, process: false, krate: None }
    }

    /// The path of what generated code uses.
    pub(crate) fn private(&self, span: Span) -> TokenStream {
        private(self.krate.as_ref(), span)
    }

    /// Each key with its limit as it was written, for the report.
    pub(crate) fn texts(&self) -> TokenStream {
        let texts = self.limits.iter().map(|(key, limit)| {
            let (key, limit) = (key.to_string(), limit.to_token_stream().to_string());
            // What `no_alloc` says by itself.
            let limit = if limit == "0_u64" { "0" } else { &limit };
            quote!((#key, #limit))
        });
        quote!(&[#(#texts),*])
    }

    /// Whether no allocation is what it says, in so many words: what can be looked at without running it.
    pub(crate) fn is_of_no_allocation(&self) -> bool {
        self.says_zero("allocations")
    }

    /// Likewise of frees.
    pub(crate) fn forbids_frees(&self) -> bool {
        self.says_zero("deallocations")
    }

    fn says_zero(&self, name: &str) -> bool {
        self.limits.iter().any(|(key, limit)| key == name && is_zero(limit))
    }

    /// An expression of type `Limits`.
    pub(crate) fn limits(&self, private: &TokenStream) -> TokenStream {
        let setters = self.limits.iter().map(|(key, limit)| {
            let span = limit.span();
            let limit = typed(limit);
            // The key keeps its name only: its place is in the attribute, where no method is.
            let key = Ident::new(&key.to_string(), Span::mixed_site());
            // Called by its path, so that a wrong type is said to be wrong where it stands.
            let at_limit = located_at(private, span);
            let limit = quote_spanned!(span=> #at_limit::Limit::limit(#limit));
            quote!(.#key(#limit))
        });
        let process = self.process.then(|| quote!(.process()));
        quote!(#private::Limits::NONE #(#setters)* #process)
    }
}

/// Tokens that see what they saw, at another place.
pub(crate) fn located_at(tokens: &TokenStream, place: Span) -> TokenStream {
    let moved = tokens.clone().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(place));
        token
    });
    moved.collect()
}

/// The path of what generated code uses, of alloc-kit under this name or its own.
pub(crate) fn private(krate: Option<&Path>, span: Span) -> TokenStream {
    let krate = krate.map_or_else(|| quote_spanned!(span=> ::alloc_kit), ToTokens::to_token_stream);
    quote_spanned!(span=> #krate::__private)
}

/// One argument: a bare number of allocations, or a key with its value.
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
            if input.is_empty() || input.peek(Token![,]) {
                return Err(Error::new(key.span(), format!("expected a value: `{key} = ..`")));
            }
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
            Which::AllocBudget => Err(Error::new(Span::call_site(), expected(which))),
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
                return Err(Error::new(input.span(), "expected an expression or a closure to judge"));
            }
            let arg: Arg = input.parse()?;
            if input.is_empty() {
                let body = match arg {
                    Arg::Bare(body) => body,
                    Arg::Keyed(_, limit) => {
                        let message = "expected an expression or a closure to judge after the budget";
                        return Err(Error::new(limit.span(), message));
                    }
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

/// `crate = [path]` first, then the reason of an exception, then the body.
pub(crate) struct Allowance {
    pub(crate) krate: TokenStream,
    pub(crate) reason: LitStr,
    pub(crate) body: Expr,
}

impl Parse for Allowance {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        const EXPECTED: &str = "expected the reason why it may allocate: `allow_alloc!(\"grows once\", ..)`";
        let krate;
        bracketed!(krate in input);
        let krate = krate.parse()?;
        let span = input.span();
        let reason: LitStr = input.parse().map_err(|_| Error::new(span, EXPECTED))?;
        check_reason(&reason)?;
        let comma: Option<Token![,]> = input.parse()?;
        if comma.is_none() || input.is_empty() {
            return Err(Error::new(span, "expected an expression or a closure after the reason"));
        }
        let body = input.parse()?;
        let _: Option<Token![,]> = input.parse()?;
        Ok(Self { krate, reason, body })
    }
}

/// Checks arguments and makes them a budget.
pub(crate) fn collect(which: Which, args: impl IntoIterator<Item = Arg>) -> Result<Budget> {
    let mut budget = match which {
        Which::NoAlloc => Budget::no_alloc(),
        Which::AllocBudget => Budget { limits: Vec::new(), process: false, krate: None },
    };
    let mut seen: Vec<Ident> = Vec::new();
    for arg in args {
        let (key, value) = match arg {
            Arg::Bare(limit) => (Ident::new("allocations", limit.span()), limit),
            Arg::Keyed(key, value) => (key, value),
        };
        let key = key.unraw();
        let name = key.to_string();
        if !KEYS.contains(&name.as_str()) && !OTHERS.contains(&name.as_str()) {
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
        if seen.contains(&key) {
            return Err(Error::new(key.span(), format!("duplicate `{key}` argument")));
        }
        match name.as_str() {
            "scope" => budget.process = scope(&value)?,
            "crate" => budget.krate = Some(krate(value)?),
            _ => {
                check_literal(&value)?;
                budget.limits.push((key.clone(), value));
            }
        }
        seen.push(key);
    }
    if let Some(peak) = seen.iter().find(|key| budget.process && *key == "peak_bytes") {
        return Err(Error::new(
            peak.span(),
            "`peak_bytes` is counted by each thread; not with `scope = process`",
        ));
    }
    if !budget.limits.iter().any(|(key, _)| *key != "warmup") {
        let span = seen.first().map_or_else(Span::call_site, Ident::span);
        return Err(Error::new(span, format!("this limits nothing; {}", expected(which))));
    }
    Ok(budget)
}

/// `thread` or `process`.
fn scope(value: &Expr) -> Result<bool> {
    match value {
        Expr::Path(path) if path.path.is_ident("thread") => Ok(false),
        Expr::Path(path) if path.path.is_ident("process") => Ok(true),
        _ => Err(Error::new(value.span(), "unknown scope; accepted: `thread`, `process`")),
    }
}

/// The value of `crate`.
pub(crate) fn krate(value: Expr) -> Result<Path> {
    match value {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path),
        _ => {
            Err(Error::new(value.span(), "expected the path of alloc-kit, as in `crate = ::my_name_for_it`"))
        }
    }
}

/// What a budget looks like, for messages.
fn expected(which: Which) -> String {
    format!("expected a budget: `#[alloc_budget(2)]`, or one or several of {}", limits(which))
}

/// The keys that limit something, for messages.
fn limits(which: Which) -> String {
    let keys = KEYS.iter().filter(|key| which == Which::AllocBudget || **key != "allocations");
    keys.map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// The keys that the attribute or macro takes, for messages.
fn accepted(which: Which) -> String {
    let others = OTHERS.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    format!("{}, {others}", limits(which))
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

/// Whether a limit is a literal 0.
fn is_zero(limit: &Expr) -> bool {
    match limit {
        Expr::Paren(ExprParen { expr, .. }) | Expr::Group(ExprGroup { expr, .. }) => is_zero(expr),
        Expr::Lit(literal) => {
            matches!(&literal.lit, Lit::Int(int) if int.base10_parse::<u64>().is_ok_and(|n| n == 0))
        }
        _ => false,
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
