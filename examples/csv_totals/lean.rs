//! The same job under budgets: one record that is read into again and again, a struct that borrows from it, and a key that
//! is copied only where it is new. A row of a country that is known costs no allocation.

use crate::table::{Table, Totals, check_header};
use alloc_kit::{alloc_budget, upsert};
use csv::{Error, Reader, StringRecord};
use serde::Deserialize;
use std::io::Read;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Place<'a> {
    // Fields of the type `&str` borrow by themselves, in csv also quoted ones: it takes the quotes out in the record.
    pub(crate) country: &'a str,
    pub(crate) accent_city: &'a str,
    pub(crate) population: Option<u64>,
}

/// Reads a table.
pub(crate) fn totals(input: impl Read) -> Result<Table, String> {
    let mut reader = Reader::from_reader(input);
    let mut aggregation = Aggregation::of(&mut reader)?;
    aggregation.read(&mut reader).map_err(|error| error.to_string())?;
    Ok(aggregation.table)
}

/// What the rows come to so far, and the buffer for reading more of them.
#[derive(Debug)]
pub(crate) struct Aggregation {
    pub(crate) table: Table,
    header: StringRecord,
    row: StringRecord,
}

impl Aggregation {
    /// Nothing yet, of a table with the columns of this one.
    pub(crate) fn of(reader: &mut Reader<impl Read>) -> Result<Self, String> {
        let header = reader.headers().map_err(|error| error.to_string())?;
        check_header(header)?;
        // A copy, since the reader is lent out for each row.
        Ok(Self { table: Table::default(), header: header.clone(), row: StringRecord::new() })
    }

    /// Adds all rows that are left. Allocates for new countries, for a row longer than all before, and for rows that are
    /// rejected: an error of csv's is boxed.
    pub(crate) fn read(&mut self, reader: &mut Reader<impl Read>) -> Result<(), Error> {
        loop {
            match reader.read_record(&mut self.row) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => {
                    self.table.rejected.add(error)?;
                    continue;
                }
            }
            match self.row.deserialize(Some(&self.header)) {
                Ok(place) => record(&mut self.table, &place),
                Err(error) => self.table.rejected.add(error)?,
            }
        }
    }
}

/// Counts a place.
#[alloc_budget(needed(table, place))]
pub(crate) fn record(table: &mut Table, place: &Place<'_>) {
    upsert(&mut table.countries, place.country, Totals::default, |totals| {
        totals.add(place.accent_city, place.population);
    });
}

/// The budget of a place: nothing where its country is known, but for the name of one that is larger than all before there.
/// For a new country the key, the name, and the map may grow.
pub(crate) fn needed(table: &Table, place: &Place<'_>) -> u64 {
    let Some(totals) = table.countries.get(place.country) else { return 3 };
    let is_longer = place.accent_city.len() > totals.largest_place.capacity();
    u64::from(is_longer && place.population > totals.largest)
}
