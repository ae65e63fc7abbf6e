//! `CapHint`, `Scratch` and `upsert`, which tests/ has no model of: against what std does, by operations from an input.

use std::collections::{BTreeMap, HashMap};
use std::panic::{self, AssertUnwindSafe, resume_unwind};

use alloc_kit::{CapHint, Scratch, measure, upsert};

use super::bytes::Bytes;

/// A hint never asks for more than its bound, nor than twice what is usual, and learns a length that stays.
pub(crate) fn cap_hint(input: &[u8]) {
    let mut bytes = Bytes(input);
    // What is asked for is made, so there is a bound to it.
    let max_bytes = usize::try_from(bytes.number()).unwrap_or(usize::MAX).min(1 << 20);
    let hint = CapHint::new().max_bytes(max_bytes);
    let mut longest = 0;
    while !bytes.is_empty() {
        let len = usize::try_from(bytes.number()).unwrap_or(usize::MAX);
        let before = hint.capacity::<u8>();
        hint.observe(len);
        longest = longest.max(len);
        let after = hint.capacity::<u8>();
        assert!(after <= longest.min(max_bytes));
        assert!(before == 0 || after <= before.saturating_mul(2));
        assert!(after >= before || len < before, "only a shorter one makes it less");
        assert_eq!(hint.capacity::<[u64; 3]>(), after.min(max_bytes / 24));
        assert_eq!(hint.capacity::<()>(), after);
        let ((vec, string), usage) = measure(|| (hint.vec::<u16>(), hint.string()));
        assert_eq!((vec.len(), vec.capacity()), (0, after.min(max_bytes / 2)));
        assert_eq!((string.len(), string.capacity()), (0, after));
        assert_eq!(usage.allocations, u64::from(vec.capacity() > 0) + u64::from(after > 0));
        assert_eq!(hint.try_vec::<u16>().map(|vec| vec.capacity()), Ok(vec.capacity()));
        assert_eq!(hint.try_string().map(|string| string.capacity()), Ok(after));
        if bytes.one_in(4) {
            // However far it is, it gets there and stays, within twice the length.
            (0..2_000).for_each(|_| hint.observe(len));
            let usual = hint.capacity::<u8>();
            let least = len.min(max_bytes);
            assert!(usual >= least && usual <= least.saturating_mul(2), "{usual} of {least}");
        }
    }
}

/// What is lent is empty, and is not what is lent already; a table that is asked by `upsert` is what `entry` makes it.
pub(crate) fn scratch(input: &[u8]) {
    let ((), usage) = measure(|| {
        let mut bytes = Bytes(input);
        let max_bytes = usize::from(bytes.byte()) * 8;
        let scratch = Scratch::<Vec<u8>>::new().max_bytes(max_bytes);
        let (mut counts, mut sorted, mut model) = (HashMap::new(), BTreeMap::new(), HashMap::new());
        while !bytes.is_empty() {
            lend(&scratch, &mut bytes, 0);
            assert!(scratch.retained_bytes() <= max_bytes);
            let key = bytes.text();
            let by = u64::from(bytes.byte());
            upsert(&mut counts, key.as_str(), || 0, |n| *n += by);
            upsert(&mut sorted, key.as_str(), || 0, |n| *n += by);
            *model.entry(key).or_insert(0) += by;
        }
        assert_eq!(counts, model);
        assert_eq!(sorted, model.into_iter().collect::<BTreeMap<String, u64>>());
    });
    assert_eq!(usage.live_bytes, 0, "{usage}");
}

fn lend(scratch: &Scratch<Vec<u8>>, bytes: &mut Bytes<'_>, depth: usize) {
    let fill = usize::from(bytes.byte()) * 4;
    let how = bytes.below(4);
    let mut used = |buffer: &mut Vec<u8>| {
        assert!(buffer.is_empty());
        buffer.resize(fill, 7);
        if how == 1 && depth < 8 {
            lend(scratch, bytes, depth + 1);
        }
        assert!(buffer.iter().all(|byte| *byte == 7) && buffer.len() == fill);
        if how == 2 {
            // Without the panic hook, which would print it, or end the process.
            resume_unwind(Box::new("told to"));
        }
        if how == 3 {
            *buffer = vec![9; fill / 2];
        }
        buffer.len()
    };
    let lent = panic::catch_unwind(AssertUnwindSafe(|| scratch.lend(&mut used)));
    assert_eq!(lent.is_err(), how == 2);
}
