//! The join: findings of a scan with what heap profiles measured.

use std::sync::Arc;

use super::capture::Recorded;
use super::model::Audit;
use super::profile::Profile;
use super::report::By;
use super::walk::Walked;

/// A profile, and what is known of its capture.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) profile: Profile,
    pub(crate) recorded: Option<Arc<Recorded>>,
}

/// What is known in the end.
pub(crate) fn join(walked: &Walked, measured: &[Measured], by: By) -> Audit {
    let _ = (measured, by);
    Audit { skipped: walked.skipped.clone(), ..Audit::default() }
}
