//! The language of a command: by its name, its ending, or what the file is.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Tool;
use crate::audit::language::Language;
use crate::exit::Failure;

const NODE: [&str; 9] = ["node", "nodejs", "npm", "npx", "yarn", "pnpm", "tsx", "ts-node", "corepack"];
const PYTHON: [&str; 7] = ["pytest", "uv", "poetry", "pipenv", "tox", "nox", "hatch"];

/// What starts other programs and is itself of no interest: shells, those that build, and those that only set something.
const STARTERS: [&str; 30] = [
    "sh",
    "bash",
    "dash",
    "ash",
    "zsh",
    "ksh",
    "fish",
    "busybox",
    "cmd",
    "powershell",
    "pwsh",
    "make",
    "gmake",
    "ninja",
    "just",
    "task",
    "env",
    "nice",
    "nohup",
    "time",
    "timeout",
    "sudo",
    "doas",
    "setsid",
    "stdbuf",
    "xargs",
    "taskset",
    "chrt",
    "unshare",
    "parallel",
];

/// What a command is recorded as.
pub(super) fn of(command: &[OsString], tool: Tool) -> Result<Language, Failure> {
    let Some(program) = command.first() else { return Err(Failure::unusable("there is no command")) };
    let name = name_of(program);
    match tool {
        // It records the program that it is given, and none that this starts.
        Tool::Valgrind | Tool::Auto if STARTERS.contains(&name.as_str()) => return Err(only_starts(&name)),
        Tool::Dhat | Tool::Valgrind => return Ok(Language::Rust),
        Tool::Node => return Ok(Language::JavaScript),
        Tool::Python | Tool::Memray | Tool::Tracemalloc => return Ok(Language::Python),
        Tool::Auto => {}
    }
    if let Some(language) = by_name(&name) {
        return Ok(language);
    }
    let path = resolved(program);
    let start = start_of(&path)
        .map_err(|error| Failure::unusable(format!("cannot run {}: {error}", path.display())))?;
    by_start(&start).ok_or_else(|| {
        Failure::unusable(format!("{} is neither a program, nor a script of Node or Python", path.display())).help(
            "`--tool dhat`, `valgrind`, `node`, `python`, `memray` or `tracemalloc` says what records it; of a shell script, record the command in it",
        )
    })
}

fn only_starts(name: &str) -> Failure {
    let name = crate::untrusted::text_of(name);
    Failure::unusable(format!("`{name}` starts programs, and would be recorded in their place")).help(
        "name the program itself: `audit capture -- node app.js`, `-- python app.py`, `-- cargo run --release`, `-- target/release/app`; \
         or say what records below it: `--tool node` all of Node, `--tool dhat` a program that has the dhat crate",
    )
}

fn by_name(name: &str) -> Option<Language> {
    let is_python = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"));
    if name == "cargo" {
        Some(Language::Rust)
    } else if NODE.contains(&name)
        || [".js", ".mjs", ".cjs", ".ts", ".mts"].iter().any(|end| name.ends_with(end))
    {
        Some(Language::JavaScript)
    } else if PYTHON.contains(&name)
        || is_python.is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
        || [".py", ".pyz"].iter().any(|end| name.ends_with(end))
    {
        Some(Language::Python)
    } else {
        None
    }
}

/// By the first bytes of a file: a program of this machine, or a script.
fn by_start(start: &[u8]) -> Option<Language> {
    const PROGRAMS: [&[u8]; 5] =
        [b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xca\xfe\xba\xbe", b"MZ"];
    if PROGRAMS.iter().any(|magic| start.starts_with(magic)) {
        return Some(Language::Rust);
    }
    let line = start.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let mut words = line.split_whitespace().filter_map(|word| word.rsplit('/').next());
    words.find_map(by_name)
}

fn start_of(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    File::open(path)?.take(256).read_to_end(&mut start)?;
    Ok(start)
}

/// The name of a program, without folders and without Windows' ending.
pub(crate) fn name_of(program: &OsStr) -> String {
    let name = Path::new(program).file_name().unwrap_or(program).to_string_lossy();
    name.strip_suffix(".exe").unwrap_or(&name).to_owned()
}

/// Where a program is: as it is named, or on the path.
pub(crate) fn resolved(program: &OsStr) -> PathBuf {
    let path = Path::new(program);
    if path.components().count() > 1 {
        return path.to_owned();
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&folders).map(|folder| folder.join(path)).find(|path| path.is_file());
    found.unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_starts_programs_is_recorded_by_what_follows_them() {
        let of = |program: &str, tool| of(&[program.into(), "-c".into(), "node app.js".into()], tool);
        for program in ["sh", "/bin/bash", "make", "env", "cmd.exe"] {
            for tool in [Tool::Auto, Tool::Valgrind] {
                let failure = of(program, tool).unwrap_err();
                assert!(failure.message.contains("starts programs"), "{program}: {failure}");
                assert!(failure.help.unwrap().contains("`--tool node`"), "{program}");
            }
            assert_eq!(of(program, Tool::Node).unwrap(), Language::JavaScript);
            assert_eq!(of(program, Tool::Dhat).unwrap(), Language::Rust);
        }
    }

    #[test]
    fn names_and_starts_say_the_language() {
        let cases = [
            ("cargo", Some(Language::Rust)),
            ("node", Some(Language::JavaScript)),
            ("npx", Some(Language::JavaScript)),
            ("server.mjs", Some(Language::JavaScript)),
            ("python3.11", Some(Language::Python)),
            ("pytest", Some(Language::Python)),
            ("tool.py", Some(Language::Python)),
            ("pythonic", None),
            ("make", None),
        ];
        for (name, language) in cases {
            assert_eq!(by_name(name), language, "{name}");
        }
        assert_eq!(by_start(b"\x7fELF\x02"), Some(Language::Rust));
        assert_eq!(by_start(b"#!/usr/bin/env python3\n"), Some(Language::Python));
        assert_eq!(by_start(b"#!/usr/bin/env -S node --no-warnings\n"), Some(Language::JavaScript));
        assert_eq!(by_start(b"#!/bin/sh\npython x.py"), None);
        assert_eq!(by_start(b""), None);
    }
}
