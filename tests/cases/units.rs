//! Compute units of every instruction on the real binary, against what was reviewed last.

use std::{collections::BTreeMap, path::PathBuf};

use plimsoll_tests::{
    Address, Keypair, Outcome, PlimsollError, Signer, World, addresses,
    chain::{Chain, START, TOKEN},
    cookies::{MarketCookie, Trader},
    engine::{
        EngineError,
        funding::accrue,
        market::Market,
        parameters::Parameters,
        position::Position,
        price::Price,
        queue::{CAPACITY, Queue},
        risk::Risk,
        units::{Atoms, Lots, Pnl, Ticks},
    },
    instructions::{
        Build, CreateExchange, CreateInsuranceFund, MigrateShares, OpenAccount, OpenShares, RefreshMarkets,
    },
    oracle::Quote,
    parameters,
    pools::{DAY, WEEK},
    scenes::{Claimed, ManyLegs, Scene},
    settling::{Insolvent, RUIN},
    state::{MAX_MARKETS, change},
    world::{DOLLAR, USD},
};
use solana_instruction::{AccountMeta, Instruction};

use bytemuck::Zeroable as _;

type Units = BTreeMap<String, u64>;

/// What the issue allows.
const CEILINGS: [(&str, u64); 6] = [
    ("deposit", 8_000),
    ("refresh_market", 5_000),
    ("refresh_market/two_sources", 8_000),
    ("refresh_market/rejected", 3_000),
    ("order", 6_000),
    ("execute/1", 14_000),
];

/// Legs that are measured.
const LEGS: [u64; 4] = [1, 2, 4, 8];

/// Largest cost of what looks at all legs, and what each leg adds to it.
const CEILINGS_BY_LEGS: [(&str, u64, u64); 2] = [("flag", 6_000, 700), ("liquidate", 18_000, 1_200)];

/// What one of eight legs takes in the engine alone, when half of them have funding to catch up with and three are in
/// profit. Ten of it is whether the guardian halts its market.
const LARGEST_LEG: u64 = 408;

/// What a queue of 256 entries takes at worst in one instruction.
const LARGEST_QUEUE: u64 = 4_000;

/// Protection at 1.8 times maintenance.
const LEVEL: u64 = plimsoll_tests::orders::ONE / 10 * 18;

/// Largest program.
const LARGEST_BINARY: u64 = 640_000;

fn note(units: &mut Units, name: &str, outcome: Outcome) {
    units.insert(name.to_owned(), outcome.ok().units);
}

/// A key that is the same in every run: what creates accounts searches for a bump, which costs by the address.
async fn fixed_key(world: &mut World, number: u8) -> Keypair {
    let key = Keypair::new_from_array([number; 32]);
    world.chain.fund(&key.pubkey(), 100_000_000_000);
    key
}

/// What creates accounts.
async fn setup(units: &mut Units) {
    let mut world = World::new().await;
    let admin = fixed_key(&mut world, 1).await;
    let mint = world.exchange.mint;
    let (exchange, id) = (addresses::exchange(3), 3);
    let vault = addresses::vault(&exchange);
    let guardian = Address::default();
    let create =
        CreateExchange { admin: admin.pubkey(), exchange, quote_mint: mint, vault, token_program: TOKEN, id, guardian };
    note(units, "create_exchange", world.send(&create, &[&admin]).await);
    let (fund, insurance_vault) = (addresses::insurance(&exchange), addresses::insurance_vault(&exchange));
    let payer = admin.pubkey();
    let create = CreateInsuranceFund { payer, exchange, fund, quote_mint: mint, insurance_vault, token_program: TOKEN };
    note(units, "create_insurance_fund", world.send(&create, &[&admin]).await);
    let open = OpenAccount { owner: payer, exchange, margin: addresses::margin(&exchange, &payer, 0), index: 0 };
    note(units, "open_account", world.send(&open, &[&admin]).await);
    let open = OpenShares { owner: payer, pool: fund, shares: addresses::shares(&fund, &payer) };
    note(units, "open_shares", world.send(&open, &[&admin]).await);
    world.outdate(&open.shares).await;
    let migrate = MigrateShares { payer, shares: open.shares };
    note(units, "migrate_shares", world.send(&migrate, &[&admin]).await);

    let queue = fixed_key(&mut world, 2).await.pubkey();
    let length = <plimsoll_tests::state::LiquidationQueue as plimsoll_tests::wire::AccountLayout>::LEN;
    world.chain.put(&queue, &plimsoll_tests::ID, vec![0; length]);
    let market = world.next_market(queue, false);
    let create = world.create_market_with(&market, parameters::sol());
    let admin = world.exchange.admin.insecure_clone();
    note(units, "create_market", world.send(&create, &[&admin]).await);
    venues(units, &mut world, &market).await;
}

