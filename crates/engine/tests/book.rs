//! The market's money: side totals, the premium of the skew, net asset value.
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

use common::{PRICE, cases, claim, hold, hold_at_cost, market_of, nav, price, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    book::{Book, premium},
    indices::ADL_ONE,
    market::{Market, status},
    position::{LONG, Position, SHORT},
    units::{Atoms, Lots, Pnl, Size, Ticks, Wide},
};
use proptest::prelude::*;

#[test]
fn golden_premiums() {
    // price x skew^2 / (2 x 2 10^10), up; made by a separate program in rational arithmetic.
    let risk = sol_market().risk;
    for (skew, expected) in [(0, 0), (1, 1), (999, 4), (1_000_000, 3_750_001), (69_999_999, 18_374_999_476)] {
        assert_eq!(premium(&risk, Lots(skew), Ticks(PRICE)), Ok(Atoms(expected)), "{skew}");
        assert_eq!(premium(&risk, Lots(-skew), Ticks(PRICE)), Ok(Atoms(expected)), "-{skew}");
    }
}

#[test]
fn the_largest_premium_does_not_overflow() {
    let market = market_of(&sol(), PRICE, 0);
    let largest = premium(&market.risk, Lots(70_000_000), market.risk.max_price).unwrap();
    // 0.175 % of 2^59
    assert!(largest.0.abs_diff((1 << 59) / 10_000 * 175 / 10) < 1 << 40, "{largest:?}");
}

#[test]
fn net_asset_value_is_treasury_less_claims_less_premium() {
    // Given $20M, 3,000 SOL long from $149, 1,000 SOL short from $152
    let mut market = sol_market();
    hold(&mut market, 3_000_000, 149_000);
    hold(&mut market, -1_000_000, 152_000);
    assert_eq!(market.book.claims(true, Ticks(PRICE)), Ok(Pnl(3_000_000_000)));
    assert_eq!(market.book.claims(false, Ticks(PRICE)), Ok(Pnl(2_000_000_000)));
    assert_eq!(market.book.skew(), Ok(Lots(2_000_000)));
    assert_eq!(nav(&market), 20_000_000_000_000 - 5_000_000_000 - 15_000_001);
    // What else is owed is subtracted too
    market.book.insurance_claim = Atoms(7);
    assert_eq!(nav(&market), 20_000_000_000_000 - 5_000_000_000 - 15_000_001 - 7);
    // And what is owed to it added, each side down to the atom
    market.book.long.owed = Wide::of((20 << 32) + 1);
    market.book.short.owed = Wide::of(-(300 << 32) - 1);
    assert_eq!(nav(&market), 20_000_000_000_000 - 5_000_000_000 - 15_000_001 - 7 + 20 - 301);
    // A deficit is in it already, and fees are not the providers'
    (market.book.deficit, market.book.fees) = (Atoms(1 << 40), Atoms(1 << 40));
    assert_eq!(nav(&market), 20_000_000_000_000 - 5_000_000_000 - 15_000_001 - 7 + 20 - 301);
}

#[test]
fn claims_are_negative_where_holders_owe() {
    let mut market = sol_market();
    hold(&mut market, 1_000, PRICE + 10);
    assert_eq!(market.book.claims(true, Ticks(PRICE)), Ok(Pnl(-10_000)));
    assert_eq!(market.book.claims(false, Ticks(PRICE)), Ok(Pnl(0)));
}

#[test]
fn a_position_opens_on_the_side_of_its_first_lots() {
    let mut book = Book::default();
    let (mut long, mut short) = (Position::default(), Position::default());
    book.novate(&mut long, Lots(5), Pnl(50)).unwrap();
    book.novate(&mut short, Lots(-7), Pnl(-70)).unwrap();
    assert_eq!((long.side, short.side), (LONG, SHORT));
    assert_eq!((book.long.lots, book.long.cost), (Size(5), Pnl(50)));
    assert_eq!((book.short.lots, book.short.cost), (Size(7), Pnl(-70)));
    // It takes the side's indices as they are
    assert_eq!((long.indices, long.epoch), (book.long.indices, 0));
    book.short.indices.factor -= 1;
    book.short.epoch = 3;
    let mut next = Position::default();
    book.novate(&mut next, Lots(-1), Pnl(-10)).unwrap();
    assert_eq!((next.indices, next.epoch), (book.short.indices, 3));
}

