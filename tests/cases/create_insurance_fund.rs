use plimsoll_tests::{
    Address, Keypair, PlimsollError, Signer, World, addresses,
    chain::TOKEN,
    events::InsuranceFundCreated,
    instructions::{CreateExchange, CreateInsuranceFund},
};

/// A second exchange without a fund, and the creation of its fund by a stranger.
async fn creation(world: &mut World) -> (CreateInsuranceFund, Keypair) {
    let payer = Keypair::new();
    world.chain.fund(&payer.pubkey(), 10_000_000_000);
    let exchange = addresses::exchange(2);
    let (quote_mint, token_program, admin) = (world.exchange.mint, TOKEN, payer.pubkey());
    let vault = addresses::vault(&exchange);
    let create = CreateExchange { admin, exchange, quote_mint, vault, token_program, id: 2, guardian: admin };
    world.send(&create, &[&payer]).await.ok();
    let (fund, insurance_vault) = (addresses::insurance(&exchange), addresses::insurance_vault(&exchange));
    let stranger = Keypair::new();
    world.chain.fund(&stranger.pubkey(), 10_000_000_000);
    (
        CreateInsuranceFund { payer: stranger.pubkey(), exchange, fund, quote_mint, insurance_vault, token_program },
        stranger,
    )
}

#[tokio::test]
async fn anybody_may_pay_for_an_exchanges_only_fund() {
    let mut world = World::new().await;
    let (create, payer) = creation(&mut world).await;
    let done = world.send(&create, &[&payer]).await.ok();
    let (exchange, fund) = (create.exchange, create.fund);
    assert_eq!(done.event::<InsuranceFundCreated>(), InsuranceFundCreated { exchange, fund });
    let vault = world.chain.account(&create.insurance_vault).await.unwrap();
    assert_eq!(&vault.data[32..64], create.insurance_vault.as_ref(), "the vault is its own authority");
    world.send(&create, &[&payer]).await.fails_as("Custom(0)");
}

#[tokio::test]
async fn another_mint_is_refused() {
    let mut world = World::new().await;
    let (mut create, payer) = creation(&mut world).await;
    create.quote_mint = Address::new_unique();
    world.chain.put_mint(&create.quote_mint, 6);
    world.send(&create, &[&payer]).await.fails(PlimsollError::WrongMint);
}

#[tokio::test]
async fn another_exchanges_fund_is_refused() {
    let mut world = World::new().await;
    let (mut create, payer) = creation(&mut world).await;
    create.fund = addresses::insurance(&addresses::exchange(3));
    world.send(&create, &[&payer]).await.fails_as("InvalidSeeds");
}