/// What lets others act for an account.
async fn venues(units: &mut Units, world: &mut World, market: &MarketCookie) {
    let key = fixed_key(world, 3).await;
    let (exchange, owner) = (world.exchange.address, key.pubkey());
    let margin = addresses::margin(&exchange, &owner, 0);
    world.send(&OpenAccount { owner, exchange, margin, index: 0 }, &[&key]).await.ok();
    let trader = Trader { key, tokens: Address::default(), margin };
    let grant = world.grant(&trader, market, &exchange, true, 1_000, 200_000);
    note(units, "grant_venue", world.send(&grant, &[&trader.key]).await);
    let revoke = World::revoke(&trader, market, &exchange, true);
    note(units, "revoke_venue", world.send(&revoke, &[&trader.key]).await);
    let set = World::set_delegate(&trader, exchange);
    note(units, "set_delegate", world.send(&set, &[&trader.key]).await);
}

/// What moves money and prices.
async fn money(units: &mut Units) {
    let mut scene = Scene::long().await;
    scene.renew().await;
    let (tokens, mint, owner) = (scene.trader.tokens, scene.world.exchange.mint, scene.trader.owner());
    scene.world.chain.put_token(&TOKEN, &tokens, &mint, &owner, 10 * USD);
    note(units, "deposit", scene.world.send(&scene.world.deposit(&scene.trader, 10 * USD), &[&scene.trader.key]).await);
    let holder = scene.world.holder(scene.market.address, 5_000 * USD).await;
    let provide = scene.world.provide(&holder, &scene.market, 5_000 * USD);
    note(units, "lp_deposit", scene.world.send(&provide, &[&holder.key]).await);
    let holder = scene.world.holder(scene.world.exchange.fund, 5_000 * USD).await;
    note(units, "stake", scene.world.send(&scene.world.stake(&holder, 5_000 * USD), &[&holder.key]).await);
    note(units, "order", scene.order(1_000, 300_000).await);
    let cancel = World::cancel(&scene.trader, &scene.market, 0);
    note(units, "cancel", scene.world.send(&cancel, &[&scene.trader.key]).await);
    note(units, "refresh_market", scene.world.price(&scene.market, 182 * DOLLAR).await);
    scene.flag().await.ok();
    scene.renew().await;
    scene.liquidate().await.ok();
    note(units, "sweep_fees", scene.world.send(&scene.world.sweep(&scene.market), &[]).await);
    scene.price(170).await;
    scene.flag().await.ok();
    scene.renew().await;
    let close = scene.world.liquidate_for_floor(&scene.trader.margin, &scene.market, &scene.keeper);
    note(units, "liquidate_for_floor/1", scene.world.send(&close, &[]).await);
    note(units, "draw_insurance", scene.world.send(&scene.world.draw(&scene.market), &[]).await);
    note(units, "look_insurance", scene.world.send(&scene.world.look_insurance(&scene.market), &[]).await);
}

