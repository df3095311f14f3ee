//! Leaving a pool: a request for shares, which stay at risk through a cooldown, then the lower of two prices.
//!
//! Who sees a loss coming is paid what the pool is worth after it; who joins after one and leaves before the next gains
//! nothing between.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    EngineError, Result,
    funding::require_accrued,
    insurance::Insurance,
    market::{Market, status},
    shares::worth,
    trade::require_coverage,
    units::Atoms,
};

/// Seconds that a stake stays at risk after its exit was requested: as long as the longest window of insurance.
pub const STAKE_COOLDOWN: u32 = 604_800;

/// A request can be used for as long again as its cooldown (ADR 33). Without an end everybody would keep one ready and leave
/// without notice.
const WINDOWS: i64 = 2;

/// Shares whose exit was requested, and the price at that time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Exit {
    /// Shares to leave, part of those held. Zero when no exit was requested.
    pub shares: U64,
    /// `V0`: what the pool was worth at the request.
    pub value: Atoms,
    /// `S0`: the pool's shares at the request.
    pub supply: U64,
    /// When it was requested.
    pub time: i64,
}

/// Everything a redemption moved, and why it paid what it paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Redeemed {
    /// Shares that are gone.
    pub shares: U64,
    /// Atoms paid for them.
    pub paid: Atoms,
    /// What they were worth at the request.
    pub at_request: Atoms,
    /// What they were worth now.
    pub at_exit: Atoms,
    /// What the pool was worth before.
    pub value: Atoms,
}

/// A pool as somebody leaves it.
#[derive(Clone, Copy)]
struct Pool {
    value: Atoms,
    supply: U64,
    cooldown: u32,
}

impl Pool {
    /// A market's, as a request of that time sees it: its cooldown is the one in force then. A change neither prolongs nor
    /// shortens a request that waits.
    fn of_market(market: &Market, requested: i64, now: i64) -> Result<Self> {
        let risk = &market.risk;
        let cooldown = if requested <= risk.past.changed_at { risk.past.lp_cooldown } else { risk.lp_cooldown };
        Ok(Self { value: value(market, now)?, supply: market.lp_shares, cooldown })
    }

    const fn of_fund(fund: &Insurance) -> Self {
        Self { value: fund.shared, supply: fund.shares, cooldown: STAKE_COOLDOWN }
    }
}

impl Exit {
    /// Whether nothing is requested.
    pub fn is_empty(&self) -> bool {
        self.shares.is_zero()
    }

    /// Whether a holder of `held` shares can have made this request.
    pub fn invariant(&self, held: U64) -> bool {
        self.shares <= held && (self.is_empty() || self.shares <= self.supply)
    }

    /// Withdraws the request. The shares were at risk all the time, so nothing is owed for it.
    pub fn cancel(&mut self) -> Result<U64> {
        self.require()?;
        let shares = self.shares;
        *self = Self::default();
        Ok(shares)
    }

    /// Whether its cooldown and the time in which it could be used are over.
    pub fn is_expired(&self, cooldown: u32, now: i64) -> bool {
        now.saturating_sub(self.time) > i64::from(cooldown).saturating_mul(WINDOWS)
    }

    /// The same request when the pool's shares were consolidated once: fewer shares, and no better a price.
    fn consolidated(&self) -> Self {
        let shares = self.shares.shifted_down(bits::CONSOLIDATION);
        if shares.is_zero() {
            return Self::default();
        }
        let supply = self.supply.checked_div_ceil(lit(1 << bits::CONSOLIDATION)).unwrap_or(self.supply);
        Self { shares, supply, ..*self }
    }

    /// Requests the exit of some of the `held` shares, at a pool's value and supply. Takes the place of an expired request.
    fn request(&mut self, held: U64, shares: U64, pool: Pool, now: i64) -> Result<()> {
        let Pool { value, supply, cooldown } = pool;
        if !self.is_empty() && !self.is_expired(cooldown, now) {
            return Err(EngineError::ExitPending);
        }
        if shares.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        if shares > held || shares > supply {
            return Err(EngineError::NotEnoughShares);
        }
        *self = Self { shares, value, supply, time: now };
        Ok(())
    }

    /// What `shares` of the request are paid at a pool's value and supply.
    fn payout(&self, shares: U64, pool: Pool, now: i64) -> Result<Redeemed> {
        let Pool { value, supply, cooldown } = pool;
        self.require()?;
        if shares > self.shares {
            return Err(EngineError::NotEnoughShares);
        }
        if now.saturating_sub(self.time) < i64::from(cooldown) {
            return Err(EngineError::CooldownNotOver);
        }
        if self.is_expired(cooldown, now) {
            return Err(EngineError::ExitExpired);
        }
        let at_request = worth(shares, self.value, self.supply)?;
        let at_exit = worth(shares, value, supply)?;
        let paid = at_request.min(at_exit);
        if paid.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        Ok(Redeemed { shares, paid, at_request, at_exit, value })
    }

