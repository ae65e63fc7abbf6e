//! Programs by chance, as a strategy of proptest's. Small numbers, so that limits are met exactly, missed by one, and broken.

use proptest::prelude::RngExt;
use proptest::strategy::{NewTree, Strategy};
use proptest::test_runner::{TestRng, TestRunner};

use super::shrink::Tree;
use super::steps::{Kind, Limits, Program, Step, Steps, Turn, Wait};

/// Any program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Programs {
    /// Whether there are budgets of the whole process in them; then no other program may run beside.
    pub(crate) process: bool,
}

impl Strategy for Programs {
    type Tree = Tree;
    type Value = Program;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        Ok(Tree::new(self.program(runner.rng())))
    }
}

/// What is around a step.
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    /// A budget of the process may be there.
    process: bool,
    /// A thread may be started there: by its own count it is not known what that costs.
    spawn: bool,
    /// Two threads are not busy with something else.
    both: bool,
}

impl Programs {
    pub(crate) fn program(self, rng: &mut TestRng) -> Program {
        let place = Place { depth: 0, process: self.process, spawn: true, both: true };
        let left = rng.random_range(3..MOST);
        let mut steps = Vec::new();
        let mut chance = Chance { rng, left };
        while chance.left > 0 {
            let step = step(&mut chance, place);
            // Or else the first panic ends the program.
            steps.push(if chance.random_bool(0.7) { Step::Catch(vec![step]) } else { step });
        }
        Program(steps)
    }
}

/// Steps of a program, at the most; some more where they end it.
const MOST: usize = 40;

/// What chance has to decide by, and how many steps are left to it.
struct Chance<'a> {
    rng: &'a mut TestRng,
    left: usize,
}

impl Chance<'_> {
    fn random_range(&mut self, range: std::ops::Range<usize>) -> usize {
        self.rng.random_range(range)
    }

    fn random_bool(&mut self, probability: f64) -> bool {
        self.rng.random_bool(probability)
    }
}

fn inside(rng: &mut Chance<'_>, place: Place) -> Steps {
    let place = Place { depth: place.depth + 1, ..place };
    (0..rng.random_range(1..5)).map(|_| step(rng, place)).collect()
}

fn step(rng: &mut Chance<'_>, place: Place) -> Step {
    rng.left = rng.left.saturating_sub(1);
    // The deeper, the rarer are steps in steps.
    if rng.left > 0 && place.depth < 7 && rng.random_range(0..8) >= place.depth {
        compound(rng, place)
    } else {
        simple(rng)
    }
}

fn size(rng: &mut Chance<'_>) -> usize {
    match rng.random_range(0..40) {
        0 => 300 * 1024,
        1 => 1,
        2 => 4096,
        n => 8 * (1 + n % 8),
    }
}

fn simple(rng: &mut Chance<'_>) -> Step {
    let block = rng.random_range(0..6);
    match rng.random_range(0..40) {
        0..12 => {
            let align = if rng.random_bool(0.2) { 1 << rng.random_range(1..13) } else { 1 };
            Step::Allocate { bytes: size(rng), align, zeroed: rng.random_bool(0.3) }
        }
        12..17 => Step::Grow { block, by: size(rng) },
        17..20 => Step::Shrink { block, by: size(rng) },
        20 => Step::SameSize { block },
        21..28 => Step::Free { block },
        28..33 => Step::Churn { times: rng.random_range(1..4), bytes: size(rng) },
        33 => Step::Churn { times: rng.random_range(20..80), bytes: size(rng) },
        34 => Step::Refused { block: rng.random_bool(0.5).then_some(block) },
        35..37 => Step::Return,
        _ => Step::Panic,
    }
}

fn compound(rng: &mut Chance<'_>, place: Place) -> Step {
    match rng.random_range(0..40) {
        0..16 => {
            let mut kind = Kind::ALL[rng.random_range(0..Kind::ALL.len())];
            if kind == Kind::Process && !place.process {
                kind = Kind::Keys;
            }
            let limits = limits(rng);
            let place = Place { spawn: place.spawn && kind != Kind::Process, ..place };
            let guard = Step::Guard { kind, site: rng.random_range(0..3), limits, steps: inside(rng, place) };
            // Or else a broken one ends most of the program.
            if rng.random_bool(0.6) { Step::Catch(vec![guard]) } else { guard }
        }
        16..21 => Step::Measure(inside(rng, place)),
        21..25 => Step::Allow(inside(rng, place)),
        25..28 => Step::Catch(inside(rng, place)),
        28 => Step::FailNth { nth: 1 + rng.random_range(0..3) as u64, steps: inside(rng, place) },
        29..33 => Step::Thread {
            spawned: place.spawn && rng.random_bool(0.3),
            attached: rng.random_bool(0.6),
            steps: inside(rng, place),
        },
        33 | 34 if place.both => {
            let place = Place { process: false, both: false, ..place };
            Step::Both { attached: rng.random_bool(0.7), left: inside(rng, place), right: inside(rng, place) }
        }
        _ => {
            let kind =
                [Wait::Count, Wait::Keys, Wait::Keys, Wait::Measure, Wait::Allow][rng.random_range(0..5)];
            let turns = rng.random_range(1..4);
            let turn = |rng: &mut Chance<'_>| Turn {
                before: if rng.random_bool(0.5) { inside(rng, place) } else { Vec::new() },
                away: rng.random_bool(0.3),
                steps: inside(rng, place),
            };
            let future = Step::Future {
                kind,
                site: rng.random_range(0..3),
                limits: limits(rng),
                turns: (0..turns).map(|_| turn(rng)).collect(),
                dropped: rng.random_bool(0.2),
            };
            if rng.random_bool(0.5) { Step::Catch(vec![future]) } else { future }
        }
    }
}

/// Some keys are limited, and one at the least; allocations most often.
fn limits(rng: &mut Chance<'_>) -> Limits {
    let mut limits = Limits::NONE;
    let one = rng.random_range(0..5);
    for (index, limit) in limits.values_mut().into_iter().enumerate() {
        let value = if index == 0 || index == 4 {
            [0, 0, 1, 1, 2, 3, 4, 6, 50][rng.random_range(0..9)]
        } else {
            [0, 8, 16, 24, 32, 40, 64, 96, 128, 400][rng.random_range(0..10)]
        };
        if index == one || rng.random_bool(if index == 0 { 0.4 } else { 0.2 }) {
            *limit = value;
        }
    }
    limits
}
