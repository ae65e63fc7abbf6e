//! [`Baselines`]: the file of a bench program, with what its benchmarks allocated under each baseline's name.
//!
//! - It is `<program>.json` in the folder that `ALLOC_KIT_BENCH_HOME` names, or else in `alloc-kit-bench` in the target
//!   folder, beside criterion's. The program's name is without the hash that cargo puts behind it.
//! - A run replaces what it ran, and nothing else, after each benchmark, by a rename: what reads it finds a whole file.
//! - What another process has saved meanwhile stays: each save reads the file again, and puts in all that this one has run.
//! - What is not a file of this crate is never written over.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;

use alloc_kit::Usage;
use serde_json::{Map, Value, json};

use crate::counts::Counts;
use crate::figures;

/// The environment variable for the folder.
pub(crate) const HOME: &str = "ALLOC_KIT_BENCH_HOME";

/// The key that says whose file it is; its value is the version of what follows.
const MARK: &str = "alloc_kit_bench";
const VERSION: u64 = 1;

/// What is stored of a benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) counts: Counts,
    /// Whether it was built with debug assertions, where other allocations are left than in a build without.
    pub(crate) debug: bool,
}

/// By the baseline's name, and by the benchmark's.
pub(crate) type Named = BTreeMap<String, BTreeMap<String, Stored>>;

/// The file.
#[derive(Debug)]
pub(crate) struct Baselines {
    path: PathBuf,
    /// As the file was when this process began: what it compares with.
    named: Named,
    /// What this process has saved.
    saved: Named,
}

impl Baselines {
    /// The file of this program, as it is, empty if there is none; nothing if the program is in no target folder.
    pub(crate) fn of_process() -> Result<Option<Self>, String> {
        let program =
            env::current_exe().map_err(|error| format!("cannot tell this program's name: {error}"))?;
        let named = env::var_os(HOME).filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let folder = named.or_else(|| Some(target(&program)?.join("alloc-kit-bench")));
        folder.map(|folder| Self::open(folder.join(format!("{}.json", name_of(&program))))).transpose()
    }

    fn open(path: PathBuf) -> Result<Self, String> {
        Ok(Self { named: read_file(&path)?, saved: Named::new(), path })
    }

    /// What a baseline has of a benchmark.
    pub(crate) fn of(&self, baseline: &str, id: &str) -> Option<Stored> {
        self.named.get(baseline)?.get(id).copied()
    }

    /// Why there is nothing of a benchmark in a baseline, and what there is.
    pub(crate) fn why_not(&self, baseline: &str, id: &str) -> String {
        let path = self.path.display();
        if self.named.contains_key(baseline) {
            return format!("`{id}` is not in the baseline `{baseline}` of {path}");
        }
        let known: Vec<String> = self.named.keys().map(|name| format!("`{name}`")).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        format!("there is no baseline `{baseline}` in {path}, which has {known}")
    }

    /// Puts a benchmark into a baseline of the file, beside what others have put there since it was opened.
    pub(crate) fn save(&mut self, baseline: &str, id: &str, stored: Stored) -> Result<(), String> {
        self.saved.entry(baseline.to_owned()).or_default().insert(id.to_owned(), stored);
        let path = &self.path;
        let mut named = read_file(path)?;
        // All of them: between another's reading and its rename one of ours may have got lost.
        for (baseline, ours) in &self.saved {
            named.entry(baseline.clone()).or_default().extend(ours.iter().map(|(id, of)| (id.clone(), *of)));
        }
        let beside = path.with_extension(format!("json.{}", process::id()));
        let write = || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&beside, write(&named))?;
            fs::rename(&beside, path)
        };
        write().map_err(|error| {
            // Half of it may be there.
            let _ = fs::remove_file(&beside);
            format!("cannot write {}: {error}", path.display())
        })
    }
}

/// Reads a file, or takes one that is not there for an empty one.
fn read_file(path: &Path) -> Result<Named, String> {
    match fs::read_to_string(path) {
        Ok(text) => read(&text).map_err(|why| {
            let path = path.display();
            format!(
                "{path} is not a file of baselines: {why}\n  = note: nothing is compared, nor saved over it; \
                 mend or remove it, or set `{HOME}` to another folder"
            )
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Named::new()),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}

/// The target folder that a program is in: cargo marks it.
fn target(program: &Path) -> Option<&Path> {
    let marked =
        |folder: &&Path| ["CACHEDIR.TAG", ".rustc_info.json"].iter().any(|mark| folder.join(mark).exists());
    program.ancestors().skip(1).find(marked)
}

/// The name of a program without the hash: `csv` of `csv-0123456789abcdef`.
fn name_of(program: &Path) -> String {
    let stem = program.file_stem().unwrap_or_default().to_string_lossy();
    match stem.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            name.to_owned()
        }
        _ => stem.into_owned(),
    }
}

