//! Builds the program: with several orders of functions, and with alloc-kit's counting.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::program::Program;
use crate::support::cargo::{self, Build};

const PACKAGE: &str = "primitives";
const PROGRAM: &str = "primitives";

/// The program in `layouts` orders of functions; in one, where the linker cannot shuffle functions.
pub(crate) fn layouts(layouts: u32) -> Result<Vec<Program>> {
    let mut programs = Vec::new();
    for layout in 0..layouts {
        eprintln!("building, layout {} of {layouts}", layout + 1);
        match build(&["--release"], layout, &kept(&format!("plain-{layout}"))) {
            Ok(program) => programs.push(program),
            Err(_) if layout == 1 => {
                eprintln!("this linker cannot shuffle functions: going on with one layout");
                break;
            }
            Err(message) => return Err(message),
        }
    }
    Ok(programs)
}

/// The program with alloc-kit's counting.
pub(crate) fn counting() -> Result<Program> {
    eprintln!("building, with allocations counted");
    build(&["--release", "--features", "counting"], 0, &kept("counting"))
}

fn build(arguments: &[&str], layout: u32, kept: &Path) -> Result<Program> {
    let build =
        Build { package: PACKAGE, programs: &[PROGRAM], arguments, profile_folder: "release", layout };
    build.run(kept)?;
    Ok(Program { path: cargo::executable(kept, PROGRAM) })
}

fn kept(name: &str) -> PathBuf {
    Build::root(PACKAGE).join(name)
}
