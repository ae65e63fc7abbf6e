//! Profiles that node wrote (`tests/data/audit_js/record.mjs`) against the functions that a scan finds.

use std::collections::BTreeSet;

use ast_grep_language::SupportLang;

use super::*;
use crate::audit::scan::{Scanned, Scanner, scan_text};

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/data/audit_js/", $name))
    };
}

/// V8's own functions of a class, which no tree has: they are where the class is, or its first static member.
const OF_CLASSES: [&str; 3] = ["<instance_members_initializer>", "<static_initializer>", "Derived"];

fn scanned(grammar: SupportLang, text: &str) -> Scanned {
    scan_text(&Scanner::new(|_| false), Language::JavaScript, grammar, "forms", text)
}

/// The profile of what was made of forms.ts, with its source map in a data URL.
fn mapped(profile: &str, map: &str) -> Profile {
    // tsc leaves the texts out, and the folder was another one.
    let mut map: serde_json::Value = serde_json::from_str(map).unwrap();
    map["sourcesContent"] = serde_json::json!([data!("forms.ts")]);
    let map = map.to_string();
    let url = serde_json::to_string(&format!("data:application/json,{}", map.replace('%', "%25"))).unwrap();
    parse(profile.replace("\"forms.js.map\"", &url).as_bytes(), "x.heapprofile").unwrap()
}

/// Each frame of the file is at one function, of its name if `has_names`; gives the functions that are at no frame.
fn joined(profile: &Profile, file: &str, scanned: &Scanned, has_names: bool) -> BTreeSet<String> {
    let mut missing: BTreeSet<String> = scanned
        .functions
        .iter()
        .map(|function| format!("{}:{}", function.name, function.span.line))
        .collect();
    let mut has_top_level = false;
    for frame in profile.frames.iter().filter(|frame| frame.file.as_deref() == Some(file)) {
        let (line, column) = (frame.line.unwrap(), frame.column.unwrap());
        let at: Vec<_> = scanned.functions.iter().filter(|function| is_at(function, line, column)).collect();
        if is_top_level(frame) {
            has_top_level = true;
            assert!(at.is_empty());
            continue;
        }
        if at.is_empty() && (OF_CLASSES.contains(&&*frame.function) || !has_names) {
            continue;
        }
        let [function] = at[..] else { panic!("{frame:?} is at {at:?}") };
        missing.remove(&format!("{}:{}", function.name, function.span.line));
        let name = frame.function.trim_start_matches("get ").trim_start_matches("set ");
        // A constructor has the name of its class, and V8 gives a computed one that of the object.
        let is_named = name == function.name
            || function.name == "constructor"
            || (name == "default" && function.name.is_empty())
            || function.name.starts_with('[');
        assert!(is_named || !has_names, "{frame:?} is at {function:?}");
    }
    assert!(has_top_level, "no frame of the script's own code");
    missing
}

#[test]
fn every_form_of_function_is_where_v8_says() {
    let profile = parse(data!("forms.heapprofile").as_bytes(), "x.heapprofile").unwrap();
    let scanned = scanned(SupportLang::Tsx, data!("forms.js"));
    let missing = joined(&profile, "/recorded/forms.js", &scanned, true);
    assert_eq!(missing, BTreeSet::new());
    assert!(scanned.functions.len() > 25, "{}", scanned.functions.len());
}

#[test]
fn what_tsc_made_is_at_its_typescript() {
    let profile = mapped(data!("tsc.heapprofile"), data!("tsc.js.map"));
    let scanned = scanned(SupportLang::TypeScript, data!("forms.ts"));
    assert_eq!(joined(&profile, "/recorded/forms.ts", &scanned, true), BTreeSet::new());
    assert!(profile.frames.iter().all(|frame| frame.file.as_deref() != Some("/recorded/tsc/forms.js")));
}

#[test]
fn what_esbuild_made_is_at_its_typescript() {
    let profile = mapped(data!("esbuild.heapprofile"), data!("esbuild.js.map"));
    let scanned = scanned(SupportLang::TypeScript, data!("forms.ts"));
    // Names are shortened.
    assert_eq!(joined(&profile, "/recorded/forms.ts", &scanned, false), BTreeSet::new());
}

