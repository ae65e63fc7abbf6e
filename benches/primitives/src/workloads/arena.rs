//! `Arena`: a batch of records is built, used and thrown away.

use std::hint::black_box;

use alloc_kit::Arena;
use bump_scope::{Bump as ScopeBump, BumpVec};
use bumpalo::Bump;
use bumpalo::collections::Vec as BumpaloVec;
use bumpalo_herd::Herd;
use typed_arena::Arena as TypedArena;

use super::records::{Plain, Record, batches, look, of_records, turn};
use crate::harness::memory::Probe;
use crate::harness::{Inputs, Meter, Side, Work, Workload};

pub(crate) const ARENA: Workload = Workload {
    name: "arena",
    title: "`Arena`",
    operation: "64 records built, used, dropped",
    operations: 64,
    warm_up: 8,
    sides: &[
        Side::naive("`String`s and `Vec`s", Work::One(owned)),
        Side::hand("bumpalo, a `Vec` of it", Work::One(vec_of_bumpalo)).large(large_bumpalo),
        Side::hand("bumpalo, `alloc_slice_fill_iter`", Work::One(bumpalo)),
        Side::ours("`Arena::scope`", Work::One(ours)).large(large_ours),
        Side::ours("`Arena::scope`, `bump()`", Work::One(ours_bump)),
        Side::peer("bumpalo-herd", Work::One(herd)).large(large_herd),
        Side::peer("bump-scope", Work::One(bump_scope)).large(large_bump_scope),
        Side::peer("typed-arena", Work::One(typed_arena)),
    ],
};

/// A record that lives in an arena.
#[derive(Debug, Clone, Copy)]
struct Row<'a> {
    host: &'a str,
    path: &'a str,
    client: &'a str,
    numbers: &'a [u32],
}

