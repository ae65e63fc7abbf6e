//! Functions with budgets, by tens and hundreds.

#![allow(unused_macros, reason = "a program takes tens or hundreds")]

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
