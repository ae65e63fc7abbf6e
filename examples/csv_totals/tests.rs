//! The budgets on the table, rows that are odd, and what must not bring the program down.

use crate::lean::{Aggregation, Place, needed, record};
use crate::table::{Report, Table};
use crate::{SAMPLE, lean, run, second_pass, usual};
use alloc_kit::{alloc_budget, assert_no_alloc, measure};
use csv::Reader;
use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;

const HEADER: &str = "Country,City,AccentCity,Region,Population,Latitude,Longitude\n";

/// Reads a table both ways, sees to it that they agree, and hands over what they say.
fn both(content: impl AsRef<[u8]>) -> Table {
    let (usual, lean) = (usual::totals(content.as_ref()).unwrap(), lean::totals(content.as_ref()).unwrap());
    assert_eq!(usual, lean);
    lean
}

/// Three columns are enough.
fn rows(rows: &str) -> Table {
    both(format!("Country,AccentCity,Population\n{rows}"))
}

fn place(accent_city: &str, population: Option<u64>) -> Place<'_> {
    Place { country: "xx", accent_city, population }
}

mod budgets {
    use super::*;

    #[test]
    fn a_second_pass_over_the_table_allocates_nothing() {
        let mut reader = Reader::from_path(SAMPLE).unwrap();
        let mut aggregation = Aggregation::of(&mut reader).unwrap();
        let first_row = reader.position().clone();
        aggregation.read(&mut reader).unwrap();
        let places = aggregation.table.countries["fr"].places;
        reader.seek(first_row).unwrap();
        assert_no_alloc!(aggregation.read(&mut reader)).unwrap();
        assert_eq!(aggregation.table.countries["fr"].places, 2 * places);
    }

    #[test]
    fn the_table_costs_an_allocation_or_two_a_country() {
        let (usual, usual_usage) = measure(|| usual::totals(File::open(SAMPLE).unwrap()).unwrap());
        let (lean, lean_usage) = measure(|| lean::totals(File::open(SAMPLE).unwrap()).unwrap());
        assert_eq!(usual, lean);
        let rows: u64 = lean.countries.values().map(|totals| totals.places).sum();
        assert_eq!((rows, lean.rejected.rows), (20_000, 0));
        assert!(usual_usage.allocations > 2 * rows, "{usual_usage:?}");
        assert!(lean_usage.allocations < 2 * lean.countries.len() as u64, "{lean_usage:?}");
    }

    #[test]
    fn a_place_costs_what_its_budget_says() {
        let mut table = Table::default();
        let costs = [
            place("Long", Some(7)),
            place("Longer", Some(6)),
            place("Longer than all", Some(8)),
            place("A", Some(9)),
        ];
        let costs =
            costs.map(|place| (needed(&table, &place), measure(|| record(&mut table, &place)).1.allocations));
        // The key, the name and the map's first table; nothing; the longer name; nothing, as its buffer is there.
        assert_eq!(costs, [(3, 3), (0, 0), (1, 1), (0, 0)]);
        assert_eq!(table.countries["xx"].largest_place, "A");
    }

    #[test]
    #[should_panic(expected = "its budget is 0")]
    fn an_owned_key_is_over_the_budget() {
        #[alloc_budget(needed(table, place))]
        fn record_by_owned_key(table: &mut Table, place: &Place<'_>) {
            let totals = table.countries.entry(place.country.to_owned()).or_default();
            totals.add(place.accent_city, place.population);
        }
        let mut table = Table::default();
        record(&mut table, &place("A", None));
        record_by_owned_key(&mut table, &place("B", None));
    }
}

mod tables {
    use super::*;

    #[test]
    fn a_name_in_quotes_is_what_they_quote() {
        let table = both(format!(
            "{HEADER}ua,x,\"Kam\"\"yanets, or\nso\",09,5,48.6,26.5\r\nua,y,Z,09,4,48.6,26.5\r\n"
        ));
        assert_eq!(table.countries["ua"].largest_place, "Kam\"yanets, or\nso");
        let report = Report { table: &table, top: 1 }.to_string();
        assert!(report.ends_with(" Kam\\\"yanets, or\\nso\n"), "{report}");
    }

    #[test]
    fn columns_in_any_order() {
        let table = both("Population,Country,AccentCity\n3,a,B\n");
        assert_eq!((table.countries["a"].population, &*table.countries["a"].largest_place), (3, "B"));
    }

