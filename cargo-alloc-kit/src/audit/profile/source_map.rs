//! Source maps: from a place in generated JavaScript to the place in what it was made of.
//!
//! Version 3, also in sections. A map is where the script's last `//# sourceMappingURL=` says, as a file or as a data URL, or in
//! the file `SCRIPT.map` beside it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What a script was made of.
#[derive(Debug, Default, PartialEq)]
pub(super) struct SourceMap {
    sources: Vec<PathBuf>,
    /// The sources' texts, where the map has them.
    texts: Vec<Option<String>>,
    /// In the order of their place in the generated text.
    segments: Vec<Segment>,
}

/// From one place on, and up to the next, the text is of this source. Lines and columns from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Segment {
    line: u32,
    column: u32,
    /// None: of no source.
    origin: Option<Origin>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    source: usize,
    line: u32,
    column: u32,
}

/// The place in a source, from 0.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Original<'m> {
    pub(super) source: &'m Path,
    pub(super) text: Option<&'m str>,
    pub(super) line: u32,
    pub(super) column: u32,
    /// What the next text of the line comes from, if it is of the same source: the place is before it.
    pub(super) next: Option<(u32, u32)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Json {
    #[serde(default)]
    version: u32,
    source_root: Option<String>,
    #[serde(default)]
    sources: Vec<Option<String>>,
    #[serde(default)]
    sources_content: Vec<Option<String>>,
    #[serde(default)]
    mappings: String,
    #[serde(default)]
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    offset: Offset,
    map: Json,
}

#[derive(Clone, Copy, Default, Deserialize)]
struct Offset {
    line: u32,
    column: u32,
}

impl SourceMap {
    /// The map of a script on disk: None if it has none, and why not if it cannot be read.
    pub(super) fn of_script(script: &Path) -> Result<Option<Self>, String> {
        let Ok(text) = fs::read(script) else { return Ok(None) };
        if let Some(url) = mapping_url(&text) {
            return Self::of_url(&url, script).map(Some);
        }
        let mut beside = script.as_os_str().to_owned();
        beside.push(".map");
        let beside = PathBuf::from(beside);
        if beside.is_file() { Self::of_file(&beside).map(Some) } else { Ok(None) }
    }

    /// The map at a URL that a script has.
    pub(super) fn of_url(url: &str, script: &Path) -> Result<Self, String> {
        let folder = script.parent().unwrap_or(Path::new(""));
        if let Some(data) = url.strip_prefix("data:") {
            let (kind, data) = data.split_once(',').ok_or("a data URL without a comma")?;
            let text = if kind.ends_with(";base64") {
                base64(data).ok_or("a data URL that is not base64")?
            } else {
                decoded(data).into_bytes()
            };
            return Self::parse(&text, folder);
        }
        Self::of_file(&folder.join(path_of(url)))
    }

    fn of_file(file: &Path) -> Result<Self, String> {
        let text = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        Self::parse(&text, file.parent().unwrap_or(Path::new("")))
            .map_err(|why| format!("{}: {why}", file.display()))
    }

    /// The text of a map; its sources are relative to `folder`.
    pub(super) fn parse(text: &[u8], folder: &Path) -> Result<Self, String> {
        // A line against being run as a script may come first.
        let text = if text.starts_with(b")]}'") {
            text.iter().position(|byte| *byte == b'\n').map_or(&[][..], |end| &text[end..])
        } else {
            text
        };
        let json: Json = serde_json::from_slice(text).map_err(|error| format!("no source map: {error}"))?;
        if json.version != 3 {
            return Err(format!("a source map of version {}; version 3 is understood", json.version));
        }
        let mut map = Self::default();
        map.add(&json, Offset::default(), folder)?;
        map.segments.sort();
        Ok(map)
    }

    fn add(&mut self, json: &Json, offset: Offset, folder: &Path) -> Result<(), String> {
        for section in &json.sections {
            if !section.map.sections.is_empty() {
                return Err("a source map with sections in a section".to_owned());
            }
            self.add(&section.map, section.offset, folder)?;
        }
        let first = self.sources.len();
        let root = json.source_root.as_deref().unwrap_or_default();
        for (number, source) in json.sources.iter().enumerate() {
            let name = source.as_deref().unwrap_or_default();
            self.texts.push(json.sources_content.get(number).cloned().flatten());
            self.sources.push(normal(&folder.join(path_of(root)).join(path_of(name))));
        }
        self.decode(&json.mappings, offset, first)
    }

