//! Builds programs and keeps a copy of each.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::Result;

/// Programs of one package, to be built in one way.
#[derive(Debug)]
pub(crate) struct Build<'a> {
    /// The package's folder in `benches/`.
    pub(crate) package: &'a str,
    pub(crate) programs: &'a [&'a str],
    /// The profile's, the features' and so on.
    pub(crate) arguments: &'a [&'a str],
    /// Where the profile's programs lie in the target folder.
    pub(crate) profile_folder: &'a str,
    /// The order of functions; 0 is the linker's own. See `layout.rs`.
    pub(crate) layout: u32,
}

impl Build<'_> {
    /// Where a package's programs are built and kept.
    pub(crate) fn root(package: &str) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(package)
    }

    /// Builds the programs and copies them to `kept`.
    pub(crate) fn run(&self, kept: &Path) -> Result<()> {
        let target = Self::root(self.package).join("target");
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(self.package).join("Cargo.toml");
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
        cargo.args(["build", "--quiet", "--manifest-path"]).arg(manifest);
        cargo.arg("--target-dir").arg(&target).args(self.arguments);
        for program in self.programs {
            cargo.args(["--bin", program]);
        }
        cargo.env("BENCH_LAYOUT", self.layout.to_string()).stdin(Stdio::null());
        let status = cargo.status().map_err(|error| format!("cargo does not start: {error}"))?;
        if !status.success() {
            return Err(format!("the programs {} do not build ({status})", self.programs.join(", ")));
        }

        fs::create_dir_all(kept).map_err(|error| format!("no place for the programs: {error}"))?;
        for program in self.programs {
            let built = target.join(self.profile_folder).join(format!("{program}{EXE_SUFFIX}"));
            fs::copy(&built, executable(kept, program))
                .map_err(|error| format!("`{program}` was built but cannot be copied: {error}"))?;
        }
        Ok(())
    }
}

/// A package's only program with some features, in `layouts` orders of functions; in one, where the linker cannot shuffle
/// functions.
pub(crate) fn layouts(package: &str, program: &str, features: &str, layouts: u32) -> Result<Vec<PathBuf>> {
    let mut programs = Vec::new();
    let variant = if features.is_empty() { "plain" } else { features };
    for layout in 0..layouts {
        eprintln!("building ({variant}), layout {} of {layouts}", layout + 1);
        let arguments = ["--release", "--features", features];
        let build =
            Build { package, programs: &[program], arguments: &arguments, profile_folder: "release", layout };
        let kept = Build::root(package).join(format!("{variant}-{layout}"));
        match build.run(&kept) {
            Ok(()) => programs.push(executable(&kept, program)),
            Err(_) if layout == 1 => {
                eprintln!("this linker cannot shuffle functions: going on with one layout");
                break;
            }
            Err(message) => return Err(message),
        }
    }
    Ok(programs)
}

/// The file of a program that is kept in a folder.
pub(crate) fn executable(kept: &Path, program: &str) -> PathBuf {
    kept.join(format!("{program}{EXE_SUFFIX}"))
}
