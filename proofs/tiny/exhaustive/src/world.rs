//! Quantities, parameters and markets to try things on.

use plimsoll_engine::{
    book::Book,
    market::Market,
    position::{LONG, Position, SHORT},
    price::Price,
    risk::Risk,
    throttle::Throttle,
    units::{Atoms, Lots, Pnl, Ratio, Reciprocal, Size, Ticks},
};
use words::{I64, U64, bits};

use crate::exact::{ceil, floor, mulc, mulf};

fn u(value: i64) -> U64 {
    U64::new(value).unwrap_or_else(|| panic!("{value} does not fit"))
}
fn i(value: i64) -> I64 {
    I64::new(value).unwrap_or_else(|| panic!("{value} does not fit"))
}

macro_rules! makers {
    ($($name:ident $quantity:ident $word:ident;)*) => {$(
        /// A value of a quantity, which must fit.
        pub fn $name(value: i64) -> $quantity {
            $quantity($word(value))
        }
    )*};
}
makers! {
    atoms Atoms u;
    ticks Ticks u;
    size Size u;
    ratio Ratio u;
    reciprocal Reciprocal u;
    pnl Pnl i;
    lots Lots i;
}

/// The time at which everything happens unless said otherwise.
pub const NOW: i64 = 1_000;

/// Parameters that differ in what matters. All are within the bounds that tie constants together.
pub fn risks() -> [Risk; 3] {
    // One charge in sixteen, to the treasury alone; requirement rises with size.
    let plain = Risk {
        base_model: ratio(2),
        base: ratio(2),
        impact_model: reciprocal(8),
        impact: reciprocal(8),
        maintenance_floor: ratio(2),
        maintenance_floor_model: ratio(2),
        maintenance_cap: ratio(8),
        maintenance_cap_model: ratio(8),
        initial_multiple: ratio(29),
        crowd: ratio(4),
        open_interest_ramp: u(16),
        cascade_multiple: ratio(16),
        profit_weight: ratio(16),
        profit_cap: atoms(60),
        band: ratio(1),
        stale: ratio(1),
        cascade_cap: ratio(48),
        key_scale: ratio(2),
        key_drift: ratio(6),
        charge: ratio(1),
        charge_treasury: ratio(1),
        target: ratio(18),
        minimum_step: size(1),
        minimum_position: size(1),
        skew: reciprocal(8),
        side_cap: size(8),
        position_cap: size(6),
        max_price: ticks(127),
        spread: ratio(1),
        confidence_spread: ratio(8),
        fee: ratio(1),
        execution_fee: atoms(1),
        stress: ratio(3),
        coverage: ratio(1),
        tolerance: ratio(13),
        max_confidence: ratio(4),
        throttle_capacity: atoms(16),
        throttle_refill: atoms(3),
        insurance_cap: atoms(20),
        skew_cap: size(255),
        position_share: ratio(16),
        depth_cap: atoms(255),
        minimum_lp_deposit: atoms(4),
        venue_band: ratio(1),
        venue_fee: ratio(1),
        max_price_age: 30,
        clock_lag: 1,
        order_delay: 3,
        order_window: 5,
        entry_ttl: 30,
        insurance_window: 60,
        ..Risk::default()
    };
    // Every part of the charge; a step and a position of more than one lot; profits count in part.
    let parted = Risk {
        base_model: ratio(11),
        base: ratio(10),
        maintenance_floor: ratio(10),
        maintenance_floor_model: ratio(10),
        maintenance_cap: ratio(16),
        maintenance_cap_model: ratio(16),
        charge: ratio(5),
        charge_treasury: ratio(2),
        charge_flagger: ratio(1),
        charge_liquidator: ratio(1),
        profit_weight: ratio(8),
        target: ratio(16),
        minimum_step: size(2),
        minimum_position: size(3),
        skew: reciprocal(16),
        skew_cap: size(5),
        position_share: ratio(12),
        position_floor: size(3),
        depth_cap: atoms(120),
        ..plain
    };
    // Nothing is charged and no requirement rises.
    let flat = Risk {
        impact_model: reciprocal(0),
        impact: reciprocal(0),
        maintenance_floor: ratio(4),
        maintenance_floor_model: ratio(4),
        open_interest_ramp: u(0),
        profit_cap: atoms(255),
        charge: ratio(0),
        charge_treasury: ratio(0),
        skew: reciprocal(0),
        spread: ratio(0),
        fee: ratio(0),
        ..plain
    };
    [plain, parted, flat]
}

/// A market at a price, without uncertainty.
pub fn market(risk: Risk, price: i64, treasury: i64) -> Market {
    let mut market = Market { risk, ..Market::default() };
    market.throttle = Throttle { capacity: pnl(risk.throttle_capacity.0.get()), updated: NOW };
    market.funding.accrued = NOW;
    market.insurance_window_start = NOW;
    market.book.treasury = atoms(treasury);
    market.price = Price {
        oracle: ticks(price),
        ema: ticks(price),
        publish_time: NOW,
        previous_publish_time: NOW - 1,
        ..Price::default()
    };
    market
}

/// A position counted in the totals of its side.
pub fn hold(book: &mut Book, long: bool, held: i64, cost: i64) -> Position {
    try_hold(book, long, held, cost).unwrap_or_else(|| panic!("{held} lots for {cost} do not fit"))
}

