//! Arguments of transitions: any state that is possible within the caps.
//!
//! The caps, which `docs/proofs.md` states: an amount of tokens is at most `2^60`; a side's lots at any price of its market
//! are at most `2^59` (`Risk::max_price` sees to it); a cost is at most `2^60` either way.

use num_bigint::BigInt;
use plimsoll_engine::{
    book::Book,
    market::Market,
    position::{LONG, Position, SHORT},
    price::Price,
    risk::Risk,
    side::Side,
    throttle::Throttle,
    units::{Atoms, Lots, Pnl, Ratio, Reciprocal, Size, Ticks},
};
use terms::{bounds::Range, session};
use words::{I64, I128, Term, U64};

use crate::{
    expr::{Expr, e, eq, le, power},
    transition::{assume, cap, capped},
};

/// `log2` of the largest amount of tokens.
pub const TOKENS: u32 = 60;
/// `log2` of a side's largest notional.
pub const NOTIONAL: u32 = 59;

/// An integer from `low` to `high`, often `typical`.
pub fn input(name: &str, low: impl Into<BigInt>, high: impl Into<BigInt>, typical: impl Into<BigInt>) -> terms::Poly {
    session(|s| s.input(name, Range::new(low, high), typical.into()))
}

/// An unsigned word of at most `2^bits`, where caps are in force.
pub fn word(name: &str, bits: u32, typical: u64) -> U64 {
    let high = if capped() { BigInt::from(1) << bits } else { BigInt::from(u64::MAX) };
    U64::of(input(name, 0, high, typical))
}

/// A word within bounds that are no caps: parameters have them whatever happens.
pub fn bounded(name: &str, low: u64, high: u64, typical: u64) -> U64 {
    U64::of(input(name, low, high, typical))
}

/// An amount of tokens.
pub fn atoms(name: &str, typical: u64) -> Atoms {
    Atoms(word(name, TOKENS, typical))
}

/// A signed amount.
pub fn pnl(name: &str, typical: i64) -> Pnl {
    let (low, high) = if capped() {
        (-(BigInt::from(1) << TOKENS), BigInt::from(1) << TOKENS)
    } else {
        (i64::MIN.into(), i64::MAX.into())
    };
    Pnl(I64::of(input(name, low, high, typical)))
}

/// A ratio of at most `high`, in units of 2^-32.
pub fn ratio(name: &str, low: u64, high: u64, typical: u64) -> Ratio {
    Ratio(bounded(name, low, high, typical))
}

/// One.
pub const ONE: u64 = 1 << 32;

/// A price of the market.
pub fn ticks(name: &str, typical: u64) -> Ticks {
    let high = if capped() { 1 << NOTIONAL } else { u64::MAX };
    Ticks(bounded(name, 1, high, typical))
}

/// A market's price, fresh at any time that is asked about.
pub fn price() -> Price {
    Price { oracle: ticks("price", 50_000), ..Price::default() }
}

/// A signed wide value that is stored in two halves.
pub fn wide(poly: terms::Poly) -> plimsoll_engine::units::Wide {
    plimsoll_engine::units::Wide::of(I128::of(poly))
}

/// A side whose notional at each of `prices` is within its cap.
pub fn side(name: &str, prices: &[Ticks], lots: u64, cost: i64) -> Side {
    let lots = Size(word(&format!("{name}_lots"), NOTIONAL, lots));
    for price in prices {
        cap(le(e(lots) * e(price), power(NOTIONAL)));
    }
    // Two positions and a claim, whoever they belong to. What remains when the last one leaves is `alone`'s.
    Side { lots, cost: pnl(&format!("{name}_cost"), cost), sized: 2, attached: 3, ..Side::default() }
}

/// A book at these prices.
pub fn book(prices: &[Ticks]) -> Book {
    Book {
        treasury: atoms("treasury", 3_000_000),
        long: side("long", prices, 40, 2_000_500),
        short: side("short", prices, 30, -1_500_700),
        ..Book::default()
    }
}

/// A position of a side, whose lots are part of its totals.
pub fn position(book: &Book, long: bool, name: &str) -> Position {
    let side = if long { &book.long } else { &book.short };
    let size = word(&format!("{name}_lots"), NOTIONAL, 7);
    assume(le(size, side.lots));
    let lots = if long { e(size) } else { -e(size) };
    Position {
        lots: Lots(I64::of(lots.0)),
        cost: pnl(&format!("{name}_cost"), if long { 349_990 } else { -349_990 }),
        indices: side.indices,
        epoch: side.epoch,
        side: if long { LONG } else { SHORT },
        ..Position::default()
    }
}

/// Makes a position the only one of its side.
pub fn alone(book: &mut Book, position: &Position) {
    let side = book.side_mut(position.is_long());
    (side.sized, side.attached) = (1, 1);
    assume(eq(side.lots, Expr(if position.is_long() { position.lots.0.poly() } else { (-e(position.lots)).0 })));
    assume(eq(side.cost, position.cost));
}

/// Gives a market the parameters of the skew premium. `Risk::check` keeps a full side under an eighth of the skew scale.
pub fn skew(risk: &mut Risk, book: &Book) {
    risk.skew = Reciprocal(bounded("skew_reciprocal", 1 << 38, 1 << 63, 1 << 60));
    for side in [&book.long, &book.short] {
        assume(le(e(side.lots) * e(risk.skew), power(90)));
    }
}

/// Gives a market the parameters of maintenance.
pub fn maintenance(risk: &mut Risk) {
    risk.base = ratio("base", 0, 1 << 36, ONE / 50);
    risk.impact = Reciprocal(bounded("impact", 1 << 38, 1 << 63, 1 << 52));
    risk.maintenance_floor = ratio("floor", ONE / 500, ONE / 5 + 1, ONE / 100);
    risk.maintenance_cap = ratio("cap", ONE / 500, ONE, ONE / 2);
    assume(le(risk.maintenance_floor, risk.maintenance_cap));
}

/// Gives a market the four parts of the charge, whose sum is at most half the maintenance floor.
pub fn charge(risk: &mut Risk) {
    risk.charge_treasury = ratio("charge_treasury", 0, ONE / 5, ONE / 1_000);
    risk.charge_flagger = ratio("charge_flagger", 0, ONE / 5, ONE / 2_000);
    risk.charge_liquidator = ratio("charge_liquidator", 0, ONE / 5, ONE / 2_000);
    let insurance = ratio("charge_insurance", 0, ONE / 5, ONE / 2_000);
    let sum = e(risk.charge_treasury) + e(risk.charge_flagger) + e(risk.charge_liquidator) + e(insurance);
    risk.charge = Ratio(U64::of(sum.0));
}

/// A bucket of liquidation capacity as it was left `seconds` ago.
pub fn throttle(risk: &mut Risk) -> Throttle {
    risk.throttle_capacity = Atoms(bounded("throttle_capacity", 1, 1 << 59, 1_000_000_000));
    risk.throttle_refill = Atoms(bounded("throttle_refill", 1, 1 << 59, 1_000));
    risk.cascade_multiple = Ratio::ONE;
    risk.cascade_cap = ratio("cascade_cap", ONE, 10 * ONE, 3 * ONE);
    assume(le(risk.throttle_refill, risk.throttle_capacity));
    let capacity = pnl("capacity", 500_000);
    assume(le(capacity, risk.throttle_capacity));
    assume(le(-e(risk.throttle_capacity), capacity));
    Throttle { capacity, updated: 0 }
}

/// A market around a book.
pub fn market(risk: Risk, price: Price, book: Book) -> Market {
    Market { risk, price, book, ..Market::default() }
}
