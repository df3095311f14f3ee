//! A plan is deployed once, whatever it was interrupted by.

use plimsoll_client::state::{Exchange, Market, OracleSource};
use plimsoll_migrations::{
    MigrationError, Plan, Remedy, Step, check, deploy,
    sources::{SourceError, digest},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{lamports, network, plan};

const ALL: [&str; 5] = ["exchange 7", "insurance fund", "market BTC", "market ETH", "market SOL"];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_made_in_order_and_a_second_run_writes_nothing() {
    let network = network().await;
    let (rpc, admin, plan) = (network.rpc(), network.keys().admin(), plan(&network, 7));

    // Looking writes nothing and misses everything.
    let before = lamports(&rpc, &admin).await;
    let report = check(&rpc, &plan, |_| panic!("nothing is there")).await.expect("can be compared");
    assert_eq!((report.missing, report.differences, report.markets), (ALL.map(String::from).to_vec(), vec![], vec![]));
    assert_eq!(lamports(&rpc, &admin).await, before);

    // A part of it, as if it had been interrupted; then the rest.
    let part = Plan { markets: plan.markets[..1].to_vec(), ..plan.clone() };
    let report = deploy(&rpc, &part, &admin, |_| {}).await.expect("is deployed");
    assert_eq!(report.made, ALL[..3]);
    let mut steps = Vec::new();
    let report = deploy(&rpc, &plan, &admin, |step| steps.push(step.clone())).await.expect("is deployed");
    assert_eq!(report.made, ALL[3..]);
    assert!(report.is_as_planned(), "{report}");
    let made = steps.iter().filter(|step| matches!(step, Step::Made { .. })).count();
    assert_eq!((made, steps.len()), (2, 5), "{steps:?}");

    // It is what the plan says.
    let (exchange, markets) = rpc.exchange(&report.exchange).await.expect("is there");
    assert_eq!((exchange.admin, exchange.guardian), (admin.pubkey(), plan.guardian));
    assert_eq!(markets.iter().map(|(address, _)| *address).collect::<Vec<_>>(), addresses(&report));
    for ((_, market), planned) in markets.iter().zip(&plan.markets) {
        assert_eq!(
            (market.oracle, market.core.risk.tick_exponent),
            (planned.oracle, planned.parameters.tick_exponent.into())
        );
        assert_eq!(rpc.queue(market).await.expect("is there").market, market_address(&report, &planned.name));
        assert_eq!(market.core.guard.opens, 0, "a market of the first day opens at once");
    }

    // Once more: nothing is signed.
    let before = lamports(&rpc, &admin).await;
    let again = deploy(&rpc, &plan, &admin, |_| {}).await.expect("is there");
    assert!(again.is_as_planned() && again.made.is_empty(), "{again}");
    assert_eq!(lamports(&rpc, &admin).await, before);
    network.stop().await.expect("it stops");
}

fn addresses(report: &plimsoll_migrations::Report) -> Vec<plimsoll_client::Address> {
    report.markets.iter().map(|market| market.address).collect()
}

fn market_address(report: &plimsoll_migrations::Report, name: &str) -> plimsoll_client::Address {
    report.markets.iter().find(|market| market.name == name).expect("is there").address
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_built_on_what_cannot_become_the_plan() {
    let network = network().await;
    let (rpc, admin, whole) = (network.rpc(), network.keys().admin(), plan(&network, 8));
    let part = Plan { markets: whole.markets[..2].to_vec(), ..whole.clone() };
    deploy(&rpc, &part, &admin, |_| {}).await.expect("is deployed");
    let before = lamports(&rpc, &admin).await;

    // Another order of the markets, which have their indices: ETH would be there twice.
    let mut turned = whole.clone();
    turned.markets.rotate_left(1);
    let report = deploy(&rpc, &turned, &admin, |_| {}).await.expect("can be compared");
    assert_eq!(report.missing, ["market BTC"]);
    assert_eq!(report.made, Vec::<String>::new());
    let named: Vec<_> = report.differences.iter().filter(|difference| difference.name == "oracle").collect();
    assert_eq!(named.len(), 2, "{report}");
    assert!(named.iter().all(|difference| difference.remedy == Remedy::Never));

    // A market that the plan does not know, and a source that it has and the market has not.
    let mut other = Plan { markets: whole.markets[..1].to_vec(), ..whole.clone() };
    other.markets[0].second = OracleSource::new(3, plimsoll_client::oracle::programs::SWITCHBOARD, [5; 32]);
    let report = deploy(&rpc, &other, &admin, |_| {}).await.expect("can be compared");
    let names: Vec<_> = report.differences.iter().map(|difference| difference.name.as_str()).collect();
    assert_eq!(names, ["second", "markets"]);
    assert!(report.to_string().contains("cannot be changed"));
    assert_eq!(lamports(&rpc, &admin).await, before);

    // Somebody else's exchange, a missing mint.
    let stranger = Keypair::new();
    let error = deploy(&rpc, &whole, &stranger, |_| {}).await.expect_err("is not theirs");
    assert!(
        matches!(error, MigrationError::NotAdmin { id: 8, admin: is, signer } if (is, signer) == (admin.pubkey(), stranger.pubkey()))
    );
    let nowhere = Plan { quote_mint: stranger.pubkey(), ..whole };
    let error = deploy(&rpc, &nowhere, &admin, |_| {}).await.expect_err("has no mint");
    assert!(matches!(error, MigrationError::NoMint(mint, _) if mint == stranger.pubkey()), "{error}");
    network.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_itself_is_as_its_plan_says() {
    let network = network().await;
    let rpc = network.rpc();
    // It gives one market a second source of its own.
    let mut plan = plan(&network, 0);
    let (exchange, markets): (Exchange, Vec<(_, Market)>) =
        rpc.exchange(&network.network().exchange).await.expect("is there");
    assert_eq!(exchange.id, 0);
    for (planned, (_, market)) in plan.markets.iter_mut().zip(&markets) {
        planned.second = market.second_oracle;
    }
    let report = check(&rpc, &plan, |_| {}).await.expect("can be compared");
    assert!(report.is_as_planned(), "{report}");

    // A plan would name that source by the digest of its account.
    let described = &network.network().markets[2];
    let feed = digest(&rpc, &described.second.expect("has a second source")).await.expect("is a feed");
    assert_eq!(feed, markets[2].1.second_oracle.feed);
    let error = digest(&rpc, &described.oracle).await.expect_err("is Pyth's");
    assert!(matches!(error, SourceError::Foreign(..)), "{error}");
    network.stop().await.expect("it stops");
}