/// What lets money out of the pools and into the insurance fund.
async fn pools(units: &mut Units) {
    let mut scene = Scene::open().await;
    let (provider, staker) = (scene.provider.again(), scene.staker.again());
    let ask = World::request_exit(&provider, &scene.market, 3_000 * USD);
    note(units, "request_exit", scene.world.send(&ask, &[&provider.key]).await);
    note(units, "cancel_exit", scene.world.send(&World::cancel_exit(&provider), &[&provider.key]).await);
    let unstake = scene.world.request_unstake(&staker, 3_000 * USD);
    note(units, "request_unstake", scene.world.send(&unstake, &[&staker.key]).await);
    scene.world.chain.advance(WEEK - DAY, 1_300_000).await;
    scene.renew().await;
    scene.world.send(&ask, &[&provider.key]).await.ok();
    scene.world.chain.advance(DAY, 200_000).await;
    scene.renew().await;
    let leave = scene.world.redeem(&provider, &scene.market, 1_000 * USD);
    note(units, "redeem", scene.world.send(&leave, &[&provider.key]).await);
    let old = scene.world.withdraw(&scene.trader, USD);
    note(units, "withdraw/counted", scene.world.send(&old, &[&scene.trader.key]).await);
    let leave = scene.world.unstake(&staker, 1_000 * USD);
    note(units, "unstake/1", scene.world.send(&leave, &[&staker.key]).await);
    for to in [scene.world.exchange.vault, scene.world.exchange.insurance_vault] {
        scene.world.gift(&to, USD).await.ok();
    }
    note(units, "sweep_excess", scene.world.send(&scene.world.sweep_excess(), &[]).await);
    let claimed = Claimed::in_scene(&mut scene).await;
    scene.world.send(&scene.world.mark(&claimed.loser.margin), &[]).await.ok();
    note(units, "collect_claim", scene.world.send(&scene.world.collect(&claimed.market), &[]).await);
}

/// Leaving the insurance fund of as many markets as there can be.
async fn unstake_from_all(units: &mut Units) {
    let mut scene = Scene::open().await;
    for _ in 1..MAX_MARKETS {
        scene.world.create_market(parameters::sol()).await;
    }
    let staker = scene.staker.again();
    let ask = scene.world.request_unstake(&staker, 3_000 * USD);
    scene.world.send(&ask, &[&staker.key]).await.ok();
    scene.world.chain.advance(WEEK, 1_500_000).await;
    let leave = scene.world.unstake(&staker, 1_000 * USD);
    note(units, "unstake/24", scene.world.send(&leave, &[&staker.key]).await);
}

/// What looks at every leg.
async fn by_legs(units: &mut Units, count: u64) {
    let mut legs = ManyLegs::open(count).await;
    legs.prices(200).await;
    let scene = &mut legs.scene;
    let withdraw = scene.world.withdraw(&scene.trader, USD);
    note(units, &format!("withdraw/{count}"), scene.world.send(&withdraw, &[&scene.trader.key]).await);
    note(units, &format!("execute/{count}"), scene.trade(100).await);
    let margin = scene.trader.margin;
    legs.prices(195).await;
    let scene = &mut legs.scene;
    note(units, &format!("mark/{count}"), scene.world.send(&scene.world.mark(&margin), &[]).await);
    legs.prices(182).await;
    note(units, &format!("flag/{count}"), legs.scene.flag().await);
    legs.prices(182).await;
    let scene = &mut legs.scene;
    let close = scene.world.liquidate(&scene.trader.margin, &scene.market, &scene.keeper);
    // One leg is closed, so the markets of the others need not be writable.
    let mut step = close.instruction();
    let others = step.accounts.len() - (count as usize - 1);
    step.accounts.iter_mut().skip(others).for_each(|market| market.is_writable = false);
    note(units, &format!("liquidate/{count}"), scene.world.run(&[step], &[]).await);
    legs.prices(170).await;
    let scene = &mut legs.scene;
    let account = &scene.world.ledger.margins[&margin];
    // Where it is still queued or, if nowhere, the largest leg.
    let lots = |market: &Address| account.leg_in(market).map_or(0, |place| account.legs[place].position.lots.0);
    let queued = legs.markets.iter().find(|market| market.address == account.flag.market);
    let first_largest = legs.markets.iter().rev().max_by_key(|market| lots(&market.address));
    let worst = *queued.or(first_largest).unwrap();
    let (flag, close) =
        (scene.world.flag(&margin, &worst, &scene.keeper), scene.world.liquidate(&margin, &worst, &scene.keeper));
    scene.world.send(&flag, &[]).await.ok();
    legs.prices(170).await;
    let outcome = legs.scene.world.send(&close, &[]).await;
    assert!(legs.scene.world.ledger.margins[&margin].legs.iter().all(|leg| leg.is_free()), "all legs are closed");
    note(units, &format!("liquidate_bankrupt/{count}"), outcome);
}

