//! Good calls of what reads a market's price sources.

use plimsoll_client::instructions::{RefreshMarket, RefreshMarkets};

use super::{
    cast::{Cast, Kind},
    fixtures::{Fixture, fixture},
};
use crate::{World, oracle::Quote, parameters as markets, world::DOLLAR};

pub(super) async fn refresh_market() -> Fixture {
    let (cast, build) = with_news_of_two().await;
    let slots = [("market", Kind::Market), ("oracle", Kind::Oracle), ("second_oracle", Kind::Oracle)];
    fixture(cast, &build, &[], &slots, &[])
}

pub(super) async fn refresh_markets() -> Fixture {
    let (cast, one) = with_news_of_two().await;
    let build = RefreshMarkets { markets: vec![one] };
    let slots = [("market 1", Kind::Market), ("oracle 1", Kind::Oracle), ("second oracle 1", Kind::Oracle)];
    fixture(cast, &build, &[], &slots, &[])
}

/// A market of two sources, of which both have a newer price.
async fn with_news_of_two() -> (Cast, RefreshMarket) {
    let mut cast = Cast::assemble().await;
    let market = cast.scene.world.create_market_of_two(markets::sol()).await;
    cast.scene.world.prices(&market, 200 * DOLLAR, 200 * DOLLAR).await.ok();
    cast.scene.world.chain.advance(1, 2).await;
    let quote = Quote::at(market.feed, 201 * DOLLAR, cast.scene.world.chain.now());
    cast.scene.world.publish(&market, &quote);
    cast.scene.world.publish_second(&market, &quote);
    (cast, World::refresh(&market))
}
