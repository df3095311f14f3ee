//! Proposals: who may, how long they wait, who executes them and what they change.

use plimsoll_tests::{
    Address, Keypair, PlimsollError, Signer, World,
    engine::parameters::Parameters,
    events::{AdminAccepted, AuthorityChanged, ParametersChanged, ProposalCancelled, Proposed},
    parameters::sol,
    scenes::{POSITION, Scene},
    state::{PROPOSAL_WINDOW, change},
    world::USD,
};

const DAY: i64 = 86_400;
const SHORTEST: i64 = 7 * DAY;

fn dearer() -> Parameters {
    Parameters { fee_ppm: 900, ..sol() }
}

/// A person who can pay for a transaction.
fn somebody(world: &mut World) -> Keypair {
    world.person(0).0
}

/// Executes a proposal of parameters at a fresh price.
async fn execute(scene: &mut Scene, proposal: Address) -> plimsoll_tests::Outcome {
    scene.renew().await;
    let change = scene.world.change_parameters(&scene.market, proposal);
    scene.world.send(&change, &[]).await
}

#[tokio::test]
async fn parameters_change_after_the_timelock_and_by_anybody() {
    let mut scene = Scene::long().await;
    let market = scene.market;
    let (admin, propose) = (scene.world.exchange.admin.insecure_clone(), scene.world.propose(&market, dearer()));
    let now = scene.world.chain.now();
    let event = scene.world.send(&propose, &[&admin]).await.ok().event::<Proposed>();
    assert_eq!((event.what, event.market, event.sequence), (change::PARAMETERS, market.address, 0));
    assert_eq!((event.ready_at, event.expires_at), (now + SHORTEST, now + SHORTEST + PROPOSAL_WINDOW));
    let stored = scene.world.proposal(&propose.proposal).await;
    assert!(stored.invariant() && stored.parameters() == Some(dearer()));
    assert_eq!(scene.world.market(&market).core.risk.fee.0, 2_147_484, "nothing has changed yet");

    scene.world.chain.advance(SHORTEST - 12, 1_000).await;
    execute(&mut scene, propose.proposal).await.fails(PlimsollError::ProposalNotReady);
    let (admin, rent) = (scene.world.exchange.admin.pubkey(), scene.world.chain.account(&propose.proposal).await);
    let before = scene.world.chain.account(&admin).await.unwrap().lamports;
    let done = execute(&mut scene, propose.proposal).await.ok();
    let event = done.event::<ParametersChanged>();
    assert_eq!((event.market, event.sequence, event.announced), (market.address, 0, false));
    assert_eq!(scene.world.market(&market).core.risk.fee.0, 3_865_471);
    // The account is gone and its rent is back
    assert!(scene.world.chain.account(&propose.proposal).await.is_none());
    assert_eq!(scene.world.chain.account(&admin).await.unwrap().lamports, before + rent.unwrap().lamports);
    execute(&mut scene, propose.proposal).await.fails_as("AccountDataTooSmall");
}

#[tokio::test]
async fn a_change_leaves_money_positions_and_health_as_they_are() {
    let mut scene = Scene::long().await;
    let market = scene.market;
    let next = Parameters { maintenance_floor_ppm: 25_000, close_cost_ppm: 3_000, depth: sol().depth / 2, ..sol() };
    let proposal = scene.world.proposed(&market, next).await;
    scene.world.until_ready(&proposal).await;
    scene.renew().await;
    let margin = scene.trader.margin;
    let (account, before) = (*scene.world.margin(&scene.trader), scene.world.health(&margin).await);
    let book = scene.world.market(&market).core.book;
    let change = scene.world.change_parameters(&market, proposal);
    let event = scene.world.send(&change, &[]).await.ok().event::<ParametersChanged>();
    assert!(event.announced);
    let after = scene.world.health(&margin).await;
    assert_eq!((after.equity, after.maintenance), (before.equity, before.maintenance));
    assert!(after.initial_requirement > before.initial_requirement, "new risk needs more at once");
    assert_eq!(scene.world.margin(&scene.trader).legs, account.legs);
    assert_eq!(scene.world.market(&market).core.book, book);
    // For a day nothing rises, then slowly
    scene.world.chain.advance(DAY - 10, 1_000).await;
    scene.renew().await;
    assert_eq!(scene.world.health(&margin).await.maintenance, before.maintenance);
    scene.world.chain.advance(DAY, 1_000).await;
    scene.renew().await;
    assert!(scene.world.health(&margin).await.maintenance > before.maintenance);
}

