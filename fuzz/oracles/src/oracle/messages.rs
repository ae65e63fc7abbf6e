//! The messages: whatever functions, files and source lines are called, and wherever debug information says that a place is, there
//! is one, and it has the figures.

use std::path::Path;

use alloc_kit::__private::{Fuzzed, FuzzedFrame, Site, Stats};

use super::bytes::Bytes;
use super::environment::of_bytes;
use super::report::{limits, usage};

pub(crate) fn messages(input: &[u8]) {
    let mut bytes = Bytes(input);
    if bytes.one_in(2) { whole(bytes) } else { place(bytes) }
}

/// A broken budget of a function of any name.
fn whole(mut bytes: Bytes<'_>) {
    let [name, module, file, path] = std::array::from_fn(|_| bytes.text());
    // SAFETY: the site is dropped before what it names.
    let [name_of, module, file] =
        [&name, &module, &file].map(|text| unsafe { super::report::forever(text.as_str()) });
    let (line, process) = (u32::from(bytes.byte()), bytes.one_in(4));
    let site = Site {
        name: name_of,
        module,
        file,
        line,
        column: 1,
        form: "fn",
        budget: &[],
        process,
        raise: |message| panic!("{message}"),
        stats: Stats::new(),
    };
    let (mut limits, of) = limits(&mut bytes);
    if bytes.one_in(4) {
        limits = limits.warmup(bytes.number());
    }
    let usage = usage(&mut bytes);
    let threads = [bytes.byte().into(), bytes.byte().into()];
    let message = Fuzzed::message(&site, &path, &limits, &usage, threads);
    // The title is not for a terminal, so it has the name as it is.
    assert!(message.starts_with("alloc-kit: `") && message.contains(&format!("{name}` ")), "{message}");
    if let Some(limit) = of[0].filter(|limit| signed(usage.allocations) > signed(*limit)) {
        let made = format!("` made {} heap allocation", usage.allocations);
        assert!(
            message.contains(&made) && message.contains(&format!("; its budget is {limit}")),
            "{message}"
        );
    }
    assert!(message.contains("= budget of: "), "{message}");
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A place of any name, in a line of any text.
fn place(mut bytes: Bytes<'_>) {
    let (event, figures) = (bytes.byte(), [bytes.number(), bytes.number()]);
    let text = bytes.text();
    // As `lines` gives it.
    let text = text.lines().next().unwrap_or_default().to_owned();
    let has_text = bytes.one_in(2);
    let (line, column) = (size(bytes.number()), size(bytes.number()));
    let functions: Vec<String> = (0..=bytes.below(3)).map(|_| bytes.text()).collect();
    let file = Path::new(of_bytes(bytes.0));
    let frames: Vec<FuzzedFrame<'_>> = functions
        .iter()
        .map(|function| FuzzedFrame { function, file, line, column, text: has_text.then_some(&*text) })
        .collect();
    let shown = Fuzzed::place(event, figures, &frames);
    let [times, bytes] = figures;
    let noun = ["allocation", "reallocation", "deallocation"][usize::from(event % 3)];
    let plural = |n: u64| if n == 1 { "" } else { "s" };
    let label = format!("{times} {noun}{}, {bytes} byte{}", plural(times), plural(bytes));
    assert!(shown.contains(&label), "no {label:?} in:\n{shown}");
}

fn size(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
