//! A `SmallVec` is invariant over its elements: one of `&'static str` is none of a shorter lifetime, as a `Vec` would be.

use alloc_kit::SmallVec;

fn same<'a>(list: SmallVec<&'a str, 8>, _: &'a str) -> SmallVec<&'a str, 8> {
    list
}

fn main() {
    let text = String::from("text");
    let list: SmallVec<&'static str, 8> = SmallVec::new();
    let shorter = same(list, &text); //~ E0597 fix: let shorter = same(SmallVec::from_slice(&list), &text);
    assert!(shorter.is_empty());
}
