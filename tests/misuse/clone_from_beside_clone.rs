//! `CloneFrom` beside std's `Clone` must not compile: both implement `Clone`.

#[derive(Clone, alloc_kit::CloneFrom)] //~ E0119
struct Record(String);

fn main() {
    let _ = Record(String::new()).0;
}
