//! Files as they are and as they will be: shown as a patch, and written all or not at all.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process;

use similar::TextDiff;

use crate::exit::Failure;
use crate::shell::{BOLD, ERROR, FAINT, GOOD};

/// A file that is to change, or to be made.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) path: PathBuf,
    /// None for a new file.
    pub(crate) old: Option<String>,
    pub(crate) new: String,
}

impl Change {
    /// As `git apply` and `patch -p1` take it, from the folder `base`.
    pub(crate) fn diff(&self, base: &Path) -> String {
        let name = shown(&self.path, base);
        let (old, from) = match &self.old {
            Some(old) => (old.as_str(), format!("a/{name}")),
            None => ("", "/dev/null".to_owned()),
        };
        TextDiff::from_lines(old, self.new.as_str())
            .unified_diff()
            .header(&from, &format!("b/{name}"))
            .to_string()
    }

    /// The same with colours, which are taken out where nobody sees them.
    pub(crate) fn coloured(&self, base: &Path) -> String {
        let mut text = String::new();
        for line in self.diff(base).split_inclusive('\n') {
            let style = match line.as_bytes() {
                [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => BOLD,
                [b'@', ..] => FAINT,
                [b'+', ..] => GOOD,
                [b'-', ..] => ERROR,
                _ => {
                    text.push_str(line);
                    continue;
                }
            };
            let end = line.len() - line.trim_end_matches(['\r', '\n']).len();
            let (line, end) = line.split_at(line.len() - end);
            let _ = write!(text, "{style}{line}{style:#}{end}");
        }
        text
    }
}

/// A path below `base` without it, with slashes.
pub(crate) fn shown(path: &Path, base: &Path) -> String {
    let path = path.strip_prefix(base).unwrap_or(path).display().to_string();
    if cfg!(windows) { path.replace('\\', "/") } else { path }
}

/// A file that was written beside the one that it replaces.
struct Prepared<'a> {
    change: &'a Change,
    /// Where the file is, if its path is a symbolic link.
    target: PathBuf,
    beside: PathBuf,
}

/// Writes all of them. Where one can't be written, none is.
pub(crate) fn apply(changes: &[Change]) -> Result<(), Failure> {
    let mut prepared = Vec::new();
    let mut write = || -> Result<(), Failure> {
        for change in changes {
            let ready = prepare(change).map_err(|error| cannot_write(&change.path, &error))?;
            prepared.push(ready);
        }
        Ok(())
    };
    let mut result = write();
    let mut replaced = 0;
    if result.is_ok() {
        for ready in &prepared {
            if let Err(error) = fs::rename(&ready.beside, &ready.target) {
                result = Err(cannot_write(&ready.change.path, &error));
                break;
            }
            replaced += 1;
        }
    }
    if result.is_err() {
        for ready in &prepared[replaced..] {
            let _ = fs::remove_file(&ready.beside);
        }
        for ready in &prepared[..replaced] {
            let _ = match &ready.change.old {
                Some(old) => fs::write(&ready.target, old),
                None => fs::remove_file(&ready.target),
            };
        }
    }
    result
}

fn prepare(change: &Change) -> io::Result<Prepared<'_>> {
    let (target, permissions) = if change.old.is_some() {
        let target = change.path.canonicalize()?;
        let permissions = fs::metadata(&target)?.permissions();
        // Another file in its place would go round that.
        if permissions.readonly() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
        }
        (target, Some(permissions))
    } else {
        if let Some(folder) = change.path.parent() {
            fs::create_dir_all(folder)?;
        }
        if change.path.symlink_metadata().is_ok() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "it is there by now"));
        }
        (change.path.clone(), None)
    };
    let mut beside = target.clone().into_os_string();
    beside.push(format!(".{}.new", process::id()));
    let beside = PathBuf::from(beside);
    let write = || -> io::Result<()> {
        let mut file = File::create(&beside)?;
        file.write_all(change.new.as_bytes())?;
        file.sync_all()?;
        permissions.map_or(Ok(()), |permissions| fs::set_permissions(&beside, permissions))
    };
    match write() {
        Ok(()) => Ok(Prepared { change, target, beside }),
        Err(error) => {
            let _ = fs::remove_file(&beside);
            Err(error)
        }
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::unusable(format!("cannot write {}: {error}", path.display())).help("no file was changed")
}
