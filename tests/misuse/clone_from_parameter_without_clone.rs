//! A generic type must not be cloned where its parameter can't be, as with std's derive.

struct Socket;

#[derive(alloc_kit::CloneFrom)]
struct Record<T>(Vec<T>);

fn main() {
    let mut record = Record(vec![Socket]);
    record.clone_from(&Record(vec![])); //~ E0599
    let _ = record.0;
}
