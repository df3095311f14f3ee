//! What a position catches up with when it is touched, and what its side keeps.
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
    book::Book,
    deleverage::reduce,
    indices::{ADL_ONE, Exact, Indices},
    math::Rounding,
    position::{LONG, Position, SHORT},
    side::{Side, Touched},
    units::{Atoms, Lots, Pnl, Size, Ticks, Wide},
};
use proptest::prelude::*;

/// A book with one position of each side: 5 lots from 100.
fn matched() -> (Book, Position, Position) {
    let mut book = Book::default();
    let (mut long, mut short) = (Position::default(), Position::default());
    book.novate(&mut long, Lots(5), Pnl(500)).unwrap();
    book.novate(&mut short, Lots(-5), Pnl(-500)).unwrap();
    (book, long, short)
}

/// Lets funding of so many 2^-32 atoms a lot accrue on a side that was never deleveraged.
fn fund(side: &mut Side, per_lot: i128) {
    side.indices.funding = Wide::of(side.indices.funding.get() + per_lot);
    side.owed = Wide::of(side.owed.get() + per_lot * i128::from(side.lots.0));
}

#[test]
fn a_position_that_is_up_to_date_stays_as_it_is() {
    let (mut book, mut long, _) = matched();
    let before = (book, long);
    assert_eq!(book.touch(&mut long, Ticks(130)), Ok(Touched::default()));
    assert_eq!((book, long), before);
}

#[test]
fn funding_is_charged_up_and_received_down() {
    // Given longs that owe 1.1 atoms a lot and shorts that are owed as much
    let (mut book, mut long, mut short) = matched();
    let rate = (11i128 << 32) / 10 + 1;
    fund(&mut book.long, rate);
    fund(&mut book.short, -rate);
    let seen = [long, short].map(|position| book.touched(&position, Ticks(130)).unwrap());
    let touched = book.touch(&mut long, Ticks(130)).unwrap();
    assert_eq!((touched.funding, touched.accrued, touched.lots), (Pnl(6), Wide::of(5 * rate), Size(0)));
    assert_eq!((long.cost, long.lots, book.long.cost, book.long.owed), (Pnl(506), Lots(5), Pnl(506), Wide::ZERO));
    assert_eq!(book.touch(&mut short, Ticks(130)).unwrap().funding, Pnl(-5));
    assert_eq!((short.cost, book.short.cost, book.short.owed), (Pnl(-505), Pnl(-505), Wide::ZERO));
    // And whoever only looked saw as much
    assert_eq!(seen, [long, short]);
    // And never twice
    assert_eq!(book.touch(&mut long, Ticks(130)), Ok(Touched::default()));
}

#[test]
fn a_reduced_position_is_paid_for_what_is_gone_and_for_the_fraction() {
    // Given half of 5 lots closed at 121 while the price is 131
    let (mut book, mut long, mut short) = matched();
    for (is_long, side_cost) in [(true, 500 - 303), (false, -500 + 301)] {
        let reduced = reduce(book.side_mut(is_long), is_long, Size(2), Ticks(121)).unwrap();
        assert_eq!((reduced.before.lots, reduced.factor), (Size(5), (2 * ADL_ONE).div_ceil(5)));
        assert_eq!(reduced.after, Exact { lots: Size(2), fraction: 1 });
        assert_eq!(book.side(is_long).cost, Pnl(side_cost + if is_long { -60 } else { 61 }));
    }
    let touched = book.touch(&mut long, Ticks(131)).unwrap();
    // Then 3 lots less the smallest fraction were closed at 121, and nothing of a lot at 131
    assert_eq!((long.lots, touched.lots, touched.proceeds, touched.fraction), (Lots(2), Size(3), Atoms(362), 0));
    assert_eq!(long.cost, Pnl(500 - 362));
    let touched = book.touch(&mut short, Ticks(131)).unwrap();
    assert_eq!((short.lots, touched.proceeds), (Lots(-2), Atoms(363)));
    // An atom is for what rounding took from its size
    assert_eq!((short.cost, touched.fraction, touched.fraction_value), (Pnl(-500 + 363 + 1), 0, Atoms(1)));
}

