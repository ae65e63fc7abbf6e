//! A copy of the workspace, in which mutants replace a text one at a time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use super::Result;
use super::list::Mutant;

/// The copy; it goes with the value.
#[derive(Debug)]
pub(crate) struct Copy {
    root: PathBuf,
}

impl Copy {
    /// Copies what git has, as it is in the folder now, and what it would take.
    pub(crate) fn of_workspace() -> Result<Self> {
        let workspace = workspace();
        let mut git = Command::new("git");
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(&workspace);
        let listed = git.output().map_err(|error| format!("cannot run git: {error}"))?;
        if !listed.status.success() {
            return Err(format!("git ls-files: {}", String::from_utf8_lossy(&listed.stderr)));
        }
        // The name is not alloc-kit's: tests look for that in programs.
        let root = std::env::temp_dir().join(format!("mutants-{}", process::id()));
        let root = root.canonicalize().unwrap_or(root);
        let copy = Self { root };
        for file in String::from_utf8_lossy(&listed.stdout).split_terminator('\0') {
            let from = workspace.join(file);
            // One that was deleted and is still known to git.
            if from.is_file() {
                let to = copy.root.join(file);
                let folder = to.parent().unwrap_or(&copy.root);
                fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
                fs::copy(&from, &to).map_err(|error| format!("{}: {error}", from.display()))?;
            }
        }
        Ok(copy)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether each mutant still is one of this source.
    pub(crate) fn check(&self, mutants: &[Mutant]) -> Result<()> {
        let stale: Vec<String> =
            mutants.iter().filter_map(|mutant| mutant.text_in(&self.root).err()).collect();
        if stale.is_empty() { Ok(()) } else { Err(stale.join("\nerror: ")) }
    }

    /// Does something while the mutant's text stands in its file.
    pub(crate) fn with<R>(&self, mutant: &Mutant, work: impl FnOnce() -> R) -> Result<R> {
        let (original, mutated) = mutant.text_in(&self.root)?;
        let write = |text: String| {
            let path = self.root.join(mutant.file);
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
        };
        write(mutated)?;
        let result = work();
        write(original)?;
        Ok(result)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.root) {
            eprintln!("cannot remove {}: {error}", self.root.display());
        }
    }
}

/// The workspace's folder.
pub(crate) fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}
