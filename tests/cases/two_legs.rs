//! Accounts with positions in two markets.

use plimsoll_tests::{
    Outcome, PlimsollError,
    events::{BankruptcyClosed, Flagged, Liquidated, Marked},
    instructions::{FlagAccount, Liquidate, MarkAccount, Withdraw},
    scenes::{POSITION, TwoLegs},
    world::USD,
};

/// The keeper flags the trader in the queue of one of the markets.
async fn flag(legs: &mut TwoLegs, second: bool) -> Outcome {
    let market = if second { legs.second } else { legs.scene.market };
    let plan = legs.scene.world.flag(&legs.scene.trader.margin, &market, &legs.scene.keeper);
    legs.scene.world.send(&plan, &[]).await
}

async fn liquidate(legs: &mut TwoLegs, second: bool) -> Outcome {
    let market = if second { legs.second } else { legs.scene.market };
    let plan = legs.scene.world.liquidate(&legs.scene.trader.margin, &market, &legs.scene.keeper);
    legs.scene.world.send(&plan, &[]).await
}

#[tokio::test]
async fn a_profit_in_one_market_carries_a_loss_in_the_other() {
    let mut legs = TwoLegs::open(POSITION, -POSITION).await;
    // Alone, the long would be bankrupt at $170; the short has gained as much.
    legs.prices(170, 170).await;
    flag(&mut legs, false).await.fails(PlimsollError::NotLiquidatable);
    legs.prices(170, 188).await;
    flag(&mut legs, true).await.ok();
}

#[tokio::test]
async fn a_withdrawal_needs_the_initial_margin_of_both() {
    let mut legs = TwoLegs::open(POSITION, POSITION).await;
    legs.prices(200, 200).await;
    let cash = legs.scene.cash(&legs.scene.trader);
    // Each needs about $227; the account has about $986.
    let plan = legs.scene.world.withdraw(&legs.scene.trader, cash - 300 * USD);
    legs.scene.world.send(&plan, &[&legs.scene.trader.key]).await.fails(PlimsollError::BelowInitialMargin);
    let plan = legs.scene.world.withdraw(&legs.scene.trader, cash - 480 * USD);
    legs.scene.world.send(&plan, &[&legs.scene.trader.key]).await.ok();
}

#[tokio::test]
async fn a_24_leaving_out_adding_or_swapping_markets_is_refused() {
    let mut legs = TwoLegs::open(POSITION, POSITION).await;
    legs.prices(190, 182).await;
    let (first, second) = (legs.scene.market.address, legs.second.address);
    let margin = legs.scene.trader.margin;
    let withdraw = legs.scene.world.withdraw(&legs.scene.trader, 1);
    let wrong = [
        (vec![], PlimsollError::MissingLeg),
        (vec![first], PlimsollError::MissingLeg),
        (vec![second], PlimsollError::MissingLeg),
        (vec![second, first], PlimsollError::MissingLeg),
        (vec![first, first], PlimsollError::MissingLeg),
        (vec![first, second, second], PlimsollError::UnexpectedAccount),
    ];
    for (list, error) in wrong {
        let world = &mut legs.scene.world;
        let plan = Withdraw { legs: list.clone(), ..withdraw.clone() };
        world.send(&plan, &[&legs.scene.trader.key]).await.fails(error);
        let outcome = world.send(&MarkAccount { margin, legs: list.clone() }, &[]).await;
        assert!(outcome.result.is_err(), "mark with {list:?}");
    }
    let named = legs.scene.world.flag(&margin, &legs.scene.market, &legs.scene.keeper);
    assert_eq!(named.legs, [second]);
    for (list, error) in [
        (vec![], PlimsollError::MissingLeg),
        (vec![first], PlimsollError::MissingLeg),
        (vec![second, second], PlimsollError::UnexpectedAccount),
    ] {
        let outcome = legs.scene.world.send(&FlagAccount { legs: list.clone(), ..named.clone() }, &[]).await;
        assert_eq!(outcome.error(), error.name(), "{list:?}");
    }
    legs.scene.world.send(&named, &[]).await.ok();
}

#[tokio::test]
async fn the_program_names_the_leg() {
    // The second leg is twice as large: it is the one to close.
    let mut legs = TwoLegs::open(20_000, 40_000).await;
    legs.prices(184, 184).await;
    flag(&mut legs, false).await.fails(PlimsollError::WrongLeg);
    flag(&mut legs, true).await.ok().event::<Flagged>();
    flag(&mut legs, false).await.fails(PlimsollError::FlaggedElsewhere);
}

