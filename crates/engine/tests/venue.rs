//! Fills between two accounts that a venue matched.
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

use common::{NOW, PRICE, USD, cases, claim, health_not_lower, hold, leg, nav, sol, sol_market};
use plimsoll_engine::{
    EngineError, Result,
    account::{Health, Initial},
    execution::Taker,
    margin::initial_requirement,
    market::{Market, status},
    position::Position,
    price::Price,
    trade::Rest,
    units::{Atoms, Lots, Pnl, Size, Ticks},
    venue::{Grant, SideFilled, VenueFilled, fill},
};
use proptest::prelude::*;

/// An account without other legs.
#[derive(Clone, Copy, Debug, Default)]
struct Who {
    cash: u64,
    position: Position,
    rest: Rest,
    flagged: bool,
}

impl Who {
    fn with(cash: u64, position: Position) -> Self {
        Self { cash, position, ..Self::default() }
    }

    fn taker(&self) -> Taker<'_> {
        Taker { cash: Atoms(self.cash), rest: &self.rest, position: Some(&self.position), flagged: self.flagged }
    }

    fn after(side: &SideFilled) -> Self {
        Self::with(side.cash.0, side.position)
    }

    fn health(&self, market: &Market) -> Health {
        let mut health = Health::of_cash(Atoms(self.cash)).unwrap();
        health.add(&leg(&self.position, market)).unwrap();
        health
    }
}

fn matched(buyer: &Who, seller: &Who, market: &Market, lots: u64, price: u64) -> Result<VenueFilled> {
    fill(&buyer.taker(), &seller.taker(), market, Size(lots), Ticks(price), NOW)
}

/// Two empty accounts with $20,000 each.
fn pair() -> [Who; 2] {
    [Who::with(20_000 * USD, Position::default()); 2]
}

/// One basis point of 1,000 SOL at $150, up.
const FEE: u64 = 15_000_010;

#[test]
fn two_accounts_open_against_each_other_at_one_price() {
    // Given SOL at $150 and a venue's price of $150.30
    let (market, [buyer, seller]) = (sol_market(), pair());
    let done = matched(&buyer, &seller, &market, 1_000_000, 150_300).unwrap();
    // Then what one pays the other is paid, without premium or spread, and each pays a basis point
    let cost = 150_300_000_000;
    assert_eq!((done.buyer.lots, done.buyer.cost), (Lots(1_000_000), Pnl(cost)));
    assert_eq!((done.seller.lots, done.seller.cost), (Lots(-1_000_000), Pnl(-cost)));
    assert_eq!((done.buyer.position.cost, done.seller.position.cost), (Pnl(cost), Pnl(-cost)));
    let fee = 15_030_010;
    assert_eq!((done.buyer.fee, done.seller.fee), (Atoms(fee), Atoms(fee)));
    assert_eq!((done.buyer.cash, done.seller.cash), (Atoms(20_000 * USD - fee), Atoms(20_000 * USD - fee)));
    assert_eq!(done.book.treasury.0, market.book.treasury.0 + 2 * fee);
    assert_eq!((done.book.long.lots, done.book.short.lots), (Size(1_000_000), Size(1_000_000)));
    let after = Market { book: done.book, ..market };
    assert_eq!(nav(&after), nav(&market) + 2 * fee as i64);
}

#[test]
fn the_band_holds_to_the_tick_in_both_directions() {
    let (market, [buyer, seller]) = (sol_market(), pair());
    let at = |price| matched(&buyer, &seller, &market, 1_000, price).map(drop);
    let refused = Err(EngineError::OutsideVenueBand);
    // Half of a percent of 150,000, rounded down
    assert_eq!((at(150_749), at(150_750)), (Ok(()), refused));
    assert_eq!((at(149_251), at(149_250)), (Ok(()), refused));
    assert_eq!((at(75_000), at(u64::MAX)), (refused, refused));
    assert_eq!(at(0), Err(EngineError::ZeroAmount));
    let mut closed = market;
    closed.risk.venue_band = plimsoll_engine::units::Ratio::ZERO;
    assert_eq!(matched(&buyer, &seller, &closed, 1_000, PRICE), Err(EngineError::OutsideVenueBand), "no venue fills");
}

