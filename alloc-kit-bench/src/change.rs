//! [`Change`]: counts against those of the baseline, in words.

use crate::baseline::Stored;
use crate::counts::Counts;
use crate::figures;

/// How counts compare with the baseline's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// There is nothing to compare with.
    New,
    /// The baseline is of a build in which other allocations are left.
    OtherBuild { debug: bool },
    /// The same, or ranges that meet.
    None,
    /// What changed: `+1 allocation (was 2), +24 bytes (was 96)`.
    Some(String),
}

impl Change {
    pub(crate) fn of(counts: &Counts, baseline: Option<Stored>, debug: bool) -> Self {
        let Some(baseline) = baseline else { return Self::New };
        if baseline.debug != debug {
            return Self::OtherBuild { debug: baseline.debug };
        }
        let changed: Vec<String> = figures::SHOWN
            .iter()
            .filter_map(|figure| {
                let range = |counts: &Counts| (figure.of(&counts.least), figure.of(&counts.most));
                let ((least, most), (was_least, was_most)) = (range(counts), range(&baseline.counts));
                if least <= was_most && was_least <= most {
                    return None;
                }
                let was = if was_least == was_most {
                    was_most.to_string()
                } else {
                    format!("{was_least} to {was_most}")
                };
                Some(format!("{} (was {was})", figure.say_change(most.saturating_sub(was_most))))
            })
            .collect();
        if changed.is_empty() { Self::None } else { Self::Some(changed.join(", ")) }
    }

    /// What a table has of it.
    pub(crate) fn short(&self) -> String {
        match self {
            Self::New => "new".to_owned(),
            Self::None => "no change".to_owned(),
            Self::OtherBuild { .. } => "not compared: another build".to_owned(),
            Self::Some(what) => what.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc_kit::Usage;

    use super::*;

    fn counts(least: u64, most: u64, peak_bytes: u64) -> Counts {
        let of = |allocations| {
            let mut usage = Usage::default();
            (usage.allocations, usage.peak_bytes) = (allocations, peak_bytes);
            usage
        };
        Counts { first: of(most), least: of(least), most: of(most) }
    }

    fn change(now: Counts, was: Counts) -> Change {
        Change::of(&now, Some(Stored { counts: was, debug: false }), false)
    }

    #[test]
    fn the_same_is_no_change_and_none_is_new() {
        assert_eq!(change(counts(0, 0, 0), counts(0, 0, 0)), Change::None);
        assert_eq!(Change::of(&counts(0, 0, 0), None, false), Change::New);
    }

    #[test]
    fn what_is_more_or_less_is_told_with_what_it_was() {
        let now = counts(3, 3, 64);
        assert_eq!(
            change(now, counts(2, 2, 72)),
            Change::Some("+1 allocation (was 2), peak -8 bytes (was 72)".to_owned())
        );
        assert_eq!(change(counts(0, 0, 64), now), Change::Some("-3 allocations (was 3)".to_owned()));
    }

    #[test]
    fn ranges_that_meet_are_no_change() {
        assert_eq!(change(counts(2, 4, 0), counts(4, 5, 0)), Change::None);
        assert_eq!(change(counts(3, 3, 0), counts(2, 4, 0)), Change::None);
        assert_eq!(
            change(counts(5, 6, 0), counts(2, 4, 0)),
            Change::Some("+2 allocations (was 2 to 4)".to_owned())
        );
    }

    #[test]
    fn a_debug_build_is_not_compared_with_a_release_build() {
        let was = Stored { counts: counts(1, 1, 1), debug: true };
        assert_eq!(Change::of(&counts(2, 2, 2), Some(was), false), Change::OtherBuild { debug: true });
    }
}
