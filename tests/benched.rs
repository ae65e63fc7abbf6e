//! alloc-kit-bench as its users have it: a package with benches of criterion and of divan, run by `cargo bench`. What is
//! printed beside the time, what is kept as a baseline, and what fails.

mod support;

use serde_json::Value;

use support::run::Run;
use support::{Project, target};

/// Each looks at what the one before left.
#[test]
fn allocations_are_reported_beside_the_time() {
    let benched = Project::copy_of("benched");
    criterion_shows_them(&benched);
    criterion_compares(&benched);
    criterion_judges(&benched);
    baselines_have_names(&benched);
    what_criterion_leaves_out_is_not_counted(&benched);
    what_is_not_counted_fails(&benched);
    what_is_not_a_file_of_baselines_is_left_alone(&benched);
    divan_shows_them(&benched);
    divan_compares_and_judges(&benched);
    the_file_is_in_the_target_folder(&benched);
    without_the_allocator_it_fails(&benched);
}

/// `cargo bench` of one program, with files in the project's folder.
fn bench(benched: &Project, program: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let (ours, criterions) = (benched.path("kept"), benched.path("criterion"));
    let folders = [("ALLOC_KIT_BENCH_HOME", &ours), ("CRITERION_HOME", &criterions)];
    let mut variables = variables.to_vec();
    variables.extend(folders.map(|(name, folder)| (name, folder.to_str().expect("Unicode"))));
    let mut command = vec!["bench", "--bench", program, "--"];
    command.extend(arguments);
    benched.cargo_with(&variables, &command)
}

fn criterion(benched: &Project, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    // Fewer than its 100,000, since nobody looks at the times.
    bench(benched, "with_criterion", variables, &[&["--nresamples", "1001"], arguments].concat())
}

fn divan(benched: &Project, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    bench(benched, "with_divan", variables, arguments)
}

/// The file of a program.
fn kept(benched: &Project, program: &str) -> Value {
    serde_json::from_str(&benched.read(&format!("kept/{program}.json"))).expect("JSON")
}

/// What stands below a benchmark's time, without the columns before it.
fn lines_of(run: &Run, id: &str) -> Vec<String> {
    let stdout = run.stdout();
    let mut lines = stdout.lines().skip_while(|line| !line.starts_with(id)).skip(1);
    let ours = lines.by_ref().map_while(|line| line.strip_prefix(&" ".repeat(24)).map(str::to_owned));
    // Criterion's own comparison of times is whatever it is.
    let ours = ours.skip_while(|line| !line.starts_with("heap:"));
    ours.collect()
}

#[track_caller]
fn has_lines(run: &Run, id: &str, lines: &[&str]) {
    let found = lines_of(run, id);
    run.expect(found == lines, &format!("below {id} there should have been {lines:#?}, not {found:#?}"));
}

const PUSH: &str = "heap:   3 allocations (2 of them reallocations), 56 bytes, peak 32 bytes";
const ONCE: &str = "heap:   1 allocation, 17 bytes, peak 17 bytes";
const UNCHANGED: &str = "No change in allocations.";

fn criterion_shows_them(benched: &Project) {
    let run = criterion(benched, &[], &["--quick"]).succeeds().never_prints(&[UNCHANGED, "over:"]);
    has_lines(&run, "join/push ", &[PUSH]);
    has_lines(&run, "join/once ", &[ONCE]);
    // Where nothing is allocated there is nothing that could not be shown.
    let first = "first:  3 allocations (2 of them reallocations), 56 bytes, peak 32 bytes, live 32 bytes";
    has_lines(&run, "join/reused ", &["heap:   0 allocations", first]);
    has_lines(&run, "forms/kept ", &["heap:   1 allocation, 24 bytes, peak 24 bytes, live 24 bytes"]);
    has_lines(&run, "forms/batched/100 ", &["heap:   0 allocations, live -100 bytes"]);
    let grown = "heap:   1 allocation (1 of them reallocations), 128 bytes, peak 64 bytes, live 64 bytes";
    has_lines(&run, "forms/64 ", &[grown]);
    has_lines(&run, "forms/by turns ", &["heap:   0 to 1 allocation, 0 to 4 bytes, peak 0 to 4 bytes"]);
    has_lines(&run, "forms/halves ", &["heap:   1 allocation, 8 bytes, peak 8 bytes"]);
    run.prints(&["alone ", "heap:   1 allocation, 8 bytes, peak 8 bytes\n"]);

    let file = kept(benched, "with_criterion");
    let base = file["baselines"]["base"].as_object().expect("a baseline");
    let ids: Vec<&str> = base.keys().map(String::as_str).collect();
    let forms = ["forms/64", "forms/batched/100", "forms/by turns", "forms/halves", "forms/kept"];
    assert_eq!(ids, [&["alone"][..], &forms, &["join/once", "join/push", "join/reused"]].concat());
    assert_eq!(base["join/push"]["most"]["allocations"], 3);
    assert_eq!(base["join/push"]["most"]["bytes_allocated"], 56);
    assert_eq!(base["forms/by turns"]["least"]["allocations"], 0);
}

