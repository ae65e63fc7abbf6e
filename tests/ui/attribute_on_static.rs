#[alloc_kit::no_alloc]
static SIZE: usize = 1;

fn main() {}
