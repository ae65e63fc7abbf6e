//! The attributes, derives and macros, given any arguments and items.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{DeriveInput, Expr, File, ImplItem, ImplItemFn, Item, TraitItem};

use super::bytes::Bytes;
use super::expansion::{flat, has_verbatim, have_places, is_still, judged, refusals, size, without_ours};
use super::items;
use crate::args::Which;
use crate::attribute::{Mode, allowed, budget};
use crate::{asserts, clone_from, growth, reuse, sizes};

/// What is deeper, or longer, would be syn's stack that is tried, and not what is here.
const DEEPEST: usize = 24;
const LONGEST: usize = 600;

/// What an attribute may stand on.
const ITEMS: [&str; 8] = [
    "fn f(a: &str, (b, c): (u8, Vec<u8>)) -> usize { a.len() + c.len() }",
    "pub async unsafe fn g<'a, T: Clone + 'a>(self: Box<Self>, mut t: T) -> Result<T, ()> { Ok(t) }",
    "impl<T> A<T> { const N: usize = 1; fn f(&self) {} #[cfg_attr(x, no_alloc)] pub fn g(mut self) -> T { self.0 } }",
    "mod m { fn f() {} impl A { fn g(&self) { h!() } } #[cfg(test)] mod tests { fn t() {} } }",
    "const fn c(n: usize) -> usize { n * 2 }",
    "fn h(&self) -> Pin<Box<dyn Future<Output = ()> + '_>> { Box::pin(async move { self.0 }) }",
    "struct S;",
    "#[track_caller] fn i(self) -> impl Iterator<Item = u8> { self.0.into_iter() }",
];

/// Arguments for any item: of `no_alloc`, of `alloc_budget` and of `alloc_allowed`.
const ARGS: [(usize, &str); 9] = [
    (0, ""),
    (0, "deallocations = 0"),
    (1, "2"),
    (1, "a.len() + 1, bytes = 4096, warmup = 1"),
    (1, "live_bytes = { self.n }, scope = process, crate = ::other"),
    (2, "\"grows once\""),
    (2, "\"grows once\", crate = crate::kit"),
    (1, "if a { 1_u64 } else { 2 }"),
    (0, "unknown = 1"),
];

/// Text as tokens; those that are no tokens, or too many, are nobody's.
fn tokens(text: &str) -> Option<TokenStream> {
    let tokens: TokenStream = text.parse().ok()?;
    let (depth, count) = size(&tokens);
    (depth <= DEEPEST && count <= LONGEST).then_some(tokens)
}

/// Any arguments, of what takes some, on items that are known.
pub(crate) fn args(input: &[u8]) {
    proc_macro2::extra::invalidate_current_thread_spans();
    let mut bytes = Bytes(input);
    let (which, item) = (bytes.below(9), bytes.pick(&ITEMS));
    let Some(args) = tokens(bytes.rest_as_text()) else { return };
    match which {
        0..3 => attribute(which, &args, &tokens(item).expect("tokens")),
        which => function_like(which, &args),
    }
}

/// Any item, as text, under an attribute or a derive whose arguments are known.
pub(crate) fn items(input: &[u8]) {
    proc_macro2::extra::invalidate_current_thread_spans();
    let mut bytes = Bytes(input);
    let how = bytes.below(ARGS.len() + 2);
    if let Some(item) = tokens(bytes.rest_as_text()) {
        on_item(how, &item);
    }
}

/// Functions, blocks and types of all forms, and of such as nearly are.
pub(crate) fn forms(input: &[u8]) {
    proc_macro2::extra::invalidate_current_thread_spans();
    let mut bytes = Bytes(input);
    let how = bytes.below(ARGS.len() + 2);
    let text =
        if how < ARGS.len() { items::function_or_block(&mut bytes) } else { items::type_item(&mut bytes) };
    if let Some(item) = tokens(&text) {
        on_item(how, &items::spoiled(item, &mut bytes));
    }
}

fn on_item(how: usize, item: &TokenStream) {
    // Something always stands there, and not only other attributes: without an item the compiler expands none of them.
    let is_of_attribute = |(index, token): (usize, TokenTree)| match token {
        TokenTree::Punct(hash) => index % 2 == 0 && hash.as_char() == '#',
        TokenTree::Group(group) => index % 2 == 1 && group.delimiter() == Delimiter::Bracket,
        _ => false,
    };
    if item.clone().into_iter().enumerate().all(is_of_attribute) {
        return;
    }
    match ARGS.get(how) {
        Some((which, args)) => attribute(*which, &tokens(args).expect("tokens"), item),
        None if how == ARGS.len() => derive(item, &clone_from::expand(item.clone())),
        None => derive(item, &reuse::expand(item.clone())),
    }
}

fn expand(which: usize, mode: Mode, args: &TokenStream, item: &TokenStream) -> TokenStream {
    match which {
        0 => budget(mode, Which::NoAlloc, args, item),
        1 => budget(mode, Which::AllocBudget, args, item),
        _ => allowed(mode, args, item),
    }
}

