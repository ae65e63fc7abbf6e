//! The usual way: each frame makes its lists and its labels anew, and drops them at its end.

use crate::world::{CELLS, Entity, Kind, Picture, Point, Spark, World, cell_of};

struct Drawn {
    depth: i32,
    at: Point,
    label: String,
}

/// One frame.
pub(crate) fn frame(world: &mut World) -> Picture {
    world.advance();
    world.sparks = world.sparks.iter().filter(|spark| spark.is_lit()).copied().collect();

    let mut cells: Vec<Vec<Entity>> = vec![Vec::new(); CELLS];
    for entity in world.entities() {
        cells[cell_of(world.positions[entity as usize])].push(entity);
    }
    for (hunter, target) in targets(world, &cells) {
        world.steer(hunter, target);
    }
    let pairs: Vec<_> = world.pairs(|cell| &cells[cell]).collect();
    let sparks: Vec<Spark> =
        pairs.into_iter().filter_map(|(one, other)| world.bump(one, other)).flatten().collect();
    world.add_sparks(sparks);
    draw(world)
}

/// What each hunter is after: the nearest prey.
fn targets(world: &World, cells: &[Vec<Entity>]) -> Vec<(Entity, Entity)> {
    let hunters: Vec<Entity> =
        world.entities().filter(|entity| world.kinds[*entity as usize] == Kind::Hunter).collect();
    let mut targets = Vec::new();
    for hunter in hunters {
        let near: Vec<Entity> = world.prey_near(hunter, |cell| &cells[cell]).collect();
        if let Some(target) = near.into_iter().min_by_key(|prey| world.distance(hunter, *prey)) {
            targets.push((hunter, target));
        }
    }
    targets
}

/// Back to front.
fn draw(world: &World) -> Picture {
    let mut list = Vec::new();
    for (entity, &at) in world.positions.iter().enumerate() {
        if world.is_seen(at) {
            let label = format!("{} {entity}: {} %", world.kinds[entity].name(), world.healths[entity]);
            list.push(Drawn { depth: world.depths[entity], at, label });
        }
    }
    for spark in world.sparks.iter().filter(|spark| world.is_seen(spark.at)) {
        list.push(Drawn { depth: spark.depth, at: spark.at, label: "*".to_string() });
    }
    // It has a buffer of its own for that.
    list.sort_by_key(|drawn| drawn.depth);
    let mut picture = Picture::blank();
    for Drawn { at, label, .. } in &list {
        picture.draw(*at, label);
    }
    picture
}
