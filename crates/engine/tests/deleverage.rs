//! Auto-deleveraging: two looks, one side pro rata, and the last closer can close.
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

use common::{NOW, PRICE, USD, cases, hold, market_of, nav, pnl, price, sol};
use plimsoll_engine::{
    EngineError,
    deleverage::{Look, Reduced, look, reduce},
    funding::accrue,
    indices::ADL_ONE,
    market::{Market, status},
    position::Position,
    units::{Atoms, Lots, Pnl, Size, Ticks},
};
use proptest::prelude::*;

/// 1,000 SOL from $1 less than now, long or short, against a treasury of so many dollars.
fn one_sided(sign: i64, treasury: u64) -> (Position, Market) {
    let mut market = market_of(&sol(), PRICE, treasury * USD);
    let entry = if sign > 0 { PRICE - 1_000 } else { PRICE + 1_000 };
    (hold(&mut market, sign * 1_000_000, entry), market)
}

/// Looks at a price published so many seconds later.
fn look_at(market: &mut Market, seconds: i64, at: u64) -> Result<Look, EngineError> {
    let now = NOW + seconds;
    accrue(market, now).unwrap();
    let publish_time = now;
    market.price = plimsoll_engine::price::Price { publish_time, ..price(at) };
    look(market, now)
}