#[test]
fn a_close_settles_both_losses_before_profits() {
    // Given matched positions, a long one with $1,000 of profit, and a treasury of nothing
    let mut market = common::market_of(&sol(), PRICE, 0);
    let long = hold(&mut market, 1_000_000, PRICE - 1_000);
    let short = hold(&mut market, -1_000_000, PRICE - 1_000);
    market.book.treasury = Atoms(1);
    // When the loser buys what the winner sells
    let (loser, winner) = (Who::with(2_000 * USD, short), Who::with(100 * USD, long));
    let done = matched(&loser, &winner, &market, 1_000_000, PRICE).unwrap();
    // Then the loss pays the profit, although the buyer's side comes first or the treasury was empty
    assert_eq!((done.buyer.settled, done.seller.settled), (Pnl(-1_000_000_000), Pnl(1_000_000_000)));
    assert!(done.buyer.position.is_empty() && done.seller.position.is_empty());
    assert_eq!(done.buyer.cash.0, 1_000 * USD - FEE);
    assert_eq!(done.seller.cash.0, 1_100 * USD - FEE);
    assert_eq!(done.book.treasury.0, 1 + 2 * FEE);
    // The same where the loser sells
    let mut market = common::market_of(&sol(), PRICE, 0);
    let long = hold(&mut market, 1_000_000, PRICE + 1_000);
    let short = hold(&mut market, -1_000_000, PRICE + 1_000);
    market.book.treasury = Atoms(1);
    let (winner, loser) = (Who::with(100 * USD, short), Who::with(2_000 * USD, long));
    let done = matched(&winner, &loser, &market, 1_000_000, PRICE).unwrap();
    assert_eq!((done.buyer.settled, done.seller.settled), (Pnl(1_000_000_000), Pnl(-1_000_000_000)));
}

#[test]
fn a_loss_that_cash_does_not_pay_is_refused_whoever_wins() {
    let mut market = sol_market();
    let long = hold(&mut market, 1_000_000, PRICE - 1_000);
    let short = hold(&mut market, -1_000_000, PRICE - 1_000);
    let with = |cash| matched(&Who::with(cash, short), &Who::with(USD, long), &market, 1_000_000, PRICE).map(drop);
    assert_eq!(with(1_000 * USD - 1), Err(EngineError::LossExceedsCash));
    assert_eq!(with(1_000 * USD + FEE - 1), Err(EngineError::InsufficientCash));
    assert_eq!(with(1_000 * USD + FEE), Ok(()));
}

#[test]
fn a_profit_that_the_treasury_cannot_pay_stays_a_claim() {
    // Given a winner who sells to somebody new, with $400 in the treasury and a loser who was not marked
    let mut market = common::market_of(&sol(), PRICE, 400 * USD);
    let long = hold(&mut market, 1_000_000, PRICE - 1_000);
    hold(&mut market, -1_000_000, PRICE - 1_000);
    market.risk.coverage = plimsoll_engine::units::Ratio::ZERO;
    let [buyer, _] = pair();
    let done = matched(&buyer, &Who::with(100 * USD, long), &market, 1_000_000, PRICE).unwrap();
    assert_eq!(done.seller.settled, Pnl(400 * USD as i64));
    assert_eq!((done.seller.position.lots, done.seller.position.cost), (Lots(0), Pnl(-600_000_000)));
    assert_eq!(done.book.treasury, Atoms(2 * FEE));
    // Its other side is closed to it, in a part of a fill that crosses zero too
    let crossing = matched(&buyer, &Who::with(20_000 * USD, long), &market, 1_500_000, PRICE);
    assert_eq!(crossing, Err(EngineError::ClaimRemains));
}

