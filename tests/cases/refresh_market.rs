use plimsoll_tests::{
    Address, Keypair, Outcome, PlimsollError, Signer, World,
    chain::START,
    cookies::MarketCookie,
    events::PriceRefreshed,
    instructions::Build,
    oracle::{LEGACY, Quote, RECEIVER, RECEIVER_PRO},
    parameters,
    world::DOLLAR,
};

async fn given_a_market(legacy: bool) -> (World, MarketCookie) {
    let mut world = World::new().await;
    let market = world.create_market_on(parameters::sol(), legacy).await;
    world.chain.advance(10, 20).await;
    (world, market)
}

type Change = fn(&mut Quote);

/// Refreshes with a good quote after `change`.
async fn refresh(world: &mut World, market: &MarketCookie, change: impl FnOnce(&mut Quote)) -> Outcome {
    let mut quote = Quote::at(market.feed, 196 * DOLLAR, world.chain.now());
    change(&mut quote);
    world.publish(market, &quote);
    world.send(&World::refresh(market), &[]).await
}

#[tokio::test]
async fn pull_update_becomes_the_price_in_ticks() {
    let (mut world, market) = given_a_market(false).await;
    let done = refresh(&mut world, &market, |q| {
        q.price = 19_612_345_678; // $196.123 45678: nearest tick is $196.123
        q.confidence = 100_001; // rounded up to two ticks
        q.ema = 19_550_050_000; // $195.500 5: half a tick rounds up
        q.publish_time -= 4;
    })
    .await
    .ok();
    let expected = PriceRefreshed {
        market: market.address,
        price: 196_123,
        confidence: 2,
        ema: 195_501,
        publish_time: world.chain.now() - 4,
    };
    assert_eq!(done.event::<PriceRefreshed>(), expected);
    let price = world.market(&market).core.price;
    assert_eq!((price.oracle.0, price.confidence.0, price.ema.0), (196_123, 2, 195_501));
    assert_eq!(price.publish_time, START + 6);
}

#[tokio::test]
async fn any_account_of_the_receiver_with_the_right_feed_serves() {
    let (mut world, market) = given_a_market(false).await;
    let other = MarketCookie { oracle: Address::new_unique(), ..market };
    refresh(&mut world, &other, |_| ()).await.ok();
}

#[tokio::test]
async fn exponents_from_minus_twelve_to_zero_say_the_same() {
    for (exponent, price) in [(-12, 196_000_000_000_000i64), (-8, 19_600_000_000), (-3, 196_000), (0, 196)] {
        let (mut world, market) = given_a_market(false).await;
        refresh(&mut world, &market, |q| (q.exponent, q.price, q.ema, q.confidence) = (exponent, price, price, 0))
            .await
            .ok();
        assert_eq!(world.market(&market).core.price.oracle.0, 196_000, "exponent {exponent}");
    }
}

#[tokio::test]
async fn a_positive_price_never_rounds_to_zero() {
    let (mut world, market) = given_a_market(false).await;
    refresh(&mut world, &market, |q| (q.price, q.ema, q.confidence) = (1, 1, 0)).await.ok();
    assert_eq!(world.market(&market).core.price.oracle.0, 1);
}

#[tokio::test]
async fn impossible_prices_are_refused() {
    use PlimsollError::*;
    let cases: [(Change, PlimsollError); 16] = [
        (|q| q.price = 0, PriceNotPositive),
        (|q| q.price = -1, PriceNotPositive),
        (|q| q.price = i64::MIN, PriceNotPositive),
        (|q| q.ema = 0, PriceNotPositive),
        (|q| q.ema = -5, PriceNotPositive),
        (|q| q.price = i64::MAX, PriceTooHigh),
        (|q| q.ema = i64::MAX, PriceTooHigh),
        (|q| q.exponent = 16, PriceExponent),
        (|q| q.exponent = -22, PriceExponent),
        (|q| q.exponent = i32::MAX, PriceExponent),
        (|q| q.exponent = i32::MIN, PriceExponent),
        (|q| q.exponent = 15, PriceTooHigh),
        (|q| q.confidence = 196 * DOLLAR as u64 / 50 + 100_000, PriceTooUncertain),
        (|q| q.confidence = u64::MAX, PriceTooUncertain),
        (|q| q.publish_time += 2, PriceFromFuture),
        (|q| q.publish_time -= 16, PriceTooOld),
    ];
    for (number, (change, error)) in cases.into_iter().enumerate() {
        let (mut world, market) = given_a_market(false).await;
        world.chain.advance(100, 100).await;
        let outcome = refresh(&mut world, &market, change).await;
        assert_eq!(outcome.error(), error.name(), "case {number}");
        assert_eq!(world.market(&market).core.price.oracle.0, 0, "case {number}");
    }
}

