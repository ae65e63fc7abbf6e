//! An audio callback that neither allocates nor frees: a synthesiser of plucked strings with an echo, which plays ten seconds of Bach
//! in blocks of 128 frames at 48 kHz. The allocator may take a lock, or ask the system for memory, and a callback that is
//! late is heard as a click; `free` is no better, and hides in every drop.
//!
//! In the usual way (`audio/usual.rs`) the callback makes a `Vec` for each block, a `Box<Voice>` for each note, drops it when the note
//! is over, and formats what it logs. In the other (`audio/lean.rs`) it is under `#[no_alloc(deallocations = 0)]`: the control
//! thread makes the voices, and frees them when they come back. Both render the same samples.
//!
//! The budget sees the heap. Locks, system calls and what else may wait in a callback are for the real-time sanitizer, which finds
//! none in this one: on nightly `-Zsanitizer=realtime` with `#[sanitize(realtime = "nonblocking")]` on the callback, on stable the
//! crate rtsan-standalone. Budgets may stay where they are: one that holds does nothing that the sanitizer looks at.
//!
//! Run with `cargo run --release --example audio`, and a `[FILE.wav]` to hear it; `cargo test --example audio` holds the budget.
//! It prints:
//!
//! ```text
//! 10 s of music, a WAV file of 960044 bytes, its hash cbf44ac2ac0b258f
//! log of 125 lines, the last: 9.896 s  C5 is over
//!
//!  3750 callbacks              usual   lean
//! allocations                     4259      0
//! bytes allocated              1962536      0
//! frees                           3876      0
//! voices freed elsewhere             0     61
//! voices leaked, lines lost          0      0
//! time    of most callbacks, in ms: 0.002 0.001
//! time    that 99 of 100 are within, in ms: 0.005 0.004; a block lasts 2.667
//! ```
//!
//! The longest one would say how busy the machine is: it is another callback in each run, in both ways, whichever was interrupted.

#[path = "audio/control.rs"]
mod control;
#[path = "audio/lean.rs"]
mod lean;
#[path = "audio/log.rs"]
mod log;
#[path = "audio/render.rs"]
mod render;
#[path = "audio/score.rs"]
mod score;
#[cfg(test)]
#[path = "audio/tests.rs"]
mod tests;
#[path = "audio/usual.rs"]
mod usual;
#[path = "audio/voice.rs"]
mod voice;
#[path = "audio/wav.rs"]
mod wav;

use render::Rendered;
use score::{FRAMES_A_SECOND, PRELUDE};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// Frames in a block.
pub(crate) const BLOCK: usize = 128;
/// By when a callback has to be done, in milliseconds.
const BLOCK_MS: f64 = 128.0 / 48.0;
/// Ten seconds.
const BLOCKS: usize = 3_750;
/// Notes at a time; one more ends the oldest.
pub(crate) const MOST_VOICES: usize = 16;

const USAGE: &str = "usage: audio [FILE.wav]

Renders ten seconds of music in two ways, compares them, and says what their callbacks cost.";

fn main() -> ExitCode {
    match run(&env::args_os().skip(1).collect::<Vec<_>>(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(io::stderr(), "audio: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[OsString], out: &mut impl Write) -> Result<(), String> {
    let file = match arguments {
        [] => None,
        [file] if !file.as_encoded_bytes().starts_with(b"-") => Some(Path::new(file)),
        _ => return Err(USAGE.to_owned()),
    };
    let events = score::events(PRELUDE).map_err(|bad| bad.to_string())?;
    let (usual, lean) = (render::usual(&events, BLOCKS), render::lean(&events, BLOCKS));
    if (&usual.samples, &usual.log) != (&lean.samples, &lean.log) {
        return Err("the two ways do not sound the same".to_owned());
    }
    let music = wav::wav(&lean.samples).ok_or("that is too long for a WAV file")?;
    report(out, &music, &usual, &lean).map_err(|error| format!("cannot write the report: {error}"))?;
    if let Some(file) = file {
        fs::write(file, music).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    Ok(())
}

fn report(out: &mut impl Write, music: &[u8], usual: &Rendered, lean: &Rendered) -> io::Result<()> {
    let seconds = lean.samples.len() as u64 / FRAMES_A_SECOND;
    writeln!(
        out,
        "{seconds} s of music, a WAV file of {} bytes, its hash {:016x}",
        music.len(),
        wav::hash(music)
    )?;
    let last = lean.log.last().map_or("empty", String::as_str);
    writeln!(out, "log of {} lines, the last:{last}\n", lean.log.len())?;
    writeln!(out, "{:5} callbacks              usual   lean", lean.cost.callbacks())?;
    for (name, usual, lean) in [
        ("allocations", usual.cost.allocations, lean.cost.allocations),
        ("bytes allocated", usual.cost.bytes, lean.cost.bytes),
        ("frees", usual.cost.frees, lean.cost.frees),
        ("voices freed elsewhere", usual.freed_elsewhere, lean.freed_elsewhere),
        ("voices leaked, lines lost", usual.lost.into(), lean.lost.into()),
    ] {
        writeln!(out, "{name:26} {usual:>9} {lean:>6}")?;
    }
    let ([usual, usual_late], [lean, lean_late]) = (usual.cost.times(), lean.cost.times());
    writeln!(out, "time    of most callbacks, in ms: {usual:.3} {lean:.3}")?;
    writeln!(
        out,
        "time    that 99 of 100 are within, in ms: {usual_late:.3} {lean_late:.3}; a block lasts {BLOCK_MS:.3}"
    )?;
    out.flush()
}
