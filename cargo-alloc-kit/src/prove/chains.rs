//! Chains of calls as text: the way to what allocates, and to each place that could not be followed.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::judge_binary::{Frame, Row};
use super::show::{Look, place};
use super::verdict::Why;
use super::words::{reason, short};
use crate::blocks::{counted, counted_as};
use crate::shell::{FAINT, WARNING};
use crate::untrusted::line_of;

/// A line for each call, and for each function that was inlined.
pub(super) fn frames(all: &[Frame], look: Look) -> String {
    // What a chain says is at its ends.
    const MOST: usize = 24;
    let frames: Vec<&Frame> = if look.all { all.iter().collect() } else { told(all) };
    let left_out = if look.all { 0 } else { frames.len().saturating_sub(MOST) };
    let mut text = String::new();
    for (index, frame) in frames.iter().enumerate() {
        if left_out > 0 && index == MOST / 2 {
            let _ = writeln!(text, "  .. {} (-v shows them)", counted(left_out as u64, "call"));
        }
        if left_out > 0 && (MOST / 2..MOST / 2 + left_out).contains(&index) {
            continue;
        }
        text.push_str(&line(frame, look));
    }
    text
}

fn line(frame: &Frame, look: Look) -> String {
    let function = if look.all { frame.function.clone() } else { short(&frame.function) };
    let place = match &frame.place {
        Some(_) if look.all => format!("{} ({:#x})", place(frame.place.as_ref()), frame.address),
        Some(_) => place(frame.place.as_ref()),
        None => format!("{:#x}", frame.address),
    };
    let inlined = if frame.is_inlined { " (inlined)" } else { "" };
    format!("  {function}{FAINT}{inlined}{FAINT:#} {FAINT}at{FAINT:#} {place}\n")
}

/// Without what std's functions have inlined of their own: the call of std that the user makes says it.
fn told(frames: &[Frame]) -> Vec<&Frame> {
    let is_told = |(index, frame): (usize, &Frame)| {
        let within = index.checked_sub(1).and_then(|index| frames.get(index));
        !(frame.is_inlined && is_of_std(frame) && within.is_some_and(is_of_std))
    };
    frames.iter().enumerate().filter(|at| is_told(*at)).map(|(_, frame)| frame).collect()
}

/// By the type or trait's crate that its name begins with.
fn is_of_std(frame: &Frame) -> bool {
    let name = frame.function.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '_');
    ["core", "alloc", "std", "__rustc"].contains(&name.split("::").next().unwrap_or_default())
}

pub(super) fn doubts(row: &Row, places: usize, look: Look) -> String {
    let most = if look.all { usize::MAX } else { 3 };
    let mut text = String::new();
    let mut seen = BTreeSet::new();
    let mut shown = 0;
    for doubt in &row.doubts {
        let reason = line_of(&reason(&doubt.why));
        // Copies of the same line of the source.
        let end = doubt
            .chain
            .last()
            .map(|frame| (frame.place.clone(), frame.place.is_none().then_some(frame.address)));
        if !look.all && !seen.insert((reason.clone(), end)) {
            continue;
        }
        shown += 1;
        if shown > most {
            continue;
        }
        let _ = writeln!(text, "  {WARNING}{reason}{WARNING:#}");
        for frame in frames(&doubt.chain, look).lines() {
            let _ = writeln!(text, "  {frame}");
        }
    }
    let more = places.saturating_sub(row.doubts.len()) + shown.saturating_sub(most);
    if more > 0 {
        let _ = writeln!(text, "  and {}", counted_as(more as u64, "more place", "more places"));
    }
    text
}

/// Whether trusting a function could decide it: an import, or one that is called by name on the way.
pub(super) fn trust_can_help(row: &Row) -> bool {
    row.doubts.iter().any(|doubt| {
        let calls = doubt.chain.iter().filter(|frame| !frame.is_inlined).count();
        matches!(doubt.why, Why::Import(_)) || calls > 1
    })
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    #[test]
    fn a_long_chain_is_cut_in_its_middle() {
        let frame = |n: u64| Frame { function: format!("f{n}"), address: n, place: None, is_inlined: false };
        let chain: Vec<Frame> = (0..100).map(frame).collect();
        let cut = anstream::adapter::strip_str(&frames(&chain, Look::default())).to_string();
        assert!(
            cut.contains("  f0 at 0x0\n") && cut.contains("  f99 at 0x63\n") && cut.contains(".. 76 calls"),
            "{cut}"
        );
        assert_eq!(cut.lines().count(), 25);
        assert_eq!(frames(&chain, Look { all: true, ..Look::default() }).lines().count(), 100);
    }
    #[test]
    fn what_std_inlines_in_itself_is_left_out() {
        let frame = |function: &str, is_inlined| Frame {
            function: function.to_owned(),
            address: 1,
            place: None,
            is_inlined,
        };
        let chain = [
            frame("app::f", false),
            frame("<alloc::vec::Vec<u8>>::push", true),
            frame("<alloc::raw_vec::RawVec<u8>>::grow_one", true),
            frame("app::inner::{closure#0}", true),
            frame("core::ops::function::call", true),
            frame("alloc::alloc::alloc", false),
            frame("<alloc::alloc::Global>::alloc_impl", true),
        ];
        let names = |all| {
            let text = frames(&chain, Look { all, ..Look::default() });
            let plain = anstream::adapter::strip_str(&text).to_string();
            plain
                .lines()
                .filter_map(|line| Some(line.split_whitespace().next()?.to_owned()))
                .collect::<Vec<_>>()
        };
        let expected = [0, 1, 3, 4, 5].map(|index| chain[index].function.clone());
        assert_eq!(names(false), expected);
        assert_eq!(names(true).len(), 7);
    }

    #[test]
    fn a_place_that_was_copied_is_one_and_trust_is_for_what_is_called_by_name() {
        let mut row = made_up::row(1, "app::calls", made_up::unknown());
        assert!(!trust_can_help(&row), "the function itself makes the call");
        let mut copy = row.doubts[0].clone();
        copy.chain[0].address += 8;
        row.doubts.push(copy);
        let text = doubts(&row, 4, Look::default());
        assert_eq!(text.matches("not known").count(), 1, "{text}");
        assert!(text.contains("and 2 more places"), "{text}");
        let callee = row.doubts[0].chain[0].clone();
        row.doubts[0].chain.push(callee);
        assert!(trust_can_help(&row));
    }
}