#[tokio::test]
async fn the_limits_themselves_are_accepted() {
    for change in [
        (|q| q.publish_time -= 15) as Change,
        // The cluster's clock may lag by a second.
        |q| q.publish_time += 1,
        |q| q.confidence = 196 * DOLLAR as u64 / 50 - 100_000,
        |q| q.previous_publish_time = q.publish_time,
    ] {
        let (mut world, market) = given_a_market(false).await;
        world.chain.advance(100, 100).await;
        refresh(&mut world, &market, change).await.ok();
    }
}

#[tokio::test]
async fn only_a_newer_price_replaces_a_price() {
    let (mut world, market) = given_a_market(false).await;
    refresh(&mut world, &market, |_| ()).await.ok();
    refresh(&mut world, &market, |_| ()).await.fails(PlimsollError::PriceNotNewer);
    refresh(&mut world, &market, |q| q.publish_time -= 1).await.fails(PlimsollError::PriceNotNewer);
    world.chain.advance(1, 1).await;
    refresh(&mut world, &market, |_| ()).await.ok();
}

#[tokio::test]
async fn updates_for_others_or_without_all_signatures_are_refused() {
    let (mut world, market) = given_a_market(false).await;
    refresh(&mut world, &market, |q| q.feed[31] ^= 1).await.fails(PlimsollError::WrongFeed);
    refresh(&mut world, &market, |q| q.full = false).await.fails(PlimsollError::OracleNotVerified);
    for owner in [RECEIVER_PRO, LEGACY, plimsoll_tests::ID, Address::default()] {
        let forged = MarketCookie { oracle_program: owner, ..market };
        refresh(&mut world, &forged, |_| ()).await.fails(PlimsollError::WrongOracleOwner);
    }
    refresh(&mut world, &market, |_| ()).await.ok();
}

#[tokio::test]
async fn bytes_that_are_no_update_are_refused() {
    let (mut world, market) = given_a_market(false).await;
    let good = Quote::at(market.feed, DOLLAR, world.chain.now()).pull();
    let mut other = good.clone();
    other[0] ^= 1;
    let mut level = good.clone();
    level[40] = 2;
    for data in [vec![], good[..8].to_vec(), good[..124].to_vec(), other, level] {
        world.chain.put(&market.oracle, &RECEIVER, data);
        world.send(&World::refresh(&market), &[]).await.fails(PlimsollError::OracleMalformed);
    }
}

#[tokio::test]
async fn the_second_set_of_pyth_programs_serves_a_market_that_names_it() {
    let mut world = World::new().await;
    let (admin, queue) = (world.exchange.admin.insecure_clone(), Keypair::new());
    let market = MarketCookie { oracle_program: RECEIVER_PRO, ..world.next_market(queue.pubkey(), false) };
    let create = world.create_market_with(&market, parameters::sol());
    world.run(&[world.create_queue(&queue.pubkey()), create.instruction()], &[&admin, &queue]).await.ok();
    world.price(&market, 196 * DOLLAR).await.ok();
    world.chain.advance(1, 1).await;
    let first = MarketCookie { oracle_program: RECEIVER, ..market };
    refresh(&mut world, &first, |_| ()).await.fails(PlimsollError::WrongOracleOwner);
}

