//! `SizeProfile`, whose advice is held against types and against a histogram that was published; and `assert_size!`, where it
//! holds (`off_mode.rs` looks at what it says where it does not).
//!
//! Run with: `cargo test -p alloc-kit-tests --test sizes`.

use std::thread;

use alloc_kit::{
    ArrayString, ArrayVec, CompactString, SizeChoice, SizeProfile, SmallVec, assert_size, no_alloc,
};
use alloc_kit_benches::short_lists;

/// Of elements with this many bytes.
type Bytes<const N: usize> = [u8; N];

fn profile<T>(lengths: impl IntoIterator<Item = (usize, u32)>) -> SizeProfile<T> {
    let profile = SizeProfile::new();
    record_all(&profile, lengths);
    profile
}

fn record_all<T>(profile: &SizeProfile<T>, lengths: impl IntoIterator<Item = (usize, u32)>) {
    for (len, times) in lengths {
        (0..times).for_each(|_| profile.record(len));
    }
}

/// <https://github.com/bytecodealliance/wasmtime/pull/4584>: the arguments of functions when pulldown-cmark is compiled. Its last
/// row, 18 from 9 up, is of 9, 10 and 11: only these three counts give the mean and the variance that stand there.
const WASMTIME: [(u16, u32); 12] = [
    (0, 3134),
    (1, 2032),
    (2, 159),
    (3, 838),
    (4, 970),
    (5, 2566),
    (6, 303),
    (7, 272),
    (8, 40),
    (9, 8),
    (10, 8),
    (11, 2),
];

/// Of 40 bytes, as `ABIArg` is (wasmtime#8164).
#[allow(dead_code)]
struct AbiArg([u64; 5]);

#[test]
fn the_histogram_of_wasmtime_gives_6() {
    let samples: u32 = WASMTIME.iter().map(|(_, times)| times).sum();
    let mean = WASMTIME.iter().map(|(len, times)| f64::from(*len) * f64::from(*times)).sum::<f64>()
        / f64::from(samples);
    let squares = WASMTIME.iter().map(|(len, times)| (f64::from(*len) - mean).powi(2) * f64::from(*times));
    let variance = squares.sum::<f64>() / f64::from(samples);
    assert_eq!(samples, 10332);
    assert!((mean - 2.496_128_532_713_901).abs() < 1e-12, "{mean}");
    assert!((variance - 5.225_594_767_838_607).abs() < 1e-12, "{variance}");

    let lengths = WASMTIME.map(|(len, times)| (usize::from(len), times));
    let advice = profile::<AbiArg>(lengths).advice();
    assert_eq!((advice.samples(), advice.longest()), (10332, 11));
    let histogram: Vec<_> = advice.histogram().map(|(lengths, count)| (*lengths.start(), count)).collect();
    assert_eq!(histogram, lengths.map(|(len, times)| (len, u64::from(times))));
    assert_eq!([0.05, 0.01, 0.0].map(|most| advice.n_at_spill(most)), [Some(6), Some(7), Some(11)]);
    assert!((advice.held(6) - 0.968).abs() < 0.0005, "{}", advice.held(6));
    assert_eq!((advice.n_free(), advice.small_vec_bytes(6)), (0, 248));
    assert_eq!(advice.choice(), SizeChoice::SmallVec(6));
    let shown = advice.to_string();
    assert_eq!(
        shown,
        "\
alloc-kit: 10332 lengths of `sizes::AbiArg` (40 bytes each), the longest 11
   0 3134  30.3 %  ########################################
   1 2032  19.6 %  ##########################
   2  159   1.5 %  ###
   3  838   8.1 %  ###########
   4  970   9.3 %  #############
   5 2566  24.8 %  #################################
   6  303   2.9 %  ####
   7  272   2.6 %  ####
   8   40   0.3 %  #
   9    8   0.0 %  #
  10    8   0.0 %  #
  11    2   0.0 %  #
N = 6 holds 96.8 % (struct 248 bytes; Vec 24 + heap): the smallest with at most 5 % spilled
N = 7 holds 99.4 % (struct 288 bytes; Vec 24 + heap): with at most 1 %
no N is free: one element makes a SmallVec larger than a Vec
advice: take `SmallVec<sizes::AbiArg, 6>` (248 bytes): of 7198 that allocate as a Vec, 330 do (95.4 % fewer)"
    );
    let documented = include_str!("../alloc-kit/src/docs/size_profile.md");
    let shown = shown.replace("sizes::", "");
    assert!(documented.contains(&shown), "the documentation should have this:\n{shown}");

    // Less room: what spills a little more. Then none that saves enough.
    for (max_struct_bytes, choice, says) in [
        (
            247,
            SizeChoice::SmallVec(5),
            "of 7198 that allocate as a Vec, 633 do (91.2 % fewer); with N = 6 it would be 248 bytes, more than 247 (`max_struct_bytes`)",
        ),
        (
            167,
            SizeChoice::Vec,
            "or kept and cleared: N = 6 would be 248 bytes, more than 167 (`max_struct_bytes`)",
        ),
    ] {
        let smaller = SizeProfile::<AbiArg>::new().max_struct_bytes(max_struct_bytes);
        record_all(&smaller, lengths);
        assert_eq!(smaller.advice().choice(), choice);
        let text = smaller.advice().to_string();
        assert!(text.ends_with(says), "{text}");
    }
}

