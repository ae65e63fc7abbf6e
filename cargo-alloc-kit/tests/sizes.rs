//! `cargo alloc-kit sizes` on a workspace of two packages, whose program says by `size_of` how large each of its types is.
//!
//! One test, since each step builds the same packages.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test sizes`.

mod support;

use std::collections::BTreeMap;

use serde_json::Value;
use support::packages::{executable, run, run_with};
use support::workspace::workspace;
use support::{Project, Run};

#[test]
fn sizes() {
    let project = Project::copy_from(&workspace().join("cargo-alloc-kit/tests/fixtures/sizes"));
    all_are_those_of_size_of(&project);
    as_text(&project);
    too_large(&project);
    of_some_packages(&project);
    builds_are_left_alone(&project);
    what_does_not_work_is_told(&project);
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout()).unwrap_or_else(|error| panic!("{error}: {run}"))
}

/// The types and futures, by the names that the program gives them.
fn named(json: &Value) -> BTreeMap<String, (u64, u64)> {
    let all = ["types", "futures"].into_iter().flat_map(|key| json[key].as_array().expect("a list"));
    let named = all.map(|of| {
        let name = of["name"].as_str().expect("a name");
        let krate = of["crate"].as_str();
        let name = match (krate, name.split_once('@')) {
            // The place is not what is compared.
            (_, Some((kind, _))) => format!("{kind}}}"),
            (Some("sizes_model"), None) => match name.strip_prefix("{async fn body of ") {
                Some(path) => format!("{{async fn body of sizes_model::{path}"),
                None => format!("sizes_model::{name}"),
            },
            (_, None) => name.to_owned(),
        };
        (name, (of["bytes"].as_u64().expect("bytes"), of["align"].as_u64().expect("an alignment")))
    });
    let count =
        ["types", "futures"].map(|key| json[key].as_array().map_or(0, Vec::len)).iter().sum::<usize>();
    let named: BTreeMap<_, _> = named.collect();
    assert_eq!(named.len(), count, "each once: {named:#?}");
    named
}

fn all_are_those_of_size_of(project: &Project) {
    let says = project.cargo(&["run", "--quiet"]).succeeds().stdout();
    let says: BTreeMap<String, (u64, u64)> = says
        .lines()
        .map(|line| {
            let mut parts = line.rsplitn(3, ' ');
            let (align, bytes) = (parts.next().expect("an alignment"), parts.next().expect("bytes"));
            let number = |text: &str| text.parse().expect("a number");
            (parts.next().expect("a name").to_owned(), (number(bytes), number(align)))
        })
        .collect();
    let is_of_std = |name: &str| name.starts_with("std::");
    let own: BTreeMap<_, _> =
        says.iter().filter(|(name, _)| !is_of_std(name)).map(|(name, of)| (name.clone(), *of)).collect();
    assert!(own.len() == 12 && says.len() == 14, "{says:#?}");

    let arguments = ["sizes", "--workspace", "--message-format", "json", "--top", "1000"];
    let all_own = json(&run(project, "", &arguments).exits_with(0));
    assert_eq!(named(&all_own), own, "all of the packages', and no other");

    // In any profile, and those of std beside them.
    let of_all = run(project, "", &[&arguments[..], &["--all", "--release"]].concat()).exits_with(0);
    let of_all = json(&of_all);
    let mut with_std: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for of in ["types", "futures"].into_iter().flat_map(|key| of_all[key].as_array().expect("a list")) {
        let name = of["name"].as_str().expect("a name").to_owned();
        with_std.insert(
            name,
            (of["bytes"].as_u64().expect("bytes"), of["align"].as_u64().expect("an alignment")),
        );
    }
    for (name, of) in says.iter().filter(|(name, _)| is_of_std(name) || !name.contains("::")) {
        assert!(
            with_std.get(name) == Some(of) || name.contains("{async block") || name == "{closure}",
            "{name}"
        );
    }
    contents(&all_own);
}

/// What is in them: variants, padding, and what a future has while it waits.
fn contents(json: &Value) {
    let of = |key: &str, name: &str| {
        let all = json[key].as_array().expect("a list");
        all.iter().find(|of| of["name"] == name).unwrap_or_else(|| panic!("no {name} in {json:#}")).clone()
    };
    let parts = |of: &Value, key: &str| -> Vec<(String, u64)> {
        let parts = of[key].as_array().cloned().unwrap_or_default();
        parts
            .iter()
            .map(|of| (of["name"].as_str().expect("a name").to_owned(), of["bytes"].as_u64().unwrap()))
            .collect()
    };
    let pairs =
        |of: &[(&str, u64)]| of.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes)).collect::<Vec<_>>();
    // `repr(C)`: 1, 7 free, 8, 2, 6 free.
    let padded = of("types", "Padded");
    assert_eq!(padded["padding"], 13);
    assert_eq!(parts(&padded, "contents"), pairs(&[("a", 1), ("b", 8), ("c", 2)]));
    let event = of("types", "Event");
    let mut variants = parts(&event, "variants");
    variants.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    assert_eq!((variants[0].0.as_str(), variants[0].1, variants.len()), ("Paste", 400, 3));
    let root = of("futures", "{async fn body of root()}");
    let held = root["contents"].as_array().expect("contents");
    assert_eq!((&held[0]["name"], &held[0]["bytes"]), (&"buffer".into(), &1000.into()));
    assert_eq!((&held[1]["type"], &held[1]["bytes"]), (&"{async fn body of leaf()}".into(), &602.into()));
    let leaf = of("futures", "{async fn body of leaf()}");
    let kinds: Vec<_> =
        leaf["contents"].as_array().expect("contents").iter().map(|of| of["kind"].as_str()).collect();
    assert_eq!(
        kinds[..2],
        [Some("upvar"), Some("local")],
        "the argument, and the variable that it is moved into"
    );
}

