//! Points of profiles, put together by the place in the scanned files that they are of: the innermost frame in one of those.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::Measured;
use super::paths::{Index, Place};
use super::stale::{self, Plausible, Sums};
use super::symbols;
use super::ways::{self, UNNAMED, Way};
use crate::audit::finding::Function;
use crate::audit::language::Language;
use crate::audit::model::{Cost, Note};
use crate::audit::profile::{Frame, Point, v8};
use crate::audit::scan::Scanned;
use crate::audit::walk::Walked;
use crate::table::count;

/// What tells places apart: file, line, the column where a function starts, whether it does, whether it is a class's initializer,
/// whether it makes the function of the line, what the line did, and what is called there: the function of another crate, and a
/// builtin of V8. Two calls in a line are two places.
type Key = (usize, u32, Option<u32>, bool, bool, bool, Way, Option<String>, Option<String>);

/// A point of a profile, by the numbers of both.
pub(super) type At = (usize, usize);

/// A place where something was allocated.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) file: usize,
    pub(super) line: u32,
    /// Of a function, where one knows no more.
    pub(super) column: Option<u32>,
    /// Whether the profile knows no more than the function.
    pub(super) is_start: bool,
    /// Whether it is a script's own code, outside of its functions.
    pub(super) is_top_level: bool,
    /// As the profile has it.
    pub(super) symbol: String,
    /// The function of another crate that was called there, and allocated.
    pub(super) callee: Option<String>,
    /// The builtin that the function called for it, where V8 has one (`map`).
    pub(super) builtin: Option<String>,
    pub(super) way: Way,
    /// The innermost function of the source.
    pub(super) function: Option<Arc<Function>>,
    pub(super) points: Vec<At>,
    pub(super) cost: Cost,
    /// What is not certain of it.
    pub(super) doubt: Option<String>,
}

/// All that could be placed, and what could not.
#[derive(Debug, Default)]
pub(super) struct Sites {
    pub(super) all: Vec<Site>,
    /// Files with a frame anywhere in a stack, and lines of these frames.
    pub(super) seen: HashMap<usize, HashSet<u32>>,
    /// Why a file is another than the profiled one.
    pub(super) stale: BTreeMap<usize, String>,
    /// Files that something was allocated in, or in another one.
    pub(super) ambiguous: HashSet<usize>,
    /// The site of each point, by profile.
    pub(super) of_points: Vec<Vec<Option<usize>>>,
    /// The file and line of each frame that is in a scanned file, by profile.
    pub(super) of_frames: Vec<Vec<Option<(usize, u32)>>>,
    pub(super) notes: Vec<Note>,
}

impl Sites {
    pub(super) fn of(walked: &Walked, measured: &[Measured]) -> Self {
        let index = Index::new(walked);
        let mut sites = Self::default();
        let mut sums = Sums::default();
        let mut by_place: HashMap<Key, usize> = HashMap::new();
        for (number, one) in measured.iter().enumerate() {
            let recorded = one.recorded.as_deref();
            let places = index.places(&one.profile.frames, recorded);
            let stale = stale(walked, one, &places, &mut sums);
            if recorded.is_none() {
                let of = |place: &Place| match place {
                    Place::File(file) if !stale.contains_key(file) => Some(*file),
                    _ => None,
                };
                let ran: BTreeSet<usize> = places.iter().filter_map(of).collect();
                let doubt = stale::doubt(&one.profile, ran.into_iter().map(|file| &walked.files[file]));
                sites.notes.extend(doubt);
            }
            let here = Placed { walked, one, number, places: &places, stale: &stale };
            sites.see(&here);
            sites.add(&here, &mut by_place);
            sites.stale.extend(stale);
        }
        sites
    }

    /// What frames say of the files that ran.
    fn see(&mut self, placed: &Placed<'_>) {
        let of_frame = |(frame, place): (&Frame, &Place)| match place {
            Place::File(file) if !placed.stale.contains_key(file) => frame.line.map(|line| (*file, line)),
            _ => None,
        };
        let frames = &placed.one.profile.frames;
        let of_frames: Vec<Option<(usize, u32)>> = frames.iter().zip(placed.places).map(of_frame).collect();
        for (file, line) in of_frames.iter().flatten() {
            self.seen.entry(*file).or_default().insert(*line);
        }
        self.of_frames.push(of_frames);
    }

