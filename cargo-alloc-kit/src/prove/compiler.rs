//! The compiler as `prove` has it called: cargo calls this program in its place, and it adds options for every crate.
//!
//! So the user's own flags stay where they are, be they in RUSTFLAGS or in cargo's configuration, where one place hides the other. A
//! wrapper that the user has is called behind this one.
//!
//! Besides the cfg and the names with type arguments, each crate gets `-force-attribute` of LLVM for the functions of the global
//! allocator: they are not inlined. Where `#[global_allocator]` is in the crate, in a dependency, or anywhere under LTO, its
//! allocations would else be a few instructions without a name; so they are calls of `__rust_alloc` in every build.
//!
//! Those that free are `nobuiltin`, too. LLVM, which is to see through them but for that, gives arguments that nobody reads up in calls
//! (`DeadArgumentElimination`); that of a `dealloc` which has no use for its pointer, inlined before that happens in all builds but this
//! one. It then takes a call that frees nothing in particular for one that is never reached (`InstCombine`, as of LLVM 22), and drops what
//! follows: allocations, perhaps.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitCode, Stdio};
use std::time::UNIX_EPOCH;

use object::{Object, ObjectSymbol};

/// The folder for what stand-ins have to tell; set, this program is the compiler.
pub(super) const FOLDER: &str = "CARGO_ALLOC_KIT_PROVE";
/// The user's own wrapper.
pub(super) const WRAPPER: &str = "CARGO_ALLOC_KIT_PROVE_WRAPPER";

/// What every crate gets. The version of all that is added: builds with others are not taken up again.
pub(super) const VERSION: &str = "2";
const OPTIONS: [&str; 3] = ["--cfg", "alloc_kit_prove", "-Csymbol-mangling-version=v0"];

/// Files with names of the functions that are not inlined end so, and that none could be had is one without.
const NAMES: &str = "names";
const NONE: &str = "no-names";

/// The functions of a global allocator: what the attribute makes, and what older compilers call those.
const ALLOCATOR: [&str; 8] = [
    "__rust_alloc",
    "__rust_alloc_zeroed",
    "__rust_realloc",
    "__rust_dealloc",
    "__rg_alloc",
    "__rg_alloc_zeroed",
    "__rg_realloc",
    "__rg_dealloc",
];

/// As the compiler, if that is what cargo calls it as.
pub(crate) fn stands_in() -> Option<ExitCode> {
    let folder = env::var_os(FOLDER)?;
    let mut arguments = env::args_os().skip(1);
    let rustc = arguments.next()?;
    let arguments: Vec<OsString> = arguments.collect();
    Some(compile(Path::new(&folder), &rustc, &arguments))
}

fn compile(folder: &Path, rustc: &OsStr, arguments: &[OsString]) -> ExitCode {
    let mut command = match env::var_os(WRAPPER) {
        Some(wrapper) => {
            let mut command = Command::new(wrapper);
            command.arg(rustc);
            command
        }
        None => Command::new(rustc),
    };
    command.args(arguments);
    match crate_name(arguments) {
        // A question about versions or folders.
        None => {}
        // What cargo asks for cfgs.
        Some("___") => drop(command.args(&OPTIONS[..2])),
        Some(_) => {
            if let Some(backend) = other_backend(arguments) {
                eprintln!(
                    "error: `cargo alloc-kit prove` keeps the allocator from being inlined by an option of LLVM, and this build has \
                     the backend `{backend}`"
                );
                return ExitCode::FAILURE;
            }
            command.args(OPTIONS);
            let names = names(folder, real(rustc, arguments), value_of(arguments, "--target"));
            command.args(names.iter().flat_map(|name| attributes(name)));
        }
    }
    match command.status() {
        Ok(status) => {
            status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(error) => {
            eprintln!("error: cannot run {}: {error}", command.get_program().display());
            ExitCode::FAILURE
        }
    }
}

/// What that function of the allocator gets.
fn attributes(name: &str) -> impl Iterator<Item = String> {
    let all = if name.ends_with("dealloc") { &["noinline", "nobuiltin"][..] } else { &["noinline"] };
    all.iter().map(move |attribute| format!("-Cllvm-args=-force-attribute={name}:{attribute}"))
}

/// The compiler itself, where a wrapper for the workspace's crates stands before it.
fn real<'a>(rustc: &'a OsStr, arguments: &'a [OsString]) -> &'a OsStr {
    let leading = arguments.iter().take_while(|argument| !argument.to_string_lossy().starts_with('-'));
    let is_rustc = |argument: &&OsString| {
        Path::new(argument).file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("rustc"))
    };
    leading.filter(is_rustc).last().map_or(rustc, OsString::as_os_str)
}

