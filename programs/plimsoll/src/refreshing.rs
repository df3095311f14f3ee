//! Taking newer prices from the sources of a market: for one market and for many.

use anchor_lang::prelude::*;
use plimsoll_engine::{
    EngineError,
    market::status,
    price::{Observation, Price},
};

use crate::{
    breaking::log_breakers,
    checked::Checked,
    errors::PlimsollError,
    events::{AgreementChanged, OutageChanged, PriceRefreshed, RiskMeasured, SecondPriceRefreshed},
    funding::accrue,
    oracle,
    state::Market,
};

/// Takes what is newer of the accounts that are there: at least one must be. A source that has nothing new holds the other
/// up as little as it may be used itself; any other fault refuses both.
pub fn refresh(
    market: &mut Account<Market>,
    first: Option<&AccountView>,
    second: Option<&AccountView>,
    clock: &Clock,
) -> Result<()> {
    let now = clock.unix_timestamp;
    // A settlement's price is fixed.
    require!(market.core.status < status::SETTLING, PlimsollError::MarketNotOpen);
    let first = first.map(|account| oracle::read(&market.oracle, account)).transpose()?;
    let second = second.map(|account| oracle::read(&market.second_oracle, account)).transpose()?;
    accrue(market, now)?;
    let (before, tripped) = (market.core.watch, market.core.breakers.tripped);
    market.core.tick(clock.slot, now);
    let mut taken = Taken { any: false, refused: EngineError::NoSourceGiven };
    if let Some(seen) = first {
        taken.note(take_first(market, &seen, now)?)?;
    }
    if let Some(seen) = second {
        taken.note(take_second(market, &seen, now)?)?;
    }
    if !taken.any {
        return Err(PlimsollError::from(taken.refused).into());
    }
    market.core.look_breakers(now);
    log_breakers(market, tripped);
    let (address, after) = (*market.address(), market.core.watch);
    if (before.updates_left, before.waits_until) != (after.updates_left, after.waits_until) {
        let (updates_left, waits_until, proof_until) = (after.updates_left, after.waits_until, after.proof_until);
        emit!(OutageChanged { market: address, updates_left, waits_until, proof_until });
    }
    if before.disagreed_since != after.disagreed_since {
        let (first, second) = (market.core.price.oracle.0, market.core.second.oracle.0);
        emit!(AgreementChanged { market: address, disagreed_since: after.disagreed_since, first, second });
    }
    Ok(())
}

/// Which sources had something newer.
struct Taken {
    any: bool,
    refused: EngineError,
}

impl Taken {
    fn note(&mut self, taken: core::result::Result<(), EngineError>) -> Result<()> {
        match taken {
            Ok(()) => self.any = true,
            Err(error @ (EngineError::PriceNotNewer | EngineError::PriceTooOld)) => self.refused = error,
            Err(error) => return Err(PlimsollError::from(error).into()),
        }
        Ok(())
    }
}

/// The times of an observation, without its price.
fn times(seen: &Observation) -> Price {
    let Observation { publish_time, previous_publish_time, .. } = *seen;
    Price { publish_time, previous_publish_time, ..Price::default() }
}

type Outcome = Result<core::result::Result<(), EngineError>>;

fn take_first(market: &mut Account<Market>, seen: &Observation, now: i64) -> Outcome {
    let address = *market.address();
    let core = &mut market.core;
    if !core.is_news(&times(seen), now) {
        return Ok(Err(EngineError::PriceNotNewer));
    }
    let price = Price::convert(&core.risk, seen).checked()?;
    let before = (core.risk.base, core.risk.cascade_multiple);
    let taken = match core.accept(price, now) {
        Ok(taken) => taken,
        Err(error) => return Ok(Err(error)),
    };
    if !taken.late {
        emit!(PriceRefreshed {
            market: address,
            price: price.oracle.0,
            confidence: price.confidence.0,
            ema: price.ema.0,
            publish_time: price.publish_time,
        });
    }
    if taken.sampled || before != (taken.base, taken.cascade) {
        emit!(RiskMeasured {
            market: address,
            sampled_at: core.volatility.sampled_at,
            volatility: taken.volatility.0,
            base_model: taken.base_model.0,
            base: taken.base.0,
            cascade: taken.cascade.0,
        });
    }
    Ok(Ok(()))
}

fn take_second(market: &mut Account<Market>, seen: &Observation, now: i64) -> Outcome {
    let address = *market.address();
    let core = &mut market.core;
    if seen.publish_time <= core.second.publish_time {
        return Ok(Err(EngineError::PriceNotNewer));
    }
    let price = Price::convert(&core.risk, seen).checked()?;
    if let Err(error) = core.accept_second(price, now) {
        return Ok(Err(error));
    }
    let (oracle, confidence, publish_time) = (price.oracle.0, price.confidence.0, price.publish_time);
    emit!(SecondPriceRefreshed { market: address, price: oracle, confidence, publish_time });
    Ok(Ok(()))
}
