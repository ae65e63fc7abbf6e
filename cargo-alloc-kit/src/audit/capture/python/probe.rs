//! What an interpreter has: its version, and which of the profilers; and which of them records.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use super::By;
use super::program::Program;
use crate::exit::Failure;
use crate::untrusted;

/// Prints the version, and then which profilers there are.
const PROBE: &str = "\
import sys
print(*sys.version_info[:2])
try:
    import memray
    print(memray.__version__)
except Exception:
    print()
try:
    import tracemalloc
    print('tracemalloc')
except ImportError:
    print()
";

/// What an interpreter has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Probed {
    version: (u32, u32),
    memray: Option<String>,
    has_tracemalloc: bool,
}

/// Asks it.
pub(super) fn probe(program: &Program) -> Result<Probed, Failure> {
    let shown = program.interpreter.to_string_lossy();
    let mut command = Command::new(&program.interpreter);
    command.args(&program.options).args(["-c", PROBE]).stdin(Stdio::null());
    let output = command
        .output()
        .map_err(|error| Failure::unusable(format!("cannot run the interpreter {shown}: {error}")))?;
    probed(&String::from_utf8_lossy(&output.stdout)).ok_or_else(|| {
        let said = untrusted::text_of(&last_line(&output.stderr));
        Failure::unusable(format!("{shown} does not run as Python ({}): {said}", output.status))
    })
}

fn probed(text: &str) -> Option<Probed> {
    let mut lines = text.lines();
    let (major, minor) = lines.next()?.split_once(' ')?;
    let version = (major.parse().ok()?, minor.parse().ok()?);
    let memray = lines.next()?.to_owned();
    Some(Probed {
        version,
        memray: Some(memray).filter(|version| !version.is_empty()),
        has_tracemalloc: lines.next()? == "tracemalloc",
    })
}

/// With an exception it is the one that says what.
pub(super) fn last_line(text: &[u8]) -> String {
    String::from_utf8_lossy(text).lines().last().unwrap_or_default().to_owned()
}

/// Which of its profilers records, and what that will not show.
pub(super) fn tool_of(
    interpreter: &OsStr,
    probed: &Probed,
    by: By,
) -> Result<(&'static str, Vec<String>), Failure> {
    let interpreter = interpreter.to_string_lossy();
    let (major, minor) = probed.version;
    if (major, minor) < (3, 8) {
        return Err(Failure::unusable(format!(
            "{interpreter} is Python {major}.{minor}, and 3.8 is the least"
        )));
    }
    let install = format!("`{interpreter} -m pip install memray`");
    let without = match &probed.memray {
        Some(version) if is_recent(version) => None,
        Some(version) => Some(format!("memray {version} is older than 1.4")),
        None => Some("memray is not installed".to_owned()),
    };
    match (by, without) {
        (By::Best | By::Memray, None) => Ok(("memray", Vec::new())),
        (By::Memray, Some(why)) => Err(Failure::unusable(format!("{why} for {interpreter}"))
            .help(format!("{install}, which CPython on Linux and macOS can have, or `--tool tracemalloc`"))),
        (By::Tracemalloc, _) if !probed.has_tracemalloc => {
            Err(Failure::unusable(format!("{interpreter} has no tracemalloc")).help("CPython has it"))
        }
        (By::Tracemalloc, _) => Ok(("tracemalloc", Vec::new())),
        (By::Best, Some(_)) if !probed.has_tracemalloc => {
            Err(Failure::unusable(format!("{interpreter} has neither memray nor tracemalloc"))
                .help(format!("{install}, which CPython on Linux and macOS can have")))
        }
        (By::Best, Some(why)) => {
            let limit = format!(
                "{why} for {interpreter}, so tracemalloc records: only what is live when the program ends, nothing that was \
                 freed before; {install} for all of it"
            );
            Ok(("tracemalloc", vec![limit]))
        }
    }
}

/// Whether it can follow Python's own allocators.
fn is_recent(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (1, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interpreter_tells_what_it_has() {
        let all = probed("3 11\n1.20.0\ntracemalloc\n").unwrap();
        assert_eq!(all, Probed { version: (3, 11), memray: Some("1.20.0".into()), has_tracemalloc: true });
        assert_eq!(probed("no Python\n"), None);
        assert_eq!(probed("3 x\n\n\n"), None);
    }

    #[test]
    fn the_profiler_is_the_best_there_is_or_the_one_that_is_named() {
        let probed = |version, memray: Option<&str>, has_tracemalloc| Probed {
            version,
            memray: memray.map(str::to_owned),
            has_tracemalloc,
        };
        let by = |probed: &Probed, by| tool_of(OsStr::new("py"), probed, by);
        let tool = |probed: &Probed| by(probed, By::Best);
        let both = probed((3, 11), Some("1.20.0"), true);
        let (name, limits) = tool(&both).unwrap();
        assert_eq!((name, limits.len()), ("memray", 0));
        assert_eq!(by(&both, By::Memray).unwrap().0, "memray");
        assert_eq!(by(&both, By::Tracemalloc).unwrap().0, "tracemalloc");
        let (name, limits) = tool(&probed((3, 13), None, true)).unwrap();
        assert_eq!(name, "tracemalloc");
        assert!(limits[0].contains("only what is live when the program ends"), "{limits:?}");
        let (name, limits) = tool(&probed((3, 8), Some("1.3.1"), true)).unwrap();
        assert_eq!(name, "tracemalloc");
        assert!(limits[0].starts_with("memray 1.3.1 is older"), "{limits:?}");
        let old = tool(&probed((3, 7), Some("1.20.0"), true)).unwrap_err();
        assert_eq!(old.message, "py is Python 3.7, and 3.8 is the least");
        assert!(tool(&probed((3, 10), None, false)).is_err());
        let missing = by(&probed((3, 13), None, true), By::Memray).unwrap_err();
        assert_eq!(missing.message, "memray is not installed for py");
        assert!(missing.help.iter().any(|help| help.contains("`py -m pip install memray`")), "{missing:?}");
        assert!(by(&probed((3, 10), None, false), By::Tracemalloc).is_err());
    }
}
