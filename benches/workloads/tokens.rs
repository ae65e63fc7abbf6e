//! W4: source text is cut into tokens, each with the name of its kind; literals with escapes are unescaped.
//!
//! Two of the sides have a token own both of its texts, or only those that were unescaped. With an `Arena` these are
//! copied into one piece of memory, and a token is `Copy`. By hand one unescapes only where somebody asks, which is another job:
//! there is no such side.

use std::borrow::Cow;

use alloc_kit::Arena;

use crate::inputs::sources;
use crate::workload::{Expect, Published, Side, Workload};

/// W4.
pub const TOKENS: Workload = Workload {
    id: "w4",
    theme: "tokens",
    title: "tokens of source text, some unescaped",
    guide: &["`Cow<'static, str>`", "`.to_string()` on literals", "`&str` not `String`"],
    input: "real: 12,000 tokens of Rust, of six tests of this repository; some 80 are literals with escapes",
    size: 12_000,
    unit: "tokens",
    published: Some(Published { gain: 1.17, source: "sqlfluff#8021" }),
    expect: Expect::Gain,
    sides,
};

fn sides(tokens: usize) -> Vec<Side> {
    let source = first_tokens(tokens);
    let mut arena = Arena::new();
    vec![
        Side::naive("`(String, String)`", move || digest(&owned(source, tokens))).allocates(24_001),
        Side::std("`(&'static str, Cow<str>)`", move || digest(&borrowed(source, tokens))).allocates(1_001),
        Side::kit("`(&'static str, &str)`, unescaped in an `Arena`", move || {
            arena.scope(|arena| digest(&in_arena(source, tokens, arena)))
        })
        .allocates(8),
    ]
}

fn owned(source: &str, tokens: usize) -> Vec<(String, String)> {
    let mut found = Vec::with_capacity(tokens);
    for (kind, text) in Lexer(source) {
        let text = if escaped(kind, text) { unescape(text, String::new()) } else { text.to_string() };
        found.push((kind.to_string(), text));
    }
    found
}

fn borrowed(source: &str, tokens: usize) -> Vec<(&'static str, Cow<'_, str>)> {
    let mut found = Vec::with_capacity(tokens);
    for (kind, text) in Lexer(source) {
        let text =
            if escaped(kind, text) { unescape(text, String::new()).into() } else { Cow::Borrowed(text) };
        found.push((kind, text));
    }
    found
}

fn in_arena<'t>(source: &'t str, tokens: usize, arena: &'t Arena) -> Vec<(&'static str, &'t str)> {
    let (mut found, mut unescaped) = (Vec::with_capacity(tokens), String::new());
    for (kind, mut text) in Lexer(source) {
        if escaped(kind, text) {
            unescaped.clear();
            unescaped = unescape(text, unescaped);
            text = arena.alloc_str(&unescaped);
        }
        found.push((kind, text));
    }
    found
}

/// What tells lists of tokens apart: how many there are, of which lengths and with which ends.
fn digest<K: AsRef<str>, T: AsRef<str>>(tokens: &[(K, T)]) -> (usize, usize) {
    let one = |sum: usize, text: &str| {
        let ends = text.bytes().next().zip(text.bytes().next_back());
        let (first, last) = ends.unwrap_or_default();
        sum.rotate_left(7) ^ (text.len() << 16 | usize::from(first) << 8 | usize::from(last))
    };
    let sum = tokens.iter().fold(0, |sum, (kind, text)| one(one(sum, kind.as_ref()), text.as_ref()));
    (tokens.len(), sum)
}

/// Whether there is something to unescape.
fn escaped(kind: &str, text: &str) -> bool {
    kind == "string" && text.contains('\\')
}

/// Appends what the literal stands for. What is seldom in sources, as `\u{7}`, stays as it is.
fn unescape(literal: &str, mut into: String) -> String {
    into.reserve(literal.len());
    let mut rest = literal;
    while let Some((plain, escape)) = rest.split_once('\\') {
        into.push_str(plain);
        let mut after = escape.chars();
        match after.next() {
            Some('n') => into.push('\n'),
            Some('t') => into.push('\t'),
            Some('r') => into.push('\r'),
            Some('0') => into.push('\0'),
            Some('\n') => after = after.as_str().trim_start().chars(),
            Some(itself @ ('\\' | '"' | '\'')) => into.push(itself),
            other => into.extend(['\\'].into_iter().chain(other)),
        }
        rest = after.as_str();
    }
    into.push_str(rest);
    into
}

/// The tokens of the rest of a text: what it is called, and the text itself.
struct Lexer<'t>(&'t str);

impl<'t> Iterator for Lexer<'t> {
    type Item = (&'static str, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0;
        let bytes = rest.as_bytes();
        let run = |of: fn(u8) -> bool| bytes.iter().position(|byte| !of(*byte)).unwrap_or(bytes.len());
        let (kind, length) = match bytes.first()? {
            b'/' if rest.starts_with("//") => ("comment", run(|byte| byte != b'\n')),
            b'"' => ("string", literal(bytes, b'"')),
            b'\'' if bytes.get(1) == Some(&b'\\') || bytes.get(2) == Some(&b'\'') => {
                ("character", literal(bytes, b'\''))
            }
            b'0'..=b'9' => ("number", run(|byte| byte.is_ascii_alphanumeric() || byte == b'_')),
            byte if byte.is_ascii_whitespace() => ("whitespace", run(|byte| byte.is_ascii_whitespace())),
            byte if word(*byte) => ("word", run(word)),
            _ => ("punctuation", 1),
        };
        let (text, rest) = rest.split_at(length);
        self.0 = rest;
        Some((kind, text))
    }
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// How long the literal is that begins here, with its quotes.
fn literal(bytes: &[u8], quote: u8) -> usize {
    let mut index = 1;
    while let Some(byte) = bytes.get(index) {
        match byte {
            b'\\' => index += 2,
            byte if *byte == quote => return index + 1,
            _ => index += 1,
        }
    }
    bytes.len()
}

/// So much of the sources as has so many tokens.
fn first_tokens(tokens: usize) -> &'static str {
    let mut lexer = Lexer(sources(tokens * 16));
    let whole = lexer.0;
    assert_eq!(lexer.by_ref().take(tokens).count(), tokens, "16 bytes for a token are enough");
    &whole[..whole.len() - lexer.0.len()]
}

#[test]
fn all_texts_are_the_same() {
    let (source, arena) = (first_tokens(12_000), Arena::new());
    let owned = owned(source, 12_000);
    assert!(
        borrowed(source, 12_000)
            .iter()
            .map(|(kind, text)| (*kind, &**text))
            .eq(owned.iter().map(|(kind, text)| (&**kind, &**text)))
    );
    assert!(
        in_arena(source, 12_000, &arena).into_iter().eq(owned.iter().map(|(kind, text)| (&**kind, &**text)))
    );
    assert_eq!(unescape(r#"a\n\"b\"\u{7}"#, String::new()), "a\n\"b\"\\u{7}");
}