    /// The request and the shares held without those that left.
    fn without(&self, shares: U64, held: U64) -> Result<(Self, U64)> {
        let left = self.shares.checked_sub(shares).ok_or(EngineError::NotEnoughShares)?;
        let held = held.checked_sub(shares).ok_or(EngineError::NotEnoughShares)?;
        let rest = if left.is_zero() { Self::default() } else { Self { shares: left, ..*self } };
        Ok((rest, held))
    }

    fn require(&self) -> Result<()> {
        if self.is_empty() { Err(EngineError::NothingRequested) } else { Ok(()) }
    }
}

/// Requests the exit of some of the `held` shares in a market's liquidity, at its net asset value or, of a settled market,
/// at what remains.
pub fn request(exit: &mut Exit, held: U64, market: &Market, shares: U64, now: i64) -> Result<()> {
    exit.request(held, shares, Pool::of_market(market, exit.time, now)?, now)
}

/// Pays `shares` of a request out of a market's treasury. Where the market is settled nothing is left to cover.
///
/// `queued` says whether the market's queue holds an entry that has not expired: a loss that net asset value does not
/// show yet.
pub fn redeem(
    exit: &mut Exit,
    held: &mut U64,
    market: &mut Market,
    shares: U64,
    queued: bool,
    now: i64,
) -> Result<Redeemed> {
    if queued {
        return Err(EngineError::AccountsQueued);
    }
    if !market.book.deficit.is_zero() {
        return Err(EngineError::DeficitPending);
    }
    let settled = market.status == status::SETTLED;
    // Nobody runs between the looks that may start a settlement, neither traders nor providers.
    if market.book.is_withheld() && !settled {
        return Err(EngineError::NavNotPositive);
    }
    let redeemed = exit.payout(shares, Pool::of_market(market, exit.time, now)?, now)?;
    let (rest, held_after) = exit.without(shares, *held)?;
    let supply = market.lp_shares.checked_sub(shares).ok_or(EngineError::NotEnoughShares)?;
    let mut book = market.book;
    book.treasury = book.treasury.minus(redeemed.paid).map_err(|_| EngineError::TreasuryShort)?;
    if !settled {
        require_coverage(&market.risk, &book, &market.price)?;
    }
    (*exit, *held, market.lp_shares, market.book.treasury) = (rest, held_after, supply, book.treasury);
    Ok(redeemed)
}

/// Brings shares of `epoch` in the insurance fund, and the request of some of them, up to the fund's: down, so that together
/// they are never more than the fund's. Comes before anything else is done with them.
pub fn catch_up(exit: &mut Exit, held: &mut U64, epoch: &mut u64, fund: &Insurance) {
    while *epoch < fund.epoch && !held.is_zero() {
        (*exit, *held) = (exit.consolidated(), held.shifted_down(bits::CONSOLIDATION));
        *epoch = epoch.saturating_add(1);
    }
    *epoch = fund.epoch;
}

/// Requests the exit of some of the `held` shares in the shared part of the insurance fund.
pub fn request_unstake(exit: &mut Exit, held: U64, fund: &Insurance, shares: U64, now: i64) -> Result<()> {
    exit.request(held, shares, Pool::of_fund(fund), now)
}

/// Pays `shares` of a request out of the shared part of the insurance fund.
///
/// `loss_known` says whether a market has a deficit that the fund has not answered, or an account whose closing would
/// leave one.
pub fn unstake(
    exit: &mut Exit,
    held: &mut U64,
    fund: &mut Insurance,
    shares: U64,
    loss_known: bool,
    now: i64,
) -> Result<Redeemed> {
    if loss_known {
        return Err(EngineError::DeficitPending);
    }
    let redeemed = exit.payout(shares, Pool::of_fund(fund), now)?;
    let (rest, held_after) = exit.without(shares, *held)?;
    let supply = fund.shares.checked_sub(shares).ok_or(EngineError::NotEnoughShares)?;
    let shared = fund.shared.minus(redeemed.paid)?;
    (*exit, *held, fund.shares, fund.shared) = (rest, held_after, supply, shared);
    Ok(redeemed)
}

/// What the liquidity providers' shares are worth together, where it is something: net asset value at a fresh price or, of
/// a settled market, what remains when traders and insurance have theirs.
fn value(market: &Market, now: i64) -> Result<Atoms> {
    let value = if market.status == status::SETTLED {
        market.settlement.remainder(&market.book)?.saturating_minus(market.book.insurance_claim)
    } else {
        market.require_running(now)?;
        market.fresh_price(now)?;
        require_accrued(market, now)?;
        market.nav()?.gain()
    };
    if value.is_zero() { Err(EngineError::NavNotPositive) } else { Ok(value) }
}