#[test]
fn a_fill_may_cross_zero() {
    let mut market = sol_market();
    let long = hold(&mut market, 1_000_000, PRICE - 1_000);
    let [buyer, _] = pair();
    let done = matched(&buyer, &Who::with(20_000 * USD, long), &market, 1_500_000, PRICE).unwrap();
    assert_eq!(done.seller.settled, Pnl(1_000_000_000));
    assert_eq!((done.seller.position.lots, done.seller.position.cost), (Lots(-500_000), Pnl(-75_000_000_000)));
    assert_eq!((done.book.long.lots, done.book.short.lots), (Size(1_500_000), Size(500_000)));
}

#[test]
fn each_side_needs_its_margin() {
    let (market, [rich, _]) = (sol_market(), pair());
    let book = matched(&rich, &rich, &market, 1_000_000, PRICE).unwrap().book;
    let needed = initial_requirement(&market.risk, &book, Size(1_000_000), true, Ticks(PRICE)).unwrap().0;
    let with = |cash| Who::with(cash, Position::default());
    let (enough, poor) = (with(needed + FEE), with(needed + FEE - 1));
    let least = Err(EngineError::BelowInitialMargin);
    assert!(matched(&enough, &rich, &market, 1_000_000, PRICE).is_ok());
    assert!(matched(&rich, &enough, &market, 1_000_000, PRICE).is_ok());
    assert_eq!(matched(&poor, &rich, &market, 1_000_000, PRICE), least);
    assert_eq!(matched(&rich, &poor, &market, 1_000_000, PRICE), least);
    // What is lost to the other side by the price counts at once
    assert_eq!(matched(&with(needed + 715 * USD), &rich, &market, 1_000_000, 150_700), least);
    assert!(matched(&with(needed + 716 * USD), &rich, &market, 1_000_000, 150_700).is_ok());
    assert!(matched(&with(needed + 716 * USD), &rich, &market, 1_000_000, 149_300).is_ok());
}

#[test]
fn below_initial_margin_health_may_not_fall_nor_equity_below_zero() {
    // Given a long at 1.1 times its maintenance of 1,000 SOL
    let mut market = sol_market();
    let long = hold(&mut market, 1_000_000, PRICE);
    let [buyer, _] = pair();
    let maintenance = Who::with(0, long).health(&market).maintenance.0;
    let seller = Who::with(maintenance * 11 / 10, long);
    let with = |lots, price| matched(&buyer, &seller, &market, lots, price);
    // When it sells half at the market's price, or a little below, it becomes healthier
    for price in [PRICE, 149_600] {
        let after = Who::after(&with(500_000, price).unwrap().seller);
        assert!(health_not_lower(&seller.health(&market), &after.health(&market)), "{price}");
    }
    // But a small part at the edge of the band costs more than it frees
    let thin = Who::with(maintenance / 10, long);
    let refused = matched(&buyer, &thin, &market, 100_000, 149_251);
    assert_eq!(refused, Err(EngineError::HealthWorsens));
    // And with next to nothing left, any loss is more than there is
    let empty = Who::with(20 * USD, long);
    assert_eq!(matched(&buyer, &empty, &market, 500_000, 149_900), Err(EngineError::EquityNegative));
}

#[test]
fn whoever_is_flagged_or_in_a_reduce_only_market_does_not_grow() {
    let mut market = sol_market();
    let long = hold(&mut market, 1_000_000, PRICE);
    let short = hold(&mut market, -1_000_000, PRICE);
    let [fresh, _] = pair();
    let (long, short) = (Who::with(20_000 * USD, long), Who::with(20_000 * USD, short));
    let flagged = |who: Who| Who { flagged: true, ..who };
    assert_eq!(matched(&flagged(fresh), &long, &market, 1_000, PRICE), Err(EngineError::AccountFlagged));
    assert!(matched(&fresh, &flagged(long), &market, 1_000, PRICE).is_ok(), "the flagged side reduces");
    assert!(matched(&flagged(short), &flagged(long), &market, 1_000_000, PRICE).is_ok());
    for (status, grows, reduces) in [(0, true, true), (1, false, true), (2, false, false), (3, false, false)] {
        market.status = status;
        assert_eq!(matched(&fresh, &long, &market, 1_000, PRICE).is_ok(), grows, "{status}");
        assert_eq!(matched(&short, &long, &market, 1_000, PRICE).is_ok(), reduces, "{status}");
    }
    assert_eq!(market.status, status::SETTLING);
}