    fn add(&mut self, placed: &Placed<'_>, by_place: &mut HashMap<Key, usize>) {
        let mut lost = Lost::default();
        let mut of_points = Vec::with_capacity(placed.one.profile.points.len());
        let mut makes: HashMap<usize, bool> = HashMap::new();
        for (index, point) in placed.one.profile.points.iter().enumerate() {
            let Some((depth, file)) = placed.first_own(point, &mut lost) else {
                of_points.push(None);
                continue;
            };
            let number = point.frames[depth];
            let frame = &placed.one.profile.frames[number];
            let line = frame.line.unwrap_or(1);
            let makes = *makes.entry(number).or_insert_with(|| placed.makes(frame, file, line));
            let column = frame.column.filter(|_| frame.is_start);
            let callee = placed.callee(&point.frames[..depth], file);
            let is_initializer = frame.is_start && v8::is_initializer(&frame.function);
            let within = depth.checked_sub(1).map(|at| &placed.one.profile.frames[point.frames[at]]);
            let builtin =
                within.filter(|within| v8::is_builtin(within)).map(|within| within.function.clone());
            let way = placed.way(frame, &point.frames[..depth], file);
            let key = (file, line, column, frame.is_start, is_initializer, makes, way, callee, builtin);
            let site = *by_place.entry(key).or_insert_with_key(|(.., callee, builtin)| {
                let site = placed.site(frame, file, line);
                self.all.push(Site { callee: callee.clone(), builtin: builtin.clone(), way, ..site });
                self.all.len() - 1
            });
            let cost = Cost { bytes: point.bytes, blocks: point.blocks };
            let known = &mut self.all[site];
            known.cost = if known.points.is_empty() { cost } else { Cost::sum([known.cost, cost]) };
            known.points.push((placed.number, index));
            of_points.push(Some(site));
        }
        self.of_points.push(of_points);
        self.ambiguous.extend(lost.ambiguous.keys().flat_map(|(_, files)| files));
        self.notes.extend(lost.notes(placed));
    }
}

/// A profile with the places of its frames.
struct Placed<'a> {
    walked: &'a Walked,
    one: &'a Measured,
    number: usize,
    places: &'a [Place],
    stale: &'a BTreeMap<usize, String>,
}

/// What lies in a scanned file, and can't be given to a line of it.
#[derive(Default)]
struct Lost {
    stale: BTreeMap<usize, u64>,
    ambiguous: BTreeMap<(String, Vec<usize>), u64>,
}

impl Placed<'_> {
    /// The innermost frame in a scanned file, by how many are further in.
    fn first_own(&self, point: &Point, lost: &mut Lost) -> Option<(usize, usize)> {
        for (depth, number) in point.frames.iter().enumerate() {
            let frame = &self.one.profile.frames[*number];
            match &self.places[*number] {
                Place::Elsewhere => {}
                Place::File(file) if self.stale.contains_key(file) => {
                    let bytes = lost.stale.entry(*file).or_default();
                    *bytes = bytes.saturating_add(point.bytes);
                    return None;
                }
                // Without a line it could be any of the file.
                Place::File(_) if frame.line.is_none() => {}
                Place::File(file) => return Some((depth, *file)),
                Place::Several(files) => {
                    let path = frame.file.clone().unwrap_or_default();
                    let bytes = lost.ambiguous.entry((path, files.clone())).or_default();
                    *bytes = bytes.saturating_add(point.bytes);
                    return None;
                }
            }
        }
        None
    }

    /// The function of another crate that is called there, by the frames further in: it allocates on its own account, whatever else
    /// stands in the line.
    fn callee(&self, within: &[usize], file: usize) -> Option<String> {
        if self.walked.files[file].language != Language::Rust {
            return None;
        }
        let frames = within.iter().rev().map(|number| &self.one.profile.frames[*number]);
        // What the compiler has inlined from elsewhere has no name in some profiles.
        let mut named = frames.filter(|frame| frame.function != UNNAMED);
        let frame = named.next().filter(|frame| !symbols::is_std(frame))?;
        symbols::name(&frame.function).map(str::to_owned)
    }

    /// Whether a frame of Python is of what makes a function there, and not of the function.
    fn makes(&self, frame: &Frame, file: usize, line: u32) -> bool {
        let file = &self.walked.files[file];
        file.language == Language::Python
            && symbols::named_at(&file.scanned, line) != symbols::ran_at(&file.scanned, line, &frame.function)
    }

    fn way(&self, own: &Frame, within: &[usize], file: usize) -> Way {
        let within = within.iter().rev().map(|number| &self.one.profile.frames[*number]);
        ways::of(self.walked.files[file].language, own, within)
    }

    fn site(&self, frame: &Frame, file: usize, line: u32) -> Site {
        let scanned = &self.walked.files[file].scanned;
        let function = if frame.is_start {
            started_at(scanned, frame, line).cloned()
        } else {
            symbols::function_at(scanned, line, &frame.function).cloned()
        };
        let is_doubted = !frame.is_start && symbols::fits(scanned, line, &frame.function) == Some(false);
        Site {
            file,
            line,
            column: frame.column.filter(|_| frame.is_start),
            is_start: frame.is_start,
            is_top_level: v8::is_top_level(frame),
            symbol: frame.function.clone(),
            callee: None,
            builtin: None,
            way: Way::Unknown,
            function,
            points: Vec::new(),
            cost: Cost::default(),
            doubt: is_doubted.then(|| format!("the profile calls the function there `{}`", frame.function)),
        }
    }
}

