//! `clone_from(&b)`: where a copy takes the place of an older one, copy into its memory. `a = b.clone()` frees it first.
//!
//! A game that is played over a network keeps the last frames, and goes back to one when another player's input comes late
//! (*rollback*): the whole state is copied sixty times a second. `#[derive(Clone)]` has no `clone_from` of its own, it clones
//! and drops; [`CloneFrom`] in its place has one, which copies field by field into what is there.
//!
//! Run with `cargo run --release --example clone_from`. It prints, for ten seconds of a made-up game:
//!
//! ```text
//!                              allocations       bytes        peak
//! before  `world.clone()`            3,148     273,179       4,902
//! after   `clone_from(world)`           80       9,775       5,543
//! time    2.1 times as long before as after (501 rounds)
//! ```

mod support;

use alloc_kit::{CloneFrom, alloc_budget};
use support::compare;

#[derive(CloneFrom, Debug, PartialEq)]
struct Player {
    name: String,
    x: i32,
}

#[derive(CloneFrom, Debug, PartialEq)]
struct World {
    players: Vec<Player>,
    shots: Vec<[i32; 2]>,
}

impl World {
    fn new() -> Self {
        let players = ["ada", "grace", "frances"].map(|name| Player { name: name.to_owned(), x: 0 });
        Self { players: players.into(), shots: Vec::new() }
    }

    /// All run and, every seventh frame, shoot. A shot is gone after a hundred.
    fn step(&mut self, frame: u32, late_input: i32) {
        self.shots.iter_mut().for_each(|[x, left]| (*x, *left) = (*x + 3, *left - 1));
        self.shots.retain(|[_, left]| *left > 0);
        self.players.iter_mut().for_each(|player| player.x += 1 - late_input);
        if frame.is_multiple_of(7) {
            self.shots.extend(self.players.iter().map(|player| [player.x, 100]));
        }
    }
}

/// Before: what was in the slot is freed, and all of it allocated again.
#[expect(clippy::assigning_clones, reason = "the way before")]
fn copy_anew(slot: &mut World, world: &World) {
    *slot = world.clone();
}

/// After: the names fit, and shots are allocated where there are more than the slot ever had.
#[alloc_budget(u64::from(world.shots.len() > slot.shots.capacity()))]
fn copy(slot: &mut World, world: &World) {
    slot.clone_from(world);
}

/// Every thirtieth frame it turns out that the last five lacked what another player did.
fn play(frames: u32, copy: impl Fn(&mut World, &World)) -> World {
    let (mut world, mut kept) = (World::new(), [(); 8].map(|()| World::new()));
    for frame in 1..=frames {
        copy(&mut kept[frame as usize % 8], &world);
        world.step(frame, 0);
        if frame.is_multiple_of(30) {
            copy(&mut world, &kept[(frame as usize - 4) % 8]);
            (frame - 4..=frame).for_each(|frame| world.step(frame, 1));
        }
    }
    world
}

fn main() {
    compare(("`world.clone()`", || play(600, copy_anew)), ("`clone_from(world)`", || play(600, copy)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_keeps_its_memory() {
        let [before, after] = compare(("", || play(600, copy_anew)), ("", || play(600, copy)));
        // Nine worlds of four allocations, whose lists of shots grow 44 times in all, to 45 each.
        assert_eq!(after.allocations, 9 * 4 + 44);
        assert!(before.allocations > 600 * 5, "{before:?}");
        let (_, minute) = alloc_kit::measure(|| play(3600, copy));
        assert_eq!(minute.allocations, after.allocations, "a longer game needs no more");
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn a_clone_is_over_the_budget() {
        alloc_kit::assert_no_alloc!(copy_anew(&mut World::new(), &World::new()));
    }
}
