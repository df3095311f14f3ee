//! Breakers: what trips them, what clears them, and that they close new risk and nothing else.
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

use common::{NOW, PRICE, USD, cases, hold, market_of, price, sol};
use plimsoll_engine::{
    EngineError, Result,
    breakers::{Breakers, CALM, COUNT, Level, reason},
    market::{Market, status},
    order::Order,
    parameters::Parameters,
    price::Price,
    risk::Risk,
    trade::{Filled, Rest, fill},
    units::{Atoms, Lots, Ratio, Size, Ticks},
};
use proptest::prelude::*;

/// SOL with its breakers, and without shares.
fn listed() -> Parameters {
    Parameters {
        position_share_ppm: 1_000_000,
        depth_share_ppm: 1_000_000_000,
        outage_gap_s: 86_400,
        ..common::listed()
    }
}

fn market() -> Market {
    market_of(&listed(), PRICE, 20_000_000 * USD)
}

/// Puts one condition to a value, and looks at all of them.
type Look = fn(&mut Market, u64, i64);

fn at(market: &mut Market, now: i64) {
    for price in [&mut market.price, &mut market.second] {
        (price.publish_time, price.previous_publish_time) = (now, now - 1);
    }
}

/// Each reason with what looks at it, and the values that just trip, just do not, just are uneasy, and just are calm.
const CONDITIONS: [(u32, Look, [u64; 4]); 6] = [
    (
        reason::PRICE,
        |market, oracle, now| {
            (market.price.oracle, market.price.ema) = (Ticks(oracle), Ticks(100_000));
            at(market, now);
            market.look_breakers(now);
        },
        [110_000, 109_999, 107_500, 107_499],
    ),
    (
        reason::OPEN_INTEREST,
        |market, lots, now| {
            (market.book.long.lots, market.book.short.lots) = (Size(lots), Size(lots));
            at(market, now);
            market.look_breakers(now);
        },
        [70_000_000, 69_999_999, 63_000_000, 62_999_999],
    ),
    (
        reason::SKEW,
        |market, lots, now| {
            market.book.short.lots = Size(lots);
            at(market, now);
            market.look_breakers(now);
        },
        [35_000_000, 34_999_999, 31_500_000, 31_499_999],
    ),
    (
        // The second source's price; beside it, too old.
        reason::ORACLE,
        |market, oracle, now| {
            at(market, now);
            (market.flags, market.second.oracle) = (1, Ticks(oracle.max(PRICE)));
            if oracle == 0 {
                market.second.publish_time -= 31;
            }
            market.look_breakers(now);
        },
        [PRICE + 750, 0, 0, PRICE + 749],
    ),
    (
        reason::INSURANCE,
        |market, shared, now| {
            market.insurance_own = Atoms(10_000 * USD);
            market.look_insurance(Atoms(shared), now);
        },
        [40_000 * USD - 1, 40_000 * USD, 52_500 * USD - 1, 52_500 * USD],
    ),
    (
        reason::CASCADE,
        |market, multiple, now| {
            market.risk.cascade_multiple = Ratio(multiple);
            at(market, now);
            market.look_breakers(now);
        },
        [2 << 32, (2 << 32) - 1, (1 << 32) + (3 << 30), (1 << 32) + (3 << 30) - 1],
    ),
];

#[test]
fn each_trips_at_its_level_and_clears_below_a_lower_one_for_a_minute() {
    for (bit, look, [trips, almost, uneasy, calm]) in CONDITIONS {
        let mut market = market();
        let mut now = NOW;
        let mut tripped = |value: u64, seconds: i64| {
            now += seconds;
            look(&mut market, value, now);
            assert!(market.breakers.invariant());
            assert_eq!(market.status_at(now) == status::ACTIVE, market.breakers.tripped == 0, "{bit}");
            market.breakers.tripped
        };
        // A band's own edge belongs to it, a cap does not: one tick more for the price.
        let trips = if bit == reason::PRICE { trips + 1 } else { trips };
        assert_eq!(tripped(almost, 0), 0, "{bit}");
        assert_eq!(tripped(trips, 0), bit);
        // It stays between the levels, however long
        for seconds in [1, CALM, 10 * CALM] {
            assert_eq!(tripped(almost, seconds) | tripped(uneasy, 0), bit, "{bit}");
        }
        // Nor is a calm that is interrupted one
        assert_eq!(tripped(calm, 1), bit);
        assert_eq!(tripped(calm, CALM - 1), bit);
        assert_eq!(tripped(uneasy, 1), bit);
        assert_eq!(tripped(calm, 1), bit);
        assert_eq!(tripped(calm, CALM - 1), bit);
        assert_eq!(tripped(trips, 1), bit);
        assert_eq!(tripped(calm, 1), bit);
        // A minute of it is
        assert_eq!(tripped(calm, CALM), 0, "{bit}");
        assert_eq!(tripped(calm, 1), 0);
    }
}