/// The function that starts where the profile says: by its parameters, or else by its line and name. None is the file itself, or
/// what a class has that no source shows.
pub(super) fn started_at<'f>(scanned: &'f Scanned, frame: &Frame, line: u32) -> Option<&'f Arc<Function>> {
    let functions = &scanned.functions;
    let exact =
        |function: &&Arc<Function>| frame.column.is_some_and(|column| v8::is_at(function, line, column));
    if v8::is_initializer(&frame.function) {
        let of_classes = scanned.initializers.iter().map(|of| &of.function);
        let found = of_classes.filter(exact).filter(|function| function.name == frame.function);
        return found.max_by_key(|function| function.v8.0);
    }
    if v8::is_top_level(frame) {
        return None;
    }
    let name = symbols::name(&frame.function);
    let by_name = |function: &&Arc<Function>| {
        function.span.line == line && Some(function.name.as_str()) == name && !function.name.is_empty()
    };
    // Of those that begin before it, as with a function among another's parameters, the innermost.
    let exactly = functions.iter().filter(exact).max_by_key(|function| function.span);
    exactly.or_else(|| functions.iter().find(by_name))
}

/// The files that are not what was profiled, of all that the profile has frames of or the capture has a sum of.
fn stale(walked: &Walked, one: &Measured, places: &[Place], sums: &mut Sums) -> BTreeMap<usize, String> {
    let mut plausible: BTreeMap<usize, Plausible> = BTreeMap::new();
    for (frame, place) in one.profile.frames.iter().zip(places) {
        if let Place::File(file) = place {
            plausible.entry(*file).or_default().add(&walked.files[*file], frame);
        }
    }
    let mut differing: BTreeMap<usize, &String> = BTreeMap::new();
    for (frame, place) in one.profile.frames.iter().zip(places) {
        let why = frame.file.as_ref().and_then(|path| one.profile.differing.get(path));
        if let (Some(why), Place::File(file)) = (why, place) {
            differing.insert(*file, why);
        }
    }
    let mut stale = BTreeMap::new();
    for (index, file) in walked.files.iter().enumerate() {
        let is_of = one.profile.languages.contains(&file.language) && !file.scanned.findings.is_empty();
        let by_frames = plausible.get(&index);
        if by_frames.is_none() && !is_of {
            continue;
        }
        let by_sum = one.recorded.as_deref().map(|recorded| sums.differs(file, recorded));
        let why = match by_sum {
            Some(Ok(why)) => why,
            // The capture does not know it: whether it can be is all that is left.
            Some(Err(())) | None => by_frames.and_then(|frames| frames.why_not(file.scanned.lines)),
        };
        let why = why.or_else(|| differing.get(&index).map(|why| (*why).clone()));
        // Of another file, one that did not run, it says nothing.
        let why = why.or_else(|| {
            by_frames.and(one.recorded.as_deref()).and_then(|recorded| stale::built_before(file, recorded))
        });
        stale.extend(why.map(|why| (index, why)));
    }
    stale
}

impl Lost {
    fn notes(self, placed: &Placed<'_>) -> Vec<Note> {
        let profile = &placed.one.profile.file;
        let shown = |file: &usize| placed.walked.files[*file].shown.clone();
        let mut notes: Vec<Note> = self
            .stale
            .iter()
            .map(|(file, bytes)| {
                let why = &placed.stale[file];
                let text = format!(
                    "{}: {why}; {} bytes of {profile} in it are given to no line",
                    shown(file),
                    count(*bytes)
                );
                Note { kind: "stale", text }
            })
            .collect();
        notes.extend(self.ambiguous.iter().map(|((path, files), bytes)| {
            let files: Vec<String> = files.iter().map(shown).collect();
            let text = format!(
                "{profile} has `{path}`, which may be each of {}: {} bytes in it are given to no line",
                files.join(", "),
                count(*bytes)
            );
            Note { kind: "ambiguous", text }
        }));
        notes
    }
}
