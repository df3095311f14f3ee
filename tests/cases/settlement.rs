//! Settlement on the binary. That claims keep what they are owed is checked after every transaction.

use plimsoll_tests::{
    Address, PlimsollError, World,
    chain::TOKEN,
    engine::{market::status, settlement::stage},
    events::{
        BankruptcyClosed, ClaimPaid, DeficitPaid, FundingAccrued, Marked, PositionSettled, SettlementCancelled,
        SettlementFixed, SettlementSeen, SettlementStarted,
    },
    parameters,
    scenes::{POSITION, Scene},
    settling::{Insolvent, RUIN},
    world::{DOLLAR, USD},
};

/// What an account has won at $320, in atoms.
fn profit(ruin: &Insolvent, margin: &Address) -> i64 {
    let position = ruin.scene.world.ledger.margins[margin].legs[0].position;
    position.lots.0 * RUIN * 1_000 - position.cost.0
}

#[tokio::test]
async fn every_winner_is_paid_the_same_fraction_and_cash_is_untouched() {
    // Given a market that owes $18,000 and has $16,000,
    let mut ruin = Insolvent::ruined().await;
    let market = ruin.scene.market.address;
    let [trader, other, loser] = ruin.margins();
    let nav = ruin.scene.world.market(&ruin.scene.market).core.nav().unwrap().0;
    let publish_time = ruin.scene.world.chain.now();
    let seen = ruin.look().await.ok().event::<SettlementSeen>();
    assert!(nav < 0);
    assert_eq!(seen, SettlementSeen { market, price: 320_000, publish_time, net_asset_value: nav });
    // when it is looked at again a minute later,
    ruin.later(59, RUIN).await;
    ruin.look().await.fails(PlimsollError::SettlementTooEarly);
    ruin.scene.price(RUIN).await;
    let started = ruin.look().await.ok().event::<SettlementStarted>();
    assert_eq!(started, SettlementStarted { market, price: 320_000, open: 3 });
    assert_eq!(ruin.scene.world.market(&ruin.scene.market).core.status, status::SETTLING);
    ruin.look().await.fails(PlimsollError::MarketNotOpen);

    // then the loser pays in full,
    let (cash, treasury) = (ruin.cash(&loser), ruin.scene.treasury());
    let loss = -profit(&ruin, &loser) as u64;
    let event = PositionSettled {
        account: loser,
        market,
        lots: POSITION,
        price: 320_000,
        paid: loss,
        claim: 0,
        late: false,
        done: true,
        funding: 0,
        deleveraged: 0,
        proceeds: 0,
    };
    assert_eq!(ruin.settle(&loser).await.ok().event::<PositionSettled>(), event);
    assert_eq!((ruin.cash(&loser), ruin.scene.treasury()), (cash - loss, treasury + loss));
    assert!(ruin.scene.world.ledger.margins[&loser].legs[0].is_free());
    ruin.settle(&loser).await.fails(PlimsollError::NothingToSettle);

    // and a winner's profit becomes a claim, once.
    let (own, claim) = (ruin.cash(&trader), profit(&ruin, &trader) as u64);
    let event = PositionSettled { account: trader, lots: -POSITION, paid: 0, claim, ..event };
    assert_eq!(ruin.settle(&trader).await.ok().event::<PositionSettled>(), event);
    let left = ruin.scene.world.ledger.margins[&trader].legs[0].position;
    assert_eq!((left.lots.0, left.cost.0, left.stage), (0, -(claim as i64), stage::REGISTERED));
    assert_eq!(ruin.cash(&trader), own);
    ruin.settle(&trader).await.fails(PlimsollError::NothingToSettle);
    ruin.pay(&trader).await.fails(PlimsollError::NothingOwed);
    ruin.fix().await.fails(PlimsollError::SettlementTooEarly);

    // When all are settled the fraction is fixed,
    let (others_own, others_claim) = (ruin.cash(&other), profit(&ruin, &other) as u64);
    ruin.settle(&other).await.ok();
    let (claims, pot) = (claim + others_claim, ruin.scene.treasury());
    assert!(pot < claims);
    let fixed = ruin.fix().await.ok().event::<SettlementFixed>();
    assert_eq!(fixed, SettlementFixed { market, round: 1, claims, pot, open: 0 });
    let share = |claim: u64| (u128::from(claim) * u128::from(pot) / u128::from(claims)) as u64;

    // and each is paid it, in any order, once a round, before the second or after.
    let paid = ruin.pay(&other).await.ok().event::<ClaimPaid>();
    assert_eq!(paid, ClaimPaid { account: other, market, first: share(others_claim), second: 0, lost: 0 });
    assert_eq!(ruin.cash(&other), others_own + share(others_claim));
    ruin.pay(&other).await.fails(PlimsollError::NothingOwed);
    let fixed = ruin.fix().await.ok().event::<SettlementFixed>();
    assert_eq!((fixed.round, fixed.claims, fixed.pot), (2, claims - pot, 0), "nothing came late");
    ruin.fix().await.fails(PlimsollError::NothingToSettle);
    let paid = ruin.pay(&trader).await.ok().event::<ClaimPaid>();
    let lost = claim - share(claim);
    assert_eq!(paid, ClaimPaid { account: trader, market, first: share(claim), second: 0, lost });
    assert_eq!(ruin.cash(&trader), own + share(claim));
    let paid = ruin.pay(&other).await.ok().event::<ClaimPaid>();
    assert_eq!((paid.first, paid.second, paid.lost), (0, 0, others_claim - share(others_claim)));

    // At the end nobody has a leg there, less than an atom a claim is left, and everybody's cash can leave.
    assert!(ruin.scene.treasury() < 2);
    for holder in [&ruin.scene.trader, &ruin.other, &ruin.loser] {
        let account = ruin.scene.world.margin(holder);
        assert!(account.legs.iter().all(|leg| leg.is_free()));
        let withdraw = ruin.scene.world.withdraw(holder, account.cash.0);
        ruin.scene.world.send(&withdraw, &[&holder.key]).await.ok();
    }
    ruin.pay(&trader).await.fails(PlimsollError::NothingOwed);
}

