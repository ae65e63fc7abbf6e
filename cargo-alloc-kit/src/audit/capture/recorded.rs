//! `capture.json`: what was run, how, and of which state of the sources. `audit report` and `audit check` go by it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::audit::language::Language;
use crate::exit::Failure;
use crate::untrusted;

/// The name of the file in a capture's folder.
pub(crate) const NAME: &str = "capture.json";

/// The version that is written and read.
const VERSION: u64 = 1;

/// What is known of a capture.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Recorded {
    alloc_kit_capture: u64,
    pub(crate) language: Language,
    /// As the profiles have it: `valgrind`, `the dhat crate`, `V8`, `memray`.
    pub(crate) tool: String,
    /// As the tool says it, if it does.
    pub(crate) tool_version: Option<String>,
    pub(crate) command: Vec<String>,
    /// Seconds since 1970, when it was started.
    pub(crate) started: u64,
    /// How it ended, where it did not end well: `exit status: 1`.
    pub(crate) failed: Option<String>,
    /// What the profiles do not show.
    pub(crate) limits: Vec<String>,
    /// The commit that was checked out, and whether there were changes beside it.
    pub(crate) commit: Option<String>,
    pub(crate) dirty: Option<bool>,
    /// The folder that it ran in, which paths of `sources` are of.
    pub(crate) root: PathBuf,
    /// The files with profiles, in the folder.
    pub(crate) profiles: Vec<String>,
    /// SHA-256 of every source file, before it was run.
    pub(crate) sources: BTreeMap<String, String>,
    /// Those of them that had changed since the program, or the script that was made of them, was built.
    #[serde(default)]
    pub(crate) changed: BTreeSet<String>,
}

impl Recorded {
    /// What is known before it is run.
    pub(crate) fn new(
        language: Language,
        command: Vec<String>,
        started: u64,
        root: PathBuf,
        sources: BTreeMap<String, String>,
    ) -> Self {
        Self {
            alloc_kit_capture: VERSION,
            language,
            tool: String::new(),
            tool_version: None,
            command,
            started,
            failed: None,
            limits: Vec::new(),
            commit: None,
            dirty: None,
            root,
            profiles: Vec::new(),
            sources,
            changed: BTreeSet::new(),
        }
    }

    /// That of a folder. A file, and a folder without one, has none.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, Failure> {
        if !folder.is_dir() {
            return Ok(None);
        }
        let path = folder.join(NAME);
        let shown = untrusted::text_of(&path.display().to_string());
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::unusable(format!("cannot read {shown}: {error}"))),
        };
        let recorded: Self = serde_json::from_slice(&text).map_err(|error| {
            Failure::unusable(format!("{shown} is not what `audit capture` writes: {error}"))
        })?;
        if recorded.alloc_kit_capture != VERSION {
            let version = recorded.alloc_kit_capture;
            return Err(Failure::unusable(format!(
                "{shown} is of version {version}, and this `cargo alloc-kit` knows version {VERSION}: capture anew"
            )));
        }
        Ok(Some(recorded))
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(self);
        // All keys are texts.
        let json = json.unwrap_or_else(|error| unreachable!("{error}")) + "\n";
        let path = folder.join(NAME);
        fs::write(&path, json)
            .map_err(|error| Failure::unusable(format!("cannot write {}: {error}", path.display())))
    }
}

/// The profiles of a folder: those that its capture names, or else all files that may be some.
pub(crate) fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let shown = folder.display();
    if let Some(recorded) = Recorded::read(folder)? {
        let is_plain = |name: &String| Path::new(name).file_name().is_some_and(|of| of == name.as_str());
        if let Some(name) = recorded.profiles.iter().find(|name| !is_plain(name)) {
            let name = untrusted::text_of(name);
            return Err(Failure::unusable(format!(
                "{shown}/{NAME} names `{name}`, which is no file beside it"
            )));
        }
        return Ok(recorded.profiles.iter().map(|name| folder.join(name)).collect());
    }
    let entries =
        fs::read_dir(folder).map_err(|error| Failure::unusable(format!("cannot read {shown}: {error}")))?;
    let is_profile = |path: &PathBuf| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        path.is_file() && matches!(ending, Some("json" | "heapprofile"))
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_profile).collect();
    files.sort();
    if files.is_empty() {
        return Err(Failure::unusable(format!("{shown} has no heap profile: no .json and no .heapprofile"))
            .help("`cargo alloc-kit audit capture -- COMMAND` records one"));
    }
    Ok(files)
}

/// SHA-256 as hexadecimal digits.
pub(crate) fn sum(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
