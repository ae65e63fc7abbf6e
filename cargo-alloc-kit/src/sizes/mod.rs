//! `cargo alloc-kit sizes`: the largest types and futures, as the compiler lays them out, and those that are too large.

mod compiler;
mod own;
mod parse;
mod show;

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::Args;

pub(crate) use compiler::stands_in;

use crate::blocks::counted;
use crate::cli::{Build, Color, MessageFormat, Output};
use crate::command::Workspace;
use crate::exit::{Done, Exit, Failure};
use crate::shell::Shell;
use own::Crates;
use parse::Type;

/// The arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo alloc-kit sizes                         the largest types and futures of the package here
  cargo alloc-kit sizes --workspace --max 256   fail for one that is larger
  cargo alloc-kit sizes --all --top 50          with those of dependencies")]
pub(crate) struct Options {
    /// Fail if a type or future is larger than that [config: sizes-max]
    #[arg(long, value_name = "BYTES")]
    max: Option<u64>,
    /// How many types, and how many futures, to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,
    /// Types of dependencies and std, too, as far as they are used
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    build: Build,
}

#[cfg(test)]
impl Options {
    pub(crate) fn build(&self) -> &Build {
        &self.build
    }
}

/// A type, and the crate that has it.
#[derive(Debug)]
pub(crate) struct Sized {
    pub(crate) krate: String,
    pub(crate) of: Type,
}

/// The types of a build, the largest first.
#[derive(Debug)]
pub(crate) struct Sizes {
    pub(crate) types: Vec<Sized>,
    pub(crate) futures: Vec<Sized>,
    pub(crate) max: Option<u64>,
    pub(crate) top: usize,
}

impl Sizes {
    fn is_over(&self, of: &Type) -> bool {
        self.max.is_some_and(|max| of.bytes > max)
    }

    fn has_several_crates(&self) -> bool {
        let mut crates = self.types.iter().chain(&self.futures).map(|each| &each.krate);
        let first = crates.next();
        crates.any(|other| Some(other) != first)
    }

    /// How many are too large.
    fn over(&self) -> usize {
        self.types.iter().chain(&self.futures).filter(|each| self.is_over(&each.of)).count()
    }
}

pub(crate) fn run(options: &Options, output: &Output, shell: &mut Shell) -> Done {
    let workspace = Workspace::find(&options.build)?;
    let outputs = color(output);
    let printed = compiler::build(&options.build, &workspace, &outputs, shell)?;
    let crates = Crates::of(&options.build, &workspace)?;
    let mut all: BTreeMap<(String, String, u64), Sized> = BTreeMap::new();
    for printed in &printed {
        let types = parse::parse(&printed.text).map_err(Failure::unusable)?;
        let hidden = crates.hidden(printed);
        for mut of in types {
            let (krate, name) = match crates.owner(&of.name, &printed.krate, &hidden) {
                Some(owner) => owner,
                None if options.all => (String::new(), of.name.clone()),
                None => continue,
            };
            of.name.clone_from(&name);
            all.entry((krate.clone(), name, of.bytes)).or_insert(Sized { krate, of });
        }
    }
    let mut all: Vec<Sized> = all.into_values().collect();
    // By name where they are as large, as they come from the map.
    all.sort_by_key(|each| std::cmp::Reverse(each.of.bytes));
    let (futures, types) = all.into_iter().partition(|each| each.of.is_future());
    let max = options.max.or(workspace.config.sizes_max);
    let sizes = Sizes { types, futures, max, top: options.top };
    let over = sizes.over();
    let exit = if over > 0 { Exit::TooLarge } else { Exit::Held };
    match output.message_format {
        MessageFormat::Json => shell.result(show::json(&sizes, exit)),
        MessageFormat::Human => shell.result(show::text(&sizes, shell.width())),
    }
    if sizes.types.is_empty() && sizes.futures.is_empty() {
        shell.note("no types: of a generic one there is a size where it is used with types");
    }
    if let (Some(max), true) = (max, over > 0) {
        let what = if over == 1 { "1 is".to_owned() } else { format!("{over} are") };
        shell.error(format_args!("{what} larger than {}", counted(max, "byte")));
    }
    Ok(exit)
}

fn color(output: &Output) -> Vec<OsString> {
    let color = match output.color {
        Color::Auto => None,
        Color::Always => Some("--color=always"),
        Color::Never => Some("--color=never"),
    };
    let mut arguments: Vec<OsString> = color.map(Into::into).into_iter().collect();
    arguments.extend(output.quiet.then(|| "-q".into()));
    arguments
}
