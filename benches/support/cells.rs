//! Prints rows of cells, and numbers for them.

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
