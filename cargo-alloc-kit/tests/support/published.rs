//! Crates of others, as they are published: cargo gets the sources, and a patch of `real_projects/` puts budgets on them.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use super::packages::{alone, cargo, folder, library, lock};
use super::workspace::{Project, clean_command, workspace};

/// The published sources, with budgets. The second keeps others from having them, too.
pub(crate) fn annotated(name: &str) -> (Project, File) {
    let held = alone(name);
    let sources = Project::copy_from(&workspace().join("cargo-alloc-kit/tests/fixtures/real"));
    let metadata = cargo(&sources, "", &["metadata", "--locked", "--format-version", "1"]).succeeds();
    let metadata: Value = serde_json::from_str(&metadata.stdout()).expect("JSON");
    let package = metadata["packages"].as_array().expect("packages").iter().find(|of| of["name"] == name);
    let manifest = package.expect("the package")["manifest_path"].as_str().expect("a path");
    let project = folder();
    copy(Path::new(manifest).parent().expect("a folder"), &project.path(""));
    lock(&project, "");
    patch(&project, name);
    (project, held)
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&to).expect("a new folder");
            copy(&entry.path(), &to);
        } else {
            // Not `fs::copy`: sources of a registry may be read-only.
            fs::write(&to, fs::read(entry.path()).expect("a file")).expect("a new file");
        }
    }
}

/// Applies `real_projects/NAME.patch`, by git or, without it, by `patch`.
pub(crate) fn patch(project: &Project, name: &str) {
    patch_by(project, name, &[]);
}

/// Takes it back.
pub(crate) fn unpatch(project: &Project, name: &str) {
    patch_by(project, name, &["-R"]);
}

fn patch_by(project: &Project, name: &str, more: &[&str]) {
    let path = workspace().join(format!("cargo-alloc-kit/tests/real_projects/{name}.patch"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let text = text.replace('\r', "").replace("../../../alloc-kit", &library().replace('\\', "/"));
    let mut command = clean_command("git");
    command.arg("apply");
    if clean_command("git").arg("--version").output().is_err() {
        command = clean_command("patch");
        command.arg("-p1");
    }
    let mut child = command
        .args(more)
        .current_dir(project.path(""))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}, to apply patches: {error}"));
    child.stdin.take().expect("its input").write_all(text.as_bytes()).expect("the patch is taken");
    assert!(child.wait().expect("it ends").success(), "{name}.patch does not apply");
}
