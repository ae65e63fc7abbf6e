//! The lines of the source that an address is of, from the program's debug information, with the functions that were inlined there.
//!
//! Nothing is read before the first address is asked for. Without debug information there are names only.

use std::cell::OnceCell;
use std::path::{Component, Path, PathBuf};

use addr2line::Context;
use addr2line::gimli::{Dwarf, EndianSlice, LittleEndian};

use super::image::Image;
use super::names;
use crate::untrusted::text_of;

/// How many functions are shown at most as inlined into each other at one address.
const FRAMES: usize = 64;

type Slice<'image> = EndianSlice<'image, LittleEndian>;

/// A function, and the line of it that an address is of. All texts can be shown as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// Demangled, without the hash.
    pub(crate) function: String,
    /// From the root of the workspace; a dependency's from its package (`itoa-1.0.1/src/lib.rs`), std's from its crate
    /// (`core/src/fmt/mod.rs`); else as the compiler wrote it.
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
}

/// The lines of one program.
pub(crate) struct Lines<'image> {
    image: &'image Image,
    root: PathBuf,
    context: OnceCell<Option<Context<Slice<'image>>>>,
}

impl<'image> Lines<'image> {
    /// Paths below the root are shown from there.
    pub(crate) fn new(image: &'image Image, root: &Path) -> Self {
        Self { image, root: root.to_owned(), context: OnceCell::new() }
    }

    /// Whether the program has debug information: without, no line is known.
    pub(crate) fn are_known(&self) -> bool {
        self.image.unloaded(".debug_line").is_some_and(|section| !section.is_empty())
            && self.context().is_some()
    }

    /// What is at an address: the innermost function first, then what it was inlined into. At least the function that has a symbol
    /// there, unless there is none.
    pub(crate) fn at(&self, address: u64) -> Vec<Spot> {
        let mut spots = self.by_debug_information(address).unwrap_or_default();
        let symbol = self.image.function(address).map(|function| shown(self.image.name(function)));
        match (spots.last_mut(), symbol) {
            // The name of the symbol has what debug information leaves out (the types of an impl).
            (Some(outermost), Some(symbol)) => outermost.function = symbol,
            (None, Some(function)) => spots.push(Spot { function, file: None, line: None, column: None }),
            (_, None) => {}
        }
        spots
    }

    fn by_debug_information(&self, address: u64) -> Option<Vec<Spot>> {
        // Functions that the linker dropped are at 0 in debug information.
        if !self.image.is_code(address) {
            return None;
        }
        let mut frames = self.context()?.find_frames(address).skip_all_loads().ok()?;
        let mut spots = Vec::new();
        while let Ok(Some(frame)) = frames.next() {
            let name = frame.function.as_ref().and_then(|function| function.raw_name().ok());
            let location = frame.location.as_ref();
            spots.push(Spot {
                function: name.map_or_else(String::new, |name| shown(&name)),
                file: location
                    .and_then(|location| location.file)
                    .map(|file| text_of(&shortened(&self.root, file))),
                line: location.and_then(|location| location.line),
                column: location.and_then(|location| location.column).filter(|&column| column > 0),
            });
            if spots.len() == FRAMES {
                break;
            }
        }
        Some(spots)
    }

    fn context(&self) -> Option<&Context<Slice<'image>>> {
        let image = self.image;
        self.context
            .get_or_init(|| {
                let section = |id: addr2line::gimli::SectionId| {
                    Ok::<_, addr2line::gimli::Error>(EndianSlice::new(
                        image.unloaded(id.name()).unwrap_or_default(),
                        LittleEndian,
                    ))
                };
                Context::from_dwarf(Dwarf::load(section).ok()?).ok()
            })
            .as_ref()
    }
}

impl std::fmt::Debug for Lines<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").field("root", &self.root).finish_non_exhaustive()
    }
}

fn shown(mangled: &str) -> String {
    text_of(&names::demangled(mangled))
}

fn shortened(root: &Path, file: &str) -> String {
    let path = Path::new(file);
    if let Ok(inside) = path.strip_prefix(root) {
        return inside.display().to_string();
    }
    let text = |part: Component<'_>| match part {
        Component::RootDir => Some(String::new()),
        part => part.as_os_str().to_str().map(str::to_owned),
    };
    let parts: Vec<String> = path.components().map(|part| text(part).unwrap_or_default()).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match first_to_show(&parts) {
        Some(first) if first < parts.len() => parts[first..].join("/"),
        _ => file.to_owned(),
    }
}

