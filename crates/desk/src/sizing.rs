//! Sizes: from a risk and a stop, the largest that an account can take, a part of it, and limits.

use plimsoll_client::{
    Address,
    engine::{
        sizing::{Bound, size_for_risk},
        units::{Atoms, Size, Ticks},
    },
    errors::PlimsollError,
    state::MarginAccount,
};

use crate::{Moment, Preview, Refusal, Request, Result, Venue, ratios::moved};

answer! {
    /// What keeps a size from being larger.
    pub enum SizeBound {
        /// One lot more could lose more than the risk.
        Risk,
        /// The cap for one account.
        PositionCap,
        /// What is left of the cap for one side's open interest.
        SideCap,
    }

    /// A size for a risk.
    pub struct SizeFigures {
        /// Signed size in lots: long where the stop is below the price.
        pub lots: i64,
        /// What it loses at the stop, all costs included.
        pub loss: u64,
        /// Why it is not larger.
        pub bound: SizeBound,
    }

    /// Opening by risk: the size, and what the order would do.
    pub struct AtRisk {
        /// Why there is no size.
        pub refusal: Option<Refusal>,
        /// The size.
        pub size: Option<SizeFigures>,
        /// What the opening order would do, its stop's fee included.
        pub preview: Option<Preview>,
    }
}

impl Venue {
    /// The size that loses no more than `risk` at `stop`, and what opening it would do.
    pub fn at_risk(
        &self,
        account: Option<&Address>,
        market: &Address,
        (risk, stop): (u64, u64),
        (limit, stop_limit): (u64, u64),
        at: Moment,
    ) -> Result<AtRisk> {
        let core = &self.market(market)?.core;
        let sized = match size_for_risk(core, Atoms(risk), Ticks(stop), at.time) {
            Ok(sized) => sized,
            Err(error) => return Ok(AtRisk { refusal: Some(error.into()), size: None, preview: None }),
        };
        let holds = match account {
            Some(address) => !self.account(address)?.holder(market, core, at.time)?.held.is_zero(),
            None => false,
        };
        let bound = match sized.bound {
            Bound::Risk => SizeBound::Risk,
            Bound::PositionCap => SizeBound::PositionCap,
            Bound::SideCap => SizeBound::SideCap,
        };
        let entry = Request { lots: sized.lots.0, limit, reduce_only: false }.into();
        let stop = sized.stop_order(Ticks(stop), Ticks(stop_limit))?;
        Ok(AtRisk {
            refusal: holds.then(|| PlimsollError::PositionHeld.into()),
            size: Some(SizeFigures { lots: sized.lots.0, loss: sized.loss.0, bound }),
            preview: Some(self.preview_all(account, market, &[entry, stop], at)?),
        })
    }

    /// The largest order on a side that would be placed and executed now, in lots.
    ///
    /// Whether an order passes is asked of the engine for one bit of the size after the other, from the highest.
    pub fn largest(&self, account: &Address, market: &Address, long: bool, at: Moment) -> Result<u64> {
        let risk = &self.market(market)?.core.risk;
        let limit = if long { risk.max_price } else { Ticks(1) };
        let (cap, least) = (risk.side_cap.0, risk.minimum_position.0);
        let mut size = 0_u64;
        for bit in (0..u64::BITS - cap.leading_zeros()).rev() {
            let larger = size | (1 << bit);
            if larger > cap {
                continue;
            }
            let lots = Size(larger).signed(long)?.0;
            let preview =
                self.preview(Some(account), market, Request { lots, limit: limit.0, reduce_only: false }, at)?;
            // What is only too small does not keep it from being larger.
            if preview.refusal.is_none_or(|refusal| refusal.code == PlimsollError::BelowMinimumPosition.code()) {
                size = larger;
            }
        }
        let passes = |lots: u64| -> Result<bool> {
            let lots = Size(lots).signed(long)?.0;
            let preview =
                self.preview(Some(account), market, Request { lots, limit: limit.0, reduce_only: false }, at)?;
            Ok(preview.refusal.is_none())
        };
        Ok(if size > 0 && (size >= least || self.holds(account, market)?) && passes(size)? { size } else { 0 })
    }

    /// A part of the largest order, in lots.
    pub fn part_of_largest(
        &self,
        account: &Address,
        market: &Address,
        long: bool,
        part_ppm: u32,
        at: Moment,
    ) -> Result<u64> {
        let largest = u128::from(self.largest(account, market, long, at)?);
        Ok(u64::try_from(largest * u128::from(part_ppm.min(1_000_000)) / 1_000_000).unwrap_or(u64::MAX))
    }

    /// The lots that an amount of the quote token is worth at the market's price, down.
    pub fn lots_of(&self, market: &Address, amount: u64) -> Result<u64> {
        Ok(amount.checked_div(self.market(market)?.core.price.oracle.0).unwrap_or(0))
    }

    /// The worst price that an order accepts that may slip by so much from the market's price, in ticks.
    pub fn limit_for(&self, market: &Address, long: bool, slippage_ppm: u32) -> Result<u64> {
        let core = &self.market(market)?.core;
        let by = i32::try_from(slippage_ppm.min(999_999)).unwrap_or(999_999);
        let price = moved(core.price.oracle, if long { by } else { -by });
        Ok(price.min(core.risk.max_price).max(Ticks(1)).0)
    }

    /// The same around a price of the caller's.
    pub fn limit_around(&self, market: &Address, price: u64, long: bool, slippage_ppm: u32) -> Result<u64> {
        let risk = &self.market(market)?.core.risk;
        let by = i32::try_from(slippage_ppm.min(999_999)).unwrap_or(999_999);
        Ok(moved(Ticks(price), if long { by } else { -by }).min(risk.max_price).max(Ticks(1)).0)
    }

    fn holds(&self, account: &Address, market: &Address) -> Result<bool> {
        let account: &MarginAccount = self.account(account)?;
        Ok(account.leg_in(market).is_some())
    }
}
