//! The budgets on the files, every kind of token, and where errors are.

use crate::findings::{CALLS, Findings};
use crate::lean::{self, Needs, Tokenizer};
use crate::scan::{Error, Kind, Token, Why};
use crate::{SAMPLES, run, usual};
use alloc_kit::{Usage, alloc_budget, measure};
use std::borrow::Cow;
use std::env;
use std::ffi::OsString;
use std::fs;

/// Makes tokens in all ways, sees to it that they agree, and hands over what they say.
fn all(source: &str) -> Result<Vec<(Kind, String)>, Error> {
    fn owned(token: &Token<impl AsRef<str>>) -> (Kind, String) {
        (token.kind, token.text.as_ref().to_owned())
    }
    let usual = usual::tokenize(source).map(|tokens| tokens.iter().map(owned).collect::<Vec<_>>());
    let lean = lean::tokenize(source).map(|tokens| tokens.iter().map(owned).collect());
    let kept = Tokenizer::new().with_tokens(source, |tokens| tokens.iter().map(owned).collect());
    assert_eq!(usual, lean);
    assert_eq!(usual, kept);
    usual
}

/// The only token of a source.
fn token(source: &str) -> (Kind, String) {
    let mut tokens = all(source).unwrap_or_else(|error| panic!("{error}: {source}"));
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    tokens.remove(0)
}

fn samples() -> [String; 3] {
    SAMPLES.map(|file| fs::read_to_string(file).unwrap())
}

mod budgets {
    use super::*;

    fn length(tokenizer: &mut Tokenizer, source: &str) -> Result<usize, Error> {
        tokenizer.with_tokens(source, |tokens| tokens.len())
    }

    /// Also what is allowed where buffers grow.
    fn with_allowed(usage: &Usage) -> u64 {
        usage.allocations + usage.allowed_allocations
    }

