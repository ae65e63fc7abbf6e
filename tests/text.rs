//! `TextBuf`, `with_fmt` and `cow_format!`: when they allocate, what they keep, and how they fail.
//!
//! Run with: `cargo test -p alloc-kit-tests --test text`, also with `--release`.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Display, Write};
use std::panic::{self, AssertUnwindSafe};

use alloc_kit::{
    FormatError, Reuse, SmallVec, TextBuf, alloc_budget, cow_format, fail_nth, measure, no_alloc,
    try_with_fmt, with_fmt,
};

/// The message with which the call panics.
fn panicked<R>(call: impl FnOnce() -> R) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).err().expect("a panic");
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).expect("a message")
}

/// Gives the first text, and then does not go on.
struct Halfway<'a>(&'a str, fn() -> fmt::Result);

impl Display for Halfway<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        self.1()
    }
}

#[test]
fn short_texts_are_in_place_and_long_ones_are_kept() {
    #[no_alloc]
    fn short(text: &mut TextBuf<64>, n: u32) -> usize {
        text.format(format_args!("shard-{n}/key-{:>8}", n * n)).len()
    }
    #[no_alloc(warmup = 1)]
    fn long(text: &mut TextBuf<64>, n: usize) -> usize {
        text.format(format_args!("{:>n$}", 7)).len()
    }
    let mut text = TextBuf::new();
    assert_eq!((short(&mut text, 9), text.spilled(), text.retained_bytes()), (20, false, 0));
    assert_eq!((long(&mut text, 5_000), text.spilled()), (5_000, true));
    assert!(text.retained_bytes() >= 5_000);
    assert_eq!((short(&mut text, 9), text.spilled()), (20, false));
    assert_eq!((long(&mut text, 4_000), text.spilled()), (4_000, true));
    assert_eq!(text.as_str(), format!("{:>4000}", 7));
}

#[test]
fn a_large_text_is_given_back() {
    let mut text = TextBuf::<16>::new();
    let ((), usage) = measure(|| {
        assert_eq!(text.format(format_args!("{:>1$}", 7, 60_000)).len(), 60_000);
        text.clear();
    });
    assert_eq!(u64::try_from(usage.live_bytes), Ok(text.retained_bytes() as u64));
    assert!((60_000..=65_536).contains(&text.retained_bytes()), "{text:?}");

    // At the default bound, and just above it.
    for (bytes, kept) in [(65_536, 65_536), (65_537, 0)] {
        let mut text = TextBuf::<16>::new();
        text.write_str(&"x".repeat(bytes)).unwrap();
        text.clear();
        assert_eq!(text.retained_bytes(), kept);
    }
    // A bound that comes late is told of as soon as it holds, which is when a text was there again.
    let mut late = TextBuf::<16>::new();
    late.write_str(&"x".repeat(99)).unwrap();
    late.clear();
    let mut late = late.max_bytes(50);
    assert_eq!(late.retained_bytes(), 99);
    let ((), usage) = measure(|| {
        late.write_str("longer than in place").unwrap();
        late.reset();
    });
    assert_eq!((usage.live_bytes, late.retained_bytes()), (-99, 0));

    let piece = "x".repeat(1_000_000);
    let ((), usage) = measure(|| {
        for _ in 0..100 {
            text.write_str(&piece).unwrap();
        }
        assert_eq!(text.len(), 100_000_000);
        assert!(text.retained_bytes() >= 100_000_000, "until it is reset");
        text.reset();
    });
    assert!(usage.peak_bytes > 99_000_000, "{usage:?}");
    assert_eq!((text.as_str(), text.retained_bytes()), ("", 0));
    assert!(usage.live_bytes <= -60_000, "also what was kept before: {usage:?}");

    let mut none_kept = TextBuf::<16>::new().max_bytes(0);
    let ((), usage) = measure(|| {
        none_kept.format(format_args!("{:>99}", 7));
        none_kept.clear();
    });
    assert_eq!((usage.live_bytes, none_kept.retained_bytes()), (0, 0));
}

