//! The figures of one leg of an account.

use plimsoll_client::{
    engine::{
        account::Health,
        liquidation_price::liquidation_price,
        margin::leg_initial,
        position::Position,
        units::{Atoms, Ticks},
        valuation::value,
    },
    state,
};

use crate::{
    InitialTerms, MaintenanceTerms, Moment, Result,
    ratios::{distance, ppm, price_of, share_of},
    terms,
};

answer! {
    /// A position and what it requires.
    pub struct LegFigures {
        /// Its market.
        pub market: String,
        /// Place in the account.
        pub place: u32,
        /// Signed size in lots, as deleveraging left it.
        pub lots: i64,
        /// What a lot cost on average, in ticks; nothing where deleveraging or claims leave no such price.
        pub entry: Option<u64>,
        /// The price that the leg is valued at, in ticks.
        pub price: u64,
        /// Size at that price.
        pub notional: u64,
        /// Unrealised profit or loss, funding included.
        pub pnl: i64,
        /// What of it counts for maintenance.
        pub counted: i64,
        /// What the holder is credited with because a price is missing.
        pub credit: u64,
        /// Maintenance margin.
        pub maintenance: u64,
        /// Maintenance over notional.
        pub maintenance_ppm: u32,
        /// What maintenance is made of.
        pub maintenance_terms: MaintenanceTerms,
        /// What of profit or loss counts for initial margin; nothing without a price for new risk.
        pub initial_counted: Option<i64>,
        /// Initial margin.
        pub initial: Option<u64>,
        /// Initial margin over notional.
        pub initial_ppm: Option<i32>,
        /// What initial margin is made of.
        pub initial_terms: Option<InitialTerms>,
        /// The price of this market alone at which the account is liquidatable, in ticks.
        pub liquidation_price: Option<u64>,
        /// How far that is from the market's price.
        pub liquidation_distance_ppm: Option<i32>,
    }
}

/// A leg in use, with what is beside it in its account: cash and the other legs' maintenance.
pub fn figures(
    (place, leg): (usize, &state::Leg),
    market: &state::Market,
    cash: Atoms,
    rest: &Health,
    at: Moment,
) -> Result<LegFigures> {
    let core = &market.core;
    let seen = value(&leg.position, core, at.time, None)?.leg;
    let touched = core.book.touched(&leg.position, core.price.oracle)?;
    let initial = match core.fresh_price(at.time) {
        Ok(_) => Some(leg_initial(&leg.position, &core.risk, &core.book, &core.price)?),
        Err(_) => None,
    };
    let size = touched.lots.size();
    let terms = match initial {
        Some(_) => Some(terms::initial(&core.risk, &core.book, size, touched.is_long(), core.price.oracle)?),
        None => None,
    };
    let falls = liquidation_price(cash, rest, &leg.position, core)?;
    let requirement = initial.map(|initial| initial.requirement);
    Ok(LegFigures {
        market: leg.market.to_string(),
        place: u32::try_from(place).unwrap_or(u32::MAX),
        lots: touched.lots.0,
        entry: entry(&touched),
        price: seen.price.0,
        notional: seen.notional.0,
        pnl: seen.pnl.0,
        counted: seen.counted.0,
        credit: seen.credit.0,
        maintenance: seen.maintenance.0,
        maintenance_ppm: ppm(seen.ratio),
        maintenance_terms: terms::maintenance(&core.risk, &seen)?,
        initial_counted: initial.map(|initial| initial.counted.0),
        initial: requirement.map(|requirement| requirement.0),
        initial_ppm: requirement.and_then(|part| part.signed().ok()).and_then(|part| share_of(part, seen.notional)),
        initial_terms: terms,
        liquidation_price: falls.map(|price| price.0),
        liquidation_distance_ppm: falls.and_then(|price: Ticks| distance(core.price.oracle, price)),
    })
}

/// What a lot of a position cost on average.
pub fn entry(position: &Position) -> Option<u64> {
    price_of(position.cost.0, position.lots.0)
}
