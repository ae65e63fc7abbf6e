//! Which global allocator a program has: a verdict means something only if every allocation that it makes is seen.
//!
//! What was measured with rustc 1.95 (`x86_64`; opt 0, 1, 3, s; without LTO, thin, fat; one codegen unit, panic = abort; lld and bfd; with
//! `link-dead-code`; programs and tests), for std's allocator, and for another in the crate, in a dependency, and round `System`:
//!
//! - `#[global_allocator]` makes `__rust_alloc` itself, which is inlined from opt 1 on, in its own crate even without LTO: what is
//!   left is an atomic addition without a name. std's is a shim that calls `__rdl_alloc`, which under LTO is inlined, too: then
//!   `malloc` and its kin are called in its place.
//! - With LLVM's `-force-attribute=__rust_alloc:noinline` for each crate (`compiler.rs`) no allocator but std's was inlined anywhere.
//!   So of a program that `prove` built every allocation is a call by name: of `__rust_alloc`, or of malloc's family.
//! - Of a program that was built otherwise it is known if its `__rust_alloc` calls `__rdl_alloc`, which no other does. That the symbol
//!   `__rdl_alloc` is there says nothing (`link-dead-code`), nor that `.debug_str` has its name.
//! - Or if `__rust_alloc`, `__rust_alloc_zeroed` and `__rust_realloc` each begin with the record of alloc-kit's `CountingAlloc`, which goes
//!   wherever they are inlined. One that is missing may be another's, inlined everywhere: what is round `CountingAlloc` may have a
//!   `realloc` of its own.

use super::image::Image;
use super::isa::{Flow, Instruction, Target};
use super::records::{Kind, Records};

/// All by which Rust allocates: what programs call, and what compilers before 1.89 had behind it.
const ENTRIES: [[&str; 2]; 3] = [
    ["__rust_alloc", "__rg_alloc"],
    ["__rust_alloc_zeroed", "__rg_alloc_zeroed"],
    ["__rust_realloc", "__rg_realloc"],
];

/// What a program's allocations can be seen by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Allocator {
    /// std's.
    Std,
    /// alloc-kit's `CountingAlloc`, round whatever.
    Counting,
    /// Any: its functions were not inlined.
    Outlined,
    /// There is no code of Rust's that could have one: malloc's family is what is judged.
    OfC,
    /// It is not known, and why.
    Unknown(String),
}

impl Allocator {
    /// For other programs.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::Std => "std",
            Self::Counting => "counting",
            Self::Outlined => "outlined",
            Self::OfC => "c",
            Self::Unknown(_) => "unknown",
        }
    }

    /// For people.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Std => "std's allocator",
            Self::Counting => "alloc-kit's CountingAlloc",
            Self::Outlined => "the global allocator, kept from being inlined",
            Self::OfC => "malloc and its kin; it has no allocator of Rust's",
            Self::Unknown(why) => why,
        }
    }
}

/// What it is. `outlined` has the functions that the build kept from being inlined.
pub(super) fn recognise(image: &Image, records: &Records, outlined: Option<&[String]>) -> Allocator {
    let named: Vec<(u64, &str)> = image
        .functions
        .iter()
        .flat_map(|function| image.names(function).map(|name| (function.start, name)))
        .filter(|(_, name)| ENTRIES.iter().any(|entries| is_entry(name, entries)))
        .collect();
    let all = |entries: &[&str], is: &dyn Fn(u64) -> bool| {
        let mut starts = named.iter().filter(|(_, name)| is_entry(name, entries)).peekable();
        starts.peek().is_some() && starts.all(|(start, _)| is(*start))
    };
    if all(&ENTRIES[0], &|start| calls_std(image, start)) {
        return Allocator::Std;
    }
    if ENTRIES.iter().all(|entries| all(entries, &|start| opens_with_record(image, records, start))) {
        return Allocator::Counting;
    }
    if let Some(outlined) = outlined {
        let is_kept = |name: &str| outlined.iter().any(|kept| kept == without_suffix(name));
        return match named.iter().find(|(_, name)| !is_kept(name)) {
            None if named.is_empty() && !has_runtime(image) => Allocator::Unknown(
                "the global allocator is not known: no function of Rust's runtime has a symbol".to_owned(),
            ),
            None => Allocator::Outlined,
            Some((_, name)) => Allocator::Unknown(format!(
                "the global allocator may be inlined: `{name}` is of another compiler than what was built here"
            )),
        };
    }
    let is_rust = |name: &str| name.starts_with("_R") || rustc_demangle::try_demangle(name).is_ok();
    if !image.functions.iter().any(|function| is_rust(image.name(function)))
        && !image.imports.iter().any(|name| is_rust(name))
    {
        return Allocator::OfC;
    }
    Allocator::Unknown(
        "the global allocator is not known: it is not std's called by name, and may be inlined anywhere"
            .to_owned(),
    )
}

/// Whether functions that are linked as the allocator's are have symbols: where a linker was told to discard local ones
/// (`--discard-all`), the allocator's would be missing, too, and not be told from code that allocates nothing.
fn has_runtime(image: &Image) -> bool {
    let is_of_runtime =
        |name: &str| name.contains("7___rustc") || name.starts_with("__rust_") || name.contains("__rdl_");
    image.functions.iter().any(|function| image.names(function).any(is_of_runtime))
}

/// Whether it is one of those, however it is mangled.
fn is_entry(name: &str, entries: &[&str]) -> bool {
    let name = without_suffix(name);
    let length =
        |plain: &str| name.strip_suffix(plain)?.strip_suffix('_')?.strip_suffix(&plain.len().to_string());
    entries.iter().any(|plain| name == *plain || length(plain).is_some())
}

