//! The book's claim: after any change, the accounts that it looked at are all that can have become unhealthy. Compared with
//! looking at every account after every change.
#![allow(missing_docs)]

#[path = "../../engine/tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;

use bytemuck::Zeroable;
use common::{NOW, PRICE, USD, hold, market_of, sol};
use plimsoll_client::{
    Address,
    engine::{
        funding,
        market::Market,
        parameters::Parameters,
        units::{Atoms, Ratio, Ticks},
    },
    state::{Leg, MarginAccount},
};
use plimsoll_keeper::book::{Book, Id, Ranking};
use proptest::prelude::*;

/// Accounts of one world.
const ACCOUNTS: usize = 120;

/// What happens between two looks.
#[derive(Clone, Debug)]
enum Event {
    /// A market's price moves by so many millionths.
    Move { market: usize, ppm: i64 },
    /// So many seconds pass, and funding accrues.
    Pass { seconds: i64 },
    /// A market's `m0` in force rises by so many millionths.
    Rise { market: usize, ppm: u64 },
    /// An account's cash becomes so many thousandths of its notional.
    Cash { account: usize, part: u64 },
    /// An account loses a leg.
    Close { account: usize },
    /// An account no longer exists.
    Remove { account: usize },
}

fn event() -> impl Strategy<Value = Event> {
    let moves = prop_oneof![-500i64..500, -5_000i64..5_000, -60_000i64..60_000, -300_000i64..300_000];
    prop_oneof![
        6 => (0usize..3, moves).prop_map(|(market, ppm)| Event::Move { market, ppm }),
        2 => (1i64..5_000).prop_map(|seconds| Event::Pass { seconds }),
        1 => (0usize..3, 1u64..20_000).prop_map(|(market, ppm)| Event::Rise { market, ppm }),
        2 => (0..ACCOUNTS, 5u64..400).prop_map(|(account, part)| Event::Cash { account, part }),
        1 => (0..ACCOUNTS).prop_map(|account| Event::Close { account }),
        1 => (0..ACCOUNTS).prop_map(|account| Event::Remove { account }),
    ]
}

struct World {
    markets: [Market; 3],
    addresses: [Address; 3],
    accounts: Vec<Option<MarginAccount>>,
    book: Book,
    ranking: Ranking,
    now: i64,
    slot: u64,
}

fn address(number: usize) -> Address {
    Address::new_from_array(plimsoll_client::wire::sha256(&number.to_le_bytes()))
}

