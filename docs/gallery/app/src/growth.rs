//! `assert_growth!`
//!
//! A function that removes duplicates is right for each size, but copies all that it has for each element.
//!
//! ```text
//! $ cargo test growth::without_duplicates_is_linear
//! ```
//!
//! The series shows how the figure grows with `n`. Mended: the list is extended in place.

use alloc_kit::assert_growth;

fn without_duplicates(sorted: &[usize]) -> Vec<usize> {
    let mut unique: Vec<usize> = Vec::new();
    for &number in sorted {
        if unique.last() != Some(&number) {
            unique = [unique.as_slice(), &[number]].concat();
        }
    }
    unique
}

#[test]
fn without_duplicates_is_linear() {
    let sizes = [4, 8, 16, 32, 64, 128, 256];
    assert_growth!(sizes = sizes, bytes = O(n), |n| (0..n).collect::<Vec<_>>(), |list| without_duplicates(
        &list
    ));
}

mod mended {
    use alloc_kit::assert_growth;

    fn without_duplicates(sorted: &[usize]) -> Vec<usize> {
        let mut unique = Vec::new();
        for &number in sorted {
            if unique.last() != Some(&number) {
                unique.push(number);
            }
        }
        unique
    }

    #[test]
    fn without_duplicates_is_linear() {
        assert_growth!(bytes = O(n), |n| (0..n).collect::<Vec<_>>(), |list| without_duplicates(&list));
    }
}
