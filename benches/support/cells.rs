//! Prints rows of cells, and numbers for them.

/// Prints the rows, the first of which is the head; `markdown` for a README, else aligned.
pub(crate) fn print(cells: &[Vec<String>], markdown: bool) {
    if markdown {
        for (index, row) in cells.iter().enumerate() {
            println!("| {} |", row.join(" | "));
            if index == 0 {
                println!("|---|{}", "---:|".repeat(row.len() - 1));
            }
        }
        return;
    }
    let columns = cells[0].len();
    let width = |cell: &String| cell.chars().count();
    let widths: Vec<usize> =
        (0..columns).map(|column| cells.iter().map(|row| width(&row[column])).max().unwrap_or(0)).collect();
    for row in cells {
        let (title, figures) = (&row[0], &row[1..]);
        let figures = figures.iter().zip(&widths[1..]).map(|(cell, width)| format!("  {cell:>width$}"));
        println!("{title:<width$}{}", figures.collect::<String>(), width = widths[0]);
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

/// A time with its unit.
pub(crate) fn time(nanos: f64) -> String {
    if nanos < 1e3 {
        format!("{nanos:.1} ns")
    } else if nanos < 1e6 {
        format!("{:.2} us", nanos / 1e3)
    } else {
        format!("{:.2} ms", nanos / 1e6)
    }
}
