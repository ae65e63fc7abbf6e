//! What was asked for on the command line.

use super::Result;
use super::list::Mutant;

/// The options of this program.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Print the mutants, and run nothing.
    pub(crate) list: bool,
    /// Run all tests against each mutant.
    pub(crate) all: bool,
    /// Parts of the names of those that are wanted; all, if there are none.
    only: Vec<String>,
}

impl Options {
    pub(crate) fn from_args(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self::default();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--list" => options.list = true,
                "--all" => options.all = true,
                "--only" => {
                    let names = args.next().ok_or("`--only` needs a name")?;
                    options.only.extend(names.split(',').map(str::to_owned));
                }
                _ => return Err(format!("unknown option `{arg}`; accepted: --list, --all, --only NAME,..")),
            }
        }
        Ok(options)
    }

    /// Those that are wanted.
    pub(crate) fn choose(&self, mutants: &[Mutant]) -> Result<Vec<Mutant>> {
        if let Some(nothing) = self.only.iter().find(|part| !mutants.iter().any(|of| of.name.contains(*part)))
        {
            return Err(format!("no mutant's name has `{nothing}` in it; `--list` prints them"));
        }
        let is_wanted = |mutant: &&Mutant| {
            self.only.is_empty() || self.only.iter().any(|part| mutant.name.contains(part))
        };
        Ok(mutants.iter().filter(is_wanted).copied().collect())
    }
}