    #[test]
    fn what_is_missing_is_not_counted() {
        let table = rows("a,P,\na,Q,0\nb,R,\n");
        let [a, b] = ["a", "b"].map(|country| &table.countries[country]);
        assert_eq!((a.places, a.known, &*a.largest_place), (2, 1, "Q"));
        assert_eq!((b.places, b.known, &*b.largest_place), (1, 0, ""));
        assert!(Report { table: &table, top: 9 }.to_string().contains("3 places in 2 countries"));
    }

    #[test]
    fn the_first_of_the_largest_stays() {
        assert_eq!(rows("a,P,7\na,Q,7\n").countries["a"].largest_place, "P");
    }

    #[test]
    fn absurd_figures_add_up_without_overflow() {
        let table = rows(&format!("a,P,{0}\na,Q,{0}\n", u64::MAX));
        assert_eq!(table.countries["a"].population, u64::MAX);
    }

    #[test]
    fn rejected_rows_are_named_by_line_and_the_others_kept() {
        let mut content =
            b"Country,AccentCity,Population\na,P,1\na,Q\na,\"two\nlines\",2\na,R,many\n".to_vec();
        content.extend(b"a,\xff,3\na,S,4,5\na,T,-1\na,U,1.5\na,V,8\n");
        let table = both(content);
        assert_eq!(table.countries["a"].known, 3);
        let rejected = table.rejected.to_string();
        let wanted = [
            "6 rows are left out:",
            "  line 3: 2 fields where the header has 3",
            "  line 6: field 3: invalid digit found in string",
            "  line 7: field 2 is not UTF-8",
            "  line 8: 4 fields where the header has 3",
            "  line 9: field 3: invalid digit found in string",
            "  and 1 more",
        ];
        assert_eq!(rejected.lines().collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn a_quote_that_never_ends_takes_the_rest() {
        let table = rows("a,P,1\na,\"Q,2\na,R,3\n");
        assert_eq!((table.countries["a"].places, table.rejected.rows), (1, 1));
        assert_eq!(table.rejected.first[0].0, 3);
    }

    #[test]
    fn a_column_that_is_missing() {
        for totals in [usual::totals, lean::totals] {
            let problem = totals(&b"Country,City,Population\na,b,1\n"[..]).unwrap_err();
            assert_eq!(problem, "it has no column `AccentCity`");
        }
    }

    #[test]
    fn a_second_pass_begins_at_the_first_row() {
        assert_eq!(second_pass(Cursor::new("Country,AccentCity,Population\na,P,1\n")), Ok(0));
        // An error of csv's is boxed, and says why.
        assert_ne!(second_pass(Cursor::new("Country,AccentCity,Population\na,P,x\n")), Ok(0));
    }
}

mod program {
    use super::*;

    /// What the program answers: its outcome, standard output and standard error.
    fn answer(arguments: &[&Path]) -> (Result<(), (String, u8)>, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let outcome = run(arguments.iter().map(OsString::from), &mut out, &mut err);
        (outcome, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn the_table_by_default() {
        let (outcome, out, err) = answer(&[]);
        outcome.unwrap();
        assert!(out.contains("cn        1,518      4   2,209,689") && out.contains("once more"), "{out}");
        assert_eq!(err, "");
    }

    #[test]
    fn a_file_with_rejected_rows() {
        let file = env::temp_dir().join(format!("alloc-kit-csv-totals-{}", std::process::id()));
        fs::write(&file, "Country,AccentCity,Population\na,P,1\na\n").unwrap();
        let (outcome, out, err) = answer(&[&file]);
        fs::write(&file, "Country,AccentCity,Population\n").unwrap();
        let (nothing, ..) = answer(&[&file]);
        fs::remove_file(&file).unwrap();
        outcome.unwrap();
        assert!(out.starts_with("1 places in 1 countries") && err.contains("line 3: 1 fields"), "{out}{err}");
        assert!(nothing.unwrap_err().0.ends_with("no row in it that can be read"));
    }

    #[test]
    fn what_cannot_be_read() {
        let (outcome, ..) = answer(&[Path::new("no/such.csv")]);
        assert!(matches!(outcome, Err((why, 1)) if why.starts_with("no/such.csv: ")));
        let (outcome, ..) = answer(&[&env::temp_dir()]);
        assert!(matches!(outcome, Err((_, 1))));
    }

    #[test]
    fn arguments() {
        let (outcome, out, _) = answer(&[Path::new("--help")]);
        assert!(outcome.is_ok() && out.starts_with("usage: csv_totals"), "{out}");
        for wrong in [&["--fast"][..], &["a.csv", "b.csv"]] {
            let wrong: Vec<_> = wrong.iter().map(Path::new).collect();
            assert!(matches!(answer(&wrong).0, Err((_, 2))));
        }
    }
}
