//! A generic parameter of the function around must not be asked for its size: there is no one size.

fn parse<T>(_: T) {
    alloc_kit::assert_size!(T <= 64); //~ E0401
}

fn main() {
    parse(1);
}
