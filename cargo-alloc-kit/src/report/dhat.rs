//! The stacks of a heap profile as dhat (the crate) and `valgrind --tool=dhat` write it.

use std::fs;
use std::path::Path;

use super::stacks::{Of, Stack, Stacks};
use crate::dhat::Dhat;
use crate::exit::Failure;

/// The stacks of a profile.
pub(super) fn read(path: &Path) -> Result<Stacks, Failure> {
    let text = fs::read(path)
        .map_err(|error| Failure::unusable(format!("cannot read {}: {error}", path.display())))?;
    parse(&text).map_err(|why| {
        Failure::unusable(format!("{}: {why}", path.display()))
            .help("`--dhat` takes the heap profile that the crate dhat, or `valgrind --tool=dhat`, writes")
    })
}

fn parse(text: &[u8]) -> Result<Stacks, String> {
    let Dhat { points, frames: names, command, .. } = Dhat::parse(text)?;
    let mut all = Vec::with_capacity(points.len());
    for point in points {
        let mut frames: Vec<String> = point.fs.iter().rev().map(|number| names[*number].clone()).collect();
        if frames.is_empty() {
            frames.push("(unknown)".to_owned());
        }
        let allocations = point.tbk.ok_or("has a program point without `tbk`, its blocks")?;
        all.push(Stack { frames, allocations, bytes: point.tb });
    }
    Ok(Stacks { of: Of::Dhat(command), all })
}
