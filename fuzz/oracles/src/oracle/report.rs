//! The report: whatever names, files, reasons and figures there are, each line is a JSON object that says exactly them, and is
//! put as a line of its own behind whatever the file has.

use std::env;
use std::fs;
use std::process;

use alloc_kit::__private::{Exception, Fuzzed, Limits, Site, Stats};
use alloc_kit::Usage;
use serde_json::{Value, json};

use super::bytes::Bytes;
use super::environment::of_bytes;

const KEYS: [&str; 5] = ["allocations", "bytes", "peak_bytes", "live_bytes", "deallocations"];
const FORMS: [&str; 5] = ["fn", "async fn", "const fn", "fn of a future", "assertion"];

/// A reference that a static would have.
///
/// # Safety
///
/// What it is put into may not be used when the owner is gone.
pub(crate) unsafe fn forever<T: ?Sized>(owned: &T) -> &'static T {
    // SAFETY: the caller's.
    unsafe { &*std::ptr::from_ref(owned) }
}

/// Figures of a call.
pub(crate) fn usage(bytes: &mut Bytes<'_>) -> Usage {
    let mut usage = Usage::default();
    usage.allocations = bytes.number();
    usage.bytes_allocated = bytes.number();
    usage.peak_bytes = bytes.number();
    // The very least stands for none.
    usage.live_bytes = bytes.number().cast_signed().max(-i64::MAX);
    usage.deallocations = bytes.number();
    usage
}