#[test]
fn a_side_that_was_never_deleveraged_has_an_index_of_one() {
    assert_eq!(ADL_ONE, 1 << 62);
    assert_eq!((Book::default().long.indices.factor, Book::default().short.ended.factor), (ADL_ONE, ADL_ONE));
    assert_eq!((Book::default().long.epoch, Book::default().long.lots_fraction), (0, 0));
}

#[test]
fn an_emptied_position_may_change_its_side() {
    let mut book = Book::default();
    let mut position = Position::default();
    book.novate(&mut position, Lots(5), Pnl(50)).unwrap();
    book.novate(&mut position, Lots(-5), Pnl(-50)).unwrap();
    assert!(position.is_empty());
    book.novate(&mut position, Lots(-2), Pnl(-20)).unwrap();
    assert_eq!(position.side, SHORT);
    assert_eq!((book.long, book.short.lots), (Book::default().long, Size(2)));
}

#[test]
fn a_step_across_zero_is_refused_and_leaves_no_trace() {
    let mut market = sol_market();
    let mut position = hold(&mut market, 5, 10);
    let before = (position, market.book);
    assert_eq!(market.book.novate(&mut position, Lots(-6), Pnl(-60)), Err(EngineError::ClaimRemains));
    assert_eq!((position, market.book), before);
    // So is one that overflows
    assert!(market.book.novate(&mut position, Lots(i64::MAX), Pnl(0)).is_err());
    assert!(market.book.novate(&mut position, Lots(1), Pnl(i64::MAX)).is_err());
    assert_eq!((position, market.book), before);
}

#[test]
fn a_claim_keeps_its_side() {
    let mut market = sol_market();
    let mut position = claim(&mut market, 100, true);
    assert_eq!(market.book.novate(&mut position, Lots(-1), Pnl(-10)), Err(EngineError::ClaimRemains));
    market.book.novate(&mut position, Lots(1), Pnl(10)).unwrap();
    assert_eq!((position.lots, position.cost, market.book.long.cost), (Lots(1), Pnl(-90), Pnl(-90)));
}

#[test]
fn settling_moves_cash_and_cost_together() {
    let mut market = sol_market();
    let mut position = hold(&mut market, 1_000, PRICE - 100);
    market.book.settle(&mut position, Pnl(60_000)).unwrap();
    assert_eq!(position.pnl(Ticks(PRICE)), Ok(Pnl(40_000)));
    assert_eq!(market.book.treasury, Atoms(20_000_000_000_000 - 60_000));
    market.book.settle(&mut position, Pnl(-10_000)).unwrap();
    assert_eq!(position.pnl(Ticks(PRICE)), Ok(Pnl(50_000)));
    assert_eq!(market.book.long.cost, position.cost);
    // More than the treasury has is refused whole
    let before = (position, market.book);
    assert!(market.book.settle(&mut position, Pnl(i64::MAX / 2)).is_err());
    assert_eq!((position, market.book), before);
}

#[test]
fn attach_and_detach_are_inverses_and_never_underflow() {
    let mut market = sol_market();
    let position = hold(&mut market, -40, 25);
    let before = market.book;
    market.book.detach(&position).unwrap();
    assert_eq!(market.book.short.lots, Size(0));
    assert!(market.book.detach(&position).is_err());
    market.book.attach(&position).unwrap();
    assert_eq!(market.book, before);
}

