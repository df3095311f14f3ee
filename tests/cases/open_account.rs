use plimsoll_tests::{Address, Keypair, Signer, World, addresses, events::AccountOpened, instructions::OpenAccount};

async fn opening(world: &mut World, index: u16) -> (OpenAccount, Keypair) {
    let (owner, _) = world.person(0);
    let margin = addresses::margin(&world.exchange.address, &owner.pubkey(), index);
    (OpenAccount { owner: owner.pubkey(), exchange: world.exchange.address, margin, index }, owner)
}

#[tokio::test]
async fn an_account_starts_empty_and_belongs_to_the_signer() {
    let mut world = World::new().await;
    let (open, owner) = opening(&mut world, 7).await;
    let done = world.send(&open, &[&owner]).await.ok();
    let (exchange, account) = (open.exchange, open.margin);
    assert_eq!(done.event::<AccountOpened>(), AccountOpened { exchange, account, owner: owner.pubkey(), index: 7 });
    let state = world.ledger.margins[&open.margin];
    assert_eq!((state.owner, state.exchange, state.index, state.cash.0), (owner.pubkey(), exchange, 7, 0));
    assert_eq!(state.delegate, Address::default());
}

#[tokio::test]
async fn an_owner_may_have_many_but_each_once() {
    let mut world = World::new().await;
    let (open, owner) = opening(&mut world, 0).await;
    world.send(&open, &[&owner]).await.ok();
    world.send(&open, &[&owner]).await.fails_as("Custom(0)");
    for index in [1, u16::MAX] {
        let margin = addresses::margin(&world.exchange.address, &owner.pubkey(), index);
        world.send(&OpenAccount { margin, index, ..open.clone() }, &[&owner]).await.ok();
    }
}

#[tokio::test]
async fn the_address_is_the_owners_and_the_index() {
    let mut world = World::new().await;
    let (mut open, owner) = opening(&mut world, 0).await;
    open.index = 1;
    world.send(&open, &[&owner]).await.fails_as("InvalidSeeds");
    let (theirs, _) = opening(&mut world, 1).await;
    open.margin = theirs.margin;
    world.send(&open, &[&owner]).await.fails_as("InvalidSeeds");
}

#[tokio::test]
async fn a_24_an_exchange_that_is_none_is_refused() {
    let mut world = World::new().await;
    let (mut open, owner) = opening(&mut world, 0).await;
    open.exchange = Address::new_unique();
    open.margin = addresses::margin(&open.exchange, &owner.pubkey(), 0);
    let outcome = world.send(&open, &[&owner]).await;
    assert!(outcome.result.is_err());
}
