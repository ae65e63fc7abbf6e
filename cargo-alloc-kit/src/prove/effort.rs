//! What judging a binary cost, for `--verbose` and benches.

use std::fmt::Write as _;
use std::time::Duration;

use super::engine::Effort;
use crate::blocks::counted;
use crate::table::count;

/// Of one binary, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// To read the file and its tables.
    pub(super) reading: Duration,
    pub(super) judging: Duration,
    /// To find the lines of what is shown.
    pub(super) describing: Duration,
    /// Of this process, up to then.
    pub(super) peak_bytes: Option<u64>,
}

impl Cost {
    /// `17 functions, 3,094 instructions (1,004 of them in context); 2 ms to read, 5 ms to judge, 1 ms to describe; 12 MB of memory`
    pub(super) fn text(&self, effort: &Effort) -> String {
        let mut text = format!(
            "{}, {} ({} of them in context); {} ms to read, {} ms to judge, {} ms to describe",
            counted(effort.functions, "function"),
            counted(effort.instructions + effort.instructions_in_context, "instruction"),
            count(effort.instructions_in_context),
            self.reading.as_millis(),
            self.judging.as_millis(),
            self.describing.as_millis(),
        );
        if let Some(bytes) = self.peak_bytes {
            let _ = write!(text, "; {} MB of memory", bytes.div_ceil(1_000_000));
        }
        text
    }
}

/// The most memory that this process had so far, where the system says.
pub(super) fn peak_bytes() -> Option<u64> {
    peak_of(&std::fs::read_to_string("/proc/self/status").ok()?)
}

fn peak_of(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_cost_is_said_as_far_as_it_is_known() {
        let effort =
            Effort { functions: 1, instructions: 2_090, instructions_in_context: 1_004, ..Effort::default() };
        let cost = Cost {
            reading: Duration::from_millis(2),
            judging: Duration::from_micros(5_900),
            ..Cost::default()
        };
        let text = "1 function, 3,094 instructions (1,004 of them in context); 2 ms to read, 5 ms to judge, 0 ms to describe";
        assert_eq!(cost.text(&effort), text);
        let cost = Cost { peak_bytes: Some(12_000_001), ..cost };
        assert_eq!(cost.text(&effort), format!("{text}; 13 MB of memory"));
    }

    #[test]
    fn the_peak_is_what_the_system_says() {
        assert_eq!(peak_of("Name:\tcat\nVmHWM:\t    1844 kB\nVmRSS:\t 1 kB\n"), Some(1844 * 1024));
        assert_eq!(peak_of("Name:\tcat\n"), None);
        assert_eq!(peak_of("VmHWM:\tmuch\n"), None);
    }
}