fn criterion_compares(benched: &Project) {
    let run = criterion(benched, &[], &["--quick", "join"]).succeeds().never_prints(&["forms/", "alone"]);
    has_lines(&run, "join/push ", &[PUSH, UNCHANGED]);
    has_lines(&run, "join/once ", &[ONCE, UNCHANGED]);
    // What did not run stays in the baseline.
    assert_eq!(kept(benched, "with_criterion")["baselines"]["base"]["alone"]["most"]["allocations"], 1);
    let quiet = criterion(benched, &[], &["--quick", "--quiet", "join/push"]).succeeds();
    has_lines(&quiet, "join/push ", &[PUSH]);
    // What programs read has no other lines.
    let as_bencher = ["--quick", "--output-format", "bencher", "join/push"];
    let run = criterion(benched, &[], &as_bencher).succeeds();
    run.expect(!run.stdout().contains("heap:") && run.stderr().contains("heap:"), "on standard error");
}

fn criterion_judges(benched: &Project) {
    let before = kept(benched, "with_criterion");
    let grows = [("GROWS", "1")];
    let over = "over:   2 allocations, the budget is 1";
    let changed = "change: +1 allocation (was 1), +117 bytes (was 17), peak +100 bytes (was 17)";
    let now = "heap:   2 allocations (1 of them reallocations), 134 bytes, peak 117 bytes";
    let at_end = "alloc-kit-bench: over budget\n  join/once: 2 allocations, the budget is 1\n  = help: `cargo test` shows the \
                  lines that allocate, with #[alloc_kit::alloc_budget(1)] on the function\n";
    // As a test it is over in a moment, and saves nothing.
    let run =
        criterion(benched, &grows, &["--test"]).fails().prints(&["Testing join/once\nSuccess\n", at_end]);
    run.expect(run.stdout().contains(changed), "it should have compared");
    assert_eq!(kept(benched, "with_criterion"), before);
    // One that does not run is not judged.
    criterion(benched, &grows, &["--test", "join/push"]).succeeds().never_prints(&["over"]);
    let mode = |mode| [("GROWS", "1"), ("ALLOC_KIT_MODE", mode)];
    criterion(benched, &mode("warn"), &["--test"]).succeeds().prints(&[at_end]);
    criterion(benched, &mode("off"), &["--test"]).succeeds().never_prints(&["over"]);
    criterion(benched, &mode("of"), &["--test"])
        .fails()
        .prints(&["`ALLOC_KIT_MODE=of` is no mode; accepted: fail"]);

    // Those after it run.
    let run = criterion(benched, &grows, &["--quick"]).fails().prints(&[at_end, "alone "]);
    has_lines(&run, "join/once ", &[now, changed, over]);
    has_lines(
        &run,
        "forms/kept ",
        &["heap:   1 allocation, 24 bytes, peak 24 bytes, live 24 bytes", UNCHANGED],
    );
    // The run before is the baseline, whatever it was.
    let back = "change: -1 allocation (was 2), -117 bytes (was 134), peak -100 bytes (was 117)";
    let run = criterion(benched, &[], &["--quick", "join/once"]).succeeds().never_prints(&["over"]);
    has_lines(&run, "join/once ", &[ONCE, back]);
}

