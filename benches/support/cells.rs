//! Prints rows of cells, and numbers for them.

use std::fmt::Display;

/// Prints the rows, the first of which is the head, and the first `words` columns of which are no figures; `markdown`
/// for a README, else aligned.
pub(crate) fn print(cells: &[Vec<String>], words: usize, markdown: bool) {
    if markdown {
        for (index, row) in cells.iter().enumerate() {
            println!("| {} |", row.join(" | "));
            if index == 0 {
                println!("|{}{}", "---|".repeat(words), "---:|".repeat(row.len() - words));
            }
        }
        return;
    }
    let columns = cells[0].len();
    let width = |cell: &String| cell.chars().count();
    let widths: Vec<usize> =
        (0..columns).map(|column| cells.iter().map(|row| width(&row[column])).max().unwrap_or(0)).collect();
    for row in cells {
        let line = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column < words { format!("{cell:<width$}  ") } else { format!("{cell:>width$}  ") }
        });
        println!("{}", line.collect::<String>().trim_end());
    }
}

/// A ratio with three digits after the point where they mean something.
pub(crate) fn ratio(ratio: f64) -> String {
    if ratio < 3.0 {
        format!("{ratio:.3}")
    } else if ratio < 30.0 {
        format!("{ratio:.1}")
    } else {
        format!("{ratio:.0}")
    }
}

/// Instructions more than something else.
pub(crate) fn added(instructions: f64) -> String {
    let rounded = format!("{instructions:+.1}");
    rounded.strip_suffix(".0").map_or(rounded.clone(), str::to_owned)
}

/// A number without its part after the point, in groups of three digits.
pub(crate) fn thousands(number: f64) -> String {
    count(format!("{number:.0}"))
}

/// The digits of a whole number, in groups of three.
pub(crate) fn count(number: impl Display) -> String {
    let number = number.to_string();
    let (sign, digits) = number.strip_prefix('-').map_or(("", number.as_str()), |digits| ("-", digits));
    let mut text = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in the unit that leaves three digits: kB are 1,000, MB 1,000,000.
pub(crate) fn bytes(bytes: f64) -> String {
    let (size, unit) = match bytes.abs() {
        ..999.5 => return format!("{} B", thousands(bytes)),
        ..999.5e3 => (bytes / 1e3, "kB"),
        ..999.5e6 => (bytes / 1e6, "MB"),
        _ => (bytes / 1e9, "GB"),
    };
    let decimals = match size.abs() {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{size:.decimals$} {unit}")
}

/// How many times as quick something is, with two digits after the point where they mean something.
pub(crate) fn gain(gain: f64) -> String {
    let decimals = match gain {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{gain:.decimals$}")
}

/// A median, with its quartiles where they differ.
pub(crate) fn spread([lower, median, upper]: [f64; 3], show: fn(f64) -> String) -> String {
    if show(lower) == show(upper) {
        return show(median);
    }
    format!("{} [{} {}]", show(median), show(lower), show(upper))
}