#[tokio::test]
async fn what_comes_late_is_shared_in_round_two_at_one_fraction() {
    // Given winners who are settled in time, one of them late, and a loser who is late too,
    let mut ruin = Insolvent::started().await;
    let [trader, other, loser] = ruin.margins();
    let claims = [profit(&ruin, &trader) as u64, profit(&ruin, &other) as u64];
    ruin.settle(&trader).await.ok();
    ruin.scene.world.chain.advance(604_799, 1_000).await;
    ruin.fix().await.fails(PlimsollError::SettlementTooEarly);
    ruin.scene.world.chain.advance(1, 2).await;
    let first = ruin.fix().await.ok().event::<SettlementFixed>();
    assert_eq!((first.round, first.claims, first.open), (1, claims[0], 2));
    assert_eq!(first.pot, claims[0], "there is enough for those who came");
    // when they come after all,
    let event = ruin.settle(&other).await.ok().event::<PositionSettled>();
    assert!(event.late && event.done && event.claim == claims[1]);
    ruin.settle(&loser).await.ok();
    ruin.pay(&other).await.fails(PlimsollError::NothingOwed);
    let second = ruin.fix().await.ok().event::<SettlementFixed>();
    // then round two has what round one leaves, and what the loser paid.
    assert_eq!((second.round, second.claims, second.open), (2, claims[1], 0));
    assert_eq!(second.pot, ruin.scene.treasury() - claims[0]);
    let paid = ruin.pay(&other).await.ok().event::<ClaimPaid>();
    assert_eq!((paid.second, paid.lost), (second.pot, claims[1] - second.pot));
    let paid = ruin.pay(&trader).await.ok().event::<ClaimPaid>();
    assert_eq!((paid.first, paid.second, paid.lost), (claims[0], 0, 0));
    assert_eq!(ruin.scene.treasury(), 0);
}