#[test]
fn the_fraction_of_a_lot_is_closed_at_the_present_price() {
    // Given two longs of 5 lots, all reduced by half at 120
    let (mut book, mut first, _) = matched();
    let mut second = Position::default();
    book.novate(&mut second, Lots(5), Pnl(500)).unwrap();
    reduce(&mut book.long, true, Size(5), Ticks(120)).unwrap();
    assert_eq!((book.long.indices.factor, book.long.cost), (ADL_ONE / 2, Pnl(1_000 - 600)));
    // When one is touched at 130
    let touched = book.touch(&mut first, Ticks(130)).unwrap();
    // Then 2.5 lots at 120 and half a lot at 130 are paid
    assert_eq!((touched.proceeds, touched.fraction, touched.fraction_value), (Atoms(300), 1 << 31, Atoms(65)));
    assert_eq!((first.lots, first.cost), (Lots(2), Pnl(500 - 365)));
    assert_eq!((book.long.lots, book.long.lots_fraction, book.long.cost), (Size(4), 1 << 31, Pnl(400 - 65)));
    // And the other's touch leaves the sum of both
    book.touch(&mut second, Ticks(110)).unwrap();
    assert_eq!((book.long.lots, book.long.lots_fraction), (Size(4), 0));
    assert_eq!(book.long.cost.0, first.cost.0 + second.cost.0);
}

#[test]
fn funding_of_a_reduced_lot_is_that_of_what_is_left_of_it() {
    let (mut book, mut long, _) = matched();
    reduce(&mut book.long, true, Size(1), Ticks(100)).unwrap();
    // 2 atoms for each lot that is left are two fifths for each that was there
    book.long.indices.funding = Wide::of((2i128 << 32) / 5);
    let touched = book.touch(&mut long, Ticks(100)).unwrap();
    assert_eq!((touched.funding, long.lots), (Pnl(2), Lots(1)));
}

#[test]
fn a_position_of_the_previous_epoch_goes_through_its_end() {
    // Given 2^17 longs of one side reduced to one lot in all: a new epoch begins
    let mut book = Book::default();
    let (mut whale, mut other) = (Position::default(), Position::default());
    book.novate(&mut whale, Lots(3 << 16), Pnl(100 * (3 << 16))).unwrap();
    book.novate(&mut other, Lots(1 << 16), Pnl(100 << 16)).unwrap();
    assert!(reduce(&mut book.long, true, Size(2), Ticks(100)).unwrap().new_epoch);
    assert_eq!((book.long.epoch, book.long.previous, book.long.sized), (1, 2, 2));
    assert_eq!((book.long.indices, book.long.ended.factor), (Indices::START, ADL_ONE >> 17));
    let (mut copy, mut touched) = (book, whale);
    copy.touch(&mut touched, Ticks(100)).unwrap();
    assert_eq!(
        book.touched(&whale, Ticks(100)),
        Ok(touched),
        "its factor is one, and so is the side's, but of another epoch"
    );
    // And in it the side is reduced to half at another price
    reduce(&mut book.long, true, Size(1), Ticks(160)).unwrap();
    assert_eq!((book.long.lots, book.long.lots_fraction), (Size(1), 0));
    let cost = book.long.cost;
    // When both are touched at 200: 0.75 and 0.25 lots are left, and closed
    let seen = book.touched(&whale, Ticks(200)).unwrap();
    let touched = book.touch(&mut whale, Ticks(200)).unwrap();
    assert_eq!(seen, whale, "whoever only looks sees the same");
    assert_eq!((touched.fraction, touched.fraction_value), (3 << 30, Atoms(150)));
    // The end paid 100 for all but 1.5 lots, the half of which was paid 160
    assert_eq!(touched.proceeds, Atoms(100 * (3 << 16) - 150 + 120));
    assert_eq!((whale.lots, whale.cost), (Lots(0), Pnl(150 - 120 - 150)));
    assert!(whale.invariant() && book.long.previous == 1);
    assert_eq!((book.long.lots_fraction, book.long.cost), (1 << 30, Pnl(cost.0 - 150)));
    book.touch(&mut other, Ticks(200)).unwrap();
    assert_eq!((book.long.previous, book.long.sized, book.long.attached), (0, 0, 2));
    assert_eq!((book.long.lots, book.long.lots_fraction, book.long.owed), (Size(0), 0, Wide::ZERO));
    assert_eq!(book.long.cost.0, whale.cost.0 + other.cost.0, "claims without lots are left");
    assert!(book.invariant());
    // The last to leave takes the rest of the costs with it
    book.long.cost = Pnl(book.long.cost.0 - 3);
    for position in [&mut whale, &mut other] {
        book.treasury = Atoms(1_000);
        let owed = Pnl(-position.cost.0);
        book.settle(position, owed).unwrap();
    }
    assert_eq!((book.long.cost, book.long.attached), (Pnl(0), 0));
}

