//! A profile of elements that have no size must not compile.

static LENGTHS: alloc_kit::SizeProfile<str> = alloc_kit::SizeProfile::new(); //~ E0277 fix: static LENGTHS: alloc_kit::SizeProfile<u8> = alloc_kit::SizeProfile::new();

fn main() {
    LENGTHS.record(1);
}
