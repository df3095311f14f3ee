//! Who takes part, and how time passes for them.

use std::collections::HashMap;

use plimsoll_tests::{
    Address, Keypair, Outcome, Signer, World,
    cookies::{Holder, MarketCookie, Trader},
    engine::{market::status, parameters::Parameters, units::Ratio},
    oracle::Quote,
    parameters,
    random::Random,
    world::{DOLLAR, USD},
};
use solana_instruction::Instruction;

/// Markets that are open at a time, and in all: an unstake names all of them in one transaction.
const OPEN_MARKETS: usize = 3;
const ALL_MARKETS: usize = 7;
const TRADERS: usize = 14;

/// An instruction that somebody sends.
pub struct Call {
    pub name: &'static str,
    pub instruction: Instruction,
}

/// One exchange with everybody on it.
pub struct Actors {
    pub world: World,
    pub random: Random,
    pub markets: Vec<MarketCookie>,
    /// In 10^-8.
    pub prices: Vec<i64>,
    pub traders: Vec<Trader>,
    pub keeper: Trader,
    /// Signs fills for others, and is a delegate now and then.
    pub venue: Keypair,
    /// Each with the place of its market.
    pub providers: Vec<(usize, Holder)>,
    pub stakers: Vec<Holder>,
    /// Who placed an order last.
    pub ordered: Option<usize>,
    /// Everybody's keys.
    pub keys: HashMap<Address, Keypair>,
    /// Sequences of proposals, each with the place of its market where it has one, and when it was made.
    pub proposals: Vec<(u64, Option<usize>, i64)>,
}

/// Small numbers, so that everything that is rare happens.
pub fn small(index: usize) -> Parameters {
    Parameters {
        lp_cooldown_s: 3_600,
        settle_wait_s: 10,
        settle_deadline_s: 3_600,
        insurance_cap: 50_000 * USD,
        throttle_capacity: if index.is_multiple_of(2) { 40_000 * USD } else { 20_000_000 * USD },
        throttle_refill: 1_000 * USD,
        ..parameters::funded()
    }
}

impl Actors {
    pub async fn new(seed: u64) -> Self {
        let mut world = World::new().await;
        let keeper = world.trader(0).await;
        let mut traders = Vec::new();
        for place in 0..TRADERS as u64 {
            traders.push(world.trader((500 + 400 * place) * USD).await);
        }
        let (markets, prices, providers, stakers) = Default::default();
        let (random, ordered, venue, proposals) = (super::sequence(seed), None, Keypair::new(), Vec::new());
        let keys = HashMap::from([(venue.pubkey(), venue.insecure_clone())]);
        let mut actors = Self {
            world,
            random,
            markets,
            prices,
            traders,
            keeper,
            venue,
            providers,
            stakers,
            ordered,
            keys,
            proposals,
        };
        for _ in 0..OPEN_MARKETS {
            actors.open_market().await;
        }
        for amount in [20_000, 5_000] {
            let staker = actors.world.staker(amount * USD).await;
            actors.stakers.push(staker);
        }
        let people = actors.traders.iter().map(|trader| &trader.key).chain([&actors.keeper.key]);
        let all: Vec<_> = people.map(Keypair::insecure_clone).collect();
        actors.keys.extend(all.into_iter().map(|key| (key.pubkey(), key)));
        for key in [&actors.world.exchange.admin, &actors.world.exchange.guardian] {
            actors.keys.insert(key.pubkey(), key.insecure_clone());
        }
        for place in 0..2 {
            let key = actors.stakers[place].key.insecure_clone();
            actors.keys.insert(key.pubkey(), key);
        }
        actors
    }

    /// A market with little liquidity, at $200.
    async fn open_market(&mut self) {
        let place = self.markets.len();
        let market = self.world.create_market(small(place)).await;
        self.markets.push(market);
        self.prices.push(200 * DOLLAR);
        self.world.price(&market, 200 * DOLLAR).await.ok();
        for amount in if place.is_multiple_of(2) { [30_000, 8_000] } else { [2_000, 1_500] } {
            let provider = self.world.provider(&market, amount * USD).await;
            self.keys.insert(provider.key.pubkey(), provider.key.insecure_clone());
            self.providers.push((place, provider));
        }
    }

    /// Whether a market still trades.
    pub fn is_open(&self, place: usize) -> bool {
        self.world.market(&self.markets[place]).core.status < status::SETTLING
    }

    /// Some market, more likely one that trades.
    pub fn some_market(&mut self) -> usize {
        let place = self.random.below(self.markets.len());
        if self.is_open(place) || self.random.happens(300) { place } else { self.random.below(self.markets.len()) }
    }

