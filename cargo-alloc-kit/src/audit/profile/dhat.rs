//! DHAT's format, version 2, as the dhat crate, valgrind and others write it: program points with their stacks.

use super::{Frame, Life, Point, Profile};
use crate::audit::language::Language;
use crate::dhat::{self, Dhat};
use crate::untrusted;

/// Reads a profile; what is wrong is said as what follows the file's name.
pub(super) fn parse(text: &[u8], file: &str) -> Result<Profile, String> {
    let dhat = Dhat::parse(text)?;
    let (origin, languages, limits) = match &dhat.own {
        Some(own) => {
            let languages = own.languages.iter().map(|name| language(name)).collect::<Result<_, _>>()?;
            let limits = own.limits.iter().map(|limit| untrusted::text_of(limit)).collect();
            (untrusted::text_of(&own.origin), languages, limits)
        }
        None if dhat.mode == "rust-heap" => ("the dhat crate".to_owned(), vec![Language::Rust], Vec::new()),
        None => ("valgrind".to_owned(), vec![Language::Rust], Vec::new()),
    };
    // valgrind 3.19 notes the most of a point only while the whole program has more than ever before: of what comes later it has 0,
    // or too little.
    let knows_most = dhat.own.is_some() || dhat.mode == "rust-heap";
    Ok(Profile {
        file: file.to_owned(),
        origin,
        languages,
        command: dhat.command,
        limits,
        partial: dhat.own.as_ref().and_then(|own| own.partial.as_deref()).map(untrusted::text_of),
        is_sampled: false,
        frames: dhat.frames.iter().map(|frame| frame_of(frame)).collect(),
        points: dhat.points.into_iter().map(|point| point_of(point, dhat.end, knows_most)).collect(),
        ..Profile::default()
    })
}

fn language(name: &str) -> Result<Language, String> {
    let known = match name {
        "rust" => Language::Rust,
        "javascript" => Language::JavaScript,
        "python" => Language::Python,
        _ => {
            let name = untrusted::text_of(name);
            return Err(format!(
                "is of the language `{name}`, and rust, javascript and python are known here"
            ));
        }
    };
    Ok(known)
}

fn point_of(point: dhat::Point, end: Option<u64>, knows_most: bool) -> Point {
    #[expect(clippy::cast_precision_loss, reason = "a part of a run, not a count")]
    let mean = |lifetimes: u64, blocks: u64, end: u64| lifetimes as f64 / blocks as f64 / end as f64;
    let mean_lifetime = match (point.tl, point.tbk, end) {
        (Some(lifetimes), Some(blocks @ 1..), Some(end @ 1..)) => Some(mean(lifetimes, blocks, end)),
        _ => None,
    };
    Point {
        frames: point.fs,
        bytes: point.tb,
        blocks: point.tbk,
        life: Life {
            mean_lifetime,
            most_bytes: point.mb.filter(|_| knows_most),
            most_blocks: point.mbk.filter(|_| knows_most),
            peak_bytes: point.gb,
            end_bytes: point.eb,
            reads: point.rb,
            writes: point.wb,
        },
    }
}

/// `app::parse (src/parse.rs:6:9)`, `malloc (in /usr/lib/libc.so)`, `[root]`.
fn frame_of(text: &str) -> Frame {
    let Some((function, place)) = split(text) else {
        return Frame { function: function_of(text), ..Frame::default() };
    };
    let function = function_of(function);
    // An object file is no source.
    if place.starts_with("in ") {
        return Frame { function, ..Frame::default() };
    }
    // valgrind has line 0 of what the compiler made.
    let number = |text: &str| text.parse::<u32>().ok();
    let (file, line, column) = match place.rsplit_once(':').map(|(rest, last)| (rest, number(last))) {
        Some((rest, Some(last))) => match rest.rsplit_once(':').map(|(file, line)| (file, number(line))) {
            Some((file, Some(line))) => (file, Some(line), Some(last)),
            _ => (rest, Some(last), None),
        },
        _ => (place, None, None),
    };
    Frame {
        function,
        file: Some(file.to_owned()).filter(|file| !file.is_empty() && file != "???"),
        line: line.filter(|line| *line > 0),
        column: column.filter(|column| *column > 0),
        is_start: false,
    }
}

/// The function and what stands in parentheses behind it. Both may have parentheses of their own.
fn split(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_suffix(')')?;
    let mut open = 1;
    for (at, byte) in inside.bytes().enumerate().rev() {
        match byte {
            b')' => open += 1,
            b'(' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return inside[..at].strip_suffix(' ').map(|function| (function, &inside[at + 1..]));
        }
    }
    None
}

