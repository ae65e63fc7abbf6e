//! What one package gets: its dependencies, and its first test.

use std::path::{Path, PathBuf};

use toml_edit::Value;

use super::change::Change;
use super::manifest::{Dependency, Manifest};
use super::sources::{Allocator, Sources};
use super::texts::{self, Counted};
use super::{Plan, same_file};
use crate::cli::Build;
use crate::command::{Package, Workspace};
use crate::exit::Failure;

const ENFORCE: &str = "enforce";
const AUDIT: &str = "audit";

/// Plans the changes of a package.
pub(crate) fn package(
    package: &Package,
    workspace: &Workspace,
    path: Option<&Path>,
    plan: &mut Plan,
) -> Result<(), Failure> {
    let mut manifest = Manifest::read(&package.manifest_path)?;
    let root = Manifest::read(&workspace.root.join("Cargo.toml"))?;
    let folder = package.folder();
    let of_workspace = root.of_workspace();
    let inherited: Vec<String> = of_workspace.iter().map(|dependency| dependency.key.clone()).collect();
    let normal = manifest.dependency("dependencies", &inherited);
    let dev = manifest.dependency("dev-dependencies", &inherited);
    let sources = Sources::read(folder);
    let allocator = allocator(package, workspace, &sources);

    check(package, normal.as_ref(), dev.as_ref(), &root)?;
    let known = normal.as_ref().or(dev.as_ref());
    let dependency = match (known, &of_workspace) {
        (Some(known), _) => known.with_feature(None),
        (None, Some(of)) => inheriting(of),
        (None, None) => new_dependency(folder, path, is_no_std(package, &sources))?,
    };
    if path.is_some() && (known.is_some() || of_workspace.is_some()) {
        plan.notes.push(format!("`{}` has alloc-kit already: `--path` is not used", package.name));
    }
    if normal.is_none() {
        manifest.add("dependencies", &dependency);
    }
    let feature = if allocator.is_some() { AUDIT } else { ENFORCE };
    let chosen = match &dev {
        None => {
            manifest.add("dev-dependencies", &dependency.with_feature(Some(feature)));
            feature
        }
        Some(dev) if dev.has(ENFORCE) => ENFORCE,
        Some(dev) if dev.has(AUDIT) => AUDIT,
        Some(dev) => {
            manifest.add_feature("dev-dependencies", &dev.key, feature);
            feature
        }
    };
    advise(package, allocator.as_ref(), chosen, plan);
    warn(package, normal.as_ref(), of_workspace.as_ref(), plan);
    resolver(&root, workspace, plan);
    let counted = counted(package, allocator.as_ref(), chosen);
    let test = first_test(package, &mut manifest, &sources, &dependency.krate(), &counted, plan);
    let new = manifest.new_text();
    plan.changes.push(Change { path: manifest.path, old: Some(manifest.text), new });
    plan.changes.extend(test);
    Ok(())
}

/// Both tables must mean one crate: what `enforce` is turned on for is else not what the budgets are of.
fn check(
    package: &Package,
    normal: Option<&Dependency>,
    dev: Option<&Dependency>,
    root: &Manifest,
) -> Result<(), Failure> {
    if package.name == "alloc-kit" {
        return Err(Failure::unusable("this is alloc-kit itself, which can't depend on itself"));
    }
    let patched = root.document.contains_key("patch");
    let (Some(normal), Some(dev)) = (normal, dev) else { return Ok(()) };
    if normal.is_one_with(dev) || patched {
        return Ok(());
    }
    Err(Failure::unusable(format!(
        "{}: [dependencies] has alloc-kit with {}, and [dev-dependencies] with {}: two crates, and no budget of the one \
         is enforced by the other",
        package.manifest_path.display(),
        normal.shown(),
        dev.shown()
    ))
    .help("write the same in both, and leave the features as they are"))
}

/// As a member has what the workspace says.
fn inheriting(of: &Dependency) -> Dependency {
    let mut dependency = Dependency::new(vec![("workspace".to_owned(), true.into())]);
    dependency.key.clone_from(&of.key);
    dependency
}

