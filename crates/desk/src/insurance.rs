//! What stands between a bankrupt account and everybody else, market by market.

use plimsoll_client::{Address, engine::units::Atoms, state::Market};

use crate::{Moment, Refusal, Result, Venue};

answer! {
    /// What pays a market's losses, in the order in which it does.
    pub struct MarketInsurance {
        /// The market.
        pub market: String,
        /// Its own part of the insurance vault, which pays first.
        pub own: u64,
        /// What it can draw from the shared part now, which pays next.
        pub shared_now: u64,
        /// Most that it can draw from the shared part in a window.
        pub shared_cap: u64,
        /// What it has drawn in the current window.
        pub shared_drawn: u64,
        /// When the window ends.
        pub window_ends: i64,
        /// The liquidity providers' net asset value, which pays after that.
        pub net_asset_value: i64,
        /// Loss that waits to be answered.
        pub deficit: u64,
        /// Liquidation fees that wait to be moved into the vault.
        pub fees: u64,
        /// Insurance below which the market takes no new risk; zero for none.
        pub target: u64,
    }

    /// The insurance fund.
    pub struct InsuranceFigures {
        /// Everything in the vault.
        pub total: u64,
        /// The part that is open to every market.
        pub shared: u64,
        /// The markets' own parts.
        pub own: u64,
        /// Shares of the stakers in the shared part.
        pub shares: u64,
        /// Every market.
        pub markets: Vec<MarketInsurance>,
    }
}

impl Venue {
    /// The insurance fund and what it holds for every market.
    pub fn insurance_figures(&self, at: Moment) -> Result<InsuranceFigures> {
        let fund = self.fund.as_ref().ok_or_else(|| Refusal::unknown("The insurance fund"))?;
        let money = fund.money;
        let markets = self.market_addresses();
        let markets = markets.iter().map(|address| self.market_insurance(address, money.shared, at));
        Ok(InsuranceFigures {
            total: money.total()?.0,
            shared: money.shared.0,
            own: money.own.0,
            shares: money.shares,
            markets: markets.collect::<Result<_>>()?,
        })
    }

    fn market_insurance(&self, address: &Address, shared: Atoms, at: Moment) -> Result<MarketInsurance> {
        let market: &Market = self.market(address)?;
        let (core, risk) = (&market.core, &market.core.risk);
        let (start, drawn) = core.insurance_window(at.time);
        Ok(MarketInsurance {
            market: address.to_string(),
            own: core.insurance_own.0,
            shared_now: core.shared_allowance(shared, at.time).0,
            shared_cap: risk.insurance_cap.0,
            shared_drawn: drawn.0,
            window_ends: start.saturating_add(i64::from(risk.insurance_window)),
            net_asset_value: core.nav()?.0,
            deficit: core.book.deficit.0,
            fees: core.book.fees.0,
            target: risk.insurance_target.0,
        })
    }
}