fn as_text(project: &Project) {
    if cfg!(not(target_pointer_width = "64")) {
        eprintln!("not tested: sizes are shown as on 64 bits");
        return;
    }
    let shown = run(project, "", &["sizes", "--workspace", "--top", "2", "--max", "603"]).exits_with(8);
    assert_eq!(
        shown.stdout(),
        "\
bytes  align  padding  type                         largest in it
  404      4        3  sizes_model::Event           Paste 400, 393 more than Key: box what is in it, if it is rare
   48      4        3  sizes_model::Wrapper<Shape>  .of 44

bytes  align  padding  future                                  holds while it waits
1,624      8       22  {async fn body of root()} in sizes_app  buffer 1,000, .await of {async fn body of leaf()} 602
  602      1        0  {async fn body of leaf()} in sizes_app  argument seed 300, seed 300, .await of std::future::Ready<()> 1
"
    );
    shown.prints(&["error: 1 is larger than 603 bytes"]);
}

fn too_large(project: &Project) {
    let sizes = ["sizes", "--workspace"];
    let with = |more: &[&str]| run(project, "", &[&sizes[..], more].concat());
    // `max` is still allowed; of those that are not shown it is said that they are there.
    with(&["--max", "1624"]).exits_with(0).never_prints(&["larger than"]);
    let few = with(&["--max", "40", "--top", "1"]).exits_with(8);
    few.clone().prints(&["error: 6 are larger than 40 bytes"]);
    let lines = few
        .stdout()
        .lines()
        .filter(|line| line.ends_with("more that are too large (`--top` shows more)"))
        .count();
    few.expect(lines == 2, "two tables with more that are too large");
    let counted = json(&with(&["--max", "40", "--top", "1", "--message-format", "json"]).exits_with(8));
    assert_eq!(
        (&counted["over"], &counted["exit_code"], &counted["max"]),
        (&6.into(), &8.into(), &40.into())
    );
    assert_eq!(counted["types"].as_array().expect("types").len(), 1);
    // The configuration's, where the command line is silent.
    let manifest = project.read("Cargo.toml");
    project.write("Cargo.toml", &manifest.replace("4096", "602"));
    with(&[]).exits_with(8).prints(&["error: 1 is larger than 602 bytes"]);
    with(&["--max", "2000"]).exits_with(0);
    project.write("Cargo.toml", &manifest.replace("4096", "\"much\""));
    with(&[]).exits_with(2).prints(&["[workspace.metadata.alloc-kit]", "much"]);
    project.write("Cargo.toml", &manifest);
}

fn of_some_packages(project: &Project) {
    let model = run(project, "", &["sizes", "-p", "sizes-model"]).exits_with(0);
    model.expect(!model.stdout().contains("sizes_app"), "the other package is not built");
    model.prints(&["sizes_model::Event", "{async fn body of wait()}"]).never_prints(&["Wrapper"]);
    let here = run(project, "model", &["sizes"]).exits_with(0).prints(&["sizes_model::Event"]);
    here.expect(!here.stdout().contains("sizes_app"), "of the folder's package");
    run(project, "", &["sizes", "-p", "sizes-app", "-F", "wide"]).exits_with(0).prints(&["sizes_app::Wide"]);
}

/// Neither is what the user built built anew, nor is a second run without its types.
fn builds_are_left_alone(project: &Project) {
    let verbose = ["build", "--workspace", "--verbose"];
    project.cargo(&verbose).succeeds();
    let first = run(project, "", &["sizes", "--workspace"]).exits_with(0);
    let again = run(project, "", &["sizes", "--workspace"]).exits_with(0);
    again.expect(!first.stdout().is_empty() && first.stdout() == again.stdout(), "the same once more");
    let fresh = project.cargo(&verbose).succeeds();
    fresh.prints(&["Fresh sizes-app", "Fresh sizes-model"]).never_prints(&["Compiling", "Running `"]);
}

fn what_does_not_work_is_told(project: &Project) {
    let lib = project.read("model/src/lib.rs");
    project.write("model/src/lib.rs", "pub fn broken(");
    run(project, "", &["sizes", "--workspace"])
        .exits_with(1)
        .prints(&["could not compile", "`cargo build` failed"]);
    project.write("model/src/lib.rs", &lib);
    run(project, "", &["sizes", "-p", "nobody"]).exits_with(1).prints(&["nobody"]);
    run(project, "", &["sizes", "--max", "much"]).exits_with(2).prints(&["--max"]);

    if !cfg!(unix) {
        eprintln!("not tested: compilers that do not take the option, which are scripts here");
        return;
    }
    // A compiler that does not know the option, and one that prints what is not known here.
    for (does, code, says) in [
        (
            "echo 'no such option' >&2; exit 1",
            2,
            "the compiler does not take `-Zprint-type-sizes`: no such option",
        ),
        (
            "echo 'print-type-size     gizmo `.x`: 3 bytes'",
            2,
            "a line that is not known here: print-type-size     gizmo",
        ),
    ] {
        let script =
            format!("#!/bin/sh\ncase \"$*\" in *-Zprint-type-sizes*) {does};; esac\nexec rustc \"$@\"\n");
        project.write("compiler", &script);
        executable(&project.path("compiler"));
        let compiler = project.path("compiler").display().to_string();
        run_with(project, "", &[("RUSTC", &compiler)], &["sizes", "--workspace"])
            .exits_with(code)
            .prints(&[says]);
    }
}
