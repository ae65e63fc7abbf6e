//! The index of the cookbook, examples/README.md: each row of the guide has its recipe, and what stands in a row exists: types that
//! the recipe takes, workloads that show the same row, lints that the recipe expects.
//!
//! Whether a lint finds the way before is clippy's to say: an `expect` that is not met is a warning there.
//!
//! Run with: `cargo test -p alloc-kit-tests --test cookbook_index`.

#[path = "support/guide.rs"]
mod guide;

use std::fs;
use std::path::{Path, PathBuf};

use alloc_kit_benches::{ALL, Workload};
use guide::GUIDE;

/// Rows of the guide's text, which are no rows of its tables.
const OF_THE_TEXT: [&str; 4] = ["DHAT", "Print type sizes", "Audit Checklist", "When NOT to Optimize"];

/// A row of the index.
#[derive(Debug)]
struct Row {
    guide: String,
    recipe: String,
    takes: String,
    bench: String,
    lint: String,
    run: String,
}

impl Row {
    fn parse(text: &str) -> Self {
        let cells: Vec<&str> = text.trim_matches('|').split(" | ").map(str::trim).collect();
        let [guide, recipe, takes, bench, lint, run] = cells[..] else { panic!("not six cells: {text}") };
        let [guide, recipe, takes, bench, lint, run] =
            [guide, recipe, takes, bench, lint, run].map(str::to_owned);
        Self { guide, recipe, takes, bench, lint, run }
    }

    /// The file that the row links to.
    fn file(&self) -> &str {
        let link = self.recipe.split_once("](").and_then(|(_, link)| link.split_once(')'));
        link.unwrap_or_else(|| panic!("no link in {self:?}")).0
    }

    /// The recipe's text, and that of the files in the folder of its name.
    fn source(&self) -> String {
        let file = Path::new("examples").join(self.file());
        let beside = fs::read_dir(workspace().join(file.with_extension(""))).into_iter().flatten();
        let beside = beside.map(|entry| entry.expect("a file").path());
        beside.map(|file| read(&file)).fold(read(&file), |all, one| all + &one)
    }
}

/// All rows of tables with a column `guide`.
fn rows() -> Vec<Row> {
    let index = read(Path::new("examples/README.md"));
    let mut rows = Vec::new();
    let mut lines = index.lines();
    while lines.by_ref().any(|line| line.starts_with("| guide |")) {
        rows.extend(lines.by_ref().skip(1).take_while(|line| line.starts_with('|')).map(Row::parse));
    }
    rows
}

/// What stands between backticks.
fn names(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn each_row_of_the_guide_has_a_recipe() {
    let rows = rows();
    let guide = GUIDE.iter().map(|(_, row)| *row).chain(OF_THE_TEXT);
    for wanted in guide.clone() {
        assert!(
            rows.iter().any(|row| row.guide.starts_with(wanted)),
            "examples/README.md has no recipe for the guide's {wanted}"
        );
    }
    for row in &rows {
        assert!(
            guide.clone().any(|known| row.guide.starts_with(known)),
            "the guide has no row {}",
            row.guide
        );
    }
}

#[test]
fn a_recipe_is_run_by_its_name() {
    for row in rows() {
        let file = Path::new(row.file());
        let name = file.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let command = names(&row.run).next().unwrap_or_default();
        assert_eq!(command, format!("cargo run --release --example {name}"), "{row:?}");
    }
}

#[test]
fn what_a_recipe_takes_is_in_it() {
    for row in rows() {
        let source = row.source();
        let mut taken = names(&row.takes).peekable();
        assert!(taken.peek().is_some(), "it takes nothing: {row:?}");
        for name in taken {
            // `Cow<'static, str>` is there with any lifetime, `HashMap::with_capacity` with any hasher.
            let start = name.split(['(', '<', '[']).next().unwrap_or(name);
            let start = start.rsplit("::").next().unwrap_or(start);
            assert!(source.contains(start), "{} does not take {name}", row.file());
        }
    }
}

/// All that show it, and no other.
#[test]
fn workloads_of_a_row_are_those_that_show_it() {
    for row in rows() {
        let shows = |workload: &&Workload| {
            workload.guide.iter().any(|shown| row.guide.starts_with(of_the_tables(shown)))
        };
        let workloads: Vec<String> =
            ALL.iter().filter(shows).map(|workload| format!("`{}`", workload.id)).collect();
        if OF_THE_TEXT.contains(&&*row.guide) {
            let known = |id| ALL.iter().any(|workload| workload.id == id);
            assert!(row.bench == "-" || names(&row.bench).all(known), "an unknown workload: {row:?}");
        } else {
            assert_eq!(row.bench, workloads.join(", "), "workloads that show {}", row.guide);
        }
    }
}

/// Of what a recipe imports from alloc-kit, its index row has all but what judges and measures.
#[test]
fn helpers_that_a_recipe_takes_are_in_the_index() {
    const JUDGES: [&str; 7] = [
        "alloc_budget",
        "allow_alloc",
        "assert_alloc_budget",
        "assert_no_alloc",
        "measure",
        "no_alloc",
        "Usage",
    ];
    for row in rows() {
        let source = row.source();
        let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let imports = code.split("use alloc_kit::").skip(1).filter_map(|rest| rest.split(';').next());
        for name in
            imports.flat_map(|names| names.split(|char: char| !(char.is_alphanumeric() || char == '_')))
        {
            let is_known = name.is_empty() || JUDGES.contains(&name) || row.takes.contains(name);
            assert!(is_known, "{} takes {name}, which the index does not say: {}", row.file(), row.takes);
        }
    }
}

#[test]
fn lints_are_expected_by_the_recipe() {
    for row in rows() {
        let source = row.source();
        let attributes = source.split("#[expect(").skip(1).filter_map(|rest| rest.split(")]").next());
        let of_the_way_before = attributes.filter(|attribute| attribute.contains("the way before"));
        let mut expected: Vec<&str> = of_the_way_before
            .flat_map(|attribute| attribute.split([',', ' ']))
            .filter_map(|word| word.strip_prefix("clippy::"))
            .collect();
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(
            names(&row.lint).collect::<Vec<_>>(),
            expected,
            "lints of {}, in the index and expected there",
            row.file()
        );
    }
}

/// The row of the guide's tables that a workload shows, of which it may say more.
fn of_the_tables(shown: &str) -> &str {
    let row = GUIDE.iter().find(|(_, row)| shown.starts_with(row));
    row.unwrap_or_else(|| panic!("the guide has no row {shown}")).1
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file's text, by its path in the workspace.
fn read(file: &Path) -> String {
    let path = workspace().join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