#[test]
fn an_epoch_that_ends_charges_its_funding_once() {
    // Given longs that owe seven atoms a lot when their epoch ends
    let mut book = Book::default();
    let mut whale = Position::default();
    book.novate(&mut whale, Lots(3 << 16), Pnl(100 * (3 << 16))).unwrap();
    fund(&mut book.long, 7 << 32);
    assert!(reduce(&mut book.long, true, Size(2), Ticks(100)).unwrap().new_epoch);
    // Then that is what a touch charges, and the lot or two that are left owe nothing more
    let touched = book.touch(&mut whale, Ticks(100)).unwrap();
    assert_eq!(touched.funding, Pnl(7 * (3 << 16)));
    assert!(whale.lots > Lots(0) && whale.indices.funding == Wide::of(7 << 32));
}

#[test]
fn what_was_not_touched_can_not_be_traded() {
    let (mut book, mut long, _) = matched();
    fund(&mut book.long, 1);
    let before = (book, long);
    assert_eq!(book.novate(&mut long, Lots(1), Pnl(1)), Err(EngineError::NotTouched));
    assert_eq!(book.settle(&mut long, Pnl(-1)), Err(EngineError::NotTouched));
    assert_eq!(book.detach(&long), Err(EngineError::NotTouched));
    assert_eq!((book, long), before);
    book.touch(&mut long, Ticks(1)).unwrap();
    book.novate(&mut long, Lots(1), Pnl(1)).unwrap();
}

#[test]
fn a_debt_without_lots_is_only_possible_after_deleveraging() {
    let debt = |factor, epoch| Position {
        cost: Pnl(1),
        indices: Indices { factor, ..Indices::START },
        epoch,
        ..Position::default()
    };
    assert!(!debt(ADL_ONE, 0).invariant() && !debt(0, 0).invariant());
    assert!(debt(ADL_ONE - 1, 0).invariant() && debt(ADL_ONE, 1).invariant());
}

#[test]
fn sides_that_contradict_themselves_are_seen() {
    let broken = |change: fn(&mut Side)| {
        let (mut book, _, _) = matched();
        change(&mut book.long);
        book.long.invariant()
    };
    assert!(broken(|_| ()));
    assert!(broken(|s| (s.indices.factor, s.lots_fraction) = (ADL_ONE - 1, 1)));
    for change in [
        (|s| s.sized = 2) as fn(&mut Side),
        |s| s.previous = 1,
        |s| s.attached = 0,
        |s| s.lots_fraction = 1,
        |s| (s.indices.factor, s.lots_fraction) = (ADL_ONE - 1, 1 << 32),
        |s| s.indices.value = Wide::of(1),
        |s| (s.indices.factor, s.indices.value) = (ADL_ONE - 1, Wide::of(-1)),
        |s| s.ended.factor = ADL_ONE - 1,
        |s| (s.epoch, s.ended.factor) = (1, ADL_ONE + 1),
        |s| s.lots = Size(0),
        |s| (s.sized, s.owed) = (0, Wide::ZERO),
    ] {
        assert!(!broken(change));
    }
}

#[test]
fn no_intermediate_result_is_too_wide() {
    // Given the largest side at the highest price it may have, reduced to the smallest factor, with twice its price in funding
    let (lots, price) = (1u64 << 45, Ticks(1 << 14));
    for (lots, price) in [(lots, price), (1 << 55, Ticks(1 << 4)), (1 << 10, Ticks(1 << 49))] {
        for is_long in [true, false] {
            let mut book = Book::default();
            let mut position = Position::default();
            let size = Size(lots).signed(is_long).unwrap();
            book.novate(&mut position, size, size.at(price).unwrap()).unwrap();
            let side = book.side_mut(is_long);
            let twice = i128::from(price.0) << 33;
            fund(side, if is_long { twice } else { -twice });
            reduce(side, is_long, Size(lots / (1 << 9) + 1), price).unwrap();
            side.indices.funding = Wide::of(side.indices.funding.get() + (twice >> 10));
            let mut at_end = (*side, position);
            at_end.0.touch(&mut at_end.1, price).unwrap();
            side.previous = 1;
            side.touch(&mut position, price).unwrap();
        }
    }
}

#[test]
fn a_size_scales_and_is_worth_what_it_says() {
    let size = Exact { lots: Size(7), fraction: 3 << 30 };
    assert_eq!(size.scaled(1, 2, Rounding::Up), Ok(Exact { lots: Size(3), fraction: 7 << 29 }));
    assert_eq!(size.scaled(1, 3, Rounding::Down).unwrap().fraction, 2_505_397_589);
    assert_eq!(size.scaled(1, 3, Rounding::Up).unwrap().fraction, 2_505_397_590);
    assert_eq!((size.at(Ticks(3), Rounding::Down), size.at(Ticks(3), Rounding::Up)), (Ok(Atoms(23)), Ok(Atoms(24))));
    assert_eq!(
        size.minus(Exact { lots: Size(0), fraction: 7 << 29 }),
        Ok(Exact { lots: Size(6), fraction: (7 << 30) - (7 << 29) })
    );
    assert!(Exact::whole(Size(1)).minus(size).is_err());
    assert_eq!(size.times(1 << 100, Rounding::Down), Ok((31 << 100) / 4));
    assert_eq!((size.times(3, Rounding::Down), size.times(3, Rounding::Up)), (Ok(23), Ok(24)));
}

