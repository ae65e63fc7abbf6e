//! Function pointers in statics: what one can hold, if every instruction that writes to it is seen.
//!
//! For each static that is asked for, the code is searched for what refers to it or to the linker's words that hold its address.
//! `references.rs` finds these instructions, `escape.rs` follows the address from them, `watched.rs` tells what a function stores. Only a
//! static of eight bytes is looked at: the compiler may reach into a larger one by an address that lies outside of it, and an index. In a
//! program that is linked for one address it does so for any (`mov [rdi*8 + STATIC - 16], rax`), and nothing is known there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::super::image::{Form, Image, Word};
use super::super::isa::Instruction;
use super::escape::Escape;
use super::references::{self, Reference, Use};
use super::watched::Watched;

/// The instruction set in which one instruction has a whole address. With others it is made of parts, which are not put together here.
const WITH_WHOLE_ADDRESSES: &str = "x86_64";

#[derive(Debug, Default)]
pub(super) struct Statics {
    known: HashMap<u64, Option<Vec<u64>>>,
    /// By the start of the function.
    watched: HashMap<u64, Rc<Watched>>,
}

impl Statics {
    /// All functions that the eight bytes there can point to. `None`: anything.
    pub(super) fn held(
        &mut self,
        image: &Image,
        at: u64,
        watch: &mut dyn FnMut(u64) -> Watched,
    ) -> Option<Vec<u64>> {
        if let Some(known) = self.known.get(&at) {
            return known.clone();
        }
        let watched = &mut self.watched;
        let values = held(image, at, &mut |function| {
            Rc::clone(watched.entry(function).or_insert_with(|| Rc::new(watch(function))))
        });
        self.known.insert(at, values.clone());
        values
    }
}

fn held(image: &Image, at: u64, watch: &mut dyn FnMut(u64) -> Rc<Watched>) -> Option<Vec<u64>> {
    let object = image.object(at)?;
    // Others may reach it by its name, or as a part of something larger.
    if image.isa.name() != WITH_WHOLE_ADDRESSES
        || image.form == Form::Fixed
        || object != (at, at.checked_add(8)?)
        || image.is_exported(object)
        || !image.is_alone(object)
    {
        return None;
    }
    let mut values = match image.initial_word(at)? {
        Word::Number(value) | Word::Address(value) => vec![value],
        Word::Import(_) => return None,
    };
    let words = references::words_of(image, object)?;
    let (made, mut stores) = users(image, object, &words)?;
    stores.extend(Escape::new(image, object, &words).stores(&made, watch)?);
    for store in stores {
        let watched = watch(store.function);
        if !watched.is_closed(image) {
            return None;
        }
        values.extend(watched.values(store.at, at)?);
    }
    values.sort_unstable();
    values.dedup();
    // Nobody calls a null pointer and lives.
    values.retain(|value| *value != 0);
    Some(values)
}

/// Instructions that make the address of the static, and those that store there directly. `None`: it is used in another way, too.
fn users(
    image: &Image,
    object: (u64, u64),
    words: &BTreeMap<u64, u64>,
) -> Option<(Vec<Reference>, BTreeSet<Reference>)> {
    let mut ranges = vec![object];
    ranges.extend(words.keys().map(|word| (*word, word.saturating_add(8))));
    ranges.extend(references::tables(image).map(|table| (table, table.saturating_add(1))));
    let (mut made, mut stores) = (Vec::new(), BTreeSet::new());
    for reference in references::to(image, &ranges)? {
        let mut instruction = Instruction::default();
        image.isa.decode(image.code(reference.at)?, reference.at, &mut instruction);
        let (mut makes, mut saves, mut is_known) = (false, false, true);
        references::uses(&instruction, &mut |address, used| {
            let bytes = match used {
                Use::Load { bytes, .. } | Use::Store { bytes } => u64::from(bytes),
                Use::Goes => 8,
                Use::Made | Use::Direct | Use::Other => 1,
            };
            let touches = |start: u64| address < start + 8 && address.saturating_add(bytes) > start;
            if touches(object.0) {
                match used {
                    Use::Load { .. } | Use::Goes => {}
                    Use::Store { bytes: 8 } if address == object.0 => saves = true,
                    Use::Made => makes = true,
                    _ => is_known = false,
                }
            }
            for word in words.keys().filter(|word| touches(**word)) {
                match used {
                    Use::Load { bytes: 8, .. } if address == *word => makes = true,
                    _ => is_known = false,
                }
            }
            is_known &= used != Use::Made || !references::tables(image).any(|table| table == address);
        });
        if !is_known {
            return None;
        }
        if makes {
            made.push(reference);
        }
        if saves {
            stores.insert(reference);
        }
    }
    Some((made, stores))
}

