//! Sizes, prices and amounts: one lot moved one tick is one atom.
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

use plimsoll_engine::{
    EngineError,
    units::{Atoms, Lots, Pnl, Size, Ticks},
};

#[test]
fn one_lot_moved_one_tick_is_one_atom() {
    assert_eq!(Lots(1).at(Ticks(1)), Ok(Pnl(1)));
    assert_eq!(Lots(-3).at(Ticks(7)), Ok(Pnl(-21)));
    assert_eq!(Size(3).at(Ticks(7)), Ok(Atoms(21)));
    assert_eq!(Lots(0).at(Ticks(u64::MAX)), Ok(Pnl(0)));
}

#[test]
fn a_value_that_does_not_fit_is_an_error() {
    assert_eq!(Size(1 << 32).at(Ticks((1 << 32) - 1)), Ok(Atoms((1 << 32) * ((1 << 32) - 1))));
    assert_eq!(Size(1 << 32).at(Ticks(1 << 32)), Err(EngineError::Overflow));
    assert_eq!(Lots(1 << 31).at(Ticks(1 << 32)), Err(EngineError::Overflow));
    assert_eq!(Lots(i64::MIN).at(Ticks(1)), Err(EngineError::Overflow));
    assert_eq!(Lots(i64::MIN + 1).at(Ticks(1)), Ok(Pnl(i64::MIN + 1)));
}

#[test]
fn sums_and_differences_are_checked() {
    assert_eq!(Atoms(2).plus(Atoms(3)), Ok(Atoms(5)));
    assert_eq!(Atoms(u64::MAX).plus(Atoms(1)), Err(EngineError::Overflow));
    assert_eq!(Atoms(3).minus(Atoms(3)), Ok(Atoms::ZERO));
    assert_eq!(Atoms(2).minus(Atoms(3)), Err(EngineError::Overflow));
    assert_eq!(Pnl(2).minus(Pnl(3)), Ok(Pnl(-1)));
    assert_eq!(Pnl(i64::MIN).minus(Pnl(1)), Err(EngineError::Overflow));
    assert_eq!(Lots(i64::MAX).plus(Lots(1)), Err(EngineError::Overflow));
    assert_eq!(Atoms(2).saturating_minus(Atoms(3)), Atoms(0));
    assert_eq!(Atoms(5).saturating_minus(Atoms(3)), Atoms(2));
}

#[test]
fn sizes_and_sides() {
    assert_eq!(Lots(-5).size(), Size(5));
    assert_eq!(Lots(i64::MIN).size(), Size(1 << 63));
    assert_eq!(Size(5).signed(true), Ok(Lots(5)));
    assert_eq!(Size(5).signed(false), Ok(Lots(-5)));
    assert_eq!(Size(1 << 63).signed(true), Err(EngineError::Overflow));
    assert_eq!(Lots(5).negated(), Ok(Lots(-5)));
    assert_eq!(Lots(i64::MIN).negated(), Err(EngineError::Overflow));
    assert_eq!(Pnl(i64::MIN).negated(), Err(EngineError::Overflow));
}

#[test]
fn gains_and_losses_are_never_both() {
    for (pnl, gain, loss) in [(5, 5, 0), (0, 0, 0), (-5, 0, 5), (i64::MIN, 0, 1 << 63)] {
        assert_eq!((Pnl(pnl).gain(), Pnl(pnl).loss()), (Atoms(gain), Atoms(loss)));
    }
    assert_eq!(Atoms(1 << 63).signed(), Err(EngineError::Overflow));
    assert!(Pnl::ZERO.is_zero() && !Pnl(-1).is_zero());
}
