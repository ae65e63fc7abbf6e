//! Builds the programs with several orders of functions.

use std::path::PathBuf;

use crate::Result;
use crate::rows::{ASYNC_FORMS, Row};
use crate::support::cargo::{self, Build};

/// Where the programs' package is.
const PACKAGE: &str = "guards";

/// Where the built programs are.
#[derive(Debug)]
pub(crate) struct Programs {
    /// Whether those that need the feature `extras` could be built.
    extras: bool,
}

impl Programs {
    pub(crate) fn new() -> Self {
        Self { extras: true }
    }

    /// Builds what the rows need in `layouts` orders of functions; says how many there are.
    ///
    /// Where the linker cannot shuffle functions, there is one. Where the extras cannot be built, they are missing.
    pub(crate) fn build(&mut self, rows: &[&Row], layouts: u32) -> Result<u32> {
        self.extras = rows.iter().any(|row| row.extra);
        let mut layouts = layouts;
        for enforced in [false, true] {
            let mut layout = 0;
            while layout < layouts {
                let wanted = self.wanted(enforced, rows);
                if wanted.is_empty() {
                    break;
                }
                let how = if enforced { "with `enforce`, " } else { "" };
                eprintln!("building programs ({how}layout {} of {layouts}): {}", layout + 1, wanted.len());
                match self.build_one(enforced, &wanted, layout) {
                    Ok(()) => layout += 1,
                    Err(_) if self.extras && layout == 0 && !enforced => {
                        eprintln!("going on without those that need the feature `extras`");
                        self.extras = false;
                    }
                    Err(_) if layout == 1 && !enforced => {
                        eprintln!("this linker cannot shuffle functions: going on with one layout");
                        layouts = 1;
                    }
                    Err(message) => return Err(message),
                }
            }
        }
        Ok(layouts)
    }

    fn wanted(&self, enforced: bool, rows: &[&Row]) -> Vec<&'static str> {
        let of_variant = rows.iter().filter(|row| row.enforced == enforced && self.has(row));
        let mut wanted: Vec<&str> = of_variant.map(|row| row.program).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// Whether the row's program was built.
    pub(crate) fn has(&self, row: &Row) -> bool {
        self.extras || !row.extra
    }

    fn build_one(&self, enforced: bool, programs: &[&str], layout: u32) -> Result<()> {
        let features = [(self.extras, "extras"), (enforced, "enforce"), (ASYNC_FORMS, "async_forms")];
        let features: Vec<&str> =
            features.iter().filter(|(is_on, _)| *is_on).map(|(_, name)| *name).collect();
        let arguments = ["--release", "--features", &features.join(",")];
        let build =
            Build { package: PACKAGE, programs, arguments: &arguments, profile_folder: "release", layout };
        build.run(&kept(enforced, layout))
    }
}

/// The row's program in one of the layouts, counted from 0.
pub(crate) fn path(row: &Row, layout: u32) -> PathBuf {
    cargo::executable(&kept(row.enforced, layout), row.program)
}

fn kept(enforced: bool, layout: u32) -> PathBuf {
    let variant = if enforced { "enforced" } else { "plain" };
    Build::root(PACKAGE).join(format!("{variant}-{layout}"))
}
