//! What of a profile has to be changed, so that its binary can be read: line tables if it has none, symbols, and both in the file.

use std::env;

use toml_edit::Table;

use super::cargo_config::{CargoConfig, get, text};

/// Environment variables for cargo, and what they change, in words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) variables: Vec<(String, &'static str)>,
    /// `debug = "line-tables-only"`
    pub(super) said: Vec<String>,
}

/// What is known of profiles: by the environment, cargo's configuration and the workspace's manifest.
pub(super) struct Profiles<'a> {
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    pub(super) config: &'a CargoConfig,
    pub(super) manifest: &'a Table,
}

/// What the environment says.
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

fn variable_name(profile: &str, key: &str) -> String {
    format!("CARGO_PROFILE_{profile}_{key}").to_uppercase().replace('-', "_")
}

impl Profiles<'_> {
    /// What has to be changed.
    pub(super) fn changes(&self, profile: &str) -> Changes {
        let mut changes = Changes::default();
        let debug = self.value(profile, "debug").unwrap_or_default();
        if matches!(debug.as_str(), "" | "0" | "false" | "none" | "line-directives-only") {
            changes.variables.push((variable_name(profile, "debug"), "line-tables-only"));
            changes.said.push("debug = \"line-tables-only\"".to_owned());
        }
        for (key, value) in [("strip", "none"), ("split-debuginfo", "off")] {
            changes.variables.push((variable_name(profile, key), value));
            let before = self.value(profile, key);
            if before.is_some_and(|before| before != value && before != "false") {
                changes.said.push(format!("{key} = \"{value}\""));
            }
        }
        changes
    }

    /// A key of the profile, or of that which it inherits from.
    fn value(&self, profile: &str, key: &str) -> Option<String> {
        let mut name = profile.to_owned();
        // Cargo itself says of one that inherits from itself.
        for _ in 0..8 {
            if let Some(value) = self.own(&name, key) {
                return Some(value);
            }
            let inherits = self.own(&name, "inherits");
            name = match (name.as_str(), inherits) {
                ("dev", _) => return (key == "debug").then(|| "true".to_owned()),
                ("release", _) => return None,
                ("test", _) => "dev".to_owned(),
                ("bench", _) => "release".to_owned(),
                (_, inherits) => inherits?,
            };
        }
        None
    }

    fn own(&self, profile: &str, key: &str) -> Option<String> {
        (self.variable)(&variable_name(profile, key))
            .or_else(|| self.config.profile(profile, key))
            .or_else(|| text(get(self.manifest, &["profile", profile, key])?))
    }
}

#[cfg(test)]
mod tests {
    use toml_edit::DocumentMut;

    use super::*;

    fn said(profile: &str, manifest: &str, config: &str, variables: &[(&str, &str)]) -> Vec<String> {
        let manifest: DocumentMut = manifest.parse().expect("TOML");
        let variable =
            |name: &str| variables.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned());
        let config = CargoConfig::made_of(&[("a/.cargo/config.toml", config)]);
        Profiles { variable: &variable, config: &config, manifest: manifest.as_table() }.changes(profile).said
    }

    #[test]
    fn only_what_has_to_be_is_changed() {
        let lines = "debug = \"line-tables-only\"";
        assert_eq!(said("release", "", "", &[]), [lines]);
        assert!(said("dev", "", "", &[]).is_empty());
        assert_eq!(said("dev", "profile.dev.debug = 0", "", &[]), [lines]);
        assert!(said("release", "profile.release.debug = 1", "", &[]).is_empty());
        assert!(said("release", "", "profile.release.debug = true", &[]).is_empty());
        assert!(
            said("release", "profile.release.debug = 0", "", &[("CARGO_PROFILE_RELEASE_DEBUG", "2")])
                .is_empty()
        );
        assert_eq!(said("release", "profile.release.debug = \"line-directives-only\"", "", &[]), [lines]);
        let inherits =
            "[profile.my-dist]\ninherits = \"dist\"\n[profile.dist]\ninherits = \"dev\"\nstrip = true";
        assert_eq!(said("my-dist", inherits, "", &[]), ["strip = \"none\""]);
        assert_eq!(
            said("bench", "profile.release.split-debuginfo = \"packed\"", "", &[]),
            [lines, "split-debuginfo = \"off\""]
        );
        // A ring is cargo's to refuse.
        assert_eq!(said("a", "profile.a.inherits = \"b\"\nprofile.b.inherits = \"a\"", "", &[]), [lines]);
    }

    #[test]
    fn variables_are_of_the_profile_by_its_name() {
        let manifest = Table::new();
        let config = CargoConfig::default();
        let profiles = Profiles { variable: &|_| None, config: &config, manifest: &manifest };
        assert_eq!(
            profiles.changes("my-dist").variables,
            [
                ("CARGO_PROFILE_MY_DIST_DEBUG".to_owned(), "line-tables-only"),
                ("CARGO_PROFILE_MY_DIST_STRIP".to_owned(), "none"),
                ("CARGO_PROFILE_MY_DIST_SPLIT_DEBUGINFO".to_owned(), "off"),
            ]
        );
    }
}
