//! A site as a line of JSON. The schema is in `docs/report.md`.

use core::ptr;

use super::allow::Used;
use super::report::{self, SCHEMA};
use super::site::{Exception, SITES, Site};
use super::stats::Seen;
use super::text::Text;
use super::verdict::KEYS;

/// What the lines of a kind begin with.
const FUNCTION: &str = r#"{"alloc_kit":1,"kind":"function","id":"#;
const BREACH: &str = r#"{"alloc_kit":1,"kind":"breach","id":"#;
const EXCEPTION: &str = r#"{"alloc_kit":1,"kind":"exception","module":""#;
const _: () = assert!(SCHEMA == 1);

/// Texts that sites in a row have in common, the last one of each that has nothing to escape.
#[derive(Default)]
pub(super) struct Known<'a> {
    module: &'a str,
    file: &'a str,
}

/// Writes the line of a site; `used` are all exceptions that were.
pub(super) fn put_site<'a>(text: &mut Text, known: &mut Known<'a>, site: &'a Site, id: i64, used: &[Used]) {
    // PERF: most are, where a process has one test of many.
    if site.stats.is_untouched() {
        put_head(text, known, site, id, FUNCTION, None);
        put_budget(text, site);
        text.put(NOTHING_SEEN);
        let (verdict, why) = verdict(site, &Seen::default());
        put_verdict(text, verdict, why);
        return;
    }
    let of_site = |used: &&Used| used.site.is_some_and(|known| ptr::eq(known, site));
    put_site_with(text, known, site, id, used.iter().filter(of_site));
}

/// What is said first, of a budget of any kind.
fn put_head<'a>(
    text: &mut Text,
    known: &mut Known<'a>,
    site: &'a Site,
    id: i64,
    beginning: &str,
    path: Option<&str>,
) {
    text.put(beginning);
    text.number(id);
    text.put(",\"path\":\"");
    text.escaped_again(site.module, &mut known.module);
    text.put("::");
    text.escaped(site.name);
    match path {
        None => text.put("\",\"type_path\":null,\"file\":\""),
        Some(path) => {
            text.put("\",\"type_path\":\"");
            text.escaped(without_closures(path));
            text.put("\",\"file\":\"");
        }
    }
    text.escaped_again(site.file, &mut known.file);
    text.put("\",\"line\":");
    text.number(i64::from(site.line));
    text.put(",\"column\":");
    text.number(i64::from(site.column));
}

/// What its attribute or macro says of it.
fn put_budget(text: &mut Text, site: &Site) {
    text.put(",\"form\":\"");
    // A word of this crate's, as keys are: they have nothing to escape.
    text.put(site.form);
    let mut separator = "\",\"budget\":{\"";
    let mut index = 0;
    while index < site.budget.len() {
        let (key, limit) = &site.budget[index];
        text.put(separator);
        separator = "\",\"";
        text.put(key);
        text.put("\":\"");
        text.escaped(limit);
        index += 1;
    }
    if index == 0 {
        text.put("\",\"budget\":{");
    } else {
        text.put("\"");
    }
    text.put(if site.process { "},\"scope\":\"process\"" } else { "},\"scope\":\"thread\"" });
}

/// The figures of a site that was never called.
const NOTHING_SEEN: &str = concat!(
    r#","calls":0,"judged":0,"warmed_up":0,"not_judged":0,"broken":0,"threads_started":0"#,
    r#","most":null,"room":{},"exceptions":[]"#,
);

/// What it comes to, and the end of its line.
fn put_verdict(text: &mut Text, verdict: &str, why: Option<&str>) {
    text.put(",\"verdict\":\"");
    text.put(verdict);
    match why {
        None => text.put("\",\"why\":null"),
        Some(why) => {
            text.put("\",\"why\":\"");
            text.escaped(why);
            text.put("\"");
        }
    }
    text.put(report::of_all());
}

/// What is said first of a breach of a site.
pub(super) fn of_breach(site: &Site, path: &str) -> Object {
    let mut text = Text::with_room(1024);
    put_head(&mut text, &mut Known::default(), site, id(site), BREACH, Some(path));
    Object(text)
}

/// Writes the line of a site, with the exceptions in its calls.
pub(super) fn put_site_with<'a, 'u>(
    text: &mut Text,
    known: &mut Known<'a>,
    site: &'a Site,
    id: i64,
    used: impl Iterator<Item = &'u Used>,
) {
    let seen = site.stats.seen();
    put_head(text, known, site, id, FUNCTION, seen.path);
    put_budget(text, site);
    let mut number = |key: &str, value: u64| {
        text.put(key);
        text.number(value.cast_signed());
    };
    number(",\"calls\":", seen.calls);
    number(",\"judged\":", seen.judged);
    number(",\"warmed_up\":", seen.warmed_up);
    number(",\"not_judged\":", seen.not_judged);
    number(",\"broken\":", seen.broken);
    number(",\"threads_started\":", seen.threads);
    if seen.judged == 0 {
        text.put(",\"most\":null");
    } else {
        text.put(",\"most\":");
        put_keys(text, &seen, |most, _| Some(most));
    }
    text.put(",\"room\":");
    put_keys(text, &seen, |_, room| room);
    text.put(",\"exceptions\":[");
    let mut separator = "{";
    for used in used {
        text.put(separator);
        separator = ",{";
        put_exception(text, used.exception);
        put_used(text, [used.times, used.allocations, used.bytes]);
        text.put("}");
    }
    text.put("]");
    let (verdict, why) = verdict(site, &seen);
    put_verdict(text, verdict, why);
}

