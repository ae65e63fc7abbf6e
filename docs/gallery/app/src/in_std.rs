//! Inside of std
//!
//! `sort` keeps the order of equal elements, and takes a buffer for that where there are more than a few hundred.
//!
//! ```text
//! $ cargo test in_std::quotes_by_price
//! ```
//!
//! The line is the caller's own, not one of std. Mended: `sort_unstable` works in place.

use alloc_kit::no_alloc;

#[no_alloc]
fn by_price(quotes: &mut [(u32, u64)]) {
    quotes.sort();
}

#[test]
fn quotes_by_price() {
    let mut quotes: Vec<_> = (0..1000).map(|n| (n * 37 % 1009, u64::from(n))).collect();
    by_price(&mut quotes);
    assert!(quotes.is_sorted());
}

mod mended {
    use alloc_kit::no_alloc;

    #[no_alloc]
    fn by_price(quotes: &mut [(u32, u64)]) {
        quotes.sort_unstable();
    }

    #[test]
    fn quotes_by_price() {
        let mut quotes: Vec<_> = (0..1000).map(|n| (n * 37 % 1009, u64::from(n))).collect();
        by_price(&mut quotes);
        assert!(quotes.is_sorted());
    }
}
