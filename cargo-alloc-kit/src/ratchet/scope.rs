//! What part of the workspace a run has seen. What was not run has not got better, and is not gone.

use std::env;
use std::path::Path;

use crate::cli::Build;
use crate::command::{Package, Workspace};
use crate::split::Split;

/// Arguments of cargo, nextest and test harnesses that leave no test out; and whether a value follows.
const HARMLESS: [(&str, bool); 28] = [
    ("--locked", false),
    ("--offline", false),
    ("--frozen", false),
    ("--no-fail-fast", false),
    ("--ignore-rust-version", false),
    ("--all-targets", false),
    ("--all", false),
    ("--keep-going", false),
    ("--timings", false),
    ("--no-capture", false),
    ("--nocapture", false),
    ("--show-output", false),
    ("--include-ignored", false),
    ("--quiet", false),
    ("-q", false),
    ("-j", true),
    ("--jobs", true),
    ("--config", true),
    ("--exclude", true),
    ("--lockfile-path", true),
    ("--build-jobs", true),
    ("--test-threads", true),
    ("--retries", true),
    ("-Z", true),
    ("--format", true),
    ("--logfile", true),
    ("--color", true),
    ("--failure-output", true),
];

/// What was run.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// Nothing was filtered, and no test failed.
    is_whole: bool,
    /// The packages, by the folder below the root, and whether their tests were run.
    packages: Vec<(String, bool)>,
}

impl Scope {
    /// All there is, without a filter.
    #[allow(dead_code, reason = "for who has a run that is over")]
    pub(crate) fn all() -> Self {
        Self { is_whole: true, packages: Vec::new() }
    }

    /// Of what was asked for.
    pub(crate) fn of(build: &Build, for_cargo: &Split, workspace: &Workspace) -> Self {
        let others: Vec<String> = texts(&for_cargo.others);
        let excluded = values(&others, "--exclude");
        let all = build.workspace || others.iter().any(|argument| argument == "--all");
        let by_place = selected_by_place(build, workspace);
        let package = |package: &Package| {
            let is_selected = if all {
                !excluded.iter().any(|spec| is_named(package, spec))
            } else if build.package.is_empty() {
                by_place.contains(&package.id.as_str())
            } else {
                build.package.iter().any(|spec| is_named(package, spec))
            };
            (folder(&package.manifest_path, &workspace.root), is_selected)
        };
        let mut packages: Vec<(String, bool)> = workspace.members.iter().map(package).collect();
        // The innermost first.
        packages.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        let is_whole = leaves_none_out(&others) && leaves_none_out(&texts(&for_cargo.for_tests));
        Self { is_whole, packages }
    }

    /// The same, of a run whose tests did not all come to their end.
    pub(super) fn cut_short(mut self) -> Self {
        self.is_whole = false;
        self
    }

    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Whether nothing of the workspace was left out.
    pub(crate) fn is_of_all(&self) -> bool {
        self.is_whole && self.packages.iter().all(|(_, is_selected)| *is_selected)
    }

    /// Whether all was run that knows a function of the file: it has not got better for want of a test.
    pub(super) fn is_sure_of(&self, file: &str) -> bool {
        let package = self.packages.iter().find(|(folder, _)| {
            folder.is_empty() || file.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        });
        let is_selected = match package {
            Some((_, is_selected)) => *is_selected,
            // Of a package that is no more.
            None => self.packages.iter().all(|(_, is_selected)| *is_selected),
        };
        self.is_whole && is_selected
    }
}

fn texts(arguments: &[std::ffi::OsString]) -> Vec<String> {
    arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// The values that an option has.
fn values(arguments: &[String], option: &str) -> Vec<String> {
    let mut values = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        if argument == option {
            values.extend(arguments.get(index + 1).cloned());
        } else if let Some(value) = argument.strip_prefix(option).and_then(|rest| rest.strip_prefix('=')) {
            values.push(value.to_owned());
        }
    }
    values
}

fn leaves_none_out(arguments: &[String]) -> bool {
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let name = argument.split_once('=').map_or(argument.as_str(), |(name, _)| name);
        match HARMLESS.iter().find(|(known, _)| *known == name) {
            Some((_, true)) if name == argument => {
                rest.next();
            }
            Some(_) => {}
            // `-j4`
            None if argument.strip_prefix("-j").is_some_and(|jobs| jobs.parse::<u32>().is_ok()) => {}
            None => return false,
        }
    }
    true
}

/// What `-p` and `--exclude` take: a name, one with a version, a pattern. What else they take names nothing here, and
/// then the run is not sure of the package.
fn is_named(package: &Package, spec: &str) -> bool {
    let name = spec.rsplit_once('#').map_or(spec, |(_, name)| name);
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    matches(name.as_bytes(), package.name.as_bytes())
}

/// A pattern of `*` and `?`.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            matches(rest, name) || name.split_first().is_some_and(|(_, name)| matches(pattern, name))
        }
        (Some((b'?', pattern)), Some((_, name))) => matches(pattern, name),
        (Some((one, pattern)), Some((other, name))) => one == other && matches(pattern, name),
        _ => false,
    }
}

