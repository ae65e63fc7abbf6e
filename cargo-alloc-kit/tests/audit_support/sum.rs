//! The sum by which figures are held to the sample that was measured.

use std::fmt::Write;
use std::path::Path;

use sha2::{Digest, Sha256};

/// SHA-256 in hex of a file with lines as they are in the repository.
pub(crate) fn of(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Sha256::digest(text.replace('\r', "")).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
