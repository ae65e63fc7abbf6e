//! Programs of Rust: what std leaves in them, in each form that rustc links.

use super::*;
use crate::prove::image::made::of_rust;
use crate::prove::names::{self, Known};

const SOURCE: &str = "
    trait Speak { fn speak(&self) -> usize; }
    struct Cat(String);
    impl Speak for Cat { #[inline(never)] fn speak(&self) -> usize { self.0.len() } }
    #[inline(never)]
    fn of(cat: &dyn Speak) -> usize { cat.speak() }
    fn main() {
        let name = std::env::args().next().unwrap();
        std::process::exit(i32::from(of(&Cat(name)) == 0));
    }";

fn check(arguments: &[&str], form: Form, is_static: bool) {
    let Some((bytes, _)) = of_rust(SOURCE, arguments) else { return };
    let image = Image::read(bytes).unwrap();
    assert_eq!((image.form, image.is_static), (form, is_static), "{arguments:?}");
    let functions = |known| {
        let is =
            |function: &&Function| image.names(function).any(|name| names::function(name) == Some(known));
        image.functions.iter().filter(is).count()
    };
    assert!(functions(Known::Allocates) >= 3 && functions(Known::Frees) >= 1, "{arguments:?}");
    assert!(functions(Known::Panics) >= 5, "{arguments:?}");
    let malloc = image.import_named("malloc").map(|import| names::import_of(&image, import));
    assert_eq!(malloc, (!is_static).then_some(Some(Known::Allocates)), "{arguments:?}");
    // The table of methods is constant: some word of it is the address of `speak`.
    let speak = image.functions.iter().find(|function| {
        let name = names::demangled(image.name(function));
        name.contains("Cat") && name.ends_with("Speak>::speak")
    });
    let speak = speak.unwrap().start;
    let places = image.addresses_in_data().iter().filter(|&&(_, address)| address == speak);
    let word = if form == Form::Fixed { Word::Number(speak) } else { Word::Address(speak) };
    assert!(places.map(|&(at, _)| image.word(at)).any(|found| found == Some(word)), "{arguments:?}");
}

#[test]
fn position_independent() {
    check(&[], Form::Pie, false);
}

#[test]
fn at_a_fixed_place_with_names_of_v0() {
    check(&["-Crelocation-model=static", "-Csymbol-mangling-version=v0"], Form::Fixed, false);
}

#[test]
fn without_a_loader() {
    check(&["-Ctarget-feature=+crt-static", "-Cpanic=abort"], Form::Pie, true);
    check(&["-Ctarget-feature=+crt-static", "-Crelocation-model=static"], Form::Fixed, true);
}

#[test]
fn of_musl() {
    check(&["--target=x86_64-unknown-linux-musl"], Form::Pie, true);
}