#[test]
fn the_benches_take_what_is_advised() {
    let lengths = short_lists::lengths(short_lists::SIGNATURES.size);
    let advice = profile::<short_lists::Place>(lengths.map(|len| (len, 1))).advice();
    assert_eq!(
        (advice.choice(), size_of::<short_lists::Place>()),
        (SizeChoice::SmallVec(short_lists::ADVISED), 40)
    );
}

#[test]
fn sizes_are_those_of_the_types() {
    macro_rules! compare {
        ($($ty:ty),*) => { $({
            let advice = SizeProfile::<$ty>::new().advice();
            compare!(advice; $ty; 0 1 2 3 4 5 6 7 8 9 12 15 16 17 23 24 25 31 32 33 64 100 256);
            let vec = size_of::<Vec<$ty>>();
            let free = advice.n_free();
            assert!(advice.small_vec_bytes(free) <= vec || free == 0, "{}", stringify!($ty));
            assert!(advice.small_vec_bytes(free + 1) > vec || size_of::<$ty>() == 0, "{}", stringify!($ty));
        })* };
        ($advice:ident; $ty:ty; $($n:literal)*) => { $(
            let real = [size_of::<SmallVec<$ty, $n>>(), size_of::<ArrayVec<$ty, $n>>()];
            assert_eq!([$advice.small_vec_bytes($n), $advice.array_vec_bytes($n)], real, "{}, {}", stringify!($ty), $n);
        )* };
    }
    #[allow(dead_code)]
    #[repr(align(32))]
    struct Aligned(u8);

    compare!(
        (),
        u8,
        u16,
        u32,
        u64,
        u128,
        f64,
        char,
        &str,
        String,
        [u16; 3],
        (u8, u16),
        (u32, u8),
        (u128, u8)
    );
    compare!(
        Bytes<3>,
        Bytes<5>,
        Bytes<7>,
        Bytes<24>,
        Bytes<100>,
        AbiArg,
        Aligned,
        [Aligned; 2],
        std::net::IpAddr
    );

    let advice = SizeProfile::<u8>::new().advice();
    let real = [size_of::<ArrayString<1>>(), size_of::<ArrayString<24>>(), size_of::<ArrayString<63>>()];
    assert_eq!([1, 24, 63].map(|n| advice.array_vec_bytes(n)), real);
    assert_eq!(size_of::<CompactString>(), 24);
    assert!(!CompactString::from("x".repeat(24)).is_heap_allocated(), "24 bytes in place");
    assert_eq!(advice.n_free(), 16);
}

