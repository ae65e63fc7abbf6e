//! What docs/trust.md says of sanitizers and checkers is what `.ci/memory`, `.ci/run` and the workflow do: each instrument is
//! called there, with the programs that the table names, and has a fault planted for it that it must notice.
//!
//! Run with: `cargo test -p alloc-kit-tests --test instruments`; `TRUST=overwrite` writes the table.

#[path = "support/page.rs"]
mod page;

/// One instrument: what it runs, where, and what shows that it sees anything.
struct Instrument {
    name: &'static str,
    runs: String,
    where_it_runs: &'static str,
    must_notice: &'static str,
    /// What each of these files must say, as whole pieces of a line.
    says: Vec<(&'static str, String)>,
}

const MEMORY: &str = ".ci/memory";
const WORKFLOW: &str = ".github/workflows/ci.yml";

#[test]
#[expect(clippy::too_many_lines, reason = "most of it is the table")]
fn the_table_is_what_runs() {
    let script = code(MEMORY);
    let (counting, threaded) = (list(&script, "counting"), list(&script, "threaded"));
    let (others, safe) = (list(&script, "others"), list(&script, "safe"));
    let manifest = page::read("tests/Cargo.toml");
    let programs: Vec<&str> = tests(&manifest).collect();
    let helpers: Vec<&str> =
        programs.iter().copied().filter(|name| !others.contains(name) && !name.ends_with("_loom")).collect();
    let models: Vec<&str> = programs.iter().copied().filter(|name| name.ends_with("_loom")).collect();
    // A list that left out all would be a table of nothing.
    let with_unsafe = helpers.iter().filter(|name| !safe.contains(name)).count();
    assert!(with_unsafe >= 20 && models.len() >= 2, "{helpers:?} {models:?}");
    for name in counting.iter().chain(&threaded) {
        assert!(programs.contains(name), "there is no {name}");
    }
    // What is about counting would else run twice, and what is not there, not at all.
    assert!(counting.iter().all(|name| others.contains(name)), "{counting:?}");

    let say = |file, text: &str| (file, text.to_owned());
    let interpreted = "--test counting --test unsafe_forms";
    let instruments = [
        Instrument {
            name: "AddressSanitizer, with LeakSanitizer",
            runs: "every program of the helpers".to_owned(),
            where_it_runs: "`.ci/memory`, in `.ci/run`",
            must_notice: "`use_after_free`, `leaks_a_box`",
            says: vec![
                say(MEMORY, "-Zsanitizer=address"),
                say(MEMORY, "detect_leaks=1"),
                say(MEMORY, "run sanitized --no-fail-fast \"${tests[@]}\" -- --skip leaks_"),
                say(MEMORY, "notices heap-use-after-free use_after_free sanitized"),
                say(MEMORY, "notices \"detected memory leaks\" leaks_a_box sanitized"),
                say(".ci/run", "run .ci/memory"),
            ],
        },
        Instrument {
            name: "ThreadSanitizer",
            runs: code_list(&threaded),
            where_it_runs: "`.ci/memory`, in `.ci/run`",
            must_notice: "`races`",
            says: vec![
                say(MEMORY, "-Zsanitizer=thread"),
                say(MEMORY, "raced --no-fail-fast \"${of_threads[@]}\""),
                say(MEMORY, "! races_of_ours \"$printed\""),
                say(MEMORY, "notices \"Location is global '.*races::SHARED\" races raced"),
            ],
        },
        Instrument {
            name: "valgrind's memcheck",
            runs: format!("every program of the helpers; {}", code_list(&counting)),
            where_it_runs: "`.ci/memory`, in `.ci/run`",
            must_notice: "`use_after_free`, `leaks_a_box`",
            says: vec![
                say(MEMORY, "valgrind -q --error-exitcode=99 --leak-check=full"),
                say(MEMORY, "run under_valgrind --no-fail-fast \"${tests[@]}\" \"${of_counting[@]}\""),
                say(MEMORY, "notices \"Invalid read of size\" use_after_free under_valgrind"),
                say(MEMORY, "notices \"definitely lost\" leaks_a_box under_valgrind"),
            ],
        },
        Instrument {
            name: "Miri",
            runs: "every program of the helpers with `unsafe` in it, `pool_races` with 20 seeds; `counting`, `unsafe_forms`"
                .to_owned(),
            where_it_runs: "the workflow, job `miri`",
            must_notice: "`use_after_free`, `races`",
            says: vec![
                say(WORKFLOW, "run: .ci/memory miri"),
                say(WORKFLOW, interpreted),
                say(MEMORY, "cargo miri test -p alloc-kit-tests \"${tests[@]}\""),
                say(MEMORY, "-Zmiri-many-seeds=0..20"),
                say(MEMORY, "notices \"Undefined Behavior\" use_after_free interpreted"),
                say(MEMORY, "notices \"Data race\" races interpreted"),
            ],
        },
        Instrument {
            name: "loom",
            runs: code_list(&models),
            where_it_runs: "`cargo test`, in `.ci/run`",
            must_notice: "an order that is too weak: `loom_notices_a_place_that_is_given_back_without_an_order`",
            says: vec![
                say("tests/threads_loom.rs", "fn loom_notices_a_place_that_is_given_back_without_an_order()"),
                say("tests/threads_loom.rs", "#[should_panic(expected = \"Causality violation\")]"),
                say(".ci/run", "run $test_command"),
            ],
        },
        Instrument {
            name: "the three sanitizers, on verdicts",
            runs: "`breaking`, `holding`, `process_scope`, `contended` of `fixtures/register`".to_owned(),
            where_it_runs: "`tests/sanitizers.rs`, in `cargo test`",
            must_notice: "`unsound`",
            says: ["breaking", "holding", "process_scope", "contended", "unsound"]
                .map(|test| say("tests/sanitizers.rs", &format!("test(\"{test}\", &[")))
                .into(),
        },
    ];

    for Instrument { name, says, .. } in &instruments {
        for (file, text) in says {
            assert!(code(file).contains(text.as_str()), "{name}: {file} does not say {text:?}");
        }
    }
    for planted in ["use_after_free", "leaks_a_box", "races"] {
        assert_is_planted(planted);
    }

    let mut lines =
        vec!["| instrument | runs | where | must notice |".to_owned(), "|---|---|---|---|".to_owned()];
    lines.extend(instruments.iter().map(|Instrument { name, runs, where_it_runs, must_notice, .. }| {
        format!("| {name} | {runs} | {where_it_runs} | {must_notice} |")
    }));
    page::assert_holds("docs/trust.md", "sanitizers", &lines);
    assert!(page::between_marks("docs/trust.md", "sanitizers").contains("ThreadSanitizer"));
}

/// The workflow's main job is not root, so that it has what `.ci/run` installs as root only if it installs it itself.
#[test]
fn the_workflow_installs_what_run_does() {
    let workflow = code(WORKFLOW);
    let job = job(&workflow, "all");
    assert!(job.contains("run: .ci/run"), "{job}");
    let (run, there) = (code(".ci/run"), installed(job));
    let needed = installed(&run);
    assert!(["valgrind", "wrk"].iter().all(|name| needed.contains(name)), "{needed:?}");
    for package in needed {
        assert!(there.contains(&package), "the workflow's job `all` does not install {package}: {there:?}");
    }
}

/// A job that hangs is ended before the six hours that it would have.
#[test]
fn every_job_ends() {
    let workflow = code(WORKFLOW);
    let (_, jobs) = workflow.split_once("\njobs:\n").expect("jobs");
    let names = jobs.lines().filter(|line| line.starts_with("  ") && !line[2..].starts_with(' '));
    let names: Vec<&str> = names.filter_map(|line| line.trim().strip_suffix(':')).collect();
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        assert!(job(&workflow, name).contains("\n    timeout-minutes: "), "{name} has no bound");
    }
}

