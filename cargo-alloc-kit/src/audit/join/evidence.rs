//! What can be done about what was allocated, by what became of it. Each verdict says its numbers; without enough of them there is none.

use crate::audit::language::Language;
use crate::audit::profile::Point;
use crate::audit::rules::Category;
use crate::table::count;

/// So many blocks are a habit: what a program does once for each of a few things is not worth a rule of its own.
const MANY_BLOCKS: u64 = 100;

/// A block that lives for less than this part of the run is a temporary: of a program that handles a thousand things, one after
/// the other, what is made and freed for one of them lives for a thousandth.
const SHORT_LIFE: f64 = 0.01;

/// A collection that doubles from four elements on to `n` asks for less than twice its last size, and for somewhat more than
/// that where it starts smaller; with a capacity it would ask for the last size alone.
const GROWN: (f64, f64) = (1.25, 2.2);

/// It takes three blocks to tell growing from two that happen to be alike, and doubling forty times fills any memory.
const GROWN_BLOCKS: std::ops::RangeInclusive<u64> = 3..=40;

/// What holds a tenth of the memory at the program's peak, with nearly all that it ever asked for, is kept, not churned, and did not grow.
const OF_PEAK: f64 = 0.1;
const KEPT: f64 = 0.9;

/// What points of one place have in common.
#[derive(Debug, Default)]
struct Lives {
    bytes: u64,
    blocks: Option<u64>,
    /// The mean of the lifetimes, by blocks; where all are known.
    mean: Option<f64>,
    peak_bytes: Option<u64>,
    reads: Option<u64>,
    /// Whether there was never more than one block. Of several points that is known of each, and not of all together.
    one_at_a_time: bool,
    grown_bytes: u64,
    grown_blocks: u64,
}

/// The category by evidence, if there is some, and the evidence in words. `rule` is what a rule says of such places; `peak_bytes`
/// is what the whole program had at its peak, if that is known.
pub(super) fn judge(
    points: &[&Point],
    rule: Option<Category>,
    peak_bytes: Option<u64>,
    language: Language,
) -> (Option<Category>, Vec<String>) {
    let lives = Lives::of(points);
    let blocks = lives.blocks.unwrap_or(0);
    let is_many = blocks >= MANY_BLOCKS;
    let mut found: Vec<(Category, String)> = Vec::new();
    if lives.reads == Some(0) && lives.bytes > 0 {
        found.push((Category::Eliminable, "what was written to it was never read".to_owned()));
    }
    let reuses = is_many && lives.one_at_a_time;
    let of_reuse = (
        Category::Reducible,
        match language {
            Language::Rust => {
                format!("{} blocks, never more than 1 at a time: one buffer does", count(blocks))
            }
            Language::Python | Language::JavaScript => {
                format!("{} blocks, never more than 1 at a time", count(blocks))
            }
        },
    );
    let short = lives.mean.filter(|mean| is_many && *mean < SHORT_LIFE);
    let of_short = short.map(|mean| {
        // Reuse is what a rule of this category advises, and it says no more than that.
        let category =
            if rule == Some(Category::Reducible) { Category::Reducible } else { Category::Eliminable };
        (
            category,
            format!("{} blocks, each lives for {} of the run on average", count(blocks), percent(mean)),
        )
    });
    // A rule that knows how to do without is worth more than one buffer.
    if rule == Some(Category::Eliminable) {
        found.extend(of_short);
        found.extend(reuses.then_some((Category::Eliminable, of_reuse.1)));
    } else {
        found.extend(reuses.then_some(of_reuse));
        found.extend(of_short);
    }
    if lives.grown_bytes > lives.bytes / 2 {
        // Other languages have no capacities to ask for.
        let advice = if language == Language::Rust { ": a capacity from the start" } else { "" };
        let text = format!(
            "{} blocks, of which the last has about half of the bytes, as of what grew{advice}",
            count(lives.grown_blocks)
        );
        found.push((Category::Reducible, text));
    }
    if let (Some(here), Some(all @ 1..)) = (lives.peak_bytes, peak_bytes) {
        let (of_peak, kept) = (part(here, all), part(here, lives.bytes));
        if of_peak >= OF_PEAK && kept >= KEPT {
            let text = format!(
                "{} bytes of it are live at the program's peak, {} of all there",
                count(here),
                percent(of_peak)
            );
            found.push((Category::Necessary, text));
        }
    }
    (found.first().map(|(category, _)| *category), found.into_iter().map(|(_, text)| text).collect())
}

impl Lives {
    fn of(points: &[&Point]) -> Self {
        let mut lives = Self { one_at_a_time: points.len() == 1, ..Self::default() };
        lives.bytes = sum(points, |point| Some(point.bytes)).unwrap_or(0);
        lives.blocks = sum(points, |point| point.blocks);
        lives.peak_bytes = sum(points, |point| point.life.peak_bytes);
        lives.reads = sum(points, |point| point.life.reads);
        lives.mean = mean(points);
        for point in points {
            lives.one_at_a_time &= point.life.most_blocks == Some(1);
            if grew(point) {
                lives.grown_bytes += point.bytes;
                lives.grown_blocks += point.blocks.unwrap_or(0);
            }
        }
        lives
    }
}

/// Nothing where it is not known of each.
pub(super) fn sum(points: &[&Point], of: impl Fn(&Point) -> Option<u64>) -> Option<u64> {
    points.iter().try_fold(0_u64, |sum, point| Some(sum.saturating_add(of(point)?)))
}

#[expect(clippy::cast_precision_loss, reason = "parts, not counts")]
fn part(of: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { of as f64 / all as f64 }
}

