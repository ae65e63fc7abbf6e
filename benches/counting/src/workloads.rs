//! The five workloads. One operation of each leaves the heap as it found it.
//!
//! Compiled into this library and not into the programs, so that all allocators are called from the same code.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::hint::black_box;

/// What to do with the allocator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    /// A `Box` of 64 bytes is made and dropped.
    Pair,
    /// A `Vec<u64>` is pushed to 1,000.
    Push,
    /// 10,000 log lines: to strings, grouped in a map, sorted, formatted.
    Lines,
    /// [`Workload::Pair`] on two threads at once.
    Threads,
    /// A JSON document of about 1 MB is parsed to a `serde_json::Value`.
    Json,
}

impl Workload {
    /// The workload the driver calls `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "w1" => Self::Pair,
            "w2" => Self::Push,
            "w3" => Self::Lines,
            "w4" => Self::Threads,
            "w5" => Self::Json,
            _ => return None,
        })
    }

    /// Does `operations` of it on this thread.
    pub fn run(self, inputs: &Inputs, operations: u64) {
        match self {
            Self::Pair | Self::Threads => pairs(operations),
            Self::Push => (0..operations).for_each(|_| push()),
            Self::Lines => (0..operations).for_each(|_| lines(&inputs.log)),
            Self::Json => (0..operations).for_each(|_| json(&inputs.document)),
        }
    }
}

/// What the workloads read, made before anything is counted.
#[derive(Debug, Default)]
pub struct Inputs {
    log: String,
    document: String,
}

impl Inputs {
    /// What `workload` needs; the same in every process.
    #[must_use]
    pub fn of(workload: Workload) -> Self {
        let mut random = Random(0x5eed);
        match workload {
            Workload::Lines => Self { log: log_text(&mut random), ..Self::default() },
            Workload::Json => Self { document: json_text(&mut random), ..Self::default() },
            Workload::Pair | Workload::Push | Workload::Threads => Self::default(),
        }
    }
}

#[inline(never)]
fn pairs(operations: u64) {
    // A value that the compiler does not know: a known zero would make the allocation an `alloc_zeroed`.
    let value = black_box(7_u64);
    for _ in 0..operations {
        black_box(Box::new([value; 8]));
    }
}

#[inline(never)]
fn push() {
    let mut numbers = Vec::new();
    for number in 0..black_box(1_000_u64) {
        numbers.push(number);
    }
    black_box(numbers);
}

#[inline(never)]
fn lines(log: &str) {
    let mut lines: Vec<String> = log.lines().map(str::to_owned).collect();
    let mut by_module: HashMap<String, Vec<&str>, BuildHasherDefault<DefaultHasher>> = HashMap::default();
    for line in &lines {
        let mut words = line.split(' ');
        let (level, module) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        by_module.entry(format!("{module}/{level}")).or_default().push(line);
    }
    let mut report: Vec<String> = by_module
        .iter()
        .map(|(module, lines)| {
            let bytes: usize = lines.iter().map(|line| line.len()).sum();
            format!("{module}: {} lines, {bytes} bytes", lines.len())
        })
        .collect();
    report.sort();
    drop(by_module);
    lines.sort();
    black_box((lines, report));
}

#[inline(never)]
fn json(document: &str) {
    let value: serde_json::Value = serde_json::from_str(document).expect("the document is valid");
    black_box(value);
}

fn log_text(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..10_000 {
        let level = ["DEBUG", "ERROR", "INFO", "WARN"][random.below(4)];
        let (module, request, micros) = (random.below(200), random.below(1 << 24), random.below(100_000));
        writeln!(text, "{level} module{module:03} request {request:06x} took {micros} us")
            .expect("a string can be written to");
    }
    text
}

fn json_text(random: &mut Random) -> String {
    let mut text = String::from("[");
    while text.len() < 1_000_000 {
        if text.len() > 1 {
            text.push(',');
        }
        let (id, price, stock) = (random.below(1 << 30), random.below(100_000), random.below(500));
        write!(
            text,
            r#"{{"id":{id},"name":"item {id:x}","price":{}.{:02},"stock":{stock},"tags":["t{}","t{}"],"size":{{"w":{},"h":{}}},"gone":null,"sold":{}}}"#,
            price / 100, price % 100,
            random.below(40), random.below(40), random.below(90), random.below(90), stock == 0,
        )
        .expect("a string can be written to");
    }
    text.push(']');
    text
}

/// `SplitMix64`: the same numbers everywhere, from a few lines.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("below a usize")
    }
}
