//! A voluntary fill against the pool.

use crate::{
    EngineError, Result,
    account::{Health, Initial},
    book::{Book, premium},
    margin::{collectable, health_with, leg_health, leg_initial, require_size},
    market::Market,
    order::Order,
    position::Position,
    price::Price,
    risk::Risk,
    units::{Atoms, Lots, Pnl, Ratio, Ticks},
    valuation::value,
};

/// An account's other legs, without cash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// Their maintenance.
    pub health: Health,
    /// Their initial margin.
    pub initial: Initial,
    /// Why they have none: then there is no new risk, and less risk is judged by maintenance alone.
    pub lacking: Option<EngineError>,
}

impl Rest {
    /// Adds a leg: for maintenance at whatever price it has, for initial margin where that is one for new risk.
    pub fn add(&mut self, position: &Position, market: &Market, now: i64) -> Result<()> {
        let mut next = *self;
        next.health.add(&value(position, market, now, None)?.leg)?;
        match market.fresh_price(now) {
            Ok(_) => next.initial.add(&leg_initial(position, &market.risk, &market.book, &market.price)?)?,
            Err(error) => next.lacking = next.lacking.or(Some(error)),
        }
        *self = next;
        Ok(())
    }
}

/// The account and market as they are after a fill, and what it cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Lots traded.
    pub lots: Lots,
    /// What they cost, premium and spread included: positive for a buy.
    pub cost: Pnl,
    /// The part that is the change of the skew premium.
    pub premium: Pnl,
    /// The part that is the spread.
    pub spread: Atoms,
    /// Profit paid to the account, or loss paid by it, where the fill closed the position.
    pub settled: Pnl,
    /// Cash afterwards.
    pub cash: Atoms,
    /// Position afterwards.
    pub position: Position,
    /// The market's money afterwards.
    pub book: Book,
}

/// Whether a fill opens or grows a position, on either side.
pub fn adds_risk(held: Lots, lots: Lots) -> Result<bool> {
    let after = held.plus(lots)?;
    let crosses = lots_oppose(held, after);
    Ok(crosses || after.size() > held.size())
}

/// Fills an order at `update`; margin is judged at the market's own price. The position is touched first.
///
/// Funding must have been accrued: its time is the last accrual's ([`funding`](crate::funding)). Nothing is written: the caller stores what comes back. An error is the reason why the order failed.
pub fn fill(
    cash: Atoms,
    rest: &Rest,
    position: &Position,
    market: &Market,
    order: &Order,
    update: &Price,
) -> Result<Filled> {
    let now = market.funding.accrued;
    let judged = Judged { price: market.price.oracle, lacking: rest.lacking, now };
    fill_at(cash, rest, position, market, order, update, &judged)
}

/// What a fill's margin is judged at.
pub(crate) struct Judged {
    /// The price of its leg.
    pub price: Ticks,
    /// Why there is no initial margin.
    pub lacking: Option<EngineError>,
    /// The cluster's time.
    pub now: i64,
}

/// Fills an order, its margin judged at a price of the caller's.
pub(crate) fn fill_at(
    cash: Atoms,
    rest: &Rest,
    position: &Position,
    market: &Market,
    order: &Order,
    update: &Price,
    judged: &Judged,
) -> Result<Filled> {
    market.require_reductions()?;
    let mut fill =
        Fill { risk: &market.risk, update, cash, position: *position, book: market.book, done: Done::default() };
    fill.book.touch(&mut fill.position, market.price.oracle)?;
    let held = fill.position.lots;
    let lots = order.size_against(held)?;
    let grows = adds_risk(held, lots)?;
    if grows {
        market.require_new_risk(judged.now)?;
    }
    let closing = if lots_oppose(held, lots) { held.size().min(lots.size()) } else { lots.size() };
    fill.part(closing.signed(lots.is_positive())?)?;
    let opening = lots.minus(fill.done.lots)?;
    if !opening.is_zero() {
        fill.part(opening)?;
    }
    order.require_limit(fill.done.lots, fill.done.cost)?;
    // A cap that was lowered since does not hinder a reduction.
    let size = fill.position.lots.size();
    require_size(&market.risk, if grows { size } else { size.min(market.risk.position_cap) })?;
    if grows {
        require_capacity(&market.risk, &fill.book, fill.position.is_long(), &market.price)?;
    }
    if grows {
        require_skew(&market.risk, &market.book, &fill.book)?;
        require_share(&market.risk, &fill.book, &fill.position, &market.price)?;
    }
    require_margin(market, &fill.book, rest, (cash, position), (fill.cash, &fill.position), grows, judged)?;
    let Done { lots, cost, premium, spread, settled } = fill.done;
    Ok(Filled { lots, cost, premium, spread, settled, cash: fill.cash, position: fill.position, book: fill.book })
}

/// Whether `lots` trade against what is held.
pub fn lots_oppose(held: Lots, lots: Lots) -> bool {
    (held.is_positive() && lots.is_negative()) || (held.is_negative() && lots.is_positive())
}

/// What the parts of a fill add up to.
#[derive(Default)]
struct Done {
    lots: Lots,
    cost: Pnl,
    premium: Pnl,
    spread: Atoms,
    settled: Pnl,
}

/// A fill in progress, on copies.
struct Fill<'a> {
    risk: &'a Risk,
    update: &'a Price,
    cash: Atoms,
    position: Position,
    book: Book,
    done: Done,
}

