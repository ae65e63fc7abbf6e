//! What a shell and `man` are told of the command line: printed to standard output, for who installs it.

use clap::{Args, CommandFactory};
use clap_complete::Shell as Kind;

use crate::cli::Cargo;
use crate::exit::{Done, Exit, Failure};
use crate::shell::Shell;

/// The shell.
#[derive(Args, Debug)]
#[command(after_help = PLACES)]
pub(crate) struct Completions {
    /// For this shell
    shell: Kind,
}

const PLACES: &str = "\
They complete `cargo-alloc-kit test ..`; those of zsh and fish also complete `cargo alloc-kit test ..`.

Examples:
  cargo alloc-kit completions bash > ~/.local/share/bash-completion/completions/cargo-alloc-kit
  cargo alloc-kit completions zsh > ~/.zfunc/_cargo-alloc-kit
  cargo alloc-kit completions fish > ~/.config/fish/completions/cargo-alloc-kit.fish";

/// fish has no way from a command of cargo's to its completions but to ask anew.
const FISH: &str = "
complete -c cargo -n '__fish_seen_subcommand_from alloc-kit' -xa \
'(complete -C (string replace -r \"^\\s*cargo\\s+(\\\\+\\S+\\s+)?alloc-kit\" cargo-alloc-kit -- (commandline -cp)))'
";

pub(crate) fn completions(options: &Completions, shell: &mut Shell) -> Done {
    let mut text = Vec::new();
    clap_complete::generate(options.shell, &mut command(), NAME, &mut text);
    shell.result(String::from_utf8_lossy(&text));
    if options.shell == Kind::Fish {
        shell.result(FISH);
    }
    Ok(Exit::Held)
}

/// The page, with all subcommands.
pub(crate) fn man(shell: &mut Shell) -> Done {
    let mut text = Vec::new();
    let mut command = command();
    command.build();
    let mut render = |command: clap::Command| clap_mangen::Man::new(command).render(&mut text);
    let failed = |error| Failure::unusable(format!("cannot write the page: {error}"));
    render(command).map_err(failed)?;
    shell.result(String::from_utf8_lossy(&text));
    Ok(Exit::Held)
}

const NAME: &str = "cargo-alloc-kit";

/// As the program itself is called, without cargo.
fn command() -> clap::Command {
    let cargo = Cargo::command();
    let command = cargo.find_subcommand("alloc-kit").cloned().unwrap_or(cargo);
    command.name(NAME).bin_name(NAME).display_name(NAME)
}