#[test]
fn both_directions_trip_alike() {
    let mut falls = market();
    falls.price.ema = Ticks(200_000);
    falls.price.oracle = Ticks(179_999);
    falls.look_breakers(NOW);
    assert_eq!(falls.breakers.tripped, reason::PRICE);
    let mut long = market();
    long.book.long.lots = Size(35_000_000);
    long.look_breakers(NOW);
    assert_eq!(long.breakers.tripped, reason::SKEW);
}

#[test]
fn an_old_price_and_a_missing_source_neither_trip_nor_clear() {
    let mut market = market();
    (market.flags, market.second) = (1, price(PRICE));
    market.price.ema = Ticks(PRICE / 2);
    let later = NOW + 31;
    market.look_breakers(later);
    assert_eq!(market.breakers, Breakers::default());
    market.breakers.tripped = reason::PRICE | reason::ORACLE;
    market.price.ema = Ticks(PRICE);
    for seconds in [0, CALM, 2 * CALM] {
        market.look_breakers(later + seconds);
    }
    assert_eq!(market.breakers.tripped, reason::PRICE | reason::ORACLE);
}

#[test]
fn no_target_is_never_missed() {
    let mut market = market_of(&Parameters { insurance_target: 0, ..listed() }, PRICE, 20_000_000 * USD);
    market.look_insurance(Atoms::ZERO, NOW);
    assert_eq!(market.breakers, Breakers::default());
}

fn trade(market: &Market, position: &plimsoll_engine::position::Position, lots: i64) -> Result<Filled> {
    let limit = Ticks(if lots > 0 { 2 * PRICE } else { 1 });
    let order = Order { lots: Lots(lots), limit, placed_at: NOW - 3, ..Order::default() };
    fill(Atoms(5_000_000 * USD), &Rest::default(), position, market, &order, &market.price)
}

#[test]
fn i_12_a_breaker_closes_new_risk_and_no_exit() {
    for place in 0..COUNT {
        let mut market = market();
        let position = hold(&mut market, 1_000_000, PRICE);
        assert!(trade(&market, &position, 1_000).is_ok());
        market.breakers.tripped = 1 << place;
        assert_eq!(market.status_at(NOW), status::REDUCE_ONLY);
        assert_eq!(trade(&market, &position, 1_000), Err(EngineError::MarketNotOpen));
        assert!(trade(&market, &position, -1_000).is_ok() && trade(&market, &position, -1_000_000).is_ok());
        assert!(market.require_running(NOW).is_ok() && market.status_at(NOW) != status::HALTED);
        // What is more severe counts
        market.status = status::HALTED;
        assert_eq!(market.status_at(NOW), status::HALTED);
    }
}

#[test]
fn new_risk_stops_at_the_skew_cap_and_reductions_do_not() {
    let mut market = market();
    let short = hold(&mut market, -1_000, PRICE);
    let position = hold(&mut market, 10_000, PRICE);
    market.risk.skew_cap = Size(10_000);
    // 9,000 long in all
    assert!(trade(&market, &position, 1_000).is_ok());
    assert_eq!(trade(&market, &position, 1_001), Err(EngineError::SkewCapExceeded));
    // Beyond it: who closes a short takes the skew further and may, who grows a short brings it back
    market.risk.skew_cap = Size(5_000);
    assert!(trade(&market, &short, 500).is_ok() && trade(&market, &short, -500).is_ok());
    assert_eq!(trade(&market, &position, 1), Err(EngineError::SkewCapExceeded));
    // Through the whole of it to the other side as far
    let empty = plimsoll_engine::position::Position::default();
    assert!(trade(&market, &empty, -14_000).is_ok());
    assert_eq!(trade(&market, &empty, -18_001), Err(EngineError::SkewCapExceeded));
}

