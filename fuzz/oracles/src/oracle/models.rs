//! The helpers against the models of tests/, by operations that proptest's strategies make of an input. What is wrong with
//! memory is for the address sanitizer to say.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::{arena_model, pool_model, recycler_model, slots_model, text_model};

/// What a strategy makes of an input, byte by byte, in place of chance.
fn case<S: Strategy>(strategy: S, input: &[u8]) -> Option<S::Value> {
    // Behind the input stands what rand takes for a number at once: for zeros, which would follow, it tries again for ever.
    let mut input = input.to_vec();
    input.resize(input.len() + (64 << 10), 0x55);
    let chance = TestRng::from_seed(RngAlgorithm::PassThrough, &input);
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, chance);
    strategy.new_tree(&mut runner).ok().map(|tree| tree.current())
}

macro_rules! models {
    ($($name:ident: $model:ident)*) => {$(
        pub(crate) fn $name(input: &[u8]) {
            if let Some(case) = case($model::case(), input) {
                $model::holds(&case);
            }
        }
    )*};
}
models! { arena: arena_model pool: pool_model recycler: recycler_model slots: slots_model text: text_model }
