//! The budget of the callback over the whole piece, what breaks it, what happens where there is no room, and the pieces.

use crate::control::Control;
use crate::lean::{self, Command, Rings};
use crate::score::{Event, Key, PRELUDE, events};
use crate::voice::{RELEASE, Voice};
use crate::{BLOCK, BLOCKS, MOST_VOICES, render, run, usual, wav};
use alloc_kit::{measure, no_alloc};
use rtrb::RingBuffer;
use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc;

fn key(number: u8) -> Key {
    Key(number)
}

fn down(frame: u64, number: u8) -> Event {
    Event { frame, key: key(number), is_down: true }
}

fn up(frame: u64, number: u8) -> Event {
    Event { frame, key: key(number), is_down: false }
}

/// The message with which a budget breaks.
fn broken(call: impl FnOnce()) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(call)).expect_err("a broken budget");
    *payload.downcast::<String>().expect("a message")
}

/// The usual callback, after what was played so far, under the budget of the lean one.
fn usual_under_budget(synth: &mut usual::Synth) {
    #[no_alloc(deallocations = 0)]
    fn callback(synth: &mut usual::Synth, block: &mut [f32]) {
        synth.callback(block);
    }
    callback(synth, &mut [0.0; BLOCK]);
}

fn usual_synth(events: &[Event]) -> (usual::Synth, mpsc::Receiver<String>) {
    let (send, receive) = mpsc::channel();
    let (log, lines) = mpsc::channel();
    for event in events {
        send.send(*event).unwrap();
    }
    (usual::Synth::new(receive, log), lines)
}

/// Without room for anything that the callback would give away.
fn lean_synth_without_room() -> (lean::Synth, rtrb::Producer<Command>) {
    let (send, commands) = RingBuffer::new(8);
    let (played, log) = (RingBuffer::new(0).0, RingBuffer::new(0).0);
    (lean::Synth::new(Rings { commands, played, log }), send)
}

#[test]
fn the_whole_piece_without_an_allocation_or_a_free() {
    let events = events(PRELUDE).unwrap();
    let (usual, lean) = (render::usual(&events, BLOCKS), render::lean(&events, BLOCKS));
    assert!(usual.samples == lean.samples);
    assert_eq!(usual.log, lean.log);
    assert_eq!((lean.cost.callbacks(), lean.cost.allocations, lean.cost.frees, lean.lost), (BLOCKS, 0, 0, 0));
    // Of 64 notes, those of the last sixteenths sound on.
    let over = lean.log.iter().filter(|line| line.ends_with("is over")).count() as u64;
    assert_eq!((lean.freed_elsewhere, lean.log.len() as u64), (over, 64 + over));
    assert!(over > 60 && lean.log[0] == " 0.000 s  C4 begins", "{:?}", lean.log);
    // A mix for each block; and a voice, its wave and a line for each note, of which all but the line are freed there.
    let blocks = BLOCKS as u64;
    assert!(usual.cost.allocations >= blocks + 3 * 64 + over, "{:?}", usual.cost.allocations);
    assert!(usual.cost.frees >= blocks + 2 * over, "{:?}", usual.cost.frees);
    assert!(lean.samples.iter().any(|sample| sample.abs() > 0.2));
}

#[test]
fn a_mix_for_each_block_is_over_the_budget() {
    let (mut synth, _lines) = usual_synth(&[]);
    let message = broken(|| usual_under_budget(&mut synth));
    assert!(message.contains("`callback` made 1 heap allocation (512 bytes); its budget is 0"), "{message}");
    assert!(
        !cfg!(debug_assertions) || message.contains("let mut mix = vec![0.0; block.len()];"),
        "{message}"
    );
    assert!(message.contains("1 deallocation; its budget is `deallocations = 0`"), "{message}");
}

#[test]
fn a_voice_that_is_made_in_the_callback_is_over_the_budget() {
    let (mut synth, _lines) = usual_synth(&[down(0, 60)]);
    let message = broken(|| usual_under_budget(&mut synth));
    if cfg!(debug_assertions) {
        assert!(message.contains("self.voices.push(Box::new(Voice::new(event.key)));"), "{message}");
        assert!(message.contains("wave: (0..length).map(pluck).collect()"), "{message}");
    }
}

#[test]
fn a_voice_that_is_dropped_in_the_callback_is_over_the_budget() {
    let (mut synth, lines) = usual_synth(&[down(0, 60), up(1, 60)]);
    let blocks_to_its_end = (usize::from(RELEASE) + 1).div_ceil(BLOCK);
    for _ in 1..blocks_to_its_end {
        synth.callback(&mut [0.0; BLOCK]);
    }
    let message = broken(|| usual_under_budget(&mut synth));
    // The mix, the voice, its wave.
    assert!(message.contains("it also made 3 deallocations; its budget is `deallocations = 0`"), "{message}");
    if cfg!(debug_assertions) {
        // The text grows where it is written to, and the voice is freed at the end of the turn that had it.
        assert!(message.contains("  ::: examples/audio/log.rs:"), "{message}");
        assert!(message.contains("^ 2 deallocations, 764 bytes"), "{message}");
    }
    drop(synth);
    assert_eq!(lines.iter().count(), 2);
}

