//! What cargo's configuration says that a build of another kind has to keep: a wrapper of the compiler, and the profile.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table};

/// The files of cargo's configuration that hold in a folder, the one that holds over the others first.
#[derive(Debug, Default)]
pub(super) struct CargoConfig {
    files: Vec<(PathBuf, Table)>,
}

impl CargoConfig {
    /// As cargo finds them: in the folder and in all above it, then in cargo's own.
    pub(super) fn of(folder: &Path) -> Self {
        let home = env::var_os("CARGO_HOME")
            .map(PathBuf::from)
            .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
        let folders = folder.ancestors().map(|folder| folder.join(".cargo")).chain(home);
        let mut config = Self::default();
        for folder in folders {
            // The older name holds, as cargo has it.
            let found =
                ["config", "config.toml"].iter().map(|name| folder.join(name)).find(|path| path.is_file());
            let Some(path) = found else { continue };
            if config.files.iter().any(|(known, _)| *known == path) {
                continue;
            }
            // Cargo itself says of one that it can't read.
            let parsed = fs::read_to_string(&path).ok().and_then(|text| text.parse::<DocumentMut>().ok());
            if let Some(parsed) = parsed {
                config.files.push((path, parsed.as_table().clone()));
            }
        }
        config
    }

    #[cfg(test)]
    pub(super) fn made_of(files: &[(&str, &str)]) -> Self {
        let table = |text: &str| text.parse::<DocumentMut>().expect("TOML").as_table().clone();
        Self { files: files.iter().map(|(path, text)| (path.into(), table(text))).collect() }
    }

    /// The wrapper of the compiler that a build without this program would have.
    pub(super) fn wrapper(&self) -> Option<PathBuf> {
        for name in ["RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER"] {
            // An empty one says that there is none.
            if let Some(wrapper) = env::var_os(name) {
                return Some(PathBuf::from(wrapper)).filter(|path| !path.as_os_str().is_empty());
            }
        }
        self.wrapper_of_files()
    }

    fn wrapper_of_files(&self) -> Option<PathBuf> {
        let found = self
            .files
            .iter()
            .find_map(|(path, table)| Some((path, get(table, &["build", "rustc-wrapper"])?.as_str()?)));
        let (path, wrapper) = found.filter(|(_, wrapper)| !wrapper.is_empty())?;
        if Path::new(wrapper).components().count() < 2 {
            // A name of the path.
            return Some(wrapper.into());
        }
        // From the folder that `.cargo` is in.
        Some(path.parent()?.parent()?.join(wrapper))
    }

    /// A key of a profile, as text.
    pub(super) fn profile(&self, name: &str, key: &str) -> Option<String> {
        self.files.iter().find_map(|(_, table)| text(get(table, &["profile", name, key])?))
    }
}

/// What is at a path of keys.
pub(super) fn get<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Item> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(first)?, |item, key| item.get(key))
}

/// A text, number or truth value as an environment variable would have it.
pub(super) fn text(item: &Item) -> Option<String> {
    let value = item.as_value()?;
    let other =
        || value.as_bool().map(|is| is.to_string()).or_else(|| value.as_integer().map(|n| n.to_string()));
    value.as_str().map(str::to_owned).or_else(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapper_is_found_as_cargo_finds_it() {
        let wrapper = |files: &[(&str, &str)]| CargoConfig::made_of(files).wrapper_of_files();
        let file = |text| [("work/app/.cargo/config.toml", text)];
        assert_eq!(wrapper(&file("[build]\nrustc-wrapper = \"sccache\"")), Some("sccache".into()));
        assert_eq!(
            wrapper(&file("build.rustc-wrapper = \"tools/wrap\"")),
            Some("work/app/tools/wrap".into())
        );
        assert_eq!(wrapper(&file("build = { rustc-wrapper = \"\" }")), None);
        let two = [
            ("a/b/.cargo/config.toml", "[build]\njobs = 1"),
            ("a/.cargo/config", "build.rustc-wrapper = \"x/y\""),
        ];
        assert_eq!(wrapper(&two), Some("a/x/y".into()));
    }
}
