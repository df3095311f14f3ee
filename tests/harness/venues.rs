//! Fills that a venue matched, what owners grant to venues, and delegates.

use plimsoll_client::{
    Address, addresses,
    instructions::{FillVenue, GrantVenue, PlaceOrder, RevokeVenue, SetDelegate},
    state::VenueGrant,
};

use crate::{
    Outcome, World,
    cookies::{MarketCookie, Trader},
};

impl World {
    /// The fill that both owners sign.
    pub fn venue_fill(
        &self,
        buyer: &Trader,
        seller: &Trader,
        market: &MarketCookie,
        lots: u64,
        price: u64,
    ) -> FillVenue {
        let mut legs = self.legs_of(&buyer.margin, Some(market));
        legs.extend(self.legs_of(&seller.margin, Some(market)));
        FillVenue {
            buyer_authority: buyer.owner(),
            seller_authority: seller.owner(),
            buyer: buyer.margin,
            seller: seller.margin,
            market: market.address,
            buyer_grant: None,
            seller_grant: None,
            lots,
            price,
            legs,
        }
    }

    /// The same, sent.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn match_at(
        &mut self,
        buyer: &Trader,
        seller: &Trader,
        market: &MarketCookie,
        lots: u64,
        price: u64,
    ) -> Outcome {
        let fill = self.venue_fill(buyer, seller, market, lots, price);
        self.send(&fill, &[&buyer.key, &seller.key]).await
    }

    /// The instruction by which a trader lets a venue buy or sell for it within a minute.
    pub fn grant(
        &self,
        trader: &Trader,
        market: &MarketCookie,
        venue: &Address,
        buys: bool,
        lots: u64,
        limit: u64,
    ) -> GrantVenue {
        GrantVenue {
            owner: trader.owner(),
            margin: trader.margin,
            market: market.address,
            grant: addresses::grant(&trader.margin, venue, &market.address, buys),
            venue: *venue,
            buys,
            lots,
            limit,
            expires_at: self.chain.now() + 60,
        }
    }

    /// The instruction by which it ends that.
    pub fn revoke(trader: &Trader, market: &MarketCookie, venue: &Address, buys: bool) -> RevokeVenue {
        let grant = addresses::grant(&trader.margin, venue, &market.address, buys);
        RevokeVenue { owner: trader.owner(), grant }
    }

    /// The fill that a venue signs for both sides.
    pub fn venue_fill_by(
        &self,
        venue: &Address,
        buyer: &Trader,
        seller: &Trader,
        market: &MarketCookie,
        lots: u64,
        price: u64,
    ) -> FillVenue {
        let grant = |trader: &Trader, buys| Some(addresses::grant(&trader.margin, venue, &market.address, buys));
        FillVenue {
            buyer_authority: *venue,
            seller_authority: *venue,
            buyer_grant: grant(buyer, true),
            seller_grant: grant(seller, false),
            ..self.venue_fill(buyer, seller, market, lots, price)
        }
    }

    /// A grant as it was last seen.
    pub fn granted(&self, trader: &Trader, market: &MarketCookie, venue: &Address, buys: bool) -> &VenueGrant {
        &self.ledger.grants[&addresses::grant(&trader.margin, venue, &market.address, buys)]
    }

    /// The instruction by which a trader names a delegate.
    pub fn set_delegate(trader: &Trader, delegate: Address) -> SetDelegate {
        SetDelegate { owner: trader.owner(), margin: trader.margin, delegate }
    }

    /// An order for a trader's account that somebody else signs.
    pub fn order_by(authority: Address, trader: &Trader, market: &MarketCookie, lots: i64) -> PlaceOrder {
        let limit = if lots > 0 { crate::orders::ANY_PRICE } else { 1 };
        PlaceOrder { authority, ..Self::order(trader, market, lots, limit) }
    }
}
