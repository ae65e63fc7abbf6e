//! The limits of a budget, each with what was used of it.

use crate::shard::Budget;
use crate::table::grouped;

/// The keys of a budget, in the order in which they are shown.
const KEYS: [&str; 5] = ["allocations", "bytes", "peak_bytes", "live_bytes", "deallocations"];

/// A limit of a budget.
pub(super) struct Row<'a> {
    pub(super) key: &'a str,
    /// As it is written: a number, or an expression.
    pub(super) limit: &'a str,
    pub(super) most: Option<i64>,
    pub(super) room: Option<i64>,
}

/// Those of a budget.
pub(super) fn of(budget: &Budget) -> Vec<Row<'_>> {
    let row = |key: &'static str| {
        Some(Row {
            key,
            limit: budget.site.budget.get(key)?,
            most: budget.seen.most.get(key).copied(),
            room: budget.seen.room.get(key).copied(),
        })
    };
    KEYS.into_iter().filter_map(row).collect()
}

impl Row<'_> {
    /// `2`, `bytes = 4096`
    pub(super) fn budget(&self) -> String {
        if self.key == "allocations" {
            self.limit.to_owned()
        } else {
            format!("{} = {}", self.key, self.limit)
        }
    }

    pub(super) fn most_shown(&self) -> String {
        shown(self.most)
    }

    pub(super) fn room_shown(&self) -> String {
        shown(self.room)
    }

    /// The limit, if it is a number. Of an expression only what it was in the call that left least is known.
    pub(super) fn number(&self) -> Option<i64> {
        // `4_096`, `2u64`
        let digits = self.limit.split(['u', 'i']).next().unwrap_or_default();
        let digits = digits.trim().replace('_', "");
        if digits.starts_with(|c: char| c.is_ascii_digit()) { digits.parse().ok() } else { None }
    }

    /// Used of allowed, in percent; nothing if no call was judged.
    pub(super) fn share(&self) -> Option<Share> {
        let (most, room) = (self.most?, self.room?);
        let (limit, is_exact) = match self.number() {
            Some(limit) => (limit, true),
            None => (most.saturating_add(room).max(0), false),
        };
        let is_over = room < 0;
        #[expect(clippy::cast_precision_loss, reason = "it is drawn")]
        let percent = match (limit, most) {
            (_, most) if most <= 0 => 0.0,
            (limit, _) if limit <= 0 => f64::INFINITY,
            (limit, most) => most as f64 / limit as f64 * 100.0,
        };
        Some(Share { percent, is_over, is_exact })
    }
}

/// How much of a limit was used.
#[derive(Clone, Copy)]
pub(super) struct Share {
    /// Over 100 where it was exceeded; infinite where nothing was allowed.
    pub(super) percent: f64,
    pub(super) is_over: bool,
    /// Whether the limit is a number.
    pub(super) is_exact: bool,
}

pub(super) fn shown(figure: Option<i64>) -> String {
    figure.map_or_else(|| "-".to_owned(), grouped)
}
