use plimsoll_tests::{parameters, world::{DOLLAR, USD}, World};

#[tokio::test]
async fn a_crash_is_liquidated() {
    let mut world = World::new().await;
    let market = world.create_market(parameters::sol()).await;
    world.price(&market, 196 * DOLLAR).await.ok();
    world.provider(&market, 10_000_000 * USD).await;
    world.staker(1_000_000 * USD).await;
    let trader = world.trader(1_000 * USD).await;
    let keeper = world.trader(0).await;
    let filled = world.trade(&trader, &market, 50_000).await.ok();
    println!("{}", filled.logs.join("\n"));
    println!("{:?}", filled.event::<plimsoll_tests::events::OrderExecuted>());
    for p in [190, 185, 184, 183, 182, 181, 180, 179, 178, 170, 160] {
        world.price(&market, p * DOLLAR).await.ok();
        let flag = world.send(&world.flag(&trader.margin, &market, &keeper), &[]).await;
        println!("{p} flag {} {}", flag.error(), flag.units);
        world.price(&market, p * DOLLAR - 1).await.ok();
        let liq = world.send(&world.liquidate(&trader.margin, &market, &keeper), &[]).await;
        println!("{p} liq {} {}\n{:?}\n{:?}", liq.error(), liq.units, liq.events::<plimsoll_tests::events::Liquidated>(), liq.events::<plimsoll_tests::events::BankruptcyClosed>());
    }
    println!("{:?}", world.units);
}
