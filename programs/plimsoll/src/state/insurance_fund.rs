use plimsoll_engine::{insurance::Insurance, units::Atoms};

use crate::wire::*;

account! {
    /// The insurance fund of an exchange. Pays deficits; belongs to its stakers.
    pub struct InsuranceFund {
        /// The exchange it insures.
        pub exchange: Address,
        /// Its own token account, which is its own authority.
        pub vault: Address,
        /// Atoms that crossed into its vault less those that left.
        pub accounted: Atoms,
        /// How the money is divided, and the stakers' shares.
        pub money: Insurance,
        /// Bump of this address.
        pub bump: u8,
        /// Bump of the vault's address.
        pub vault_bump: u8,
        /// Zero.
        pub padding: [u8; 6],
        /// Zero, for what comes.
        pub reserved: [u64; 13],
    }
}

impl InsuranceFund {
    /// Whether the vault's account and its division agree.
    pub fn invariant(&self) -> bool {
        self.money.total() == Ok(self.accounted)
    }
}
