//! What is played: the first four bars of the Prelude in C major that opens Bach's Well-Tempered Clavier (BWV 846, 1722), and
//! the events that they are for a synthesiser.

use std::error::Error;
use std::fmt;

pub(crate) const FRAMES_A_SECOND: u64 = 48_000;
/// A sixteenth at 96 quarters a minute.
pub(crate) const SIXTEENTH: u64 = 7_500;
const SIXTEENTHS_A_BAR: u64 = 16;

/// A bar a line. Its five notes are played as 1 2 3 4 5 3 4 5, and the whole of that again.
pub(crate) const PRELUDE: &str = "\
C4 E4 G4 C5 E5
C4 D4 A4 D5 F5
B3 D4 G4 D5 F5
C4 E4 G4 C5 E5
";

const NAMES: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];

/// A key of the keyboard, by its MIDI number: 60 is the C in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key(pub(crate) u8);

/// Which key goes down or up, and when, in frames from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) frame: u64,
    pub(crate) key: Key,
    pub(crate) is_down: bool,
}

/// A bar that cannot be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadBar {
    line: usize,
    why: String,
}

impl fmt::Display for BadBar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bar {}: {}", self.line, self.why)
    }
}

impl Error for BadBar {}

/// The events of a score in their order; of one moment, those of keys that go up come first.
pub(crate) fn events(score: &str) -> Result<Vec<Event>, BadBar> {
    let mut events = Vec::new();
    for (bar, line) in score.lines().enumerate() {
        let bad = |why| BadBar { line: bar + 1, why };
        let keys = line.split(' ').map(key).collect::<Result<Vec<_>, _>>().map_err(bad)?;
        let keys: [Key; 5] =
            keys.try_into().map_err(|keys: Vec<_>| bad(format!("{} notes in place of 5", keys.len())))?;
        let start = bar as u64 * SIXTEENTHS_A_BAR;
        for half in [start, start + SIXTEENTHS_A_BAR / 2] {
            for (at, note) in (half..).zip([0, 1, 2, 3, 4, 2, 3, 4]) {
                // The two low ones are held to the end of the half bar.
                let end = if note < 2 { half + 8 } else { at + 1 };
                for (sixteenth, is_down) in [(at, true), (end, false)] {
                    events.push(Event { frame: sixteenth * SIXTEENTH, key: keys[note], is_down });
                }
            }
        }
    }
    events.sort_by_key(|event| (event.frame, event.is_down));
    Ok(events)
}

/// `C4`, `F#3`: a note's name and its octave.
fn key(name: &str) -> Result<Key, String> {
    let unknown = || format!("`{name}` is no note");
    let octave_at = name.find(|char: char| char.is_ascii_digit()).ok_or_else(unknown)?;
    let (note, octave) = name.split_at(octave_at);
    let semitone = (0..).zip(NAMES).find_map(|(semitone, name)| (name == note).then_some(semitone));
    let octave: u8 = octave.parse().map_err(|_| unknown())?;
    match (semitone, octave) {
        (Some(semitone), 1..=8) => Ok(Key(12 * (octave + 1) + semitone)),
        _ => Err(unknown()),
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", NAMES[usize::from(self.0 % 12)], i16::from(self.0 / 12) - 1)
    }
}
