//! Programs that only a nightly compiler builds: those with a sanitizer in them.

#![allow(dead_code, reason = "every test uses its part of it")]

use std::process::Command;

use crate::support::run::Run;
use crate::support::{self, Project};

const TOOLCHAIN: &str = "nightly";

/// What nightly builds for, if it is there and has sanitizers for it.
pub(crate) fn host() -> Option<String> {
    let rustc = Command::new("rustup").args(["run", TOOLCHAIN, "rustc", "-vV"]).output();
    let version = rustc.ok().filter(|rustc| rustc.status.success());
    let Some(version) = version else {
        eprintln!("not tested: there is no {TOOLCHAIN} toolchain");
        return None;
    };
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host").to_owned();
    let has_all = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"].contains(&host.as_str());
    if !has_all {
        eprintln!("not tested: not all sanitizers are there for {host}");
    }
    has_all.then_some(host)
}

/// Runs cargo with a sanitizer, as the compiler calls it, for what is built.
pub(crate) fn cargo(
    project: &Project,
    sanitizer: &str,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> Run {
    // The standard library is not built with it: for that its source would have to be there.
    let flags = format!("-Zsanitizer={sanitizer} -Cunsafe-allow-abi-mismatch=sanitizer");
    let target = target();
    let ours =
        [("RUSTFLAGS", flags.as_str()), ("CARGO_TARGET_DIR", target.to_str().expect("a path in UTF-8"))];
    project.cargo_of(TOOLCHAIN, &[&ours, variables].concat(), arguments)
}

/// Where all of them are built.
pub(crate) fn target() -> std::path::PathBuf {
    support::target().join("sanitizers")
}
