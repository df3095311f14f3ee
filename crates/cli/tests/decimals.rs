//! Amounts are exact or refused.

use plimsoll_cli::decimal::{Decimal, DecimalError, Percent, text};
use proptest::prelude::*;

fn units(written: &str, decimals: i32) -> Result<u64, DecimalError> {
    written.parse::<Decimal>()?.units(decimals)
}

#[test]
fn sizes_and_prices_become_whole_units() {
    assert_eq!(units("2.5", 3), Ok(2_500));
    assert_eq!(units("0.001", 3), Ok(1));
    assert_eq!(units("2.500000", 3), Ok(2_500));
    assert_eq!(units("1_250.75", 6), Ok(1_250_750_000));
    assert_eq!(units("0", 6), Ok(0));
    // A lot of a token at $0.00002 is a thousand tokens.
    assert_eq!(units("2000", -3), Ok(2));
    assert_eq!(units("18446744073709551615", 0), Ok(u64::MAX));
}

#[test]
fn what_is_no_whole_unit_is_refused_with_the_smallest_step() {
    assert_eq!(units("2.5005", 3), Err(DecimalError::TooFine("0.001".into())));
    assert_eq!(units("1500", -3), Err(DecimalError::TooFine("1,000".into())));
    let sentence = DecimalError::TooFine("0.001".into()).to_string();
    assert_eq!(sentence, "the number is no multiple of 0.001, the smallest step");
}

#[test]
fn what_is_too_large_is_refused() {
    assert_eq!(units("18446744073709551616", 0), Err(DecimalError::TooLarge));
    assert_eq!(units("18446744073709.551616", 6), Err(DecimalError::TooLarge));
    assert_eq!(units("999999999999999999999999999999", 30), Err(DecimalError::TooLarge));
    assert_eq!(units("1".repeat(31).as_str(), 0), Err(DecimalError::TooLong));
}

#[test]
fn what_is_no_number_is_refused() {
    for written in
        ["", ".", ".5", "5.", "-1", "+1", "1e3", "1,000", "0x10", " 1", "1 ", "1.2.3", "_1", "1_", "NaN", "١"]
    {
        assert_eq!(written.parse::<Decimal>(), Err(DecimalError::Malformed), "{written:?}");
    }
}

#[test]
fn per_cents_are_millionths() {
    let ppm = |written: &str| written.parse::<Percent>().map(|percent| percent.0);
    assert_eq!(ppm("1%"), Ok(10_000));
    assert_eq!(ppm("0.05"), Ok(500));
    assert_eq!(ppm("100%"), Ok(1_000_000));
    assert_eq!(ppm("100.0001%"), Err(DecimalError::TooLarge));
    assert_eq!(ppm("0.00001%"), Err(DecimalError::TooFine("0.0001".into())));
}

#[test]
fn units_are_written_with_all_their_decimals() {
    assert_eq!(text(1_250_500, 3), "1,250.500");
    assert_eq!(text(5, 3), "0.005");
    assert_eq!(text(-5, 3), "-0.005");
    assert_eq!(text(0, 2), "0.00");
    assert_eq!(text(2, -3), "2,000");
    assert_eq!(text(0, -3), "0");
    assert_eq!(text(i128::from(u64::MAX), 0), "18,446,744,073,709,551,615");
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(units in any::<u64>(), decimals in -6..=12_i32) {
        let written = text(i128::from(units), decimals).replace(',', "");
        let read = written.parse::<Decimal>().expect("it is a number");
        prop_assert_eq!(read.units(decimals), Ok(units));
    }

    #[test]
    fn zeros_at_the_end_change_nothing(units in any::<u64>(), decimals in 0..=9_i32, zeros in 1..5_usize) {
        let mut written = text(i128::from(units), decimals).replace(',', "");
        if decimals == 0 {
            written.push('.');
        }
        written.push_str(&"0".repeat(zeros));
        prop_assert_eq!(written.parse::<Decimal>().expect("it is a number").units(decimals), Ok(units));
    }

    #[test]
    fn a_digit_too_many_is_refused(units in any::<u64>(), decimals in 1..=9_i32, digit in 1..=9_u8) {
        let written = format!("{}{digit}", text(i128::from(units), decimals).replace(',', ""));
        let is_too_fine = matches!(written.parse::<Decimal>().expect("it is a number").units(decimals), Err(DecimalError::TooFine(_)));
        prop_assert!(is_too_fine);
    }

    #[test]
    fn nothing_that_is_typed_panics(written in ".*", decimals in -40..=40_i32) {
        if let Ok(number) = written.parse::<Decimal>() {
            let _ = number.units(decimals);
        }
    }
}