/// Then the dependency must not bring std, which is a default feature.
fn is_no_std(package: &Package, sources: &Sources) -> bool {
    package.library().is_some_and(|library| sources.names_in(&library.src_path, "no_std"))
}

fn new_dependency(folder: &Path, path: Option<&Path>, no_std: bool) -> Result<Dependency, Failure> {
    let mut source: Vec<(String, Value)> = Vec::new();
    match path {
        None => source.push(("version".to_owned(), env!("CARGO_PKG_VERSION").into())),
        Some(path) => {
            // A clone of the repository has it in a folder of its name.
            let inside = path.join("alloc-kit");
            let is_clone = inside.join("Cargo.toml").is_file() && path.join("alloc-kit-macros").is_dir();
            let manifest = if is_clone { inside } else { path.to_owned() }.join("Cargo.toml");
            let wrong = |why: String| {
                Failure::unusable(format!("--path {}: {why}", path.display()))
                    .help("it takes the folder of the package alloc-kit, as `cargo add --path` does")
            };
            if !manifest.is_file() {
                return Err(wrong("there is no Cargo.toml".to_owned()));
            }
            let build = Build { manifest_path: Some(manifest.clone()), ..Build::default() };
            let there = Workspace::find(&build).map_err(|failure| wrong(failure.message))?;
            let is_it = |package: &&Package| same_file(&package.manifest_path, &manifest);
            let package = there.members.iter().find(is_it).filter(|package| package.name == "alloc-kit");
            let package = package.ok_or_else(|| wrong("the package there is not alloc-kit".to_owned()))?;
            source.push(("version".to_owned(), package.version.as_str().into()));
            source.push(("path".to_owned(), relative(package.folder(), folder).into()));
        }
    }
    if no_std {
        source.push(("default-features".to_owned(), false.into()));
    }
    Ok(Dependency::new(source))
}

