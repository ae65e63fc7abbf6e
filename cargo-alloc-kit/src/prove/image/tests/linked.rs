//! One program of C, linked in all ways that occur.

use super::*;
use crate::prove::image::made::of_c;

const SOURCE: &str = r"
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    extern char **environ;
    static int one(void) { return 1; }
    int two(void) { return 2; }
    __thread int local = 3;
    int number = 7;
    char zeros[64];
    int *const to_number = &number;
    int (*const table[3])(void) = { one, two, rand };
    int (*changing)(void) = one;
    const long constant[2] = { 11, 22 };
    char *const *const *const to_environ = (void *)&environ;
    int *last(void) { return &local; }
    int main(int argc, char **argv) {
        changing = table[argc % 3];
        memcpy(zeros, argv[0], strlen(argv[0]) % 64);
        puts(zeros);
        return changing() + *last() + number + constant[argc % 2] + (environ == 0) + (to_environ == 0);
    }";

fn linked(arguments: &[&str]) -> Option<Image> {
    // What a distribution's compiler does of its own accord differs.
    let plain = ["-O1", "-fno-stack-protector", "-U_FORTIFY_SOURCE", "-fno-builtin", "-fcf-protection=none"];
    let (bytes, _) = of_c(SOURCE, &[&plain, arguments].concat())?;
    Some(Image::read(bytes).unwrap())
}

/// What a word is an address of, whether by a relocation or, where the program has a fixed place, as a number.
fn address(image: &Image, word: Option<Word>) -> Option<u64> {
    match word? {
        Word::Address(address) => Some(address),
        Word::Number(address) if image.form == Form::Fixed => Some(address),
        _ => None,
    }
}

/// What is the same in all of them.
fn check(image: &Image) {
    let (one, two, number) =
        (image.function_named("one"), image.function_named("two"), image.object_named("number"));
    let function = image.function(two).unwrap();
    assert_eq!((function.start, image.name(function)), (two, "two"));
    assert!(function.end > two && image.function(function.end - 1) == Some(function));
    assert!(image.is_code(two) && !image.is_data(two) && image.is_data(number) && !image.is_code(number));
    assert_eq!(image.object(number + 3), Some((number, number + 4)));
    assert!(image.code(two).unwrap().len() as u64 >= function.end - two);

    let changing = image.object_named("changing");
    assert_eq!(image.word(changing), None);
    assert_eq!(address(image, image.initial_word(changing)), Some(one));
    assert_eq!(image.word(number), None);
    assert_eq!(image.initial_word(image.object_named("zeros")), Some(Word::Number(0)));
    let constant = image.object_named("constant");
    assert_eq!(image.word(constant + 8), Some(Word::Number(22)));
    assert_eq!(image.constant(constant, 16).map(<[u8]>::len), Some(16));
    assert_eq!(image.constant(changing, 8), None);
    assert_eq!((image.code(0), image.word(u64::MAX - 4), image.constant(u64::MAX, 9)), (None, None, None));
    assert!(image.addresses_in_data().contains(&(changing, one)));
    assert!(image.addresses_in_data().contains(&(image.object_named("to_number"), number)));
}

/// Programs whose constants are read, too.
fn check_constants(image: &Image) {
    let table = image.object_named("table");
    assert_eq!(address(image, image.word(table)), Some(image.function_named("one")));
    assert_eq!(address(image, image.word(table + 8)), Some(image.function_named("two")));
    assert_eq!(image.word(table + 4), image.word(table + 4).filter(|_| image.form == Form::Fixed));
    assert_eq!(
        address(image, image.word(image.object_named("to_number"))),
        Some(image.object_named("number"))
    );
    if image.form != Form::Fixed {
        assert_eq!(image.constant(table, 8), None);
    }
}

fn check_imports(image: &Image) {
    let stubs = image.stubs();
    for name in ["memcpy", "puts", "strlen"] {
        assert!(stubs.contains(&name), "{name}: {stubs:?}");
    }
    let rand = image.word(image.object_named("table") + 16);
    match image.form {
        // The stub is the function's address, where that is fixed.
        Form::Fixed => {
            let stub = image.plt(address(image, rand).unwrap()).unwrap();
            assert_eq!(image.imports[stub as usize], "rand");
        }
        _ => assert_eq!(rand, image.import_named("rand").map(Word::Import)),
    }
}

#[test]
fn position_independent() {
    for arguments in [
        &["-pie", "-fPIE"][..],
        &["-pie", "-fPIE", "-Wl,-z,lazy"],
        &["-pie", "-fPIE", "-Wl,-z,now"],
        &["-pie", "-fPIE", "-Wl,-z,ibtplt"],
        &["-pie", "-fPIE", "-fuse-ld=lld"],
        &["-pie", "-fPIE", "-fuse-ld=lld", "-Wl,-z,now"],
        &["-pie", "-fPIE", "-Wl,-z,pack-relative-relocs"],
        &["-pie", "-fPIE", "-fuse-ld=lld", "-Wl,--pack-dyn-relocs=relr"],
    ] {
        let Some(image) = linked(arguments) else { continue };
        assert_eq!((image.form, image.is_static), (Form::Pie, false), "{arguments:?}");
        check(&image);
        check_constants(&image);
        check_imports(&image);
        // The loader copies `environ` into the program, and no thread-local is a word.
        let environ = image.object_named("to_environ");
        assert!(!matches!(image.word(environ), Some(Word::Number(_))), "{arguments:?}");
    }
}

