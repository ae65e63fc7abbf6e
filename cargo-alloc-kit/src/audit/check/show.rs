//! What a check says.

use std::fmt::Write;

use serde::Serialize;

use super::Outcome;
use super::budgets::{At, Judged, Verdict};
use super::compare::{Change, Compared};
use crate::audit::config::Written;
use crate::audit::model::Cost;
use crate::audit::report::words::amount;
use crate::exit::Exit;
use crate::shell::{BOLD, ERROR, FAINT, GOOD, WARNING};
use crate::untrusted::line_of;

/// How many changes are listed of each kind.
const LISTED: usize = 20;

/// The version of the JSON.
const VERSION: u64 = 1;

/// `quiet` is without what held.
pub(super) fn text(outcome: &Outcome<'_>, quiet: bool) -> String {
    let mut text = String::new();
    for judged in outcome.budgets.iter().filter(|judged| !quiet || judged.verdict != Verdict::Held) {
        budget(&mut text, judged);
    }
    let fails = |compared: &Compared| !compared.worse.is_empty() || !compared.unsure.is_empty();
    if let Some((baseline, within, compared)) =
        outcome.baseline.as_ref().filter(|(.., compared)| !quiet || fails(compared))
    {
        let _ = writeln!(
            text,
            "{BOLD}against {}{BOLD:#}, tolerance {}{}",
            line_of(&baseline.profile.display().to_string()),
            within.tolerance,
            if within.is_of_sampling { ", as the profiles are sampled and none is set" } else { "" }
        );
        changes(&mut text, compared, quiet);
    }
    let last = match outcome.exit {
        Exit::Worse => format!("{ERROR}worse{ERROR:#}: more was allocated than may be"),
        Exit::NotVerified => format!("{WARNING}not verified{WARNING:#}: not all could be judged"),
        _ => format!("{GOOD}held{GOOD:#}"),
    };
    let _ = writeln!(text, "{last}");
    text
}

fn budget(text: &mut String, judged: &Judged<'_>) {
    let Judged { budget, verdict, measured, top, languages: _, is_sampled } = judged;
    let by = if *is_sampled { ", by samples" } else { "" };
    let name = line_of(&budget.name());
    let measured = measured.map(amount).unwrap_or_default();
    let limit: Vec<String> = [(budget.bytes, "bytes"), (budget.blocks, "blocks")]
        .iter()
        .filter_map(|(limit, what)| limit.map(|limit| format!("{} {what}", crate::table::count(limit))))
        .collect();
    let limit = limit.join(", ");
    let _ = match verdict {
        Verdict::Held => writeln!(text, "{GOOD}held{GOOD:#}: {name}: {measured}{by}; its budget is {limit}"),
        Verdict::NotVerified(why) => {
            writeln!(
                text,
                "{WARNING}not verified{WARNING:#}: {name}: {}; its budget is {limit}",
                line_of(why)
            )
        }
        Verdict::Worse(over) => writeln!(text, "{ERROR}worse{ERROR:#}: {name}: {}{by}", over.join(", ")),
    };
    if matches!(verdict, Verdict::Worse(_)) {
        for At { file, line, function, cost } in top {
            let (file, function) = (line_of(file), line_of(function));
            let _ = writeln!(text, "  {file}:{line} {}  {FAINT}{function}{FAINT:#}", amount(*cost));
        }
    }
}

fn changes(text: &mut String, compared: &Compared, quiet: bool) {
    for why in &compared.unsure {
        let _ = writeln!(text, "{WARNING}not verified{WARNING:#}: {}", line_of(why));
    }
    let kinds = [
        ("worse", ERROR, &compared.worse),
        ("new", WARNING, &compared.new),
        ("better", GOOD, &compared.better),
    ];
    for (kind, style, list) in kinds.into_iter().filter(|(kind, ..)| !quiet || *kind == "worse") {
        for Change { of, before, after } in list.iter().take(LISTED) {
            let _ = writeln!(
                text,
                "{style}{kind}{style:#}: {}: {}, was {}",
                line_of(of),
                amount(*after),
                amount(*before)
            );
        }
        if list.len() > LISTED {
            let _ = writeln!(text, "  and {} more that are {kind}", list.len() - LISTED);
        }
    }
    if compared.same > 0 && !quiet {
        let _ = writeln!(text, "{FAINT}{} as before{FAINT:#}", compared.same);
    }
}

#[derive(Serialize)]
struct Text<'a> {
    alloc_kit_audit_check: u64,
    exit_code: u8,
    budgets: Vec<OfBudget<'a>>,
    baseline: Option<OfBaseline<'a>>,
}

#[derive(Serialize)]
struct OfBudget<'a> {
    budget: Written<'a>,
    verdict: &'static str,
    over: &'a [String],
    why: Option<&'a str>,
    measured: Option<Cost>,
    is_sampled: bool,
    top: &'a [At],
}

#[derive(Serialize)]
struct OfBaseline<'a> {
    profile: String,
    tolerance: String,
    #[serde(flatten)]
    compared: &'a Compared,
}

/// An object with a line end.
pub(super) fn json(outcome: &Outcome<'_>) -> String {
    let text = Text {
        alloc_kit_audit_check: VERSION,
        exit_code: outcome.exit.code(),
        budgets: outcome.budgets.iter().map(written).collect(),
        baseline: outcome.baseline.as_ref().map(|(baseline, within, compared)| OfBaseline {
            profile: baseline.profile.display().to_string(),
            tolerance: within.tolerance.to_string(),
            compared,
        }),
    };
    let json = serde_json::to_string(&text);
    // All keys are texts.
    json.map_or_else(|error| unreachable!("{error}"), |json| json + "\n")
}

fn written<'a>(judged: &'a Judged<'_>) -> OfBudget<'a> {
    let (verdict, over, why) = match &judged.verdict {
        Verdict::Held => ("held", &[][..], None),
        Verdict::Worse(over) => ("worse", over.as_slice(), None),
        Verdict::NotVerified(why) => ("not verified", &[][..], Some(why.as_str())),
    };
    OfBudget {
        budget: judged.budget.written(),
        verdict,
        over,
        why,
        measured: judged.measured,
        is_sampled: judged.is_sampled,
        top: &judged.top,
    }
}