#[test]
fn bytes_are_those_of_the_tree() {
    let text = data!("forms.heapprofile");
    let profile = parse(text.as_bytes(), "x.heapprofile").unwrap();
    let sum: u64 = profile.points.iter().map(|point| point.bytes).sum();
    let sizes = text.split("\"selfSize\":").skip(1).map(|rest| rest.split(',').next().unwrap());
    assert_eq!(sum, sizes.map(|size| size.parse::<u64>().unwrap()).sum::<u64>());
    assert!(sum > 1_000_000);
    // What `push` allocates is below the function that calls it.
    let push = profile.points.iter().find(|point| profile.frames[point.frames[0]].function == "push");
    let called_by = &profile.frames[push.unwrap().frames[1]];
    assert_eq!(called_by.file.as_deref(), Some("/recorded/forms.js"));
}

const NODE: &str = r#"{"callFrame":{"functionName":"f","url":"file:///a%20b.js","lineNumber":2,"columnNumber":4},"selfSize":8,"children":[]}"#;

#[test]
fn limits_say_what_it_cannot_know() {
    let of = |capture: &str| {
        let text = format!(r#"{{"head":{NODE}{capture}}}"#);
        let profile = parse(text.as_bytes(), "x").unwrap();
        assert!(profile.is_sampled);
        format!("{}\npartial: {:?}", profile.limits.join("\n"), profile.partial)
    };
    assert!(of("").contains("partial: Some(\"it does not say whether"));
    assert!(of("").contains("does not say whether it has what was collected"));
    let old = of(
        r#","allocKit":{"lost":["7-0: app.js"],"includesCollected":false,"samplingInterval":9,"node":"16.0.0"}"#,
    );
    assert!(
        old.contains("one in 9 bytes") && old.contains("only what was live") && old.contains("7-0: app.js")
    );
    assert!(old.contains("partial: Some(\"it has only what was live"));
    let killed = of(
        r#","allocKit":{"lost":["7-0: app.js"],"includesCollected":true,"samplingInterval":9,"node":"20.0.0"}"#,
    );
    assert!(
        killed.contains("partial: Some(\"a process or worker was killed before it could write (7-0: app.js)")
    );
    let new = of(r#","allocKit":{"includesCollected":true,"samplingInterval":9,"node":"20.0.0"}"#);
    assert!(
        !new.contains("live") && !new.contains("does not say") && new.ends_with("partial: None"),
        "{new}"
    );
    let lost_map = of(
        r#","allocKit":{"includesCollected":true,"samplingInterval":9,"maps":{"file:///a%20b.js":"none.map"}}"#,
    );
    assert!(lost_map.contains("the source map of /a b.js cannot be read"), "{lost_map}");
}

#[test]
fn places_count_from_one_and_urls_are_paths() {
    let profile = parse(format!(r#"{{"head":{NODE}}}"#).as_bytes(), "x").unwrap();
    let frame = &profile.frames[0];
    assert_eq!((frame.file.as_deref(), frame.line, frame.column), (Some("/a b.js"), Some(3), Some(5)));
    assert_eq!(profile.points[0].bytes, 8);
}

#[test]
fn other_files_are_said_to_be_so() {
    let error = |text: &str| parse(text.as_bytes(), "x").unwrap_err();
    let whole = data!("forms.heapprofile");
    assert!(error(&whole[..whole.len() / 2]).starts_with("it is cut off"));
    assert!(error(r#"{"snapshot":{"meta":{}}}"#).starts_with("a heap snapshot"));
    assert!(error(r#"{"nodes":[{"id":1}],"startTime":1}"#).starts_with("a CPU profile"));
    assert!(error("[]").starts_with("not a heap profile of V8"));
    assert!(error(r#"{"head":{"callFrame":1}}"#).starts_with("not a heap profile of V8"));
}

#[test]
fn a_tree_without_end_is_refused_and_a_deep_one_read() {
    let deep = |levels: usize| {
        let open = NODE.replace("[]}", "[");
        format!(r#"{{"head":{}{NODE}{}}}"#, open.repeat(levels), "]}".repeat(levels))
    };
    assert!(parse(deep(100_000).as_bytes(), "x").unwrap_err().contains("deeper than the 500 frames"));
    let profile = parse(deep(400).as_bytes(), "x").unwrap();
    assert_eq!((profile.points.len(), profile.points[400].frames.len()), (401, 401));
}

/// A script made of sources, with its map and what is now in them; its own code, and `f`, which is of the last of them.
fn made_of(sources: &[(&str, Option<&str>, &str)]) -> (Profile, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for (name, _, now) in sources {
        fs::write(folder.path().join(name), now).unwrap();
    }
    let names: Vec<&str> = sources.iter().map(|of| of.0).collect();
    let texts: Vec<Option<&str>> = sources.iter().map(|of| of.1).collect();
    // The script has a line of each source's first.
    let mappings = ["AAAA", "ACAA", "ACAA"][..sources.len()].join(";");
    let map =
        serde_json::json!({ "version": 3, "sources": names, "sourcesContent": texts, "mappings": mappings });
    fs::write(folder.path().join("out.js.map"), map.to_string()).unwrap();
    let script = folder.path().join("out.js");
    fs::write(&script, "f() {}\n".repeat(sources.len())).unwrap();
    let url = format!("file://{}", script.display());
    let node = |name: &str, line: usize, children: serde_json::Value| {
        let call =
            serde_json::json!({ "functionName": name, "url": url, "lineNumber": line, "columnNumber": 0 });
        serde_json::json!({ "callFrame": call, "selfSize": 8, "children": children })
    };
    let head = node("", 0, serde_json::json!([node("f", sources.len() - 1, serde_json::json!([]))]));
    let path = folder.path().join("a.heapprofile");
    fs::write(&path, serde_json::json!({ "head": head }).to_string()).unwrap();
    (crate::audit::profile::read_file(&path).unwrap(), folder)
}

#[test]
fn code_outside_of_functions_is_of_no_source_among_several() {
    let source = "function f() { return []; }\n";
    let (profile, folder) = made_of(&[("lib.ts", Some(source), source), ("main.ts", Some(source), source)]);
    let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let files: Vec<&str> = profile.frames.iter().filter_map(|frame| frame.file.as_deref()).collect();
    assert_eq!(files, [file("out.js"), file("main.ts")]);
    assert!(
        profile.limits.iter().any(|limit| limit.contains("is of several sources")),
        "{:?}",
        profile.limits
    );

    let (profile, folder) = made_of(&[("main.ts", Some(source), source)]);
    let main = folder.path().join("main.ts").to_string_lossy().into_owned();
    assert!(profile.frames.iter().all(|frame| frame.file.as_ref() == Some(&main)));
    assert!(!profile.limits.iter().any(|limit| limit.contains("is of several sources")));
}

#[test]
fn a_source_that_is_not_what_the_script_was_made_of_is_said() {
    let source = "function f() { return []; }\n";
    let (profile, _folder) = made_of(&[("main.ts", Some(source), source)]);
    assert!(profile.differing.is_empty() && profile.newer.is_empty());
    let (profile, folder) = made_of(&[("main.ts", Some(source), "\nfunction f() { return []; }\n")]);
    let main = folder.path().join("main.ts").to_string_lossy().into_owned();
    assert_eq!(profile.differing.keys().collect::<Vec<_>>(), [&main]);
    assert!(profile.newer.is_empty(), "its text says more");
}

#[test]
fn a_source_that_is_newer_than_the_script_is_said() {
    let (_, folder) = made_of(&[("main.ts", None, "function f() {}\n")]);
    let newer = |seconds: i64| {
        let script = folder.path().join("out.js");
        let time = fs::metadata(&script).unwrap().modified().unwrap();
        let by = std::time::Duration::from_secs(seconds.unsigned_abs());
        let main = fs::File::options().write(true).open(folder.path().join("main.ts")).unwrap();
        main.set_modified(if seconds < 0 { time - by } else { time + by }).unwrap();
        crate::audit::profile::read_file(&folder.path().join("a.heapprofile")).unwrap().newer.len()
    };
    assert_eq!((newer(-5), newer(5)), (0, 1));
}
