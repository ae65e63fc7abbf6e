//! Verdicts and memory under load, in the mode that warns and in the one that panics: held to what was planted, and to no growth.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{self, Command};
use std::time::{Duration, Instant};
use std::{env, fs};

use crate::Result;
use crate::figures::Figures;
use crate::generator::{self, Asked};
use crate::load_options::Options;
use crate::routes::{ALL, MOST, describe};
use crate::service::{Mark, Service, Way};
use crate::support::cells::count;
use crate::verdicts::Tally;

/// Seconds of load in a stretch, at the least.
const LEAST: u64 = 3;
/// How long the first stretch goes on until everything was planted.
const PATIENCE: Duration = Duration::from_secs(120);

/// What was asked in all stretches, and how things were after each.
pub(crate) struct Phase {
    pub(crate) panics: bool,
    pub(crate) seconds: u64,
    pub(crate) asked: Asked,
    pub(crate) marks: Vec<Mark>,
    pub(crate) tally: Tally,
    /// What was written to the file of `ALLOC_KIT_REPORT`, in the mode that panics.
    report: Option<String>,
}

/// Puts the service under load for so many seconds, and then for a fifth of that in the mode that panics.
pub(crate) fn hold(seconds: u64, options: &Options) -> Result<()> {
    let program = Way::Metered.build()?;
    let mut figures = Vec::new();
    if !options.panics {
        figures.push(Phase::run(&program, false, seconds)?.figures()?);
    }
    figures.push(Phase::run(&program, true, seconds.div_ceil(5))?.figures()?);
    println!();
    Figures::print(&figures, options.markdown);
    let wrong: Vec<&String> = figures.iter().flat_map(|figures| &figures.wrong).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let wrong: Vec<String> = wrong.into_iter().map(|wrong| format!("- {wrong}")).collect();
    Err(format!("it does not hold:\n{}", wrong.join("\n")))
}

impl Asked {
    /// Asks for some time more.
    fn ask(&mut self, service: &Service, seconds: u64) -> Result<()> {
        let more = generator::ask(&service.address, seconds)?;
        more.sent.into_iter().for_each(|(key, times)| *self.sent.entry(key).or_default() += times);
        more.statuses
            .into_iter()
            .for_each(|(status, times)| *self.statuses.entry(status).or_default() += times);
        Ok(())
    }

    /// Whether something was planted in each handler, in each number: a verdict reads what debug information it needs.
    fn has_planted_all(&self) -> bool {
        let routes: BTreeSet<&str> = ALL.iter().map(|judged| judged.route).collect();
        let mut all =
            routes.iter().flat_map(|route| (1..=MOST).map(move |over| format!("planted {route} {over}")));
        all.all(|key| self.sent.contains_key(&key))
    }
}

impl Phase {
    fn run(program: &Path, panics: bool, seconds: u64) -> Result<Self> {
        let report = env::temp_dir().join(format!("alloc-kit-load-{}.jsonl", process::id()));
        let mut variables: Vec<(&str, &OsStr)> = vec![("LOAD_SEEN", OsStr::new("1"))];
        if panics {
            variables.push(("ALLOC_KIT_REPORT", report.as_os_str()));
        } else {
            variables.push(("ALLOC_KIT_MODE", OsStr::new("warn")));
        }
        let mut service = Service::start(&mut Command::new(program), &variables)?;
        let (mut asked, mut marks) = (Asked::default(), Vec::new());
        // Debug information is read in the first, and all else that is kept is made.
        let stretches = seconds.div_ceil(30).max(2);
        // wrk's script knows whole seconds, the first of which may be nearly over.
        let each = seconds.div_ceil(stretches).max(LEAST);
        for stretch in 0..=stretches {
            let name = if panics { "panics" } else { "warns" };
            eprintln!("mode {name}, stretch {stretch} of {stretches}, {each} s");
            asked.ask(&service, each)?;
            let start = Instant::now();
            while stretch == 0 && !asked.has_planted_all() {
                if start.elapsed() > PATIENCE {
                    return Err(format!(
                        "after {} s more of load not every handler had something planted in each number: sent {:?}",
                        PATIENCE.as_secs(),
                        asked.sent
                    ));
                }
                asked.ask(&service, each)?;
            }
            marks.push(service.mark()?);
        }
        let (last, tally) = service.end()?;
        marks.push(last);
        let mut phase = Self { panics, seconds: each * stretches, asked, marks, tally, report: None };
        if panics {
            let text = fs::read_to_string(&report).map_err(|error| format!("there is no report: {error}"))?;
            let _ = fs::remove_file(&report);
            phase.report = Some(text);
        }
        Ok(phase)
    }

