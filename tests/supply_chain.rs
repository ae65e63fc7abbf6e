//! What a user of the published crates takes in with them: which crates, for the program and for its build, and what those that
//! run in the build can do. The tables in docs/trust.md and README.md are compared with what cargo says of the locked versions.
//!
//! Run with: `cargo test -p alloc-kit-tests --test supply_chain`; with `TRUST=overwrite` it writes them.

#[path = "support/page.rs"]
mod page;
mod support;
#[path = "support/tokens.rs"]
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;
use support::run::Run;
use support::{clean_command, workspace};

const OWN: [&str; 4] = ["alloc-kit", "alloc-kit-bench", "alloc-kit-macros", "cargo-alloc-kit"];
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// What somebody has of the published crates, and the one of these that has all but the names that are told.
struct Mode {
    name: &'static str,
    package: &'static str,
    arguments: &'static [&'static str],
    beside: Option<&'static str>,
}

const MODES: [Mode; 9] = [
    mode("off, no features", "alloc-kit", &["--no-default-features"], None),
    mode("off", "alloc-kit", &[], Some("off, no features")),
    mode("`audit`", "alloc-kit", &["--features", "audit"], Some("off")),
    mode("`enforce`", "alloc-kit", &["--features", "enforce"], Some("`audit`")),
    mode("`enforce`, `dhat`", "alloc-kit", &["--features", "enforce,dhat"], Some("`enforce`")),
    mode("alloc-kit-bench", "alloc-kit-bench", &[], Some("off, no features")),
    mode("its `divan`", "alloc-kit-bench", &["--features", "divan"], Some("alloc-kit-bench")),
    mode("its `criterion`", "alloc-kit-bench", &["--features", "criterion"], Some("alloc-kit-bench")),
    mode("cargo-alloc-kit", "cargo-alloc-kit", &[], None),
];

const fn mode(
    name: &'static str,
    package: &'static str,
    arguments: &'static [&'static str],
    beside: Option<&'static str>,
) -> Mode {
    Mode { name, package, arguments, beside }
}

/// The crates of others: those that are linked into the program, and those that only its build runs.
#[derive(Clone, Default)]
struct Crates {
    linked: BTreeSet<String>,
    building: BTreeSet<String>,
}

impl Mode {
    fn crates(&self) -> Crates {
        let linked = self.tree("normal,no-proc-macro");
        let mut building = self.tree("normal,build");
        building.retain(|name| !linked.contains(name));
        Crates { linked, building }
    }

    /// The names in `cargo tree`, without alloc-kit's own.
    fn tree(&self, edges: &str) -> BTreeSet<String> {
        let mut arguments = vec!["tree", "--locked", "--package", self.package, "--target", TARGET];
        arguments.extend(["--edges", edges, "--prefix", "none", "--format", "{lib}|{p}"]);
        arguments.extend(self.arguments);
        let tree = cargo(&arguments).succeeds().stdout();
        let names = tree.lines().filter(|line| !line.is_empty()).map(|line| {
            let (_, package) = line.split_once('|').unwrap_or_else(|| panic!("{line}"));
            package.split_once(' ').unwrap_or_else(|| panic!("{line}")).0.to_owned()
        });
        let names: BTreeSet<String> = names.collect();
        assert!(names.contains(self.package), "{}: {tree}", self.name);
        names.into_iter().filter(|name| !OWN.contains(&name.as_str())).collect()
    }
}

fn cargo(arguments: &[&str]) -> Run {
    let mut cargo = clean_command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments).current_dir(workspace()).env("CARGO_TERM_COLOR", "never");
    Run::of(cargo)
}

/// Of every mode, by its name. Asked for once: cargo takes a second for each.
fn all_crates() -> &'static BTreeMap<&'static str, Crates> {
    static ALL: OnceLock<BTreeMap<&str, Crates>> = OnceLock::new();
    ALL.get_or_init(|| MODES.iter().map(|mode| (mode.name, mode.crates())).collect())
}