#[tokio::test]
async fn a_proposal_expires_and_its_rent_goes_back_by_anybody() {
    let mut scene = Scene::open().await;
    let market = scene.market;
    let proposal = scene.world.proposed(&market, dearer()).await;
    scene.world.until_ready(&proposal).await;
    scene.world.chain.advance(PROPOSAL_WINDOW - 1, 1_000).await;
    let stranger = somebody(&mut scene.world);
    let cancel = scene.world.cancel_proposal(&stranger, proposal);
    scene.world.send(&cancel, &[&stranger]).await.fails(PlimsollError::NotAuthorised);
    execute(&mut scene, proposal).await.fails(PlimsollError::ProposalExpired);
    let event = scene.world.send(&cancel, &[&stranger]).await.ok().event::<ProposalCancelled>();
    assert_eq!((event.sequence, event.by), (0, stranger.pubkey()));
    assert!(scene.world.chain.account(&proposal).await.is_none());
}

#[tokio::test]
async fn the_last_second_is_the_one_before_the_expiry() {
    let mut scene = Scene::open().await;
    let market = scene.market;
    let proposal = scene.world.proposed(&market, dearer()).await;
    scene.world.until_ready(&proposal).await;
    scene.world.chain.advance(PROPOSAL_WINDOW - 12, 1_000).await;
    execute(&mut scene, proposal).await.ok();
}

#[tokio::test]
async fn only_the_admin_proposes() {
    let mut scene = Scene::open().await;
    let market = scene.market;
    let (stranger, guardian) = (somebody(&mut scene.world), scene.world.exchange.guardian.insecure_clone());
    scene.world.chain.fund(&guardian.pubkey(), 10_000_000_000);
    for key in [&stranger, &guardian] {
        let mut propose = scene.world.propose(&market, dearer());
        propose.admin = key.pubkey();
        scene.world.send(&propose, &[key]).await.fails(PlimsollError::NotAuthorised);
        let mut propose = scene.world.propose_authority(change::ADMIN, key.pubkey(), 0);
        propose.admin = key.pubkey();
        scene.world.send(&propose, &[key]).await.fails(PlimsollError::NotAuthorised);
    }
}

#[tokio::test]
async fn what_could_never_be_executed_is_not_proposed() {
    let mut scene = Scene::open().await;
    let (market, admin, key) = (scene.market, scene.world.exchange.admin.insecure_clone(), Address::new_unique());
    let propose = scene.world.propose(&market, Parameters { rho_ppm: 1, ..sol() });
    scene.world.send(&propose, &[&admin]).await.fails(PlimsollError::ParameterOutOfBounds);
    let none = Address::default();
    for (what, key, seconds) in [
        (change::PARAMETERS, none, 0),
        (0, key, 0),
        (5, key, 0),
        (change::ADMIN, none, 0),
        (change::ADMIN, key, 1),
        (change::GUARDIAN, key, 1),
        (change::TIMELOCK, key, 200_000),
        (change::TIMELOCK, none, 172_799),
        (change::TIMELOCK, none, 2_592_001),
    ] {
        let propose = scene.world.propose_authority(what, key, seconds);
        scene.world.send(&propose, &[&admin]).await.fails(PlimsollError::ParameterOutOfBounds);
    }
    for (what, key, seconds) in
        [(change::GUARDIAN, none, 0), (change::TIMELOCK, none, 604_800), (change::TIMELOCK, none, 2_592_000)]
    {
        scene.world.proposed_authority(what, key, seconds).await;
    }
}

#[tokio::test]
async fn a_new_admin_has_to_accept_and_voids_what_the_old_one_proposed() {
    let mut scene = Scene::open().await;
    let (market, next) = (scene.market, somebody(&mut scene.world));
    let old = scene.world.exchange.admin.insecure_clone();
    let parameters = scene.world.proposed(&market, dearer()).await;
    let proposal = scene.world.proposed_authority(change::ADMIN, next.pubkey(), 0).await;
    scene.world.chain.advance(SHORTEST - 1, 1_000).await;
    scene.world.send(&scene.world.change_authority(proposal), &[]).await.fails(PlimsollError::ProposalNotReady);
    scene.world.send(&scene.world.accept_admin(&next), &[&next]).await.fails(PlimsollError::NotAuthorised);
    scene.world.chain.advance(1, 2).await;
    let event = scene.world.send(&scene.world.change_authority(proposal), &[]).await.ok().event::<AuthorityChanged>();
    assert_eq!(event.pending_admin, next.pubkey());
    assert_eq!(scene.world.ledger.exchange.unwrap().admin, old.pubkey(), "not before it accepts");
    // Nobody else accepts
    scene.world.send(&scene.world.accept_admin(&old), &[&old]).await.fails(PlimsollError::NotAuthorised);
    let event = scene.world.send(&scene.world.accept_admin(&next), &[&next]).await.ok().event::<AdminAccepted>();
    assert_eq!((event.admin, event.valid_from), (next.pubkey(), 2));
    scene.world.send(&scene.world.accept_admin(&next), &[&next]).await.fails(PlimsollError::NotAuthorised);
    // The old one can do nothing any more, and what it proposed is void
    scene.world.send(&scene.world.propose(&market, dearer()), &[&old]).await.fails(PlimsollError::NotAuthorised);
    scene.renew().await;
    let change = scene.world.change_parameters(&market, parameters);
    scene.world.send(&change, &[]).await.fails(PlimsollError::ProposalVoid);
    let stranger = somebody(&mut scene.world);
    scene.world.send(&scene.world.cancel_proposal(&stranger, parameters), &[&stranger]).await.ok();
    // The new one can
    let mut propose = scene.world.propose(&market, dearer());
    propose.admin = next.pubkey();
    scene.world.send(&propose, &[&next]).await.ok();
}

