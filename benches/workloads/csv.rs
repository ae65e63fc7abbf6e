//! W2: the rows of a table are read, and those of one region are counted, with the people in them.
//!
//! The crate's own better way, one row that is read into, takes most of the gain. alloc-kit's is the parser below it,
//! `csv_core`, which can be kept from one table to the next, tables of its states and all, with a row that is in place until
//! one is longer. By hand, what `csv_core` is for is left out: the table has no quotes, so that a row ends with its line, and a field at the next
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
    let (table, mut rows) = (table(rows), Rows::new());
    vec![
        Side::naive("`records()`", move || records(table)).allocates(30_012),
        Side::std("`read_byte_record` into one `ByteRecord`", move || byte_record(table)).allocates(12),
        Side::kit("`csv_core`, kept, with a row of `SmallVec`s", move || row_in_place(table, &mut rows))
            .allocates(0),
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

fn row_in_place(table: &str, rows: &mut Rows) -> Found {
    let (mut rest, mut found) = (table.as_bytes(), (0, 0));
    rows.parser.reset();
    assert!(rows.next(&mut rest), "a row of names");
    while rows.next(&mut rest) {
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

/// Reads a table row by row into the same place: it is on the heap if there was a row that is longer.
struct Rows {
    parser: csv_core::Reader,
    text: SmallVec<u8, 1024>,
    ends: SmallVec<usize, 16>,
    fields: usize,
}

impl Rows {
    fn new() -> Self {
        let (text, ends) = (SmallVec::from_elem(0, 1024), SmallVec::from_elem(0, 16));
        Self { parser: csv_core::Reader::new(), text, ends, fields: 0 }
    }

    /// Reads another row of the rest, if there is one.
    #[inline]
    fn next(&mut self, rest: &mut &[u8]) -> bool {
        let mut bytes = 0;
        self.fields = 0;
        loop {
            let (text, ends) = (&mut self.text[bytes..], &mut self.ends[self.fields..]);
            let (result, read, written, ended) = self.parser.read_record(rest, text, ends);
            *rest = &rest[read..];
            bytes += written;
            self.fields += ended;
            match result {
                // An empty rest is how it is told of the end, next.
                Read::InputEmpty => {}
                Read::OutputFull => self.text.resize(2 * bytes, 0),
                Read::OutputEndsFull => self.ends.resize(2 * self.fields, 0),
                Read::Record => return true,
                Read::End => return false,
            }
        }
    }

    #[inline]
    fn field(&self, index: usize) -> &[u8] {
        let ends = &self.ends[..self.fields];
        let start = if index == 0 { 0 } else { ends[index - 1] };
        &self.text[start..ends[index]]
    }
}

/// Cities, one in twenty of them of the country that is looked for; 9 % have a letter beyond ASCII where they have capitals.
fn table(rows: usize) -> &'static str {
    const COUNTRIES: [&str; 20] = [
        "cn", "cn", "ru", "ru", "id", "us", "ir", "pk", "af", "tr", "mx", "de", "fr", "th", "pl", "ua", "ph",
        "ng", "kr", "br",
    ];
    const STATES: [&str; 8] = ["MA", "TX", "CA", "NY", "PA", "OH", "VA", "GA"];
    let mut random = Random(2);
    let mut table = String::from("Country,City,AccentCity,Region,Population,Latitude,Longitude\n");
    for _ in 0..rows {
        let country = *random.one_of(&COUNTRIES);
        let city = name(&mut random);
        let mut accents = city[..1].to_uppercase() + &city[1..];
        if random.below(100) < 12 {
            accents = accents.replacen('a', "á", 1);
        }
        let (state, region) = (*random.one_of(&STATES), random.below(40));
        _ = match country {
            "us" => write!(table, "{country},{city},{accents},{state},"),
            _ => write!(table, "{country},{city},{accents},{region:02},"),
        };
        if random.below(100) == 0 {
            _ = write!(table, "{}", 1_000 + random.below(500_000));
        }
        let (latitude, longitude) = (random.below(66), random.below(140));
        _ = writeln!(
            table,
            ",{latitude}.{},{longitude}.{}",
            random.below(1_000_000),
            random.below(1_000_000)
        );
    }
    kept(table)
}

fn name(random: &mut Random) -> String {
    const SYLLABLES: [&str; 16] = [
        "ka", "lo", "min", "ra", "ber", "no", "vi", "sta", "do", "chan", "ul", "te", "gor", "pe", "sha", "i",
    ];
    let mut name = String::new();
    for word in 0..=random.below(10) / 7 {
        if word > 0 {
            name.push(' ');
        }
        for _ in 0..2 + random.below(3) {
            name.push_str(SYLLABLES[random.below(SYLLABLES.len())]);
        }
    }
    name
}

#[test]
fn rows_longer_than_their_place() {
    let (long, many) = ("x".repeat(5_000), vec!["y"; 40].join(","));
    let table = format!("a,\"{long}\"\"\",b\n{many}");
    let (mut rows, mut rest) = (Rows::new(), table.as_bytes());
    assert!(rows.next(&mut rest));
    assert_eq!((rows.fields, rows.field(1).len(), rows.field(2)), (3, 5_001, &b"b"[..]));
    assert!(rows.next(&mut rest));
    assert_eq!((rows.fields, rows.field(39)), (40, &b"y"[..]));
    assert!(!rows.next(&mut rest));
}
