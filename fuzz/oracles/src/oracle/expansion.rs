//! What is asked of an expansion: an error that has a place, and the item as it came; or code that parses, and still is the
//! function that was written.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, FnArg, ImplItem, ImplItemFn, Item, Signature, TraitItem};

/// The tokens, flat, as texts: where two are joined that matters, and where they stand does not.
pub(crate) fn flat(tokens: TokenStream) -> Vec<String> {
    fn write(tokens: TokenStream, out: &mut Vec<String>) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    out.push(open.to_owned());
                    write(group.stream(), out);
                    out.push(close.to_owned());
                }
                TokenTree::Punct(sign) => {
                    let joint = if sign.spacing() == Spacing::Joint { "+" } else { "" };
                    out.push(format!("{}{joint}", sign.as_char()));
                }
                word => out.push(word.to_string()),
            }
        }
    }
    let mut out = Vec::new();
    write(tokens, &mut out);
    out
}

/// An error among tokens: what it says, and whether it has a place.
pub(crate) struct Refusal {
    pub(crate) message: String,
    has_place: bool,
}

/// Whether a span is of something that was written. Only its `Debug` says so with `--cfg fuzzing`, too, which cargo-fuzz sets.
fn has_place(span: Span) -> bool {
    format!("{span:?}") != "bytes(0..0)"
}

/// The errors that tokens begin with: `::core::compile_error! { ".." }`.
pub(crate) fn refusals(tokens: TokenStream) -> Vec<Refusal> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut rest = tokens.as_slice();
    while let [
        _,
        _,
        TokenTree::Ident(core),
        _,
        _,
        TokenTree::Ident(name),
        _,
        TokenTree::Group(text),
        after @ ..,
    ] = rest
    {
        if core != "core" || name != "compile_error" {
            break;
        }
        let literal = syn::parse2::<syn::LitStr>(text.stream()).expect("a text");
        let has_place = rest[..8].iter().any(|token| has_place(token.span()));
        found.push(Refusal { message: literal.value(), has_place });
        rest = after;
    }
    found
}

/// An error has a place in what was written, unless it is about what is missing there: then it is at the attribute or macro.
pub(crate) fn have_places(refusals: &[Refusal]) {
    const MISSING: [&str; 8] = [
        "unexpected end of input",
        "expected a budget: `#[alloc_budget(2)]`",
        "expected the reason why it may allocate",
        "expected an expression or a closure to judge",
        "expected what allocations may grow like",
        "expected a type and its size in bytes",
        "expected square brackets",
        "cannot parse",
    ];
    for Refusal { message, has_place } in refusals {
        // syn's, of a token that is missing at the very end: "expected `,`".
        let token = message.strip_prefix("expected `").and_then(|rest| rest.strip_suffix('`'));
        let is_of_missing = token.is_some_and(|token| !token.contains(['`', ' ']))
            || MISSING.iter().any(|missing| message.starts_with(missing));
        assert!(*has_place || is_of_missing, "an error without a place: {message}");
        assert!(!message.trim().is_empty());
    }
}

/// The function that was written is still there, in what it became in on mode.
pub(crate) fn is_still(written: &ImplItemFn, became: TokenStream) {
    let text = became.to_string();
    let became: ImplItemFn =
        syn::parse2(became).unwrap_or_else(|error| panic!("it does not parse: {error}\n{text}"));
    let [mut was, mut is] = [written, &became].map(|function| function.sig.clone());
    assert_eq!(was.inputs.len(), is.inputs.len(), "{text}");
    for (was, is) in was.inputs.iter().zip(&is.inputs) {
        match (was, is) {
            (FnArg::Typed(was), FnArg::Typed(is)) => assert_eq!(was.ty, is.ty, "{text}"),
            (FnArg::Receiver(was), FnArg::Receiver(is)) => {
                assert_eq!((&was.kind, &was.attrs), (&is.kind, &is.attrs), "{text}");
            }
            _ => panic!("another parameter: {text}"),
        }
    }
    let bare = |sig: &mut Signature| sig.inputs.clear();
    bare(&mut was);
    bare(&mut is);
    assert_eq!(flat(was.to_token_stream()), flat(is.to_token_stream()), "{text}");
    let outer = |function: &ImplItemFn| {
        let vis = function.vis.to_token_stream().to_string();
        (vis, function.modifiers.defaultness.to_token_stream().to_string(), function.attrs.len())
    };
    assert_eq!(outer(written), outer(&became), "{text}");
}

