//! What sounds: plucked strings (Karplus and Strong, 1983), and what all of them go through together. The same for both ways.
//!
//! Only sums, products and quotients of `f32`, which are the same on every machine.

use crate::score::{Key, SIXTEENTH};

/// How long a string sounds on when its key is up, in frames.
pub(crate) const RELEASE: u16 = 2_400;

/// One wave of C1 .. B1 in frames; an octave higher it is half as long.
const WAVES: [usize; 12] = [1468, 1385, 1308, 1234, 1165, 1100, 1038, 980, 925, 873, 824, 778];

/// A string: a buffer of one wave, which each round smooths. It is some hundred frames long, and made for its key.
#[derive(Debug)]
pub(crate) struct Voice {
    pub(crate) key: Key,
    wave: Box<[f32]>,
    at: usize,
    /// Counts down once the key is up.
    release: Option<u16>,
}

impl Voice {
    /// Allocates: not for the callback.
    pub(crate) fn new(key: Key) -> Self {
        let (octave, semitone) = (key.0 / 12, usize::from(key.0 % 12));
        let length = WAVES[semitone] >> octave.saturating_sub(2);
        let mut noise = u32::from(key.0);
        let pluck = |_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [high, low, ..] = noise.to_be_bytes();
            f32::from(u16::from_be_bytes([high, low])) / 65_536.0 - 0.5
        };
        Self { key, wave: (0..length).map(pluck).collect(), at: 0, release: None }
    }

    pub(crate) fn release(&mut self) {
        self.release.get_or_insert(RELEASE);
    }

    pub(crate) fn is_held(&self, key: Key) -> bool {
        self.key == key && self.release.is_none()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.release == Some(0)
    }

    fn next(&mut self) -> f32 {
        let next = (self.at + 1) % self.wave.len();
        let sample = self.wave[self.at];
        self.wave[self.at] = 0.498 * (sample + self.wave[next]);
        self.at = next;
        let Some(left) = &mut self.release else { return sample };
        *left = left.saturating_sub(1);
        sample * f32::from(*left) / f32::from(RELEASE)
    }
}

/// A low-pass filter, an echo and a limiter, in this order.
#[derive(Debug)]
pub(crate) struct Effects {
    smooth: f32,
    echo: Box<[f32]>,
    at: usize,
}

impl Effects {
    /// Allocates: not for the callback.
    pub(crate) fn new() -> Self {
        let echo = (0..3 * SIXTEENTH).map(|_| 0.0).collect();
        Self { smooth: 0.0, echo, at: 0 }
    }

    /// The next sample of all voices together.
    pub(crate) fn mix<'a>(&mut self, voices: impl Iterator<Item = &'a mut Box<Voice>>) -> f32 {
        // Not `sum`, which may begin with -0.0.
        let dry = voices.fold(0.0, |sum, voice| sum + voice.next());
        self.smooth += 0.3 * (dry - self.smooth);
        let wet = self.smooth + 0.35 * self.echo[self.at];
        self.echo[self.at] = wet;
        self.at = (self.at + 1) % self.echo.len();
        wet / (1.0 + wet.abs())
    }
}