/// A folder as it is called in a manifest of another one.
fn relative(to: &Path, from: &Path) -> String {
    let (Ok(to), Ok(from)) = (to.canonicalize(), from.canonicalize()) else {
        return to.display().to_string();
    };
    let common = to.components().zip(from.components()).take_while(|(one, other)| one == other).count();
    if common == 0 {
        // On another drive.
        return to.display().to_string();
    }
    let up = from.components().skip(common).map(|_| "..".to_owned());
    let down = to.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// The global allocator of the package, or of a member that it depends on.
fn allocator(package: &Package, workspace: &Workspace, sources: &Sources) -> Option<Allocator> {
    if let Some(allocator) = sources.allocators().next() {
        return Some(allocator);
    }
    let mut seen = vec![package.folder().to_owned()];
    let mut next: Vec<&Path> = package.dependencies.iter().filter_map(|of| of.path.as_deref()).collect();
    while let Some(folder) = next.pop() {
        if seen.iter().any(|known| known == folder) {
            continue;
        }
        seen.push(folder.to_owned());
        let Some(member) = workspace.members.iter().find(|member| member.folder() == folder) else {
            continue;
        };
        // alloc-kit's own.
        if member.name == "alloc-kit" {
            continue;
        }
        let sources = Sources::read(&folder.join("src"));
        let programs = member.targets.iter().filter(|target| target.is("bin"));
        let programs: Vec<&PathBuf> = programs.map(|target| &target.src_path).collect();
        if let Some(allocator) = sources.allocators().find(|found| !programs.contains(&&found.path)) {
            return Some(allocator);
        }
        next.extend(member.dependencies.iter().filter_map(|of| of.path.as_deref()));
    }
    None
}

/// How the first test is to count.
fn counted(package: &Package, allocator: Option<&Allocator>, chosen: &str) -> Counted {
    let of_library = |allocator: &&Allocator| {
        let own_root = package.targets.iter().find(|target| target.src_path == allocator.path);
        match own_root {
            Some(target) => target.is_library(),
            // A module of it, or another member's.
            None => true,
        }
    };
    match (allocator.filter(of_library), package.library(), chosen) {
        (Some(_), Some(library), _) => Counted::Library(library.name.replace('-', "_")),
        (_, _, ENFORCE) => Counted::Enforce,
        _ => Counted::Install,
    }
}

/// What cannot be done from here: another allocator is told to count by its owner.
fn advise(package: &Package, allocator: Option<&Allocator>, chosen: &str, plan: &mut Plan) {
    let Some(Allocator { path, line, counts }) = allocator else {
        if chosen == AUDIT {
            plan.notes.push(format!(
                "`{}` has `audit`: each test program with budgets needs `alloc_kit::install!();` at its root",
                package.name
            ));
        }
        return;
    };
    let place = format!("{}:{line}", path.display());
    if chosen == ENFORCE {
        plan.warnings.push(format!(
            "{place} is a `#[global_allocator]`, and `enforce` installs another one: a program with both does not \
             compile. Write `audit` in place of `enforce` in [dev-dependencies]"
        ));
    } else if !counts {
        plan.warnings.push(format!(
            "{place} is a `#[global_allocator]`: it has to count, or budgets fail that are judged over it. Put \
             `CountingAlloc` round it, which is free outside of tests:\n    \
             static GLOBAL: alloc_kit::CountingAlloc<Inner> = alloc_kit::CountingAlloc::new(Inner);\n  \
             and `alloc_kit::install!();` into each test program that does not have it"
        ));
    }
}

fn warn(package: &Package, normal: Option<&Dependency>, of_workspace: Option<&Dependency>, plan: &mut Plan) {
    let enforces = |of: &Dependency| of.has(ENFORCE) || of.has(AUDIT);
    if normal.is_some_and(enforces) {
        plan.warnings.push(format!(
            "[dependencies] of `{}` turns counting on in every build: take `enforce` and `audit` out there",
            package.name
        ));
    }
    if of_workspace.is_some_and(enforces) {
        let text =
            "[workspace.dependencies] turns counting on in every build of every member: take `enforce` and \
                    `audit` out there"
                .to_owned();
        if !plan.warnings.contains(&text) {
            plan.warnings.push(text);
        }
    }
    if normal.is_some_and(|normal| normal.optional) {
        plan.warnings.push(format!(
            "alloc-kit is optional in [dependencies] of `{}`: its attributes are there with that feature only",
            package.name
        ));
    }
}

/// The resolver of earlier editions turns features of tests on in programs.
fn resolver(root: &Manifest, workspace: &Workspace, plan: &mut Plan) {
    let of_root = workspace.members.iter().find(|package| same_file(&package.manifest_path, &root.path));
    let (resolver, table) = root.resolver(of_root.map(|package| package.edition.as_str()));
    if resolver == "1" {
        let text = format!(
            "{} has resolver 1: it turns `enforce` of [dev-dependencies] on in `cargo build`, too, so that the programs \
             count and judge. Write `resolver = \"2\"` under [{table}] there",
            root.path.display()
        );
        if !plan.warnings.contains(&text) {
            plan.warnings.push(text);
        }
    }
}

fn first_test(
    package: &Package,
    manifest: &mut Manifest,
    sources: &Sources,
    krate: &str,
    counted: &Counted,
    plan: &mut Plan,
) -> Option<Change> {
    let tests = package.folder().join("tests");
    let of_tests = package.targets.iter().filter(|target| target.is("test"));
    if sources.names_below(&tests, krate)
        || of_tests.clone().any(|target| sources.names_in(&target.src_path, krate))
    {
        return None;
    }
    let is_free = |name: &String| {
        let file = tests.join(format!("{name}.rs"));
        file.symlink_metadata().is_err()
            && !tests.join(name).exists()
            && !of_tests.clone().any(|target| target.name == *name)
    };
    let names = ["budgets".to_owned(), "alloc_budgets".to_owned()].into_iter();
    let more = (2_u32..).map(|n| format!("alloc_budgets_{n}"));
    let name = names.chain(more).find(is_free)?;
    let path = tests.join(format!("{name}.rs"));
    if name != "budgets" {
        plan.notes.push(format!(
            "tests/budgets.rs is there, and stays as it is: the first test is tests/{name}.rs"
        ));
    }
    if !manifest.finds_tests(&package.edition) {
        manifest.add_test(&name, &format!("tests/{name}.rs"));
    }
    let new = texts::first_test(krate, &package.edition, counted);
    Some(Change { path, old: None, new })
}
