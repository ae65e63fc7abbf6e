//! Functions under budgets, several of each kind, so that they can be nested without being recursion: the public
//! interface as users write it, with limits that are read at entry.

use alloc_kit::{alloc_budget, assert_alloc_budget, assert_no_alloc, no_alloc};

use super::real::{Flow, Side, Turns};
use super::steps::{Kind, Limits, Steps, Wait};

macro_rules! site {
    ($site:expr, $kind:ident($($argument:expr),*)) => {
        match $site {
            0 => first::$kind($($argument),*),
            1 => second::$kind($($argument),*),
            _ => third::$kind($($argument),*),
        }
    };
}

/// Runs the steps in a guard, which is as far as a return goes.
pub(crate) fn guarded(kind: Kind, number: usize, limits: &Limits, side: &mut Side<'_>, steps: &Steps) {
    let _ = match kind {
        Kind::NoAlloc => site!(number, none(side, steps)),
        Kind::Count => site!(number, count(limits.allocations, side, steps)),
        Kind::Keys => site!(number, keys(limits, side, steps)),
        Kind::Process => site!(number, process(limits, side, steps)),
        Kind::AssertNoAlloc => site!(number, assert_none(side, steps)),
        Kind::AssertCount => site!(number, assert_count(limits.allocations, side, steps)),
        Kind::AssertKeys => site!(number, assert_keys(limits, side, steps)),
    };
}

/// Polls a future that is under a budget, by turns.
pub(crate) fn with_future<R>(
    kind: Wait,
    number: usize,
    limits: &Limits,
    turns: Turns<'_, '_>,
    work: impl FnOnce(std::pin::Pin<&mut dyn Future<Output = ()>>) -> R,
) -> R {
    match (kind, number) {
        (Wait::Count, 0) => work(std::pin::pin!(first::waits_count(limits.allocations, turns))),
        (Wait::Count, 1) => work(std::pin::pin!(second::waits_count(limits.allocations, turns))),
        (Wait::Count, _) => work(std::pin::pin!(third::waits_count(limits.allocations, turns))),
        (Wait::Keys, 0) => work(std::pin::pin!(first::waits_keys(limits, turns))),
        (Wait::Keys, 1) => work(std::pin::pin!(second::waits_keys(limits, turns))),
        (Wait::Keys, _) => work(std::pin::pin!(third::waits_keys(limits, turns))),
        (Wait::Measure, _) => work(std::pin::pin!(measured(turns))),
        (Wait::Allow, _) => work(std::pin::pin!(allowed(turns))),
    }
}

async fn measured(turns: Turns<'_, '_>) {
    let side = turns.side();
    let ((), usage) = alloc_kit::measure_future(turns).await;
    side.of(|side| side.log.usage(&usage));
}

async fn allowed(turns: Turns<'_, '_>) {
    alloc_kit::allow_alloc!("a future of a program", turns.await);
}

macro_rules! sites {
    ($($site:ident)+) => {$(
        mod $site {
            use super::*;

            #[no_alloc]
            pub(super) fn none(side: &mut Side<'_>, steps: &Steps) -> Flow {
                side.run(steps)?;
                Flow::Continue(())
            }

            #[alloc_budget(n)]
            pub(super) fn count(n: u64, side: &mut Side<'_>, steps: &Steps) -> Flow {
                let _ = n;
                if side.run(steps).is_break() {
                    return Flow::Break(());
                }
                Flow::Continue(())
            }

            #[alloc_budget(
                allocations = limits.allocations,
                bytes = limits.bytes,
                peak_bytes = limits.peak_bytes,
                live_bytes = limits.live_bytes,
                deallocations = limits.deallocations
            )]
            pub(super) fn keys(limits: &Limits, side: &mut Side<'_>, steps: &Steps) -> Flow {
                side.run(steps)?;
                Flow::Continue(())
            }

            #[alloc_budget(
                allocations = limits.allocations,
                bytes = limits.bytes,
                live_bytes = limits.live_bytes,
                deallocations = limits.deallocations,
                scope = process
            )]
            pub(super) fn process(limits: &Limits, side: &mut Side<'_>, steps: &Steps) -> Flow {
                side.run(steps)
            }

            pub(super) fn assert_none(side: &mut Side<'_>, steps: &Steps) -> Flow {
                assert_no_alloc!(side.run(steps))
            }

            pub(super) fn assert_count(n: u64, side: &mut Side<'_>, steps: &Steps) -> Flow {
                assert_alloc_budget!(n, || side.run(steps))
            }

            pub(super) fn assert_keys(limits: &Limits, side: &mut Side<'_>, steps: &Steps) -> Flow {
                assert_alloc_budget!(
                    allocations = limits.allocations,
                    bytes = limits.bytes,
                    peak_bytes = limits.peak_bytes,
                    live_bytes = limits.live_bytes,
                    deallocations = limits.deallocations,
                    side.run(steps)
                )
            }

            #[alloc_budget(n)]
            pub(super) async fn waits_count(n: u64, turns: Turns<'_, '_>) {
                let _ = n;
                turns.await;
            }

            #[alloc_budget(
                allocations = limits.allocations,
                bytes = limits.bytes,
                peak_bytes = limits.peak_bytes,
                live_bytes = limits.live_bytes,
                deallocations = limits.deallocations
            )]
            pub(super) async fn waits_keys(limits: &Limits, turns: Turns<'_, '_>) {
                turns.await;
            }
        }
    )+};
}
sites! { first second third }