#[tokio::test]
async fn a_leg_in_a_third_market_is_no_leg() {
    let mut legs = TwoLegs::open(POSITION, POSITION).await;
    let third = legs.scene.world.create_market(plimsoll_tests::parameters::sol()).await;
    legs.scene.world.price(&third, 200 * plimsoll_tests::world::DOLLAR).await.ok();
    legs.prices(182, 190).await;
    let margin = legs.scene.trader.margin;
    let plan = legs.scene.world.flag(&margin, &third, &legs.scene.keeper);
    legs.scene.world.send(&plan, &[]).await.fails(PlimsollError::WrongLeg);
}

#[tokio::test]
async fn a_31_the_flagged_leg_binds_although_the_other_grows_larger() {
    let mut legs = TwoLegs::open(30_000, 29_000).await;
    legs.prices(185, 185).await;
    flag(&mut legs, false).await.ok();
    // The second leg's notional is the larger one now.
    legs.prices(181, 188).await;
    flag(&mut legs, false).await.ok().event::<Flagged>();
    let event = liquidate(&mut legs, false).await.ok().event::<Liquidated>();
    assert_eq!(event.market, legs.scene.market.address);
}

#[tokio::test]
async fn a_33_a_leg_is_not_closed_before_it_has_a_price_newer_than_the_flag() {
    let mut legs = TwoLegs::open(30_000, 29_000).await;
    legs.prices(185, 185).await;
    flag(&mut legs, false).await.ok();
    let second = legs.second;
    legs.scene.renew_market(&second).await;
    liquidate(&mut legs, false).await.fails(PlimsollError::PriceNotNewerThanFlag);
    legs.scene.renew().await;
    liquidate(&mut legs, false).await.ok().event::<Liquidated>();
}

#[tokio::test]
async fn a_13_a_stale_leg_waits_and_the_other_is_closed() {
    let mut legs = TwoLegs::open(30_000, 29_000).await;
    legs.prices(184, 184).await;
    // The second market's feed stops.
    legs.scene.world.chain.advance(15, 30).await;
    legs.scene.renew().await;
    flag(&mut legs, true).await.fails(PlimsollError::WrongLeg);
    flag(&mut legs, false).await.ok();
    legs.scene.renew().await;
    let event = liquidate(&mut legs, false).await.ok().event::<Liquidated>();
    assert_eq!(event.market, legs.scene.market.address);
    assert_eq!(legs.scene.world.margin(&legs.scene.trader).legs[1].position.lots.0, 29_000);
}

#[tokio::test]
async fn a_08_a_bankrupts_profit_pays_first_and_the_rest_is_shared() {
    // Given a losing leg and a winning leg, together under water,
    let mut legs = TwoLegs::open(POSITION, -20_000).await;
    legs.prices(181, 190).await;
    let margin = legs.scene.trader.margin;
    legs.prices(170, 190).await;
    flag(&mut legs, false).await.ok();
    legs.prices(170, 190).await;
    let (cash, costs) = (legs.scene.cash(&legs.scene.trader) as i64, {
        let account = legs.scene.world.margin(&legs.scene.trader);
        (account.legs[0].position.cost.0, account.legs[1].position.cost.0)
    });
    let done = liquidate(&mut legs, false).await.ok();
    let closed = done.events::<BankruptcyClosed>();
    let (loss, profit) = (costs.0 - POSITION * 170_000, -20_000 * 190_000 - costs.1);
    assert!(profit > 0 && loss > cash + profit);
    let of = |market| closed.iter().find(|event| event.market == market).unwrap();
    let (loser, winner) = (of(legs.scene.market.address), of(legs.second.address));
    assert_eq!((winner.settled, winner.deficit, winner.claim), (profit, 0, 0));
    assert_eq!((loser.settled, loser.deficit as i64), (-(cash + profit), loss - cash - profit));
    let account = &legs.scene.world.ledger.margins[&margin];
    assert!(account.legs.iter().all(|leg| leg.is_free()) && account.cash.0 == 0);
    assert_eq!(legs.scene.world.market(&legs.second).core.book.deficit.0, 0);
}

#[tokio::test]
async fn a_08_two_losing_legs_share_the_cash_pro_rata() {
    let mut legs = TwoLegs::open(POSITION, POSITION).await;
    legs.prices(185, 185).await;
    flag(&mut legs, false).await.ok();
    legs.prices(185, 185).await;
    let cash = legs.scene.cash(&legs.scene.trader);
    let done = liquidate(&mut legs, false).await.ok();
    let closed = done.events::<BankruptcyClosed>();
    assert_eq!(closed.len(), 2);
    let paid: i64 = closed.iter().map(|event| -event.settled).sum();
    assert_eq!(paid as u64, cash, "all of the cash");
    assert!(closed[0].settled.abs_diff(closed[1].settled) <= 1, "equal losses, equal shares");
    assert!(closed.iter().all(|event| event.deficit > 0));
}

