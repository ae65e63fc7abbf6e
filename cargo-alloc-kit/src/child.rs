//! The tests while they run: what they say is passed on, signals reach them, and a status line says what is known so far.
//!
//! On a terminal of Unix they write to a pseudoterminal, so that they see one as well, and the status line is drawn and taken away
//! between what they write: never inside of a line of theirs. Elsewhere they write to standard error by themselves.

use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use crate::progress::Progress;
use crate::shell::Shell;
#[cfg(unix)]
use crate::terminal::Screen;

/// How long nothing is written before the status line is drawn.
const PAUSE: Duration = Duration::from_millis(100);

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// The signal that asked for it.
    pub(crate) interrupted: Option<u8>,
}

/// What is waited for.
pub(crate) enum Event {
    Ended(io::Result<ExitStatus>),
    #[cfg_attr(windows, expect(dead_code, reason = "there are none"))]
    Signal(i32),
    #[cfg_attr(windows, expect(dead_code, reason = "there are no pseudoterminals"))]
    Output(Vec<u8>),
}

/// Where what the tests write can be held back.
#[cfg(not(unix))]
struct Screen;

/// Runs a command whose test processes report to `records`.
pub(crate) fn run(mut command: Command, records: &Path, shell: &Shell) -> io::Result<Ended> {
    let (sender, events) = sync_channel(16);
    #[cfg(unix)]
    signals::forward(&sender)?;
    let screen = screen(&mut command, &sender, shell);
    if screen.is_none() {
        command.stdout(Stdio::from(io::stderr()));
    }
    let child = command.spawn()?;
    // It has the terminal's other end open, whose end is waited for.
    drop(command);
    let id = child.id();
    wait(child, sender);
    watch(&events, id, screen, &mut Progress::of(records))
}

/// Runs a command with standard input, output and error as they are.
pub(crate) fn run_as_is(mut command: Command) -> io::Result<Ended> {
    let (sender, events) = sync_channel(16);
    #[cfg(unix)]
    signals::forward(&sender)?;
    let child = command.spawn()?;
    let id = child.id();
    wait(child, sender);
    // Without a screen nothing is drawn, and nothing is read.
    watch(&events, id, None, &mut Progress::of(Path::new("")))
}

#[cfg(unix)]
fn screen(command: &mut Command, sender: &SyncSender<Event>, shell: &Shell) -> Option<Screen> {
    if shell.shows_progress() { Screen::of(command, sender.clone()).ok() } else { None }
}

#[cfg(not(unix))]
fn screen(_: &mut Command, _: &SyncSender<Event>, _: &Shell) -> Option<Screen> {
    None
}

fn wait(mut child: Child, sender: SyncSender<Event>) {
    thread::spawn(move || {
        // Nobody waits any more.
        let _ = sender.send(Event::Ended(child.wait()));
    });
}

#[cfg_attr(not(unix), expect(unused_variables, unused_mut, reason = "there is neither of both"))]
fn watch(
    events: &Receiver<Event>,
    id: u32,
    mut screen: Option<Screen>,
    progress: &mut Progress,
) -> io::Result<Ended> {
    let mut ended = None;
    let mut interrupted = None;
    loop {
        let event = if screen.is_some() {
            events.recv_timeout(PAUSE)
        } else {
            events.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        match event {
            Ok(Event::Ended(status)) => {
                ended = Some(status?);
                if screen.is_none() {
                    break;
                }
            }
            #[cfg(unix)]
            Ok(Event::Output(bytes)) => {
                if let Some(screen) = &mut screen {
                    screen.pass(&bytes);
                }
            }
            #[cfg(unix)]
            Ok(Event::Signal(signal)) => {
                interrupted = u8::try_from(signal).ok();
                if ended.is_none() {
                    signals::hand_on(signal, id);
                }
            }
            // Nothing is written any more, but what a process does that outlives the tests.
            Err(_) if ended.is_some() => break,
            Err(RecvTimeoutError::Disconnected) => break,
            #[cfg(unix)]
            Err(RecvTimeoutError::Timeout) => {
                if let Some(screen) = &mut screen {
                    screen.draw(progress.update());
                }
            }
            #[cfg(not(unix))]
            _ => {}
        }
    }
    #[cfg(unix)]
    if let Some(screen) = &mut screen {
        screen.clear();
    }
    let status = ended.ok_or_else(|| io::Error::other("it can't be waited for"))?;
    Ok(Ended { status, interrupted })
}

#[cfg(unix)]
mod signals {
    use std::io;
    use std::sync::mpsc::SyncSender;
    use std::thread;

    use rustix::process::{Pid, Signal, getpgrp, kill_process};
    use rustix::stdio;
    use rustix::termios::tcgetpgrp;
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    use super::Event;

    /// From now on these signals are events, and do not end this process: it has to clean up.
    pub(super) fn forward(sender: &SyncSender<Event>) -> io::Result<()> {
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let sender = sender.clone();
        thread::spawn(move || {
            for signal in signals.forever() {
                if sender.send(Event::Signal(signal)).is_err() {
                    return;
                }
            }
        });
        Ok(())
    }

    /// Hands a signal on, unless it is a Ctrl-C, which the terminal gives to all: nextest takes a second one for more haste.
    pub(super) fn hand_on(signal: i32, child: u32) {
        if signal == SIGINT && is_in_front() {
            return;
        }
        let signal = if signal == SIGINT { Signal::INT } else { Signal::TERM };
        if let Some(child) = i32::try_from(child).ok().and_then(Pid::from_raw) {
            // It has just ended.
            let _ = kill_process(child, signal);
        }
    }

    fn is_in_front() -> bool {
        let front = [tcgetpgrp(stdio::stdin()), tcgetpgrp(stdio::stderr())];
        front.into_iter().flatten().any(|group| group == getpgrp())
    }
}
