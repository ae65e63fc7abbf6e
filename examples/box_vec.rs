//! `Box<Vec<T>>`: take `Vec<T>`, which is a pointer to the heap by itself.
//!
//! A type that holds itself needs an indirection, and for that the compiler proposes a `Box`: so there are trees whose nodes have a
//! `Box<Vec<Node>>`. A `Vec` is one already. The box is one more allocation a node, and a leaf's only one: an empty `Vec` has none. (It
//! makes nodes smaller, by 16 bytes; `Box<[Node]>`, for finished lists, by 8.) Little time is saved: most goes into names and lists.
//!
//! Run with `cargo run --release --example box_vec`. It prints, for the folders and files in a log that nginx wrote:
//!
//! ```text
//!                        allocations       bytes        peak
//! before  `Box<Vec<T>>`          702      49,632      36,672
//! after   `Vec<T>`               142      60,320      38,720
//! time    1.2 times as long before as after (501 rounds)
//! ```

mod support;

use alloc_kit::no_alloc;
use std::collections::BTreeSet;
use support::compare;

/// A folder with what is in it, or a file, which has nothing inside.
trait Entry<'a>: Sized {
    fn new(name: &'a str) -> Self;
    fn open(&mut self) -> (&'a str, &mut Vec<Self>);
}

/// Before: the box is made for every file, too.
#[expect(clippy::box_collection, reason = "the way before")]
struct Boxed<'a>(&'a str, Box<Vec<Boxed<'a>>>);

impl<'a> Entry<'a> for Boxed<'a> {
    fn new(name: &'a str) -> Self {
        Self(name, Box::default())
    }

    fn open(&mut self) -> (&'a str, &mut Vec<Self>) {
        (self.0, &mut self.1)
    }
}

/// After: a list may be of the type that it is in.
struct Plain<'a>(&'a str, Vec<Plain<'a>>);

impl<'a> Entry<'a> for Plain<'a> {
    #[no_alloc]
    fn new(name: &'a str) -> Self {
        Self(name, Vec::new())
    }

    fn open(&mut self) -> (&'a str, &mut Vec<Self>) {
        (self.0, &mut self.1)
    }
}

/// The tree of paths in order, in which a folder that is there already is the last of its list. Gives how many entries it has.
fn count<'a, E: Entry<'a>>(paths: &BTreeSet<&'a str>) -> u64 {
    let (mut root, mut entries) = (Vec::<E>::new(), 0);
    for path in paths {
        let mut inside = &mut root;
        for name in path.split('/').skip(1) {
            if inside.last_mut().is_none_or(|last| last.open().0 != name) {
                inside.push(E::new(name));
                entries += 1;
            }
            inside = inside.last_mut().expect("it is there now").open().1;
        }
    }
    entries
}

fn paths() -> BTreeSet<&'static str> {
    let log = include_str!("data/access.log");
    log.lines().filter_map(|line| line.split(' ').nth(6)?.split('?').next()).collect()
}

fn main() {
    let paths = paths();
    compare(("`Box<Vec<T>>`", || count::<Boxed>(&paths)), ("`Vec<T>`", || count::<Plain>(&paths)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_no_allocation_of_its_own() {
        let all = paths();
        let [before, after] = compare(("", || count::<Boxed>(&all)), ("", || count::<Plain>(&all)));
        assert_eq!(before.allocations - after.allocations, count::<Plain>(&all));
        assert_eq!(count::<Plain>(&["/", "/a", "/a/b", "/a/c/d", "/b"].into()), 6);
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn a_box_is_over_the_budget() {
        alloc_kit::assert_no_alloc!(drop(std::hint::black_box(Boxed::new("robots.txt"))));
    }
}
