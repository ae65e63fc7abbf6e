//! Programs for tests: a few lines, compiled and linked.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// The program of `p.rs`, and the folder that it was made in; `None`, and said, if this machine makes none that can be judged.
pub(crate) fn of_rust(source: &str, arguments: &[&str]) -> Option<(Vec<u8>, TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.rs");
    fs::write(&file, source).unwrap();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    // Flags of the test run are not the program's.
    command.env_remove("RUSTFLAGS").args(["--edition=2021", "--crate-name=p", "-Awarnings", "-o"]);
    command.arg(folder.path().join("p")).arg(&file).args(arguments);
    built(command, folder)
}

/// The same of `p.c`.
pub(crate) fn of_c(source: &str, arguments: &[&str]) -> Option<(Vec<u8>, TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.c"), source).unwrap();
    let mut command = Command::new("cc");
    command.args(["-w", "-o", "p", "p.c"]).args(arguments);
    built(command, folder)
}

fn built(mut command: Command, folder: TempDir) -> Option<(Vec<u8>, TempDir)> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        println!("not tested: programs of this system are not judged");
        return None;
    }
    let output = match command.current_dir(folder.path()).output() {
        Ok(output) => output,
        Err(error) => {
            println!("not tested: {command:?}: {error}");
            return None;
        }
    };
    let program: &Path = &folder.path().join("p");
    match fs::read(program) {
        Ok(bytes) if output.status.success() => Some((bytes, folder)),
        _ => {
            println!("not tested: {command:?}: {}", String::from_utf8_lossy(&output.stderr));
            None
        }
    }
}
