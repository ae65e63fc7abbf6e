//! Plain `System`: what all others are compared with.

use std::alloc::System;

use counting_bench::Mode;

#[global_allocator]
static GLOBAL: System = System;

fn main() {
    counting_bench::main(&[Mode::idle()]);
}