    /// The figures, and what is wrong with them.
    fn figures(&self) -> Result<Figures> {
        let last = self.marks.last().ok_or("no mark")?;
        let mut wrong = Vec::new();
        self.compare_requests(last, &mut wrong);
        self.compare_answers(last, &mut wrong);
        self.compare_verdicts(&mut wrong);
        if let Some(report) = &self.report {
            self.compare_with_report(report, &mut wrong);
        }
        let own = self.own_bytes();
        // From the end of the first stretch on.
        let (start, end) = (own.first().copied().unwrap_or(0), own.last().copied().unwrap_or(0));
        if own.len() < self.marks.len() || own.iter().any(|bytes| *bytes != start) {
            wrong.push(format!("alloc-kit's own bytes are not what they were: {own:?}"));
        }
        let threads: Vec<u64> = self.marks.iter().map(|mark| mark.threads).collect();
        if threads.iter().any(|number| *number != threads[0]) {
            wrong.push(format!("threads come or stay: {threads:?}"));
        }
        let planted = self.planted().iter().map(|(_, times)| times).sum();
        let right: u64 = self.tally.right.values().sum();
        let resident = |mark: Option<&Mark>| mark.map_or(0, |mark| mark.resident_kib);
        Ok(Figures {
            panics: self.panics,
            seconds: self.seconds,
            requests: self.asked.sent.values().sum(),
            planted,
            right,
            false_verdicts: self.tally.wrong_verdicts,
            own_bytes: (start, end),
            resident_kib: (resident(self.marks.first()), resident(Some(last))),
            wrong,
        })
    }

    /// Each verdict that there has to be, by function and number.
    fn planted(&self) -> Vec<((usize, u64), u64)> {
        let mut planted = Vec::new();
        for (key, times) in &self.asked.sent {
            let mut words = key.split(' ');
            let (Some("planted"), Some(route), Some(over)) = (words.next(), words.next(), words.next())
            else {
                continue;
            };
            for (index, judged) in ALL.iter().enumerate() {
                let is_judged = judged.route == route && !(self.panics && judged.is_left_by_a_panic());
                if let Some(over) = over.parse().ok().filter(|_| is_judged) {
                    planted.push(((index, over), *times));
                }
            }
        }
        planted
    }

    fn compare_verdicts(&self, wrong: &mut Vec<String>) {
        let planted: BTreeMap<_, _> = self.planted().into_iter().collect();
        for key in planted.keys().chain(self.tally.right.keys()) {
            let number = |of: &BTreeMap<_, u64>| of.get(key).copied().unwrap_or(0);
            let (planted, said) = (number(&planted), number(&self.tally.right));
            if planted != said {
                wrong.push(format!("{}: planted {planted} times, said {said} times", describe(key.0, key.1)));
            }
        }
        for line in &self.tally.wrong {
            wrong.push(format!("a verdict that nothing was planted for: {line}"));
        }
        if self.tally.given_up > 0 {
            wrong.push(format!("{} requests were given up on, and wrk waits for all", self.tally.given_up));
        }
        let all: u64 = planted.values().sum();
        if self.tally.with_the_line != all {
            let shown = count(self.tally.with_the_line);
            wrong.push(format!("of {} verdicts {shown} show the line that planted", count(all)));
        }
        for (index, judged) in ALL.iter().enumerate() {
            let calls: u64 = planted.iter().filter(|((of, _), _)| *of == index).map(|(_, times)| times).sum();
            let said = self.tally.at_the_end.get(judged.name).copied().unwrap_or(0);
            if said != calls {
                wrong.push(format!(
                    "`{}` was over its budget in {calls} calls; at the end it is {said}",
                    judged.name
                ));
            }
            if self.panics && judged.is_left_by_a_panic() {
                let left = self.tally.left_by_a_panic.get(&index).copied().unwrap_or(0);
                let asked = self.sent(|key| key.starts_with(&format!("planted {} ", judged.route)));
                if left != asked {
                    wrong.push(format!(
                        "`{}` was left by a panic {asked} times, said {left} times",
                        judged.name
                    ));
                }
            }
        }
    }

