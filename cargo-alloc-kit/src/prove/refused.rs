//! What can't be judged, and is refused before it is built.

use super::options::Options;
use crate::command::Workspace;
use crate::exit::Failure;

/// That nothing is built which can't be read: before it is.
pub(super) fn refuse_format(target: Option<&str>) -> Result<(), Failure> {
    const HELP: &str = "`--target` x86_64-unknown-linux-gnu or aarch64-unknown-linux-gnu, or another of theirs that makes ELF";
    let Some(target) = target else {
        if cfg!(any(windows, target_vendor = "apple")) {
            let what = "`prove` reads ELF, which this system's programs are not";
            return Err(Failure::unusable(what).help(HELP));
        }
        return Ok(());
    };
    if target.to_lowercase().ends_with(".json") {
        return Ok(());
    }
    let refuse = |why: &str| Err(Failure::unusable(format!("`--target {target}`: {why}")).help(HELP));
    let (machine, rest) = target.split_once('-').unwrap_or((target, ""));
    if !["x86_64", "aarch64"].contains(&machine) {
        return refuse("`prove` knows the instructions of x86_64 and aarch64, and no others");
    }
    if ["windows", "apple", "uefi", "cygwin"].iter().any(|system| rest.contains(system)) {
        return refuse("`prove` reads ELF, which programs of it are not");
    }
    if rest.contains("gnux32") || rest.contains("ilp32") {
        return refuse("`prove` reads programs of 64 bits, and no others");
    }
    Ok(())
}

/// That there is something to build that can be judged, before it is built.
pub(super) fn refuse_libraries(options: &Options, workspace: &Workspace) -> Result<(), Failure> {
    let asked = &options.targets;
    if !asked.arguments().is_empty() && !asked.lib {
        return Ok(());
    }
    let kinds: &[&str] = if asked.arguments() == ["--lib"] { &["cdylib"] } else { &["bin", "cdylib"] };
    let has_any = workspace
        .members
        .iter()
        .flat_map(|package| &package.targets)
        .any(|target| kinds.iter().any(|kind| target.is(kind)));
    if has_any || asked.arguments().len() > 1 {
        return Ok(());
    }
    if asked.lib {
        let what = "`--lib` judges shared libraries (cdylib), and there is none here: another library's code is only in those that use it";
        return Err(Failure::unusable(what)
            .help("`--tests` judges it in its test programs, `--example NAME` in an example; without `--lib` programs are"));
    }
    Err(no_program("the package here has"))
}

pub(super) fn no_program(whose: &str) -> Failure {
    Failure::unusable(format!(
        "{whose} no program and no shared library (cdylib), and a library's code is only in those that use it"
    ))
    .help(
        "`--tests` judges it in its test programs, `--example NAME` in an example; `--bins` builds programs",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_formats_are_refused_before_a_build() {
        for target in
            ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-musl", "x86_64-unknown-none", "./a-b.json"]
        {
            assert!(refuse_format(Some(target)).is_ok(), "{target}");
        }
        for (target, said) in [
            ("i686-unknown-linux-gnu", "instructions of x86_64 and aarch64"),
            ("riscv64gc-unknown-linux-gnu", "instructions of x86_64 and aarch64"),
            ("x86_64-pc-windows-gnu", "reads ELF"),
            ("aarch64-apple-darwin", "reads ELF"),
            ("x86_64-unknown-linux-gnux32", "64 bits"),
        ] {
            let failure = refuse_format(Some(target)).expect_err(target);
            assert!(failure.message.contains(said) && failure.message.contains(target), "{failure}");
            assert!(failure.help.is_some_and(|help| help.contains("--target")));
        }
    }
}
