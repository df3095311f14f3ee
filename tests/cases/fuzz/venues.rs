//! What owners let others do, and the fills that venues match.

use plimsoll_tests::{
    Address, Signer, World,
    instructions::{FillVenue, RevokeVenue},
    world::USD,
};

use super::{
    actions::call,
    actors::{Actors, Call},
};

impl Actors {
    /// Grants, fills between two traders, delegates.
    pub fn venues(&mut self) -> Option<Call> {
        let (who, other, at) = (self.some_trader(), self.some_trader(), self.some_market());
        let (market, signer) = (self.markets[at], self.venue.pubkey());
        let price = self.world.market(&market).core.price.oracle.0;
        // Within the band or a little beyond.
        let near = price + price / 10_000 * self.random.below(104) as u64 - price / 10_000 * 52;
        let cash = self.world.margin(&self.traders[who]).cash.0.min(5_000 * USD);
        let lots = self.random.between(50, i64::try_from(cash / price * 8).expect("fits") + 200).unsigned_abs();
        match self.random.below(8) {
            0 => {
                let delegate = if self.random.happens(500) { signer } else { Address::default() };
                call("set_delegate", &World::set_delegate(&self.traders[who], delegate))
            }
            1 => {
                let given: Vec<_> = self.world.ledger.grants.iter().map(|(key, grant)| (*key, grant.owner)).collect();
                let (grant, owner) = *given.get(self.random.below(given.len().max(1)))?;
                call("revoke_venue", &RevokeVenue { owner, grant })
            }
            2 | 3 => {
                let (buys, more) = (self.random.happens(500), lots * 4);
                call("grant_venue", &self.world.grant(&self.traders[who], &market, &signer, buys, more, near))
            }
            4 => {
                let traders = (&self.traders[who], &self.traders[other]);
                let both = self.world.venue_fill_by(&signer, traders.0, traders.1, &market, lots, near);
                let granted =
                    |grant: &Option<Address>| grant.filter(|address| self.world.ledger.grants.contains_key(address));
                let (buyer_grant, seller_grant) = (granted(&both.buyer_grant), granted(&both.seller_grant));
                let by = |grant: Option<Address>, owner| if grant.is_some() { signer } else { owner };
                let (buyer_authority, seller_authority) =
                    (by(buyer_grant, traders.0.owner()), by(seller_grant, traders.1.owner()));
                call("venue_fill", &FillVenue { buyer_authority, seller_authority, buyer_grant, seller_grant, ..both })
            }
            _ => {
                // As much as either holds, more often than not.
                let held = |who: usize| {
                    let margin = self.world.margin(&self.traders[who]);
                    margin.leg_in(&market.address).map_or(0, |place| margin.legs[place].position.lots.0)
                };
                let (mine, theirs) = (held(who), held(other));
                let size = mine.unsigned_abs().max(theirs.unsigned_abs());
                let lots = if size > 0 && self.random.happens(600) { size } else { lots };
                let (buyer, seller) = if mine < theirs { (who, other) } else { (other, who) };
                let (buyer, seller) = (&self.traders[buyer], &self.traders[seller]);
                call("venue_fill", &self.world.venue_fill(buyer, seller, &market, lots, near))
            }
        }
    }
}
