//! V8's sampling heap profile (`.heapprofile`): a tree of functions, each with the bytes that were sampled in it.
//!
//! A function is known by its script and the place where it starts, see [`is_at`]; what it calls that is no JavaScript (`push`)
//! has no script. Where a source map leads from a script to what it was made of, the function is looked for there, and its place
//! is as if that had run. Depth is limited, so that a file can't exhaust the stack.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ast_grep_language::LanguageExt;
use serde::Deserialize;

use super::source_map::{SourceMap, path_of};
use super::{Frame, Life, Point, Profile};
use crate::audit::finding::Function;
use crate::audit::language::Language;
use crate::audit::places::Places;
use crate::audit::read;
use crate::audit::scan::Tree;
use crate::audit::syntax::{FIELDS, STATICS, is_function};
use crate::untrusted;

/// V8 keeps at most 128 frames of a stack, which are 256 levels of JSON.
const MOST_LEVELS: usize = 1_000;
/// What reading so many levels takes, and more.
const STACK_BYTES: usize = 64 * 1024 * 1024;

#[derive(Deserialize)]
struct File {
    head: Node,
    /// What `capture/node.cjs` adds.
    #[serde(rename = "allocKit")]
    capture: Option<Capture>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    call_frame: CallFrame,
    self_size: f64,
    #[serde(default)]
    children: Vec<Node>,
}

/// Line and column from 0, or -1 where there is none.
#[derive(Clone, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase")]
struct CallFrame {
    function_name: String,
    url: String,
    line_number: i64,
    column_number: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Capture {
    includes_collected: bool,
    sampling_interval: u64,
    #[serde(default)]
    node: String,
    #[serde(default)]
    command: Vec<String>,
    /// What each script says where its map is.
    #[serde(default)]
    maps: BTreeMap<String, String>,
    /// Threads that ended before they could write.
    #[serde(default)]
    lost: Vec<String>,
}

/// Reads a profile; the scripts that it names are looked for on disk, for their source maps.
pub(super) fn parse(text: &[u8], file: &str) -> Result<Profile, String> {
    check_levels(text)?;
    let read = || -> Result<Profile, String> {
        let mut json = serde_json::Deserializer::from_slice(text);
        json.disable_recursion_limit();
        let read = File::deserialize(&mut json).and_then(|read| json.end().map(|()| read));
        read.map_err(|error| why_not(text, &error)).map(|read| profile(&read, file))
    };
    // As deep as the tree is: a thread of a test has too small a stack for it.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, read);
        let thread = thread.map_err(|error| format!("no thread to read it with: {error}"))?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Whether a profile's place of a function, from 1, is this one's. V8 has the start of its parameters; of an arrow function
/// where it starts itself (with `async`); of a class's fields where the class starts.
pub(crate) fn is_at(function: &Function, line: u32, column: u32) -> bool {
    let (start, end) = function.v8;
    start <= (line, column) && (line, column) <= end.max(start)
}

/// Whether it is what V8 makes of the fields and static blocks of a class.
pub(crate) fn is_initializer(function: &str) -> bool {
    matches!(function, FIELDS | STATICS)
}

/// Whether it is V8's or node's, and no source of anybody's.
pub(crate) fn is_builtin(frame: &Frame) -> bool {
    let is_known = !frame.function.is_empty() && !frame.function.starts_with('(');
    frame.is_start && is_known && frame.file.as_ref().is_none_or(|file| file.starts_with("node:"))
}

/// Whether it is the place of a script's own code, outside of its functions.
pub(crate) fn is_top_level(frame: &Frame) -> bool {
    frame.is_start && frame.function.is_empty() && frame.line == Some(1) && frame.column == Some(1)
}

fn check_levels(text: &[u8]) -> Result<(), String> {
    let (mut levels, mut is_text, mut is_escaped) = (0_usize, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'{' | b'[' if !is_text => levels += 1,
            b'}' | b']' if !is_text => levels = levels.saturating_sub(1),
            _ => {}
        }
        if levels > MOST_LEVELS {
            return Err(format!("its tree is deeper than the {} frames that are read", MOST_LEVELS / 2));
        }
    }
    Ok(())
}

/// What it is instead.
fn why_not(text: &[u8], error: &serde_json::Error) -> String {
    let has = |key: &str| memchr::memmem::find(&text[..text.len().min(4096)], key.as_bytes()).is_some();
    if error.is_eof() {
        return format!("it is cut off: {error}");
    }
    if has("\"snapshot\"") {
        return "a heap snapshot, which has what was live by its type, and not where it was allocated"
            .to_owned();
    }
    if has("\"nodes\"") && !has("\"selfSize\"") {
        return "a CPU profile, which has no bytes; a heap profile ends with `.heapprofile`".to_owned();
    }
    format!("not a heap profile of V8: {error}")
}

fn profile(read: &File, file: &str) -> Profile {
    let mut frames = Frames::new(read.capture.as_ref());
    let mut points = Vec::new();
    // Nodes that are still to be seen, with how many frames are above them.
    let mut open = vec![(&read.head, 0)];
    let mut stack: Vec<usize> = Vec::new();
    while let Some((node, depth)) = open.pop() {
        stack.truncate(depth);
        // The root is no function.
        if node.call_frame.function_name != "(root)" {
            stack.push(frames.number(&node.call_frame));
        }
        let bytes = bytes(node.self_size);
        if bytes > 0 {
            let frames = stack.iter().rev().copied().collect();
            points.push(Point { frames, bytes, blocks: None, life: Life::default() });
        }
        open.extend(node.children.iter().rev().map(|child| (child, stack.len())));
    }
    let capture = read.capture.as_ref();
    let node = capture.map(|capture| format!("V8, node {}", capture.node));
    Profile {
        file: file.to_owned(),
        origin: node.unwrap_or_else(|| "V8".to_owned()),
        languages: vec![Language::JavaScript],
        command: capture.map(|capture| capture.command.join(" ")).unwrap_or_default(),
        limits: limits(capture, &frames.problems),
        partial: partial(capture),
        is_sampled: true,
        differing: frames.differing,
        newer: frames.newer,
        frames: frames.all,
        points,
        ..Profile::default()
    }
}

/// V8 scales what it samples, and gives whole numbers, but of its own kind.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` of a float stops at the ends"
)]
fn bytes(size: f64) -> u64 {
    size.max(0.0) as u64
}

