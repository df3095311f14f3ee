use plimsoll_tests::{
    Address, Keypair, Outcome, PlimsollError, Signer, World,
    engine::parameters::Parameters,
    events::MarketCreated,
    instructions::{Build, CreateMarket},
    oracle::{LEGACY, RECEIVER, RECEIVER_PRO, SWITCHBOARD},
    parameters,
    state::{LiquidationQueue, ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD},
    wire::AccountLayout,
};

/// Creates a market after `change`, with a queue of its own.
async fn create(world: &mut World, change: impl FnOnce(&mut CreateMarket)) -> Outcome {
    let (admin, queue) = (world.exchange.admin.insecure_clone(), Keypair::new());
    let market = world.next_market(queue.pubkey(), false);
    let mut create = world.create_market_with(&market, parameters::sol());
    change(&mut create);
    let instructions = [world.create_queue(&queue.pubkey()), create.instruction()];
    world.run(&instructions, &[&admin, &queue]).await
}

#[tokio::test]
async fn a_market_starts_active_without_price_money_or_positions() {
    let mut world = World::new().await;
    let (admin, queue) = (world.exchange.admin.insecure_clone(), Keypair::new());
    let cookie = world.next_market(queue.pubkey(), false);
    let instructions =
        [world.create_queue(&queue.pubkey()), world.create_market_with(&cookie, parameters::sol()).instruction()];
    let done = world.run(&instructions, &[&admin, &queue]).await.ok();
    let (exchange, market, feed) = (world.exchange.address, cookie.address, cookie.feed);
    let event = MarketCreated { exchange, market, queue: queue.pubkey(), index: 0, feed, opens: 0 };
    assert_eq!(done.event::<MarketCreated>(), event);
    let state = world.market(&cookie);
    assert_eq!((state.exchange, state.queue, state.oracle.kind), (exchange, queue.pubkey(), ORACLE_PYTH_PULL));
    assert_eq!((state.core.status, state.core.price.oracle.0, state.core.lp_shares), (0, 0, 0));
    assert_eq!(state.core.throttle.capacity.0, 20_000_000_000_000);
    assert_eq!(world.ledger.queues[&cookie.queue].market, market);
    assert_eq!(world.ledger.exchange.unwrap().market_count, 1);
}

#[tokio::test]
async fn markets_are_numbered() {
    let mut world = World::new().await;
    for index in 0..3 {
        assert_eq!(world.create_market(parameters::sol()).await.index, index);
    }
}

#[tokio::test]
async fn only_the_admin_may() {
    let mut world = World::new().await;
    let (stranger, queue) = (Keypair::new(), Keypair::new());
    world.chain.fund(&stranger.pubkey(), 10_000_000_000);
    let market = world.next_market(queue.pubkey(), false);
    let mut create = world.create_market_with(&market, parameters::sol());
    create.admin = stranger.pubkey();
    let (admin, make_queue) = (world.exchange.admin.insecure_clone(), world.create_queue(&queue.pubkey()));
    let outcome = world.run(&[make_queue, create.instruction()], &[&stranger, &admin, &queue]).await;
    outcome.fails(PlimsollError::NotAuthorised);
}

#[tokio::test]
async fn an_index_is_used_once_and_in_order() {
    let mut world = World::new().await;
    world.create_market(parameters::sol()).await;
    let exchange = world.exchange.address;
    for wrong in [0, 2] {
        create(&mut world, |c| c.market = plimsoll_tests::addresses::market(&exchange, wrong))
            .await
            .fails_as("InvalidSeeds");
    }
}

#[tokio::test]
async fn a_queue_serves_one_market_and_comes_in_empty() {
    let mut world = World::new().await;
    let first = world.create_market(parameters::sol()).await;
    create(&mut world, |c| c.queue = first.queue).await.fails_as("ConstraintZero");
    let small = Address::new_unique();
    world.chain.put(&small, &plimsoll_tests::ID, vec![0; 100]);
    let outcome = create(&mut world, |c| c.queue = small).await;
    assert!(outcome.result.is_err(), "a short queue");
    let filled = Address::new_unique();
    let mut data = vec![0; LiquidationQueue::LEN];
    data[8 + 32 + 8] = 1;
    world.chain.put(&filled, &plimsoll_tests::ID, data);
    create(&mut world, |c| c.queue = filled).await.fails(PlimsollError::WrongQueue);
}

#[tokio::test]
async fn an_unknown_kind_of_oracle_is_refused() {
    let mut world = World::new().await;
    for kind in [0, 4, 255] {
        create(&mut world, |c| c.oracle_kind = kind).await.fails(PlimsollError::OracleMalformed);
    }
}

#[tokio::test]
async fn a_26_an_admin_cannot_name_a_program_of_his_own_as_the_oracle() {
    let mut world = World::new().await;
    let kinds = [
        (ORACLE_PYTH_PULL, [RECEIVER, RECEIVER_PRO].as_slice()),
        (ORACLE_PYTH_LEGACY, [LEGACY].as_slice()),
        (ORACLE_SWITCHBOARD, [].as_slice()),
    ];
    let (own, none) = (Address::new_unique(), Address::default());
    for (kind, known) in kinds {
        for program in [RECEIVER, RECEIVER_PRO, LEGACY, SWITCHBOARD, plimsoll_tests::ID, own, none] {
            let outcome = create(&mut world, |c| (c.oracle_kind, c.oracle_program) = (kind, program)).await;
            match (kind, known.contains(&program)) {
                (_, true) => _ = outcome.ok(),
                // A feed of Switchboard's cannot prove which update is the first after a moment, and no program is none.
                (ORACLE_SWITCHBOARD, _) => _ = outcome.fails(PlimsollError::OracleMalformed),
                _ if program == none => _ = outcome.fails(PlimsollError::OracleMalformed),
                _ => _ = outcome.fails(PlimsollError::UnknownOracleProgram),
            }
        }
    }
}

type Change = fn(&mut Parameters);

#[tokio::test]
async fn parameters_outside_their_hard_bounds_are_refused() {
    let changes: [(&str, Change); 12] = [
        ("charge above half of the floor: A-35", |p| p.charge_insurance_ppm = 1_251),
        ("skew too steep for the treasury's part: A-34", |p| p.skew_scale = 20_000_000_000),
        ("rho above one", |p| p.rho_ppm = 1_000_001),
        ("no tolerance", |p| p.tolerance_ppm = 0),
        ("order delay under two seconds", |p| p.order_delay_s = 1),
        ("target under one", |p| p.target_ppm = 999_999),
        ("no minimum step", |p| p.minimum_step = 0),
        ("step above the minimum position", |p| p.minimum_step = 101),
        ("position cap above the side cap", |p| p.position_cap = 500_000_001),
        ("floor above cap", |p| p.maintenance_cap_ppm = 12_499),
        ("no throttle", |p| p.throttle_capacity = 0),
        ("tick exponent", |p| p.tick_exponent = 13),
    ];
    let mut world = World::new().await;
    for (name, change) in changes {
        let outcome = create(&mut world, |c| change(&mut c.parameters)).await;
        assert_eq!(outcome.error(), "ParameterOutOfBounds", "{name}");
    }
}
