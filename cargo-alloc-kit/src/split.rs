//! Which arguments of `cargo alloc-kit test` are for it, and which for `cargo test`.
//!
//! What is known here is taken, wherever it stands; all else goes to cargo in its order, and so does all that comes behind
//! `--`. Cargo itself says of what it does not know that it is wrong.

use std::collections::HashMap;
use std::ffi::OsString;

use clap::Command;

/// Arguments that are known here, and all others.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Split {
    pub(crate) known: Vec<OsString>,
    pub(crate) others: Vec<OsString>,
    /// Behind `--`.
    pub(crate) for_tests: Vec<OsString>,
}

/// Takes the arguments apart, by what `command` knows.
pub(crate) fn split(command: &Command, arguments: &[OsString]) -> Split {
    let mut takes_value = HashMap::new();
    for argument in command.get_arguments() {
        let takes = argument.get_action().takes_values();
        takes_value.extend(argument.get_long().map(|name| (format!("--{name}"), takes)));
        takes_value.extend(argument.get_short().map(|name| (format!("-{name}"), takes)));
    }
    let mut split = Split::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            split.for_tests.extend(rest.by_ref().cloned());
            break;
        }
        let text = argument.to_string_lossy();
        let name = text.split_once('=').map_or(&*text, |(name, _)| name);
        // `-pname` is `-p name`, and `-vv` is `-v` twice.
        let short = (text.len() > 2 && text.starts_with('-') && !text.starts_with("--"))
            .then(|| text.chars().take(2).collect::<String>());
        match takes_value.get(name) {
            Some(true) if !text.contains('=') => {
                split.known.push(argument.clone());
                split.known.extend(rest.next().cloned());
            }
            Some(_) => split.known.push(argument.clone()),
            None if short.is_some_and(|short| takes_value.contains_key(&short)) => {
                split.known.push(argument.clone());
            }
            None => split.others.push(argument.clone()),
        }
    }
    split
}
