//! Items that an input chooses the parts of: functions of all forms, `impl` blocks, modules and types, and what is nearly one.

use proc_macro2::{Group, TokenStream, TokenTree};

use super::bytes::Bytes;

const NAMES: [&str; 8] = ["f", "r#match", "_g", "h2", "\u{e9}t\u{e9}", "default", "self_", "union"];
const LIFETIMES: [&str; 4] = ["'a", "'b", "'_", "'async_trait"];
const VIS: [&str; 6] = ["", "", "pub", "pub(crate)", "pub(in crate::a)", "crate"];
const ATTRIBUTES: [&str; 20] = [
    "#[inline]",
    "/// Says.",
    "#[must_use]",
    "#[track_caller]",
    "#[track_caller]",
    "#[expect(unused)]",
    "#[cfg(test)]",
    "#[test]",
    "#[cfg_attr(x, no_alloc)]",
    "#[cfg_attr(all(x, y), alloc_kit::alloc_budget(2), inline)]",
    "#[alloc_budget(1)]",
    "#[tokio::test]",
    "#[allow(clippy::all)]",
    "#[doc = \"a\"]",
    "#[unsafe(no_mangle)]",
    "#[unsafe(naked)]",
    "#[cfg(not(test))]",
    "#[a::b::c = 1]",
    "#[cfg_attr(x, cfg_attr(y, no_alloc))]",
    "#[no_mangle]",
];
const TYPES: [&str; 26] = [
    "u8",
    "&'a str",
    "&mut T",
    "Vec<T>",
    "impl Fn(&u8) -> T",
    "(u8, T)",
    "[T; N]",
    "Box<dyn Future<Output = T> + 'a>",
    "!",
    "Pin<Box<dyn Future<Output = T> + Send + 'a>>",
    "impl Future<Output = u8>",
    "impl Iterator<Item = &'a u8> + 'a",
    "core::pin::Pin<Box<dyn core::future::Future<Output = ()> + 'async_trait>>",
    "BoxFuture<'a, T>",
    "Result<impl Sized, ()>",
    "Option<fn(u8) -> u8>",
    "for<'b> fn(&'b T) -> &'b u8",
    "*const T",
    "<T as Trait>::Item",
    "Self",
    "_",
    "(impl Future)",
    "impl FusedFuture<Output = ()>",
    "impl for<'b> Fn(&'b u8) -> Box<dyn Future>",
    "[u8]",
    "m!(u8)",
];
const PATTERNS: [&str; 18] = [
    "a",
    "mut b",
    "_c",
    "_",
    "(d, e)",
    "&f",
    "ref g",
    "S { h, .. }",
    "[i, .., j]",
    "k @ _",
    "mut l @ 1",
    "(_, mut m)",
    "&mut n",
    "T(o, ..)",
    "()",
    "r#type",
    "S { p: (q, _), ref mut r }",
    "1..=9",
];
const RECEIVERS: [&str; 14] = [
    "self",
    "mut self",
    "&self",
    "&mut self",
    "&'a self",
    "self: Box<Self>",
    "mut self: Rc<Self>",
    "self: Pin<&mut Self>",
    "self: &Self",
    "self: &'a mut Self",
    "self: std::pin::Pin<&Self>",
    "#[cfg(x)] &self",
    "self: Self",
    "mut self: &Self",
];
const STATEMENTS: [&str; 32] = [
    "self.a.push(1);",
    "return;",
    "return x;",
    "let a = 1;",
    "format!(\"{self}\");",
    "println!(\"{self:?}\", self);",
    "loop { break }",
    "async move { self.b.await; return 1 }.await;",
    "fn inner(&self) { self.c }",
    "impl S { fn d(self) -> Self { self } }",
    "use self::e::f;",
    "let g = |h| self.i(h);",
    "if let Some(j) = self { j } else { return }",
    "'k: while true { continue 'k }",
    "Box::pin(async move { 1 })",
    "Box::pin(async { return self })",
    "unsafe { l() };",
    "match self { Self::M => {} _ => {} }",
    "static N: u8 = 0;",
    "macro_rules! o { () => { self } }",
    "p!(self, self::q);",
    "#![allow(unused)]",
    "let r = &raw const s;",
    "self::t();",
    "const { 1 }",
    "t?;",
    "let Some(u) = v else { return };",
    "(async || self)()",
    "trait W { fn x(self); }",
    "std::future::ready(self)",
    "0",
    "Box::pin((async move { Self::y(self) }))",
];
const BOUNDS: [&str; 10] = [
    "",
    ": Clone",
    ": 'a + Trait<'a, u8>",
    ": ?Sized",
    ": for<'b> Fn(&'b u8)",
    ": Into<T>",
    " = u8",
    ": Sized = u8",
    ": Future",
    ": const Clone",
];