/// Without what LLVM adds to names of local copies: `.llvm.1234`.
fn without_suffix(name: &str) -> &str {
    name.split_once('.').map_or(name, |(name, _)| name)
}

/// Whether it does nothing but call std's allocator.
fn calls_std(image: &Image, start: u64) -> bool {
    let is_std = |at: u64| {
        image.function(at).filter(|function| function.start == at).is_some_and(|function| {
            let is_std = |name: &str| name == "__rdl_alloc" || name.ends_with("11___rdl_alloc");
            image.names(function).any(|name| is_std(without_suffix(name)))
        })
    };
    straight(image, start, &mut |at, flow| match flow {
        Flow::Jump(Target::Direct(to)) | Flow::Call(Target::Direct(to)) if is_std(*to) => Some(at),
        Flow::Jump(Target::Memory(place)) | Flow::Call(Target::Memory(place))
            if place.base.is_none() && place.index.is_none() && !place.segment =>
        {
            match image.word(u64::from_ne_bytes(place.disp.to_ne_bytes())) {
                Some(super::image::Word::Address(to)) if is_std(to) => Some(at),
                _ => None,
            }
        }
        _ => None,
    })
}

/// Whether the record of `CountingAlloc` is reached before anything is decided.
fn opens_with_record(image: &Image, records: &Records, start: u64) -> bool {
    let is_record = |at: u64| {
        records.at.get(&at).is_some_and(|kinds| kinds.iter().any(|(kind, _)| *kind == Kind::Allocates))
    };
    straight(image, start, &mut |at, _| is_record(at).then_some(at))
}

/// Whether something is found in the instructions from there that run whatever happens: up to a branch, a return, or a call of
/// what is not looked for. Calls and jumps to other functions are gone into.
fn straight(image: &Image, start: u64, found: &mut dyn FnMut(u64, &Flow) -> Option<u64>) -> bool {
    const MOST: usize = 64;
    let mut at = start;
    let mut instruction = Instruction::default();
    for _ in 0..MOST {
        let Some(code) = image.code(at) else { return false };
        instruction.ops.clear();
        instruction.flow = Flow::Next;
        image.isa.decode(code, at, &mut instruction);
        if found(at, &instruction.flow).is_some() {
            return true;
        }
        at = match instruction.flow {
            Flow::Next if instruction.next > at => instruction.next,
            Flow::Jump(Target::Direct(to)) | Flow::Call(Target::Direct(to)) => to,
            _ => return false,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::image::made;
    use super::*;

    #[test]
    fn entries_are_known_however_they_are_mangled() {
        for name in [
            "__rust_alloc",
            "_RNvCsfLfy6EI15iL_7___rustc12___rust_alloc",
            "_RNvCs1_7___rustc10___rg_alloc",
            "__rg_alloc.llvm.12",
        ] {
            assert!(is_entry(name, &ENTRIES[0]), "{name}");
        }
        for name in [
            "__rust_alloc_zeroed",
            "_RNvCsfLfy6EI15iL_7___rustc19___rust_alloc_zeroed",
            "my__rust_alloc",
            "__rdl_alloc",
        ] {
            assert!(!is_entry(name, &ENTRIES[0]), "{name}");
        }
        assert!(is_entry("_RNvCsfLfy6EI15iL_7___rustc14___rust_realloc", &ENTRIES[2]));
    }

    /// An allocator round std's, with or without the records of alloc-kit's.
    const PROGRAM: &str = r#"
        use std::alloc::{GlobalAlloc, Layout, System};
        macro_rules! record { () => { unsafe { std::arch::asm!(
            "77770: nop", ".pushsection .debug_alloc_kit,\"\",@progbits", ".quad {kind}, 77770b, 0", ".popsection",
            kind = const (0x414b_5001_i64 << 32 | 6), options(nomem, nostack),
        ) } } }
        struct Mine;
        unsafe impl GlobalAlloc for Mine {
            unsafe fn alloc(&self, layout: Layout) -> *mut u8 { record!(); unsafe { System.alloc(layout) } }
            unsafe fn dealloc(&self, at: *mut u8, layout: Layout) { unsafe { System.dealloc(at, layout) } }
            unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 { ZEROED unsafe { System.alloc_zeroed(layout) } }
            unsafe fn realloc(&self, at: *mut u8, layout: Layout, n: usize) -> *mut u8 { RENEWED unsafe { System.realloc(at, layout, n) } }
        }
        #[global_allocator] static MINE: Mine = Mine;
        fn main() { println!("{:?}", std::env::args().collect::<Vec<_>>()); }
    "#;

    #[test]
    fn each_way_to_allocate_has_the_record() {
        for (zeroed, renewed) in [(true, true), (false, true), (true, false)] {
            let record = |is: bool| if is { "record!();" } else { "" };
            let source = PROGRAM.replace("ZEROED", record(zeroed)).replace("RENEWED", record(renewed));
            let Some((bytes, _folder)) = made::of_rust(&source, &["-Copt-level=1"]) else { return };
            let image = Image::read(bytes).expect("a program");
            let records = Records::read(&image).expect("records");
            let found = recognise(&image, &records, None);
            let is_counting = found == Allocator::Counting;
            assert_eq!(is_counting, zeroed && renewed, "{zeroed} {renewed}: {found:?}");
            // What this command builds itself has all of them as functions.
            let outlined = vec!["_RNvCs1_7___rustc12___rust_alloc".to_owned()];
            let found = recognise(&image, &records, Some(&outlined));
            assert_eq!(found == Allocator::Counting, is_counting, "{found:?}");
            assert!(found != Allocator::Outlined);
        }
    }
}