#[test]
fn each_mode_takes_in_the_crates_that_the_page_names() {
    let all = all_crates();
    let mut lines = vec![
        "| mode | in the program | in its build alone | which |".to_owned(),
        "|---|---:|---:|---|".to_owned(),
    ];
    for mode in &MODES {
        let crates = &all[mode.name];
        let base = mode.beside.map(|name| all[name].clone()).unwrap_or_default();
        let (linked, building) = (&crates.linked, &crates.building);
        // Who is named in another row is not named again, so a row has to have all of it.
        let here: BTreeSet<_> = linked.union(building).collect();
        assert!(base.linked.iter().chain(&base.building).all(|name| here.contains(name)), "{}", mode.name);
        let new = |of: &BTreeSet<String>| -> Vec<String> {
            let new = of.iter().filter(|name| !base.linked.contains(*name) && !base.building.contains(*name));
            new.cloned().collect()
        };
        let (program, build) = (new(linked), new(building));
        let mut which: Vec<String> = mode.beside.map(|name| format!("as {name}")).into_iter().collect();
        which.extend((!program.is_empty()).then(|| program.join(", ")));
        which.extend((!build.is_empty()).then(|| format!("in the build {}", build.join(", "))));
        lines.push(format!(
            "| {} | {} | {} | {} |",
            mode.name,
            linked.len(),
            building.len(),
            which.join("; ")
        ));
    }
    page::assert_holds("docs/trust.md", "supply chain", &lines);
}

#[test]
fn the_readme_counts_them() {
    let count = |name: &str| (all_crates()[name].linked.len(), all_crates()[name].building.len());
    let ((none, build), (off, build_off), (on, _)) =
        (count("off, no features"), count("off"), count("`enforce`"));
    assert_eq!(build, build_off - 1, "rustversion is the one that a default feature takes");
    let sentence = format!(
        "Off mode links {off} crates of others into a program, the five that it re-exports and what they need, and with \
         `default-features = false` {none}; its attributes take {build_off} in the build. `enforce`, in tests, links {on}.",
        none = if none == 0 { "none".to_owned() } else { none.to_string() },
    );
    let readme = page::read("README.md").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(readme.contains(&sentence), "README.md has to say: {sentence}");
    assert!(readme.contains("`cargo tree -p alloc-kit -e normal,no-proc-macro`"), "and by which command");
}

/// What verdicts need stays away where there are none, and what each mode shows is what it was asked for.
#[test]
fn off_mode_has_nothing_that_judges() {
    let all = all_crates();
    for name in ["backtrace", "annotate-snippets", "linkme", "dhat", "gimli", "object", "libc"] {
        assert!(!all["off"].linked.contains(name), "{name} in off mode");
    }
    assert!(all["off, no features"].linked.is_empty(), "{:?}", all["off, no features"].linked);
    assert!(all["`enforce`"].linked.contains("backtrace"), "the search finds nothing");
    let (audit, enforce) = (&all["`audit`"], &all["`enforce`"]);
    assert_eq!((&audit.linked, &audit.building), (&enforce.linked, &enforce.building));
}

/// The companion is a program: what it is made of is in no user's build, nor in tests that enforce.
#[test]
fn the_companions_dependencies_reach_no_user_of_the_library() {
    let all = all_crates();
    let companion = &all["cargo-alloc-kit"];
    let library = ["off, no features", "off", "`audit`", "`enforce`"].map(|name| &all[name]);
    for name in ["clap", "serde", "serde_json", "toml_edit", "similar", "anstream"] {
        assert!(companion.linked.contains(name), "{name} is no longer in the companion");
        let reaches = library.iter().any(|mode| mode.linked.contains(name) || mode.building.contains(name));
        assert!(!reaches, "{name} is in a build of alloc-kit");
    }
    // Nor does a package that is depended on ask for it.
    for name in ["alloc-kit", "alloc-kit-bench", "alloc-kit-macros"] {
        assert!(!page::read(&format!("{name}/Cargo.toml")).contains("cargo-alloc-kit"), "{name}");
    }
}