    fn sent(&self, is: impl Fn(&str) -> bool) -> u64 {
        self.asked.sent.iter().filter(|(key, _)| is(key)).map(|(_, times)| times).sum()
    }

    /// What wrk has sent is what the service has seen.
    fn compare_requests(&self, last: &Mark, wrong: &mut Vec<String>) {
        let key = |(route, planted): &(String, u64)| match planted {
            0 => format!("plain {route}"),
            planted => format!("planted {route} {planted}"),
        };
        let seen: BTreeMap<String, u64> = last.requests.iter().map(|(of, times)| (key(of), *times)).collect();
        if seen != self.asked.sent {
            wrong.push(format!("sent {:?}, and seen {seen:?}", self.asked.sent));
        }
    }

    /// What wrk was answered is what the service answered, and what it has to be.
    fn compare_answers(&self, last: &Mark, wrong: &mut Vec<String>) {
        let mut answered: BTreeMap<u64, u64> = BTreeMap::new();
        for ((_, status), times) in &last.answers {
            *answered.entry(*status).or_default() += times;
        }
        if answered != self.asked.statuses {
            wrong.push(format!("answered {answered:?}, and got {:?}", self.asked.statuses));
        }
        let is_panic = |key: &str| self.panics && key.starts_with("planted ");
        // Of the four users that are asked for one is not there.
        let missing = last.answers.get(&(String::from("user"), 404)).copied().unwrap_or(0);
        let refused = self.sent(|key| key.contains(" refuse") && !is_panic(key));
        let failed = self.sent(is_panic);
        let fine = self.sent(|_| true) - missing - refused - failed;
        let expected = [(200, fine), (404, missing), (422, refused), (500, failed)];
        let expected: BTreeMap<u64, u64> = expected.into_iter().filter(|(_, times)| *times > 0).collect();
        if answered != expected || missing == 0 {
            wrong.push(format!("answered {answered:?}, and it has to be {expected:?}"));
        }
    }

    /// After each stretch: what is in use less what alloc-kit has counted, which is its own (and some kilobytes that std had before).
    fn own_bytes(&self) -> Vec<i64> {
        let mut counted = 0;
        let ends = self.marks.iter().zip(&self.tally.stretches);
        ends.map(|(mark, stretch)| {
            counted += stretch;
            mark.bytes - counted
        })
        .collect()
    }

    /// The report's figures of each function are those of the requests.
    fn compare_with_report(&self, report: &str, wrong: &mut Vec<String>) {
        for (index, judged) in ALL.iter().enumerate() {
            let path = format!("\"path\":\"{}\"", judged.path());
            // The last line is of the end.
            let line = report.lines().rfind(|line| line.contains(&path));
            let field = |field: &str| -> Option<u64> {
                let (_, rest) = line?.split_once(&format!("\"{field}\":"))?;
                rest.split([',', '}']).next()?.trim().parse().ok()
            };
            let calls = self.sent(|key| key.split(' ').nth(1) == Some(judged.route));
            let planted = self.planted().into_iter().filter(|((of, _), _)| *of == index);
            let broken: u64 = planted.map(|(_, times)| times).sum();
            if (field("calls"), field("broken")) != (Some(calls), Some(broken)) {
                let name = judged.name;
                wrong.push(format!(
                    "`{name}` had {calls} calls, {broken} over its budget; the report: {line:?}"
                ));
            }
        }
    }
}
