//! Which scanned file a frame of a profile is in: a profile has whole paths, their last components, or names alone, and may be of
//! another machine.
//!
//! A wrong answer puts bytes on a line that never allocated them, so a path that only looks alike is none: `src/lib.rs` of a
//! dependency is not the program's. For Rust the symbol's crate decides, since there are few names of files.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::symbols;
use crate::audit::capture::Recorded;
use crate::audit::language::Language;
use crate::audit::profile::Frame;
use crate::audit::walk::{File, Walked};

/// Folders of what is installed, not written here.
const INSTALLED: [&str; 8] = [
    "rustc",
    "registry",
    "checkouts",
    "node_modules",
    "site-packages",
    "dist-packages",
    ".rustup",
    "rustlib",
];

/// Files that a project begins at.
const MANIFESTS: [&str; 5] = ["Cargo.toml", "package.json", "pyproject.toml", "setup.py", ".git"];

/// Where a frame is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In this one of the scanned files.
    File(usize),
    /// In one of these.
    Several(Vec<usize>),
    Elsewhere,
}

/// The scanned files by their names.
pub(super) struct Index<'w> {
    files: Vec<Known<'w>>,
    by_name: HashMap<String, Vec<usize>>,
}

struct Known<'w> {
    file: &'w File,
    /// The components of its whole path.
    parts: Vec<String>,
    /// How many of them are from the folder of its project on.
    own: usize,
    /// What the crates are called that it can be of; none if that is not known.
    crates: Vec<String>,
}

