//! Markets with a second source of price.

use plimsoll_client::{
    Address,
    engine::parameters::Parameters,
    instructions::Build,
    state::{ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD, OracleSource},
};
use solana_signer::Signer;

use crate::{
    Outcome, World,
    cookies::MarketCookie,
    oracle::{Feed, LEGACY, Quote, RECEIVER_PRO, SWITCHBOARD},
    world::DOLLAR,
};

impl World {
    /// A market with a second source: the legacy oracle's.
    pub async fn create_market_of_two(&mut self, parameters: Parameters) -> MarketCookie {
        self.create_market_beside(parameters, ORACLE_PYTH_LEGACY).await
    }

    /// A market on a pull feed with a second source of a kind.
    pub async fn create_market_beside(&mut self, parameters: Parameters, kind: u8) -> MarketCookie {
        let (admin, queue) = (self.exchange.admin.insecure_clone(), self.chain.new_key());
        let oracle = Address::new_unique();
        let source = match kind {
            ORACLE_PYTH_LEGACY => OracleSource::new(kind, LEGACY, oracle.to_bytes()),
            ORACLE_PYTH_PULL => OracleSource::new(kind, RECEIVER_PRO, Address::new_unique().to_bytes()),
            // What the market stores does not depend on the feed's price.
            ORACLE_SWITCHBOARD => OracleSource::new(kind, SWITCHBOARD, Feed::at(DOLLAR, 0).digest(&oracle)),
            _ => panic!("no source has kind {kind}"),
        };
        let market = MarketCookie { second: Some((source, oracle)), ..self.next_market(queue.pubkey(), false) };
        let create = self.create_market_with(&market, parameters);
        let instructions = [self.create_queue(&queue.pubkey()), create.instruction()];
        self.run(&instructions, &[&admin, &queue]).await.ok();
        market
    }

    /// Writes the account of a market's second source as its oracle would. Switchboard has no confidence but a deviation,
    /// which is the usual one.
    pub fn publish_second(&mut self, market: &MarketCookie, quote: &Quote) {
        let (source, oracle) = market.second.expect("a second source");
        let data = match source.kind {
            ORACLE_PYTH_PULL => Quote { feed: source.feed, ..*quote }.pull(),
            ORACLE_SWITCHBOARD => Feed::at(quote.price, quote.publish_time).data(),
            _ => quote.legacy(),
        };
        self.chain.put(&oracle, &source.program, data);
    }

    /// Lets a second and two slots pass, publishes a price of each source and refreshes the market with both.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn prices(&mut self, market: &MarketCookie, first: i64, second: i64) -> Outcome {
        self.chain.advance(1, 2).await;
        let quote = Quote::at(market.feed, first, self.chain.now());
        self.publish(market, &quote);
        self.publish_second(market, &Quote { price: second, ema: second, ..quote });
        self.send(&Self::refresh(market), &[]).await
    }
}
