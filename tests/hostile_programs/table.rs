//! The table of `docs/trust.md`: what is done to a program, what holds then, and the test that shows it.
//!
//! Every test of this program is in it, and every test that it names is there.

use std::collections::BTreeSet;

use crate::page;

/// What is done, what holds, and the test: of this program, or `file.rs: function` of another.
const ROWS: &[(&str, &str, &str)] = &[
    (
        "a fork inside of a region",
        "parent and child count on from there, each for itself: of 3 before and 1 or 2 after, a budget of 4 holds in one and \
         breaks in the other; the child leaves by `exit` or `_exit`",
        "forks::in_a_region_both_count_on_from_there",
    ),
    (
        "24 forks while 3 threads break budgets, make messages and write the report",
        "every child breaks a budget, shows the line, counts 5 of 5, and ends; the report has whole lines, of the parent \
         alone, and its end once",
        "forks::with_others_in_the_middle_of_a_message_and_of_the_report",
    ),
    (
        "40 children that live on, forked while the report is written",
        "none of them keeps its lock: the parent goes on writing",
        "forks::a_child_that_lives_on_locks_nobody_out",
    ),
    (
        "a fork inside of a region of `scope = process`",
        "what the child and its threads allocate is in no figure of the parent's: 5 of 5",
        "forks::the_parents_process_wide_figures_stay_right",
    ),
    (
        "40 forks inside of a region of `scope = process`, while 3 threads enter and leave regions",
        "the child tells its own 5 of 4, or says that the budget is not verified; a region that begins in the child is exact, \
         and the parent's are",
        "forks::of_all_threads_while_others_enter_and_leave",
    ),
    (
        "a fork before any region, with 8 threads alive",
        "the child has a list of threads of its own",
        "report.rs: a_forked_child_goes_on_and_writes_nothing",
    ),
    (
        "`Command` inside of a region",
        "its n allocations are counted: n holds, n - 1 breaks",
        "forks::what_a_command_allocates_is_counted",
    ),
    (
        "a signal after every single instruction of an allocation, whose handler allocates",
        "the sum is exact: own and handler's",
        "stepped::the_hook_is_exact",
    ),
    (
        "the same while the figures of a measurement are read",
        "what the handler allocates is in all of them, or in none",
        "stepped::a_measurement_is_of_one_moment",
    ),
    (
        "the same while regions are entered and left, and one in the other",
        "exact, in allocations, bytes, deallocations and live bytes",
        "stepped::entering_and_leaving_is_exact",
    ),
    ("the same in the trap that every 256 KiB takes", "exact", "stepped::a_trap_is_exact"),
    (
        "the same in an exception, and while the trace of a broken budget is taken",
        "what interrupts alloc-kit's own work is left out, but as a whole: bytes and allocations agree",
        "stepped::what_interrupts_our_own_work_is_left_out_in_whole",
    ),
    (
        "a guard in such a handler",
        "each call is judged, or said not to have been: calls = judged + not judged; none is broken or left over",
        "stepped::a_guard_in_the_handler_is_judged_or_said_not_to_be",
    ),
    (
        "3 times 200 signals of another thread, with and without a guard, on the thread's stack and on an alternate one",
        "exact; no deadlock",
        "signals::a_signal_of_another_thread_is_counted_exactly",
    ),
    (
        "`SIGALRM` by a timer, 100 times",
        "bytes are exactly those of the allocations",
        "signals::a_timer_is_counted_exactly",
    ),
    (
        "a budget broken in a handler",
        "it is told, and the process ends by `SIGABRT`: a panic cannot leave a C function",
        "signals::a_broken_budget_in_a_handler_ends_the_process",
    ),
    (
        "10,000 threads in turn, each with two budgets",
        "the process-wide sum is exact; the allocator's own figure is the same after the first 1,000 and after 10,100",
        "many::ten_thousand_threads_in_turn",
    ),
    ("2,000 threads at once, of 64 KiB", "each counts 5 of 5", "many::two_thousand_threads_at_once"),
    ("1,000 threads at once", "each holds a budget", "threads.rs: a_thousand_threads_count_alike"),
    (
        "2 threads on each processor that enter and leave regions, while a budget of `scope = process` is judged 200 times",
        "each time it is, and exactly: a thread that lost its processor in the middle is waited for",
        "many::sums_of_all_threads_while_there_are_more_than_processors",
    ),
    (
        "a million regions, and a million in one another",
        "0 allocations; the allocator's own figure is the same before and after; the next is judged",
        "many::a_million_regions_and_a_million_pairs",
    ),
    (
        "200 broken budgets",
        "each tells its figure; the allocator's own is the same before and after",
        "many::two_hundred_broken_ones_leave_nothing",
    ),
    (
        "figures beyond 2^63, the largest limits, older memory freed, requests of isize::MAX",
        "over is over: in bytes up to 2^64; a limit of u64::MAX is none; live is negative; what fails is in no figure",
        "many::figures_that_hardly_fit",
    ),
    (
        "a thread of 64 KiB, and one of 16 KiB, the least that there is",
        "held, broken with its line, a method, an `async fn`: as everywhere",
        "stacks::a_stack_of_64_kib_or_16",
    ),
    (
        "a stack that is painted before",
        "a budget that holds goes no deeper than 5 KiB; one that breaks no deeper than 20 KiB, since the message is made on \
         another stack where less than 768 KiB are left",
        "stacks::how_deep_it_goes",
    ),
    (
        "a budget broken on an alternate stack of 64 KiB",
        "it is told with its line",
        "stacks::on_a_stack_of_its_own",
    ),
    (
        "100,000 levels of guards, and of measurements",
        "each measurement is exact; the budget of the outermost holds at 100,000 and breaks at 99,999, with the line",
        "deep::a_hundred_thousand_levels",
    ),
    (
        "96 regions in one another, each of another function",
        "all hold to the allocation; where the deepest adds one, the innermost is told",
        "deep::regions_in_regions",
    ),
    (
        "a panic through 10,000 measurements, 10,000 recursive guards, 96 regions",
        "exact, and no region is left behind",
        "deep::a_panic_through_ten_thousand_levels",
    ),
    (
        "an `atexit` handler with budgets",
        "counted, judged, and in the report",
        "ends::an_exit_handler_is_counted_and_judged",
    ),
    (
        "a panic hook that allocates, has a guard, and is over",
        "counted; not judged, and each time said so, since a second panic would end the process",
        "ends::a_panic_hook_with_a_guard",
    ),
    (
        "a panic in a destructor during a panic",
        "`SIGABRT`, as without alloc-kit; nothing hangs",
        "ends::a_double_panic_ends_the_process_and_nothing_hangs",
    ),
    (
        "a budget inside of a destructor while unwinding",
        "not judged, and said so",
        "threads.rs: a_region_within_a_destructor_that_runs_while_unwinding_does_not_panic_again",
    ),
    (
        "thread-local destructors, before and after alloc-kit's",
        "counted and judged",
        "threads.rs: destructors_of_thread_locals_are_counted_and_judged",
    ),
    (
        "`exit`, `_exit` and `abort` inside of a region",
        "`exit` over the budget fails with 101, within it keeps its status and is not verified; the other two leave no time for a word",
        "ends::leaving_the_process_inside_of_a_region",
    ),
    (
        "a future leaked after a poll that was over",
        "told at the end, which fails with 101",
        "ends::a_leaked_future_that_is_over_is_told_at_the_end",
    ),
    ("a future dropped in the middle", "judged", "ends::a_future_dropped_in_the_middle_is_judged"),
    (
        "a thread that is in a region when `main` ends",
        "over: told, and the process fails with 101",
        "ends::a_thread_that_is_still_in_a_region_when_main_ends",
    ),
    (
        "a report in a folder that is missing, is a folder, is below a file, in /proc, on /dev/full, is a pipe without reader, \
         is another user's, has too long a name",
        "the path and the reason are said, and the process fails with 101",
        "reports::a_path_that_no_report_can_be_at",
    ),
    ("a report into a pipe that is read", "whole", "reports::a_pipe_that_is_read_is_written_to"),
    (
        "a disk that is full after some bytes, at five places of the text",
        "what was there stays, byte for byte; no half of a line is left; 101",
        "reports::what_does_not_fit_leaves_what_was_there",
    ),
    ("a mounted disk of 8 KiB", "the same", "reports::a_disk_that_is_full"),
    (
        "closed outputs, broken pipes",
        "the report is whole, the verdict the same, nobody is killed",
        "reports::closed_outputs_and_broken_pipes",
    ),
    (
        "a relative report, and a program that goes to another folder",
        "one report, where the program started",
        "reports::a_program_that_goes_elsewhere",
    ),
    ("20 processes write one report", "whole lines, each once", "report.rs: many_processes_share_a_file"),
    (
        "a process killed before its end",
        "what broke before is there",
        "report.rs: what_was_written_before_a_kill_stays",
    ),
    (
        "memory that is really not there (`RLIMIT_AS`)",
        "`try_reserve` fails, 1,000 times, in no figure; what is served until the end is exact",
        "limits::memory_that_is_really_not_there",
    ),
    (
        "no more files (`RLIMIT_NOFILE`)",
        "figures as ever; the message says why it has no line, the report why it is missing",
        "limits::no_more_files",
    ),
    ("no room for another stack", "the message is made on the thread's own", "limits::no_more_threads"),
    (
        "ALLOC_KIT_MODE with six values that nobody knows, one of them no text",
        "every guard fails, names the value, and says what is accepted",
        "environment::values_that_nobody_knows",
    ),
    (
        "ALLOC_KIT_REPORT that is no text",
        "the report has that very name",
        "environment::a_name_that_is_no_text",
    ),
    ("an empty environment", "figures and lines as ever", "environment::an_empty_environment"),
    (
        "a working folder that is deleted, before or after the start",
        "figures and lines as ever; a relative report is said to be missing, 101",
        "environment::a_folder_that_is_gone",
    ),
    ("no /proc", "figures as ever; a message without its line says why", "environment::without_proc"),
    ("the program's file is deleted while it runs", "the same", "environment::a_program_whose_file_is_gone"),
];

