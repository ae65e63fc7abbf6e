//! What a fuzzer's input is made of, and what has to hold then: one function for each target of fuzz/, which the fuzzer calls
//! with inputs that it finds, and `tests/fuzz_corpus.rs` with those that were kept. A failure is a panic.
//!
//! The attributes' own code is included file by file, since a crate of macros exports nothing else; so are the reader of
//! baselines, which is private to its crate, and the models of tests/.

#![allow(clippy::duplicate_mod, reason = "each of the models has its own `cases`")]
#![allow(clippy::collapsible_if, reason = "the attributes are for a compiler without let chains, too")]

// What is included is linted where it is at home.
#[path = "../../../alloc-kit-macros/src/args.rs"]
#[allow(clippy::pedantic)]
mod args;
#[path = "../../../alloc-kit-macros/src/asserts.rs"]
mod asserts;
#[path = "../../../alloc-kit-macros/src/attribute.rs"]
mod attribute;
#[path = "../../../alloc-kit-macros/src/blocks.rs"]
mod blocks;
#[path = "../../../alloc-kit-macros/src/clone_from.rs"]
mod clone_from;
#[path = "../../../alloc-kit-macros/src/derives.rs"]
mod derives;
#[path = "../../../alloc-kit-macros/src/growth.rs"]
mod growth;
#[path = "../../../alloc-kit-macros/src/item.rs"]
mod item;
#[path = "../../../alloc-kit-macros/src/off.rs"]
mod off;
#[path = "../../../alloc-kit-macros/src/on.rs"]
mod on;
#[path = "../../../alloc-kit-macros/src/prove.rs"]
mod prove;
#[path = "../../../alloc-kit-macros/src/receiver.rs"]
mod receiver;
#[path = "../../../alloc-kit-macros/src/reject.rs"]
mod reject;
#[path = "../../../alloc-kit-macros/src/returns.rs"]
mod returns;
#[path = "../../../alloc-kit-macros/src/reuse.rs"]
mod reuse;
#[path = "../../../alloc-kit-macros/src/sizes.rs"]
mod sizes;
#[path = "../../../alloc-kit-macros/src/waits.rs"]
mod waits;
#[path = "../../../alloc-kit-macros/src/wrap.rs"]
mod wrap;

#[path = "../../../alloc-kit-bench/src/baseline.rs"]
#[allow(dead_code)]
mod baseline;
#[path = "../../../alloc-kit-bench/src/counts.rs"]
#[allow(dead_code, missing_docs, unreachable_pub)]
mod counts;
#[path = "../../../alloc-kit-bench/src/figures.rs"]
#[allow(dead_code)]
mod figures;
#[path = "../../../alloc-kit-bench/src/plan.rs"]
#[allow(dead_code)]
mod plan;

#[path = "../../../tests/arena_model.rs"]
#[allow(dead_code, unused_imports)]
mod arena_model;
#[path = "../../../tests/pool_model.rs"]
#[allow(dead_code, unused_imports)]
mod pool_model;
#[path = "../../../tests/recycler_model.rs"]
#[allow(dead_code, unused_imports)]
mod recycler_model;
#[path = "../../../tests/slots_model.rs"]
#[allow(dead_code, unused_imports)]
mod slots_model;
#[path = "../../../tests/text_model.rs"]
#[allow(dead_code, unused_imports)]
mod text_model;

mod oracle {
    //! What is asked of each.

    pub(crate) mod baselines;
    pub(crate) mod bytes;
    pub(crate) mod environment;
    pub(crate) mod expansion;
    pub(crate) mod items;
    pub(crate) mod macros;
    pub(crate) mod messages;
    pub(crate) mod models;
    pub(crate) mod report;
    pub(crate) mod small;
}

/// The name of a target, which its program in fuzz/targets has, and its folders in fuzz/corpus and fuzz/found; and what tries
/// an input.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub static TARGETS: [Target; 14] = [
    ("arena", oracle::models::arena),
    ("baselines", oracle::baselines::baselines),
    ("cap_hint", oracle::small::cap_hint),
    ("environment", oracle::environment::environment),
    ("macro_args", oracle::macros::args),
    ("macro_forms", oracle::macros::forms),
    ("macro_items", oracle::macros::items),
    ("messages", oracle::messages::messages),
    ("pool", oracle::models::pool),
    ("recycler", oracle::models::recycler),
    ("report", oracle::report::report),
    ("scratch", oracle::small::scratch),
    ("slots", oracle::models::slots),
    ("text", oracle::models::text),
];

/// Tries an input of a target, by its name.
///
/// # Panics
///
/// If it does not hold, or there is no such target.
pub fn run(target: &str, input: &[u8]) {
    let known = TARGETS.iter().find(|(name, _)| *name == target);
    let (_, try_input) = known.unwrap_or_else(|| panic!("no target is called {target}"));
    try_input(input);
}
