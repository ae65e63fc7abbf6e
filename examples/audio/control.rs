//! The control thread of the lean way: makes voices ahead of time, frees those that were played, and writes the log.

use crate::lean::{Command, Rings};
use crate::log::Logged;
use crate::score::Event;
use crate::voice::Voice;
use rtrb::{Consumer, Producer, PushError, RingBuffer};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Places in each ring. A score has fewer events than that in one block, or the two threads would wait for each other.
const PLACES: usize = 64;

#[derive(Debug)]
pub(crate) struct Control {
    commands: Producer<Command>,
    played: Consumer<Box<Voice>>,
    log: Consumer<Logged>,
    /// Voices that were sent and have not come back: as many as `played` has places for, at most.
    out: usize,
    /// What the user sees.
    pub(crate) lines: Vec<String>,
    pub(crate) freed: u64,
}

impl Control {
    /// The control thread's half, and the callback's.
    pub(crate) fn new() -> (Self, Rings) {
        let (commands, commands_out) = RingBuffer::new(PLACES);
        let (played_in, played) = RingBuffer::new(PLACES);
        let (log_in, log) = RingBuffer::new(2 * PLACES);
        let rings = Rings { commands: commands_out, played: played_in, log: log_in };
        (Self { commands, played, log, out: 0, lines: Vec::new(), freed: 0 }, rings)
    }

    /// Sends all events, each as soon as there is room, and says in `sent` up to which frame they are complete. Ends early where nobody
    /// plays them any more.
    pub(crate) fn play(&mut self, events: &[Event], sent: &AtomicU64) {
        for &Event { frame, key, is_down } in events {
            sent.store(frame, Ordering::Release);
            while self.out == PLACES {
                if self.commands.is_abandoned() {
                    return;
                }
                self.wait();
            }
            let mut command = if is_down {
                self.out += 1;
                Command::Down { frame, voice: Box::new(Voice::new(key)) }
            } else {
                Command::Up { frame, key }
            };
            while let Err(PushError::Full(back)) = self.commands.push(command) {
                if self.commands.is_abandoned() {
                    return;
                }
                command = back;
                self.wait();
            }
        }
        sent.store(u64::MAX, Ordering::Release);
    }

    fn wait(&mut self) {
        self.tidy();
        thread::yield_now();
    }

    /// Frees what came back, and writes what was logged.
    pub(crate) fn tidy(&mut self) {
        while let Ok(voice) = self.played.pop() {
            drop(voice);
            self.freed += 1;
            self.out = self.out.saturating_sub(1);
        }
        while let Ok(logged) = self.log.pop() {
            self.lines.push(logged.to_string());
        }
    }
}
