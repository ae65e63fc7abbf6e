//! How the tests were run that a shard is of: whether they were all of them, and whether they passed.

use std::ffi::OsString;

use serde::{Deserialize, Serialize};

use crate::split::Split;
use crate::test::Options;

/// How a run went. Of raw records it is not known.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct HowRun {
    /// Whether all tests of all members of the workspace were asked for: what they did not use is not used elsewhere, either.
    pub(crate) whole: bool,
    /// Whether the command of the tests succeeded: else some may not have come to their end.
    pub(crate) passed: bool,
    /// `cargo alloc-kit test` with what chooses the tests, word by word.
    pub(crate) command: Vec<String>,
}

/// How many words stand in front of the arguments.
pub(crate) const ARGUMENTS: usize = 3;

/// The command of a run, without what is only said of its result.
pub(crate) fn command(options: &Options, for_cargo: &Split) -> Vec<String> {
    let text = |argument: &OsString| argument.to_string_lossy().into_owned();
    let mut words: Vec<String> = ["cargo", "alloc-kit", "test"].map(str::to_owned).into();
    words.extend(options.nextest.then(|| "--nextest".to_owned()));
    words.extend(options.build.arguments().iter().map(text));
    words.extend(for_cargo.others.iter().map(text));
    if !for_cargo.for_tests.is_empty() {
        words.push("--".to_owned());
        words.extend(for_cargo.for_tests.iter().map(text));
    }
    words
}

/// The words of a command as a shell would take them, but for what it quotes.
pub(crate) fn shown<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let quoted = |word: S| {
        let word = word.as_ref();
        if word.is_empty() || word.contains(|c: char| c.is_whitespace() || "'\"$&|;<>()*?`\\".contains(c)) {
            format!("{word:?}")
        } else {
            word.to_owned()
        }
    };
    words.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
}
