//! What samples of the rules allocate before and after the advice is taken, and the samples.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::embedded::{MEASURED, SAMPLES};

/// What the functions `before` and `after` of a sample allocate.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Figures {
    /// `valgrind 3.19 --tool=dhat`
    pub(crate) profiler: String,
    pub(crate) before: Amount,
    pub(crate) after: Amount,
    /// The SHA-256 of the sample that was measured.
    pub(crate) sample: String,
    /// What else was measured, or instead.
    #[serde(default)]
    pub(crate) note: String,
}

/// Over a whole run; blocks are not known by every profiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Amount {
    pub(crate) bytes: u64,
    pub(crate) blocks: Option<u64>,
}

/// Of a rule, if its sample was measured.
pub(crate) fn figures(id: &str) -> Option<&'static Figures> {
    static ALL: OnceLock<BTreeMap<String, Figures>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let parse = |text: &&str| -> BTreeMap<String, Figures> {
            serde_json::from_str(text).unwrap_or_else(|error| unreachable!("a file of figures: {error}"))
        };
        MEASURED.iter().flat_map(parse).collect()
    });
    all.get(id)
}

/// The program of a rule, if it has one.
pub(crate) fn sample(id: &str) -> Option<&'static str> {
    SAMPLES.iter().find(|(of, _)| *of == id).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::fmt::Write;
    use std::fs;
    use std::path::Path;

    use sha2::{Digest, Sha256};

    use super::*;
    use crate::audit::rules;

    /// The files below a folder of `rules`, by their paths from there with `/`.
    fn files(folder: &str) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/audit/rules");
        let mut found = Vec::new();
        let mut open = vec![root.join(folder)];
        while let Some(folder) = open.pop() {
            // One that is not there has nothing in it.
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let inside = path.strip_prefix(&root).expect("it is below");
                    found.push(inside.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        found.sort();
        found
    }

    /// The id that a sample is of.
    fn id(file: &str) -> &str {
        Path::new(file).file_stem().and_then(|name| name.to_str()).expect("a name")
    }

    #[test]
    fn the_lists_are_what_the_folders_have() {
        let with = |folder: &str, endings: &[&str]| -> Vec<String> {
            let ending = |file: &String| file.rsplit('.').next().is_some_and(|of| endings.contains(&of));
            files(folder).into_iter().filter(ending).collect()
        };
        let samples = with("samples", &["rs", "js", "ts", "mjs", "py"]);
        let measured = with("measured", &["json"]);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/audit/rules/embedded.rs");
        let text = fs::read_to_string(&path).expect("the lists").replace('\r', "");
        let (head, _) = text.split_once("/// Ids of").expect("the start");
        let list = |entries: String| if entries.is_empty() { String::new() } else { format!("\n{entries}") };
        let of_samples = samples.iter().fold(String::new(), |mut text, file| {
            let _ = writeln!(text, "    (\"{}\", include_str!(\"{file}\")),", id(file));
            text
        });
        let of_figures = measured.iter().fold(String::new(), |mut text, file| {
            let _ = writeln!(text, "    include_str!(\"{file}\"),");
            text
        });
        let new = format!(
            "{head}/// Ids of rules, and their programs.\n#[rustfmt::skip]\npub(super) const SAMPLES: &[(&str, &str)] = &[{}];\n\n\
             /// Figures, a file for each language.\n#[rustfmt::skip]\npub(super) const MEASURED: &[&str] = &[{}];\n",
            list(of_samples),
            list(of_figures)
        );
        if env::var_os("AUDIT").is_some_and(|value| value == "overwrite") {
            fs::write(&path, &new).expect("the lists are written");
        } else {
            assert_eq!(text, new, "`AUDIT=overwrite` writes it, as the file says");
        }
        for (file, what) in samples.iter().map(|file| (file, "sample")) {
            assert!(rules::find(id(file)).is_some(), "the {what} {file} is of no rule");
        }
    }

    #[test]
    fn figures_are_of_the_samples_as_they_are() {
        for (id, text) in SAMPLES {
            let Some(figures) = figures(id) else { continue };
            let sum = Sha256::digest(text.replace('\r', "")).iter().fold(String::new(), |mut sum, byte| {
                let _ = write!(sum, "{byte:02x}");
                sum
            });
            assert_eq!(
                figures.sample, sum,
                "{id}: it was changed since it was measured: `MEASURED=overwrite`"
            );
        }
    }

    #[test]
    fn figures_are_of_rules() {
        for text in MEASURED {
            let all: BTreeMap<String, Figures> = serde_json::from_str(text).expect("figures");
            for id in all.keys() {
                assert!(rules::find(id).is_some(), "there are figures of `{id}`, which is no rule");
            }
        }
    }
}
