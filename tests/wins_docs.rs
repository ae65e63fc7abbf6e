//! What is written about the workloads covers all of them: the table of the guide in benches/README.md, the table in
//! docs/measured.md, and the charts in docs/.

#[path = "support/guide.rs"]
mod guide;
#[path = "support/page.rs"]
mod page;

use alloc_kit_benches::{ALL, Workload};
use guide::GUIDE;
use page::{assert_holds, between_marks, read};

const REMEDY: &str =
    "`cargo bench -p alloc-kit-benches --bench wins -- --markdown --charts docs` prints and draws it";

#[test]
fn each_row_of_the_guide_has_a_workload() {
    let mut table = vec!["| the guide's | row | workloads |".to_owned(), "|---|---|---|".to_owned()];
    for (part, row) in GUIDE {
        let shown: Vec<String> = ALL.iter().filter(|workload| shows(workload, row)).map(named).collect();
        assert!(!shown.is_empty(), "no workload shows the guide's {row}");
        table.push(format!("| {part} | {row} | {} |", shown.join(", ")));
    }
    assert_holds("benches/README.md", "guide", &table);
}

#[test]
fn workloads_are_of_the_guide() {
    for workload in ALL {
        for row in workload.guide {
            let known = GUIDE.iter().any(|(_, known)| row.starts_with(known));
            assert!(known, "{}: the guide has no row {row}", workload.id);
        }
    }
}

#[test]
fn inputs_are_stated() {
    let mut table = vec!["| workload | input | bench |".to_owned(), "|---|---|---|".to_owned()];
    for Workload { id, title, input, theme, .. } in ALL {
        table.push(format!("| `{id}`: {title} | {input} | `{theme}` |"));
    }
    assert_holds("benches/README.md", "inputs", &table);
}

#[test]
fn figures_are_of_all_workloads() {
    let readme = between_marks("docs/measured.md", "wins");
    for Workload { id, title, .. } in ALL {
        let start = format!("| `{id}` | {title} (");
        assert!(readme.contains(&start), "docs/measured.md has no figures of {id}: {REMEDY}");
        for chart in ["time", "allocations"] {
            let file = format!("docs/wins-{chart}.svg");
            assert!(read(&file).contains(&format!(">{id}</text>")), "{file} does not show {id}: {REMEDY}");
        }
    }
    let rows = readme.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(rows, ALL.len() + 1, "docs/measured.md has figures of other workloads, too: {REMEDY}");
}

/// Some add what the guide says of it.
fn shows(workload: &Workload, row: &str) -> bool {
    workload.guide.iter().any(|shown| shown.starts_with(row))
}

fn named(workload: &Workload) -> String {
    format!("`{}` in `{}`", workload.id, workload.theme)
}