/// The same, unless the totals cannot hold it.
pub fn try_hold(book: &mut Book, long: bool, held: i64, cost: i64) -> Option<Position> {
    let mut position = Position { side: if long { LONG } else { SHORT }, ..Position::default() };
    if held == 0 {
        // A claim is what is left of a position that was closed.
        position.cost = Pnl(I64::new(cost)?);
        book.attach(&position).ok()?;
    } else {
        position = Position::default();
        book.novate(&mut position, lots(held), Pnl(I64::new(cost)?)).ok()?;
    }
    Some(position)
}

/// What an observer outside sees of a market's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// Cash of the pool.
    pub treasury: i64,
    /// Cash for insurance.
    pub fees: i64,
    /// Losses not answered.
    pub deficit: i64,
    /// Owed to insurance.
    pub insurance_claim: i64,
    /// Lots, in parts of a lot, and cost of the longs.
    pub long: (i64, i64),
    /// The same of the shorts.
    pub short: (i64, i64),
    /// Funding that longs and shorts owe, in parts of an atom.
    pub owed: (i64, i64),
}

impl Money {
    /// Of a book.
    pub fn of(book: &Book) -> Self {
        let lots = |whole: Size, part: U64| (whole.0.get() << bits::LOT) + part.get();
        Self {
            treasury: book.treasury.0.get(),
            fees: book.fees.0.get(),
            deficit: book.deficit.0.get(),
            insurance_claim: book.insurance_claim.0.get(),
            long: (lots(book.long.lots, book.long.lots_fraction), book.long.cost.0.get()),
            short: (lots(book.short.lots, book.short.lots_fraction), book.short.cost.0.get()),
            owed: (book.long.owed.get().get(), book.short.owed.get().get()),
        }
    }

    /// Net size of all positions, in whole lots.
    pub fn skew(&self) -> i64 {
        (self.long.0 >> bits::LOT) - (self.short.0 >> bits::LOT)
    }

    /// What the positions of each side are worth at a price, against the pool where that is not even.
    pub fn claims(&self, price: i64) -> [i64; 2] {
        let one = 1 << bits::LOT;
        [ceil(self.long.0 * price, one) - self.long.1, -floor(self.short.0 * price, one) - self.short.1]
    }

    /// What the totals count of all positions but this one, which was touched.
    pub fn without(&self, position: &Position) -> [(i64, i64); 2] {
        let (n, c) = (position.lots.0.get().abs() << bits::LOT, position.cost.0.get());
        if position.is_long() {
            [(self.long.0 - n, self.long.1 - c), self.short]
        } else {
            [self.long, (self.short.0 - n, self.short.1 - c)]
        }
    }
}

/// The skew premium, in plain integers.
pub fn premium(risk: &Risk, skew: i64, price: i64) -> i64 {
    let k = ceil(skew.abs() * risk.skew.0.get(), 1 << (bits::RECIPROCAL - bits::WORD));
    ceil(skew.abs() * price * k, 1 << bits::WORD)
}

/// Net asset value, in plain integers.
pub fn nav(risk: &Risk, money: &Money, price: i64) -> i64 {
    let [long, short] = money.claims(price);
    let one = 1 << bits::FUNDING;
    let owed = floor(money.owed.0, one) + floor(money.owed.1, one);
    money.treasury - long - short - premium(risk, money.skew(), price) - money.insurance_claim + owed
}

/// The requirement of a notional, in plain integers.
pub fn maintenance(risk: &Risk, notional: i64) -> i64 {
    let impact = ceil(notional * risk.impact.0.get(), 1 << (bits::RECIPROCAL - bits::RATIO));
    let sum = risk.base.0.get() + impact;
    mulc(sum.clamp(risk.maintenance_floor.0.get(), risk.maintenance_cap.0.get()), notional)
}

/// The part of a profit that counts, in plain integers.
pub fn collectable(risk: &Risk, money: &Money, price: i64, gain: i64) -> i64 {
    let missing = -(nav(risk, money, price) + money.deficit);
    if missing <= 0 {
        return gain;
    }
    let positive: i64 = money.claims(price).map(|claims| claims.max(0)).iter().sum();
    let payable = (positive - missing).max(0);
    if positive == 0 { 0 } else { (gain * payable / positive).min(payable) }
}

/// Profit or loss as maintenance counts it.
pub fn counted(risk: &Risk, money: &Money, price: i64, position: &Position) -> i64 {
    let pnl = position.lots.0.get() * price - position.cost.0.get();
    if pnl > 0 { collectable(risk, money, price, pnl) } else { pnl }
}

/// What a mark pays of a position's profit, in plain integers.
pub fn payable(market: &Market, position: &Position) -> i64 {
    let (risk, price) = (&market.risk, &market.price);
    let (n, cost) = (position.lots.0.get(), position.cost.0.get());
    let [at_oracle, at_average] = [price.oracle, price.ema].map(|p| n * p.0.get() - cost);
    let cautious = at_oracle.min(at_average) - n.abs() * price.confidence.0.get();
    let counted = mulf(risk.profit_weight.0.get(), cautious).min(risk.profit_cap.0.get());
    let solvent = nav(risk, &Money::of(&market.book), price.oracle.0.get()) >= 0;
    if cautious > 0 && (n == 0 || counted == cautious) && solvent {
        cautious.min(market.book.treasury.0.get())
    } else {
        0
    }
}

/// What each of two losses is paid out of cash, the first one first.
pub fn shared(cash: i64, losses: [i64; 2]) -> [i64; 2] {
    let all = losses[0] + losses[1];
    if all <= cash {
        return losses;
    }
    let first = cash * losses[0] / all;
    [first, (cash - first).min(losses[1])]
}
