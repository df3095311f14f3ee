//! Keepers who are paid into token accounts.

use plimsoll_tests::{
    Address, Keypair, Outcome, PlimsollError, World,
    chain::{Chain, TOKEN, TOKEN_2022},
    events::{BankruptcyClosed, KeepersPaid, Liquidated, RewardForgone},
    instructions::{FlagAccount, Liquidate},
    parameters,
    scenes::{POSITION, Scene},
    world::USD,
};

/// A keeper's wallet with nothing in it.
fn wallet(world: &mut World) -> (Keypair, Address) {
    world.person(0)
}

/// The scene's trader is flagged for this account.
async fn flag_for(scene: &mut Scene, reward: Address) -> Outcome {
    let flag = scene.world.flag(&scene.trader.margin, &scene.market, &scene.keeper);
    scene.world.send(&FlagAccount { reward, ..flag }, &[]).await
}

/// The usual long, flagged for a wallet and seen again at $182.
async fn flagged_for_a_wallet() -> (Scene, Address) {
    let mut scene = Scene::long().await;
    let (_, flagger) = wallet(&mut scene.world);
    scene.price(182).await;
    flag_for(&mut scene, flagger).await.ok();
    scene.renew().await;
    (scene, flagger)
}

fn liquidation(scene: &Scene, flagger: Address, liquidator: Address) -> Liquidate {
    let plan = scene.world.liquidate_for_floor(&scene.trader.margin, &scene.market, &scene.keeper);
    Liquidate { flagger, liquidator, ..plan }
}

#[tokio::test]
async fn flagger_and_liquidator_are_paid_into_token_accounts() {
    let (mut scene, flagger) = flagged_for_a_wallet().await;
    let (_, liquidator) = wallet(&mut scene.world);
    let (vault, counted) = (scene.world.ledger.vault, scene.world.ledger.exchange.unwrap().accounted.0);
    let plan = liquidation(&scene, flagger, liquidator);
    let event = scene.world.send(&plan, &[]).await.ok().event::<Liquidated>();
    assert!(event.to_flagger > 0 && event.to_liquidator > 0);
    assert_eq!(scene.world.chain.token_amount(&flagger).await, event.to_flagger);
    assert_eq!(scene.world.chain.token_amount(&liquidator).await, event.to_liquidator);
    let paid = event.to_flagger + event.to_liquidator;
    assert_eq!(scene.world.ledger.vault, vault - paid);
    assert_eq!(scene.world.ledger.exchange.unwrap().accounted.0, counted - paid);
}

#[tokio::test]
async fn one_of_each_kind_will_do_and_one_wallet_for_both() {
    let (mut scene, flagger) = flagged_for_a_wallet().await;
    let plan = liquidation(&scene, flagger, scene.keeper.margin);
    let event = scene.world.send(&plan, &[]).await.ok().event::<Liquidated>();
    assert_eq!(scene.world.chain.token_amount(&flagger).await, event.to_flagger);
    assert_eq!(scene.cash(&scene.keeper), event.to_liquidator);
    let (mut scene, both) = flagged_for_a_wallet().await;
    let plan = liquidation(&scene, both, both);
    let event = scene.world.send(&plan, &[]).await.ok().event::<Liquidated>();
    assert_eq!(scene.world.chain.token_amount(&both).await, event.to_flagger + event.to_liquidator);
}

#[tokio::test]
async fn the_floor_for_a_bankrupt_account_is_paid_into_token_accounts_too() {
    let (mut scene, flagger) = flagged_for_a_wallet().await;
    scene.price(170).await;
    let plan = liquidation(&scene, flagger, flagger);
    let done = scene.world.send(&plan, &[]).await.ok();
    done.event::<BankruptcyClosed>();
    let paid = done.event::<KeepersPaid>();
    assert_eq!(scene.world.chain.token_amount(&flagger).await, paid.to_flagger + paid.to_liquidator);
}

#[tokio::test]
async fn a_flagger_with_a_wallet_is_not_passed_over() {
    let (mut scene, flagger) = flagged_for_a_wallet().await;
    let plan = Liquidate { floor: None, ..liquidation(&scene, flagger, scene.keeper.margin) };
    scene.world.send(&plan, &[]).await.fails(PlimsollError::IncompleteFund);
    let plan = liquidation(&scene, scene.keeper.margin, scene.keeper.margin);
    scene.world.send(&plan, &[]).await.fails(PlimsollError::WrongFlagger);
}