/// A function, an `impl`, a trait or a module.
pub(crate) fn function_or_block(bytes: &mut Bytes<'_>) -> String {
    match bytes.below(6) {
        4 => block(bytes, 0),
        5 => {
            let vis = bytes.pick(&VIS);
            format!("{} {vis} {}", attributes(bytes), block(bytes, 0))
        }
        _ => function(bytes, false),
    }
}

/// Up to so many parts, with commas.
fn list(bytes: &mut Bytes<'_>, most: usize, mut part: impl FnMut(&mut Bytes<'_>) -> String) -> String {
    let mut parts: Vec<String> = (0..bytes.below(most + 1)).map(|_| part(bytes)).collect();
    if bytes.one_in(6) {
        parts.push(String::new());
    }
    parts.join(", ")
}

fn attributes(bytes: &mut Bytes<'_>) -> String {
    let count = [0, 0, 0, 1, 1, 2][bytes.below(6)];
    (0..count).map(|_| bytes.pick(&ATTRIBUTES)).collect::<Vec<_>>().join("\n")
}

fn generics(bytes: &mut Bytes<'_>) -> String {
    if !bytes.one_in(3) {
        return String::new();
    }
    let parameters = list(bytes, 4, |bytes| match bytes.below(4) {
        0 => bytes.pick(&LIFETIMES).to_owned(),
        1 => "'c: 'a".to_owned(),
        2 => format!("const N: usize{}", if bytes.one_in(4) { " = 1" } else { "" }),
        _ => format!("{}{}", bytes.pick(&["T", "U", "S"]), bytes.pick(&BOUNDS)),
    });
    format!("<{parameters}>")
}

fn wheres(bytes: &mut Bytes<'_>) -> String {
    if !bytes.one_in(4) {
        return String::new();
    }
    let predicates = list(bytes, 3, |bytes| match bytes.below(3) {
        0 => format!("for<'d> {}: Trait<'d>", bytes.pick(&TYPES)),
        1 => "'a: 'b".to_owned(),
        _ => format!("{}{}", bytes.pick(&TYPES), bytes.pick(&BOUNDS)),
    });
    format!("where {predicates}")
}

fn function(bytes: &mut Bytes<'_>, in_block: bool) -> String {
    let attributes = attributes(bytes);
    let vis = bytes.pick(&VIS);
    let modifiers = bytes.pick(&[
        "",
        "",
        "",
        "",
        "async",
        "unsafe",
        "const",
        "extern \"C\"",
        "async unsafe",
        "default",
        "const unsafe",
        "extern",
        "safe",
        "default async",
        "unsafe extern \"C-unwind\"",
        "async const",
    ]);
    let name = bytes.pick(&NAMES);
    let generics = generics(bytes);
    let receiver = (in_block || bytes.one_in(3)).then(|| bytes.pick(&RECEIVERS)).filter(|_| !bytes.one_in(5));
    let parameters = list(bytes, 4, |bytes| {
        let cfg = if bytes.one_in(6) { bytes.pick(&ATTRIBUTES) } else { "" };
        format!("{cfg} {}: {}", bytes.pick(&PATTERNS), bytes.pick(&TYPES))
    });
    let variadic = if bytes.one_in(40) { ", ..." } else { "" };
    let comma = if receiver.is_some() && !parameters.is_empty() { "," } else { "" };
    let output = if bytes.one_in(2) { format!("-> {}", bytes.pick(&TYPES)) } else { String::new() };
    let wheres = wheres(bytes);
    let body = if bytes.one_in(24) { ";".to_owned() } else { body(bytes) };
    let receiver = receiver.unwrap_or_default();
    format!(
        "{attributes}\n{vis} {modifiers} fn {name}{generics}({receiver}{comma}{parameters}{variadic}) {output} {wheres} {body}"
    )
}

fn body(bytes: &mut Bytes<'_>) -> String {
    let statements: Vec<&str> = (0..bytes.below(5)).map(|_| bytes.pick(&STATEMENTS)).collect();
    format!("{{ {} }}", statements.join("\n"))
}

