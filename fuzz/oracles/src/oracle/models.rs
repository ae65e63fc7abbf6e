//! The helpers against the models of tests/, by operations that proptest's strategies make from an input. What is wrong with
//! memory is for the address sanitizer to say.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::{arena_model, pool_model, recycler_model, slots_model, text_model};

/// What a strategy makes of chance that begins with an input: libFuzzer keeps those that get somewhere new. Not byte by byte
/// (proptest's `PassThrough`): there rand tries again for ever for what it cannot take.
fn case<S: Strategy>(strategy: S, input: &[u8]) -> Option<S::Value> {
    let mut seed = [0; 32];
    for (at, byte) in input.iter().enumerate() {
        seed[at % 32] ^= byte;
    }
    let chance = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
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