#[tokio::test]
async fn what_can_never_be_paid_is_no_reward() {
    let mut scene = Scene::long().await;
    scene.price(182).await;
    let exchange = &scene.world.exchange;
    let (vault, insurance_vault, mint) = (exchange.vault, exchange.insurance_vault, exchange.mint);
    for reward in [vault, insurance_vault, mint, TOKEN, Address::new_unique(), scene.trader.owner()] {
        let outcome = flag_for(&mut scene, reward).await;
        assert_eq!(outcome.error(), PlimsollError::WrongReward.name(), "{reward}");
    }
    // The liquidator's account is the caller's own choice.
    scene.flag().await.ok();
    scene.renew().await;
    for liquidator in [Address::new_unique(), scene.world.exchange.mint] {
        let plan = liquidation(&scene, scene.keeper.margin, liquidator);
        let outcome = scene.world.send(&plan, &[]).await;
        assert!(outcome.result.is_err(), "{liquidator}");
    }
}

/// The account that the flagger named becomes something else before the liquidation, which goes ahead all the same.
async fn forgone(change: impl AsyncFnOnce(&mut Scene, &Address)) {
    let (mut scene, flagger) = flagged_for_a_wallet().await;
    change(&mut scene, &flagger).await;
    let fees = scene.world.market(&scene.market).core.book.fees.0;
    let plan = liquidation(&scene, flagger, scene.keeper.margin);
    let done = scene.world.send(&plan, &[]).await.ok();
    let event = done.event::<Liquidated>();
    let (account, market, amount) = (scene.trader.margin, scene.market.address, event.to_flagger);
    assert_eq!(done.event::<RewardForgone>(), RewardForgone { account, market, reward: flagger, amount });
    assert_eq!(scene.world.market(&scene.market).core.book.fees.0, fees + event.to_insurance + amount);
    assert_eq!(scene.cash(&scene.keeper), event.to_liquidator);
}

#[tokio::test]
async fn a_24_an_account_that_was_closed_meanwhile_holds_no_liquidation_up() {
    forgone(async |scene: &mut Scene, flagger: &Address| scene.world.chain.restore(flagger, None)).await;
}

#[tokio::test]
async fn a_24_an_account_that_was_frozen_meanwhile_holds_no_liquidation_up() {
    forgone(async |scene: &mut Scene, flagger: &Address| {
        let mut account = scene.world.chain.account(flagger).await.unwrap();
        account.data[108] = 2;
        scene.world.chain.restore(flagger, Some(account));
    })
    .await;
}

#[tokio::test]
async fn a_24_an_account_that_asks_for_a_memo_holds_no_liquidation_up() {
    forgone(async |scene: &mut Scene, flagger: &Address| {
        let mut account = scene.world.chain.account(flagger).await.unwrap();
        // Kind of account, extension 8, of one byte: required.
        account.data.extend([2, 8, 0, 1, 0, 1]);
        account.lamports *= 2;
        scene.world.chain.restore(flagger, Some(account));
    })
    .await;
}

#[tokio::test]
async fn a_24_an_account_of_another_mint_or_token_program_holds_no_liquidation_up() {
    for program in [TOKEN, TOKEN_2022] {
        forgone(async |scene: &mut Scene, flagger: &Address| {
            let mint = if program == TOKEN { Address::new_unique() } else { scene.world.exchange.mint };
            let owner = scene.keeper.owner();
            scene.world.chain.put_token(&program, flagger, &mint, &owner, USD);
        })
        .await;
    }
}

#[tokio::test]
async fn a_24_an_account_that_became_one_of_the_program_holds_no_liquidation_up() {
    // Whoever holds the key of a closed token account can give its address to the program: blank, or as a queue.
    for length in [0, 8, 2_000] {
        forgone(async |scene: &mut Scene, flagger: &Address| {
            scene.world.chain.put(flagger, &plimsoll_tests::ID, vec![0; length]);
        })
        .await;
    }
    forgone(async |scene: &mut Scene, flagger: &Address| {
        let queue = scene.world.chain.account(&scene.market.queue).await.unwrap();
        scene.world.chain.put(flagger, &plimsoll_tests::ID, queue.data);
    })
    .await;
}

#[tokio::test]
async fn an_associated_account_of_token_2022_is_paid() {
    // Given an exchange on Token-2022, and a wallet whose only extension says that its owner does not change,
    let mut chain = Chain::start().await;
    let mint = Address::new_unique();
    chain.put_mint_2022(&mint, 6, &[]);
    let world = World::on(chain, mint, TOKEN_2022, 1).await;
    let mut scene = Scene::on(world, parameters::sol(), 10_000_000 * USD).await;
    scene.trade(POSITION).await.ok();
    let (_, reward) = wallet(&mut scene.world);
    let mut account = scene.world.chain.account(&reward).await.unwrap();
    account.data.extend([2, 7, 0, 0, 0]);
    account.lamports *= 2;
    scene.world.chain.restore(&reward, Some(account));
    // when it is named by the flagger and the liquidator, then it is paid.
    scene.price(182).await;
    flag_for(&mut scene, reward).await.ok();
    scene.renew().await;
    let event = scene.world.send(&liquidation(&scene, reward, reward), &[]).await.ok().event::<Liquidated>();
    assert_eq!(scene.world.chain.token_amount(&reward).await, event.to_flagger + event.to_liquidator);
}
