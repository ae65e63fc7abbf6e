//! A folder with a package that nobody builds, and heap profiles that are made up of it.

#![allow(dead_code, reason = "every test uses its part of it")]

#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
pub(crate) use support::Run;
use tempfile::TempDir;

/// Two functions and a method, of which one is found by a rule.
pub(crate) const LIB: &str = "\
pub struct Parser<'a>(&'a str);

impl<'a> Parser<'a> {
    pub fn line(&self) -> String {
        self.0.to_owned()
    }
}

pub fn total(v: &[u32]) -> u32 {
    v.iter().map(|x| x + 1).collect::<Vec<_>>().iter().sum()
}

pub fn run(v: &[u32]) -> u32 {
    total(v) + Parser(\"a\").line().len() as u32
}

pub fn never() -> Vec<u8> {
    vec![1]
}
";

/// A package `app`.
pub(crate) struct Project(TempDir);

impl Project {
    pub(crate) fn new() -> Self {
        let project = Self(tempfile::tempdir().expect("a folder"));
        project.write("Cargo.toml", "[package]\nname = \"app\"\nedition = \"2024\"\n[workspace]\n");
        project.write("src/lib.rs", LIB);
        project.write("heap.json", &profile(&[(TOTAL, 4_000, 2), (LINE, 1_000, 10), (STD, 77, 1)]));
        project
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// `cargo alloc-kit audit ..`
    pub(crate) fn audit(&self, arguments: &[&str]) -> Run {
        Self::audit_in(self.0.path(), arguments)
    }

    /// The same, run in that folder.
    pub(crate) fn audit_in(folder: &Path, arguments: &[&str]) -> Run {
        let mut command = support::alloc_kit();
        command.arg("audit").args(arguments).current_dir(folder).env_remove("GITHUB_WORKSPACE");
        Run::of(command)
    }

    /// `audit check` of the profile, with this configuration. clippy would build the package, each time.
    pub(crate) fn check(&self, config: &str) -> Run {
        self.write("alloc-kit-audit.toml", config);
        self.audit(&["check", "--linters", "none", "--profile", "heap.json"])
    }
}

/// Frames from the innermost to the outermost.
pub(crate) type Frames = &'static [&'static str];

pub(crate) const TOTAL: Frames = &[
    "alloc::alloc::alloc (alloc.rs:95:9)",
    "app::total (src/lib.rs:10:29)",
    "app::run (src/lib.rs:14:5)",
    "main (main.c:1)",
];
pub(crate) const LINE: Frames = &[
    "alloc::alloc::alloc (alloc.rs:95:9)",
    "app::Parser::line (src/lib.rs:5:16)",
    "app::run (src/lib.rs:14:16)",
    "main (main.c:1)",
];
pub(crate) const STD: Frames = &["std::rt::init (rt.rs:1:1)"];

/// As the dhat crate writes it: stacks with bytes and blocks.
pub(crate) fn profile(points: &[(Frames, u64, u64)]) -> String {
    profile_of("rust-heap", points)
}

pub(crate) fn profile_of(mode: &str, points: &[(Frames, u64, u64)]) -> String {
    let mut table: Vec<String> = vec!["[root]".to_owned()];
    let mut pps: Vec<Value> = Vec::new();
    for (frames, bytes, blocks) in points {
        let mut numbers = Vec::new();
        for frame in *frames {
            let frame = format!("0x1: {frame}");
            let known = table.iter().position(|of| *of == frame);
            numbers.push(known.unwrap_or_else(|| {
                table.push(frame);
                table.len() - 1
            }));
        }
        pps.push(json!({
            "tb": bytes, "tbk": blocks, "tl": 10, "mb": bytes, "mbk": blocks, "gb": 0, "gbk": 0, "eb": 0, "ebk": 0, "fs": numbers,
        }));
    }
    json!({
        "dhatFileVersion": 2, "mode": mode, "verb": "Allocated", "bklt": true, "bkacc": false, "tu": "µs", "Mtu": "s", "tuth": 10,
        "cmd": "./app", "pid": 1, "tg": 5, "te": 100, "pps": pps, "ftbl": table,
    })
    .to_string()
}

/// The names of all fields, but not what stands in place of one: ids of rules, files.
pub(crate) fn keys(json: &Value) -> BTreeSet<String> {
    let below = |value: &Value| keys(value);
    match json {
        Value::Array(list) => list.iter().flat_map(below).collect(),
        Value::Object(object) => {
            let of = |(key, value): (&String, &Value)| match key.as_str() {
                "rules" => {
                    value.as_object().into_iter().flat_map(|rules| rules.values()).flat_map(below).collect()
                }
                "linters" | "confirms" => BTreeSet::new(),
                _ => below(value),
            };
            object.keys().cloned().chain(object.iter().flat_map(of)).collect()
        }
        _ => BTreeSet::new(),
    }
}