impl<'w> Index<'w> {
    pub(super) fn new(walked: &'w Walked) -> Self {
        let mut projects = HashMap::new();
        let files: Vec<Known<'w>> = walked.files.iter().map(|file| known(file, &mut projects)).collect();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, file) in files.iter().enumerate() {
            by_name.entry(file.parts.last().cloned().unwrap_or_default()).or_default().push(index);
        }
        Self { files, by_name }
    }

    /// The files of a profile's frames.
    pub(super) fn places(&self, frames: &[Frame], recorded: Option<&Recorded>) -> Vec<Place> {
        let roots = self.roots(frames);
        frames.iter().map(|frame| self.place(frame, recorded, &roots)).collect()
    }

    /// Folders of another machine, each with the folder here that is the same project: a symbol of its crate says so. What lies below
    /// needs no such symbol, of which inlined functions have none.
    fn roots(&self, frames: &[Frame]) -> Vec<(Vec<String>, Vec<String>)> {
        let mut roots = Vec::new();
        for frame in frames {
            let Some((parts, true)) = frame.file.as_deref().map(parts_of) else { continue };
            let symbols = symbols::crates(&frame.function);
            for index in parts.last().and_then(|name| self.by_name.get(name)).into_iter().flatten() {
                let file = &self.files[*index];
                let is_own = file.crates.iter().any(|name| symbols.contains(&name.as_str()));
                if is_own && common_end(&file.parts, &parts) >= file.own {
                    let there = parts[..parts.len() - file.own].to_vec();
                    roots.push((there, file.parts[..file.parts.len() - file.own].to_vec()));
                }
            }
        }
        roots.sort();
        roots.dedup();
        roots
    }

    /// The file of a frame.
    fn place(
        &self,
        frame: &Frame,
        recorded: Option<&Recorded>,
        roots: &[(Vec<String>, Vec<String>)],
    ) -> Place {
        let Some(path) = &frame.file else { return Place::Elsewhere };
        let (parts, is_whole) = parts_of(path);
        let Some(candidates) = parts.last().and_then(|name| self.by_name.get(name)) else {
            return Place::Elsewhere;
        };
        let found: Vec<usize> = if is_whole {
            match self.by_whole(&parts, path, candidates, recorded, roots) {
                Ok(found) => found,
                Err(()) => self.by_suffix(frame, &parts, candidates, true),
            }
        } else {
            self.by_suffix(frame, &parts, candidates, false)
        };
        match *found {
            [] => Place::Elsewhere,
            [file] => Place::File(file),
            _ => self.by_function(frame, found),
        }
    }

    /// By a whole path; an error where it is of another machine.
    fn by_whole(
        &self,
        parts: &[String],
        path: &str,
        candidates: &[usize],
        recorded: Option<&Recorded>,
        roots: &[(Vec<String>, Vec<String>)],
    ) -> Result<Vec<usize>, ()> {
        let is =
            |parts: &[String]| candidates.iter().copied().find(|index| self.files[*index].parts == parts);
        if let Some(file) = is(parts) {
            return Ok(vec![file]);
        }
        // A link, or another file of this machine.
        if let Ok(real) = fs::canonicalize(without_scheme(path)) {
            return Ok(is(&parts_of(&real.to_string_lossy()).0).into_iter().collect());
        }
        if let Some(root) = recorded.map(|recorded| parts_of(&recorded.root.to_string_lossy()).0)
            && let Some(below) = parts.strip_prefix(&*root)
        {
            let ends = |index: &usize| self.files[*index].parts.ends_with(below);
            return Ok(candidates.iter().copied().filter(ends).collect());
        }
        let mut of_roots: Vec<usize> = roots
            .iter()
            .filter_map(|(there, here)| is(&[here, parts.strip_prefix(&**there)?].concat()))
            .collect();
        of_roots.sort_unstable();
        of_roots.dedup();
        if !of_roots.is_empty() {
            return Ok(of_roots);
        }
        let is_installed = parts.iter().any(|part| INSTALLED.contains(&part.as_str()));
        if is_installed { Ok(Vec::new()) } else { Err(()) }
    }

    /// Those with the longest end in common with a path, if that says enough.
    fn by_suffix(&self, frame: &Frame, parts: &[String], candidates: &[usize], is_whole: bool) -> Vec<usize> {
        let mut best = (0, Vec::new());
        for index in candidates {
            let file = &self.files[*index];
            let common = common_end(&file.parts, parts);
            let is_confirmed = match file.confirms(frame) {
                Some(false) => continue,
                Some(true) => true,
                None => false,
            };
            // All of what is known of the path; or all that is the project's, whose folder has another name here.
            let says_enough = (!is_whole && common == parts.len()) || (common >= file.own && is_confirmed);
            if says_enough && common > best.0 {
                best = (common, vec![*index]);
            } else if says_enough && common == best.0 {
                best.1.push(*index);
            }
        }
        best.1
    }

    /// Of several the one in which the frame's function is at the frame's line.
    fn by_function(&self, frame: &Frame, found: Vec<usize>) -> Place {
        let fits = |index: &&usize| {
            let scanned = &self.files[**index].file.scanned;
            frame.line.is_some_and(|line| symbols::fits(scanned, line, &frame.function) == Some(true))
        };
        let fitting: Vec<usize> = found.iter().filter(fits).copied().collect();
        match *fitting {
            [] => Place::Several(found),
            [file] => Place::File(file),
            _ => Place::Several(fitting),
        }
    }
}

impl Known<'_> {
    /// Whether the frame's function can be of this file; nothing where its name does not say.
    fn confirms(&self, frame: &Frame) -> Option<bool> {
        if self.file.language != Language::Rust {
            return Some(true);
        }
        let roots = symbols::crates(&frame.function);
        if !roots.is_empty() {
            let is_own = |root: &&str| self.crates.iter().any(|name| name == root);
            if self.crates.is_empty() {
                let is_std = roots.iter().any(|root| matches!(*root, "core" | "alloc" | "std"));
                return is_std.then_some(false);
            }
            return Some(roots.iter().any(is_own));
        }
        // `push<u8>`, as valgrind has what is inlined: only the line can say.
        let line = frame.line?;
        match symbols::fits(&self.file.scanned, line, &frame.function) {
            Some(true) => Some(true),
            _ => Some(false),
        }
    }
}

