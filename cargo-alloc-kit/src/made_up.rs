//! What unit tests make up: budgets that were called once, or never, and platforms of them.

use crate::record::{Figures, Verdict};
use crate::shard::{Budget, Seen};
use crate::view::Platform;

/// Of one call that used this; without figures, of none.
pub(crate) fn seen(most: Figures) -> Seen {
    let called = !most.is_empty();
    Seen {
        verdict: if called { Verdict::Held } else { Verdict::NeverExercised },
        why: None,
        calls: called.into(),
        judged: called.into(),
        warmed_up: 0,
        not_judged: 0,
        broken: 0,
        threads_started: 0,
        most,
        room: Figures::new(),
        exceptions: Vec::new(),
        breaches: Vec::new(),
    }
}

/// A platform that has these budgets.
pub(crate) fn platform(profile: &str, budgets: Vec<Budget>) -> Platform {
    Platform {
        target: "t".to_owned(),
        profile: profile.to_owned(),
        shards: 1,
        processes: 1,
        budgets,
        exceptions: Vec::new(),
    }
}