    /// Lines are parted by `;` and segments by `,`; all but the column within the line go on from the segment before.
    fn decode(&mut self, mappings: &str, offset: Offset, first: usize) -> Result<(), String> {
        let (mut source, mut line, mut column) = (0, 0, 0);
        for (generated, text) in (0..).zip(mappings.split(';')) {
            let mut at: i64 = if generated == 0 { i64::from(offset.column) } else { 0 };
            for segment in text.split(',').filter(|segment| !segment.is_empty()) {
                let values = numbers(segment).ok_or_else(|| format!("`{segment}` in a source map"))?;
                at += values[0];
                let origin = match values[..] {
                    [_] => None,
                    [_, to_source, to_line, to_column, ..] => {
                        source += to_source;
                        line += to_line;
                        column += to_column;
                        Some(Origin {
                            source: first + unsigned(source, segment)? as usize,
                            line: unsigned(line, segment)?,
                            column: unsigned(column, segment)?,
                        })
                    }
                    _ => return Err(format!("`{segment}` in a source map")),
                };
                if origin.is_some_and(|origin| origin.source >= self.sources.len()) {
                    return Err(format!("`{segment}` in a source map names a source that it does not have"));
                }
                let column = unsigned(at, segment)?;
                self.segments.push(Segment { line: offset.line.saturating_add(generated), column, origin });
            }
        }
        Ok(())
    }

    /// What a place in the generated text comes from: the last segment of its line that starts at it or before.
    pub(super) fn original(&self, line: u32, column: u32) -> Option<Original<'_>> {
        let behind =
            self.segments.partition_point(|segment| (segment.line, segment.column) <= (line, column));
        let segment = self.segments.get(behind.checked_sub(1)?)?;
        let origin = segment.origin.filter(|_| segment.line == line)?;
        let next = self.segments.get(behind).filter(|next| next.line == line).and_then(|next| next.origin);
        let next = next.filter(|next| next.source == origin.source).map(|next| (next.line, next.column));
        Some(Original { next, ..self.at(origin) })
    }

    /// Whether it is of more than one source.
    pub(super) fn has_several(&self) -> bool {
        let mut sources = self.segments.iter().filter_map(|segment| segment.origin).map(|of| of.source);
        let first = sources.next();
        sources.any(|source| Some(source) != first)
    }

    /// What the first text comes from that has an origin.
    pub(super) fn first(&self) -> Option<Original<'_>> {
        self.segments.iter().find_map(|segment| segment.origin).map(|origin| self.at(origin))
    }

    fn at(&self, Origin { source, line, column }: Origin) -> Original<'_> {
        Original {
            source: &self.sources[source],
            text: self.texts[source].as_deref(),
            line,
            column,
            next: None,
        }
    }
}

fn unsigned(number: i64, segment: &str) -> Result<u32, String> {
    u32::try_from(number).map_err(|_| format!("`{segment}` in a source map leads before the start"))
}

/// The numbers of a segment: base 64, five bits a digit, the lowest first, the sign in the lowest of all.
fn numbers(segment: &str) -> Option<Vec<i64>> {
    let mut numbers = Vec::with_capacity(5);
    let (mut value, mut shift) = (0_i64, 0);
    for byte in segment.bytes() {
        let digit = i64::from(digit(byte)?);
        value |= (digit & 31) << shift;
        shift += 5;
        if digit & 32 == 0 {
            numbers.push(if value & 1 == 1 { -(value >> 1) } else { value >> 1 });
            (value, shift) = (0, 0);
        } else if shift > 30 {
            return None;
        }
    }
    (shift == 0 && !numbers.is_empty()).then_some(numbers)
}

fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.trim().trim_end_matches('=').bytes() {
        bits = (bits << 6 | u32::from(digit(byte)?)) & 0x00ff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    Some(bytes)
}

/// What the last comment of a script says where its map is.
fn mapping_url(text: &[u8]) -> Option<String> {
    const MARK: &[u8] = b"# sourceMappingURL=";
    let at = memchr::memmem::rfind(text, MARK)?;
    if !matches!(text[..at].last_chunk::<2>(), Some(b"//" | b"/*")) {
        return None;
    }
    let rest = &text[at + MARK.len()..];
    let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
    // Nothing follows a comment in its line: what goes on is a text in a program that writes such comments.
    let line_end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    if end < line_end
        && !rest[end..line_end].trim_ascii().is_empty()
        && rest[end..line_end].trim_ascii() != b"*/"
    {
        return None;
    }
    let url = std::str::from_utf8(&rest[..end]).ok()?.trim_end_matches("*/");
    (!url.is_empty()).then(|| url.to_owned())
}

/// The path of a URL: `file:` and its like left out, `%20` decoded, no query. What is a path already stays.
pub(super) fn path_of(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://").filter(|(scheme, _)| is_scheme(scheme)) else {
        return url.to_owned();
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let path = decoded(rest);
    match (scheme, path.as_bytes()) {
        // `file:///C:/x`
        ("file", [b'/', _, b':', ..]) => path[1..].to_owned(),
        ("file", _) => path,
        // The host is no part of the path; what bundlers call a namespace isn't either.
        _ => {
            path.find('/').map_or(path.clone(), |slash| path[slash + 1..].trim_start_matches("./").to_owned())
        }
    }
}

