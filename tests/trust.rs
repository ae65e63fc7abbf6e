//! docs/trust.md itself: every promise names tests, and they are there; every section has its command, and every table is filled.
//! What the tables say is for the tests that they are of.
//!
//! Run with: `cargo test -p alloc-kit-tests --test trust`.

#[allow(dead_code, reason = "the page is written by others")]
#[path = "support/page.rs"]
mod page;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = "docs/trust.md";

/// The sections, in order, with the marks of their tables.
const SECTIONS: [(&str, &[&str]); 10] = [
    ("Promises", &["promises"]),
    ("Counted against other counters", &["differential"]),
    ("Against a model", &["properties"]),
    ("Fuzzed", &["fuzzed"]),
    ("Sanitizers and checkers", &["sanitizers"]),
    ("RealtimeSanitizer as the referee", &["referee"]),
    ("Hostile builds", &["hostile builds"]),
    ("Hostile programs", &["hostile programs"]),
    ("Under load", &["load"]),
    ("Supply chain", &["supply chain", "build", "data"]),
];

fn tests() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn workspace(path: &str) -> PathBuf {
    tests().join("..").join(path)
}

/// Whether tests/Cargo.toml has it, as a `test` or an `example`.
fn is_listed(kind: &str, name: &str) -> bool {
    let manifest = page::read("tests/Cargo.toml").replace('\r', "");
    manifest.contains(&format!("[[{kind}]]\nname = \"{name}\"\npath = \"{name}.rs\"\n"))
}

/// The tests of a program that run: those in its file, and in the folder of its name.
fn functions(program: &str) -> BTreeSet<String> {
    let mut text = page::read(&format!("tests/{program}.rs"));
    if let Ok(folder) = fs::read_dir(tests().join(program)) {
        for file in folder {
            let path = file.expect("a file").path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                text += &fs::read_to_string(&path).expect("a source");
            }
        }
    }
    tests_of(&text)
}

/// What stands before the programs and modules of the companion.
const COMPANION: &str = "cargo-alloc-kit/";

/// Those of a program of the companion's, which cargo finds by itself (`tests/merge`), or of a module of its own
/// (`src/shard_tests`).
fn functions_of_companion(file: &str) -> Result<BTreeSet<String>, String> {
    let path = workspace(&format!("{COMPANION}{file}.rs"));
    let manifest = page::read("cargo-alloc-kit/Cargo.toml");
    let parts: Vec<&str> = file.split('/').collect();
    // Of a deeper file no program is made; and a module has to be one of the crate, which `mod` makes of it.
    let runs = match parts[..] {
        ["tests", _] => !manifest.contains("autotests") && !manifest.contains("[[test]]"),
        ["src", .., module] => is_module(&path, module),
        _ => false,
    };
    if !runs || !path.is_file() {
        return Err(format!("there is no test program {COMPANION}{file}"));
    }
    Ok(tests_of(&fs::read_to_string(path).expect("a source")))
}

/// Whether a file beside it, or that of the folder's module, declares a module.
fn is_module(path: &Path, module: &str) -> bool {
    let folder = path.parent().expect("a folder");
    let beside = fs::read_dir(folder).into_iter().flatten().map(|file| file.expect("a file").path());
    let sources = beside.chain([folder.with_extension("rs")]).filter(|file| file.is_file());
    let declares = |text: &str| {
        text.lines().any(|line| {
            line.ends_with(&format!("mod {module};")) || line == format!("#[path = \"{module}.rs\"]")
        })
    };
    sources.map(|file| fs::read_to_string(file).expect("a source")).any(|text| declares(&text))
}

/// The names after `#[test]`, without those that have `#[ignore]`.
fn tests_of(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    // Whether the lines are between `#[test]` and the name, and whether the test is left out.
    let (mut is_test, mut is_ignored) = (false, false);
    for line in text.lines().map(str::trim_start) {
        if line == "#[test]" {
            (is_test, is_ignored) = (true, false);
        } else if line.starts_with("#[ignore") {
            is_ignored = true;
        } else if let Some(name) = line.strip_prefix("fn ") {
            let name = name.split(['(', '<']).next().expect("a name");
            if is_test && !is_ignored {
                names.insert(name.to_owned());
            }
            is_test = false;
        }
    }
    names
}

/// What is wrong with what a promise is said to be held by.
fn fault_of(held_by: &str) -> Option<String> {
    let named: Vec<&str> = held_by.split(", ").map(|name| name.trim_matches('`')).collect();
    if named.iter().all(|name| name.is_empty()) {
        return Some("nothing holds it".to_owned());
    }
    named.into_iter().find_map(|name| {
        if let Some(script) = name.strip_prefix(".ci/") {
            let is_called =
                [".ci/run", ".github/workflows/ci.yml"].iter().any(|by| page::read(by).contains(name));
            return (!workspace(name).is_file() || !is_called && script != "run")
                .then(|| format!("{name} never runs"));
        }
        let (program, function) =
            name.split_once("::").map_or((name, None), |(it, function)| (it, Some(function)));
        let functions = if let Some(file) = program.strip_prefix(COMPANION) {
            match functions_of_companion(file) {
                Ok(functions) => functions,
                Err(fault) => return Some(fault),
            }
        } else if !is_listed("test", program) || !tests().join(format!("{program}.rs")).is_file() {
            return Some(format!("there is no test program {program}"));
        } else {
            functions(program)
        };
        match function {
            Some(function) if !functions.contains(function) => {
                Some(format!("{program} has no test {function}"))
            }
            None if functions.is_empty() => Some(format!("{program} has no tests")),
            _ => None,
        }
    })
}