#[tokio::test]
async fn a_void_proposal_of_an_authority_cannot_be_executed_either() {
    let mut scene = Scene::open().await;
    let next = somebody(&mut scene.world);
    let guardian = scene.world.proposed_authority(change::GUARDIAN, next.pubkey(), 0).await;
    scene.world.decided_admin(next.pubkey()).await;
    scene.world.send(&scene.world.accept_admin(&next), &[&next]).await.ok();
    scene.world.send(&scene.world.change_authority(guardian), &[]).await.fails(PlimsollError::ProposalVoid);
}

#[tokio::test]
async fn a_shorter_timelock_waits_for_the_longer_one() {
    let mut scene = Scene::open().await;
    let (market, none) = (scene.market, Address::default());
    let longer = scene.world.proposed_authority(change::TIMELOCK, none, 2_592_000).await;
    let waiting = scene.world.proposed(&market, dearer()).await;
    scene.world.until_ready(&longer).await;
    let event = scene.world.send(&scene.world.change_authority(longer), &[]).await.ok().event::<AuthorityChanged>();
    assert_eq!(event.timelock, 2_592_000);
    // What was proposed before waits as long too, and has expired by then
    execute(&mut scene, waiting).await.fails(PlimsollError::ProposalNotReady);
    let shorter = scene.world.proposed_authority(change::TIMELOCK, none, 604_800).await;
    let ready = scene.world.proposal(&shorter).await.ready_at;
    assert_eq!(ready, scene.world.chain.now() + 2_592_000);
    scene.world.until_ready(&shorter).await;
    scene.world.send(&scene.world.change_authority(shorter), &[]).await.ok();
    assert_eq!(scene.world.ledger.exchange.unwrap().timelock, 604_800);
}

#[tokio::test]
async fn a_wait_covers_notice_cooldown_and_the_stakers() {
    let mut scene = Scene::open().await;
    let market = scene.market;
    for (next, wait) in [
        (dearer(), SHORTEST),
        (Parameters { insurance_cap: sol().insurance_cap + 1, ..sol() }, 8 * DAY),
        (Parameters { insurance_window_s: 43_200, ..sol() }, 8 * DAY),
    ] {
        let proposal = scene.world.proposed(&market, next).await;
        assert_eq!(scene.world.proposal(&proposal).await.ready_at, scene.world.chain.now() + wait);
    }
    // A market with a week's cooldown
    let slow = scene.world.create_market(Parameters { lp_cooldown_s: 604_800, ..sol() }).await;
    let proposal = scene.world.proposed(&slow, dearer()).await;
    assert_eq!(scene.world.proposal(&proposal).await.ready_at, scene.world.chain.now() + 8 * DAY);
}

#[tokio::test]
async fn admin_and_guardian_cancel_and_nobody_else() {
    let mut scene = Scene::open().await;
    let (market, stranger) = (scene.market, somebody(&mut scene.world));
    let (admin, guardian) =
        (scene.world.exchange.admin.insecure_clone(), scene.world.exchange.guardian.insecure_clone());
    for key in [&admin, &guardian] {
        let proposal = scene.world.proposed(&market, dearer()).await;
        let cancel = scene.world.cancel_proposal(&stranger, proposal);
        scene.world.send(&cancel, &[&stranger]).await.fails(PlimsollError::NotAuthorised);
        let event = scene.world.send(&scene.world.cancel_proposal(key, proposal), &[key]).await.ok();
        assert_eq!(event.event::<ProposalCancelled>().by, key.pubkey());
    }
    let replaced = scene.world.proposed_authority(change::GUARDIAN, stranger.pubkey(), 0).await;
    let cancel = scene.world.cancel_proposal(&guardian, replaced);
    scene.world.send(&cancel, &[&guardian]).await.fails(PlimsollError::NotAuthorised);
    scene.world.until_ready(&replaced).await;
    scene.world.send(&scene.world.change_authority(replaced), &[]).await.ok();
    assert_eq!(scene.world.ledger.exchange.unwrap().guardian, stranger.pubkey());
}

