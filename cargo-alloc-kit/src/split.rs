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
        if let Some(group) = argument.to_str().filter(|text| is_group(text)) {
            let (known, others, value_follows) = split_group(&takes_value, group);
            split.known.extend(known.map(OsString::from));
            split.others.extend(others.map(OsString::from));
            split.known.extend(rest.by_ref().take(usize::from(value_follows)).cloned());
            continue;
        }
        let text = argument.to_string_lossy();
        let name = text.split_once('=').map_or(&*text, |(name, _)| name);
        // A value of `-p` that is no text.
        let short = is_group(&text).then(|| text.chars().take(2).collect::<String>());
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

fn is_group(text: &str) -> bool {
    text.len() > 2 && text.starts_with('-') && !text.starts_with("--")
}

/// Takes short options in one word apart: `-vv` is `-v` twice, `-pname` is `-p name`, `-qp name` is `-q -p name`, and of `-qj4` the
/// last one is cargo's. Says what is known, what is not, and whether the next word is a value.
fn split_group(takes_value: &HashMap<String, bool>, group: &str) -> (Option<String>, Option<String>, bool) {
    let mut known = String::new();
    for (at, c) in group.char_indices().skip(1) {
        match takes_value.get(&format!("-{c}")) {
            Some(false) => known.push(c),
            Some(true) => {
                let value_follows = at + c.len_utf8() == group.len();
                return (Some(format!("-{known}{}", &group[at..])), None, value_follows);
            }
            // Whether it has a value only cargo knows, so what follows is its own, too.
            None => {
                let known = (!known.is_empty()).then(|| format!("-{known}"));
                return (known, Some(format!("-{}", &group[at..])), false);
            }
        }
    }
    (Some(format!("-{known}")), None, false)
}
