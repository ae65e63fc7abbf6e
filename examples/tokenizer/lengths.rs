//! How long a token is: what the scanner asks of the bytes that are left.

/// Whether a name may begin so.
pub(crate) fn is_word_start(character: char) -> bool {
    character == '_' || character.is_alphabetic()
}

/// A name or a keyword, `r#type` also.
pub(crate) fn word_length(rest: &str) -> usize {
    let body = rest.strip_prefix("r#").unwrap_or(rest);
    let end = body.find(|character: char| character != '_' && !character.is_alphanumeric());
    rest.len() - body.len() + end.unwrap_or(body.len())
}

/// `1`, `0xff_u8`, `1.5e-3`; of `0..5` and `1.max(2)` the first digit.
pub(crate) fn number_length(rest: &str) -> usize {
    let is_part = |character: char| character == '_' || character.is_alphanumeric();
    let (mut length, mut has_point) = (0, false);
    loop {
        let part = &rest[length..];
        length += part.find(|character| !is_part(character)).unwrap_or(part.len());
        let (number, after) = rest.split_at(length);
        let has_digit = after.get(1..2).is_some_and(|next| next.as_bytes()[0].is_ascii_digit());
        let is_decimal = !number.starts_with("0x") && !number.starts_with("0b");
        match after.bytes().next() {
            Some(b'.') if has_digit && is_decimal && !has_point => has_point = true,
            Some(b'+' | b'-') if has_digit && is_decimal && number.ends_with(['e', 'E']) => {}
            _ => return length,
        }
        length += 1;
    }
}

/// How long a comment is that begins here, with those in it.
pub(crate) fn comment_length(rest: &str) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    loop {
        at += rest[at..].find(['/', '*'])?;
        match rest.get(at..at + 2) {
            Some("/*") => depth += 1,
            Some("*/") => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The letters before the quote of a literal, and of a raw one the `#`s between them.
pub(crate) fn literal_prefix(rest: &str) -> Option<(usize, Option<&str>)> {
    let letters = rest.find(|character: char| !matches!(character, 'b' | 'c' | 'r'))?;
    let (prefix, body) = rest.split_at(letters);
    match prefix {
        "b" if body.starts_with(['"', '\'']) => Some((letters, None)),
        "c" if body.starts_with('"') => Some((letters, None)),
        "r" | "br" | "cr" => {
            let (hashes, text) = body.split_at(body.find(|character| character != '#')?);
            text.starts_with('"').then_some((letters, Some(hashes)))
        }
        _ => None,
    }
}