#[test]
fn a_short_pays_for_what_rounding_takes_from_its_size() {
    // Given ten shorts of a lot each, all cut to three tenths at a price at which 2^-32 of a lot is worth 16 atoms
    let (mut book, price) = (Book::default(), Ticks(1 << 36));
    let mut shorts = [Position::default(); 10];
    for short in &mut shorts {
        book.novate(short, Lots(-1), Pnl(-(1 << 36))).unwrap();
    }
    reduce(&mut book.short, false, Size(3), price).unwrap();
    for short in &mut shorts {
        book.touch(short, price).unwrap();
        // Then none of them has gained, and together they leave the side no part of a lot that nobody paid for.
        assert!(short.lots.is_zero() && !short.cost.is_negative(), "{short:?}");
    }
    assert!(shorts.iter().any(|short| short.cost.is_positive()));
    assert!(book.short.lots.is_zero());
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn a_touch_moves_value_by_its_funding_and_rounds_against_the_holder(
        is_long in any::<bool>(),
        lots in 1u64..1_000_000,
        others in 0u64..1_000_000,
        entry in 1_000u64..200_000,
        keeps in proptest::collection::vec((1u64..1_000, 1_000u64..200_000, -1_000i64..1_000), 0..5),
        price in 1_000u64..200_000,
    ) {
        let mut book = Book { treasury: Atoms(1 << 60), ..Book::default() };
        let (mut held, mut rest) = (Position::default(), Position::default());
        for (position, lots) in [(&mut held, lots), (&mut rest, others + 1)] {
            let lots = Size(lots).signed(is_long).unwrap();
            book.novate(position, lots, lots.at(Ticks(entry)).unwrap()).unwrap();
        }
        // What is left of a lot and what the holder has gained on it, in floating point
        let (mut left, mut gained, mut owed) = (1f64, 0f64, 0f64);
        let sign = if is_long { 1f64 } else { -1f64 };
        for (permille, at, rate) in keeps {
            let side = book.side_mut(is_long);
            if side.lots == Size(0) {
                break;
            }
            let before = side.indices.factor;
            let keep = (side.lots.0 * permille).div_ceil(1_000);
            reduce(side, is_long, Size(keep), Ticks(at)).unwrap();
            let after = if side.epoch > 0 { break } else { side.indices.factor };
            let kept = left * after as f64 / before as f64;
            gained += (left - kept) * (at as f64 - entry as f64) * sign;
            left = kept;
            // Funding per present lot, as an accrual would book it
            let per_lot = i128::from(rate) << 20;
            let index = (per_lot * i128::from(after)) >> 62;
            side.indices.funding = Wide::of(side.indices.funding.get() + index);
            side.owed = Wide::of(side.owed.get() + ((per_lot * ((i128::from(side.lots.0) << 32) + i128::from(side.lots_fraction))) >> 32));
            owed += left * per_lot as f64 / 4_294_967_296.0;
        }
        prop_assume!(book.side(is_long).epoch == 0);
        let claims = |book: &Book| book.claims(is_long, Ticks(price)).unwrap().0 - book.side(is_long).owed_floor().unwrap().0;
        let before = claims(&book);
        let touched = book.touch(&mut held, Ticks(price)).unwrap();
        // Then the pool loses nothing and gains less than the two roundings
        let moved = before - claims(&book);
        prop_assert!((0..=if is_long { 2 } else { 3 }).contains(&moved), "{moved}");
        let exact = lots as f64 * (gained + left * (price as f64 - entry as f64) * sign - owed);
        let got = held.pnl(Ticks(price)).unwrap().0 as f64;
        let size = lots as f64 * 200_000.0;
        prop_assert!(got <= exact + size * 1e-12 + 1e-6, "{got} {exact}");
        prop_assert!(got >= exact - 4.0 - size * 1e-8, "{got} {exact}");
        prop_assert!(touched.fraction < 1 << 32 && held.invariant());
        prop_assert_eq!(held.side, if is_long { LONG } else { SHORT });
        // And what only looks sees the same
        let mut again = rest;
        let seen = book.touched(&rest, Ticks(price)).unwrap();
        book.touch(&mut again, Ticks(price)).unwrap();
        prop_assert_eq!(seen, again);
        prop_assert!(book.invariant());
    }
}