impl World {
    fn new(seed: u64) -> Self {
        let parameters = Parameters { funding_slope_ppm: 100_000, funding_cap_ppm: 50_000, ..sol() };
        let markets = [1, 7, 300].map(|part| market_of(&parameters, PRICE / part, 50_000_000 * USD));
        let addresses = [1, 2, 3].map(|number| Address::new_from_array([number; 32]));
        let (book, ranking) = (Book::default(), Ranking::default());
        let mut world = Self { markets, addresses, accounts: Vec::new(), book, ranking, now: NOW, slot: 1 };
        (0..3).for_each(|market| world.tell(market));
        let mut random = seed | 1;
        let mut below = |most: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % most
        };
        for number in 0..ACCOUNTS {
            let mut account = MarginAccount::zeroed();
            let (count, first) = (1 + below(3) as usize, below(3) as usize);
            for (place, leg) in account.legs.iter_mut().take(count).enumerate() {
                let at = (first + place) % 3;
                let price = world.markets[at].price.oracle.0;
                let lots = (100 + below(5_000)) as i64 * (PRICE / price) as i64;
                let side = if below(2) == 0 { 1 } else { -1 };
                let position = hold(&mut world.markets[at], side * lots, price);
                *leg = Leg { market: world.addresses[at], position };
            }
            account.cash = Atoms(notional(&account, &world.markets, &world.addresses) / 1_000 * (13 + below(300)));
            world.accounts.push(Some(account));
            assert_eq!(world.book.put(&address(number), &account, 1), Some(u32::try_from(number).expect("few")));
        }
        (0..3).for_each(|market| world.tell(market));
        world.ranking.look_at_all(&mut world.book, NOW, 1);
        world
    }

    /// Tells the book of a market, as the keeper does.
    fn tell(&mut self, market: usize) {
        let (id, moved) = self.book.set_market(self.addresses[market], &self.markets[market], self.now);
        self.ranking.scan(&mut self.book, id, moved, self.now, self.slot);
    }

    fn put(&mut self, number: usize) {
        self.slot += 1;
        if let Some(account) = &self.accounts[number] {
            let id = self.book.put(&address(number), account, self.slot).expect("is newer");
            self.book.watch(id);
            self.ranking.look(&mut self.book, id, self.now, self.slot);
        }
    }

    fn happen(&mut self, event: &Event) {
        match *event {
            Event::Move { market, ppm } => {
                let price = &mut self.markets[market].price;
                let moved = i128::from(price.oracle.0) * i128::from(1_000_000 + ppm) / 1_000_000;
                price.oracle = Ticks(u64::try_from(moved.max(200)).expect("is positive"));
                price.ema = price.oracle;
                self.tell(market);
            }
            Event::Pass { seconds } => {
                self.now += seconds;
                for market in 0..3 {
                    let core = &mut self.markets[market];
                    // Somebody posts: what is stale counts for its holder, which is another matter.
                    (core.price.publish_time, core.price.previous_publish_time) = (self.now, self.now - 1);
                    funding::accrue(core, self.now).expect("accrues");
                    self.tell(market);
                }
            }
            Event::Rise { market, ppm } => {
                let risk = &mut self.markets[market].risk;
                risk.base = Ratio(risk.base.0 + (ppm << 32) / 1_000_000);
                self.tell(market);
            }
            Event::Cash { account: number, part } => {
                let (markets, addresses) = (self.markets, self.addresses);
                if let Some(account) = &mut self.accounts[number] {
                    account.cash = Atoms(notional(account, &markets, &addresses) / 1_000 * part);
                    self.put(number);
                }
            }
            Event::Close { account: number } => {
                if let Some(account) = &mut self.accounts[number] {
                    account.legs[0] = Leg::default();
                    self.put(number);
                }
            }
            Event::Remove { account: number } => {
                if self.accounts[number].take().is_some() {
                    if let Some(id) = self.book.id(&address(number)) {
                        self.ranking.forget(id);
                    }
                    self.book.remove(&address(number));
                }
            }
        }
    }

    /// Every account, looked at.
    fn unhealthy(&self) -> BTreeMap<Address, bool> {
        let look = |id: Id| self.book.survey(id, self.now, None).is_ok_and(|survey| survey.health.is_liquidatable());
        self.book.ids().map(|id| (self.book.address(id).expect("has one"), look(id))).collect()
    }

    fn ranked(&self) -> BTreeMap<Address, bool> {
        self.book.ids().map(|id| (self.book.address(id).expect("has one"), self.ranking.get(id).is_some())).collect()
    }
}

fn notional(account: &MarginAccount, markets: &[Market; 3], addresses: &[Address; 3]) -> u64 {
    let legs = account.legs.iter().filter(|leg| !leg.is_free());
    legs.map(|leg| {
        let at = addresses.iter().position(|address| *address == leg.market).expect("is known");
        leg.position.lots.0.unsigned_abs() * markets[at].price.oracle.0
    })
    .sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_tick_finds_every_account_that_became_unhealthy(seed: u64, events in prop::collection::vec(event(), 1..60)) {
        let mut world = World::new(seed);
        prop_assert_eq!(world.ranked(), world.unhealthy());
        for event in &events {
            world.happen(event);
            prop_assert_eq!(world.ranked(), world.unhealthy(), "after {:?}", event);
        }
    }
}

#[test]
fn an_older_state_of_an_account_is_no_news() {
    let mut world = World::new(1);
    let mut account = world.accounts[0].expect("exists");
    let cash = world.book.cash(0);
    account.cash = Atoms(cash.0 + 1);
    assert_eq!(world.book.put(&address(0), &account, 0), None);
    assert_eq!(world.book.cash(0), cash);
}

#[test]
fn rows_stay_with_their_accounts_when_others_leave() {
    let mut world = World::new(2);
    for number in (0..ACCOUNTS).step_by(2) {
        world.happen(&Event::Remove { account: number });
    }
    assert_eq!(world.book.len(), ACCOUNTS / 2);
    for (number, account) in world.accounts.iter().enumerate() {
        let Some(account) = account else { continue };
        let id = world.book.id(&address(number)).expect("stays");
        let held: Vec<_> = world.book.legs(id).map(|(_, place, position)| (place, *position)).collect();
        let legs = account.legs.iter().enumerate().filter(|(_, leg)| !leg.is_free());
        assert_eq!(held, legs.map(|(place, leg)| (place, leg.position)).collect::<Vec<_>>());
    }
}