fn baselines_have_names(benched: &Project) {
    criterion(benched, &[], &["--quick", "--save-baseline", "main", "join/once"]).succeeds();
    let before = kept(benched, "with_criterion");
    assert_eq!(before["baselines"]["main"].as_object().map(serde_json::Map::len), Some(1));
    let changed = "change: +1 allocation (was 1), +117 bytes (was 17), peak +100 bytes (was 17)";
    let grows = [("GROWS", "1")];
    let run = criterion(benched, &grows, &["--quick", "--baseline", "main", "join/once"]).fails();
    run.prints(&[changed, "1 allocation"]);
    let run = criterion(benched, &[], &["--quick", "--baseline-lenient", "main", "join"]).succeeds();
    has_lines(&run, "join/once ", &[ONCE, UNCHANGED]);
    has_lines(&run, "join/push ", &[PUSH]);
    assert_eq!(kept(benched, "with_criterion"), before, "who compares saves nothing");

    let missing = criterion(benched, &[], &["--test", "--baseline", "main", "join/push"]).fails();
    missing.prints(&["`join/push` is not in the baseline `main` of ", "`--save-baseline main` makes it"]);
    let unknown = criterion(benched, &[], &["--test", "--baseline", "mian", "join/push"]).fails();
    unknown.prints(&["there is no baseline `mian` in ", "with_criterion.json, which has `base`, `main`\n"]);

    // Who asks for a comparison that cannot be had is told so.
    let release = benched.read("kept/with_criterion.json");
    let debug = release.replace("\"debug_assertions\": false", "\"debug_assertions\": true");
    assert_ne!(debug, release);
    benched.write("kept/with_criterion.json", &debug);
    let other = criterion(benched, &[], &["--test", "--baseline", "main", "join/once"]).fails();
    other.prints(&["nothing is compared: the baseline `main` is of a build with debug assertions\n"]);
    let lenient = criterion(benched, &[], &["--test", "--baseline-lenient", "main", "join/once"]).succeeds();
    lenient.prints(&["Not compared: the baseline is of a build with debug assertions."]);
    benched.write("kept/with_criterion.json", &release);
}

fn what_criterion_leaves_out_is_not_counted(benched: &Project) {
    let before = kept(benched, "with_criterion");
    let grows = [("GROWS", "1")];
    criterion(benched, &grows, &["--list"])
        .succeeds()
        .prints(&["join/once: benchmark"])
        .never_prints(&["heap:", "over"]);
    let profile = ["--profile-time", "1", "join/once"];
    criterion(benched, &grows, &profile).succeeds().never_prints(&["heap:", "over"]);
    assert_eq!(kept(benched, "with_criterion"), before);
}

fn what_is_not_counted_fails(benched: &Project) {
    criterion(benched, &[("UNCOUNTED", "1")], &["--test", "forms"])
        .fails()
        .prints(&[
            "alloc-kit-bench: `forms/halves` was timed and not counted: ",
            "`b.count(|| ..)` has to run",
        ])
        .prints(&["Testing forms/by turns\nSuccess\n"]);
}

fn what_is_not_a_file_of_baselines_is_left_alone(benched: &Project) {
    let file = benched.read("kept/with_criterion.json");
    for (broken, why) in
        [(&file[..file.len() / 2], "EOF while parsing"), ("{}\n", "it has no \"alloc_kit_bench\"")]
    {
        benched.write("kept/with_criterion.json", broken);
        let run = criterion(benched, &[], &["--quick", "join/push"]).fails().prints(&[
            "with_criterion.json is not a file of baselines: ",
            why,
            "nothing is compared, nor saved over it",
        ]);
        has_lines(&run, "join/push ", &[PUSH]);
        assert_eq!(benched.read("kept/with_criterion.json"), broken);
    }
    benched.write("kept/with_criterion.json", &file);
    criterion(benched, &[], &["--quick", "join/push"]).succeeds().prints(&[UNCHANGED]);
}

/// A row of the table at the end.
#[track_caller]
fn has_row(run: &Run, id: &str, row: &str) {
    let stdout = run.stdout();
    let found = stdout.lines().find_map(|line| line.strip_prefix(id)?.strip_prefix(' '));
    let found = found.map(|row| row.split_whitespace().collect::<Vec<_>>().join(" "));
    run.expect(found.as_deref() == Some(row), &format!("{id} should have had {row:?}, not {found:?}"));
}

