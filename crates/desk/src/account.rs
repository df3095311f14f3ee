//! The figures of an account: what the program's own view says of it, and more.

use plimsoll_client::{
    Address,
    engine::{
        account::{Health, Initial, MAX_LEGS},
        survey::{Survey, initial_value},
        trade::Rest,
        units::{Atoms, Ratio},
        withdraw,
    },
    state::{Leg, MarginAccount},
};

use crate::{LegFigures, Moment, OrderFigures, Refusal, Result, Venue, leg, order, ratios::share_of};

answer! {
    /// How an account stands.
    pub enum AccountState {
        /// Initial margin is met.
        Healthy,
        /// Between maintenance and initial margin: only reductions.
        BelowInitial,
        /// Under maintenance: anybody may flag it.
        Liquidatable,
        /// Nothing is left when its positions are closed.
        Bankrupt,
    }

    /// What keeps a withdrawal from being larger.
    pub enum WithdrawBound {
        /// There is no more cash.
        Cash,
        /// Initial margin of the positions needs the rest.
        Margin,
        /// The exchange lets no more out in this hour or day.
        Limiter,
        /// The account is flagged for liquidation.
        Flagged,
        /// A leg's market has no fresh price.
        Price,
    }

    /// What can be taken out now.
    pub struct Withdrawable {
        /// So much.
        pub amount: u64,
        /// Why not more.
        pub bound: WithdrawBound,
        /// The sentence with which more is refused.
        pub sentence: String,
        /// When the exchange lets more out, where that is the bound.
        pub more_at: Option<i64>,
    }

    /// An account as it stands.
    pub struct AccountFigures {
        /// Its address.
        pub address: String,
        /// Who owns it.
        pub owner: String,
        /// Which of the owner's accounts it is.
        pub index: u16,
        /// How it stands.
        pub state: AccountState,
        /// Whether it is queued for liquidation: it can neither withdraw nor add risk.
        pub flagged: bool,
        /// The market whose queue holds it.
        pub flagged_in: Option<String>,
        /// Collateral.
        pub cash: u64,
        /// Fees held for waiting orders.
        pub escrow: u64,
        /// Equity, for maintenance.
        pub equity: i64,
        /// Maintenance margin.
        pub maintenance: u64,
        /// Equity over maintenance in millionths; nothing without positions.
        pub health_ppm: Option<i32>,
        /// Equity as initial margin counts it; nothing where a leg has no price for new risk.
        pub initial_equity: Option<i64>,
        /// Initial margin.
        pub initial: Option<u64>,
        /// Initial equity over initial margin; nothing without positions.
        pub initial_ppm: Option<i32>,
        /// What is free for new risk: initial equity above initial margin.
        pub free: Option<u64>,
        /// Sum of the positions' sizes at their prices.
        pub notional: u64,
        /// The same over equity, in hundredths.
        pub leverage_percent: Option<u32>,
        /// Unrealised profit or loss of all legs.
        pub pnl: i64,
        /// Priority key that a flag of now would store.
        pub key: u64,
        /// Market of the leg that it would be flagged for.
        pub worst: Option<String>,
        /// What can be taken out.
        pub withdrawable: Withdrawable,
        /// Its positions.
        pub legs: Vec<LegFigures>,
        /// Its orders.
        pub orders: Vec<OrderFigures>,
    }
}

/// An account with its markets looked up.
pub(crate) struct Looked {
    pub survey: Survey,
    pub initial: Initial,
    pub initial_known: bool,
    pub drifts: [Ratio; MAX_LEGS],
}

impl Venue {
    /// An account as it stands.
    pub fn account_figures(&self, address: &Address, at: Moment) -> Result<AccountFigures> {
        let account = self.account(address)?;
        let looked = self.look(account, at)?;
        let (health, flagged) = (&looked.survey.health, account.is_flagged(at.time));
        let worst = looked.survey.leg_to_flag();
        let key = match worst.and_then(|place| looked.drifts.get(place)) {
            Some(drift) => health.key(*drift)?,
            None => Atoms::ZERO,
        };
        let legs = self.leg_figures(account, at)?;
        let notional = legs.iter().fold(0_u64, |sum, leg| sum.saturating_add(leg.notional));
        let initial = looked.initial_known.then_some(looked.initial);
        Ok(AccountFigures {
            address: address.to_string(),
            owner: account.owner.to_string(),
            index: account.index,
            state: state_of(health, initial.as_ref(), worst.is_some()),
            flagged,
            flagged_in: flagged.then(|| account.flag.market.to_string()),
            cash: account.cash.0,
            escrow: looked.survey.escrow.0,
            equity: health.equity.0,
            maintenance: health.maintenance.0,
            health_ppm: share_of(health.equity, health.maintenance),
            initial_equity: initial.map(|initial| initial.equity.0),
            initial: initial.map(|initial| initial.requirement.0),
            initial_ppm: initial.and_then(|initial| share_of(initial.equity, initial.requirement)),
            free: initial.map(|initial| initial.equity.gain().saturating_minus(initial.requirement).0),
            notional,
            leverage_percent: leverage(notional, health),
            pnl: legs.iter().fold(0_i64, |sum, leg| sum.saturating_add(leg.pnl)),
            key: key.0,
            worst: worst.and_then(|place| account.legs.get(place)).map(|leg| leg.market.to_string()),
            withdrawable: self.withdrawable(account, &looked, at)?,
            legs,
            orders: self.order_figures(account, at)?,
        })
    }

