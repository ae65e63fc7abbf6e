//! Ranges of addresses, in order and without overlaps.

use super::Refusal;

/// From an address to another; what of it is in the file starts there, the rest is zeros.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loaded {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) file_start: u64,
    pub(super) file_bytes: u64,
}

/// An index into what is in memory, where nothing is longer than can be counted.
pub(super) fn to_index(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// Sorts them, and refuses overlaps: of two that have one address it would not be known which is there.
pub(super) fn in_order(ranges: &mut [Loaded], what: &str) -> Result<(), Refusal> {
    ranges.sort_unstable_by_key(|range| range.start);
    let overlap = ranges.windows(2).any(|pair| pair[0].end > pair[1].start);
    if overlap { Err(Refusal::truncated(what)) } else { Ok(()) }
}

/// The one that has the address.
pub(super) fn holding(ranges: &[Loaded], at: u64) -> Option<&Loaded> {
    let next = ranges.partition_point(|range| range.start <= at);
    ranges[..next].last().filter(|range| at < range.end)
}

/// Bytes from an address in the range, if the file has all of them.
pub(super) fn in_file<'data>(bytes: &'data [u8], range: &Loaded, at: u64, count: u64) -> Option<&'data [u8]> {
    let behind = at.checked_sub(range.start)?;
    if count > range.file_bytes.checked_sub(behind)? {
        return None;
    }
    let start = usize::try_from(range.file_start.checked_add(behind)?).ok()?;
    bytes.get(start..start.checked_add(usize::try_from(count).ok()?)?)
}

/// The same addresses, with none of them twice.
pub(super) fn merged(mut ranges: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    ranges.sort_unstable();
    let mut merged: Vec<(u64, u64)> = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// The ranges without the ones that are taken out, both in order.
pub(super) fn without(ranges: &[(u64, u64)], taken: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut left = Vec::with_capacity(ranges.len() + taken.len());
    let mut first = 0;
    for &(mut start, end) in ranges {
        while first < taken.len() && taken[first].1 <= start {
            first += 1;
        }
        for &(out_start, out_end) in &taken[first..] {
            if out_start >= end {
                break;
            }
            if start < out_start {
                left.push((start, out_start));
            }
            start = start.max(out_end);
        }
        if start < end {
            left.push((start, end));
        }
    }
    left
}
