use plimsoll_tests::{PlimsollError, events::ExcessSwept, instructions::SweepExcess, scenes::Scene, world::USD};

#[tokio::test]
async fn what_strangers_sent_becomes_the_stakers() {
    let mut scene = Scene::long().await;
    let world = &mut scene.world;
    let (vault, insurance_vault) = (world.exchange.vault, world.exchange.insurance_vault);
    world.gift(&vault, 7 * USD).await.ok();
    world.gift(&insurance_vault, 11).await.ok();
    let (shared, accounted) = (world.fund().shared.0, world.ledger.exchange.unwrap().accounted.0);
    let (held, insured) = (world.ledger.vault, world.ledger.insurance_vault);
    let done = world.send(&world.sweep_excess(), &[]).await.ok().event::<ExcessSwept>();
    let exchange = world.exchange.address;
    assert_eq!(done, ExcessSwept { exchange, from_vault: 7 * USD, from_insurance_vault: 11 });
    assert_eq!((world.ledger.vault, world.ledger.insurance_vault), (held - 7 * USD, insured + 7 * USD));
    assert_eq!((world.ledger.excess, world.ledger.insurance_excess), (0, 0));
    assert_eq!((world.fund().shared.0, world.ledger.exchange.unwrap().accounted.0), (shared + 7 * USD + 11, accounted));
    world.send(&world.sweep_excess(), &[]).await.fails(PlimsollError::ZeroAmount);
}

#[tokio::test]
async fn one_vault_alone_will_do() {
    let mut scene = Scene::open().await;
    let world = &mut scene.world;
    for to in [world.exchange.vault, world.exchange.insurance_vault] {
        world.gift(&to, 1).await.ok();
        let shared = world.fund().shared.0;
        world.send(&world.sweep_excess(), &[]).await.ok();
        assert_eq!(world.fund().shared.0, shared + 1);
    }
}

#[tokio::test]
async fn what_the_exchange_owes_is_never_excess() {
    let mut scene = Scene::long().await;
    let sweep = scene.world.sweep_excess();
    scene.world.send(&sweep, &[]).await.fails(PlimsollError::ZeroAmount);
    // Nor with the vaults exchanged, or somebody else's account in place of one.
    let swapped = SweepExcess { vault: sweep.insurance_vault, insurance_vault: sweep.vault, ..sweep.clone() };
    scene.world.send(&swapped, &[]).await.fails(PlimsollError::WrongVault);
    let theirs = SweepExcess { vault: scene.provider.tokens, ..sweep };
    scene.world.send(&theirs, &[]).await.fails(PlimsollError::WrongVault);
}