    /// Whether `amount` could be withdrawn now, and if not why.
    pub fn withdrawal(&self, address: &Address, amount: u64, at: Moment) -> Result<()> {
        let account = self.account(address)?;
        let looked = self.look(account, at)?;
        let flagged = account.is_flagged(at.time);
        withdraw::require_allowed(account.cash, Atoms(amount), flagged)?;
        if !looked.initial_known {
            return Err(plimsoll_client::engine::EngineError::PriceTooOld.into());
        }
        let mut cash = account.cash;
        withdraw::withdraw(&mut cash, &looked.initial, Atoms(amount), flagged)?;
        if let Some(exchange) = &self.exchange {
            let (mut limiter, mut quota) = (exchange.limiter, account.quota);
            limiter.withdraw(&mut quota, Atoms(amount), exchange.accounted, at.time)?;
        }
        Ok(())
    }

    pub(crate) fn look(&self, account: &MarginAccount, at: Moment) -> Result<Looked> {
        let mut looked = Looked {
            survey: Survey::of_cash(account.cash, at.time)?,
            initial: Initial::default().with_cash(account.cash)?,
            initial_known: true,
            drifts: [Ratio::ZERO; MAX_LEGS],
        };
        for (place, leg) in used(account) {
            let market = self.market(&leg.market)?;
            looked.survey.add(place, &leg.position, &market.core)?;
            match initial_value(&leg.position, &market.core, at.time) {
                Ok(value) => looked.initial.add(&value)?,
                Err(_) => looked.initial_known = false,
            }
            if let Some(drift) = looked.drifts.get_mut(place) {
                *drift = market.core.risk.key_drift;
            }
        }
        looked.survey.count_fees(account.escrow()?)?;
        Ok(looked)
    }

    /// The legs outside a market, for both margins, without cash.
    pub(crate) fn rest(&self, account: &MarginAccount, but: &Address, at: Moment) -> Result<Rest> {
        let mut rest = Rest::default();
        for (_, leg) in used(account).filter(|(_, leg)| leg.market != *but) {
            rest.add(&leg.position, &self.market(&leg.market)?.core, at.time)?;
        }
        Ok(rest)
    }

    fn leg_figures(&self, account: &MarginAccount, at: Moment) -> Result<Vec<LegFigures>> {
        used(account)
            .map(|(place, leg)| {
                let rest = self.rest(account, &leg.market, at)?;
                leg::figures((place, leg), self.market(&leg.market)?, account.cash, &rest.health, at)
            })
            .collect()
    }

    fn order_figures(&self, account: &MarginAccount, at: Moment) -> Result<Vec<OrderFigures>> {
        let orders = account.orders.iter().enumerate().filter(|(_, slot)| !slot.order.is_empty());
        orders.map(|(place, slot)| order::figures(place, slot, self.market(&slot.market)?, at)).collect()
    }

    fn withdrawable(&self, account: &MarginAccount, looked: &Looked, at: Moment) -> Result<Withdrawable> {
        use plimsoll_client::engine::EngineError;
        let limit = match &self.exchange {
            Some(exchange) => {
                let limiter = exchange.limiter.at(exchange.accounted, at.time);
                Some((limiter.available(&account.quota, exchange.accounted, at.time)?, limiter.more_at()))
            }
            None => None,
        };
        let margin = looked.initial.withdrawable(account.cash);
        let (amount, bound, error, more_at) = match limit {
            _ if account.is_flagged(at.time) => {
                (Atoms::ZERO, WithdrawBound::Flagged, EngineError::AccountFlagged, None)
            }
            _ if !looked.initial_known => (Atoms::ZERO, WithdrawBound::Price, EngineError::PriceTooOld, None),
            Some((limit, more_at)) if limit < margin => {
                (limit, WithdrawBound::Limiter, EngineError::WithdrawalLimited, Some(more_at))
            }
            _ if margin < account.cash => (margin, WithdrawBound::Margin, EngineError::BelowInitialMargin, None),
            _ => (margin, WithdrawBound::Cash, EngineError::InsufficientCash, None),
        };
        Ok(Withdrawable { amount: amount.0, bound, sentence: Refusal::from(error).sentence, more_at })
    }
}

/// The legs in use with their places.
pub(crate) fn used(account: &MarginAccount) -> impl Iterator<Item = (usize, &Leg)> {
    account.legs.iter().enumerate().filter(|(_, leg)| !leg.is_free())
}

/// How an account stands. `holds` says whether there is anything to close.
pub(crate) fn state_of(health: &Health, initial: Option<&Initial>, holds: bool) -> AccountState {
    if health.is_bankrupt() && holds {
        AccountState::Bankrupt
    } else if health.is_liquidatable() {
        AccountState::Liquidatable
    } else if initial.is_some_and(|initial| !initial.is_met()) {
        AccountState::BelowInitial
    } else {
        AccountState::Healthy
    }
}

/// Notional over equity in hundredths.
fn leverage(notional: u64, health: &Health) -> Option<u32> {
    let equity = u128::from(health.equity.gain().0);
    let ratio = (u128::from(notional) * 100).checked_div(equity)?;
    Some(u32::try_from(ratio).unwrap_or(u32::MAX))
}
