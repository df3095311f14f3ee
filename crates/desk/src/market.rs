//! The figures of a market.

use plimsoll_client::{
    Address,
    engine::{
        funding,
        margin::{initial_requirement, maintenance_ratio},
        trade::coverage_needed,
        units::Size,
    },
    state,
};

use crate::{
    MarketStatus, Moment, PriceCondition, Reason, Result, Venue,
    ratios::{ppm, share, share_of},
    status::reasons,
};

answer! {
    /// A market as it stands.
    pub struct MarketFigures {
        /// Its address.
        pub address: String,
        /// Which of the exchange's markets it is.
        pub index: u16,
        /// Its liquidation queue.
        pub queue: String,
        /// Decimals of a price: a tick is this power of ten of the quote token.
        pub price_decimals: u32,
        /// Decimals of a size: a lot is this power of ten of the base asset.
        pub size_decimals: u32,
        /// What it takes.
        pub status: MarketStatus,
        /// Why it takes less than everything.
        pub reasons: Vec<Reason>,
        /// How far its prices can be relied on.
        pub price_condition: PriceCondition,
        /// The oracle's price in ticks; zero before the first.
        pub price: u64,
        /// Half width of its confidence interval, in ticks.
        pub confidence: u64,
        /// The same in millionths of the price.
        pub confidence_ppm: Option<i32>,
        /// The moving average in ticks.
        pub average: u64,
        /// When the price was published.
        pub published_at: i64,
        /// Seconds since then.
        pub age: u32,
        /// Oldest price that margin may use, in seconds.
        pub max_age: u32,
        /// Funding for an hour in billionths of notional: longs pay a positive one, shorts a negative one.
        pub funding_ppb_per_hour: i32,
        /// Open interest of the longs, in lots.
        pub long_lots: u64,
        /// Open interest of the shorts, in lots.
        pub short_lots: u64,
        /// Their value at the price.
        pub long_notional: u64,
        /// Their value at the price.
        pub short_notional: u64,
        /// Largest open interest of a side, in lots.
        pub side_cap: u64,
        /// The larger side over the cap.
        pub side_use_ppm: Option<i32>,
        /// Longs less shorts, in lots.
        pub skew: i64,
        /// Its value at the price.
        pub skew_notional: u64,
        /// Largest position of an account, in lots.
        pub position_cap: u64,
        /// Smallest position, in lots.
        pub minimum_position: u64,
        /// Fee of an order over its notional.
        pub fee_ppm: u32,
        /// The pool's half spread.
        pub spread_ppm: u32,
        /// Part of each order's fee for whoever executes it.
        pub execution_fee: u64,
        /// Seconds between an order and the update that executes it.
        pub order_delay: u32,
        /// Seconds within which that update must be published.
        pub order_window: u32,
        /// Maintenance margin of the smallest position.
        pub maintenance_ppm: u32,
        /// Initial margin of the smallest position, as the market is now.
        pub initial_ppm: Option<i32>,
        /// The largest leverage that this allows, in hundredths.
        pub leverage_percent: Option<u32>,
        /// The liquidity providers' net asset value.
        pub net_asset_value: i64,
        /// What it must cover before new risk is taken.
        pub coverage_needed: u64,
        /// Net asset value over that.
        pub coverage_ppm: Option<i32>,
        /// Cash of the pool.
        pub treasury: u64,
        /// Loss that insurance has not answered yet.
        pub deficit: u64,
        /// Accounts in the liquidation queue.
        pub queued: Option<u32>,
        /// Notional that can be liquidated now.
        pub capacity: u64,
        /// The most there can be of it.
        pub capacity_full: u64,
        /// What comes back each second.
        pub capacity_per_second: u64,
        /// Multiple of initial margin while liquidations move the price; a million when they do not.
        pub cascade_ppm: u32,
    }
}

