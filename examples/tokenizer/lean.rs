//! The tokens under budgets: each borrows its text from the source, but for literals with escapes, which are copied without
//! them. Two ways to keep the copies and the list: in memory of their own, so that the tokens may go where they like
//! (`tokenize`), and in memory that the next source has again (`Tokenizer`).

use crate::escape::unescape;
use crate::scan::{Error, Scanner, Token};
use alloc_kit::{Arena, Recycler, alloc_budget, allow_alloc, no_alloc};
use std::borrow::Cow;

/// The tokens of a source: a list at its full length, and a copy of each literal that has escapes.
pub(crate) fn tokenize(source: &str) -> Result<Vec<Token<Cow<'_, str>>>, Error> {
    let needs = needs(source)?;
    Ok(list(source, needs))
}

/// What the tokens of a source need.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Needs {
    pub(crate) tokens: usize,
    /// Literals with escapes, and their bytes as they stand in the source.
    pub(crate) copies: usize,
    pub(crate) copied_bytes: usize,
}

/// Scans for what is needed, and for errors. The second scan that this makes takes the place of a list that grows.
#[no_alloc]
pub(crate) fn needs(source: &str) -> Result<Needs, Error> {
    let mut needs = Needs { tokens: 0, copies: 0, copied_bytes: 0 };
    for scanned in Scanner::new(source) {
        let scanned = scanned?;
        needs.tokens += 1;
        if scanned.is_escaped {
            needs.copies += 1;
            needs.copied_bytes += scanned.text.len();
        }
    }
    Ok(needs)
}

/// The tokens of a source without errors.
#[alloc_budget(
    allocations = 1 + needs.copies,
    bytes = size_of::<Token<Cow<'_, str>>>() * needs.tokens + needs.copied_bytes,
    deallocations = 0
)]
fn list(source: &str, needs: Needs) -> Vec<Token<Cow<'_, str>>> {
    let mut tokens = Vec::with_capacity(needs.tokens);
    tokens.extend(Scanner::new(source).map_while(Result::ok).map(|scanned| {
        let text = if scanned.is_escaped {
            let mut text = String::with_capacity(scanned.text.len());
            unescape(scanned.text, &mut text);
            Cow::Owned(text)
        } else {
            Cow::Borrowed(scanned.text)
        };
        Token { kind: scanned.kind, text }
    }));
    tokens
}

/// The buffers of source after source: once they have seen the largest, the tokens of the next cost nothing.
#[derive(Debug)]
pub(crate) struct Tokenizer {
    /// The list. It is one of texts that are borrowed from ever new sources, which a `Vec` that is kept could not be.
    tokens: Recycler,
    /// The literals that had escapes: all are gone with the source.
    literals: Arena,
    literal: String,
}

impl Tokenizer {
    /// Keeps buffers of this size and smaller ones; what a larger source took is given back behind it.
    const MAX_BYTES: usize = 16 << 20;

    pub(crate) fn new() -> Self {
        Self {
            tokens: Recycler::new().max_bytes(Self::MAX_BYTES),
            literals: Arena::new().max_bytes(Self::MAX_BYTES),
            literal: String::new(),
        }
    }

    /// Shows the tokens of a source to `look`, which cannot keep them.
    pub(crate) fn with_tokens<R>(
        &mut self,
        source: &str,
        look: impl FnOnce(&[Token<&str>]) -> R,
    ) -> Result<R, Error> {
        let Self { tokens, literals, literal } = self;
        literals.scope(|literals| {
            let mut tokens = tokens.lease();
            fill(&mut tokens, source, literals, literal)?;
            Ok(look(&tokens))
        })
    }
}

/// Appends the tokens of a source. What may grow says so, and all else allocates nothing.
#[no_alloc]
fn fill<'s>(
    tokens: &mut Vec<Token<&'s str>>,
    source: &'s str,
    literals: &'s Arena,
    literal: &mut String,
) -> Result<(), Error> {
    for scanned in Scanner::new(source) {
        let scanned = scanned?;
        let text = if scanned.is_escaped {
            literal.clear();
            allow_alloc!("the longest literal yet", literal.reserve(scanned.text.len()));
            unescape(scanned.text, literal);
            allow_alloc!(
                "a chunk of the arena, of which the next source has one",
                literals.alloc_str(literal)
            )
        } else {
            scanned.text
        };
        if tokens.len() == tokens.capacity() {
            allow_alloc!("the longest list yet", tokens.reserve(1 + source.len() / 4));
        }
        tokens.push(Token { kind: scanned.kind, text });
    }
    Ok(())
}