/// What has to be of an attribute with these arguments on this item, in all modes.
fn attribute(which: usize, args: &TokenStream, item: &TokenStream) {
    let [on, off, prove] = [Mode::On, Mode::Off, Mode::Prove].map(|mode| expand(which, mode, args, item));
    let count = item.clone().into_iter().count();
    let [was, is] = [item.clone(), off.clone().into_iter().take(count).collect()].map(flat);
    assert_eq!(was, is, "off mode gives the item as it came");
    let beside: TokenStream = off.clone().into_iter().skip(count).collect();
    let refused = refusals(beside.clone());
    if !refused.is_empty() {
        // What breaks off in the middle the compiler hands to nobody.
        if is_whole(item) {
            have_places(&refused);
        }
        assert_eq!([flat(on), flat(prove)], [flat(off.clone()), flat(off)], "all modes refuse the same");
        return;
    }
    let words = flat(beside);
    assert!(
        words.is_empty() || words.starts_with(&["#", "[", "cfg", "(", "test", ")", "]"].map(str::to_owned)),
        "{words:?}"
    );
    assert_eq!(words.is_empty(), which == 2, "what is not judged is said");

    if let Ok(function) = syn::parse2::<ImplItemFn>(item.clone()) {
        let late = refusals_inside(&on);
        if late.is_empty() {
            is_still(&function, on);
            let text = prove.to_string();
            syn::parse2::<ImplItemFn>(prove)
                .unwrap_or_else(|error| panic!("it does not parse: {error}\n{text}"));
        } else {
            assert!(late.iter().all(|message| message.contains("async_trait")), "{late:?}");
        }
    } else if let Ok(mut block @ (Item::Impl(_) | Item::Mod(_) | Item::Trait(_))) =
        syn::parse2::<Item>(item.clone())
    {
        let mut removed = 0;
        let without = without_ours(on.clone(), &mut removed);
        if !flat(item.clone()).iter().any(|word| word == "__private") {
            assert_eq!(flat(without), flat(item.clone()), "only attributes are put in");
            if !has_verbatim(&mut block) {
                assert_eq!(removed, judged(&block), "one for each function: {on}");
            }
        }
        let text = on.to_string();
        syn::parse2::<Item>(on).unwrap_or_else(|error| panic!("it does not parse: {error}\n{text}"));
    }
}

/// Whether something stands there in whole.
fn is_whole(item: &TokenStream) -> bool {
    syn::parse2::<Item>(item.clone()).is_ok()
        || syn::parse2::<ImplItem>(item.clone()).is_ok()
        || syn::parse2::<TraitItem>(item.clone()).is_ok()
}

/// Errors of ours in the middle of a body, where the item has none of its own.
fn refusals_inside(tokens: &TokenStream) -> Vec<String> {
    let mut found: Vec<String> =
        refusals(tokens.clone()).into_iter().map(|refusal| refusal.message).collect();
    for token in tokens.clone() {
        if let TokenTree::Group(group) = token {
            found.extend(refusals_inside(&group.stream()));
        }
    }
    found.retain(|message| message.contains("async_trait"));
    found
}

/// What has to be of a derive.
fn derive(item: &TokenStream, expanded: &TokenStream) {
    let refused = refusals(expanded.clone());
    have_places(&refused);
    let Ok(input) = syn::parse2::<DeriveInput>(item.clone()) else {
        assert!(!refused.is_empty(), "what is no type is refused");
        return;
    };
    let text = expanded.to_string();
    let file: File =
        syn::parse2(expanded.clone()).unwrap_or_else(|error| panic!("it does not parse: {error}\n{text}"));
    let impls: Vec<_> = file
        .items
        .iter()
        .filter_map(|item| if let Item::Impl(block) = item { Some(block) } else { None })
        .collect();
    let [block] = impls.as_slice() else { panic!("not one `impl`: {text}") };
    let name = flat(block.self_ty.to_token_stream()).first().cloned();
    assert_eq!(name, Some(input.ident.to_string()), "{text}");
    assert_eq!(file.items.len(), 1 + refused.len(), "{text}");
    assert_eq!(block.generics.params.len(), input.generics.params.len(), "{text}");
}

/// What has to be of a macro with these arguments.
fn function_like(which: usize, args: &TokenStream) {
    let input = quote!([::alloc_kit] #args);
    let by = |of: fn(TokenStream) -> TokenStream| of(input.clone());
    let [on, off, prove] = match which {
        3 => [
            by(|input| asserts::expand_allow(input, asserts::on)),
            by(|input| asserts::expand_allow(input, asserts::off)),
            by(|input| asserts::expand_allow(input, asserts::prove)),
        ],
        4 => [
            by(|input| asserts::expand(Which::NoAlloc, input, asserts::on)),
            by(|input| asserts::expand(Which::NoAlloc, input, asserts::off)),
            by(|input| asserts::expand(Which::NoAlloc, input, asserts::prove)),
        ],
        5 => [
            by(|input| asserts::expand(Which::AllocBudget, input, asserts::on)),
            by(|input| asserts::expand(Which::AllocBudget, input, asserts::off)),
            by(|input| asserts::expand(Which::AllocBudget, input, asserts::prove)),
        ],
        6 => [by(growth::on), by(growth::off), by(growth::off)],
        _ => [by(sizes::expand), by(sizes::expand), by(sizes::expand)],
    };
    let refused = refusals(on.clone());
    if !refused.is_empty() {
        have_places(&refused);
        assert_eq!([flat(on), flat(prove)], [flat(off.clone()), flat(off)], "all modes refuse the same");
        return;
    }
    // A `let` is read as an expression, and where it may not stand the compiler says so, in its place.
    if args.clone().into_iter().any(|token| matches!(token, TokenTree::Ident(word) if word == "let")) {
        return;
    }
    for expanded in [on, off, prove] {
        let text = expanded.to_string();
        let parsed = if which < 7 {
            syn::parse2::<Expr>(expanded).map(drop)
        } else {
            syn::parse2::<File>(expanded).map(drop)
        };
        parsed.unwrap_or_else(|error| panic!("it does not parse: {error}\n{text}"));
    }
}
