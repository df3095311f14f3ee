//! What a source may not say, and who may not say it: every kind of source in every place that it can have, on the binary.

use plimsoll_tests::{
    Address, Outcome, PlimsollError, Signer, World,
    cookies::MarketCookie,
    instructions::{Build, RefreshMarket},
    oracle::{Feed, LEGACY, QUEUE, Quote, RECEIVER, RECEIVER_PRO, SWITCHBOARD},
    parameters,
    state::{ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD},
    world::DOLLAR,
};

use PlimsollError::*;

/// A source of a market, and where its account is.
struct Source {
    world: World,
    market: MarketCookie,
    second: bool,
    kind: u8,
    program: Address,
    account: Address,
    feed: [u8; 32],
}

impl Source {
    /// The first source of a market: a pull feed of one of the two sets of programs, or a legacy one.
    async fn first(kind: u8, program: Address) -> Self {
        let mut world = World::new().await;
        let (admin, queue) = (world.exchange.admin.insecure_clone(), world.chain.new_key());
        let market =
            MarketCookie { oracle_program: program, ..world.next_market(queue.pubkey(), kind == ORACLE_PYTH_LEGACY) };
        let create = world.create_market_with(&market, parameters::sol());
        world.run(&[world.create_queue(&queue.pubkey()), create.instruction()], &[&admin, &queue]).await.ok();
        world.chain.advance(100, 200).await;
        let (account, feed) = (market.oracle, market.feed);
        Self { world, market, second: false, kind, program, account, feed }
    }

    /// The second source of a market on a pull feed.
    async fn second(kind: u8) -> Self {
        let mut world = World::new().await;
        let market = world.create_market_beside(parameters::sol(), kind).await;
        world.chain.advance(100, 200).await;
        let (source, account) = market.second.unwrap();
        Self { world, market, second: true, kind, program: source.program, account, feed: source.feed }
    }

    /// All of one kind of account: as the first source of both sets and as the second.
    async fn all(kind: u8) -> Vec<Self> {
        match kind {
            ORACLE_PYTH_PULL => {
                vec![Self::first(kind, RECEIVER).await, Self::first(kind, RECEIVER_PRO).await, Self::second(kind).await]
            }
            ORACLE_PYTH_LEGACY => vec![Self::first(kind, LEGACY).await, Self::second(kind).await],
            _ => vec![Self::second(kind).await],
        }
    }

    /// A good quote of $196.
    fn quote(&self) -> Quote {
        Quote::at(self.feed, 196 * DOLLAR, self.world.chain.now())
    }

    fn data(&self, quote: &Quote) -> Vec<u8> {
        match self.kind {
            ORACLE_PYTH_PULL => quote.pull(),
            ORACLE_PYTH_LEGACY => quote.legacy(),
            _ => Feed::at(quote.price, quote.publish_time).data(),
        }
    }

    /// Refreshes with an account of somebody's with some data in this source's place.
    async fn refresh_with(&mut self, account: Address, owner: Address, data: Vec<u8>) -> Outcome {
        self.world.chain.put(&account, &owner, data);
        let only = RefreshMarket { market: self.market.address, oracle: None, second: None };
        let refresh = if self.second {
            RefreshMarket { second: Some(account), ..only }
        } else {
            RefreshMarket { oracle: Some(account), ..only }
        };
        self.world.send(&refresh, &[]).await
    }

    /// The same with its own account and owner.
    async fn refresh(&mut self, data: Vec<u8>) -> Outcome {
        self.refresh_with(self.account, self.program, data).await
    }

    /// What the market has of this source.
    fn price(&self) -> u64 {
        let core = &self.world.market(&self.market).core;
        if self.second { core.second.oracle.0 } else { core.price.oracle.0 }
    }

    /// A good price is taken, after all that was refused.
    async fn works(&mut self) {
        assert_eq!(self.price(), 0, "what was refused left nothing");
        let good = self.data(&self.quote());
        self.refresh(good).await.ok();
        assert_eq!(self.price(), 196_000);
    }
}

type Change = fn(&mut Quote);

/// What neither form of Pyth account may say.
const IMPOSSIBLE: [(Change, PlimsollError); 12] = [
    (|q| q.price = -1, PriceNotPositive),
    (|q| q.price = i64::MIN, PriceNotPositive),
    (|q| q.price = 0, PriceNotPositive),
    (|q| q.ema = -1, PriceNotPositive),
    (|q| q.exponent = -22, PriceExponent),
    (|q| q.exponent = i32::MIN, PriceExponent),
    (|q| q.exponent = 16, PriceExponent),
    (|q| q.exponent = i32::MAX, PriceExponent),
    (|q| q.exponent = 15, PriceTooHigh),
    (|q| q.confidence = q.price.unsigned_abs() + 1, PriceTooUncertain),
    (|q| q.publish_time += 2, PriceFromFuture),
    (|q| q.publish_time -= 16, PriceTooOld),
];

/// What is wrong with a feed.
type Tampered = fn(&mut Feed);