#[test]
fn choices() {
    let choice = |lengths: &[(usize, u32)]| profile::<u64>(lengths.iter().copied()).advice().choice();
    assert_eq!(choice(&[]), SizeChoice::NoSamples);
    assert_eq!(choice(&[(0, 9)]), SizeChoice::Vec, "nothing allocates");
    assert_eq!(choice(&[(1, 9)]), SizeChoice::SmallVec(2), "more for the same bytes");
    assert_eq!(choice(&[(3, 95), (100, 5)]), SizeChoice::SmallVec(3), "5 % may spill");
    assert_eq!(choice(&[(3, 94), (100, 6)]), SizeChoice::SmallVec(3), "6 %, since 100 are too many");
    assert_eq!(choice(&[(3, 94), (20, 6)]), SizeChoice::SmallVec(20), "6 % may not where there is room");
    assert_eq!(choice(&[(3, 85), (10, 6), (100, 9)]), SizeChoice::SmallVec(10), "10 % before 20 %");
    assert_eq!(choice(&[(3, 60), (10, 25), (100, 15)]), SizeChoice::SmallVec(10), "20 % before 50 %");
    assert_eq!(choice(&[(3, 51), (100, 49)]), SizeChoice::SmallVec(3), "half may, where there is no better");
    assert_eq!(choice(&[(3, 49), (100, 51)]), SizeChoice::Vec, "more may not");
    assert_eq!(choice(&[(0, 50), (3, 25), (100, 25)]), SizeChoice::SmallVec(3), "half of what allocates");
    assert_eq!(choice(&[(0, 50), (3, 24), (100, 26)]), SizeChoice::Vec, "less than half");
    assert_eq!(choice(&[(31, 9)]), SizeChoice::SmallVec(31), "256 bytes");
    assert_eq!(choice(&[(32, 9)]), SizeChoice::Vec, "264 bytes");
    assert_eq!(choice(&[(2, 6), (1000, 4)]), SizeChoice::SmallVec(2), "free, and saves most");
    assert_eq!(choice(&[(2, 4), (1000, 6)]), SizeChoice::Vec, "free, and saves too few");
    assert_eq!(choice(&[(0, 97), (5, 3)]), SizeChoice::Vec, "those that allocate are too long");
    assert_eq!(profile::<()>([(3, 9)]).advice().choice(), SizeChoice::Vec);
    assert_eq!(profile::<u8>([(17, 9)]).advice().choice(), SizeChoice::SmallVec(24), "32 bytes hold 24");
}

#[test]
fn advice_for_people() {
    let shown = |profile: &SizeProfile<u8>| profile.advice().to_string();
    let none = shown(&SizeProfile::default());
    assert!(none.starts_with("alloc-kit: no length of `u8` was recorded\nadvice: none;"), "{none}");
    assert_eq!(SizeProfile::<u8>::new().advice().held(3).to_bits(), 0.0_f64.to_bits());

    assert_eq!(
        shown(&profile([(3, 1), (20, 60), (40, 3)])),
        "\
alloc-kit: 64 lengths of `u8` (1 byte each), the longest 40
        0  0   0.0 %
        1  0   0.0 %
        2  0   0.0 %
    3..=4  1   1.5 %  #
    5..=8  0   0.0 %
   9..=16  0   0.0 %
  17..=32 60  93.7 %  ########################################
  33..=64  3   4.6 %  ##
N = 20 holds 95.3 % (struct 32 bytes; Vec 24 + heap): the smallest with at most 5 % spilled
N = 40 holds 100.0 % (struct 48 bytes; Vec 24 + heap): with at most 1 %
N = 16 holds 1.5 % (struct 24 bytes; Vec 24 + heap): free, no larger than a Vec
advice for text: take CompactString (24 bytes, as a String): of 64 that allocate as a String, 3 do (95.3 % fewer)
  or, if none can be longer, ArrayString<40> (44 bytes), which never does
advice for other bytes: take `SmallVec<u8, 24>` (32 bytes): of 64 that allocate as a Vec, 3 do (95.3 % fewer)
note: 64 samples is little to go by; record some hundred at least"
    );
    let wide = shown(&profile((0..1000).map(|len| (len * 7, 1))));
    assert!(
        wide.contains(
            "advice for other bytes: stay with Vec, made with its capacity (`CapHint`) or kept and cleared: "
        ),
        "{wide}"
    );
    assert!(
        wide.contains("advice for text: stay with String, not CompactString (24 bytes, as a String): "),
        "{wide}"
    );
    assert!(wide.contains(" 4096..=8191"), "{wide}");
    assert!(!wide.contains("note:") && !wide.contains("ArrayString"), "{wide}");
    assert!(
        shown(&profile([(9, 99)])).contains("note: 99 samples")
            && !shown(&profile([(9, 100)])).contains("note:")
    );
    let never = shown(&profile([(20, 500)]));
    assert!(never.ends_with("; if none can be longer, `ArrayVec<u8, 24>` (28 bytes) never does"), "{never}");
    let all_empty = shown(&profile([(0, 500)]));
    assert!(all_empty.contains("all were empty"), "{all_empty}");
    let zero_sized = profile::<()>([(3, 500)]).advice().to_string();
    assert!(zero_sized.contains("for zero-sized elements it never allocates"), "{zero_sized}");
    let few_pay = profile::<u64>([(0, 970), (5, 30)]).advice().to_string();
    assert!(few_pay.ends_with("with N = 0, 100.0 % of those that allocate still would"), "{few_pay}");
}