#[test]
fn positions_that_contradict_themselves_are_seen() {
    let position = |lots, cost, side| Position { lots: Lots(lots), cost: Pnl(cost), side, ..Position::default() };
    assert!(position(1, 5, LONG).invariant() && position(-1, 5, SHORT).invariant());
    assert!(position(0, 0, LONG).invariant() && position(0, -5, SHORT).invariant());
    assert!(!position(-1, 5, LONG).invariant() && !position(1, 5, SHORT).invariant());
    assert!(!position(0, 1, LONG).invariant() && !position(0, 1, SHORT).invariant());
    assert!(!position(1, 5, 2).invariant());
}

#[test]
fn markets_that_contradict_themselves_are_seen() {
    let broken = |change: fn(&mut Market)| {
        let mut market = sol_market();
        change(&mut market);
        market.invariant()
    };
    assert!(broken(|_| ()));
    assert!(!broken(|m| m.status = status::SETTLED + 1));
    assert!(!broken(|m| m.risk.charge.0 <<= 1));
    assert!(!broken(|m| m.book.treasury = Atoms(1 << 63)));
    assert!(!broken(|m| m.book.long.indices.factor += 1));
    assert!(!broken(|m| m.book.short.lots_fraction = 1));
    assert!(!broken(|m| m.book.short.lots = Size(1)), "lots of nobody");
    assert!(!broken(|m| m.book.short.owed = Wide::of(1)), "funding of nobody");
    assert!(!broken(|m| m.book.long.cost = Pnl(1)), "a cost of nobody");
    assert!(!broken(|m| m.book.long.sized = 1), "lots without a position");
    assert!(!broken(|m| m.book.withheld = 1 + 1));
    assert!(!broken(|m| m.throttle.capacity.0 += 1));
    assert!(!broken(|m| m.price.oracle.0 = m.risk.max_price.0 + 1));
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn the_premium_is_never_below_and_at_most_two_atoms_above(skew in -70_000_000i64..=70_000_000, at in 1u64..10_000_000) {
        let market = market_of(&sol(), at, 0);
        let got = u128::from(premium(&market.risk, Lots(skew), Ticks(at)).unwrap().0);
        let exact = (u128::from(at) * u128::from(skew.unsigned_abs()).pow(2)).div_ceil(40_000_000_000);
        prop_assert!(got >= exact && got <= exact + 1, "{got} {exact}");
    }

    #[test]
    fn totals_are_the_sums_of_positions(trades in proptest::collection::vec((0usize..4, -1_000i64..1_000, -9_000i64..9_000), 1..60)) {
        let mut book = Book { treasury: Atoms(1 << 40), ..Book::default() };
        let mut positions = [Position::default(); 4];
        for (who, lots, amount) in trades {
            let before = (book, positions[who]);
            let result = match amount % 2 {
                0 => book.novate(&mut positions[who], Lots(lots), Pnl(amount)),
                _ => book.settle(&mut positions[who], Pnl(amount)),
            };
            if result.is_err() {
                prop_assert_eq!((book, positions[who]), before);
            }
            for (side, total) in [(LONG, book.long), (SHORT, book.short)] {
                let of_side = || positions.iter().filter(move |p| p.side == side);
                prop_assert_eq!(of_side().map(|p| p.lots.0.unsigned_abs()).sum::<u64>(), total.lots.0);
                prop_assert_eq!(of_side().map(|p| p.cost.0).sum::<i64>(), total.cost.0);
            }
        }
    }

    #[test]
    fn net_asset_value_moves_with_the_price_as_the_other_side_of_every_claim(
        lots in -50_000_000i64..50_000_000, cost in -1i64 << 40..1i64 << 40, from in 1_000u64..300_000, to in 1_000u64..300_000,
    ) {
        prop_assume!(lots != 0);
        let mut market = market_of(&sol(), from, 1 << 50);
        hold_at_cost(&mut market, lots, Pnl(cost));
        let before = nav(&market) + premium(&market.risk, Lots(lots), Ticks(from)).unwrap().0 as i64;
        market.price = price(to);
        let after = nav(&market) + premium(&market.risk, Lots(lots), Ticks(to)).unwrap().0 as i64;
        prop_assert_eq!(after - before, -lots * (to as i64 - from as i64));
    }
}