/// What sources have words for, whether they use it or not.
struct Words {
    programs: bool,
    files: bool,
    network: bool,
}

impl Words {
    fn of(files: &[PathBuf]) -> Self {
        // A crate's own tests are not run in the build.
        let files =
            files.iter().filter(|file| !file.components().any(|part| part.as_os_str() == "output_tests"));
        let words: BTreeSet<String> = files.flat_map(|file| tokens::words(file)).collect();
        let has = |list: &[&str]| list.iter().any(|word| words.contains(*word));
        Self {
            programs: has(&["Command", "cc", "autocfg", "execve", "posix_spawn"]),
            files: has(&["fs", "read_dir", "OpenOptions", "create_dir", "read_to_string"]),
            network: has(&[
                "net",
                "TcpStream",
                "TcpListener",
                "UdpSocket",
                "UnixStream",
                "socket",
                "curl",
                "ureq",
                "reqwest",
            ]),
        }
    }

    fn is_none(&self) -> bool {
        !self.programs && !self.files && !self.network
    }
}

/// A package as `cargo metadata` gives it.
struct Package<'a>(&'a Value);

impl Package<'_> {
    fn root(&self) -> &Path {
        let manifest = Path::new(self.0["manifest_path"].as_str().expect("a path"));
        manifest.parent().expect("a folder")
    }

    /// The sources of its build script, if it has one.
    fn script(&self) -> Option<Vec<PathBuf>> {
        let is_script = |target: &&Value| {
            target["kind"].as_array().expect("kinds").iter().any(|kind| kind == "custom-build")
        };
        let script = self.0["targets"].as_array().expect("targets").iter().find(is_script)?;
        let script = PathBuf::from(script["src_path"].as_str().expect("a path"));
        let folder = script.parent().expect("a folder");
        Some(if folder == self.root() { vec![script] } else { tokens::sources(folder) })
    }
}

/// The sources of others run in the build: scripts, what these are made of, and macros. All of them are here.
#[test]
fn what_runs_in_the_build_is_known() {
    const ALL: [&str; 7] =
        ["metadata", "--locked", "--all-features", "--format-version", "1", "--filter-platform", TARGET];
    let metadata: Value = serde_json::from_str(&cargo(&ALL).succeeds().stdout()).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let (mut macros, mut scripts, mut parts) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
    for mode in &MODES {
        let Crates { linked, building } = &all_crates()[mode.name];
        let of_macros = mode.tree("normal");
        for name in linked.union(building) {
            let own: Vec<Package> = packages.iter().filter(|it| it["name"] == **name).map(Package).collect();
            assert!(!own.is_empty(), "{name} is not among the packages");
            for package in own {
                let links = !package.0["links"].is_null() && !COMPILES_ITS_OWN.contains(&name.as_str());
                assert!(!links, "{name} links a library of the system");
                if let Some(files) = package.script() {
                    scripts.insert(name.clone(), Words::of(&files));
                }
                if building.contains(name) {
                    let words = Words::of(&tokens::sources(&package.root().join("src")));
                    if of_macros.contains(name) {
                        let same = SAME_WORD.contains(&name.as_str()) && !words.files && !words.network;
                        assert!(
                            words.is_none() || same,
                            "{name} is for macros, and has words for more than that"
                        );
                        macros.insert(name.clone());
                    } else {
                        parts.insert(name.clone(), words);
                    }
                }
            }
        }
    }
    let mut lines =
        vec!["| crate | in the build | programs | files |".to_owned(), "|---|---|---|---|".to_owned()];
    for (name, words) in scripts.iter().chain(&parts) {
        let what = WHAT.iter().find(|(of, _)| of == name);
        let (_, what) = what.unwrap_or_else(|| panic!("{name} runs in the build now: to do what?"));
        assert!(!words.network, "{name} has words for the network");
        let yes = |has: bool| if has { "yes" } else { "" };
        lines.push(format!("| {name} | {what} | {} | {} |", yes(words.programs), yes(words.files)));
    }
    for (name, _) in WHAT {
        assert!(scripts.contains_key(*name) || parts.contains_key(*name), "{name} does not run in the build");
    }
    lines.push(format!("| {} | macros, and what they are made of | | |", Vec::from_iter(macros).join(", ")));
    page::assert_holds("docs/trust.md", "build", &lines);
}

