//! All tests of the engine in one binary: it is linked once, also for each mutant.
#![allow(clippy::duplicate_mod)] // every module brings `common`, so that it could stand alone
#![allow(clippy::expect_used)]

#[path = "accept.rs"]
mod accept;
#[path = "bankruptcy.rs"]
mod bankruptcy;
#[path = "book.rs"]
mod book;
#[path = "bounds.rs"]
mod bounds;
#[path = "breakers.rs"]
mod breakers;
#[path = "cascade.rs"]
mod cascade;
#[path = "change.rs"]
mod change;
#[path = "close.rs"]
mod close;
#[path = "deleverage.rs"]
mod deleverage;
#[path = "execution.rs"]
mod execution;
#[path = "exit.rs"]
mod exit;
#[path = "extremes.rs"]
mod extremes;
#[path = "flag.rs"]
mod flag;
#[path = "funding.rs"]
mod funding;
#[path = "guard.rs"]
mod guard;
#[path = "insurance.rs"]
mod insurance;
#[path = "key.rs"]
mod key;
#[path = "limiter.rs"]
mod limiter;
#[path = "liquidate.rs"]
mod liquidate;
#[path = "liquidate_all.rs"]
mod liquidate_all;
#[path = "liquidate_stale.rs"]
mod liquidate_stale;
#[path = "liquidation.rs"]
mod liquidation;
#[path = "liquidation_price.rs"]
mod liquidation_price;
#[path = "margin.rs"]
mod margin;
#[path = "mark.rs"]
mod mark;
#[path = "math.rs"]
mod math;
#[path = "notice.rs"]
mod notice;
#[path = "order.rs"]
mod order;
#[path = "parameters.rs"]
mod parameters;
#[path = "placing.rs"]
mod placing;
#[path = "pools.rs"]
mod pools;
#[path = "price.rs"]
mod price;
#[path = "protection.rs"]
mod protection;
#[path = "queue.rs"]
mod queue;
#[path = "ratio.rs"]
mod ratio;
#[path = "remainder.rs"]
mod remainder;
#[path = "settlement.rs"]
mod settlement;
#[path = "shares.rs"]
mod shares;
#[path = "side.rs"]
mod side;
#[path = "sizing.rs"]
mod sizing;
#[path = "survey.rs"]
mod survey;
#[path = "throttle.rs"]
mod throttle;
#[path = "trade.rs"]
mod trade;
#[path = "units.rs"]
mod units;
#[path = "valuation.rs"]
mod valuation;
#[path = "venue.rs"]
mod venue;
#[path = "volatility.rs"]
mod volatility;
#[path = "watch.rs"]
mod watch;
#[path = "winding.rs"]
mod winding;
#[path = "withdraw.rs"]
mod withdraw;

#[test]
fn no_file_is_forgotten() {
    let list = include_str!("main.rs");
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests")).expect("the directory of the tests") {
        let name = file.expect("its entries").file_name().into_string().expect("a name in UTF-8");
        let listed = list.contains(&format!("#[path = \"{name}\"]"));
        assert!(!name.ends_with(".rs") || name == "main.rs" || listed, "tests/{name} is not a module of tests/main.rs");
    }
}