/// An object with what is known of each key.
fn put_keys(text: &mut Text, seen: &Seen, value: fn(i64, Option<i64>) -> Option<i64>) {
    let (mut index, mut separator) = (0, "{\"");
    while index < KEYS.len() {
        let (most, room) = seen.keys[index];
        if let Some(number) = value(most, room) {
            text.put(separator);
            separator = ",\"";
            text.put(KEYS[index].name());
            text.put("\":");
            text.number(number);
        }
        index += 1;
    }
    text.put(if separator == ",\"" { "}" } else { "{}" });
}

/// Its number in the program: several that one macro makes at one place differ in nothing else.
pub(super) fn id(site: &Site) -> i64 {
    let bytes = ptr::from_ref(site).addr().wrapping_sub(SITES.as_ptr().addr());
    let index = Some(bytes / size_of::<Site>()).filter(|index| *index < SITES.len());
    index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1)
}

/// Writes the line of an exception, used or not; `used` are all that were.
pub(super) fn put_exception_line(text: &mut Text, site: &Exception, used: &[Used]) {
    let mut sum = [0_u64; 3];
    for used in used.iter().filter(|used| ptr::eq(used.exception, site)) {
        sum = [sum[0] + used.times, sum[1] + used.allocations, sum[2] + used.bytes];
    }
    text.put(EXCEPTION);
    text.escaped(site.module);
    text.put("\",");
    put_exception(text, site);
    put_used(text, sum);
    text.put(report::of_all());
}

fn put_exception(text: &mut Text, site: &Exception) {
    text.put("\"reason\":\"");
    text.escaped(site.reason);
    text.put("\",\"file\":\"");
    text.escaped(site.file);
    text.put("\",\"line\":");
    text.number(i64::from(site.line));
}

fn put_used(text: &mut Text, [times, allocations, bytes]: [u64; 3]) {
    text.put(",\"times\":");
    text.number(times.cast_signed());
    text.put(",\"allocations\":");
    text.number(allocations.cast_signed());
    text.put(",\"bytes\":");
    text.number(bytes.cast_signed());
}

/// What can be said of a site, and why nothing better.
fn verdict(site: &Site, seen: &Seen) -> (&'static str, Option<&'static str>) {
    if seen.broken > 0 || seen.over {
        (
            "broken",
            seen.over.then_some("it had not returned when the process ended").filter(|_| seen.broken == 0),
        )
    } else if site.form == "const fn" {
        ("held", Some("a `const fn` cannot allocate"))
    } else if seen.judged > 0 {
        ("held", None)
    } else if let Some(why) = seen.why_not {
        ("not verified", Some(why))
    } else if seen.calls == 0 {
        ("never exercised", None)
    } else if seen.warmed_up >= seen.calls {
        ("not verified", Some("no call came after the warm-up"))
    } else {
        ("not verified", Some("no call returned"))
    }
}

/// `app::Parser<T>::grow` of the path of a closure in it.
fn without_closures(path: &str) -> &str {
    let mut path = path;
    while let Some(outer) = path.strip_suffix("::{{closure}}") {
        path = outer;
    }
    path
}

/// An object that is being written.
pub(super) struct Object(Text);

impl Object {
    pub(super) fn new() -> Self {
        let mut text = Text::with_room(256);
        text.put("{");
        Self(text)
    }

    fn key(&mut self, key: &str) {
        // Keys are this crate's own, and have nothing to escape.
        self.0.put(if self.0.bytes().len() > 1 { ",\"" } else { "\"" });
        self.0.put(key);
        self.0.put("\":");
    }

    pub(super) fn number(mut self, key: &str, value: i64) -> Self {
        self.key(key);
        self.0.number(value);
        self
    }

    pub(super) fn text(mut self, key: &str, value: &str) -> Self {
        self.key(key);
        self.0.put("\"");
        self.0.escaped(value);
        self.0.put("\"");
        self
    }

    pub(super) fn text_or_null(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(key, value),
            None => self.raw(key, "null"),
        }
    }

    pub(super) fn number_or_null(self, key: &str, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.number(key, value),
            None => self.raw(key, "null"),
        }
    }

    pub(super) fn list(mut self, key: &str, of: impl Iterator<Item = String>) -> Self {
        self.key(key);
        self.0.put("[");
        for (index, item) in of.enumerate() {
            self.0.put(if index > 0 { "," } else { "" });
            self.0.put(&item);
        }
        self.0.put("]");
        self
    }

    pub(super) fn raw(mut self, key: &str, json: &str) -> Self {
        self.key(key);
        self.0.put(json);
        self
    }

    pub(super) fn end(mut self) -> String {
        self.0.put("}");
        self.0.into_string()
    }

    /// The line of a process, with what all of its lines say.
    pub(super) fn line(mut self) -> String {
        self.0.put(report::of_all());
        self.0.into_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        let json = Object::new().text("a", "x\"\\\n\u{e9}").text_or_null("b", None).number("c", -1).end();
        assert_eq!(json, "{\"a\":\"x\\\"\\\\\\u000a\u{e9}\",\"b\":null,\"c\":-1}");
    }

    #[test]
    fn the_path_of_a_function_is_that_of_the_closures_in_it() {
        assert_eq!(without_closures("app::run::{{closure}}::{{closure}}"), "app::run");
        assert_eq!(without_closures("<app::A as app::B>::run"), "<app::A as app::B>::run");
    }
}
