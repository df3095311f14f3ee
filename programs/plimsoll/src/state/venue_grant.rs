use plimsoll_engine::venue::Grant;

use crate::wire::*;

account! {
    /// What the owner of a margin account lets a venue fill without a signature.
    pub struct VenueGrant {
        /// The margin account.
        pub account: Address,
        /// Its owner, who paid for this account.
        pub owner: Address,
        /// Who signs fills instead.
        pub venue: Address,
        /// The market.
        pub market: Address,
        /// Side, lots that are left, limit and expiry.
        pub terms: Grant,
    }
}

impl VenueGrant {
    /// Whether the stored state is possible.
    pub fn invariant(&self) -> bool {
        self.terms.invariant()
    }
}