/// What a market does that cannot pay everybody. No step of it grows with how many accounts there are.
async fn waterfall(units: &mut Units) {
    let mut ruin = Insolvent::ruined().await;
    note(units, "deleverage/first", ruin.deleverage().await);
    ruin.scene.price(RUIN).await;
    note(units, "deleverage/second", ruin.deleverage().await);
    let margin = ruin.scene.trader.margin;
    note(units, "mark/deleveraged", ruin.scene.world.send(&ruin.scene.world.mark(&margin), &[]).await);
    let mut ruin = Insolvent::ruined().await;
    note(units, "look_settlement/first", ruin.look().await);
    ruin.later(60, RUIN).await;
    note(units, "look_settlement/second", ruin.look().await);
    let [trader, other, loser] = ruin.margins();
    note(units, "settle_position/1", ruin.settle(&loser).await);
    for margin in [trader, other] {
        ruin.settle(&margin).await.ok();
    }
    note(units, "fix_settlement", ruin.fix().await);
    note(units, "pay_claim", ruin.pay(&trader).await);
}

/// Settling one of many legs: the others are looked at.
async fn settle_by_legs(units: &mut Units, count: u64) {
    let mut legs = ManyLegs::open(count).await;
    let (first, margin) = (legs.markets[0], legs.scene.trader.margin);
    let whale = legs.scene.world.trader(12_000_000 * USD).await;
    legs.prices(200).await;
    let order = World::order(&whale, &first, 100_000_000, 300_000);
    legs.scene.world.send(&order, &[&whale.key]).await.ok();
    legs.scene.world.settle_order(&whale, &first).await.ok();
    for _ in 0..2 {
        legs.scene.world.chain.advance(60, 120).await;
        legs.prices(200).await;
        legs.scene.price(RUIN).await;
        legs.scene.world.send(&World::look_settlement(&first), &[]).await.ok();
    }
    let settle = legs.scene.world.settle_position(&margin, &first);
    note(units, &format!("settle_position/{count}"), legs.scene.world.send(&settle, &[]).await);
}

