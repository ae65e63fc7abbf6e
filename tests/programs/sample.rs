//! What programs are made of and what becomes of them, counted by the model alone in a sample that is the same everywhere.

use std::collections::BTreeMap;

use proptest::test_runner::TestRng;

use super::generate::Programs;
use super::model::{Machinery, Model};
use super::steps::Step;

/// As many programs.
pub(crate) const PROGRAMS: u64 = 2_000;

/// How often a step was met, and how often what happened.
#[derive(Default)]
pub(crate) struct Sample {
    pub(crate) steps: u64,
    /// Steps that were written, whether or not they were come to.
    pub(crate) written: BTreeMap<&'static str, u64>,
    pub(crate) happened: BTreeMap<&'static str, u64>,
}

impl Sample {
    /// What a panic and a thread take is some usual number here.
    pub(crate) fn of(rng: &mut TestRng) -> Self {
        let mut sample = Self::default();
        for _ in 0..PROGRAMS {
            let program = Programs { process: true }.program(rng);
            program.0.iter().for_each(|step| sample.write(step));
            let mut model = Model::new(Machinery { unwinder: Some(32), spawn: 5 }, Vec::new());
            model.program(&program.0);
            sample.steps += model.steps;
            for (what, times) in model.counts {
                *sample.happened.entry(what).or_default() += times;
            }
        }
        sample
    }

    fn write(&mut self, step: &Step) {
        *self.written.entry(step.name()).or_default() += 1;
        step.inside().into_iter().flatten().for_each(|step| self.write(step));
    }

    pub(crate) fn times(&self, what: &str) -> u64 {
        self.happened.get(what).copied().unwrap_or(0)
    }

    /// As a table of the page.
    pub(crate) fn table(&self) -> Vec<String> {
        let mut lines = vec![
            format!(
                "In {PROGRAMS} programs of the sample, with {} steps that were run:",
                thousands(self.steps)
            ),
            String::new(),
            "| step | run | | what came of it | times |".to_owned(),
            "|---|---:|---|---|---:|".to_owned(),
        ];
        let steps: Vec<&str> = self.written.keys().copied().collect();
        let outcomes: Vec<&str> =
            self.happened.keys().copied().filter(|what| !self.written.contains_key(what)).collect();
        for row in 0..steps.len().max(outcomes.len()) {
            let cell = |list: &[&str]| match list.get(row) {
                Some(what) => format!("{what} | {}", thousands(self.times(what))),
                None => " | ".to_owned(),
            };
            lines.push(format!("| {} | | {} |", cell(&steps), cell(&outcomes)));
        }
        lines
    }
}

/// `12,345`
fn thousands(n: u64) -> String {
    if n < 1_000 { n.to_string() } else { format!("{},{:03}", thousands(n / 1_000), n % 1_000) }
}