#[tokio::test]
async fn a_30_a_mark_shares_the_cash_over_all_losses() {
    let mut legs = TwoLegs::open(POSITION, POSITION).await;
    legs.prices(185, 185).await;
    let (cash, margin) = (legs.scene.cash(&legs.scene.trader) as i64, legs.scene.trader.margin);
    let first = legs.scene.market.address;
    // Marking the first leg alone is not possible.
    let alone = MarkAccount { margin, legs: vec![first] };
    legs.scene.world.send(&alone, &[]).await.fails(PlimsollError::MissingLeg);
    let done = legs.scene.world.send(&legs.scene.world.mark(&margin), &[]).await.ok();
    let marked = done.events::<Marked>();
    assert_eq!(marked.len(), 2);
    assert_eq!(marked[0].paid + marked[1].paid, -cash);
    assert!(marked[0].paid.abs_diff(marked[1].paid) <= 1);
    assert_eq!(legs.scene.cash(&legs.scene.trader), 0);
}

#[tokio::test]
async fn the_other_markets_of_a_bankrupt_must_be_writable() {
    let mut legs = TwoLegs::open(POSITION, POSITION).await;
    legs.prices(185, 185).await;
    flag(&mut legs, false).await.ok();
    legs.prices(185, 185).await;
    let margin = legs.scene.trader.margin;
    let plan: Liquidate = legs.scene.world.liquidate(&margin, &legs.scene.market, &legs.scene.keeper);
    let mut instruction = plimsoll_tests::instructions::Build::instruction(&plan);
    instruction.accounts.last_mut().unwrap().is_writable = false;
    let outcome = legs.scene.world.run(&[instruction], &[]).await;
    assert!(outcome.result.is_err());
}

#[tokio::test]
async fn a_25_what_strangers_send_is_nobodys_and_the_books_stay_exact() {
    let mut legs = TwoLegs::open(POSITION, POSITION).await;
    let world = &mut legs.scene.world;
    let (stranger, tokens) = world.person(10);
    let (vault, insurance_vault) = (world.exchange.vault, world.exchange.insurance_vault);
    for (to, amount) in [(vault, 1), (insurance_vault, 3)] {
        let owner = plimsoll_tests::Signer::pubkey(&stranger);
        let gift = spl_token_interface::instruction::transfer(
            &plimsoll_tests::chain::TOKEN,
            &tokens,
            &to,
            &owner,
            &[],
            amount,
        );
        if to == vault {
            world.ledger.excess += amount
        } else {
            world.ledger.insurance_excess += amount
        }
        world.run(&[gift.unwrap()], &[&stranger]).await.ok();
    }
    let counted = world.ledger.exchange.unwrap().accounted.0;
    assert_eq!(world.ledger.vault, counted + 1);
    // Money in and out goes on as before.
    let trader = world.trader(5 * USD).await;
    world.send(&world.withdraw(&trader, 5 * USD), &[&trader.key]).await.ok();
    assert_eq!((world.ledger.vault, world.ledger.exchange.unwrap().accounted.0), (counted + 1, counted));
}

#[tokio::test]
async fn an_account_that_no_single_close_helps_is_closed_whole_without_a_deficit() {
    // Given two legs and an equity that is less than what closing both is charged,
    let mut legs = TwoLegs::open(POSITION, POSITION).await;
    legs.prices(191, 191).await;
    flag(&mut legs, false).await.ok();
    legs.prices(191, 191).await;
    // when it is liquidated through the queue of one,
    let done = liquidate(&mut legs, false).await.ok();
    // then both are closed, the charge takes what is left and no more, and no market has a deficit.
    let steps = done.events::<Liquidated>();
    assert_eq!(steps.iter().map(|step| step.lots).collect::<Vec<_>>(), [-POSITION, -POSITION]);
    let charged: u64 = steps.iter().map(|s| s.to_treasury + s.to_flagger + s.to_liquidator + s.to_insurance).sum();
    assert_eq!(i64::try_from(charged), Ok(steps[0].equity_before));
    assert!(steps[0].equity_before > 0);
    assert_eq!(legs.scene.cash(&legs.scene.trader), 0);
    let margin = legs.scene.world.margin(&legs.scene.trader);
    assert!(margin.legs.iter().all(|leg| leg.is_free()) && margin.flag.until == 0);
    let deficits = legs.scene.world.ledger.markets.values().map(|market| market.core.book.deficit.0);
    assert_eq!(deficits.sum::<u64>(), 0);
}