/// The second of two looks.
fn reduced(market: &mut Market, first: u64, second: u64) -> Reduced {
    assert_eq!(look_at(market, 1, first), Ok(Look::First));
    match look_at(market, 2, second) {
        Ok(Look::Reduced(reduced)) => reduced,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_01_no_deleveraging_while_the_losers_are_solvent() {
    // Given a treasury of $1,000 and $100,000 matched at a venue, and a move of 10 %: $10,000 are owed
    let mut market = market_of(&sol(), PRICE * 11 / 10, 1_000 * USD);
    hold(&mut market, 666_000, PRICE);
    hold(&mut market, -666_000, PRICE);
    // Then the losers' loss is part of net asset value
    assert_eq!(look(&mut market, NOW), Err(EngineError::DeleveragingNotNeeded));
    // And with a skew that the treasury covers neither
    hold(&mut market, 100_000, PRICE * 11 / 10);
    assert_eq!(look(&mut market, NOW), Err(EngineError::DeleveragingNotNeeded));
}

#[test]
fn a_side_is_reduced_until_its_skew_is_covered() {
    // Given $1,000 of profit on $150,000 and a treasury of $4,000: 2 % is below the trigger of 2.5 %
    for sign in [1, -1] {
        let (mut position, mut market) = one_sided(sign, 4_000);
        let (tokens, value) = (market.book.treasury, nav(&market));
        let got = reduced(&mut market, PRICE, PRICE);
        // Then what net asset value covers at 5 % is left
        let keep = value as u64 * 20 / PRICE;
        assert_eq!((got.long, got.price, got.before.lots), (sign > 0, Ticks(PRICE), Size(1_000_000)));
        assert!(got.after.lots.0.abs_diff(keep) < 300, "{got:?} {keep}");
        assert_eq!(market.book.treasury, tokens, "no cash moves");
        // And the premium that the lots had paid is the providers'
        assert!((0..=3_750_001).contains(&(nav(&market) - value)), "{}", nav(&market) - value);
        let before = pnl(&position, &market);
        let touched = market.book.touch(&mut position, Ticks(PRICE)).unwrap();
        assert_eq!(position.lots.0, sign * got.after.lots.0 as i64);
        assert!((0..2).contains(&(before - pnl(&position, &market) - touched.funding.0)), "profit stays");
        assert!(market.invariant() && position.invariant());
        assert!(matches!(look_at(&mut market, 3, PRICE), Err(EngineError::DeleveragingNotNeeded)));
    }
}

#[test]
fn a_37_one_print_takes_no_position() {
    let (position, mut market) = one_sided(1, 4_000);
    assert_eq!(look_at(&mut market, 1, PRICE), Ok(Look::First));
    // The same print again is no second look
    assert_eq!(look(&mut market, NOW + 1), Err(EngineError::PriceNotNewer));
    // When the next one shows that nothing is needed, the first is forgotten
    assert_eq!(look_at(&mut market, 2, PRICE - 900), Ok(Look::Cancelled));
    assert_eq!(look_at(&mut market, 3, PRICE), Ok(Look::First));
    // And so it is after its time to live
    assert_eq!(look_at(&mut market, 34, PRICE), Ok(Look::First));
    assert!(matches!(look_at(&mut market, 64, PRICE), Ok(Look::Reduced(_))), "30 seconds are in time");
    assert!(market.book.long.lots < Size(position.lots.0 as u64));
}

#[test]
fn the_worse_price_of_both_looks_is_the_holders() {
    for (sign, first, second, worse) in [
        (1, 150_000, 150_100, 150_000),
        (1, 150_100, 150_000, 150_000),
        (-1, 150_000, 149_900, 150_000),
        (-1, 149_900, 150_000, 150_000),
    ] {
        let (_, mut market) = one_sided(sign, 3_800);
        assert_eq!(reduced(&mut market, first, second).price, Ticks(worse), "{sign} {first} {second}");
    }
}

#[test]
fn a_look_at_the_other_side_starts_anew() {
    let (_, mut market) = one_sided(1, 3_000);
    assert_eq!(look_at(&mut market, 1, PRICE), Ok(Look::First));
    // Given shorts that outweigh the longs at the second look
    hold(&mut market, -2_000_000, PRICE + 1_000);
    assert_eq!(look_at(&mut market, 2, PRICE), Ok(Look::First));
    assert_eq!(market.deleveraging.long, 0);
}

#[test]
fn a_09_a_matched_book_never_becomes_one_sided() {
    // Given nothing in the treasury, 1,000 SOL long with profit and 800 SOL short
    let mut market = market_of(&sol(), PRICE, 0);
    hold(&mut market, 1_000_000, PRICE - 1_000);
    hold(&mut market, -800_000, PRICE);
    assert!(nav(&market) < 0);
    let got = reduced(&mut market, PRICE, PRICE);
    assert_eq!((got.after.lots, market.book.skew()), (Size(800_000), Ok(Lots(0))));
    assert!(matches!(look_at(&mut market, 3, PRICE), Err(EngineError::DeleveragingNotNeeded)), "nothing is heavier");
}

#[test]
fn when_it_is_not_allowed() {
    let (_, market) = one_sided(1, 4_000);
    for (change, refused) in [
        ((|m: &mut Market| m.book.deficit = Atoms(1)) as fn(&mut Market), EngineError::DeficitPending),
        (|m| m.status = status::SETTLING, EngineError::MarketNotOpen),
        (|m| m.funding.accrued -= 1, EngineError::FundingNotAccrued),
        (|m| m.price.publish_time -= 31, EngineError::PriceTooOld),
        (|m| m.book.treasury = Atoms(1 << 40), EngineError::DeleveragingNotNeeded),
        // A side that has won nothing is not what net asset value lacks
        (|m| m.price = price(PRICE - 1_000), EngineError::DeleveragingNotNeeded),
    ] {
        let mut market = market;
        change(&mut market);
        let before = market;
        assert_eq!(look(&mut market, NOW), Err(refused));
        assert_eq!(market, before);
    }
}

#[test]
fn the_trigger_holds_to_the_atom() {
    // 2.5 % of $150,000, up, and $1,000 of claims and the premium
    let least = 3_750_000_028 + 1_000_000_000 + 3_750_001;
    let (_, mut market) = one_sided(1, 0);
    market.book.treasury = Atoms(least);
    let trigger = market.risk.adl_trigger.mul_ceil(Atoms(150_000_000_000)).unwrap().0;
    market.book.treasury = Atoms(trigger + 1_000_000_000 + 3_750_001);
    assert_eq!(look(&mut market, NOW), Err(EngineError::DeleveragingNotNeeded));
    market.book.treasury.0 -= 1;
    assert_eq!(look(&mut market, NOW), Ok(Look::First));
}

#[test]
fn a_side_without_cover_and_without_an_other_goes_whole() {
    // Given longs alone and a treasury that owes more than it has
    let (mut position, mut market) = one_sided(1, 500);
    let got = reduced(&mut market, PRICE, PRICE);
    assert_eq!((got.after.lots, got.factor, got.new_epoch), (Size(0), 0, true));
    assert_eq!((market.book.long.previous, market.book.long.sized), (1, 1));
    // Then the holder has a claim of the profit and no lots
    market.book.touch(&mut position, Ticks(PRICE + 5_000)).unwrap();
    assert_eq!(position.lots, Lots(0));
    assert!((999_900_000..=1_000_000_000).contains(&-position.cost.0), "{position:?}");
    assert!(market.invariant() && position.invariant());
}

#[test]
fn epochs_begin_and_factors_are_used_up_below_their_bounds_and_not_at_them() {
    let cut = |market: &mut Market, keep| reduce(&mut market.book.long, true, Size(keep), Ticks(PRICE));
    // Given a side cut to 2^-16 in two steps: that is not below it
    let mut market = market_of(&sol(), PRICE, 0);
    hold(&mut market, 1 << 20, PRICE);
    cut(&mut market, 1 << 19).unwrap();
    let at = cut(&mut market, 16).unwrap();
    assert_eq!((at.factor, at.new_epoch, market.book.long.epoch), (ADL_ONE >> 16, false, 0));
    // Then one lot less begins a new epoch, whose factor is one
    assert!(cut(&mut market, 15).unwrap().new_epoch);
    assert_eq!((market.book.long.epoch, market.book.long.indices.factor), (1, ADL_ONE));
    // While a position of the previous epoch is left it goes on down to 2^-32, and not below
    for factor in [ADL_ONE >> 16, ADL_ONE >> 32] {
        let missing = (1 << 20) - market.book.long.lots.0 as i64;
        hold(&mut market, missing, PRICE);
        assert_eq!(cut(&mut market, 16).unwrap().factor, factor);
    }
    assert_eq!(market.book.long.epoch, 1);
    assert_eq!(cut(&mut market, 15), Err(EngineError::FactorExhausted));
}

#[test]
fn a_factor_that_is_used_up_waits_for_the_previous_epoch() {
    // Given a new epoch with a position of the one before
    let mut market = market_of(&sol(), PRICE, 0);
    let mut old = hold(&mut market, 1_000_000, PRICE);
    reduce(&mut market.book.long, true, Size(1), Ticks(PRICE)).unwrap();
    assert_eq!((market.book.long.epoch, market.book.long.previous), (1, 1));
    let mut young = hold(&mut market, 10_000_000, PRICE);
    // When the side is cut again and again
    reduce(&mut market.book.long, true, Size(1_000), Ticks(PRICE)).unwrap();
    let mut grown = hold(&mut market, 10_000_000, PRICE);
    reduce(&mut market.book.long, true, Size(100), Ticks(PRICE)).unwrap();
    assert!(
        market.book.long.indices.factor < ADL_ONE >> 28 && market.book.long.epoch == 1,
        "it goes on without an epoch"
    );
    let before = market.book.long;
    assert_eq!(reduce(&mut market.book.long, true, Size(1), Ticks(PRICE)), Err(EngineError::FactorExhausted));
    assert_eq!(market.book.long, before);
    // Then touching the old one allows it
    market.book.touch(&mut old, Ticks(PRICE)).unwrap();
    assert!(reduce(&mut market.book.long, true, Size(1), Ticks(PRICE)).unwrap().new_epoch);
    for position in [&mut young, &mut grown] {
        market.book.touch(position, Ticks(PRICE)).unwrap();
        assert_eq!(position.lots, Lots(0));
    }
    assert!(market.invariant());
}

/// Many small positions on both sides, through funding, several reductions and epochs.
struct Crowd {
    market: Market,
    positions: Vec<Position>,
    random: u64,
}

impl Crowd {
    fn new(seed: u64) -> Self {
        let mut market = market_of(&sol(), PRICE, 0);
        market.book.treasury = Atoms(1 << 60);
        Self { market, positions: Vec::new(), random: seed | 1 }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % bound
    }

    fn open(&mut self) {
        let lots = self.below(12) as i64 + 1;
        let lots = if self.below(2) == 0 { lots } else { -lots };
        let entry = self.market.price.oracle.0;
        self.positions.push(hold(&mut self.market, lots, entry));
    }

    fn touch(&mut self, who: usize) {
        let at = self.market.price.oracle;
        let premium_free = |market: &Market| {
            let premium = plimsoll_engine::book::premium(&market.risk, market.book.skew().unwrap(), at).unwrap();
            nav(market) + premium.0 as i64
        };
        let before = premium_free(&self.market);
        let long = self.positions[who].is_long();
        let alone = self.market.book.side(long).sized;
        self.market.book.touch(&mut self.positions[who], at).unwrap();
        // The pool gains the roundings and loses none; when the last leaves, what belongs to nobody falls to it too
        let gained = premium_free(&self.market) - before;
        let least = if self.market.book.side(long).sized == 0 && alone > 0 { -1 } else { 0 };
        assert!(gained >= least && (gained <= 2 || least < 0), "{gained}");
    }

    /// Closes at the price, and pays whatever is owed from a full treasury or purse.
    fn close(&mut self, who: usize) {
        self.touch(who);
        let at = self.market.price.oracle;
        let position = &mut self.positions[who];
        let lots = position.lots.negated().unwrap();
        if lots != Lots(0) {
            self.market.book.novate(position, lots, lots.at(at).unwrap()).unwrap();
        }
        let owed = position.cost.negated().unwrap();
        self.market.book.settle(position, owed).unwrap();
        self.positions.swap_remove(who);
    }

    /// I-3: the totals are at least the sums, and more by less than a lot for each position.
    fn check(&self) {
        let book = &self.market.book;
        assert!(self.market.invariant());
        for long in [true, false] {
            let side = book.side(long);
            let of_side = || self.positions.iter().filter(|p| p.is_long() == long);
            let (mut lots, mut cost, mut owed) = (0u128, 0i128, 0i128);
            for position in of_side() {
                let mut alone = *side;
                let mut position = *position;
                let touched = alone.touch(&mut position, self.market.price.oracle).unwrap();
                lots += (u128::from(position.lots.0.unsigned_abs()) << 32) + u128::from(touched.fraction);
                cost += i128::from(position.cost.0) - i128::from(touched.funding.0);
                cost += i128::from(touched.fraction_value.0) * if long { 1 } else { -1 };
                owed += touched.accrued.get();
            }
            let count = of_side().count() as u128;
            let total = (u128::from(side.lots.0) << 32) + u128::from(side.lots_fraction);
            assert!(total >= lots && total - lots <= count << 12, "{total} {lots}");
            let over = cost - i128::from(side.cost.0);
            assert!(over >= 0 && over <= 4 * count as i128 + 40, "{over} of {count}");
            assert!(owed >= side.owed.get() - (1 << 32), "{owed} {}", side.owed.get());
            assert_eq!(side.attached as u128, count);
        }
    }
}

#[test]
fn a_09_thousands_of_small_positions_can_all_close() {
    for seed in [7, 1_234_567] {
        let mut crowd = Crowd::new(seed);
        let mut now = NOW;
        let mut epochs = 0;
        for round in 0..14 {
            for _ in 0..400 {
                crowd.open();
            }
            for _ in 0..3 {
                now += 1 + crowd.below(20) as i64;
                accrue(&mut crowd.market, now).unwrap();
                let at = PRICE / 2 + crowd.below(PRICE);
                crowd.market.price = plimsoll_engine::price::Price { publish_time: now, ..price(at) };
            }
            let touched = crowd.below(150);
            for _ in 0..touched {
                let who = crowd.below(crowd.positions.len() as u64) as usize;
                crowd.touch(who);
            }
            // A mild cut, and in some rounds one that starts an epoch
            for long in [true, false] {
                let lots = crowd.market.book.side(long).lots.0;
                let keep = if round % 4 == 3 { lots / 100_000 } else { lots - crowd.below(lots / 2 + 1) };
                let at = crowd.market.price.oracle;
                match reduce(crowd.market.book.side_mut(long), long, Size(keep), at) {
                    Ok(reduced) => epochs += u32::from(reduced.new_epoch),
                    Err(error) => {
                        assert_eq!(error, EngineError::FactorExhausted);
                        for who in 0..crowd.positions.len() {
                            crowd.touch(who);
                        }
                    }
                }
            }
            crowd.check();
            for _ in 0..100 {
                let who = crowd.below(crowd.positions.len() as u64) as usize;
                crowd.close(who);
            }
            crowd.check();
        }
        assert!(epochs >= 4, "{epochs}");
        // Then every one of them can close, in any order, and nothing is left
        assert!(crowd.positions.len() > 3_000);
        while !crowd.positions.is_empty() {
            let who = crowd.below(crowd.positions.len() as u64) as usize;
            crowd.close(who);
        }
        for side in [crowd.market.book.long, crowd.market.book.short] {
            assert_eq!((side.lots, side.lots_fraction, side.cost), (Size(0), 0, Pnl(0)));
            assert_eq!((side.attached, side.sized, side.previous, side.owed.get()), (0, 0, 0, 0));
        }
        assert_eq!(nav(&crowd.market), crowd.market.book.treasury.0 as i64);
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_reduction_keeps_what_it_should_and_costs_the_pool_nothing(
        long in any::<bool>(),
        sizes in proptest::collection::vec(1u64..3_000_000, 1..6),
        other in 0u64..5_000_000,
        moved in 1u64..30_000,
        treasury in 0u64..1 << 40,
        drift in -500i64..500,
    ) {
        let sign = if long { 1i64 } else { -1 };
        let mut market = market_of(&sol(), PRICE, treasury);
        let entry = if long { PRICE - moved } else { PRICE + moved };
        let mut positions: Vec<_> = sizes.iter().map(|lots| hold(&mut market, sign * *lots as i64, entry)).collect();
        if other > 0 {
            hold(&mut market, -sign * other as i64, PRICE);
        }
        let first = look_at(&mut market, 1, PRICE);
        prop_assume!(first == Ok(Look::First));
        let second = look_at(&mut market, 2, (PRICE as i64 + drift) as u64);
        prop_assume!(second.is_ok() && second != Ok(Look::Cancelled));
        let Ok(Look::Reduced(got)) = second else { panic!("{second:?}") };
        // Never below the other side, and never more than there was
        prop_assert!(got.after.lots.0 >= other.min(got.before.lots.0));
        prop_assert!(got.after.lots <= got.before.lots);
        prop_assert!(market.invariant());
        // Every position keeps the same share, down to the lot
        let at = market.price.oracle;
        for (position, lots) in positions.iter_mut().zip(&sizes) {
            market.book.touch(position, at).unwrap();
            let share = u128::from(*lots) * u128::from(got.factor) / u128::from(ADL_ONE);
            prop_assert_eq!(u128::from(position.lots.0.unsigned_abs()), share);
        }
    }
}
