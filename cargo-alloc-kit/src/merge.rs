//! `cargo alloc-kit merge`: the files of several runs or machines, put together.

use std::path::PathBuf;

use clap::Args;

use crate::exit::{Done, Exit};
use crate::run_file::RunFile;
use crate::shell::Shell;

/// The arguments.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// What `cargo alloc-kit test --out` wrote, or the records of test processes
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write what they are together
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(options: &Options, shell: &mut Shell) -> Done {
    let mut run = RunFile::default();
    // All are read before anything is written.
    for file in &options.files {
        run.merge(RunFile::read(file)?);
    }
    run.write(&options.out)?;
    let shards = run.shards.len();
    shell.status(
        "Merged",
        format_args!("{shards} shards of {} files into {}", options.files.len(), options.out.display()),
    );
    Ok(Exit::Held)
}
