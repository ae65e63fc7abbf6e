//! Values of options that several benches take.

use crate::Result;

/// The number after `--rounds`.
pub(crate) fn rounds(value: &str) -> Result<u32> {
    match value.parse() {
        Ok(rounds) if rounds > 0 => Ok(rounds),
        _ => Err(format!("`--rounds {value}`: a number from 1 is accepted")),
    }
}

/// Which of the `known` names are in a list with commas; `what` they are, for who gets one wrong.
pub(crate) fn pick<'a>(what: &str, list: &str, known: &[&'a str]) -> Result<Vec<&'a str>> {
    let find = |name: &str| known.iter().find(|known| **known == name).copied();
    list.split(',')
        .map(|name| {
            find(name).ok_or_else(|| format!("unknown {what} `{name}`; accepted are {}", known.join(",")))
        })
        .collect()
}
