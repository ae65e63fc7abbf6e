//! What a build was made of: sums of each file that it read and that no lock file holds still, so that a proof which another helper, trust
//! list or profile would change is known as one of the past.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use crate::command::Workspace;

/// How deep folders are looked into.
const DEPTH: usize = 24;

/// What decides a build besides sources: the trust list, profiles and flags among it.
const OF_ROOT: [&str; 6] = [
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    ".cargo/config",
    "rust-toolchain.toml",
    "rust-toolchain",
];

/// Sums by paths, from the root where they are below it. What is not there has an empty one.
pub(super) fn sums(workspace: &Workspace, annotated: &[&str]) -> BTreeMap<String, String> {
    let root = &workspace.root;
    let target = &workspace.target;
    let mut files: BTreeSet<PathBuf> = annotated.iter().map(|file| root.join(file)).collect();
    let count = files.len();
    let is_source = |path: &Path| !path.starts_with(target) && !is_fetched(path);
    let dep_infos =
        below(&target.join("alloc-kit").join("prove"), &|path| path.extension() == Some("d".as_ref()));
    for dep_info in dep_infos {
        let Ok(text) = fs::read_to_string(dep_info) else { continue };
        files.extend(named(&text).into_iter().map(|path| root.join(path)).filter(|path| is_source(path)));
    }
    let are_known = files.len() > count;
    for package in &workspace.members {
        files.insert(package.manifest_path.clone());
        // A build script may read what it will, and where cargo keeps what it knows elsewhere all may have been read.
        if !are_known || package.targets.iter().any(|target| target.is("custom-build")) {
            let folder = package.folder();
            files.extend(below(folder, &|path| is_source(path) && path.extension() != Some("md".as_ref())));
        }
    }
    files.extend(OF_ROOT.iter().map(|name| root.join(name)));
    let shown = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
    files.iter().map(|path| (shown(path), sum(path))).collect()
}

/// The first of those that is not as it was.
pub(super) fn changed<'a>(sums: &'a BTreeMap<String, String>, root: &Path) -> Option<&'a str> {
    sums.iter().find(|(path, was)| sum(&root.join(path)) != **was).map(|(path, _)| path.as_str())
}

fn sum(path: &Path) -> String {
    let Ok(bytes) = fs::read(path) else { return String::new() };
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Of a registry or a repository, which the lock file holds still; or std's.
fn is_fetched(path: &Path) -> bool {
    let parts: Vec<&str> = path.components().filter_map(|part| part.as_os_str().to_str()).collect();
    parts
        .windows(2)
        .any(|pair| pair == ["registry", "src"] || pair == ["git", "checkouts"] || pair == ["rustlib", "src"])
}

/// Files below a folder; not in hidden ones, nor behind links.
fn below(folder: &Path, is_one: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let (path, kind) = (entry.path(), entry.file_type());
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            match kind {
                Ok(kind) if kind.is_dir() && !is_hidden && depth < DEPTH && !is_target(&path) => {
                    folders.push((path, depth + 1));
                }
                Ok(kind) if kind.is_file() && is_one(&path) => found.push(path),
                _ => {}
            }
        }
    }
    found
}

/// A target folder, by the mark that cargo puts there, other than where `prove` builds.
fn is_target(path: &Path) -> bool {
    path.join("CACHEDIR.TAG").exists()
}

/// The files that a compiler's dep-info says to be read: `out: a.rs b\ c.rs`, in a line for each output.
fn named(text: &str) -> BTreeSet<PathBuf> {
    let mut paths = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((_, inputs)) = line.split_once(": ") else { continue };
        let mut path = String::new();
        let mut chars = inputs.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' if chars.peek() == Some(&' ') => path.extend(chars.next()),
                ' ' => paths.extend(
                    Some(std::mem::take(&mut path)).filter(|path| !path.is_empty()).map(PathBuf::from),
                ),
                c => path.push(c),
            }
        }
        paths.extend(Some(path).filter(|path| !path.is_empty()).map(PathBuf::from));
    }
    paths
}

/// The commit that is checked out, if there is one and git is here.
pub(super) fn commit(root: &Path) -> Option<String> {
    let mut command = Command::new("git");
    command.args(["rev-parse", "--verify", "HEAD"]).current_dir(root);
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dep_info_names_what_was_read() {
        let text = "out/app.d: src/main.rs src/a\\ b.rs\n\nsrc/main.rs:\n# env-dep:X=a: b\nout/app: src/main.rs c.txt\n";
        let names: Vec<_> = named(text).into_iter().map(|path| path.display().to_string()).collect();
        assert_eq!(names, ["c.txt", "src/a b.rs", "src/main.rs"]);
    }

    #[test]
    fn what_was_fetched_is_held_still_by_the_lock_file() {
        assert!(is_fetched(Path::new("/home/a/.cargo/registry/src/index-1/itoa-1.0.1/src/lib.rs")));
        assert!(is_fetched(Path::new("/home/a/.cargo/git/checkouts/itoa-1/abc/src/lib.rs")));
        assert!(!is_fetched(Path::new("/home/a/work/registry/lib.rs")));
    }

    #[test]
    fn one_that_changes_comes_or_goes_is_found() {
        let root = tempfile::tempdir().expect("a folder");
        let file = |name: &str| root.path().join(name);
        fs::write(file("a.rs"), "fn f() {}").expect("a file");
        let sums: BTreeMap<String, String> =
            ["a.rs", "b.rs"].iter().map(|name| ((*name).to_owned(), sum(&file(name)))).collect();
        assert_eq!(changed(&sums, root.path()), None);
        fs::write(file("b.rs"), "").expect("a file");
        assert_eq!(changed(&sums, root.path()), Some("b.rs"));
        fs::remove_file(file("a.rs")).expect("a file");
        assert_eq!(changed(&sums, root.path()), Some("a.rs"));
    }
}
