//! The job as most people write it: each row becomes a struct of its own, whose texts are `String`s. Two allocations a row.

use crate::table::{Table, check_header};
use csv::Reader;
use serde::Deserialize;
use std::io::Read;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Place {
    country: String,
    accent_city: String,
    population: Option<u64>,
}

/// Reads a table.
pub(crate) fn totals(input: impl Read) -> Result<Table, String> {
    let mut reader = Reader::from_reader(input);
    check_header(reader.headers().map_err(|error| error.to_string())?)?;
    let mut table = Table::default();
    for row in reader.deserialize() {
        match row {
            Ok(Place { country, accent_city, population }) => {
                table.countries.entry(country).or_default().add(&accent_city, population);
            }
            Err(error) => table.rejected.add(error).map_err(|error| error.to_string())?,
        }
    }
    Ok(table)
}
