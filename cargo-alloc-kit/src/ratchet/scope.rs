//! What part of the workspace a run has seen. What was not run has not got better, and is not gone.

use std::env;
use std::fs;
use std::path::Path;

use super::left_out;
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
    ("-P", true),
];

/// What was run.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// Nothing was filtered, and no test failed.
    is_whole: bool,
    /// The innermost first.
    packages: Vec<Member>,
}

/// A package of the workspace.
#[derive(Clone, Debug)]
struct Member {
    /// Below the root.
    folder: String,
    /// Whether all of its tests were run.
    is_run: bool,
    /// Whether all were, also of the members that depend on it, which may call what it has.
    is_sure: bool,
}

impl Scope {
    /// All there is, without a filter.
    pub(crate) fn all() -> Self {
        Self { is_whole: true, packages: Vec::new() }
    }

    /// Of what was asked for.
    pub(crate) fn of(build: &Build, for_cargo: &Split, nextest: bool, workspace: &Workspace) -> Self {
        let others: Vec<String> = texts(&for_cargo.others);
        let excluded = values(&others, "--exclude");
        let all = build.workspace || others.iter().any(|argument| argument == "--all");
        let by_place = selected_by_place(build, workspace);
        let is_run = |package: &Package| {
            let is_selected = if all {
                !excluded.iter().any(|spec| is_named(package, spec))
            } else if build.package.is_empty() {
                by_place.contains(&package.id.as_str())
            } else {
                build.package.iter().any(|spec| is_named(package, spec))
            };
            is_selected && !(nextest && left_out::has_doctests(package))
        };
        let runs: Vec<bool> = workspace.members.iter().map(is_run).collect();
        let callers = callers(&workspace.members);
        let member = |(index, package): (usize, &Package)| Member {
            folder: folder(&package.manifest_path, &workspace.root),
            is_run: runs[index],
            is_sure: callers[index].iter().all(|caller| runs[*caller]),
        };
        let mut packages: Vec<Member> = workspace.members.iter().enumerate().map(member).collect();
        packages.sort_by_key(|member| std::cmp::Reverse(member.folder.len()));
        let is_filtered = nextest && left_out::nextest_filters(&workspace.root);
        let is_whole =
            !is_filtered && leaves_none_out(&others) && leaves_none_out(&texts(&for_cargo.for_tests));
        Self { is_whole, packages }
    }

    /// The same, of a run whose tests did not all come to their end.
    pub(crate) fn cut_short(mut self) -> Self {
        self.is_whole = false;
        self
    }

    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Whether nothing of the workspace was left out.
    pub(crate) fn is_of_all(&self) -> bool {
        self.is_whole && self.packages.iter().all(|member| member.is_run)
    }

    /// Whether all was run that knows a function of the file: it has not got better for want of a test.
    pub(super) fn is_sure_of(&self, file: &str) -> bool {
        let package = self.packages.iter().find(|Member { folder, .. }| {
            folder.is_empty() || file.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        });
        let is_sure = match package {
            Some(member) => member.is_sure,
            // Of a package that is no more.
            None => self.packages.iter().all(|member| member.is_run),
        };
        self.is_whole && is_sure
    }
}

/// For each member those whose tests may call what it has: itself, and who depends on it, directly or not.
fn callers(members: &[Package]) -> Vec<Vec<usize>> {
    let is_member = |path: &Path| members.iter().any(|member| same(member.folder(), path));
    let needs = |package: &Package, other: &Package| {
        package.dependencies.iter().any(|dependency| match &dependency.path {
            // A package from outside of the workspace may lead back into it.
            Some(path) => {
                same(path, other.folder()) || !is_member(path) && names(&path.join("Cargo.toml"), &other.name)
            }
            // `[patch]` may put the member there.
            None => dependency.name == other.name,
        })
    };
    let needed_by: Vec<Vec<usize>> = members
        .iter()
        .map(|other| (0..members.len()).filter(|index| needs(&members[*index], other)).collect())
        .collect();
    let all_callers = |index: usize| {
        let mut callers = vec![index];
        let mut next = 0;
        while let Some(caller) = callers.get(next).copied() {
            next += 1;
            for other in &needed_by[caller] {
                if !callers.contains(other) {
                    callers.push(*other);
                }
            }
        }
        callers
    };
    (0..members.len()).map(all_callers).collect()
}

/// Whether a manifest that is no member's has the name of one in it.
fn names(manifest: &Path, name: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    fs::read_to_string(manifest).is_ok_and(|text| text.split(|c| !is_of_name(c)).any(|word| word == name))
}

/// Whether two paths are of one file or folder.
fn same(one: &Path, other: &Path) -> bool {
    one == other
        || match (one.canonicalize(), other.canonicalize()) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
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
#[path = "scope_tests.rs"]
mod tests;
