//! Both ways, block after block, in the place of a sound card: and what their callbacks cost.

use crate::control::Control;
use crate::score::Event;
use crate::{BLOCK, lean, usual};
use alloc_kit::measure;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What was played, and what it cost.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) samples: Vec<f32>,
    pub(crate) log: Vec<String>,
    pub(crate) cost: Cost,
    /// Voices that the control thread freed.
    pub(crate) freed_elsewhere: u64,
    /// Voices and lines of the log for which there was no place.
    pub(crate) lost: u32,
}

/// Of all callbacks, and of nothing else.
#[derive(Debug, Default)]
pub(crate) struct Cost {
    pub(crate) allocations: u64,
    pub(crate) bytes: u64,
    pub(crate) frees: u64,
    times: Vec<Duration>,
}

impl Cost {
    fn of(&mut self, callback: impl FnOnce()) {
        let start = Instant::now();
        let ((), usage) = measure(callback);
        self.times.push(start.elapsed());
        self.allocations += usage.allocations;
        self.bytes += usage.bytes_allocated;
        self.frees += usage.deallocations;
    }

    pub(crate) fn callbacks(&self) -> usize {
        self.times.len()
    }

    /// In milliseconds: of the one in the middle, and the one that 99 of 100 are within.
    pub(crate) fn times(&self) -> [f64; 2] {
        let mut times = self.times.clone();
        times.sort_unstable();
        [times.get(times.len() / 2), times.get(times.len() * 99 / 100)]
            .map(|time| 1_000.0 * time.map_or(0.0, Duration::as_secs_f64))
    }
}

/// The usual way.
pub(crate) fn usual(events: &[Event], blocks: usize) -> Rendered {
    let (send, receive) = mpsc::channel();
    let (log, lines) = mpsc::channel();
    let mut synth = usual::Synth::new(receive, log);
    for event in events {
        // It is there: `synth` has the other end.
        let _ = send.send(*event);
    }
    let mut rendered = Rendered { samples: vec![0.0; blocks * BLOCK], ..Rendered::default() };
    for block in rendered.samples.chunks_mut(BLOCK) {
        rendered.cost.of(|| synth.callback(block));
    }
    drop(synth);
    rendered.log.extend(lines);
    rendered
}

/// The lean way, with a control thread beside it.
pub(crate) fn lean(events: &[Event], blocks: usize) -> Rendered {
    let (mut control, rings) = Control::new();
    let sent = AtomicU64::new(0);
    let mut rendered = Rendered { samples: vec![0.0; blocks * BLOCK], ..Rendered::default() };
    let (samples, cost) = (&mut rendered.samples, &mut rendered.cost);
    rendered.lost = thread::scope(|scope| {
        scope.spawn(|| control.play(events, &sent));
        // In here, so that it is gone when a broken budget leaves this closure: then the control thread ends, too.
        let mut synth = lean::Synth::new(rings);
        for (block, end) in samples.chunks_mut(BLOCK).zip((BLOCK as u64..).step_by(BLOCK)) {
            // A sound card asks in its own time. This one is faster than the music, and waits for what it is to play.
            while sent.load(Ordering::Acquire) < end {
                thread::yield_now();
            }
            cost.of(|| synth.callback(block));
        }
        synth.leaked + synth.unlogged
    });
    control.tidy();
    (rendered.log, rendered.freed_elsewhere) = (control.lines, control.freed);
    rendered
}