#[tokio::test]
async fn whoever_comes_when_all_is_fixed_shares_nothing() {
    let mut ruin = Insolvent::started().await;
    let [trader, other, loser] = ruin.margins();
    for _ in 0..2 {
        ruin.scene.world.chain.advance(604_800, 1_000).await;
        ruin.fix().await.ok();
    }
    let event = ruin.settle(&trader).await.ok().event::<PositionSettled>();
    assert!(event.done && event.claim > 0);
    assert!(ruin.scene.world.ledger.margins[&trader].legs[0].is_free(), "nothing is left of it");
    ruin.pay(&trader).await.fails(PlimsollError::NothingOwed);
    for margin in [other, loser] {
        ruin.settle(&margin).await.ok();
    }
    assert_eq!(ruin.scene.world.market(&ruin.scene.market).core.settlement.open, 0);
}

#[tokio::test]
async fn net_asset_value_that_recovers_calls_it_off() {
    let mut ruin = Insolvent::seen().await;
    let margin = ruin.scene.trader.margin;
    let mark = ruin.scene.world.mark(&margin);
    assert_eq!(ruin.scene.world.send(&mark, &[]).await.ok().event::<Marked>().paid, 0);
    ruin.later(60, 210).await;
    let market = ruin.scene.market.address;
    assert_eq!(ruin.look().await.ok().event::<SettlementCancelled>(), SettlementCancelled { market });
    ruin.look().await.fails(PlimsollError::SettlementNotNeeded);
    // Profits are paid again.
    assert!(ruin.scene.world.send(&mark, &[]).await.ok().event::<Marked>().paid > 0);
}

#[tokio::test]
async fn looks_need_a_fresh_price_and_no_deficit_that_waits() {
    let mut ruin = Insolvent::ruined().await;
    ruin.scene.world.chain.advance(16, 32).await;
    ruin.look().await.fails(PlimsollError::PriceTooOld);
    let mut ruin = Insolvent::open().await;
    let poor = ruin.scene.another(1_000 * USD, -POSITION / 2).await;
    ruin.scene.price(360).await;
    let flag = ruin.scene.world.flag(&poor.margin, &ruin.scene.market, &ruin.scene.keeper);
    ruin.scene.world.send(&flag, &[]).await.ok();
    ruin.scene.price(360).await;
    let liquidate = ruin.scene.world.liquidate(&poor.margin, &ruin.scene.market, &ruin.scene.keeper);
    ruin.scene.world.send(&liquidate, &[]).await.ok();
    ruin.look().await.fails(PlimsollError::DeficitPending);
    // Insurance pays first; only what it does not pay counts.
    ruin.scene.world.send(&ruin.scene.world.draw(&ruin.scene.market), &[]).await.ok();
    ruin.look().await.ok().event::<SettlementSeen>();
}

#[tokio::test]
async fn nothing_is_settled_fixed_or_paid_in_a_market_that_does_not_settle() {
    for mut ruin in [Insolvent::ruined().await, Insolvent::seen().await] {
        let margin = ruin.scene.trader.margin;
        ruin.settle(&margin).await.fails(PlimsollError::NothingToSettle);
        ruin.fix().await.fails(PlimsollError::NothingToSettle);
        ruin.pay(&margin).await.fails(PlimsollError::NothingOwed);
    }
    let mut ruin = Insolvent::started().await;
    let keeper = ruin.scene.keeper.margin;
    ruin.settle(&keeper).await.fails(PlimsollError::NothingToSettle);
    ruin.pay(&keeper).await.fails(PlimsollError::NothingOwed);
}

/// An account with $2,000 that is short 50 units in the market that settles and long as many in another.
async fn with_two_legs(dollars: i64) -> (Insolvent, Address) {
    let mut ruin = Insolvent::open().await;
    let second = ruin.scene.world.create_market(parameters::sol()).await;
    ruin.scene.world.price(&second, 200 * DOLLAR).await.ok();
    ruin.scene.world.provider(&second, 10_000_000 * USD).await;
    ruin.scene.renew().await;
    let both = ruin.scene.another(2_000 * USD, -POSITION).await;
    ruin.scene.world.price(&second, 200 * DOLLAR).await.ok();
    ruin.scene.world.trade(&both, &second, POSITION).await.ok();
    for seconds in [1, 60] {
        ruin.scene.world.chain.advance(seconds - 1, 2).await;
        ruin.scene.world.price(&second, dollars * DOLLAR).await.ok();
        ruin.scene.price(440).await;
        ruin.look().await.ok();
    }
    (ruin, both.margin)
}

