//! The one file that this repository reads which others may write: the baselines of alloc-kit-bench. Ratchet files, once there
//! are any, belong here: a function that reads one, as [`baselines`] does.

use std::ffi::OsString;

use super::bytes::Bytes;
use crate::baseline;
use crate::plan::Plan;

/// Any text is read or refused with a reason; what was read is written so that it is read again as the same. And any
/// arguments and variables of a benchmark are a plan, or refused likewise.
pub(crate) fn baselines(input: &[u8]) {
    let mut bytes = Bytes(input);
    if bytes.one_in(8) {
        return plan(bytes);
    }
    let text = bytes.rest_as_text();
    match baseline::read(text) {
        Ok(named) => {
            let written = baseline::write(&named);
            let again = baseline::read(&written);
            assert_eq!(again.as_ref(), Ok(&named), "{written}");
        }
        Err(why) => assert!(!why.is_empty() && !why.contains('\n'), "{why:?}"),
    }
}

/// What is refused of them, the harness refuses, or it is a variable, and then its name is in the message.
fn plan(mut bytes: Bytes<'_>) {
    let variables: Vec<String> = (0..3).map(|_| bytes.text()).collect();
    let arguments = bytes.rest_as_text().split('\0').map(OsString::from);
    let variable = |name: &str| {
        let at = match name {
            "ALLOC_KIT_MODE" => 0,
            "ALLOC_KIT_BENCH_BASELINE" => 1,
            "ALLOC_KIT_BENCH_SAVE_BASELINE" => 2,
            other => panic!("{other} is read, and not in the docs"),
        };
        Some(OsString::from(&variables[at]))
    };
    if let Err(why) = Plan::of(arguments, variable) {
        assert!(why.starts_with('`') && why.contains("ALLOC_KIT_"), "{why:?}");
    }
}
