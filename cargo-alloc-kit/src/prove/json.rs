//! The result for other programs: `cargo-alloc-kit/docs/prove-json.md` says what each field is.

use serde::Serialize;

use super::judge_binary::{Frame, Judged, Row, ShownDoubt};
use super::merge::Class;
use super::records::Site;
use super::result::Proof;
use super::trust::Trusted;
use super::verdict::Verdict;
use super::words;

/// The version of what is written.
const VERSION: u64 = 1;

#[derive(Serialize)]
struct Text<'a> {
    version: u64,
    command: &'static str,
    exit_code: u8,
    assumptions: Vec<&'static str>,
    trusted: &'a [Trusted],
    /// What had to be changed of the profile.
    profile_changes: &'a [String],
    binaries: Vec<Binary<'a>>,
}

#[derive(Serialize)]
struct Binary<'a> {
    name: &'a str,
    path: String,
    profile: Option<&'a str>,
    allocator: &'static str,
    exceptions: Vec<Exception<'a>>,
    verdicts: Vec<Of<'a>>,
}

#[derive(Serialize)]
struct Exception<'a> {
    reason: &'a str,
    file: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct Of<'a> {
    site: Option<Place<'a>>,
    function: &'a str,
    symbol: &'a str,
    address: Option<u64>,
    verdict: &'static str,
    /// Whether it would be another one without `prove-trust`.
    rests_on_trust: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    chain: Vec<Step<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sink: Option<Sink<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    why: Vec<Why<'a>>,
    /// Places that could not be followed, those that are not listed among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    places: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize)]
struct Place<'a> {
    name: &'a str,
    module: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
    form: &'a str,
}

#[derive(Serialize)]
struct Step<'a> {
    function: &'a str,
    address: u64,
    file: Option<&'a str>,
    line: Option<u32>,
    inlined: bool,
}

#[derive(Serialize)]
struct Sink<'a> {
    symbol: &'a str,
    frees: bool,
}

#[derive(Serialize)]
struct Why<'a> {
    chain: Vec<Step<'a>>,
    reason: &'static str,
    text: String,
}

/// An object with a line end.
pub(super) fn of(proof: &Proof) -> String {
    let text = Text {
        version: VERSION,
        command: "prove",
        exit_code: proof.exit().code(),
        assumptions: words::assumptions(&proof.asked),
        trusted: &proof.trust.all,
        profile_changes: &proof.changed,
        binaries: proof.judged.iter().map(|judged| binary(judged, proof.profile.as_deref())).collect(),
    };
    // All keys are texts.
    serde_json::to_string(&text).map_or_else(|error| unreachable!("{error}"), |json| json + "\n")
}

fn binary<'a>(judged: &'a Judged, profile: Option<&'a str>) -> Binary<'a> {
    let exception = |site: &'a Site| Exception {
        reason: site.allowed.as_deref().unwrap_or_default(),
        file: &site.file,
        line: site.line,
    };
    Binary {
        name: &judged.program.name,
        path: judged.program.path.display().to_string(),
        profile,
        allocator: judged.allocator.key(),
        exceptions: judged.exceptions.iter().map(exception).collect(),
        verdicts: judged.rows.iter().map(verdict).collect(),
    }
}

fn verdict(row: &Row) -> Of<'_> {
    let class = Class::of(&row.verdict);
    let site = row.site.as_ref().map(|site| Place {
        name: &site.name,
        module: &site.module,
        file: &site.file,
        line: site.line,
        column: site.column,
        form: &site.form,
    });
    let sink = match &row.verdict {
        Verdict::MayAllocate(chain) => Some(Sink { symbol: &chain.sink, frees: chain.frees }),
        _ => None,
    };
    let places = match &row.verdict {
        Verdict::Unknown(_, places) => Some(*places),
        _ => None,
    };
    Of {
        site,
        function: &row.function,
        symbol: &row.symbol,
        address: Some(row.address).filter(|_| class != Class::NotCompiled),
        verdict: class.key(),
        rests_on_trust: row.rests_on_trust,
        chain: steps(&row.chain),
        sink,
        why: row.doubts.iter().map(why).collect(),
        places,
        note: words::note(class, row.site.as_ref().map(|site| site.form.as_str()), &row.verdict),
    }
}

fn why(doubt: &ShownDoubt) -> Why<'_> {
    let ShownDoubt { chain, why } = doubt;
    Why { chain: steps(chain), reason: words::reason_key(why), text: words::reason(why) }
}

fn steps(frames: &[Frame]) -> Vec<Step<'_>> {
    let mut steps = Vec::with_capacity(frames.len());
    for Frame { function, address, place, is_inlined } in frames {
        let (file, line) = match place {
            Some((file, line)) => (Some(file.as_str()), Some(*line)),
            None => (None, None),
        };
        steps.push(Step { function, address: *address, file, line, inlined: *is_inlined });
    }
    steps
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::judge_binary::Asked;
    use super::super::made_up::{self, judged, row};
    use super::super::trust::Trust;
    use super::*;

    #[test]
    fn json_has_all_of_it() {
        let rows = vec![
            row(1, "app::grows", made_up::may_allocate()),
            row(2, "app::calls", made_up::unknown()),
            row(3, "app::absent", Verdict::NotCompiled),
        ];
        let proof = Proof {
            judged: vec![judged("app", rows)],
            trust: Trust::default(),
            asked: Asked::default(),
            profile: Some("release".to_owned()),
            changed: vec!["strip = \"none\"".to_owned()],
            denies: Vec::new(),
        };
        let json: Value = serde_json::from_str(&of(&proof)).expect("JSON");
        assert_eq!((&json["version"], &json["exit_code"]), (&1.into(), &3.into()));
        assert!(json["assumptions"].as_array().is_some_and(|all| all.len() == words::ASSUMPTIONS.len() + 1));
        let binary = &json["binaries"][0];
        assert_eq!((&binary["profile"], &binary["allocator"]), (&"release".into(), &"std".into()));
        let [grows, calls, absent] = [0, 1, 2].map(|index| &binary["verdicts"][index]);
        assert_eq!(
            (&grows["verdict"], &grows["sink"]["symbol"]),
            (&"may-allocate".into(), &"__rust_alloc".into())
        );
        assert_eq!((&grows["chain"][1]["line"], &grows["chain"][1]["inlined"]), (&99.into(), &true.into()));
        assert_eq!((&calls["why"][0]["reason"], &calls["places"]), (&"indirect-call".into(), &3.into()));
        assert_eq!(calls["why"][0]["chain"][0]["address"], 0x2010);
        assert_eq!((&absent["verdict"], &absent["address"]), (&"not-compiled".into(), &Value::Null));
        assert_eq!(absent["site"]["line"], 4);
    }
}
