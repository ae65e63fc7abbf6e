//! Which function a place is of, by made-up names and a program.

use super::super::image::made;
use super::super::made_up;
use super::*;

fn site(name: &str) -> Site {
    Site {
        id: 1,
        package: "app 0.1.0".to_owned(),
        name: name.to_owned(),
        module: "app".to_owned(),
        file: "src/lib.rs".to_owned(),
        line: 1,
        column: 1,
        form: "fn".to_owned(),
        forbids_frees: false,
        allowed: None,
    }
}

#[test]
fn a_function_is_told_from_what_it_was_inlined_into() {
    let load = site("load");
    for name in [
        "app::load",
        "app::load::<u8>",
        "app::load::<alloc::string::String>",
        "app::load::{closure#0}",
        "app::load::<u8>::{closure#1}::{closure#0}",
        "<app::Store>::load",
        "<app::Store<u8> as app::Load>::load",
        "<alloc_kit::prove::future::Proved<1, app::load::{closure#0}> as core::future::future::Future>::poll",
        "<alloc_kit::prove::future::Proved<_,F> as core::future::future::Future>::poll",
        "load",
        "exported_name",
    ] {
        assert!(is_of(&load, name), "{name}");
    }
    for name in [
        "app::main",
        "app::loader",
        "app::load::inner",
        "tokio::block_on::<app::load::{closure#0}>",
        "<alloc_kit::prove::future::Proved<12, app::load::{closure#0}> as core::future::future::Future>::poll",
        "<alloc_kit::prove::future::Allowed<1, app::load::{closure#0}> as core::future::future::Future>::poll",
        "tokio::block_on::<alloc_kit::prove::future::Proved<1, app::load::{closure#0}>>",
    ] {
        assert!(!is_of(&load, name), "{name}");
    }
    assert!(is_of(&site("Store::load"), "<app::Store>::load"));
    assert!(is_of(&site("r#match"), "app::match"));
}

/// A name as it is in the file, of version 0: `load` of the crate `app` with a future in it, and with type arguments.
const POLL: &str = "_RNvXNtNtCs1_9alloc_kit5prove6futureINtB2_6ProvedKy1_NCNCNvCs2_3app4load00E\
                    NtNtNtCs3_4core6future6future6Future4poll";
const POLL_OF_U8: &str = "_RNvXNtNtCs1_9alloc_kit5prove6futureINtB2_6ProvedKy1_NCINvCs2_3app4loadhE0E\
                          NtNtNtCs3_4core6future6future6Future4poll";

fn judged(name: &str, symbol: &str, what: What) -> Subject {
    Subject { site: Some(site(name)), symbol: symbol.to_owned(), address: 0x1010, within: 0x1000, what }
}

#[test]
fn a_poll_has_the_name_of_its_function() {
    let function = What::Judge(Root::Function(0x1000));
    let name = |of: &str, symbol: &str, what: &What| name(&judged(of, symbol, what.clone()));
    assert!(is_of(&site("load"), &names::demangled(POLL)));
    assert_eq!(name("load", POLL, &function), "app::load");
    assert_eq!(name("load", POLL_OF_U8, &function), "app::load<u8>");
    // What is judged returns a future of another's.
    assert_eq!(name("store", POLL, &function), "app::store");
    let region = What::Judge(Root::Region { begin: 0x1010, id: 1 });
    assert_eq!(name("load", POLL, &region), "fn in app::load");
    assert_eq!(name("load", "_RNvCs2_3app4load", &function), "app::load");
}

/// A loop that was peeled has its first turn, which may be proven, and all others.
#[test]
fn what_was_duplicated_is_as_good_as_the_worst_of_it() {
    let region = |address, within| {
        let what = What::Judge(Root::Region { begin: address, id: 1 });
        Subject { site: Some(site("load")), symbol: String::new(), address, within, what }
    };
    let (unknown, may) = (made_up::unknown(), made_up::may_allocate());
    let verdicts = [
        (region(0x1010, 0x1000), Verdict::Proven),
        (region(0x1020, 0x1000), unknown.clone()),
        (region(0x1030, 0x1000), Verdict::ExceptPanicking),
        (region(0x2010, 0x2000), Verdict::Proven),
        (region(0x2020, 0x2000), Verdict::ExceptPanicking),
        (region(0x3010, 0x3000), may.clone()),
        (region(0x3020, 0x3000), unknown.clone()),
    ];
    let found: Vec<_> =
        worst(verdicts.into_iter()).into_iter().map(|(of, verdict)| (of.address, verdict)).collect();
    assert_eq!(found, [(0x1020, unknown), (0x2020, Verdict::ExceptPanicking), (0x3010, may)]);
}

/// Two functions of one kind, of which the linker made one: it is each of them.
#[test]
fn functions_that_were_folded_have_all_of_their_names() {
    let source = "#[no_mangle] extern \"C\" fn first() {} fn main() { first(); }";
    let Some((bytes, _folder)) = made::of_rust(source, &["-Clink-arg=-Wl,--defsym,_RNvCs2_3app4load=first"])
    else {
        return;
    };
    let image = Image::read(bytes).expect("a program");
    let start = image.functions.iter().find(|of| image.names(of).any(|name| name == "first"));
    let address = start.expect("it is there").start;
    let subject = subject(&image, &site("load"), address, Kind2::Function);
    assert_eq!(
        (subject.what, subject.symbol.as_str()),
        (What::Judge(Root::Function(address)), "_RNvCs2_3app4load")
    );
}