/// Whose library is of C that comes with it: `links` lets no other crate have one of that name.
const COMPILES_ITS_OWN: [&str; 2] = ["tree-sitter", "tree-sitter-language"];

/// Whose `Command` is clap's type of that name, and not a program.
const SAME_WORD: [&str; 1] = ["clap_derive"];

/// What the scripts do, read by a person; the columns beside are by their words.
const WHAT: &[(&str, &str)] = &[
    ("alloca", "script: compiles its `alloca.c`"),
    ("autocfg", "of scripts: compiles pieces of Rust, to see whether they do"),
    ("cc", "of scripts: finds the C compiler, and runs it"),
    ("crc32fast", "script: asks rustc for its version"),
    ("crossbeam-deque", "script: looks whether a sanitizer is on"),
    ("crossbeam-epoch", "script: looks whether a sanitizer is on"),
    ("crossbeam-utils", "script: looks which atomics the target has, and whether a sanitizer is on"),
    ("find-msvc-tools", "of scripts: finds the C compiler of Windows"),
    ("foldhash", "of scripts: hashes keys of JSON, which tree-sitter's can read"),
    ("getrandom", "script: looks whether a sanitizer is on"),
    ("libc", "script: asks rustc for its version, and FreeBSD for its own"),
    ("linkme", "script: writes a module named after its version"),
    ("linkme-impl", "script: asks rustc for its version"),
    ("num-traits", "script: asks by autocfg for a method of std"),
    ("parking_lot_core", "script: looks whether a sanitizer is on"),
    ("proc-macro2", "script: compiles pieces of itself, to see what rustc has"),
    ("proc-macro2-diagnostics", "script: asks rustc, by version_check, whether it is a nightly"),
    ("quote", "script: asks rustc for its version"),
    ("radium", "script: looks which atomics the target has"),
    ("ref-cast", "script: asks rustc for its version, writes a module"),
    ("rustix", "script: compiles pieces of Rust, to see what rustc has"),
    ("rustversion", "script: asks rustc for its version, and writes it down"),
    ("serde", "script: asks rustc for its version, writes a module"),
    ("serde_core", "script: asks rustc for its version, writes a module"),
    ("serde_json", "script: looks how wide the target's words are"),
    ("shlex", "of scripts: takes flags for a compiler apart"),
    ("signal-hook", "script: compiles a C file with a feature that nobody here turns on, else nothing"),
    ("thiserror", "script: compiles pieces of itself, to see what rustc has, writes a module"),
    ("tree-sitter", "script: compiles its `lib.c`"),
    ("tree-sitter-language", "script: says where its headers are, for WebAssembly alone"),
    ("tree-sitter-python", "script: compiles the parser of its grammar"),
    ("tree-sitter-rust", "script: compiles the parser of its grammar"),
    ("tree-sitter-typescript", "script: compiles the parsers of its two grammars"),
    ("version_check", "of scripts: asks rustc for its version"),
    ("zerocopy", "script: asks rustc for its version, reads its own manifest"),
    ("zmij", "script: asks rustc for its version"),
];

