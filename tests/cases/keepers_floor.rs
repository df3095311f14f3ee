//! What insurance pays keepers for closing bankrupt accounts.

use plimsoll_tests::{
    Address, Outcome, PlimsollError, World,
    events::{BankruptcyClosed, DeficitPaid, KeepersPaid, Liquidated},
    instructions::{Build, KeepersFloor, Liquidate},
    parameters,
    scenes::{POSITION, Scene},
    world::{DOLLAR, USD},
};

/// The charge of 0.6 % on the smallest position, 0.1 SOL at $170. A third is the flagger's, the rest the liquidator's.
const FLOOR: u64 = 100 * 170_000 * 6 / 1_000;

async fn close(scene: &mut Scene) -> Outcome {
    let close = scene.world.liquidate_for_floor(&scene.trader.margin, &scene.market, &scene.keeper);
    scene.world.send(&close, &[]).await
}

/// The usual long, flagged at $182 and bankrupt at $170.
async fn bankrupt() -> Scene {
    let mut scene = Scene::flagged().await;
    scene.price(170).await;
    scene
}

#[tokio::test]
async fn keepers_are_paid_the_charge_on_the_smallest_position() {
    let mut scene = bankrupt().await;
    let flagger = scene.world.ledger.margins[&scene.keeper.margin].cash.0;
    let liquidator = scene.world.trader(0).await;
    let (vault, insurance) = (scene.world.ledger.vault, scene.world.ledger.insurance_vault);
    let plan = scene.world.liquidate_for_floor(&scene.trader.margin, &scene.market, &scene.keeper);
    let plan = Liquidate { liquidator: liquidator.margin, ..plan };
    let done = scene.world.send(&plan, &[]).await.ok();
    done.event::<BankruptcyClosed>();
    let paid = done.event::<KeepersPaid>();
    let total = paid.to_flagger + paid.to_liquidator;
    assert!(total.abs_diff(FLOOR) <= 1, "{paid:?}");
    assert!(paid.to_flagger.abs_diff(total / 3) <= 1, "{paid:?}");
    assert_eq!((paid.account, paid.market), (scene.trader.margin, scene.market.address));
    assert_eq!((paid.from_own, paid.from_shared), (0, total));
    assert_eq!((scene.world.ledger.vault, scene.world.ledger.insurance_vault), (vault + total, insurance - total));
    assert_eq!(scene.world.fund().shared.0, 1_000_000 * USD - total);
    assert_eq!(scene.cash(&scene.keeper), flagger + paid.to_flagger);
    assert_eq!(scene.cash(&liquidator), paid.to_liquidator);
}

#[tokio::test]
async fn without_the_funds_accounts_the_close_stands_and_nobody_is_paid() {
    let mut scene = bankrupt().await;
    let plan = scene.world.liquidate(&scene.trader.margin, &scene.market, &scene.keeper);
    let locked = [scene.world.exchange.address, scene.world.exchange.fund, scene.world.exchange.vault];
    assert!(plan.accounts().iter().all(|meta| !locked.contains(&meta.pubkey)), "nothing is locked that markets share");
    let done = scene.liquidate().await.ok();
    done.event::<BankruptcyClosed>();
    assert!(done.events::<KeepersPaid>().is_empty());
    assert_eq!(scene.cash(&scene.keeper), 0);
}

#[tokio::test]
async fn who_is_solvent_pays_by_itself() {
    let mut scene = Scene::flagged().await;
    scene.renew().await;
    let insurance = scene.world.ledger.insurance_vault;
    let done = close(&mut scene).await.ok();
    done.event::<Liquidated>();
    assert!(done.events::<KeepersPaid>().is_empty());
    assert_eq!(scene.world.ledger.insurance_vault, insurance);
}

#[tokio::test]
async fn the_markets_own_part_pays_first() {
    let mut scene = Scene::flagged().await;
    scene.renew().await;
    scene.liquidate().await.ok();
    scene.world.send(&scene.world.sweep(&scene.market), &[]).await.ok();
    let (own, shared) = (scene.world.fund().own.0, scene.world.fund().shared.0);
    scene.price(170).await;
    scene.flag().await.ok();
    scene.price(169).await;
    let paid = close(&mut scene).await.ok().event::<KeepersPaid>();
    assert!(paid.from_own > 0 && paid.from_shared == 0);
    assert_eq!((scene.world.fund().own.0, scene.world.fund().shared.0), (own - paid.from_own, shared));
    assert_eq!(scene.world.market(&scene.market).core.insurance_own.0, own - paid.from_own);
    // The deficit is answered with what is left.
    let event = scene.world.send(&scene.world.draw(&scene.market), &[]).await.ok().event::<DeficitPaid>();
    assert_eq!(event.from_own, own - paid.from_own);
}

#[tokio::test]
async fn an_empty_fund_pays_nothing_and_the_close_stands() {
    let mut world = World::new().await;
    let market = world.create_market(parameters::sol()).await;
    world.price(&market, 200 * DOLLAR).await.ok();
    world.provider(&market, 10_000_000 * USD).await;
    let (trader, keeper) = (world.trader(1_000 * USD).await, world.trader(0).await);
    world.trade(&trader, &market, POSITION).await.ok();
    world.price(&market, 170 * DOLLAR).await.ok();
    world.send(&world.flag(&trader.margin, &market, &keeper), &[]).await.ok();
    world.price(&market, 170 * DOLLAR).await.ok();
    let done = world.send(&world.liquidate_for_floor(&trader.margin, &market, &keeper), &[]).await.ok();
    done.event::<BankruptcyClosed>();
    assert!(done.events::<KeepersPaid>().is_empty());
}

#[tokio::test]
async fn the_accounts_come_all_or_not_at_all_and_belong_together() {
    let mut scene = bankrupt().await;
    let plan = scene.world.liquidate_for_floor(&scene.trader.margin, &scene.market, &scene.keeper);
    let floor = scene.world.keepers_floor();
    let none = plimsoll_tests::ID;
    let incomplete = [
        KeepersFloor { exchange: none, ..floor },
        KeepersFloor { fund: none, ..floor },
        KeepersFloor { insurance_vault: none, ..floor },
        KeepersFloor { vault: none, ..floor },
        KeepersFloor { quote_mint: none, ..floor },
        KeepersFloor { token_program: none, ..floor },
    ];
    for floor in incomplete {
        let mut instruction = Liquidate { floor: Some(floor), ..plan.clone() }.instruction();
        // An absent account is never writable.
        instruction.accounts.iter_mut().filter(|meta| meta.pubkey == none).for_each(|meta| meta.is_writable = false);
        scene.world.run(&[instruction], &[]).await.fails(PlimsollError::IncompleteFund);
    }
    let wrong: [(KeepersFloor, PlimsollError); 3] = [
        (
            KeepersFloor { vault: floor.insurance_vault, insurance_vault: floor.vault, ..floor },
            PlimsollError::WrongVault,
        ),
        (KeepersFloor { insurance_vault: scene.staker.tokens, ..floor }, PlimsollError::WrongVault),
        (KeepersFloor { quote_mint: Address::new_unique(), ..floor }, PlimsollError::WrongMint),
    ];
    for (floor, error) in wrong {
        scene.world.send(&Liquidate { floor: Some(floor), ..plan.clone() }, &[]).await.fails(error);
    }
    scene.world.send(&plan, &[]).await.ok().event::<KeepersPaid>();
}
