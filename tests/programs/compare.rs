//! A program run both ways, and how a difference reads.

use std::cell::{Cell, RefCell};
use std::fmt::{Display, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread;

use alloc_kit::{allow_alloc, measure};
use proptest::test_runner::{TestCaseError, TestError, TestRunner};

use super::crew::Crew;
use super::generate::Programs;
use super::model::{Machinery, Model, Wrong};
use super::real::Side;
use super::standard_error::StandardError;
use super::steps::Program;

/// What runs programs, with what it takes.
pub(crate) struct Runs {
    crew: Crew,
    machinery: Machinery,
    pub(crate) wrong: Wrong,
    /// Broken budgets do not panic: `ALLOC_KIT_MODE=warn`.
    pub(crate) warns: bool,
    /// What the program says there is compared, too.
    pub(crate) standard_error: Option<RefCell<StandardError>>,
    pub(crate) programs: Cell<u64>,
    pub(crate) steps: Cell<u64>,
    pub(crate) verdicts: Cell<u64>,
}

impl Runs {
    pub(crate) fn new() -> Self {
        let_broken_budgets_be_quiet();
        let crew = Crew::new();
        let machinery = machinery();
        Self {
            crew,
            machinery,
            wrong: Wrong::Nothing,
            warns: false,
            standard_error: None,
            programs: Cell::new(0),
            steps: Cell::new(0),
            verdicts: Cell::new(0),
        }
    }

    /// Runs programs by chance, and panics with the smallest that differs.
    pub(crate) fn assert_agree(&self, runner: &mut TestRunner, programs: Programs) {
        if let Some((program, difference)) = self.find_difference(runner, programs) {
            panic!("a program is not counted as the model counts it:\n\n{program}\n\n{difference}");
        }
    }

    /// One program, by itself.
    pub(crate) fn check(&self, program: &Program) -> Result<(), String> {
        self.check_again(&mut Side::new(&self.crew), program)
    }

    /// The smallest program that differs, and how.
    pub(crate) fn find_difference(
        &self,
        runner: &mut TestRunner,
        programs: Programs,
    ) -> Option<(Program, String)> {
        let mut side = Side::new(&self.crew);
        let side = RefCell::new(&mut side);
        let result = runner.run(&programs, |program| {
            self.check_again(&mut side.borrow_mut(), &program).map_err(TestCaseError::fail)
        });
        match result {
            Ok(()) => None,
            Err(TestError::Fail(reason, program)) => Some((program, reason.message().to_owned())),
            Err(other) => panic!("{other}"),
        }
    }

    /// One program. With a budget of the process in it, it is tried again where it differs: the harness's own thread may
    /// have allocated meanwhile, which such a budget sees. Any other has to agree at once.
    fn check_again(&self, side: &mut Side<'_>, program: &Program) -> Result<(), String> {
        let tries = if program.has_budget_of_process() { 3 } else { 1 };
        let mut result = self.check_once(side, program);
        for _ in 1..tries {
            result = result.or_else(|_| self.check_once(side, program));
        }
        result
    }

    fn check_once(&self, side: &mut Side<'_>, program: &Program) -> Result<(), String> {
        side.program(program);
        let (seen, lengths) = side.log.entries();
        let mut model = Model::new(self.machinery, lengths);
        (model.wrong, model.warns) = (self.wrong, self.warns);
        model.program(&program.0);
        self.programs.set(self.programs.get() + 1);
        self.steps.set(self.steps.get() + model.steps);
        let happened = |of: &str| model.counts.get(of).copied().unwrap_or(0);
        self.verdicts.set(self.verdicts.get() + happened("held") + happened("broken"));
        let as_seen = difference("seen", &model.seen, &seen);
        if as_seen.is_err() {
            // What was said belongs to this run.
            self.standard_error.iter().for_each(|said| drop(said.borrow_mut().take()));
        }
        as_seen?;
        if let Some(standard_error) = &self.standard_error {
            // Two threads at once say it in any order.
            let mut said = standard_error.borrow_mut().take();
            said.sort_unstable();
            model.said.sort_unstable();
            difference("said", &model.said, &said)?;
        }
        Ok(())
    }
}

/// Where two lists differ first.
fn difference<T: PartialEq + Display>(what: &str, expected: &[T], found: &[T]) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let at = expected.iter().zip(found).take_while(|(expected, found)| expected == found).count();
    let mut text = String::new();
    for (index, same) in expected[..at].iter().enumerate() {
        let _ = writeln!(text, "  {what} {}: {same}", index + 1);
    }
    let or_nothing = |item: Option<&T>| item.map_or("nothing".to_owned(), ToString::to_string);
    let _ = writeln!(text, "expected {}: {}", at + 1, or_nothing(expected.get(at)));
    let _ = write!(text, "    {what} {}: {}", at + 1, or_nothing(found.get(at)));
    Err(text)
}

/// What std does for a panic and for a thread, by trying; and that it is no more than the model says.
fn machinery() -> Machinery {
    let panics = |panic: &dyn Fn()| measure(|| drop(panic::catch_unwind(AssertUnwindSafe(panic)))).1;
    let unwind = panics(&|| panic::resume_unwind(Box::new(())));
    let unwinder = (unwind.allocations == 1).then_some(unwind.bytes_allocated);
    assert_eq!((unwind.deallocations, unwind.live_bytes), (unwind.allocations, 0), "{unwind}");
    for length in [100, 5_000] {
        let text = format!("alloc-kit: {}", "x".repeat(length));
        let usage = panics(&|| panic!("{text}"));
        let bytes = text.len() as u64 + size_of::<String>() as u64 + unwind.bytes_allocated;
        let expected = (2 + unwind.allocations, bytes, 2 + unwind.allocations, bytes);
        let found = (usage.allocations, usage.bytes_allocated, usage.deallocations, usage.peak_bytes);
        assert_eq!(found, expected, "a panic takes other allocations than the model has for it");
    }
    let spawn = || {
        measure(|| {
            allow_alloc!(
                "a thread is started",
                thread::scope(|scope| scope.spawn(|| ()).join().expect("it does nothing"))
            );
        })
        .1
        .allowed_allocations
    };
    // The first has more to do.
    let (_, spawn, again) = (spawn(), spawn(), spawn());
    assert_eq!(spawn, again, "the start of a thread takes now more, now fewer allocations");
    Machinery { unwinder, spawn }
}

/// Broken budgets are caught: their panics are not printed.
fn let_broken_budgets_be_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let message = panic.payload().downcast_ref::<String>();
            if !message.is_some_and(|message| message.starts_with("alloc-kit: ")) {
                before(panic);
            }
        }));
    });
}
