use anchor_lang::prelude::*;

use crate::{errors::PlimsollError, events::VenueRevoked, state::VenueGrant};

/// Ends a grant, used up or not; its rent goes back to the owner.
#[derive(Accounts)]
pub struct RevokeVenue {
    #[account(mut, constraint(*owner.address() == grant.owner @ PlimsollError::NotAuthorised))]
    pub owner: Signer,
    #[account(mut, close = owner)]
    pub grant: Account<VenueGrant>,
}

impl RevokeVenue {
    pub fn handle(&mut self) -> Result<()> {
        let grant = &self.grant;
        emit!(VenueRevoked {
            account: grant.account,
            venue: grant.venue,
            market: grant.market,
            buys: grant.terms.buys == 1,
            lots: grant.terms.lots.0,
        });
        Ok(())
    }
}
