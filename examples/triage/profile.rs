//! A heap profile of each way, for `dh_view`. [profiling.md](../profiling.md) says how to read them.

use crate::compare::Log;
use crate::{Failure, say};
use alloc_kit::dhat;
use std::fs::File;
use std::io::{self, Write};

/// What to look for: the name that dhat and its guides use.
const OF_USUAL: &str = "dhat-heap.json";
/// What became of it.
const OF_LEAN: &str = "dhat-heap-lean.json";

/// Does the job once more each way, and writes a profile of it into the working folder.
pub(crate) fn write_both(log: Log<'_>, err: &mut impl Write) -> Result<(), Failure> {
    say(err, &format!("profiling the usual way into {OF_USUAL} ..."));
    write(OF_USUAL, || log.usual())?;
    say(err, &format!("profiling the lean way into {OF_LEAN} ..."));
    write(OF_LEAN, || log.lean())
}

/// What the job gives lives to the end of the profile: at its end dhat shows what was kept.
fn write<T>(file: &str, job: impl FnOnce() -> io::Result<T>) -> Result<(), Failure> {
    // dhat prints why it could not write the file, and goes on; it is better known before the work is done.
    File::create(file).map_err(|why| Failure::Profile(format!("cannot write {file}: {why}")))?;
    let profiler = dhat::Profiler::builder().file_name(file).build();
    let done = job();
    drop(profiler);
    match done {
        Ok(_) => Ok(()),
        Err(why) => Err(Failure::Profile(format!("cannot read the log again: {why}"))),
    }
}
