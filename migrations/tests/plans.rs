//! The plans, and what is no plan.

use plimsoll_client::{
    Address,
    oracle::programs::{PYTH_RECEIVER, SWITCHBOARD},
    state::{ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD, TIMELOCK},
};
use plimsoll_migrations::{Inputs, Plan, PlanError};

fn someone(number: u8) -> Address {
    Address::new_from_array([number; 32])
}

fn local() -> Inputs {
    Inputs::default().with("guardian", someone(1)).with("quote_mint", someone(2))
}

fn mainnet() -> Inputs {
    let feed = |number: u8| format!("{number:02x}").repeat(32);
    let feeds = [("btc_second_feed", feed(3)), ("eth_second_feed", feed(4)), ("sol_second_feed", feed(5))];
    feeds.into_iter().collect::<Inputs>().with("admin", someone(6)).with("guardian", someone(7))
}

fn path(name: &str) -> String {
    format!("{}/plans/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_local_plan_has_three_markets_and_asks_for_two_things() {
    let plan = Plan::named("local", &local()).expect("is a plan");
    assert_eq!(plan.markets.iter().map(|market| market.name.as_str()).collect::<Vec<_>>(), ["BTC", "ETH", "SOL"]);
    assert_eq!((plan.guardian, plan.quote_mint, plan.admin), (someone(1), someone(2), None));
    assert_eq!(plan.timelock, *TIMELOCK.start());
    for market in &plan.markets {
        assert_eq!((market.oracle.kind, market.oracle.program), (ORACLE_PYTH_PULL, PYTH_RECEIVER));
        assert!(market.second.is_none());
    }
    assert_eq!(plan.markets[2].oracle.feed[..4], [0xef, 0x0d, 0x8b, 0x6f]);
    assert_eq!(plan, Plan::read(path("local"), &local()).expect("the file says the same"));
}

#[test]
fn the_mainnet_plan_invents_nothing() {
    let plan = Plan::named("mainnet", &mainnet()).expect("is a plan");
    assert_eq!((plan.admin, plan.guardian), (Some(someone(6)), someone(7)));
    let seconds: Vec<_> = plan.markets.iter().map(|market| market.second).collect();
    assert!(seconds.iter().all(|second| (second.kind, second.program) == (ORACLE_SWITCHBOARD, SWITCHBOARD)));
    assert_eq!(seconds.iter().map(|second| second.feed[31]).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(plan, Plan::read(path("mainnet"), &mainnet()).expect("the file says the same"));

    // All that is missing is said at once, with what it is.
    let Err(PlanError::MissingInputs(list)) = Plan::named("mainnet", &Inputs::default()) else { panic!("asks") };
    for name in ["admin", "guardian", "btc_second_feed", "eth_second_feed", "sol_second_feed"] {
        assert!(list.lines().any(|line| line.trim_start().starts_with(&format!("{name}: "))), "{name} in {list}");
    }
    assert_eq!(list.lines().filter(|line| !line.is_empty()).count(), 5);
}

fn changed(from: &str, to: &str) -> Result<Plan, PlanError> {
    let text = std::fs::read_to_string(path("local")).expect("is there");
    assert!(text.contains(from), "{from}");
    let file = |name: &str| Ok(std::fs::read_to_string(path("local").replace("local.toml", name)).expect("is there"));
    Plan::parse(&text.replacen(from, to, 1), &local(), file)
}

fn refused(from: &str, to: &str) -> String {
    changed(from, to).expect_err("is refused").to_string()
}

#[test]
fn what_the_program_would_refuse_is_refused_before() {
    assert!(changed("exchange = 0", "exchange = 7").is_ok());
    assert_eq!(refused("name = \"ETH\"", "name = \"BTC\""), "two markets have the name BTC");
    let timelock = refused("exchange = 0", "exchange = 0\ntimelock = 3_600");
    assert_eq!(timelock, "the timelock is 3600 seconds: it is 604800 at least and 2592000 at most");
    let same = refused("exchange = 0", &format!("exchange = 0\nadmin = \"{}\"", someone(1)));
    assert!(same.starts_with("admin and guardian are the same"), "{same}");
    assert_eq!(refused("pyth-pull", "switchboard"), "the oracle of BTC can only be a second source");
    let own = refused("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ", &someone(9).to_string());
    assert_eq!(own, format!("accounts of {} are not taken for prices of BTC (ADR 37)", someone(9)));
}

#[test]
fn what_is_written_wrong_is_named() {
    let feed = "e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43";
    assert!(changed(feed, &format!("0x{feed}")).is_ok());
    assert_eq!(refused(feed, "e62d"), "the feed of BTC is e62d, which is not 32 bytes in hexadecimal");
    assert!(refused("exchange = 0", "exchange = 0\nowner = 1").contains("owner"));
    assert!(refused("pyth-pull", "chainlink").contains("chainlink"));
    assert_eq!(refused("\"$guardian\"", "\"nobody\""), "the guardian is nobody, which is no address");
    assert_eq!(refused("\"$guardian\"", "\"$gardian\""), "$gardian is used and not explained under [inputs]");
    let unknown = Plan::named("local", &local().with("gardian", someone(1))).expect_err("is misspelt").to_string();
    assert_eq!(unknown, "the plan has no input named gardian");
    assert!(matches!(Plan::named("devnet", &local()), Err(PlanError::NoSuchPlan(name)) if name == "devnet"));
    let parameters = refused("../parameters/eth.toml", "../plans/local.toml");
    assert!(parameters.starts_with("parameters of ETH: no parameter has the name"), "{parameters}");
}

#[test]
fn a_legacy_feed_is_named_by_its_account() {
    let (program, feed) = (
        "rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ",
        "e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43",
    );
    let from = format!("kind = \"pyth-pull\", program = \"{program}\", feed = \"{feed}\"");
    let legacy = plimsoll_client::oracle::programs::PYTH_LEGACY;
    let to = format!("kind = \"pyth-legacy\", program = \"{legacy}\", feed = \"{}\"", someone(8));
    let oracle = changed(&from, &to).expect("is a plan").markets[0].oracle;
    assert_eq!((oracle.kind, oracle.feed), (ORACLE_PYTH_LEGACY, [8; 32]));
}
