//! What of a command is the interpreter, what are its options, and what it runs: `python -u -m pytest`, `pytest`, `./app.py`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::exit::Failure;

/// What is accepted, for messages.
const ACCEPTED: &str = "`python app.py`, `python -m module`, `python -c code`, `./app.py`, or a program such as `pytest` that Python runs";
/// A first line with an interpreter's path is not longer.
const HEAD_BYTES: u64 = 4096;

/// A Python program.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) interpreter: OsString,
    /// Its own: `-u`, `-X dev`.
    pub(super) options: Vec<OsString>,
    /// `-m`, the module and its arguments; `-c`, the code and its arguments; or a script and its arguments.
    pub(super) run: Vec<OsString>,
}

impl Program {
    /// That of a command.
    pub(super) fn of(command: &[OsString]) -> Result<Self, Failure> {
        let Some((name, arguments)) = command.split_first() else {
            return Err(Failure::unusable("no command was given").help(ACCEPTED));
        };
        if is_interpreter(name) {
            return Self::of_interpreter(name.clone(), Vec::new(), arguments);
        }
        let Some(path) = resolve(name) else {
            return Err(Failure::unusable(format!("there is no program {}", name.to_string_lossy())));
        };
        let head = head_of(&path)
            .map_err(|error| Failure::unusable(format!("cannot read {}: {error}", path.display())))?;
        let mut script = vec![path.clone().into_os_string()];
        script.extend(arguments.iter().cloned());
        match interpreter_of(&head) {
            Some((interpreter, options)) => Ok(Self { interpreter, options, run: script }),
            None if path.extension() == Some(OsStr::new("py")) && !head.starts_with(b"#!") => {
                let interpreter = if cfg!(windows) { "python" } else { "python3" };
                Ok(Self { interpreter: interpreter.into(), options: Vec::new(), run: script })
            }
            None => {
                let name = name.to_string_lossy();
                Err(Failure::unusable(format!("{name} is no Python program")).help(format!(
                    "{ACCEPTED}; of what starts another program, such as `uv run`, give what it starts: `python -m {name}`"
                )))
            }
        }
    }

    /// `python [OPTION..] (-m MODULE | -c CODE | SCRIPT) [ARGUMENT..]`
    fn of_interpreter(
        interpreter: OsString,
        mut options: Vec<OsString>,
        arguments: &[OsString],
    ) -> Result<Self, Failure> {
        let mut rest = arguments.iter();
        while let Some(word) = rest.next() {
            let text = word.to_string_lossy();
            let run = match word_of(&text) {
                Word::Option { takes_next } => {
                    options.push(word.clone());
                    if takes_next {
                        options.extend(rest.next().cloned());
                    }
                    continue;
                }
                Word::Run { options: before, kind, joined } => {
                    options.extend(before.map(OsString::from));
                    let what = joined.map(OsString::from).or_else(|| rest.next().cloned());
                    let Some(what) = what else {
                        return Err(
                            Failure::unusable(format!("`{text}` is without what to run")).help(ACCEPTED)
                        );
                    };
                    vec![kind.into(), what]
                }
                Word::Script => vec![word.clone()],
                Word::Stdin => {
                    return Err(
                        Failure::unusable("a program from standard input cannot be recorded").help(ACCEPTED)
                    );
                }
            };
            let run = run.into_iter().chain(rest.cloned()).collect();
            return Ok(Self { interpreter, options, run });
        }
        Err(Failure::unusable("the interpreter is without a program").help(ACCEPTED))
    }
}

/// A word of the interpreter's command line.
enum Word {
    Option { takes_next: bool },
    Run { options: Option<String>, kind: &'static str, joined: Option<String> },
    Script,
    Stdin,
}

fn word_of(text: &str) -> Word {
    if text == "-" {
        return Word::Stdin;
    }
    let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.starts_with('-')) else {
        return match text {
            "--check-hash-based-pycs" => Word::Option { takes_next: true },
            _ if text.starts_with("--") => Word::Option { takes_next: false },
            _ => Word::Script,
        };
    };
    // `-um pytest` is `-u -m pytest`, and `-mpytest` is `-m pytest`.
    for (at, letter) in letters.char_indices() {
        let behind = &letters[at + 1..];
        match letter {
            'm' | 'c' => {
                return Word::Run {
                    options: (at > 0).then(|| format!("-{}", &letters[..at])),
                    kind: if letter == 'm' { "-m" } else { "-c" },
                    joined: (!behind.is_empty()).then(|| behind.to_owned()),
                };
            }
            'X' | 'W' => return Word::Option { takes_next: behind.is_empty() },
            _ if !letter.is_ascii() => break,
            _ => {}
        }
    }
    Word::Option { takes_next: false }
}

