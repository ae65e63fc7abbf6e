//! What files hold is not this program's: names may have characters that a terminal obeys, that XML cannot have, or that turn the
//! order of a line round. Every text is cleaned of these once; the formats still escape what is special to them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::caveats::Caveat;
use crate::view::Platform;

/// The same platforms, with no such character in any of their texts.
pub(crate) fn cleaned(platforms: &[Platform]) -> Vec<Platform> {
    let of = |platform: &Platform| Platform {
        target: text_of(&platform.target),
        profile: text_of(&platform.profile),
        shards: platform.shards,
        processes: platform.processes,
        budgets: cleaned_as(&platform.budgets),
        exceptions: cleaned_as(&platform.exceptions),
    };
    platforms.iter().map(of).collect()
}

/// The same caveats.
pub(crate) fn cleaned_caveats(caveats: Vec<Caveat>) -> Vec<Caveat> {
    caveats.into_iter().map(|Caveat { kind, text }| Caveat { kind, text: text_of(&text) }).collect()
}

fn cleaned_as<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let cleaned = serde_json::to_value(value).and_then(|mut value| {
        clean(&mut value);
        T::deserialize(value)
    });
    // Texts stay texts, and those that are names of verdicts have no such character.
    cleaned.unwrap_or_else(|error| unreachable!("{error}"))
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
pub(crate) fn text_of(text: &str) -> String {
    text.chars().map(|c| if is_bad(c) { '\u{fffd}' } else { c }).collect()
}

/// The same in one line: the start of a line means something to who reads logs.
pub(crate) fn line_of(text: &str) -> String {
    text_of(text).replace(['\n', '\t'], " ")
}

fn is_bad(c: char) -> bool {
    let is_control = c.is_control() && c != '\n' && c != '\t';
    let turns_round = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    is_control || turns_round || matches!(c, '\u{fffe}' | '\u{ffff}')
}
