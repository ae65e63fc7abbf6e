//! `cargo alloc-kit prove`: what is built and judged, and what is said of it.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::PathBuf;

use super::build::{self, Built, Program};
use super::judge_binary::{self, Asked, Judged};
use super::kept;
use super::options::Options;
use super::pattern::Pattern;
use super::result::Proof;
use super::show::{self, Look};
use super::trust::Trust;
use super::{json, subjects, unjudged};
use crate::cli::{MessageFormat, Output};
use crate::command::Workspace;
use crate::config::Config;
use crate::exit::{Done, Exit, Failure};
use crate::out;
use crate::shell::Shell;
use crate::untrusted::line_of;
use crate::whole;

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    options.refuse_build_of_files()?;
    let is_json = options.json || output.message_format == MessageFormat::Json;
    let to_stdout = out::is_stdout(options.out.as_deref());
    if to_stdout && is_json {
        return Err(Failure::unusable("`--out -` and `--json` both write to standard output"));
    }
    let out = options.out.as_deref().filter(|_| !to_stdout);
    out::refuse_inputs(out, options.files.iter())?;
    out.map_or(Ok(()), whole::is_writable)?;
    let (workspace, config) = workspace(options)?;
    let mut trust = Trust::of(&config.prove_trust, &config.table)?;
    let built = match (&workspace, options.files.is_empty()) {
        (Some(workspace), true) => build::build(options, workspace, output, shell)?,
        _ => Built {
            programs: files(&options.files)?,
            profile: String::new(),
            changed: Vec::new(),
            packages: BTreeSet::new(),
        },
    };
    let asked = Asked {
        include_panics: options.include_panics,
        forbid_frees: options.forbid_dealloc,
        patterns: options.functions.iter().map(|text| Pattern::new(text)).collect(),
        root: workspace
            .as_ref()
            .map(|of| of.root.clone())
            .or_else(|| env::current_dir().ok())
            .unwrap_or_default(),
    };
    let mut judged = Vec::new();
    for program in &built.programs {
        judged.push(judge_binary::judge(program, &asked, &mut trust)?);
    }
    refuse_patterns(&asked, &judged)?;
    if let Some(workspace) = workspace.as_ref().filter(|_| options.files.is_empty()) {
        for name in unjudged::packages(workspace, &options.build, &built.packages, &judged) {
            shell.warning(format_args!(
                "nothing of `{}` was judged: it has no program among what was built; `--tests` or `--examples` build one",
                line_of(name)
            ));
        }
    }
    let proof = Proof {
        judged,
        trust,
        asked,
        profile: Some(built.profile).filter(|profile| !profile.is_empty()),
        changed: built.changed,
        denies: options.deny.clone(),
    };
    if let Some(workspace) = workspace.filter(|_| options.files.is_empty() && options.functions.is_empty()) {
        kept::keep(&proof, &workspace)?;
    }
    if let Some(out) = out {
        out::write(out, json::of(&proof).as_bytes())?;
    }
    if is_json || to_stdout {
        shell.result(json::of(&proof));
    } else {
        let look = Look { width: shell.width(), quiet: shell.is_quiet(), all: shell.is_verbose() };
        shell.result(show::text(&proof, look));
    }
    say(&proof, shell);
    Ok(proof.exit())
}

/// The workspace, which has to be one where something is built; and what it is configured to.
fn workspace(options: &Options) -> Result<(Option<Workspace>, Config), Failure> {
    let workspace = if options.files.is_empty() || options.build.manifest_path.is_some() {
        Some(Workspace::find(&options.build)?)
    } else {
        Workspace::find_if_any(&options.build, &[])?.ok()
    };
    let config = workspace.as_ref().map_or_else(Config::default, |workspace| workspace.config.clone());
    Ok((workspace, config))
}

