//! `audit capture` of programs of Rust: what records which, what a profile will not show, what an interruption leaves, and what the report
//! says once the sources are others. A crate of the name `dhat` that writes a profile without measuring anything stands in for the real
//! one, whose build takes longer than all of this.

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use support::{Project, Run, alloc_kit};

/// Writes what the program's line 8 allocated when it goes out of scope.
const DHAT: &str = r##"//! As the dhat crate does.

pub struct Profiler;

impl Drop for Profiler {
    fn drop(&mut self) {
        let profile = r#"{"dhatFileVersion":2,"mode":"rust-heap","verb":"Allocated","bklt":true,"bkacc":false,"tu":"us","Mtu":"s",
            "tuth":10,"cmd":"./app","pid":1,"tg":5,"te":100,"pps":[{"tb":7000,"tbk":1000,"tl":10,"mb":7,"mbk":1,"gb":0,"gbk":0,
            "eb":0,"ebk":0,"fs":[1,2]}],"ftbl":["[root]","0x1: app::work (src/main.rs:8:19)","0x2: app::main (src/main.rs:3:5)"]}"#;
        std::fs::write("dhat-heap.json", profile).expect("it is written");
    }
}
"##;

const MAIN: &str = r#"fn main() {
    let _profiler = dhat::Profiler;
    println!("{}", work());
}

fn work() -> usize {
    (0..1000).filter(|n: &u32| {
        n.to_string().to_lowercase() == "17"
    }).count()
}
"#;

const APP: &str = "[package]\nname = \"app\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[profile.release]\ndebug = \"limited\"\n";

