use plimsoll_tests::{
    Address, PlimsollError, Signer, World,
    chain::{TOKEN, TOKEN_2022},
    events::Deposited,
    scenes::Scene,
    world::USD,
};

#[tokio::test]
async fn collateral_moves_from_the_wallet_to_the_vault_and_is_credited() {
    let mut world = World::new().await;
    let trader = world.trader(5 * USD).await;
    let (program, mint) = (world.exchange.token_program, world.exchange.mint);
    world.chain.put_token(&program, &trader.tokens, &mint, &trader.owner(), 7 * USD);

    let done = world.send(&world.deposit(&trader, 3 * USD), &[&trader.key]).await.ok();

    let cash = 8 * USD;
    assert_eq!(world.margin(&trader).cash.0, cash);
    assert_eq!(done.event::<Deposited>(), Deposited { account: trader.margin, amount: 3 * USD, cash });
    assert_eq!(world.ledger.vault, cash);
    assert_eq!(world.ledger.exchange.unwrap().accounted.0, cash);
    assert_eq!(world.chain.token_amount(&trader.tokens).await, 4 * USD);
}

#[tokio::test]
async fn anybody_may_deposit_for_anybody() {
    let mut world = World::new().await;
    let trader = world.trader(0).await;
    let (friend, tokens) = world.person(USD);
    let mut deposit = world.deposit(&trader, USD);
    (deposit.authority, deposit.source) = (friend.pubkey(), tokens);
    world.send(&deposit, &[&friend]).await.ok();
    assert_eq!(world.margin(&trader).cash.0, USD);
}

#[tokio::test]
async fn amounts_that_are_zero_or_not_there_are_refused() {
    let mut world = World::new().await;
    let trader = world.trader(USD).await;
    world.send(&world.deposit(&trader, 0), &[&trader.key]).await.fails(PlimsollError::ZeroAmount);
    world.send(&world.deposit(&trader, 1), &[&trader.key]).await.fails_as("Custom(1)");
    world.send(&world.deposit(&trader, u64::MAX), &[&trader.key]).await.fails_as("Custom(1)");
    assert_eq!(world.margin(&trader).cash.0, USD);
}

#[tokio::test]
async fn tokens_of_another_owner_are_refused() {
    let mut world = World::new().await;
    let trader = world.trader(0).await;
    let (_, tokens) = world.person(USD);
    let mut deposit = world.deposit(&trader, USD);
    deposit.source = tokens;
    world.send(&deposit, &[&trader.key]).await.fails_as("Custom(4)");
    assert_eq!(world.chain.token_amount(&tokens).await, USD);
}

#[tokio::test]
async fn a_flagged_account_may_deposit_and_recovers() {
    let mut scene = Scene::flagged().await;
    let tokens = scene.trader.tokens;
    let (mint, owner) = (scene.world.exchange.mint, scene.trader.owner());
    scene.world.chain.put_token(&TOKEN, &tokens, &mint, &owner, 500 * USD);
    let before = scene.cash(&scene.trader);
    scene.world.send(&scene.world.deposit(&scene.trader, 500 * USD), &[&scene.trader.key]).await.ok();
    assert_eq!(scene.cash(&scene.trader), before + 500 * USD);
    scene.renew().await;
    scene.liquidate().await.ok();
    assert_eq!(scene.world.market(&scene.market).core.book.long.lots.0, 50_000, "nothing was closed");
}

#[tokio::test]
async fn token_2022_works_end_to_end_plain_and_with_metadata() {
    let plain: &[(u16, Vec<u8>)] = &[];
    let metadata = [(18, vec![0; 64]), (19, vec![7; 100])];
    for (id, extensions) in [(1, plain), (2, &metadata[..])] {
        let mut chain = plimsoll_tests::chain::Chain::start().await;
        let mint = Address::new_unique();
        chain.put_mint_2022(&mint, 6, extensions);
        let mut world = World::on(chain, mint, TOKEN_2022, id).await;
        let trader = world.trader(5 * USD).await;
        assert_eq!(world.ledger.vault, 5 * USD);
        world.send(&world.withdraw(&trader, 5 * USD), &[&trader.key]).await.ok();
        assert_eq!((world.ledger.vault, world.chain.token_amount(&trader.tokens).await), (0, 5 * USD));
        world.staker(2 * USD).await;
        assert_eq!(world.ledger.insurance_vault, 2 * USD);
    }
}
