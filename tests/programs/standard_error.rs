//! Standard error of this process, sent to a file where it can be read: what is said of a budget that a panic left, and
//! in the mode that only warns, of one that is broken. On Unix alone; elsewhere nothing is said to be seen.

use super::seen::lines_of;

/// Until it is dropped, standard error goes to a file.
pub(crate) struct StandardError {
    #[cfg(unix)]
    file: std::fs::File,
    #[cfg(unix)]
    before: std::ffi::c_int,
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, File};
    use std::io::{Read, Seek};
    use std::os::fd::AsRawFd;

    use super::StandardError;

    unsafe extern "C" {
        /// C's, as is.
        safe fn dup(file: std::ffi::c_int) -> std::ffi::c_int;
        /// C's, as is.
        safe fn dup2(file: std::ffi::c_int, to: std::ffi::c_int) -> std::ffi::c_int;
    }

    /// On every Unix.
    const STANDARD_ERROR: std::ffi::c_int = 2;

    impl StandardError {
        #[expect(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
        pub(crate) fn to_a_file() -> Option<Self> {
            let path = std::env::temp_dir().join(format!("programs-{}", std::process::id()));
            let mut options = File::options();
            let file = options.read(true).append(true).create_new(true).open(&path).expect("a new file");
            fs::remove_file(path).expect("it is open, and needs no name");
            let before = dup(STANDARD_ERROR);
            assert!(before >= 0 && dup2(file.as_raw_fd(), STANDARD_ERROR) >= 0, "standard error is there");
            Some(Self { file, before })
        }

        /// What was said since the last time.
        pub(super) fn text(&mut self) -> String {
            let mut text = String::new();
            if self.file.metadata().expect("a file").len() > 0 {
                self.file.rewind().expect("a file");
                self.file.read_to_string(&mut text).expect("text");
                self.file.set_len(0).expect("a file");
            }
            text
        }
    }

    impl Drop for StandardError {
        fn drop(&mut self) {
            dup2(self.before, STANDARD_ERROR);
        }
    }
}

impl StandardError {
    #[cfg(not(unix))]
    pub(crate) fn to_a_file() -> Option<Self> {
        eprintln!("not tested: what programs say on standard error, which is looked at on Unix");
        None
    }

    /// What was said since the last time, as the model has it.
    pub(crate) fn take(&mut self) -> Vec<String> {
        #[cfg(unix)]
        let text = self.text();
        #[cfg(not(unix))]
        let text = String::new();
        let is_start = |line: &str| line.starts_with("alloc-kit: ");
        let lines = text.lines().filter(|line| is_start(line) || lines_of(&format!("\n{line}")).count() > 1);
        lines
            .map(|line| {
                if is_start(line) { line } else { &line[line.find("it also").unwrap_or(0)..] }.to_owned()
            })
            .collect()
    }
}
