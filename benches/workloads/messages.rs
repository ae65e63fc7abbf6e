//! W8, and three rows of the guide: texts most of which, or all, are literals.
//!
//! By hand these are what std has for them: `Cow::Borrowed` and `Cow::Owned`, `&'static str` and `&str`. alloc-kit adds a
//! word for the first, `cow_format!`, and for all of them the `#[no_alloc]` with which they stay so: no code where budgets are
//! off, as in what is timed.

use std::borrow::Cow;

use alloc_kit::{cow_format, no_alloc};

use crate::inputs::{Random, access_log};
use crate::look::{in_order, look, then};
use crate::workload::{Expect, Side, Workload};

/// W8.
pub const MESSAGES: Workload = Workload {
    id: "w8",
    theme: "messages",
    title: "errors, 90 % of them fixed texts",
    guide: &["`Cow<'static, str>`"],
    input: "made up, seed 8: three fixed messages, and every 10th with the number of a line",
    size: 10_000,
    unit: "errors",
    published: None,
    expect: Expect::Gain,
    sides: messages,
};

/// `format!` where there is nothing to format.
pub const FORMAT_STATIC: Workload = Workload {
    id: "format_static",
    title: "labels, all of them fixed texts",
    guide: &["Avoid `format!()` for static strings"],
    input: "made up, seed 8: one of three fixed labels each",
    unit: "labels",
    sides: labels,
    ..MESSAGES
};

/// A name for a number.
pub const TO_STRING_LITERAL: Workload = Workload {
    id: "to_string_literal",
    title: "names of statuses, by a function",
    guide: &["`.to_string()` on literals"],
    input: "real: the statuses of 10,000 lines of the log that nginx wrote for examples/triage",
    unit: "names",
    sides: names,
    ..MESSAGES
};

/// A parameter that is only read.
pub const STR_PARAM: Workload = Workload {
    id: "str_param",
    title: "user agents, looked at by a function",
    guide: &["`&str` not `String`"],
    input: "real: the user agents of 10,000 lines of the log that nginx wrote for examples/triage",
    unit: "calls",
    sides: parameters,
    ..MESSAGES
};

/// What is wrong with a file.
#[derive(Clone, Copy)]
enum Fault {
    NoHeader,
    OpenQuote,
    Encoding,
    NoColon(usize),
}

fn messages(errors: usize) -> Vec<Side> {
    let faults = faults(errors, true);
    vec![
        Side::naive("`String`", move || all(faults, owned)).allocates(10_001),
        Side::std("`Cow::Borrowed`, `Cow::Owned`", move || all(faults, by_variant)).allocates(1_001),
        Side::kit("`cow_format!`", move || all(faults, cow)).allocates(1_001),
    ]
}

fn owned(fault: Fault) -> String {
    match fault {
        Fault::NoHeader => "the file has no header".to_string(),
        Fault::OpenQuote => "a quote is not closed".to_string(),
        Fault::Encoding => "the text is not valid UTF-8".to_string(),
        Fault::NoColon(line) => format!("line {line}: no colon"),
    }
}

fn by_variant(fault: Fault) -> Cow<'static, str> {
    match fault {
        Fault::NoHeader => Cow::Borrowed("the file has no header"),
        Fault::OpenQuote => Cow::Borrowed("a quote is not closed"),
        Fault::Encoding => Cow::Borrowed("the text is not valid UTF-8"),
        Fault::NoColon(line) => Cow::Owned(format!("line {line}: no colon")),
    }
}

fn cow(fault: Fault) -> Cow<'static, str> {
    match fault {
        Fault::NoHeader => cow_format!("the file has no header"),
        Fault::OpenQuote => cow_format!("a quote is not closed"),
        Fault::Encoding => cow_format!("the text is not valid UTF-8"),
        Fault::NoColon(line) => cow_format!("line {line}: no colon"),
    }
}

/// `.into()` is without the machinery of formatting, and yet an allocation where the type is `String`: it is the type that counts.
fn labels(labels: usize) -> Vec<Side> {
    let faults = faults(labels, false);
    vec![
        Side::naive("`format!(\"..\")`", move || all(faults, formatted)).allocates(10_001),
        Side::std("`\"..\".into()`, a `String`", move || all(faults, into_string)).allocates(10_001),
        Side::kit("`cow_format!(\"..\")`", move || all(faults, cow)).allocates(1),
        Side::hand("`\"..\".into()`, a `Cow`", move || all(faults, into_cow)).allocates(1),
    ]
}

#[expect(clippy::useless_format, reason = "the way that is shown not to pay")]
fn formatted(fault: Fault) -> String {
    match fault {
        Fault::NoHeader => format!("the file has no header"),
        Fault::OpenQuote => format!("a quote is not closed"),
        Fault::Encoding => format!("the text is not valid UTF-8"),
        Fault::NoColon(line) => format!("line {line}: no colon"),
    }
}