/// The part of a path that std's crate or a fetched package begins with.
fn first_to_show(parts: &[&str]) -> Option<usize> {
    let library = match parts {
        // As std was built, and as it is on this machine if its sources are.
        ["", "rustc", _, "library", ..] => Some(4),
        _ => parts
            .windows(4)
            .position(|window| window == ["rustlib", "src", "rust", "library"])
            .map(|at| at + 4),
    };
    library.or_else(|| {
        let is_hashed = |name: &str| {
            let hash = name.rsplit_once('-').map_or("", |(_, hash)| hash);
            hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let is_fetched = |window: &[&str]| {
            matches!(window[..2], ["registry", "src"] | ["git", "checkouts"]) && is_hashed(window[2])
        };
        parts.windows(3).position(is_fetched).map(|at| at + 3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::image::made;

    #[test]
    fn paths_are_shown_from_where_a_reader_knows_them() {
        let cases = [
            ("/home/a/work/src/lib.rs", "src/lib.rs"),
            ("/home/a/other/src/lib.rs", "/home/a/other/src/lib.rs"),
            ("/rustc/0123abcd/library/core/src/fmt/mod.rs", "core/src/fmt/mod.rs"),
            (
                "/home/a/.rustup/toolchains/stable/lib/rustlib/src/rust/library/alloc/src/vec/mod.rs",
                "alloc/src/vec/mod.rs",
            ),
            (
                "/home/a/.cargo/registry/src/index-1949cf8c6b5b557f/itoa-1.0.1/src/lib.rs",
                "itoa-1.0.1/src/lib.rs",
            ),
            ("/home/a/.cargo/git/checkouts/itoa-1949cf8c6b5b557f/abc1234/src/lib.rs", "abc1234/src/lib.rs"),
            ("src/lib.rs", "src/lib.rs"),
            ("/", "/"),
            ("", ""),
        ];
        for (file, expected) in cases {
            assert_eq!(shortened(Path::new("/home/a/work"), file), expected);
        }
    }

    const SOURCE: &str = "
        #[inline(always)]
        fn inner(v: &mut Vec<u8>, n: u8) {
            v.push(n);
        }
        #[inline(never)]
        fn outer(v: &mut Vec<u8>, n: u8) {
            inner(v, n);
        }
        fn main() {
            let mut v = Vec::new();
            outer(&mut v, 1);
            std::process::exit(i32::from(v[0] != 1));
        }";

    /// The spots of all addresses of the function `outer`.
    fn spots_of_outer(arguments: &[&str]) -> Option<(Vec<Spot>, bool)> {
        let (bytes, folder) = made::of_rust(SOURCE, arguments)?;
        let image = Image::read(bytes).unwrap();
        let lines = Lines::new(&image, folder.path());
        let outer = *image.functions.iter().find(|function| lines_name(&image, function) == "p::outer")?;
        assert_eq!(lines.at(0), []);
        let spots = (outer.start..outer.end).flat_map(|at| lines.at(at)).collect();
        Some((spots, lines.are_known()))
    }

    fn lines_name(image: &Image, function: &crate::prove::image::Function) -> String {
        shown(image.name(function))
    }

    fn spot(function: &str, file: &str, line: u32) -> impl Fn(&Spot) -> bool {
        move |spot| spot.function == function && spot.file.as_deref() == Some(file) && spot.line == Some(line)
    }

    #[test]
    fn an_address_has_its_line_and_those_that_it_was_inlined_into() {
        for compressed in [&[][..], &["-Clink-arg=-Wl,--compress-debug-sections=zlib"]] {
            let arguments = [&["-g", "-Copt-level=1"], compressed].concat();
            let Some((spots, are_known)) = spots_of_outer(&arguments) else { return };
            assert!(are_known);
            assert!(spots.iter().any(spot("p::inner", "p.rs", 4)), "{spots:?}");
            assert!(spots.iter().any(spot("p::outer", "p.rs", 8)), "{spots:?}");
            let is_of_std =
                |spot: &Spot| spot.file.as_deref().is_some_and(|file| file.starts_with("alloc/src/vec/"));
            assert!(spots.iter().any(is_of_std), "{spots:?}");
        }
    }

    #[test]
    fn without_debug_information_there_are_names() {
        let Some((spots, are_known)) = spots_of_outer(&["-Cstrip=debuginfo"]) else { return };
        assert!(!are_known);
        let expected = Spot { function: "p::outer".to_owned(), file: None, line: None, column: None };
        assert!(!spots.is_empty() && spots.iter().all(|spot| *spot == expected), "{spots:?}");
    }
}
