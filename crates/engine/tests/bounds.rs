//! The table of parameters: no row without bounds, and nothing outside them is taken.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;
#[path = "../examples/parameters/page.rs"]
mod page;

use common::{listed, sol};
use plimsoll_engine::{
    EngineError,
    bounds::{BOUNDS, COUNT, Change, ROWS, check, values, with_values},
    risk::Risk,
};

/// The SOL market with another value in one row.
fn with(row: usize, value: u64) -> plimsoll_engine::parameters::Parameters {
    let mut all = values(&sol());
    all[row] = value;
    with_values(&all).expect("fits its type")
}

#[test]
fn every_row_has_bounds_within_its_type_and_a_default_between_them() {
    for row in ROWS {
        let most = match row.kind {
            "u8" => u64::from(u8::MAX),
            "u32" => u64::from(u32::MAX),
            "u64" => 1 << 59,
            other => panic!("{other}"),
        };
        assert!(row.minimum < row.maximum && row.maximum <= most, "{}: no hard bound", row.name);
        assert!((row.minimum..=row.maximum).contains(&row.default), "{}", row.name);
        assert!(!row.meaning.is_empty() && !row.source.is_empty(), "{}", row.name);
    }
}

#[test]
fn each_value_outside_its_bounds_is_refused_whatever_the_others_are() {
    for (row, (least, most)) in BOUNDS.into_iter().enumerate() {
        let name = ROWS[row].name;
        assert_eq!(check(&with(row, least)), Ok(()), "{name} at {least}");
        assert_eq!(check(&with(row, most)), Ok(()), "{name} at {most}");
        for outside in least.checked_sub(1).into_iter().chain([most + 1]) {
            assert_eq!(check(&with(row, outside)), Err(EngineError::ParameterOutOfBounds), "{name} at {outside}");
            assert_eq!(Risk::new(&with(row, outside)), Err(EngineError::ParameterOutOfBounds), "{name} at {outside}");
        }
    }
}

#[test]
fn the_rows_are_the_fields_in_the_order_of_the_wire() {
    // A field without a row, or a row without a field, does not compile; names cannot repeat.
    let mut names: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), COUNT);
    let debug = format!("{:?}", sol());
    let places: Vec<usize> = ROWS.iter().map(|row| debug.find(&format!(" {}: ", row.name)).unwrap()).collect();
    assert!(places.is_sorted(), "the table's order is not that of the struct");
}

#[test]
fn the_defaults_are_the_market_of_these_tests() {
    assert_eq!(ROWS.map(|row| row.default), values(&listed()));
    assert_eq!(with_values(&values(&sol())), Some(sol()));
    let mut large = values(&sol());
    large[1] = 1 << 32;
    assert_eq!(with_values(&large), None);
}

#[test]
fn only_the_tick_can_never_change() {
    let fixed: Vec<_> = ROWS.iter().filter(|row| row.change == Change::Never).map(|row| row.name).collect();
    assert_eq!(fixed, ["tick_exponent"]);
}

#[test]
fn the_page_has_the_tables_of_the_code() {
    let stored = std::fs::read_to_string(page::path()).expect("docs/parameters.md");
    let told = "cargo run -p plimsoll-engine --example parameters -- --write, and review";
    assert!(stored == page::renewed(&stored), "docs/parameters.md differs: {told}");
}
