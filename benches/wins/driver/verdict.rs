//! What a gain is worth beside the one that somebody has published.

use alloc_kit_benches::{Expect, Published};

use crate::support::cells;

/// Up to this a gain is not worth the trouble, or noise.
const LITTLE: f64 = 1.1;

/// In a few words: what was published and whether it is reached, by the median.
pub(crate) fn verdict(expect: Expect, published: Option<Published>, gain: f64) -> String {
    match (expect, published) {
        (Expect::NoGain(_), _) if gain < LITTLE => "does not pay, as expected".to_owned(),
        (Expect::NoGain(_), _) => format!("pays {} here, and was not expected to", cells::gain(gain)),
        (Expect::Gain, Some(Published { gain: published, source })) if gain >= published => {
            format!("{} ({}): met", cells::gain(published), quoted(source))
        }
        (Expect::Gain, Some(Published { gain: published, source })) => {
            let (found, wanted) = apart(gain, published);
            format!("below: {found} of {wanted} ({})", quoted(source))
        }
        (Expect::Gain, None) if gain >= 1.0 => "-".to_owned(),
        (Expect::Gain, None) => format!("does not pay here: {}", cells::gain(gain)),
    }
}

/// With as many digits as it takes to tell them apart.
fn apart(found: f64, wanted: f64) -> (String, String) {
    let short = (cells::gain(found), cells::gain(wanted));
    if short.0 == short.1 { (format!("{found:.4}"), format!("{wanted:.4}")) } else { short }
}

/// As Markdown wants names with underscores, and the numbers of changes.
fn quoted(source: &str) -> String {
    if source.contains('#') { format!("`{source}`") } else { source.to_owned() }
}