/// Why it has less than what was allocated.
fn partial(capture: Option<&Capture>) -> Option<String> {
    match capture {
        None => Some("it does not say whether it has what was freed".to_owned()),
        Some(capture) if !capture.includes_collected => {
            Some("it has only what was live at the end".to_owned())
        }
        Some(capture) => capture.lost.first().map(|lost| {
            format!("a process or worker was killed before it could write ({})", untrusted::text_of(lost))
        }),
    }
}

fn limits(capture: Option<&Capture>, problems: &BTreeSet<String>) -> Vec<String> {
    let mut limits = Vec::new();
    match capture {
        Some(capture) => {
            limits.push(format!(
                "sampled: one in {} bytes on average, so that what allocates little may be missing",
                capture.sampling_interval
            ));
            if !capture.includes_collected {
                limits.push(format!("only what was live at the end: node {} knows no more", capture.node));
            }
            for lost in &capture.lost {
                limits.push(format!("without a process or worker that was killed before it could write: {lost}"));
            }
        }
        None => limits.push(
            "sampled; and it does not say whether it has what was collected: `node --heap-prof` and Chrome leave that out \
             unless they are told otherwise, and `audit capture` has it"
                .to_owned(),
        ),
    }
    limits.push("V8 counts no blocks, and knows functions and no lines".to_owned());
    limits.extend(problems.iter().cloned());
    limits
}

/// The frames, each once, at their places in the sources.
struct Frames<'c> {
    capture: Option<&'c Capture>,
    all: Vec<Frame>,
    known: HashMap<CallFrame, usize>,
    maps: HashMap<String, Option<Rc<SourceMap>>>,
    headers: HashMap<PathBuf, Vec<Header>>,
    problems: BTreeSet<String>,
    differing: BTreeMap<String, String>,
    newer: BTreeSet<String>,
}

impl<'c> Frames<'c> {
    fn new(capture: Option<&'c Capture>) -> Self {
        Self {
            capture,
            all: Vec::new(),
            known: HashMap::new(),
            maps: HashMap::new(),
            headers: HashMap::new(),
            problems: BTreeSet::new(),
            differing: BTreeMap::new(),
            newer: BTreeSet::new(),
        }
    }

    fn number(&mut self, call: &CallFrame) -> usize {
        if let Some(number) = self.known.get(call) {
            return *number;
        }
        let frame = self.frame(call);
        self.all.push(frame);
        self.known.insert(call.clone(), self.all.len() - 1);
        self.all.len() - 1
    }

