//! An `Option` that is emptied frees what it holds, so it is not `Reuse`, nor is a tuple with one.

use alloc_kit::Reuse;

fn main() {
    let mut kept = (String::new(), Some(String::from("freed")));
    kept.reset(); //~ E0599 fix: kept.0.reset();
    assert!(kept.0.is_empty() && kept.1.take().is_some());
}
