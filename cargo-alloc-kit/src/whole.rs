//! Files that are written as a whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::exit::Failure;

/// Writes a file beside it first, so that the old one is there until the new one is whole.
pub(crate) fn write_whole(path: &Path, text: &[u8]) -> Result<(), Failure> {
    write(path, text).map_err(|error| Failure::unusable(format!("cannot write {}: {error}", path.display())))
}

/// Whether that is going to work: as far as it goes without writing it.
pub(crate) fn is_writable(path: &Path) -> Result<(), Failure> {
    let try_it = || match Target::of(path)? {
        Target::Stream(_) => Ok(()),
        Target::File(path) => beside(&path).map(drop),
    };
    try_it().map_err(|error| Failure::unusable(format!("cannot write {}: {error}", path.display())))
}

enum Target {
    /// A pipe or a device: /dev/stderr.
    Stream(PathBuf),
    File(PathBuf),
}

impl Target {
    fn of(path: &Path) -> io::Result<Self> {
        // Behind a symbolic link is what is replaced, and not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&path) {
            Ok(known) if known.is_dir() => Err(io::Error::other("it is a folder")),
            Ok(known) if !known.is_file() => Ok(Self::Stream(path)),
            // Another file in its place would be written all the same.
            Ok(known) if known.permissions().readonly() => Err(io::Error::other("it is read-only")),
            _ => Ok(Self::File(path)),
        }
    }
}

fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let path = match Target::of(path)? {
        Target::Stream(path) => return fs::OpenOptions::new().write(true).open(path)?.write_all(text),
        Target::File(path) => path,
    };
    let mut file = beside(&path)?;
    file.write_all(text)?;
    // It goes on being what it was: one that others may not read.
    if let Ok(known) = fs::metadata(&path) {
        file.as_file().set_permissions(known.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// A file in the same folder, which goes again unless it is kept.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".alloc-kit-").suffix(".new");
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt;
        // As any file is made: less what the user's umask takes.
        builder.permissions(fs::Permissions::from_mode(0o666))
    };
    builder.tempfile_in(folder)
}
