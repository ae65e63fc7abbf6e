//! Where a node is, in lines and columns of characters, or of UTF-16 for V8.
//!
//! Trees know bytes. Counting the characters before a node anew each time takes as long as the square of a line's length, and what
//! is minified has one line of a megabyte.

use super::finding::{Lines, Span};
use super::scan::{Tree, number};

/// So many bytes are counted at once at the most.
const BLOCK_BYTES: usize = 256;

/// How much there is of a text.
#[derive(Clone, Copy, Default)]
struct Count {
    characters: usize,
    /// Those that are two units of UTF-16, each once more.
    pairs: usize,
}

pub(super) struct Places<'t> {
    text: &'t [u8],
    /// How many characters begin before each block; empty where every byte is one.
    before: Vec<Count>,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut before = Vec::new();
        if !text.is_ascii() {
            let mut count = Count::default();
            for block in text.as_bytes().chunks(BLOCK_BYTES) {
                before.push(count);
                count = count.and(block);
            }
            before.push(count);
        }
        Self { text: text.as_bytes(), before }
    }

    pub(super) fn span(&self, node: &Tree<'_>) -> Span {
        let ((line, column), (end_line, end_column)) = (self.start(node), self.end(node));
        Span { line, column, end_line, end_column }
    }

    /// Line and column, from 1.
    pub(super) fn start(&self, node: &Tree<'_>) -> (u32, u32) {
        self.place(node.start_pos().byte_point(), node.range().start)
    }

    /// The same, with the column in units of UTF-16.
    pub(super) fn start_utf16(&self, node: &Tree<'_>) -> (u32, u32) {
        let ((line, column), byte) = (node.start_pos().byte_point(), node.range().start);
        let Count { characters, pairs } = self.of_line(column, byte);
        (number(line), number(characters + pairs))
    }

    fn end(&self, node: &Tree<'_>) -> (u32, u32) {
        self.place(node.end_pos().byte_point(), node.range().end)
    }

    fn place(&self, (line, column): (usize, usize), byte: usize) -> (u32, u32) {
        (number(line), number(self.of_line(column, byte).characters))
    }

    /// What stands before a byte in its line, whose first byte is `column` bytes before it.
    fn of_line(&self, column: usize, byte: usize) -> Count {
        if self.before.is_empty() {
            return Count { characters: column, pairs: 0 };
        }
        let (start, end) = (self.count_before(byte.saturating_sub(column)), self.count_before(byte));
        Count { characters: end.characters - start.characters, pairs: end.pairs - start.pairs }
    }

    fn count_before(&self, byte: usize) -> Count {
        let block = byte / BLOCK_BYTES;
        self.before[block].and(&self.text[block * BLOCK_BYTES..byte])
    }
}

impl Count {
    /// With those that begin in these bytes.
    fn and(self, bytes: &[u8]) -> Self {
        let count = |is: fn(u8) -> bool| bytes.iter().filter(|byte| is(**byte)).count();
        Self {
            characters: self.characters + count(|byte| byte & 0xc0 != 0x80),
            pairs: self.pairs + count(|byte| byte >= 0xf0),
        }
    }
}

/// The lines of a node.
pub(super) fn lines(node: &Tree<'_>) -> Lines {
    Lines { first: number(node.start_pos().line()), last: number(node.end_pos().line()) }
}

#[cfg(test)]
mod tests {
    use ast_grep_language::{LanguageExt, SupportLang};

    use super::*;

    #[test]
    fn columns_are_those_that_a_slow_count_has() {
        // Blocks begin within lines and within characters.
        let line = |n: usize| format!("x{} = '{}' + f({n})\n", n, "\u{1f980}\u{e4}a".repeat(n * 7));
        let text: String = (0..40).map(line).collect();
        for text in [text.as_str(), "a = 1\nb = f(2)", "", "\u{e4}"] {
            let tree = SupportLang::Python.ast_grep(text);
            let places = Places::new(text);
            for node in tree.root().dfs() {
                let (start, end) = (node.start_pos(), node.end_pos());
                let slow = Span {
                    line: number(start.line()),
                    column: number(start.column(&node)),
                    end_line: number(end.line()),
                    end_column: number(end.column(&node)),
                };
                assert_eq!(places.span(&node), slow, "{:?}", node.text());
                let line = text[..node.range().start].rsplit('\n').next().unwrap();
                let units = line.encode_utf16().count();
                assert_eq!(places.start_utf16(&node), (slow.line, number(units)), "{:?}", node.text());
            }
        }
    }
}