    pub fn some_trader(&mut self) -> usize {
        self.random.below(TRADERS)
    }

    /// A trader under maintenance or flagged, if there is one; else anybody.
    pub fn somebody_in_need(&mut self) -> usize {
        let first = self.some_trader();
        let all = (0..TRADERS).map(|step| (first + step) % TRADERS);
        let mut needy = all.filter(|place| {
            let margin = self.world.margin(&self.traders[*place]);
            let health = super::judge::survey(self, margin, i64::MIN).map(|survey| survey.health);
            margin.flag.market != Address::default() || health.is_some_and(|health| health.is_liquidatable())
        });
        let found = needy.next();
        found.unwrap_or(first)
    }

    /// A trader between maintenance and its protection level without an order, and the leg to shrink.
    pub fn somebody_to_protect(&self) -> Option<(usize, usize)> {
        (0..TRADERS).find_map(|place| {
            let margin = self.world.margin(&self.traders[place]);
            let survey = super::judge::survey(self, margin, i64::MIN)?;
            let due = !survey.health.is_liquidatable()
                && Ratio(margin.protection).mul_ceil(survey.health.maintenance).ok()? > survey.health.equity.gain()
                && margin.orders.iter().all(|slot| slot.order.is_empty() || slot.order.trigger().is_some());
            let leg = margin.legs.get(survey.leg_to_close().filter(|_| due)?)?;
            let at = self.markets.iter().position(|market| market.address == leg.market)?;
            Some((place, at))
        })
    }

    /// Seconds, or now and then hours. Every market moves, most are refreshed, and one jumps now and then.
    pub async fn time_passes(&mut self) {
        let (seconds, slots) = match self.random.below(100) {
            0 => (700_000, 1_000),
            1..=3 => (4_000, 1_000),
            4..=14 => (self.random.between(6, 60), 20),
            _ => (self.random.between(1, 4), 3),
        };
        self.world.chain.advance(seconds, slots).await;
        for place in 0..self.markets.len() {
            let moved = match self.random.below(60) {
                0 => 0.2 * self.random.normal(),
                1..=9 => 0.03 * self.random.normal(),
                _ => 0.004 * self.random.normal(),
            };
            // It returns to where it came from, so that a run does not end at nothing or beyond the largest price.
            let back = 0.002 * (200.0 * DOLLAR as f64 / self.prices[place] as f64).ln();
            self.prices[place] = (self.prices[place] as f64 * (moved + back).exp().clamp(0.5, 2.0)) as i64;
            if self.random.happens(900) {
                self.refresh(place).await;
            }
        }
        let open = (0..self.markets.len()).filter(|place| self.is_open(*place)).count();
        if open < OPEN_MARKETS && self.markets.len() < ALL_MARKETS {
            self.open_market().await;
        }
    }

    /// A market's price of now, for its margin.
    pub async fn refresh(&mut self, place: usize) {
        let market = self.markets[place];
        self.publish(place);
        let _ = self.world.send(&World::refresh(&market), &[]).await;
    }

    /// Writes the oracle account of a market.
    pub fn publish(&mut self, place: usize) {
        let (market, now) = (self.markets[place], self.world.chain.now());
        let quote = Quote::at(market.feed, self.prices[place], now);
        self.world.publish(&market, &quote);
    }

    /// Sends it with the keys of whoever has to sign.
    pub async fn send(&mut self, call: &Call) -> Outcome {
        let named = call.instruction.accounts.iter().filter(|account| account.is_signer);
        let signers: Vec<Keypair> = named.map(|account| self.keys[&account.pubkey].insecure_clone()).collect();
        let mut signers: Vec<&Keypair> = signers.iter().collect();
        signers.dedup_by_key(|key| key.pubkey());
        self.world.run(std::slice::from_ref(&call.instruction), &signers).await
    }

    /// I-12: whoever has no leg, no order and no flag takes all its cash out, and brings it back.
    pub async fn free_cash_can_leave(&mut self) {
        let now = self.world.chain.now();
        for place in 0..TRADERS {
            let margin = *self.world.margin(&self.traders[place]);
            let idle = margin.legs.iter().all(|leg| leg.is_free()) && !margin.is_flagged(now);
            if !idle || margin.cash.is_zero() {
                continue;
            }
            let trader = &self.traders[place];
            let key = trader.key.insecure_clone();
            let (leave, back) = (self.world.withdraw(trader, margin.cash.0), self.world.deposit(trader, margin.cash.0));
            self.world.send(&leave, &[&key]).await.ok();
            self.world.send(&back, &[&key]).await.ok();
        }
    }
}
