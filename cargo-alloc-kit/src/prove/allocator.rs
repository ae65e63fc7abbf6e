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
//! - Or if `__rust_alloc` begins with the record of alloc-kit's `CountingAlloc`, which goes wherever it is inlined.

use super::image::Image;
use super::isa::{Flow, Instruction, Target};
use super::records::{Kind, Records};

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
    let entries: Vec<(u64, &str)> = image
        .functions
        .iter()
        .flat_map(|function| image.names(function).map(|name| (function.start, name)))
        .filter(|(_, name)| is_entry(name))
        .collect();
    let all = |is: &dyn Fn(u64) -> bool| !entries.is_empty() && entries.iter().all(|(start, _)| is(*start));
    if all(&|start| calls_std(image, start)) {
        return Allocator::Std;
    }
    if all(&|start| opens_with_record(image, records, start)) {
        return Allocator::Counting;
    }
    if let Some(outlined) = outlined {
        let is_kept = |name: &str| outlined.iter().any(|kept| kept == without_suffix(name));
        return match entries.iter().find(|(_, name)| !is_kept(name)) {
            None if entries.is_empty() && !has_runtime(image) => Allocator::Unknown(
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

/// `__rust_alloc`, or what compilers before 1.89 had behind it; however it is mangled.
fn is_entry(name: &str) -> bool {
    let name = without_suffix(name);
    let of = |plain: &str| name == plain || name.ends_with(&format!("{}_{plain}", plain.len()));
    of("__rust_alloc") || of("__rg_alloc")
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
    use super::*;

    #[test]
    fn entries_are_known_however_they_are_mangled() {
        for name in [
            "__rust_alloc",
            "_RNvCsfLfy6EI15iL_7___rustc12___rust_alloc",
            "_RNvCs1_7___rustc10___rg_alloc",
            "__rg_alloc.llvm.12",
        ] {
            assert!(is_entry(name), "{name}");
        }
        for name in [
            "__rust_alloc_zeroed",
            "_RNvCs1_7___rustc19___rust_alloc_zeroed",
            "my__rust_alloc",
            "__rdl_alloc",
        ] {
            assert!(!is_entry(name), "{name}");
        }
    }
}
