//! W4: source text is cut into tokens, each with the name of its kind; literals with escapes are unescaped.
//!
//! Two of the sides have a token own both of its texts, or only those that were unescaped. With an `Arena` these are
//! copied into one piece of memory, and a token is `Copy`. By hand they are all in one `String`, and a token knows where.

use std::borrow::Cow;
use std::ops::Range;

use alloc_kit::Arena;

use crate::inputs::sources;
use crate::look::{look, then};
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
        Side::naive("`(String, String)`", move || digest(&owned(source, tokens), String::as_str))
            .allocates(24_001),
        Side::std("`(&'static str, Cow<str>)`", move || digest(&borrowed(source, tokens), |text| text))
            .allocates(87),
        Side::kit("`(&'static str, &str)`, unescaped in an `Arena`", move || {
            arena.scope(|arena| digest(&in_arena(source, tokens, arena), |text| text))
        })
        .allocates(5),
        Side::hand("`(&'static str, Range)`, unescaped in one `String`", move || {
            let (found, unescaped) = in_one_string(source, tokens);
            digest(&found, |range| in_either(source, &unescaped, range))
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

/// Where texts are: in the source, or, as if it came after that, in what was unescaped.
fn in_one_string(source: &str, tokens: usize) -> (Vec<(&'static str, Range<usize>)>, String) {
    let (mut found, mut unescaped, mut start) = (Vec::with_capacity(tokens), String::new(), 0);
    for (kind, text) in Lexer(source) {
        let mut range = start..start + text.len();
        start = range.end;
        if escaped(kind, text) {
            let before = source.len() + unescaped.len();
            unescaped = unescape(text, unescaped);
            range = before..source.len() + unescaped.len();
        }
        found.push((kind, range));
    }
    (found, unescaped)
}

fn in_either<'t>(source: &'t str, unescaped: &'t str, range: &Range<usize>) -> &'t str {
    match range.start.checked_sub(source.len()) {
        Some(start) => &unescaped[start..range.end - source.len()],
        None => &source[range.clone()],
    }
}

/// How many there are, and what a look at each gives.
fn digest<'t, K: AsRef<str>, T>(tokens: &'t [(K, T)], text: impl Fn(&'t T) -> &'t str) -> (usize, u64) {
    let of_token = |all, (kind, token): &'t (K, T)| then(then(all, look(kind.as_ref())), look(text(token)));
    (tokens.len(), tokens.iter().fold(0, of_token))
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
fn escapes() {
    assert_eq!(unescape(r#"a\n\"b\"\u{7}"#, String::new()), "a\n\"b\"\\u{7}");
}
