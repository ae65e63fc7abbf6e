//! The scanner: finds where each token of Rust begins and ends, and allocates nothing. What its texts become is up to the
//! two ways: a `String` each, or a piece of the source.

use crate::escape::escape;
use crate::lengths::{comment_length, is_word_start, literal_prefix, number_length, word_length};
use alloc_kit::ArrayVec;
use std::fmt;

/// As many brackets may be open at once. It is rustc's limit, too.
const MOST_OPEN: usize = 128;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Word,
    Lifetime,
    Number,
    /// The literal of a text, or of bytes.
    Text,
    /// The literal of a character, or of a byte.
    Char,
    /// A bracket, or one character of an operator.
    Mark,
}

/// A token; of a literal, `text` is what stands between the quotes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token<T> {
    pub(crate) kind: Kind,
    pub(crate) text: T,
}

/// A token as it is in the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scanned<'s> {
    pub(crate) kind: Kind,
    pub(crate) text: &'s str,
    /// Of a `Text`: whether `text` holds escapes, so that it is not what it stands for.
    pub(crate) is_escaped: bool,
}

/// Why a source is none, and where. It owns nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Error {
    pub(crate) line: usize,
    /// In characters, from 1 on.
    pub(crate) column: usize,
    pub(crate) why: Why,
}

/// Why a source is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Why {
    OpenComment,
    OpenText,
    OpenChar,
    UnknownEscape,
    UnknownCharacter(char),
    OpenBracket(char),
    NoSuchBracket(char),
    TooDeep,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        match self.why {
            Why::OpenComment => f.write_str("the comment never ends"),
            Why::OpenText => f.write_str("the text never ends"),
            Why::OpenChar => f.write_str("neither a character nor a lifetime"),
            Why::UnknownEscape => f.write_str("there is no such escape"),
            Why::UnknownCharacter(found) => write!(f, "{found:?} is nothing in Rust"),
            Why::OpenBracket(open) => write!(f, "`{open}` is never closed"),
            Why::NoSuchBracket(close) => write!(f, "`{close}` closes nothing that is open"),
            Why::TooDeep => f.write_str("too many brackets in brackets"),
        }
    }
}

/// The tokens of a source; the first error is the last that it gives.
#[derive(Clone, Debug)]
pub(crate) struct Scanner<'s> {
    source: &'s str,
    rest: &'s str,
    /// The source from each bracket on that is open.
    open: ArrayVec<&'s str, MOST_OPEN>,
}

impl<'s> Scanner<'s> {
    pub(crate) fn new(source: &'s str) -> Self {
        Self { source, rest: source, open: ArrayVec::new() }
    }

    /// An error where `rest` begins, which is a part of the source.
    pub(crate) fn error(&self, rest: &str, why: Why) -> Error {
        let before = &self.source[..rest.as_ptr().addr() - self.source.as_ptr().addr()];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Error {
            line: 1 + before.bytes().filter(|&byte| byte == b'\n').count(),
            column: 1 + before[line_start..].chars().count(),
            why,
        }
    }