fn block(bytes: &mut Bytes<'_>, depth: usize) -> String {
    let kind = bytes.below(6);
    let generics = generics(bytes);
    let inner = if bytes.one_in(8) { "#![allow(unused)]" } else { "" };
    let mut items = String::from(inner);
    for _ in 0..bytes.below(5) {
        let item = match bytes.below(8) {
            0 => "const A: u8 = 1;".to_owned(),
            1 => "type B = u8;".to_owned(),
            2 => "m! { fn x() {} }".to_owned(),
            3 if kind == 0 && depth < 3 => format!("{} {}", attributes(bytes), block(bytes, depth + 1)),
            4 if kind == 0 => "use a::b; static C: u8 = 0; struct D; extern \"C\" { fn e(); }".to_owned(),
            _ => function(bytes, kind != 0),
        };
        items.extend([item.as_str(), "\n"]);
    }
    match kind {
        0 => format!("mod {} {{ {items} }}", bytes.pick(&NAMES)),
        1 => format!("trait A{generics} {{ {items} }}"),
        2 => format!("unsafe impl{generics} A for {} {{ {items} }}", bytes.pick(&TYPES)),
        3 => format!("impl{generics} <T as A>::B<{{ 1 }}> {} {{ {items} }}", wheres(bytes)),
        4 => format!("impl{generics} !Trait<'a> for A {{ {items} }}"),
        _ => format!("impl{generics} A<T> {{ {items} }}"),
    }
}

/// A type for a derive.
pub(crate) fn type_item(bytes: &mut Bytes<'_>) -> String {
    const OF_TYPE: [&str; 12] = [
        "",
        "",
        "#[repr(C, packed)]",
        "#[repr(packed(2), C)]",
        "#[reuse(crate = ::other)]",
        "#[reuse(crate = a::b<u8>)]",
        "#[reuse]",
        "#[reuse(skip)]",
        "#[reuse(crate = 1)]",
        "#[reuse()] /// Says.",
        "#[repr(align(8))] #[reuse(crate = kit, crate = kit)]",
        "#[reuse(other::key)]",
    ];
    const OF_FIELD: [&str; 8] = [
        "",
        "",
        "",
        "#[reuse(skip)]",
        "#[reuse(skip, skip)]",
        "#[reuse = 1]",
        "#[cfg(x)]",
        "#[reuse(crate = a, what)]",
    ];
    let field = |bytes: &mut Bytes<'_>, named: bool| {
        let (attribute, vis) = (bytes.pick(&OF_FIELD), bytes.pick(&VIS[..4]));
        let ty = bytes.pick(&[
            "T",
            "Vec<T>",
            "T::Item",
            "u8",
            "&'a str",
            "Self",
            "Box<A<T>>",
            "fn(T) -> T",
            "dyn T::X",
            "[T::Y; N]",
            "(T, U)",
            "!",
        ]);
        let name =
            if named { format!("{}:", bytes.pick(&["a", "r#type", "b", "_c", "d"])) } else { String::new() };
        format!("{attribute} {vis} {name} {ty}")
    };
    let fields = |bytes: &mut Bytes<'_>| match bytes.below(3) {
        0 => format!("{{ {} }}", list(bytes, 4, |bytes| field(bytes, true))),
        1 => format!("({})", list(bytes, 4, |bytes| field(bytes, false))),
        _ => String::new(),
    };
    let attribute = bytes.pick(&OF_TYPE);
    let (name, generics, wheres) = (bytes.pick(&["A", "r#B", "T"]), generics(bytes), wheres(bytes));
    match bytes.below(5) {
        0 => format!("{attribute} union {name}{generics} {wheres} {}", fields(bytes)),
        1 | 2 => {
            let variants = list(bytes, 4, |bytes| {
                let value = if bytes.one_in(8) { "= 1" } else { "" };
                format!("{} {} {value}", bytes.pick(&["X", "Y", "r#Z", "Self_"]), fields(bytes))
            });
            format!("{attribute} enum {name}{generics} {wheres} {{ {variants} }}")
        }
        _ => {
            let fields = fields(bytes);
            if fields.starts_with('{') {
                format!("{attribute} struct {name}{generics} {wheres} {fields}")
            } else {
                format!("{attribute} struct {name}{generics} {fields} {wheres};")
            }
        }
    }
}

/// The item with a token less, or one twice, or two swapped, if the input says so.
pub(crate) fn spoiled(item: TokenStream, bytes: &mut Bytes<'_>) -> TokenStream {
    if bytes.one_in(4) { spoil(item, bytes) } else { item }
}

fn spoil(item: TokenStream, bytes: &mut Bytes<'_>) -> TokenStream {
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    if tokens.is_empty() {
        return TokenStream::new();
    }
    let at = bytes.below(tokens.len());
    if let TokenTree::Group(group) = &tokens[at] {
        if !bytes.one_in(4) {
            let mut inside = Group::new(group.delimiter(), spoil(group.stream(), bytes));
            inside.set_span(group.span());
            tokens[at] = inside.into();
            return tokens.into_iter().collect();
        }
    }
    match bytes.below(3) {
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(at, tokens[at].clone()),
        _ => {
            let other = bytes.below(tokens.len());
            tokens.swap(at, other);
        }
    }
    tokens.into_iter().collect()
}
