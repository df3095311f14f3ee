//! What a plan wants otherwise, and how far a proposal is.

use std::fmt;

use plimsoll_client::{
    Address,
    engine::parameters::Parameters,
    state::{Exchange, Market, Proposal, change},
};

use crate::{Plan, Remedy, chain::Found, deploy::market_differences};

/// Something that a plan has otherwise, and a proposal can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Parameters of a market.
    Parameters {
        /// Its name in the plan.
        name: String,
        /// Its address.
        market: Address,
        /// All of them: one proposal changes them together.
        parameters: Box<Parameters>,
    },
    /// The guardian.
    Guardian(Address),
    /// The timelock in seconds.
    Timelock(u32),
    /// The admin, who has to accept.
    Admin(Address),
}

/// How far a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for so many seconds more.
    Waits(i64),
    /// It can be executed.
    Ready,
    /// It was not executed in time.
    Expired,
    /// Its admin has gone.
    Void,
}

/// Everything that proposals can change, the timelock last: a longer one counts for all that still waits.
pub(super) fn of(plan: &Plan, found: &Found) -> Vec<Wanted> {
    let Some(exchange) = &found.exchange else { return Vec::new() };
    let mut all = Vec::new();
    for (planned, (address, market)) in plan.markets.iter().zip(&found.markets) {
        let differences = market_differences(planned, market);
        // A market on another oracle is not the one that is planned.
        if differences.is_empty() || differences.iter().any(|difference| difference.remedy == Remedy::Never) {
            continue;
        }
        let (name, parameters) = (planned.name.clone(), Box::new(planned.parameters));
        all.push(Wanted::Parameters { name, market: *address, parameters });
    }
    if exchange.guardian != plan.guardian {
        all.push(Wanted::Guardian(plan.guardian));
    }
    let decided = |admin: &Address| exchange.admin == *admin || exchange.pending_admin == *admin;
    all.extend(plan.admin.filter(|admin| !decided(admin)).map(Wanted::Admin));
    if exchange.timelock != plan.timelock {
        all.push(Wanted::Timelock(plan.timelock));
    }
    all
}

impl Wanted {
    /// The byte of a proposal for it.
    pub(super) fn what(&self) -> u8 {
        match self {
            Self::Parameters { .. } => change::PARAMETERS,
            Self::Guardian(_) => change::GUARDIAN,
            Self::Timelock(_) => change::TIMELOCK,
            Self::Admin(_) => change::ADMIN,
        }
    }

    /// The key of a proposal for it.
    pub(super) fn key(&self) -> Address {
        match self {
            Self::Guardian(key) | Self::Admin(key) => *key,
            _ => Address::default(),
        }
    }

    /// The seconds of a proposal for it.
    pub(super) fn seconds(&self) -> u32 {
        if let Self::Timelock(seconds) = self { *seconds } else { 0 }
    }

    /// Whether a proposal is for exactly this.
    pub(super) fn is_in(&self, proposal: &Proposal) -> bool {
        if proposal.what != self.what() {
            return false;
        }
        match self {
            Self::Parameters { market, parameters, .. } => {
                proposal.market == *market && proposal.parameters().as_ref() == Some(parameters)
            }
            _ => proposal.key == self.key() && proposal.seconds == self.seconds(),
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameters { name, .. } => write!(f, "the planned parameters of market {name}"),
            Self::Guardian(key) => write!(f, "{key} as guardian"),
            Self::Timelock(seconds) => write!(f, "a timelock of {seconds} seconds"),
            Self::Admin(key) => write!(f, "{key} as admin, who has to accept"),
        }
    }
}

impl State {
    /// How far a proposal is, by the rules of the program.
    pub(super) fn of(proposal: &Proposal, exchange: &Exchange, markets: &[(Address, Market)], now: i64) -> Self {
        if proposal.sequence < exchange.valid_from {
            return Self::Void;
        }
        if proposal.is_expired(now) {
            return Self::Expired;
        }
        let market = markets.iter().find(|(address, _)| *address == proposal.market).map(|(_, market)| market);
        let notice = market.zip(proposal.parameters()).map(|(market, next)| market.core.notice_of(&next));
        let wait = notice.unwrap_or(0).max(exchange.timelock.into());
        let ready = proposal.ready_at.max(proposal.proposed_at.saturating_add(wait));
        if now < ready { Self::Waits(ready.saturating_sub(now)) } else { Self::Ready }
    }

    /// Whether it can still become something.
    pub fn is_alive(self) -> bool {
        matches!(self, Self::Waits(_) | Self::Ready)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waits(seconds) => {
                let minutes = (seconds + 59) / 60;
                let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
                write!(f, "waits for {days} days, {hours} hours and {minutes} minutes more")
            }
            Self::Ready => f.write_str("can be executed"),
            Self::Expired => f.write_str("was not executed in time"),
            Self::Void => f.write_str("is void: its admin has gone"),
        }
    }
}
