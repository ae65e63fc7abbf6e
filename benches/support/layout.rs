//! The build script of the programs: gives all of them another order of functions, so that code placement can be
//! averaged out.
//!
//! `BENCH_LAYOUT=n` shuffles the functions by the seed `n` at link time; without it, or with 0, the linker decides.
//! Only linkers that know `--shuffle-sections` can do so (lld, which `rustc` uses on x86-64 Linux).

use std::env;

fn main() {
    println!("cargo::rerun-if-env-changed=BENCH_LAYOUT");
    let seed = env::var("BENCH_LAYOUT").map_or(0, |seed| seed.parse::<u32>().expect("a number"));
    if seed != 0 {
        println!("cargo::rustc-link-arg-bins=-Wl,--shuffle-sections=.text*={seed}");
    }
}
