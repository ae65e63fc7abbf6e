//! Standard error of this process, sent to a file where it can be read.

/// Until it is dropped, standard error goes to a file.
pub(crate) struct StandardError;

impl StandardError {
    /// What was said since the last time, as lines of interest.
    pub(crate) fn take(&mut self) -> Vec<String> {
        Vec::new()
    }
}
