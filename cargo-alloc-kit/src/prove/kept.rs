//! What was proven of the workspace's functions, kept beside the last run of its tests, so that a report shows both.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::date::date;
use super::merge::Class;
use super::records::Site;
use super::result::Proof;
use super::sources::commit;
use super::{sources, words};
use crate::command::Workspace;
use crate::exit::Failure;
use crate::record::Verdict as Tested;
use crate::shard::Budget;
use crate::untrusted::line_of;
use crate::whole;

const VERSION: u64 = 2;

/// The file.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub(crate) struct Kept {
    alloc_kit_proof: u64,
    /// The commit that was checked out, if there is one.
    commit: Option<String>,
    profile: String,
    /// When it was kept, in seconds since 1970.
    at: u64,
    /// Sums of the files that the build read.
    files: BTreeMap<String, String>,
    functions: Vec<Function>,
}

#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
struct Function {
    name: String,
    module: String,
    file: String,
    line: u32,
    column: u32,
    verdict: Kind,
    /// For one that is not proven, why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// What is said of a function in all binaries and of all its instances together: the first of these that one has.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    MayAllocate,
    Unknown,
    NoVerdict,
    ProvenExceptPanicking,
    Proven,
    NotCompiled,
}

/// What a report says of a budget beside what tests saw.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub(crate) struct Proven {
    /// `proven`, `may allocate`, `unknown`, `not proven`.
    pub(crate) verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
}

/// What was proven, as far as it still holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proofs {
    by_place: BTreeMap<(String, u32, String), Proven>,
    /// What was proven: when, and of which profile.
    pub(crate) about: String,
    /// That it is of another state of the source.
    pub(crate) stale: Option<String>,
}

fn path(workspace: &Workspace) -> PathBuf {
    workspace.target.join("alloc-kit").join("last-proof.json")
}

/// Keeps what is known now.
pub(super) fn keep(proof: &Proof, workspace: &Workspace) -> Result<(), Failure> {
    let functions = functions(proof);
    let annotated: Vec<&str> = functions.iter().map(|function| function.file.as_str()).collect();
    let kept = Kept {
        alloc_kit_proof: VERSION,
        commit: commit(&workspace.root),
        profile: proof.profile.clone().unwrap_or_default(),
        at: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        files: sources::sums(workspace, &annotated),
        functions,
    };
    let text = serde_json::to_string(&kept).map_or_else(|error| unreachable!("{error}"), |json| json + "\n");
    whole::write_whole(&path(workspace), text.as_bytes())
}

fn functions(proof: &Proof) -> Vec<Function> {
    let mut functions: BTreeMap<u64, Function> = BTreeMap::new();
    for row in proof.judged.iter().flat_map(|judged| &judged.rows) {
        let Some(site) = &row.site else { continue };
        let kind = Kind::of(Class::of(&row.verdict));
        let new = || function(site, kind, row.doubts.first().map(|doubt| words::reason(&doubt.why)));
        let known = functions.entry(site.id).or_insert_with(new);
        if kind < known.verdict {
            *known = new();
        }
    }
    functions.into_values().collect()
}

fn function(site: &Site, verdict: Kind, why: Option<String>) -> Function {
    Function {
        name: site.name.clone(),
        module: site.module.clone(),
        file: site.file.clone(),
        line: site.line,
        column: site.column,
        verdict,
        why,
    }
}

impl Kind {
    fn of(class: Class) -> Self {
        match class {
            Class::MayAllocate => Self::MayAllocate,
            Class::Unknown => Self::Unknown,
            Class::NoVerdict => Self::NoVerdict,
            Class::ExceptPanicking => Self::ProvenExceptPanicking,
            Class::Proven => Self::Proven,
            Class::NotCompiled => Self::NotCompiled,
        }
    }
}

impl Proofs {
    /// What is kept of a workspace; `None` if nothing was proven there. One that can't be read says so.
    pub(crate) fn of(workspace: &Workspace) -> Result<Option<Self>, Failure> {
        let path = path(workspace);
        let Ok(text) = fs::read_to_string(&path) else { return Ok(None) };
        let unreadable = |why: String| {
            Failure::unusable(format!("cannot read {}: {why}", path.display()))
                .help("`cargo alloc-kit prove` writes it anew; without the file the report has no verdicts of `prove`")
        };
        let kept: Kept = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        if kept.alloc_kit_proof != VERSION {
            return Err(unreadable(format!("its version is {}, not {VERSION}", kept.alloc_kit_proof)));
        }
        Ok(Some(Self::from(&kept, &workspace.root, commit(&workspace.root).as_deref())))
    }

    fn from(kept: &Kept, root: &Path, commit: Option<&str>) -> Self {
        let changed = sources::changed(&kept.files, root);
        let changed = changed.map(|file| format!("{} has changed since", line_of(file)));
        let commit = (kept.commit.as_deref() != commit).then(|| {
            let of = kept.commit.as_deref().map_or("none", |commit| commit.get(..12).unwrap_or(commit));
            format!("what was proven is of another commit ({})", line_of(of))
        });
        let by_place = kept.functions.iter().map(|function| {
            let key = (function.file.clone(), function.line, last(&function.name));
            (key, function.proven(changed.as_deref()))
        });
        let by_place = by_place.collect();
        let about = format!("proven {} with the profile `{}`", date(kept.at), line_of(&kept.profile));
        let stale =
            changed.as_ref().map(|changed| format!("what was proven counts no more: {changed}")).or(commit);
        Self { by_place, about, stale }
    }