impl Fill<'_> {
    /// Trades one part that does not cross zero, and settles the position if it closed.
    fn part(&mut self, lots: Lots) -> Result<()> {
        let price = self.update.oracle;
        let skew = self.book.skew()?;
        let premium =
            premium(self.risk, skew.plus(lots)?, price)?.signed()?.minus(premium(self.risk, skew, price)?.signed()?)?;
        let uncertain = lots.size().at(self.update.confidence)?;
        let notional = lots.size().at(price)?;
        let spread = self.risk.spread.mul_ceil(notional)?.plus(self.risk.confidence_spread.mul_ceil(uncertain)?)?;
        let cost = lots.at(price)?.plus(premium)?.plus(spread.signed()?)?;
        if lots.is_negative() && !cost.is_negative() {
            return Err(EngineError::PriceNotPositive);
        }
        self.book.novate(&mut self.position, lots, cost)?;
        if self.position.lots.is_zero() {
            self.settle_closed()?;
        }
        let done = &mut self.done;
        done.lots = done.lots.plus(lots)?;
        done.cost = done.cost.plus(cost)?;
        done.premium = done.premium.plus(premium)?;
        done.spread = done.spread.plus(spread)?;
        Ok(())
    }

    /// A closed position pays its loss in full or is refused; its profit is paid as far as the treasury has cash, unless
    /// profits are withheld.
    fn settle_closed(&mut self) -> Result<()> {
        let pnl = self.position.cost.negated()?;
        let price = self.update.oracle;
        let gain = if self.book.is_withheld() { Atoms::ZERO } else { pnl.gain() };
        let owed = collectable(&self.book, self.risk, price, gain)?;
        let paid = if pnl.is_negative() { pnl } else { owed.min(self.book.treasury).signed()? };
        self.cash = self.cash.minus(paid.loss()).map_err(|_| EngineError::LossExceedsCash)?.plus(paid.gain())?;
        self.book.settle(&mut self.position, paid)?;
        self.done.settled = self.done.settled.plus(paid)?;
        Ok(())
    }
}

/// Open interest of a side stays under its cap and net asset value covers what the pool took on.
pub(crate) fn require_capacity(risk: &Risk, book: &Book, long: bool, price: &Price) -> Result<()> {
    if book.side(long).lots > risk.side_cap {
        return Err(EngineError::SideCapExceeded);
    }
    require_coverage(risk, book, price)
}

/// New risk does not take the skew beyond its cap, or further beyond it.
fn require_skew(risk: &Risk, before: &Book, after: &Book) -> Result<()> {
    let skew = after.skew()?.size();
    if skew > risk.skew_cap && skew > before.skew()?.size() { Err(EngineError::SkewCapExceeded) } else { Ok(()) }
}

/// What grows is no larger than its share of its side, itself included, and of the depth.
#[inline(never)] // several callers: once is small enough
pub(crate) fn require_share(risk: &Risk, book: &Book, position: &Position, price: &Price) -> Result<()> {
    let (size, side) = (position.lots.size(), book.side(position.is_long()).lots);
    let share = risk.position_share.mul_floor(Atoms(side.0))?.0;
    let crowded = size > risk.position_floor && risk.position_share < Ratio::ONE && size.0 > share;
    let deep = size.at(price.oracle)? > risk.depth_cap;
    if crowded || deep { Err(EngineError::PositionCapExceeded) } else { Ok(()) }
}

/// Equity stays positive; new risk meets initial margin; less risk may not worsen health below it, or where a price for it
/// is missing. An account is its cash and its position in `market`, whose book is `book` afterwards.
#[inline(never)] // several callers: once is small enough
pub(crate) fn require_margin(
    market: &Market,
    book: &Book,
    rest: &Rest,
    (cash, before): (Atoms, &Position),
    (left, after): (Atoms, &Position),
    grows: bool,
    judged: &Judged,
) -> Result<()> {
    let price = judged.price;
    let mut health = rest.health.with_cash(left)?;
    health.add(&health_with(book, after, market, price)?)?;
    if health.equity.is_negative() {
        return Err(EngineError::EquityNegative);
    }
    let mut initial = rest.initial.with_cash(left)?;
    initial.add(&leg_initial(after, &market.risk, book, &market.price)?)?;
    if judged.lacking.is_none() && initial.is_met() {
        return Ok(());
    }
    if grows {
        return Err(judged.lacking.unwrap_or(EngineError::BelowInitialMargin));
    }
    let mut earlier = rest.health.with_cash(cash)?;
    earlier.add(&leg_health(before, market, price)?)?;
    if health.no_worse_than(&earlier) { Ok(()) } else { Err(EngineError::HealthWorsens) }
}

/// New risk needs coverage: `NAV >= stress x |skew| x price + c x open interest x price`.
pub fn require_coverage(risk: &Risk, book: &Book, price: &Price) -> Result<()> {
    let needed = coverage_needed(risk, book, price)?;
    if book.nav(risk, price.oracle)? >= needed.signed()? { Ok(()) } else { Err(EngineError::CoverageTooLow) }
}

/// What net asset value must cover before new risk is taken.
#[inline(always)] // one caller on chain
pub fn coverage_needed(risk: &Risk, book: &Book, price: &Price) -> Result<Atoms> {
    let skew = risk.stress.mul_ceil(book.skew()?.size().at(price.oracle)?)?;
    let open_interest = book.long.lots.plus(book.short.lots)?.at(price.oracle)?;
    skew.plus(risk.coverage.mul_ceil(open_interest)?)
}
