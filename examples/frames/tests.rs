//! The budget over 1,000 frames, what happens when a frame needs more, what breaks it, and the rules.

use crate::lean::{Game, systems};
use crate::world::{CELLS, Entity, Picture, World, cell_of};
use crate::{ENTITIES, FRAMES, Untold, Usual, WAVE, around_a_wave, play, usual};
use alloc_kit::{Arena, allow_alloc, measure, no_alloc};
use std::panic::{self, AssertUnwindSafe};

/// The message with which a budget breaks.
fn broken(call: impl FnOnce() -> Picture) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).expect_err("a broken budget");
    *payload.downcast::<String>().expect("a message")
}

#[test]
fn a_thousand_frames_without_an_allocation_or_a_free() {
    let (mut world, mut game) = (World::new(ENTITIES), Game::new(World::new(ENTITIES)));
    let (pictures, cost) = measure(|| play(FRAMES, || game.frame()));
    assert_eq!((cost.allocations, cost.deallocations, cost.allowed_allocations), (0, 0, 0));
    let (usual_pictures, usual_cost) = measure(|| play(FRAMES, || usual::frame(&mut world)));
    assert_eq!(usual_pictures, pictures);
    assert!(world == game.world);
    assert!(usual_cost.allocations > 1_000 * FRAMES as u64, "{usual_cost}");
    // So that it shows something: all systems had work.
    assert!(pictures.drawn > 100 * FRAMES as u64 && !world.sparks.is_empty());
    assert!(world.healths.iter().any(|health| *health < 100));
    let kept = game.arena.retained_bytes();
    assert!((1..=kept).contains(&game.arena.high_water()), "{:?}", game.arena);
}

#[test]
fn a_wave_is_allowed_once_where_the_arena_is_told() {
    let told = around_a_wave(Game::new(World::new(ENTITIES)));
    assert!(told.iter().all(|frame| (frame.allocations, frame.deallocations) == (0, 0)), "{told:?}");
    assert_eq!(told.map(|frame| frame.allowed_allocations), [0, 1, 0, 0]);
}

#[test]
fn a_wave_costs_the_frame_a_chunk_where_the_arena_is_not_told() {
    let untold = around_a_wave(Untold { world: World::new(ENTITIES), arena: Arena::new() });
    assert_eq!(untold.map(|frame| frame.allocations), [0, 1, 0, 0]);
    assert_eq!(untold.map(|frame| frame.deallocations), [0, 1, 0, 0]);
    assert!(around_a_wave(Usual(World::new(ENTITIES))).iter().all(|frame| frame.allocations > 2_000));
}

#[test]
fn the_worlds_stay_the_same_beyond_a_wave() {
    let (mut world, mut game) = (World::new(10), Game::new(World::new(10)));
    for more in [0, 1, WAVE, 0] {
        world.wave(more);
        game.world.wave(more);
        assert_eq!(play(20, || usual::frame(&mut world)), play(20, || game.frame()));
        assert!(world == game.world);
    }
}

#[test]
fn an_empty_world() {
    let mut game = Game::new(World::new(0));
    assert_eq!(play(3, || game.frame()), play(3, || usual::frame(&mut World::new(0))));
    assert_eq!(play(3, || game.frame()).drawn, 0);
}

#[test]
fn the_usual_way_is_over_the_budget() {
    #[no_alloc(deallocations = 0)]
    fn frame(world: &mut World) -> Picture {
        usual::frame(world)
    }
    let mut world = World::new(ENTITIES);
    let message = broken(|| frame(&mut world));
    assert!(message.contains("`frame` made "), "{message}");
    assert!(!cfg!(debug_assertions) || message.contains("vec![Vec::new(); CELLS]"), "{message}");
}

#[test]
fn an_arena_that_was_not_told_is_over_the_budget_of_a_frame() {
    #[no_alloc(deallocations = 0)]
    fn frame(world: &mut World, arena: &mut Arena) -> Picture {
        arena.scope(|arena| systems(world, arena))
    }
    let (mut world, mut arena) = (World::new(ENTITIES), Arena::new());
    // The first frame makes a chunk, and others as it grows.
    allow_alloc!("the test's warm-up", play(100, || arena.scope(|arena| systems(&mut world, arena))));
    frame(&mut world, &mut arena);
    world.wave(WAVE);
    let message = broken(|| frame(&mut world, &mut arena));
    assert!(message.contains("`frame` made 1 heap allocation ("), "{message}");
    assert!(message.contains("it also made 1 deallocation; its budget is `deallocations = 0`"), "{message}");
    assert!(!cfg!(debug_assertions) || message.contains("examples/frames/lean.rs:"), "{message}");
}

#[test]
fn a_world_without_room_for_sparks_is_over_the_budget() {
    let mut game = Game::new(World::new(ENTITIES));
    game.world.sparks = Vec::new();
    let message = broken(|| play(100, || game.frame()));
    assert!(!cfg!(debug_assertions) || message.contains("self.sparks.extend("), "{message}");
}

#[test]
fn pairs_are_those_that_touch() {
    let world = World::new(500);
    let mut cells: Vec<Vec<Entity>> = vec![Vec::new(); CELLS];
    for entity in world.entities() {
        cells[cell_of(world.positions[entity as usize])].push(entity);
    }
    let mut pairs: Vec<_> = world.pairs(|cell| &cells[cell]).collect();
    pairs.sort_unstable();
    let all = world.entities().flat_map(|one| (0..one).map(move |other| (other, one)));
    let mut touching: Vec<_> = all.filter(|(one, other)| world.distance(*one, *other) < 24 * 24).collect();
    touching.sort_unstable();
    assert_eq!(pairs, touching);
    assert!(!pairs.is_empty());
}
