//! What a program shows: figures, messages of broken budgets, lines on standard error. Written down without allocating.

use std::any::Any;
use std::fmt;

use alloc_kit::Usage;

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Usage(Usage),
    /// A panic that was caught: the program's own, or a message's first line and what it says besides.
    Caught(Option<Vec<String>>),
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entry::Usage(usage) => write!(f, "measured {usage}, freed {} bytes", usage.bytes_freed),
            Entry::Caught(None) => f.write_str("caught the program's panic"),
            Entry::Caught(Some(lines)) => write!(f, "caught {}", lines.join("; ")),
        }
    }
}

/// What broken budgets say beside their title.
const ALSO: &str = "it also ";

/// Of a message, the first line and what else was over its limit.
pub(crate) fn lines_of(message: &str) -> impl Iterator<Item = &str> {
    let title = message.lines().take(1);
    title.chain(message.lines().skip(1).filter_map(|line| line.find(ALSO).map(|at| &line[at..])))
}

/// Entries, in memory that was there before.
pub(crate) struct Log {
    records: Vec<Record>,
    text: String,
}

#[derive(Clone, Copy)]
enum Record {
    Usage(Usage),
    Panic,
    /// Where its lines end in the text, and how long the message was.
    Message(usize, usize),
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { records: Vec::with_capacity(1 << 12), text: String::with_capacity(1 << 20) }
    }

    pub(crate) fn clear(&mut self) {
        self.records.clear();
        self.text.clear();
    }

    fn push(&mut self, record: Record) {
        assert!(self.records.len() < self.records.capacity(), "a program shows too much");
        self.records.push(record);
    }

    pub(crate) fn usage(&mut self, usage: &Usage) {
        self.push(Record::Usage(*usage));
    }

    /// Looks at what was caught, which is the caller's to drop.
    pub(crate) fn caught(&mut self, payload: &(dyn Any + Send)) {
        let Some(message) = payload.downcast_ref::<String>() else {
            // A failure of the test itself.
            assert!(payload.is::<()>(), "a panic of the test: {:?}", payload.downcast_ref::<&str>());
            return self.push(Record::Panic);
        };
        for line in lines_of(message) {
            assert!(self.text.len() + line.len() < self.text.capacity(), "a program says too much");
            self.text.push_str(line);
            self.text.push('\n');
        }
        self.push(Record::Message(self.text.len(), message.len()));
    }

    /// Takes over what another has.
    pub(crate) fn append(&mut self, other: &Log) {
        let before = self.text.len();
        assert!(before + other.text.len() < self.text.capacity(), "a program says too much");
        self.text.push_str(&other.text);
        for record in &other.records {
            self.push(match *record {
                Record::Message(end, length) => Record::Message(before + end, length),
                record => record,
            });
        }
    }

    /// The entries, and how long each message was.
    pub(crate) fn entries(&self) -> (Vec<Entry>, Vec<u64>) {
        let (mut start, mut lengths) = (0, Vec::new());
        let mut entry = |record: &Record| match *record {
            Record::Usage(usage) => Entry::Usage(usage),
            Record::Panic => Entry::Caught(None),
            Record::Message(end, length) => {
                let lines = self.text[start..end].lines().map(str::to_owned).collect();
                start = end;
                lengths.push(length as u64);
                Entry::Caught(Some(lines))
            }
        };
        (self.records.iter().map(&mut entry).collect(), lengths)
    }
}
