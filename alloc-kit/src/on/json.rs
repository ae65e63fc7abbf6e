//! A site as a line of JSON. The schema is in `docs/report.md`.

use core::fmt::Write;
use core::ptr;

use super::allow::Used;
use super::report::{self, SCHEMA};
use super::site::{Exception, SITES, Site};
use super::stats::Seen;
use super::verdict::KEYS;

/// A line of JSON for a site; `used` are all exceptions that were.
pub(super) fn of_site(site: &Site, used: &[Used]) -> String {
    let of_site = |used: &&Used| used.site.is_some_and(|known| ptr::eq(known, site));
    of_site_with(site, used.iter().filter(of_site))
}

/// What is said first, of a budget of any kind.
pub(super) fn of_any_site(site: &Site, kind: &str, path: Option<&str>) -> Object {
    Object::new()
        .number("alloc_kit", SCHEMA.cast_signed())
        .text("kind", kind)
        .number("id", id(site))
        .text("path", &format!("{}::{}", site.module, site.name))
        .text_or_null("type_path", path.map(without_closures))
        .text("file", site.file)
        .number("line", site.line.into())
        .number("column", site.column.into())
}

/// A line of JSON for a site, and for the exceptions in its calls.
pub(super) fn of_site_with<'a>(site: &Site, used: impl Iterator<Item = &'a Used>) -> String {
    let seen = site.stats.seen();
    let (verdict, why) = verdict(site, &seen);
    let line = of_any_site(site, "function", seen.path).text("form", site.form);
    let budget = site.budget.iter().fold(Object::new(), |all, (key, limit)| all.text(key, limit));
    let each = |value: &dyn Fn(i64, Option<i64>) -> Option<i64>| {
        KEYS.iter().zip(seen.keys).fold(Object::new(), |all, (key, (most, room))| match value(most, room) {
            Some(number) => all.number(key.name(), number),
            None => all,
        })
    };
    let exceptions = used.map(|used| {
        exception(Object::new(), used.exception)
            .number("times", used.times.cast_signed())
            .number("allocations", used.allocations.cast_signed())
            .number("bytes", used.bytes.cast_signed())
            .end()
    });
    let line = line
        .raw("budget", &budget.end())
        .text("scope", if site.process { "process" } else { "thread" })
        .number("calls", seen.calls.cast_signed())
        .number("judged", seen.judged.cast_signed())
        .number("warmed_up", seen.warmed_up.cast_signed())
        .number("not_judged", seen.not_judged.cast_signed())
        .number("broken", seen.broken.cast_signed())
        .number("threads_started", seen.threads.cast_signed())
        .raw("most", &if seen.judged == 0 { "null".to_owned() } else { each(&|most, _| Some(most)).end() })
        .raw("room", &each(&|_, room| room).end())
        .list("exceptions", exceptions)
        .text("verdict", verdict)
        .text_or_null("why", why);
    report::process(line).line()
}

/// Its number in the program: several that one macro makes at one place differ in nothing else.
fn id(site: &Site) -> i64 {
    let bytes = ptr::from_ref(site).addr().wrapping_sub(SITES.as_ptr().addr());
    let index = Some(bytes / size_of::<Site>()).filter(|index| *index < SITES.len());
    index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1)
}

/// A line of JSON for an exception, used or not; `used` are all that were.
pub(super) fn of_exception(site: &Exception, used: &[Used]) -> String {
    let used = || used.iter().filter(|used| ptr::eq(used.exception, site));
    let sum = |of: fn(&Used) -> u64| used().map(of).sum::<u64>().cast_signed();
    let line = Object::new()
        .number("alloc_kit", SCHEMA.cast_signed())
        .text("kind", "exception")
        .text("module", site.module);
    let line = exception(line, site)
        .number("times", sum(|used| used.times))
        .number("allocations", sum(|used| used.allocations))
        .number("bytes", sum(|used| used.bytes));
    report::process(line).line()
}

fn exception(object: Object, site: &Exception) -> Object {
    object.text("reason", site.reason).text("file", site.file).number("line", site.line.into())
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
pub(super) struct Object(String);

impl Object {
    pub(super) fn new() -> Self {
        Self(String::from("{"))
    }

    fn key(mut self, key: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        // Keys are this crate's own, and have nothing to escape.
        self.0.push('"');
        self.0.push_str(key);
        self.0.push_str("\":");
        self
    }

    pub(super) fn number(self, key: &str, value: i64) -> Self {
        match value {
            0 => self.raw(key, "0"),
            value => self.raw(key, &value.to_string()),
        }
    }

    pub(super) fn text(self, key: &str, value: &str) -> Self {
        let mut this = self.key(key);
        this.string(value);
        this
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

    pub(super) fn list(self, key: &str, of: impl Iterator<Item = String>) -> Self {
        self.raw(key, &format!("[{}]", of.collect::<Vec<_>>().join(",")))
    }

    /// The fields of another one, as its [`fields`](Self::fields) are.
    pub(super) fn and(mut self, fields: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(fields);
        self
    }

    pub(super) fn fields(mut self) -> String {
        self.0.split_off(1)
    }

    pub(super) fn raw(self, key: &str, json: &str) -> Self {
        let mut this = self.key(key);
        this.0.push_str(json);
        this
    }

    fn string(&mut self, text: &str) {
        self.0.push('"');
        // PERF: byte by byte by hand, since most texts have nothing to escape, and a debug build is slow in the rest.
        let (bytes, mut plain) = (text.as_bytes(), 0);
        while plain < bytes.len() && !matches!(bytes[plain], b'"' | b'\\' | ..b' ') {
            plain += 1;
        }
        // What is to be escaped is a character of one byte.
        let (plain, rest) = text.split_at(plain);
        self.0.push_str(plain);
        for c in rest.chars() {
            match c {
                '"' | '\\' => self.0.extend(['\\', c]),
                c if c < ' ' => {
                    let _ = write!(self.0, "\\u{:04x}", u32::from(c));
                }
                c => self.0.push(c),
            }
        }
        self.0.push('"');
    }

    pub(super) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }

    pub(super) fn line(self) -> String {
        let mut line = self.end();
        line.push('\n');
        line
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
