//! The pure parts of the benches' drivers, where a mistake would go unseen: figures in words, quartiles, the scale of
//! charts, and what is said of a gain.

#![expect(clippy::float_cmp, reason = "these are exact")]

use alloc_kit_benches::{Expect, Published};

#[allow(dead_code, reason = "the drivers use the rest")]
#[path = "../benches/support/cells.rs"]
mod cells;
#[path = "../benches/support/options.rs"]
mod options;
#[path = "../benches/wins/driver/charts/scale.rs"]
mod scale;
#[path = "../benches/support/statistics.rs"]
mod statistics;
#[path = "../benches/wins/driver/verdict.rs"]
mod verdict;

use scale::Log;
use verdict::verdict;

/// Where the drivers have them.
mod support {
    pub(crate) use crate::cells;
}

type Result<T> = std::result::Result<T, String>;

const PUBLISHED: Option<Published> = Some(Published { gain: 1.95, source: "gimli#451" });

#[test]
fn counts_are_in_groups_of_three() {
    for (number, text) in
        [(0, "0"), (999, "999"), (1_000, "1,000"), (140_000, "140,000"), (1_234_567, "1,234,567")]
    {
        assert_eq!(cells::count(number), text);
        assert_eq!(cells::count(-number), if number == 0 { text.to_owned() } else { format!("-{text}") });
    }
    assert_eq!(cells::thousands(1_999.6), "2,000");
}

#[test]
fn bytes_have_three_digits_and_a_unit() {
    for (bytes, text) in [
        (0.0, "0 B"),
        (999.0, "999 B"),
        (1_000.0, "1.00 kB"),
        (-2_500.0, "-2.50 kB"),
        (16_896.0, "16.9 kB"),
        (999_400.0, "999 kB"),
        (999_600.0, "1.00 MB"),
        (15_612_345.0, "15.6 MB"),
        (2.5e9, "2.50 GB"),
    ] {
        assert_eq!(cells::bytes(bytes), text);
    }
}

#[test]
fn gains_have_the_digits_that_mean_something() {
    for (gain, text) in [(0.974, "0.97"), (2.149, "2.15"), (9.999, "10.0"), (31.47, "31.5"), (240.2, "240")] {
        assert_eq!(cells::gain(gain), text);
    }
    assert_eq!(cells::spread([1.9, 2.0, 2.1], cells::gain), "2.00 [1.90 2.10]");
    assert_eq!(cells::spread([2.0, 2.001, 2.002], cells::gain), "2.00");
}

#[test]
fn quartiles_of_few_and_of_many() {
    assert_eq!(statistics::quartiles(vec![5.0]), [5.0; 3]);
    assert_eq!(statistics::quartiles(vec![3.0, 1.0]), [1.0, 2.0, 3.0]);
    assert_eq!(statistics::quartiles(vec![4.0, 1.0, 3.0, 2.0]), [1.5, 2.5, 3.5]);
    assert_eq!(statistics::quartiles(vec![5.0, 4.0, 3.0, 2.0, 1.0]), [2.0, 3.0, 4.0]);
}

#[test]
fn a_gain_is_held_against_the_published_one() {
    let gain = Expect::Gain;
    assert_eq!(verdict(gain, PUBLISHED, 1.95), "1.95 (`gimli#451`): met");
    assert_eq!(verdict(gain, PUBLISHED, 1.82), "below: 1.82 of 1.95 (`gimli#451`)");
    // Not rounded up to what was to be met.
    assert_eq!(verdict(gain, PUBLISHED, 1.9496), "below: 1.9496 of 1.9500 (`gimli#451`)");
    assert_eq!(verdict(gain, None, 1.3), "-");
    assert_eq!(verdict(gain, None, 0.9), "does not pay here: 0.90");
}

#[test]
fn what_does_not_pay_is_said_to() {
    let none = Expect::NoGain("few are kept");
    assert_eq!(verdict(none, PUBLISHED, 0.97), "does not pay, as expected");
    assert_eq!(verdict(none, None, 1.09), "does not pay, as expected");
    assert_eq!(verdict(none, None, 1.2), "pays 1.20 here, and was not expected to");
}

#[test]
fn a_logarithmic_scale_has_a_place_for_none() {
    let axis = Log { zero: 0.0, one: 10.0, end: 70.0, top: 1e6 };
    for (count, at) in [(0.0, 0.0), (1.0, 10.0), (10.0, 20.0), (1e3, 40.0), (1e6, 70.0)] {
        assert!((axis.at(count) - at).abs() < 1e-9, "{count} is at {}", axis.at(count));
    }
    assert_eq!(axis.ticks(), [0.0, 1.0, 10.0, 1e2, 1e3, 1e4, 1e5, 1e6]);
    // From the lowest line of a chart upwards.
    assert!(Log { zero: 100.0, one: 90.0, end: 0.0, top: 1e3 }.at(1e3).abs() < 1e-9);
}

#[test]
fn a_scale_ends_at_a_power_of_ten() {
    for (counts, end) in
        [([0.0, 0.0], 10.0), ([2.0, 10.0], 10.0), ([11.0, 0.0], 100.0), ([1.0, 246_389.0], 1e6)]
    {
        assert!((scale::top(counts.into_iter()) - end).abs() < 1e-9, "{counts:?}");
    }
    assert_eq!([0.0, 100.0, 1e3, 1e5, 1e6].map(scale::short), ["0", "100", "1k", "100k", "1M"]);
}

#[test]
fn a_wrong_value_is_told_what_is_accepted() {
    assert_eq!(options::rounds("12"), Ok(12));
    assert_eq!(options::rounds("0"), Err("`--rounds 0`: a number from 1 is accepted".to_owned()));
    assert_eq!(options::pick("workload", "w2,w1", &["w1", "w2"]), Ok(vec!["w2", "w1"]));
    let unknown = options::pick("workload", "w1,w9", &["w1", "w2"]);
    assert_eq!(unknown, Err("unknown workload `w9`; accepted are w1,w2".to_owned()));
}
