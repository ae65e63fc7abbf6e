//! A buffer that grows
//!
//! The list of the samples is made in one allocation, as the budget has it, and then grows.
//!
//! ```text
//! $ cargo test growing_buffer::samples_of_a_wave
//! ```
//!
//! Mended: the list has room for all from the start.

use alloc_kit::alloc_budget;

/// A triangle wave.
#[alloc_budget(1)]
fn samples(n: u16) -> Vec<u16> {
    let mut samples = Vec::new();
    for at in 0..n {
        samples.push(at.min(n - at));
    }
    samples
}

#[test]
fn samples_of_a_wave() {
    assert_eq!(samples(100)[98..], [2, 1]);
}

mod mended {
    use alloc_kit::alloc_budget;

    #[alloc_budget(1)]
    fn samples(n: u16) -> Vec<u16> {
        let mut samples = Vec::with_capacity(n.into());
        for at in 0..n {
            samples.push(at.min(n - at));
        }
        samples
    }

    #[test]
    fn samples_of_a_wave() {
        assert_eq!(samples(100)[98..], [2, 1]);
    }
}