/// Without the hash that the compiler puts behind a name.
fn function_of(name: &str) -> String {
    let is_hash = |end: &str| {
        end.len() == 17 && end.starts_with('h') && end[1..].bytes().all(|b| b.is_ascii_hexdigit())
    };
    match name.rsplit_once("::") {
        Some((rest, end)) if is_hash(end) => rest.to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let Frame { function, file, line, column, .. } = frame_of(text);
        format!("{function}|{}|{line:?}|{column:?}", file.unwrap_or_default())
    }

    #[test]
    fn frames_of_all_writers_are_taken_apart() {
        let frames = [
            ("app::parse (src/parse.rs:6:9)", "app::parse|src/parse.rs|Some(6)|Some(9)"),
            ("app::parse::h0123456789abcdef (a/parse.rs:6)", "app::parse|a/parse.rs|Some(6)|None"),
            ("malloc (in /usr/lib/x.so)", "malloc||None|None"),
            ("[root]", "[root]||None|None"),
            ("??? (in /lib (old)/x.so)", "???||None|None"),
            (
                "f<(u8, u8)> (C:\\Program Files (x86)\\a.rs:2:3)",
                "f<(u8, u8)>|C:\\Program Files (x86)\\a.rs|Some(2)|Some(3)",
            ),
            ("call<fn() -> (u8, u8)>", "call<fn() -> (u8, u8)>||None|None"),
            ("call () -> (u8, u8)", "call () ->|u8, u8|None|None"),
            ("<genexpr> (/a b/c.py:4)", "<genexpr>|/a b/c.py|Some(4)|None"),
            ("f (a.rs:0)", "f|a.rs|None|None"),
            ("f (a.rs:99999999999)", "f|a.rs:99999999999|None|None"),
        ];
        for (text, expected) in frames {
            assert_eq!(shown(text), expected);
        }
    }

    fn parsed(json: &str) -> Result<Profile, String> {
        parse(json.as_bytes(), "heap.json")
    }

    #[test]
    fn what_a_file_does_not_know_is_not_zero() {
        let text = r#"{"dhatFileVersion":2,"mode":"rust-heap","cmd":"app","te":1000,
            "pps":[{"tb":80,"tbk":4,"tl":40,"mb":20,"mbk":1,"gb":0,"gbk":0,"eb":0,"ebk":0,"fs":[1]}],
            "ftbl":["[root]","0x1: app::f (src/main.rs:2:5)"]}"#;
        let profile = parsed(text).expect("a profile");
        assert_eq!((profile.origin.as_str(), &*profile.languages), ("the dhat crate", &[Language::Rust][..]));
        let point = &profile.points[0];
        assert_eq!((point.bytes, point.blocks, &*point.frames), (80, Some(4), &[1][..]));
        assert_eq!(point.life.mean_lifetime, Some(0.01));
        assert_eq!((point.life.reads, point.life.most_blocks), (None, Some(1)));

        let own = r#"{"dhatFileVersion":2,"mode":"heap","alloc-kit":{"origin":"memray","languages":["python"],
            "limits":["none"]},"pps":[{"tb":80,"fs":[0]}],"ftbl":["f (/a.py:2)"]}"#;
        let profile = parsed(own).expect("a profile");
        assert_eq!((profile.origin.as_str(), &*profile.languages), ("memray", &[Language::Python][..]));
        assert_eq!((profile.points[0].blocks, profile.points[0].life), (None, Life::default()));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let with = |fields: &str| format!("{{\"dhatFileVersion\":2,\"mode\":\"heap\",{fields}}}");
        let most = u64::MAX;
        let cases = [
            (" \n".to_owned(), "is empty"),
            ("{\"dhatFileVersion\":2,\"mo".to_owned(), "is cut off"),
            ("{\"dhatFileVersion\":3,\"pps\":{}}".to_owned(), "of version 3"),
            ("[]".to_owned(), "it has no `dhatFileVersion`"),
            (
                "{\"dhatFileVersion\":2,\"mode\":\"ad-hoc\",\"pps\":[],\"ftbl\":[]}".to_owned(),
                "of the mode `ad-hoc`",
            ),
            (
                "{\"dhatFileVersion\":2,\"mode\":\"copy\",\"pps\":[{}],\"ftbl\":[]}".to_owned(),
                "of the mode `copy`",
            ),
            (with("\"ftbl\":[]"), "it has no `pps`"),
            (with("\"pps\":[]"), "it has no `ftbl`"),
            (with("\"pps\":[{\"tb\":1,\"tbk\":1,\"fs\":[1]}],\"ftbl\":[\"f\"]"), "has no frame 1"),
            (with("\"pps\":[{\"tb\":-1,\"fs\":[]}],\"ftbl\":[]"), "invalid value: integer `-1`"),
            (
                with("\"pps\":[{\"tb\":99999999999999999999,\"fs\":[]}],\"ftbl\":[]"),
                "invalid type: floating point",
            ),
            (
                with(&format!("\"pps\":[{{\"tb\":{most},\"fs\":[]}},{{\"tb\":1,\"fs\":[]}}],\"ftbl\":[]")),
                "more bytes",
            ),
        ];
        for (text, said) in cases {
            let error = parsed(&text).map(|_| ()).expect_err(&text);
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
