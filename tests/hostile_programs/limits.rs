//! Programs that may have little: memory, files, processes.

use std::fs;

use alloc_kit::{alloc_budget, measure};

use crate::child::{
    Folder, allocate, alone, alone_with, assert_shows_the_line, breaks, broken, holds, quietly,
};

fn limit(of: libc::__rlimit_resource_t, to: u64) {
    let limit = libc::rlimit { rlim_cur: to, rlim_max: to };
    // SAFETY: the limit is one.
    assert_eq!(unsafe { libc::setrlimit(of, &raw const limit) }, 0);
}

/// Bytes of address space that the process has.
fn address_space() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").expect("figures");
    let pages: u64 = text.split(' ').next().and_then(|pages| pages.parse().ok()).expect("a number");
    pages * 4096
}

#[alloc_budget(1, bytes = 100, peak_bytes = 100, live_bytes = 0)]
fn reserves(bytes: usize) -> [bool; 3] {
    let small = Vec::<u8>::with_capacity(100);
    let mut list = Vec::<u8>::new();
    let large = [list.try_reserve_exact(bytes).is_ok(), list.try_reserve_exact(bytes + 1).is_ok()];
    [std::hint::black_box(small).capacity() == 100, large[0], large[1]]
}

#[test]
fn memory_that_is_really_not_there() {
    let run = alone("limits::memory_that_is_really_not_there", || {
        quietly();
        assert_shows_the_line(&broken(|| breaks(1)));
        limit(libc::RLIMIT_AS, address_space() + (64 << 20));
        assert_eq!(reserves(1 << 30), [true, false, false]);
        let mut list = vec![7_u8; 1_000];
        let (failed, usage) = measure(|| (0..1_000).filter(|_| list.try_reserve(1 << 30).is_err()).count());
        assert_eq!((failed, usage.to_string()), (1_000, measure(|| ()).1.to_string()));
        assert_eq!((list.len(), list[999]), (1_000, 7));
        // Until there is none, by and by.
        let mut lists: Vec<Vec<u8>> = Vec::with_capacity(1_000);
        let (served, usage) = measure(|| {
            let mut served = 0_u64;
            loop {
                let mut list = Vec::new();
                if list.try_reserve_exact(1 << 20).is_err() {
                    break served;
                }
                lists.push(list);
                served += 1;
            }
        });
        assert!(served < 900, "{served}");
        assert_eq!((usage.allocations, usage.bytes_allocated), (served, served << 20), "{usage}");
        assert_eq!(
            (usage.live_bytes, usage.peak_bytes),
            (served.cast_signed() << 20, served << 20),
            "{usage}"
        );
        lists.clear();
        assert_shows_the_line(&broken(|| breaks(1)));
        holds(3);
    });
    if let Some(run) = run {
        run.succeeds();
    }
}

#[test]
fn no_more_files() {
    let test = "limits::no_more_files";
    let folder = Folder::new(test);
    let report = folder.path("report.jsonl");
    let run = alone_with(
        test,
        |command| {
            command.env("ALLOC_KIT_REPORT", &report);
        },
        || {
            quietly();
            limit(libc::RLIMIT_NOFILE, 3);
            let message = broken(|| breaks(2));
            let title = "alloc-kit: `breaks` made 2 heap allocations (20 bytes); its budget is 0\n";
            assert!(message.starts_with(title), "{message}");
            let why = "the line is not known, since the program's own file cannot be read: ";
            assert!(
                message.contains(why) && message.contains("Too many open files (os error 24)"),
                "{message}"
            );
            assert_eq!(measure(|| holds(4)).1.allocations, 4);
        },
    );
    let Some(run) = run else { return };
    let said = format!(
        "alloc-kit: cannot write the report to ALLOC_KIT_REPORT={}: Too many open files (os error 24)",
        report.display()
    );
    run.fails().prints(&[&said, "test result: ok. 1 passed"]);
}

#[test]
fn no_more_threads() {
    let run = alone("limits::no_more_threads", || {
        quietly();
        let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(|| {
            broken(|| breaks(1));
            // A helper's stack does not fit any more, so the message is made where there is little room.
            limit(libc::RLIMIT_AS, address_space() + (1 << 20));
            let message = broken(|| breaks(1));
            assert_shows_the_line(&message);
            allocate(1);
        });
        thread.expect("a thread").join().expect("no overflow");
    });
    if let Some(run) = run {
        run.succeeds();
    }
}
