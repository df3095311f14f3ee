//! Products in full width, whichever way they are made.
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
    EngineError,
    math::{mul_div_ceil, mul_div_floor, mul_shift_ceil, mul_shift_floor},
    units::Pnl,
};
use proptest::prelude::*;

/// Any value, and more often one at an end, of a word or of half of one.
fn any_word() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u64>(),
        0u64..1 << 33,
        (0u32..64, 0u64..3).prop_map(|(bits, less)| (1u64 << bits).wrapping_sub(less)),
        Just(u64::MAX),
    ]
}

fn fits(value: u128) -> Result<u64, EngineError> {
    u64::try_from(value).map_err(|_| EngineError::Overflow)
}

#[test]
fn the_largest_products_round_up_without_a_carry() {
    let largest = u128::from(u64::MAX) * u128::from(u64::MAX);
    for shift in 64..128 {
        let floor = largest >> shift;
        let exact = floor << shift == largest;
        assert_eq!(mul_shift_ceil(u64::MAX, u64::MAX, shift), fits(floor + u128::from(!exact)), "{shift}");
    }
    assert_eq!(mul_shift_ceil(u64::MAX, (1 << 32) - 1, 32), Ok(u64::MAX - u64::from(u32::MAX)));
}

#[test]
fn a_shift_by_all_bits_of_a_product_is_refused() {
    assert_eq!(mul_shift_floor(1u64, 1, 128), Err(EngineError::Overflow));
    assert_eq!(mul_shift_ceil(1u64, 1, 128), Err(EngineError::Overflow));
    assert_eq!(mul_shift_ceil(1u64, 1, 127), Ok(1));
}

proptest! {
    #![proptest_config(cases(20_000))]

    #[test]
    fn products_and_shifts_are_exact(a in any_word(), b in any_word(), shift in prop_oneof![Just(0u32), Just(32), Just(62), Just(64), 0u32..128]) {
        let product = u128::from(a) * u128::from(b);
        let floor = product >> shift;
        prop_assert_eq!(mul_shift_floor(a, b, shift), fits(floor));
        prop_assert_eq!(mul_shift_ceil(a, b, shift), fits(floor + u128::from(floor << shift != product)));
    }

    #[test]
    fn products_and_quotients_are_exact(a in any_word(), b in any_word(), c in any_word()) {
        prop_assume!(c > 0);
        let product = u128::from(a) * u128::from(b);
        prop_assert_eq!(mul_div_floor(a, b, c), fits(product / u128::from(c)));
        prop_assert_eq!(mul_div_ceil(a, b, c), fits(product.div_ceil(u128::from(c))));
        prop_assert_eq!(mul_div_floor(a, b, 0), Err(EngineError::Overflow));
    }

    #[test]
    fn a_floor_is_that_of_the_signed_value(
        high in prop_oneof![-2i64..=2, -5_000_000_000..5_000_000_000i64, any::<i64>()],
        low in any_word(),
        bits in prop_oneof![Just(32u32), Just(0), Just(1), Just(63), Just(64), 0u32..128],
    ) {
        let wide = (i128::from(high) << 64) | i128::from(low);
        let floor = i64::try_from(wide >> bits).ok().filter(|floor| *floor != i64::MIN);
        prop_assert_eq!(<u64 as words::Word>::shifted_floor(wide, bits), floor);
    }

    #[test]
    fn a_sum_fits_if_each_step_does(
        terms in prop::array::uniform8(prop_oneof![any_word().prop_map(u64::cast_signed), -(1i64 << 61)..1 << 61, -9..9i64]),
    ) {
        let step_by_step = terms.iter().try_fold(0i64, |sum, term| sum.checked_add(*term)).ok_or(EngineError::Overflow);
        prop_assert_eq!(Pnl::sum(terms.map(Pnl)), step_by_step.map(Pnl));
        let small = terms.map(|term| term >> 4);
        prop_assert_eq!(Pnl::sum(small.map(Pnl)), Ok(Pnl(small.iter().sum())));
    }
}
