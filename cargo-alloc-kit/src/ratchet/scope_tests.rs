//! What runs of a workspace are sure of, by what they were asked for.

use std::ffi::OsString;

use super::*;
use crate::command::{DependsOn, Target};
use crate::config::Config;

fn needs_folder(folder: &str) -> DependsOn {
    let path = Path::new("/w").join(folder);
    DependsOn { name: folder.to_owned(), rename: None, path: Some(path) }
}

/// A workspace of the root's package `app`, and of `util` and `util-macros` in folders.
fn workspace() -> Workspace {
    let package = |name: &str, folder: &str, needs: &[&str]| Package {
        name: name.to_owned(),
        id: format!("path+file:///w/{folder}#{name}@0.1.0"),
        manifest_path: Path::new("/w").join(folder).join("Cargo.toml"),
        version: "0.1.0".into(),
        edition: "2024".into(),
        targets: Vec::new(),
        metadata: None,
        dependencies: needs.iter().map(|folder| needs_folder(folder)).collect(),
    };
    let members = vec![
        package("app", "", &["util"]),
        package("util", "util", &["util/macros"]),
        package("util-macros", "util/macros", &[]),
    ];
    Workspace {
        root: "/w".into(),
        target: "/w/target".into(),
        default_members: vec![members[0].id.clone()],
        members,
        config: Config::default(),
    }
}

/// Of the files, of which the run is sure.
fn sure_of(build: &Build, others: &[&str], for_tests: &[&str]) -> Vec<&'static str> {
    let of = |arguments: &[&str]| arguments.iter().map(OsString::from).collect();
    let split = Split { known: Vec::new(), others: of(others), for_tests: of(for_tests) };
    let build = Build { manifest_path: Some("/w/Cargo.toml".into()), ..build.clone() };
    let scope = Scope::of(&build, &split, false, &workspace());
    let files = ["src/lib.rs", "util/src/lib.rs", "util/macros/src/lib.rs", "utilities/src/lib.rs"];
    files.into_iter().filter(|file| scope.is_sure_of(file)).collect()
}

#[test]
fn packages_are_those_that_cargo_takes() {
    let all = Build { workspace: true, ..Build::default() };
    let named = |specs: &[&str]| Build {
        package: specs.iter().map(ToString::to_string).collect(),
        ..Build::default()
    };
    // A folder that no other package has is the root's.
    let (app, util, macros, other) =
        ("src/lib.rs", "util/src/lib.rs", "util/macros/src/lib.rs", "utilities/src/lib.rs");
    for (build, others, expected) in [
        (&Build::default(), &[][..], &[app, other][..]),
        (&all, &[], &[app, util, macros, other]),
        (&Build::default(), &["--all"], &[app, util, macros, other]),
        // What a member has is also used by those that depend on it.
        (&all, &["--exclude", "util"], &[app, other]),
        (&all, &["--exclude=util*"], &[app, other]),
        (&all, &["--exclude", "app"], &[]),
        (&named(&["app"]), &[], &[app, other]),
        (&named(&["util"]), &[], &[]),
        (&named(&["util@0.1.0", "app"]), &[], &[app, util, other]),
        (&named(&["util*", "app"]), &[], &[app, util, macros, other]),
        (&named(&["util-*"]), &[], &[]),
        (&named(&["path+file:///w/util#util@0.1.0", "app"]), &[], &[app, util, other]),
        (&named(&["serde"]), &[], &[]),
    ] {
        assert_eq!(sure_of(build, others, &[]), expected, "{build:?} {others:?}");
    }
    let in_util = Build { manifest_path: Some("/w/util/Cargo.toml".into()), ..Build::default() };
    assert_eq!(selected_by_place(&in_util, &workspace()), ["path+file:///w/util#util@0.1.0"]);
}

