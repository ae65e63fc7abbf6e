//! An integer literal with another value, written in its own style: radix, underscores, case, suffix.

/// A literal, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// `0x`, or nothing.
    prefix: &'static str,
    radix: u32,
    /// With underscores.
    digits: String,
    suffix: String,
    pub(super) value: u64,
}

impl Literal {
    /// Of its text; none if it is no integer, or larger than any budget.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (prefix, radix) = match text.get(..2) {
            Some("0x") => ("0x", 16),
            Some("0o") => ("0o", 8),
            Some("0b") => ("0b", 2),
            _ => ("", 10),
        };
        let rest = &text[prefix.len()..];
        let end = rest.find(['u', 'i']).unwrap_or(rest.len());
        let (digits, suffix) = rest.split_at(end);
        if !(suffix.is_empty() || suffix[1..].parse::<u32>().is_ok() || suffix.ends_with("size")) {
            return None;
        }
        // Else `1.5` or `1e3`.
        if !digits.chars().all(|c| c == '_' || c.is_digit(radix)) || digits.starts_with('_') && radix == 10 {
            return None;
        }
        let value = u64::from_str_radix(&digits.replace('_', ""), radix).ok()?;
        Some(Self { prefix, radix, digits: digits.to_owned(), suffix: suffix.to_owned(), value })
    }

    /// Another value in the same style.
    pub(super) fn with(&self, value: u64) -> String {
        let digits = match self.radix {
            16 if self.digits.contains(|c: char| c.is_ascii_uppercase()) => format!("{value:X}"),
            16 => format!("{value:x}"),
            8 => format!("{value:o}"),
            2 => format!("{value:b}"),
            _ => value.to_string(),
        };
        // `1_000_u64`
        let trimmed = self.digits.trim_end_matches('_');
        let end = &self.digits[trimmed.len()..];
        let grouped = match trimmed.trim_start_matches('_').rsplit_once('_') {
            Some((_, group)) => grouped(&digits, group.len()),
            None => digits,
        };
        format!("{}{grouped}{end}{}", self.prefix, self.suffix)
    }
}

fn grouped(digits: &str, size: usize) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(size.max(1)) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Literal;

    #[test]
    fn keeps_the_style() {
        for (text, value, expected) in [
            ("12", 3, "3"),
            ("12", 0, "0"),
            ("1_000u64", 20, "20u64"),
            ("1_000_000u64", 20_000, "20_000u64"),
            ("1_000_u64", 999, "999_u64"),
            ("100_00", 4567, "45_67"),
            ("4096usize", 64, "64usize"),
            ("0x100", 10, "0xa"),
            ("0xFF", 10, "0xA"),
            ("0xFFFF_FFFFu32", 0xa_bcde, "0xA_BCDEu32"),
            ("0b1111_1111", 5, "0b101"),
            ("0o777", 8, "0o10"),
        ] {
            assert_eq!(Literal::parse(text).map(|literal| literal.with(value)).as_deref(), Some(expected));
        }
    }

    #[test]
    fn takes_integers_only() {
        for text in
            ["1.5", "1e3", "\"12\"", "'1'", "x", "_1", "18446744073709551616", "0x", "1.0u8", "b'1'", ""]
        {
            assert_eq!(Literal::parse(text), None, "{text}");
        }
        assert_eq!(Literal::parse("18_446_744_073_709_551_615").map(|literal| literal.value), Some(u64::MAX));
    }
}