#[expect(clippy::cast_precision_loss, reason = "a mean, not a count")]
fn mean(points: &[&Point]) -> Option<f64> {
    let (mut sum, mut blocks) = (0.0, 0);
    for point in points {
        let of = point.blocks?;
        sum += point.life.mean_lifetime? * of as f64;
        blocks += of;
    }
    (blocks > 0).then(|| sum / blocks as f64)
}

/// Whether the blocks of a point look like those of one collection that got larger and larger. Where the most that was live of it is not
/// known, what was live at the program's peak is: of a collection that is kept that is its last block.
fn grew(point: &Point) -> bool {
    let life = &point.life;
    let most = match life.most_blocks {
        Some(blocks) => life.most_bytes.filter(|_| (1..=2).contains(&blocks)),
        None => life.peak_bytes,
    };
    let (Some(blocks), Some(most @ 1..)) = (point.blocks, most) else { return false };
    let times = part(point.bytes, most);
    GROWN_BLOCKS.contains(&blocks) && GROWN.0 <= times && times <= GROWN.1
}

/// `0.3 %`; what is less than can be shown is said to be.
pub(crate) fn percent(part: f64) -> String {
    let percent = part * 100.0;
    if percent > 0.0 && percent < 0.01 {
        "less than 0.01 %".to_owned()
    } else if percent < 1.0 {
        format!("{percent:.2} %")
    } else {
        format!("{percent:.1} %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::profile::Life;

    fn point(bytes: u64, blocks: u64, life: Life) -> Point {
        Point { frames: Vec::new(), bytes, blocks: Some(blocks), life }
    }

    fn judged(point: &Point, rule: Option<Category>) -> (Option<Category>, String) {
        let (category, evidence) = judge(&[point], rule, Some(10_000), Language::Rust);
        (category, evidence.join("; "))
    }

    #[test]
    fn each_evidence_has_its_category() {
        let short = point(64_000, 1_000, Life { mean_lifetime: Some(0.001), ..Life::default() });
        let said = "1,000 blocks, each lives for 0.10 % of the run on average";
        assert_eq!(judged(&short, None), (Some(Category::Eliminable), said.to_owned()));
        assert_eq!(judged(&short, Some(Category::Reducible)).0, Some(Category::Reducible));

        let long = point(64_000, 1_000, Life { mean_lifetime: Some(0.5), ..Life::default() });
        assert_eq!(judged(&long, None), (None, String::new()));
        let few = point(64, 99, Life { mean_lifetime: Some(0.001), most_blocks: Some(1), ..Life::default() });
        assert_eq!(judged(&few, None), (None, String::new()));

        let one = point(64_000, 1_000, Life { most_blocks: Some(1), ..Life::default() });
        let said = "1,000 blocks, never more than 1 at a time: one buffer does";
        assert_eq!(judged(&one, None), (Some(Category::Reducible), said.to_owned()));
        assert_eq!(judged(&one, Some(Category::Eliminable)).0, Some(Category::Eliminable));

        let unread = point(640, 10, Life { reads: Some(0), ..Life::default() });
        assert_eq!(judged(&unread, None).0, Some(Category::Eliminable));

        // 32 + 64 + .. + 8192
        let grown =
            point(16_352, 9, Life { most_bytes: Some(8_192), most_blocks: Some(1), ..Life::default() });
        assert!(judged(&grown, None).1.contains("as of what grew"), "{:?}", judged(&grown, None));
        // As valgrind has it, which does not know the most.
        let grown = point(16_352, 9, Life { peak_bytes: Some(8_192), ..Life::default() });
        assert_eq!(judged(&grown, None).0, Some(Category::Reducible));
        let same = point(9_000, 9, Life { most_bytes: Some(1_000), most_blocks: Some(1), ..Life::default() });
        assert_eq!(judged(&same, None), (None, String::new()));

        let kept = point(5_500, 1, Life { peak_bytes: Some(5_000), ..Life::default() });
        let said = "5,000 bytes of it are live at the program's peak, 50.0 % of all there";
        assert_eq!(judged(&kept, None), (Some(Category::Necessary), said.to_owned()));
        let churned = point(60_000, 10, Life { peak_bytes: Some(5_000), ..Life::default() });
        assert_eq!(judged(&churned, None), (None, String::new()));
    }

    #[test]
    fn what_is_not_known_of_one_is_not_known_of_all() {
        let known = point(
            64_000,
            1_000,
            Life { reads: Some(0), most_blocks: Some(1), mean_lifetime: Some(0.0), ..Life::default() },
        );
        let unknown = point(64_000, 1_000, Life::default());
        assert_eq!(judge(&[&known, &unknown], None, None, Language::Rust), (None, Vec::new()));
        assert_eq!(judge(&[], None, None, Language::Rust), (None, Vec::new()));
    }

    /// All of them live at the peak.
    #[test]
    fn one_at_a_time_at_many_stacks_is_many() {
        let life =
            Life { most_blocks: Some(1), most_bytes: Some(10), peak_bytes: Some(10), ..Life::default() };
        let points: Vec<Point> = (0..150).map(|_| point(10, 1, life)).collect();
        let points: Vec<&Point> = points.iter().collect();
        let (category, evidence) = judge(&points, None, Some(1_500), Language::Rust);
        assert_eq!(category, Some(Category::Necessary));
        assert!(!evidence.join("; ").contains("at a time"), "{evidence:?}");
    }

    #[test]
    fn advice_is_of_the_language() {
        let grown = point(16_352, 9, Life { peak_bytes: Some(8_192), ..Life::default() });
        let said = |language| judge(&[&grown], None, None, language).1.join("; ");
        assert!(said(Language::Rust).ends_with("as of what grew: a capacity from the start"));
        assert!(said(Language::Python).ends_with("as of what grew"));
    }
}
