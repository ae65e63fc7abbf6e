//! What a run does not show, for all that its figures say: tests that failed or were left out, processes that did not get to say
//! what they knew, and that it is not the last one.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::how_run;
use crate::record::Verdict;
use crate::run_file::RunFile;
use crate::shard::Shard;

/// Of which kind it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// A later run came to nothing.
    Superseded,
    /// For another reason than a budget.
    TestsFailed,
    /// Processes did not say what they knew.
    Lost,
    /// Not all tests were asked for.
    Partial,
}

/// What has to be said with the figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Caveat {
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

impl Kind {
    /// Within a sentence.
    pub(crate) fn short(self) -> &'static str {
        match self {
            Kind::Superseded => "this is not the last run",
            Kind::TestsFailed => "the tests failed",
            Kind::Lost => "what some test programs knew is lost",
            Kind::Partial => "only a part of the tests was run",
        }
    }
}

/// All of a run, the kind that says most first.
pub(crate) fn of(run: &RunFile) -> Vec<Caveat> {
    let caveat = |kind: Kind, text: String| Caveat { kind, text };
    let mut caveats = Vec::new();
    if let Some(why) = &run.superseded {
        caveats.push(caveat(Kind::Superseded, format!("{}: {why}", Kind::Superseded.short())));
    }
    let of_run = |kind: Kind, shard: &Shard| {
        let command = shard.run.iter().flat_map(|run| &run.command);
        caveat(
            kind,
            format!("{} on {}, {}: {}", kind.short(), shard.target, shard.profile, how_run::shown(command)),
        )
    };
    // A test that a budget failed is said by the budget.
    let is_broken = |shard: &Shard| shard.budgets.iter().any(|budget| budget.seen.verdict == Verdict::Broken);
    let failed = run.shards.values().filter(|shard| shard.run.as_ref().is_some_and(|run| !run.passed));
    caveats.extend(failed.filter(|shard| !is_broken(shard)).map(|shard| of_run(Kind::TestsFailed, shard)));
    caveats.extend(run.lost.iter().map(|lost| caveat(Kind::Lost, lost.clone())));
    // Several parts may be the whole, as partitions are.
    let mut of_platform: BTreeMap<(&str, &str), Vec<&Shard>> = BTreeMap::new();
    for shard in run.shards.values() {
        of_platform.entry((&shard.target, &shard.profile)).or_default().push(shard);
    }
    for shards in of_platform.values() {
        if let [shard] = shards.as_slice()
            && shard.run.as_ref().is_some_and(|run| !run.whole)
        {
            caveats.push(of_run(Kind::Partial, shard));
        }
    }
    caveats
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::how_run::HowRun;

    fn run(pid: u32, verdict: &str, whole: bool, passed: bool) -> RunFile {
        let text = format!(
            "{{\"alloc_kit\":1,\"kind\":\"function\",\"program\":\"app\",\"pid\":{pid},\"target\":\"t\",\"id\":0,\"path\":\"app::f\",\
             \"type_path\":null,\"file\":\"src/lib.rs\",\"line\":1,\"column\":1,\"form\":\"fn\",\
             \"budget\":{{\"allocations\":\"0\"}},\"scope\":\"thread\",\"calls\":1,\"judged\":1,\"warmed_up\":0,\
             \"not_judged\":0,\"broken\":0,\"threads_started\":0,\"most\":null,\"room\":{{}},\"exceptions\":[],\
             \"verdict\":\"{verdict}\",\"why\":null}}\n"
        );
        let command = ["cargo", "alloc-kit", "test", "one"].map(str::to_owned).into();
        let run = RunFile::parse(text.as_bytes(), "run.jsonl".as_ref(), None).expect("a record");
        run.run_as(&HowRun { whole, passed, command })
    }

    fn kinds(run: &RunFile) -> Vec<Kind> {
        of(run).iter().map(|caveat| caveat.kind).collect()
    }

    #[test]
    fn each_is_said_of_the_run_that_has_it() {
        assert_eq!(kinds(&run(1, "held", true, true)), []);
        let mut failed = run(1, "held", false, false);
        failed.superseded = Some("a later run failed".to_owned());
        failed.lost.insert("app reported nothing".to_owned());
        assert_eq!(kinds(&failed), [Kind::Superseded, Kind::TestsFailed, Kind::Lost, Kind::Partial]);
        let texts: Vec<String> = of(&failed).into_iter().map(|caveat| caveat.text).collect();
        let expected = [
            "this is not the last run: a later run failed",
            "the tests failed on t, dev: cargo alloc-kit test one",
            "app reported nothing",
            "only a part of the tests was run on t, dev: cargo alloc-kit test one",
        ];
        assert_eq!(texts, expected);
        assert_eq!(kinds(&run(1, "broken", true, false)), []);
    }

    /// As partitions are.
    #[test]
    fn parts_that_are_put_together_may_be_the_whole() {
        let mut both = run(1, "held", false, true);
        both.merge(run(2, "held", false, true)).expect("two shards");
        assert_eq!(kinds(&both), []);
        both.merge(run(3, "held", true, false)).expect("three shards");
        assert_eq!(kinds(&both), [Kind::TestsFailed]);
    }
}
