//! Draws what was found: the times, the allocations, and how these grow. As SVG, in 800 pixels, on a ground of its own, so
//! that a page may be light or dark; the colours are those of Okabe and Ito, told apart by colour-blind people, too.

mod allocations;
mod growth;
mod rows;
mod scale;
mod svg;
mod time;

use std::fs;
use std::path::Path;

use crate::Result;
use crate::figures::Figures;

/// Writes the charts to a folder.
pub(crate) fn write(folder: &Path, figures: &Figures) -> Result<()> {
    let charts = [
        ("wins-time.svg", time::draw(figures)),
        ("wins-allocations.svg", allocations::draw(figures)),
        ("wins-growth.svg", growth::draw(figures)),
    ];
    fs::create_dir_all(folder).map_err(|error| format!("no folder {}: {error}", folder.display()))?;
    for (name, chart) in charts {
        let file = folder.join(name);
        fs::write(&file, chart).map_err(|error| format!("{} is not written: {error}", file.display()))?;
        eprintln!("written: {}", file.display());
    }
    Ok(())
}
