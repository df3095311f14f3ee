//! One good call of each instruction.

use std::{future::Future, pin::Pin};

use plimsoll_client::{
    Address, addresses,
    instructions::{Build, CreateExchange, CreateInsuranceFund, ExecuteOrder, OpenAccount, OpenShares, PlaceOrder},
    state::LiquidationQueue,
    wire::AccountLayout,
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;

use super::{
    arguments::{Argument, Shape, lay_out, parameters},
    cast::{Cast, Kind},
    exits, settling, sources,
};
use crate::{
    World,
    chain::TOKEN,
    parameters as markets,
    world::{DOLLAR, USD},
};

/// An account of an instruction.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub name: &'static str,
    pub kind: Kind,
    /// The instruction creates it.
    pub new: bool,
    pub foreign: Option<Address>,
    pub neighbour: Option<Address>,
    pub other_type: Option<Address>,
}

/// A world in which an instruction succeeds.
pub struct Fixture {
    pub name: &'static str,
    pub world: World,
    pub instruction: Instruction,
    pub signers: Vec<Keypair>,
    pub slots: Vec<Slot>,
    pub arguments: Vec<Argument>,
    pub stranger: Keypair,
}

type Building = Pin<Box<dyn Future<Output = Fixture>>>;

/// All of them, in the order of their discriminators.
pub fn all() -> Vec<Building> {
    vec![
        Box::pin(create_exchange()),
        Box::pin(create_insurance_fund()),
        Box::pin(create_market()),
        Box::pin(open_shares()),
        Box::pin(lp_deposit()),
        Box::pin(stake()),
        Box::pin(open_account()),
        Box::pin(deposit()),
        Box::pin(withdraw()),
        Box::pin(sources::refresh_market()),
        Box::pin(order()),
        Box::pin(execute()),
        Box::pin(cancel()),
        Box::pin(mark()),
        Box::pin(flag()),
        Box::pin(liquidate()),
        Box::pin(liquidate_bankrupt()),
        Box::pin(draw_insurance()),
        Box::pin(sweep_fees()),
        Box::pin(exits::request_exit()),
        Box::pin(exits::redeem()),
        Box::pin(exits::request_unstake()),
        Box::pin(exits::unstake()),
        Box::pin(exits::cancel_exit()),
        Box::pin(exits::collect_claim()),
        Box::pin(exits::sweep_excess()),
        Box::pin(settling::deleverage()),
        Box::pin(settling::look_settlement()),
        Box::pin(settling::settle_position()),
        Box::pin(settling::fix_settlement()),
        Box::pin(settling::pay_claim()),
        Box::pin(super::triggers::fire()),
        Box::pin(super::triggers::open_at_risk()),
        Box::pin(super::triggers::set_protection()),
        Box::pin(super::triggers::protect()),
        Box::pin(super::triggers::view_account()),
        Box::pin(super::triggers::view_liquidation_price()),
        Box::pin(super::venues::grant_venue()),
        Box::pin(super::venues::revoke_venue()),
        Box::pin(super::venues::venue_fill()),
        Box::pin(super::venues::set_delegate()),
        Box::pin(super::authorities::propose_parameters()),
        Box::pin(super::authorities::propose_authority()),
        Box::pin(super::authorities::change_parameters()),
        Box::pin(super::authorities::change_authority()),
        Box::pin(super::authorities::cancel_proposal()),
        Box::pin(super::authorities::accept_admin()),
        Box::pin(super::authorities::tighten_market()),
        Box::pin(sources::refresh_markets()),
        Box::pin(settling::wind_down()),
        Box::pin(settling::look_insurance()),
        Box::pin(exits::migrate_shares()),
    ]
}

pub(super) const AMOUNT: Shape = Shape::Unsigned(8);

