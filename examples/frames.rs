//! A game's frame loop that allocates nothing: 2,000 entities in columns, and systems that move them, sort them into a grid, find
//! what each hunter is after, collide, throw sparks, and draw what the camera sees with a label each, back to front.
//!
//! Sixty times a second, each system makes lists that the frame's end throws away. In the usual way (`frames/usual.rs`) they are a
//! `Vec` for each cell of the grid, a `collect` for each hunter, a `format!` for each label; in the other (`frames/lean.rs`)
//! they are in an `Arena`, whose `scope` is the frame, under `#[no_alloc(deallocations = 0)]`. Both worlds are the same at the end.
//!
//! Then 3,000 more entities come at once, and a frame needs more than any before. An arena that is told makes room where it says so,
//! by `allow_alloc!`. One that is not takes a larger chunk in that frame, gives the smaller one back at its end, and is quiet
//! again: two calls that a budget of that frame has to have room for.
//!
//! Run with `cargo run --release --example frames`; `cargo test --example frames` holds the budget. It prints:
//!
//! ```text
//!                                              allocations       bytes        peak
//! before  lists and labels anew in each frame    2,257,453 227,778,501      96,198
//! after   in an arena, emptied at its end                0           0           0
//! time    1.5 times as long before as after (9 rounds)
//!
//! 168 things drawn a frame; the largest frame took 65,347 bytes of the arena
//!
//! 3,000 more come: allocations and frees in the frame before, in that one, and in two more
//! usual                   2248  1968  5303  3895  5347  3932  5367  3964
//! an arena that is told      0     0     0     0     0     0     0     0  and 1 where it is allowed
//! an arena that is not       0     0     1     1     0     0     0     0
//! ```

#[path = "frames/lean.rs"]
mod lean;
mod support;
#[cfg(test)]
#[path = "frames/tests.rs"]
mod tests;
#[path = "frames/usual.rs"]
mod usual;
#[path = "frames/world.rs"]
mod world;

use alloc_kit::{Arena, Usage, measure};
use lean::Game;
use std::io::{self, Write};
use std::iter;
use std::process::ExitCode;
use support::{compare, thousands};
use world::{Picture, World};

const ENTITIES: usize = 2_000;
const FRAMES: usize = 1_000;
const FRAMES_TO_TIME: usize = 50;
/// How many come at once, later.
const WAVE: usize = 3_000;

fn main() -> ExitCode {
    match run(&mut io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "frames: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(out: &mut impl Write) -> io::Result<()> {
    let (mut world, mut game) = (World::new(ENTITIES), Game::new(World::new(ENTITIES)));
    // The first call is the one that is counted. For the times, a few frames more will do.
    let frames = || iter::once(FRAMES).chain(iter::repeat(FRAMES_TO_TIME));
    let (mut of_usual, mut of_lean, mut counted) = (frames(), frames(), None);
    compare(
        ("lists and labels anew in each frame", || play(of_usual.next(), || usual::frame(&mut world))),
        ("in an arena, emptied at its end", || {
            let picture = play(of_lean.next(), || game.frame());
            counted.get_or_insert((picture.drawn, game.arena.high_water()));
            picture
        }),
    );
    if world != game.world {
        return Err(io::Error::other("the two worlds are not the same"));
    }
    let (drawn, most) = counted.unwrap_or_default();
    let [drawn, most] = [drawn / FRAMES as u64, most as u64].map(thousands);
    writeln!(out, "\n{drawn} things drawn a frame; the largest frame took {most} bytes of the arena\n")?;

    writeln!(
        out,
        "3,000 more come: allocations and frees in the frame before, in that one, and in two more"
    )?;
    for (name, frames) in [
        ("usual", around_a_wave(Usual(World::new(ENTITIES)))),
        ("an arena that is told", around_a_wave(Game::new(World::new(ENTITIES)))),
        ("an arena that is not", around_a_wave(Untold { world: World::new(ENTITIES), arena: Arena::new() })),
    ] {
        write!(out, "{name:22}")?;
        for frame in frames {
            write!(out, " {:>5} {:>5}", frame.allocations, frame.deallocations)?;
        }
        let allowed: u64 = frames.iter().map(|frame| frame.allowed_allocations).sum();
        writeln!(
            out,
            "{}",
            if allowed == 0 { String::new() } else { format!("  and {allowed} where it is allowed") }
        )?;
    }
    out.flush()
}

/// So many frames, and all that was drawn in them.
fn play(frames: impl Into<Option<usize>>, mut frame: impl FnMut() -> Picture) -> Picture {
    (0..frames.into().unwrap_or(0)).fold(Picture::blank(), |all, _| {
        let Picture { drawn, hash } = frame();
        Picture { drawn: all.drawn + drawn, hash: all.hash.rotate_left(1) ^ hash }
    })
}

/// A game that can be played on, and that more entities can come to.
trait Playable {
    fn world(&mut self) -> &mut World;
    fn frame(&mut self) -> Picture;
}

struct Usual(World);

impl Playable for Usual {
    fn world(&mut self) -> &mut World {
        &mut self.0
    }

    fn frame(&mut self) -> Picture {
        usual::frame(&mut self.0)
    }
}

impl Playable for Game {
    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn frame(&mut self) -> Picture {
        self.frame()
    }
}

/// Without a budget, and with an arena that finds out by itself what a frame takes.
struct Untold {
    world: World,
    arena: Arena,
}

impl Playable for Untold {
    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn frame(&mut self) -> Picture {
        self.arena.scope(|arena| lean::systems(&mut self.world, arena))
    }
}

/// What the frame before costs, and the three after the wave.
fn around_a_wave(mut game: impl Playable) -> [Usage; 4] {
    play(100, || game.frame());
    [0, WAVE, 0, 0].map(|more| {
        game.world().wave(more);
        measure(|| game.frame()).1
    })
}