/// Prices: of one source and of two, refused ones, many markets at once, and a market that has lost them.
async fn prices(units: &mut Units) {
    let mut scene = Scene::open().await;
    let two = scene.world.create_market_of_two(parameters::sol()).await;
    scene.world.prices(&two, 200 * DOLLAR, 200 * DOLLAR).await.ok();
    note(units, "refresh_market/two_sources", scene.world.prices(&two, 201 * DOLLAR, 201 * DOLLAR).await);
    // The dearest refusal looks at both sources and finds nothing new.
    let refused = scene.world.send(&World::refresh(&two), &[]).await;
    units.insert("refresh_market/rejected".to_owned(), refused.units);
    refused.fails(PlimsollError::PriceNotNewer);
    let mut markets = vec![World::refresh(&scene.market), World::refresh(&two)];
    for _ in 0..2 {
        let market = scene.world.create_market(parameters::sol()).await;
        scene.world.price(&market, 200 * DOLLAR).await.ok();
        markets.push(World::refresh(&market));
        scene.world.chain.advance(1, 2).await;
        scene.world.publish(&market, &Quote::at(market.feed, 201 * DOLLAR, scene.world.chain.now()));
    }
    let quote = Quote::at(two.feed, 202 * DOLLAR, scene.world.chain.now());
    scene.world.publish(&two, &quote);
    scene.world.publish_second(&two, &quote);
    let feed = scene.market.feed;
    scene.world.publish(&scene.market.clone(), &Quote { feed, ..quote });
    note(units, "refresh_markets/4", scene.world.send(&RefreshMarkets { markets }, &[]).await);
    let look = World::wind_down(&two);
    scene.world.chain.advance(WEEK + 1, 1_500_000).await;
    note(units, "wind_down/first", scene.world.send(&look, &[]).await);
    scene.world.chain.advance(3_600, 9_000).await;
    note(units, "wind_down/second", scene.world.send(&look, &[]).await);
}

/// What is done with triggers.
async fn triggers(units: &mut Units) {
    let mut scene = Scene::long().await;
    let (market, key) = (scene.market, scene.trader.key.insecure_clone());
    let stop = scene.world.stop(&scene.trader, &market, -1_000, 190_000, false);
    note(units, "order_trigger", scene.world.send(&stop, &[&key]).await);
    scene.world.publish_next(&market, 189).await;
    let fire = World::fire(&scene.trader, &market, 0, &scene.keeper);
    note(units, "fire", scene.world.send(&fire, &[]).await);
    let level = World::set_protection(&scene.trader, LEVEL);
    note(units, "set_protection", scene.world.send(&level, &[&key]).await);
    scene.renew().await;
    let other = scene.world.trader(1_000 * USD).await;
    let open = scene.world.open_at_risk(&other, &market, 50 * USD, 170_000);
    note(units, "open_at_risk", scene.world.send(&open, &[&other.key]).await);
    scene.renew().await;
    let new = scene.world.trader(1_000 * USD).await;
    let fill = scene.world.match_at(&new, &scene.trader, &market, 1_000, 200_000).await;
    note(units, "venue_fill/1", fill);
}

/// What admin and guardian do, and what is executed for them.
async fn authorities(units: &mut Units) {
    let mut scene = Scene::long().await;
    let market = scene.market;
    let (admin, guardian) =
        (scene.world.exchange.admin.insecure_clone(), scene.world.exchange.guardian.insecure_clone());
    note(units, "tighten_market", scene.world.halt(&market).await);
    let next = Parameters { maintenance_floor_ppm: 20_000, ..parameters::sol() };
    let propose = scene.world.propose(&market, next);
    note(units, "propose_parameters", scene.world.send(&propose, &[&admin]).await);
    let cancel = scene.world.cancel_proposal(&guardian, propose.proposal);
    note(units, "cancel_proposal", scene.world.send(&cancel, &[&guardian]).await);
    let parameters = scene.world.proposed(&market, next).await;
    let heir = fixed_key(&mut scene.world, 3).await;
    let propose = scene.world.propose_authority(change::ADMIN, heir.pubkey(), 0);
    note(units, "propose_authority", scene.world.send(&propose, &[&admin]).await);
    scene.world.until_ready(&propose.proposal).await;
    let execute = scene.world.change_authority(propose.proposal);
    note(units, "change_authority", scene.world.send(&execute, &[]).await);
    scene.renew().await;
    let execute = scene.world.change_parameters(&market, parameters);
    note(units, "change_parameters", scene.world.send(&execute, &[]).await);
    note(units, "accept_admin", scene.world.send(&scene.world.accept_admin(&heir), &[&heir]).await);
}

