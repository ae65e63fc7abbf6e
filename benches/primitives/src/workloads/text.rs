//! `with_fmt`, `TextBuf` and `cow_format!`: text that is formatted for a moment, again and again, or not at all.

use std::borrow::Cow;
use std::fmt::Write;

use alloc_kit::{TextBuf, cow_format, with_fmt};
use arrayvec::ArrayString;

use super::of_bytes;
use crate::harness::memory::Probe;
use crate::harness::{Inputs, LINES, Meter, Side, Work, Workload};

pub(crate) const WITH_FMT: Workload = Workload {
    name: "with_fmt",
    title: "`with_fmt`",
    operation: "a key of a word and a number",
    operations: 4_096,
    warm_up: LINES,
    sides: &[
        Side::naive("`format!`", Work::One(format)),
        Side::hand("`ArrayString`, `write!`", Work::One(array_string)),
        Side::ours("`with_fmt`", Work::One(ours_with_fmt)),
    ],
};

pub(crate) const TEXT_BUF: Workload = Workload {
    name: "text_buf",
    title: "`TextBuf`",
    sides: &[
        Side::naive("`format!`", Work::One(format)),
        Side::hand("`String`, `clear` and `write!`", Work::One(string)).large(large_string),
        Side::ours("`TextBuf`", Work::One(ours_text_buf)).large(large_text_buf),
    ],
    ..WITH_FMT
};

pub(crate) const COW_FORMAT: Workload = Workload {
    name: "cow_format",
    title: "`cow_format!`",
    operation: "10 messages, 9 of them fixed",
    operations: 512,
    warm_up: 8,
    sides: &[
        Side::naive("`String`s", Work::One(messages::<Strings>)),
        Side::hand("`Cow` by hand", Work::One(messages::<ByHand>)),
        Side::ours("`cow_format!`", Work::One(messages::<Ours>)).may_allocate(1.0),
    ],
};

fn format(inputs: &Inputs, meter: &mut Meter) {
    meter.words(inputs, |word| of_bytes(format!("words/{word}/{}/count", word.len()).as_bytes()));
}

fn array_string(inputs: &Inputs, meter: &mut Meter) {
    meter.words(inputs, |word| {
        let mut key = ArrayString::<256>::new();
        write!(key, "words/{word}/{}/count", word.len()).expect("a short word");
        of_bytes(key.as_bytes())
    });
}

fn ours_with_fmt(inputs: &Inputs, meter: &mut Meter) {
    meter.words(inputs, |word| {
        with_fmt(format_args!("words/{word}/{}/count", word.len()), |key| of_bytes(key.as_bytes()))
    });
}

fn string(inputs: &Inputs, meter: &mut Meter) {
    let mut key = String::new();
    meter.words(inputs, |word| {
        key.clear();
        write!(key, "words/{word}/{}/count", word.len()).expect("a `String` takes all");
        of_bytes(key.as_bytes())
    });
}

fn ours_text_buf(inputs: &Inputs, meter: &mut Meter) {
    let mut key = TextBuf::<64>::new();
    meter.words(inputs, |word| {
        of_bytes(key.format(format_args!("words/{word}/{}/count", word.len())).as_bytes())
    });
}

/// Nine messages that are fixed, and one with a number.
trait Messages {
    type Text: AsRef<str>;
    fn fixed() -> Self::Text;
    fn with_number(number: u64) -> Self::Text;
}

struct Strings;

impl Messages for Strings {
    type Text = String;

    #[inline]
    fn fixed() -> String {
        "the connection was closed".to_owned()
    }

    #[inline]
    fn with_number(number: u64) -> String {
        format!("no such stream: {number}")
    }
}

struct ByHand;

impl Messages for ByHand {
    type Text = Cow<'static, str>;

    #[inline]
    fn fixed() -> Self::Text {
        Cow::Borrowed("the connection was closed")
    }

    #[inline]
    fn with_number(number: u64) -> Self::Text {
        Cow::Owned(format!("no such stream: {number}"))
    }
}

struct Ours;

impl Messages for Ours {
    type Text = Cow<'static, str>;

    #[inline]
    fn fixed() -> Self::Text {
        cow_format!("the connection was closed")
    }

    #[inline]
    fn with_number(number: u64) -> Self::Text {
        cow_format!("no such stream: {number}")
    }
}

fn messages<M: Messages>(_inputs: &Inputs, meter: &mut Meter) {
    meter.numbers(|number| {
        (0..10).fold(0, |sum, message| {
            // Somebody made it, and somebody else looks at it.
            let text = std::hint::black_box(if message == 7 { M::with_number(number) } else { M::fixed() });
            sum ^ of_bytes(text.as_ref().as_bytes())
        })
    });
}

/// A text as long as that, in parts.
fn write_large(text: &mut impl Write, bytes: usize) {
    let part = "x".repeat(1 << 20);
    let mut written = 0;
    while written < bytes {
        text.write_str(&part).expect("there is memory");
        written += part.len();
    }
}

fn large_string(bytes: usize, probe: &mut Probe<'_>) {
    let mut text = String::from("short");
    probe();
    text.clear();
    write_large(&mut text, bytes);
    probe();
    text.clear();
    text.push_str("short");
    probe();
}

fn large_text_buf(bytes: usize, probe: &mut Probe<'_>) {
    let mut text = TextBuf::<64>::new();
    text.format(format_args!("{:>1000}", "longer"));
    probe();
    text.clear();
    write_large(&mut text, bytes);
    probe();
    text.clear();
    text.format(format_args!("short"));
    probe();
}