pub(crate) fn write(named: &Named) -> String {
    let baselines = named.iter().map(|(baseline, stored)| {
        let benchmarks = stored.iter().map(|(id, stored)| (id.clone(), write_stored(stored)));
        (baseline.clone(), Value::Object(benchmarks.collect()))
    });
    let file = json!({ MARK: VERSION, "baselines": baselines.collect::<Map<_, _>>() });
    format!("{file:#}\n")
}

fn write_stored(Stored { counts: Counts { first, least, most }, debug }: &Stored) -> Value {
    let usage = |usage| {
        let figures = figures::ALL.iter().map(|figure| (figure.field.to_owned(), figure.of(usage).into()));
        Value::Object(figures.collect())
    };
    json!({
        "debug_assertions": debug, "first": usage(first), "least": usage(least), "most": usage(most),
    })
}

pub(crate) fn read(text: &str) -> Result<Named, String> {
    let file: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match file.get(MARK) {
        Some(version) if version.as_u64() == Some(VERSION) => {}
        Some(version) => {
            return Err(format!(
                "it is of version {version}, and this alloc-kit-bench knows version {VERSION}"
            ));
        }
        None => return Err(format!("it has no \"{MARK}\"")),
    }
    let mut named = Named::new();
    for (baseline, benchmarks) in object(&file["baselines"], "baselines")? {
        let of = named.entry(baseline.clone()).or_default();
        for (id, stored) in object(benchmarks, baseline)? {
            of.insert(id.clone(), read_stored(stored).map_err(|why| format!("{baseline}: {id}: {why}"))?);
        }
    }
    Ok(named)
}

fn read_stored(stored: &Value) -> Result<Stored, String> {
    let usage = |key: &str| {
        let mut usage = Usage::default();
        for figure in figures::ALL {
            let value = stored[key][figure.field].as_i64();
            let value = value.ok_or_else(|| format!("{key}.{} is no whole number", figure.field))?;
            figure.set(&mut usage, value);
        }
        Ok::<_, String>(usage)
    };
    let debug = stored["debug_assertions"].as_bool().ok_or("debug_assertions is neither true nor false")?;
    Ok(Stored {
        counts: Counts { first: usage("first")?, least: usage("least")?, most: usage("most")? },
        debug,
    })
}

fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("{name} is no object"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(allocations: u64, debug: bool) -> Stored {
        let mut usage = Usage::default();
        (usage.allocations, usage.live_bytes) = (allocations, -24);
        Stored { counts: Counts { first: Usage::default(), least: usage, most: usage }, debug }
    }

    /// A new folder, gone when the test passes.
    fn in_folder(name: &str, test: impl FnOnce(&Path)) {
        let folder = env::temp_dir().join(format!("baselines-{name}-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        test(&folder);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_is_saved_is_read_again() {
        in_folder("saved", |folder| {
            // Its folder is made.
            let path = folder.join("new").join("csv.json");
            let mut file = Baselines::open(path.clone()).unwrap();
            assert_eq!(file.of("base", "a"), None);
            file.save("base", "a/\"quoted\"", stored(3, false)).unwrap();
            file.save("main", "a", stored(4, true)).unwrap();
            let again = Baselines::open(path.clone()).unwrap();
            assert_eq!(again.named, file.saved);
            assert_eq!(again.of("base", "a/\"quoted\""), Some(stored(3, false)));
            assert_eq!(again.of("main", "a"), Some(stored(4, true)));
            assert_eq!(again.of("base", "a"), None);
            let names: Vec<_> =
                fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().file_name()).collect();
            assert_eq!(names, ["csv.json"], "nothing is left beside it");
        });
    }

    #[test]
    fn a_partial_run_keeps_the_others() {
        in_folder("partial", |folder| {
            let path = folder.join("csv.json");
            let mut file = Baselines::open(path.clone()).unwrap();
            file.save("base", "b", stored(1, false)).unwrap();
            file.save("base", "a", stored(2, false)).unwrap();
            let mut partial = Baselines::open(path.clone()).unwrap();
            partial.save("base", "a", stored(5, false)).unwrap();
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.find("\"a\"").unwrap() < text.find("\"b\"").unwrap(), "sorted:\n{text}");
            let again = Baselines::open(path).unwrap();
            assert_eq!(again.of("base", "a"), Some(stored(5, false)));
            assert_eq!(again.of("base", "b"), Some(stored(1, false)));
        });
    }

    #[test]
    fn processes_at_the_same_time_keep_what_the_other_saved() {
        in_folder("both", |folder| {
            let path = folder.join("csv.json");
            let [mut one, mut other] = [(); 2].map(|()| Baselines::open(path.clone()).unwrap());
            one.save("base", "a", stored(1, false)).unwrap();
            other.save("base", "b", stored(2, false)).unwrap();
            one.save("base", "c", stored(3, false)).unwrap();
            let both = Baselines::open(path.clone()).unwrap();
            let ids: Vec<_> = both.named["base"].keys().collect();
            assert_eq!(ids, ["a", "b", "c"]);
            // Each compares with what there was when it began.
            assert_eq!(one.of("base", "b"), None);
            // A file that somebody breaks meanwhile is theirs to mend.
            fs::write(&path, "{").unwrap();
            assert!(
                one.save("base", "d", stored(4, false)).unwrap_err().contains("is not a file of baselines")
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), "{");
        });
    }

    #[test]
    fn what_is_not_ours_is_an_error_that_says_why() {
        let error = |text: &str| read(text).unwrap_err();
        assert!(error("{").contains("line 1"), "{}", error("{"));
        assert_eq!(error("{}"), "it has no \"alloc_kit_bench\"");
        assert_eq!(error("[]"), "it has no \"alloc_kit_bench\"");
        assert_eq!(
            error(r#"{"alloc_kit_bench": 2}"#),
            "it is of version 2, and this alloc-kit-bench knows version 1"
        );
        assert_eq!(error(r#"{"alloc_kit_bench": 1}"#), "baselines is no object");
        assert_eq!(error(r#"{"alloc_kit_bench": 1, "baselines": {"base": 3}}"#), "base is no object");
        assert_eq!(
            error(r#"{"alloc_kit_bench": 1, "baselines": {"base": {"a": {}}}}"#),
            "base: a: debug_assertions is neither true nor false"
        );
        let half = r#"{"alloc_kit_bench": 1, "baselines": {"base": {"a": {"debug_assertions": true, "first": {"allocations": 1.5}}}}}"#;
        assert_eq!(error(half), "base: a: first.allocations is no whole number");
    }

    #[test]
    fn the_error_names_the_file_and_it_stays() {
        in_folder("foreign", |folder| {
            let path = folder.join("csv.json");
            fs::write(&path, "{}").unwrap();
            let error = Baselines::open(path.clone()).unwrap_err();
            assert!(error.contains(&path.display().to_string()) && error.contains(HOME), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), "{}");
        });
    }

    #[test]
    fn a_baseline_that_is_missing_is_told_with_those_there_are() {
        in_folder("missing", |folder| {
            let mut file = Baselines::open(folder.join("csv.json")).unwrap();
            assert!(file.why_not("main", "a").ends_with("which has none"));
            file.save("base", "b", stored(1, false)).unwrap();
            let file = Baselines::open(folder.join("csv.json")).unwrap();
            assert!(file.why_not("main", "a").ends_with("csv.json, which has `base`"));
            assert!(file.why_not("base", "a").starts_with("`a` is not in the baseline `base` of "));
        });
    }

    #[test]
    fn programs_are_named_without_their_hash() {
        let name = |path: &str| name_of(Path::new(path));
        assert_eq!(name("target/release/deps/csv-0123456789abcdef"), "csv");
        assert_eq!(name("target/release/deps/csv-lines-0123456789abcdef"), "csv-lines");
        assert_eq!(name("csv-lines"), "csv-lines");
        assert_eq!(name("csv"), "csv");
        assert_eq!(name("of-0123456789abcdeg"), "of-0123456789abcdeg");
    }

    #[test]
    fn the_target_folder_is_the_nearest_that_cargo_marked() {
        in_folder("target", |folder| {
            let deps = folder.join("target").join("release").join("deps");
            fs::create_dir_all(&deps).unwrap();
            fs::write(folder.join("CACHEDIR.TAG"), "").unwrap();
            assert_eq!(target(&deps.join("csv-1")), Some(folder));
            fs::write(folder.join("target").join(".rustc_info.json"), "").unwrap();
            assert_eq!(target(&deps.join("csv-1")), Some(folder.join("target").as_path()));
        });
    }
}