#[tokio::test]
async fn a_loss_that_cash_does_not_pay_yet_is_settled_in_parts() {
    // Given a loss of $12,000, $2,000 of cash, and a profit of $13,000 in another market,
    let (mut ruin, margin) = with_two_legs(460).await;
    let cash = ruin.cash(&margin);
    let position = ruin.scene.world.ledger.margins[&margin].legs[0].position;
    let loss = (position.cost.0.unsigned_abs()).abs_diff(440_000 * POSITION as u64);
    // when it is settled, then as many lots are closed as the cash pays,
    let part = ruin.settle(&margin).await.ok().event::<PositionSettled>();
    let lots = cash as u128 * POSITION as u128 / loss as u128;
    assert_eq!((part.lots, part.done, part.claim), (lots as i64, false, 0));
    assert_eq!(u128::from(part.paid), (u128::from(loss) * lots).div_ceil(POSITION as u128));
    assert_eq!(ruin.cash(&margin), cash - part.paid);
    ruin.settle(&margin).await.fails(PlimsollError::NothingToClose);
    // and the rest when a mark has turned the profit into cash.
    let mark = ruin.scene.world.mark(&margin);
    let marked = ruin.scene.world.send(&mark, &[]).await.ok().events::<Marked>();
    assert_eq!(marked[0].price, 440_000);
    assert_eq!(part.paid as i64 - marked[0].paid, loss as i64, "it pays the loss at the price of the settlement");
    assert!(ruin.settle(&margin).await.ok().event::<PositionSettled>().done);
    assert_eq!(ruin.scene.world.ledger.margins[&margin].legs.iter().filter(|leg| !leg.is_free()).count(), 1);
}

#[tokio::test]
async fn a_bankrupt_is_liquidated_instead_and_insurance_answers_in_a_settlement_too() {
    // Given a short that cannot pay its loss in a market that settles,
    let mut ruin = Insolvent::open().await;
    let poor = ruin.scene.another(1_000 * USD, -POSITION / 2).await;
    for seconds in [1, 60] {
        ruin.later(seconds, 360).await;
        ruin.look().await.ok();
    }
    let open = ruin.scene.world.market(&ruin.scene.market).core.settlement.open;
    assert_eq!(open, 4);
    ruin.settle(&poor.margin).await.fails(PlimsollError::AccountBankrupt);
    // when it is flagged and liquidated, at the price that is fixed,
    let flag = ruin.scene.world.flag(&poor.margin, &ruin.scene.market, &ruin.scene.keeper);
    ruin.scene.world.send(&flag, &[]).await.ok();
    ruin.scene.world.chain.advance(1, 2).await;
    let cash = ruin.cash(&poor.margin);
    let liquidate = ruin.scene.world.liquidate(&poor.margin, &ruin.scene.market, &ruin.scene.keeper);
    let closed = ruin.scene.world.send(&liquidate, &[]).await.ok().event::<BankruptcyClosed>();
    assert_eq!((closed.price, closed.settled, closed.lots), (360_000, -(cash as i64), POSITION / 2));
    assert_eq!(ruin.scene.world.market(&ruin.scene.market).core.settlement.open, 3);
    // then insurance pays the deficit into what winners share.
    let treasury = ruin.scene.treasury();
    let drawn =
        ruin.scene.world.send(&ruin.scene.world.draw(&ruin.scene.market), &[]).await.ok().event::<DeficitPaid>();
    assert_eq!((drawn.from_shared, drawn.by_providers), (closed.deficit, 0));
    assert_eq!(ruin.scene.treasury(), treasury + closed.deficit);
    for margin in ruin.margins() {
        ruin.settle(&margin).await.ok();
    }
    assert_eq!(ruin.fix().await.ok().event::<SettlementFixed>().pot, ruin.scene.treasury());
}

