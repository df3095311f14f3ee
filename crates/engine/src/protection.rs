//! Protection: between maintenance and a level that its owner chose, an account may be shrunk by anyone, through an order.
//!
//! The order is like any other: it executes at its one update, only reduces, and may not lower health. What is checked here
//! is that it would do its owner good now, and that it is small, cheap and alone (ADR 31).

use words::*;

use crate::{
    EngineError, Result,
    account::Health,
    close::close_size,
    margin::{LegHealth, health_with},
    market::Market,
    order::{Order, Request},
    position::Position,
    risk::Risk,
    survey::Survey,
    trade::{Rest, fill},
    units::{Atoms, Lots, Pnl, Ratio, Ticks},
};

/// Largest level: equity of twice maintenance.
pub const MAX_LEVEL: Ratio = Ratio(lit(2 << Ratio::BITS));

/// An account that may ask for protection.
#[derive(Clone, Copy, Debug)]
pub struct Guarded<'a> {
    /// Its cash.
    pub cash: Atoms,
    /// Its level: equity over maintenance.
    pub level: Ratio,
    /// A look at all of it.
    pub survey: &'a Survey,
    /// Its legs in other markets.
    pub rest: &'a Rest,
    /// Its position in the market, and the place of that leg.
    pub leg: (usize, &'a Position),
    /// Whether it is flagged for liquidation.
    pub flagged: bool,
    /// Whether an order of it without a trigger has not ended.
    pub waiting: bool,
}

/// A protective order, and why it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protected {
    /// The order: its fee is to leave the account's cash.
    pub order: Order,
    /// Equity before.
    pub equity: Pnl,
    /// Maintenance before.
    pub maintenance: Atoms,
}

/// Refuses a level that is neither zero, for none, nor between maintenance and [`MAX_LEVEL`].
pub fn require_level(level: Ratio) -> Result<()> {
    let valid = level.is_zero() || (level > Ratio::ONE && level <= MAX_LEVEL);
    if valid { Ok(()) } else { Err(EngineError::ParameterOutOfBounds) }
}

/// The order that shrinks the account towards `T` times its level. Nothing is written.
///
/// Its fill may cost what a liquidation would be charged at most, and so may its fee. Filled at the price of now it must
/// raise equity over maintenance, the fee counted: so nobody places one that does its owner no good.
pub fn protect(account: &Guarded<'_>, market: &Market, sequence: u64, now: i64) -> Result<Protected> {
    if account.flagged {
        return Err(EngineError::AccountFlagged);
    }
    if account.waiting {
        return Err(EngineError::OrderWaits);
    }
    // Keepers act on no account by a price that is in doubt; its owner may.
    market.require_running(now)?;
    market.fresh_price(now)?;
    let (survey, place) = (account.survey, account.leg.0);
    if !survey.is_current() {
        return Err(EngineError::PriceTooOld);
    }
    let level = due_level(account.level, &survey.health, &market.risk)?;
    match survey.leg_to_close() {
        Some(chosen) if chosen == place => {}
        Some(_) => return Err(EngineError::WrongLeg),
        None => return Err(EngineError::HealthWorsens),
    }
    let leg = survey.leg(place);
    let lots = lots_to_trade(level, &survey.health, &leg, &market.risk)?;
    let request = Request { lots, limit: limit(&leg, &market.risk)?, reduce_only: true, trigger: None };
    let mut cash = account.cash;
    let order = Order::place(&mut cash, market, &request, sequence, now)?;
    if order.fee > market.risk.charge.mul_floor(lots.size().at(leg.price)?)? {
        return Err(EngineError::ProtectionNotDue);
    }
    require_good(account, market, &order, cash)?;
    Ok(Protected { order, equity: survey.health.equity, maintenance: survey.health.maintenance })
}

/// The level that applies: at most what initial margin asks for over maintenance. Refused unless equity is below it and
/// not below maintenance: then the account is liquidated instead.
fn due_level(level: Ratio, health: &Health, risk: &Risk) -> Result<Ratio> {
    let level = level.min(risk.initial_multiple);
    let below = health.equity.gain() < level.mul_ceil(health.maintenance)?;
    if below && !level.is_zero() && !health.is_liquidatable() { Ok(level) } else { Err(EngineError::ProtectionNotDue) }
}

/// What a liquidation would close that aims at `T` times the level and costs the fee and the spread instead of its charge.
fn lots_to_trade(level: Ratio, health: &Health, leg: &LegHealth, risk: &Risk) -> Result<Lots> {
    let aimed = Risk { target: level.times_ceil(risk.target)?, charge: risk.fee.plus(risk.spread)?, ..*risk };
    close_size(&aimed, health, leg, leg.size, leg.price)?.signed(!leg.long)
}

/// The worst price of the fill: as far from the oracle's as the charge of a liquidation.
fn limit(leg: &LegHealth, risk: &Risk) -> Result<Ticks> {
    let width = risk.charge.of_price_floor(leg.price)?;
    if leg.long { leg.price.minus(width) } else { leg.price.plus(width) }
}

/// Refuses unless the order, filled at the market's price, leaves equity over maintenance no lower than it is before the fee.
#[inline(never)] // the fill would not fit the caller's stack frame
fn require_good(account: &Guarded<'_>, market: &Market, order: &Order, cash: Atoms) -> Result<()> {
    let filled = fill(cash, account.rest, account.leg.1, market, order, &market.price)?;
    let mut after = account.rest.health.with_cash(filled.cash)?;
    after.add(&health_with(&filled.book, &filled.position, market, market.price.oracle)?)?;
    if after.no_worse_than(&account.survey.health) { Ok(()) } else { Err(EngineError::HealthWorsens) }
}
