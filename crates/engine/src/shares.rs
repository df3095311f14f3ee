//! Shares in a pool of atoms: the liquidity providers' and the insurance stakers'.

use words::*;

use crate::{EngineError, Result, funding::require_accrued, insurance::Insurance, market::Market, math, units::Atoms};

/// Shares, and as many atoms, that exist on paper only. They keep a first depositor from inflating the price of a
/// share: whoever gives atoms away to lift it gives most of them to nobody.
const VIRTUAL: U64 = lit(amounts::UNIT);

/// The shares that `amount` buys in a pool worth `value`, down.
pub fn issue(amount: Atoms, value: Atoms, shares: U64) -> Result<U64> {
    let supply = shares.checked_add(VIRTUAL).ok_or(EngineError::Overflow)?;
    let worth = value.plus(Atoms(VIRTUAL))?;
    let issued = math::mul_div_floor(amount.0, supply, worth.0)?;
    if issued.is_zero() {
        return Err(EngineError::ZeroAmount);
    }
    // More shares than `worth` can reckon with would lock everybody in.
    supply.checked_add(issued).ok_or(EngineError::Overflow)?;
    Ok(issued)
}

/// What `shares` of `supply` in a pool worth `value` would be paid, down.
///
/// The lower of the price with the virtual shares and the one without. Below one atom a share the virtual atoms would
/// lift the price of what leaves first, and the last would not be paid.
pub fn worth(shares: U64, value: Atoms, supply: U64) -> Result<Atoms> {
    if shares > supply {
        return Err(EngineError::NotEnoughShares);
    }
    let plain = math::mul_div_floor(shares, value.0, supply.max(lit(1)))?;
    let virtual_supply = supply.checked_add(VIRTUAL).ok_or(EngineError::Overflow)?;
    let diluted = math::mul_div_floor(shares, value.plus(Atoms(VIRTUAL))?.0, virtual_supply)?;
    Ok(Atoms(plain.min(diluted)))
}

/// A deposit into a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Shares issued.
    pub shares: U64,
    /// What the pool was worth before.
    pub value: Atoms,
}

/// Deposits liquidity into a market at its net asset value.
pub fn provide(market: &mut Market, amount: Atoms, now: i64) -> Result<Issued> {
    if amount < market.risk.minimum_lp_deposit {
        return Err(EngineError::BelowMinimumDeposit);
    }
    market.require_running(now)?;
    market.fresh_price(now)?;
    require_accrued(market, now)?;
    // Net asset value bears a deficit until insurance answers it: who buys in between would gain the answer.
    if !market.book.deficit.is_zero() {
        return Err(EngineError::DeficitPending);
    }
    let nav = market.nav()?;
    if nav.is_negative() || (nav.is_zero() && !market.lp_shares.is_zero()) {
        return Err(EngineError::NavNotPositive);
    }
    let issued = Issued { shares: issue(amount, nav.gain(), market.lp_shares)?, value: nav.gain() };
    let treasury = market.book.treasury.plus(amount)?;
    market.lp_shares = market.lp_shares.checked_add(issued.shares).ok_or(EngineError::Overflow)?;
    market.book.treasury = treasury;
    Ok(issued)
}

/// Smallest deposit of an insurance staker: one unit of the quote token.
pub const MINIMUM_STAKE: Atoms = Atoms(lit(amounts::UNIT));

/// Deposits into the shared part of the insurance fund.
pub fn stake(fund: &mut Insurance, amount: Atoms) -> Result<Issued> {
    if amount < MINIMUM_STAKE {
        return Err(EngineError::BelowMinimumDeposit);
    }
    let issued = Issued { shares: issue(amount, fund.shared, fund.shares)?, value: fund.shared };
    let shared = fund.shared.plus(amount)?;
    fund.shares = fund.shares.checked_add(issued.shares).ok_or(EngineError::Overflow)?;
    fund.shared = shared;
    Ok(issued)
}
