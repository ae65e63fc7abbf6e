//! What is found at a place, and what becomes of it, with records that are made up.

use std::fs;
use std::path::PathBuf;

use super::plan::{self, Plan};
use super::source::{Found, Source};
use crate::how_run::HowRun;
use crate::made_up;
use crate::record::Site;
use crate::run_file::RunFile;
use crate::shard::Budget;
use crate::view::Platform;

fn site(path: &str, file: &str, place: (u32, u32), limits: &[(&str, &str)]) -> Site {
    Site {
        path: path.to_owned(),
        file: file.to_owned(),
        line: place.0,
        column: place.1,
        form: "fn".to_owned(),
        budget: limits.iter().map(|(key, limit)| ((*key).to_owned(), (*limit).to_owned())).collect(),
        scope: "thread".to_owned(),
    }
}

/// What a platform saw of some budgets: so many allocations, or no call.
fn platform(profile: &str, seen: &[(&Site, Option<i64>)]) -> Platform {
    let budget = |(site, used): &(&Site, Option<i64>)| Budget {
        site: (*site).clone(),
        nth: 1,
        type_path: used.map(|_| site.path.clone()),
        seen: made_up::seen(used.map(|used| ("allocations".to_owned(), used)).into_iter().collect()),
    };
    made_up::platform(profile, seen.iter().map(budget).collect())
}

