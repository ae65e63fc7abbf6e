//! Every quick win against what it replaces: one table. (Being written.)
//!
//! Run with: `cargo bench -p alloc-kit-benches --bench wins`

fn main() {
    println!("{} workloads", alloc_kit_benches::ALL.len());
}