fn known<'w>(file: &'w File, projects: &mut HashMap<PathBuf, Vec<String>>) -> Known<'w> {
    let path = fs::canonicalize(&file.path)
        .or_else(|_| std::path::absolute(&file.path))
        .unwrap_or_else(|_| file.path.clone());
    let (parts, _) = parts_of(&path.to_string_lossy());
    let project =
        path.ancestors().skip(1).find(|folder| MANIFESTS.iter().any(|name| folder.join(name).exists()));
    let own = match project {
        Some(project) => parts.len() - parts_of(&project.to_string_lossy()).0.len(),
        None => parts_of(&file.shown).0.len().min(parts.len()),
    };
    let mut crates = Vec::new();
    if file.language == Language::Rust {
        let package = path.ancestors().skip(1).find(|folder| folder.join("Cargo.toml").is_file());
        if let Some(package) = package {
            let names = projects.entry(package.to_owned()).or_insert_with(|| crates_of(package));
            crates.clone_from(names);
            crates.extend(own_target(&path, package));
        }
    }
    Known { file, parts, own, crates }
}

/// What the library and the programs of a package are called.
fn crates_of(package: &Path) -> Vec<String> {
    let text = fs::read_to_string(package.join("Cargo.toml")).unwrap_or_default();
    let Ok(manifest) = text.parse::<toml_edit::DocumentMut>() else { return Vec::new() };
    let name = |table: Option<&toml_edit::Item>| table?.get("name")?.as_str().map(as_crate);
    let mut names: Vec<String> = name(manifest.get("package")).into_iter().collect();
    names.extend(name(manifest.get("lib")));
    for kind in ["bin", "example", "test", "bench"] {
        let tables = manifest.get(kind).and_then(toml_edit::Item::as_array_of_tables);
        let targets = tables.into_iter().flatten().filter_map(|table| table.get("name")?.as_str());
        names.extend(targets.map(as_crate));
    }
    names.push("build_script_build".to_owned());
    names
}

/// The name of a target that is a file, or the folder of one: `src/bin/tool.rs`, `tests/big/main.rs`.
fn own_target(path: &Path, package: &Path) -> Option<String> {
    let below = path.strip_prefix(package).ok()?;
    let mut parts = below.iter().filter_map(|part| part.to_str());
    let mut first = parts.next()?;
    if first == "src" {
        first = parts.next()?;
    }
    let is_of_targets = matches!(first, "bin" | "examples" | "tests" | "benches");
    let target = parts.next().filter(|_| is_of_targets)?;
    Some(as_crate(target.strip_suffix(".rs").unwrap_or(target)))
}

fn as_crate(name: &str) -> String {
    name.replace('-', "_")
}

fn without_scheme(path: &str) -> String {
    let Some(rest) = path.strip_prefix("file://") else { return path.to_owned() };
    let rest = decoded(rest);
    // `file:///C:/x`
    match rest.strip_prefix('/') {
        Some(drive) if drive.as_bytes().get(1) == Some(&b':') => drive.to_owned(),
        _ => rest,
    }
}

/// `a b` of `a%20b`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let coded = code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| *first == b'%');
        bytes.push(coded.unwrap_or(*first));
        rest = if coded.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The components of a path, and whether it is a whole one.
fn parts_of(path: &str) -> (Vec<String>, bool) {
    let path = without_scheme(path).replace('\\', "/");
    let path = path.strip_prefix("//?/").unwrap_or(&path);
    let is_whole = path.starts_with('/') || path.as_bytes().get(1) == Some(&b':');
    let mut parts: Vec<String> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if !parts.is_empty() => drop(parts.pop()),
            _ => parts.push(part.to_owned()),
        }
    }
    (parts, is_whole)
}

fn common_end(one: &[String], other: &[String]) -> usize {
    one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count()
}
