//! Off mode costs nothing: the same instructions, the same tokens, no trace in a release build, and nothing in the
//! dependency tree that only verdicts need. Arguments are checked all the same.
//!
//! Each check is made of the `audit` mode as well, where it has to fail: so it can. The functions are those of
//! `fixtures/off_mode`. One test, since cargo builds the fixture in both modes to the same place.

mod support;

use std::fs;

use support::Project;
use support::rustc::Built;

const FUNCTIONS: [&str; 11] = [
    "simple",
    "generic",
    "generic_twice",
    "chained",
    "parsed",
    "longest",
    "truncate",
    "join",
    "tracked",
    "called_from",
    "foreign",
];

/// What only verdicts and their messages need.
const ONLY_ON: [&str; 8] =
    ["backtrace", "linkme", "annotate-snippets", "anstyle", "addr2line", "gimli", "object", "rustc-demangle"];

#[test]
fn off_mode_costs_nothing() {
    let shapes = Project::copy_of("off_mode");
    the_dependency_tree_has_nothing_that_verdicts_need(&shapes);

    let off = build(&shapes, &[]);
    let off_program = program();
    let with_debug_information =
        ["rustc", "--release", "--bin", "shapes", "--", "-Cdebuginfo=2", "-Cstrip=none"];
    shapes.cargo(&with_debug_information).succeeds();
    let off_program_with_debug_information = program();
    let on = build(&shapes, &["--features", "audit"]);
    let on_program = program();

    let names_us = |program: &[u8]| contains(program, "alloc_kit") || contains(program, "alloc-kit");
    assert!(contains(&off_program, "no number "), "the program is not the one of the fixture");
    assert!(!names_us(&off_program), "a release build in off mode names alloc-kit");
    // Here the names of folders are in the program too, and one may be alloc-kit's.
    let debug_names_us = contains(&off_program_with_debug_information, "alloc_kit");
    assert!(!debug_names_us, "a release build with debug information names alloc_kit in off mode");
    assert!(names_us(&on_program), "nothing names alloc-kit with `audit` either: the search finds nothing");

    annotated_and_plain_are_the_same_instructions(&shapes, &off, &on);
    items_come_back_token_for_token(&shapes, &off, &on);
    arguments_are_checked_all_the_same(&shapes, &off, &on);
    growth_is_not_assumed(&shapes, &off, &on);
    a_profile_is_nothing_and_advises_nothing(&shapes, &off, &on);
    sizes_are_compared_all_the_same(&shapes, &off, &on);
}

fn the_dependency_tree_has_nothing_that_verdicts_need(shapes: &Project) {
    let tree = ["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"];
    let off = shapes.cargo(&tree).succeeds();
    let on = shapes.cargo(&[&tree[..], &["--features", "audit"]].concat()).succeeds();
    let has = |tree: &str, name: &str| tree.lines().any(|line| line.split(' ').next() == Some(name));
    for name in ONLY_ON {
        off.expect(!has(&off.stdout(), name), &format!("{name} is a dependency in off mode"));
    }
    for name in ["alloc-kit", "alloc-kit-macros", "syn"] {
        off.expect(has(&off.stdout(), name), &format!("{name} should be a dependency"));
    }
    for name in ["backtrace", "annotate-snippets"] {
        on.expect(has(&on.stdout(), name), &format!("{name} should be a dependency with `audit`"));
    }
}