/// Limits, each there or not.
pub(crate) fn limits(bytes: &mut Bytes<'_>) -> (Limits, [Option<u64>; 5]) {
    let limited = bytes.byte();
    let of: [Option<u64>; 5] =
        std::array::from_fn(|at| (limited >> at & 1 == 1).then(|| bytes.number()).filter(|n| *n != u64::MAX));
    let mut limits = Limits::NONE;
    if let [Some(n), ..] = of {
        limits = limits.allocations(n);
    }
    if let [_, Some(n), ..] = of {
        limits = limits.bytes(n);
    }
    if let [_, _, Some(n), ..] = of {
        limits = limits.peak_bytes(n);
    }
    if let [.., Some(n), _] = of {
        limits = limits.live_bytes(n);
    }
    if let [.., Some(n)] = of {
        limits = limits.deallocations(n);
    }
    (limits, of)
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A line, as it was read.
fn parsed(line: &str) -> Value {
    let inside = line.strip_suffix('\n').unwrap_or_else(|| panic!("it does not end its line: {line:?}"));
    assert!(!inside.contains('\n'), "{line:?}");
    let mut value: Value = serde_json::from_str(inside).unwrap_or_else(|error| panic!("{error}: {line:?}"));
    let own = value.as_object_mut().expect("an object");
    // Of this process.
    if let Some(program) = own.remove("program") {
        assert!(program.is_string());
        assert_eq!(own.remove("pid"), Some(process::id().into()));
        assert!(own.remove("started").is_some_and(|started| started.is_u64()));
        assert!(own.remove("target").is_some_and(|target| target.is_string()));
        assert!(own.remove("debug_assertions").is_some_and(|are| are.is_boolean()));
    }
    value
}

pub(crate) fn report(input: &[u8]) {
    let mut bytes = Bytes(input);
    let of_program = bytes.byte();
    if of_program < 16 {
        return program(bytes, of_program < 4);
    }
    let texts: [String; 6] = std::array::from_fn(|_| bytes.text());
    let budget: Vec<(&str, String)> = (0..bytes.below(4)).map(|at| (KEYS[at], bytes.text())).collect();
    // SAFETY: for this and what follows it: the site and the exception are dropped before what they name.
    let budget_of: Vec<(&'static str, &'static str)> =
        budget.iter().map(|(key, text)| (*key, unsafe { forever(text.as_str()) })).collect();
    // SAFETY: as above.
    let [name, module, file, reason, path, why] =
        [0, 1, 2, 3, 4, 5].map(|at: usize| unsafe { forever(texts[at].as_str()) });
    let line = u32::try_from(bytes.number() >> 32).unwrap_or_default();
    let column = u32::from(bytes.byte());
    let form = bytes.pick(&FORMS);
    // SAFETY: as above.
    let budget = unsafe { forever(budget_of.as_slice()) };
    let process = bytes.one_in(2);
    let site = Site {
        name,
        module,
        file,
        line,
        column,
        form,
        budget,
        process,
        raise: |message| panic!("{message}"),
        stats: Stats::new(),
    };
    let exception = Box::new(Exception { reason, module, file, line });
    // SAFETY: as above.
    let exception = unsafe { forever(&*exception) };

    let (limits, of) = limits(&mut bytes);
    let mut calls = Vec::new();
    let (mut broken, mut let_through, mut threads) = (0_u64, 0_usize, 0_u64);
    for _ in 0..bytes.below(6) {
        match bytes.below(4) {
            0 => {
                Fuzzed::broke(&site, path);
                broken += 1;
            }
            1 => {
                Fuzzed::not_judged(&site, why);
                let_through += 1;
            }
            _ => {
                let (usage, started) = (usage(&mut bytes), bytes.byte().into());
                Fuzzed::judged(&site, path, &limits, &usage, started);
                threads = started.max(threads);
                calls.push(usage);
            }
        }
    }
    let used: [u64; 3] = std::array::from_fn(|_| bytes.number() >> 1);

    let has_path = broken > 0 || !calls.is_empty();
    let type_path = path_without_closures(path);
    let figures = |usage: &Usage| {
        let Usage { allocations, bytes_allocated, peak_bytes, live_bytes, deallocations, .. } = *usage;
        [signed(allocations), signed(bytes_allocated), signed(peak_bytes), live_bytes, signed(deallocations)]
    };
    let object = |of: &dyn Fn(usize) -> Option<i64>| -> Value {
        (0..5)
            .filter_map(|at| Some((KEYS[at].to_owned(), Value::from(of(at)?))))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let most = |at: usize| calls.iter().map(|usage| figures(usage)[at]).max();
    let room = |at: usize| {
        let limit = of[at].map(signed)?;
        let least = calls.iter().map(|usage| limit.saturating_sub(figures(usage)[at])).min();
        // A limit that is as good as none leaves no room that could be told.
        least.filter(|room| *room != i64::MAX)
    };
    let (verdict, why) = match (broken, form, calls.len(), let_through) {
        (1.., ..) => ("broken", Value::Null),
        (_, "const fn", ..) => ("held", json!("a `const fn` cannot allocate")),
        (_, _, 1.., _) => ("held", Value::Null),
        (_, _, _, 1..) => ("not verified", json!(why)),
        _ => ("never exercised", Value::Null),
    };
    let limits: serde_json::Map<String, Value> =
        budget.iter().map(|(key, limit)| ((*key).to_owned(), json!(limit))).collect();
    let expected = json!({
        "alloc_kit": 1, "kind": "function", "id": -1, "path": format!("{module}::{name}"),
        "type_path": if has_path { json!(type_path) } else { Value::Null },
        "file": file, "line": line, "column": column, "form": form, "budget": limits,
        "scope": if process { "process" } else { "thread" },
        "calls": calls.len() + let_through, "judged": calls.len(), "warmed_up": 0, "not_judged": let_through,
        "broken": broken, "threads_started": threads,
        "most": if calls.is_empty() { Value::Null } else { object(&most) }, "room": object(&room),
        "exceptions": [
            { "reason": reason, "file": file, "line": line, "times": used[0], "allocations": used[1], "bytes": used[2] },
        ],
        "verdict": verdict, "why": why,
    });
    assert_eq!(parsed(&Fuzzed::site_line(&site, &[(exception, used)])), expected);
    let expected = json!({
        "alloc_kit": 1, "kind": "exception", "module": module, "reason": reason, "file": file, "line": line,
        "times": used[0], "allocations": used[1], "bytes": used[2],
    });
    assert_eq!(parsed(&Fuzzed::exception_line(exception, used)), expected);
}

fn path_without_closures(path: &str) -> &str {
    path.trim_end_matches("::{{closure}}")
}

/// A program of any name, and then its line behind what a file has.
fn program(mut bytes: Bytes<'_>, appends: bool) {
    let id = u32::from(bytes.byte()) << 24;
    let len = usize::from(bytes.byte());
    let name = of_bytes(bytes.take(len));
    let line = Fuzzed::process_line(name, id);
    let read: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
    assert_eq!(read, json!({ "program": name.to_string_lossy(), "pid": id }));
    if appends {
        let before = bytes.0;
        let thread = format!("{:?}", std::thread::current().id());
        let file = env::temp_dir().join(format!("alloc-kit-report-{}-{thread}", process::id()));
        fs::write(&file, before).expect("a file");
        Fuzzed::append(&file, &line).expect("an appended line");
        let after = fs::read(&file).expect("the file");
        fs::remove_file(&file).expect("the file");
        let added = after.strip_prefix(before).expect("it is only ever appended to");
        let ended = before.is_empty() || before.ends_with(b"\n");
        assert_eq!(added, if ended { line.clone() } else { format!("\n{line}") }.as_bytes());
    }
}