#[test]
fn it_is_a_sink_that_is_appended_to() {
    static EMPTY: TextBuf<4> = TextBuf::new();
    assert!(EMPTY.is_empty());
    let mut text = TextBuf::<4>::default();
    write!(text, "a{}", 1).unwrap();
    text.write_char('é').unwrap();
    assert_eq!((text.as_str(), text.len(), text.spilled()), ("a1é", 4, false));
    text.write_str("").unwrap();
    assert!(!text.spilled());
    text.write_char('x').unwrap();
    text.write_str("").unwrap();
    assert_eq!((text.as_str(), text.len(), text.spilled()), ("a1éx", 5, true));
    assert_eq!((format!("{text:>6}|"), text.as_ref()), ("  a1éx|".to_owned(), text.as_str()));
    assert!(format!("{text:?}").starts_with("TextBuf { text: \"a1éx\", retained_bytes: "));
    assert_eq!(text.format(format_args!("literal")), "literal");
    assert_eq!(text.format(format_args!("")), "");
}

#[test]
fn a_display_that_fails_is_told_as_format_tells_it() {
    let mut text = TextBuf::<8>::new();
    for half in ["half", "more than half"] {
        let halfway = Halfway(half, || Err(fmt::Error));
        assert_eq!(text.try_format(format_args!("{halfway}!")), Err(FormatError::Display));
        assert_eq!(text.as_str(), half, "what there was until then");
        let said = panicked(|| text.format(format_args!("{halfway}!")).len());
        assert_eq!(said, "alloc-kit: a formatting trait implementation returned an error");
        assert!(panicked(|| format!("{halfway}!")).starts_with(&said["alloc-kit: ".len()..]));
        assert!(panicked(|| with_fmt(format_args!("{halfway}!"), str::len)).contains("returned an error"));
        assert_eq!(try_with_fmt(format_args!("{halfway}!"), str::len), Err(FormatError::Display));
        panicked(|| cow_format!("{halfway}!"));
    }
    assert!(FormatError::Display.source().is_none());
}

#[test]
fn a_display_that_panics_leaves_a_text() {
    let mut text = TextBuf::<8>::new();
    for half in ["hälf", "möre than half"] {
        let halfway = Halfway(half, || panic!("halfway"));
        assert_eq!(panicked(|| text.format(format_args!("{halfway}!")).len()), "halfway");
        assert_eq!(text.as_str(), half);
        assert_eq!(text.format(format_args!("{}", 7)), "7");
    }
}

#[test]
fn without_memory_it_says_so() {
    /// A `Display` that does not look whether it was heard.
    struct Silent;
    impl Display for Silent {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let _ = f.write_str("longer than that");
            let _ = f.write_str("ab");
            Ok(())
        }
    }

    let mut text = TextBuf::<8>::new();
    let refused = fail_nth(1, || text.try_format(format_args!("{:>9}", 7)).map(str::len)).unwrap_err();
    assert_eq!(refused.to_string(), "out of memory: 16 bytes asked for");
    assert_eq!(refused.source().map(ToString::to_string), Some(refused.to_string()));
    assert!(text.len() <= 8);
    let refused = fail_nth(1, || try_with_fmt(format_args!("{:>999}", 7), str::len)).unwrap_err();
    assert!(matches!(refused, FormatError::OutOfMemory(_)));

    // Also where it keeps that for itself.
    let refused = fail_nth(1, || text.try_format(format_args!("{Silent}")).map(str::len));
    assert!(matches!(refused, Err(FormatError::OutOfMemory(_))), "{refused:?}");
    assert_eq!(text.try_format(format_args!("{Silent}")), Ok("longer than thatab"));
}

