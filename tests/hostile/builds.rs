//! The builds: what is set, and how much a message can say of its place then.

use std::path::Path;

/// A way to build the program, and what it is run over.
#[derive(Clone, Copy)]
pub(crate) struct Build {
    /// As the table has it.
    pub(crate) setting: &'static str,
    pub(crate) release: bool,
    /// For the program and all that it depends on.
    pub(crate) variables: &'static [(&'static str, &'static str)],
    /// For the program alone: what only matters to who links it.
    pub(crate) program_flags: &'static [&'static str],
    /// The host, else.
    pub(crate) target: Option<&'static str>,
    pub(crate) over: Over,
    pub(crate) says: Says,
    /// Whether it is tried at every run.
    pub(crate) always: bool,
    /// What the linker says where a tool is not there.
    pub(crate) may_lack: Option<&'static str>,
}

/// How much a message can say of where something was allocated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// The line and the column.
    Line,
    /// The function, or that it was inlined; and how to get the line.
    Function,
    /// That the program is stripped; and how to get the line.
    Nameless,
}

/// What is under the counting allocator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// What `enforce` installs.
    Enforce,
    /// The system's, installed by the program.
    System,
    Mimalloc,
    Jemalloc,
    Snmalloc,
    /// The system's functions, of another library.
    PreloadedJemalloc,
    PreloadedMimalloc,
    /// Another counting one.
    Itself,
    Dhat,
}

impl Over {
    /// The feature of the program.
    pub(crate) fn feature(self) -> &'static str {
        match self {
            Over::Enforce | Over::PreloadedJemalloc | Over::PreloadedMimalloc => "enforce",
            Over::System => "system",
            Over::Mimalloc => "mimalloc",
            Over::Jemalloc => "jemalloc",
            Over::Snmalloc => "snmalloc",
            Over::Itself => "nested",
            Over::Dhat => "dhat",
        }
    }

    /// What the program says of it.
    pub(crate) fn inner(self) -> &'static str {
        match self {
            Over::PreloadedJemalloc | Over::PreloadedMimalloc => "another malloc, in classes of size",
            Over::Mimalloc => "mimalloc",
            Over::Jemalloc => "jemalloc",
            Over::Snmalloc => "snmalloc",
            _ => "glibc's malloc",
        }
    }

    /// The library that is loaded before all others, where a distribution puts it.
    pub(crate) fn preloaded(self) -> Option<String> {
        let names: &[&str] = match self {
            Over::PreloadedJemalloc => &["libjemalloc.so.2"],
            Over::PreloadedMimalloc => &["libmimalloc.so.2", "libmimalloc.so.3", "libmimalloc.so.2.0"],
            _ => return None,
        };
        let folder = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
        let mut paths = names.iter().map(|name| format!("{folder}/{name}"));
        let found = paths.clone().find(|path| Path::new(path).exists());
        found.or_else(|| paths.next())
    }

    /// Says what is missing for it.
    pub(crate) fn is_there(self) -> Result<(), String> {
        match self.preloaded() {
            Some(library) if !Path::new(&library).exists() => Err(format!("there is no {library}")),
            _ => Ok(()),
        }
    }
}

const DEBUG: Build = Build {
    setting: "debug, as it is",
    release: false,
    variables: &[],
    program_flags: &[],
    target: None,
    over: Over::Enforce,
    says: Says::Line,
    always: false,
    may_lack: None,
};
const RELEASE: Build = Build { setting: "release, as it is", release: true, says: Says::Function, ..DEBUG };
const LINES: (&str, &str) = ("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only");
const OPT_LEVEL: &str = "CARGO_PROFILE_RELEASE_OPT_LEVEL";
const LTO: &str = "CARGO_PROFILE_RELEASE_LTO";
const PANIC: &str = "CARGO_PROFILE_RELEASE_PANIC";

const fn debug(setting: &'static str, variables: &'static [(&'static str, &'static str)]) -> Build {
    Build { setting, variables, ..DEBUG }
}

const fn release(setting: &'static str, variables: &'static [(&'static str, &'static str)]) -> Build {
    Build { setting, variables, ..RELEASE }
}

const fn with_lines(setting: &'static str, variables: &'static [(&'static str, &'static str)]) -> Build {
    Build { setting, variables, says: Says::Line, ..RELEASE }
}

