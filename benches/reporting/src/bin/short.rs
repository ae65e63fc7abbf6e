//! As one test in a process of its own: 500 budgets are linked in, and one of them is called ten times.

use std::hint::black_box;

macro_rules! hundred {
    ($($module:ident)*) => {$(
        mod $module {
            ten!(a b c d e f g h i j);
        }
    )*};
}

macro_rules! ten {
    ($($module:ident)*) => {$(
        pub(crate) mod $module {
            budgets!(a b c d e f g h i j);
        }
    )*};
}

macro_rules! budgets {
    ($($name:ident)*) => {$(
        #[alloc_kit::alloc_budget(1, bytes = 4_096)]
        #[allow(dead_code, reason = "one is called")]
        pub(crate) fn $name(bytes: usize) -> Vec<u8> {
            Vec::with_capacity(bytes)
        }
    )*};
}

hundred!(a b c d e);

fn main() {
    for bytes in 1..=10 {
        black_box(a::a::a(black_box(bytes)));
    }
}
