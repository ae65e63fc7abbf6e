//! Escapes in literals: `\n`, `\x41`, `\u{e9}` and the like.

/// The escape that `rest` begins with: the character it stands for, and its length in bytes. The end of a line after a backslash
/// stands for none, with the white space behind it. (In a byte string, `\xff` is the character of that number here.)
pub(crate) fn escape(rest: &str) -> Option<(Option<char>, usize)> {
    let escaped = rest.strip_prefix('\\')?;
    let character = match escaped.bytes().next()? {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'0' => '\0',
        same @ (b'\\' | b'\'' | b'"') => char::from(same),
        b'x' => return Some((char::from_u32(hex(escaped.get(1..3)?)?), 4)),
        b'u' => {
            let (digits, _) = escaped[1..].strip_prefix('{')?.split_once('}')?;
            return Some((Some(char::from_u32(hex(digits)?)?), digits.len() + r"\u{}".len()));
        }
        b'\n' | b'\r' => return Some((None, rest.len() - escaped.trim_start().len())),
        _ => return None,
    };
    Some((Some(character), 2))
}

fn hex(digits: &str) -> Option<u32> {
    // Which takes a sign as well.
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if are_digits { u32::from_str_radix(digits, 16).ok() } else { None }
}

/// Appends what a literal stands for. It is never longer than the literal. An escape that there is not stays as it is: the scanner
/// refuses those.
pub(crate) fn unescape(literal: &str, text: &mut String) {
    let mut rest = literal;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let (character, length) = escape(&rest[at..]).unwrap_or((Some('\\'), 1));
        text.extend(character);
        rest = &rest[at + length..];
    }
    text.push_str(rest);
}