fn crate_name(arguments: &[OsString]) -> Option<&str> {
    value_of(arguments, "--crate-name")
}

fn value_of<'a>(arguments: &'a [OsString], name: &str) -> Option<&'a str> {
    let position = arguments.iter().position(|argument| argument == name);
    if let Some(value) = position.and_then(|position| arguments.get(position + 1)) {
        return value.to_str();
    }
    arguments.iter().find_map(|argument| argument.to_str()?.strip_prefix(name)?.strip_prefix('='))
}

/// What makes code that is not LLVM.
fn other_backend(arguments: &[OsString]) -> Option<&str> {
    let backends = arguments.iter().filter_map(|argument| argument.to_str()?.split_once("codegen-backend="));
    backends.map(|(_, backend)| backend).find(|backend| *backend != "llvm")
}

/// The names of the allocator's functions, as that compiler mangles them for the target: asked once of each compiler.
fn names(folder: &Path, rustc: &OsStr, target: Option<&str>) -> Vec<String> {
    let kept = folder.join(key(rustc, target)).with_extension(NAMES);
    if is_a_file(rustc)
        && let Ok(text) = fs::read_to_string(&kept)
    {
        return text.lines().map(str::to_owned).collect();
    }
    let names = ask(folder, rustc, target).unwrap_or_default();
    if names.is_empty() {
        // Whoever judges has to know that it may be inlined.
        let _ = fs::write(folder.join(NONE), "");
        return names;
    }
    let new = kept.with_extension(process::id().to_string());
    let _ = fs::write(&new, names.join("\n")).and_then(|()| fs::rename(new, kept));
    names
}

/// Whether it is told from a later compiler in its place. What is found on the path is not, and is asked each time.
fn is_a_file(rustc: &OsStr) -> bool {
    Path::new(rustc).is_absolute()
}