#[tokio::test]
async fn no_pyth_account_says_what_is_impossible() {
    for kind in [ORACLE_PYTH_PULL, ORACLE_PYTH_LEGACY] {
        for mut source in Source::all(kind).await {
            for (number, (change, error)) in IMPOSSIBLE.into_iter().enumerate() {
                let mut quote = source.quote();
                change(&mut quote);
                let outcome = source.refresh(source.data(&quote)).await;
                assert_eq!(outcome.error(), error.name(), "case {number} of kind {kind}, second: {}", source.second);
            }
            source.works().await;
        }
    }
}

#[tokio::test]
async fn no_account_of_another_feed_or_owner_and_no_unsigned_one_is_read() {
    for mut source in Source::all(ORACLE_PYTH_PULL).await {
        let other = Quote { feed: [3; 32], ..source.quote() };
        source.refresh(other.pull()).await.fails(WrongFeed);
        let partly = Quote { full: false, ..source.quote() };
        source.refresh(partly.pull()).await.fails(OracleNotVerified);
        let (account, good) = (source.account, source.quote().pull());
        for owner in [RECEIVER, RECEIVER_PRO, LEGACY, SWITCHBOARD, plimsoll_tests::ID, Address::default()] {
            if owner != source.program {
                source.refresh_with(account, owner, good.clone()).await.fails(WrongOracleOwner);
            }
        }
        source.refresh(good[..100].to_vec()).await.fails(OracleMalformed);
        source.works().await;
    }
}

#[tokio::test]
async fn no_other_account_stands_in_for_a_legacy_one() {
    for mut source in Source::all(ORACLE_PYTH_LEGACY).await {
        let (account, good) = (source.account, source.quote().legacy());
        let substitute = Address::new_unique();
        source.refresh_with(substitute, LEGACY, good.clone()).await.fails(WrongOracleAccount);
        for owner in [RECEIVER, SWITCHBOARD, plimsoll_tests::ID, Address::default()] {
            source.refresh_with(account, owner, good.clone()).await.fails(WrongOracleOwner);
        }
        let halted = Quote { full: false, ..source.quote() };
        source.refresh(halted.legacy()).await.fails(OracleNotTrading);
        source.refresh(good[..239].to_vec()).await.fails(OracleMalformed);
        source.works().await;
    }
}

#[tokio::test]
async fn a_switchboard_feed_serves_as_it_was_when_the_market_was_created() {
    let mut source = Source::second(ORACLE_SWITCHBOARD).await;
    let account = source.account;
    let feed = |source: &Source| Feed::at(196 * DOLLAR, source.world.chain.now());
    let good = feed(&source).data();
    // Another account with the same content, another owner, and a feed that its owner changed.
    source.refresh_with(Address::new_unique(), SWITCHBOARD, good.clone()).await.fails(WrongFeed);
    for owner in [RECEIVER, LEGACY, QUEUE, plimsoll_tests::ID, Address::default()] {
        source.refresh_with(account, owner, good.clone()).await.fails(WrongOracleOwner);
    }
    let cases: [(Tampered, PlimsollError); 15] = [
        (|feed| feed.jobs[0] ^= 1, WrongFeed),
        (|feed| feed.queue = Address::new_unique(), WrongFeed),
        (|feed| feed.minimum_samples = 1, WrongFeed),
        (|feed| feed.maximum_staleness = 1_000, WrongFeed),
        (|feed| feed.owner_may_write = true, OracleNotVerified),
        (|feed| feed.samples = 1, OracleNotVerified),
        (|feed| feed.slot = 0, OracleNotTrading),
        (|feed| feed.answers[1].value += 1, OracleMalformed),
        (|feed| feed.chosen = 32, OracleMalformed),
        (|feed| (feed.value, feed.answers[1].value) = (-1, -1), PriceNotPositive),
        (|feed| (feed.value, feed.answers[1].value) = (0, 0), PriceNotPositive),
        (|feed| (feed.value, feed.answers[1].value) = (i128::MAX, i128::MAX), PriceTooHigh),
        (|feed| feed.deviation = feed.value + 1, PriceTooUncertain),
        (|feed| (feed.answers[1].signed_at, feed.last_update) = (feed.last_update, feed.last_update), PriceFromFuture),
        (|feed| feed.answers[1].signed_at -= 16, PriceTooOld),
    ];
    for (number, (change, error)) in cases.into_iter().enumerate() {
        let mut changed = feed(&source);
        change(&mut changed);
        let outcome = source.refresh(changed.data()).await;
        assert_eq!(outcome.error(), error.name(), "case {number}");
    }
    source.refresh(good[..3_000].to_vec()).await.fails(OracleMalformed);
    source.works().await;
}

#[tokio::test]
async fn a_fault_of_the_second_source_refuses_the_first_too() {
    for kind in [ORACLE_PYTH_PULL, ORACLE_PYTH_LEGACY, ORACLE_SWITCHBOARD] {
        let mut source = Source::second(kind).await;
        let market = source.market;
        let quote = Quote::at(market.feed, 196 * DOLLAR, source.world.chain.now());
        source.world.publish(&market, &quote);
        let mut forged = source.data(&source.quote());
        forged.truncate(90);
        source.world.chain.put(&source.account, &source.program, forged);
        source.world.send(&World::refresh(&market), &[]).await.fails(OracleMalformed);
        assert_eq!(source.world.market(&market).core.price.oracle.0, 0, "kind {kind}");
        source.works().await;
    }
}
