//! Records of a log, with a `Clone` that is derived, written by hand, and derived by alloc-kit.

use alloc_kit::{CloneFrom, Reuse};

use crate::harness::Inputs;

/// How many records are a batch: one operation.
pub(crate) const BATCH: usize = 64;

/// What all of them are.
pub(crate) trait Record: Clone {
    fn new(host: &str, path: &str, client: &str, numbers: &[u32]) -> Self;
    /// Something of it.
    fn look(&self) -> u64;
}

macro_rules! record {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        #[derive(Debug)]
        pub(crate) struct $name {
            pub(crate) host: String,
            pub(crate) path: String,
            pub(crate) client: String,
            pub(crate) numbers: Vec<u32>,
        }

        impl Record for $name {
            fn new(host: &str, path: &str, client: &str, numbers: &[u32]) -> Self {
                let [host, path, client] = [host, path, client].map(str::to_owned);
                Self { host, path, client, numbers: numbers.to_vec() }
            }

            #[inline]
            fn look(&self) -> u64 {
                look(&self.host, &self.path, &self.client, &self.numbers)
            }
        }
    };
}

record! {
    /// `clone_from` of what std derives is a `clone`.
    #[derive(Clone)]
    Plain
}
record!(ByHand);
record! {
    /// What is kept of it is counted in bytes.
    #[derive(CloneFrom, Reuse)]
    Derived
}

impl Clone for ByHand {
    fn clone(&self) -> Self {
        Self {
            host: self.host.clone(),
            path: self.path.clone(),
            client: self.client.clone(),
            numbers: self.numbers.clone(),
        }
    }

    fn clone_from(&mut self, source: &Self) {
        self.host.clone_from(&source.host);
        self.path.clone_from(&source.path);
        self.client.clone_from(&source.client);
        self.numbers.clone_from(&source.numbers);
    }
}

/// Something of a record, wherever it lives.
#[inline]
pub(crate) fn look(host: &str, path: &str, client: &str, numbers: &[u32]) -> u64 {
    (host.len() ^ path.len() << 8 ^ client.len() << 16) as u64
        ^ numbers.iter().copied().map(u64::from).sum::<u64>()
}

/// Something of all records of a batch.
#[inline(never)]
pub(crate) fn of_records<R: Record>(records: &[R]) -> u64 {
    records.iter().fold(0, |sum, record| sum ^ record.look())
}

/// Batches of records, as many as the lines give.
pub(crate) fn batches<R: Record>(inputs: &Inputs) -> Vec<Vec<R>> {
    inputs.lines.chunks(BATCH).map(|lines| lines.iter().map(|line| parse(line)).collect()).collect()
}

fn parse<R: Record>(line: &str) -> R {
    let fields: Vec<&str> = line.split(',').collect();
    let [_time, host, path, status, bytes, millis, client] = fields[..] else {
        panic!("seven fields: {line}")
    };
    R::new(host, path, client, &[status, bytes, millis].map(|number| number.parse().expect("a number")))
}

/// The batch whose turn it is.
#[inline]
pub(crate) fn turn<R>(batches: &[Vec<R>], number: u64) -> &[R] {
    &batches[usize::try_from(number).expect("fits in memory") % batches.len()]
}