#[test]
fn coverage_and_caps_are_for_who_grows() {
    // Given less net asset value than two per cent of the open interest
    let mut market = common::market_of(&sol(), PRICE, 100 * USD);
    let long = Who::with(20_000 * USD, hold(&mut market, 1_000_000, PRICE));
    let short = Who::with(20_000 * USD, hold(&mut market, -1_000_000, PRICE));
    let [fresh, other] = pair();
    let uncovered = Err(EngineError::CoverageTooLow);
    assert_eq!(matched(&fresh, &other, &market, 1_000, PRICE), uncovered);
    assert_eq!(matched(&fresh, &long, &market, 1_000, PRICE), uncovered, "new risk to somebody new");
    assert!(matched(&short, &long, &market, 1_000, PRICE).is_ok(), "less risk on both sides");
    // Both sides count when all is done: what moves from one holder to another needs no room
    let mut market = sol_market();
    let long = Who::with(20_000 * USD, hold(&mut market, 1_000_000, PRICE));
    hold(&mut market, 69_000_000, PRICE);
    let rich = Who::with(1_000_000 * USD, Position::default());
    assert!(matched(&rich, &long, &market, 1_000_000, PRICE).is_ok());
    assert_eq!(matched(&fresh, &other, &market, 1_000, PRICE), Err(EngineError::SideCapExceeded));
    assert_eq!(matched(&fresh, &other, &sol_market(), 99, PRICE), Err(EngineError::BelowMinimumPosition));
    assert_eq!(matched(&rich, &long, &market, 999_901, PRICE), Err(EngineError::BelowMinimumPosition));
    assert_eq!(matched(&rich, &rich, &sol_market(), 20_000_001, PRICE), Err(EngineError::PositionCapExceeded));
}

#[test]
fn prices_are_fresh_and_agree_and_funding_is_accrued() {
    let (market, [buyer, seller]) = (sol_market(), pair());
    let with = |market: &Market| matched(&buyer, &seller, market, 1_000, PRICE).map(drop);
    let mut stale = market;
    stale.price.publish_time = NOW - 31;
    assert_eq!(with(&stale), Err(EngineError::PriceTooOld));
    let apart = Price { oracle: Ticks(160_000), ..market.price };
    assert_eq!(with(&Market { flags: 1, second: apart, ..market }), Err(EngineError::PricesDisagree));
    let mut late = market;
    late.funding.accrued = NOW - 1;
    assert_eq!(with(&late), Err(EngineError::FundingNotAccrued));
    assert_eq!(matched(&buyer, &seller, &market, 0, PRICE), Err(EngineError::ZeroAmount));
    // Where another leg has no price, nothing is given away, by less risk neither
    let blind = Rest { lacking: Some(EngineError::PriceTooOld), ..Rest::default() };
    let mut market = market;
    let long = Who { rest: blind, ..Who::with(20_000 * USD, hold(&mut market, 1_000_000, PRICE)) };
    assert_eq!(matched(&buyer, &long, &market, 1_000, PRICE), Err(EngineError::PriceTooOld));
    assert_eq!(matched(&long, &buyer, &market, 1_000, PRICE), Err(EngineError::PriceTooOld));
    let none = Taker { position: None, ..buyer.taker() };
    let full = fill(&none, &seller.taker(), &market, Size(1_000), Ticks(PRICE), NOW);
    assert_eq!(full, Err(EngineError::NoFreeLeg));
}

