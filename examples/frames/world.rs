//! The world: columns of components, and the rules of one step, which are the same for both ways. Integers only, so that it comes
//! out alike on every machine.
//!
//! All that is here works in place. Lists that a frame makes and forgets are for the two ways to hold, each in its own manner.

/// Of an entity: its row in all columns.
pub(crate) type Entity = u32;
pub(crate) type Point = [i32; 2];

const SIZE: i32 = 4_096;
const CELL: i32 = 64;
const COLUMNS: usize = 64;
pub(crate) const CELLS: usize = COLUMNS * COLUMNS;
/// Entities touch when they are nearer than that.
const REACH: i32 = 24;
const CAMERA: i32 = 1_024;
const MOST_SPARKS: usize = 4_096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Hunter,
    Prey,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hunter => "hunter",
            Self::Prey => "prey",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spark {
    pub(crate) at: Point,
    velocity: Point,
    pub(crate) depth: i32,
    frames_left: u32,
}

/// Not `Clone`: the clone of a `Vec` has no room beyond what is in it, and the next frame would grow it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct World {
    pub(crate) positions: Vec<Point>,
    velocities: Vec<Point>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) healths: Vec<i32>,
    pub(crate) depths: Vec<i32>,
    pub(crate) sparks: Vec<Spark>,
    frame: i32,
    random: u64,
}

impl World {
    pub(crate) fn new(entities: usize) -> Self {
        let mut world = Self {
            positions: vec![],
            velocities: vec![],
            kinds: vec![],
            healths: vec![],
            depths: vec![],
            sparks: Vec::with_capacity(MOST_SPARKS),
            frame: 0,
            random: 42,
        };
        world.wave(entities);
        world
    }

    /// More of them. The columns grow, once each: not in a frame.
    pub(crate) fn wave(&mut self, entities: usize) {
        self.positions.reserve(entities);
        self.velocities.reserve(entities);
        self.kinds.reserve(entities);
        self.healths.reserve(entities);
        self.depths.reserve(entities);
        for _ in 0..entities {
            let kind = if self.below(8) == 0 { Kind::Hunter } else { Kind::Prey };
            let position = self.somewhere();
            self.positions.push(position);
            let velocity = [self.below(9) - 4, self.below(9) - 4];
            self.velocities.push(velocity);
            self.kinds.push(kind);
            self.healths.push(100);
            let depth = self.below(100);
            self.depths.push(depth);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.positions.len()
    }

    pub(crate) fn entities(&self) -> impl Iterator<Item = Entity> + use<> {
        (0..).zip(0..self.len()).map(|(entity, _)| entity)
    }

    /// Everything moves on, and bounces off the walls.
    pub(crate) fn advance(&mut self) {
        self.frame += 1;
        for (at, velocity) in self.positions.iter_mut().zip(&mut self.velocities) {
            for (at, velocity) in at.iter_mut().zip(velocity) {
                *at += *velocity;
                if !(0..SIZE).contains(at) {
                    *velocity = -*velocity;
                    *at = (*at).clamp(0, SIZE - 1);
                }
            }
        }
        for spark in &mut self.sparks {
            spark.at = [spark.at[0] + spark.velocity[0], spark.at[1] + spark.velocity[1]];
            spark.frames_left -= 1;
        }
    }

    /// The prey in the cells around a hunter, by the lists of the cells.
    pub(crate) fn prey_near<'a>(
        &'a self,
        hunter: Entity,
        cell: impl Fn(usize) -> &'a [Entity] + Copy,
    ) -> impl Iterator<Item = Entity> {
        let near = around(cell_of(self.positions[hunter as usize])).flat_map(cell).copied();
        near.filter(|entity| self.kinds[*entity as usize] == Kind::Prey)
    }

