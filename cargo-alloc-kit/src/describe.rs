//! What a shell and `man` are told of the command line: printed to standard output, for who installs it.

use clap::{Args, CommandFactory};
use clap_complete::Shell as Kind;

use crate::cli::{AllocKit, Cargo};
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

#[expect(clippy::unnecessary_wraps, reason = "as all subcommands")]
pub(crate) fn completions(options: &Completions, shell: &mut Shell) -> Done {
    let mut text = Vec::new();
    // What is written for bash takes `-` in a program's name for two things, and finds none of its subcommands.
    let name = if options.shell == Kind::Bash { PLAIN } else { NAME };
    clap_complete::generate(options.shell, &mut command(name), name, &mut text);
    let text = String::from_utf8_lossy(&text).replace(&format!(" {PLAIN}\n"), &format!(" {NAME}\n"));
    shell.result(text);
    if options.shell == Kind::Fish {
        shell.result(FISH);
    }
    Ok(Exit::Held)
}

/// The page of what.
#[derive(Args, Debug)]
#[command(after_help = PAGES)]
pub(crate) struct Man {
    /// Of this subcommand, with what is below it (`audit scan`); else of all
    #[arg(value_name = "SUBCOMMAND")]
    subcommand: Vec<String>,
}

const PAGES: &str = "\
Examples:
  cargo alloc-kit man > ~/.local/share/man/man1/cargo-alloc-kit.1
  cargo alloc-kit man test | man -l -
  cargo alloc-kit man audit scan | man -l -";

pub(crate) fn man(options: &Man, shell: &mut Shell) -> Done {
    let mut of = command(NAME);
    of.build();
    let mut path = NAME.to_owned();
    for name in &options.subcommand {
        let names: Vec<&str> =
            of.get_subcommands().map(clap::Command::get_name).filter(|name| *name != "help").collect();
        let there_are = if names.is_empty() {
            format!("{path} has none")
        } else {
            format!("there are {}", names.join(", "))
        };
        of = of
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| Failure::unusable(format!("there is no subcommand `{name}`; {there_are}")))?;
        // The page is found by that name, as git's are.
        path = format!("{path}-{name}");
        of = of.display_name(path.clone());
    }
    let mut text = Vec::new();
    let rendered = clap_mangen::Man::new(of).render(&mut text);
    rendered.map_err(|error| Failure::unusable(format!("cannot write the page: {error}")))?;
    shell.result(String::from_utf8_lossy(&text));
    Ok(Exit::Held)
}

const NAME: &str = "cargo-alloc-kit";
const PLAIN: &str = "cargo_alloc_kit";

/// As the program itself is called, without cargo. Made anew: a command that was once below another keeps its names.
fn command(name: &'static str) -> clap::Command {
    let command = AllocKit::augment_args(clap::Command::new(name)).version(env!("CARGO_PKG_VERSION"));
    let cargo = Cargo::command();
    let Some(same) = cargo.find_subcommand("alloc-kit") else { return command };
    command
        .about(same.get_about().cloned().unwrap_or_default())
        .after_help(same.get_after_help().cloned().unwrap_or_default())
}