#[inline(never)]
fn of_rows(rows: &[Row<'_>]) -> u64 {
    rows.iter().fold(0, |sum, row| sum ^ look(row.host, row.path, row.client, row.numbers))
}

fn owned(inputs: &Inputs, meter: &mut Meter) {
    let batches = batches::<Plain>(inputs);
    meter.numbers(|number| {
        let rows: Vec<Plain> = turn(&batches, number)
            .iter()
            .map(|from| Plain::new(&from.host, &from.path, &from.client, &from.numbers))
            .collect();
        of_records(&rows)
    });
}

#[inline]
fn in_vec_of_bumpalo(bump: &Bump, batch: &[Plain]) -> u64 {
    let mut rows = BumpaloVec::with_capacity_in(batch.len(), bump);
    for from in batch {
        rows.push(Row {
            host: bump.alloc_str(&from.host),
            path: bump.alloc_str(&from.path),
            client: bump.alloc_str(&from.client),
            numbers: bump.alloc_slice_copy(&from.numbers),
        });
    }
    of_rows(&rows)
}

#[inline]
fn in_bumpalo(bump: &Bump, batch: &[Plain]) -> u64 {
    of_rows(bump.alloc_slice_fill_iter(batch.iter().map(|from| Row {
        host: bump.alloc_str(&from.host),
        path: bump.alloc_str(&from.path),
        client: bump.alloc_str(&from.client),
        numbers: bump.alloc_slice_copy(&from.numbers),
    })))
}

fn vec_of_bumpalo(inputs: &Inputs, meter: &mut Meter) {
    let batches = batches::<Plain>(inputs);
    let mut bump = Bump::new();
    meter.numbers(|number| {
        let found = in_vec_of_bumpalo(&bump, turn(&batches, number));
        bump.reset();
        found
    });
}

fn bumpalo(inputs: &Inputs, meter: &mut Meter) {
    let batches = batches::<Plain>(inputs);
    let mut bump = Bump::new();
    meter.numbers(|number| {
        let found = in_bumpalo(&bump, turn(&batches, number));
        bump.reset();
        found
    });
}

/// A thread takes its arena once, and all are reset together.
fn herd(inputs: &Inputs, meter: &mut Meter) {
    let batches = batches::<Plain>(inputs);
    let mut herd = Herd::new();
    meter.numbers(|number| {
        let member = herd.get();
        let batch = turn(&batches, number);
        let rows = member.alloc_slice_fill_iter(batch.iter().map(|from| Row {
            host: member.alloc_str(&from.host),
            path: member.alloc_str(&from.path),
            client: member.alloc_str(&from.client),
            numbers: member.alloc_slice_copy(&from.numbers),
        }));
        let found = of_rows(rows);
        drop(member);
        herd.reset();
        found
    });
}

fn bump_scope(inputs: &Inputs, meter: &mut Meter) {
    let batches = batches::<Plain>(inputs);
    let mut bump: ScopeBump = ScopeBump::new();
    meter.numbers(|number| {
        bump.scoped(|bump| {
            let (batch, bump) = (turn(&batches, number), &*bump);
            let mut rows = BumpVec::with_capacity_in(batch.len(), bump);
            for from in batch {
                rows.push(Row {
                    host: bump.alloc_str(&from.host).into_ref(),
                    path: bump.alloc_str(&from.path).into_ref(),
                    client: bump.alloc_str(&from.client).into_ref(),
                    numbers: bump.alloc_slice_copy(&from.numbers).into_ref(),
                });
            }
            of_rows(&rows)
        })
    });
}

/// It has no reset: an arena for each batch, and for each type.
fn typed_arena(inputs: &Inputs, meter: &mut Meter) {
    let batches = batches::<Plain>(inputs);
    meter.numbers(|number| {
        let (texts, numbers, rows) = (TypedArena::new(), TypedArena::new(), TypedArena::new());
        let rows = rows.alloc_extend(turn(&batches, number).iter().map(|from| Row {
            host: texts.alloc_str(&from.host),
            path: texts.alloc_str(&from.path),
            client: texts.alloc_str(&from.client),
            numbers: numbers.alloc_extend(from.numbers.iter().copied()),
        }));
        of_rows(rows)
    });
}

fn ours(inputs: &Inputs, meter: &mut Meter) {
    let batches = batches::<Plain>(inputs);
    let mut arena = Arena::new();
    meter.numbers(|number| {
        arena.scope(|arena| {
            of_rows(arena.alloc_from_iter(turn(&batches, number).iter().map(|from| Row {
                host: arena.alloc_str(&from.host),
                path: arena.alloc_str(&from.path),
                client: arena.alloc_str(&from.client),
                numbers: arena.alloc_slice_copy(&from.numbers),
            })))
        })
    });
}

fn ours_bump(inputs: &Inputs, meter: &mut Meter) {
    let batches = batches::<Plain>(inputs);
    let mut arena = Arena::new();
    meter.numbers(|number| arena.scope(|arena| in_bumpalo(arena.bump(), turn(&batches, number))));
}

fn large_bumpalo(bytes: usize, probe: &mut Probe<'_>) {
    let mut bump = Bump::new();
    bump.alloc_str("small");
    bump.reset();
    probe();
    black_box(bump.alloc_slice_fill_copy(bytes, b'x'));
    probe();
    bump.reset();
    probe();
}

fn large_ours(bytes: usize, probe: &mut Probe<'_>) {
    let mut arena = Arena::new();
    arena.scope(|arena| _ = black_box(arena.alloc_str("small")));
    probe();
    arena.scope(|arena| {
        black_box(arena.alloc_slice_fill_with(bytes, |_| b'x'));
        probe();
    });
    probe();
}

fn large_herd(bytes: usize, probe: &mut Probe<'_>) {
    let mut herd = Herd::new();
    herd.get().alloc_str("small");
    herd.reset();
    probe();
    black_box(herd.get().alloc_slice_fill_copy(bytes, b'x'));
    probe();
    herd.reset();
    probe();
}

fn large_bump_scope(bytes: usize, probe: &mut Probe<'_>) {
    let mut bump: ScopeBump = ScopeBump::new();
    bump.scoped(|bump| _ = black_box(bump.alloc_str("small")));
    probe();
    bump.scoped(|bump| {
        black_box(bump.alloc_slice_fill(bytes, b'x'));
        probe();
    });
    probe();
}
