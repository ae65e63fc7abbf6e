//! Annotations of lines, as GitHub Actions takes them from a job's log: `::error file=,line=,col=,title=::message`.
//!
//! Ten of a level are shown of a step, so the worst come first, and the tenth says how many more there are; these follow as plain
//! lines of the log.

use std::fmt::Write;

/// Of each level, for each step.
pub(crate) const SHOWN: usize = 10;

/// What is said of a line.
#[derive(Debug)]
pub(crate) struct Annotation {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: Option<u32>,
    pub(crate) title: String,
    pub(crate) message: String,
}

/// All of a level, of which at most so many are annotations; `what` they are, and the `prefix` of their paths.
pub(crate) fn level(level: &str, what: &str, all: &[Annotation], prefix: &str, most: usize) -> String {
    let shown = if all.len() > most { most - 1 } else { all.len() };
    let mut text = String::new();
    for annotation in &all[..shown] {
        text.push_str(&annotation.command(level, prefix));
    }
    if let [first, ..] = &all[shown..] {
        let more = all.len() - shown;
        let Annotation { line, .. } = first;
        let _ = writeln!(
            text,
            "::{level} file={},line={line},title={}::{}",
            property(&format!("{prefix}{}", first.file.replace('\\', "/"))),
            property(&format!("alloc-kit: {more} more")),
            data(&format!("{more} more {what}, the first of them here: the job's log lists them"))
        );
        for Annotation { file, line, title, message, .. } in &all[shown..] {
            text.push_str(&plain(&format!("{title}: {file}:{line}: {message}")));
        }
        let is = if shown == 1 { "is" } else { "are" };
        text.push_str(&plain(&format!("{shown} {is} shown above as annotations, {more} not")));
    }
    text
}

/// One that is of no line.
pub(crate) fn of_no_line(level: &str, title: &str, message: &str) -> String {
    format!("::{level} title={}::{}\n", property(&format!("alloc-kit: {title}")), data(message))
}

impl Annotation {
    fn command(&self, level: &str, prefix: &str) -> String {
        let Annotation { file, line, column, title, message } = self;
        let column = column.map(|column| format!(",col={column}")).unwrap_or_default();
        let file = property(&format!("{prefix}{}", file.replace('\\', "/")));
        let title = property(&format!("alloc-kit: {title}"));
        format!("::{level} file={file},line={line}{column},title={title}::{}\n", data(message))
    }
}

/// A line of the log that the runner takes for nothing else: `::` is a command at its start, where words of this program stand,
/// and `##[` anywhere.
pub(crate) fn plain(text: &str) -> String {
    text.replace(['\n', '\r'], " ").replace("##[", "## [") + "\n"
}

/// What stands behind `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which `:` and `,` would end as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
