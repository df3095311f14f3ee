//! An account at other prices.

use plimsoll_client::{Address, engine::units::Ticks};

use crate::{AccountFigures, Moment, Result, Venue, ratios::moved};

impl Venue {
    /// An account if the prices of one market, or of all, moved by so many millionths.
    pub fn what_if(
        &self,
        account: &Address,
        market: Option<&Address>,
        move_ppm: i32,
        at: Moment,
    ) -> Result<AccountFigures> {
        let legs = self.account(account)?.legs;
        let mut other = Self { exchange: self.exchange, accounts: self.accounts.clone(), ..Self::default() };
        for leg in legs.iter().filter(|leg| !leg.is_free()) {
            let mut seen = *self.market(&leg.market)?;
            if market.is_none_or(|market| *market == leg.market) {
                let core = &mut seen.core;
                let to = |price: Ticks| moved(price, move_ppm).min(core.risk.max_price);
                let (first, second) = (to(core.price.oracle), to(core.second.oracle));
                (core.price.oracle, core.price.ema, core.second.oracle) = (first, first, second);
            }
            other.markets.insert(leg.market, seen);
        }
        for slot in self.account(account)?.orders.iter().filter(|slot| !slot.order.is_empty()) {
            let seen = *self.market(&slot.market)?;
            other.markets.entry(slot.market).or_insert(seen);
        }
        other.account_figures(account, at)
    }
}
