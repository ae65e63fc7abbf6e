//! Where the receiver is, out of a `GGA` sentence.

use crate::Sentence;
use alloc_kit::{ArrayString, no_alloc};
use core::fmt::Write;

/// The longest text of a [`Fix`] fits.
pub type FixText = ArrayString<56>;

/// A position, and how it was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// Since midnight, UTC.
    pub time_seconds: u32,
    /// North of the equator, in units of 10⁻⁷ degrees: a centimetre.
    pub latitude_e7: i32,
    /// East of Greenwich, in units of 10⁻⁷ degrees.
    pub longitude_e7: i32,
    /// How many satellites were used.
    pub satellites: u8,
}

impl Fix {
    /// The fix in a sentence: none, if it is another sentence, or the receiver has no fix yet.
    #[must_use]
    #[no_alloc(deallocations = 0)]
    pub fn parse(sentence: &Sentence<'_>) -> Option<Self> {
        if sentence.name().get(2..)? != "GGA" {
            return None;
        }
        let mut fields = sentence.fields();
        let mut next = || fields.next();
        let time_seconds = time(next()?)?;
        let (latitude, north) = (next()?, sign(next()?, "N", "S")?);
        let (longitude, east) = (next()?, sign(next()?, "E", "W")?);
        if next()?.parse::<u8>().ok()? == 0 {
            return None;
        }
        let latitude_e7 = north * angle(latitude, 90)?;
        let longitude_e7 = east * angle(longitude, 180)?;
        Some(Self { time_seconds, latitude_e7, longitude_e7, satellites: next()?.parse().ok()? })
    }

    /// As text for a display: `12:35:19 48.1173000 11.5166667 8 satellites`.
    #[must_use]
    #[no_alloc(deallocations = 0)]
    pub fn text(&self) -> FixText {
        let mut text = FixText::new();
        let (seconds, minutes) = (self.time_seconds % 60, self.time_seconds / 60);
        // It fits, whatever the numbers are; on a display less is better than a panic.
        let _ = write!(text, "{:02}:{:02}:{seconds:02}", minutes / 60 % 24, minutes % 60);
        for angle in [self.latitude_e7, self.longitude_e7] {
            let (minus, angle) = (if angle < 0 { "-" } else { "" }, angle.unsigned_abs());
            let _ = write!(text, " {minus}{}.{:07}", angle / 10_000_000, angle % 10_000_000);
        }
        let _ = write!(text, " {} satellites", self.satellites);
        text
    }
}

fn sign(text: &str, plus: &str, minus: &str) -> Option<i32> {
    if text == plus { Some(1) } else { (text == minus).then_some(-1) }
}

/// Digits only: `parse` alone would take a sign.
fn number(digits: &str) -> Option<u32> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// `hhmmss`, and perhaps a fraction.
fn time(text: &str) -> Option<u32> {
    let digits = text.split('.').next().filter(|digits| digits.len() == 6)?;
    let number = number(digits)?;
    let (hours, minutes, seconds) = (number / 10_000, number / 100 % 100, number % 100);
    (hours < 24 && minutes < 60 && seconds < 60).then_some((hours * 60 + minutes) * 60 + seconds)
}

/// `dddmm.mmmm`: degrees, and minutes with a fraction, as 10⁻⁷ degrees.
fn angle(text: &str, degrees_max: u32) -> Option<i32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let (whole, digits) = (number(whole)?, fraction.get(..fraction.len().min(7))?);
    let (degrees, minutes) = (whole / 100, whole % 100);
    let mut minutes_e7 = if digits.is_empty() { 0 } else { number(digits)? };
    for _ in digits.len()..7 {
        minutes_e7 *= 10;
    }
    let minutes_e7 = minutes * 10_000_000 + minutes_e7;
    let angle_e7 = degrees.checked_mul(10_000_000)?.checked_add((minutes_e7 + 30) / 60)?;
    let is_one = minutes < 60 && angle_e7 <= degrees_max * 10_000_000;
    is_one.then(|| i32::try_from(angle_e7).ok())?
}
