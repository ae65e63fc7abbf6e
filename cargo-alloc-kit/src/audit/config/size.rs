//! Sizes as they are written: `1000000`, `"10 MB"`, `"1.5 KiB"`. What is no whole number of bytes is none.

/// What is accepted, for messages.
pub(super) const ACCEPTED: &str =
    "bytes (`1000000`), or a text with B, kB, MB, GB, KiB, MiB or GiB (`\"10 MB\"`)";

const UNITS: [(&str, u64); 8] = [
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

pub(super) fn parse(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let (figure, unit) = text.split_at(end);
    let unit = unit.trim_start();
    let factor = if unit.is_empty() {
        1
    } else {
        UNITS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor)?
    };
    let (whole, part) = figure.split_once('.').unwrap_or((figure, "0"));
    let bytes = digits(whole)?.checked_mul(factor.into())?;
    let divisor = 10_u128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let part = digits(part)?.checked_mul(factor.into())?;
    if part % divisor != 0 {
        return None;
    }
    u64::try_from(bytes.checked_add(part / divisor)?).ok()
}

/// Digits, with `_` between them.
fn digits(text: &str) -> Option<u128> {
    let is_number =
        text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(|c: char| c.is_ascii_digit());
    let is_plain = !text.contains("__") && is_number;
    is_plain.then(|| text.replace('_', "").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn sizes_are_exact() {
        for (text, bytes) in [
            ("0", 0),
            ("1000000", 1_000_000),
            ("1_000", 1_000),
            ("10 MB", 10_000_000),
            ("10MB", 10_000_000),
            (" 64 KiB ", 65_536),
            ("1.5 KiB", 1_536),
            ("0.001 kB", 1),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(parse(text), Some(bytes), "{text}");
        }
        for text in [
            "",
            "MB",
            "10 mb",
            "10 Mb",
            "-1",
            "1e6",
            "0.0001 kB",
            "1.5",
            ".5 kB",
            "5. kB",
            "1__0",
            "_1",
            "1,000",
            "10 MB MB",
            "18446744073709551616",
            "18446744073709551615 kB",
            "1.2.3 MB",
            "∞",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