/// alloc-kit's own macros, and all that off mode has, know nothing of files, programs and the network; no crate of its own
/// has a build script.
#[test]
fn of_its_own_nothing_runs_in_the_build_but_macros() {
    let own = |folder: &str| tokens::sources(&workspace().join(folder));
    assert!(Words::of(&own("alloc-kit-macros")).is_none());
    let off = ["primitives", "off.rs", "counting.rs", "macros.rs", "private.rs"];
    let off = off.map(|name| workspace().join("alloc-kit/src").join(name));
    let off: Vec<PathBuf> = off
        .into_iter()
        .flat_map(|path| if path.is_dir() { tokens::sources(&path) } else { vec![path] })
        .collect();
    assert!(Words::of(&off).is_none());
    let on = Words::of(&own("alloc-kit/src/on"));
    assert!(on.files && !on.network, "the report writes a file, or the search finds nothing");
    for name in OWN {
        assert!(!workspace().join(name).join("build.rs").exists(), "{name}");
        assert!(!page::read(&format!("{name}/Cargo.toml")).contains("\nbuild = "), "{name}");
    }
}

/// Every version that is locked, here and in the packages outside of the workspace, is of crates.io, with its checksum; and no
/// lock file leaves one open, which cargo would choose by the day.
#[test]
fn what_is_locked_is_of_crates_io() {
    let locks = locks(&workspace());
    assert!(locks.contains(&workspace().join("Cargo.lock")) && locks.len() > 1, "{locks:?}");
    let mut all = 0;
    for lock in locks {
        let text = std::fs::read_to_string(&lock).expect("a lock file").replace('\r', "");
        for package in text.split("\n[[package]]\n").skip(1) {
            let key = |key: &str| {
                package.lines().find_map(|line| line.strip_prefix(key)).map(|it| it.trim_matches('"'))
            };
            let Some(source) = key("source = ") else { continue };
            assert_eq!(source, "registry+https://github.com/rust-lang/crates.io-index", "{}", lock.display());
            assert_eq!(key("checksum = ").map(str::len), Some(64), "{}: {package}", lock.display());
            all += 1;
        }
        let manifest = lock.with_extension("toml");
        let manifest = manifest.to_str().expect("UTF-8");
        cargo(&["metadata", "--locked", "--format-version", "1", "--manifest-path", manifest]).succeeds();
    }
    assert!(all > 200, "{all} packages in all of them");
}

/// The lock files below a folder, without what was built there.
fn locks(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_owned();
        if name == "Cargo.lock" {
            found.push(path);
        } else if path.is_dir() && name != "target" && name != ".git" {
            found.extend(locks(&path));
        }
    }
    found
}

/// Data and pictures that are in the repository, each with where it is from and what lets it be here.
#[test]
fn data_of_others_has_its_licence() {
    let table = page::between_marks("docs/trust.md", "data");
    let rows: Vec<Vec<&str>> =
        table.lines().skip(2).map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect();
    let mut listed = BTreeSet::new();
    for row in &rows {
        let [files, from, licence] = row[..] else { panic!("three cells: {row:?}") };
        assert!(!from.is_empty() && !licence.is_empty(), "{row:?}");
        listed.extend(files.split(", ").map(|file| file.trim_matches('`').to_owned()));
        // A licence that is told by its file.
        for link in licence.split("](../").skip(1) {
            let file = workspace().join(link.split_once(')').expect("a link").0);
            assert!(file.is_file(), "{}", file.display());
        }
    }
    let mut there = BTreeSet::new();
    for folder in ["examples/data", "examples/data/csv", "benches/data", "docs"] {
        for entry in std::fs::read_dir(workspace().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_str().expect("UTF-8").to_owned();
            let is_other = folder != "docs" || path.extension().is_some_and(|it| it == "png");
            if path.is_file() && is_other && name != "README.md" && !name.contains("LICENSE") {
                there.insert(format!("{folder}/{name}"));
            }
        }
    }
    assert_eq!(there, listed);
}
