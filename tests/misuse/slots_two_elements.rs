//! An element that was added is let go before the next one is.

use alloc_kit::Slots;

fn main() {
    let mut slots = Slots::<String>::new();
    let first = slots.add();
    let second = slots.add(); //~ E0499 fix: first.push('1'); let first = &mut String::new(); let second = slots.add();
    first.push('1');
    second.push('2');
}
