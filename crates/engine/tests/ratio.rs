//! Ratios and the arithmetic under them: every rounding is the one in the name.
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

use common::cases;
use plimsoll_engine::{
    EngineError, math,
    units::{Atoms, Ratio, Reciprocal, Size, Ticks},
};
use proptest::prelude::*;

#[test]
fn a_ratio_has_32_fraction_bits() {
    assert_eq!(Ratio::ONE, Ratio(1 << 32));
    assert_eq!(Ratio::from_ppm_floor(500_000), Ok(Ratio(1 << 31)));
    assert_eq!(Ratio::from_ppm_ceil(500_000), Ok(Ratio(1 << 31)));
    // One ppm is 4294.967296 units
    assert_eq!(Ratio::from_ppm_floor(1), Ok(Ratio(4_294)));
    assert_eq!(Ratio::from_ppm_ceil(1), Ok(Ratio(4_295)));
    assert_eq!(Ratio::of_floor(2, 3), Ok(Ratio(2_863_311_530)));
    assert_eq!(Ratio::of_ceil(2, 3), Ok(Ratio(2_863_311_531)));
    assert_eq!(Ratio::of_floor(1, 0), Err(EngineError::Overflow));
    assert_eq!(Ratio::of_ceil(1, 0), Err(EngineError::Overflow));
}

#[test]
fn shares_of_amounts_and_prices() {
    let third = Ratio::of_floor(1, 3).unwrap();
    assert_eq!(third.mul_floor(Atoms(3)), Ok(Atoms(0)));
    assert_eq!(third.mul_ceil(Atoms(3)), Ok(Atoms(1)));
    assert_eq!(Ratio::ONE.mul_floor(Atoms(u64::MAX)), Ok(Atoms(u64::MAX)));
    assert_eq!(Ratio(Ratio::ONE.0 + 1).mul_ceil(Atoms(u64::MAX)), Err(EngineError::Overflow));
    assert_eq!(third.of_price_floor(Ticks(100)), Ok(Ticks(33)));
    assert_eq!(third.times_ceil(third), Ok(Ratio(477_218_589)));
    assert_eq!(third.plus(third), Ok(Ratio(2_863_311_530)));
    assert_eq!(Ratio(u64::MAX).plus(Ratio(1)), Err(EngineError::Overflow));
}

#[test]
fn a_reciprocal_is_within_its_bounds() {
    assert_eq!(Reciprocal::of_twice(Reciprocal::MIN), Ok(Reciprocal(1 << 63)));
    assert_eq!(Reciprocal::of_twice(Reciprocal::MAX), Ok(Reciprocal(1 << 38)));
    assert_eq!(Reciprocal::of_twice(Reciprocal::MIN - 1), Err(EngineError::ParameterOutOfBounds));
    assert_eq!(Reciprocal::of_twice(Reciprocal::MAX + 1), Err(EngineError::ParameterOutOfBounds));
    // 2^94 / (10^13), up
    assert_eq!(Reciprocal::of_twice(5_000_000_000_000), Ok(Reciprocal(1_980_704_062_856_609)));
}

#[test]
fn a_shift_of_zero_is_a_product() {
    assert_eq!(math::mul_shift_floor(7, 9, 0), Ok(63));
    assert_eq!(math::mul_shift_ceil(7, 9, 0), Ok(63));
    assert_eq!(math::mul_shift_floor(1, 1, 128), Err(EngineError::Overflow));
    assert_eq!(math::mul_shift_ceil(1, 1, 128), Err(EngineError::Overflow));
    assert_eq!(math::mul_div_floor(1, 1, 0), Err(EngineError::Overflow));
    assert_eq!(math::mul_div_ceil(1, 1, 0), Err(EngineError::Overflow));
    assert_eq!(math::pow10(19), Ok(10_000_000_000_000_000_000));
    assert_eq!(math::pow10(20), Err(EngineError::Overflow));
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn floor_and_ceil_enclose_the_quotient(a: u64, b: u64, c in 1u64.., shift in 0u32..128) {
        let product = u128::from(a) * u128::from(b);
        let expected = |value: u128| u64::try_from(value).map_err(|_| EngineError::Overflow);
        prop_assert_eq!(math::mul_div_floor(a, b, c), expected(product / u128::from(c)));
        prop_assert_eq!(math::mul_div_ceil(a, b, c), expected(product.div_ceil(u128::from(c))));
        prop_assert_eq!(math::mul_shift_floor(a, b, shift), expected(product >> shift));
        prop_assert_eq!(math::mul_shift_ceil(a, b, shift), expected(product.div_ceil(1 << shift)));
    }

    #[test]
    fn a_reciprocal_is_never_below_and_hardly_above(x in Reciprocal::MIN..=Reciprocal::MAX, amount in 0u64..1 << 55) {
        let reciprocal = Reciprocal::of_twice(x).unwrap();
        let exact = (u128::from(amount) << 32).div_ceil(2 * u128::from(x));
        if let Ok(got) = reciprocal.ratio_ceil(Atoms(amount)) {
            prop_assert!(u128::from(got.0) >= exact);
            // 38 significant bits of the reciprocal
            prop_assert!(u128::from(got.0) <= exact + (exact >> 37) + 1);
        }
        let size = amount % (2 * x);
        if let Ok(got) = reciprocal.fraction_ceil(Size(size)) {
            let exact = (u128::from(size) << 64).div_ceil(2 * u128::from(x));
            prop_assert!(u128::from(got) >= exact && u128::from(got) <= exact + (exact >> 37) + 1);
        } else {
            prop_assert!(size > 2 * x - (x >> 36) - 2, "only a size of nearly twice x is out of range");
        }
    }
}
