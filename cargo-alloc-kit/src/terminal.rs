//! A pseudoterminal for the tests to write to, and a status line below what they write.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;
use std::sync::mpsc::SyncSender;
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::stdio;
use rustix::termios::{
    OptionalActions, OutputModes, Winsize, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize,
};

use crate::child::Event;
use crate::table::shortened;

/// Back to the first column, and away with the line.
const CLEAR: &[u8] = b"\r\x1b[K";

/// The real terminal, on standard error.
pub(crate) struct Screen {
    controller: File,
    size: Winsize,
    /// Whether what was written last ended its line.
    at_start: bool,
    drawn: Option<String>,
}

impl Screen {
    /// Has the command write to a new terminal, and gets what it writes as events.
    pub(crate) fn of(command: &mut Command, sender: SyncSender<Event>) -> io::Result<Self> {
        let size = tcgetwinsize(stdio::stderr())?;
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&controller)?;
        unlockpt(&controller)?;
        let name = ptsname(&controller, Vec::new())?;
        let no_control = i32::try_from(OpenptFlags::NOCTTY.bits()).map_err(io::Error::other)?;
        let user = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(no_control)
            .open(std::ffi::OsStr::from_bytes(name.to_bytes()))?;
        let mut modes = tcgetattr(&user)?;
        // The real one does that.
        modes.output_modes.remove(OutputModes::OPOST);
        tcsetattr(&user, OptionalActions::Now, &modes)?;
        tcsetwinsize(&user, size)?;
        command.stdout(user.try_clone()?).stderr(user);
        let controller = File::from(controller);
        let mut reader = controller.try_clone()?;
        thread::spawn(move || {
            let mut buffer = vec![0; 0x4000];
            // Its end is an error on Linux.
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if sender.send(Event::Output(buffer[..read].to_owned())).is_err() {
                    return;
                }
            }
        });
        Ok(Self { controller, size, at_start: true, drawn: None })
    }

    /// What the tests write.
    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        self.clear();
        if let Some(last) = bytes.last() {
            self.at_start = *last == b'\n';
        }
        write(bytes);
    }

    /// Draws the status line, if a line is free for it.
    pub(crate) fn draw(&mut self, status: Option<&str>) {
        if let Ok(size) = tcgetwinsize(stdio::stderr())
            && size != self.size
        {
            self.size = size;
            let _ = tcsetwinsize(&self.controller, size);
        }
        let Some(status) = status.filter(|_| self.at_start) else { return };
        // One column less: in the last one some terminals go on to the next line.
        let status = shortened(status, usize::from(self.size.ws_col.max(1) - 1));
        if self.drawn.as_ref() != Some(&status) {
            self.clear();
            write(status.as_bytes());
            self.drawn = Some(status);
        }
    }

    /// Takes the status line away.
    pub(crate) fn clear(&mut self) {
        if self.drawn.take().is_some() {
            write(CLEAR);
        }
    }
}

fn write(bytes: &[u8]) {
    let mut stderr = io::stderr().lock();
    // Nobody to tell.
    let _ = stderr.write_all(bytes).and_then(|()| stderr.flush());
}
