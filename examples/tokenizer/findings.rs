//! What is looked for in the tokens: calls that may allocate. A search for text finds them in comments as well, and in texts.

use crate::scan::{Kind, Token};
use crate::support::thousands;
use alloc_kit::no_alloc;
use std::fmt;

/// What is called, as it is printed, and the name by which it is found.
pub(crate) const CALLS: [(&str, &str, Form); 9] = [
    ("clone", "clone", Form::Method),
    ("collect", "collect", Form::Method),
    ("into_owned", "into_owned", Form::Method),
    ("to_owned", "to_owned", Form::Method),
    ("to_string", "to_string", Form::Method),
    ("to_vec", "to_vec", Form::Method),
    ("format!", "format", Form::Macro),
    ("vec!", "vec", Form::Macro),
    ("Box::new", "Box", Form::New),
];

/// What stands round a name that is called.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    /// `.name(..)`, or `.name::<..>(..)`.
    Method,
    /// `name!`, with any brackets.
    Macro,
    /// `Name::new`.
    New,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Findings {
    pub(crate) files: u64,
    pub(crate) tokens: u64,
    pub(crate) texts: u64,
    /// Of the texts, without quotes and escapes.
    pub(crate) text_bytes: u64,
    /// By the index in `CALLS`.
    pub(crate) calls: [u64; CALLS.len()],
}

impl Findings {
    /// Adds those of a file.
    #[no_alloc]
    pub(crate) fn add<T: AsRef<str>>(&mut self, tokens: &[Token<T>]) {
        self.files += 1;
        self.tokens += tokens.len() as u64;
        for (at, token) in tokens.iter().enumerate() {
            if token.kind == Kind::Text {
                self.texts += 1;
                self.text_bytes += token.text.as_ref().len() as u64;
            } else if let Some(call) = call(tokens, at) {
                self.calls[call] += 1;
            }
        }
    }
}

/// The call whose name stands at `at`: its index in `CALLS`.
fn call<T: AsRef<str>>(tokens: &[Token<T>], at: usize) -> Option<usize> {
    let is = |at: usize, kind, text| {
        tokens.get(at).is_some_and(|token| token.kind == kind && token.text.as_ref() == text)
    };
    let mark = |at, text| is(at, Kind::Mark, text);
    if tokens[at].kind != Kind::Word {
        return None;
    }
    let called = tokens[at].text.as_ref();
    let call = CALLS.iter().position(|&(_, name, _)| name == called)?;
    let is_call = match CALLS[call].2 {
        Form::Method => at > 0 && mark(at - 1, ".") && (mark(at + 1, "(") || mark(at + 1, ":")),
        Form::Macro => mark(at + 1, "!"),
        Form::New => mark(at + 1, ":") && mark(at + 2, ":") && is(at + 3, Kind::Word, "new"),
    };
    is_call.then_some(call)
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [files, tokens, texts, bytes] =
            [self.files, self.tokens, self.texts, self.text_bytes].map(thousands);
        writeln!(f, "{files} files: {tokens} tokens, among them {texts} texts of {bytes} bytes\n")?;
        writeln!(f, "calls  of what may allocate")?;
        for ((call, ..), &times) in CALLS.iter().zip(&self.calls).filter(|(_, times)| **times > 0) {
            writeln!(f, "{:>5}  {call}", thousands(times))?;
        }
        Ok(())
    }
}