#[test]
fn at_a_fixed_place() {
    for arguments in [&["-no-pie", "-fno-pie"][..], &["-no-pie", "-fno-pie", "-fuse-ld=lld"]] {
        let Some(image) = linked(arguments) else { continue };
        assert_eq!((image.form, image.is_static), (Form::Fixed, false));
        check(&image);
        check_constants(&image);
        check_imports(&image);
        // Other libraries' variables are copied there: what they hold at the start is not known.
        let copied = address(&image, image.word(image.object_named("to_environ"))).unwrap();
        assert!(image.is_data(copied));
        assert_eq!(image.initial_word(copied), None);
    }
}

#[test]
fn without_a_loader() {
    for (arguments, form) in
        [(&["-static", "-no-pie", "-fno-pie"][..], Form::Fixed), (&["-static-pie", "-fPIE"], Form::Pie)]
    {
        let Some(image) = linked(arguments) else { continue };
        assert_eq!((image.form, image.is_static), (form, true));
        check(&image);
        // Functions that are chosen at the start are imports by their names.
        assert!(image.import_named("memcpy").is_some(), "{:?}", image.imports);
        assert!(image.stubs().contains(&"memcpy"), "{:?}", image.stubs());
        // The C library's own variables there are set at the start, before they are made read-only.
        let Some((random, _)) = image.symbols.object_named(&image.bytes, "_dl_random") else { continue };
        assert_eq!((image.word(random), image.initial_word(random)), (None, Some(Word::Number(0))));
    }
}

#[test]
fn a_library() {
    let Some(image) = linked(&["-shared", "-fPIC", "-Wl,-soname,p.so"]) else { return };
    assert_eq!((image.form, image.is_static), (Form::SharedLibrary, false));
    let table = image.object_named("table");
    let (one, two) = (image.function_named("one"), image.function_named("two"));
    assert_eq!(image.word(table), Some(Word::Address(one)));
    // Another library may define it, and what it does is not told by its name.
    let Some(Word::Import(import)) = image.word(table + 8) else { panic!("{:?}", image.word(table + 8)) };
    assert_eq!(image.imports[import as usize], "two (exported by this library)");
    assert!(image.addresses_in_data().contains(&(table + 8, two)));
    let number = image.object_named("number");
    assert!(image.is_exported((number, number + 4)) && !image.is_exported((table - 1, table)));
    assert!(image.stubs().contains(&"puts"));
    // Its thread-locals' offset and module are nothing that is known.
    assert!(image.import_named("__tls_get_addr").is_some());
    assert_eq!(
        crate::prove::names::import_of(&image, image.import_named("memcpy").unwrap()),
        Some(crate::prove::names::Known::Copies)
    );
}

/// Only a name that says that it allocates is believed of the library's own.
#[test]
fn what_a_library_exports_is_not_told_by_its_name() {
    let source = "
        int __assert(void) { return 1; }
        int free_sized(void) { return 2; }
        int mallocx(void) { return 3; }
        int (*const table[3])(void) = { __assert, free_sized, mallocx };";
    let Some((bytes, _)) = of_c(source, &["-shared", "-fPIC"]) else { return };
    let image = Image::read(bytes).unwrap();
    let table = image.object_named("table");
    let known = [0, 8, 16].map(|offset| match image.word(table + offset) {
        Some(Word::Import(import)) => crate::prove::names::import_of(&image, import),
        other => panic!("{other:?}"),
    });
    assert_eq!(known, [None, None, Some(crate::prove::names::Known::Allocates)]);
}

#[test]
fn what_is_not_made_read_only_is_not_constant() {
    let Some(image) = linked(&["-pie", "-fPIE", "-Wl,-z,norelro"]) else { return };
    check(&image);
    let table = image.object_named("table");
    assert_eq!(image.word(table), None);
    assert_eq!(image.initial_word(table), Some(Word::Address(image.function_named("one"))));
    assert!(image.stubs().contains(&"puts"));
}

#[test]
fn what_a_program_chooses_itself_is_not_told_by_its_name() {
    let source = "
        static int one(void) { return 1; }
        static void *choose(void) { return one; }
        int close(void) __attribute__((ifunc(\"choose\")));
        int main(void) { return close(); }";
    let Some((bytes, _)) = of_c(source, &["-fPIE", "-pie"]) else { return };
    let image = Image::read(bytes).unwrap();
    assert!(image.stubs().contains(&"close (chosen at the start)"), "{:?}", image.stubs());
    let import = image.import_named("close (chosen at the start)").unwrap();
    assert_eq!(crate::prove::names::import_of(&image, import), None);
}