/// Puts a fixture together. A name that begins with `+` is created by the instruction.
pub(super) fn fixture<B: Build>(
    cast: Cast,
    build: &B,
    signers: &[&Keypair],
    slots: &[(&'static str, Kind)],
    arguments: &[(&str, Shape)],
) -> Fixture {
    let instruction = build.instruction();
    assert_eq!(instruction.accounts.len(), slots.len(), "{}: a name for each account", B::NAME);
    let arguments = lay_out(arguments);
    let end = arguments.last().map_or(1, |last| last.offset + last.shape.width());
    assert_eq!(instruction.data.len(), end, "{}: a name for each argument", B::NAME);
    let slot = |(name, kind): &(&'static str, Kind)| Slot {
        name: name.trim_start_matches('+'),
        kind: *kind,
        new: name.starts_with('+'),
        foreign: cast.of_another_exchange(*kind),
        neighbour: cast.of_a_neighbour(*kind),
        other_type: cast.of_another_type(*kind),
    };
    Fixture {
        name: B::NAME,
        instruction,
        signers: signers.iter().map(|key| key.insecure_clone()).collect(),
        slots: slots.iter().map(slot).collect(),
        arguments,
        stranger: cast.stranger.insecure_clone(),
        world: cast.scene.world,
    }
}

async fn create_exchange() -> Fixture {
    let cast = Cast::assemble().await;
    let (exchange, quote_mint, admin) = (addresses::exchange(7), cast.scene.world.exchange.mint, cast.stranger());
    let vault = addresses::vault(&exchange);
    let build = CreateExchange { admin, exchange, quote_mint, vault, token_program: TOKEN, id: 7, guardian: admin };
    let key = cast.stranger.insecure_clone();
    let slots = [
        ("admin", Kind::Person),
        ("+exchange", Kind::Exchange),
        ("quote_mint", Kind::Mint),
        ("+vault", Kind::Vault),
        ("token_program", Kind::TokenProgram),
        ("system_program", Kind::SystemProgram),
    ];
    fixture(cast, &build, &[&key], &slots, &[("id", Shape::Unsigned(4)), ("guardian", Shape::Bytes(32))])
}

async fn create_insurance_fund() -> Fixture {
    let mut cast = Cast::assemble().await;
    let (exchange, quote_mint, payer) = (addresses::exchange(7), cast.scene.world.exchange.mint, cast.stranger());
    let key = cast.stranger.insecure_clone();
    let vault = addresses::vault(&exchange);
    let create =
        CreateExchange { admin: payer, exchange, quote_mint, vault, token_program: TOKEN, id: 7, guardian: payer };
    cast.scene.world.send(&create, &[&key]).await.ok();
    let (fund, insurance_vault) = (addresses::insurance(&exchange), addresses::insurance_vault(&exchange));
    let build = CreateInsuranceFund { payer, exchange, fund, quote_mint, insurance_vault, token_program: TOKEN };
    let slots = [
        ("payer", Kind::Person),
        ("exchange", Kind::Exchange),
        ("+fund", Kind::Fund),
        ("quote_mint", Kind::Mint),
        ("+insurance_vault", Kind::InsuranceVault),
        ("token_program", Kind::TokenProgram),
        ("system_program", Kind::SystemProgram),
    ];
    fixture(cast, &build, &[&key], &slots, &[])
}

async fn create_market() -> Fixture {
    let mut cast = Cast::assemble().await;
    let queue = Address::new_unique();
    cast.scene.world.chain.put(&queue, &plimsoll_client::ID, vec![0; LiquidationQueue::LEN]);
    let market = cast.scene.world.next_market(queue, false);
    let build = cast.scene.world.create_market_with(&market, markets::sol());
    let key = cast.scene.world.exchange.admin.insecure_clone();
    let slots = [
        ("admin", Kind::Person),
        ("exchange", Kind::Exchange),
        ("+market", Kind::Market),
        ("queue", Kind::Queue),
        ("system_program", Kind::SystemProgram),
    ];
    let mut arguments = parameters();
    arguments.extend([
        ("oracle_kind", Shape::Unsigned(1)),
        ("oracle_program", Shape::Bytes(32)),
        ("feed", Shape::Bytes(32)),
        ("second_kind", Shape::Unsigned(1)),
        ("second_program", Shape::Bytes(32)),
        ("second_feed", Shape::Bytes(32)),
    ]);
    fixture(cast, &build, &[&key], &slots, &arguments)
}

async fn open_shares() -> Fixture {
    let cast = Cast::assemble().await;
    let (pool, owner) = (cast.scene.market.address, cast.stranger());
    let build = OpenShares { owner, pool, shares: addresses::shares(&pool, &owner) };
    let key = cast.stranger.insecure_clone();
    let slots = [
        ("owner", Kind::Person),
        ("pool", Kind::Market),
        ("+shares", Kind::LpShares),
        ("system_program", Kind::SystemProgram),
    ];
    fixture(cast, &build, &[&key], &slots, &[])
}

async fn lp_deposit() -> Fixture {
    let mut cast = Cast::assemble().await;
    let market = cast.scene.market;
    let holder = cast.scene.world.holder(market.address, 5_000 * USD).await;
    cast.scene.renew().await;
    let build = cast.scene.world.provide(&holder, &market, 2_000 * USD);
    let slots = [
        ("owner", Kind::Person),
        ("exchange", Kind::Exchange),
        ("market", Kind::Market),
        ("shares", Kind::LpShares),
        ("source", Kind::Wallet),
        ("vault", Kind::Vault),
        ("quote_mint", Kind::Mint),
        ("token_program", Kind::TokenProgram),
    ];
    fixture(cast, &build, &[&holder.key], &slots, &[("amount", AMOUNT)])
}

async fn stake() -> Fixture {
    let mut cast = Cast::assemble().await;
    let holder = cast.scene.world.holder(cast.scene.world.exchange.fund, 5_000 * USD).await;
    let build = cast.scene.world.stake(&holder, 2_000 * USD);
    let slots = [
        ("owner", Kind::Person),
        ("exchange", Kind::Exchange),
        ("fund", Kind::Fund),
        ("shares", Kind::Stake),
        ("source", Kind::Wallet),
        ("insurance_vault", Kind::InsuranceVault),
        ("quote_mint", Kind::Mint),
        ("token_program", Kind::TokenProgram),
    ];
    fixture(cast, &build, &[&holder.key], &slots, &[("amount", AMOUNT)])
}

async fn open_account() -> Fixture {
    let cast = Cast::assemble().await;
    let (exchange, owner) = (cast.scene.world.exchange.address, cast.stranger());
    let build = OpenAccount { owner, exchange, margin: addresses::margin(&exchange, &owner, 3), index: 3 };
    let key = cast.stranger.insecure_clone();
    let slots = [
        ("owner", Kind::Person),
        ("exchange", Kind::Exchange),
        ("+margin", Kind::Margin),
        ("system_program", Kind::SystemProgram),
    ];
    fixture(cast, &build, &[&key], &slots, &[("index", Shape::Unsigned(2))])
}

async fn deposit() -> Fixture {
    let mut cast = Cast::assemble().await;
    let (mint, trader) = (cast.scene.world.exchange.mint, &cast.scene.trader);
    cast.scene.world.chain.put_token(&TOKEN, &trader.tokens, &mint, &trader.owner(), 50 * USD);
    let build = cast.scene.world.deposit(trader, 20 * USD);
    let key = trader.key.insecure_clone();
    let slots = [
        ("authority", Kind::Person),
        ("exchange", Kind::Exchange),
        ("margin", Kind::Margin),
        ("source", Kind::Wallet),
        ("vault", Kind::Vault),
        ("quote_mint", Kind::Mint),
        ("token_program", Kind::TokenProgram),
    ];
    fixture(cast, &build, &[&key], &slots, &[("amount", AMOUNT)])
}

/// Gives the trader a long in both markets and publishes these prices.
pub(super) async fn with_two_legs(cast: &mut Cast, lots: (i64, i64), dollars: (i64, i64)) {
    cast.scene.trade(lots.0).await.ok();
    let second = cast.second;
    cast.scene.renew_market(&second).await;
    cast.scene.world.trade(&cast.scene.trader, &second, lots.1).await.ok();
    prices(cast, dollars).await;
}

pub(super) async fn prices(cast: &mut Cast, dollars: (i64, i64)) {
    cast.scene.price(dollars.0).await;
    let second = cast.second;
    cast.scene.world.price(&second, dollars.1 * DOLLAR).await.ok();
}

async fn withdraw() -> Fixture {
    let mut cast = Cast::assemble().await;
    with_two_legs(&mut cast, (10_000, 10_000), (200, 200)).await;
    let build = cast.scene.world.withdraw(&cast.scene.trader, 20 * USD);
    let key = cast.scene.trader.key.insecure_clone();
    let slots = [
        ("owner", Kind::Person),
        ("exchange", Kind::Exchange),
        ("margin", Kind::Margin),
        ("destination", Kind::Wallet),
        ("vault", Kind::Vault),
        ("quote_mint", Kind::Mint),
        ("token_program", Kind::TokenProgram),
        ("leg 1", Kind::Market),
        ("leg 2", Kind::Market),
    ];
    fixture(cast, &build, &[&key], &slots, &[("amount", AMOUNT)])
}

async fn order() -> Fixture {
    let mut cast = Cast::assemble().await;
    with_two_legs(&mut cast, (10_000, 10_000), (200, 200)).await;
    let legs = cast.scene.world.legs_of(&cast.scene.trader.margin, Some(&cast.scene.market));
    let plain = World::order(&cast.scene.trader, &cast.scene.market, 10_000, 201_000);
    let build = PlaceOrder { legs, ..plain };
    let key = cast.scene.trader.key.insecure_clone();
    let slots =
        [("authority", Kind::Person), ("margin", Kind::Margin), ("market", Kind::Market), ("leg 2", Kind::Market)];
    let arguments = [
        ("lots", Shape::Signed(8)),
        ("limit", AMOUNT),
        ("reduce_only", Shape::Flag),
        ("trigger", AMOUNT),
        ("trigger_above", Shape::Flag),
    ];
    fixture(cast, &build, &[&key], &slots, &arguments)
}

/// The trader has legs in both markets and an order in the first, whose update is published.
async fn with_a_due_order(cast: &mut Cast) {
    with_two_legs(cast, (10_000, 10_000), (200, 200)).await;
    cast.scene.order(10_000, 300_000).await.ok();
    cast.scene.world.chain.advance(3, 6).await;
    cast.publish(200);
}

async fn execute() -> Fixture {
    let mut cast = Cast::assemble().await;
    with_a_due_order(&mut cast).await;
    let plain = cast.scene.world.execute(&cast.scene.trader, &cast.scene.market, 0);
    let build = ExecuteOrder { executor: Some(cast.scene.keeper.margin), ..plain };
    let slots = [
        ("margin", Kind::Margin),
        ("market", Kind::Market),
        ("oracle", Kind::Oracle),
        ("executor", Kind::Margin),
        ("leg 2", Kind::Market),
    ];
    fixture(cast, &build, &[], &slots, &[("place", Shape::Unsigned(1))])
}

async fn cancel() -> Fixture {
    let mut cast = Cast::assemble().await;
    cast.scene.renew().await;
    cast.scene.order(10_000, 300_000).await.ok();
    let build = World::cancel(&cast.scene.trader, &cast.scene.market, 0);
    let key = cast.scene.trader.key.insecure_clone();
    let slots = [("authority", Kind::Person), ("margin", Kind::Margin), ("market", Kind::Market)];
    fixture(cast, &build, &[&key], &slots, &[("place", Shape::Unsigned(1))])
}

async fn mark() -> Fixture {
    let mut cast = Cast::assemble().await;
    with_two_legs(&mut cast, (10_000, 10_000), (195, 205)).await;
    let build = cast.scene.world.mark(&cast.scene.trader.margin);
    fixture(cast, &build, &[], &[("margin", Kind::Margin), ("leg 1", Kind::Market), ("leg 2", Kind::Market)], &[])
}

async fn flag() -> Fixture {
    let mut cast = Cast::assemble().await;
    with_two_legs(&mut cast, (30_000, 29_000), (185, 185)).await;
    let build = cast.scene.world.flag(&cast.scene.trader.margin, &cast.scene.market, &cast.scene.keeper);
    let slots = [
        ("margin", Kind::Margin),
        ("market", Kind::Market),
        ("queue", Kind::Queue),
        ("reward", Kind::Margin),
        ("leg 2", Kind::Market),
    ];
    fixture(cast, &build, &[], &slots, &[])
}

const LIQUIDATE: [(&str, Kind); 12] = [
    ("margin", Kind::Margin),
    ("market", Kind::Market),
    ("queue", Kind::Queue),
    ("flagger", Kind::Margin),
    ("liquidator", Kind::Margin),
    ("exchange", Kind::Exchange),
    ("fund", Kind::Fund),
    ("insurance_vault", Kind::InsuranceVault),
    ("vault", Kind::Vault),
    ("quote_mint", Kind::Mint),
    ("token_program", Kind::TokenProgram),
    ("leg 2", Kind::Market),
];

/// A liquidation of an account with two legs, flagged and seen again at these prices.
async fn liquidation(dollars: (i64, i64)) -> Fixture {
    let mut cast = Cast::assemble().await;
    with_two_legs(&mut cast, (30_000, 29_000), dollars).await;
    let flag = cast.scene.world.flag(&cast.scene.trader.margin, &cast.scene.market, &cast.scene.keeper);
    cast.scene.world.send(&flag, &[]).await.ok();
    prices(&mut cast, dollars).await;
    let liquidator = cast.scene.world.trader(0).await;
    let mut build =
        cast.scene.world.liquidate_for_floor(&cast.scene.trader.margin, &cast.scene.market, &cast.scene.keeper);
    build.liquidator = liquidator.margin;
    fixture(cast, &build, &[], &LIQUIDATE, &[])
}

async fn liquidate() -> Fixture {
    liquidation((185, 185)).await
}

async fn liquidate_bankrupt() -> Fixture {
    Fixture { name: "liquidate (bankrupt)", ..liquidation((170, 170)).await }
}

async fn draw_insurance() -> Fixture {
    let mut cast = Cast::assemble().await;
    cast.scene.trade(50_000).await.ok();
    cast.scene.price(170).await;
    cast.scene.flag().await.ok();
    cast.scene.renew().await;
    cast.scene.liquidate().await.ok();
    let build = cast.scene.world.draw(&cast.scene.market);
    let slots = [
        ("exchange", Kind::Exchange),
        ("fund", Kind::Fund),
        ("market", Kind::Market),
        ("insurance_vault", Kind::InsuranceVault),
        ("vault", Kind::Vault),
        ("quote_mint", Kind::Mint),
        ("token_program", Kind::TokenProgram),
    ];
    fixture(cast, &build, &[], &slots, &[])
}

pub(super) const SWEEP: [(&str, Kind); 7] = [
    ("exchange", Kind::Exchange),
    ("fund", Kind::Fund),
    ("market", Kind::Market),
    ("vault", Kind::Vault),
    ("insurance_vault", Kind::InsuranceVault),
    ("quote_mint", Kind::Mint),
    ("token_program", Kind::TokenProgram),
];

async fn sweep_fees() -> Fixture {
    let mut cast = Cast::assemble().await;
    cast.scene.trade(50_000).await.ok();
    cast.scene.price(182).await;
    cast.scene.flag().await.ok();
    cast.scene.renew().await;
    cast.scene.liquidate().await.ok();
    let build = cast.scene.world.sweep(&cast.scene.market);
    fixture(cast, &build, &[], &SWEEP, &[])
}
