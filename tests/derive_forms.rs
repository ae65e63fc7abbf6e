//! Every form of type that `#[derive(CloneFrom)]` and `#[derive(Reuse)]` take, where names are other things than usual, and
//! without a warning, also of clippy's pedantic ones: that they compile is most of the test.
//!
//! Run with: `cargo test -p alloc-kit-tests --test derive_forms`.

#![deny(warnings, clippy::all, clippy::pedantic)]

use std::collections::BTreeMap;
use std::fmt::Debug;

use alloc_kit::{CloneFrom, Reuse};

/// `b` over `a`, and over `a` twice.
fn takes<T: Clone + PartialEq + Debug>(a: &T, b: &T) {
    let mut into = a.clone();
    assert_eq!(into, *a);
    for from in [b, a, b] {
        into.clone_from(from);
        assert_eq!(into, *from);
    }
}

#[test]
fn shapes() {
    #[derive(CloneFrom, Debug, PartialEq)]
    struct Unit;
    #[derive(CloneFrom, Debug, PartialEq)]
    struct NoFields {}
    #[derive(CloneFrom, Debug, PartialEq)]
    struct NoParts();
    #[derive(CloneFrom, Debug, PartialEq)]
    struct Tuple(String, u8, Vec<(u8, String)>);
    #[derive(CloneFrom, Debug, PartialEq)]
    #[non_exhaustive]
    struct Named {
        /// Documented.
        text: String,
        array: [String; 2],
    }
    #[derive(CloneFrom, Debug, PartialEq)]
    #[non_exhaustive]
    #[repr(u8)]
    enum Mixed {
        Unit,
        NoParts(),
        NoFields {},
        #[doc = "One."]
        One(String) = 7,
        Two(String, Option<String>),
        Named {
            text: String,
        },
    }
    #[derive(CloneFrom, Debug, PartialEq)]
    enum Single {
        Only(String),
    }
    #[derive(CloneFrom, Debug, PartialEq)]
    enum Fieldless {
        A,
        B,
    }
    #[derive(CloneFrom, Debug, PartialEq)]
    enum Empty {}
    #[derive(CloneFrom, Debug, PartialEq)]
    enum PartlyEmpty {
        Never(Empty),
        NeverEither(std::convert::Infallible),
        Text(String),
    }

    takes(&Unit, &Unit);
    takes(&NoFields {}, &NoFields {});
    takes(&NoParts(), &NoParts());
    let text = |text: &str| text.to_owned();
    takes(&Tuple(text("a"), 1, vec![]), &Tuple(text("b"), 2, vec![(3, text("c"))]));
    takes(
        &Named { text: text("a"), array: [text("b"), text("c")] },
        &Named { text: text("d"), array: [text("e"), text("f")] },
    );
    let mixed = [
        Mixed::Unit,
        Mixed::NoParts(),
        Mixed::NoFields {},
        Mixed::One(text("one")),
        Mixed::Two(text("one"), Some(text("two"))),
        Mixed::Named { text: text("named") },
    ];
    for (a, b) in mixed.iter().flat_map(|a| mixed.iter().map(move |b| (a, b))) {
        takes(a, b);
    }
    takes(&Single::Only(text("a")), &Single::Only(text("b")));
    takes(&Fieldless::A, &Fieldless::B);
    takes::<Vec<Empty>>(&vec![], &vec![]);
    takes(&PartlyEmpty::Text(text("a")), &PartlyEmpty::Text(text("b")));
    let _ = [PartlyEmpty::Never, |_| PartlyEmpty::Text(String::new())];
    let _ = PartlyEmpty::NeverEither;
}

#[test]
fn generics() {
    trait Source {
        type Item;
        type Borrowed<'a>;
    }
    #[derive(CloneFrom, Debug, PartialEq)]
    struct Texts;
    impl Source for Texts {
        type Item = String;
        type Borrowed<'a> = &'a str;
    }

    #[derive(CloneFrom, Debug, PartialEq)]
    struct Generic<T, const N: usize = 2> {
        items: Vec<T>,
        array: [T; N],
    }
    #[derive(CloneFrom, Debug, PartialEq)]
    struct Borrowing<'a, 'b: 'a, T: ?Sized + Debug>
    where
        T: Eq,
    {
        text: &'a str,
        items: Vec<&'b T>,
    }
    #[derive(CloneFrom, Debug, PartialEq)]
    enum Either<L, R = String>
    where
        L: Eq,
    {
        Left(L),
        Right { of: R },
    }
    // Only `S::Item` is to be cloned besides `S`, as std's derive has it.
    #[derive(CloneFrom)]
    struct Projected<S: Source> {
        source: S,
        items: Vec<S::Item>,
        each: for<'a> fn(S::Borrowed<'a>) -> usize,
    }
    #[derive(CloneFrom, Debug, PartialEq)]
    struct Nested<T>(Option<Box<Self>>, Vec<Nested<T>>, T);

    let text = |text: &str| text.to_owned();
    takes(
        &Generic { items: vec![text("a")], array: [text("b"), text("c")] },
        &Generic { items: vec![text("d"), text("e")], array: [text("f"), text("g")] },
    );
    takes(&Borrowing { text: "a", items: vec![&1] }, &Borrowing { text: "b", items: vec![&2, &3] });
    let left: Either<_> = Either::Left(1);
    takes(&left, &Either::Right { of: text("a") });
    let mut projected = Projected { source: Texts, items: vec![text("a")], each: str::len };
    projected.clone_from(&Projected { source: Texts, items: vec![text("b"), text("c")], each: |_| 1 });
    assert_eq!(
        (projected.items, (projected.each)("four"), projected.source),
        (vec![text("b"), text("c")], 1, Texts)
    );
    takes(&Nested(None, vec![], 1), &Nested(Some(Box::new(Nested(None, vec![], 2))), vec![], 3));
}

