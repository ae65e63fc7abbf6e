//! What is said of addresses: a verdict's way to what allocates, and the places that could not be followed, by functions and lines.

use std::cell::RefCell;
use std::collections::HashMap;

use super::image::Image;
use super::judge_binary::{Frame, Row, ShownDoubt};
use super::lines::Spot;
use super::names;
use super::subjects::{self, Subject};
use super::verdict::{Doubt, Step, Verdict, Why};
use crate::untrusted::line_of;

/// What is said of addresses.
pub(super) struct Words<'a> {
    pub(super) image: &'a Image,
    /// Frames of an address, the innermost first.
    pub(super) at: &'a dyn Fn(u64) -> Vec<Spot>,
    /// By address: many chains end the same way.
    pub(super) known: RefCell<HashMap<u64, Vec<Frame>>>,
}

/// The poll that alloc-kit's macros put round a future stands for the user's function.
fn begin_at(chain: &mut [Frame], function: &str, place: Option<&(String, u32)>) {
    if let Some(frame) = chain.first_mut().filter(|frame| subjects::polled(&frame.function).is_some()) {
        function.clone_into(&mut frame.function);
        frame.place = place.cloned();
    }
}

impl Words<'_> {
    pub(super) fn row(&self, subject: Subject, verdict: Verdict, rests_on_trust: bool) -> Row {
        let function = line_of(&subjects::name(&subject));
        let Subject { site, symbol, address, .. } = subject;
        let (mut chain, mut doubts) = match &verdict {
            Verdict::MayAllocate(chain) => (self.steps(&chain.steps), Vec::new()),
            Verdict::Unknown(doubts, _) => {
                (Vec::new(), doubts.iter().map(|doubt| self.doubt(doubt)).collect())
            }
            _ => (Vec::new(), Vec::new()),
        };
        let place = match &site {
            Some(site) => Some((line_of(&site.file), site.line)),
            None => self.frames(address).into_iter().next().and_then(|frame| frame.place),
        };
        if site.is_some() {
            let chains = doubts.iter_mut().map(|doubt| &mut doubt.chain).chain([&mut chain]);
            chains.for_each(|chain| begin_at(chain, &function, place.as_ref()));
        }
        Row { site, symbol, function, address, verdict, rests_on_trust, chain, doubts, place }
    }

    fn doubt(&self, doubt: &Doubt) -> ShownDoubt {
        let mut chain = self.steps(&doubt.chain);
        // Where it is known already how it ends.
        let is_there = doubt.chain.last().is_some_and(|step| step.at == doubt.at);
        if !is_there && !matches!(doubt.why, Why::Inlined(_)) {
            chain.extend(self.frames(doubt.at));
        }
        ShownDoubt { chain, why: doubt.why.clone() }
    }

    fn steps(&self, steps: &[Step]) -> Vec<Frame> {
        steps.iter().flat_map(|step| self.frames(step.at)).collect()
    }

    /// The functions that an instruction is in, the outermost first.
    fn frames(&self, address: u64) -> Vec<Frame> {
        self.known.borrow_mut().entry(address).or_insert_with(|| self.look_up(address)).clone()
    }

    fn look_up(&self, address: u64) -> Vec<Frame> {
        let mut frames = (self.at)(address);
        frames.reverse();
        let symbol = || match self.image.function(address) {
            Some(function) => names::demangled(self.image.name(function)),
            None => "code without a symbol".to_owned(),
        };
        if frames.is_empty() {
            return vec![Frame { function: line_of(&symbol()), address, place: None, is_inlined: false }];
        }
        let shown = |(index, frame): (usize, Spot)| {
            let function = if index == 0 { symbol() } else { frame.function };
            let place = frame.file.zip(frame.line).map(|(file, line)| (line_of(&file), line));
            Frame { function: line_of(&function), address, place, is_inlined: index > 0 }
        };
        frames.into_iter().enumerate().map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_async_function_begins_where_it_is_written() {
        let frame = |function: &str, line| Frame {
            function: function.to_owned(),
            address: 1,
            place: Some(("future.rs".to_owned(), line)),
            is_inlined: false,
        };
        let poll = "<alloc_kit::prove::future::Proved<7, app::load::{closure#0}> as core::future::future::Future>::poll";
        let place = ("src/lib.rs".to_owned(), 4);
        let mut chain = [frame(poll, 50), frame("app::load::{closure#0}", 5)];
        begin_at(&mut chain, "app::load", Some(&place));
        assert_eq!((chain[0].function.as_str(), chain[0].place.as_ref()), ("app::load", Some(&place)));
        let mut other = [frame("app::load", 5)];
        begin_at(&mut other, "app::store", Some(&place));
        assert_eq!(other, [frame("app::load", 5)]);
    }
}
