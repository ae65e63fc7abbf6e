//! The usual way: whatever the callback needs it makes, and what it needs no more it drops.

use crate::MOST_VOICES;
use crate::log::{Logged, What};
use crate::score::Event;
use crate::voice::{Effects, Voice};
use std::sync::mpsc::{Receiver, Sender};

#[derive(Debug)]
pub(crate) struct Synth {
    events: Receiver<Event>,
    next: Option<Event>,
    log: Sender<String>,
    #[expect(
        clippy::vec_box,
        reason = "the way before; with voices of several kinds, `Box<dyn Voice>`, it could not say so"
    )]
    voices: Vec<Box<Voice>>,
    effects: Effects,
    frame: u64,
}

impl Synth {
    pub(crate) fn new(events: Receiver<Event>, log: Sender<String>) -> Self {
        Self { events, next: None, log, voices: Vec::new(), effects: Effects::new(), frame: 0 }
    }

    /// The callback: fills the next block.
    pub(crate) fn callback(&mut self, block: &mut [f32]) {
        let mut mix = vec![0.0; block.len()];
        for sample in &mut mix {
            self.play_what_is_due();
            *sample = self.effects.mix(self.voices.iter_mut());
            self.frame += 1;
        }
        block.copy_from_slice(&mix);
        for ended in self.voices.extract_if(.., |voice| voice.is_over()) {
            let logged = Logged { frame: self.frame, key: ended.key, what: What::Ended };
            let _ = self.log.send(format!("{logged}"));
        }
    }

    fn play_what_is_due(&mut self) {
        loop {
            self.next = self.next.or_else(|| self.events.try_recv().ok());
            let Some(event) = self.next.take_if(|event| event.frame <= self.frame) else { return };
            if event.is_down {
                self.strike(event);
            } else if let Some(voice) = self.voices.iter_mut().find(|voice| voice.is_held(event.key)) {
                voice.release();
            }
        }
    }

    fn strike(&mut self, event: Event) {
        if self.voices.len() == MOST_VOICES {
            self.voices.remove(0);
        }
        self.voices.push(Box::new(Voice::new(event.key)));
        let logged = Logged { frame: self.frame, key: event.key, what: What::Began };
        let _ = self.log.send(format!("{logged}"));
    }
}
