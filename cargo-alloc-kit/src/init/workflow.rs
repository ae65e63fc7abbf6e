//! The job for GitHub: a workflow of its own where there is none, and else one to put into those that are there.

use std::fs;
use std::path::{Path, PathBuf};

use super::change::{Change, shown};
use super::{Plan, texts};

/// What is a workflow that runs this.
const COMMAND: &str = "cargo alloc-kit";

/// The folder of the repository that the workspace is in.
pub(crate) fn repository(root: &Path) -> Option<PathBuf> {
    // In a work tree `.git` is a file.
    root.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned)
}

/// Plans the workflow of a workspace.
pub(crate) fn add(repository: Option<&Path>, root: &Path, plan: &mut Plan) {
    let base = repository.unwrap_or(root);
    let workflows = base.join(".github").join("workflows");
    let mut others = false;
    for entry in fs::read_dir(&workflows).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml") {
            if fs::read_to_string(&path).is_ok_and(|text| text.contains(COMMAND)) {
                return;
            }
            others = true;
        }
    }
    let folder = (root != base).then(|| shown(root, base));
    if others {
        plan.job = Some(texts::job(folder.as_deref()));
        return;
    }
    if repository.is_none() {
        plan.notes.push(format!(
            "no git repository here: the workflow goes to {}, as if it were its root",
            root.display()
        ));
    }
    plan.changes.push(Change {
        path: workflows.join("alloc-kit.yml"),
        old: None,
        new: texts::workflow(folder.as_deref()),
    });
}
