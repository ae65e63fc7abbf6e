//! What the workloads read: the same in every process.

/// How many lines and words there are, after which they come again.
pub(crate) const LINES: u64 = 256;

/// Words of which some are frequent and most are not.
const VOCABULARY: usize = 120;

/// Made before anything is measured.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// Of seven fields with commas between them: a time, a host, a path, three numbers and a client.
    pub(crate) lines: Vec<String>,
    pub(crate) words: Vec<String>,
}

impl Inputs {
    pub(crate) fn new() -> Self {
        let mut random = Random(0x5eed);
        let lines = (0..LINES).map(|_| line(&mut random)).collect();
        let words =
            (0..LINES).map(|_| word(random.below(VOCABULARY) * random.below(VOCABULARY) / VOCABULARY));
        Self { lines, words: words.collect() }
    }

    /// An operation for each line, where no meter is at hand.
    pub(crate) fn each_line(&self, operations: u64, mut operation: impl FnMut(&str) -> u64) -> u64 {
        super::meter::over(&self.lines, 0, operations, &mut operation)
    }
}

fn line(random: &mut Random) -> String {
    let path = ["/", "/static/app.js", "/api/v1/items?limit=50&after=1042", "/login", "/img/logo.svg"];
    let client = ["curl", "Mozilla/5.0", "okhttp/4.12", "python-requests/2.32.3"];
    let status = [200, 200, 200, 304, 404, 500][random.below(6)];
    format!(
        "2025-11-24T{:02}:{:02}:00Z,10.0.{}.{},{},{status},{},{},{}",
        random.below(24),
        random.below(60),
        random.below(256),
        random.below(256),
        path[random.below(path.len())],
        random.below(100_000),
        random.below(2_000),
        client[random.below(client.len())],
    )
}

fn word(number: usize) -> String {
    let syllables = ["al", "lo", "ca", "ti", "on", "ar", "en", "a", "re", "use"];
    format!("{}{}{}", syllables[number % 10], syllables[number / 10 % 10], syllables[number / 100])
}

/// `SplitMix64`: the same numbers everywhere, from a few lines.
#[derive(Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn order(&mut self, length: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..length).collect();
        for last in (1..length).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("below a usize")
    }
}
