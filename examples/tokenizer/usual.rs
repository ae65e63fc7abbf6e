//! The tokens as most people make them: each owns its text, and the list of them grows as it goes.

use crate::escape::unescape;
use crate::scan::{Error, Scanner, Token};

/// The tokens of a source.
pub(crate) fn tokenize(source: &str) -> Result<Vec<Token<String>>, Error> {
    let mut tokens = Vec::new();
    for scanned in Scanner::new(source) {
        let scanned = scanned?;
        let mut text = String::new();
        if scanned.is_escaped {
            unescape(scanned.text, &mut text);
        } else {
            text.push_str(scanned.text);
        }
        tokens.push(Token { kind: scanned.kind, text });
    }
    Ok(tokens)
}
