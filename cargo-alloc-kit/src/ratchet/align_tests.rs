//! Lists that are aligned.

use super::*;

fn figures(used: i64) -> Figures {
    [("allocations".to_owned(), used)].into()
}

/// Pairs of two lists, by what they use.
fn pairs(before: &[i64], after: &[i64]) -> Vec<Pair> {
    let before: Vec<Figures> = before.iter().map(|used| figures(*used)).collect();
    let after: Vec<Figures> = after.iter().map(|used| figures(*used)).collect();
    aligned(&before.iter().collect::<Vec<_>>(), &after.iter().collect::<Vec<_>>())
}

#[test]
fn what_is_the_same_is_the_same_one() {
    assert_eq!(pairs(&[1, 2, 3], &[9, 1, 2, 3]), [(0, 1), (1, 2), (2, 3)]);
    assert_eq!(pairs(&[1, 2, 3], &[1, 9, 2, 3]), [(0, 0), (1, 2), (2, 3)]);
    assert_eq!(pairs(&[1, 2, 3], &[1, 3]), [(0, 0), (2, 1)]);
    assert_eq!(pairs(&[1, 2, 3], &[0, 1, 7, 3]), [(0, 1), (1, 2), (2, 3)]);
    assert_eq!(pairs(&[1, 2, 3], &[1, 4]), [(0, 0), (1, 1)]);
    assert_eq!(pairs(&[1, 2], &[2, 1, 5]), [(1, 0), (0, 1)]);
    assert_eq!(pairs(&[1, 1, 1], &[1, 1]), [(0, 0), (1, 1)]);
    assert_eq!(pairs(&[1, 2, 3], &[4]), [(0, 0)]);
    assert_eq!(pairs(&[], &[4]), []);
}

#[test]
fn many_are_aligned() {
    let before: Vec<i64> = (0..20_000).collect();
    let mut after: Vec<i64> = before.iter().rev().copied().collect();
    assert_eq!(pairs(&before, &after).len(), 20_000);
    after.push(7);
    assert_eq!(pairs(&before, &after).len(), 20_000);
    assert_eq!(pairs(&before, &vec![1; 30_000]).len(), 20_000);
}