#[test]
fn a_15_an_account_grows_to_its_share_of_a_side_and_of_the_depth() {
    // A tenth of the side beside 90,000 lots of others; up to 5,000 lots in any case; $1m of notional
    let parameters =
        Parameters { position_share_ppm: 100_000, position_floor: 5_000, depth_share_ppm: 200_000, ..listed() };
    let mut market = market_of(&parameters, PRICE, 20_000_000 * USD);
    let empty = plimsoll_engine::position::Position::default();
    let refused = Err(EngineError::PositionCapExceeded);
    assert!(trade(&market, &empty, 5_000).is_ok());
    assert_eq!(trade(&market, &empty, 5_001), refused);
    hold(&mut market, 90_000, PRICE);
    let floor = market.risk.position_share;
    assert!(floor.mul_floor(Atoms(100_000)).unwrap() == Atoms(9_999), "down, so one lot less");
    assert!(trade(&market, &empty, 9_999).is_ok());
    assert_eq!(trade(&market, &empty, 10_001), refused);
    // The other side is another
    assert_eq!(trade(&market, &empty, -5_001), refused);
    // What is larger stays and shrinks by any size
    let large = hold(&mut market, 80_000, PRICE);
    assert_eq!(trade(&market, &large, 1), refused);
    assert!(trade(&market, &large, -1).is_ok() && trade(&market, &large, -80_000).is_ok());
    // By the depth
    hold(&mut market, 69_000_000, PRICE);
    market.risk.skew_cap = Size(1 << 55);
    market.book.treasury = Atoms(1 << 55);
    assert_eq!(market.risk.depth_cap, Atoms(1_000_000 * USD));
    let most = 1_000_000 * USD / PRICE;
    market.risk.side_cap = Size(1 << 40);
    assert!(trade(&market, &empty, most as i64).is_ok());
    assert_eq!(trade(&market, &empty, most as i64 + 1), refused);
}

#[test]
fn the_largest_shares_are_none() {
    let risk = |depth| Risk::new(&Parameters { depth, ..sol() }).unwrap();
    assert_eq!(risk(1 << 55).depth_cap, Atoms(1 << 59));
    assert_eq!(risk(1 << 30).depth_cap, Atoms(1_000 << 30));
    assert_eq!(risk(1 << 30).position_share, Ratio::ONE);
}

fn level() -> impl Strategy<Value = Level> {
    prop_oneof![Just(Level::Trips), Just(Level::Uneasy), Just(Level::Calm)]
}

proptest! {
    #![proptest_config(cases(2_000))]

    /// From a trip to its clearing a calm passes at least, in which no look found anything but calm; and no look at one
    /// reason moves another.
    #[test]
    fn a_breaker_clears_once_in_a_calm_at_most(looks in prop::collection::vec((0_usize..COUNT, level(), 0_i64..40), 1..200)) {
        let (mut breakers, mut now) = (Breakers::default(), NOW);
        let (mut tripped_at, mut uneasy_at) = ([None; COUNT], [NOW; COUNT]);
        for (place, level, seconds) in looks {
            now += seconds;
            let bit = 1 << place;
            let next = breakers.looked(&[(bit, level)], now);
            prop_assert!(next.invariant());
            prop_assert_eq!(next.tripped & !bit, breakers.tripped & !bit);
            if level != Level::Calm {
                uneasy_at[place] = now;
            }
            match (breakers.tripped & bit != 0, next.tripped & bit != 0) {
                (false, true) => {
                    prop_assert_eq!(level, Level::Trips);
                    tripped_at[place] = Some(now);
                }
                (true, false) => {
                    prop_assert_eq!(level, Level::Calm);
                    prop_assert!(now - tripped_at[place].unwrap() >= CALM && now - uneasy_at[place] >= CALM);
                }
                (before, after) => prop_assert_eq!(before, after),
            }
            prop_assert!(level != Level::Trips || next.tripped & bit != 0);
            breakers = next;
        }
    }

    /// A look moves nothing but the breakers.
    #[test]
    fn a_look_moves_nothing_else(oracle in 1_u64..400_000, long in 0_u64..80_000_000, later in 0_i64..100) {
        let mut market = market();
        (market.price.oracle, market.book.long.lots) = (Ticks(oracle), Size(long));
        let before = market;
        market.look_breakers(NOW + later);
        market.look_insurance(Atoms(long), NOW + later);
        prop_assert_eq!(Market { breakers: before.breakers, ..market }, before);
        let _: Price = market.price;
    }
}