fn project(main: &str) -> Project {
    let project = Project::copy_from(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/audit"));
    project.write("Cargo.toml", APP);
    project.write("src/main.rs", main);
    project
}

fn with_dhat() -> Project {
    let project = project(MAIN);
    project.write("Cargo.toml", &format!("{APP}\n[dependencies]\ndhat = {{ path = \"dhat\" }}\n"));
    fs::create_dir_all(project.path("dhat/src")).expect("a folder");
    project.write("dhat/Cargo.toml", "[package]\nname = \"dhat\"\nversion = \"0.0.0\"\nedition = \"2024\"\n");
    project.write("dhat/src/lib.rs", DHAT);
    project
}

fn command(project: &Project, arguments: &[&str]) -> Command {
    let mut command = alloc_kit();
    command.arg("audit").args(arguments).current_dir(project.path(""));
    command.env("CARGO_TARGET_DIR", project.path("target"));
    command
}

fn audit(project: &Project, arguments: &[&str]) -> Run {
    Run::of(command(project, arguments))
}

const CAPTURE: [&str; 6] = ["capture", "--", "cargo", "run", "--release", "--offline"];

fn has_valgrind() -> bool {
    let run = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let has = run.is_ok_and(|status| status.success());
    if !has {
        println!("not tested: valgrind is not installed");
    }
    has
}

#[test]
fn a_program_with_the_dhat_crate_records_itself() {
    let project = with_dhat();
    audit(&project, &CAPTURE)
        .succeeds()
        .prints(&["7,000 bytes in 1 profile by the dhat crate, in alloc-kit-profile"]);
    let report = ["report", "--linters", "none", "src"];
    let text = audit(&project, &report).succeeds().stdout();
    assert!(text.contains("7,000 bytes in 1,000 blocks, 100.0 % of all"), "{text}");

    // One that did not write it again has recorded nothing, and the old profile stays.
    project.write("dhat/src/lib.rs", &DHAT.replace("\"dhat-heap.json\"", "\"other.json\""));
    audit(&project, &CAPTURE).fails().prints(&["nothing was recorded", "must start its profiler"]);
    assert!(project.path("alloc-kit-profile/capture.json").exists());

    // What was above line 8 is more: nothing is given to what is there now.
    project.write("src/main.rs", &format!("// One.\n// Two.\n{MAIN}"));
    let text = audit(&project, &report).succeeds().stdout();
    for said in [
        "stale: src/main.rs: it has changed since the profile was captured; 7,000 bytes",
        "at findings: 0 bytes",
        "at other lines: 0 bytes",
        "elsewhere: 7,000 bytes",
    ] {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }

    // Another program, which has a file of that name and no such crate.
    let other = self::project("fn main() {}\n");
    other.write("Cargo.toml", &APP.replace("\"app\"", "\"other\""));
    other.write("heap.json", &project.read("alloc-kit-profile/dhat-0.json"));
    let foreign = ["report", "--linters", "none", "--profile", "heap.json", "src"];
    let text = audit(&other, &foreign).succeeds().stdout();
    assert!(text.contains("foreign: heap.json (the dhat crate) has no frame in a file"), "{text}");
    assert!(text.contains("elsewhere: 7,000 bytes"), "{text}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "valgrind is of Linux")]
fn what_a_program_has_in_it_decides_how_it_is_recorded() {
    if !has_valgrind() {
        return;
    }
    let names = r#"fn main() { println!("writes no dhat-heap.json, and mimalloc: no"); }"#;
    let run = audit(&project(names), &CAPTURE).succeeds();
    run.prints(&["in 1 profile by valgrind"]).never_prints(&["linked into it"]);

    let linked = "#[unsafe(no_mangle)]\npub extern \"C\" fn mi_malloc(_: usize) {}\n\nfn main() { std::hint::black_box(mi_malloc as extern \"C\" fn(usize))(9); }\n";
    let project = project(linked);
    audit(&project, &CAPTURE)
        .succeeds()
        .prints(&["has mimalloc linked into it, and valgrind does not see what that allocates"]);
    let text = audit(&project, &["report", "--linters", "none"]).succeeds().stdout();
    assert!(text.contains("has mimalloc linked into it"), "{text}");
    assert!(!project.path("alloc-kit-profile/limits.txt").exists());
}

/// What replaces a profile has an allocation, and is of a program and not of what starts it.
#[cfg(unix)]
#[test]
fn a_profile_of_nothing_replaces_none() {
    let project = project(MAIN);
    let profile = |points: &str| {
        format!(
            r#"{{"dhatFileVersion":2,"mode":"rust-heap","verb":"Allocated","bklt":true,"bkacc":false,"tu":"us","Mtu":"s",
            "tuth":10,"cmd":"./app","pid":1,"tg":5,"te":100,"pps":[{points}],"ftbl":["[root]","0x1: app::work (src/main.rs:8:19)"]}}"#
        )
    };
    let point = r#"{"tb":7000,"tbk":1000,"tl":10,"mb":7,"mbk":1,"gb":0,"gbk":0,"eb":0,"ebk":0,"fs":[1]}"#;
    project.write("some.json", &profile(point));
    project.write("none.json", &profile(""));
    let capture =
        |command: &[&str]| audit(&project, &[&["capture", "--tool", "dhat", "--"], command].concat());
    capture(&["cp", "some.json", "dhat-heap.json"]).exits_with(0);
    let kept = || project.read("alloc-kit-profile/dhat-0.json");
    capture(&["cp", "none.json", "dhat-heap.json"])
        .exits_with(2)
        .prints(&["nothing was recorded: the program allocated nothing", "`--tool node`"]);
    assert_eq!(kept(), project.read("some.json"));
    audit(&project, &["capture", "--", "sh", "-c", "./app"])
        .exits_with(2)
        .prints(&["`sh` starts programs", "name the program itself"]);
    assert_eq!(kept(), project.read("some.json"));
    // One that failed has a profile, and is no success.
    project.write("some.json", &profile(&point.replace("7000", "7001")));
    capture(&["sh", "-c", "cp some.json dhat-heap.json; exit 3"])
        .exits_with(1)
        .prints(&["the command failed (exit status: 3)", "Recorded 7,001 bytes"]);
    assert_eq!(kept(), project.read("some.json"));
}

/// The profile is of what it did until then.
#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "valgrind is of Linux")]
fn what_is_interrupted_is_kept() {
    if !has_valgrind() {
        return;
    }
    let waits = "fn main() {\n    let all: Vec<String> = (0..500).map(|n| n.to_string()).collect();\n    println!(\"ready {}\", all.len());\n    let _ = std::io::stdin().read_line(&mut String::new());\n}\n";
    let project = project(waits);
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut child = command(&project, &CAPTURE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        // Waiting would close it, and the program end by itself.
        let stdin = child.stdin.take();
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        assert_eq!(line, "ready 500\n");
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(killed.expect("kill").success());
        assert_eq!(child.wait().expect("it ends").code(), Some(code));
        drop(stdin);
        let text = audit(&project, &["report", "--linters", "none"]).succeeds().stdout();
        assert!(text.contains("the command failed (signal: "), "{text}");
        assert!(text.contains("in 501 blocks") && text.contains("src/main.rs:2 in `main`"), "{text}");
    }
    let left = fs::read_dir(project.path("")).expect("a folder").flatten();
    let names: Vec<String> = left.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert!(!names.iter().any(|name| name.starts_with(".alloc-kit-profile-")), "{names:?}");
    assert!(Path::new(&project.path("alloc-kit-profile/capture.json")).exists());
}
