//! Programs that once were counted wrongly, as they were shrunk.

use super::steps::{Kind, Limits, Program, Step, Turn, Wait};

/// The text of a broken budget was freed where it is counted, and made where it is not: -711 bytes were live.
pub(crate) fn broken_and_caught() -> Program {
    let steps = vec![allocate(8)];
    let limits = Limits { peak_bytes: 0, ..Limits::NONE };
    Program(vec![Step::Catch(vec![Step::Guard { kind: Kind::Keys, site: 0, limits, steps }])])
}

/// `fail_nth` made the text of its failure where it is counted.
pub(crate) fn nothing_failed() -> Program {
    Program(vec![Step::Measure(vec![Step::Catch(vec![Step::FailNth { nth: 3, steps: vec![allocate(8)] }])])])
}

/// A poll that frees older memory left the next one with a peak below nothing, which was taken for 2^64 and more.
pub(crate) fn freed_in_an_earlier_poll() -> Program {
    let turn = |before, steps| Turn { before, away: false, steps };
    let turns = vec![
        turn(vec![allocate(8)], vec![Step::Free { block: 0 }]),
        turn(Vec::new(), Vec::new()),
        turn(Vec::new(), Vec::new()),
    ];
    let limits = Limits { peak_bytes: 0, ..Limits::NONE };
    Program(vec![Step::Future { kind: Wait::Keys, site: 0, limits, turns, dropped: false }])
}

/// Likewise of what an attached thread held, where its region had freed older memory before.
pub(crate) fn freed_before_a_thread_is_attached() -> Program {
    let thread = Step::Thread { spawned: false, attached: true, steps: vec![churn(8)] };
    let limits = Limits { peak_bytes: 8, ..Limits::NONE };
    let steps = vec![Step::Free { block: 0 }, thread];
    Program(vec![allocate(64), Step::Guard { kind: Kind::Keys, site: 0, limits, steps }])
}

/// The peak of a poll in another call of the same function was not looked at.
pub(crate) fn polled_in_a_call_of_its_own_function() -> Program {
    let turn = |away, steps| Turn { before: Vec::new(), away, steps };
    let future = |limits, turns| Step::Future { kind: Wait::Keys, site: 1, limits, turns, dropped: false };
    let peak = Limits { peak_bytes: 0, ..Limits::NONE };
    let inner = future(peak, vec![turn(true, Vec::new()), turn(false, vec![churn(8)])]);
    let outer = Limits { deallocations: 0, ..Limits::NONE };
    Program(vec![future(outer, vec![turn(false, vec![inner])])])
}

/// What a `fail_nth` in another one had was the outermost one's, too, where there were three.
pub(crate) fn three_plans() -> Program {
    let plan = |nth, steps| Step::FailNth { nth, steps };
    let inner = plan(2, vec![allocate(8), Step::Grow { block: 0, by: 8 }]);
    Program(vec![plan(1, vec![plan(1, vec![inner, allocate(8)])])])
}

/// The panic of a broken budget is no allocation that could fail.
pub(crate) fn broken_in_a_plan() -> Program {
    let limits = Limits { deallocations: 0, ..Limits::NONE };
    let steps = vec![Step::Free { block: 0 }];
    let guard = Step::Guard { kind: Kind::Keys, site: 0, limits, steps };
    let caught = Step::Catch(vec![guard]);
    Program(vec![allocate(8), Step::FailNth { nth: 1, steps: vec![caught, allocate(8)] }])
}

/// A budget of the process in an exception did not see its own thread, and held whatever it did.
pub(crate) fn process_in_an_exception() -> Program {
    let limits = Limits { deallocations: 0, ..Limits::NONE };
    let guard = Step::Guard { kind: Kind::Process, site: 0, limits, steps: vec![churn(8)] };
    Program(vec![Step::Allow(vec![guard])])
}

fn allocate(bytes: usize) -> Step {
    Step::Allocate { bytes, align: 1, zeroed: false }
}

fn churn(bytes: usize) -> Step {
    Step::Churn { times: 1, bytes }
}