    /// Each two that touch, once.
    pub(crate) fn pairs<'a>(
        &'a self,
        cell: impl Fn(usize) -> &'a [Entity] + Copy,
    ) -> impl Iterator<Item = (Entity, Entity)> {
        self.entities().flat_map(move |one| {
            let near = around(cell_of(self.positions[one as usize])).flat_map(cell).copied();
            let others = near.filter(move |other| *other > one && self.distance(one, *other) < REACH * REACH);
            others.map(move |other| (one, other))
        })
    }

    /// The square of it.
    pub(crate) fn distance(&self, one: Entity, other: Entity) -> i32 {
        let [[x, y], [u, v]] = [one, other].map(|entity| self.positions[entity as usize]);
        (x - u) * (x - u) + (y - v) * (y - v)
    }

    /// A hunter turns towards its target.
    pub(crate) fn steer(&mut self, hunter: Entity, target: Entity) {
        let [from, to] = [hunter, target].map(|entity| self.positions[entity as usize]);
        for (axis, velocity) in self.velocities[hunter as usize].iter_mut().enumerate() {
            *velocity = (*velocity + (to[axis] - from[axis]).signum()).clamp(-6, 6);
        }
    }

    /// Two that touch change places in how they move, and prey that a hunter got is hurt. Says what flies off.
    pub(crate) fn bump(&mut self, one: Entity, other: Entity) -> Option<[Spark; 2]> {
        self.velocities.swap(one as usize, other as usize);
        let prey = match [one, other].map(|entity| self.kinds[entity as usize]) {
            [Kind::Hunter, Kind::Prey] => other as usize,
            [Kind::Prey, Kind::Hunter] => one as usize,
            _ => return None,
        };
        let (at, depth) = (self.positions[prey], self.depths[prey]);
        self.healths[prey] -= 15;
        if self.healths[prey] <= 0 {
            self.healths[prey] = 100;
            self.positions[prey] = self.somewhere();
        }
        Some([[2, 3], [-3, 1]].map(|velocity| Spark { at, velocity, depth, frames_left: 20 }))
    }

    /// Adds sparks as far as there may be more.
    pub(crate) fn add_sparks(&mut self, sparks: impl IntoIterator<Item = Spark>) {
        let room = MOST_SPARKS - self.sparks.len();
        self.sparks.extend(sparks.into_iter().take(room));
    }

    pub(crate) fn is_seen(&self, [x, y]: Point) -> bool {
        let left = (self.frame * 2) % (SIZE - CAMERA);
        (left..left + CAMERA).contains(&x) && (CAMERA..2 * CAMERA).contains(&y)
    }

    fn somewhere(&mut self) -> Point {
        [self.below(SIZE), self.below(SIZE)]
    }

    fn below(&mut self, bound: i32) -> i32 {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let [high, low, ..] = self.random.to_be_bytes();
        i32::from(u16::from_be_bytes([high, low])) % bound
    }
}

impl Spark {
    pub(crate) fn is_lit(&self) -> bool {
        self.frames_left > 0
    }
}

pub(crate) fn cell_of(at: Point) -> usize {
    let [column, row] = at.map(|at| (at / CELL).cast_unsigned() as usize);
    row * COLUMNS + column
}

/// The cells around one, and itself.
fn around(cell: usize) -> impl Iterator<Item = usize> {
    let near = |at: usize| at.saturating_sub(1)..(at + 2).min(COLUMNS);
    near(cell / COLUMNS).flat_map(move |row| near(cell % COLUMNS).map(move |column| row * COLUMNS + column))
}

/// What was drawn, as a hash over all of it in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) drawn: u64,
    pub(crate) hash: u64,
}

impl Picture {
    pub(crate) fn blank() -> Self {
        Self { drawn: 0, hash: 0xcbf2_9ce4_8422_2325 }
    }

    pub(crate) fn draw(&mut self, [x, y]: Point, label: &str) {
        self.drawn += 1;
        let bytes = x.to_le_bytes().into_iter().chain(y.to_le_bytes()).chain(label.bytes());
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
