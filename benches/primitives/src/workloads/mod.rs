//! The workloads: one file a helper, each with the naive code, the best by hand, alloc-kit's and its peers'.

mod arena;
mod cap_hint;
mod clone_from;
mod hand_over;
mod pool;
mod pool_peers;
mod pool_sides;
mod records;
mod recycler;
mod refill;
mod scratch;
mod slots;
mod text;
mod upsert;

use crate::harness::Workload;

/// In the order of the table.
pub(crate) const ALL: &[Workload] = &[
    refill::REFILL,
    scratch::SCRATCH,
    scratch::LEND,
    recycler::RECYCLER,
    slots::SLOTS,
    clone_from::CLONE_FROM,
    pool::POOL,
    pool::POOL_2,
    hand_over::HAND_OVER,
    arena::ARENA,
    text::WITH_FMT,
    text::TEXT_BUF,
    text::COW_FORMAT,
    upsert::UPSERT,
    cap_hint::CAP_HINT,
];

/// Something of the fields of a line, which none of the sides can leave out.
#[inline(never)]
pub(crate) fn of_fields(fields: &[&str]) -> u64 {
    let last = fields.last().map_or(0, |field| field.len());
    (fields.len() << 8 | last) as u64
}

/// Something of bytes, which none of the sides can leave out.
#[inline(never)]
pub(crate) fn of_bytes(bytes: &[u8]) -> u64 {
    bytes.len() as u64 ^ bytes.last().map_or(0, |&last| u64::from(last) << 32)
}
