//! Functions of the program that are called as one of the C library's that panics or frees: whether they are that one. A name can be
//! anyone's, and what is taken for such a function is not looked into.
//!
//! Only a program without a loader has the C library in it. There it is told by what its code does: nothing of Rust's is reached from
//! it, and what ends the program never returns. Elsewhere the code is followed as that of any function.

use super::super::image::Image;
use super::super::names::{self, Known};
use super::super::verdict::Why;
use super::Root;
use super::graph::{Callee, End, Graph, Id, Named};
use super::panics;

/// What of the C library is below such a function is less.
const MOST_INSTRUCTIONS: u64 = 200_000;

impl Graph<'_> {
    /// Whether the function is the C library's, as one of its names says, and not followed therefore.
    pub(super) fn known_of_c(&self, at: u64) -> Option<Known> {
        let function = self.image.function(at).filter(|function| function.start == at)?;
        let (name, known) = self
            .image
            .names(function)
            .find_map(|name| names::named_as_in_c(name).map(|known| (name, known)))?;
        // Where nothing may be freed, to free by name is enough to be no proof.
        let is_forbidden = known == Known::Frees && self.question.forbid_frees;
        (is_forbidden || self.is_of_c(at, name, known)).then_some(known)
    }

    fn is_of_c(&self, at: u64, name: &str, known: Known) -> bool {
        if !self.image.is_static || self.follows_c || known == Known::Frees && !names::frees_in_c(name) {
            return false;
        }
        let mut alone = Graph::new(self.image, self.records, self.question);
        alone.follows_c = true;
        let id = alone.add(Root::Function(at));
        if !alone.explore_up_to(MOST_INSTRUCTIONS) || alone.reaches_rust() {
            return false;
        }
        known != Known::Panics || alone.never_returns(id, name.starts_with("_Unwind_"))
    }

    fn reaches_rust(&self) -> bool {
        let callees = self.functions.iter().flat_map(|body| body.blocks.values().flat_map(panics::callees));
        let named = callees.filter_map(|callee| match callee {
            Callee::Known(_, Named::Function(at)) => Some(at),
            _ => None,
        });
        self.functions.iter().map(super::graph::Body::start).chain(named).any(|at| is_of_rust(self.image, at))
    }

    /// The unwinder leaves by another stack than its own.
    fn never_returns(&self, id: Id, is_unwinder: bool) -> bool {
        let is_certain = |of: Id, end: &End| match end {
            End::Doubt { why: Why::Return, next: None } => is_unwinder && of == id,
            End::Doubt { next, .. } => next.is_some(),
            _ => true,
        };
        !self.functions[id].returns
            && self
                .functions
                .iter()
                .enumerate()
                .all(|(of, body)| body.blocks.values().all(|block| is_certain(of, &block.end)))
    }
}

fn is_of_rust(image: &Image, at: u64) -> bool {
    image.function(at).is_none_or(|function| image.names(function).any(names::is_of_rust))
}

#[cfg(test)]
mod tests {
    use super::super::super::image::{Image, made};
    use super::super::super::records::Records;
    use super::super::super::verdict::Verdict;
    use super::super::{Question, Root, judge};

    const PROGRAM: &str = "
        use std::{ffi::c_void, hint::black_box};
        extern \"C\" { fn abort() -> !; fn free(at: *mut c_void); }
        #[inline(never)] fn hoard() { drop(black_box(Box::new(black_box(5_u64)))); }
        #[no_mangle] #[inline(never)] extern \"C\" fn __assert_perror_fail(n: u32) { if n > 3 { hoard() } }
        #[no_mangle] #[inline(never)] extern \"C\" fn __cxa_pure_virtual(n: u32) -> ! { if n > 3 { hoard() } loop {} }
        #[no_mangle] #[inline(never)] extern \"C\" fn free_sized(n: u32) { if n > 3 { hoard() } }
        #[no_mangle] #[inline(never)] fn panics_by_name(n: u32) { __assert_perror_fail(n); black_box(1); }
        #[no_mangle] #[inline(never)] fn never_returns(n: u32) { if n > 3 { __cxa_pure_virtual(n) } black_box(1); }
        #[no_mangle] #[inline(never)] fn frees_by_name(n: u32) { free_sized(n); black_box(1); }
        #[no_mangle] #[inline(never)] fn aborts(n: u32) { if n > 3 { unsafe { abort() } } black_box(1); }
        #[no_mangle] #[inline(never)] fn frees(at: *mut c_void) { unsafe { free(at) } black_box(1); }
        fn main() {
            let n = std::env::args().count() as u32;
            panics_by_name(n); frees_by_name(n); aborts(n); frees(std::ptr::null_mut());
            if n > 7 { never_returns(n) }
        }";

    fn verdict(image: &Image, name: &str, question: &Question) -> Verdict {
        let function =
            image.functions.iter().find(|function| image.names(function).any(|known| known == name));
        let root = Root::Function(function.expect(name).start);
        judge(image, &Records::default(), &[root], question).0.remove(0)
    }

    /// The C library is in the second one.
    #[test]
    fn the_programs_own_are_not_taken_for_the_c_librarys() {
        for form in ["-Ctarget-feature=-crt-static", "-Ctarget-feature=+crt-static"] {
            let Some((bytes, _folder)) = made::of_rust(PROGRAM, &["-Copt-level=2", form]) else { return };
            let image = Image::read(bytes).expect("a program");
            let judged = |name| verdict(&image, name, &Question::default());
            for name in ["panics_by_name", "never_returns", "frees_by_name"] {
                let verdict = judged(name);
                assert!(matches!(verdict, Verdict::MayAllocate(_)), "{form} {name}: {verdict:?}");
            }
            let aborts = judged("aborts");
            assert!(matches!(aborts, Verdict::ExceptPanicking), "{form}: {aborts:?}");
            let frees = judged("frees");
            assert!(matches!(frees, Verdict::Proven), "{form}: {frees:?}");
            let question = Question { forbid_frees: true, ..Question::default() };
            for name in ["frees_by_name", "frees"] {
                let verdict = verdict(&image, name, &question);
                assert!(
                    !matches!(verdict, Verdict::Proven | Verdict::ExceptPanicking),
                    "{form} {name}: {verdict:?}"
                );
            }
        }
    }
}