#[cfg(test)]
mod tests {
    use super::super::super::image::{Image, made};
    use super::super::super::records::Records;
    use super::super::super::verdict::Verdict;
    use super::super::{Question, Root, judge};

    const PROGRAM: &str = r"
        use std::hint::black_box;
        use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};
        type Step = fn(u64) -> u64;
        #[inline(never)] fn hoard(n: u64) -> u64 { *black_box(Box::new(n)) }
        #[inline(never)] fn pass(n: u64) -> u64 { n + 1 }
        #[inline(never)] fn other(n: u64) -> u64 { n + 2 }
        macro_rules! slots {
            ($($name:ident $call:ident = $first:ident;)*) => {$(
                pub static $name: AtomicPtr<()> = AtomicPtr::new($first as Step as *mut ());
                #[no_mangle] #[inline(never)]
                pub fn $call(n: u64) -> u64 { let f: Step = unsafe { std::mem::transmute($name.load(Relaxed)) }; f(n) }
            )*
            pub fn call_all() { $(black_box($call)(1);)* } };
        }
        use slots::*;
        mod slots { use super::*; slots! {
            NEVER call_never = pass;
            STORED call_stored = pass;
            CHOSEN call_chosen = choose;
            GIVEN call_given = pass;
            RETURNED call_returned = pass;
            HANDED_ON call_handed_on = pass;
            UNWOUND call_unwound = pass;
            HALF call_half = pass;
            KEPT call_kept = pass;
            HOARDS call_hoards = pass;
            BELOW call_below = pass;
        } }
        fn set(slot: &AtomicPtr<()>, f: Step) { slot.store(f as *mut (), Relaxed) }
        fn choose(n: u64) -> u64 { let f = if black_box(true) { other } else { pass as Step }; set(&CHOSEN, f); f(n) }
        #[inline(never)] fn given(slot: &AtomicPtr<()>) { set(slot, hoard) }
        #[inline(never)] fn returned() -> &'static AtomicPtr<()> { black_box(()); &RETURNED }
        #[inline(never)] fn next(n: u64, slot: &AtomicPtr<()>) -> u64 { set(slot, hoard); n }
        #[inline(never)] fn handed_on(n: u64) -> u64 { set(&HANDED_ON, pass); next(n, &HANDED_ON) }
        struct Guard;
        impl Drop for Guard { fn drop(&mut self) { if std::thread::panicking() { set(&UNWOUND, hoard) } } }
        #[inline(never)] fn stop() { if black_box(true) { panic!() } }
        #[inline(never)] fn unwound() { set(&UNWOUND, pass); let _guard = Guard; stop(); }
        #[inline(never)] fn half() { unsafe { HALF.as_ptr().cast::<u32>().write_volatile(hoard as Step as usize as u32) } }
        #[inline(never)] fn below(i: usize) { unsafe { BELOW.as_ptr().cast::<u8>().wrapping_sub(16).wrapping_add(i * 8).cast::<Step>().write(hoard) } }
        #[inline(never)] fn stored() { set(&STORED, other); set(&HOARDS, hoard) }
        fn main() {
            stored();
            given(black_box(&GIVEN));
            set(returned(), hoard);
            handed_on(1);
            let _ = std::panic::catch_unwind(|| unwound());
            half();
            below(black_box(2));
            let kept = black_box([&KEPT]);
            set(kept[0], hoard);
            call_all();
        }
    ";

    fn verdict(image: &Image, name: &str) -> Verdict {
        let function =
            image.functions.iter().find(|function| image.names(function).any(|known| known == name));
        let root = Root::Function(function.expect(name).start);
        judge(image, &Records::default(), &[root], &Question::default()).0.remove(0)
    }

    /// Each with what its static holds: in a program that is linked for any address, and in one that is for one.
    #[test]
    fn what_is_stored_is_known_or_nothing_is() {
        for (form, is_known) in [("-Crelocation-model=pic", true), ("-Crelocation-model=static", false)] {
            let flags = ["-Copt-level=2", "-Cpanic=unwind", "-Ccodegen-units=1", form];
            let Some((bytes, _folder)) = made::of_rust(PROGRAM, &flags) else { return };
            let image = Image::read(bytes).expect("a program");
            // Nothing writes to it, which the compiler sees, too.
            let never = verdict(&image, "call_never");
            assert!(matches!(never, Verdict::Proven), "{form}: {never:?}");
            for name in ["call_stored", "call_chosen"] {
                let verdict = verdict(&image, name);
                let is_proven = matches!(verdict, Verdict::Proven | Verdict::ExceptPanicking);
                assert_eq!(is_proven, is_known, "{form} {name}: {verdict:?}");
            }
            let hoards = verdict(&image, "call_hoards");
            assert_eq!(matches!(hoards, Verdict::MayAllocate(_)), is_known, "{form}: {hoards:?}");
            for name in [
                "call_given",
                "call_returned",
                "call_handed_on",
                "call_unwound",
                "call_half",
                "call_kept",
                "call_below",
            ] {
                let verdict = verdict(&image, name);
                assert!(
                    matches!(verdict, Verdict::Unknown(..) | Verdict::MayAllocate(_)),
                    "{form} {name}: {verdict:?}"
                );
            }
        }
    }

    /// Of each static: what reads it and what else refers to it, by the linker's table. The second one begins with `w_`.
    const BY_TABLE: &str = r#"
        #define SLOT(name, ...) __asm__( \
            ".data; .globl " #name "; .type " #name ",@object; .size " #name ",8; " #name ": .quad pass; .text\n" \
            ".type r_" #name ",@function; r_" #name ": mov " #name "@GOTPCREL(%rip), %rax; mov (%rax), %rax; jmp *%rax; .size r_" #name ", .-r_" #name "\n" \
            ".type w_" #name ",@function; w_" #name ": mov " #name "@GOTPCREL(%rip), %rcx; " __VA_ARGS__ " ; .size w_" #name ", .-w_" #name "\n");
        #define F(name, ...) __asm__(".text; .type " #name ",@function; " #name ": " __VA_ARGS__ "; .size " #name ", .-" #name "\n");
        F(pass, "ret")
        F(other, "xor %eax, %eax; mov %rdi, %rcx; ret")
        F(writes, "mov %rdi, (%rcx); xor %eax, %eax; ret")
        F(gives, "mov %rcx, %rdx; ret")
        F(saves, "push %rcx; pop %rcx; ret")
        SLOT(stored, "lea other(%rip), %rax; mov %rax, (%rcx); ret")
        SLOT(chosen, "lea other(%rip), %rax; lea pass(%rip), %rdx; test %edi, %edi; cmove %rdx, %rax; mov %rax, (%rcx); jmp *%rax")
        SLOT(fills, "lea other(%rip), %rax; mov %rax, (%rcx); mov %rcx, %rax; call f_push; xor %eax, %eax; ret")
        F(f_push, "push %rax; pop %rcx; xor %eax, %eax; ret")
        SLOT(given, "call writes; ret")
        SLOT(jumped, "jmp writes")
        SLOT(back, "call gives; mov %rdi, (%rdx); ret")
        SLOT(result, "mov %rcx, %rax; ret")
        F(takes, "call w_result; mov %rdi, (%rax); ret")
        SLOT(saved, "call saves; ret")
        SLOT(memory, "mov %rcx, -8(%rsp); ret")
        SLOT(lane, "movq %rcx, %xmm0; movq %xmm0, -8(%rsp); ret")
        SLOT(mask, "movq %rcx, %mm0; movq %mm0, %rdx; mov %rdi, (%rdx); ret")
        SLOT(half, "lea other(%rip), %rax; mov %eax, (%rcx); ret")
        SLOT(shifted, "add $8, %rcx; mov %rdi, -8(%rcx); ret")
        SLOT(indexed, "mov %rdx, (%rcx,%rdi,8); ret")
        SLOT(unknown, "mov %rdi, (%rcx); ret")
        SLOT(swapped, "lea other(%rip), %rax; xchg %rax, (%rcx); xor %eax, %eax; ret")
        SLOT(added, "mov $1, %eax; lock xadd %rax, (%rcx); xor %eax, %eax; ret")
        SLOT(partly, "movl w_partly(%rip), %eax; mov partly@GOTPCREL(%rip), %eax; ret")
        SLOT(fallen, "nop")
        F(behind, "mov %rdi, (%rcx); ret")
        SLOT(system, "mov %rcx, %rdi; syscall; ret")
        F(_start, "jmp other")
    "#;

    #[test]
    fn an_address_from_the_table_is_followed() {
        let flags = ["-nostdlib", "-static-pie", "-O1", "-Wa,-mrelax-relocations=no", "-Wl,--no-relax"];
        let Some((bytes, _folder)) = made::of_c(BY_TABLE, &flags) else { return };
        let image = Image::read(bytes).expect("a program");
        let stored = image.object_of("stored").expect("a static").0;
        assert!(image.addresses_in_data().iter().any(|(_, to)| *to == stored), "the linker made a table");
        for name in ["stored", "chosen", "fills", "swapped"] {
            let verdict = verdict(&image, &format!("r_{name}"));
            assert!(matches!(verdict, Verdict::Proven), "{name}: {verdict:?}");
        }
        for name in [
            "given", "jumped", "back", "result", "saved", "memory", "lane", "mask", "half", "shifted",
            "indexed", "unknown", "added", "partly", "fallen", "system",
        ] {
            let verdict = verdict(&image, &format!("r_{name}"));
            assert!(matches!(verdict, Verdict::Unknown(..)), "{name}: {verdict:?}");
        }
    }
}