#[test]
fn a_filter_leaves_something_out() {
    let all = Build { workspace: true, ..Build::default() };
    for whole in [&["--locked", "-j", "4"][..], &["-j4", "--jobs=2", "--config", "a.b=1", "--no-fail-fast"]] {
        assert_eq!(
            sure_of(&all, whole, &["--nocapture", "--test-threads", "1", "--include-ignored"]).len(),
            4
        );
    }
    for others in [
        &["name"][..],
        &["--test", "x"],
        &["--lib"],
        &["--doc"],
        &["--bins"],
        &["--tests"],
        &["--all-targets"],
        &["-E", "all()"],
        &["--partition", "count:1/2"],
        &["--jobs", "4", "name"],
        &["--unknown"],
    ] {
        assert!(sure_of(&all, others, &[]).is_empty(), "{others:?}");
    }
    for for_tests in
        [&["name"][..], &["--skip", "x"], &["--ignored"], &["--exact", "x"], &["--test-threads", "1", "x"]]
    {
        assert!(sure_of(&all, &[], for_tests).is_empty(), "{for_tests:?}");
    }
}

#[test]
fn who_may_call_whom() {
    let mut workspace = workspace();
    assert_eq!(callers(&workspace.members), [vec![0], vec![1, 0], vec![2, 1, 0]]);
    // By its name, where a patch leads to it; and by a package that is no member, which needs one.
    workspace.members[0].dependencies =
        vec![DependsOn { name: "util-macros".to_owned(), rename: Some("m".to_owned()), path: None }];
    assert_eq!(callers(&workspace.members), [vec![0], vec![1], vec![2, 0, 1]]);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let manifest = elsewhere.path().join("Cargo.toml");
    fs::write(&manifest, "[dependencies.wrapper]\n").expect("a file");
    workspace.members[1].dependencies = vec![needs_folder(&elsewhere.path().to_string_lossy())];
    assert_eq!(callers(&workspace.members), [vec![0], vec![1], vec![2, 0]]);
    fs::write(&manifest, "[dependencies]\napp = { path = \"..\" }\n").expect("a file");
    assert_eq!(callers(&workspace.members), [vec![0, 1], vec![1], vec![2, 0, 1]]);
    // A circle, as dev-dependencies make it.
    workspace.members[1].dependencies = vec![needs_folder("util/macros")];
    workspace.members[2].dependencies = vec![needs_folder("util")];
    assert_eq!(callers(&workspace.members)[1], [1, 2, 0]);
}

/// nextest runs no doctests: of a member that has some, and of what it may call, it is not sure.
#[test]
fn nextest_leaves_doctests_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = folder.path().join("lib.rs");
    let mut workspace = workspace();
    workspace.members[1].targets = vec![Target {
        name: "util".to_owned(),
        kind: vec!["lib".to_owned()],
        src_path: library.clone(),
        doctest: true,
    }];
    let all = Build { workspace: true, ..Build::default() };
    let sure_of_util = |text: &str, nextest, workspace: &Workspace| {
        fs::write(&library, text).expect("a file");
        let scope = Scope::of(&all, &Split::default(), nextest, workspace);
        assert_eq!(scope.is_sure_of("util/src/lib.rs"), scope.is_sure_of("util/macros/src/lib.rs"));
        assert_eq!(scope.is_sure_of("util/src/lib.rs"), scope.is_of_all());
        assert!(scope.is_sure_of("src/lib.rs"));
        scope.is_of_all()
    };
    let doctest = "/// ```\n/// f();\n/// ```\npub fn f() {}\n";
    assert!(sure_of_util(doctest, false, &workspace));
    assert!(!sure_of_util(doctest, true, &workspace));
    assert!(sure_of_util("/// Is.\npub fn f() {}\n", true, &workspace));
    workspace.members[1].targets[0].doctest = false;
    assert!(sure_of_util(doctest, true, &workspace));
    // A filter of the configuration is one of every run.
    workspace.root = folder.path().to_owned();
    fs::create_dir(folder.path().join(".config")).expect("a folder");
    let configuration = "[profile.default]\ndefault-filter = \"not test(slow)\"\n";
    fs::write(folder.path().join(".config/nextest.toml"), configuration).expect("a file");
    assert!(!Scope::of(&all, &Split::default(), true, &workspace).is_whole());
    assert!(Scope::of(&all, &Split::default(), false, &workspace).is_whole());
}