#[test]
fn with_fmt_does_not_allocate_up_to_256_bytes() {
    #[no_alloc]
    fn of_length(n: usize) -> usize {
        with_fmt(format_args!("{:>n$}", 7), str::len)
    }
    assert_eq!((of_length(1), of_length(256)), (1, 256));
    let (length, usage) = measure(|| with_fmt(format_args!("{:>257}", 7), str::len));
    assert_eq!((length, usage.allocations, usage.live_bytes), (257, 1, 0));

    let literal = "a literal is not copied";
    let place = with_fmt(format_args!("a literal is not copied"), |text| text.as_ptr().addr());
    assert_eq!(place, try_with_fmt(format_args!("a literal is not copied"), |t| t.as_ptr().addr()).unwrap());
    assert!(with_fmt(format_args!("{literal}{}", ""), |text| text == literal));
    assert_eq!(with_fmt(format_args!("{}", 1), |one| with_fmt(format_args!("{one}{one}"), str::len)), 2);
}

#[test]
fn look_ups_by_a_built_key() {
    const HEADERS: usize = 12;
    let lines: Vec<String> = (0..HEADERS).map(|n| format!("x-field-{n}: value {n}")).collect();

    #[alloc_budget(260_000)]
    fn usual(lines: &[String], requests: usize) -> usize {
        let request = |n: usize| {
            let mut headers = Vec::with_capacity(HEADERS);
            headers.extend(
                lines
                    .iter()
                    .filter_map(|line| line.split_once(": "))
                    .map(|(k, v)| (k.to_string(), v.to_string())),
            );
            let key = format!("x-field-{}", n % HEADERS);
            headers.iter().find(|(name, _)| *name == key).map_or(0, |(_, value)| value.len())
        };
        (0..requests).map(request).sum()
    }
    #[no_alloc]
    fn lean(lines: &[String], requests: usize) -> usize {
        let request = |n: usize| {
            let mut headers = SmallVec::<(&str, &str), 16>::new();
            headers.extend(lines.iter().filter_map(|line| line.split_once(": ")));
            with_fmt(format_args!("x-field-{}", n % HEADERS), |key| {
                headers.iter().find(|(name, _)| *name == key).map_or(0, |(_, value)| value.len())
            })
        };
        (0..requests).map(request).sum()
    }
    let (found, usage) = measure(|| usual(&lines, 10_000));
    assert_eq!((found, usage.allocations), (lean(&lines, 10_000), 260_000));
}

#[test]
fn messages_most_of_which_are_fixed() {
    #[alloc_budget(1_001)]
    fn lean() -> Vec<Cow<'static, str>> {
        let mut errors = Vec::with_capacity(10_000);
        errors.extend(
            (0..10_000).map(|n| {
                if n % 10 == 0 { cow_format!("line {n}: no colon") } else { cow_format!("no header") }
            }),
        );
        errors
    }
    let (usual, usage) = measure(|| {
        let mut errors = Vec::with_capacity(10_000);
        errors.extend(
            (0..10_000)
                .map(|n| if n % 10 == 0 { format!("line {n}: no colon") } else { "no header".to_string() }),
        );
        errors
    });
    let (lean, of_lean) = measure(lean);
    assert_eq!((usage.allocations, of_lean.allocations), (10_001, 1_001));
    assert_eq!(lean, usual);
}

#[test]
fn cow_format_takes_what_format_takes() {
    let (name, width) = ("x", 4);
    let borrowed: [Cow<'static, str>; 4] =
        [cow_format!("literal"), cow_format!("literal",), cow_format!(""), cow_format!("{{}}")];
    assert!(borrowed.iter().all(|text| matches!(text, Cow::Borrowed(_))), "{borrowed:?}");
    assert_eq!(borrowed, ["literal", "literal", "", "{}"]);
    let owned: [Cow<'static, str>; 5] = [
        cow_format!("{name}"),
        cow_format!("{name:>width$}|"),
        cow_format!("{:>1$}|", name, width,),
        cow_format!("{0:?} {n}", name, n = 7),
        cow_format!("{}", String::from(name)),
    ];
    assert!(owned.iter().all(|text| matches!(text, Cow::Owned(_))), "{owned:?}");
    assert_eq!(owned, ["x", "   x|", "   x|", "\"x\" 7", "x"]);
}
