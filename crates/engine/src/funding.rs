//! Funding: the heavier side pays for the skew, the other is paid, and the pool as counterparty of the skew takes the net.
//!
//! [`accrue`] is an action of its own and comes before whatever changes the price or the size of a side, before anything
//! is even valued: else the new skew would pay for the time of the old one, and an account would be worth
//! something else when it is acted on than when it was looked at. Actions that know the time refuse a market that it did
//! not come first in; before [`fill`](crate::trade::fill), which does not, and before a new price the program calls it.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    EngineError, Result,
    indices::ADL_ONE,
    market::{Market, status},
    math::{self, Rounding},
    risk::Risk,
    settlement::forget_old_look,
    side::Side,
    units::{Lots, Ticks, Wide},
};

/// How far funding was accrued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Funding {
    /// Cluster time of the last accrual.
    pub accrued: i64,
}

/// What an accrual moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accrued {
    /// Seconds that it is for: none of them at a stale price.
    pub seconds: u64,
    /// Rate per second, [`bits::FINE`] fraction bits.
    pub rate: U64,
    /// The skew at which it accrued: longs pay a positive one.
    pub skew: Lots,
    /// What the heavier side owes more, in 2^-32 atoms.
    pub paid: Wide,
    /// What the other is owed more.
    pub received: Wide,
    /// Whether a first look at a settlement ran out.
    pub look_over: bool,
}

/// The rate per second at a skew: proportional, capped, down.
pub fn rate(risk: &Risk, skew: Lots) -> Result<U64> {
    let proportional = math::quotient(risk.funding_slope.times(skew.size().0), risk.side_cap.0.into(), Rounding::Down)?;
    math::narrow(proportional.min(risk.funding_cap.into()))
}

/// Accrues funding up to `now`, at the price stored and the skew as it is. Nothing accrues for a stale price, nor in a
/// settlement.
pub fn accrue(market: &mut Market, now: i64) -> Result<Accrued> {
    let seconds = seconds(market, now);
    let skew = market.book.skew()?;
    let mut report = Accrued { seconds, rate: rate(&market.risk, skew)?, skew, ..Accrued::default() };
    if !report.rate.is_zero() && seconds > 0 {
        let product = math::times(market.price.oracle.0.times(report.rate), U128::from(lit(seconds)))?;
        // 32 of the rate's 64 fraction bits are the index's.
        let per_lot = |rounding| math::shifted(product, bits::FINE - bits::FUNDING, rounding);
        let long_pays = skew.is_positive();
        let payer = Move::of(market.book.side(long_pays), per_lot(Rounding::Up)?, Rounding::Up)?;
        let receiver = Move::of(market.book.side(!long_pays), per_lot(Rounding::Down)?, Rounding::Down)?;
        let (paid, received) = (Wide::of(payer.amount), Wide::of(receiver.amount));
        let receiver = receiver.negated()?;
        let payer = payer.applied(market.book.side(long_pays))?;
        let receiver = receiver.applied(market.book.side(!long_pays))?;
        payer.store(market.book.side_mut(long_pays));
        receiver.store(market.book.side_mut(!long_pays));
        (report.paid, report.received) = (paid, received);
    }
    market.funding.accrued = market.funding.accrued.max(now);
    report.look_over = forget_old_look(market, now);
    Ok(report)
}

/// Refuses an action on a market whose funding was not accrued up to `now`.
#[inline]
pub fn require_accrued(market: &Market, now: i64) -> Result<()> {
    let done = market.funding.accrued >= now || market.status >= status::SETTLING;
    if done { Ok(()) } else { Err(EngineError::FundingNotAccrued) }
}

/// Seconds since the last accrual at which the price was not stale.
fn seconds(market: &Market, now: i64) -> u64 {
    let fresh_until = market.price.publish_time.saturating_add(i64::from(market.risk.max_price_age));
    let counted = now.min(fresh_until).saturating_sub(market.funding.accrued);
    let running = market.status < status::SETTLING && market.price.oracle != Ticks::ZERO;
    u64::try_from(counted).ok().filter(|_| running).unwrap_or(0)
}

/// How one side's funding moves: what it owes, and its index.
struct Move {
    amount: I128,
    index: I128,
}

impl Move {
    /// What a side owes for `per_lot`.
    fn of(side: &Side, per_lot: U128, rounding: Rounding) -> Result<Self> {
        let amount = side.exact().times(per_lot, rounding)?;
        let index = per_lot_of_entry(per_lot, side.indices.factor, rounding)?;
        Ok(Self { amount: math::signed(amount)?, index: math::signed(index)? })
    }

    /// The same, received.
    fn negated(&self) -> Result<Self> {
        Ok(Self { amount: math::minus(I128::ZERO, self.amount)?, index: math::minus(I128::ZERO, self.index)? })
    }

    /// What the side has afterwards.
    fn applied(&self, side: &Side) -> Result<Self> {
        Ok(Self {
            amount: math::plus(side.owed.get(), self.amount)?,
            index: math::plus(side.indices.funding.get(), self.index)?,
        })
    }

    fn store(&self, side: &mut Side) {
        (side.owed, side.indices.funding) = (Wide::of(self.amount), Wide::of(self.index));
    }
}

/// Funding of a present lot as funding of a lot from before deleveraging: `A x` it.
fn per_lot_of_entry(per_lot: U128, factor: U64, rounding: Rounding) -> Result<U128> {
    if factor == ADL_ONE {
        return Ok(per_lot);
    }
    let high = per_lot.shifted_down(bits::FACTOR);
    let low = math::minus(per_lot, math::shifted_up(high, bits::FACTOR)?)?;
    let low = math::shifted(math::times(low, factor.into())?, bits::FACTOR, rounding)?;
    math::plus(math::times(high, factor.into())?, low)
}