#[test]
fn where_claims_may_be_worth_less_than_they_say_nothing_is_matched() {
    // Given a long in profit and a short in loss
    let mut market = common::market_of(&sol(), PRICE, 0);
    let long = Who::with(2_000 * USD, hold(&mut market, 1_000_000, PRICE - 1_000));
    let short = Who::with(2_000 * USD, hold(&mut market, -1_000_000, PRICE - 1_000));
    let with = |market: &Market| matched(&short, &long, market, 1_000_000, PRICE).map(drop);
    let refused = Err(EngineError::NavNotPositive);
    assert_eq!((nav(&market), with(&market)), (0, refused));
    market.book.treasury = Atoms(1);
    assert_eq!((nav(&market), with(&market)), (1, Ok(())));
    claim(&mut market, 2, true);
    assert_eq!((nav(&market), with(&market)), (-1, refused));
    let mut looked_at = sol_market();
    looked_at.book.withheld = 1;
    assert_eq!(with(&looked_at), refused);
}

#[test]
fn other_legs_count() {
    let (market, [buyer, _]) = (sol_market(), pair());
    let initial = Initial { equity: Pnl(-19_000 * USD as i64), requirement: Atoms(0) };
    let burdened = Who { rest: Rest { initial, ..Rest::default() }, ..buyer };
    let refused = matched(&buyer, &burdened, &market, 1_000_000, PRICE);
    assert_eq!(refused, Err(EngineError::BelowInitialMargin));
    let health = Health { equity: Pnl(-20_000 * USD as i64), ..Health::default() };
    let bankrupt = Who { rest: Rest { health, ..Rest::default() }, ..buyer };
    assert_eq!(matched(&bankrupt, &buyer, &market, 1_000, PRICE), Err(EngineError::EquityNegative));
}

#[test]
fn a_grant_is_for_one_side_for_so_many_lots_within_a_limit_until_a_time() {
    let grant = Grant::new(true, Size(1_000), Ticks(PRICE), NOW + 60, NOW).unwrap();
    let used = grant.used(true, Size(400), Ticks(PRICE), NOW + 60).unwrap();
    assert_eq!(used, Grant { lots: Size(600), ..grant });
    assert!(used.invariant());
    let refused = Err(EngineError::NotGranted);
    assert_eq!(used.used(true, Size(601), Ticks(PRICE), NOW), refused);
    assert_eq!(used.used(true, Size(600), Ticks(PRICE), NOW).unwrap().lots, Size(0));
    assert_eq!(grant.used(false, Size(1), Ticks(PRICE), NOW), refused);
    assert_eq!(grant.used(true, Size(1), Ticks(PRICE), NOW + 61), refused);
    assert_eq!(grant.used(true, Size(1), Ticks(PRICE + 1), NOW), Err(EngineError::LimitNotMet));
    assert!(grant.used(true, Size(1), Ticks(1), NOW).is_ok());
    let sells = Grant::new(false, Size(1_000), Ticks(PRICE), NOW, NOW).unwrap();
    assert_eq!(sells.used(false, Size(1), Ticks(PRICE - 1), NOW), Err(EngineError::LimitNotMet));
    assert!(sells.used(false, Size(1), Ticks(PRICE), NOW).is_ok());
    for (lots, limit, error) in [(0, 1, EngineError::ZeroAmount), (1, 0, EngineError::ZeroAmount)] {
        assert_eq!(Grant::new(true, Size(lots), Ticks(limit), NOW, NOW), Err(error));
    }
    assert_eq!(Grant::new(true, Size(1), Ticks(1), NOW - 1, NOW), refused);
    assert!(!Grant { buys: 2, ..grant }.invariant() && !Grant { limit: Ticks(0), ..grant }.invariant());
}