/// The text of one job of the workflow.
fn job<'a>(workflow: &'a str, name: &str) -> &'a str {
    let (_, rest) = workflow.split_once(&format!("\n  {name}:\n")).expect("the job");
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if line.starts_with("  ") && !line[2..].starts_with([' ', '\n']) {
            break;
        }
        end += line.len();
    }
    &rest[..end]
}

/// The packages after each `apt-get install` of a text.
fn installed(text: &str) -> Vec<&str> {
    let calls = text.split("apt-get install ").skip(1).filter_map(|rest| rest.lines().next());
    let words = calls.flat_map(|line| {
        let call = line.split(['|', '&', ';', '}']).next().unwrap_or_default();
        call.split_whitespace().filter(|word| !word.starts_with('-'))
    });
    words.collect()
}

/// There is a test of that name, which only an instrument's call runs.
fn assert_is_planted(name: &str) {
    let tests = page::read("tests/noticed.rs");
    let (before, _) =
        tests.split_once(&format!("\nfn {name}() {{")).unwrap_or_else(|| panic!("there is no {name}"));
    let attributes = &before[before.rfind("#[test]").unwrap_or(0)..];
    assert!(attributes.starts_with("#[test]\n#[ignore = "), "{name} is no such test");
}

/// A file without its comments: what is commented out does not run.
fn code(file: &str) -> String {
    let text = page::read(file);
    let comment = |line: &&str| ["# ", "//"].iter().any(|mark| line.trim_start().starts_with(mark));
    text.lines().filter(|line| !comment(line)).collect::<Vec<_>>().join("\n")
}

/// What a list of a script's holds.
fn list<'a>(script: &'a str, name: &str) -> Vec<&'a str> {
    let (_, list) = script.split_once(&format!("\n{name}=(")).expect("the list");
    list.split_once(')').expect("its end").0.split_whitespace().collect()
}

/// The test programs of a manifest.
fn tests(manifest: &str) -> impl Iterator<Item = &str> {
    let names = manifest.split("[[test]]\nname = \"").skip(1);
    names.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name)
}

fn code_list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
