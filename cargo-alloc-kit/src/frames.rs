//! The frames of a stack: which are of the workspace, and which of them is the line to look at.

use crate::record::{Frame, Place};

impl Place {
    /// The innermost line of the program's own: behind the frames that are said to be of dependencies, or else the first with a file
    /// of the workspace, since a crate that is taken by its path may have all of it.
    pub(crate) fn culprit(&self) -> Option<&Frame> {
        let has_line = |frame: &&Frame| frame.is_own() && frame.line.is_some();
        self.stack.iter().skip(self.inside).find(has_line).or_else(|| self.stack.iter().find(has_line))
    }
}

impl Frame {
    /// Whether the file is one of the workspace: dependencies and std are shown by their packages, or whole paths.
    pub(crate) fn is_own(&self) -> bool {
        self.file.as_deref().is_some_and(is_own)
    }

    /// `src/lib.rs:6:45`
    pub(crate) fn place(&self) -> Option<String> {
        let Self { file, line, column, .. } = self;
        let file = file.as_ref()?;
        Some(match (line, column) {
            (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
            (Some(line), None) => format!("{file}:{line}"),
            (None, _) => file.clone(),
        })
    }
}

pub(crate) fn is_own(file: &str) -> bool {
    let slashed = file.replace('\\', "/");
    let mut parts = slashed.split('/');
    let first = parts.next().unwrap_or_default();
    let has_drive = first.ends_with(':');
    !(first.is_empty() || has_drive || first == ".." || is_package(first) || parts.any(|part| part == ".."))
}

/// `itoa-1.0.19`
fn is_package(folder: &str) -> bool {
    let versions = folder.match_indices('-').map(|(at, _)| &folder[at + 1..]);
    versions.into_iter().any(|version| {
        let numbers: Vec<&str> = version.splitn(3, '.').collect();
        numbers.len() == 3 && numbers.iter().all(|number| number.starts_with(|c: char| c.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(inside: usize, stack: &[(&str, u32)]) -> Place {
        let frame = |(file, line): &(&str, u32)| Frame {
            function: "f".to_owned(),
            file: Some((*file).to_owned()),
            line: (*line > 0).then_some(*line),
            column: None,
        };
        let stack = stack.iter().map(frame).collect();
        Place { event: "allocation".to_owned(), times: 1, bytes: 1, inside, stack }
    }

    fn line_to_look_at(inside: usize, stack: &[(&str, u32)]) -> Option<String> {
        place(inside, stack).culprit().and_then(Frame::place)
    }

    #[test]
    fn the_line_to_look_at_is_the_programs_own() {
        let own = Some("src/lib.rs:6".to_owned());
        // Without the count of frames, as records of before it are, and with it.
        let stack =
            [("/rustc/1f/library/alloc/src/fmt.rs", 649), ("itoa-1.0.19/src/lib.rs", 9), ("src/lib.rs", 6)];
        assert_eq!(line_to_look_at(0, &stack), own);
        assert_eq!(line_to_look_at(2, &stack), own);
        // A dependency that lies in the workspace.
        assert_eq!(
            line_to_look_at(1, &[("vendor/itoa/src/lib.rs", 9), ("src/lib.rs", 6), ("src/main.rs", 1)]),
            own
        );
        // All of it is of dependencies; and nothing is known.
        assert_eq!(line_to_look_at(1, &[("src/lib.rs", 6)]), own);
        assert_eq!(line_to_look_at(0, &[("src/lib.rs", 0)]), None);
        assert_eq!(line_to_look_at(0, &[("C:/users/one/src/lib.rs", 1), ("../other/src/lib.rs", 2)]), None);
    }
}