/// A workspace that is one file.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, text: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tighten-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("lib.rs"), text).expect("it is written");
        Self(folder)
    }

    /// The text afterwards, and the reasons for what was left alone or refused.
    fn tightened(&self, platforms: &[Platform]) -> (Option<String>, Vec<String>) {
        let Plan { files, left_alone, refused, .. } = plan::of(platforms, &self.0);
        let why = left_alone.into_iter().map(|left| left.why).chain(refused.into_iter().map(|file| file.why));
        (files.into_iter().next().map(|file| file.after), why.collect())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_most_of_all_platforms_holds() {
    let folder = Folder::with("platforms", "#[alloc_budget(12)]\nfn f() {}\n");
    let f = site("app::f", "lib.rs", (1, 1), &[("allocations", "12")]);
    let two = |dev, release| [platform("dev", &[(&f, dev)]), platform("release", &[(&f, release)])];
    let becomes = |limit: &str| (Some(format!("#[alloc_budget({limit})]\nfn f() {{}}\n")), Vec::new());
    assert_eq!(folder.tightened(&two(Some(3), Some(1))), becomes("3"));
    assert_eq!(folder.tightened(&two(Some(1), Some(3))), becomes("3"));
    assert_eq!(folder.tightened(&two(None, Some(2))), becomes("2"));
    assert_eq!(folder.tightened(&two(Some(0), None)), becomes("0"));
    assert_eq!(folder.tightened(&two(None, None)), (None, Vec::new()));
    assert_eq!(folder.tightened(&two(Some(12), Some(3))), (None, Vec::new()));
    let (after, why) = folder.tightened(&two(Some(13), Some(3)));
    assert_eq!((after, why.len()), (None, 1));
    assert!(
        why[0].starts_with("broken, and no budget is raised; the most used of `allocations` is 13"),
        "{why:?}"
    );
}

#[test]
fn a_file_of_several_crates_has_the_most_of_all() {
    let folder = Folder::with("crates", "#[alloc_budget(12)] fn f() {}");
    let sites = ["one::support::f", "other::support::f"];
    let [one, other] = sites.map(|path| site(path, "lib.rs", (1, 1), &[("allocations", "12")]));
    let (after, why) = folder.tightened(&[platform("dev", &[(&one, Some(2)), (&other, Some(5))])]);
    assert_eq!((after.as_deref(), why.len()), (Some("#[alloc_budget(5)] fn f() {}"), 0));
    let (after, _) = folder.tightened(&[platform("dev", &[(&one, Some(2)), (&other, None)])]);
    assert_eq!(after.as_deref(), Some("#[alloc_budget(2)] fn f() {}"));
}

#[test]
fn only_what_is_in_the_workspace_is_read() {
    let folder = Folder::with("outside", "#[alloc_budget(12)] fn f() {}");
    let absolute = folder.0.join("lib.rs").display().to_string();
    let above = format!("../{}/lib.rs", folder.0.file_name().expect("a name").display());
    for file in [absolute.as_str(), above.as_str(), "C:\\app\\lib.rs", "/lib.rs", "./../lib.rs"] {
        let f = site("app::f", file, (1, 1), &[("allocations", "12")]);
        let (after, why) = folder.tightened(&[platform("dev", &[(&f, Some(1))])]);
        assert_eq!((after, why), (None, vec!["outside of the workspace".to_owned()]), "{file}");
    }
    let f = site("rust_out::f", "lib.rs", (1, 1), &[("allocations", "12")]);
    assert_eq!(
        folder.tightened(&[platform("dev", &[(&f, Some(1))])]),
        (None, vec!["in a doctest".to_owned()])
    );
}

/// What is written at the places of literals.
fn found(text: &str, site: &Site) -> Vec<String> {
    let source = Source::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    match source.find(site) {
        Found::Budget(literals) => {
            literals.iter().map(|literal| text[literal.range.clone()].to_owned()).collect()
        }
        Found::Made(by) => vec![format!("made by {by}")],
        Found::Changed => vec!["changed".to_owned()],
    }
}

#[test]
fn literals_are_where_they_are_said_to_be() {
    let f = |place| site("app::f", "lib.rs", place, &[("allocations", "12")]);
    for (text, place, expected) in [
        ("#[alloc_budget(12)] fn f() {}", (1, 1), "12"),
        ("\u{feff}#[alloc_budget(12)] fn f() {}", (1, 1), "12"),
        ("#!/usr/bin/env é\n#[alloc_budget(12)] fn f() {}", (2, 1), "12"),
        ("#![allow(unused)]\r\n/* é𝄞 */ #[alloc_budget(12)] fn f() {}", (2, 10), "12"),
        ("#[alloc_budget(12)]\npub(crate) const unsafe extern \"C\" fn f() {}", (1, 1), "12"),
        ("#[a] #[alloc_budget(12)] #[b(12)] fn f() {}", (1, 6), "12"),
        ("mod m { impl X<{ 3 }, Y> { fn g() { #[alloc_budget(12)] fn f() {} } } }", (1, 37), "12"),
        ("#[alloc_budget(12)] impl X<{ 3 }> { fn e() {} fn f() {} }", (1, 50), "12"),
        ("#[alloc_budget(12)] #[other(12)] mod m { #[a] impl X { fn f() {} } }", (1, 59), "12"),
        // Not at the place, not of the name, not the limit, or nothing at all.
        ("#[alloc_budget(12)] fn f() {}", (1, 2), "changed"),
        ("#[alloc_budget(12)] fn g() {}", (1, 1), "changed"),
        ("#[alloc_budget(12)] const N: u8 = 1; fn f() {}", (1, 1), "changed"),
        ("#[alloc_budget(13)] fn f() {}", (1, 1), "changed"),
        ("#[alloc_budget(bytes = 12)] fn f() {}", (1, 1), "changed"),
        ("// #[alloc_budget(12)] fn f() {}", (1, 4), "changed"),
        ("const F: &str = \"#[alloc_budget(12)] fn f() {}\";", (1, 18), "changed"),
        ("#[alloc_budget(12)] mod m {} fn f() {}", (1, 33), "changed"),
        ("", (1, 1), "changed"),
        ("made!(12);", (1, 1), "made by made"),
        ("a::made! { #[alloc_budget(12)] fn f() {} }", (1, 1), "made by made"),
    ] {
        assert_eq!(found(text, &f(place)), [expected], "{text}");
    }
    // The attribute of alloc-kit, where another one looks alike.
    let text = "#[alloc_budget(12)] #[other(12)] mod m { fn f() {} }";
    let source = Source::parse(text).expect("Rust");
    let in_block = f((1, 45));
    let Found::Budget(literals) = source.find(&in_block) else { panic!("{source:?}") };
    assert_eq!(literals[0].range, 15..17);
}

#[test]
fn what_is_no_rust_is_said() {
    for text in ["fn f() {", "\"", "fn f() }", "#[alloc_budget(12] fn f() {}"] {
        assert!(Source::parse(text).is_err(), "{text}");
    }
}

#[test]
fn other_tokens_are_noticed() {
    let source = |text: &str| Source::parse(text).expect("Rust");
    let before = source("#[alloc_budget(12)] fn f() { 1; }");
    for (after, count, is_like) in [
        ("#[alloc_budget(3)] fn f() { 1; }", 1, true),
        ("#[alloc_budget(3)] fn f() { 1; }", 2, false),
        ("#[alloc_budget(3)] fn f() { 2; }", 1, false),
        ("#[alloc_budget(x)] fn f() { 1; }", 1, false),
        ("#[alloc_budget(3)] fn g() { 1; }", 1, false),
        ("#[alloc_budget(3)] fn f() { 1 }", 1, false),
        ("#[alloc_budget{3}] fn f() { 1; }", 2, false),
    ] {
        assert_eq!(before.differs_in_literals(&source(after), count), is_like, "{after}");
    }
}

#[test]
fn only_whole_runs_that_passed_are_trusted() {
    let records = "{\"alloc_kit\":1,\"kind\":\"exception\",\"program\":\"app\",\"pid\":1,\"module\":\"app\",\"reason\":\"a\",\
                   \"file\":\"src/lib.rs\",\"line\":1,\"times\":1,\"allocations\":1,\"bytes\":1}\n";
    let run = RunFile::parse(records.as_bytes(), "run.jsonl".as_ref(), None).expect("records");
    let warning = super::trusted(&run, false).expect("records").expect("a warning");
    assert!(warning.starts_with("nothing says whether all tests were run"), "{warning}");
    let command = ["cargo", "alloc-kit", "test", "--", "small"].map(str::to_owned);
    let of = |whole, passed| run.clone().run_as(&HowRun { whole, passed, command: command.to_vec() });
    assert_eq!(super::trusted(&of(true, true), true).expect("it is"), None);
    for (run, expected) in [
        (
            of(false, true),
            "the last run was not of all tests, so it may not have seen the most: `cargo alloc-kit test -- small`",
        ),
        (of(true, false), "the last run failed, so"),
        (
            RunFile { superseded: Some("why".to_owned()), ..of(true, true) },
            "what was seen is of an earlier source: why",
        ),
    ] {
        let failure = super::trusted(&run, true).expect_err(expected);
        assert!(failure.message.starts_with(expected), "{failure}");
        assert_eq!(failure.exit, crate::exit::Exit::Unusable);
        assert!(failure.help.is_some_and(|help| help.contains("run all tests")));
    }
}
