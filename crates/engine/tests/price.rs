//! From an oracle's message to ticks.
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

use common::{NOW, risk_of, sol};
use plimsoll_engine::{
    EngineError,
    price::{Observation, Price},
    risk::Risk,
    units::Ticks,
};

/// SOL at $150 as Pyth publishes it: eight decimals.
fn seen() -> Observation {
    Observation {
        price: 15_000_000_000,
        confidence: 8_000_000,
        ema: 14_990_000_000,
        exponent: -8,
        publish_time: NOW,
        previous_publish_time: NOW - 1,
    }
}

fn risk() -> Risk {
    risk_of(&sol())
}

fn convert(change: impl FnOnce(&mut Observation)) -> Result<Price, EngineError> {
    let mut seen = seen();
    change(&mut seen);
    Price::convert(&risk(), &seen)
}

#[test]
fn a_price_becomes_ticks() {
    let price = convert(|_| ()).unwrap();
    assert_eq!((price.oracle, price.confidence, price.ema), (Ticks(150_000), Ticks(80), Ticks(149_900)));
    assert_eq!((price.publish_time, price.previous_publish_time), (NOW, NOW - 1));
}

#[test]
fn prices_round_to_the_nearest_tick_and_confidence_up() {
    // A tick is 100,000 units of 10^-8
    let ticks = |price| convert(|s| s.price = price).unwrap().oracle.0;
    assert_eq!([ticks(15_000_049_999), ticks(15_000_050_000)], [150_000, 150_001]);
    assert_eq!(convert(|s| s.ema = 14_990_050_000).unwrap().ema, Ticks(149_901));
    assert_eq!(convert(|s| s.confidence = 8_000_001).unwrap().confidence, Ticks(81));
    assert_eq!(convert(|s| s.confidence = 0).unwrap().confidence, Ticks(0));
}

#[test]
fn every_exponent_between_is_supported() {
    for (price, exponent) in [(150, 0), (15, 1), (150_000, -3), (1_500_000, -4)] {
        let got = convert(|s| (s.price, s.ema, s.exponent, s.confidence) = (price, price, exponent, 0)).unwrap();
        assert_eq!(got.oracle, Ticks(150_000), "{exponent}");
    }
}

#[test]
fn a_positive_price_never_becomes_zero() {
    let price = convert(|s| (s.price, s.ema, s.confidence) = (1, 1, 0)).unwrap();
    assert_eq!((price.oracle, price.ema), (Ticks(1), Ticks(1)));
}

#[test]
fn confidence_goes_up_with_a_positive_shift_too() {
    let mut p = sol();
    p.max_confidence_ppm = 100_000;
    let seen = Observation { price: 150, confidence: 2, ema: 150, exponent: 0, ..seen() };
    assert_eq!(Price::convert(&risk_of(&p), &seen).unwrap().confidence, Ticks(2_000));
}

#[test]
fn prices_that_are_not_positive_are_refused() {
    for price in [0, -1, i64::MIN] {
        assert_eq!(convert(|s| s.price = price), Err(EngineError::PriceNotPositive));
        assert_eq!(convert(|s| s.ema = price), Err(EngineError::PriceNotPositive));
    }
}

#[test]
fn prices_above_the_largest_are_refused() {
    let largest = risk().max_price.0 as i64;
    let at = |price, ema| convert(|s| (s.price, s.ema, s.exponent, s.confidence) = (price, ema, -3, 0));
    assert!(at(largest, largest).is_ok());
    assert_eq!(at(largest + 1, largest), Err(EngineError::PriceTooHigh));
    assert_eq!(at(largest, largest + 1), Err(EngineError::PriceTooHigh));
    assert_eq!(convert(|s| (s.price, s.exponent) = (i64::MAX, 10)), Err(EngineError::PriceTooHigh));
}

#[test]
fn a_confidence_that_overflows_is_too_uncertain() {
    let wide = convert(|s| (s.price, s.ema, s.exponent, s.confidence) = (150, 150, 0, u64::MAX));
    assert_eq!(wide, Err(EngineError::PriceTooUncertain));
}

#[test]
fn a_wide_confidence_is_refused() {
    // 2 % of 150,000 ticks, rounded down
    let at =
        |confidence: u64| convert(|s| (s.exponent, s.price, s.ema, s.confidence) = (-3, 150_000, 150_000, confidence));
    assert!(at(2_999).is_ok());
    assert_eq!(at(3_001), Err(EngineError::PriceTooUncertain));
}

#[test]
fn exponents_out_of_range_are_refused() {
    for exponent in [16, -22, i32::MAX, i32::MIN] {
        assert_eq!(convert(|s| s.exponent = exponent), Err(EngineError::PriceExponent), "{exponent}");
    }
    assert_eq!(convert(|s| (s.exponent, s.confidence) = (-21, 0)).unwrap().oracle, Ticks(1));
}

#[test]
fn only_newer_prices_that_are_not_too_old_or_early_replace_the_last() {
    let last = convert(|_| ()).unwrap();
    let next = |publish_time, now| Price { publish_time, ..last }.supersedes(&risk(), &last, now);
    assert_eq!(next(NOW + 1, NOW + 1), Ok(()));
    assert_eq!(next(NOW, NOW + 1), Err(EngineError::PriceNotNewer));
    assert_eq!(next(NOW - 1, NOW + 1), Err(EngineError::PriceNotNewer));
    assert_eq!(next(NOW + 2, NOW + 1), Ok(()), "the cluster's clock may lag by a second");
    assert_eq!(next(NOW + 3, NOW + 1), Err(EngineError::PriceFromFuture));
    assert_eq!(next(NOW + 1, NOW + 31), Ok(()));
    assert_eq!(next(NOW + 1, NOW + 32), Err(EngineError::PriceTooOld));
}

#[test]
fn a_price_is_fresh_up_to_its_age_limit() {
    let price = convert(|_| ()).unwrap();
    assert_eq!(price.fresh(&risk(), NOW + 30), Ok(()));
    assert_eq!(price.fresh(&risk(), NOW + 31), Err(EngineError::PriceTooOld));
    assert_eq!(Price::default().fresh(&risk(), 0), Err(EngineError::PriceTooOld), "no price at all");
    let ancient = Price { publish_time: i64::MIN, ..price };
    assert!(ancient.fresh(&risk(), i64::MAX).is_err());
}