const DIVAN: [&str; 2] = ["--sample-count", "1"];

fn divan_shows_them(benched: &Project) {
    // There is no attribute in it that would not be verified.
    let run = divan(benched, &[], &DIVAN).succeeds().never_prints(&["not verified"]);
    has_row(&run, "with_divan::push", "3 56 32 32 new");
    has_row(&run, "with_divan::once", "1 17 17 17 new");
    has_row(&run, "with_divan::repeated::1", "1 5 5 5 new");
    has_row(&run, "with_divan::repeated::100", "1 500 500 500 new");
    has_row(&run, "with_divan::collected<u8>", "1 8 8 8 new");
    has_row(&run, "with_divan::collected<u64>", "1 64 64 64 new");
    for inputs in ["values", "local_values"] {
        has_row(&run, &format!("with_divan::inputs::{inputs}"), "0 0 0 -100 new");
    }
    for inputs in ["refs", "local_refs"] {
        has_row(&run, &format!("with_divan::inputs::{inputs}"), "1 128 64 64 new");
    }
    // Divan's own profiler goes on counting inside of ours.
    run.prints(&["max alloc:", "500 B"]);
}

fn divan_compares_and_judges(benched: &Project) {
    let run = divan(benched, &[], &[&DIVAN[..], &["repeated"]].concat())
        .succeeds()
        .never_prints(&["with_divan::push"]);
    has_row(&run, "with_divan::repeated::100", "1 500 500 500 no change");

    let grows = ("GROWS", "1");
    let changed =
        "+1 allocation (was 1), +117 bytes (was 17), peak +100 bytes (was 17), live +100 bytes (was 17)";
    let over = format!("2 134 117 117 {changed}; OVER: 2 allocations, the budget is 1");
    let at_end = "alloc-kit-bench: over budget\n  with_divan::once: 2 allocations, the budget is 1\n";
    let run = divan(benched, &[grows], &DIVAN).fails().prints(&[at_end]);
    has_row(&run, "with_divan::once", &over);
    has_row(&run, "with_divan::push", "3 56 32 32 no change");
    let run = divan(benched, &[], &["--test"]).succeeds();
    has_row(&run, "with_divan::once", &format!("1 17 17 17 {}", reversed()));
    // As a test it has saved nothing.
    let once = &kept(benched, "with_divan")["baselines"]["base"]["with_divan::once"]["most"];
    assert_eq!(once["allocations"], 2);

    // Divan has no flags for baselines.
    let (save, compare) = ("ALLOC_KIT_BENCH_SAVE_BASELINE", "ALLOC_KIT_BENCH_BASELINE");
    divan(benched, &[(save, "main")], &[&DIVAN[..], &["once"]].concat()).succeeds();
    let run = divan(benched, &[(compare, "main")], &["--test", "once"]).succeeds();
    has_row(&run, "with_divan::once", "1 17 17 17 no change");
    divan(benched, &[(compare, "mian")], &["--test", "once"]).fails().prints(&["which has `base`, `main`\n"]);
    divan(benched, &[(save, "a"), (compare, "b")], &["--test", "once"]).fails().prints(&["are both set"]);
    divan(benched, &[grows], &["--list"]).succeeds().never_prints(&["OVER", "allocations"]);
}

fn reversed() -> &'static str {
    "-1 allocation (was 2), -117 bytes (was 134), peak -100 bytes (was 117), live -100 bytes (was 117)"
}

fn the_file_is_in_the_target_folder(benched: &Project) {
    let file = target().join("alloc-kit-bench/with_divan.json");
    // Of another run of this test.
    let _ = std::fs::remove_file(&file);
    let command = ["bench", "--bench", "with_divan", "--", "--sample-count", "1", "push"];
    let run = benched.cargo(&command).succeeds();
    run.expect(file.is_file(), &format!("there should have been {}", file.display()));
    std::fs::remove_file(&file).expect("remove it");
}

fn without_the_allocator_it_fails(benched: &Project) {
    for program in ["with_criterion", "with_divan"] {
        let command = ["bench", "--features", "no_allocator", "--bench", program, "--", "--test"];
        benched
            .cargo(&command)
            .fails()
            .prints(&["the counting allocator is not installed in this program"])
            .never_prints(&["heap:", " 0 allocations"]);
    }
}