impl Venue {
    /// A market.
    pub fn market_figures(&self, address: &Address, at: Moment) -> Result<MarketFigures> {
        let market = self.market(address)?;
        let queued = self.queue_of(market).ok().and_then(|queue| u32::try_from(queue.queue.count).ok());
        figures(address, market, queued, at)
    }

    /// All markets in the order of their indices.
    pub fn all_market_figures(&self, at: Moment) -> Result<Vec<MarketFigures>> {
        self.market_addresses().iter().map(|address| self.market_figures(address, at)).collect()
    }
}

/// Funding per second at the skew as it is, for an hour.
fn funding_per_hour(market: &state::Market) -> Result<i32> {
    const HOUR: u128 = 3_600;
    const BILLION: u128 = 1_000_000_000;
    let skew = market.core.book.skew()?;
    let rate = u128::from(funding::rate(&market.core.risk, skew)?);
    let hourly = i32::try_from((rate * HOUR * BILLION) >> 64).unwrap_or(i32::MAX);
    Ok(if skew.is_negative() { -hourly } else { hourly })
}

fn figures(address: &Address, market: &state::Market, queued: Option<u32>, at: Moment) -> Result<MarketFigures> {
    let core = &market.core;
    let (risk, book, price) = (&core.risk, &core.book, core.price.oracle);
    let skew = book.skew()?;
    let smallest = risk.minimum_position.at(price)?;
    let initial = initial_requirement(risk, book, risk.minimum_position, true, price)?;
    let needed = coverage_needed(risk, book, &core.price)?;
    let throttle = core.throttle.refilled(risk, at.time)?;
    let larger = Size(book.long.lots.0.max(book.short.lots.0));
    let signed = |size: u64| i64::try_from(size).unwrap_or(i64::MAX);
    Ok(MarketFigures {
        address: address.to_string(),
        index: market.index,
        queue: market.queue.to_string(),
        price_decimals: risk.tick_exponent,
        size_decimals: 6_u32.saturating_sub(risk.tick_exponent),
        status: MarketStatus::of(core.status_at(at.time)),
        reasons: reasons(market, at),
        price_condition: PriceCondition::of(core, at),
        price: price.0,
        confidence: core.price.confidence.0,
        confidence_ppm: share(signed(core.price.confidence.0), price.0),
        average: core.price.ema.0,
        published_at: core.price.publish_time,
        age: u32::try_from(at.time.saturating_sub(core.price.publish_time).max(0)).unwrap_or(u32::MAX),
        max_age: risk.max_price_age,
        funding_ppb_per_hour: funding_per_hour(market)?,
        long_lots: book.long.lots.0,
        short_lots: book.short.lots.0,
        long_notional: book.long.lots.at(price)?.0,
        short_notional: book.short.lots.at(price)?.0,
        side_cap: risk.side_cap.0,
        side_use_ppm: share(signed(larger.0), risk.side_cap.0),
        skew: skew.0,
        skew_notional: skew.size().at(price)?.0,
        position_cap: risk.position_cap.0,
        minimum_position: risk.minimum_position.0,
        fee_ppm: ppm(risk.fee),
        spread_ppm: ppm(risk.spread),
        execution_fee: risk.execution_fee.0,
        order_delay: risk.order_delay,
        order_window: risk.order_window,
        maintenance_ppm: ppm(maintenance_ratio(risk, smallest)?),
        initial_ppm: share(signed(initial.0), smallest.0),
        leverage_percent: share(signed(smallest.0), initial.0).and_then(|ratio| u32::try_from(ratio / 10_000).ok()),
        net_asset_value: core.nav()?.0,
        coverage_needed: needed.0,
        coverage_ppm: share_of(core.nav()?, needed),
        treasury: book.treasury.0,
        deficit: book.deficit.0,
        queued,
        capacity: throttle.available().0,
        capacity_full: risk.throttle_capacity.0,
        capacity_per_second: risk.throttle_refill.0,
        cascade_ppm: ppm(risk.cascade_multiple),
    })
}
