//! What both ways come to: the places of each country and their populations, and the rows that could not be read.

use crate::support::thousands;
use alloc_kit::alloc_budget;
use csv::{Error, ErrorKind, StringRecord};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;

/// The columns that are read. There may be others, and they may stand in any order.
const COLUMNS: [&str; 3] = ["Country", "AccentCity", "Population"];

/// As many rejected rows are shown.
const SHOWN: usize = 5;

/// The totals of a table, by country.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) countries: HashMap<String, Totals>,
    pub(crate) rejected: Rejected,
}

/// What is known of a country's places.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Totals {
    pub(crate) places: u64,
    /// Those whose population is known.
    pub(crate) known: u64,
    pub(crate) population: u64,
    pub(crate) largest: Option<u64>,
    pub(crate) largest_place: String,
}

impl Totals {
    /// Adds a place, in memory that is there: only a longer name of a larger place needs more.
    pub(crate) fn add(&mut self, place: &str, population: Option<u64>) {
        self.places += 1;
        let Some(population) = population else { return };
        self.known += 1;
        self.population = self.population.saturating_add(population);
        if Some(population) > self.largest {
            self.largest = Some(population);
            self.largest_place.clear();
            self.largest_place.push_str(place);
        }
    }

    fn mean(&self) -> u64 {
        self.population.checked_div(self.known).unwrap_or(0)
    }
}

/// The rows that were left out: how many, and why the first of them were.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Rejected {
    pub(crate) rows: u64,
    pub(crate) first: Vec<(u64, String)>,
}

impl Rejected {
    /// Takes a note of a row that could not be read; gives the error back where it is not the row's, but that of the reading.
    pub(crate) fn add(&mut self, error: Error) -> Result<(), Error> {
        let why = match error.kind() {
            ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("{len} fields where the header has {expected_len}")
            }
            ErrorKind::Utf8 { err, .. } => format!("field {} is not UTF-8", err.field() + 1),
            ErrorKind::Deserialize { err, .. } => match err.field() {
                Some(field) => format!("field {}: {}", field + 1, err.kind()),
                None => err.kind().to_string(),
            },
            _ => return Err(error),
        };
        self.rows += 1;
        if self.first.len() < SHOWN {
            self.first.push((error.position().map_or(0, csv::Position::line), why));
        }
        Ok(())
    }
}

/// The rows that were left out, for people.
impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows are left out:", thousands(self.rows))?;
        for (line, why) in &self.first {
            write!(f, "\n  line {line}: {why}")?;
        }
        let more = self.rows - self.first.len() as u64;
        if more > 0 { write!(f, "\n  and {} more", thousands(more)) } else { Ok(()) }
    }
}

/// Says which column is missing, once and not for each row.
pub(crate) fn check_header(header: &StringRecord) -> Result<(), String> {
    match COLUMNS.iter().find(|column| !header.iter().any(|name| name == **column)) {
        Some(column) => Err(format!("it has no column `{column}`")),
        None => Ok(()),
    }
}

impl Table {
    /// Those with most people first.
    #[alloc_budget(1, deallocations = 0)]
    fn by_population(&self) -> Vec<(&str, &Totals)> {
        let mut rows: Vec<_> = self.countries.iter().map(|(country, totals)| (&**country, totals)).collect();
        // Not `sort_by`, which is stable for the price of a buffer: no two countries are equal here.
        rows.sort_unstable_by_key(|&(country, totals)| (Reverse(totals.population), country));
        rows
    }
}

/// The first `top` rows, for people.
#[derive(Debug)]
pub(crate) struct Report<'t> {
    pub(crate) table: &'t Table,
    pub(crate) top: usize,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Table { countries, .. } = self.table;
        let [places, known] = [|totals: &Totals| totals.places, |totals: &Totals| totals.known]
            .map(|field| thousands(countries.values().map(field).sum()));
        writeln!(
            f,
            "{places} places in {} countries; the population of {known} is known\n",
            countries.len()
        )?;
        writeln!(f, "country  places  known  population     mean    largest  which is")?;
        for (country, totals) in self.table.by_population().into_iter().take(self.top) {
            let largest = totals.largest.unwrap_or(0);
            let [places, known, population, mean, largest] =
                [totals.places, totals.known, totals.population, totals.mean(), largest].map(thousands);
            // Escaped where it is odd: what a file says does not reach the terminal as it is.
            let [country, place] =
                [country, &totals.largest_place].map(|name| name.escape_debug().to_string());
            writeln!(
                f,
                "{country:<7} {places:>7} {known:>6} {population:>11} {mean:>8} {largest:>10}  {place}"
            )?;
        }
        Ok(())
    }
}
