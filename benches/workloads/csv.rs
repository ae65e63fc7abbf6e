//! W2: the rows of a table are read, and those of one region are counted, with the people in them.
//!
//! The crate's own better way, one row that is read into, takes most of the gain. alloc-kit's is the parser below it,
//! `csv_core`, into a row that starts on the stack: longer rows move it to the heap, and nothing is copied twice. By
//! hand, what `csv_core` is for is left out: the table has no quotes, so that a row ends with its line, and a field at the next
//! comma.

use std::fmt::Write;

use alloc_kit::SmallVec;
use csv::{ByteRecord, Reader};
use csv_core::ReadRecordResult as Read;

use crate::inputs::{Random, kept};
use crate::workload::{Expect, Published, Side, Workload};

/// Which of a row's fields are looked at.
const COUNTRY: usize = 0;
const REGION: usize = 3;
const POPULATION: usize = 4;

/// W2.
pub const CSV: Workload = Workload {
    id: "w2",
    theme: "csv",
    title: "CSV rows of 7 fields, filtered",
    guide: &["`buf.clear()`"],
    input: "made up, seed 2: the columns, lengths and gaps of worldcitiespop.csv, the table of the csv crate's tutorial; \
            48 bytes a row, 1 % of them with a population",
    size: 10_000,
    unit: "rows",
    published: Some(Published { gain: 2.1, source: "the tutorial of csv" }),
    expect: Expect::Gain,
    sides,
};

/// Rows of the region, and the people in them.
type Found = (usize, u64);

fn sides(rows: usize) -> Vec<Side> {
    let table = table(rows);
    vec![
        Side::naive("`records()`", move || records(table)).allocates(30_012),
        Side::std("`read_byte_record` into one `ByteRecord`", move || byte_record(table)).allocates(12),
        Side::kit("`csv_core` into a row of `SmallVec`s", move || row_in_place(table)).allocates(0),
        Side::hand("`split(',')`, as nothing is quoted", move || split(table)),
    ]
}

fn records(table: &str) -> Found {
    let mut found = (0, 0);
    for row in Reader::from_reader(table.as_bytes()).records() {
        let row = row.expect("seven fields of valid UTF-8");
        if &row[COUNTRY] == "us" && &row[REGION] == "MA" {
            found.0 += 1;
            found.1 += row[POPULATION].parse().unwrap_or(0);
        }
    }
    found
}

fn byte_record(table: &str) -> Found {
    let (mut reader, mut row) = (Reader::from_reader(table.as_bytes()), ByteRecord::with_capacity(256, 8));
    let mut found = (0, 0);
    while reader.read_byte_record(&mut row).expect("seven fields") {
        if &row[COUNTRY] == b"us" && &row[REGION] == b"MA" {
            found.0 += 1;
            found.1 += number(&row[POPULATION]);
        }
    }
    found
}

fn row_in_place(table: &str) -> Found {
    let mut rows = Rows::new(table.as_bytes());
    let mut found = (0, 0);
    assert!(rows.next(), "a row of names");
    while rows.next() {
        if rows.field(COUNTRY) == b"us" && rows.field(REGION) == b"MA" {
            found.0 += 1;
            found.1 += number(rows.field(POPULATION));
        }
    }
    found
}

fn split(table: &str) -> Found {
    let mut found = (0, 0);
    for row in table.lines().skip(1) {
        let mut fields = row.split(',');
        let country = fields.next();
        if country == Some("us") && fields.nth(REGION - COUNTRY - 1) == Some("MA") {
            let population = fields.nth(POPULATION - REGION - 1).expect("seven fields");
            found.0 += 1;
            found.1 += population.parse().unwrap_or(0);
        }
    }
    found
}

fn number(field: &[u8]) -> u64 {
    str::from_utf8(field).ok().and_then(|field| field.parse().ok()).unwrap_or(0)
}

/// A table, read row by row into the same place, which is on the stack until a row is longer than it.
struct Rows<'t> {
    parser: csv_core::Reader,
    rest: &'t [u8],
    text: SmallVec<u8, 1024>,
    ends: SmallVec<usize, 16>,
    fields: usize,
}

impl<'t> Rows<'t> {
    fn new(table: &'t [u8]) -> Self {
        let (text, ends) = (SmallVec::from_elem(0, 1024), SmallVec::from_elem(0, 16));
        Self { parser: csv_core::Reader::new(), rest: table, text, ends, fields: 0 }
    }

    /// Reads another row, if there is one.
    fn next(&mut self) -> bool {
        let mut bytes = 0;
        self.fields = 0;
        loop {
            let (text, ends) = (&mut self.text[bytes..], &mut self.ends[self.fields..]);
            let (result, read, written, ended) = self.parser.read_record(self.rest, text, ends);
            self.rest = &self.rest[read..];
            bytes += written;
            self.fields += ended;
            match result {
                // The end of the table is what is read next.
                Read::InputEmpty => {}
                Read::OutputFull => self.text.resize(2 * bytes, 0),
                Read::OutputEndsFull => self.ends.resize(2 * self.fields, 0),
                Read::Record => return true,
                Read::End => return false,
            }
        }
    }

    fn field(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[..self.fields][index - 1] };
        &self.text[start..self.ends[..self.fields][index]]
    }
}

/// Cities of some countries; a name is one to three words of one to four syllables, once as it is and once with a capital.
fn table(rows: usize) -> &'static str {
    const COUNTRIES: [&str; 16] =
        ["us", "cn", "ir", "mx", "ru", "id", "pk", "de", "us", "fr", "pl", "af", "th", "in", "br", "gb"];
    const STATES: [&str; 8] = ["MA", "TX", "CA", "NY", "PA", "OH", "VA", "GA"];
    let mut random = Random(2);
    let mut table = String::from("Country,City,AccentCity,Region,Population,Latitude,Longitude\n");
    for _ in 0..rows {
        let country = *random.one_of(&COUNTRIES);
        let name = name(&mut random);
        let capital = name[..1].to_uppercase();
        _ = write!(table, "{country},{name},{capital}{},", &name[1..]);
        _ = if country == "us" {
            write!(table, "{},", random.one_of(&STATES))
        } else {
            write!(table, "{:02},", random.below(40))
        };
        if random.below(100) == 0 {
            _ = write!(table, "{}", 1_000 + random.below(500_000));
        }
        let (latitude, longitude) = (random.below(66), random.below(140));
        _ = writeln!(
            table,
            ",{latitude}.{},{longitude}.{}",
            random.below(10_000_000),
            random.below(10_000_000)
        );
    }
    kept(table)
}

fn name(random: &mut Random) -> String {
    const SYLLABLES: [&str; 16] = [
        "ka", "lo", "min", "ra", "ber", "no", "vi", "sta", "do", "chan", "ul", "te", "gor", "pe", "sha", "i",
    ];
    let mut name = String::new();
    for word in 0..=random.below(8) / 5 {
        if word > 0 {
            name.push(' ');
        }
        for _ in 0..2 + random.below(3) {
            name.push_str(SYLLABLES[random.below(SYLLABLES.len())]);
        }
    }
    name
}
