//! W2: the rows of a table are read, and those of one region are counted, and their cities looked at.
//!
//! The crate's own better way, one row that is read into, takes much of the gain. alloc-kit's splits a row where it is,
//! into a list that is recycled, and gives what has a quote in it to `csv_core`, the parser below that crate. By hand, there
//! is no list, and no quotes: the table has none.

use std::fmt::Write;

use alloc_kit::Recycler;
use csv::{ByteRecord, Reader};
use csv_core::ReadRecordResult as Read;
use memchr::memchr2;

use crate::inputs::{Random, kept};
use crate::look::{look, then};
use crate::workload::{Expect, Published, Side, Workload};

/// Which of a row's fields are looked at.
const COUNTRY: usize = 0;
const CITY: usize = 2;
const REGION: usize = 3;
/// How many it has.
const FIELDS: usize = 7;

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

/// Rows of the region, and what a look at their cities gives.
type Found = (usize, u64);

fn sides(rows: usize) -> Vec<Side> {
    let table = table(rows);
    vec![
        Side::naive("`records()`", move || records(table)).allocates(30_017),
        Side::std("`read_byte_record` into one `ByteRecord`", move || byte_record(table)).allocates(12),
        Side::kit("split where it is, `Recycler`; `csv_core` for quotes", move || in_place(table))
            .allocates(2),
        Side::hand("`split(',')`, as nothing is quoted", move || split(table)).allocates(0),
    ]
}

fn records(table: &str) -> Found {
    let mut found = (0, 0);
    for row in Reader::from_reader(table.as_bytes()).records() {
        let row = row.expect("seven fields of valid UTF-8");
        if &row[COUNTRY] == "us" && &row[REGION] == "MA" {
            add(&mut found, row[CITY].as_bytes());
        }
    }
    found
}

fn byte_record(table: &str) -> Found {
    let (mut reader, mut row) = (Reader::from_reader(table.as_bytes()), ByteRecord::with_capacity(256, 8));
    let mut found = (0, 0);
    while reader.read_byte_record(&mut row).expect("seven fields") {
        if &row[COUNTRY] == b"us" && &row[REGION] == b"MA" {
            add(&mut found, &row[CITY]);
        }
    }
    found
}

fn in_place(table: &str) -> Found {
    let (mut rows, mut fields) = (Rows::new(table.as_bytes()), Recycler::new());
    assert!(rows.next(&mut fields.lease()), "a row of names");
    let mut found = (0, 0);
    loop {
        let mut row = fields.lease();
        if !rows.next(&mut row) {
            return found;
        }
        // As `csv` does.
        assert_eq!(row.len(), FIELDS, "as many fields as there are names");
        if row[COUNTRY] == b"us" && row[REGION] == b"MA" {
            add(&mut found, row[CITY]);
        }
    }
}

fn split(table: &str) -> Found {
    let mut found = (0, 0);
    for row in table.lines().skip(1) {
        let mut fields = row.split(',');
        if fields.next() == Some("us") {
            let city = fields.nth(CITY - COUNTRY - 1).expect("seven fields");
            if fields.nth(REGION - CITY - 1) == Some("MA") {
                add(&mut found, city.as_bytes());
            }
        }
    }
    found
}

fn add(found: &mut Found, city: &[u8]) {
    found.0 += 1;
    found.1 = then(found.1, look(city));
}

/// Reads a table row by row.
struct Rows<'t> {
    rest: &'t [u8],
    quoted: Option<Quoted>,
}

/// Where a row goes that has quotes in it, which are taken out.
struct Quoted {
    parser: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl<'t> Rows<'t> {
    fn new(table: &'t [u8]) -> Self {
        Self { rest: table, quoted: None }
    }

    /// Adds the fields of the next row, if there is one.
    #[inline]
    fn next<'r>(&'r mut self, row: &mut Vec<&'r [u8]>) -> bool {
        loop {
            // A line without a quote is a row.
            let (line, rest) = match memchr2(b'\n', b'"', self.rest) {
                Some(at) if self.rest[at] == b'"' => {
                    return self.quoted.get_or_insert_with(Quoted::new).next(&mut self.rest, row);
                }
                Some(at) => (&self.rest[..at], &self.rest[at + 1..]),
                None if self.rest.is_empty() => return false,
                None => (self.rest, &[][..]),
            };
            self.rest = rest;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.is_empty() {
                row.extend(line.split(|&byte| byte == b','));
                return true;
            }
        }
    }
}

impl Quoted {
    fn new() -> Self {
        Self { parser: csv_core::Reader::new(), text: vec![0; 1024], ends: vec![0; 16] }
    }

    #[cold]
    fn next<'r>(&'r mut self, rest: &mut &[u8], row: &mut Vec<&'r [u8]>) -> bool {
        let (mut bytes, mut fields) = (0, 0);
        self.parser.reset();
        loop {
            let (text, ends) = (&mut self.text[bytes..], &mut self.ends[fields..]);
            let (result, read, written, ended) = self.parser.read_record(rest, text, ends);
            *rest = &rest[read..];
            bytes += written;
            fields += ended;
            match result {
                // An empty rest is how it is told of the end, next.
                Read::InputEmpty => {}
                Read::OutputFull => self.text.resize(2 * bytes, 0),
                Read::OutputEndsFull => self.ends.resize(2 * fields, 0),
                Read::Record => break,
                Read::End => return false,
            }
        }
        let starts = [0].into_iter().chain(self.ends[..fields].iter().copied());
        row.extend(starts.zip(&self.ends[..fields]).map(|(start, &end)| &self.text[start..end]));
        true
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
fn rows_with_quotes_and_without() {
    let (long, many) = ("x".repeat(5_000), vec!["\"y\""; 40].join(","));
    let table = format!("a,b\r\n\nc,\"{long}\"\"\n\",d\n{many}\n,\"\",\n\"e\"\r\nlast,");
    let expected: Vec<Vec<String>> = {
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true);
        let rows = reader.from_reader(table.as_bytes()).into_records();
        rows.map(|row| row.expect("UTF-8").iter().map(str::to_owned).collect()).collect()
    };
    assert_eq!(expected.len(), 6);

    let mut rows = Rows::new(table.as_bytes());
    for expected in expected {
        let mut row = Vec::new();
        assert!(rows.next(&mut row));
        assert_eq!(row, expected.iter().map(String::as_bytes).collect::<Vec<_>>());
    }
    assert!(!rows.next(&mut Vec::new()));
}
