//! One liquidation step on a solvent account: close some of a leg at the price it is valued at and take the charge.

use words::*;

use crate::{
    EngineError, Result,
    account::Health,
    book::Book,
    close::{close_size, is_urgent, payable_size},
    funding::require_accrued,
    margin::{LegHealth, collectable},
    mark::payable,
    market::{Market, status},
    math,
    position::Position,
    risk::Risk,
    throttle::Throttle,
    units::{Atoms, Lots, Pnl, Size, Ticks},
};

/// Where a charge goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charge {
    /// To the treasury, before anyone else.
    pub treasury: Atoms,
    /// To whoever flagged the account.
    pub flagger: Atoms,
    /// To whoever liquidated it.
    pub liquidator: Atoms,
    /// To the insurance fund.
    pub insurance: Atoms,
}

impl Charge {
    /// Splits `total`, charged on `notional`: treasury first, then flagger, liquidator, and the rest to insurance.
    pub fn split(risk: &Risk, total: Atoms, notional: Atoms) -> Result<Self> {
        let treasury = risk.charge_treasury.mul_ceil(notional)?.min(total);
        let left = total.minus(treasury)?;
        let flagger = risk.charge_flagger.mul_floor(notional)?.min(left);
        let left = left.minus(flagger)?;
        let liquidator = risk.charge_liquidator.mul_floor(notional)?.min(left);
        Ok(Self { treasury, flagger, liquidator, insurance: left.minus(liquidator)? })
    }

    /// The sum of two charges, part by part.
    pub fn plus(&self, other: &Self) -> Result<Self> {
        Ok(Self {
            treasury: self.treasury.plus(other.treasury)?,
            flagger: self.flagger.plus(other.flagger)?,
            liquidator: self.liquidator.plus(other.liquidator)?,
            insurance: self.insurance.plus(other.insurance)?,
        })
    }

    /// All of it.
    pub fn total(&self) -> Result<Atoms> {
        self.treasury.plus(self.flagger)?.plus(self.liquidator)?.plus(self.insurance)
    }
}

/// Everything a step moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Lots traded by the account: negative when a long was closed.
    pub lots: Lots,
    /// Their value at the price.
    pub notional: Atoms,
    /// Profit paid to the account, or loss paid by it.
    pub settled: Pnl,
    /// What the account was charged.
    pub charge: Charge,
}

/// The size this step closes, with the market's throttle brought up to `now`.
///
/// An account within one charge of bankruptcy is never delayed, and a full close may overdraw the bucket.
pub fn step_size(market: &Market, health: &Health, leg: &LegHealth, position: &Position, now: i64) -> Result<Size> {
    let (risk, price) = (&market.risk, leg.price);
    let held = market.book.touched(position, market.price.oracle)?.lots.size();
    let wanted = close_size(risk, health, leg, held, price)?;
    if is_urgent(risk, health, leg)? {
        return Ok(wanted);
    }
    let throttle = market.throttle.refilled(risk, now)?;
    if !throttle.allows_step(risk, price)? {
        return Err(EngineError::NoCapacity);
    }
    if wanted == held {
        return Ok(wanted);
    }
    let affordable = throttle.available().0.checked_div(price.0).map(Size).ok_or(EngineError::Overflow)?;
    Ok(wanted.min(affordable.max(risk.minimum_step)))
}

/// Closes `size` of a position in `market` at the `price` that its leg is valued at and charges `cash`. `equity` is the
/// whole account's, without credits. The position is touched first; funding must have been accrued before the account was
/// looked at.
pub fn close(
    cash: &mut Atoms,
    position: &mut Position,
    market: &mut Market,
    equity: Pnl,
    size: Size,
    price: Ticks,
    now: i64,
) -> Result<Step> {
    require_accrued(market, now)?;
    if market.status >= status::SETTLING {
        return Err(EngineError::MarketNotOpen);
    }
    let mut next = Next { cash: *cash, position: *position, book: market.book };
    next.book.touch(&mut next.position, market.price.oracle)?;
    let pnl = next.position.pnl(price)?;
    let held = next.position.lots.size();
    if size.is_zero() || size > held {
        return Err(EngineError::NothingToClose);
    }
    let size = payable_size(pnl, *cash, held, size)?;
    let settled = if pnl.is_negative() {
        next.collect_loss(pnl, held, size)?
    } else {
        next.pay_profit(market, price, pnl, held, size)?
    };

    let lots = size.signed(!next.position.is_long())?;
    next.book.novate(&mut next.position, lots, lots.at(price)?)?;

    let notional = size.at(price)?;
    // Rounding up may hide an atom of the requirement that the close frees. So the charge is one less: then equity over
    // maintenance never falls, exactly.
    let due = market.risk.charge.mul_floor(notional)?.saturating_minus(Atoms(lit(1)));
    let total = due.min(next.cash).min(equity.gain());
    let charge = Charge::split(&market.risk, total, notional)?;
    next.cash = next.cash.minus(total)?;
    next.book.treasury = next.book.treasury.plus(charge.treasury)?;
    next.book.fees = next.book.fees.plus(charge.insurance)?;
    let mut throttle: Throttle = market.throttle.refilled(&market.risk, now)?;
    throttle.take(&market.risk, notional)?;

    market.record_liquidation(notional, price, now);
    (*cash, *position, market.book, market.throttle) = (next.cash, next.position, next.book, throttle);
    Ok(Step { lots, notional, settled, charge })
}

/// What a step is about to write.
struct Next {
    cash: Atoms,
    position: Position,
    book: Book,
}

impl Next {
    /// What a mark would pay, or the profit of the lots that are closed: it is no longer at risk. Nothing while profits
    /// are withheld.
    fn pay_profit(&mut self, market: &Market, price: Ticks, pnl: Pnl, held: Size, size: Size) -> Result<Pnl> {
        if self.book.is_withheld() {
            return Ok(Pnl::ZERO);
        }
        let realised = Atoms(math::mul_div_floor(pnl.gain().0, size.0, held.0)?);
        let realised = collectable(&self.book, &market.risk, price, realised)?.min(self.book.treasury);
        // A mark is at the first source's price and at no other.
        let marked = if price == market.price.oracle { payable(&self.position, market)? } else { Atoms::ZERO };
        self.settle(marked.max(realised).signed()?)
    }

    /// The whole loss when the cash is enough, else the share of the lots that are closed.
    fn collect_loss(&mut self, pnl: Pnl, held: Size, size: Size) -> Result<Pnl> {
        let loss = pnl.loss();
        let due = if loss <= self.cash { loss } else { Atoms(math::mul_div_ceil(loss.0, size.0, held.0)?) };
        self.settle(due.min(self.cash).signed()?.negated()?)
    }

    fn settle(&mut self, paid: Pnl) -> Result<Pnl> {
        self.book.settle(&mut self.position, paid)?;
        self.cash = self.cash.plus(paid.gain())?.minus(paid.loss())?;
        Ok(paid)
    }
}