#[tokio::test]
async fn a_proposal_serves_its_market_and_its_kind_only() {
    let mut scene = Scene::open().await;
    let first = scene.market;
    let second = scene.world.create_market(sol()).await;
    let proposal = scene.world.proposed(&second, dearer()).await;
    let guardian = scene.world.proposed_authority(change::GUARDIAN, Address::new_unique(), 0).await;
    scene.world.until_ready(&proposal).await;
    scene.renew().await;
    let wrong = scene.world.change_parameters(&first, proposal);
    scene.world.send(&wrong, &[]).await.fails(PlimsollError::WrongProposal);
    let wrong = scene.world.change_parameters(&first, guardian);
    scene.world.send(&wrong, &[]).await.fails(PlimsollError::WrongProposal);
    let wrong = scene.world.change_authority(proposal);
    scene.world.send(&wrong, &[]).await.fails(PlimsollError::WrongProposal);
    let mut wrong = scene.world.change_parameters(&second, proposal);
    wrong.payer = scene.trader.owner();
    scene.world.send(&wrong, &[]).await.fails(PlimsollError::WrongPayer);
    // A market without price and people changes without one
    scene.world.send(&scene.world.change_parameters(&second, proposal), &[]).await.ok();
}

#[tokio::test]
async fn a_change_at_a_bad_moment_waits_for_a_better_one() {
    let mut scene = Scene::long().await;
    let market = scene.market;
    let deeper = Parameters { skew_scale: sol().skew_scale * 2, ..sol() };
    let proposal = scene.world.proposed(&market, deeper).await;
    scene.world.until_ready(&proposal).await;
    let change = scene.world.change_parameters(&market, proposal);
    scene.world.send(&change, &[]).await.fails(PlimsollError::PriceTooOld);
    // $1.3m of skew has a premium of more than a dollar
    scene.renew().await;
    let whale = scene.another(500_000 * USD, 130 * POSITION).await;
    scene.renew().await;
    scene.world.send(&change, &[]).await.fails(PlimsollError::ChangeTooLarge);
    scene.world.trade(&whale, &market, -130 * POSITION).await.ok();
    scene.renew().await;
    scene.world.send(&change, &[]).await.ok();
    // And the next one waits a day from here
    let proposal = scene.world.proposed(&market, Parameters { fee_ppm: 600, ..deeper }).await;
    let stored = scene.world.proposal(&proposal).await;
    assert!(stored.ready_at - scene.world.chain.now() > DAY);
    let other = scene.world.proposed(&market, Parameters { fee_ppm: 700, ..deeper }).await;
    scene.world.until_ready(&other).await;
    execute(&mut scene, proposal).await.ok();
    execute(&mut scene, other).await.fails(PlimsollError::ChangeTooSoon);
    scene.world.chain.advance(DAY, 1_000).await;
    execute(&mut scene, other).await.ok();
}

#[tokio::test]
async fn an_order_keeps_its_times_through_a_change() {
    let mut scene = Scene::open().await;
    let market = scene.market;
    let slower = Parameters { order_delay_s: 10, order_window_s: 9, clock_lag_s: 5, ..sol() };
    let proposal = scene.world.proposed(&market, slower).await;
    scene.world.until_ready(&proposal).await;
    scene.renew().await;
    scene.order(1_000, 300_000).await.ok();
    let change = scene.world.change_parameters(&market, proposal);
    scene.world.send(&change, &[]).await.ok();
    // Three seconds after it was placed, as when it was placed
    scene.world.chain.advance(2, 4).await;
    let cancel = World::cancel(&scene.trader, &market, 0);
    scene.world.send(&cancel, &[&scene.trader.key]).await.fails(PlimsollError::OrderBinding);
    scene.world.settle_order(&scene.trader, &market).await.ok();
    // The next one waits for ten
    scene.order(1_000, 300_000).await.ok();
    let order = scene.world.margin(&scene.trader).orders[0].order;
    let risk = scene.world.market(&market).core.risk;
    assert_eq!(order.execution_time(&risk).unwrap() - order.placed_at, 10);
}
