use plimsoll_tests::{
    Address, Keypair, PlimsollError, Signer, World, addresses,
    chain::{Chain, TOKEN, TOKEN_2022},
    events::ExchangeCreated,
    instructions::CreateExchange,
};

/// The creation of exchange 9 on a mint.
async fn creation(world: &mut World, mint: Address, token_program: Address) -> (CreateExchange, Keypair) {
    let admin = Keypair::new();
    world.chain.fund(&admin.pubkey(), 10_000_000_000);
    let exchange = addresses::exchange(9);
    let vault = addresses::vault(&exchange);
    let guardian = Address::new_unique();
    (CreateExchange { admin: admin.pubkey(), exchange, quote_mint: mint, vault, token_program, id: 9, guardian }, admin)
}

#[tokio::test]
async fn the_signer_becomes_admin_and_the_vault_its_own_authority() {
    let mut world = World::new().await;
    let mint = world.exchange.mint;
    let (create, admin) = creation(&mut world, mint, TOKEN).await;
    let done = world.send(&create, &[&admin]).await.ok();
    let (exchange, guardian) = (create.exchange, create.guardian);
    assert_eq!(
        done.event::<ExchangeCreated>(),
        ExchangeCreated { exchange, admin: admin.pubkey(), guardian, quote_mint: mint }
    );
    let data = world.chain.account(&exchange).await.unwrap().data;
    let state = <plimsoll_tests::state::Exchange as plimsoll_tests::wire::AccountLayout>::decode(&data).unwrap();
    assert_eq!((state.admin, state.guardian, state.quote_mint), (admin.pubkey(), guardian, mint));
    assert_eq!((state.token_program, state.vault, state.id), (TOKEN, create.vault, 9));
    assert_eq!((state.market_count, state.accounted.0, state.timelock), (0, 0, 604_800));
    let vault = world.chain.account(&create.vault).await.unwrap();
    assert_eq!(vault.owner, TOKEN);
    assert_eq!(&vault.data[..32], mint.as_ref());
    assert_eq!(&vault.data[32..64], create.vault.as_ref());
}

#[tokio::test]
async fn an_id_is_used_once() {
    let mut world = World::new().await;
    let admin = world.exchange.admin.insecure_clone();
    world.send(&world.create_exchange(1), &[&admin]).await.fails_as("Custom(0)");
}

#[tokio::test]
async fn lamports_sent_ahead_hinder_neither_exchange_nor_vault() {
    let mut world = World::new().await;
    let mint = world.exchange.mint;
    let (create, admin) = creation(&mut world, mint, TOKEN).await;
    world.chain.fund(&create.exchange, 1);
    world.chain.fund(&create.vault, 1);
    world.send(&create, &[&admin]).await.ok();
}

#[tokio::test]
async fn the_address_must_be_that_of_the_id() {
    let mut world = World::new().await;
    let mint = world.exchange.mint;
    let (mut create, admin) = creation(&mut world, mint, TOKEN).await;
    create.exchange = addresses::exchange(8);
    world.send(&create, &[&admin]).await.fails_as("InvalidSeeds");
}

#[tokio::test]
async fn a_mint_without_six_decimals_is_refused() {
    let mut world = World::new().await;
    for decimals in [0, 5, 7, 9, 255] {
        let mint = Address::new_unique();
        world.chain.put_mint(&mint, decimals);
        let (create, admin) = creation(&mut world, mint, TOKEN).await;
        world.send(&create, &[&admin]).await.fails(PlimsollError::UnsupportedMint);
    }
}

#[tokio::test]
async fn a_mint_of_another_token_program_is_refused() {
    let mut world = World::new().await;
    let mint = world.exchange.mint;
    let (create, admin) = creation(&mut world, mint, TOKEN_2022).await;
    world.send(&create, &[&admin]).await.fails_as("IncorrectProgramId");
}

#[tokio::test]
async fn extensions_that_take_withhold_or_freeze_are_refused_and_harmless_ones_are_not() {
    let mut world = World::new().await;
    // Transfer fee, close authority, confidential transfer, default state, non-transferable, interest, permanent
    // delegate, hook, confidential fee, scaled amount, pausable, unknown.
    let refused = [
        (1, 108),
        (3, 32),
        (4, 65),
        (6, 1),
        (9, 0),
        (10, 52),
        (12, 32),
        (14, 64),
        (16, 129),
        (25, 56),
        (26, 33),
        (999, 4),
    ];
    for (kind, length) in refused {
        let mint = Address::new_unique();
        // A harmless one first: every entry is looked at.
        world.chain.put_mint_2022(&mint, 6, &[(18, vec![0; 64]), (kind, vec![0; length])]);
        let (create, admin) = creation(&mut world, mint, TOKEN_2022).await;
        let outcome = world.send(&create, &[&admin]).await;
        assert_eq!(outcome.error(), "UnsupportedMint", "extension {kind}");
    }
    let mint = Address::new_unique();
    let harmless = [
        (18, vec![0; 64]),
        (19, vec![0; 90]),
        (20, vec![0; 64]),
        (21, vec![0; 80]),
        (22, vec![0; 64]),
        (23, vec![0; 72]),
    ];
    world.chain.put_mint_2022(&mint, 6, &harmless);
    let (create, admin) = creation(&mut world, mint, TOKEN_2022).await;
    world.send(&create, &[&admin]).await.ok();
}

#[tokio::test]
async fn two_exchanges_do_not_share_a_vault() {
    let mut chain = Chain::start().await;
    let mint = Address::new_unique();
    chain.put_mint(&mint, 6);
    let first = World::on(chain, mint, TOKEN, 1).await;
    let vault = first.exchange.vault;
    let second = World::on(first.chain, mint, TOKEN, 2).await;
    assert_ne!(vault, second.exchange.vault);
}
