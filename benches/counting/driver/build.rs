//! Builds the programs with several orders of functions and keeps a copy of each.

use std::path::PathBuf;

use crate::Result;
use crate::allocators::{Allocator, Variant};
use crate::support::cargo::{self, Build};

/// The cargo profile the programs are built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Release,
    Dev,
}

impl Profile {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }
}

/// Where the built programs are.
#[derive(Debug)]
pub(crate) struct Programs {
    profile: Profile,
    /// Whether those that need the feature `extras` could be built.
    extras: bool,
}

/// Where the programs' package is.
const PACKAGE: &str = "counting";

/// The programs that no row names but the driver needs.
const NEEDED: &[&str] = &["with_system", "with_reference"];

impl Programs {
    pub(crate) fn new(profile: Profile) -> Self {
        Self { profile, extras: true }
    }

    /// Builds what the allocators need in `layouts` orders of functions; says how many there are.
    ///
    /// Where the linker cannot shuffle functions, there is one. Where the extras cannot be built, they are missing.
    pub(crate) fn build(&mut self, allocators: &[&Allocator], layouts: u32) -> Result<u32> {
        self.extras = allocators.iter().any(|allocator| allocator.extra);
        let mut layouts = layouts;
        for variant in [Variant::Plain, Variant::Enforced, Variant::EnforcedOptimised, Variant::Optimised] {
            let mut layout = 0;
            while layout < layouts {
                let wanted = self.wanted(variant, allocators);
                if wanted.is_empty() {
                    break;
                }
                eprintln!(
                    "building {} programs ({variant:?}, layout {} of {layouts})",
                    wanted.len(),
                    layout + 1
                );
                match self.build_one(variant, &wanted, layout) {
                    Ok(()) => layout += 1,
                    Err(_) if self.extras && variant == Variant::Plain && layout == 0 => {
                        eprintln!("going on without those that need the feature `extras`");
                        self.extras = false;
                    }
                    Err(_) if variant == Variant::Plain && layout == 1 => {
                        eprintln!("this linker cannot shuffle functions: going on with one layout");
                        layouts = 1;
                    }
                    Err(message) => return Err(message),
                }
            }
        }
        Ok(layouts)
    }

    fn wanted(&self, variant: Variant, allocators: &[&Allocator]) -> Vec<&'static str> {
        let of_variant = allocators.iter().filter(|one| one.variant == variant && self.has(one));
        let mut wanted: Vec<&str> = of_variant.map(|one| one.program).collect();
        if variant == Variant::Plain {
            wanted.extend(NEEDED);
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// Whether the allocator's program was built.
    pub(crate) fn has(&self, allocator: &Allocator) -> bool {
        self.extras || !allocator.extra
    }

    /// The program in one of the layouts, counted from 0.
    pub(crate) fn path(&self, variant: Variant, program: &str, layout: u32) -> PathBuf {
        cargo::executable(&self.kept(variant, layout), program)
    }

    fn kept(&self, variant: Variant, layout: u32) -> PathBuf {
        Build::root(PACKAGE).join(format!("{:?}-{variant:?}-{layout}", self.profile).to_lowercase())
    }

    fn build_one(&self, variant: Variant, programs: &[&str], layout: u32) -> Result<()> {
        let mut arguments = Vec::new();
        if self.profile == Profile::Release {
            arguments.push("--release");
        }
        // With all variants, so that they share the builds of what they depend on.
        if self.extras {
            arguments.extend(["--features", "extras"]);
        }
        if matches!(variant, Variant::Enforced | Variant::EnforcedOptimised) {
            arguments.extend(["--features", "enforce"]);
        }
        if matches!(variant, Variant::Optimised | Variant::EnforcedOptimised) {
            arguments.extend(["--config", "profile.dev.package.alloc-kit.opt-level=3"]);
        }
        let profile_folder = match self.profile {
            Profile::Release => "release",
            Profile::Dev => "debug",
        };
        let build = Build { package: PACKAGE, programs, arguments: &arguments, profile_folder, layout };
        build.run(&self.kept(variant, layout))
    }
}