#[tokio::test]
async fn an_account_that_has_exactly_what_it_owes_is_settled() {
    // Given a short that cannot pay, whose owner brings what is missing, to the atom,
    let mut ruin = Insolvent::open().await;
    let poor = ruin.scene.another(1_000 * USD, -POSITION / 2).await;
    for seconds in [1, 60] {
        ruin.later(seconds, 360).await;
        ruin.look().await.ok();
    }
    ruin.settle(&poor.margin).await.fails(PlimsollError::AccountBankrupt);
    let position = ruin.scene.world.margin(&poor).legs[0].position;
    let missing = (position.cost.0 - position.lots.0 * 360_000) as u64 - ruin.cash(&poor.margin);
    let mint = ruin.scene.world.exchange.mint;
    ruin.scene.world.chain.put_token(&TOKEN, &poor.tokens, &mint, &poor.owner(), missing);
    for (amount, refused) in [(missing - 1, true), (1, false)] {
        let deposit = ruin.scene.world.deposit(&poor, amount);
        ruin.scene.world.send(&deposit, &[&poor.key]).await.ok();
        let outcome = ruin.settle(&poor.margin).await;
        if refused {
            outcome.fails(PlimsollError::AccountBankrupt)
        } else {
            outcome.ok()
        };
    }
    assert_eq!(ruin.cash(&poor.margin), 0);
    assert!(ruin.scene.world.margin(&poor).legs[0].is_free());
}

#[tokio::test]
async fn funding_is_accrued_up_to_the_start_and_no_further() {
    let mut scene = Scene::with(parameters::funded(), 3_000 * USD).await;
    scene.trade(POSITION).await.ok();
    scene.price(270).await;
    let look = World::look_settlement(&scene.market);
    scene.world.chain.advance(5, 10).await;
    let outcome = scene.world.send(&look, &[]).await.ok();
    assert_eq!(outcome.event::<FundingAccrued>().seconds, 5);
    outcome.event::<SettlementSeen>();
    scene.world.chain.advance(55, 110).await;
    scene.price(270).await;
    scene.world.chain.advance(7, 14).await;
    let outcome = scene.world.send(&look, &[]).await.ok();
    assert_eq!(outcome.event::<FundingAccrued>().seconds, 7);
    outcome.event::<SettlementStarted>();
    let owed = scene.world.market(&scene.market).core.book.long.owed.get();
    scene.world.chain.advance(1_000, 2_000).await;
    let settle = scene.world.settle_position(&scene.trader.margin, &scene.market);
    let outcome = scene.world.send(&settle, &[]).await.ok();
    assert!(outcome.events::<FundingAccrued>().is_empty());
    // What a position owes is charged in whole atoms, up.
    let funding = outcome.event::<PositionSettled>().funding;
    assert_eq!(i128::from(funding), (owed + (1 << 32) - 1) >> 32);
    assert!(funding > 0);
}

#[tokio::test]
async fn a_37_a_first_look_runs_out_after_a_day() {
    // Given a first look, which withholds profits, and nobody who comes back within a day and the wait,
    let mut ruin = Insolvent::seen().await;
    let margin = ruin.scene.trader.margin;
    ruin.later(60 + 86_400, RUIN).await;
    let mark = ruin.scene.world.mark(&margin);
    assert_eq!(ruin.scene.world.send(&mark, &[]).await.ok().event::<Marked>().paid, 0);
    // when a second more passes,
    ruin.scene.world.chain.advance(1, 2).await;
    let outcome = ruin.scene.world.send(&mark, &[]).await.ok();
    // then profits are paid again where there is the money, although nobody looked,
    let market = ruin.scene.market.address;
    assert_eq!(outcome.event::<SettlementCancelled>(), SettlementCancelled { market });
    ruin.later(1, 220).await;
    assert!(ruin.scene.world.send(&mark, &[]).await.ok().event::<Marked>().paid > 0);
    // and the next look is a first one.
    ruin.look().await.fails(PlimsollError::SettlementNotNeeded);
    ruin.later(1, RUIN).await;
    ruin.look().await.ok().event::<SettlementSeen>();
    assert_eq!(ruin.scene.world.market(&ruin.scene.market).core.status, status::ACTIVE);
}
