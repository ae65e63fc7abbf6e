//! Whose a type is: its path begins with a crate's name, unless it is of the crate that is compiled, whose paths have none.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proc_macro2::{TokenStream, TokenTree};
use serde::Deserialize;

use super::compiler::Printed;
use crate::cli::Build;
use crate::command::{Package, Workspace, cargo};
use crate::exit::Failure;

/// Crates of the compiler's own, and what these are made of.
const OF_STD: [&str; 17] = [
    "std",
    "core",
    "alloc",
    "proc_macro",
    "test",
    "std_detect",
    "hashbrown",
    "gimli",
    "addr2line",
    "object",
    "miniz_oxide",
    "adler2",
    "rustc_demangle",
    "memchr",
    "libc",
    "unwind",
    "panic_unwind",
];

/// The crates that there are, ours and others'.
#[derive(Debug)]
pub(crate) struct Crates {
    root: PathBuf,
    manifests: Vec<PathBuf>,
    own: BTreeSet<String>,
    others: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

impl Crates {
    /// Asks cargo for the dependencies.
    pub(crate) fn of(build: &Build, workspace: &Workspace) -> Result<Self, Failure> {
        let mut command = Command::new(cargo());
        command.args(["metadata", "--format-version", "1", "--color", "never"]);
        if let Some(path) = &build.manifest_path {
            command.arg("--manifest-path").arg(path);
        }
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(|error| Failure::unusable(format!("cannot run {}: {error}", cargo().display())))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::unusable(format!("`cargo metadata` failed: {}", said.trim())));
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout).map_err(|error| {
            Failure::unusable(format!("`cargo metadata` says what can't be read: {error}"))
        })?;
        let is_own = |package: &Package| workspace.members.iter().any(|member| member.id == package.id);
        let name = |of: &str| of.replace('-', "_");
        let libraries = |own: bool| {
            let packages = metadata.packages.iter().filter(move |package| is_own(package) == own);
            packages.filter_map(Package::library).map(|library| name(&library.name))
        };
        let own: BTreeSet<String> = libraries(true).collect();
        let renamed = metadata.packages.iter().flat_map(|package| &package.dependencies);
        let renamed = renamed.filter_map(|dependency| dependency.rename.as_deref()).map(name);
        let mut others: BTreeSet<String> = libraries(false).chain(renamed).collect();
        others.extend(OF_STD.map(str::to_owned));
        others.retain(|name| !own.contains(name));
        let manifests = workspace.members.iter().map(|member| member.manifest_path.clone());
        Ok(Self { root: workspace.root.clone(), manifests: manifests.collect(), own, others })
    }

    /// Modules of a crate that are called like a crate: what is in them is the crate's.
    pub(crate) fn hidden(&self, printed: &Printed) -> BTreeSet<String> {
        let text = fs::read_to_string(self.root.join(&printed.root)).unwrap_or_default();
        let mut names = BTreeSet::new();
        modules(text.parse().unwrap_or_default(), &mut names);
        names.retain(|name| self.others.contains(name));
        names
    }

    /// The crate that the type is of, if it is one of ours, and its name in that crate.
    pub(crate) fn owner(
        &self,
        name: &str,
        compiled: &str,
        hidden: &BTreeSet<String>,
    ) -> Option<(String, String)> {
        let of_compiled = || (compiled.to_owned(), name.to_owned());
        let path = match name.strip_prefix('{') {
            None => name,
            // `{closure@src/lib.rs:3:14: 3:17}`
            Some(inner) if inner.split(' ').any(|word| word.contains('@')) && !inner.contains(" of ") => {
                let (_, place) = inner.split_once('@')?;
                return self.is_ours(place).then(of_compiled);
            }
            // `{async fn body of app::fetch()}`, `{async fn body of <app::Client as Fetch>::fetch()}`
            Some(inner) => inner.split_once(" of ").map_or(inner, |(_, path)| path),
        };
        let path = path.trim_start_matches(['<', '&', '(', '[']);
        let head: &str = path.split([':', '<', ' ', '(', '>', '{']).next()?;
        let follows = path[head.len()..].starts_with("::");
        if !follows || hidden.contains(head) {
            return Some(of_compiled());
        }
        if self.own.contains(head) {
            // Named as that crate itself has it, so that it is there once.
            return Some((head.to_owned(), name.replacen(&format!("{head}::"), "", 1)));
        }
        (!self.others.contains(head)).then(of_compiled)
    }

    /// Whether the nearest manifest is one of ours.
    fn is_ours(&self, place: &str) -> bool {
        // `{closure@<std::iter::Map<..> as ..>::fold<..>}` has none.
        let Some((file, _)) = place.split_once(".rs:") else { return false };
        let file = self.root.join(Path::new(&format!("{file}.rs")));
        let nearest =
            file.ancestors().skip(1).map(|folder| folder.join("Cargo.toml")).find(|path| path.exists());
        nearest.is_some_and(|nearest| self.manifests.contains(&nearest))
    }
}

fn modules(tokens: TokenStream, names: &mut BTreeSet<String>) {
    let mut is_named = false;
    for token in tokens {
        match token {
            TokenTree::Ident(word) => {
                if is_named {
                    names.insert(word.to_string());
                }
                is_named = word == "mod";
            }
            // Of a macro, as `cfg_if!`.
            TokenTree::Group(group) => modules(group.stream(), names),
            _ => is_named = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closure_is_of_the_package_that_has_its_file() {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let manifests = vec![root.join("Cargo.toml")];
        let crates = Crates { root, manifests, own: BTreeSet::new(), others: BTreeSet::new() };
        let owner = |name| crates.owner(name, "app", &BTreeSet::new()).map(|(owner, _)| owner);
        assert_eq!(owner("{closure@src/main.rs:3:14: 3:17}").as_deref(), Some("app"));
        assert_eq!(owner("{closure@<std::iter::Map<I, F> as Iterator>::fold<(), G>::{closure#0}}"), None);
    }
}
