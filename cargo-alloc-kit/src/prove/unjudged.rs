//! Packages that were asked for and of which no binary was made: nothing is said of their functions, and that is said.

use std::collections::BTreeSet;
use std::env;

use super::judge_binary::Judged;
use crate::cli::Build;
use crate::command::{Package, Workspace};

/// Their names: those that use alloc-kit, have no program among what was built, and no function in any.
pub(super) fn packages<'a>(
    workspace: &'a Workspace,
    build: &Build,
    with_program: &BTreeSet<String>,
    judged: &[Judged],
) -> Vec<&'a str> {
    let seen: BTreeSet<&str> = judged
        .iter()
        .flat_map(|of| &of.rows)
        .filter_map(|row| row.site.as_ref()?.package.split(' ').next())
        .collect();
    asked(workspace, build)
        .into_iter()
        .filter(|package| package.dependencies.iter().any(|on| on.name == "alloc-kit"))
        .filter(|package| !with_program.contains(&package.id) && !seen.contains(package.name.as_str()))
        .map(|package| package.name.as_str())
        .collect()
}

/// The packages that cargo was to build, as far as that was said.
fn asked<'a>(workspace: &'a Workspace, build: &Build) -> Vec<&'a Package> {
    let is_default = |package: &&Package| workspace.default_members.contains(&package.id);
    let is_named = |package: &&Package| {
        build.package.iter().any(|spec| spec.split('@').next() == Some(package.name.as_str()))
    };
    let members = workspace.members.iter();
    if build.workspace {
        members.collect()
    } else if !build.package.is_empty() {
        members.filter(is_named).collect()
    } else if env::current_dir().is_ok_and(|here| here == workspace.root) {
        members.filter(is_default).collect()
    } else {
        // That of this folder, of which cargo says itself that it has no program.
        Vec::new()
    }
}
