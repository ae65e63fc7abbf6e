//! What both ways share: the configuration, the wire, the report, and the driver that has the stages of the job.

use std::io::{self, Write};
use std::time::{Duration, Instant};

/// A batch is sent when it has so many bytes.
pub(crate) const BATCH_BYTES: usize = 64 * 1024;

/// Hosts that the report names.
pub(crate) const TOP: usize = 3;

/// As it would be in a file: a word in lower case, and what kind of client has it in its user agent. The first one decides.
pub(crate) const CONFIG: &str = "\
bot = crawler\nzgrab = scanner\nsqlmap = scanner\nkube-probe = probe\nshopapp = app\nokhttp = app\n\
curl = tool\npython = tool\ngo-http = tool\nfacebookexternalhit = crawler\nmozilla = browser\n";

/// The configuration, read once.
#[derive(Clone, Debug)]
pub(crate) struct Kinds(Vec<(String, String)>);

impl Kinds {
    /// Reads the lines of a configuration.
    ///
    /// # Errors
    ///
    /// For a line that has no ` = `, which it names.
    pub(crate) fn parse(config: &str) -> Result<Self, String> {
        let pair = |(number, line): (usize, &str)| match line.split_once(" = ") {
            Some((word, kind)) => Ok((word.to_string(), kind.to_string())),
            None => Err(format!("line {} of the configuration has no ` = `: {line}", number + 1)),
        };
        config.lines().enumerate().map(pair).collect::<Result<_, _>>().map(Self)
    }

    /// The kind of a user agent that is in lower case.
    pub(crate) fn of(&self, agent: &str) -> &str {
        self.0.iter().find(|(word, _)| agent.contains(word)).map_or("other", |(_, kind)| kind)
    }
}

/// The number of a month's name.
pub(crate) fn month(name: &str) -> Option<u8> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    (1..).zip(MONTHS).find(|(_, month)| *month == name).map(|(number, _)| number)
}

/// In place of a connection: how much was sent, and the sum of its bytes.
#[derive(Default)]
pub(crate) struct Wire {
    pub(crate) bytes: usize,
    pub(crate) sum: u64,
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len();
        self.sum += bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the operator is told at the end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) records: u64,
    pub(crate) batches: u64,
    pub(crate) rejected: Vec<String>,
    /// Hosts with most records first.
    pub(crate) busiest: Vec<(String, u64)>,
}

/// The stages of the job, in either way.
pub(crate) trait Ship: Sized {
    fn new(kinds: Kinds) -> Self;

    /// Takes a line of the log, the `number`th.
    fn line(&mut self, number: usize, line: &str);

    /// Whether there is enough for a batch.
    fn is_full(&self) -> bool;

    /// Sends what there is.
    fn send(&mut self, wire: &mut impl Write) -> io::Result<()>;

    fn report(self) -> Report;
}

/// How often each stage was entered, and for how long.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stage {
    pub(crate) calls: u64,
    pub(crate) time: Duration,
}

/// Set up, lines, batches, report.
pub(crate) type Stages = [Stage; 4];

/// The whole job.
///
/// # Errors
///
/// Those of the configuration, and of the wire.
pub(crate) fn ship<S: Ship>(log: &str, wire: &mut impl Write) -> Result<(Report, Stages), String> {
    let mut stages = Stages::default();
    let mut shipper = staged(&mut stages[0], || Kinds::parse(CONFIG).map(S::new))?;
    for (number, line) in log.lines().enumerate() {
        staged(&mut stages[1], || shipper.line(number + 1, line));
        if shipper.is_full() {
            staged(&mut stages[2], || shipper.send(wire)).map_err(cannot_send)?;
        }
    }
    staged(&mut stages[2], || shipper.send(wire)).map_err(cannot_send)?;
    let report = staged(&mut stages[3], || shipper.report());
    Ok((report, stages))
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` wants it")]
fn cannot_send(error: io::Error) -> String {
    format!("cannot send a batch: {error}")
}

fn staged<R>(stage: &mut Stage, work: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = work();
    stage.calls += 1;
    stage.time += start.elapsed();
    result
}