fn into_string(fault: Fault) -> String {
    match fault {
        Fault::NoHeader => "the file has no header".into(),
        Fault::OpenQuote => "a quote is not closed".into(),
        Fault::Encoding => "the text is not valid UTF-8".into(),
        Fault::NoColon(line) => format!("line {line}: no colon"),
    }
}

fn into_cow(fault: Fault) -> Cow<'static, str> {
    match fault {
        Fault::NoHeader => "the file has no header".into(),
        Fault::OpenQuote => "a quote is not closed".into(),
        Fault::Encoding => "the text is not valid UTF-8".into(),
        Fault::NoColon(line) => format!("line {line}: no colon").into(),
    }
}

/// One list of all.
fn all<T>(faults: &[Fault], text: impl Fn(Fault) -> T) -> Vec<T> {
    let mut texts = Vec::with_capacity(faults.len());
    texts.extend(faults.iter().map(|fault| text(*fault)));
    texts
}

/// Every tenth with the number of a line, or none.
fn faults(faults: usize, numbered: bool) -> &'static [Fault] {
    let mut random = Random(8);
    let fault = |n: usize| match random.below(3) {
        _ if numbered && n.is_multiple_of(10) => Fault::NoColon(n),
        0 => Fault::NoHeader,
        1 => Fault::OpenQuote,
        _ => Fault::Encoding,
    };
    (0..faults).map(fault).collect::<Vec<_>>().leak()
}

fn names(lines: usize) -> Vec<Side> {
    let statuses: &[u16] = log(lines, |quoted| {
        let status = quoted.get(2).and_then(|after| after.split_ascii_whitespace().next());
        status.and_then(|status| status.parse().ok()).unwrap_or(0)
    });
    vec![
        Side::naive("`\"..\".to_string()`", move || owned_names(statuses)).allocates(10_000),
        Side::std("`&'static str`", move || static_names(statuses)).allocates(0),
        Side::kit("`&'static str`, `#[no_alloc]`", move || budgeted_names(statuses)).allocates(0),
    ]
}

/// How many are no success, and what a look at all names gives.
fn seen(names: impl Iterator<Item = impl AsRef<str>>) -> (usize, u64) {
    names.fold((0, 0), |(bad, all), name| {
        let name = name.as_ref();
        (bad + usize::from(name == "refused" || name == "failed"), then(all, look(name)))
    })
}

fn owned_names(statuses: &[u16]) -> (usize, u64) {
    fn name(status: u16) -> String {
        match status {
            200 => "ok".to_string(),
            201..300 => "done".to_string(),
            300..400 => "moved".to_string(),
            400..500 => "refused".to_string(),
            _ => "failed".to_string(),
        }
    }
    seen(statuses.iter().map(|status| name(*status)))
}

#[no_alloc]
fn budgeted_names(statuses: &[u16]) -> (usize, u64) {
    static_names(statuses)
}

fn static_names(statuses: &[u16]) -> (usize, u64) {
    fn name(status: u16) -> &'static str {
        match status {
            200 => "ok",
            201..300 => "done",
            300..400 => "moved",
            400..500 => "refused",
            _ => "failed",
        }
    }
    seen(statuses.iter().map(|status| name(*status)))
}

fn parameters(lines: usize) -> Vec<Side> {
    let agents: &[String] = log(lines, |quoted| quoted.get(5).copied().unwrap_or_default().to_owned());
    vec![
        Side::naive("`fn is_browser(agent: String)`", move || owned_parameters(agents)).allocates(10_000),
        Side::std("`fn is_browser(agent: &str)`", move || str_parameters(agents)).allocates(0),
        Side::kit("`fn is_browser(agent: &str)`, `#[no_alloc]`", move || budgeted_parameters(agents))
            .allocates(0),
    ]
}

#[expect(clippy::needless_pass_by_value, reason = "the way that is shown not to pay")]
fn owned_parameters(agents: &[String]) -> u64 {
    fn is_browser(agent: String) -> bool {
        agent.starts_with("Mozilla/5.0 (") && !agent.ends_with(')')
    }
    in_order(agents.iter().map(|agent| u64::from(is_browser(agent.clone()))))
}

#[no_alloc]
fn budgeted_parameters(agents: &[String]) -> u64 {
    str_parameters(agents)
}

fn str_parameters(agents: &[String]) -> u64 {
    fn is_browser(agent: &str) -> bool {
        agent.starts_with("Mozilla/5.0 (") && !agent.ends_with(')')
    }
    in_order(agents.iter().map(|agent| u64::from(is_browser(agent))))
}

/// Something of each line of the log, out of what is before, between and after its quotes.
fn log<T>(lines: usize, part: impl Fn(&[&str]) -> T) -> &'static [T] {
    let parts = access_log(lines).lines().map(|line| part(&line.split('"').collect::<Vec<_>>()));
    parts.collect::<Vec<_>>().leak()
}