/// What a block became without the attributes that were put in; and how many those are.
pub(crate) fn without_ours(tokens: TokenStream, removed: &mut usize) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_sign = matches!(&token, TokenTree::Punct(sign) if sign.as_char() == '#');
        let is_ours = matches!(tokens.peek(), Some(TokenTree::Group(group))
            if group.delimiter() == Delimiter::Bracket && flat(group.stream()).iter().any(|word| word == "__private"));
        if is_sign && is_ours {
            tokens.next();
            *removed += 1;
            continue;
        }
        out.extend([match token {
            TokenTree::Group(group) => TokenTree::Group(proc_macro2::Group::new(
                group.delimiter(),
                without_ours(group.stream(), removed),
            )),
            token => token,
        }]);
    }
    out
}

/// How many functions of a block are to be judged: by the rules of `blocks.rs`, on syn's tree.
pub(crate) fn judged(block: &Item) -> usize {
    struct Functions(usize);
    impl Functions {
        fn function(&mut self, attrs: &[Attribute], has_body: bool) {
            self.0 += usize::from(has_body && !is_left_out(attrs));
        }
        fn inside(&mut self, item: &Item) {
            match item {
                Item::Impl(block) => block.items.iter().for_each(|item| {
                    if let ImplItem::Fn(function) = item {
                        self.function(&function.attrs, true);
                    }
                }),
                Item::Trait(block) => block.items.iter().for_each(|item| {
                    if let TraitItem::Fn(function) = item {
                        self.function(&function.attrs, function.default.is_some());
                    }
                }),
                Item::Mod(block) => {
                    block.content.iter().flat_map(|(_, items)| items).for_each(|item| match item {
                        Item::Fn(function) => self.function(&function.attrs, true),
                        Item::Impl(inner) if is_left_out(&inner.attrs) => {}
                        Item::Trait(inner) if is_left_out(&inner.attrs) => {}
                        Item::Mod(inner) if is_left_out(&inner.attrs) => {}
                        item => self.inside(item),
                    });
                }
                _ => {}
            }
        }
    }
    let mut functions = Functions(0);
    functions.inside(block);
    functions.0
}

fn is_left_out(attrs: &[Attribute]) -> bool {
    // What stands at the top of what is inside is no attribute of the item's that goes before it.
    attrs.iter().filter(|attr| matches!(attr.style, syn::AttrStyle::Outer)).any(|attr| {
        let last = attr.path().segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let only_tests = flat(attr.meta.to_token_stream()) == ["cfg", "(", "test", ")"];
        only_tests || ["test", "no_alloc", "alloc_budget", "alloc_allowed"].contains(&&*last)
    })
}

/// How deep the tokens are, and how many.
pub(crate) fn size(tokens: &TokenStream) -> (usize, usize) {
    let (mut depth, mut count) = (0, 0);
    for token in tokens.clone() {
        count += 1;
        if let TokenTree::Group(group) = token {
            let (inner_depth, inner_count) = size(&group.stream());
            depth = depth.max(inner_depth + 1);
            count += inner_count;
        }
    }
    (depth, count)
}

/// Whether something is in there that syn keeps as it is and does not look into, so that who parses it again may not.
pub(crate) fn has_verbatim(item: &mut Item) -> bool {
    struct Find(bool);
    impl VisitMut for Find {
        fn visit_token_stream_mut(&mut self, _: &mut TokenStream) {}
        fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
            self.0 |= matches!(expr, syn::Expr::Verbatim(_));
            visit_mut::visit_expr_mut(self, expr);
        }
        fn visit_item_mut(&mut self, item: &mut Item) {
            self.0 |= matches!(item, Item::Verbatim(_));
            visit_mut::visit_item_mut(self, item);
        }
        fn visit_trait_item_mut(&mut self, item: &mut TraitItem) {
            self.0 |= matches!(item, TraitItem::Verbatim(_));
            visit_mut::visit_trait_item_mut(self, item);
        }
        fn visit_impl_item_mut(&mut self, item: &mut ImplItem) {
            self.0 |= matches!(item, ImplItem::Verbatim(_));
            visit_mut::visit_impl_item_mut(self, item);
        }
    }
    let mut find = Find(false);
    find.visit_item_mut(item);
    find.0
}