#[test]
fn names() {
    #![allow(non_camel_case_types, non_upper_case_globals, dead_code, unused_imports)]
    mod of_others {
        pub(super) const source: u8 = 1;
        pub(super) const value: u8 = 1;
        pub(super) trait Clone {
            fn clone(&self) -> u8 {
                1
            }
            fn clone_from(&mut self, _: &Self) {}
        }
        impl<T> Clone for T {}
        pub(super) struct Option;
        pub(super) struct String;
        pub(super) struct usize;
        pub(super) mod core {}
        pub(super) mod alloc_kit {}
    }
    use of_others::{Clone, Option, String, alloc_kit, core, source, usize, value};
    use std::string::String as Text;

    #[derive(::alloc_kit::CloneFrom, Debug, PartialEq)]
    struct r#struct {
        r#type: Text,
        source: Text,
        __alloc_kit_source: Text,
        value: u8,
    }
    #[derive(::alloc_kit::CloneFrom, Debug, PartialEq)]
    enum r#enum {
        r#fn { r#type: Text, __alloc_kit_to_0: Text, __alloc_kit_from_1: u8 },
        Clone(Text),
        Option,
    }
    #[derive(::alloc_kit::Reuse)]
    struct r#union {
        r#type: Text,
        value: u8,
    }

    let text = |text: &str| Text::from(text);
    let of = |name: &str| r#struct {
        r#type: text(name),
        source: text(name),
        __alloc_kit_source: text(name),
        value,
    };
    takes(&of("a"), &of("b"));
    let of = |name: &str| r#enum::r#fn {
        r#type: text(name),
        __alloc_kit_to_0: text(name),
        __alloc_kit_from_1: source,
    };
    takes(&of("a"), &of("b"));
    takes(&of("a"), &r#enum::Clone(text("b")));
    takes(&r#enum::Option, &r#enum::Clone(text("b")));
    let mut union = r#union { r#type: Text::with_capacity(9), value };
    ::alloc_kit::Reuse::reset(&mut union);
    assert_eq!((::alloc_kit::Reuse::retained_bytes(&union), union.value, union.r#type.len()), (9, 0, 0));
    let _ = (Option, String, usize);
}

/// A type whose parts come from different places.
macro_rules! made {
    ($name:ident { $($field:ident: $ty:ty),* }) => {
        #[derive(CloneFrom, Debug, PartialEq)]
        struct $name {
            by_macro: String,
            $($field: $ty),*
        }
    };
}

#[test]
fn made_by_macros() {
    made!(Made { text: String, map: BTreeMap<u8, String> });

    let of = |text: &str| Made {
        by_macro: text.to_owned(),
        text: text.to_owned(),
        map: BTreeMap::from([(1, text.to_owned())]),
    };
    takes(&of("a"), &of("b"));
}

#[test]
fn what_is_deprecated_warns_where_it_is_used_only() {
    #[derive(CloneFrom)]
    struct Old {
        #[deprecated]
        text: String,
        new: String,
    }
    #[derive(CloneFrom)]
    enum Message {
        #[deprecated]
        Old(String),
        New,
    }

    /// All of it.
    #[derive(CloneFrom, Reuse)]
    #[deprecated]
    struct OldText<T> {
        text: T,
    }

    #[allow(deprecated)]
    let (mut old, message) = (Old { text: String::new(), new: String::new() }, Message::Old(String::new()));
    old.clone_from(&old.clone());
    let mut new = Message::New;
    new.clone_from(&message);
    #[allow(deprecated)]
    let is_old = matches!(new, Message::Old(text) if text.is_empty()) && old.text.is_empty();
    assert!(is_old && old.new.is_empty());
    #[allow(deprecated)]
    let mut text = OldText { text: String::from("text") };
    text.reset();
    #[allow(deprecated)]
    let is_empty = text.clone().text.is_empty();
    assert!(is_empty);
}
