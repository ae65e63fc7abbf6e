//! The frame under its budget: no allocation, no free. What lives as long as the frame is in an arena, which is emptied at its end;
//! what lives longer, in columns with room.

use crate::world::{CELLS, Entity, Kind, Picture, Point, Spark, World, cell_of};
use alloc_kit::{Arena, allow_alloc, no_alloc};

#[derive(Debug)]
pub(crate) struct Game {
    pub(crate) world: World,
    pub(crate) arena: Arena,
}

/// Room for a frame of so many entities: the grid's cells, and for each entity four times what most frames take.
const fn frame_bytes(entities: usize) -> usize {
    size_of::<u32>() * (2 * CELLS + 1) + 64 * entities
}

impl Game {
    pub(crate) fn new(world: World) -> Self {
        let arena = Arena::with_capacity(frame_bytes(world.len()));
        Self { world, arena }
    }

    /// One frame. More entities than ever before is the one reason to allocate in it, and that is said.
    #[no_alloc(deallocations = 0)]
    pub(crate) fn frame(&mut self) -> Picture {
        let wanted_bytes = frame_bytes(self.world.len());
        if self.arena.retained_bytes() < wanted_bytes {
            allow_alloc!("more entities than ever", self.arena = Arena::with_capacity(wanted_bytes));
        }
        self.arena.scope(|arena| systems(&mut self.world, arena))
    }
}

/// What is done in a frame, with whatever arena.
pub(crate) fn systems(world: &mut World, arena: &Arena) -> Picture {
    world.advance();
    world.sparks.retain(Spark::is_lit);

    let grid = Grid::new(world, arena);
    let targets = arena.alloc_from_iter(targets(world, grid));
    for &mut (hunter, target) in targets {
        world.steer(hunter, target);
    }
    let pairs = arena.alloc_from_iter(world.pairs(move |cell| grid.cell(cell)));
    for &mut (one, other) in pairs {
        let sparks = world.bump(one, other);
        world.add_sparks(sparks.into_iter().flatten());
    }
    draw(world, arena)
}

/// The entities in each cell: one list of all, sorted by cell, and where each cell begins in it.
#[derive(Clone, Copy)]
struct Grid<'a> {
    starts: &'a [u32],
    entities: &'a [Entity],
}

impl<'a> Grid<'a> {
    fn new(world: &World, arena: &'a Arena) -> Self {
        let starts = arena.alloc_slice_fill_with(CELLS + 1, |_| 0);
        for at in &world.positions {
            starts[cell_of(*at) + 1] += 1;
        }
        for cell in 0..CELLS {
            starts[cell + 1] += starts[cell];
        }
        let free = arena.alloc_slice_copy(&starts[..CELLS]);
        let entities = arena.alloc_slice_fill_with(world.len(), |_| 0);
        for entity in world.entities() {
            let free = &mut free[cell_of(world.positions[entity as usize])];
            entities[*free as usize] = entity;
            *free += 1;
        }
        Self { starts, entities }
    }

    fn cell(self, cell: usize) -> &'a [Entity] {
        &self.entities[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }
}

/// What each hunter is after: the nearest prey.
fn targets<'a>(world: &'a World, grid: Grid<'a>) -> impl Iterator<Item = (Entity, Entity)> {
    let hunters = world.entities().filter(|entity| world.kinds[*entity as usize] == Kind::Hunter);
    hunters.filter_map(move |hunter| {
        let near = world.prey_near(hunter, move |cell| grid.cell(cell));
        Some((hunter, near.min_by_key(|prey| world.distance(hunter, *prey))?))
    })
}

struct Drawn<'a> {
    depth: i32,
    /// Which comes first of those at one depth.
    order: u32,
    at: Point,
    label: &'a str,
}

/// Back to front.
fn draw(world: &World, arena: &Arena) -> Picture {
    let entities = world.positions.iter().enumerate().filter(|(_, at)| world.is_seen(**at));
    let entities = entities.map(|(entity, &at)| {
        let (name, health) = (world.kinds[entity].name(), world.healths[entity]);
        (world.depths[entity], at, arena.alloc_fmt(format_args!("{name} {entity}: {health} %")))
    });
    let sparks = world.sparks.iter().filter(|spark| world.is_seen(spark.at));
    let sparks = sparks.map(|spark| (spark.depth, spark.at, "*"));
    let drawn = (0..).zip(entities.chain(sparks)).map(|(order, (depth, at, label))| Drawn {
        depth,
        order,
        at,
        label,
    });

    let list = arena.alloc_from_iter(drawn);
    // In place, where a stable one has a buffer of its own.
    list.sort_unstable_by_key(|drawn| (drawn.depth, drawn.order));
    let mut picture = Picture::blank();
    for drawn in list {
        picture.draw(drawn.at, drawn.label);
    }
    picture
}
