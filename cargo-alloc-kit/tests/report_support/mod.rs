//! A folder with the sample's package in it, reports that are asked for there, and records that are made up.

#![allow(dead_code, reason = "every test uses its part of it")]

#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, thread};

use serde_json::{Value, json};
pub(crate) use support::Run;

/// A package `shop` that nobody builds, and what its tests wrote.
pub(crate) struct Shop {
    root: PathBuf,
}

/// Where the sample is kept.
pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

impl Shop {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = env::temp_dir().join(format!("report-{}-{next}", process::id()));
        // One that an earlier process of this id left.
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("src")).expect("a new folder");
        let shop = Self { root };
        shop.write("Cargo.toml", "[package]\nname = \"shop\"\nedition = \"2024\"\n[workspace]\n");
        shop.write("src/lib.rs", &sample("shop/src/lib.rs"));
        shop.write("records.jsonl", &sample("records.jsonl"));
        shop.write("before.jsonl", &sample("before.jsonl"));
        shop
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    pub(crate) fn read(&self, file: &str) -> String {
        let path = self.path(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// `cargo alloc-kit report` in the package.
    pub(crate) fn report(&self, arguments: &[&str]) -> Run {
        self.run("report", arguments)
    }

    /// Any subcommand.
    pub(crate) fn run(&self, subcommand: &str, arguments: &[&str]) -> Run {
        let mut command = support::alloc_kit();
        command.arg(subcommand).args(arguments).current_dir(&self.root);
        command.env_remove("CARGO_TARGET_DIR").env("GITHUB_WORKSPACE", &self.root);
        Run::of(command)
    }

    /// What a report of the sample is.
    pub(crate) fn shown(&self, arguments: &[&str]) -> String {
        self.report(&[&["records.jsonl"], arguments].concat()).succeeds().stdout()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("kept for a look: {}", self.root.display());
        } else {
            let _ = fs::remove_dir_all(&self.root);
        }
    }
}

fn sample(file: &str) -> String {
    let path = data().join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A record of a budget of no allocations: broken if it used one.
pub(crate) fn budget(id: usize, path: &str, file: &str, used: i64) -> Value {
    let verdict = if used > 0 { "broken" } else { "held" };
    json!({
        "alloc_kit": 1, "kind": "function", "program": "app-1", "pid": 7, "started": 1, "target": "x86_64-linux-gnu",
        "debug_assertions": true, "id": id, "file": file, "line": id + 1, "column": 1, "path": path,
        "type_path": null, "form": "fn", "budget": { "allocations": "0" }, "scope": "thread", "calls": 1, "judged": 1,
        "warmed_up": 0, "not_judged": 0, "broken": used.min(1), "threads_started": 0,
        "most": { "allocations": used }, "room": { "allocations": -used }, "exceptions": [],
        "verdict": verdict, "why": null,
    })
}

/// A breach of the budget `id`, with one place.
pub(crate) fn breach(id: usize, path: &str, file: &str, message: &str, stack: &Value) -> Value {
    json!({
        "alloc_kit": 1, "kind": "breach", "program": "app-1", "pid": 7, "started": 1, "target": "x86_64-linux-gnu",
        "debug_assertions": true, "id": id, "path": path, "type_path": null, "file": file, "line": id + 1, "column": 1,
        "thread": "tests::breaks", "limits": [{ "key": "allocations", "limit": 0, "used": 1 }],
        "places": [{ "event": "allocation", "times": 1, "bytes": 8, "stack": stack }],
        "not_shown": 0, "help": null, "message": message,
    })
}

/// One record a line.
pub(crate) fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect::<Vec<_>>().concat()
}

/// As many broken budgets, each worse than the one before.
pub(crate) fn broken(numbers: RangeInclusive<usize>) -> String {
    let of = |number: usize| {
        let used = i64::try_from(number).expect("a small number");
        budget(number, &format!("app::f{number}"), "src/lib.rs", used)
    };
    lines(&numbers.map(of).collect::<Vec<_>>())
}

/// A name with all that some format takes for its own.
pub(crate) const HOSTILE: &str =
    "app::<script>alert('x')</script>&amp;\"|`a`]]>\\|--></title>\u{1b}[31m\u{202e}\u{0}::";

/// Records whose every text is hostile.
pub(crate) fn hostile() -> String {
    let file = "src/<img src=x onerror=alert(1)>,a:b%.rs";
    let stack = json!([
        { "function": HOSTILE, "file": file, "line": 3, "column": 4 },
        { "function": "</pre></svg><script>alert(2)</script>", "file": null, "line": null, "column": null },
    ]);
    let message = format!("alloc-kit: `{HOSTILE}` made 1\n::error::injected\r\n##[error]injected");
    let mut exception = budget(0, HOSTILE, file, 1);
    exception["exceptions"] = json!([{
        "reason": HOSTILE, "file": file, "line": 1, "times": 1, "allocations": 1, "bytes": 1
    }]);
    let mut unverified = budget(1, HOSTILE, file, 0);
    unverified["verdict"] = "not verified".into();
    unverified["why"] = format!("{HOSTILE}\n::warning::injected").into();
    let of_program = json!({
        "alloc_kit": 1, "kind": "exception", "program": "app-1", "pid": 7, "started": 1, "target": "x86_64-linux-gnu",
        "debug_assertions": true, "module": HOSTILE, "reason": HOSTILE, "file": file, "line": 9,
        "times": 0, "allocations": 0, "bytes": 0,
    });
    lines(&[exception, unverified, breach(0, HOSTILE, file, &message, &stack), of_program])
}