    fn frame(&mut self, call: &CallFrame) -> Frame {
        let from_zero = |number: i64| u32::try_from(number).ok();
        let (line, column) = (from_zero(call.line_number), from_zero(call.column_number));
        let mut frame = Frame {
            function: call.function_name.clone(),
            file: (!call.url.is_empty()).then(|| path_of(&call.url)),
            line: line.map(|line| line.saturating_add(1)),
            column: column.map(|column| column.saturating_add(1)),
            is_start: true,
        };
        let (Some(script), Some(line), Some(column)) = (frame.file.clone(), line, column) else {
            return frame;
        };
        if script.starts_with("node:") {
            return frame;
        }
        let Some(map) = self.map(&call.url, &script) else { return frame };
        let is_own_code = (line, column) == (0, 0) && call.function_name.is_empty();
        if is_own_code && map.has_several() {
            self.problems.insert(format!(
                "what {script} does outside of functions is of several sources, and what that allocates is given to none of them"
            ));
            return frame;
        }
        // What has no origin is the generator's own; a script's own code starts where its source does.
        let original = map.original(line, column).or_else(|| map.first().filter(|_| is_own_code));
        let Some(original) = original else { return frame };
        let source = original.source.to_path_buf();
        let place = (original.line.saturating_add(1), original.column.saturating_add(1));
        let next = original.next.map(|(line, column)| (line.saturating_add(1), column.saturating_add(1)));
        if !self.headers.contains_key(&source) {
            self.compare(&source, original.text, &script);
            let headers = headers(&source, original.text);
            self.headers.insert(source.clone(), headers);
        }
        let place = match () {
            () if is_own_code => (1, 1),
            // Where the class is, which is in no function's head.
            () if is_initializer(&call.function_name) => place,
            () => start(&self.headers[&source], place, next).unwrap_or(place),
        };
        frame.file = Some(source.to_string_lossy().into_owned());
        (frame.line, frame.column) = (Some(place.0), Some(place.1));
        frame
    }

    /// Whether a source is what the script was made of: by its text, or else by which of them is newer.
    fn compare(&mut self, source: &Path, text: Option<&str>, script: &str) {
        let name = source.to_string_lossy().into_owned();
        let modified = |path: &Path| fs::metadata(path).and_then(|of| of.modified()).ok();
        match (text, read::text(source)) {
            (Some(was), Ok((is, _))) if was.trim_start_matches('\u{feff}') != is => {
                self.differing.insert(name, format!("it is not what {script} was made of"));
            }
            (None, Ok(_))
                if modified(source).zip(modified(Path::new(script))).is_some_and(|(of, made)| of > made) =>
            {
                self.newer.insert(name);
            }
            _ => {}
        }
    }

    fn map(&mut self, url: &str, script: &str) -> Option<Rc<SourceMap>> {
        if !self.maps.contains_key(url) {
            let path = Path::new(script);
            let read = match self.capture.and_then(|capture| capture.maps.get(url)) {
                Some(map) => SourceMap::of_url(map, path).map(Some),
                None => SourceMap::of_script(path),
            };
            let map = read.unwrap_or_else(|why| {
                self.problems.insert(format!(
                    "the source map of {script} cannot be read, so it is left as it is: {why}"
                ));
                None
            });
            self.maps.insert(url.to_owned(), map.map(Rc::new));
        }
        self.maps.get(url)?.clone()
    }
}

/// Where a function of a source starts, where V8 would have it, and where its body starts: lines and columns from 1.
struct Header {
    start: (u32, u32),
    at: (u32, u32),
    body: (u32, u32),
}

/// The functions of a source: as the map has it, or else as it is on disk.
fn headers(source: &Path, text: Option<&str>) -> Vec<Header> {
    let Some((Language::JavaScript, grammar)) = Language::of(source) else { return Vec::new() };
    let text = text.map(str::to_owned).or_else(|| fs::read_to_string(source).ok()).unwrap_or_default();
    let tree = grammar.ast_grep(&text);
    let places = Places::new(&text);
    let header = |node: Tree<'_>| {
        let body = places.start_utf16(&node.field("body")?);
        let start = places.start_utf16(&node);
        let is_arrow = node.kind() == "arrow_function";
        let parameters = node.field("parameters").filter(|_| !is_arrow);
        Some(Header {
            start,
            at: parameters.map_or(start, |parameters| places.start_utf16(&parameters)),
            body,
        })
    };
    tree.root().dfs().filter(is_function).filter_map(header).collect()
}

/// The function that a mapped place is of. A map knows tokens, and not each: the place may be that of the keyword, the name or
/// the first parameter, or of what stands before all of them, and then the function lies between it and the next.
fn start(headers: &[Header], place: (u32, u32), next: Option<(u32, u32)>) -> Option<(u32, u32)> {
    let around = headers.iter().filter(|header| header.start <= place && place < header.body);
    let between =
        headers.iter().filter(|header| place <= header.at && next.is_some_and(|next| header.at <= next));
    let found =
        around.max_by_key(|header| header.start).or_else(|| between.min_by_key(|header| header.start));
    found.map(|header| header.at)
}

#[cfg(test)]
mod tests;
