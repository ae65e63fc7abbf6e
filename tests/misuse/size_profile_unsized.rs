//! A profile of elements that have no size must not compile.

static LENGTHS: alloc_kit::SizeProfile<str> = alloc_kit::SizeProfile::new(); //~ E0277

fn main() {
    LENGTHS.record(1);
}
