//! What is said of every result, and of verdicts, in one way everywhere.

use super::judge_binary::Asked;
use super::merge::Class;
use super::verdict::{Verdict, Why};

/// What verdicts are relative to.
pub(super) const ASSUMPTIONS: [&str; 6] = [
    "verdicts are for this binary: another build of the same source may allocate where this one does not",
    "code obeys the calling convention and has no undefined behaviour; instructions are decoded rightly; what the linker made read-only \
     stays so",
    "pointers are stored and copied as whole words, and a pointer into the stack is not made of its bits; `core` makes digits as its source \
     says; no call has more than 1 KiB of arguments on the \
     stack",
    "functions of the C library do as this program's list of them says",
    "not looked at: signal handlers, longjmp, code loaded by dlopen, what other threads do, dropping a future before it is ready, memory \
     that is taken from the system past the global allocator",
    "allocations are those of the global allocator and of malloc's family; allocators passed by hand are not",
];

/// All that a result presupposes, of what can be asked for as well.
pub(super) fn assumptions(asked: &Asked) -> Vec<&'static str> {
    let frees = asked.forbid_frees.then_some(ABOUT_FREES);
    ASSUMPTIONS.into_iter().chain([about_panics(asked.include_panics)]).chain(frees).collect()
}

/// Of panics, which can be asked for.
fn about_panics(include_panics: bool) -> &'static str {
    if include_panics {
        "paths that only panic are judged as all others (--include-panics)"
    } else {
        "paths that only panic may allocate (--include-panics judges them)"
    }
}

/// Why a place can't be followed.
pub(super) fn reason(why: &Why) -> String {
    match why {
        Why::IndirectCall(from) if from.is_empty() => "a call of a function that is not known".to_owned(),
        Why::IndirectCall(from) => format!("a call of a function that is not known: {from}"),
        Why::IndirectJump => "a jump to an address that is not known".to_owned(),
        Why::Import(name) => format!("a call of `{name}`, of a shared library, of which nothing is known"),
        Why::SystemCall => "a system call made by the program itself".to_owned(),
        Why::Instruction(text) => format!("an instruction that is not understood: {text}"),
        Why::Return => "a return with a stack that is not as it was at entry".to_owned(),
        Why::NoCode => "code without a symbol, or an address that is not code".to_owned(),
        Why::Inlined(into) => format!("it was inlined into {into}"),
        Why::Unwinding => "a call whose panic may be caught, in a way that is not known".to_owned(),
        Why::TooLarge => "more is needed to decide it than is tried".to_owned(),
    }
}

/// For other programs.
pub(super) fn reason_key(why: &Why) -> &'static str {
    match why {
        Why::IndirectCall(_) => "indirect-call",
        Why::IndirectJump => "indirect-jump",
        Why::Import(_) => "import",
        Why::SystemCall => "system-call",
        Why::Instruction(_) => "instruction",
        Why::Return => "return",
        Why::NoCode => "no-code",
        Why::Inlined(_) => "inlined",
        Why::Unwinding => "unwinding",
        Why::TooLarge => "too-large",
    }
}

/// What can be done about what is not known.
pub(super) const ABOUT_UNKNOWN: &str = "what can't be followed is for tests to cover: there the run-time budget counts. A call that may \
    allocate may be an exception (`allow_alloc!`)";

/// Where it is in what the function calls by name.
pub(super) const ABOUT_TRUST: &str =
    "a callee that was read may be trusted (`prove-trust` in the configuration)";

pub(super) const ABOUT_FREES: &str = "freeing is judged as allocating is (--forbid-dealloc)";

/// What a verdict that needs more words than its name has.
pub(super) fn note(class: Class, form: Option<&str>, verdict: &Verdict) -> Option<String> {
    match (class, verdict) {
        (Class::NotCompiled, _) if form.is_some_and(|form| form.starts_with("const")) => {
            Some("const fn: cannot allocate".to_owned())
        }
        (Class::NotCompiled, _) => Some("the binary has no code of it".to_owned()),
        (Class::NoVerdict, Verdict::NoVerdict(why)) => Some(why.clone()),
        _ => None,
    }
}

/// A name without what makes it long: of arguments in arguments only `..` is left, and of long ones at all.
pub(super) fn short(name: &str) -> String {
    const LONG: usize = 60;
    if name.chars().count() <= LONG {
        return name.to_owned();
    }
    let deep = nested(name, 2);
    if deep.chars().count() <= LONG { deep } else { nested(name, 1) }
}

/// With `..` in brackets that are so deep in others; the first of `<T as Trait>::f` is none.
fn nested(name: &str, depth: usize) -> String {
    let mut short = String::with_capacity(name.len());
    let (mut open, mut last) = (0_usize, ' ');
    let most = depth + usize::from(name.starts_with('<'));
    for c in name.chars() {
        // The arrow of `fn() -> u8` is none.
        let closes = c == '>' && last != '-';
        if closes {
            open = open.saturating_sub(1);
        }
        if open < most {
            short.push(c);
        }
        if c == '<' {
            open += 1;
            if open == most {
                short.push_str("..");
            }
        }
        last = c;
    }
    short
}

/// A text in lines of at most so many columns, the later ones indented.
pub(super) fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let mut lines = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            lines.push('\n');
            lines.push_str(indent);
            column = indent.len();
        } else if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_short() {
        assert_eq!(short("app::f::<u8>"), "app::f::<u8>");
        let long = "<alloc::vec::Vec<core::option::Option<alloc::string::String>> as core::iter::Extend<u8>>::extend::<core::iter::Map<A, B>>";
        assert!(
            short(long).starts_with("<alloc::vec::Vec<..> as core::iter::Extend<..>>::extend"),
            "{}",
            short(long)
        );
        let function = format!("app::call::<fn(u8) -> {}>", "u8".repeat(40));
        assert_eq!(short(&function), "app::call::<..>");
    }

    #[test]
    fn lines_are_as_wide_as_they_may_be() {
        assert_eq!(wrapped("a bb ccc dddd", 6, " "), "a bb\n ccc\n dddd");
        assert_eq!(wrapped("longer than that", 3, ""), "longer\nthan\nthat");
    }
}
