//! Margin and money once more, in plain 128-bit integers straight from `docs/formulas.md`: it shares no code with the
//! engine, only its stored numbers.

use plimsoll_engine::{
    market::{Market, status},
    parameters::Parameters,
    price::Price,
    risk::Risk,
};

/// One, as a ratio.
pub const ONE: i128 = 1 << 32;

/// `ceil(a / b)` for `b > 0`.
pub fn div_ceil(a: i128, b: i128) -> i128 {
    -(-a).div_euclid(b)
}

/// `ceil(r x / 2^32)` for a ratio of the engine's.
pub fn mulc(ratio: u64, amount: i128) -> i128 {
    div_ceil(i128::from(ratio) * amount, ONE)
}

/// `floor(r x / 2^32)`.
pub fn mulf(ratio: u64, amount: i128) -> i128 {
    (i128::from(ratio) * amount).div_euclid(ONE)
}

/// A position as the ledger has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Signed lots.
    pub lots: i128,
    /// Signed cost.
    pub cost: i128,
}

impl Holding {
    /// Profit or loss at a price.
    pub fn pnl(&self, price: i128) -> i128 {
        self.lots * price - self.cost
    }

    /// Neither lots nor a claim.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A market's money as the ledger sums it up from positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Lots of the longs and of the shorts.
    pub lots: [i128; 2],
    /// Cost of the longs and of the shorts.
    pub cost: [i128; 2],
}

impl Totals {
    /// Net size of all traders.
    pub fn skew(&self) -> i128 {
        self.lots[0] - self.lots[1]
    }

    /// What a side is worth to its holders.
    pub fn claims(&self, side: usize, price: i128) -> i128 {
        let lots = if side == 0 { self.lots[0] } else { -self.lots[1] };
        lots * price - self.cost[side]
    }
}

/// The engine's rounded skew premium, checked against the exact fraction `price x skew^2 / (2 skew_scale)`.
pub fn premium(parameters: &Parameters, risk: &Risk, skew: i128, price: i128) -> i128 {
    let size = skew.abs();
    let share = div_ceil(size * i128::from(risk.skew.0), 1 << 30);
    let value = div_ceil_wide(size * price, share);
    let (numerator, denominator) = (size * price * size, 2 * i128::from(parameters.skew_scale));
    assert!(value * denominator >= numerator, "I-10: a premium below the exact one");
    assert!((value - 2) * denominator < numerator, "a premium two atoms above the exact one");
    value
}

/// `ceil(a b / 2^64)`.
fn div_ceil_wide(a: i128, b: i128) -> i128 {
    let (a, b) = (a as u128, b as u128);
    let product = a.checked_mul(b).expect("a premium within 128 bits");
    product.div_ceil(1 << 64) as i128
}

/// The maintenance requirement of a notional.
pub fn maintenance(risk: &Risk, notional: i128) -> i128 {
    let impact = div_ceil(notional * i128::from(risk.impact.0), 1 << 62);
    mulc_wide(
        (i128::from(risk.base.0) + impact)
            .clamp(i128::from(risk.maintenance_floor.0), i128::from(risk.maintenance_cap.0)),
        notional,
    )
}

fn mulc_wide(ratio: i128, amount: i128) -> i128 {
    div_ceil(ratio * amount, ONE)
}

/// The initial requirement of a size, with its side's lots.
pub fn initial(risk: &Risk, size: i128, side_lots: i128, price: i128) -> i128 {
    if size == 0 {
        return 0;
    }
    let notional = size * price;
    let crowd = mulc(risk.crowd.0, side_lots * price);
    let impact = i128::from(risk.impact_model.0.max(risk.impact.0));
    let ratio = i128::from(risk.base_model.0.max(risk.base.0)) + div_ceil(notional.max(crowd) * impact, 1 << 62);
    let ratio = ratio.clamp(i128::from(risk.maintenance_floor.0), i128::from(risk.maintenance_cap.0));
    let ramp = div_ceil(side_lots * i128::from(risk.open_interest_ramp), ONE);
    let times = |a: i128, b: i128| div_ceil(a * b, ONE);
    let ratio = times(
        times(times(ratio, i128::from(risk.initial_multiple.0)), ONE + ramp),
        i128::from(risk.cascade_multiple.0),
    );
    mulc_wide(ratio, notional)
}

/// What initial equity counts of a position.
pub fn counted_initially(risk: &Risk, holding: &Holding, price: &Price, nav_negative: bool) -> i128 {
    let at = |ticks: u64| holding.pnl(i128::from(ticks));
    let pnl = at(price.oracle.0).min(at(price.ema.0)) - holding.lots.abs() * i128::from(price.confidence.0);
    if pnl <= 0 {
        return pnl;
    }
    if nav_negative { 0 } else { mulf(risk.profit_weight.0, pnl).min(i128::from(risk.profit_cap.0)) }
}

/// What maintenance equity counts of a position: a loss in full, a profit as far as the market can pay.
pub fn counted(pnl: i128, missing: i128, positive: i128) -> i128 {
    if pnl <= 0 || missing == 0 {
        return pnl;
    }
    let payable = (positive - missing).max(0);
    if positive == 0 { 0 } else { (pnl * payable).div_euclid(positive).min(payable) }
}

/// Which price a leg is valued at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// The price.
    pub price: i128,
    /// What is credited over notional, as a ratio.
    pub favour: u64,
    /// Without a price at which the leg could be closed.
    pub stale: bool,
    /// All sources are fresh and agree.
    pub normal: bool,
}

/// The table of section 4, for one side of a market; prices not newer than `seen` are as good as stale.
pub fn value(market: &Market, long: bool, now: i64, seen: Option<i64>) -> Value {
    let (first, second, risk) = (&market.price, &market.second, &market.risk);
    // New risk asks for prices only, whatever liquidations wait for.
    let young = |price: &Price| price.oracle.0 > 0 && now - price.publish_time <= i64::from(risk.max_price_age);
    let apart = (i128::from(first.oracle.0) - i128::from(second.oracle.0)).abs();
    let agree = young(second) && apart <= mulf(risk.band.0, first.oracle.0.into());
    let usual = young(first) && (!market.has_second() || agree);
    // In a halted market a leg is valued as ever, and not closed.
    let halted = market.status_at(now) == status::HALTED;
    let at = |price: &Price, favour, stale, normal| Value {
        price: price.oracle.0.into(),
        favour,
        stale: stale || halted,
        normal: normal || (usual && seen.is_none()),
    };
    if market.status >= status::SETTLING {
        return at(first, 0, false, true);
    }
    let fresh = |price: &Price| {
        young(price) && now >= market.watch.waits_until && seen.is_none_or(|seen| price.publish_time > seen)
    };
    let two = market.has_second();
    match (fresh(first), two && fresh(second)) {
        (true, false) if !two => at(first, 0, false, true),
        (true, true) => {
            let (one, other) = (i128::from(first.oracle.0), i128::from(second.oracle.0));
            if (one - other).abs() <= mulf(risk.band.0, one) {
                return at(first, 0, false, true);
            }
            at(if (one > other) == long { first } else { second }, 0, false, false)
        }
        (true, false) => at(first, risk.band.0, false, false),
        (false, true) => at(second, risk.band.0, false, false),
        (false, false) => {
            let newest = if two && second.publish_time > first.publish_time { second } else { first };
            let age = u64::try_from(now - newest.publish_time).unwrap_or(0);
            at(newest, risk.stale.0.saturating_mul(age).max(risk.band.0).min(1 << 32), true, false)
        }
    }
}