    fn token(&mut self) -> Result<Option<Scanned<'s>>, Error> {
        self.skip()?;
        let rest = self.rest;
        let Some(first) = rest.chars().next() else { return self.end() };
        let scanned = match first {
            '"' => self.text(1)?,
            '\'' => self.char_or_lifetime(1)?,
            '0'..='9' => self.take(Kind::Number, number_length(rest)),
            _ if is_word_start(first) => match literal_prefix(rest) {
                Some((prefix, None)) if rest[prefix..].starts_with('\'') => {
                    self.char_or_lifetime(prefix + 1)?
                }
                Some((prefix, None)) => self.text(prefix + 1)?,
                Some((prefix, Some(hashes))) => self.raw_text(prefix + hashes.len() + 1, hashes)?,
                None => self.take(Kind::Word, word_length(rest)),
            },
            _ if first.is_ascii_punctuation() => {
                self.nest(first)?;
                self.take(Kind::Mark, 1)
            }
            _ => return Err(self.error(rest, Why::UnknownCharacter(first))),
        };
        Ok(Some(scanned))
    }

    /// Leaves white space and comments out.
    fn skip(&mut self) -> Result<(), Error> {
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.starts_with("//") {
                self.rest = &self.rest[self.rest.find('\n').unwrap_or(self.rest.len())..];
            } else if self.rest.starts_with("/*") {
                let length =
                    comment_length(self.rest).ok_or_else(|| self.error(self.rest, Why::OpenComment))?;
                self.rest = &self.rest[length..];
            } else {
                return Ok(());
            }
        }
    }

    /// Keeps account of the bracket that the rest begins with, if it is one.
    fn nest(&mut self, mark: char) -> Result<(), Error> {
        let rest = self.rest;
        let open = match mark {
            '(' | '[' | '{' => {
                return self.open.try_push(rest).map_err(|_| self.error(rest, Why::TooDeep));
            }
            ')' => '(',
            ']' => '[',
            '}' => '{',
            _ => return Ok(()),
        };
        match self.open.pop() {
            Some(last) if last.starts_with(open) => Ok(()),
            _ => Err(self.error(rest, Why::NoSuchBracket(mark))),
        }
    }

    /// No token: there is nothing left.
    fn end(&mut self) -> Result<Option<Scanned<'s>>, Error> {
        let Some(open) = self.open.pop() else { return Ok(None) };
        let bracket = open.chars().next().unwrap_or_default();
        Err(self.error(open, Why::OpenBracket(bracket)))
    }

    /// The next bytes as a token.
    fn take(&mut self, kind: Kind, length: usize) -> Scanned<'s> {
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        Scanned { kind, text, is_escaped: false }
    }

    /// A text in quotes, the first of which ends at `start`.
    fn text(&mut self, start: usize) -> Result<Scanned<'s>, Error> {
        let (body, mut end, mut is_escaped) = (&self.rest[start..], 0, false);
        loop {
            end += body[end..].find(['"', '\\']).ok_or_else(|| self.error(self.rest, Why::OpenText))?;
            if body[end..].starts_with('"') {
                break;
            }
            let (_, length) =
                escape(&body[end..]).ok_or_else(|| self.error(&body[end..], Why::UnknownEscape))?;
            is_escaped = true;
            end += length;
        }
        self.rest = &body[end + 1..];
        Ok(Scanned { kind: Kind::Text, text: &body[..end], is_escaped })
    }

    /// A text without escapes, which begins at `start` and ends with a quote and `hashes`.
    fn raw_text(&mut self, start: usize, hashes: &str) -> Result<Scanned<'s>, Error> {
        let body = &self.rest[start..];
        let mut quotes = body.match_indices('"').map(|(at, _)| at);
        let end = quotes.find(|at| body[at + 1..].starts_with(hashes));
        let end = end.ok_or_else(|| self.error(self.rest, Why::OpenText))?;
        self.rest = &body[end + 1 + hashes.len()..];
        Ok(Scanned { kind: Kind::Text, text: &body[..end], is_escaped: false })
    }

    /// What a single quote begins, which ends at `start`.
    fn char_or_lifetime(&mut self, start: usize) -> Result<Scanned<'s>, Error> {
        let body = &self.rest[start..];
        let first = body.chars().next().unwrap_or('\'');
        let length = if first == '\\' {
            escape(body).ok_or_else(|| self.error(body, Why::UnknownEscape))?.1
        } else {
            first.len_utf8()
        };
        if first != '\'' && body[length..].starts_with('\'') {
            self.rest = &body[length + 1..];
            Ok(Scanned { kind: Kind::Char, text: &body[..length], is_escaped: false })
        } else if is_word_start(first) {
            self.rest = body;
            Ok(self.take(Kind::Lifetime, word_length(body)))
        } else {
            Err(self.error(self.rest, Why::OpenChar))
        }
    }
}

impl<'s> Iterator for Scanner<'s> {
    type Item = Result<Scanned<'s>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let token = self.token().transpose();
        if let Some(Err(_)) = token {
            self.rest = "";
            self.open.clear();
        }
        token
    }
}
