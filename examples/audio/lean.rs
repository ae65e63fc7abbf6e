//! The callback under its budget: no allocation, and no free. What it plays comes through a ring, made by the control thread; what
//! it has played goes back through another, to be freed there; and what it has to say is a value, not a text.

use crate::MOST_VOICES;
use crate::log::{Logged, What};
use crate::score::Key;
use crate::voice::{Effects, Voice};
use alloc_kit::{ArrayVec, no_alloc};
use rtrb::{Consumer, Producer, PushError};
use std::mem;

/// What the control thread asks for. The voice is there already.
#[derive(Debug)]
pub(crate) enum Command {
    Down { frame: u64, voice: Box<Voice> },
    Up { frame: u64, key: Key },
}

impl Command {
    fn frame(&self) -> u64 {
        match self {
            Self::Down { frame, .. } | Self::Up { frame, .. } => *frame,
        }
    }
}

/// The ends of the rings that the callback has. None of them ever waits.
#[derive(Debug)]
pub(crate) struct Rings {
    pub(crate) commands: Consumer<Command>,
    pub(crate) played: Producer<Box<Voice>>,
    pub(crate) log: Producer<Logged>,
}

#[derive(Debug)]
pub(crate) struct Synth {
    rings: Rings,
    voices: ArrayVec<Box<Voice>, MOST_VOICES>,
    effects: Effects,
    frame: u64,
    /// Voices that had no place on their way back.
    pub(crate) leaked: u32,
    /// What had no place in the log.
    pub(crate) unlogged: u32,
}

impl Synth {
    pub(crate) fn new(rings: Rings) -> Self {
        Self { rings, voices: ArrayVec::new(), effects: Effects::new(), frame: 0, leaked: 0, unlogged: 0 }
    }

    /// The callback: fills the next block. Without a warm-up, since all that it needs is there before the first call.
    #[no_alloc(deallocations = 0)]
    pub(crate) fn callback(&mut self, block: &mut [f32]) {
        for sample in block {
            self.play_what_is_due();
            *sample = self.effects.mix(self.voices.iter_mut());
            self.frame += 1;
        }
        while let Some(at) = self.voices.iter().position(|voice| voice.is_over()) {
            let ended = self.voices.remove(at);
            self.say(ended.key, What::Ended);
            self.give_back(ended);
        }
    }

    fn play_what_is_due(&mut self) {
        let now = self.frame;
        while self.rings.commands.peek().is_ok_and(|command| command.frame() <= now) {
            match self.rings.commands.pop() {
                Ok(Command::Down { voice, .. }) => self.strike(voice),
                Ok(Command::Up { key, .. }) => {
                    if let Some(voice) = self.voices.iter_mut().find(|voice| voice.is_held(key)) {
                        voice.release();
                    }
                }
                Err(_empty) => return,
            }
        }
    }

    fn strike(&mut self, voice: Box<Voice>) {
        if self.voices.is_full() {
            let oldest = self.voices.remove(0);
            self.give_back(oldest);
        }
        self.say(voice.key, What::Began);
        self.voices.push(voice);
    }

    /// To drop it here would free it here.
    fn give_back(&mut self, voice: Box<Voice>) {
        if let Err(PushError::Full(voice)) = self.rings.played.push(voice) {
            // The control thread sends no more voices than this ring takes, so that there is a place. If there is none after all,
            // a leak is heard by nobody.
            mem::forget(voice);
            self.leaked += 1;
        }
    }

    fn say(&mut self, key: Key, what: What) {
        let logged = Logged { frame: self.frame, key, what };
        if self.rings.log.push(logged).is_err() {
            self.unlogged += 1;
        }
    }
}
