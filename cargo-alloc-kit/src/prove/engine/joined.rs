//! Two lists of what is known, each in the order of its keys, in one.

use std::cmp::Ordering;

use super::value::{Frames, Value};

/// What is known in both, or `None` if that is what the first one says. Pointers of the second one that lie across something of the first
/// are in neither any more: they are `hidden`.
pub(super) fn joined<K: Copy + Ord>(
    mine: &[(K, Value)],
    theirs: &[(K, Value)],
    overlaps: impl Fn(K) -> bool,
    hidden: &mut Frames,
) -> Option<Vec<(K, Value)>> {
    // Made at the first difference, of what was the same until then.
    let mut all: Option<Vec<(K, Value)>> = None;
    let (mut at, mut of_them) = (0, 0);
    loop {
        let order = match (mine.get(at), theirs.get(of_them)) {
            (None, None) => return all,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((mine, _)), Some((theirs, _))) => mine.cmp(theirs),
        };
        if order == Ordering::Greater {
            // Noted by one side only: nothing is known, but that it may point there.
            let (key, value) = &theirs[of_them];
            of_them += 1;
            if value.frames().is_empty() {
                continue;
            }
            if overlaps(*key) {
                hidden.add(value.frames());
            } else {
                let either = Value::Unknown.join(value);
                all.get_or_insert_with(|| copied(mine, at, theirs.len())).push((*key, either));
            }
            continue;
        }
        let (key, value) = &mine[at];
        let their = if order == Ordering::Equal { &theirs[of_them].1 } else { &Value::Unknown };
        of_them += usize::from(order == Ordering::Equal);
        at += 1;
        if value == their {
            if let Some(all) = &mut all {
                all.push((*key, value.clone()));
            }
            continue;
        }
        let either = value.join(their);
        if all.is_none() && either == *value {
            continue;
        }
        let all = all.get_or_insert_with(|| copied(mine, at - 1, theirs.len()));
        if either != Value::Unknown {
            all.push((*key, either));
        }
    }
}

fn copied<K: Copy>(mine: &[(K, Value)], count: usize, more: usize) -> Vec<(K, Value)> {
    let mut all = Vec::with_capacity(mine.len().max(more));
    all.extend_from_slice(&mine[..count]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(mine: &[(u8, Value)], theirs: &[(u8, Value)]) -> (Option<Vec<(u8, Value)>>, Frames) {
        let mut hidden = Frames::default();
        let all = joined(mine, theirs, |key| key == 9, &mut hidden);
        (all, hidden)
    }

    #[test]
    fn what_both_say_stays_as_it_is() {
        let mine = [(1, Value::Number(1)), (2, Value::exact(3, 8))];
        let more = [(0, Value::Number(5)), (1, Value::Number(1)), (2, Value::exact(3, 8))];
        assert_eq!(both(&mine, &mine), (None, Frames::default()));
        assert_eq!(both(&mine, &more), (None, Frames::default()));
        assert_eq!(both(&more, &mine), (Some(mine.to_vec()), Frames::default()));
    }

    #[test]
    fn a_pointer_that_one_side_has_may_still_be_there() {
        let mine = |frame: u16| Value::exact(frame, 0);
        let (all, hidden) = both(&[(4, mine(3))], &[(4, mine(5))]);
        assert_eq!((all, hidden), (Some(vec![(4, mine(3).join(&mine(5)))]), Frames::default()));
        // Unless it lies across something.
        let (all, hidden) = both(&[], &[(4, mine(3)), (9, mine(5))]);
        assert_eq!(all, Some(vec![(4, mine(3).join(&Value::Unknown))]));
        assert_eq!(hidden, Frames::one(5));
    }
}