fn is_scheme(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let hex = |byte: u8| char::from(byte).to_digit(16);
        match (first, behind) {
            (b'%', [high, low, ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                let value = hex(*high).unwrap_or_default() * 16 + hex(*low).unwrap_or_default();
                bytes.push(u8::try_from(value).unwrap_or_default());
                rest = &behind[2..];
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Without `.` and `..`: nothing is asked of the disk, where the sources may not be.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                if !normal.pop() {
                    normal.push("..");
                }
            }
            part => normal.push(part),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two lines of `a.ts`: the first at column 0, the second at columns 0 and 4.
    const MAP: &str = r#"{"version":3,"sources":["../src/a.ts"],"mappings":"AAAA;AACA,IAAI"}"#;

    fn at(map: &SourceMap, line: u32, column: u32) -> Option<(u32, u32)> {
        map.original(line, column).map(|original| (original.line, original.column))
    }

    #[test]
    fn a_place_is_that_of_the_segment_before() {
        let map = SourceMap::parse(MAP.as_bytes(), Path::new("/x/dist")).unwrap();
        assert_eq!(map.original(0, 9).unwrap().source, Path::new("/x/src/a.ts"));
        assert_eq!(
            [at(&map, 0, 9), at(&map, 1, 3), at(&map, 1, 4)],
            [Some((0, 0)), Some((1, 0)), Some((1, 4))]
        );
        assert_eq!(at(&map, 2, 0), None);
    }

    #[test]
    fn sections_are_moved_to_their_places() {
        let text = format!(
            r#"{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{MAP}}},
               {{"offset":{{"line":7,"column":2}},"map":{MAP}}}]}}"#
        );
        let map = SourceMap::parse(text.as_bytes(), Path::new("")).unwrap();
        assert_eq!([at(&map, 7, 1), at(&map, 7, 2), at(&map, 8, 4)], [None, Some((0, 0)), Some((1, 4))]);
    }

    #[test]
    fn data_urls_are_read() {
        let script = Path::new("/x/dist/a.js");
        let map = SourceMap::of_url(
            "data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbImEiXSwibWFwcGluZ3MiOiJBQUFBIn0=",
            script,
        );
        assert_eq!(map.unwrap().original(0, 0).unwrap().source, Path::new("/x/dist/a"));
        assert!(SourceMap::of_url("data:application/json;base64,?", script).is_err());
    }

    #[test]
    fn a_script_on_disk_says_where_its_map_is() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("a.js");
        let has_map = |text: &str| {
            fs::write(&script, text).unwrap();
            SourceMap::of_script(&script).map(|map| map.is_some())
        };
        assert_eq!(has_map("x"), Ok(false));
        fs::write(folder.path().join("b.map"), MAP).unwrap();
        assert_eq!(has_map("x\n//# sourceMappingURL=b.map\n"), Ok(true));
        assert!(has_map("x\n//# sourceMappingURL=c.map\n").is_err());
        fs::write(folder.path().join("a.js.map"), MAP).unwrap();
        assert_eq!(has_map("x"), Ok(true));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |text: &str| SourceMap::parse(text.as_bytes(), Path::new("")).unwrap_err();
        assert!(error("{").starts_with("no source map"));
        assert_eq!(error(r#"{"version":2}"#), "a source map of version 2; version 3 is understood");
        assert_eq!(error(r#"{"version":3,"mappings":"A?"}"#), "`A?` in a source map");
        assert_eq!(
            error(r#"{"version":3,"mappings":"AAAA"}"#),
            "`AAAA` in a source map names a source that it does not have"
        );
        assert!(error(r#"{"version":3,"mappings":"D"}"#).ends_with("leads before the start"));
    }

    #[test]
    fn paths_of_urls() {
        assert_eq!(path_of("file:///a%20b/c.js?x=1"), "/a b/c.js");
        assert_eq!(path_of("file:///C:/a.js"), "C:/a.js");
        assert_eq!(path_of("https://example.org/static/a.js"), "static/a.js");
        assert_eq!(path_of("webpack://app/./src/a.ts"), "src/a.ts");
        assert_eq!(path_of("/a%20b.js"), "/a%20b.js");
        assert_eq!(path_of("node:fs"), "node:fs");
    }

    #[test]
    fn only_a_comment_says_where_the_map_is() {
        assert_eq!(mapping_url(b"x\n//# sourceMappingURL=a.js.map\n").as_deref(), Some("a.js.map"));
        assert_eq!(mapping_url(b"x\n/*# sourceMappingURL=a.map */").as_deref(), Some("a.map"));
        assert_eq!(mapping_url(b"const mark = '# sourceMappingURL=a';"), None);
        assert_eq!(mapping_url(b"write(`//# sourceMappingURL=${url}`), x) { const y = 1;\n"), None);
    }
}