/// The sources of this program, with the names of their modules.
const MODULES: &[(&str, &str)] = &[
    ("deep", include_str!("deep.rs")),
    ("ends", include_str!("ends.rs")),
    ("environment", include_str!("environment.rs")),
    ("forks", include_str!("forks.rs")),
    ("limits", include_str!("limits.rs")),
    ("many", include_str!("many.rs")),
    ("reports", include_str!("reports.rs")),
    ("signals", include_str!("signals.rs")),
    ("stacks", include_str!("stacks.rs")),
    ("stepped", include_str!("stepped.rs")),
];

/// The functions that are tests, in a text.
fn tests(text: &str) -> impl Iterator<Item = &str> {
    text.split("#[test]\n")
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix("fn ")?.split('(').next())
}

#[test]
fn every_test_is_a_row_and_every_row_a_test() {
    let here: BTreeSet<String> = MODULES
        .iter()
        .flat_map(|(module, text)| tests(text).map(move |test| format!("{module}::{test}")))
        .collect();
    let (elsewhere, rows): (Vec<&str>, Vec<&str>) =
        ROWS.iter().map(|(.., test)| *test).partition(|test| test.contains(".rs: "));
    let named: BTreeSet<String> = rows.iter().map(|test| (*test).to_owned()).collect();
    assert_eq!(named.len(), rows.len(), "each once");
    assert_eq!(named, here);
    for test in elsewhere {
        let (file, function) = test.split_once(": ").expect("a file");
        let text = page::read(&format!("tests/{file}"));
        assert!(text.contains(&format!("fn {function}(")), "there is no {function} in tests/{file}");
        // A part of a test has to be called.
        let calls = text.matches(&format!("{function}(")).count();
        assert!(calls > 1 || tests(&text).any(|test| test == function), "{function} is never called");
    }
}

#[test]
fn the_page_has_the_table() {
    let mut lines = vec!["| what is done | what holds | test |".to_owned(), "|---|---|---|".to_owned()];
    lines.extend(ROWS.iter().map(|(done, holds, test)| {
        let (file, function) =
            test.split_once(": ").map_or_else(|| ("hostile_programs.rs", *test), |(file, test)| (file, test));
        format!("| {done} | {holds} | `{function}` in {file} |")
    }));
    page::assert_holds("docs/trust.md", "hostile programs", &lines);
}