/// What looks at every leg and is no liquidation.
async fn looks(units: &mut Units, count: u64) {
    let mut legs = ManyLegs::open(count).await;
    let margin = legs.scene.trader.margin;
    let level = World::set_protection(&legs.scene.trader, LEVEL);
    legs.scene.world.send(&level, &[&legs.scene.trader.key]).await.ok();
    legs.prices(184).await;
    let (view, market) = (legs.scene.world.view(&margin), legs.scene.market);
    note(units, &format!("view_account/{count}"), legs.scene.world.send(&view, &[]).await);
    let view = legs.scene.world.liquidation_view(&margin, &market);
    note(units, &format!("view_liquidation_price/{count}"), legs.scene.world.send(&view, &[]).await);
    let protect = legs.scene.world.protect(&legs.scene.trader, &market, &legs.scene.keeper);
    note(units, &format!("protect/{count}"), legs.scene.world.send(&protect, &[]).await);
}

/// Legs of an account: longs and shorts in turn, on both sides of each market, in profit and in loss. Half of them have
/// funding to catch up with.
fn legs(count: usize) -> Vec<u8> {
    let leg = |place: usize| -> Result<Vec<u8>, EngineError> {
        let mut market = Market::new(Risk::new(&parameters::funded())?, START)?;
        let (oracle, confidence, ema) = (Ticks(150_000), Ticks(30), Ticks(150_020));
        market.price = Price { oracle, confidence, ema, publish_time: START, previous_publish_time: START - 1 };
        market.book.treasury = Atoms(20_000_000 * USD);
        let (lots, paid) =
            if place.is_multiple_of(2) { (1_000_000, 151_000) } else { (-700_000, 149_500 + place as i64 * 200) };
        let mut position = Position::default();
        market.book.novate(&mut Position::default(), Lots(-lots / 2), Pnl(-lots / 2 * 149_000))?;
        market.book.novate(&mut position, Lots(lots), Pnl(lots * paid))?;
        if place % 4 < 2 {
            accrue(&mut market, START + 10)?;
            assert_ne!(market.book.touched(&position, oracle)?, position, "there is something to catch up with");
        }
        Ok([bytemuck::bytes_of(&position), bytemuck::bytes_of(&market)].concat())
    };
    (0..count).flat_map(|place| leg(place).unwrap()).collect()
}

/// What the engine alone takes to look at so many legs, in the VM.
async fn engine_alone(units: &mut Units, count: usize) {
    units.insert(format!("engine_health/{count}"), measured(0, &legs(count)).await);
}

/// A queue in which each entry that is said to be there was flagged long ago, with a key by its place.
fn queue(there: impl Fn(usize) -> bool, key: impl Fn(usize) -> u64, seen: i64) -> Vec<u8> {
    let mut queue = Queue::zeroed();
    for place in (0..CAPACITY).filter(|place| there(*place)) {
        let account = [place as u8 | 1; 32];
        (queue.accounts[place], queue.flaggers[place]) = (account, account);
        (queue.keys[place], queue.first_slots[place]) = (key(place), 1);
        (queue.refreshed[place], queue.urgent[place], queue.first_publish_times[place]) = (999, 999, seen);
        (queue.count, queue.used) = (queue.count + 1, place as u64 + 1);
    }
    bytemuck::bytes_of(&queue).to_vec()
}