fn key(rustc: &OsStr, target: Option<&str>) -> String {
    let about = fs::metadata(rustc).ok();
    let written = about.as_ref().and_then(|about| about.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    let key = format!(
        "{}-{}-{}-{}",
        rustc.to_string_lossy(),
        target.unwrap_or("host"),
        about.map_or(0, |about| about.len()),
        written.unwrap_or_default().as_nanos()
    );
    let key: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    // The end of a long one is what tells it apart.
    key[key.len().saturating_sub(200)..].to_owned()
}

/// By what a small crate calls that allocates.
fn ask(folder: &Path, rustc: &OsStr, target: Option<&str>) -> Option<Vec<String>> {
    const SOURCE: &str = "#![no_std]\nextern crate alloc;\npub fn f(n: u8) -> alloc::boxed::Box<u8> { alloc::boxed::Box::new(n) }\n";
    let source = folder.join(format!("ask-{}.rs", process::id()));
    let object = source.with_extension("o");
    fs::write(&source, SOURCE).ok()?;
    let mut command = Command::new(rustc);
    command.arg(&source).args(["--crate-name", "ask", "--crate-type", "rlib", "--edition", "2021", "-O"]);
    command.args(target.iter().flat_map(|target| ["--target", target]));
    let mut emit = OsString::from("--emit=obj=");
    emit.push(&object);
    command.arg(emit).env_remove(FOLDER);
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let bytes = status.is_ok_and(|status| status.success()).then(|| fs::read(&object).ok()).flatten();
    let _ = fs::remove_file(source);
    let _ = fs::remove_file(object);
    let bytes = bytes?;
    let file = object::File::parse(&*bytes).ok()?;
    file.symbols().find_map(|symbol| mangled_like(symbol.name().ok()?))
}

/// All functions of the allocator, mangled as that one of them is; nothing if it is none.
fn mangled_like(name: &str) -> Option<Vec<String>> {
    let plain = ALLOCATOR[0];
    if name == plain {
        return Some(ALLOCATOR.map(str::to_owned).into());
    }
    // In names of v0 a length stands before each, and `_` between that and a name that begins so.
    let mangled = |of: &str| format!("{}_{of}", of.len());
    let before = name.strip_suffix(&mangled(plain)).filter(|before| before.starts_with("_R"))?;
    Some(ALLOCATOR.map(|of| format!("{before}{}", mangled(of))).into())
}

/// The names of functions that no crate has inlined; `None` if that is not known of all crates.
///
/// What the folder tells stays for as long as what was built: of a crate that is fresh nothing is told again.
pub(super) fn outlined(folder: &Path) -> Option<Vec<String>> {
    if folder.join(NONE).exists() {
        return None;
    }
    let files = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let is_of_names = |path: &PathBuf| path.extension() == Some(NAMES.as_ref());
    let mut names = Vec::new();
    for path in files.filter(is_of_names) {
        names.extend(fs::read_to_string(path).ok()?.lines().map(str::to_owned));
    }
    Some(names).filter(|names| !names.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_mangled_as_the_one_that_is_known() {
        let like = |name: &str| mangled_like(name).unwrap_or_default();
        let names = like("_RNvCsfLfy6EI15iL_7___rustc12___rust_alloc");
        assert_eq!(names[0], "_RNvCsfLfy6EI15iL_7___rustc12___rust_alloc");
        assert_eq!(names[1], "_RNvCsfLfy6EI15iL_7___rustc19___rust_alloc_zeroed");
        assert_eq!(names[4], "_RNvCsfLfy6EI15iL_7___rustc10___rg_alloc");
        assert_eq!(like("__rust_alloc")[3], "__rust_dealloc");
        assert!(like("rust_alloc").is_empty());
        assert!(like("_RNvCsfLfy6EI15iL_7___rustc19___rust_alloc_zeroed").is_empty());
    }

    #[test]
    fn what_is_compiled_is_told_from_what_is_asked() {
        let arguments = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(crate_name(&arguments("-vV")), None);
        assert_eq!(crate_name(&arguments("- --crate-name ___ --print=file-names")), Some("___"));
        assert_eq!(value_of(&arguments("--target=a-b"), "--target"), Some("a-b"));
        let wrapped = arguments("/bin/rustc --crate-name app rustc");
        assert_eq!(real("wrap".as_ref(), &wrapped), "/bin/rustc");
        assert_eq!(real("rustc".as_ref(), &arguments("--crate-name app")), "rustc");
        assert_eq!(other_backend(&arguments("-Zcodegen-backend=cranelift")), Some("cranelift"));
        assert_eq!(other_backend(&arguments("-Z codegen-backend=llvm -Copt-level=3")), None);
    }

    /// This compiler has a name for it.
    #[test]
    fn a_compiler_is_asked() {
        let folder = tempfile::tempdir().expect("a folder");
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        assert_eq!(outlined(folder.path()), None, "nothing was compiled");
        let known = names(folder.path(), &rustc, None);
        assert_eq!(names(folder.path(), "no-such-rustc".as_ref(), None), Vec::<String>::new());
        assert_eq!(outlined(folder.path()), None, "one of them could not be asked");
        fs::remove_file(folder.path().join(NONE)).expect("it is there");
        let outlined = outlined(folder.path()).expect("both");
        assert_eq!((known.len(), outlined.len()), (8, 8));
        assert_eq!(names(folder.path(), &rustc, None), known);
    }
}
