use anchor_lang::prelude::*;
use plimsoll_engine::{
    units::{Size, Ticks},
    venue::Grant,
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::VenueGranted,
    seeds,
    state::{MarginAccount, Market, VenueGrant},
};

/// Lets a venue fill one side of one market for the account, within a limit, so many lots, until a time. Only the owner
/// may: whoever fills chooses who is on the other side. There is one grant for each venue, market and side, and a new one
/// takes the place of the old.
#[derive(Accounts)]
#[instruction(venue: Address, buys: bool)]
pub struct GrantVenue {
    #[account(mut, constraint(*owner.address() == margin.owner @ PlimsollError::NotAuthorised))]
    pub owner: Signer,
    pub margin: Account<MarginAccount>,
    #[account(constraint(market.exchange == margin.exchange @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
    #[account(
        init_if_needed,
        payer = owner,
        seeds = [seeds::VENUE, margin, venue, market, u8::from(buys).to_le_bytes()],
        bump
    )]
    pub grant: Account<VenueGrant>,
    pub system_program: Program<System>,
}

impl GrantVenue {
    pub fn handle(&mut self, venue: &Address, buys: bool, lots: u64, limit: u64, expires_at: i64) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let grant = &mut self.grant;
        grant.terms = Grant::new(buys, Size(lots), Ticks(limit), expires_at, now).checked()?;
        grant.account = *self.margin.address();
        grant.owner = self.margin.owner;
        grant.venue = *venue;
        grant.market = *self.market.address();
        let (account, market) = (grant.account, grant.market);
        emit!(VenueGranted { account, venue: *venue, market, buys, lots, limit, expires_at });
        Ok(())
    }
}