/// The packages that cargo takes where none is named: the one in whose folder it is, else the default ones.
fn selected_by_place<'a>(build: &Build, workspace: &'a Workspace) -> Vec<&'a str> {
    let manifest = match &build.manifest_path {
        Some(path) => Some(path.clone()),
        None => env::current_dir().ok().and_then(|folder| {
            folder.ancestors().map(|folder| folder.join("Cargo.toml")).find(|path| path.is_file())
        }),
    };
    let same = |one: &Path, other: &Path| match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    };
    let root = workspace.root.join("Cargo.toml");
    let member = manifest.filter(|manifest| !same(manifest, &root)).and_then(|manifest| {
        workspace.members.iter().find(|package| same(&package.manifest_path, &manifest))
    });
    match member {
        Some(package) => vec![&package.id],
        None => workspace.default_members.iter().map(String::as_str).collect(),
    }
}

/// The folder of a manifest as `file!()` has it: below the root, with `/`.
fn folder(manifest: &Path, root: &Path) -> String {
    let folder = manifest.parent().unwrap_or(manifest);
    let folder = folder.strip_prefix(root).unwrap_or(folder);
    folder.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::config::Config;

    /// A workspace of the root's package `app`, and of `util` and `util-macros` in folders.
    fn workspace() -> Workspace {
        let package = |name: &str, folder: &str| Package {
            name: name.to_owned(),
            id: format!("path+file:///w/{folder}#{name}@0.1.0"),
            manifest_path: Path::new("/w").join(folder).join("Cargo.toml"),
            version: "0.1.0".into(),
            edition: "2024".into(),
            targets: Vec::new(),
            dependencies: Vec::new(),
            metadata: None,
        };
        let members =
            vec![package("app", ""), package("util", "util"), package("util-macros", "util/macros")];
        Workspace {
            root: "/w".into(),
            target: "/w/target".into(),
            default_members: vec![members[0].id.clone()],
            members,
            config: Config::default(),
        }
    }

    /// Of the files, of which the run is sure.
    fn sure_of(build: &Build, others: &[&str], for_tests: &[&str]) -> Vec<&'static str> {
        let of = |arguments: &[&str]| arguments.iter().map(OsString::from).collect();
        let split = Split { known: Vec::new(), others: of(others), for_tests: of(for_tests) };
        let build = Build { manifest_path: Some("/w/Cargo.toml".into()), ..build.clone() };
        let scope = Scope::of(&build, &split, &workspace());
        let files = ["src/lib.rs", "util/src/lib.rs", "util/macros/src/lib.rs", "utilities/src/lib.rs"];
        files.into_iter().filter(|file| scope.is_sure_of(file)).collect()
    }

    #[test]
    fn packages_are_those_that_cargo_takes() {
        let all = Build { workspace: true, ..Build::default() };
        let named = |specs: &[&str]| Build {
            package: specs.iter().map(ToString::to_string).collect(),
            ..Build::default()
        };
        // A folder that no other package has is the root's.
        let (app, util, macros, other) =
            ("src/lib.rs", "util/src/lib.rs", "util/macros/src/lib.rs", "utilities/src/lib.rs");
        for (build, others, expected) in [
            (&Build::default(), &[][..], &[app, other][..]),
            (&all, &[], &[app, util, macros, other]),
            (&Build::default(), &["--all"], &[app, util, macros, other]),
            (&all, &["--exclude", "util"], &[app, macros, other]),
            (&all, &["--exclude=util*"], &[app, other]),
            (&named(&["util"]), &[], &[util]),
            (&named(&["util@0.1.0", "app"]), &[], &[app, util, other]),
            (&named(&["util-*"]), &[], &[macros]),
            (&named(&["path+file:///w/util#util@0.1.0"]), &[], &[util]),
            (&named(&["serde"]), &[], &[]),
        ] {
            assert_eq!(sure_of(build, others, &[]), expected, "{build:?} {others:?}");
        }
        let in_util = Build { manifest_path: Some("/w/util/Cargo.toml".into()), ..Build::default() };
        assert_eq!(selected_by_place(&in_util, &workspace()), ["path+file:///w/util#util@0.1.0"]);
    }

    #[test]
    fn a_filter_leaves_something_out() {
        let all = Build { workspace: true, ..Build::default() };
        for whole in
            [&["--locked", "-j", "4"][..], &["-j4", "--jobs=2", "--config", "a.b=1", "--no-fail-fast"]]
        {
            assert_eq!(
                sure_of(&all, whole, &["--nocapture", "--test-threads", "1", "--include-ignored"]).len(),
                4
            );
        }
        for others in [
            &["name"][..],
            &["--test", "x"],
            &["--lib"],
            &["--doc"],
            &["--bins"],
            &["--tests"],
            &["-E", "all()"],
            &["--partition", "count:1/2"],
            &["--jobs", "4", "name"],
            &["--unknown"],
        ] {
            assert!(sure_of(&all, others, &[]).is_empty(), "{others:?}");
        }
        for for_tests in [
            &["name"][..],
            &["--skip", "x"],
            &["--ignored"],
            &["--exact", "x"],
            &["--test-threads", "1", "x"],
        ] {
            assert!(sure_of(&all, &[], for_tests).is_empty(), "{for_tests:?}");
        }
    }
}
