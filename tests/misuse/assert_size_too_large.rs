//! A type that is larger than `assert_size!` wants must not compile, and the error is at the type.

struct Event {
    words: [u64; 9],
}

alloc_kit::assert_size!(
    u8 == 1,
    Event <= 64, //~ E0080
);

fn main() {
    alloc_kit::assert_size!(Option<Event> < 80); //~ E0080
    let _ = Event { words: [0; 9] }.words;
}