    #[test]
    fn a_list_and_the_literals_with_escapes() {
        let source = r#"f("plain", "tab\t", b"\xff", r"raw\t", '\n');"#;
        let needs = lean::needs(source).unwrap();
        let copied_bytes = r"tab\t".len() + r"\xff".len();
        assert_eq!(needs, Needs { tokens: 13, copies: 2, copied_bytes });
        let (tokens, usage) = measure(|| lean::tokenize(source).unwrap());
        assert_eq!((tokens.len(), usage.allocations, usage.deallocations), (13, 3, 0));
        assert_eq!(usage.bytes_allocated, (13 * size_of::<Token<Cow<'_, str>>>() + copied_bytes) as u64);
        let copies = tokens.iter().filter(|token| matches!(token.text, Cow::Owned(_))).count();
        assert_eq!(copies, 2);
    }

    #[test]
    fn a_second_file_in_the_same_buffers_allocates_nothing() {
        let [largest, others @ ..] = samples();
        let mut tokenizer = Tokenizer::new();
        let (first, usage) = measure(|| length(&mut tokenizer, &largest).unwrap());
        assert!(first > 5_000 && (2..30).contains(&with_allowed(&usage)), "{first} tokens, {usage:?}");
        for source in [&others[0], &others[1], &largest] {
            let (tokens, usage) = measure(|| length(&mut tokenizer, source).unwrap());
            assert!(tokens > 3_000, "{tokens}");
            assert_eq!((with_allowed(&usage), usage.deallocations), (0, 0));
        }
    }

    #[test]
    fn an_error_leaves_the_buffers_to_the_next_source() {
        let mut tokenizer = Tokenizer::new();
        let source = r#"let a = "b\tc";"#;
        length(&mut tokenizer, source).unwrap();
        length(&mut tokenizer, "let a = \"b\\td\"; '").unwrap_err();
        let (tokens, usage) = measure(|| length(&mut tokenizer, source));
        assert_eq!((tokens, with_allowed(&usage)), (Ok(5), 0));
    }

    #[test]
    fn the_usual_way_has_a_string_for_each_token() {
        for source in samples() {
            let (tokens, usage) = measure(|| usual::tokenize(&source).unwrap());
            // But for those of no bytes.
            let texts = tokens.iter().filter(|token| !token.text.is_empty()).count();
            assert!(usage.allocations > texts as u64 && texts > 3_000, "{usage:?}, {texts} texts");
            let (tokens, usage) = measure(|| lean::tokenize(&source).unwrap());
            assert!(usage.allocations < tokens.len() as u64 / 100, "{usage:?}");
        }
    }

    #[test]
    #[should_panic(expected = "its budget is 1")]
    fn tokens_that_own_their_texts_are_over_the_budget() {
        #[alloc_budget(1 + needs.copies)]
        fn list(source: &str, needs: Needs) -> Vec<Token<String>> {
            let mut tokens = Vec::with_capacity(needs.tokens);
            tokens.extend(usual::tokenize(source).unwrap());
            tokens
        }
        list("a + b", lean::needs("a + b").unwrap());
    }
}

mod tokens {
    use super::*;

    #[test]
    fn words_lifetimes_and_numbers() {
        for (source, kind) in [
            ("_a1", Kind::Word),
            ("größe", Kind::Word),
            ("r#type", Kind::Word),
            ("bcr", Kind::Word),
            ("r", Kind::Word),
            ("0xff_u8", Kind::Number),
            ("1.5e-3", Kind::Number),
            ("0x1e", Kind::Number),
            ("2E+10f64", Kind::Number),
        ] {
            assert_eq!(token(source), (kind, source.to_owned()));
        }
        assert_eq!(token("'a"), (Kind::Lifetime, "a".to_owned()));
        let texts = |source| all(source).unwrap().into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(texts("0..5"), ["0", ".", ".", "5"]);
        assert_eq!(texts("1.max(0x1e-2)"), ["1", ".", "max", "(", "0x1e", "-", "2", ")"]);
        assert_eq!(texts("&'a b 'c'"), ["&", "a", "b", "c"]);
    }

    #[test]
    fn texts_without_quotes_and_escapes() {
        for (source, text) in [
            (r#""""#, ""),
            (r#""a\\\"\n\r\t\0\'""#, "a\\\"\n\r\t\0'"),
            (r#""\x41\u{e9}\u{1F600}é""#, "Aé😀é"),
            (r#"b"\xff\x00""#, "ÿ\0"),
            (r#"c"a""#, "a"),
            ("\"a\\\n   b\"", "ab"),
            ("\"a\\\r\n b\"", "ab"),
            (r#"r"\n""#, "\\n"),
            (r##"br#"a"b"#"##, "a\"b"),
            ("cr####\"\"###\"\"####", "\"###\""),
        ] {
            assert_eq!(token(source), (Kind::Text, text.to_owned()), "{source}");
        }
    }

    #[test]
    fn characters_keep_their_escapes() {
        for source in ["a", "é", "\"", r"\'", r"\\", r"\u{41}"] {
            assert_eq!(token(&format!("'{source}'")), (Kind::Char, source.to_owned()));
        }
        assert_eq!(token(r"b'\n'"), (Kind::Char, r"\n".to_owned()));
    }

    #[test]
    fn comments_are_no_tokens() {
        assert_eq!(all("// a\n/* b /* c */ \" */ /**/ /*/ */ //").unwrap(), []);
        assert_eq!(all("").unwrap(), []);
        assert_eq!(token("/* a */ b // c").1, "b");
    }

    #[test]
    fn the_files_are_whole() {
        for source in samples() {
            let tokens = all(&source).unwrap();
            let open = tokens.iter().filter(|(kind, text)| *kind == Kind::Mark && text == "{").count();
            assert!(open > 100, "{open}");
        }
    }
}

mod errors {
    use super::*;

    #[test]
    fn each_has_its_place() {
        for (source, line, column, why) in [
            ("a\n  \"b", 2, 3, Why::OpenText),
            ("r#\"a\"", 1, 1, Why::OpenText),
            ("\"\\\"", 1, 1, Why::OpenText),
            ("é /* /* */", 1, 3, Why::OpenComment),
            ("\"é\\q\"", 1, 3, Why::UnknownEscape),
            ("\"\\x4\"", 1, 2, Why::UnknownEscape),
            ("\"\\x+1\"", 1, 2, Why::UnknownEscape),
            ("'\\u{d800}'", 1, 2, Why::UnknownEscape),
            ("a '' b", 1, 3, Why::OpenChar),
            ("'", 1, 1, Why::OpenChar),
            ("\n\n€", 3, 1, Why::UnknownCharacter('€')),
            ("(\n [ )", 2, 4, Why::NoSuchBracket(')')),
            ("}", 1, 1, Why::NoSuchBracket('}')),
            ("( [\n]\n", 1, 1, Why::OpenBracket('(')),
        ] {
            assert_eq!(all(source), Err(Error { line, column, why }), "{source:?}");
        }
    }

    #[test]
    fn brackets_may_be_as_deep_as_in_rustc() {
        let nested = |depth| "(".repeat(depth) + &")".repeat(depth);
        assert_eq!(all(&nested(128)).unwrap().len(), 256);
        assert_eq!(all(&nested(129)), Err(Error { line: 1, column: 129, why: Why::TooDeep }));
    }

    #[test]
    fn every_part_of_a_file_is_tokens_or_an_error() {
        let [source, ..] = samples();
        // 997 is prime, so that ends fall anywhere in a line.
        let ends = (0..source.len()).step_by(997).filter(|&end| source.is_char_boundary(end));
        let (mut whole, mut cut) = (0, 0);
        for end in ends {
            let outcome = lean::needs(&source[..end]);
            *(if outcome.is_ok() { &mut whole } else { &mut cut }) += 1;
        }
        assert!(whole > 0 && cut > 10, "{whole} whole, {cut} cut");
    }
}

mod program {
    use super::*;

    /// What the program answers: its outcome and standard output.
    fn answer(arguments: &[&str]) -> (Result<(), (String, u8)>, String) {
        let mut out = Vec::new();
        let outcome = run(arguments.iter().map(OsString::from), &mut out);
        (outcome, String::from_utf8(out).unwrap())
    }

    #[test]
    fn calls_are_found_outside_of_texts_and_comments() {
        let source = "a.clone() // b.clone()
            let clone = \"c.clone()\"; clone(); d.collect::<Vec<_>>(); vec![Box::new(1)]; e.vec; Box::from(2)";
        let mut findings = Findings::default();
        findings.add(&lean::tokenize(source).unwrap());
        let found = CALLS.iter().zip(findings.calls).filter(|(_, times)| *times > 0);
        let found: Vec<_> = found.map(|(call, times)| (call.0, times)).collect();
        assert_eq!(found, [("clone", 1), ("collect", 1), ("vec!", 1), ("Box::new", 1)]);
        assert_eq!((findings.texts, findings.text_bytes), (1, "c.clone()".len() as u64));
    }

    #[test]
    fn the_files_by_default() {
        let (outcome, out) = answer(&[]);
        outcome.unwrap();
        assert!(out.starts_with("3 files: 18,026 tokens") && out.contains("54  vec!"), "{out}");
        assert!(out.ends_with(" 0\n"), "{out}");
    }

    #[test]
    fn a_file_with_an_error() {
        let file = env::temp_dir().join(format!("alloc-kit-tokenizer-{}.rs", std::process::id()));
        fs::write(&file, "fn a() {\n  (\n}").unwrap();
        let (outcome, out) = answer(&[&file.display().to_string()]);
        fs::remove_file(&file).unwrap();
        let (problem, code) = outcome.unwrap_err();
        assert!(problem.ends_with(".rs: line 3, column 1: `}` closes nothing that is open"), "{problem}");
        assert_eq!((code, &*out), (1, ""));
    }

    #[test]
    fn what_cannot_be_read() {
        let (outcome, _) = answer(&["no/such.rs"]);
        assert!(matches!(outcome, Err((why, 1)) if why.starts_with("cannot read no/such.rs: ")));
    }

    #[test]
    fn arguments() {
        let (outcome, out) = answer(&["--help"]);
        assert!(outcome.is_ok() && out.starts_with("usage: tokenizer"), "{out}");
        assert!(matches!(answer(&["a.rs", "--fast"]).0, Err((why, 2)) if why.contains("`--fast`")));
    }
}
