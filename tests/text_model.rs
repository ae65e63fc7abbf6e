//! `TextBuf` against a `String` that is given the same.
//!
//! Run with: `cargo test -p alloc-kit-tests --test text_model`.

#[path = "support/cases.rs"]
mod cases;

use std::fmt::Write;

use alloc_kit::{Reuse, TextBuf, try_with_fmt, with_fmt};
use cases::cases;
use proptest::prelude::*;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Push(String),
    PushChar(char),
    Append(String, i32),
    Format(String, i32),
    TryFormat(String, i32),
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Of one to four bytes a character.
    let text = |most| {
        let char = prop_oneof![any::<char>(), prop::char::range('a', 'é'), Just('🦀'), Just('€')];
        prop::collection::vec(char, 0..most).prop_map(String::from_iter)
    };
    let step = prop_oneof![
        4 => text(9).prop_map(Step::Push),
        4 => any::<char>().prop_map(Step::PushChar),
        1 => text(90).prop_map(Step::Push),
        2 => (text(9), any::<i32>()).prop_map(|(text, n)| Step::Append(text, n)),
        1 => (text(20), any::<i32>()).prop_map(|(text, n)| Step::Format(text, n)),
        1 => (text(20), any::<i32>()).prop_map(|(text, n)| Step::TryFormat(text, n)),
        1 => Just(Step::Clear),
    ];
    prop::collection::vec(step, 0..60)
}

fn agree<const N: usize>(steps: &[Step], max_bytes: usize) {
    let mut text = TextBuf::<N>::new().max_bytes(max_bytes);
    let mut model = String::new();
    for step in steps {
        match step {
            Step::Push(piece) => {
                text.write_str(piece).unwrap();
                model.push_str(piece);
            }
            Step::PushChar(char) => {
                text.write_char(*char).unwrap();
                model.push(*char);
            }
            Step::Append(piece, n) => {
                write!(text, "{piece}{n:>5}{piece:?}").unwrap();
                write!(model, "{piece}{n:>5}{piece:?}").unwrap();
            }
            Step::Format(piece, n) => {
                model = format!("{piece}{n:>5}{piece:?}");
                assert_eq!(text.format(format_args!("{piece}{n:>5}{piece:?}")), &model);
            }
            Step::TryFormat(piece, n) => {
                model = format!("{piece}{n:>5}");
                assert_eq!(text.try_format(format_args!("{piece}{n:>5}")), Ok(&*model));
            }
            Step::Clear => {
                text.clear();
                model.clear();
            }
        }
        // Byte by byte: comparing `str`s would take them for valid.
        assert_eq!(std::str::from_utf8(text.as_str().as_bytes()), Ok(&*model));
        assert_eq!((text.len(), text.is_empty()), (model.len(), model.is_empty()));
        assert_eq!(text.spilled(), model.len() > N);
        assert!(text.spilled() || text.retained_bytes() <= max_bytes);
    }
    text.reset();
    assert!(text.retained_bytes() <= max_bytes);
    assert!(text.as_str().is_empty() && !text.spilled());
}

/// The steps, and `max_bytes`.
pub(crate) type Case = (Vec<Step>, usize);

/// What fuzz/ makes from its inputs, too.
pub(crate) fn case() -> impl Strategy<Value = Case> {
    (steps(), 0..300_usize)
}

/// Fails unless the two agree after each step, whatever is inline.
pub(crate) fn holds((steps, max_bytes): &Case) {
    agree::<0>(steps, *max_bytes);
    agree::<1>(steps, *max_bytes);
    agree::<7>(steps, *max_bytes);
    agree::<64>(steps, *max_bytes);
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn it_holds_what_a_string_holds(case in case()) {
        holds(&case);
    }

    #[test]
    fn with_fmt_shows_what_format_gives(pieces in prop::collection::vec(any::<String>(), 3), n in any::<u8>()) {
        let n = usize::from(n);
        let expected = format!("{:>n$}{}{:?}", pieces[0], pieces[1], pieces[2]);
        let args = format_args!("{:>n$}{}{:?}", pieces[0], pieces[1], pieces[2]);
        prop_assert!(with_fmt(args, |text| text == expected));
        prop_assert_eq!(try_with_fmt(args, |text| text == expected), Ok(true));
    }
}
