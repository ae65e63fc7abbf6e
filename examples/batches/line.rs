//! A line of the log, and what becomes of it: an object of JSON. Nothing here allocates but by what it is given to write to.

use std::fmt::{self, Write};

/// What is of interest of a line in the combined format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    pub(crate) client: &'a str,
    pub(crate) request: &'a str,
    pub(crate) status: u16,
    pub(crate) bytes: u64,
    pub(crate) agent: &'a str,
}

/// `None` for a line that is not in the format.
pub(crate) fn parse(line: &str) -> Option<Line<'_>> {
    let (client, rest) = line.split_once(' ')?;
    let mut quoted = rest.split('"');
    let [_, request, numbers, _referer, _, agent] = [(); 6].map(|()| quoted.next());
    let (status, bytes) = numbers?.trim().split_once(' ')?;
    let (status, bytes) = (status.parse().ok()?, bytes.parse().ok()?);
    Some(Line { client, request: request?, status, bytes, agent: agent? })
}

/// What nginx escaped, `\x22` for a quote, as it was. What is no escape stays.
pub(crate) fn unescape(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let code = rest.strip_prefix("\\x").and_then(|rest| rest.get(..2));
        let escaped = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        let first = rest.chars().next()?;
        let (char, length) = escaped.map_or((first, first.len_utf8()), |byte| (char::from(byte), 4));
        rest = &rest[length..];
        Some(char)
    })
}

/// A text in the quotes of JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for part in self.0.split_inclusive(is_special) {
            let special = part.char_indices().next_back().filter(|(_, char)| is_special(*char));
            f.write_str(special.map_or(part, |(at, _)| &part[..at]))?;
            match special {
                None => {}
                Some((_, char @ ('"' | '\\'))) => write!(f, "\\{char}")?,
                Some((_, char)) => write!(f, "\\u{:04x}", u32::from(char))?,
            }
        }
        f.write_char('"')
    }
}

fn is_special(char: char) -> bool {
    char == '"' || char == '\\' || char.is_control()
}