    /// What is known of a budget. Of one that is not about zero allocations there is nothing.
    pub(crate) fn get(&self, budget: &Budget) -> Option<Proven> {
        let site = &budget.site;
        let key = (site.file.clone(), site.line, last(&site.path));
        if let Some(proven) = self.by_place.get(&key) {
            return Some(proven.clone());
        }
        // `0`, `0u64`, `0_u64`
        let limit = site.budget.get("allocations");
        let is_zero = limit.is_some_and(|limit| limit.split(['u', '_']).next() == Some("0"));
        is_zero.then(|| Proven { verdict: "not proven", why: Some("`prove` did not see it".to_owned()) })
    }

    /// Whether it is what to look at first: nobody knows anything of it.
    pub(crate) fn is_open(&self, budget: &Budget) -> bool {
        budget.seen.verdict == Tested::NeverExercised
            && self.get(budget).is_some_and(|proven| proven.verdict == "unknown")
    }
}

fn last(path: &str) -> String {
    path.rsplit("::").next().unwrap_or_default().to_owned()
}

impl Function {
    /// What of the source has changed since makes it none: any path may lead there.
    fn proven(&self, changed: Option<&str>) -> Proven {
        if let Some(changed) = changed {
            return Proven { verdict: "not proven", why: Some(changed.to_owned()) };
        }
        let why = |text: &str| Some(text.to_owned());
        let (verdict, why) = match self.verdict {
            Kind::Proven => ("proven", None),
            Kind::ProvenExceptPanicking => ("proven", why("except when panicking")),
            Kind::MayAllocate => ("may allocate", None),
            Kind::Unknown => ("unknown", self.why.as_deref().map(line_of)),
            Kind::NoVerdict => ("not proven", why("the allocator was not recognised")),
            Kind::NotCompiled => ("not proven", why("not compiled into what was judged")),
        };
        Proven { verdict, why }
    }
}

impl Proven {
    /// `proven (except when panicking)`
    pub(crate) fn text(&self) -> String {
        match &self.why {
            None => self.verdict.to_owned(),
            Some(why) => format!("{} ({why})", self.verdict),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::judge_binary::Asked;
    use super::super::made_up::{judged, may_allocate, row, unknown};
    use super::super::trust::Trust;
    use super::super::verdict::Verdict;
    use super::*;

    fn kept() -> Kept {
        let proven = || row(1, "app::f::<u8>", Verdict::Proven);
        let mut other = row(2, "app::g", unknown());
        other.site.as_mut().expect("a site").line = 9;
        let proof = Proof {
            judged: vec![
                judged("app", vec![proven(), other]),
                judged("test", vec![row(1, "app::f::<String>", may_allocate()), proven()]),
            ],
            trust: Trust::default(),
            asked: Asked::default(),
            profile: Some("release".to_owned()),
            changed: Vec::new(),
            denies: Vec::new(),
        };
        Kept {
            alloc_kit_proof: VERSION,
            commit: Some("0123456789abcdef".to_owned()),
            profile: "release".to_owned(),
            at: 1_709_164_800,
            files: [("src/helper.rs".to_owned(), String::new())].into(),
            functions: functions(&proof),
        }
    }

    #[test]
    fn the_worst_of_all_instances_is_kept_while_the_sources_are_as_they_were() {
        let root = tempfile::tempdir().expect("a folder");
        let kept = kept();
        let verdicts = |kept: &Kept, commit: Option<&str>| {
            let proofs = Proofs::from(kept, root.path(), commit);
            let all: Vec<_> = proofs
                .by_place
                .iter()
                .map(|((_, line, name), of)| (name.clone(), *line, of.verdict))
                .collect();
            (all, proofs.stale)
        };
        let same = Some("0123456789abcdef");
        let shown = verdicts(&kept, same);
        assert_eq!(shown.0, [("f".to_owned(), 4, "may allocate"), ("g".to_owned(), 9, "unknown")]);
        assert_eq!(shown.1, None);
        assert_eq!(
            verdicts(&kept, Some("fedc")).1.as_deref(),
            Some("what was proven is of another commit (0123456789ab)")
        );
        assert_eq!(
            Proofs::from(&kept, root.path(), same).about,
            "proven 2024-02-29 00:00 UTC with the profile `release`"
        );
        // Another file than that of the functions.
        fs::create_dir(root.path().join("src")).expect("a folder");
        fs::write(root.path().join("src/helper.rs"), "fn helps() {}").expect("a file");
        let proofs = Proofs::from(&kept, root.path(), same);
        for of in proofs.by_place.values() {
            assert_eq!(of.text(), "not proven (src/helper.rs has changed since)");
        }
        assert_eq!(
            proofs.stale.as_deref(),
            Some("what was proven counts no more: src/helper.rs has changed since")
        );
        // As it is written it is read.
        let text = serde_json::to_string(&kept).expect("JSON");
        assert_eq!(serde_json::from_str::<Kept>(&text).ok(), Some(kept));
    }
}