/// What a queue takes by itself where each of its loops goes to the end and finds something better at every step.
async fn queue_alone(units: &mut Units) {
    let (full, falling, rising) =
        (|_: usize| true, |place: usize| 9_999 - place as u64, |place: usize| 10 + place as u64);
    let last = CAPACITY - 1;
    let costs = [
        ("insert_evicting", 1, queue(full, falling, 0)),
        ("insert_into_hole", 1, queue(|place| place != last - 1, falling, 0)),
        ("refused", 2, queue(full, rising, 0)),
        ("first", 2, queue(full, rising, 1_000)),
        ("remove_last", 3, queue(|place| place == last || place == 0, falling, 0)),
    ];
    for (name, what, data) in costs {
        units.insert(format!("queue_{name}/256"), measured(what, &data).await);
    }
    let cost = |name: &str| units[&format!("queue_{name}/256")];
    // Flagging inserts. Liquidating looks at the order and, where nobody goes first, may remove.
    let (flag, liquidate) = (
        cost("insert_evicting").max(cost("insert_into_hole")),
        cost("refused").max(cost("first") + cost("remove_last")),
    );
    assert!(flag.max(liquidate) <= LARGEST_QUEUE, "to flag {flag}, to liquidate {liquidate}");
}

/// What the meter returns for one of its measurements.
async fn measured(what: u64, data: &[u8]) -> u64 {
    let meter = Address::new_from_array([9; 32]);
    let mut chain = Chain::start_with("plimsoll_meter", meter).await;
    let account = chain.new_key().pubkey();
    chain.put(&account, &meter, [&what.to_le_bytes(), data].concat());
    let accounts = vec![AccountMeta::new(account, false)];
    let outcome = chain.send(&[Instruction { program_id: meter, accounts, data: vec![] }], &[]).await.ok();
    outcome.returned().expect("it returns eight bytes")
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("snapshots/cu.json")
}

#[tokio::test]
async fn compute_units_are_as_reviewed_and_under_their_ceilings() {
    let mut units = Units::new();
    setup(&mut units).await;
    money(&mut units).await;
    pools(&mut units).await;
    unstake_from_all(&mut units).await;
    prices(&mut units).await;
    triggers(&mut units).await;
    authorities(&mut units).await;
    for legs in LEGS {
        by_legs(&mut units, legs).await;
        looks(&mut units, legs).await;
    }
    waterfall(&mut units).await;
    for legs in [2, 4, 8] {
        settle_by_legs(&mut units, legs).await;
    }
    for legs in LEGS.map(|legs| legs as usize) {
        engine_alone(&mut units, legs).await;
    }
    queue_alone(&mut units).await;
    assert!(units["engine_health/8"] <= 8 * LARGEST_LEG, "8 legs: {}", units["engine_health/8"]);
    for (name, ceiling) in CEILINGS {
        assert!(units[name] <= ceiling, "{name}: {} of {ceiling}", units[name]);
    }
    for (name, base, each) in CEILINGS_BY_LEGS {
        for legs in LEGS {
            let (used, ceiling) = (units[&format!("{name}/{legs}")], base + each * legs);
            assert!(used <= ceiling, "{name} with {legs} legs: {used} of {ceiling}");
        }
    }
    let binary = PathBuf::from(std::env::var("BPF_OUT_DIR").unwrap()).join("plimsoll.so");
    let bytes = std::fs::metadata(binary).unwrap().len();
    assert!(bytes <= LARGEST_BINARY, "the binary has {bytes} bytes of {LARGEST_BINARY}");

    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        units.insert("binary_bytes".to_owned(), bytes);
        std::fs::write(path(), serde_json::to_string_pretty(&units).unwrap() + "\n").unwrap();
        return;
    }
    let stored: Units = serde_json::from_str(&std::fs::read_to_string(path()).unwrap_or("{}".to_owned())).unwrap();
    let near = |name: &str, now: u64| stored.get(name).is_some_and(|old| now.abs_diff(*old) * 50 <= *old);
    let moved: Vec<_> = units
        .iter()
        .filter(|(name, now)| !near(name, **now))
        .map(|(name, now)| format!("{name}: {now}, was {:?}", stored.get(name)))
        .collect();
    let gone = stored.keys().filter(|name| *name != "binary_bytes" && !units.contains_key(*name)).count();
    assert!(moved.is_empty() && gone == 0, "run with UPDATE_SNAPSHOTS=1 and review:\n{}", moved.join("\n"));
}
