use anchor_lang::prelude::*;
use plimsoll_engine::{
    execution::Taker,
    units::{Size, Ticks},
    venue::{SideFilled, VenueFilled as Filled, fill},
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::VenueFilled,
    funding::accrue,
    legs,
    state::{MarginAccount, Market, VenueGrant},
};

/// Fills two accounts at a price that a venue gives. Each side consents: its owner signs, or a venue that the owner granted
/// it to. The markets of the buyer's other legs follow, then those of the seller's.
///
/// A delegate does not consent: by a price of its choice it could move to itself what it may not withdraw.
#[derive(Accounts)]
pub struct FillVenue {
    /// Owner of the buyer's account, or the venue of its grant; may be the seller's too.
    pub buyer_authority: Signer,
    /// The same for the seller.
    pub seller_authority: Signer,
    #[account(mut)]
    pub buyer: Account<MarginAccount>,
    #[account(mut, constraint(seller.exchange == buyer.exchange @ PlimsollError::WrongExchange))]
    pub seller: Account<MarginAccount>,
    #[account(mut, constraint(market.exchange == buyer.exchange @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
    /// Where the buyer's owner does not sign.
    #[account(mut)]
    pub buyer_grant: Option<Account<VenueGrant>>,
    /// Where the seller's owner does not sign.
    #[account(mut)]
    pub seller_grant: Option<Account<VenueGrant>>,
}

/// What both sides agree to.
struct Deal<'a> {
    market: &'a Address,
    lots: Size,
    price: Ticks,
    now: i64,
}

impl FillVenue {
    pub fn handle(&mut self, lots: u64, price: u64, others: &[AccountView]) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let market = *self.market.address();
        let deal = Deal { market: &market, lots: Size(lots), price: Ticks(price), now };
        deal.consent(&self.buyer_authority, &self.buyer, self.buyer_grant.as_mut(), true)?;
        deal.consent(&self.seller_authority, &self.seller, self.seller_grant.as_mut(), false)?;
        accrue(&mut self.market, now)?;
        let filled = self.fill(&deal, others)?;
        self.market.core.book = filled.book;
        apply(&mut self.buyer, &market, &filled.buyer);
        apply(&mut self.seller, &market, &filled.seller);
        emit!(VenueFilled {
            market,
            buyer: *self.buyer.address(),
            seller: *self.seller.address(),
            lots,
            price,
            buyer_settled: filled.buyer.settled.0,
            seller_settled: filled.seller.settled.0,
            fee: filled.buyer.fee.0,
        });
        Ok(())
    }

    #[inline(never)] // both accounts' other legs would not fit the caller's stack frame
    fn fill(&self, deal: &Deal<'_>, others: &[AccountView]) -> Result<Filled> {
        let (buyer, seller, named) = (&self.buyer, &self.seller, (deal.market, &*self.market));
        let (first, second) = legs::split(buyer, deal.market, others)?;
        let rests = (legs::rest(buyer, named, first, deal.now)?, legs::rest(seller, named, second, deal.now)?);
        let held = |margin: &MarginAccount| margin.leg_for(deal.market).map(|place| margin.position(place));
        let (long, short) = (held(buyer), held(seller));
        let taker = |margin: &MarginAccount| (margin.cash, margin.is_flagged(deal.now));
        let ((cash, flagged), (other_cash, other_flagged)) = (taker(buyer), taker(seller));
        let buys = Taker { cash, rest: &rests.0, position: long.as_ref(), flagged };
        let sells = Taker { cash: other_cash, rest: &rests.1, position: short.as_ref(), flagged: other_flagged };
        fill(&buys, &sells, &self.market.core, deal.lots, deal.price, deal.now).checked()
    }
}

impl Deal<'_> {
    /// The owner agrees by signing, a venue by using up what it was granted.
    fn consent(
        &self,
        authority: &Signer,
        margin: &Account<MarginAccount>,
        grant: Option<&mut Account<VenueGrant>>,
        buys: bool,
    ) -> Result<()> {
        let Some(grant) = grant else {
            require!(*authority.address() == margin.owner, PlimsollError::NotAuthorised);
            return Ok(());
        };
        let ours = grant.account == *margin.address() && grant.market == *self.market;
        require!(ours && grant.venue == *authority.address(), PlimsollError::WrongGrant);
        grant.terms = grant.terms.used(buys, self.lots, self.price, self.now).checked()?;
        Ok(())
    }
}

fn apply(margin: &mut MarginAccount, market: &Address, filled: &SideFilled) {
    margin.cash = filled.cash;
    if let Some(place) = margin.leg_for(market) {
        margin.set_position(place, market, filled.position);
    }
}