#[tokio::test]
async fn a_legacy_account_serves_while_it_trades() {
    let (mut world, market) = given_a_market(true).await;
    let done = refresh(&mut world, &market, |q| q.ema = 195 * DOLLAR).await.ok();
    let event = done.event::<PriceRefreshed>();
    assert_eq!((event.price, event.ema, event.confidence), (196_000, 195_000, 40));
    assert_eq!(event.publish_time, world.chain.now());
    world.chain.advance(1, 1).await;
    refresh(&mut world, &market, |q| q.full = false).await.fails(PlimsollError::OracleNotTrading);
    let other = MarketCookie { oracle: Address::new_unique(), ..market };
    refresh(&mut world, &other, |_| ()).await.fails(PlimsollError::WrongOracleAccount);
    let forged = MarketCookie { oracle_program: RECEIVER, ..market };
    refresh(&mut world, &forged, |_| ()).await.fails(PlimsollError::WrongOracleOwner);
    let data = Quote::at(market.feed, 196 * DOLLAR, world.chain.now()).legacy();
    for (index, value) in [(0, 0), (4, 9), (8, 9)] {
        let mut changed = data.clone();
        changed[index] = value;
        world.chain.put(&market.oracle, &LEGACY, changed);
        world.send(&World::refresh(&market), &[]).await.fails(PlimsollError::OracleMalformed);
    }
    world.chain.put(&market.oracle, &LEGACY, data[..239].to_vec());
    world.send(&World::refresh(&market), &[]).await.fails(PlimsollError::OracleMalformed);
}

#[tokio::test]
async fn a_legacy_status_that_pyth_does_not_define_is_refused() {
    let (mut world, market) = given_a_market(true).await;
    for status in [0, 2, 3, 4, 5, 77, 255] {
        let mut data = Quote::at(market.feed, 196 * DOLLAR, world.chain.now()).legacy();
        data[224] = status;
        world.chain.put(&market.oracle, &LEGACY, data);
        let outcome = world.send(&World::refresh(&market), &[]).await;
        assert!(outcome.result.is_err(), "status {status}");
    }
}

#[tokio::test]
async fn a_pull_market_does_not_read_legacy_accounts_nor_the_other_way_round() {
    let (mut world, market) = given_a_market(false).await;
    let data = Quote::at(market.feed, 196 * DOLLAR, world.chain.now()).legacy();
    world.chain.put(&market.oracle, &RECEIVER, data);
    let plan = World::refresh(&market);
    world.send(&plan, &[]).await.fails(PlimsollError::OracleMalformed);
}

#[tokio::test]
async fn a_18_the_first_update_after_a_boundary_is_a_sample_and_no_other() {
    let (mut world, market) = given_a_market(false).await;
    refresh(&mut world, &market, |_| ()).await.ok();
    assert_eq!(world.market(&market).core.volatility.sampled_at, 0, "ten seconds into a minute");
    // START is on a boundary of the sampling interval, which is a minute.
    let mut at = async |seconds: i64, previous: i64, price: i64| {
        let now = START + seconds;
        world.chain.advance(now - world.chain.now(), 2).await;
        let change = |q: &mut Quote| (q.price, q.ema, q.previous_publish_time) = (price, price, START + previous);
        refresh(&mut world, &market, change).await.ok();
        world.market(&market).core
    };
    let first = at(61, 58, 200 * DOLLAR).await;
    assert_eq!((first.volatility.sampled_at, first.volatility.variance), (START + 61, 0));
    let between = at(90, 75, 100 * DOLLAR).await;
    assert_eq!(between.volatility, first.volatility, "whoever posts it cannot make a sample of it");
    let second = at(121, 119, 180 * DOLLAR).await;
    assert_eq!((second.volatility.sampled_at, second.volatility.sample.0), (START + 121, 180_000));
    // 10 % in a minute, weighed by the minute.
    let r = (20_000u128 << 32) / 200_000;
    assert_eq!(u128::from(second.volatility.variance), (r * r * 3_600).div_ceil(86_400 + 60));
    // The model follows; maintenance waits for its notice (I-11), the priority key does not.
    assert!(second.risk.base_model > first.risk.base_model && second.risk.key_scale > first.risk.key_scale);
    assert_eq!(second.risk.base, first.risk.base);
    assert_eq!((second.base_notice.level, second.base_notice.announced), (second.risk.base_model.0, START + 121));
}