#[test]
fn one_voice_too_many_ends_the_oldest_in_both_ways() {
    let most = u8::try_from(MOST_VOICES).unwrap();
    let mut events: Vec<_> = (0..most + 4).map(|at| down(300 + 50 * u64::from(at), 40 + at)).collect();
    // The first four are gone, which may not be mistaken for others.
    events.extend((0..most + 4).map(|at| up(3_000, 40 + at)));
    let (usual, lean) = (render::usual(&events, 100), render::lean(&events, 100));
    assert!(usual.samples == lean.samples);
    assert_eq!(usual.log, lean.log);
    assert_eq!((lean.cost.allocations, lean.cost.frees, lean.lost), (0, 0, 0));
    assert_eq!(lean.freed_elsewhere, u64::from(most) + 4);
}

#[test]
fn where_there_is_no_room_it_leaks_rather_than_free() {
    let (mut synth, mut send) = lean_synth_without_room();
    send.push(Command::Down { frame: 0, voice: Box::new(Voice::new(key(60))) }).unwrap();
    send.push(Command::Up { frame: 1, key: key(60) }).unwrap();
    let ((), usage) = measure(|| {
        for _ in 0..usize::from(RELEASE) / BLOCK + 2 {
            synth.callback(&mut [0.0; BLOCK]);
        }
    });
    assert_eq!((usage.allocations, usage.deallocations), (0, 0));
    assert_eq!((synth.leaked, synth.unlogged), (1, 2));
}

#[test]
fn events_come_when_they_are_due_and_not_with_the_block() {
    let late = 5 * BLOCK as u64 + 17;
    let samples = render::lean(&[down(late, 60)], 10).samples;
    let first = samples.iter().position(|sample| *sample != 0.0);
    assert_eq!(first, Some(5 * BLOCK + 17));
    // Who lets go of a key that is not held does nothing.
    assert!(render::lean(&[up(0, 60)], 10).samples.iter().all(|sample| *sample == 0.0));
}

#[test]
fn a_queue_that_is_full_makes_the_control_thread_wait() {
    let notes = (0..500).flat_map(|at: u64| [down(200 * at, 60), up(200 * at + 100, 60)]);
    let lean = render::lean(&notes.collect::<Vec<_>>(), 1_000);
    assert_eq!((lean.lost, lean.cost.allocations, lean.freed_elsewhere), (0, 0, 500));
    drop(Control::new());
}

#[test]
fn scores() {
    let prelude = events(PRELUDE).unwrap();
    assert_eq!(prelude.len(), 2 * 4 * 16);
    assert_eq!(prelude[0], down(0, 60));
    assert!(prelude.iter().any(|event| *event == up(7_500 * 8, 60)));
    for (bar, why) in [
        ("C4 E4 G4 C5", "bar 1: 4 notes in place of 5"),
        ("C4 E4 G4 C5 H5", "bar 1: `H5` is no note"),
        ("C4 E4 G4 C5 C9", "bar 1: `C9` is no note"),
        ("C4 E4 G4 C5 C", "bar 1: `C` is no note"),
        ("C4 E4 G4 C5 E5\n", ""),
        ("C4 E4 G4 C5 F#3\n\n", "bar 2: `` is no note"),
    ] {
        assert_eq!(events(bar).map_or_else(|bad| bad.to_string(), |_| String::new()), why, "{bar}");
    }
}

#[test]
fn wav_files() {
    let file = wav::wav(&[0.0, 0.5, -0.5, 2.0, -2.0]).unwrap();
    assert_eq!(file.len(), 44 + 10);
    assert_eq!(file[4..8], 46_u32.to_le_bytes());
    assert_eq!(file[24..28], 48_000_u32.to_le_bytes());
    assert_eq!(file[40..44], 10_u32.to_le_bytes());
    let samples: Vec<_> = file[44..].chunks(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    assert_eq!(samples, [0, 16_383, -16_383, i16::MAX, i16::MIN]);
    assert_eq!(wav::hash(b"a"), 0xaf63_dc4c_8601_ec8c);
}

#[test]
fn arguments() {
    let answer = |arguments: &[&str]| {
        let mut out = Vec::new();
        let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
        run(&arguments, &mut out).map(|()| String::from_utf8(out).unwrap())
    };
    assert!(answer(&["-x"]).unwrap_err().starts_with("usage: "));
    assert!(answer(&["a", "b"]).unwrap_err().starts_with("usage: "));
    assert!(answer(&["/nowhere/a.wav"]).unwrap_err().starts_with("cannot write /nowhere/a.wav: "));
}
