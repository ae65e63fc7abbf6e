//! Whole programs judged: one of `aarch64` made by hand, and a few lines of Rust as the compiler has them.

mod lost;

use super::{Question, Root, judge};
use crate::prove::image::Image;
use crate::prove::image::made::of_rust;
use crate::prove::isa::handmade;
use crate::prove::records::Records;
use crate::prove::verdict::{Chain, Verdict};

/// The verdicts of functions, by a part of their names that only one has.
fn verdicts(image: &Image, question: &Question, names: &[&str]) -> Vec<Verdict> {
    let start = |name: &&str| {
        let function = image.functions.iter().find(|function| image.name(function).contains(*name));
        Root::Function(function.unwrap_or_else(|| panic!("{name} is not in the program")).start)
    };
    let roots: Vec<Root> = names.iter().map(start).collect();
    judge(image, &Records::default(), &roots, question).0
}

fn in_short(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Proven => "proven".into(),
        Verdict::ExceptPanicking => "except panicking".into(),
        Verdict::MayAllocate(Chain { steps, sink, .. }) => format!("{} calls to {sink}", steps.len()),
        Verdict::Unknown(doubts, _) => format!("unknown: {:?}", doubts[0].why),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_program_of_aarch64() {
    let image = Image::read(handmade::aarch64_program()).unwrap();
    // The table has an entry of a byte for each of a few cases, whose number is compared before.
    let names = ["calls_directly", "plus_one", "calls_by_slot", "jumps_by_table", "allocates"];
    let found: Vec<String> = verdicts(&image, &Question::default(), &names).iter().map(in_short).collect();
    assert_eq!(found, ["proven", "proven", "proven", "proven", "1 calls to malloc"]);
}

const PROGRAM: &str = r"
use std::hint::black_box;

#[inline(never)]
fn add_up(numbers: &[u64]) -> u64 {
    numbers.iter().fold(0, |sum, number| sum ^ number)
}

#[inline(never)]
fn third(numbers: &[u64]) -> u64 {
    numbers[3]
}

#[inline(never)]
fn grows(list: &mut Vec<u64>) {
    list.push(1);
}

#[inline(never)]
fn given(call: fn(u64) -> u64) -> u64 {
    call(1)
}

#[inline(never)]
fn through(call: &dyn Fn(u64) -> u64) -> u64 {
    call(1) ^ 1
}

#[inline(never)]
fn made_here(number: u64) -> u64 {
    through(&|other| number ^ other)
}

#[inline(never)]
fn made_here_and_boxes(number: u64) -> u64 {
    through(&|other| *black_box(Box::new(number ^ other)))
}

#[inline(never)]
fn then_ends(number: u64) {
    if black_box(number) == 77 {
        black_box(Box::new(number));
        std::process::exit(3);
    }
}

#[inline(never)]
fn round(number: u64) -> ! {
    loop {
        black_box(Box::new(number));
    }
}

fn main() {
    let number = std::env::args().count() as u64;
    let mut list = vec![number; 4];
    black_box((add_up(black_box(&list[..])), third(black_box(&list[..])), made_here(number), made_here_and_boxes(number)));
    black_box(given(black_box(|other| other ^ 5)));
    grows(&mut list);
    then_ends(number);
    if number > 9 {
        round(number);
    }
}
";

#[test]
fn a_few_lines_of_rust() {
    for level in ["-Copt-level=0", "-Copt-level=3"] {
        let Some((bytes, _folder)) = of_rust(PROGRAM, &[level, "-Csymbol-mangling-version=v0"]) else {
            return;
        };
        let image = Image::read(bytes).unwrap();
        let judged = |names: &[&str], question: &Question| -> Vec<String> {
            verdicts(&image, question, names).iter().map(in_short).collect()
        };
        let question = Question::default();
        let clean = judged(&["1p6add_up", "1p5third", "1p9made_here"], &question);
        // Without optimisation iterators have checks that panic.
        let optimised = if level.ends_with('3') { "proven" } else { "except panicking" };
        assert_eq!(clean, [optimised, "except panicking", "proven"], "{level}");
        for name in ["1p5grows", "1p19made_here_and_boxes", "1p9then_ends", "1p5round"] {
            let found = judged(&[name], &question);
            assert!(
                found[0].contains("calls to") && found[0].contains("__rust_"),
                "{level} {name} {found:?}"
            );
        }
        let unknown = judged(&["1p5given"], &question);
        assert!(unknown[0].starts_with("unknown: IndirectCall"), "{level} {unknown:?}");
        // Judged as all others, what panics allocates: its message, its payload.
        let with_panics = Question { include_panics: true, ..Question::default() };
        assert!(!judged(&["1p5third"], &with_panics)[0].contains("panicking"), "{level}");
        assert_ne!(judged(&["1p5third"], &with_panics), ["proven"], "{level}");
        if level.ends_with('3') {
            assert_eq!(judged(&["1p6add_up"], &with_panics), ["proven"]);
        }
    }
}
