//! What nextest leaves out: doctests, which it does not run, and tests that its configuration filters.

use std::fs;
use std::path::Path;

use toml_edit::{DocumentMut, Item, TableLike};

use crate::command::Package;

/// Whether the library has documentation with code that is run as a test. It is taken to be one if in doubt.
pub(super) fn has_doctests(package: &Package) -> bool {
    let Some(library) = package.library().filter(|library| library.doctest) else { return false };
    let folder = library.src_path.parent().unwrap_or(package.folder());
    any_file(folder, &mut |path| {
        path.extension().is_some_and(|extension| extension == "rs")
            && fs::read_to_string(path).map_or(true, |text| text_has_doctests(&text))
    })
}

fn any_file(folder: &Path, is_it: &mut impl FnMut(&Path) -> bool) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return true };
    entries.flatten().any(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => any_file(&entry.path(), is_it),
        _ => is_it(&entry.path()),
    })
}

/// By the blocks in comments of documentation; text from elsewhere may have some.
fn text_has_doctests(text: &str) -> bool {
    let mut is_in_block = false;
    for line in text.lines().map(str::trim_start) {
        if line.contains("include_str!") && line.contains("doc")
            || line.contains("/**")
            || line.contains("/*!")
        {
            return true;
        }
        let comment = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        let Some(comment) = comment else {
            is_in_block = false;
            // Of a macro, or an attribute.
            if line.contains("doc") && (line.contains("```") || line.contains("~~~")) {
                return true;
            }
            continue;
        };
        let words = comment.trim_start();
        if let Some(info) = words.strip_prefix("```").or_else(|| words.strip_prefix("~~~")) {
            if !is_in_block && is_run(info.trim_start_matches(['`', '~'])) {
                return true;
            }
            is_in_block = !is_in_block;
        } else if !is_in_block && comment.starts_with("     ") && !words.is_empty() {
            return true;
        }
    }
    false
}

/// Whether rustdoc runs a block of these words.
fn is_run(info: &str) -> bool {
    let mut words = info.split([',', ' ', '\t', '{', '}']).filter(|word| !word.is_empty());
    words.all(|word| {
        let is_known = ["rust", "should_panic", "test_harness", "standalone_crate"].contains(&word);
        is_known || word.starts_with("edition") || word.starts_with("ignore-")
    })
}

/// Whether the configuration of nextest leaves tests out; also if it can't be read.
pub(super) fn nextest_filters(root: &Path) -> bool {
    let Ok(text) = fs::read_to_string(root.join(".config").join("nextest.toml")) else { return false };
    text.parse::<DocumentMut>().map_or(true, |document| has_filter(document.as_table()))
}

fn has_filter(table: &dyn TableLike) -> bool {
    table.iter().any(|(key, item)| match item {
        _ if key == "default-filter" => item.as_str().is_none_or(|filter| filter.trim() != "all()"),
        Item::ArrayOfTables(tables) => tables.iter().any(|table| has_filter(table)),
        _ => item.as_table_like().is_some_and(has_filter),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doctests_are_what_rustdoc_runs() {
        for text in [
            "/// So:\n/// ```\n/// f();\n/// ```",
            "//! ```rust\n//! f();\n//! ```",
            "    /// ```should_panic,edition2024\n",
            "/// ~~~\n",
            "/// ````\n",
            "///     f();",
            "/// ```text\n/// no\n/// ```\n/// ```\n/// f();\n/// ```",
            "/// ```text\nfn f() {}\n/// ```\n/// f();\n/// ```",
            "#![doc = include_str!(\"../README.md\")]",
            "#[doc = \"```\"]",
            "/** ```\n f();\n ``` */",
        ] {
            assert!(text_has_doctests(text), "{text}");
        }
        for text in [
            "/// Does.\nfn f() {}",
            "/// ```text\n/// no\n/// ```",
            "/// ```no_run\n/// f();\n/// ```",
            "/// ```ignore\n///      f();\n/// ```",
            "// ```\n",
            "fn f() { /* */ }",
        ] {
            assert!(!text_has_doctests(text), "{text}");
        }
    }

    #[test]
    fn a_filter_may_be_anywhere_in_the_configuration() {
        for (text, expected) in [
            ("[profile.default]\nretries = 2\n", false),
            ("[profile.default]\ndefault-filter = \"all()\"\n", false),
            ("[profile.ci]\ndefault-filter = \"not test(slow)\"\n", true),
            ("[[profile.ci.overrides]]\nplatform = \"cfg(unix)\"\ndefault-filter = \"test(a)\"\n", true),
        ] {
            assert_eq!(has_filter(text.parse::<DocumentMut>().expect("TOML").as_table()), expected, "{text}");
        }
    }
}
