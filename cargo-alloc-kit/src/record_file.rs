//! The file that `ALLOC_KIT_REPORT` asks test processes for, line by line.

use serde::Deserialize;
use serde_json::Value;

use crate::record::{Record, SCHEMA};
use crate::run_file::Lost;
use crate::shard::Records;

/// How every record starts. A text in it can't have that: its quotes are escaped.
const START: &[u8] = b"{\"alloc_kit\":";

/// What a file of records says.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) records: Records,
    /// Numbers of lines that a kill cut off; the rest is whole.
    pub(crate) cut: Vec<usize>,
}

/// What a line says: one record, but where a kill cut one off, and another process went on in its line.
#[derive(Debug, Default)]
pub(crate) struct Line {
    pub(crate) records: Vec<Record>,
    /// Something of it was cut off.
    pub(crate) is_cut: bool,
}

/// Why a text is no record.
enum Wrong {
    /// It ends within a value or a character.
    Cut(String),
    /// It is no text, or no JSON.
    Garbled(String),
    /// It is of something else, or of another version.
    Foreign(String),
}

impl Parsed {
    /// Reads all lines, of which there may be none. The error says which one is wrong.
    pub(crate) fn of(text: &[u8]) -> Result<Self, String> {
        let mut parsed = Self::default();
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            let Line { records, is_cut } =
                Line::of(line).map_err(|why| format!("line {}: {why}", index + 1))?;
            for record in records {
                parsed.records.add(record);
            }
            if is_cut {
                parsed.cut.push(index + 1);
            }
        }
        Ok(parsed)
    }

    /// What is known to lack in a file of this name.
    pub(crate) fn lost(&self, file: &str) -> Lost {
        let cut = self.cut.iter().map(|line| {
            format!("{file}:{line}: a kill cut this line off: what its process knew is lost in part")
        });
        let unended = self.records.unended().into_iter().map(|process| {
            format!(
                "{file}: {} (process {}) did not get to its end: of budgets that it did not break nothing is known",
                process.program, process.pid
            )
        });
        cut.chain(unended).collect()
    }
}

impl Line {
    /// Of a line without its end.
    pub(crate) fn of(line: &[u8]) -> Result<Self, String> {
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(Self::default());
        }
        let why = match record(line) {
            Ok(record) => return Ok(Self { records: vec![record], is_cut: false }),
            Err(Wrong::Foreign(why)) => return Err(why),
            Err(Wrong::Cut(_)) if line.starts_with(b"{") && !is_glued(line) => {
                return Ok(Self { records: Vec::new(), is_cut: true });
            }
            Err(Wrong::Cut(why) | Wrong::Garbled(why)) => why,
        };
        let starts: Vec<usize> = memchr::memmem::find_iter(line, START).collect();
        let front = &line[..starts.first().copied().unwrap_or(line.len())];
        if starts.is_empty() || !START.starts_with(front) {
            return Err(why);
        }
        let mut read = Self { records: Vec::new(), is_cut: !front.is_empty() };
        let ends = starts.iter().skip(1).copied().chain([line.len()]);
        for (start, end) in starts.iter().copied().zip(ends) {
            match record(&line[start..end]) {
                Ok(record) => read.records.push(record),
                Err(Wrong::Foreign(why)) => return Err(why),
                Err(Wrong::Cut(_) | Wrong::Garbled(_)) => read.is_cut = true,
            }
        }
        Ok(read)
    }
}

/// Whether a record starts within a line.
fn is_glued(line: &[u8]) -> bool {
    memchr::memmem::rfind(line, START).is_some_and(|at| at > 0)
}

fn record(text: &[u8]) -> Result<Record, Wrong> {
    let text = str::from_utf8(text).map_err(|error| {
        let why = format!("no text: {error}");
        // In the middle of a character.
        if error.error_len().is_none() { Wrong::Cut(why) } else { Wrong::Garbled(why) }
    })?;
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let why = format!("no JSON: {error}");
        if error.is_eof() { Wrong::Cut(why) } else { Wrong::Garbled(why) }
    })?;
    match value.get("alloc_kit").and_then(Value::as_u64) {
        Some(SCHEMA) => {}
        Some(version) => {
            return Err(Wrong::Foreign(format!(
                "is of version {version} of the report, and this `cargo alloc-kit` knows version {SCHEMA}: \
                 use an `alloc-kit` and a `cargo-alloc-kit` of one time"
            )));
        }
        None => return Err(Wrong::Foreign("is no record of alloc-kit".to_owned())),
    }
    Record::deserialize(value).map_err(|error| Wrong::Foreign(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exception(reason: &str) -> String {
        format!(
            "{{\"alloc_kit\":1,\"kind\":\"exception\",\"program\":\"app\",\"pid\":1,\"module\":\"app\",\"reason\":\"{reason}\",\
             \"file\":\"a.rs\",\"line\":1,\"times\":1,\"allocations\":0,\"bytes\":0}}"
        )
    }

    /// The reasons of the records, and whether something was cut off.
    fn read(line: &[u8]) -> Result<(Vec<String>, bool), String> {
        let Line { records, is_cut } = Line::of(line)?;
        let reason = |record| match record {
            Record::Exception(exception) => exception.used.reason,
            other => panic!("{other:?}"),
        };
        Ok((records.into_iter().map(reason).collect(), is_cut))
    }

    #[test]
    fn what_follows_a_cut_in_its_line_is_known() {
        let (one, two) = (exception("é"), exception("two"));
        for cut in 1..one.len() {
            let line = [&one.as_bytes()[..cut], two.as_bytes()].concat();
            assert_eq!(read(&line), Ok((vec!["two".to_owned()], true)), "at {cut}");
            let again = [&one.as_bytes()[..cut], &two.as_bytes()[..20], two.as_bytes()].concat();
            assert_eq!(read(&again), Ok((vec!["two".to_owned()], true)), "twice, at {cut}");
            let neither = [&one.as_bytes()[..cut], &two.as_bytes()[..cut]].concat();
            // Of less than a start it can't be told whose it is.
            if cut >= START.len() {
                assert_eq!(read(&neither), Ok((vec![], true)), "no whole one, at {cut}");
            }
        }
        assert_eq!(read((one + &two).as_bytes()), Ok((vec!["é".to_owned(), "two".to_owned()], false)));
    }

    #[test]
    fn what_is_foreign_is_not_taken_for_cut() {
        let good = exception("good");
        for line in
            [format!("what, this?{good}"), format!("{{\"level\":1}}{good}"), "{\"level\":}".to_owned()]
        {
            assert!(Line::of(line.as_bytes()).is_err_and(|why| why.starts_with("no JSON")), "{line}");
        }
        let later = good.replacen(":1", ":2", 1);
        assert!(
            Line::of(format!("{{\"alloc_{later}").as_bytes()).is_err_and(|why| why.contains("version 2"))
        );
        // A text that has the start of a record in it is a text.
        let quoted = exception("{\\\"alloc_kit\\\":");
        assert_eq!(read(quoted.as_bytes()), Ok((vec!["{\"alloc_kit\":".to_owned()], false)));
    }
}
