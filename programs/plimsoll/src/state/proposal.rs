use plimsoll_engine::{
    bounds::{COUNT, values, with_values},
    parameters::Parameters,
};

use crate::{errors::PlimsollError, wire::*};

/// What a proposal changes: a byte of account data.
pub mod change {
    /// A market's parameters.
    pub const PARAMETERS: u8 = 1;
    /// The admin, who has to accept.
    pub const ADMIN: u8 = 2;
    /// The guardian.
    pub const GUARDIAN: u8 = 3;
    /// The timelock.
    pub const TIMELOCK: u8 = 4;
}

/// Seconds from when a proposal is ready until it expires.
pub const PROPOSAL_WINDOW: i64 = 604_800;

account! {
    /// A change that the admin proposed and anybody may execute when it has waited.
    pub struct Proposal {
        /// The exchange.
        pub exchange: Address,
        /// The market; zero where the exchange itself is changed.
        pub market: Address,
        /// Who paid for this account, and gets its rent back.
        pub payer: Address,
        /// The new admin or guardian; zero otherwise.
        pub key: Address,
        /// Which of the exchange's proposals this is.
        pub sequence: u64,
        /// When it was proposed.
        pub proposed_at: i64,
        /// When it can be executed at the earliest.
        pub ready_at: i64,
        /// From when on it cannot any more.
        pub expires_at: i64,
        /// The new timelock in seconds; zero otherwise.
        pub seconds: u32,
        /// How many of `values` there are.
        pub count: u16,
        /// A byte of [`change`].
        pub what: u8,
        /// Bump of this address.
        pub bump: u8,
        /// The market's new parameters in the order of the wire.
        pub values: [u64; 96],
    }
}

impl Proposal {
    /// Writes down when it was made and how long it waits.
    pub fn begin(&mut self, now: i64, wait: i64) {
        self.proposed_at = now;
        self.ready_at = now.saturating_add(wait);
        self.expires_at = self.ready_at.saturating_add(PROPOSAL_WINDOW);
    }

    /// Writes parameters down.
    pub fn set_parameters(&mut self, parameters: &Parameters) {
        for (place, value) in self.values.iter_mut().zip(values(parameters)) {
            *place = value;
        }
        self.count = u16::try_from(COUNT).unwrap_or_default();
    }

    /// The parameters; nothing where a program of another version wrote them.
    pub fn parameters(&self) -> Option<Parameters> {
        let values = self.values.first_chunk::<COUNT>()?;
        with_values(values).filter(|_| usize::from(self.count) == COUNT)
    }

    /// Refuses before the wait is over, also one that has become longer since, and after the expiry.
    pub fn require_ready(&self, wait: i64, now: i64) -> core::result::Result<(), PlimsollError> {
        if now < self.ready_at.max(self.proposed_at.saturating_add(wait)) {
            return Err(PlimsollError::ProposalNotReady);
        }
        if self.is_expired(now) { Err(PlimsollError::ProposalExpired) } else { Ok(()) }
    }

    /// Whether it cannot be executed any more.
    pub fn is_expired(&self, now: i64) -> bool {
        now >= self.expires_at
    }

    /// Whether the stored state is possible.
    pub fn invariant(&self) -> bool {
        (change::PARAMETERS..=change::TIMELOCK).contains(&self.what)
            && self.proposed_at <= self.ready_at
            && self.ready_at <= self.expires_at
            && (self.what == change::PARAMETERS) == self.parameters().is_some()
    }
}