/// `python`, `python3`, `python3.13t`, `pypy3`, with a path and an ending or not.
fn is_interpreter(name: &OsStr) -> bool {
    let Some(name) = Path::new(name).file_name().and_then(OsStr::to_str) else { return false };
    let name = name.strip_suffix(".exe").unwrap_or(name);
    let version = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"));
    version.is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.' || c == 't'))
}

/// The file of a command's name.
fn resolve(name: &OsStr) -> Option<PathBuf> {
    if Path::new(name).components().count() > 1 {
        return Some(PathBuf::from(name)).filter(|path| path.is_file());
    }
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file());
    // `app.py` is meant to be the one that is here.
    found.or_else(|| Some(PathBuf::from(name)).filter(|path| path.is_file()))
}

fn head_of(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head)
}

/// The interpreter that a script's first lines name, with its options.
fn interpreter_of(head: &[u8]) -> Option<(OsString, Vec<OsString>)> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines();
    let line = lines.next()?.strip_prefix("#!")?.trim();
    // Of a path that is too long for the system, or has spaces, installers make a shell's line: '''exec' "PATH" "$0" "$@"
    if line == "/bin/sh" {
        let path = lines.next()?.strip_prefix("'''exec' ")?.strip_suffix(" \"$0\" \"$@\"")?;
        return Some((path.trim_matches('"').into(), Vec::new()))
            .filter(|(path, _): &(OsString, _)| is_interpreter(path));
    }
    let mut words = line.split_whitespace();
    let mut path = words.next()?;
    if path.ends_with("/env") {
        path = words.find(|word| *word != "-S")?;
    }
    is_interpreter(OsStr::new(path)).then(|| (path.into(), words.map(OsString::from).collect()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    fn program(command: &str) -> (Vec<OsString>, Vec<OsString>) {
        let program = Program::of(&words(command)).unwrap();
        assert_eq!(program.interpreter, words(command)[0]);
        (program.options, program.run)
    }

    #[test]
    fn an_interpreters_options_are_not_the_programs() {
        for (command, options, run) in [
            ("python app.py -u", "", "app.py -u"),
            ("/v/bin/python3.11 -u -X dev app.py a", "-u -X dev", "app.py a"),
            ("python -Wignore -m pytest -m slow", "-Wignore", "-m pytest -m slow"),
            ("python -uBm pytest", "-uB", "-m pytest"),
            ("python3 -mpytest -q", "", "-m pytest -q"),
            ("python -X importtime -c pass x", "-X importtime", "-c pass x"),
        ] {
            let (found, rest) = program(command);
            let expected = if options.is_empty() { Vec::new() } else { words(options) };
            assert_eq!((found, rest), (expected, words(run)), "{command}");
        }
    }

    #[test]
    fn what_cannot_be_recorded_is_said() {
        for (command, said) in [
            ("python", "the interpreter is without a program"),
            ("python -u", "the interpreter is without a program"),
            ("python -m", "`-m` is without what to run"),
            ("python -", "a program from standard input cannot be recorded"),
            ("no-such-program-anywhere", "there is no program no-such-program-anywhere"),
        ] {
            assert_eq!(Program::of(&words(command)).unwrap_err().message, said);
        }
        assert!(Program::of(&[]).is_err());
    }

    #[test]
    fn a_script_names_its_interpreter() {
        let of = |head: &str| {
            interpreter_of(head.as_bytes()).map(|(path, options)| (path.into_string().unwrap(), options))
        };
        let plain = |path: &str| Some((path.to_owned(), Vec::new()));
        assert_eq!(of("#!/v/bin/python3.11\nimport sys"), plain("/v/bin/python3.11"));
        assert_eq!(of("#!/usr/bin/env python3\n"), plain("python3"));
        assert_eq!(of("#!/usr/bin/env -S python3 -u\n"), Some(("python3".into(), words("-u"))));
        assert_eq!(
            of("#!/bin/sh\n'''exec' \"/a long/bin/python\" \"$0\" \"$@\"\n' '''\n"),
            plain("/a long/bin/python")
        );
        assert_eq!(of("#!/bin/sh\nexec python\n"), None);
        assert_eq!(of("#!/usr/bin/env bash\n"), None);
        assert_eq!(of("\x7fELF"), None);
    }

    #[test]
    fn a_program_is_found_by_its_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tool");
        fs::write(&path, "#!/v/bin/python -s\n").unwrap();
        let command = [path.clone().into_os_string(), "x".into()];
        let program = Program::of(&command).unwrap();
        assert_eq!(program.interpreter, "/v/bin/python");
        assert_eq!((program.options, program.run), (words("-s"), command.to_vec()));
        fs::write(&path, "#!/bin/bash\n").unwrap();
        let error = Program::of(&command).unwrap_err();
        assert!(error.message.ends_with("tool is no Python program"), "{}", error.message);
        let plain = folder.path().join("plain.py");
        fs::write(&plain, "print(1)\n").unwrap();
        assert_eq!(Program::of(&[plain.clone().into_os_string()]).unwrap().run, [plain.into_os_string()]);
    }
}
