//! Margin requirements split into what they are made of.
//!
//! Each term is the difference of two values of the engine's own function, so that the terms add up to it exactly.

use plimsoll_client::engine::{
    book::Book,
    margin::{LegHealth, initial_requirement},
    risk::Risk,
    units::{Atoms, Ratio, Size, Ticks},
};

use crate::Result;

answer! {
    /// What maintenance margin of a leg is made of. The terms add up to the requirement.
    pub struct MaintenanceTerms {
        /// Volatility over the time that a liquidation takes, and the cost of a close.
        pub volatility: u64,
        /// The price impact of closing the position.
        pub impact: u64,
        /// What the market's smallest ratio adds.
        pub floor: u64,
        /// What its largest ratio takes off.
        pub cap: u64,
    }

    /// What initial margin of a leg is made of. The terms add up to the requirement.
    pub struct InitialTerms {
        /// The maintenance requirement as the model gives it now.
        pub maintenance: u64,
        /// The buffer between maintenance and initial margin.
        pub buffer: u64,
        /// Impact of a share of the whole side, so that many small accounts do not evade it.
        pub crowd: u64,
        /// Growth with the side's open interest.
        pub open_interest: u64,
        /// Growth while liquidations move the price.
        pub cascade: u64,
    }
}

/// The terms of a leg's maintenance.
pub fn maintenance(risk: &Risk, leg: &LegHealth) -> Result<MaintenanceTerms> {
    let total = leg.maintenance;
    let volatility = risk.base.mul_ceil(leg.notional)?;
    let model =
        risk.impact.ratio_ceil(leg.notional).and_then(|impact| risk.base.plus(impact)).unwrap_or(Ratio(u64::MAX));
    // A ratio beyond the cap need not have an amount that fits.
    let modelled = model.mul_ceil(leg.notional).unwrap_or(Atoms(u64::MAX));
    let impact = modelled.saturating_minus(volatility);
    let floor = total.saturating_minus(modelled);
    let cap = modelled.saturating_minus(total);
    Ok(MaintenanceTerms { volatility: volatility.0, impact: impact.0, floor: floor.0, cap: cap.0 })
}

/// The terms of a leg's initial margin.
pub fn initial(risk: &Risk, book: &Book, size: Size, long: bool, price: Ticks) -> Result<InitialTerms> {
    let of = |risk: &Risk| initial_requirement(risk, book, size, long, price);
    let calm = Risk { cascade_multiple: Ratio::ONE, ..*risk };
    let empty = Risk { open_interest_ramp: 0, ..calm };
    let alone = Risk { crowd: Ratio::ZERO, ..empty };
    let bare = Risk { initial_multiple: Ratio::ONE, ..alone };
    let (bare, alone, empty, calm, all) = (of(&bare)?, of(&alone)?, of(&empty)?, of(&calm)?, of(risk)?);
    Ok(InitialTerms {
        maintenance: bare.0,
        buffer: alone.saturating_minus(bare).0,
        crowd: empty.saturating_minus(alone).0,
        open_interest: calm.saturating_minus(empty).0,
        cascade: all.saturating_minus(calm).0,
    })
}