#[test]
fn every_promise_is_held_by_tests_that_there_are() {
    let table = page::between_marks(PAGE, "promises");
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("| promise | held by |"));
    assert_eq!(lines.next(), Some("|---|---|"));
    let mut promises = BTreeSet::new();
    let mut faults = Vec::new();
    for row in lines {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [promise, held_by] = cells[..] else { panic!("two cells: {row}") };
        assert!(promises.insert(promise.to_owned()), "twice: {promise}");
        faults.extend(fault_of(held_by).map(|fault| format!("{promise}: {fault}")));
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(promises.len() >= 25, "only {} promises", promises.len());
}

/// What is wrong with a command of the page.
fn fault_of_command(command: &str) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().skip_while(|word| word.contains('=')).collect();
    let script = words.first().filter(|word| !word.starts_with("cargo"));
    if let Some(script) = script.filter(|script| !workspace(script).exists()) {
        return Some(format!("{script} is not there"));
    }
    words.windows(2).find_map(|pair| {
        let kind = pair[0].strip_prefix("--").filter(|kind| ["test", "example"].contains(kind))?;
        // Only tests/ has test programs of its own; examples/ has its own examples.
        let is_there = is_listed(kind, pair[1])
            || kind == "example" && workspace(&format!("examples/{}.rs", pair[1])).is_file();
        (!is_there).then(|| format!("`{command}`: there is no {kind} {}", pair[1]))
    })
}

/// What stands in backticks, or on a line of its own in a block, and is a command.
fn commands(section: &str) -> Vec<&str> {
    let lines = section.lines().map(str::trim);
    let pieces = lines.flat_map(|line| {
        line.split('`').enumerate().filter(|(n, _)| n % 2 == 1).map(|(_, it)| it).chain([line])
    });
    let is_command = |piece: &&str| {
        let command = piece.split_whitespace().find(|word| !word.contains('=')).unwrap_or_default();
        ["cargo", "rustup"].contains(&command)
            || [".ci/", "fuzz/"].iter().any(|start| command.starts_with(start))
    };
    pieces.filter(is_command).collect()
}

#[test]
fn every_section_has_its_command_and_its_figures() {
    let text = page::read(PAGE).replace('\r', "");
    let sections: Vec<(&str, &str)> =
        text.split("\n## ").skip(1).map(|section| section.split_once('\n').expect("a title")).collect();
    let titles: Vec<&str> = sections.iter().map(|(title, _)| *title).collect();
    assert_eq!(titles, SECTIONS.map(|(title, _)| title));
    for ((title, section), (_, marks)) in sections.into_iter().zip(SECTIONS) {
        let found: BTreeSet<&str> =
            section.lines().filter_map(|line| line.strip_prefix("<!-- ")?.strip_suffix(" -->")).collect();
        assert_eq!(found, marks.iter().copied().collect(), "{title}");
        for mark in marks {
            assert!(
                !page::between_marks(PAGE, mark).is_empty(),
                "{title}: nothing between its marks `{mark}`"
            );
        }
        let commands = commands(section);
        assert!(!commands.is_empty(), "{title}: no command");
        let faults: Vec<String> = commands.into_iter().filter_map(fault_of_command).collect();
        assert!(faults.is_empty(), "{title}: {faults:#?}");
    }
}

/// The searches find what is not there, as it were.
#[test]
fn what_is_wrong_is_found() {
    assert_eq!(fault_of("`trust::what_is_wrong_is_found`, `.ci/run`, `unsafe_code`"), None);
    let of_companion = "`cargo-alloc-kit/tests/merge::shards_are_as_one_run`, `cargo-alloc-kit/tests/merge`, \
                        `cargo-alloc-kit/src/shard_tests::however_they_are_split`, `cargo-alloc-kit/src/ratchet/tests`";
    assert_eq!(fault_of(of_companion), None);
    for wrong in [
        "",
        "`no_such_program`",
        "`trust::no_such_test`",
        "`trust::tests_of`",
        "`.ci/no_script`",
        "`noticed::leaks_a_box`",
        "`merge::shards_are_as_one_run`",
        "`cargo-alloc-kit/merge::shards_are_as_one_run`",
        "`cargo-alloc-kit/tests/merge::no_such_test`",
        "`cargo-alloc-kit/tests/no_such_program`",
        "`cargo-alloc-kit/tests/support/mod`",
        "`cargo-alloc-kit/src/no_such_module`",
        "`cargo-alloc-kit/src/exit`",
    ] {
        assert!(fault_of(wrong).is_some(), "{wrong}");
    }
    assert_eq!(fault_of_command("TRUST=overwrite cargo test -p alloc-kit-tests --test trust"), None);
    assert!(fault_of_command("cargo test -p alloc-kit-tests --test no_such_program").is_some());
    assert!(fault_of_command("fuzz/no_such_script").is_some());
    assert_eq!(
        commands("text `cargo test` and `Cargo.toml`\n```sh\n.ci/run\n```"),
        ["cargo test", ".ci/run"]
    );
    assert_eq!(
        Vec::from_iter(tests_of(
            "#[test]\n#[ignore = \"x\"]\nfn a() {}\n#[test]\n#[cfg(unix)]\nfn b() {}\nfn c() {}"
        )),
        ["b"]
    );
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("trust.rs").is_file());
}
