//! Verdicts of functions that catch panics.

use super::PANIC;
use crate::prove::engine::{Question, Root, judge};
use crate::prove::image::{Image, made};
use crate::prove::records::Records;
use crate::prove::verdict::Verdict;

const SOURCE: &str = r#"
    use std::panic::{catch_unwind, resume_unwind};
    #[inline(never)]
    fn checked(number: u64) -> u64 { assert!(number != 3, "for the test"); pass(number) }
    #[inline(never)]
    fn pass(number: u64) -> u64 { number.rotate_left(1) }
    #[inline(never)]
    extern "C" fn barrier(number: u64) -> u64 { checked(number) }
    #[inline(never)]
    fn attempt(step: fn(u64) -> u64, number: u64) -> bool { catch_unwind(|| step(number)).is_ok() }
    #[no_mangle]
    #[inline(never)]
    fn caught(number: u64) -> bool { catch_unwind(|| checked(number)).is_ok() }
    #[no_mangle]
    #[inline(never)]
    fn caught_twin(number: u64) -> bool { catch_unwind(|| pass(number)).is_ok() }
    #[no_mangle]
    #[inline(never)]
    fn by_pointer(number: u64) -> bool { attempt(checked, number) }
    #[no_mangle]
    #[inline(never)]
    fn by_pointer_twin(number: u64) -> bool { attempt(pass, number) }
    #[no_mangle]
    #[inline(never)]
    fn thrown_again(number: u64) -> u64 {
        catch_unwind(|| checked(number)).unwrap_or_else(|payload| resume_unwind(payload))
    }
    #[no_mangle]
    #[inline(never)]
    fn never_caught(number: u64) -> bool { catch_unwind(|| barrier(number)).is_ok() }
    fn main() {
        let number = std::env::args().count() as u64;
        let mut all = caught(number) as u64 + caught_twin(number) as u64 + by_pointer(number) as u64;
        all += by_pointer_twin(number) as u64 + thrown_again(number) + never_caught(number) as u64;
        std::process::exit(all as i32);
    }"#;

fn verdicts(arguments: &[&str]) -> Option<Vec<Verdict>> {
    let (bytes, _folder) = made::of_rust(SOURCE, arguments)?;
    let image = Image::read(bytes).unwrap();
    let start = |name: &str| {
        let found = image.functions.iter().find(|function| image.names(function).any(|other| other == name));
        Root::Function(found.unwrap_or_else(|| panic!("no `{name}`")).start)
    };
    let names = ["caught", "by_pointer", "caught_twin", "by_pointer_twin", "thrown_again", "never_caught"];
    let roots: Vec<_> = names.map(start).into();
    Some(judge(&image, &Records::default(), &roots, &Question::default()).0)
}

#[test]
fn a_panic_that_is_caught_allocates() {
    let Some(verdicts) = verdicts(&["-O", "-Cpanic=unwind", "-Ccodegen-units=1"]) else { return };
    let [caught, by_pointer, rest @ ..] = &verdicts[..] else { panic!("{verdicts:?}") };
    for verdict in [caught, by_pointer] {
        let Verdict::MayAllocate(chain) = verdict else { panic!("{verdict:?}") };
        assert_eq!(chain.sink, PANIC);
        assert!(chain.steps.len() >= 2, "{chain:?}");
    }
    let (proven, panicking) = (Verdict::Proven, Verdict::ExceptPanicking);
    assert_eq!(rest, [proven.clone(), proven, panicking.clone(), panicking]);
}

#[test]
fn nothing_is_caught_where_nothing_unwinds() {
    let Some(verdicts) = verdicts(&["-O", "-Cpanic=abort", "-Ccodegen-units=1"]) else { return };
    let (proven, panicking) = (Verdict::Proven, Verdict::ExceptPanicking);
    assert_eq!(verdicts[0], panicking);
    assert_eq!(verdicts[2], proven);
    assert_eq!(verdicts[5], panicking);
}
