//! What files hold is not this program's: names may have characters that a terminal obeys, that XML cannot have, or that turn the
//! order of a line round. Every text is cleaned of these once; the formats still escape what is special to them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exit::Failure;
use crate::run_file::RunFile;
use crate::shard::Shard;

/// The same run, with no such character in any of its texts.
pub(super) fn cleaned(run: RunFile) -> Result<RunFile, Failure> {
    let superseded = run.superseded.as_deref().map(text_of);
    let mut shards = Vec::with_capacity(run.shards.len());
    for shard in run.shards.into_values() {
        shards.push(cleaned_as::<Shard>(&shard).map_err(|error| Failure::unusable(error.to_string()))?);
    }
    let lost = run.lost.iter().map(|lost| text_of(lost)).collect();
    Ok(RunFile { superseded, lost, ..RunFile::of(shards) })
}

fn cleaned_as<T: Serialize + for<'a> Deserialize<'a>>(value: &T) -> serde_json::Result<T> {
    let mut value = serde_json::to_value(value)?;
    clean(&mut value);
    T::deserialize(value)
}

fn clean(value: &mut Value) {
    match value {
        Value::String(text) => *text = text_of(text),
        Value::Array(values) => values.iter_mut().for_each(clean),
        Value::Object(fields) => {
            *fields = std::mem::take(fields)
                .into_iter()
                .map(|(key, mut value)| {
                    clean(&mut value);
                    (text_of(&key), value)
                })
                .collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A text with U+FFFD in place of what no reader should get.
pub(super) fn text_of(text: &str) -> String {
    text.chars().map(|c| if is_bad(c) { '\u{fffd}' } else { c }).collect()
}

fn is_bad(c: char) -> bool {
    let is_control = c.is_control() && c != '\n' && c != '\t';
    let turns_round = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    is_control || turns_round || matches!(c, '\u{fffe}' | '\u{ffff}')
}
