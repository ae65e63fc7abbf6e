//! `[workspace.metadata.alloc-kit]` of Cargo.toml, or `[package.metadata.alloc-kit]` of a package in the root's folder: what the
//! command line says where it is silent.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::command::Package;
use crate::exit::Failure;
use crate::policy::{Allow, Deny};
use crate::prove::TrustEntry;

const OF_WORKSPACE: &str = "[workspace.metadata.alloc-kit]";
const OF_PACKAGE: &str = "[package.metadata.alloc-kit]";

/// The configuration of a workspace. A key that nobody knows is an error.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Config {
    /// What fails a run that would else pass.
    pub(crate) deny: Vec<Deny>,
    /// What passes that would else fail.
    pub(crate) allow: Vec<Allow>,
    /// Whether tests are run by nextest.
    pub(crate) nextest: bool,
    /// What functions use is saved there, and not in alloc-kit.toml.
    pub(crate) ratchet: Option<PathBuf>,
    /// Bytes that no type may be larger than.
    pub(crate) sizes_max: Option<u64>,
    /// Functions that `prove` takes to allocate nothing.
    pub(crate) prove_trust: Vec<TrustEntry>,
    /// Where it stands.
    #[serde(skip)]
    pub(crate) table: String,
}

impl Config {
    /// Of a workspace's metadata, or of that of the package which is its root. A table that nothing would come of is an error.
    pub(crate) fn of(workspace: Option<&Value>, root: &Path, members: &[Package]) -> Result<Self, Failure> {
        let of = |metadata: Option<&Value>| metadata.and_then(|metadata| metadata.get("alloc-kit")).cloned();
        let manifest = root.join("Cargo.toml");
        let mut found = of(workspace).map(|table| (OF_WORKSPACE, table));
        for package in members {
            let Some(table) = of(package.metadata.as_ref()) else { continue };
            let wrong = |why: &str| {
                let place = package.manifest_path.display();
                let help = format!("put it into {OF_WORKSPACE} of {}", manifest.display());
                Err(Failure::unusable(format!("{OF_PACKAGE} in {place}: {why}")).help(help))
            };
            if package.folder() != root {
                return wrong("a member of a workspace has no configuration of its own");
            }
            if found.is_some() {
                return wrong("there is a table of the workspace as well, and one has to hold");
            }
            found = Some((OF_PACKAGE, table));
        }
        let Some((name, table)) = found else { return Ok(Self::default()) };
        // The error of serde names what is accepted.
        let config = Self::deserialize(table)
            .map_err(|error| Failure::unusable(format!("{name} in {}: {error}", manifest.display())))?;
        Ok(Self { table: name.to_owned(), ..config })
    }

    /// Whether a budget that was never exercised is to fail.
    pub(crate) fn denies_never_exercised(&self) -> bool {
        self.deny.contains(&Deny::NeverExercised)
    }

    /// Whether a budget that was not verified is to pass.
    pub(crate) fn allows_not_verified(&self) -> bool {
        self.allow.contains(&Allow::NotVerified)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config(workspace: &Value, packages: &[(&str, Value)]) -> Result<Config, String> {
        let package = |(folder, metadata): &(&str, Value)| {
            Package::deserialize(json!({
                "name": "app", "id": folder, "manifest_path": format!("{folder}/Cargo.toml"), "version": "0.1.0",
                "edition": "2024", "targets": [], "dependencies": [], "metadata": metadata,
            }))
            .expect("a package")
        };
        let members: Vec<Package> = packages.iter().map(package).collect();
        Config::of(Some(workspace), Path::new("root"), &members).map_err(|failure| {
            let help = failure.help.clone().unwrap_or_default();
            format!("{failure}; {help}").replace('\\', "/")
        })
    }

    #[test]
    fn a_package_that_is_the_root_has_it_as_well() {
        let table = json!({"alloc-kit": {"nextest": true}});
        let none = Value::Null;
        assert_eq!(config(&none, &[("root", json!({"docs": {}}))]), Ok(Config::default()));
        for config in [config(&table, &[("root", none.clone())]), config(&none, &[("root", table.clone())])] {
            assert!(config.is_ok_and(|config| config.nextest));
        }
        let wrong = |config: Result<Config, String>, said: &str| {
            let why = config.expect_err(said);
            assert!(why.contains(said), "{why}");
        };
        let unknown = json!({"alloc-kit": {"table": 1}});
        let known = "Cargo.toml: unknown field `table`, expected one of `deny`, `allow`";
        wrong(config(&none, &[("root", unknown.clone())]), "[package.metadata.alloc-kit] in root/");
        wrong(config(&none, &[("root", unknown.clone())]), known);
        wrong(config(&unknown, &[]), "[workspace.metadata.alloc-kit] in root/");
        wrong(
            config(&none, &[("root", none.clone()), ("root/member", table.clone())]),
            "[package.metadata.alloc-kit] in root/member/Cargo.toml: a member of a workspace has no configuration of its \
             own; put it into [workspace.metadata.alloc-kit] of root/Cargo.toml",
        );
        wrong(config(&table, &[("root", table.clone())]), "there is a table of the workspace as well");
    }
}