/// Compiles one file three times: with the attributes, without, and with them in on mode.
fn annotated_and_plain_are_the_same_instructions(shapes: &Project, off: &Built, on: &Built) {
    let assembly = |built: &Built, annotated: bool, output: &str| {
        let emit = format!("--emit=asm={output}");
        let options = ["--crate-type=lib", "-Copt-level=3", "-Ccodegen-units=1", emit.as_str()];
        let annotate: &[&str] = if annotated { &["--cfg=feature=\"annotated\""] } else { &[] };
        built.compile(shapes, "src/shapes.rs", &[&options, annotate].concat()).succeeds();
        shapes.read(output)
    };
    let plain = assembly(off, false, "plain.s");
    let annotated = assembly(off, true, "annotated.s");
    let judged = assembly(on, true, "judged.s");

    for function in FUNCTIONS {
        // Mangled, a name follows its length, and the C function's is the whole symbol.
        let symbol = format!("{}{function}", function.len());
        let label = |line: &str| line.ends_with(':') && (line.contains(&symbol) || line == "foreign:");
        assert!(plain.lines().any(label), "no instructions of `{function}`:\n{plain}");
    }
    if let Some((line, (plain, annotated))) = first_difference(&plain, &annotated) {
        panic!(
            "line {line} of the assembly is {plain:?} without the attributes, and with them {annotated:?}"
        );
    }
    assert!(
        first_difference(&plain, &judged).is_some(),
        "with `audit` the instructions are the same as well"
    );
}

/// The first line that differs, by its number, and what either has there.
fn first_difference<'a>(one: &'a str, other: &'a str) -> Option<(usize, (&'a str, &'a str))> {
    let lines = one.lines().count().max(other.lines().count());
    let pad = |text: &'a str| text.lines().chain(std::iter::repeat("(the end)"));
    (1..).zip(pad(one).zip(pad(other))).take(lines).find(|(_, (one, other))| one != other)
}

/// An attribute that prints what it is given: each token, with its place in the source and its hygiene.
const RECORDER: &str = r#"
    extern crate proc_macro;

    #[proc_macro_attribute]
    pub fn tokens(_: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
        eprintln!("{item:#?}");
        item
    }
"#;

