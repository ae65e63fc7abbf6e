//! A program that fails, made smaller: steps go, what is in a step takes its place, numbers become plain ones.

use proptest::strategy::ValueTree;

use super::steps::{NONE, Program, Step, Steps};

/// A program, and the smaller ones that proptest has not tried yet.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The smallest that failed so far.
    best: Program,
    /// Those that are one change away from it.
    smaller: std::vec::IntoIter<Program>,
    /// The one that is tried.
    tried: Option<Program>,
}

impl Tree {
    pub(crate) fn new(program: Program) -> Self {
        Self { best: program, smaller: Vec::new().into_iter(), tried: None }
    }

    fn next(&mut self) -> bool {
        self.tried = self.smaller.next();
        self.tried.is_some()
    }
}

impl ValueTree for Tree {
    type Value = Program;

    fn current(&self) -> Program {
        self.tried.as_ref().unwrap_or(&self.best).clone()
    }

    /// The current one failed: from here on it is the one to beat.
    fn simplify(&mut self) -> bool {
        self.best = self.current();
        self.smaller = smaller(&self.best.0).into_iter().map(Program).collect::<Vec<_>>().into_iter();
        self.next()
    }

    /// The current one passed: another one.
    fn complicate(&mut self) -> bool {
        self.next()
    }
}

/// All programs that are one change away, those first that change most.
fn smaller(steps: &Steps) -> Vec<Steps> {
    let mut all = Vec::new();
    let mut length = steps.len() / 2;
    while length > 1 {
        for start in (0..steps.len()).step_by(length) {
            let kept = steps.iter().enumerate().filter(|(at, _)| !(start..start + length).contains(at));
            all.push(kept.map(|(_, step)| step.clone()).collect());
        }
        length /= 2;
    }
    for at in 0..steps.len() {
        all.push(replaced(steps, at, []));
    }
    for (at, step) in steps.iter().enumerate() {
        if !step.inside().is_empty() {
            let inside: Steps = step.inside().into_iter().flatten().cloned().collect();
            all.push(replaced(steps, at, inside));
        }
    }
    for (at, step) in steps.iter().enumerate() {
        all.extend(simpler(step).into_iter().map(|step| replaced(steps, at, [step])));
        for part in 0..step.inside().len() {
            for inside in smaller(step.inside()[part]) {
                let mut step = step.clone();
                *step.inside_mut()[part] = inside;
                all.push(replaced(steps, at, [step]));
            }
        }
    }
    all
}

fn replaced(steps: &Steps, at: usize, by: impl IntoIterator<Item = Step>) -> Steps {
    let mut steps = steps.clone();
    steps.splice(at..=at, by);
    steps
}

/// The step with plainer numbers.
fn simpler(step: &Step) -> Vec<Step> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Step)| {
        let mut changed = step.clone();
        change(&mut changed);
        // Each change leads one way, or shrinking would have no end.
        if changed != *step {
            all.push(changed);
        }
    };
    with(&|step| match step {
        Step::Allocate { bytes, .. } | Step::Churn { bytes, .. } if *bytes != 8 => *bytes = 8,
        Step::Grow { by, .. } | Step::Shrink { by, .. } if *by != 8 => *by = 8,
        Step::FailNth { nth, .. } => *nth = 1,
        Step::Thread { spawned, .. } => *spawned = false,
        Step::Future { dropped, .. } => *dropped = false,
        _ => {}
    });
    with(&|step| match step {
        Step::Allocate { align, .. } => *align = 1,
        Step::Churn { times, .. } => *times = 1,
        Step::Grow { block, .. }
        | Step::Shrink { block, .. }
        | Step::SameSize { block }
        | Step::Free { block }
        | Step::Refused { block: Some(block) } => *block = 0,
        Step::Thread { attached, .. } | Step::Both { attached, .. } => *attached = false,
        Step::Guard { site, .. } | Step::Future { site, .. } => *site = 0,
        _ => {}
    });
    with(&|step| match step {
        Step::Allocate { zeroed, .. } => *zeroed = false,
        Step::Future { turns, .. } => turns.iter_mut().for_each(|turn| turn.away = false),
        _ => {}
    });
    if let Step::Guard { limits, .. } | Step::Future { limits, .. } = step {
        for key in 0..5 {
            for value in [NONE, 0] {
                with(&|step| {
                    if let Step::Guard { limits, .. } | Step::Future { limits, .. } = step {
                        let limited = limits.keys().iter().filter(|(_, limit)| *limit != NONE).count();
                        let limit = &mut *limits.values_mut()[key];
                        // From some number to none, or to nothing, and not back; one has to stay.
                        if (value == NONE && limited > 1) || (value == 0 && *limit != NONE) {
                            *limit = value;
                        }
                    }
                });
            }
        }
        let _ = limits;
    }
    if let Step::Future { turns, .. } = step {
        for at in 0..turns.len() {
            with(&|step| {
                if let Step::Future { turns, .. } = step
                    && turns.len() > 1
                {
                    turns.remove(at);
                }
            });
        }
    }
    all
}
