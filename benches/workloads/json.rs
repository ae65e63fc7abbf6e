//! W5: events arrive as JSON, one a line; logins are counted, and all kinds, users and messages looked at.
//!
//! Borrowed fields are serde's own way. alloc-kit has nothing to add but the `#[alloc_budget]` with which it stays so: no code
//! where budgets are off, as in what is timed. Two things undo it unseen. `Cow` without `#[serde(borrow)]` is always owned,
//! though its type says otherwise: the second side has it. And a `&str` of a text with an escape in it is an error, not a
//! copy: it is for what never has one, such as the kind. By hand, where all lines are one text, one `Deserializer` reads
//! them, and with it one buffer to unescape in.

use std::borrow::Cow;
use std::fmt::Write;

use alloc_kit::alloc_budget;
use serde::Deserialize;
use serde_json::Deserializer;

use crate::inputs::{Random, kept};
use crate::look::{look, then};
use crate::workload::{Expect, Side, Workload};

/// W5.
pub const JSON: Workload = Workload {
    id: "w5",
    theme: "json",
    title: "JSON events of three texts, 5 % of them escaped",
    guide: &["`&str` not `String`", "`.clone()` in hot loops"],
    input: "made up, seed 5: one event a line, some 90 bytes, every 20th of a user with an escape in the name",
    size: 10_000,
    unit: "events",
    published: None,
    expect: Expect::Gain,
    sides,
};

/// Events of logins, and what a look at all kinds, users and messages gives.
type Found = (usize, u64);

fn sides(events: usize) -> Vec<Side> {
    let lines = lines(events);
    vec![
        Side::naive("`String` fields", move || owned(lines)).allocates(30_500),
        Side::naive("`Cow<str>` fields without `#[serde(borrow)]`", move || unborrowed(lines))
            .allocates(30_500),
        Side::std("`&str`, and `Cow<str>` with `#[serde(borrow)]`", move || borrowed(lines)).allocates(1_000),
        Side::kit("the same, `#[alloc_budget(2)]` for an event", move || budgeted(lines)).allocates(1_000),
        Side::hand("the same, by one `Deserializer`", move || stream(lines)).allocates(501),
    ]
}

fn owned(lines: &str) -> Found {
    #[derive(Deserialize)]
    struct Event {
        kind: String,
        user: String,
        message: String,
    }
    let mut found = (0, 0);
    for line in lines.lines() {
        let Event { kind, user, message } = serde_json::from_str(line).expect("an event");
        add(&mut found, [&kind, &user, &message]);
    }
    found
}

/// Looks borrowed, and is not.
fn unborrowed(lines: &str) -> Found {
    #[derive(Deserialize)]
    struct Event<'e> {
        kind: Cow<'e, str>,
        user: Cow<'e, str>,
        message: Cow<'e, str>,
    }
    let mut found = (0, 0);
    for line in lines.lines() {
        let Event { kind, user, message } = serde_json::from_str(line).expect("an event");
        add(&mut found, [&kind, &user, &message]);
    }
    found
}

#[derive(Deserialize)]
struct Event<'e> {
    kind: &'e str,
    #[serde(borrow)]
    user: Cow<'e, str>,
    #[serde(borrow)]
    message: Cow<'e, str>,
}

/// Two allocations for a user with an escape: `serde_json`'s, to unescape it, and the user.
fn borrowed(lines: &str) -> Found {
    let mut found = (0, 0);
    for line in lines.lines() {
        let Event { kind, user, message } = serde_json::from_str(line).expect("an event");
        add(&mut found, [kind, &user, &message]);
    }
    found
}

fn budgeted(lines: &str) -> Found {
    #[alloc_budget(2)]
    fn event(line: &str) -> Event<'_> {
        serde_json::from_str(line).expect("an event")
    }
    let mut found = (0, 0);
    for line in lines.lines() {
        let Event { kind, user, message } = event(line);
        add(&mut found, [kind, &user, &message]);
    }
    found
}

fn stream(lines: &str) -> Found {
    let mut found = (0, 0);
    for event in Deserializer::from_str(lines).into_iter() {
        let Event { kind, user, message } = event.expect("an event");
        add(&mut found, [kind, &user, &message]);
    }
    found
}

fn add(found: &mut Found, event: [&str; 3]) {
    found.0 += usize::from(event[0] == "login");
    found.1 = event.into_iter().fold(found.1, |all, text| then(all, look(text)));
}

fn lines(events: usize) -> &'static str {
    const KINDS: [&str; 5] = ["login", "logout", "order", "payment", "search"];
    const MESSAGES: [&str; 4] = [
        "signed in from a device that is known",
        "the session was ended by the user",
        "stock was reserved for two hours, in two stores",
        "no result for these words, and none for fewer",
    ];
    const USERS: [&str; 4] = ["Ada", "Grace", "Konrad", "Niklaus"];
    let (mut random, mut text) = (Random(5), String::new());
    for event in 1..=events {
        let (kind, message) = (random.one_of(&KINDS), random.one_of(&MESSAGES));
        let user = if event % 20 == 0 { r"Zo\u00eb" } else { random.one_of(&USERS) };
        _ = writeln!(text, r#"{{"kind":"{kind}","user":"{user}","message":"{message}"}}"#);
    }
    kept(text)
}
