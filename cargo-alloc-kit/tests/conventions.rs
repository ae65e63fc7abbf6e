//! What cargo's subcommands have in common: help, completions, a manual page, colour, a closed pipe. And what the README says of
//! options and exit codes, against what the program says.
//!
//! Run with: `cargo test -p cargo-alloc-kit --test conventions`

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use support::two_members::folder;
use support::{Run, alloc_kit};

fn run(arguments: &[&str]) -> Run {
    let mut command = alloc_kit();
    command.args(arguments);
    Run::of(command)
}

/// The subcommands, as help lists them, and those below them: `audit scan`.
fn subcommands() -> Vec<String> {
    let names = subcommands_of(&[]);
    assert!(names.iter().any(|name| name == "test") && names.iter().any(|name| name == "merge"), "{names:?}");
    let mut all = names.clone();
    for name in &names {
        all.extend(subcommands_of(&[name]).iter().map(|below| format!("{name} {below}")));
    }
    assert!(all.iter().any(|name| name == "audit scan"), "{all:?}");
    all
}

fn subcommands_of(path: &[&str]) -> Vec<String> {
    let help = run(&[path, &["--help"]].concat()).exits_with(0).stdout();
    let lines =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // What does not fit on a line goes on below, further in.
    let names: Vec<String> = lines
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    names.into_iter().filter(|name| name != "help").collect()
}

#[test]
fn help_has_examples_that_work() {
    for name in subcommands() {
        let words: Vec<&str> = name.split(' ').chain(["--help"]).collect();
        let help = run(&words).exits_with(0);
        help.expect(help.stderr().is_empty(), "help is a result");
        let text = help.stdout();
        let examples = text.split_once("Examples:\n").map(|(_, examples)| examples).unwrap_or_default();
        let examples: Vec<&str> =
            examples.lines().take_while(|line| line.starts_with("  cargo alloc-kit ")).collect();
        help.expect(!examples.is_empty(), "it has examples");
        for example in examples {
            help.expect(example.starts_with(&format!("  cargo alloc-kit {name}")), example);
            // What stands before ` -- ` has options that are known here, or to cargo; and what it does may be said behind it.
            let of_cargo = ["--test", "--partition", "--test-threads"];
            let example = example.trim_start().split("  ").next().unwrap_or_default();
            let own = if name == "test" { example } else { example.split(" -- ").next().unwrap_or_default() };
            let words = own.split_whitespace().take_while(|word| *word != ">" && *word != "|");
            for option in words.filter(|word| word.starts_with("--") && word.len() > 2) {
                let known = text.contains(&format!("{option} ")) || text.contains(&format!("{option}\n"));
                help.expect(known || of_cargo.contains(&option), option);
            }
        }
    }
    // By cargo, by itself, and without anything.
    let mut itself = support::clean_command(env!("CARGO_BIN_EXE_cargo-alloc-kit"));
    itself.args(["merge", "--help"]);
    assert_eq!(Run::of(itself).exits_with(0).stdout(), run(&["merge", "--help"]).stdout());
    run(&[]).exits_with(2).prints(&["Usage: cargo alloc-kit"]);
    run(&["tset"]).exits_with(2).prints(&["unrecognized subcommand 'tset'", "'test'"]);
    run(&["--version"]).exits_with(0).prints(&[concat!("alloc-kit ", env!("CARGO_PKG_VERSION"))]);
}

/// A file of records of so many budgets.
fn records(budgets: usize) -> String {
    let line = |id: usize| {
        format!(
            "{{\"alloc_kit\":1,\"kind\":\"function\",\"program\":\"app\",\"pid\":1,\"id\":{id},\"path\":\"app::line_{id}\",\
             \"type_path\":null,\"file\":\"src/lib.rs\",\"line\":{id},\"column\":1,\"form\":\"fn\",\
             \"budget\":{{\"allocations\":\"0\"}},\"scope\":\"thread\",\"calls\":1,\"judged\":1,\"warmed_up\":0,\
             \"not_judged\":0,\"broken\":0,\"threads_started\":0,\"most\":{{\"allocations\":0}},\
             \"room\":{{\"allocations\":0}},\"exceptions\":[],\"verdict\":\"held\",\"why\":null}}\n"
        )
    };
    (0..budgets).map(line).collect()
}

#[test]
fn colour_is_for_who_wants_it() {
    let (folder, file) = folder();
    fs::write(file("run.jsonl"), records(1)).expect("a file");
    let is_coloured = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = alloc_kit();
        command.current_dir(folder.path()).args(["merge", "run.jsonl"]).args(arguments);
        command.envs(variables.iter().copied());
        let run = Run::of(command).exits_with(0);
        let (results, rest) = (run.stdout().contains("\x1b["), run.stderr().contains("\x1b["));
        run.expect(results == rest, "both are alike");
        results
    };
    // Neither is a terminal.
    assert!(!is_coloured(&[], &[]));
    assert!(is_coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(is_coloured(&[], &["--color", "always"]));
    assert!(
        is_coloured(&[("NO_COLOR", "1")], &["--color=always"]),
        "the command line holds over the environment"
    );
    assert!(!is_coloured(&[("NO_COLOR", "1")], &[]));
    assert!(!is_coloured(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]));
}

