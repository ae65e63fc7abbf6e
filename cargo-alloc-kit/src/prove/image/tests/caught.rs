//! Landing pads of a small program.

use super::*;
use crate::prove::image::CatchKind;
use crate::prove::image::made::of_rust;

const SOURCE: &str = r#"
    struct Guard(u64);
    impl Drop for Guard { fn drop(&mut self) { std::hint::black_box(self.0); } }
    #[inline(never)]
    fn checked(number: u64) -> u64 { assert!(number != 3, "for the test"); number }
    #[no_mangle]
    #[inline(never)]
    fn catches(number: u64) -> bool { std::panic::catch_unwind(|| checked(number)).is_ok() }
    #[no_mangle]
    #[inline(never)]
    fn cleans_up(number: u64) -> u64 { let guard = Guard(number); checked(guard.0) + checked(guard.0 + 1) }
    #[no_mangle]
    #[inline(never)]
    extern "C" fn lets_nothing_out(number: u64) -> u64 { checked(number) + 1 }
    #[no_mangle]
    #[inline(never)]
    fn is_plain(number: u64) -> u64 { checked(number) + 1 }
    fn main() {
        let number = std::env::args().count() as u64;
        let all = catches(number) as u64 + cleans_up(number) + lets_nothing_out(number) + is_plain(number);
        std::process::exit(all as i32);
    }"#;

fn kinds(image: &Image, name: &str) -> Vec<CatchKind> {
    let function = *image.function(image.function_named(name)).unwrap();
    let catches = image.catches((function.start, function.end));
    for catch in &catches {
        assert!(function.start <= catch.from && catch.to <= function.end, "{name}: {catch:?}");
        assert!(catch.pad.is_some_and(|pad| function.start < pad && pad < function.end), "{name}: {catch:?}");
        assert!(catch.has(catch.from + 1) && catch.has(catch.to) && !catch.has(catch.from));
    }
    let mut kinds: Vec<_> = catches.iter().map(|catch| catch.kind).collect();
    kinds.dedup();
    kinds
}

#[test]
fn pads_are_told_by_what_they_are_for() {
    let Some((bytes, _)) = of_rust(SOURCE, &["-O", "-Cpanic=unwind"]) else { return };
    let image = Image::read(bytes).unwrap();
    assert!(kinds(&image, "catches").contains(&CatchKind::All));
    assert_eq!(kinds(&image, "cleans_up"), [CatchKind::Cleanup]);
    assert_eq!(kinds(&image, "lets_nothing_out"), [CatchKind::All]);
    assert_eq!(kinds(&image, "is_plain"), []);
}

#[test]
fn where_nothing_unwinds_there_are_none() {
    let Some((bytes, _)) = of_rust(SOURCE, &["-O", "-Cpanic=abort"]) else { return };
    let image = Image::read(bytes).unwrap();
    // The standard library was built with pads of its own.
    let all = image.functions.iter().map(|function| image.catches((function.start, function.end)).len());
    assert_eq!(all.sum::<usize>(), 0);
}