/// Two accounts in a market with a skew of others, and fills between them.
fn scenario() -> impl Strategy<Value = (Market, [Who; 2], Vec<(bool, u64, i64)>)> {
    (
        1_000u64..2_000_000,
        -20_000_000i64..20_000_000,
        [(-2_000_000i64..2_000_000, -40i64..40), (-2_000_000i64..2_000_000, -40i64..40)],
        proptest::collection::vec((any::<bool>(), 1u64..2_000_000, -4i64..=4), 1..6),
        0u64..1_000,
    )
        .prop_map(|(price, others, held, fills, confidence)| {
            let mut p = sol();
            (p.minimum_position, p.minimum_step) = (1, 1);
            let mut market = common::market_of(&p, price, 1 << 50);
            market.price.confidence = Ticks(confidence);
            hold(&mut market, others, price);
            let accounts = held.map(|(lots, per_mille)| {
                let entry = price.saturating_add_signed(price as i64 * per_mille / 1_000);
                let position = if lots == 0 { Position::default() } else { hold(&mut market, lots, entry) };
                Who::with(1 << 50, position)
            });
            (market, accounts, fills)
        })
}

proptest! {
    #![proptest_config(cases(1_500))]

    /// Whatever the price, the pool is not a party to it.
    #[test]
    fn net_asset_value_moves_by_the_fees_and_every_atom_is_conserved((mut market, mut accounts, fills) in scenario()) {
        for (first_buys, lots, per_mille) in fills {
            let price = market.price.oracle.0.saturating_add_signed(market.price.oracle.0 as i64 * per_mille / 1_000);
            let at = usize::from(!first_buys);
            let (buyer, seller) = (accounts[at], accounts[1 - at]);
            let done = matched(&buyer, &seller, &market, lots, price).unwrap();
            let after = Market { book: done.book, ..market };
            let fees = done.buyer.fee.0 + done.seller.fee.0;
            prop_assert_eq!(nav(&after), nav(&market) + fees as i64);
            prop_assert_eq!(after.book.skew(), market.book.skew());
            let tokens = |market: &Market, cash: [u64; 2]| market.book.treasury.0 + cash[0] + cash[1];
            prop_assert_eq!(
                tokens(&after, [done.buyer.cash.0, done.seller.cash.0]),
                tokens(&market, [buyer.cash, seller.cash])
            );
            // What the seller gains is what the buyer loses, at the market's price
            let worth = |who: &Who| who.cash as i64 + common::pnl(&who.position, &market);
            let (bought, sold) = (Who::after(&done.buyer), Who::after(&done.seller));
            let edge = lots as i64 * (market.price.oracle.0 as i64 - price as i64);
            prop_assert_eq!(worth(&bought) - worth(&buyer), edge - done.buyer.fee.0 as i64);
            prop_assert_eq!(worth(&sold) - worth(&seller), -edge - done.seller.fee.0 as i64);
            prop_assert!(after.invariant());
            for position in [done.buyer.position, done.seller.position] {
                prop_assert!(position.is_empty() || position.invariant());
            }
            market = after;
            (accounts[at], accounts[1 - at]) = (bought, sold);
        }
    }

    /// Nobody who is below initial margin leaves with less health, and nobody with less than nothing.
    #[test]
    fn no_side_ends_below_zero_or_less_healthy(
        lots in 100u64..1_000_000,
        held in 100i64..1_000_000,
        price in 149_251u64..=150_749,
        per_mille in 1u64..40,
        buys in any::<bool>(),
    ) {
        let mut market = sol_market();
        let held = if buys { -held } else { held };
        let position = hold(&mut market, held, PRICE);
        let who = Who::with(held.unsigned_abs() * PRICE / 1_000 * per_mille, position);
        let other = Who::with(1_000_000 * USD, Position::default());
        let (buyer, seller) = if buys { (who, other) } else { (other, who) };
        if let Ok(done) = matched(&buyer, &seller, &market, lots, price) {
            let side = if buys { done.buyer } else { done.seller };
            let (after, market) = (Who::after(&side), Market { book: done.book, ..market });
            let health = after.health(&market);
            prop_assert!(!health.equity.is_negative());
            let initial = plimsoll_engine::margin::leg_initial(&after.position, &market.risk, &market.book, &market.price);
            let met = after.cash as i64 + initial.unwrap().counted.0 >= initial.unwrap().requirement.0 as i64;
            prop_assert!(met || health_not_lower(&who.health(&market), &health));
        }
    }
}