#[cfg(unix)]
#[test]
fn a_reader_may_go_away() {
    let (folder, file) = folder();
    // More than a pipe holds.
    fs::write(file("run.jsonl"), records(5_000)).expect("a file");
    let mut command = alloc_kit();
    command.current_dir(folder.path()).args(["merge", "run.jsonl"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a run");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.is_empty(), "{stderr}");
    assert_eq!(output.status.code(), Some(141), "as a shell shows it");
}

/// The shells that are here.
#[test]
fn completions_are_what_shells_take() {
    let (folder, file) = folder();
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let text = run(&["completions", shell]).exits_with(0).stdout();
        for name in subcommands() {
            for word in name.split(' ') {
                assert!(text.contains(word), "{shell} has no {word} of {name}");
            }
        }
        let script = file(shell);
        fs::write(&script, text).expect("a file");
        match Command::new(shell).arg(check).arg(&script).output() {
            Ok(output) => {
                assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
            }
            Err(error) => eprintln!("not tested: {shell} {check}: {error}"),
        }
    }
    run(&["completions", "csh"]).exits_with(2).prints(&["invalid value 'csh'", "bash, elvish, fish"]);
    // What two of them make of it.
    let bash = "source ./bash; COMP_WORDS=(cargo-alloc-kit merge --message-format ''); COMP_CWORD=3; \
                by=$(complete -p cargo-alloc-kit); by=${by#*-F }; \
                ${by%% *} cargo-alloc-kit '' --message-format; echo \"${COMPREPLY[@]}\"";
    let fish =
        "source ./fish; complete -C 'cargo +nightly alloc-kit merge --message-format ' | string join ' '";
    for (shell, script) in [("bash", bash), ("fish", fish)] {
        match Command::new(shell)
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .args(["-c", script])
            .output()
        {
            Ok(output) => {
                let words = String::from_utf8_lossy(&output.stdout);
                assert_eq!(words.split_whitespace().collect::<Vec<_>>(), ["human", "json"], "{shell}");
            }
            Err(error) => eprintln!("not tested: {shell}: {error}"),
        }
    }
}

#[test]
fn there_is_a_manual() {
    let page = run(&["man"]).exits_with(0).stdout();
    assert!(page.contains(".TH cargo-alloc-kit 1 "), "{page}");
    for name in subcommands() {
        let words: Vec<&str> = name.split(' ').collect();
        let above = run(&[&["man"], &words[..words.len() - 1]].concat()).exits_with(0).stdout();
        let listed = format!("cargo\\-alloc\\-kit\\-{}(1)", words.join("\\-"));
        assert!(above.contains(&listed), "{listed}\n{above}");
        let page = run(&[&["man"], &words[..]].concat()).exits_with(0).stdout();
        assert!(page.contains(&format!(".TH cargo-alloc-kit-{} 1 ", words.join("-"))), "{page}");
        assert!(page.contains("Examples:"), "{page}");
    }
    run(&["man", "audit", "tset"])
        .exits_with(2)
        .prints(&["there is no subcommand `tset`; there are scan, capture"]);
    run(&["man", "test", "it"])
        .exits_with(2)
        .prints(&["there is no subcommand `it`; cargo-alloc-kit-test has none"]);
    run(&["man", "women"])
        .exits_with(2)
        .prints(&["there is no subcommand `women`; there are test, tighten, merge"]);
    let mut man = Command::new("man");
    man.args(["--warnings", "-l", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    match man.spawn() {
        Ok(mut man) => {
            man.stdin.take().expect("a pipe").write_all(page.as_bytes()).expect("a reader");
            let said = man.wait_with_output().expect("an end").stderr;
            assert!(said.is_empty(), "{}", String::from_utf8_lossy(&said));
        }
        Err(error) => eprintln!("not tested: man: {error}"),
    }
}

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))
        .expect("the README")
        .replace('\r', "")
}

/// Exit codes by what is said of them.
#[test]
fn the_readme_has_the_exit_codes() {
    let help = run(&["--help"]).exits_with(0).stdout();
    let (_, codes) = help.split_once("Exit codes:\n").expect("exit codes");
    let readme = readme();
    let mut count = 0;
    for line in codes.lines().take_while(|line| line.starts_with("  ")) {
        let (code, said) = line.trim().split_once("  ").expect("a code, and what it says");
        let row = format!("| {code} | {} |\n", said.trim());
        assert!(readme.contains(&row), "cargo-alloc-kit/README.md has no {row:?}");
        count += 1;
    }
    assert!(count >= 9, "{help}");
    let rows = readme.lines().filter(|line| {
        let code = line.strip_prefix("| ").and_then(|line| line.split(' ').next());
        code.is_some_and(|code| code.parse::<u8>().is_ok())
    });
    assert_eq!(rows.count(), count, "the README has a code more");
}

/// Options by their names: those of `test` and `merge`, and those that all have.
#[test]
fn the_readme_has_the_options() {
    let readme = readme();
    let mut known = BTreeSet::new();
    for subcommand in ["test", "merge"] {
        let help = run(&[subcommand, "--help"]).exits_with(0).stdout();
        let (options, _) = help.split_once("Examples:").expect("examples");
        for line in options
            .lines()
            .map(str::trim_start)
            .filter(|line| line.starts_with('-') && !line.starts_with("- "))
        {
            let name = line.split([' ', ',']).find(|word| word.starts_with("--"));
            known.insert(name.expect("a long name").trim_end_matches("...").to_owned());
        }
    }
    assert!(known.len() > 15, "{known:?}");
    let row =
        |name: &str| readme.lines().any(|line| line.starts_with("| ") && line.contains(&format!("`{name}")));
    for name in known.iter().filter(|name| *name != "--help") {
        assert!(row(name), "cargo-alloc-kit/README.md has no row with `{name}`");
    }
    let (_, table) = readme.split_once("## Options\n").expect("the options");
    let (table, _) = table.split_once("\n## ").unwrap_or((table, ""));
    for cell in table.lines().filter(|line| line.starts_with("| ")).filter_map(|line| line.split('|').nth(1))
    {
        for name in cell.split('`').filter(|name| name.starts_with("--")) {
            let name = name.split(' ').next().unwrap_or_default();
            assert!(known.contains(name), "{name} is in the README, and no option");
        }
    }
}
