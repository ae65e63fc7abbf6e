//! `Vec::with_capacity(n)`: where it can be computed how many there will be, ask for all of the room at once.
//!
//! What draws by triangles (an immediate-mode UI, a chart, a 2D game) makes lists of them for each frame, and knows how many there
//! will be. A `Vec` that is not told doubles its room some fifteen times, is copied as it moves, and has room to spare at the end.
//!
//! Run with `cargo run --release --example with_capacity`. It prints, for a chart of the times in a log that nginx wrote:
//!
//! ```text
//!                                  allocations       bytes        peak
//! before  `Vec::new()`                      29   2,359,200   1,179,648
//! after   `Vec::with_capacity(n)`            2     792,072     792,072
//! time    1.2 times as long before as after (407 rounds)
//! ```

mod support;

use alloc_kit::alloc_budget;
use support::compare;

const LOG: &str = include_str!("data/access.log");

#[derive(Clone, Copy, Debug, PartialEq)]
struct Corner {
    x: f32,
    y: f32,
    color: [u8; 4],
}

/// What a graphics card is given.
#[derive(Debug, Default, PartialEq)]
struct Mesh {
    corners: Vec<Corner>,
    triangles: Vec<[u32; 3]>,
}

impl Mesh {
    fn add_bar(&mut self, x: f32, height: f32) {
        let first = u32::try_from(self.corners.len()).expect("fewer corners than 2^32");
        let color = if height < 0.1 { [60, 160, 90, 255] } else { [200, 60, 40, 255] };
        let corners = [(x, 0.0), (x + 1.0, 0.0), (x + 1.0, height), (x, height)];
        self.corners.extend(corners.map(|(x, y)| Corner { x, y, color }));
        self.triangles.extend([[first, first + 1, first + 2], [first, first + 2, first + 3]]);
    }

    fn add_bars(&mut self, heights: &[f32]) {
        let mut x = 0.0;
        for height in heights {
            self.add_bar(x, *height);
            x += 1.0;
        }
    }
}

/// Before: both lists grow as they are filled.
fn chart_grown(heights: &[f32]) -> Mesh {
    let mut mesh = Mesh::default();
    mesh.add_bars(heights);
    mesh
}

/// After: each is as large as it will be. The budget of bytes says that nothing is asked for in vain.
#[alloc_budget(2, bytes = heights.len() * (4 * size_of::<Corner>() + 2 * size_of::<[u32; 3]>()))]
fn chart(heights: &[f32]) -> Mesh {
    let corners = Vec::with_capacity(4 * heights.len());
    let mut mesh = Mesh { corners, triangles: Vec::with_capacity(2 * heights.len()) };
    mesh.add_bars(heights);
    mesh
}

/// The seconds that each request took, the last number of its line.
fn heights() -> Vec<f32> {
    LOG.lines().filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect()
}

fn main() {
    let heights = heights();
    compare(("`Vec::new()`", || chart_grown(&heights)), ("`Vec::with_capacity(n)`", || chart(&heights)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_used() {
        let heights = heights();
        let [before, after] = compare(("", || chart_grown(&heights)), ("", || chart(&heights)));
        // From 4 corners to 65,536, and from 4 triangles to 32,768.
        assert_eq!([before.allocations, after.allocations], [15 + 14, 2]);
        assert_eq!(after.peak_bytes, after.bytes_allocated);
        assert_eq!(chart(&[]), Mesh::default());
    }

    #[test]
    #[should_panic(expected = "its budget is 2")]
    fn growth_is_over_the_budget() {
        alloc_kit::assert_alloc_budget!(2, chart_grown(&[0.1; 2]));
    }
}