fn files(paths: &[PathBuf]) -> Result<Vec<Program>, Failure> {
    let program = |path: &PathBuf| {
        let wrong = |what: &str| Err(Failure::unusable(format!("cannot read {}: {what}", path.display())));
        match fs::metadata(path) {
            Ok(known) if known.is_dir() => wrong("it is a folder"),
            // A pipe or a device has no end that can be relied on.
            Ok(known) if !known.is_file() => wrong("it is no file"),
            Ok(_) => Ok(Program { path: path.clone(), name: path.display().to_string(), outlined: None }),
            Err(error) => wrong(&error.to_string()),
        }
    };
    paths.iter().map(program).collect()
}

/// That each pattern is of a function somewhere.
fn refuse_patterns(asked: &Asked, judged: &[Judged]) -> Result<(), Failure> {
    for (index, pattern) in asked.patterns.iter().enumerate() {
        if judged.iter().any(|of| of.has.get(index).copied().unwrap_or_default()) {
            continue;
        }
        let names: Vec<String> = judged.iter().map(|of| of.program.name.clone()).collect();
        // Of several files, those of the first that has any.
        let near = judged.iter().filter_map(|of| of.near.get(index)).find(|near| !near.is_empty());
        let near = near.map_or(&[][..], Vec::as_slice);
        return Err(subjects::refuse_pattern(pattern, &names, near));
    }
    Ok(())
}

/// What is not part of the result.
fn say(proof: &Proof, shell: &mut Shell) {
    if let Some(profile) = &proof.profile {
        let changed = match proof.changed.as_slice() {
            [] => "as it is".to_owned(),
            changed => format!("with {}, so that it can be read", changed.join(" and ")),
        };
        shell.note(format_args!("built with the profile `{}`, {}", line_of(profile), line_of(&changed)));
    }
    for of in &proof.judged {
        if !of.has_lines {
            shell.note(format_args!(
                "{} has no debug information: calls are shown without files and lines",
                of.program.name
            ));
        }
        if of.allocator == super::allocator::Allocator::OfC {
            shell.note(format_args!(
                "{} has no allocator of Rust's: what is judged is malloc and its kin",
                line_of(&of.program.name)
            ));
        }
    }
    for entry in proof.trust.all.iter().filter(|entry| entry.functions == 0) {
        shell.warning(format_args!(
            "`prove-trust`: no function or import is named `{}`",
            line_of(&entry.function)
        ));
    }
    for entry in proof.trust.all.iter().filter(|entry| entry.functions > 0 && entry.calls == 0) {
        shell.warning(format_args!(
            "`prove-trust`: no call was stopped by `{}`, though a function or import is named so",
            line_of(&entry.function)
        ));
    }
    for (index, pattern) in proof.asked.patterns.iter().enumerate() {
        for of in proof.judged.iter().filter(|of| of.has.get(index) == Some(&false)) {
            let name = line_of(&of.program.name);
            shell.note(format_args!("no function of {name} is named `{}`", line_of(pattern.text())));
        }
    }
    match proof.exit() {
        Exit::NoBudgets => {
            let none = proof.judged.iter().all(|of| of.rows.is_empty());
            let what = if none {
                "nothing to judge: there is no annotated function in any binary"
            } else {
                "nothing to judge: no binary has code of an annotated function"
            };
            shell.error(what);
            shell.note(
                "functions with `#[no_alloc]`, `#[alloc_budget(0)]` and `assert_no_alloc!` are judged; `--tests` judges them in test \
                 programs, and `--function PATTERN` others",
            );
        }
        Exit::NotVerified if proof.merged().iter().any(|of| of.class == super::merge::Class::NoVerdict) => {
            shell.error("the global allocator is not known, so nothing was verified");
            shell.note(
                "it is where the package is built here (not given as a file) by a compiler with LLVM; `cargo clean --target-dir` of \
                 `alloc-kit/prove` in the target folder builds all of it anew",
            );
        }
        _ => {}
    }
}