const fn linked(setting: &'static str, program_flags: &'static [&'static str]) -> Build {
    Build { setting, program_flags, ..DEBUG }
}

const fn over(setting: &'static str, over: Over) -> Build {
    Build { setting, over, ..DEBUG }
}

/// The first is what the others are compared with.
pub(crate) const BUILDS: &[Build] = &[
    Build { always: true, ..DEBUG },
    debug("debug, `panic = \"abort\"`", &[("CARGO_PROFILE_DEV_PANIC", "abort")]),
    Build { says: Says::Function, ..debug("debug, `debug = 0`", &[("CARGO_PROFILE_DEV_DEBUG", "0")]) },
    debug("debug, `debug = \"line-tables-only\"`", &[("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")]),
    debug("debug, `split-debuginfo = \"packed\"`", &[("CARGO_PROFILE_DEV_SPLIT_DEBUGINFO", "packed")]),
    debug("debug, `split-debuginfo = \"unpacked\"`", &[("CARGO_PROFILE_DEV_SPLIT_DEBUGINFO", "unpacked")]),
    Build {
        always: true,
        ..debug("debug, `debug-assertions = false`", &[("CARGO_PROFILE_DEV_DEBUG_ASSERTIONS", "false")])
    },
    Build { says: Says::Function, ..linked("debug, `strip = \"debuginfo\"`", &["-Cstrip=debuginfo"]) },
    Build { says: Says::Nameless, ..linked("debug, `strip = \"symbols\"`", &["-Cstrip=symbols"]) },
    Build { always: true, ..release("release, as it is", &[]) },
    with_lines("release, `debug = \"line-tables-only\"`", &[LINES]),
    with_lines(
        "release, `debug-assertions` and `overflow-checks`",
        &[
            LINES,
            ("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true"),
            ("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true"),
        ],
    ),
    with_lines("release, `opt-level = 1`", &[LINES, (OPT_LEVEL, "1")]),
    with_lines("release, `opt-level = \"s\"`", &[LINES, (OPT_LEVEL, "s")]),
    with_lines("release, `opt-level = \"z\"`", &[LINES, (OPT_LEVEL, "z")]),
    with_lines("release, `panic = \"abort\"`", &[LINES, (PANIC, "abort")]),
    with_lines("release, `lto = \"thin\"`", &[LINES, (LTO, "thin")]),
    with_lines(
        "release, `lto = \"fat\"`, `codegen-units = 1`",
        &[LINES, (LTO, "fat"), ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")],
    ),
    Build {
        says: Says::Nameless,
        program_flags: &["-Cstrip=symbols"],
        always: true,
        ..release(
            "release, fat LTO, `opt-level = \"s\"`, aborts, stripped",
            &[(LTO, "fat"), (OPT_LEVEL, "s"), (PANIC, "abort")],
        )
    },
    with_lines(
        "release, `-C target-cpu=native -C force-frame-pointers`",
        &[LINES, ("RUSTFLAGS", "-Ctarget-cpu=native -Cforce-frame-pointers=yes")],
    ),
    with_lines("release, `-C relocation-model=static`", &[LINES, ("RUSTFLAGS", "-Crelocation-model=static")]),
    with_lines(
        "release, `-C target-feature=+crt-static`",
        &[LINES, ("RUSTFLAGS", "-Ctarget-feature=+crt-static")],
    ),
    Build { target: Some("x86_64-unknown-linux-musl"), ..with_lines("release, static musl", &[LINES]) },
    debug("debug, `-C prefer-dynamic`", &[("RUSTFLAGS", "-Cprefer-dynamic")]),
    Build {
        may_lack: Some("ld.bfd"),
        ..linked("debug, linked by GNU's `ld`", &["-Clink-arg=-fuse-ld=bfd", "-Clink-self-contained=-linker"])
    },
    Build {
        may_lack: Some("lld"),
        ..linked("debug, linked by the system's `lld`", &["-Clink-arg=-fuse-ld=lld"])
    },
    Build { always: true, ..over("debug, `LD_PRELOAD` of jemalloc", Over::PreloadedJemalloc) },
    over("debug, `LD_PRELOAD` of mimalloc", Over::PreloadedMimalloc),
    Build { over: Over::PreloadedJemalloc, ..with_lines("release, `LD_PRELOAD` of jemalloc", &[LINES]) },
    Build { over: Over::PreloadedMimalloc, ..with_lines("release, `LD_PRELOAD` of mimalloc", &[LINES]) },
    over("debug, over the system's by `audit`", Over::System),
    Build {
        over: Over::System,
        always: true,
        ..with_lines("release, over the system's by `audit`", &[LINES])
    },
    Build { over: Over::Mimalloc, ..with_lines("release, over mimalloc", &[LINES]) },
    Build { over: Over::Jemalloc, ..with_lines("release, over tikv-jemallocator", &[LINES]) },
    Build { over: Over::Snmalloc, ..with_lines("release, over snmalloc-rs", &[LINES]) },
];