#[test]
fn long_lengths_are_known_by_powers_of_two() {
    let longest = usize::MAX;
    let lengths = [256, 257, 511, 512, 1023, 1024, 1_000_000_000, longest];
    let advice = profile::<u8>(lengths.map(|len| (len, 1))).advice();
    let histogram: Vec<_> = advice.histogram().collect();
    assert_eq!(
        histogram,
        [
            (256..=256, 1),
            (257..=511, 2),
            (512..=1023, 2),
            (1024..=2047, 1),
            (1 << 29..=(1 << 30) - 1, 1),
            (1 << 63..=longest, 1),
        ]
    );
    assert_eq!((advice.samples(), advice.longest(), advice.n_at_spill(0.0)), (8, longest, Some(longest)));
    for (n, held) in [(256, 1.0), (510, 1.0), (511, 3.0), (1023, 5.0)] {
        assert!((advice.held(n) * 8.0 - held).abs() < 1e-9, "{n}: {}", advice.held(n));
    }
    // Nothing overflows.
    assert_eq!(advice.choice(), SizeChoice::Vec);
    assert!(advice.to_string().contains("9223372036854775808..=18446744073709551615"), "{advice}");
    let advice = profile::<u64>([(300, 9)]).advice();
    assert_eq!((advice.n_at_spill(0.05), advice.held(300).to_bits()), (Some(300), 1.0_f64.to_bits()));
}

#[no_alloc(deallocations = 0)]
fn record(profile: &SizeProfile<String>, len: usize) {
    profile.record(len);
}

#[test]
fn recording_never_allocates_and_loses_nothing() {
    static LENGTHS: SizeProfile<String> = SizeProfile::new();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1000).for_each(|n| record(&LENGTHS, n)));
        }
    });
    let advice = LENGTHS.advice();
    assert_eq!((advice.samples(), advice.longest()), (4000, 999));
    assert!(advice.histogram().take(257).all(|(_, count)| count == 4), "{advice}");
    assert_eq!(
        format!("{LENGTHS:?} {advice:?}"),
        "SizeProfile { element: \"alloc::string::String\", samples: 4000, .. } \
         SizeAdvice { element: \"alloc::string::String\", samples: 4000, longest: 999, choice: Vec, .. }"
    );
}

// As an item, of several, and of types with all that `<` may be in.
assert_size!(AbiArg <= 40, AbiArg == 40, AbiArg < 41,);
assert_size!(Option<Vec<u8>> <= 24, Result<Vec<u8>, ()> < 25, Bytes<3> < 4, Bytes<3> == size_of::<Bytes<3>>());
assert_size!(<Vec<u8> as IntoIterator>::Item == 1, &dyn Fn(u8) -> u8 == 16, [Bytes<{ 1 + 1 }>; 2] < Self_::LIMIT,);
assert_size!(u8 < LIMIT, Bytes<LIMIT> <= 2 * LIMIT - LIMIT, fn(Bytes<3>) -> Vec<u8> < 9, () == 0);

const LIMIT: usize = 8;

/// Has a constant.
struct Self_;

impl Self_ {
    const LIMIT: usize = 5;
}

/// In a module, as a statement, among other things of the same names.
#[test]
fn assert_size_as_a_statement() {
    #![allow(dead_code)]
    mod alloc_kit {}
    mod core {}
    struct SizeIs;
    fn assert_size() {}

    let checked = 1;
    assert_size!(u8 == checked_size());
    assert_size! { SizeIs <= 0 }
    assert_eq!(checked, 1);

    const fn checked_size() -> usize {
        1
    }
}