/// The attribute behind ours is given the same as the attribute by itself.
fn items_come_back_token_for_token(shapes: &Project, off: &Built, on: &Built) {
    let library = format!("{}tokens{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let options = ["--crate-type=proc-macro", "--crate-name=tokens", "-o", &library];
    shapes.write("src/tokens.rs", RECORDER);
    off.compile(shapes, "src/tokens.rs", &options).succeeds();

    let source = shapes.read("src/shapes.rs");
    let ours = "#[cfg_attr(feature = \"annotated\", alloc_kit::";
    let mut with_recorder = String::new();
    for line in source.lines() {
        with_recorder.push_str(line);
        with_recorder.push_str(if line.trim_start().starts_with(ours) {
            " #[tokens::tokens]\n"
        } else {
            "\n"
        });
    }
    shapes.write("src/recorded.rs", &with_recorder);

    let macro_crate = format!("tokens={library}");
    let tokens = |built: &Built, annotated: bool| {
        let options =
            ["--crate-type=lib", "--emit=metadata=recorded.rmeta", "--extern", macro_crate.as_str()];
        let annotate: &[&str] = if annotated { &["--cfg=feature=\"annotated\""] } else { &[] };
        built.compile(shapes, "src/recorded.rs", &[&options, annotate].concat()).succeeds().stderr()
    };
    let plain = tokens(off, false);
    let items = plain.lines().filter(|line| *line == "TokenStream [").count();
    assert_eq!(items, source.matches(ours).count(), "not every item was printed:\n{plain}");
    assert!(plain.contains("ident: \"tracked\"") && plain.contains("bytes("), "not the tokens:\n{plain}");
    if let Some((line, (plain, annotated))) = first_difference(&plain, &tokens(off, true)) {
        panic!("line {line} of the tokens is {plain:?} without the attributes, and with them {annotated:?}");
    }
    assert!(
        first_difference(&plain, &tokens(on, true)).is_some(),
        "with `audit` the tokens are the same as well"
    );
}

/// Wrong uses are the same errors in both modes.
fn arguments_are_checked_all_the_same(shapes: &Project, off: &Built, on: &Built) {
    const WRONG: [&str; 17] = [
        "#[alloc_budget] fn no_budget() {}",
        "#[alloc_budget(size = 3)] fn unknown_key() {}",
        "#[alloc_budget(-1)] fn negative() {}",
        "#[alloc_budget(1_i32)] fn signed() {}",
        "#[alloc_budget(\"two\")] fn not_a_number() {}",
        "#[alloc_budget(1, allocations = 2)] fn twice() {}",
        "#[alloc_budget(1 +)] fn not_an_expression() {}",
        "#[no_alloc(allocations = 1)] fn more_than_none() {}",
        "#[no_alloc(bytes = 1.5)] fn not_whole() {}",
        "#[no_alloc] struct NotAFunction;",
        "#[no_alloc] static NOR_THIS: u8 = 0;",
        "trait Trait { #[no_alloc] fn without_a_body(&self); }",
        "fn no_body() { assert_alloc_budget!(bytes = 1) }",
        "fn a_parameter() -> u8 { assert_no_alloc!(|number: u8| number) }",
        "fn quadratic() { assert_growth!(O(n^2), |n| vec![0; n]) }",
        "fn unknown_figure() { assert_growth!(size = O(n), |n| vec![0; n]) }",
        "fn no_size() { assert_growth!(O(n), || vec![0]) }",
    ];
    let imports =
        "use alloc_kit::{alloc_budget, assert_alloc_budget, assert_growth, assert_no_alloc, no_alloc};\n";
    shapes.write("src/wrong.rs", &format!("{imports}{}\n", WRONG.join("\n")));
    let compile = |built: &Built| {
        built.compile(shapes, "src/wrong.rs", &["--crate-type=lib", "--emit=metadata=wrong.rmeta"]).fails()
    };
    let (off, on) = (compile(off), compile(on));
    let all = format!("aborting due to {} previous errors", WRONG.len());
    let off = off.prints(&[&all]);
    for line in 2..WRONG.len() + 2 {
        off.expect(
            off.stderr().contains(&format!("src/wrong.rs:{line}:")),
            &format!("no error in line {line}"),
        );
    }
    on.expect(off.stderr() == on.stderr(), &format!("the errors should have been those of off mode:\n{off}"));
}

/// What would always hold is an error, in tests and outside of them.
fn growth_is_not_assumed(shapes: &Project, off: &Built, on: &Built) {
    shapes.write("src/grows.rs", "fn grows() { alloc_kit::assert_growth!(O(1), |n| vec![0_u8; n]) }\n");
    let options = ["--crate-type=lib", "--emit=metadata=grows.rmeta"];
    for options in [&options[..], &[&options[..], &["--cfg", "test"]].concat()] {
        off.compile(shapes, "src/grows.rs", options)
            .fails()
            .prints(&["`assert_growth!` measures nothing here", "src/grows.rs:1:14", "previous error"])
            .prints(&["run `cargo add alloc-kit --dev --features enforce`", "features = [\"enforce\"] }"]);
        on.compile(shapes, "src/grows.rs", options).succeeds();
    }
}

/// What a profile is recorded in; `RECORD` stands where it is.
const PROFILED: &str = "
    pub static WORDS: alloc_kit::SizeProfile<&str> = alloc_kit::SizeProfile::new().max_struct_bytes(512);

    #[inline(never)]
    pub fn longest(text: &str) -> usize {
        let mut words: Vec<&str> = Vec::with_capacity(4);
        words.extend(text.split(' '));
        RECORD
        words.iter().map(|word| word.len()).max().unwrap_or(0)
    }
";

/// The same instructions, no size, and to ask for advice is an error.
fn a_profile_is_nothing_and_advises_nothing(shapes: &Project, off: &Built, on: &Built) {
    let assembly = |built: &Built, record: &str| {
        shapes.write("src/profiled.rs", &PROFILED.replace("RECORD", record));
        let options = ["--crate-type=lib", "-Copt-level=3", "-Ccodegen-units=1", "--emit=asm=profiled.s"];
        built.compile(shapes, "src/profiled.rs", &options).succeeds();
        shapes.read("profiled.s")
    };
    let plain = assembly(off, "");
    assert!(plain.contains("longest"), "no instructions:\n{plain}");
    if let Some(difference) = first_difference(&plain, &assembly(off, "WORDS.record(words.len());")) {
        panic!("recording is instructions: {difference:?}");
    }
    let on_plain = assembly(on, "");
    let recorded = assembly(on, "WORDS.record(words.len());");
    assert!(first_difference(&on_plain, &recorded).is_some(), "nothing is recorded with `audit` either");

    let options = ["--crate-type=lib", "--emit=metadata=profile.rmeta"];
    shapes.write("src/no_size.rs", "const _: () = assert!(size_of::<alloc_kit::SizeProfile<u8>>() == 0);\n");
    off.compile(shapes, "src/no_size.rs", &options).succeeds();
    on.compile(shapes, "src/no_size.rs", &options).fails().prints(&["assertion failed"]);
    shapes.write(
        "src/asked.rs",
        "pub fn ask(of: &alloc_kit::SizeProfile<u8>) -> String { of.advice().to_string() }\n",
    );
    off.compile(shapes, "src/asked.rs", &options)
        .fails()
        .prints(&["`SizeProfile::advice` has counted nothing here: it needs alloc-kit's feature `audit`"])
        .prints(&[
            "src/asked.rs:1:60",
            "run `cargo add alloc-kit --dev --features enforce`",
            "previous error",
        ]);
    on.compile(shapes, "src/asked.rs", &options).succeeds();
}

/// What `assert_size!` says, and where.
fn sizes_are_compared_all_the_same(shapes: &Project, off: &Built, on: &Built) {
    const ASSERTIONS: [(&str, &str); 6] = [
        ("assert_size!(Event <= 64);", "`Event` is 72 bytes; assert_size! wants at most 64"),
        (
            "assert_size!(u8 <= 9, (Event, u8) < LIMIT);",
            "`(Event, u8)` is 80 bytes; assert_size! wants less than 64",
        ),
        ("fn f() { assert_size!(u8 == 2); }", "`u8` is 1 byte; assert_size! wants exactly 2"),
        (
            "assert_size!(Result<&'static Event, [u8; 3]> == 0);",
            "`Result<&'static Event, [u8; 3]>` is 16 bytes; assert_size! wants exactly 0",
        ),
        (
            "assert_size!(Option<fn(&mut dyn Fn(u8) -> u8) -> Event> < 3 + 1);",
            "`Option<fn(&mut dyn Fn(u8) -> u8) -> Event>` is 8 bytes; assert_size! wants less than 4",
        ),
        (
            "assert_size!([u8; LIMIT + 1] < LIMIT);",
            "`[u8; LIMIT + 1]` is 65 bytes; assert_size! wants less than 64",
        ),
    ];
    let mut text = String::from(
        "use alloc_kit::assert_size; const LIMIT: usize = 64; pub struct Event(pub [u64; 9]);\n",
    );
    text.extend(ASSERTIONS.iter().flat_map(|(assertion, _)| [assertion, "\n"]));
    shapes.write("src/sizes.rs", &text);
    let options = ["--crate-type=lib", "--emit=metadata=sizes.rmeta"];
    for built in [off, on] {
        let run = built.compile(shapes, "src/sizes.rs", &options).fails();
        for (line, (assertion, message)) in (2..).zip(ASSERTIONS) {
            let at_line = run.stderr().contains(&format!("src/sizes.rs:{line}:"));
            run.expect(at_line, &format!("no error at {assertion}"));
            run.expect(run.stderr().contains(message), &format!("nothing says {message:?}"));
        }
        run.prints(&["error[E0080]: evaluation panicked: `Event` is 72 bytes", "src/sizes.rs:2:14"])
            .prints(&["aborting due to 6 previous errors"])
            .never_prints(&["assert_size.rs"]);
    }
}

/// Builds the program of the fixture in one of the modes.
fn build(shapes: &Project, features: &[&str]) -> Built {
    let build = ["build", "--release", "--message-format=json"];
    Built::by(&shapes.cargo(&[&build[..], features].concat()).succeeds())
}

/// The program that was built last.
fn program() -> Vec<u8> {
    let program = support::target().join(format!("release/shapes{}", std::env::consts::EXE_SUFFIX));
    fs::read(&program).unwrap_or_else(|error| panic!("{}: {error}", program.display()))
}

fn contains(program: &[u8], text: &str) -> bool {
    program.windows(text.len()).any(|bytes| bytes == text.as_bytes())
}
