//! `peak_bytes`
//!
//! A picture of 1,000 bytes is converted; the old one still lives when the new one and a third are there.
//!
//! ```text
//! $ cargo test peak_bytes::picture_twice_inverted
//! ```
//!
//! Mended: it is converted in its place.

use alloc_kit::alloc_budget;

#[alloc_budget(peak_bytes = 1000)]
fn brighten(pixels: &[u8]) -> Vec<u8> {
    let inverted: Vec<u8> = pixels.iter().map(|pixel| !pixel).collect();
    let halved: Vec<u8> = inverted.iter().map(|pixel| pixel / 2).collect();
    halved.iter().map(|pixel| !pixel).collect()
}

#[test]
fn picture_twice_inverted() {
    assert_eq!(brighten(&[101; 1000])[0], 178);
}

mod mended {
    use alloc_kit::alloc_budget;

    #[alloc_budget(peak_bytes = 1000)]
    fn brighten(pixels: &[u8]) -> Vec<u8> {
        let mut pixels = pixels.to_vec();
        for pixel in &mut pixels {
            *pixel = !(!*pixel / 2);
        }
        pixels
    }

    #[test]
    fn picture_twice_inverted() {
        assert_eq!(brighten(&[101; 1000])[0], 178);
    }
}
